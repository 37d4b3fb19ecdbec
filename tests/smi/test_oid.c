/* smi/oid.c: object identifiers in all forms, and those that cannot be read. */
#include "reading.h"

#define OID(text) MODULE("v OBJECT IDENTIFIER ::= " text)

static void
test_reads_names_numbers_and_both(void **state)
{
	static const reading_case cases[] = {
		{ OID("{ a 1 }"), "value v { a 1 }", "" },
		{ OID("{ iso org(3) dod (6) 1 }"), "value v { iso org(3) dod(6) 1 }",
		    "" },
		{ OID("{ 1 3 6 1 }"), "value v { 1 3 6 1 }", "" },
		{ OID("{ 1.3.6.1 }"), "value v { 1 3 6 1 }", "" },
		{ OID("{ a b(0) 4294967295 }"), "value v { a b(0) 4294967295 }", "" },
		{ OID("{ a 'FF'H }"), "value v { a 255 }", "" },
		{ OID("{ a }"), "value v { a }", "" },
		{ OID("a.b.3"), "value v { a b 3 }", "" },
		{ OID("a"), "value v { a }", "" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_forgives_commas_and_closing_signs(void **state)
{
	static const reading_case cases[] = {
		{ OID("{ a, 1 }"), "value v { a 1 }", "extra-comma@2:28" },
		{ OID("{ a 1"), "value v { a 1 }", "assumed@3:1" },
		{ OID("{ a b(1 2 }"), "value v { a b(1) 2 }", "assumed@2:33" },
		{ OID("{ a 1 } }\nw OBJECT IDENTIFIER ::= { a 2 }"),
		    "value v { a 1 }\nvalue w { a 2 }", "stray-text@2:33" },
		{ OID("{ a\xa0 1 }"), "value v { a 1 }", "stray-byte@2:28" },
		{ OID("{ a 1\nw OBJECT IDENTIFIER ::= { a 2 }"),
		    "value v { a 1 }\nvalue w { a 2 }", "assumed@3:1" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_what_cannot_be_read_stays_unresolved(void **state)
{
	static const reading_case cases[] = {
		{ OID("{ a 4294967296 }"), "value v { } flags 6", "sub-identifier@2:29" },
		{ OID("{ a -1 }"), "value v { } flags 6", "sub-identifier@2:29" },
		{ OID("{ a ??? }"), "value v { } flags 6",
		    "stray-byte@2:29 sub-identifier@2:29" },
		{ OID("{ a <tbd> }"), "value v { } flags 6", "expected@2:29" },
		{ OID("{ a b(c) 1 }"), "value v { } flags 6", "expected@2:31" },
		{ OID("{ }"), "value v { } flags 6", "expected@3:1" },
		{ OID("\"x\""), "value v { } flags 6", "expected@2:25" },
		{ OID("{ a xx }"), "value v { a xx }", "" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_bounds_the_number_of_arcs(void **state)
{
	char text[1024] = "M DEFINITIONS ::= BEGIN\nv OBJECT IDENTIFIER ::= {";
	size_t len = strlen(text);
	(void)state;

	for (int i = 0; i < 128; i++, len += 2)
		memcpy(text + len, " 1", 2);
	memcpy(text + len, " } END", 7);
	reading *r = reading_of(span_of(text));
	assert_int_equal(TL_VEC_AT(&r->tree.defs, tl_smi_def, 0)->arc_count, 128);
	assert_text(&r->problems, "");
	reading_free(r);

	memcpy(text + len, " 1 } END", 9);
	r = reading_of(span_of(text));
	assert_text(&r->defs, "value v { } flags 6");
	assert_int_equal(r->counts[TL_MIB_P_LIMIT], 1);
	reading_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_names_numbers_and_both),
		cmocka_unit_test(test_forgives_commas_and_closing_signs),
		cmocka_unit_test(test_what_cannot_be_read_stays_unresolved),
		cmocka_unit_test(test_bounds_the_number_of_arcs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
