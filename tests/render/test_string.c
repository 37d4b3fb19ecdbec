/* Tests of render/string.c: what it looks at by eights and by fours, at every place and
 * with every byte, in memory that ends where the text does. */
#include "sample.h"

#include "base/buf.h"
#include "render/out.h"

enum { LONGEST = 27 };

static bool
is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static bool
is_bare(uint8_t c)
{
	return is_plain(c) && c != ' ' && c != '=';
}

/* |text|, of which byte |at| is the only one that may not be plain, in quotes. */
static void
assert_quoted(tl_span text, size_t at)
{
	static uint8_t line[TL_OUT_SLACK + 256];
	uint8_t c = text.ptr[at];
	bool white = c == '\t' || c == '\n' || c == '\r';
	bool is_text = (c >= 0x20 && c < 0x7f) || white;
	tl_out o;

	assert_true(tl_out_init(&o, line, sizeof line));
	assert_int_equal(tl_is_text(text), is_text);
	assert_int_equal(tl_out_quoted(&o, text), is_text);
	if (!is_text) {
		assert_ptr_equal(o.p, line);
		return;
	}
	size_t more = is_plain(c) ? 0 : 1;
	assert_int_equal(o.p - line, text.len + 2 + more);
	assert_int_equal(line[0], '"');
	assert_memory_equal(line + 1, text.ptr, at);
	assert_int_equal(line[1 + at], is_plain(c) ? c : '\\');
	assert_memory_equal(line + 2 + at + more, text.ptr + at + 1, text.len - at - 1);
	assert_int_equal(o.p[-1], '"');
}

static void
test_every_byte_at_every_place_is_seen(void **state)
{
	(void)state;
	for (size_t len = 1; len <= LONGEST; len++) {
		uint8_t *text = malloc(len);
		assert_non_null(text);
		memset(text, 'x', len);
		for (size_t i = 0; i < len * 256; i++) {
			tl_span s = { text, len };
			text[i / 256] = (uint8_t)i;
			assert_int_equal(tl_is_bare(s), is_bare((uint8_t)i));
			assert_quoted(s, i / 256);
			text[i / 256] = 'x';
		}
		free(text);
	}
}

static void
test_nothing_is_text_but_not_bare(void **state)
{
	static uint8_t line[TL_OUT_SLACK];
	tl_span nothing = { NULL, 0 };
	tl_out o;

	(void)state;
	assert_true(tl_out_init(&o, line, sizeof line));
	assert_false(tl_is_bare(nothing));
	assert_true(tl_out_quoted(&o, nothing) || o.full);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte_at_every_place_is_seen),
		cmocka_unit_test(test_nothing_is_text_but_not_bare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
