/* smi/lex.c, keyword.c, chars.c: tokens, comments, lines, and where they end. */
#include "../base/unit.h"

#include "smi/lex.h"

typedef struct lexing {
	tl_smi_keywords keywords;
	tl_smi_lexer lexer;
	tl_span text;
} lexing;

static void
begin(lexing *l, tl_span text)
{
	*l = (lexing){ .text = exact_copy(text) };
	tl_smi_keywords_init(&l->keywords);
	tl_smi_lexer_init(&l->lexer, l->text, &l->keywords);
}

static void
end(lexing *l)
{
	assert_int_equal(tl_smi_lex(&l->lexer).type, TL_SMI_T_END);
	assert_int_equal(tl_smi_lex(&l->lexer).type, TL_SMI_T_END);
	free((void *)(uintptr_t)l->text.ptr);
}

static tl_smi_token
expect(lexing *l, int type, const char *text)
{
	tl_smi_token t = tl_smi_lex(&l->lexer);

	assert_int_equal(t.type, type);
	assert_bytes(tl_smi_token_text(t), span_of(text));
	return t;
}

static void
test_tells_words_numbers_and_signs_apart(void **state)
{
	lexing l;
	(void)state;

	begin(&l, LIT("if-Index 3com _x 12 -5 a_b::={1..2|3}.;- a- "));
	expect(&l, TL_SMI_T_WORD, "if-Index");
	expect(&l, TL_SMI_T_WORD, "3com");
	expect(&l, TL_SMI_T_WORD, "_x");
	expect(&l, TL_SMI_T_NUMBER, "12");
	expect(&l, TL_SMI_T_NUMBER, "-5");
	expect(&l, TL_SMI_T_WORD, "a_b");
	expect(&l, TL_SMI_T_ASSIGN, "::=");
	expect(&l, '{', "{");
	expect(&l, TL_SMI_T_NUMBER, "1");
	expect(&l, TL_SMI_T_RANGE, "..");
	expect(&l, TL_SMI_T_NUMBER, "2");
	expect(&l, '|', "|");
	expect(&l, TL_SMI_T_NUMBER, "3");
	expect(&l, '}', "}");
	expect(&l, '.', ".");
	expect(&l, ';', ";");
	expect(&l, '-', "-");
	expect(&l, TL_SMI_T_WORD, "a-");
	end(&l);
}

static void
test_knows_every_keyword_and_no_other_word(void **state)
{
	tl_smi_keywords k = { 0 };
	(void)state;

	tl_smi_keywords_init(&k);
	for (unsigned i = 1; i < TL_SMI_K_COUNT; i++) {
		tl_span word = tl_smi_keyword_text(i);
		assert_int_equal(tl_smi_keyword_of(&k, word), i);
		assert_int_equal(tl_smi_keyword_alike(word), i);
	}
	assert_int_equal(tl_smi_keyword_of(&k, LIT("X")), TL_SMI_K_NONE);
	assert_int_equal(tl_smi_keyword_of(&k, LIT("OBJECT-TYPES")), TL_SMI_K_NONE);
	assert_int_equal(tl_smi_keyword_of(&k, LIT("Syntax")), TL_SMI_K_NONE);
	assert_int_equal(tl_smi_keyword_alike(LIT("Object_Type")), TL_SMI_K_OBJECT_TYPE);
	assert_int_equal(tl_smi_keyword_alike(LIT("Counter")), TL_SMI_K_NONE);
}

static void
test_a_comment_runs_to_the_end_of_its_line(void **state)
{
	lexing l;
	(void)state;

	begin(&l, LIT("a--b -- c\nd -- \"\r\ne--\rf -----"));
	expect(&l, TL_SMI_T_WORD, "a");
	expect(&l, TL_SMI_T_WORD, "d");
	expect(&l, TL_SMI_T_WORD, "e");
	expect(&l, TL_SMI_T_WORD, "f");
	end(&l);
}

static void
test_a_text_without_line_feeds_has_lines_of_cr(void **state)
{
	lexing l;
	(void)state;

	begin(&l, LIT("a -- b\rc -- d\re"));
	assert_int_equal(l.lexer.newline, '\r');
	expect(&l, TL_SMI_T_WORD, "a");
	expect(&l, TL_SMI_T_WORD, "c");
	expect(&l, TL_SMI_T_WORD, "e");
	end(&l);
}

