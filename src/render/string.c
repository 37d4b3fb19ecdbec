/* render/string.c: foreign strings into a line that stays one line: JSON's escapes, and
 * whether they are needed. */
#include "render/out.h"

#include "base/buf.h"

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

/* Texts are looked at sixteen bytes at once, and copied so. What is no multiple of them
 * ends with bytes that were copied before: nothing is read beyond a text. */
typedef uint8_t sixteen __attribute__((vector_size(16)));
typedef int8_t signed_sixteen __attribute__((vector_size(16)));
typedef uint64_t two_eights __attribute__((vector_size(16)));

/* All bits of those that are plain: 0x20 to 0x7e but for the quote and the backslash;
 * with |bare| neither space nor equals sign as well. One more than a byte, as a signed
 * number, is above 0x20 for that range and for nothing else. */
static inline two_eights
find_fitting(sixteen v, bool bare)
{
	const int8_t below = bare ? '!' : ' ';
	sixteen in_range = (sixteen)((signed_sixteen)(v + 1) > below);
	sixteen special = (sixteen)(v == '"') | (sixteen)(v == '\\');

	if (bare)
		special |= (sixteen)(v == '=');
	return (two_eights)(in_range & ~special);
}

static inline bool
all_fit(two_eights v, bool bare)
{
	two_eights fit = find_fitting((sixteen)v, bare);

	return (fit[0] & fit[1]) == UINT64_MAX;
}

static inline bool
copy_sixteen(uint8_t *to, const uint8_t *p, bool bare)
{
	two_eights v;

	memcpy(&v, p, sizeof v);
	memcpy(to, &v, sizeof v);
	return all_fit(v, bare);
}

/* |size| bytes, 8, 4, 2 or 1, as a number, and back. */
static inline uint64_t
load(const uint8_t *p, size_t size)
{
	uint64_t eight;
	uint32_t four;
	uint16_t two;

	switch (size) {
	case 8:
		return memcpy(&eight, p, 8), eight;
	case 4:
		return memcpy(&four, p, 4), four;
	case 2:
		return memcpy(&two, p, 2), two;
	default:
		return *p;
	}
}

static inline void
store(uint8_t *to, uint64_t v, size_t size)
{
	const uint32_t four = (uint32_t)v;
	const uint16_t two = (uint16_t)v;

	switch (size) {
	case 8:
		memcpy(to, &v, 8);
		break;
	case 4:
		memcpy(to, &four, 4);
		break;
	case 2:
		memcpy(to, &two, 2);
		break;
	default:
		*to = (uint8_t)v;
	}
}

/* Copies |text| as two parts of |size| bytes that may overlap. */
static inline bool
copy_ends(uint8_t *to, tl_span text, size_t size, bool bare)
{
	const size_t last = text.len - size;
	const uint64_t front = load(text.ptr, size), back = load(text.ptr + last, size);

	store(to, front, size);
	store(to + last, back, size);
	if (size == 8)
		return all_fit((two_eights){ front, back }, bare);
	two_eights both = { front | back << 8 * size, 0 };
	return ~find_fitting((sixteen)both, bare)[0] << (64 - 16 * size) == 0;
}

static inline bool
copy_short(uint8_t *to, tl_span text, bool bare)
{
	if (text.len >= 8)
		return copy_ends(to, text, 8, bare);
	if (text.len >= 4)
		return copy_ends(to, text, 4, bare);
	if (text.len >= 2)
		return copy_ends(to, text, 2, bare);
	return text.len == 0 || copy_ends(to, text, 1, bare);
}

/* Copies the front of |text| and returns how much of it fits: all, or a part before the
 * first byte that does not. */
static inline size_t
copy_long(uint8_t *to, tl_span text, bool bare)
{
	const size_t step = sizeof(sixteen), last = text.len - step;
	size_t i = 0;

	for (; i < last; i += step)
		if (!copy_sixteen(to + i, text.ptr + i, bare))
			return i;
	return copy_sixteen(to + last, text.ptr + last, bare) ? text.len : i;
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

/* Ends a string of which |done| bytes are plain and are there. Rare: kept out of the way
 * of the others. */
static __attribute__((noinline)) bool
quote_rest(tl_out *o, tl_span text, size_t done)
{
	tl_span rest = { text.ptr + done, text.len - done };

	if (!tl_is_text(rest))
		return false;
	uint8_t *end = copy_escaped(o->p + 1 + done, rest);
	*end = '"';
	o->p = end + 1;
	return true;
}

/* Out of the way of the short ones, which are most. */
static __attribute__((noinline)) bool
quote_long(tl_out *o, tl_span text)
{
	if (!tl_out_room(o, 2 * text.len + 2))
		return true;
	uint8_t *to = o->p;
	*to = '"';
	size_t plain = copy_long(to + 1, text, false);
	if (plain < text.len)
		return quote_rest(o, text, plain);
	to[1 + text.len] = '"';
	o->p = to + text.len + 2;
	return true;
}

bool
tl_out_quoted(tl_out *o, tl_span text)
{
	if (text.len >= sizeof(sixteen))
		return quote_long(o, text);
	if (!tl_out_room(o, 2 * sizeof(sixteen) + 2))
		return true;
	uint8_t *to = o->p;
	*to = '"';
	if (!copy_short(to + 1, text, false))
		return quote_rest(o, text, 0);
	to[1 + text.len] = '"';
	o->p = to + text.len + 2;
	return true;
}

bool
tl_out_bare(tl_out *o, tl_span text)
{
	if (text.len == 0)
		return false;
	if (!tl_out_room(o, text.len))
		return true;
	if (text.len < sizeof(sixteen) ? !copy_short(o->p, text, true)
				       : copy_long(o->p, text, true) < text.len)
		return false;
	o->p += text.len;
	return true;
}

bool
tl_out_bare_or_quoted(tl_out *o, tl_span text)
{
	return tl_out_bare(o, text) || tl_out_quoted(o, text);
}

bool
tl_is_bare(tl_span text)
{
	size_t i = 0;

	while (i < text.len && byte_class[text.ptr[i]] == 0 && text.ptr[i] != ' ' &&
	       text.ptr[i] != '=')
		i++;
	return i == text.len && i > 0;
}
