/* smi/parse.c, module.c, imports.c: where modules begin and end, and what they import. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "reading.h"

static const tl_smi_module *
module_at(const reading *r, uint32_t i)
{
	assert_true(i < r->tree.modules.count);
	return TL_VEC_AT(&r->tree.modules, tl_smi_module, i);
}

static void
assert_module(const reading *r, uint32_t i, const char *name, uint32_t line)
{
	const tl_smi_module *m = module_at(r, i);

	assert_bytes(tl_smi_names_text(r->tree.names, m->name), span_of(name));
	assert_int_equal(m->place >> 8, line);
	assert_int_equal(m->source, 1);
}

/* The imports as "name from module", one a line. */
static void
assert_imports(const char *text, const char *wanted, const char *problems)
{
	reading *r = reading_of(span_of(text));
	uint8_t room[1024];
	tl_buf b = { .ptr = room, .cap = sizeof room };

	for (uint32_t i = 0; i < module_at(r, 0)->import_count; i++) {
		const tl_smi_import *import =
		    TL_VEC_AT(&r->tree.imports, tl_smi_import, i);
		if (i > 0)
			tl_buf_putc(&b, '\n');
		show_name(&b, &r->tree, import->name);
		tl_buf_puts(&b, " from ");
		show_name(&b, &r->tree, import->from);
	}
	assert_text(&b, wanted);
	assert_text(&r->problems, problems);
	reading_free(r);
}

static void
test_a_module_is_known_by_the_word_definitions(void **state)
{
	static const char *const texts[] = {
		"M DEFINITIONS ::= BEGIN END",
		"M DEFINITIONS::=BEGIN\nEND\n",
		"M { iso org(3) 6 } DEFINITIONS IMPLICIT TAGS ::= BEGIN END",
		"M -- comment\n DEFINITIONS -- another\n ::= BEGIN END",
		"\xef\xbb\xbf M DEFINITIONS ::= BEGIN END",
		"-- X DEFINITIONS ::= BEGIN\nM DEFINITIONS ::= BEGIN END",
	};
	(void)state;

	for (size_t i = 0; i < COUNT(texts); i++) {
		reading *r = reading_of(span_of(texts[i]));
		assert_int_equal(r->tree.modules.count, 1);
		assert_module(r, 0, "M", i == 5 ? 2 : 1);
		assert_text(&r->problems, "");
		reading_free(r);
	}
}

static void
test_a_module_may_have_its_words_in_any_letters(void **state)
{
	reading *r = reading_of(LIT("Definitions of things\n"
				    "M Definitions ::= Begin\n"
				    "a OBJECT IDENTIFIER ::= { b 1 }\nEnd\n"
				    "N definitions ::= begin\n"
				    "a OBJECT IDENTIFIER ::= { b 2 }\n"
				    "O DEFINITIONS ::= BEGIN END"));
	(void)state;

	assert_int_equal(r->tree.modules.count, 3);
	assert_module(r, 0, "M", 2);
	assert_module(r, 1, "N", 5);
	assert_module(r, 2, "O", 7);
	assert_text(&r->defs, "value a { b 1 }\nvalue a { b 2 }");
	assert_text(&r->problems,
	    "outside@1:1 keyword-case@2:3 keyword-case@2:19 keyword-case@4:1 "
	    "keyword-case@5:3 keyword-case@5:19 no-end@7:1");
	reading_free(r);
}

static void
test_what_is_no_mib_gives_one_note(void **state)
{
	static const char *const texts[] = { "", "\n", "hello \"world", "DEFINITIONS",
		"DEFINITIONS ::= BEGIN END", "M DEFINITIONS", "XDEFINITIONS ::= BEGIN",
		"\xff\xfeM\0 \0" };
	(void)state;

	for (size_t i = 0; i < COUNT(texts); i++) {
		reading *r = reading_of(span_of(texts[i]));
		assert_int_equal(r->tree.modules.count, 0);
		assert_text(&r->problems, "no-module@1:1");
		reading_free(r);
	}
}

static void
test_ignores_text_outside_of_modules(void **state)
{
	reading *r = reading_of(LIT("From: me\nSubject: don't \"quote\n\n"
				    "junk M DEFINITIONS ::= BEGIN\n"
				    "a OBJECT IDENTIFIER ::= { b 1 }\nEND\n"
				    "Regards\n\nN DEFINITIONS ::= BEGIN END\n-- end\n"));
	(void)state;

	assert_int_equal(r->tree.modules.count, 2);
	assert_module(r, 0, "M", 4);
	assert_module(r, 1, "N", 9);
	assert_text(&r->defs, "value a { b 1 }");
	assert_text(&r->problems, "outside@1:1 outside@7:1");
	assert_int_equal(module_at(r, 0)->def_count, 1);
	assert_int_equal(module_at(r, 1)->def, 1);
	assert_int_equal(module_at(r, 1)->def_count, 0);
	reading_free(r);
}

