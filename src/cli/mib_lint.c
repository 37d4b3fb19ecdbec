/* cli/mib_lint.c: `trapline mib lint`: what is wrong with MIB files, as a compiler tells
 * it. What the files import is looked up in other folders, whose own problems are not
 * told; of a module that stands in both, that in the files named counts. */
#include "cli/mib_lint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static const char help[] =
    "usage: trapline mib lint [OPTIONS] FILE | DIR ...\n"
    "\n"
    "Tells what is wrong with MIB files: FILE:LINE:COLUMN: GRADE: TEXT [WORD]. An "
    "error:\n"
    "something is lost; a warning: something was assumed; a note: other tools may "
    "stumble.\n"
    "\n"
    "      --with DIR        where to look for what the files import; may be repeated\n"
    "                        (default: the default folders)\n"
    "      --level LEVEL     note, warning or error: the least to tell (default: "
    "warning)\n"
    "  -q, --quiet           errors only\n"
    "      --json            an object a line\n"
    "      --help            this text\n"
    "\n"
    "Exit status: 0 no errors, 1 errors, 2 usage.\n"
    "\n"
    "Example: trapline mib lint --with /usr/share/snmp/mibs VENDOR-MIB.txt\n";

enum { OPT_WITH = MIB_OPT_FIRST, OPT_LEVEL };

static const struct option long_options[] = {
	{ "with", required_argument, NULL, OPT_WITH },
	{ "level", required_argument, NULL, OPT_LEVEL },
	{ "quiet", no_argument, NULL, 'q' },
	MIB_LONG_OPTIONS,
};

enum { TEXT_ROOM = 4096 };

/* A problem that is told. */
typedef struct told {
	uint32_t file; /* in the order of reading */
	uint32_t line, column, number;
	uint32_t text, text_len; /* in texts */
	uint32_t module, module_len, name, name_len;
	tl_mib_problem_kind kind;
} told;

typedef struct linter {
	mib_job job;
	cli_list with;
	tl_mib_grade level;
	lint_files files;
	tl_vec told, texts;
	uint32_t counts[TL_MIB_ERROR + 1];
	bool failed; /* memory is short */
} linter;

static const char *const grades[] = {
	[TL_MIB_NOTE] = "note", [TL_MIB_WARNING] = "warning", [TL_MIB_ERROR] = "error"
};

static uint32_t
keep_text(linter *l, tl_span text)
{
	uint8_t *room = tl_vec_grow(&l->texts, 1, text.len + 1);

	if (room == NULL) {
		l->failed = true;
		return 0;
	}
	if (text.len > 0)
		memcpy(room, text.ptr, text.len);
	return l->texts.count - (uint32_t)text.len - 1;
}

/* Keeps what is to be told, for they come in no order. */
static void
take_problem(void *context, const tl_mib_problem *problem)
{
	linter *l = context;
	tl_mib_grade grade = tl_mib_problem_grade(problem->kind);
	uint8_t room[TEXT_ROOM];
	tl_buf text = { .ptr = room, .cap = sizeof room };
	uint32_t file;

	if (!lint_is_named(&l->files, problem->file, &file))
		return;
	l->counts[grade]++;
	if (grade < l->level)
		return;
	told *t = tl_vec_grow(&l->told, sizeof *t, 1);
	if (t == NULL) {
		l->failed = true;
		return;
	}
	tl_mib_problem_text(problem, &text);
	*t = (told){
		.file = file,
		.line = problem->line,
		.column = problem->column,
		.number = l->told.count,
		.text = keep_text(l, tl_buf_written(&text)),
		.text_len = (uint32_t)text.len,
		.module = keep_text(l, problem->module),
		.module_len = (uint32_t)problem->module.len,
		.name = keep_text(l, problem->name),
		.name_len = (uint32_t)problem->name.len,
		.kind = problem->kind,
	};
}

static int
by_place(const void *a, const void *b)
{
	const told *x = a, *y = b;

	if (x->file != y->file)
		return x->file > y->file ? 1 : -1;
	if (x->line != y->line)
		return x->line > y->line ? 1 : -1;
	if (x->column != y->column)
		return x->column > y->column ? 1 : -1;
	return (x->number > y->number) - (x->number < y->number);
}

static tl_span
text_of(const linter *l, uint32_t at, uint32_t len)
{
	return (tl_span){ TL_VEC_AT(&l->texts, uint8_t, at), len };
}

static void
print_json(const linter *l, const told *t)
{
	fputs("{\"file\":", stdout);
	mib_print_json(stdout, lint_path(&l->files, t->file));
	printf(",\"line\":%u,\"column\":%u,\"grade\":\"%s\",\"word\":\"%s\",\"module\":",
	    t->line, t->column, grades[tl_mib_problem_grade(t->kind)],
	    tl_mib_problem_word(t->kind));
	mib_print_json(stdout, text_of(l, t->module, t->module_len));
	fputs(",\"name\":", stdout);
	mib_print_json(stdout, text_of(l, t->name, t->name_len));
	fputs(",\"text\":", stdout);
	mib_print_json(stdout, text_of(l, t->text, t->text_len));
	puts("}");
}

