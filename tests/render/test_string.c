/* Tests of render/string.c: what it looks at by sixteens and by less, at every place and
 * with every byte, in memory that ends where the text does; against a plain writer. */
#include "sample.h"

#include "base/buf.h"
#include "render/out.h"

enum { LONGEST = 40, STRANGE_TEXTS = 100000 };

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

/* |text| is written as it is, or not at all. */
static void
assert_bare(tl_span text, bool bare)
{
	static uint8_t line[TL_OUT_SLACK + 256];
	tl_out o;

	assert_true(tl_out_init(&o, line, sizeof line));
	assert_int_equal(tl_is_bare(text), bare);
	assert_int_equal(tl_out_bare(&o, text), bare);
	assert_int_equal(o.p - line, bare ? text.len : 0);
	if (bare)
		assert_memory_equal(line, text.ptr, text.len);
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
			assert_bare(s, is_bare((uint8_t)i));
			assert_quoted(s, i / 256);
			text[i / 256] = 'x';
		}
		free(text);
	}
}

static void
test_nothing_is_text_but_not_bare(void **state)
{
	static uint8_t line[TL_OUT_SLACK + 64];
	tl_span nothing = { NULL, 0 };
	tl_out o;

	(void)state;
	assert_bare(nothing, false);
	assert_true(tl_out_init(&o, line, sizeof line));
	assert_true(tl_out_quoted(&o, nothing));
	assert_int_equal(o.p - line, 2);
	assert_memory_equal(line, "\"\"", 2);
}

/* What finds no room is not refused: the caller looks at the end. */
static void
test_what_finds_no_room_says_so_as_one(void **state)
{
	static uint8_t line[TL_OUT_SLACK + 8], bytes[LONGEST];
	tl_out o;

	(void)state;
	memset(bytes, 'x', sizeof bytes);
	for (size_t len = 9; len <= LONGEST; len++) {
		assert_true(tl_out_init(&o, line, sizeof line));
		assert_true(tl_out_quoted(&o, (tl_span){ bytes, len }));
		assert_true(o.full && o.p == line);
		assert_true(tl_out_init(&o, line, sizeof line));
		assert_true(tl_out_bare(&o, (tl_span){ bytes, len }));
		assert_true(o.full && o.p == line);
	}
}

/* The code point at the front of |text|, RFC 3629, and how many bytes it has; -1 if that
 * is none. */
static int32_t
code_point(tl_span text, size_t *size)
{
	static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t c = text.ptr[0];
	int32_t cp;

	*size = c < 0x80   ? 1
		: c < 0xc0 ? 0
		: c < 0xe0 ? 2
		: c < 0xf0 ? 3
		: c < 0xf8 ? 4
			   : 0;
	if (*size == 0 || *size > text.len)
		return -1;
	cp = *size == 1 ? c : c & (0x7f >> *size);
	for (size_t i = 1; i < *size; i++) {
		if ((text.ptr[i] & 0xc0) != 0x80)
			return -1;
		cp = cp << 6 | (text.ptr[i] & 0x3f);
	}
	bool surrogate = cp >= 0xd800 && cp <= 0xdfff;
	return cp < least[*size] || cp > 0x10ffff || surrogate ? -1 : cp;
}

/* Whether a line shows it as \u and its number. */
static bool
is_deceptive(int32_t cp)
{
	return (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff;
}

/* |text| in quotes the plain way, a code point at a time; false if it is no text. */
static bool
quote_plainly(tl_span text, tl_buf *out)
{
	static const char escaped[] = "\t\n\r\"\\", letters[] = "tnr\"\\";

	tl_buf_putc(out, '"');
	for (size_t size; text.len > 0; text.ptr += size, text.len -= size) {
		int32_t cp = code_point(text, &size);
		const char *found = cp > 0 && cp < 0x80 ? strchr(escaped, cp) : NULL;
		char hex[12];
		if (found != NULL) {
			tl_buf_putc(out, '\\');
			tl_buf_putc(out, letters[found - escaped]);
		} else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0)) {
			return false;
		} else if (is_deceptive(cp)) {
			snprintf(hex, sizeof hex, "\\u%04x", (unsigned)cp);
			tl_buf_puts(out, hex);
		} else {
			tl_buf_put(out, text.ptr, size);
		}
	}
	tl_buf_putc(out, '"');
	return true;
}

static void
assert_as_plainly(tl_span text)
{
	static uint8_t line[TL_OUT_SLACK + 1024], want[1024];
	tl_buf plain = { .ptr = want, .cap = sizeof want };
	bool is_text = quote_plainly(text, &plain), bare = text.len > 0;
	tl_out o;

	assert_true(tl_out_init(&o, line, sizeof line));
	assert_int_equal(tl_out_quoted(&o, text), is_text);
	assert_int_equal(o.p - line, is_text ? plain.len : 0);
	if (is_text)
		assert_memory_equal(line, want, plain.len);
	for (size_t i = 0; i < text.len; i++)
		bare = bare && is_bare(text.ptr[i]);
	assert_bare(text, bare);
}

/* A text of plain characters, with strange ones in their midst. */
static size_t
make_strange(uint64_t *dice, uint8_t *to, size_t longest)
{
	static const char *const pieces[] = { "x", "ab", "if1/0/3", "GigabitEthernet",
		"=", " ", "\"", "\\", "\t", "\n", "\r", "\x7f", "\x1f", "\x01", "~", "!",
		"\x80", "\xc2\x85", "\xc2\xa0", "K\xc3\xb6ln", "\xe2\x80\xa8",
		"\xe2\x80\x8a", "\xe2\x80\xae", "\xef\xbb\xbf", "\xef\xbb\xbe",
		"\xed\xa0\x80", "\xc0\x80", "\xf0\x9f\x98\x80", "\xf4\x90\x80\x80",
		"\xe2\x80", "\xff" };
	size_t len = 0, count = sizeof pieces / sizeof pieces[0];

	for (;;) {
		*dice = *dice * 6364136223846793005u + 1442695040888963407u;
		uint64_t roll = *dice >> 33;
		const char *piece =
		    pieces[roll % 4 != 0 ? roll / 4 % 4 : roll / 4 % count];
		if (len + strlen(piece) > longest)
			return len;
		memcpy(to + len, piece, strlen(piece));
		len += strlen(piece);
	}
}

static void
test_strange_texts_are_as_a_plain_writer_has_them(void **state)
{
	uint64_t dice = 1;

	(void)state;
	for (size_t i = 0; i < STRANGE_TEXTS; i++) {
		uint8_t made[LONGEST + 1];
		size_t len = make_strange(&dice, made, i % (LONGEST + 1));
		uint8_t *text = malloc(len > 0 ? len : 1);
		assert_non_null(text);
		memcpy(text, made, len);
		assert_as_plainly((tl_span){ text, len });
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte_at_every_place_is_seen),
		cmocka_unit_test(test_nothing_is_text_but_not_bare),
		cmocka_unit_test(test_what_finds_no_room_says_so_as_one),
		cmocka_unit_test(test_strange_texts_are_as_a_plain_writer_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
