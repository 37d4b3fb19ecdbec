/* tests/smi/dump_smi.c: what the front-end reads from the files named: modules, imports,
 * definitions, problems. For developers; with --time only the totals, with --problems
 * only the problems. Exits 1 when a file cannot be read. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "show.h"

typedef enum dump_mode { DUMP_ALL, DUMP_TIME, DUMP_PROBLEMS } dump_mode;

typedef struct dump {
	dump_mode mode;
	tl_smi_tree tree;
	uint32_t counts[TL_MIB_PROBLEM_COUNT];
	size_t bytes;
	int64_t parse_ns;
} dump;

static void
put_span(tl_span s)
{
	fwrite(s.ptr, 1, s.len, stdout);
}

static void
put_name(const dump *d, tl_smi_name name)
{
	put_span(tl_smi_names_text(d->tree.names, name));
}

static void
report(void *context, const tl_mib_problem *problem)
{
	static const char *const grades[] = { "", "note", "warning", "error" };
	const dump *d = context;
	uint8_t text[1024];
	tl_buf out = { .ptr = text, .cap = sizeof text };

	if (d->mode == DUMP_TIME)
		return;
	tl_mib_problem_text(problem, &out);
	put_span(problem->file);
	printf(":%" PRIu32 ":%" PRIu32 ": %s: %.*s [%s]\n", problem->line,
	    problem->column, grades[tl_mib_problem_grade(problem->kind)], (int)out.len,
	    (const char *)out.ptr, tl_mib_problem_word(problem->kind));
}

static void
print_def(const dump *d, const tl_smi_def *def)
{
	static uint8_t text[1 << 20];
	tl_buf b = { .ptr = text, .cap = sizeof text };

	show_def(&b, &d->tree, def);
	printf("  %" PRIu32 " ", def->place >> 8);
	put_span(tl_buf_written(&b));
	putchar('\n');
}

static void
print_module(const dump *d, const tl_smi_module *m, const char *file)
{
	printf("module ");
	put_name(d, m->name);
	printf(" %s:%" PRIu32 " updated %" PRIu64 " errors %" PRIu32 "\n", file,
	    m->place >> 8, m->updated, m->errors);
	for (uint32_t i = 0; i < m->import_count; i++) {
		const tl_smi_import *import =
		    TL_VEC_AT(&d->tree.imports, tl_smi_import, m->import + i);
		printf("  import ");
		put_name(d, import->name);
		printf(" from ");
		put_name(d, import->from);
		putchar('\n');
	}
	for (uint32_t i = 0; i < m->def_count; i++)
		print_def(d, TL_VEC_AT(&d->tree.defs, tl_smi_def, m->def + i));
}

static int64_t
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint8_t *
read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *text = NULL;

	*len = 0;
	if (f == NULL)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0) {
		long size = ftell(f);
		rewind(f);
		text = malloc(size > 0 ? (size_t)size : 1);
		if (text != NULL)
			*len = fread(text, 1, (size_t)size, f);
	}
	fclose(f);
	return text;
}

static bool
parse_file(dump *d, const char *path, uint32_t number)
{
	tl_smi_reports reports = { report, d, d->counts };
	tl_smi_source source = { number, { (const uint8_t *)path, strlen(path) }, { 0 } };
	uint32_t first = d->tree.modules.count;
	uint8_t *text = read_file(path, &source.text.len);

	source.text.ptr = text;
	if (text == NULL) {
		fprintf(stderr, "%s cannot be read\n", path);
		return false;
	}
	d->bytes += source.text.len;
	int64_t start = cpu_ns();
	tl_err err = tl_smi_parse(&d->tree, &source, &reports);
	d->parse_ns += cpu_ns() - start;
	free(text);
	if (d->mode == DUMP_ALL)
		for (uint32_t i = first; i < d->tree.modules.count; i++)
			print_module(
			    d, TL_VEC_AT(&d->tree.modules, tl_smi_module, i), path);
	return err == TL_OK;
}

static void
print_totals(const dump *d)
{
	const tl_smi_tree *t = &d->tree;
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	printf("%zu bytes, %.3f s CPU in the parser, peak %ld kB\n", d->bytes,
	    (double)d->parse_ns / 1e9, usage.ru_maxrss);
	printf("%" PRIu32 " modules, %" PRIu32 " imports, %" PRIu32 " definitions, "
	       "%" PRIu32 " arcs, %" PRIu32 " syntaxes, %" PRIu32 " words, "
	       "%" PRIu32 " names\n",
	    t->modules.count, t->imports.count, t->defs.count, t->arcs.count,
	    t->syntaxes.count, t->words.count, tl_smi_names_count(t->names));
	for (unsigned i = 0; i < TL_MIB_PROBLEM_COUNT; i++)
		if (d->counts[i] > 0)
			printf("%8" PRIu32 " %s\n", d->counts[i],
			    tl_mib_problem_word((tl_mib_problem_kind)i));
}

int
main(int argc, char **argv)
{
	dump d = { 0 };
	bool good = true;

	if (argc > 1 && strcmp(argv[1], "--time") == 0)
		d.mode = DUMP_TIME;
	else if (argc > 1 && strcmp(argv[1], "--problems") == 0)
		d.mode = DUMP_PROBLEMS;
	if (tl_smi_tree_init(&d.tree) != TL_OK)
		return 1;
	for (int i = d.mode == DUMP_ALL ? 1 : 2; i < argc; i++)
		good &= parse_file(&d, argv[i], (uint32_t)i);
	if (d.mode == DUMP_TIME)
		print_totals(&d);
	tl_smi_tree_fini(&d.tree);
	return good ? 0 : 1;
}
