/* base/utf8.c: what counts as text, and what foreign text becomes on a terminal. */
#include "unit.h"

#include "base/buf.h"

/* The byte sequences that RFC 3629 and Unicode table 3-7 rule out. */
static const tl_span broken[] = {
	{ (const uint8_t *)"\x80", 1 },             /* a continuation alone */
	{ (const uint8_t *)"\xc0\x80", 2 },         /* NUL in two bytes */
	{ (const uint8_t *)"\xc1\xbf", 2 },         /* DEL in two */
	{ (const uint8_t *)"\xc3", 1 },             /* cut */
	{ (const uint8_t *)"\xc3(", 2 },            /* no continuation */
	{ (const uint8_t *)"\xe0\x9f\xbf", 3 },     /* U+07FF in three */
	{ (const uint8_t *)"\xe2\x82", 2 },         /* cut */
	{ (const uint8_t *)"\xed\xa0\x80", 3 },     /* surrogate U+D800 */
	{ (const uint8_t *)"\xed\xbf\xbf", 3 },     /* surrogate U+DFFF */
	{ (const uint8_t *)"\xf0\x8f\xbf\xbf", 4 }, /* U+FFFF in four */
	{ (const uint8_t *)"\xf0\x9f\x98", 3 },     /* cut */
	{ (const uint8_t *)"\xf4\x90\x80\x80", 4 }, /* U+110000 */
	{ (const uint8_t *)"\xf5\x80\x80\x80", 4 },
	{ (const uint8_t *)"\xf8\x88\x80\x80\x80", 5 },
	{ (const uint8_t *)"\xfe", 1 },
	{ (const uint8_t *)"\xff", 1 },
};

static const char *const sound[] = { "", "a", "\t\r\n", "~ ", "\xc2\xa0", "\xdf\xbf",
	"\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd",
	"\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
	("G\xc3\xa4nsef\xc3\xbc\xc3\x9f"
	 "chen \xe2\x82\xac") };

static bool
is_text(tl_span bytes)
{
	tl_span copy = exact_copy(bytes);
	bool yes = tl_is_text(copy);

	free((void *)copy.ptr);
	return yes;
}

static void
test_takes_strict_utf8_for_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sound); i++)
		if (!is_text(span_of(sound[i])))
			fail_msg("row %zu", i);
}

static void
test_takes_nothing_else_for_text_wherever_it_stands(void **state)
{
	uint8_t bytes[24];
	(void)state;

	for (size_t i = 0; i < COUNT(broken); i++)
		for (size_t before = 0; before < 18; before++) {
			memset(bytes, 'x', sizeof bytes);
			memcpy(bytes + before, broken[i].ptr, broken[i].len);
			/* cut at the end of the sequence, and with text behind it */
			if (is_text((tl_span){ bytes, before + broken[i].len }) ||
			    is_text((tl_span){ bytes, sizeof bytes }))
				fail_msg("row %zu at %zu", i, before);
		}
}

static void
test_control_characters_are_not_text_but_for_tab_cr_lf(void **state)
{
	uint8_t bytes[16];
	(void)state;

	for (unsigned c = 0; c < 0x80; c++)
		for (size_t at = 0; at < sizeof bytes; at++) {
			bool fine = (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\r' ||
				    c == '\n';
			memset(bytes, 'x', sizeof bytes);
			bytes[at] = (uint8_t)c;
			if (is_text((tl_span){ bytes, sizeof bytes }) != fine)
				fail_msg("%02x at %zu", c, at);
		}
	assert_false(is_text(LIT("\xc2\x80")));
	assert_false(is_text(LIT("\xc2\x9f")));
	assert_false(is_text(LIT("\0")));
	assert_true(tl_is_text((tl_span){ 0 }));
}

static void
expect_printed(tl_span text, const char *wanted)
{
	uint8_t room[256];
	tl_buf b = { .ptr = room, .cap = sizeof room };
	tl_span copy = exact_copy(text);

	tl_buf_printable(&b, copy);
	free((void *)copy.ptr);
	assert_bytes(tl_buf_written(&b), span_of(wanted));
}

static void
test_prints_escapes_for_control_characters(void **state)
{
	(void)state;
	expect_printed(LIT("a\x1b[2Jb\n\r\t\0"), "a\\x1b[2Jb\\x0a\\x0d\\x09\\x00");
	expect_printed(LIT("\x7f\xc2\x9b"
			   "1m"),
	    "\\x7f\\xc2\\x9b1m");
}

static void
test_prints_escapes_for_bytes_that_are_not_utf8(void **state)
{
	(void)state;
	expect_printed(LIT("\xff\xe2\x82"), "\\xff\\xe2\\x82");
	expect_printed(LIT("\xed\xa0\x80"), "\\xed\\xa0\\x80");
	expect_printed(LIT("\xc3\xa4"), "\xc3\xa4");
}

static void
test_prints_escapes_for_what_turns_or_hides_text(void **state)
{
	(void)state;
	expect_printed(LIT("a\xe2\x80\xae"
			   "b"),
	    "a\\u202eb");
	expect_printed(LIT("\xe2\x80\x8b\xe2\x80\xa8\xe2\x81\xa6\xef\xbb\xbf"),
	    "\\u200b\\u2028\\u2066\\ufeff");
	expect_printed(LIT("\xd8\x9c"), "\\u061c");
}

static void
test_printing_stops_nowhere_past_the_room(void **state)
{
	uint8_t room[64];
	(void)state;

	for (size_t cap = 0; cap < 24; cap++) {
		tl_buf b = { .ptr = room, .cap = cap };
		memset(room, 0xa5, sizeof room);
		tl_buf_printable(&b, LIT("\x1b\xc3\xa4\xe2\x80\xae\xff-"));
		for (size_t i = cap; i < sizeof room; i++)
			assert_int_equal(room[i], 0xa5);
		assert_int_equal(b.full, cap < 17);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes_strict_utf8_for_text),
		cmocka_unit_test(test_takes_nothing_else_for_text_wherever_it_stands),
		cmocka_unit_test(test_control_characters_are_not_text_but_for_tab_cr_lf),
		cmocka_unit_test(test_prints_escapes_for_control_characters),
		cmocka_unit_test(test_prints_escapes_for_bytes_that_are_not_utf8),
		cmocka_unit_test(test_prints_escapes_for_what_turns_or_hides_text),
		cmocka_unit_test(test_printing_stops_nowhere_past_the_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
