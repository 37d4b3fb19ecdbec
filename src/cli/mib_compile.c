/* cli/mib_compile.c: `trapline mib compile`: folders of MIBs to a dictionary in one file,
 * and an account of what was in them. */
#include <errno.h>
#include <string.h>

#include "cli/mib.h"
#include "sys/clock.h"

static const char help[] =
    "usage: trapline mib compile [OPTIONS] -o FILE [DIR | FILE ...]\n"
    "\n"
    "Reads MIBs, those in the default folders if none are named, and writes all that "
    "they\n"
    "define to one dictionary, which 'trapline listen -M FILE' opens at once. What is "
    "wrong\n"
    "in a MIB costs what cannot be read there, and nothing else; 'trapline mib lint' "
    "tells\n"
    "what it is.\n"
    "\n"
    "  -o, --output FILE     the dictionary to write\n"
    "      --json            the account as an object\n"
    "      --help            this text\n"
    "\n"
    "Exit status: 0 it was written, 1 it was not, or there was nothing to write, 2 "
    "usage.\n"
    "\n"
    "Example: trapline mib compile ~/vendor-mibs -o vendors.mibs\n";

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },
	MIB_LONG_OPTIONS,
};

typedef struct compiler {
	mib_job job;
	const char *output;
	double seconds;
	size_t size; /* of the dictionary, bytes */
} compiler;

static const char *const grades[] = {
	[TL_MIB_NOTE] = "note", [TL_MIB_WARNING] = "warning", [TL_MIB_ERROR] = "error"
};

static void
print_left_out(const tl_mib_files *f)
{
	const struct {
		uint32_t count;
		const char *why;
	} all[] = { { f->binary, "no text" }, { f->too_large, "too large" },
		{ f->unreadable, "not readable" }, { f->vanished, "vanished" } };
	const char *before = "left out       ";

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (all[i].count == 0)
			continue;
		printf("%s%s %s", before, cli_with_commas(all[i].count).text, all[i].why);
		before = ", ";
	}
	if (before[0] == ',')
		putchar('\n');
}

static void
print_problems(const tl_mib_summary *s)
{
	for (int kind = 0; kind < TL_MIB_PROBLEM_COUNT; kind++) {
		tl_mib_problem_kind k = (tl_mib_problem_kind)kind;
		if (s->problems[kind] > 0)
			printf("  %9s  %-8s %s\n",
			    cli_with_commas(s->problems[kind]).text,
			    grades[tl_mib_problem_grade(k)], tl_mib_problem_word(k));
	}
}

static void
print_account(const compiler *c)
{
	const tl_mib_summary *s = &c->job.loaded.summary;
	const tl_mib_files *f = &c->job.loaded.files;

	printf("files          %s, %.1f MB\n", cli_with_commas(f->files).text,
	    (double)f->bytes / 1e6);
	print_left_out(f);
	printf("modules        %s", cli_with_commas(s->modules).text);
	if (s->duplicates > 0)
		printf(", and %s older ones of the same names",
		    cli_with_commas(s->duplicates).text);
	printf("\nnotifications  %s", cli_with_commas(s->notifications).text);
	if (s->unresolved_notifications > 0)
		printf(", and %s without an OID",
		    cli_with_commas(s->unresolved_notifications).text);
	printf("\ndefinitions    %s", cli_with_commas(s->nodes).text);
	if (s->unresolved > 0)
		printf(", and %s without an OID", cli_with_commas(s->unresolved).text);
	printf("\nproblems\n");
	print_problems(s);
	printf("%s: %.1f MB, %.2f s\n", c->output, (double)c->size / 1e6, c->seconds);
}

static void
print_json(const compiler *c)
{
	const tl_mib_summary *s = &c->job.loaded.summary;
	const tl_mib_files *f = &c->job.loaded.files;
	const char *before = "";

	fputs("{\"output\":", stdout);
	mib_print_json(
	    stdout, (tl_span){ (const uint8_t *)c->output, strlen(c->output) });
	printf(",\"bytes\":%zu,\"seconds\":%.3f", c->size, c->seconds);
	printf(",\"files\":%u,\"source_bytes\":%llu,\"binary\":%u,\"too_large\":%u"
	       ",\"unreadable\":%u,\"vanished\":%u",
	    f->files, (unsigned long long)f->bytes, f->binary, f->too_large,
	    f->unreadable, f->vanished);
	printf(",\"modules\":%u,\"duplicates\":%u,\"definitions\":%u,\"nodes\":%u"
	       ",\"notifications\":%u,\"unresolved\":%u,\"unresolved_notifications\":%u",
	    s->modules, s->duplicates, s->definitions, s->nodes, s->notifications,
	    s->unresolved, s->unresolved_notifications);
	fputs(",\"problems\":{", stdout);
	for (int kind = 0; kind < TL_MIB_PROBLEM_COUNT; kind++) {
		if (s->problems[kind] == 0)
			continue;
		printf("%s\"%s\":%u", before,
		    tl_mib_problem_word((tl_mib_problem_kind)kind), s->problems[kind]);
		before = ",";
	}
	puts("}}");
}

static int
save(compiler *c, int64_t start_ns)
{
	const char *command = c->job.mibs.command;

	if (c->job.loaded.summary.modules == 0) {
		cli_error(command, "there is no MIB module in what was read");
		return EXIT_FAILED;
	}
	tl_err err = tl_mib_save(c->job.mib, c->output);
	if (err != TL_OK) {
		cli_error(command, "%s: %s", c->output,
		    err == TL_EIO ? strerror(errno) : tl_err_text(err));
		return EXIT_FAILED;
	}
	c->size = tl_mib_contents(c->job.mib).len;
	c->seconds = (double)(tl_now_monotonic_ns() - start_ns) / 1e9;
	if (c->job.json)
		print_json(c);
	else
		print_account(c);
	return EXIT_DONE;
}

static int
read_options(compiler *c, int argc, char **argv)
{
	int opt, status = -1;

	while (status < 0 &&
	       (opt = getopt_long(argc, argv, "M:o:", long_options, NULL)) != -1) {
		if (opt == 'o')
			c->output = optarg;
		else
			status = mib_job_option(&c->job, opt, optarg);
	}
	for (int i = optind; i < argc && status < 0; i++)
		status = cli_mibs_add(&c->job.mibs, argv[i]);
	if (status < 0 && c->output == NULL)
		return cli_usage_error(c->job.mibs.command, "-o FILE is missing");
	return status;
}

int
mib_compile(int argc, char **argv)
{
	compiler c = { .job = {
			   .help = help,
			   .mibs = { .command = "mib compile", .no_cache = true },
		       } };
	int64_t start_ns = tl_now_monotonic_ns();
	int status = read_options(&c, argc, argv);

	c.job.mibs.only_given = c.job.mibs.given.count > 0;
	if (status < 0)
		status = mib_job_open(&c.job);
	if (status < 0)
		status = save(&c, start_ns);
	return mib_job_close(&c.job, status);
}