static void
test_a_heading_in_a_comment_is_none(void **state)
{
	reading *r = reading_of(LIT("Prose\n-- X DEFINITIONS ::= BEGIN\n"
				    "M DEFINITIONS ::= BEGIN END"));
	(void)state;

	assert_int_equal(r->tree.modules.count, 1);
	assert_module(r, 0, "M", 3);
	assert_text(&r->problems, "outside@1:1");
	reading_free(r);
}

static void
test_takes_a_name_that_stands_apart(void **state)
{
	reading *r = reading_of(LIT("\n   MY-MIB\n-- x\nINCLUDE \"a.h\"\n"
				    "  DEFINITIONS ::= BEGIN END"));
	(void)state;

	assert_module(r, 0, "MY-MIB", 2);
	assert_text(&r->problems, "stray-text@4:1");
	reading_free(r);
}

static void
test_a_module_without_end_ends_at_the_next_one(void **state)
{
	reading *r = reading_of(LIT("M DEFINITIONS ::= BEGIN\n"
				    "a OBJECT IDENTIFIER ::= { b 1 }\n"
				    "N DEFINITIONS ::= BEGIN\nOTHER { 1 3 }\n"
				    "DEFINITIONS ::= BEGIN END"));
	(void)state;

	assert_int_equal(r->tree.modules.count, 3);
	assert_module(r, 0, "M", 1);
	assert_module(r, 1, "N", 3);
	assert_module(r, 2, "OTHER", 4);
	assert_text(&r->defs, "value a { b 1 }");
	reading_free(r);
}

