/* smi/definition.c, clauses.c, list.c, hint.c: every kind of definition, well-formed and
 * damaged. */
#include "reading.h"

#include "trapline/mib.h"

#define OBJECT(clauses) MODULE("x OBJECT-TYPE SYNTAX A " clauses " ::= { a 1 }")

static void
test_reads_every_kind_of_definition(void **state)
{
	static const reading_case cases[] = {
		{ MODULE(
		      "m MODULE-IDENTITY LAST-UPDATED \"9601010000Z\" ORGANIZATION \"\" "
		      "CONTACT-INFO \"\" DESCRIPTION \"\" REVISION \"9601010000Z\" "
		      "DESCRIPTION \"\" ::= { a 1 }"),
		    "module-identity m { a 1 }", "" },
		{ MODULE("v OBJECT IDENTIFIER ::= { a 1 }"), "value v { a 1 }", "" },
		{ MODULE(
		      "v OBJECT-IDENTITY STATUS current DESCRIPTION \"\" REFERENCE \"\" "
		      "::= { a 1 }"),
		    "value v { a 1 }", "" },
		{ MODULE("o OBJECT-TYPE SYNTAX A UNITS \"s\" MAX-ACCESS read-only STATUS "
			 "current DESCRIPTION \"\" REFERENCE \"\" DEFVAL { 1 } "
			 "::= { a 1 }"),
		    "object o { a 1 } A", "" },
		{ MODULE("n NOTIFICATION-TYPE OBJECTS { b, c } STATUS current "
			 "DESCRIPTION \"\" ::= { a 0 1 }"),
		    "notification n { a 0 1 } of b, c", "" },
		{ MODULE("t TRAP-TYPE ENTERPRISE e VARIABLES { b } DESCRIPTION \"\" "
			 "REFERENCE \"\" ::= 7"),
		    "trap t { e 7 } of b", "" },
		{ MODULE("T ::= TEXTUAL-CONVENTION DISPLAY-HINT \"1x\" STATUS current "
			 "DESCRIPTION \"\" REFERENCE \"\" SYNTAX OCTET STRING"),
		    "type T OCTET STRING \"1x\"", "" },
		{ MODULE("T ::= INTEGER"), "type T INTEGER", "" },
		{ MODULE(
		      "g OBJECT-GROUP OBJECTS { b, c } STATUS current DESCRIPTION \"\" "
		      "::= { a 1 }"),
		    "value g { a 1 }", "" },
		{ MODULE("g NOTIFICATION-GROUP NOTIFICATIONS { b, c } STATUS current "
			 "DESCRIPTION \"\" ::= { a 1 }"),
		    "value g { a 1 }", "" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_skips_compliance_and_capabilities_but_for_the_oid(void **state)
{
	static const reading_case cases[] = {
		{ MODULE(
		      "c MODULE-COMPLIANCE STATUS current DESCRIPTION \"\" MODULE M2 "
		      "MANDATORY-GROUPS { g } GROUP h DESCRIPTION \"\" OBJECT o SYNTAX "
		      "INTEGER { up(1) } WRITE-SYNTAX OBJECT IDENTIFIER MIN-ACCESS "
		      "read-only DESCRIPTION \"::=\" ::= { a 1 }"),
		    "value c { a 1 }", "" },
		{ MODULE("c AGENT-CAPABILITIES PRODUCT-RELEASE \"\" STATUS current "
			 "DESCRIPTION \"\" SUPPORTS X INCLUDES { g } VARIATION o SYNTAX "
			 "INTEGER { a(1) } CREATION-REQUIRES { b } DEFVAL { c } "
			 "DESCRIPTION \"\" ::= { a 1 }"),
		    "value c { a 1 }", "" },
		{ MODULE("c MODULE-COMPLIANCE MODULE\nd OBJECT IDENTIFIER ::= { a 2 }"),
		    "value c { } flags 6\nvalue d { a 2 }", "expected@3:1" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_skips_macros(void **state)
{
	static const reading_case cases[] = {
		{ MODULE("OBJECT-TYPE MACRO ::= BEGIN TYPE NOTATION ::= \"SYNTAX\" "
			 "type(S) IndexTypes ::= IndexType | IndexTypes \",\" IndexType\n"
			 "VALUE NOTATION ::= value(VALUE ObjectName) END\n"
			 "a OBJECT IDENTIFIER ::= { b 1 }"),
		    "value a { b 1 }", "" },
		{ MODULE("X MACRO ::= BEGIN\na OBJECT-TYPE SYNTAX A STATUS current "
			 "::= { b 1 }"),
		    "object a { b 1 } A", "no-end@3:1" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_reads_index_augments_and_access(void **state)
{
	static const reading_case cases[] = {
		{ OBJECT("STATUS current INDEX { b, IMPLIED c }"),
		    "object x { a 1 } A of b, c flags 1", "" },
		{ OBJECT("STATUS current AUGMENTS { e }"),
		    "object x { a 1 } A augments e", "" },
		{ OBJECT("STATUS current INDEX { INTEGER, OCTET STRING, B.c }"),
		    "object x { a 1 } A of INTEGER, OCTET STRING, c", "" },
		{ OBJECT("ACCESS not-accessible STATUS mandatory"),
		    "object x { a 1 } A flags 8", "" },
		{ OBJECT("STATUS deprecated"), "object x { a 1 } A status 1", "" },
		{ OBJECT("STATUS obsolete"), "object x { a 1 } A status 2", "" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_reads_default_values_of_all_forms(void **state)
{
	static const reading_case cases[] = {
		{ OBJECT("STATUS current DEFVAL { { a, b } }"), "object x { a 1 } A",
		    "" },
		{ OBJECT("STATUS current DEFVAL { '00'H }"), "object x { a 1 } A", "" },
		{ OBJECT("STATUS current DEFVAL { \"}\" }"), "object x { a 1 } A", "" },
		{ OBJECT("STATUS current DEFVAL { -1 }"), "object x { a 1 } A", "" },
		{ OBJECT("STATUS current DEFVAL {}"), "object x { a 1 } A", "" },
		{ OBJECT("STATUS current DEFVAL { '0'H }"), "object x { a 1 } A",
		    "odd-hex@2:48" },
		{ OBJECT("STATUS current DEFVAL 5"), "object x { a 1 } A",
		    "assumed@2:46" },
		{ OBJECT("STATUS current DEFVAL { 5"), "object x { a 1 } A flags 2",
		    "expected@2:50" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_lists_forgive_commas_and_braces(void **state)
{
	static const reading_case cases[] = {
		{ MODULE("t TRAP-TYPE ENTERPRISE e VARIABLES { a,, b c, } ::= 1"),
		    "trap t { e 1 } of a, b, c",
		    "extra-comma@2:40 assumed@2:44 extra-comma@2:47" },
		{ MODULE("t TRAP-TYPE ENTERPRISE e VARIABLES a, b ::= 1"),
		    "trap t { e 1 } of a, b", "assumed@2:36" },
		{ MODULE("t TRAP-TYPE ENTERPRISE e VARIABLES { a, b ::= 1"),
		    "trap t { e 1 } of a, b", "assumed@2:43" },
		{ MODULE("t TRAP-TYPE ENTERPRISE e VARIABLES { } ::= 1"),
		    "trap t { e 1 }", "" },
		{ MODULE("t TRAP-TYPE ENTERPRISE e VARIABLES { a.b.c, 5 d } ::= 1"),
		    "trap t { e 1 } of c, d", "stray-text@2:45" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_reads_enterprises_as_they_are_written(void **state)
{
	static const reading_case cases[] = {
		{ MODULE("t TRAP-TYPE ENTERPRISE { e } ::= 1"), "trap t { e 1 }", "" },
		{ MODULE("t TRAP-TYPE ENTERPRISE { iso org(3) 6 } ::= 1"),
		    "trap t { iso org(3) 6 1 }", "" },
		{ MODULE("t TRAP-TYPE ENTERPRISE a.b.3 ::= 1"), "trap t { a b 3 1 }",
		    "" },
		{ MODULE("t TRAP-TYPE VARIABLES { a } ::= 1"), "trap t { } of a flags 4",
		    "no-clause@2:1" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_reads_the_number_of_a_trap_with_junk(void **state)
{
	static const reading_case cases[] = {
		{ MODULE("t TRAP-TYPE ENTERPRISE e ::= = 7"), "trap t { e 7 }",
		    "stray-text@2:30" },
		{ MODULE("t TRAP-TYPE ENTERPRISE e ::= { 7 }"), "trap t { e 7 }",
		    "assumed@2:30" },
		{ MODULE("t TRAP-TYPE ENTERPRISE e ::= { a 7 }"),
		    "notification t { a 7 }", "assumed@2:30" },
		{ MODULE("t TRAP-TYPE ENTERPRISE e ::= x"), "trap t { e } flags 6",
		    "expected@2:30" },
		{ MODULE("t TRAP-TYPE ENTERPRISE e ::= -1"), "trap t { e } flags 6",
		    "expected@2:30" },
		{ MODULE("t TRAP-TYPE ENTERPRISE e ::= 2147483647"),
		    "trap t { e 2147483647 }", "" },
		{ MODULE(
		      "n NOTIFICATION-TYPE ENTERPRISE e VARIABLES { v } STATUS current "
		      "DESCRIPTION \"\" ::= 7"),
		    "trap n { e 7 } of v", "" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_keeps_both_of_one_name(void **state)
{
	static const reading_case cases[] = {
		{ MODULE("t TRAP-TYPE ENTERPRISE e ::= 1\n"
			 "t NOTIFICATION-TYPE STATUS current DESCRIPTION \"\" "
			 "::= { e 2 }\nt OBJECT IDENTIFIER ::= { e 3 }"),
		    "trap t { e 1 }\nnotification t { e 2 }\nvalue t { e 3 }", "" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_reads_severities_in_comments(void **state)
{
	static const struct {
		const char *word;
		int severity;
	} cases[] = { { "CRITICAL", TL_SEVERITY_CRITICAL },
		{ "SEVERE", TL_SEVERITY_CRITICAL }, { "MAJOR", TL_SEVERITY_MAJOR },
		{ "MINOR", TL_SEVERITY_MINOR }, { "Warning", TL_SEVERITY_WARNING },
		{ "INFORMATIONAL", TL_SEVERITY_INFO }, { ": INFO", TL_SEVERITY_INFO },
		{ "NORMAL", TL_SEVERITY_INFO }, { "CLEARED", TL_SEVERITY_CLEARED },
		{ "ALERTS", TL_SEVERITY_NONE }, { "", TL_SEVERITY_NONE } };
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[256];
		snprintf(text, sizeof text,
		    MODULE(
			"t TRAP-TYPE ENTERPRISE e\n--#SEVERITY %s\n::= 1\n"
			"u TRAP-TYPE ENTERPRISE e\n::= 2\n--#SEVERITY\t%s\n--#STATE x"),
		    cases[i].word, cases[i].word);
		reading *r = reading_of(span_of(text));
		for (int n = 0; n < 2; n++)
			assert_int_equal(
			    TL_VEC_AT(&r->tree.defs, tl_smi_def, n)->severity,
			    cases[i].severity);
		reading_free(r);
	}
}

static void
test_a_severity_belongs_to_one_definition(void **state)
{
	static const reading_case cases[] = {
		{ MODULE("t TRAP-TYPE ENTERPRISE e\n--#SEVERITY MAJOR\n::= 1\n"
			 "u TRAP-TYPE ENTERPRISE e ::= 2"),
		    "trap t { e 1 } severity 5\ntrap u { e 2 }", "" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_tells_what_a_clause_lacks(void **state)
{
	static const reading_case cases[] = {
		{ OBJECT("STATUS current DESCRIPTION some words here"),
		    "object x { a 1 } A flags 2", "expected@2:51" },
		{ OBJECT("STATUS ACCESS read-only"), "object x { a 1 } A flags 2",
		    "expected@2:31" },
		{ OBJECT("STATUS currant"), "object x { a 1 } A", "unknown-word@2:31" },
		{ OBJECT("STATUS current ACCESS read only"), "object x { a 1 } A",
		    "unknown-word@2:46 stray-text@2:51" },
		{ OBJECT("STATUS current STATUS obsolete"), "object x { a 1 } A status 2",
		    "twice@2:39" },
		{ OBJECT("STATUS current DESCRIPTION \"a\" \"b\" , ; 7"),
		    "object x { a 1 } A", "stray-text@2:55" },
		{ OBJECT(""), "object x { a 1 } A", "no-clause@2:1" },
		{ MODULE("x OBJECT-TYPE STATUS current ::= { a 1 }"), "object x { a 1 }",
		    "no-clause@2:1" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_forgives_the_case_of_keywords(void **state)
{
	static const reading_case cases[] = {
		{ MODULE("x Object-Type Syntax A Status current ::= { a 1 }"),
		    "object x { a 1 } A",
		    "keyword-case@2:3 keyword-case@2:15 keyword-case@2:24" },
		{ MODULE("x OBJECT_TYPE SYNTAX A STATUS current ::= { a 1 }"),
		    "object x { a 1 } A", "keyword-case@2:3" },
		{ MODULE("x Object Identifier ::= { a 1 }"), "value x { a 1 }",
		    "keyword-case@2:3 assumed@2:10" },
		{ MODULE("x OBJECT IDENTIFER ::= { a 1 }"), "value x { a 1 }",
		    "assumed@2:10" },
		{ MODULE("x OBJECT-IDENTIFIER ::= { a 1 }"), "value x { a 1 }",
		    "assumed@2:21" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_notes_names_that_others_refuse(void **state)
{
	static const reading_case cases[] = {
		{ MODULE("a_b OBJECT IDENTIFIER ::= { a 1 }"), "value a_b { a 1 }",
		    "underscore@2:1" },
		{ MODULE("CRIT-025 OBJECT IDENTIFIER ::= { a 1 }"),
		    "value CRIT-025 { a 1 }", "name-case@2:1" },
		{ MODULE("3com OBJECT IDENTIFIER ::= { a 1 }"), "value 3com { a 1 }",
		    "" },
		{ MODULE("entry ::= SEQUENCE { a A }"), "type entry SEQUENCE",
		    "name-case@2:1" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_bounds_the_objects_of_a_list(void **state)
{
	static const char head[] = "M DEFINITIONS ::= BEGIN t TRAP-TYPE ENTERPRISE e "
				   "VARIABLES { ";
	const size_t names = UINT16_MAX + 2;
	char *text = malloc(sizeof head + 3 * names + 16);
	reading *r;
	(void)state;

	assert_non_null(text);
	memcpy(text, head, sizeof head - 1);
	for (size_t i = 0; i < names; i++)
		memcpy(text + sizeof head - 1 + 3 * i, "a, ", 3);
	memcpy(text + sizeof head - 1 + 3 * names, "b } ::= 1 END", 14);
	r = calloc(1, sizeof *r);
	assert_non_null(r);
	tl_smi_reports reports = { reading_report, r, r->counts };
	tl_smi_source source = { 1, LIT("f"), span_of(text) };
	r->problems = (tl_buf){ .ptr = r->problems_text, .cap = sizeof r->problems_text };
	assert_int_equal(tl_smi_tree_init(&r->tree), TL_OK);
	assert_int_equal(tl_smi_parse(&r->tree, &source, &reports), TL_OK);
	assert_int_equal(TL_VEC_AT(&r->tree.defs, tl_smi_def, 0)->ref_count, UINT16_MAX);
	assert_int_equal(r->counts[TL_MIB_P_LIMIT], 1);
	reading_free(r);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_every_kind_of_definition),
		cmocka_unit_test(test_skips_compliance_and_capabilities_but_for_the_oid),
		cmocka_unit_test(test_skips_macros),
		cmocka_unit_test(test_reads_index_augments_and_access),
		cmocka_unit_test(test_reads_default_values_of_all_forms),
		cmocka_unit_test(test_lists_forgive_commas_and_braces),
		cmocka_unit_test(test_reads_enterprises_as_they_are_written),
		cmocka_unit_test(test_reads_the_number_of_a_trap_with_junk),
		cmocka_unit_test(test_keeps_both_of_one_name),
		cmocka_unit_test(test_reads_severities_in_comments),
		cmocka_unit_test(test_a_severity_belongs_to_one_definition),
		cmocka_unit_test(test_tells_what_a_clause_lacks),
		cmocka_unit_test(test_forgives_the_case_of_keywords),
		cmocka_unit_test(test_notes_names_that_others_refuse),
		cmocka_unit_test(test_bounds_the_objects_of_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
