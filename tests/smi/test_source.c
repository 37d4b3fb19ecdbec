/* smi/source.c: a definition found again by its line and name. */
#include "../base/unit.h"

#include "trapline/mib_builder.h"

static const char text[] =
    "M DEFINITIONS ::= BEGIN\n"
    "x OBJECT-TYPE\n"
    "  SYNTAX INTEGER\n"
    "  DESCRIPTION\n"
    "    \"About \"\"x\"\".\"\n"
    "  ::= { a 1 } -- the end\n"
    "\n"
    "T ::= TEXTUAL-CONVENTION DESCRIPTION \"T.\" SYNTAX INTEGER "
    "DESCRIPTION \"U.\"\n"
    "y OBJECT IDENTIFIER ::= { a 2 } z OBJECT IDENTIFIER ::= { a 3 }\n"
    "END\n";

static void
assert_definition(
    uint32_t line, const char *name, const char *wanted, const char *description)
{
	tl_span copy = exact_copy(span_of(text)), whole, described;

	assert_int_equal(
	    tl_mib_source_definition(copy, line, span_of(name), &whole, &described),
	    TL_OK);
	assert_bytes(whole, span_of(wanted));
	assert_bytes(described, span_of(description));
	free((void *)(uintptr_t)copy.ptr);
}

static void
test_finds_a_definition_with_its_description(void **state)
{
	(void)state;
	assert_definition(2, "x",
	    "x OBJECT-TYPE\n  SYNTAX INTEGER\n  DESCRIPTION\n    \"About \"\"x\"\".\"\n"
	    "  ::= { a 1 }",
	    "About \"\"x\"\".");
	assert_definition(8, "T",
	    "T ::= TEXTUAL-CONVENTION DESCRIPTION \"T.\" SYNTAX INTEGER DESCRIPTION "
	    "\"U.\"",
	    "T.");
	assert_definition(9, "y", "y OBJECT IDENTIFIER ::= { a 2 }", "");
	assert_definition(9, "z", "z OBJECT IDENTIFIER ::= { a 3 }", "");
}

static void
test_finds_nothing_elsewhere(void **state)
{
	static const struct {
		uint32_t line;
		const char *name;
	} cases[] = { { 3, "x" }, { 1, "x" }, { 2, "y" }, { 9, "a" }, { 99, "x" },
		{ 0, "zz" }, { 2, "" } };
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		tl_span whole, description;
		assert_int_equal(
		    tl_mib_source_definition(
			(tl_span){ (const uint8_t *)text, sizeof text - 1 },
			cases[i].line, span_of(cases[i].name), &whole, &description),
		    TL_ENOTFOUND);
		assert_int_equal(whole.len + description.len, 0);
	}
	tl_span whole, description;
	assert_int_equal(
	    tl_mib_source_definition((tl_span){ 0 }, 1, LIT("x"), &whole, &description),
	    TL_ENOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_a_definition_with_its_description),
		cmocka_unit_test(test_finds_nothing_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
