/* smi/recover.c, lines.c: going on behind what cannot be read, and strings that have lost
 * their end. */
#include "reading.h"

#define CLAUSES " SYNTAX A STATUS current ::= "

static void
test_goes_on_at_the_next_definition(void **state)
{
	static const reading_case cases[] = {
		{ MODULE("x OBJECT-TYPE SYNTAX A STATUS current\ny OBJECT-TYPE" CLAUSES
			 "{ a 2 }"),
		    "object x { } A flags 6\nobject y { a 2 } A", "expected@3:1" },
		{ MODULE("x OBJECT-TYPE ( { SYNTAX ] [ } foo bar\n"
			 "y OBJECT IDENTIFIER ::= { a 2 }"),
		    "object x { } flags 6\nvalue y { a 2 }",
		    "stray-text@2:15 expected@2:26 no-clause@2:1 expected@3:1" },
		{ MODULE("some words ; , 5 \"text\"\ny OBJECT IDENTIFIER ::= { a 2 }"),
		    "value y { a 2 }", "stray-text@2:1" },
		{ MODULE("x OBJECT-TYPE SYNTAX SEQUENCE {\nT ::= INTEGER"),
		    "object x { } SEQUENCE flags 6\ntype T INTEGER",
		    "expected@3:1 no-clause@2:1" },
		{ MODULE("x INTEGER ::= 5\nT ::= INTEGER"), "type T INTEGER",
		    "stray-text@2:1" },
		{ MODULE("x OBJECT-TYPE SYNTAX A STATUS current y OBJECT-TYPE"),
		    "object x { } A flags 6\nobject y { } flags 6",
		    "expected@2:39 no-clause@2:39 expected@3:1" },
		{ "M DEFINITIONS ::= BEGIN x OBJECT-TYPE", "object x { } flags 6",
		    "no-clause@1:25 expected@1:38 no-end@1:38" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_closes_a_string_that_swallows_definitions(void **state)
{
	static const reading_case cases[] = {
		/* the end is missing; the next string's beginning ends it */
		{ MODULE("x OBJECT-TYPE SYNTAX A STATUS current\n"
			 "DESCRIPTION \"No end.\n  INDEX { i }\n ::= { a 1 }\n"
			 "y OBJECT-TYPE SYNTAX A STATUS current\n"
			 "DESCRIPTION \"Y.\" ::= { a 2 }"),
		    "object x { a 1 } A of i flags 2\nobject y { a 2 } A",
		    "open-string@3:13" },
		/* a quote too many */
		{ MODULE("x OBJECT-TYPE SYNTAX A STATUS current\n"
			 "DESCRIPTION \"A 5\" disk.\"\n ::= { a 1 }\n"
			 "y OBJECT-TYPE SYNTAX A STATUS current\n"
			 "DESCRIPTION \"Y.\" ::= { a 2 }"),
		    "object x { a 1 } A flags 2\nobject y { a 2 } A",
		    "stray-text@3:19 open-string@3:24" },
		/* nothing ends it */
		{ MODULE("x OBJECT-TYPE SYNTAX A STATUS current\n"
			 "DESCRIPTION \"No end.\n ::= { a 1 }\n"
			 "y OBJECT IDENTIFIER ::= { a 2 }"),
		    "object x { a 1 } A flags 2\nvalue y { a 2 }", "open-string@3:13" },
		{ MODULE("x OBJECT IDENTIFIER ::= { a 1 }\n\"\nEND"),
		    "value x { a 1 } flags 2",
		    "open-string@3:1 stray-text@3:1 outside@5:1" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_leaves_strings_alone_that_show_code_or_end_in_a_keyword(void **state)
{
	static const reading_case cases[] = {
		{ MODULE("x OBJECT-TYPE SYNTAX A STATUS current DESCRIPTION\n"
			 "\"For example\n  y OBJECT-TYPE\n ::= { a 1 }\nor so.\"\n"
			 "::= { a 1 }"),
		    "object x { a 1 } A", "" },
		{ MODULE("x OBJECT-TYPE SYNTAX A STATUS current DESCRIPTION\n"
			 "\"See the\n     DESCRIPTION\" REFERENCE \"r\" ::= { a 1 }"),
		    "object x { a 1 } A", "" },
		{ MODULE("x OBJECT-TYPE SYNTAX A STATUS current DESCRIPTION\n"
			 "\"See the\n     DESCRIPTION\"\n::= { a 1 }"),
		    "object x { a 1 } A", "" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_tells_once_of_a_page_break(void **state)
{
	static const reading_case cases[] = {
		{ MODULE("x OBJECT-TYPE SYNTAX INTEGER { a(1),\n"
			 "Rose        Informational        [Page 3]\n\f\n"
			 "RFC 1215            Traps              March 1991\n\n"
			 "b(2) } STATUS current ::= { a 1 }"),
		    "object x { a 1 } INTEGER a(1) b(2)", "page-break@3:1" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_tells_once_of_stray_bytes(void **state)
{
	static const reading_case cases[] = {
		{ MODULE("x OBJECT-TYPE SYNTAX A\n  \xe4\xf6\xfc STATUS current "
			 "::= { a 1 }"),
		    "object x { a 1 } A", "stray-byte@3:3" },
		{ MODULE("x OBJECT-TYPE SYNTAX A STATUS current DESCRIPTION \"\xe4\" "
			 "-- \xe4\n ::= { a 1 }"),
		    "object x { a 1 } A", "" },
	};
	(void)state;

	CHECK(cases);
}

/* A text that makes every step go back must not take long: the work is bounded by the
 * length of the text. */
static void
test_the_work_is_bounded_by_the_length(void **state)
{
	static const char *const pieces[] = { "a OBJECT-TYPE ", "a ::= ", "{ ", "\" ",
		"A OBJECT IDENTIFIER ::= { ", "x [Page 1]\n", "INTEGER { a ", "/* ", "' ",
		"\"\n::= {\n", "M DEFINITIONS ::= BEGIN ", "-- \r",
		"a \"DESCRIPTION \r" };
	const size_t size = 200000;
	(void)state;

	for (size_t i = 0; i < COUNT(pieces); i++) {
		uint32_t counts[TL_MIB_PROBLEM_COUNT] = { 0 };
		tl_smi_reports reports = { NULL, NULL, counts };
		size_t len = strlen(pieces[i]);
		char *text = malloc(size + 64);
		tl_smi_tree tree;
		assert_non_null(text);
		strncpy(text, "M DEFINITIONS ::= BEGIN\n", 64);
		for (size_t at = 24; at < size; at += len)
			memcpy(text + at, pieces[i], len);
		tl_smi_source source = { 1, LIT("f"), { (uint8_t *)text, size } };
		assert_int_equal(tl_smi_tree_init(&tree), TL_OK);
		assert_int_equal(tl_smi_parse(&tree, &source, &reports), TL_OK);
		tl_smi_tree_fini(&tree);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goes_on_at_the_next_definition),
		cmocka_unit_test(test_closes_a_string_that_swallows_definitions),
		cmocka_unit_test(
		    test_leaves_strings_alone_that_show_code_or_end_in_a_keyword),
		cmocka_unit_test(test_tells_once_of_a_page_break),
		cmocka_unit_test(test_tells_once_of_stray_bytes),
		cmocka_unit_test(test_the_work_is_bounded_by_the_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
