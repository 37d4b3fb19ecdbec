/* tests/cli/test_json.c: reading JSON strictly. */
#include "base/unit.h"

#include "base/arena.h"
#include "pipeline/json.h"

static tl_arena *arena;

static int
set_up(void **state)
{
	(void)state;
	return tl_arena_new(1 << 16, &arena) == TL_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	tl_arena_free(arena);
	return 0;
}

/* Reads |text| as one value from a block of just its size. */
static bool
reads(const char *text, json_value *out)
{
	size_t len = strlen(text);
	uint8_t *copy = malloc(len > 0 ? len : 1);
	json j;

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, text, len);
	tl_arena_reset(arena);
	json_start(&j, (tl_span){ copy, len }, arena);
	bool good = json_read(&j, out) && json_finish(&j);
	assert_true(good == (j.problem == NULL));
	assert_true(j.at <= j.end);
	if (good && out->kind == JSON_STRING)
		out->text = tl_arena_copy(arena, out->text);
	free(copy);
	return good;
}

static void
assert_string(const char *text, const char *want, size_t len)
{
	json_value v;

	if (!reads(text, &v) || v.kind != JSON_STRING)
		fail_msg("%s is no string", text);
	assert_int_equal(len, v.text.len);
	assert_memory_equal(want, v.text.ptr, len);
}

#define STRING(text, literal) assert_string((text), (literal), sizeof(literal) - 1)

static void
test_reads_strings_with_escapes(void **state)
{
	(void)state;
	STRING("\"abc\"", "abc");
	STRING(" \"a\\\"b\\\\c\\/\\b\\f\\n\\r\\t\" ", "a\"b\\c/\b\f\n\r\t");
	STRING("\"\\u0000\\u007f\\u00e9\\u20AC\\ud83d\\ude00\"",
	    "\0\x7f\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	STRING("\"\xc3\xa9\"", "\xc3\xa9");
}

static void
test_reads_whole_numbers(void **state)
{
	json_value v;

	(void)state;
	assert_true(reads("18446744073709551615", &v) && v.kind == JSON_INTEGER);
	assert_true(v.magnitude == UINT64_MAX && !v.negative);
	assert_true(reads("-9223372036854775808", &v) && v.kind == JSON_INTEGER);
	assert_true(v.magnitude == UINT64_C(1) << 63 && v.negative);
	assert_true(reads("0", &v) && v.kind == JSON_INTEGER && v.magnitude == 0);
	assert_true(reads("18446744073709551616", &v) && v.kind == JSON_OTHER);
	assert_true(reads("1.5", &v) && v.kind == JSON_OTHER);
	assert_true(reads("1e-5", &v) && v.kind == JSON_OTHER);
}

static void
test_passes_over_the_rest(void **state)
{
	static const char *const good[] = { "true", "false", "[]", "{}",
		"[1,[2,{}],\"\"]", " { \"a\" : [ { \"b\" : null } ] , \"c\" : 1 } " };
	json_value v;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!reads(good[i], &v) || v.kind != JSON_OTHER)
			fail_msg("%s", good[i]);
	assert_true(reads("null", &v) && v.kind == JSON_NULL);
}

static void
test_refuses_what_is_no_json(void **state)
{
	static const char *const bad[] = { "", " ", "tru", "nul", "01", "-", "+1", ".5",
		"1.", "1e", "1e+", "\"", "\"a", "\"a\\", "\"\\x\"", "\"\\u12\"",
		"\"\\u12g4\"", "\"\\ud83d\"", "\"\\ud83dx\"", "\"\\ud83d\\u0041\"",
		"\"\\ude00\"", "\"\n\"", "\"\x01\"", "[", "[1", "[1,", "[1,]", "[,1]",
		"[1 2]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}",
		"{a:1}", "{1:1}", "{\"a\" 1}", "]", "}", "[}", "{]", "1 2", "nullx",
		"'a'" };
	json_value v;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (reads(bad[i], &v))
			fail_msg("%s is read", bad[i]);
}

static void
test_refuses_depth_without_end(void **state)
{
	char text[1024];
	json_value v;

	(void)state;
	memset(text, '[', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_false(reads(text, &v));
}

static void
test_takes_a_depth_of_32_refuses_more(void **state)
{
	char text[2 * 33 + 1] = "";
	json_value v;

	(void)state;
	for (size_t depth = 32; depth <= 33; depth++) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		json j;
		json_start(&j, (tl_span){ (uint8_t *)text, 2 * depth }, NULL);
		assert_int_equal(json_skip(&j) && json_finish(&j), depth == 32);
	}
	assert_false(reads("[", &v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_strings_with_escapes),
		cmocka_unit_test(test_reads_whole_numbers),
		cmocka_unit_test(test_passes_over_the_rest),
		cmocka_unit_test(test_refuses_what_is_no_json),
		cmocka_unit_test(test_refuses_depth_without_end),
		cmocka_unit_test(test_takes_a_depth_of_32_refuses_more),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
