/* Tests of pipeline/foreign.c. */
#include "base/buf.h"
#include "base/unit.h"
#include "pipeline/foreign.h"

enum { MAX = 16 };

static void
assert_made(tl_span from, const char *wanted, unsigned done)
{
	uint8_t room[FOREIGN_ROOM(MAX)];
	tl_buf b = { .ptr = room, .cap = sizeof room };
	tl_span exact = exact_copy(from);

	assert_int_equal(foreign_text(exact, MAX, &b), done);
	assert_bytes(tl_buf_written(&b), span_of(wanted));
	assert_false(b.full);
	free((void *)(uintptr_t)exact.ptr);
}

static void
test_keeps_utf8(void **state)
{
	(void)state;
	assert_made(LIT("Z\xc3\xbcrich \xe2\x82\xac"), "Zürich €", 0);
	assert_made(LIT(""), "", 0);
}

static void
test_takes_other_bytes_as_windows_1252(void **state)
{
	(void)state;
	assert_made(LIT("Z\xfcrich \x80"), "Zürich €", FOREIGN_CHARSET);
	assert_made(LIT("a\x81z"), "a z", FOREIGN_CHARSET);
	assert_made(LIT("\xc3"), "Ã", FOREIGN_CHARSET);
}

static void
test_makes_one_line_without_control_characters(void **state)
{
	(void)state;
	assert_made(LIT(" \t a\r\nb\0c\x7f"
			"d \n"),
	    "a  b c d", 0);
	assert_made(LIT("a\xc2\x9b"
			"b"),
	    "a b", 0);
	assert_made(LIT("a\x1b[31m\xfc"), "a [31mü", FOREIGN_CHARSET);
}

static void
test_cuts_between_characters(void **state)
{
	(void)state;
	assert_made(LIT("0123456789abcdef"), "0123456789abcdef", 0);
	assert_made(LIT("0123456789abcdefg"), "0123456789abcdef", FOREIGN_CUT);
	assert_made(LIT("0123456789abcd\xe2\x82\xac"), "0123456789abcd", FOREIGN_CUT);
	assert_made(LIT("0123456789abcde\xc3\xbc"), "0123456789abcde", FOREIGN_CUT);
	assert_made(
	    LIT("0123456789abcde\xfc"), "0123456789abcde", FOREIGN_CUT | FOREIGN_CHARSET);
	assert_made(
	    LIT("\x80\x80\x80\x80\x80\x80z"), "€€€€€", FOREIGN_CUT | FOREIGN_CHARSET);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_utf8),
		cmocka_unit_test(test_takes_other_bytes_as_windows_1252),
		cmocka_unit_test(test_makes_one_line_without_control_characters),
		cmocka_unit_test(test_cuts_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
