/* tests/smi/reading.h: a text, what is read from it, and the problems that are told. */
#ifndef TESTS_SMI_READING_H
#define TESTS_SMI_READING_H

#include "../base/unit.h"

#include "show.h"

#define MODULE(body) "M DEFINITIONS ::= BEGIN\n" body "\nEND\n"

/* The definitions, one a line, and the problems, "kind@line:column", with blanks. */
typedef struct reading {
	tl_smi_tree tree;
	uint32_t counts[TL_MIB_PROBLEM_COUNT];
	uint8_t defs_text[8192], problems_text[4096];
	tl_buf defs, problems;
} reading;

static inline void
reading_report(void *context, const tl_mib_problem *problem)
{
	reading *r = context;
	tl_buf *b = &r->problems;

	if (b->len > 0)
		tl_buf_putc(b, ' ');
	tl_buf_puts(b, tl_mib_problem_word(problem->kind));
	tl_buf_putc(b, '@');
	tl_buf_u64(b, problem->line);
	tl_buf_putc(b, ':');
	tl_buf_u64(b, problem->column);
}

/* Reads the text from memory of just its size. */
static inline reading *
reading_of(tl_span text)
{
	reading *r = calloc(1, sizeof *r);
	tl_smi_reports reports = { reading_report, r, r != NULL ? r->counts : NULL };
	tl_smi_source source = { 1, LIT("file"), exact_copy(text) };

	assert_non_null(r);
	r->defs = (tl_buf){ .ptr = r->defs_text, .cap = sizeof r->defs_text };
	r->problems = (tl_buf){ .ptr = r->problems_text, .cap = sizeof r->problems_text };
	assert_int_equal(tl_smi_tree_init(&r->tree), TL_OK);
	assert_int_equal(tl_smi_parse(&r->tree, &source, &reports), TL_OK);
	for (uint32_t i = 0; i < r->tree.defs.count; i++) {
		if (i > 0)
			tl_buf_putc(&r->defs, '\n');
		show_def(&r->defs, &r->tree, TL_VEC_AT(&r->tree.defs, tl_smi_def, i));
	}
	free((void *)(uintptr_t)source.text.ptr);
	return r;
}

static inline void
reading_free(reading *r)
{
	tl_smi_tree_fini(&r->tree);
	free(r);
}

typedef struct reading_case {
	const char *text, *defs, *problems;
} reading_case;

static inline void
assert_text(const tl_buf *got, const char *wanted)
{
	if (got->len != strlen(wanted) || memcmp(got->ptr, wanted, got->len) != 0)
		fail_msg("\"%.*s\" instead of \"%s\"", (int)got->len,
		    (const char *)got->ptr, wanted);
}

/* Reads each text and compares. */
static inline void
check_cases(const reading_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		reading *r = reading_of(span_of(cases[i].text));
		assert_text(&r->defs, cases[i].defs);
		assert_text(&r->problems, cases[i].problems);
		reading_free(r);
	}
}

#define CHECK(cases) check_cases(cases, COUNT(cases))

#endif