static void
print(const linter *l, const told *t)
{
	tl_span text = text_of(l, t->text, t->text_len);

	if (l->job.json) {
		print_json(l, t);
		return;
	}
	mib_print(stdout, lint_path(&l->files, t->file));
	printf(":%u:%u: %s: %.*s [%s]\n", t->line, t->column,
	    grades[tl_mib_problem_grade(t->kind)], (int)text.len, (const char *)text.ptr,
	    tl_mib_problem_word(t->kind));
}

static void
sum_up(const linter *l)
{
	fprintf(stderr, "files %s, errors %s, warnings %s, notes %s\n",
	    cli_with_commas(l->files.named).text,
	    cli_with_commas(l->counts[TL_MIB_ERROR]).text,
	    cli_with_commas(l->counts[TL_MIB_WARNING]).text,
	    cli_with_commas(l->counts[TL_MIB_NOTE]).text);
}

static int
tell(linter *l)
{
	told *all = l->told.ptr;

	if (l->failed) {
		cli_error(l->job.mibs.command, "%s", tl_err_text(TL_ENOMEM));
		return EXIT_FAILED;
	}
	if (l->told.count > 0)
		qsort(all, l->told.count, sizeof *all, by_place);
	for (uint32_t i = 0; i < l->told.count; i++)
		print(l, &all[i]);
	sum_up(l);
	return l->counts[TL_MIB_ERROR] > 0 || l->files.unreadable > 0 ? EXIT_FAILED
								      : EXIT_DONE;
}

/* Reads the files named and those around them, and finds out what the names mean. */
static tl_err
compile(linter *l)
{
	tl_mib_builder_options opt = { .problem = take_problem, .context = l };
	tl_mib_builder *b;
	tl_err err = tl_mib_builder_new(&opt, &b);

	if (err != TL_OK)
		return err;
	err = lint_read(&l->files, l->job.mibs.command, b);
	if (err == TL_OK)
		err = tl_mib_builder_build(b, &l->job.mib, NULL);
	tl_mib_builder_free(b);
	return err;
}

static int
find_files(linter *l, int argc, char **argv)
{
	const char *command = l->job.mibs.command;
	cli_list around = { 0 };
	int status = -1;

	for (int i = 0; i < argc && status < 0; i++)
		status = lint_add(&l->files, command, argv[i]);
	l->files.named = l->files.walk.files.count;
	for (size_t i = 0; i < l->with.count && status < 0; i++)
		status = lint_add(&l->files, command, l->with.at[i]);
	if (status < 0 && l->with.count == 0 && !cli_mibs_default(command, &around)) {
		cli_error(command, "%s", tl_err_text(TL_ENOMEM));
		status = EXIT_FAILED;
	}
	for (size_t i = 0; i < around.count && status < 0; i++)
		status = lint_add(&l->files, command, around.at[i]);
	cli_mibs_free_paths(&around);
	return status;
}

static int
lint(linter *l, int argc, char **argv)
{
	int status = find_files(l, argc, argv);

	if (status >= 0)
		return status;
	tl_err err = compile(l);
	if (err == TL_OK)
		return tell(l);
	cli_error(l->job.mibs.command, "%s", tl_err_text(err));
	return EXIT_FAILED;
}

static int
read_level(linter *l, const char *text)
{
	for (int g = TL_MIB_NOTE; g <= TL_MIB_ERROR; g++)
		if (strcmp(text, grades[g]) == 0) {
			l->level = (tl_mib_grade)g;
			return -1;
		}
	return cli_usage_error(
	    l->job.mibs.command, "there is no level '%s': note, warning or error", text);
}

static int
read_option(linter *l, int opt, char *value)
{
	switch (opt) {
	case OPT_WITH:
	case 'M':
		if (cli_list_add(&l->with, value))
			return -1;
		cli_error(l->job.mibs.command, "%s", tl_err_text(TL_ENOMEM));
		return EXIT_FAILED;
	case OPT_LEVEL:
		return read_level(l, value);
	case 'q':
		l->level = TL_MIB_ERROR;
		return -1;
	default:
		return mib_job_option(&l->job, opt, value);
	}
}

int
mib_lint(int argc, char **argv)
{
	linter l = { .job = { .help = help, .mibs.command = "mib lint" },
		.level = TL_MIB_WARNING };
	int opt, status = -1;

	while (status < 0 &&
	       (opt = getopt_long(argc, argv, "M:q", long_options, NULL)) != -1)
		status = read_option(&l, opt, optarg);
	if (status < 0 && optind >= argc)
		status = cli_usage_error(l.job.mibs.command, "a FILE or DIR is missing");
	if (status < 0)
		status = lint(&l, argc - optind, argv + optind);
	lint_files_free(&l.files);
	tl_vec_free(&l.told);
	tl_vec_free(&l.texts);
	cli_list_free(&l.with);
	return mib_job_close(&l.job, status);
}