static void
test_a_string_holds_two_quotes_for_one(void **state)
{
	lexing l;
	(void)state;

	begin(&l, LIT("\"a \"\"b\"\" -- c\" \"\" x \"y\""));
	expect(&l, TL_SMI_T_STRING, "\"a \"\"b\"\" -- c\"");
	tl_smi_token empty = expect(&l, TL_SMI_T_STRING, "\"\"");
	assert_int_equal(tl_smi_token_inside(empty).len, 0);
	expect(&l, TL_SMI_T_WORD, "x");
	tl_smi_token y = expect(&l, TL_SMI_T_STRING, "\"y\"");
	assert_bytes(tl_smi_token_inside(y), LIT("y"));
	end(&l);
}

static void
test_a_string_without_end_runs_to_the_end_of_the_text(void **state)
{
	lexing l;
	(void)state;

	begin(&l, LIT("a \"prose\nand more"));
	expect(&l, TL_SMI_T_WORD, "a");
	tl_smi_token t = expect(&l, TL_SMI_T_STRING, "\"prose\nand more");
	assert_bytes(tl_smi_token_inside(t), LIT("prose\nand more"));
	assert_true(l.lexer.odd.open_string);
	end(&l);
	begin(&l, LIT("\""));
	expect(&l, TL_SMI_T_STRING, "\"");
	end(&l);
}

static void
test_reads_the_value_of_numbers_and_of_radix_strings(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t value;
	} cases[] = {
		{ "0", true, 0 },
		{ "-2147483648", true, INT32_MIN },
		{ "4294967295", true, UINT32_MAX },
		{ "9223372036854775807", true, INT64_MAX },
		{ "9223372036854775808", false, 0 },
		{ "'fF'H", true, 255 },
		{ "'0F 0F'h", true, 0x0f0f },
		{ "'0101'B", true, 5 },
		{ "''B", true, 0 },
		{ "'2'B", false, 0 },
		{ "'0g'H", false, 0 },
		{ "word", false, 0 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		lexing l;
		int64_t value;
		begin(&l, span_of(cases[i].text));
		tl_smi_token t = tl_smi_lex(&l.lexer);
		assert_int_equal(tl_smi_token_value(t, &value), cases[i].good);
		if (cases[i].good)
			assert_true(value == cases[i].value);
		end(&l);
	}
}

static void
test_a_single_quote_may_stand_for_itself(void **state)
{
	lexing l;
	(void)state;

	begin(&l, LIT("don't '12' 'x"));
	expect(&l, TL_SMI_T_WORD, "don");
	expect(&l, '\'', "'");
	expect(&l, TL_SMI_T_WORD, "t");
	expect(&l, '\'', "'");
	expect(&l, TL_SMI_T_NUMBER, "12");
	expect(&l, '\'', "'");
	expect(&l, '\'', "'");
	expect(&l, TL_SMI_T_WORD, "x");
	end(&l);
}

static void
test_passes_over_stray_bytes_and_notes_the_first_run(void **state)
{
	lexing l;
	(void)state;

	begin(&l, LIT("a \xe4\xf6 $ b"));
	expect(&l, TL_SMI_T_WORD, "a");
	assert_false(l.lexer.odd.any);
	expect(&l, TL_SMI_T_WORD, "b");
	assert_true(l.lexer.odd.any);
	assert_ptr_equal(l.lexer.odd.stray, l.text.ptr + 2);
	assert_int_equal(l.lexer.odd.stray_len, 2);
	end(&l);
}

static void
test_passes_over_comments_of_c(void **state)
{
	lexing l;
	(void)state;

	begin(&l, LIT("a /* b */ c // d\ne /* f"));
	expect(&l, TL_SMI_T_WORD, "a");
	expect(&l, TL_SMI_T_WORD, "c");
	expect(&l, TL_SMI_T_WORD, "e");
	expect(&l, TL_SMI_T_WORD, "f");
	end(&l);
}

