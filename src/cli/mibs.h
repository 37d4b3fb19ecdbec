/* cli/mibs.h: the dictionary that a command uses: of the folders that it is given with
 * -M, and of the default ones. */
#ifndef CLI_MIBS_H
#define CLI_MIBS_H

#include "cli/cli.h"
#include "trapline/io.h"

/* What -M does, for the commands' help. */
#define CLI_MIBS_HELP                                                                    \
	"  -M, --mibs DIR        more MIBs: a folder, a file, or a dictionary that "     \
	"'trapline\n"                                                                    \
	"                        mib compile' wrote, which stands alone; may be "        \
	"repeated\n"

typedef struct cli_mibs {
	const char *command;
	cli_list given;  /* of -M, borrowed */
	bool only_given; /* without the default folders */
	bool lenient;    /* what is given and not there is left out */
	bool slow_told;  /* says on stderr that it compiles, if that takes a while */
	bool no_cache;   /* compiles in any case */
	tl_mib_builder_options builder;
	cli_list paths; /* what was loaded, set by cli_mibs_load() */
} cli_mibs;

/* Adds the value of a -M. Returns -1 to go on, or the exit status. */
int cli_mibs_add(cli_mibs *m, char *value);

/* Loads the dictionary; the built-in one where there are no folders. What goes wrong with
 * the default folders is told and done without. Returns -1 to go on, or the exit status;
 * then it has been told why. */
int cli_mibs_load(cli_mibs *m, tl_mib **out, tl_mib_loaded *loaded);

/* Says on stderr, in a line, what was loaded. */
void cli_mibs_announce(const cli_mibs *m, const tl_mib_loaded *loaded);

void cli_mibs_free(cli_mibs *m);

/* Adds to |paths| the folders that are looked at by default: those of $TRAPLINE_MIBS if
 * it is set, else the user's and the system's, as far as they are there. The texts are
 * freed by cli_mibs_free_paths(). False when memory is short. */
bool cli_mibs_default(const char *command, cli_list *paths);
void cli_mibs_free_paths(cli_list *paths);

/* |number| with commas: "23,931". */
typedef struct cli_number {
	char text[32];
} cli_number;
cli_number cli_with_commas(uint64_t number);

/* Shows on a terminal how far the loading is; |context| is a cli_progress. */
typedef struct cli_progress {
	const char *doing; /* "reading MIBs" */
	bool terminal;     /* stderr is one */
	bool announce;     /* says so on a line if it is none */
	int64_t start_ns, shown_ns;
	bool shown;
} cli_progress;
void cli_progress_start(cli_progress *p, const char *doing, bool announce);
void cli_progress_tell(void *context, const tl_mib_progress *progress);
void cli_progress_end(cli_progress *p);

#endif
