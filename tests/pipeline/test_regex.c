/* Regular expressions on any bytes. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "pipeline/regex.h"
#include "conf/help.h"

static void
test_hostile_text_costs_little(void **state)
{
	enum { LEN = 60000 };
	static const char *const written[] = { "(a+)+b", "(a|aa)+$b", "(.*)*x",
		"^(([a-z])+.)+[A-Z]([a-z])+$" };
	uint8_t *text = malloc(LEN);

	(void)state;
	assert_non_null(text);
	memset(text, 'a', LEN);
	for (size_t i = 0; i < COUNT(written); i++) {
		regex *r = regex_new(written[i], false);
		assert_non_null(r);
		for (size_t len = 1; len <= LEN; len *= 8)
			assert_false(regex_fits(r, (tl_span){ text, len }));
		regex_free(r);
	}
	free(text);
}

static void
test_a_regular_expression_looks_at_so_much(void **state)
{
	static uint8_t text[REGEX_SUBJECT_MAX + 1];
	regex *r = regex_new("b", false);

	(void)state;
	memset(text, 'a', sizeof text);
	text[REGEX_SUBJECT_MAX] = 'b';
	assert_false(regex_fits(r, (tl_span){ text, sizeof text }));
	text[REGEX_SUBJECT_MAX - 1] = 'b';
	assert_true(regex_fits(r, (tl_span){ text, sizeof text }));
	assert_false(regex_fits(r, (tl_span){ NULL, 0 }));
	regex_free(r);
}

static void
test_regular_expressions_of_any_bytes(void **state)
{
	static const struct {
		const char *pattern;
		bool caseless;
		tl_span text;
		bool fits;
	} cases[] = { { "^$", false, { NULL, 0 }, true },
		{ "b+$", false,
		    LIT("a\xff"
			"bb"),
		    true },
		{ "^a.b", false,
		    LIT("a\xff"
			"b"),
		    false },
		{ "\xc3\x84", true, LIT("\xc3\xa4"), true },
		{ "\xc3\x84", false, LIT("\xc3\xa4"), false },
		{ "(a)(b)\\2\\1", false, LIT("abba"), true },
		{ "^b", false, LIT("a\nb"), false } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		regex *r = regex_new(cases[i].pattern, cases[i].caseless);
		assert_non_null(r);
		assert_int_equal(regex_fits(r, cases[i].text), cases[i].fits);
		regex_free(r);
	}
}

static void
test_refuses_what_is_no_regular_expression(void **state)
{
	(void)state;
	assert_null(regex_new("(", false));
	regex_free(NULL);
}

/* An expression, and PCRE2 itself with the same, without any short cut of ours. */
typedef struct both {
	const char *pattern;
	bool caseless;
	regex *ours;
	pcre2_code *code;
	pcre2_match_data *data;
	bool compiled; /* to machine code, which says something else of a few texts that
			  are no UTF-8 */
} both;

static void
begin(both *x, const char *pattern, bool caseless)
{
	uint32_t options =
	    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | (caseless ? PCRE2_CASELESS : 0);
	int error;
	size_t at;

	x->pattern = pattern;
	x->caseless = caseless;
	x->ours = regex_new(pattern, caseless);
	x->code = pcre2_compile(
	    (const uint8_t *)pattern, PCRE2_ZERO_TERMINATED, options, &error, &at, NULL);
	x->data = pcre2_match_data_create(1, NULL);
	if (x->code == NULL)
		print_message("# /%s/: error %d at %zu\n", pattern, error, at);
	assert_non_null(x->ours);
	assert_non_null(x->code);
	assert_non_null(x->data);
	x->compiled = pcre2_jit_compile(x->code, PCRE2_JIT_COMPLETE) == 0;
}

static void
end(both *x)
{
	regex_free(x->ours);
	pcre2_match_data_free(x->data);
	pcre2_code_free(x->code);
}

static void
assert_same(const both *x, tl_span text)
{
	int found =
	    x->compiled
		? pcre2_jit_match(x->code, text.ptr, text.len, 0, 0, x->data, NULL)
		: pcre2_match(x->code, text.ptr, text.len, 0, 0, x->data, NULL);
	bool fits = found >= 0;

	if (regex_fits(x->ours, text) != fits)
		print_message("# /%s/%s: \"%.*s\" %d\n", x->pattern,
		    x->caseless ? "i" : "", (int)text.len, (const char *)text.ptr, fits);
	assert_int_equal(regex_fits(x->ours, text), fits);
}

