/* smi/problem.c: words, grades and the line that a person reads. */
#include "../base/unit.h"

#include "base/buf.h"
#include "smi/parse.h"

static void
assert_line(const tl_mib_problem *problem, const char *wanted)
{
	uint8_t text[512];
	tl_buf out = { .ptr = text, .cap = sizeof text };

	tl_mib_problem_text(problem, &out);
	assert_bytes(tl_buf_written(&out), span_of(wanted));
}

static void
test_every_kind_has_a_word_a_grade_and_a_text(void **state)
{
	(void)state;
	for (int i = 0; i < TL_MIB_PROBLEM_COUNT; i++) {
		tl_mib_problem_kind kind = (tl_mib_problem_kind)i;
		tl_mib_problem problem = { .kind = kind };
		uint8_t text[256];
		tl_buf out = { .ptr = text, .cap = sizeof text };
		assert_true(strlen(tl_mib_problem_word(kind)) > 0);
		assert_in_range(tl_mib_problem_grade(kind), TL_MIB_NOTE, TL_MIB_ERROR);
		tl_mib_problem_text(&problem, &out);
		assert_true(out.len > 0 && !out.full);
		assert_null(memchr(text, '%', out.len));
		for (int n = 0; n < i; n++)
			assert_string_not_equal(tl_mib_problem_word(kind),
			    tl_mib_problem_word((tl_mib_problem_kind)n));
	}
	assert_string_equal(tl_mib_problem_word(TL_MIB_PROBLEM_COUNT), "unknown");
	assert_int_equal(tl_mib_problem_grade(TL_MIB_PROBLEM_COUNT), TL_MIB_ERROR);
}

static void
test_fills_the_fields_into_the_text(void **state)
{
	tl_mib_problem problem = { .kind = TL_MIB_P_EXPECTED,
		.name = LIT("ifIndex"),
		.expected = LIT("::="),
		.found = LIT("END") };
	(void)state;

	assert_line(&problem, "expected ::= in the definition of ifIndex, found END");
	problem.found.len = 0;
	assert_line(&problem,
	    "expected ::= in the definition of ifIndex, found the end of the text");
}

static void
test_shows_one_line_of_what_was_found_safe_for_a_terminal(void **state)
{
	tl_mib_problem problem = { .kind = TL_MIB_P_STRAY_BYTE,
		.found = LIT("\x1b[m  ") };
	char longer[80];
	(void)state;

	assert_line(&problem, "stray byte \\x1b[m; skipped");
	problem.found = LIT("one\ntwo");
	assert_line(&problem, "stray byte one...; skipped");
	memset(longer, 'a', sizeof longer);
	problem.found = (tl_span){ (uint8_t *)longer, sizeof longer };
	assert_line(&problem,
	    "stray byte aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...; "
	    "skipped");
}

static void
count_call(void *context, const tl_mib_problem *problem)
{
	(void)problem;
	++*(int *)context;
}

static void
test_counts_problems_with_and_without_a_listener(void **state)
{
	uint32_t counts[TL_MIB_PROBLEM_COUNT] = { 0 };
	int calls = 0;
	tl_smi_reports with = { count_call, &calls, counts },
		       without = { .counts = counts };
	tl_mib_problem problem = { .kind = TL_MIB_P_RANGE };
	(void)state;

	tl_smi_report(&with, &problem);
	tl_smi_report(&without, &problem);
	assert_int_equal(counts[TL_MIB_P_RANGE], 2);
	assert_int_equal(calls, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_has_a_word_a_grade_and_a_text),
		cmocka_unit_test(test_fills_the_fields_into_the_text),
		cmocka_unit_test(
		    test_shows_one_line_of_what_was_found_safe_for_a_terminal),
		cmocka_unit_test(test_counts_problems_with_and_without_a_listener),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
