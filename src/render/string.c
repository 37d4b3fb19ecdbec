/* render/string.c: foreign strings into a line that stays one line: JSON's escapes, and
 * whether they are needed. */
#include "render/out.h"

#include "base/buf.h"
#include "base/hash.h"

/* What a byte is in JSON: itself (0), a letter behind a backslash, or to be looked at
 * closer: a control character, or a part of a longer one. */
enum { CLOSER = 1 };

#define CLOSER_8(at)                                                                     \
	[at] = CLOSER, [(at) + 1] = CLOSER, [(at) + 2] = CLOSER, [(at) + 3] = CLOSER,    \
	[(at) + 4] = CLOSER, [(at) + 5] = CLOSER, [(at) + 6] = CLOSER,                   \
	[(at) + 7] = CLOSER
#define CLOSER_32(at)                                                                    \
	CLOSER_8(at), CLOSER_8((at) + 8), CLOSER_8((at) + 16), CLOSER_8((at) + 24)

static const uint8_t byte_class[256] = {
	CLOSER_8(0),
	[010] = CLOSER,
	['\t'] = 't',
	['\n'] = 'n',
	[013] = CLOSER,
	[014] = CLOSER,
	['\r'] = 'r',
	[016] = CLOSER,
	[017] = CLOSER,
	CLOSER_8(16),
	CLOSER_8(24),
	['"'] = '"',
	['\\'] = '\\',
	[0x7f] = CLOSER,
	CLOSER_32(0x80),
	CLOSER_32(0xa0),
	CLOSER_32(0xc0),
	CLOSER_32(0xe0),
};

static uint64_t
load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* Eight bytes at once: all of 0x20 to 0x7e but for the quote and the backslash. */
static bool
eight_plain(uint64_t v)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
	uint64_t quote = v ^ ones * '"', slash = v ^ ones * '\\', del = v ^ ones * 0x7f;
	uint64_t bad = (v - ones * 0x20) | (quote - ones) | (slash - ones) | (del - ones);

	return ((bad | v) & high) == 0;
}

/* Four to seven plain bytes at |p|, as two fours that overlap; false if one is not. */
static inline bool
copy_four_to_seven(uint8_t *to, const uint8_t *p, size_t len)
{
	const size_t last = len - 4;

	if (!eight_plain(load32(p) | load32(p + last) << 32))
		return false;
	memcpy(to, p, 4);
	memcpy(to + last, p + last, 4);
	return true;
}

/* Copies the plain bytes at the front of |text| and returns how many there are. What is
 * left of eights is a part of the last eight bytes, or of two fours. */
static size_t
copy_plain(uint8_t *to, tl_span text)
{
	const uint8_t *p = text.ptr;
	size_t i = 0, len = text.len;

	for (; len - i >= 8 && eight_plain(tl_load64(p + i)); i += 8)
		memcpy(to + i, p + i, 8);
	if (i == len)
		return len;
	if (i > 0 && len - i < 8 && eight_plain(tl_load64(p + len - 8))) {
		memcpy(to + len - 8, p + len - 8, 8);
		return len;
	}
	if (len >= 4 && len < 8 && copy_four_to_seven(to, p, len))
		return len;
	for (uint8_t c; i < len && byte_class[c = p[i]] == 0; i++)
		to[i] = c;
	return i;
}

/* What ends a line for some readers, turns its direction or hides, as in
 * tl_buf_printable(): U+200B to 200F, U+2028 to 202E, U+2060 to 206F, U+FEFF. All are of
 * three bytes. Their code point; 0 for anything else. */
static unsigned
deceptive(const uint8_t *p, const uint8_t *end)
{
	if (end - p < 3 || (p[0] != 0xe2 && p[0] != 0xef))
		return 0;
	unsigned cp = (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	return (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
		       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff
		   ? cp
		   : 0;
}

static uint8_t *
put_u_escape(uint8_t *to, unsigned cp)
{
	*to++ = '\\';
	*to++ = 'u';
	for (int shift = 12; shift >= 0; shift -= 4)
		*to++ = (uint8_t) "0123456789abcdef"[cp >> shift & 15];
	return to;
}

/* Copies |text|, for which tl_is_text() holds, with escapes: at most twice its size. */
static uint8_t *
copy_escaped(uint8_t *to, tl_span text)
{
	const uint8_t *p = text.ptr, *end = p + text.len;

	while (p < end) {
		uint8_t letter = byte_class[*p];
		unsigned cp = letter == CLOSER ? deceptive(p, end) : 0;
		if (cp != 0) {
			to = put_u_escape(to, cp);
			p += 3;
		} else if (letter > CLOSER) {
			*to++ = '\\';
			*to++ = letter;
			p++;
		} else {
			*to++ = *p++;
		}
	}
	return to;
}

/* The rest of a string that is not plain; NULL if it is no text. Rare: kept out of the
 * way of the others. */
static __attribute__((noinline)) uint8_t *
copy_rest(uint8_t *to, tl_span rest)
{
	return tl_is_text(rest) ? copy_escaped(to, rest) : NULL;
}

bool
tl_out_quoted(tl_out *o, tl_span text)
{
	if (!tl_out_room(o, 2 * text.len + 2))
		return true;
	uint8_t *to = o->p;
	*to++ = '"';
	size_t plain = copy_plain(to, text);
	to += plain;
	if (plain < text.len) {
		to = copy_rest(to, (tl_span){ text.ptr + plain, text.len - plain });
		if (to == NULL)
			return false;
	}
	*to = '"';
	o->p = to + 1;
	return true;
}

/* Eight bytes at once: plain, and neither a space nor an equals sign. */
static bool
eight_bare(uint64_t v)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
	uint64_t space = v ^ ones * ' ', equals = v ^ ones * '=';

	return eight_plain(v) && (((space - ones) | (equals - ones)) & high) == 0;
}

bool
tl_is_bare(tl_span text)
{
	const uint8_t *p = text.ptr;
	size_t i = 0, len = text.len;

	if (len >= 8) {
		for (; len - i >= 8; i += 8)
			if (!eight_bare(tl_load64(p + i)))
				return false;
		return eight_bare(tl_load64(p + len - 8));
	}
	if (len >= 4)
		return eight_bare(load32(p) | load32(p + len - 4) << 32);
	for (; i < len; i++)
		if (byte_class[p[i]] != 0 || p[i] == ' ' || p[i] == '=')
			return false;
	return len > 0;
}
