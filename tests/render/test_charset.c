/* tests/render/test_charset.c: strings that are not UTF-8, of devices whose charset is
 * told. */
#include "sample.h"

#define NAMED "1.3.6.1.2.1.2.2.1.2.3"   /* ifDescr: 255a */
#define PHYS "1.3.6.1.2.1.2.2.1.6.3"    /* ifPhysAddress: 1x: */
#define OCTETS "1.3.6.1.4.1.99.3.0"     /* testOctets: no hint */
#define UNKNOWN "1.3.6.1.4.1.99999.1.0" /* nothing is known */

/* The line of a notification with one string. */
static const char *
line_of(tl_format format, const char *charset, const char *oid, tl_span bytes)
{
	tl_renderer_options opt = {
		.format = format, .mib = &fake_mib, .utc = true, .charset = charset
	};
	tl_varbind vb = sample_octets(oid, bytes);
	tl_notification n = sample_v2c();

	n.vb = &vb;
	n.vb_count = 1;
	return sample_render(&opt, &n);
}

static void
assert_says(const char *line, const char *what)
{
	if (strstr(line, what) == NULL)
		print_message("# not in %s", line);
	assert_non_null(strstr(line, what));
}

static void
assert_not(const char *line, const char *what)
{
	assert_null(strstr(line, what));
}

static void
test_gives_the_text_beside_the_bytes(void **state)
{
	(void)state;
	const char *line =
	    line_of(TL_FORMAT_JSON, "ISO-8859-1", NAMED, SPAN("Z\xfcrich \"1\""));

	assert_says(line, "\"value\":\"5afc72696368202231"
			  "22\",\"encoding\":\"hex\"");
	assert_says(line, "\"text\":\"Z\xc3\xbcrich \\\"1\\\"\"");
	line = line_of(TL_FORMAT_KV, "ISO-8859-1", NAMED, SPAN("Z\xfcrich"));
	assert_says(line, "value=5afc72696368");
	assert_says(line, "text=\"Z\xc3\xbcrich\"");
	line = line_of(TL_FORMAT_TEXT, "ISO-8859-1", NAMED, SPAN("Z\xfcrich"));
	assert_says(line, "= Z\xc3\xbcrich (0x5afc7269 6368)");
}

static void
test_knows_charsets_of_several_bytes(void **state)
{
	(void)state;
	assert_says(line_of(TL_FORMAT_JSON, "GBK", NAMED, SPAN("\xb8\xe6\xbe\xaf")),
	    "\"text\":\"\xe5\x91\x8a\xe8\xad\xa6\"");
	assert_says(line_of(TL_FORMAT_JSON, "SHIFT_JIS", NAMED, SPAN("\x93\x64\x8c\xb9")),
	    "\"text\":\"\xe9\x9b\xbb\xe6\xba\x90\"");
}

static void
test_converts_where_nothing_is_known(void **state)
{
	(void)state;
	assert_says(line_of(TL_FORMAT_JSON, "ISO-8859-1", UNKNOWN, SPAN("\xe9t\xe9")),
	    "\"text\":\"\xc3\xa9t\xc3\xa9\"");
	assert_says(line_of(TL_FORMAT_JSON, "ISO-8859-1", NAMED, SPAN("\xe9t\xe9\0")),
	    "\"text\":\"\xc3\xa9t\xc3\xa9\"");
}

static void
test_leaves_utf8_and_other_octets_alone(void **state)
{
	(void)state;
	const char *line =
	    line_of(TL_FORMAT_JSON, "GBK", NAMED, SPAN("\xc3\xa9t\xc3\xa9"));

	assert_says(line, "\"value\":\"\xc3\xa9t\xc3\xa9\"");
	assert_not(line, "\"text\"");
	line = line_of(TL_FORMAT_JSON, "ISO-8859-1", PHYS, SPAN("\xe9\xe9\xe9"));
	assert_says(line, "\"text\":\"e9:e9:e9\"");
	line = line_of(TL_FORMAT_JSON, "ISO-8859-1", OCTETS, SPAN("\xe9\xe9\xe9"));
	assert_not(line, "\"text\"");
	line = line_of(TL_FORMAT_JSON, "ISO-8859-1", NAMED, SPAN(""));
	assert_not(line, "\"text\"");
}

static void
test_gives_nothing_for_what_is_not_of_the_charset(void **state)
{
	(void)state;
	assert_not(line_of(TL_FORMAT_JSON, "GBK", NAMED, SPAN("ab\xff\xff")), "\"text\"");
	assert_not(line_of(TL_FORMAT_JSON, "GBK", NAMED, SPAN("ab\xb8")), "\"text\"");
	/* Each is a string of its own: half of a character does not wait for the next. */
	assert_says(line_of(TL_FORMAT_JSON, "GBK", NAMED, SPAN("\xb8\xe6")),
	    "\"text\":\"\xe5\x91\x8a\"");
}