static const char *const patterns[] = { "", "^", "^$", "$", "a", "^a", "^ab", "^ab$",
	"^a$", "^abc", "^a*", "^a+b", "^a?b", "^ab*", "^ab?c", "^ab{0}c", "^a{2}",
	"^a{0,1}b", "^a{,1}b", "^a|b", "^a|^b", "^abc|^b", "^ab|^ac", "^(a|b)c",
	"^(?:ab|ac)", "^[abc]b", "^[^a]b", "^a.c", "^a.*c$", "^.", "^.*b", "^a\\.b",
	"^\\.", "^\\/a", "^\\x61", "^\\x{c4}", "^\xc3\x84", "^\xc3\x84-", "\\Aab", "\\Ga",
	"(?i)^ab", "^(?i)ab", "^a(?i)b", "(?m)^b", "^(?m)a$", "(?x)^a b", "^(?x)a b",
	"^a b", "^a\\E*b", "^a\\E?", "^\\Qa.b\\E", "^a(?#x)*b", "^a(*ACCEPT)b",
	"^(*ACCEPT)ab", "^ab(*FAIL)", "(*COMMIT)ab", "(*NO_START_OPT)^a", "(*ANYCRLF)^b",
	"^(?=ab)a", "^(?!ab)a", "^(?<=a)b", "(?<=a)b", "^\\Ka", "^a\\Kb", "^(a)\\1",
	"^(a*)\\1b", "^\\babc", "^\\Bab", "^\\w", "^\\W", "^\\s", "^\\d", "^\\R", "^\\X",
	"^\\pL", "^s", "^k", "^K", "^\xc5\xbf", "(?s).*b", "(?s)^.*b$", "ab", "a.c", "b$",
	"(ab|c)$", "^a]", "^a}", "^a-b", "^a,b", "^a\n", "^a\\n", "^(?(?=a)ab|b)",
	"^(?>a*)b", "^(?|ab|c)", "^a++b", "^(?R)?a", "\\xe4", "^[\\x80-\\xff]",
	"^abcabcabcabcabcabcabcabcabcabcabc", "^abcabcabcabcabcabcabcabcabcabcab",
	"^abcabcabcabcabcabcabcabcabcabca", "^abcabcabcabcabcabcabcabcabcabcab*" };

/* All texts of up to three of these, and a long one with each of them behind. */
static void
try_texts(const char *pattern, bool caseless)
{
	static const tl_span pieces[] = { LIT("a"), LIT("b"), LIT("c"), LIT("A"),
		LIT("."), LIT("\n"), { (const uint8_t *)"", 1 }, LIT(" "), LIT("\xff"),
		LIT("\xc3\xa4"), LIT("\xc3\x84"), LIT("\xc5\xbf"), LIT("\xe2\x84\xaa"),
		LIT("]") };
	uint8_t room[64] = "abcabcabcabcabcabcabcabcabcabca";
	size_t count = COUNT(pieces), all = count * count * count,
	       fixed = strlen((char *)room);
	uint8_t *nothing = malloc(1);
	both x;

	assert_non_null(nothing);
	begin(&x, pattern, caseless);
	assert_same(&x, (tl_span){ nothing + 1, 0 });
	free(nothing);
	for (size_t i = 0; i < all; i++) {
		uint8_t text[16];
		size_t len = 0;
		for (size_t left = i, n = 0; n < 3; left /= count, n++) {
			tl_span piece = pieces[left % count];
			memcpy(text + len, piece.ptr, piece.len);
			len += piece.len;
			assert_same(&x, (tl_span){ text, len });
		}
		memcpy(room + fixed, text, len);
		assert_same(&x, (tl_span){ room, fixed + len });
	}
	end(&x);
}

static void
test_says_what_pcre2_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(patterns); i++) {
		try_texts(patterns[i], false);
		try_texts(patterns[i], true);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile_text_costs_little),
		cmocka_unit_test(test_a_regular_expression_looks_at_so_much),
		cmocka_unit_test(test_regular_expressions_of_any_bytes),
		cmocka_unit_test(test_refuses_what_is_no_regular_expression),
		cmocka_unit_test(test_says_what_pcre2_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
