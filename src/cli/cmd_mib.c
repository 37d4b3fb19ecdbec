/* cli/cmd_mib.c: `trapline mib`: the table of its subcommands, and what they share. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/mib.h"
#include "sys/fs.h"
#include "sys/walk.h"

typedef struct subcommand {
	const char *name;
	cli_command *run;
	const char *help;
} subcommand;

static const subcommand subcommands[] = {
	{ "find", mib_find, "search names and descriptions" },
	{ "show", mib_show, "all that is known of a name or an OID" },
	{ "translate", mib_translate, "names to OIDs and back" },
	{ "list", mib_list, "notifications, objects or modules, as table, CSV or JSON" },
	{ "lint", mib_lint, "what is wrong with MIB files" },
	{ "compile", mib_compile, "folders of MIBs to a dictionary in one file" },
	{ "missing", mib_missing, "whose MIBs are lacking, by what was received" },
};

enum { SUBCOMMANDS = sizeof subcommands / sizeof subcommands[0] };

static void
help(FILE *to)
{
	fprintf(to, "usage: trapline mib COMMAND [OPTIONS]\n\n"
		    "Compiles, checks and searches MIBs.\n\ncommands:\n");
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		fprintf(to, "  %-10s %s\n", subcommands[i].name, subcommands[i].help);
	fprintf(to,
	    "\n'trapline mib COMMAND --help' tells its options. MIBs are read from the\n"
	    "folders given with -M and from those in $TRAPLINE_MIBS; if that is not "
	    "set,\n"
	    "from ~/.local/share/trapline/mibs, /usr/share/snmp/mibs, "
	    "/var/lib/snmp/mibs\n"
	    "and /usr/local/share/snmp/mibs.\n\n"
	    "Example: trapline mib find -M ~/vendor-mibs 'power supply'\n");
}

static int
run(const subcommand *c, int argc, char **argv)
{
	char name[32];

	(void)snprintf(name, sizeof name, "mib %s", c->name);
	return cli_run(c->run, name, argc, argv);
}

int
cmd_mib(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < SUBCOMMANDS; i++)
		if (strcmp(name, subcommands[i].name) == 0)
			return run(&subcommands[i], argc - 1, argv + 1);
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
	    strcmp(name, "help") == 0) {
		help(stdout);
		return EXIT_DONE;
	}
	if (argc > 1)
		fprintf(stderr, "trapline mib: there is no command '%s'\n\n", name);
	help(stderr);
	return EXIT_USAGE;
}

int
mib_job_option(mib_job *job, int opt, char *value)
{
	switch (opt) {
	case 'M':
		return cli_mibs_add(&job->mibs, value);
	case MIB_OPT_JSON:
		job->json = true;
		return -1;
	case MIB_OPT_HELP:
		fputs(job->help, stdout);
		return EXIT_DONE;
	default:
		fprintf(stderr, "Try 'trapline %s --help'.\n", job->mibs.command);
		return EXIT_USAGE;
	}
}

int
mib_job_open(mib_job *job)
{
	return cli_mibs_load(&job->mibs, &job->mib, &job->loaded);
}

int
mib_job_close(mib_job *job, int status)
{
	tl_mib_free(job->mib);
	cli_mibs_free(&job->mibs);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (errno != EPIPE)
		cli_error(job->mibs.command, "stdout: %s", strerror(errno));
	return EXIT_FAILED;
}

int
mib_terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		return size.ws_col;
	return 80;
}

const char *
mib_kind_word(const tl_mib_node *node)
{
	static const char *const words[] = { [TL_MIB_IDENTITY] = "identity",
		[TL_MIB_OBJECT] = "object",
		[TL_MIB_NOTIFICATION] = "notification" };

	return words[tl_mib_node_kind(node)];
}

bool
mib_source_read(mib_sources *s, tl_span path, tl_span *text)
{
	bool same = s->path.count == path.len + 1 && path.len > 0 &&
		    memcmp(s->path.ptr, path.ptr, path.len) == 0;

	if (!same) {
		s->path.count = 0;
		char *copy = tl_vec_grow(&s->path, 1, path.len + 1);
		if (copy == NULL)
			return false;
		memcpy(copy, path.ptr, path.len);
		copy[path.len] = '\0';
		tl_err err = tl_file_read_text(copy, TL_WALK_FILE_MAX, &s->text);
		s->good = err == TL_OK;
		if (!s->good && s->unreadable++ == 0)
			cli_error(s->command, "%s: %s: what stands there is not shown",
			    copy, err == TL_EIO ? strerror(errno) : tl_err_text(err));
	}
	*text = (tl_span){ s->text.ptr, s->good ? s->text.count : 0 };
	return s->good;
}

bool
mib_source_find(
    mib_sources *s, const tl_mib *mib, const tl_mib_node *node, mib_definition *out)
{
	uint32_t line;
	tl_span path = tl_mib_node_source(mib, node, &line), text;

	*out = (mib_definition){ 0 };
	return path.len > 0 && mib_source_read(s, path, &text) &&
	       tl_mib_source_definition(text, line, tl_mib_node_name(mib, node),
		   &out->whole, &out->description) == TL_OK;
}

void
mib_sources_free(mib_sources *s)
{
	tl_vec_free(&s->path);
	tl_vec_free(&s->text);
}