/* Latin-1 has C1 control characters, 0x9b among them: a terminal's escape. */
static void
test_gives_no_control_characters(void **state)
{
	(void)state;
	assert_not(line_of(TL_FORMAT_JSON, "ISO-8859-1", NAMED,
		       SPAN("a\x9b"
			    "2J\xe9")),
	    "\"text\"");
	assert_not(
	    line_of(TL_FORMAT_JSON, "ISO-8859-1", NAMED, SPAN("a\0\xe9")), "\"text\"");
}

/* What |c| makes of |bytes|; empty: nothing, and then nothing is written. */
static void
assert_text(tl_charset *c, tl_span bytes, const char *want)
{
	uint8_t room[64] = "before";
	tl_buf out = { .ptr = room, .len = 6, .cap = sizeof room - 1 };
	tl_varbind vb = sample_octets(UNKNOWN, bytes);

	assert_int_equal(*want != '\0', tl_charset_text(c, NULL, NULL, &vb, &out));
	assert_int_equal(6 + strlen(want), out.len);
	assert_memory_equal(want, room + 6, strlen(want));
}

static void
test_writes_text_or_nothing(void **state)
{
	(void)state;
	tl_charset *c;

	assert_int_equal(TL_OK, tl_charset_new("ISO-8859-1", &c));
	assert_text(c, SPAN("\xe9"), "\xc3\xa9");
	assert_text(c,
	    SPAN("a\x9b"
		 "2J"),
	    "");
	assert_text(NULL, SPAN("\xe9"), "");
	tl_charset_free(c);
}

static void
test_keeps_nothing_of_the_string_before(void **state)
{
	(void)state;
	tl_charset *c;

	assert_int_equal(TL_OK, tl_charset_new("ISO-2022-JP", &c));
	assert_text(c, SPAN("\x1b$B0"), ""); /* half of a character */
	assert_text(c, SPAN("a\x1b(J\\"), "a\xc2\xa5");
	tl_charset_free(c);
}

static void
test_does_without_a_charset(void **state)
{
	(void)state;
	assert_not(line_of(TL_FORMAT_JSON, NULL, NAMED, SPAN("Z\xfcrich")), "\"text\"");
}

static void
test_refuses_a_charset_that_there_is_not(void **state)
{
	(void)state;
	tl_renderer_options opt = { .format = TL_FORMAT_JSON, .charset = "no-such" };
	tl_renderer *r;
	tl_charset *c;

	assert_int_equal(TL_EINVAL, tl_renderer_new(&opt, &r));
	assert_int_equal(TL_EINVAL, tl_charset_new("no-such", &c));
	tl_charset_free(NULL);
}

static void
test_converts_the_longest_string(void **state)
{
	(void)state;
	enum { LONGEST = 65507 };
	static uint8_t bytes[LONGEST], room[4 * LONGEST];
	tl_varbind vb = sample_octets(UNKNOWN, (tl_span){ bytes, LONGEST });
	tl_buf out = { .ptr = room, .cap = sizeof room };
	tl_charset *c;

	memset(bytes, 0xe9, LONGEST);
	assert_int_equal(TL_OK, tl_charset_new("ISO-8859-1", &c));
	assert_true(tl_charset_text(c, NULL, NULL, &vb, &out));
	assert_int_equal(2 * LONGEST, out.len);
	out = (tl_buf){ .ptr = room, .len = 3, .cap = 2 * LONGEST };
	assert_false(tl_charset_text(c, NULL, NULL, &vb, &out));
	assert_int_equal(3, out.len);
	tl_charset_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gives_the_text_beside_the_bytes),
		cmocka_unit_test(test_knows_charsets_of_several_bytes),
		cmocka_unit_test(test_converts_where_nothing_is_known),
		cmocka_unit_test(test_leaves_utf8_and_other_octets_alone),
		cmocka_unit_test(test_gives_nothing_for_what_is_not_of_the_charset),
		cmocka_unit_test(test_gives_no_control_characters),
		cmocka_unit_test(test_writes_text_or_nothing),
		cmocka_unit_test(test_keeps_nothing_of_the_string_before),
		cmocka_unit_test(test_does_without_a_charset),
		cmocka_unit_test(test_refuses_a_charset_that_there_is_not),
		cmocka_unit_test(test_converts_the_longest_string),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
