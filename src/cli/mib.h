/* cli/mib.h: what the subcommands of `trapline mib` share. Each is a row of the table in
 * cmd_mib.c and a file of its own. */
#ifndef CLI_MIB_H
#define CLI_MIB_H

#include <getopt.h>
#include <stdio.h>

#include "base/vec.h"
#include "cli/mibs.h"

int mib_compile(int argc, char **argv);
int mib_find(int argc, char **argv);
int mib_lint(int argc, char **argv);
int mib_list(int argc, char **argv);
int mib_missing(int argc, char **argv);
int mib_show(int argc, char **argv);
int mib_translate(int argc, char **argv);

/* What a subcommand works with. */
typedef struct mib_job {
	const char *help;
	cli_mibs mibs;
	bool json;
	tl_mib *mib;
	tl_mib_loaded loaded;
} mib_job;

enum { MIB_OPT_JSON = 256, MIB_OPT_HELP, MIB_OPT_FIRST };

/* The options that all have, for getopt_long(); the subcommand's own stand before. */
#define MIB_LONG_OPTIONS                                                                 \
	{ "mibs", required_argument, NULL, 'M' },                                        \
	    { "json", no_argument, NULL, MIB_OPT_JSON },                                 \
	    { "help", no_argument, NULL, MIB_OPT_HELP },                                 \
	{                                                                                \
		NULL, 0, NULL, 0                                                         \
	}

/* Takes one of them; what it does not know is wrong usage. Returns -1 to go on, or the
 * exit status. */
int mib_job_option(mib_job *job, int opt, char *value);

/* Loads the dictionary. Returns -1 to go on, or the exit status. */
int mib_job_open(mib_job *job);

/* Ends the job; returns |status|, or EXIT_FAILED if stdout could not be written. */
int mib_job_close(mib_job *job, int status);

/* Prints "MODULE::name", or what else stands in files that may hold any bytes, safe for a
 * terminal; and as a JSON string, with its quotes. */
void mib_print(FILE *to, tl_span text);
void mib_print_json(FILE *to, tl_span text);
void mib_print_name(FILE *to, const tl_mib *mib, const tl_mib_node *node);

/* Prints the node's OID, dotted. */
void mib_print_oid(FILE *to, tl_oid oid);

/* "object", "notification", "identity". */
const char *mib_kind_word(const tl_mib_node *node);

/* Prints `"module":...,"name":...,"oid":...,"kind":...`. */
void mib_print_json_node(FILE *to, const tl_mib *mib, const tl_mib_node *node);

/* Appends |raw| to |out| as UTF-8 (what is none is taken for Latin-1) with no control
 * characters but for tab and newline. False when memory is short. */
bool mib_clean_text(tl_span raw, tl_vec *out);

/* Prints a text of several lines, less the indentation that they share, each at |indent|
 * and broken at |width|. */
typedef struct mib_layout {
	int indent, width; /* columns */
} mib_layout;
void mib_print_text(FILE *to, tl_span raw, mib_layout layout);

/* The columns of the terminal; 80 where there is none. */
int mib_terminal_width(void);

/* The texts of definitions, read from the files that they stand in, one file at a time.
 * Zero-initialise. */
typedef struct mib_sources {
	const char *command;
	tl_vec path, text; /* of the file at hand; path with a NUL */
	bool good;         /* it could be read */
	uint32_t unreadable;
} mib_sources;

/* Reads the file |path|, unless it is at hand; the first that cannot be read is told.
 * |text| is valid until the next one. */
bool mib_source_read(mib_sources *s, tl_span path, tl_span *text);

/* The definition of |node|: its text, and that of its DESCRIPTION, which may be empty.
 * False if there is none. */
typedef struct mib_definition {
	tl_span whole, description;
} mib_definition;
bool mib_source_find(
    mib_sources *s, const tl_mib *mib, const tl_mib_node *node, mib_definition *out);
void mib_sources_free(mib_sources *s);

#endif
