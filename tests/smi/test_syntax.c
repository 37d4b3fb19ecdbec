/* smi/syntax.c, labels.c, range.c: syntaxes in all forms. */
#include "reading.h"

#define TYPE(text) MODULE("T ::= " text)

static void
test_reads_every_form_of_type(void **state)
{
	static const reading_case cases[] = {
		{ TYPE("INTEGER"), "type T INTEGER", "" },
		{ TYPE("OCTET STRING"), "type T OCTET STRING", "" },
		{ TYPE("OBJECT IDENTIFIER"), "type T OBJECT IDENTIFIER", "" },
		{ TYPE("BIT STRING"), "type T BIT STRING", "" },
		{ TYPE("DisplayString"), "type T DisplayString", "" },
		{ TYPE("Module.Type"), "type T Type", "" },
		{ TYPE("NULL"), "type T NULL", "" },
		{ TYPE("SEQUENCE OF Entry"), "type T SEQUENCE OF", "" },
		{ TYPE("SEQUENCE OF OCTET STRING"), "type T SEQUENCE OF", "" },
		{ TYPE("SEQUENCE { a INTEGER, b OCTET STRING (SIZE (4)), }"),
		    "type T SEQUENCE", "" },
		{ TYPE("CHOICE { a INTEGER { b(1) } }"), "type T CHOICE", "" },
		{ TYPE("[APPLICATION 0] IMPLICIT OCTET STRING (SIZE (4))"),
		    "type T OCTET STRING 4..4", "" },
		{ TYPE("OCTET"), "type T OCTET STRING", "assumed@3:1" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_reads_labels(void **state)
{
	static const reading_case cases[] = {
		{ TYPE("INTEGER { up(1), down(2) }"), "type T INTEGER up(1) down(2)",
		    "" },
		{ TYPE("BITS { a(0), b(1) }"), "type T BITS a(0) b(1)", "" },
		{ TYPE("INTEGER { UP(1), 3com(-3), x_y('0A'H), other (4) }"),
		    "type T INTEGER UP(1) 3com(-3) x_y(10) other(4)", "" },
		{ TYPE("INTEGER { 10(1), STATUS(2), END(3) }"),
		    "type T INTEGER 10(1) STATUS(2) END(3)", "" },
		{ TYPE("Named { up(1) }"), "type T Named up(1)", "" },
		{ TYPE("INTEGER { up(1) } (1..2)"), "type T INTEGER up(1) 1..2", "" },
		{ TYPE("INTEGER { }"), "type T INTEGER", "" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_labels_forgive(void **state)
{
	static const reading_case cases[] = {
		{ TYPE("INTEGER { a(1),, b(2) c(3), }"), "type T INTEGER a(1) b(2) c(3)",
		    "extra-comma@2:22 assumed@2:29 extra-comma@2:35" },
		{ TYPE("INTEGER { a, b(2) }"), "type T INTEGER b(2) flags 2",
		    "expected@2:18" },
		{ TYPE("INTEGER { a(x), b(2) }"), "type T INTEGER b(2) flags 2",
		    "expected@2:19" },
		{ TYPE("INTEGER { a(1, b(2) }"), "type T INTEGER a(1) b(2)",
		    "assumed@2:20" },
		{ TYPE("INTEGER { a(99999999999), b(2) }"), "type T INTEGER b(2) flags 2",
		    "expected@2:19" },
		{ TYPE("INTEGER { a(-99999999999), b(2) }"),
		    "type T INTEGER b(2) flags 2", "expected@2:19" },
		{ TYPE("INTEGER { N/A(1), card[v2.0](2), two words (3) }"),
		    "type T INTEGER N/A(1) card[v2.0](2) two words(3)",
		    "stray-byte@2:18 odd-label@2:17 odd-label@2:25 odd-label@2:40" },
		{ TYPE("INTEGER { a\nb(1) }"), "type T INTEGER b(1) flags 2",
		    "expected@3:1 assumed@3:1" },
		{ MODULE("x OBJECT-TYPE SYNTAX INTEGER { a(1), b(2)\n"
			 "STATUS current ::= { a 1 }"),
		    "object x { a 1 } INTEGER a(1) b(2)", "assumed@3:1" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_reads_sizes_and_ranges(void **state)
{
	static const reading_case cases[] = {
		{ TYPE("OCTET STRING (SIZE (0..255))"), "type T OCTET STRING 0..255",
		    "" },
		{ TYPE("OCTET STRING (SIZE (0 | 4..8 | 16))"),
		    "type T OCTET STRING 0..16", "" },
		{ TYPE("INTEGER (1..'7F'h)"), "type T INTEGER 1..127", "" },
		{ TYPE("INTEGER (-5..5)"), "type T INTEGER", "" },
		{ TYPE("INTEGER (0..4294967295)"), "type T INTEGER", "" },
		{ TYPE("INTEGER (1..18446744073709551615)"),
		    "type T INTEGER 1..4294967295", "" },
		{ TYPE("INTEGER (MIN..10)"), "type T INTEGER 0..10", "" },
		{ TYPE("INTEGER (7)"), "type T INTEGER 7..7", "" },
		{ TYPE("OCTET STRING (SIZE(1..MAX))"),
		    "type T OCTET STRING 1..4294967295", "" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_tells_of_ranges_that_are_none(void **state)
{
	static const reading_case cases[] = {
		{ TYPE("INTEGER (5..1)"), "type T INTEGER", "range@2:20" },
		{ TYPE("INTEGER (0-5)"), "type T INTEGER", "range@2:16" },
		{ TYPE("INTEGER (0..max)"), "type T INTEGER", "range@2:19" },
		{ TYPE("OCTET STRING (SIZE (1..4)"), "type T OCTET STRING 1..4",
		    "assumed@3:1" },
		{ TYPE("OCTET STRING (SIZE 4)"), "type T OCTET STRING 4..4", "" },
		{ TYPE("OCTET STRING (size (4))"), "type T OCTET STRING 4..4",
		    "keyword-case@2:21" },
		{ MODULE("x OBJECT-TYPE SYNTAX INTEGER (1..\nSTATUS current ::= { a 1 }"),
		    "object x { a 1 } INTEGER", "range@3:1 assumed@3:1" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_a_write_syntax_leaves_no_trace(void **state)
{
	reading *r = reading_of(span_of(
	    MODULE("x OBJECT-TYPE SYNTAX A WRITE-SYNTAX INTEGER { a(1) } STATUS current "
		   "::= { a 1 }")));
	(void)state;

	assert_text(&r->defs, "object x { a 1 } A");
	assert_int_equal(r->tree.syntaxes.count, 1);
	assert_int_equal(r->tree.words.count, 0);
	reading_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_every_form_of_type),
		cmocka_unit_test(test_reads_labels),
		cmocka_unit_test(test_labels_forgive),
		cmocka_unit_test(test_reads_sizes_and_ranges),
		cmocka_unit_test(test_tells_of_ranges_that_are_none),
		cmocka_unit_test(test_a_write_syntax_leaves_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