static void
test_blanks_are_form_feeds_and_ctrl_z_as_well(void **state)
{
	lexing l;
	(void)state;

	begin(&l, LIT("\f\v\x1a a\t\x1a"));
	expect(&l, TL_SMI_T_WORD, "a");
	assert_false(l.lexer.odd.any);
	end(&l);
}

static void
test_splits_a_name_from_a_macro_glued_to_it(void **state)
{
	lexing l;
	(void)state;

	begin(&l, LIT("fooOBJECT-TYPE FooOBJECT-TYPE"));
	expect(&l, TL_SMI_T_WORD, "foo");
	assert_true(l.lexer.odd.glued == l.text.ptr + 3);
	tl_smi_token t = expect(&l, TL_SMI_T_WORD, "OBJECT-TYPE");
	assert_int_equal(t.keyword, TL_SMI_K_OBJECT_TYPE);
	expect(&l, TL_SMI_T_WORD, "FooOBJECT-TYPE");
	end(&l);
}

static void
test_takes_other_forms_of_the_assignment(void **state)
{
	lexing l;
	(void)state;

	begin(&l, LIT(":: = := : = :x :"));
	expect(&l, TL_SMI_T_ASSIGN, ":: =");
	assert_true(l.lexer.odd.assign);
	expect(&l, TL_SMI_T_ASSIGN, ":=");
	expect(&l, TL_SMI_T_ASSIGN, ": =");
	expect(&l, ':', ":");
	expect(&l, TL_SMI_T_WORD, "x");
	expect(&l, ':', ":");
	end(&l);
}

static void
test_passes_over_the_breaks_of_printed_pages(void **state)
{
	lexing l;
	(void)state;

	begin(&l, LIT("a\nRose           Informational      [Page 12]\n\f\n"
		      "RFC 1215      Traps           March 1991\n\nb\n"
		      "Rose      [Page 13]\nc [Page 14] x\n"));
	expect(&l, TL_SMI_T_WORD, "a");
	expect(&l, TL_SMI_T_WORD, "b");
	assert_true(l.lexer.odd.page == l.text.ptr + 2);
	expect(&l, TL_SMI_T_WORD, "c");
	expect(&l, '[', "[");
	expect(&l, TL_SMI_T_WORD, "Page");
	expect(&l, TL_SMI_T_NUMBER, "14");
	expect(&l, ']', "]");
	expect(&l, TL_SMI_T_WORD, "x");
	end(&l);
}

static void
test_goes_back_to_any_place(void **state)
{
	lexing l;
	(void)state;

	begin(&l, LIT("a -- x\nA  [Page 1]\nb -- y\nA  [Page 2]\nc"));
	expect(&l, TL_SMI_T_WORD, "a");
	expect(&l, TL_SMI_T_WORD, "b");
	expect(&l, TL_SMI_T_WORD, "c");
	tl_smi_lexer_seek(&l.lexer, l.text.ptr);
	expect(&l, TL_SMI_T_WORD, "a");
	expect(&l, TL_SMI_T_WORD, "b");
	expect(&l, TL_SMI_T_WORD, "c");
	end(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tells_words_numbers_and_signs_apart),
		cmocka_unit_test(test_knows_every_keyword_and_no_other_word),
		cmocka_unit_test(test_a_comment_runs_to_the_end_of_its_line),
		cmocka_unit_test(test_a_text_without_line_feeds_has_lines_of_cr),
		cmocka_unit_test(test_a_string_holds_two_quotes_for_one),
		cmocka_unit_test(test_a_string_without_end_runs_to_the_end_of_the_text),
		cmocka_unit_test(test_reads_the_value_of_numbers_and_of_radix_strings),
		cmocka_unit_test(test_a_single_quote_may_stand_for_itself),
		cmocka_unit_test(test_passes_over_stray_bytes_and_notes_the_first_run),
		cmocka_unit_test(test_passes_over_comments_of_c),
		cmocka_unit_test(test_blanks_are_form_feeds_and_ctrl_z_as_well),
		cmocka_unit_test(test_splits_a_name_from_a_macro_glued_to_it),
		cmocka_unit_test(test_takes_other_forms_of_the_assignment),
		cmocka_unit_test(test_passes_over_the_breaks_of_printed_pages),
		cmocka_unit_test(test_goes_back_to_any_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
