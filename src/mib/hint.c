/* mib/hint.c: DISPLAY-HINT, RFC 2579 section 3.1. Hints come from MIB files, values from
 * peers; the work is bounded by the room in the output. */
#include "mib/text.h"

/* One octet-format specification, its parts in the order of the RFC. */
typedef struct spec {
	bool repeat;
	uint32_t len; /* octets that one application takes */
	char format;
	int separator, terminator; /* a character, or NONE */
} spec;

enum { NONE = -1, LEN_MAX = 65535 };

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Takes digits off |hint|. */
static bool
take_number(tl_span *hint, uint32_t *value)
{
	size_t i = 0;

	for (*value = 0; i < hint->len && is_digit(hint->ptr[i]); i++) {
		*value = *value * 10 + (uint32_t)(hint->ptr[i] - '0');
		if (*value > LEN_MAX)
			return false;
	}
	*hint = (tl_span){ hint->ptr + i, hint->len - i };
	return i > 0;
}

/* Takes a separator or terminator: any character that cannot begin a specification. */
static int
take_mark(tl_span *hint)
{
	if (hint->len == 0 || is_digit(*hint->ptr) || *hint->ptr == '*')
		return NONE;
	int mark = *hint->ptr;
	*hint = (tl_span){ hint->ptr + 1, hint->len - 1 };
	return mark;
}

static bool
take_spec(tl_span *hint, spec *s)
{
	s->repeat = hint->len > 0 && *hint->ptr == '*';
	if (s->repeat)
		*hint = (tl_span){ hint->ptr + 1, hint->len - 1 };
	if (!take_number(hint, &s->len) || hint->len == 0 ||
	    memchr("xdoat", *hint->ptr, 5) == NULL)
		return false;
	s->format = (char)*hint->ptr;
	*hint = (tl_span){ hint->ptr + 1, hint->len - 1 };
	s->separator = take_mark(hint);
	s->terminator = s->repeat && s->separator != NONE ? take_mark(hint) : NONE;
	return true;
}

/* |value| in digits of |bits| bits each. */
static void
put_base(tl_buf *out, uint64_t value, unsigned bits)
{
	unsigned at = 63 - 63 % bits;

	while (at > 0 && value >> at == 0)
		at -= bits;
	for (;; at -= bits) {
		unsigned digit = (unsigned)(value >> at) & ((1u << bits) - 1);
		tl_buf_putc(out, "0123456789abcdef"[digit]);
		if (at == 0)
			return;
	}
}

/* |s| without the octets at its end that are only the front of a UTF-8 character. */
static tl_span
whole_characters(tl_span s)
{
	size_t back = 1;

	while (back < 4 && back < s.len && (s.ptr[s.len - back] & 0xc0) == 0x80)
		back++;
	uint8_t lead = s.len > 0 ? s.ptr[s.len - back] : 0;
	size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
	return (tl_span){ s.ptr, len > back ? s.len - back : s.len };
}

/* Formats the octets of one application. */
static bool
put_octets(char format, tl_span part, tl_buf *out)
{
	uint64_t value = 0;

	if (format == 'x') {
		tl_buf_hex(out, part);
	} else if (format == 't') {
		tl_buf_span(out, whole_characters(part));
	} else if (format == 'a') {
		tl_buf_span(out, part);
	} else if (part.len > sizeof value) {
		return false;
	} else if (part.len > 0) {
		for (size_t i = 0; i < part.len; i++)
			value = value << 8 | part.ptr[i];
		if (format == 'd')
			tl_buf_u64(out, value);
		else
			put_base(out, value, 3);
	}
	return true;
}

/* Applies |s| to the front of |rest|; false if it cannot be. |end| becomes where the
 * octets' own text ends: no separator or terminator is to be the last character. */
static bool
apply(const spec *s, tl_span *rest, tl_buf *out, size_t *end)
{
	unsigned count = 1;

	if (s->repeat) {
		count = *rest->ptr;
		*rest = (tl_span){ rest->ptr + 1, rest->len - 1 };
	}
	for (; count > 0 && rest->len > 0 && !out->full; count--) {
		size_t len = s->len < rest->len ? s->len : rest->len;
		if (!put_octets(s->format, (tl_span){ rest->ptr, len }, out))
			return false;
		*rest = (tl_span){ rest->ptr + len, rest->len - len };
		if (len > 0)
			*end = out->len;
		if (s->separator != NONE && (count > 1 || s->terminator == NONE))
			tl_buf_putc(out, (char)s->separator);
	}
	if (s->terminator != NONE)
		tl_buf_putc(out, (char)s->terminator);
	return true;
}

bool
tl_mib_hint_octets(tl_span hint, tl_span value, tl_buf *out)
{
	spec s = { 0 };
	size_t end = out->len;

	if (hint.len == 0)
		return false;
	while (value.len > 0 && !out->full) {
		size_t left = value.len;
		bool again = hint.len == 0; /* the last one is used for all the rest */
		if ((!again && !take_spec(&hint, &s)) || !apply(&s, &value, out, &end))
			return false;
		if (again && value.len == left)
			return false;
	}
	out->len = end;
	return true;
}

/* |value| with a point before its last |places| digits. */
static void
put_decimal(tl_buf *out, uint64_t value, bool minus, unsigned places)
{
	uint64_t unit = 1;

	for (unsigned i = 0; i < places; i++)
		unit *= 10;
	if (minus)
		tl_buf_putc(out, '-');
	tl_buf_u64(out, value / unit);
	if (places > 0) {
		tl_buf_putc(out, '.');
		tl_buf_u64_pad(out, value % unit, places);
	}
}

bool
tl_mib_hint_number(tl_span hint, uint64_t value, bool is_signed, tl_buf *out)
{
	enum { PLACES_MAX = 18 }; /* what 10^n fits 64 bits for */
	bool minus = is_signed && value >> 63 != 0;
	uint64_t pattern = minus && (int64_t)value >= INT32_MIN ? (uint32_t)value : value;
	uint32_t places = 0;

	if (hint.len == 0)
		return false;
	char format = (char)*hint.ptr;
	hint = (tl_span){ hint.ptr + 1, hint.len - 1 };
	if (format == 'd' && hint.len > 1 && *hint.ptr == '-') {
		hint = (tl_span){ hint.ptr + 1, hint.len - 1 };
		if (!take_number(&hint, &places) || hint.len > 0 || places == 0 ||
		    places > PLACES_MAX)
			return false;
		put_decimal(out, minus ? 0 - value : value, minus, places);
		return true;
	}
	if (hint.len > 0 || (format != 'x' && format != 'o' && format != 'b'))
		return false;
	put_base(out, pattern, format == 'x' ? 4 : format == 'o' ? 3 : 1);
	return true;
}