static void
test_goes_on_behind_an_end_that_comes_too_early(void **state)
{
	static const reading_case cases[] = {
		{ MODULE("a OBJECT IDENTIFIER ::= { b 1 }\nEND\n"
			 "c OBJECT IDENTIFIER ::= { b 2 }"),
		    "value a { b 1 }\nvalue c { b 2 }", "stray-text@3:1" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_keeps_the_newest_time(void **state)
{
	static const struct {
		const char *times;
		uint64_t updated;
	} cases[] = {
		{ "LAST-UPDATED \"9612312359Z\"", 199612312359 },
		{ "LAST-UPDATED \"200102030405Z\" REVISION \"200302030405Z\" "
		  "DESCRIPTION \"\"",
		    200302030405 },
		{ "LAST-UPDATED \"200302030405Z\" REVISION \"200102030405Z\" "
		  "DESCRIPTION \"\"",
		    200302030405 },
		{ "LAST-UPDATED \"July\"", 0 },
		{ "LAST-UPDATED \"200113010000Z\"", 0 },
		{ "LAST-UPDATED 9601010000Z", 199601010000 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[512];
		snprintf(text, sizeof text,
		    "M DEFINITIONS ::= BEGIN m MODULE-IDENTITY %s DESCRIPTION \"\" "
		    "::= { a 1 } END",
		    cases[i].times);
		reading *r = reading_of(span_of(text));
		assert_true(module_at(r, 0)->updated == cases[i].updated);
		assert_int_equal(r->counts[TL_MIB_P_TIME], cases[i].updated == 0 ? 1 : 0);
		reading_free(r);
	}
}

static void
test_counts_the_errors_of_each_module(void **state)
{
	reading *r = reading_of(
	    LIT("M DEFINITIONS ::= BEGIN\n"
		"a OBJECT IDENTIFIER ::= { b 4294967296 }\nEND\n"
		"N DEFINITIONS ::= BEGIN a OBJECT IDENTIFIER ::= { b 1, } END"));
	(void)state;

	assert_int_equal(module_at(r, 0)->errors, 1);
	assert_int_equal(module_at(r, 1)->errors, 0);
	assert_text(&r->problems, "sub-identifier@2:29 extra-comma@4:54");
	reading_free(r);
}

static void
test_imports_are_kept_without_macros(void **state)
{
	(void)state;
	assert_imports(
	    MODULE("IMPORTS a, B FROM X MODULE-IDENTITY, OBJECT-TYPE, c FROM Y;"),
	    "a from X\nB from X\nc from Y", "");
	assert_imports(MODULE("IMPORTS;"), "", "");
	assert_imports(
	    MODULE("EXPORTS a, b;\nIMPORTS a FROM X { iso 3 };"), "a from X", "");
}

static void
test_imports_forgive_commas(void **state)
{
	(void)state;
	assert_imports(MODULE("IMPORTS a,, b c FROM X, d, FROM Y;"),
	    "a from X\nb from X\nc from X\nd from Y",
	    "extra-comma@2:11 assumed@2:15 extra-comma@2:23 extra-comma@2:28");
}

static void
test_imports_need_no_commas_at_all(void **state)
{
	(void)state;
	assert_imports(MODULE("IMPORTS a B\nOBJECT-TYPE NOTIFICATION-TYPE C "
			      "MODULE-IDENTITY\nFROM X d TEXTUAL-CONVENTION FROM Y;"),
	    "a from X\nB from X\nC from X\nd from Y", "assumed@2:11 assumed@4:10");
}

static void
test_imports_end_without_semicolon_at_a_definition(void **state)
{
	(void)state;
	assert_imports(MODULE("IMPORTS a, OBJECT-TYPE FROM X\nx OBJECT-TYPE SYNTAX A "
			      "STATUS current ::= { a 1 }"),
	    "a from X", "assumed@3:1");
	assert_imports(MODULE("IMPORTS a OBJECT-TYPE, b FROM X\n"), "a from X\nb from X",
	    "assumed@2:11 assumed@4:1");
}

static void
test_imports_tell_of_strays_once_a_line(void **state)
{
	(void)state;
	assert_imports(MODULE("IMPORTS a,\n( some ) other 5 \"text\"\nb FROM X;"),
	    "a from X\nb from X", "stray-text@3:1");
	assert_imports(MODULE("IMPORTS a\n( some )\nb FROM X;"), "a from X\nb from X",
	    "stray-text@3:1");
	assert_imports(MODULE("IMPORTS a b c FROM X;"), "a from X\nb from X\nc from X",
	    "assumed@2:11");
	assert_imports(MODULE("IMPORTS a, b;\n"), "a from \nb from ", "expected@2:13");
	assert_imports(MODULE("IMPORTS a FROM;\n"), "a from ", "expected@2:15");
}

static void
test_imports_go_on_behind_their_semicolon(void **state)
{
	(void)state;
	assert_imports(MODULE("IMPORTS a FROM X;\nb, c FROM Y;"),
	    "a from X\nb from Y\nc from Y", "assumed@3:1");
}

static void
test_notes_the_places_of_imports(void **state)
{
	reading *r = reading_of(LIT("M DEFINITIONS ::= BEGIN IMPORTS\n  a FROM X; END"));
	(void)state;

	assert_int_equal(
	    TL_VEC_AT(&r->tree.imports, tl_smi_import, 0)->place, tl_smi_place_of(2, 3));
	reading_free(r);
}

static void
test_counts_lines_by_cr_where_there_are_no_line_feeds(void **state)
{
	static const reading_case cases[] = {
		{ "M DEFINITIONS ::= BEGIN\r-- \"\ra OBJECT IDENTIFIER ::= { b 1, }\rEND",
		    "value a { b 1 }", "extra-comma@3:30" },
		{ "M DEFINITIONS ::= BEGIN\r\n-- \"\r\n"
		  "a OBJECT IDENTIFIER ::= { b 1, }\r\nEND",
		    "value a { b 1 }", "extra-comma@3:30" },
	};
	(void)state;

	CHECK(cases);
}

static void
test_a_column_ends_at_255(void **state)
{
	char text[600];
	reading *r;
	(void)state;

	snprintf(text, sizeof text,
	    "M DEFINITIONS ::= BEGIN\n%300sa OBJECT IDENTIFIER ::= { b 1, } END", "");
	r = reading_of(span_of(text));
	assert_text(&r->problems, "extra-comma@2:255");
	assert_int_equal(
	    TL_VEC_AT(&r->tree.defs, tl_smi_def, 0)->place, tl_smi_place_of(2, 255));
	reading_free(r);
}

/* Behind a page break the next one is looked for once, not at each word. */
static void
test_words_that_are_no_heading_cost_little(void **state)
{
	enum { WORDS = 80000, STEP = 200, MOST_S = 4 };
	static const char page[] = "text\n[Page 1]\ntext\n", word[] = "DEFINITIONS";
	size_t front = sizeof page - 1, size = front + (size_t)WORDS * STEP;
	uint8_t *text = malloc(size);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', size);
	memcpy(text, page, front);
	for (size_t i = 0; i < WORDS; i++)
		memcpy(text + front + i * STEP, word, sizeof word - 1);
	clock_t start = clock();
	reading *r = reading_of((tl_span){ text, size });
	assert_true((clock() - start) / CLOCKS_PER_SEC < MOST_S);
	assert_int_equal(r->tree.modules.count, 0);
	reading_free(r);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_module_is_known_by_the_word_definitions),
		cmocka_unit_test(test_a_module_may_have_its_words_in_any_letters),
		cmocka_unit_test(test_what_is_no_mib_gives_one_note),
		cmocka_unit_test(test_ignores_text_outside_of_modules),
		cmocka_unit_test(test_a_heading_in_a_comment_is_none),
		cmocka_unit_test(test_takes_a_name_that_stands_apart),
		cmocka_unit_test(test_a_module_without_end_ends_at_the_next_one),
		cmocka_unit_test(test_goes_on_behind_an_end_that_comes_too_early),
		cmocka_unit_test(test_keeps_the_newest_time),
		cmocka_unit_test(test_counts_the_errors_of_each_module),
		cmocka_unit_test(test_imports_are_kept_without_macros),
		cmocka_unit_test(test_imports_forgive_commas),
		cmocka_unit_test(test_imports_need_no_commas_at_all),
		cmocka_unit_test(test_imports_end_without_semicolon_at_a_definition),
		cmocka_unit_test(test_imports_tell_of_strays_once_a_line),
		cmocka_unit_test(test_imports_go_on_behind_their_semicolon),
		cmocka_unit_test(test_notes_the_places_of_imports),
		cmocka_unit_test(test_counts_lines_by_cr_where_there_are_no_line_feeds),
		cmocka_unit_test(test_a_column_ends_at_255),
		cmocka_unit_test(test_words_that_are_no_heading_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
