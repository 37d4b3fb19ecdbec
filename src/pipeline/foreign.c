/* pipeline/foreign.c: see foreign.h. For tables and names, as they are loaded. */
#include "pipeline/foreign.h"

#include "base/buf.h"

static bool
is_blank(uint8_t c)
{
	return c <= ' ' || c == 0x7f;
}

static tl_span
trim(tl_span s)
{
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	while (s.len > 0 && is_blank(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	return s;
}

/* Copies UTF-8; the controls of C1 have two bytes, c2 80 to c2 9f. */
static void
put_utf8(tl_buf *out, tl_span s)
{
	for (size_t i = 0; i < s.len; i++) {
		bool c1 = s.ptr[i] == 0xc2 && i + 1 < s.len && s.ptr[i + 1] >= 0x80 &&
			  s.ptr[i + 1] < 0xa0;
		tl_buf_putc(out, c1 || is_blank(s.ptr[i]) ? ' ' : (char)s.ptr[i]);
		i += c1;
	}
}

/* What windows-1252 has where ISO 8859-1 has control characters; 0: nothing. */
static const uint16_t high[32] = { 0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
	0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019,
	0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,
	0x017e, 0x0178 };

/* One code point below 0x10000, if it ends before |end|. */
static bool
put_point(tl_buf *out, uint32_t c, size_t end)
{
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : 3;

	if (out->len + len > end)
		return false;
	if (len == 1) {
		tl_buf_putc(out, (char)c);
		return true;
	}
	if (len == 3)
		tl_buf_putc(out, (char)(0xe0 | c >> 12));
	tl_buf_putc(out, (char)((len == 2 ? 0xc0 : 0x80) | (c >> 6 & 0x3f)));
	tl_buf_putc(out, (char)(0x80 | (c & 0x3f)));
	return true;
}

/* Returns whether all of it is written. */
static bool
put_1252(tl_buf *out, tl_span s, size_t end)
{
	for (size_t i = 0; i < s.len; i++) {
		uint32_t c = s.ptr[i];
		if (c >= 0x80 && c < 0xa0)
			c = high[c - 0x80];
		if (!put_point(out, is_blank((uint8_t)c) && c < 0x80 ? ' ' : c, end))
			return false;
	}
	return true;
}

/* The first |max| bytes, without a part of a character. */
static tl_span
cut(tl_span s, size_t max)
{
	if (s.len <= max)
		return s;
	s.len = max;
	for (unsigned i = 0; i < 3 && s.len > 0 && (s.ptr[s.len] & 0xc0) == 0x80; i++)
		s.len--;
	return s;
}

unsigned
foreign_text(tl_span text, size_t max, tl_buf *out)
{
	size_t start = out->len;
	tl_span all = trim(text), s = cut(all, max);
	unsigned done = s.len < all.len ? FOREIGN_CUT : 0;

	put_utf8(out, s);
	if (tl_is_text((tl_span){ out->ptr + start, out->len - start }))
		return done;
	out->len = start;
	return put_1252(out, s, start + max) ? done | FOREIGN_CHARSET
					     : FOREIGN_CUT | FOREIGN_CHARSET;
}
