/* render/string.c: foreign strings into a line that stays one line: JSON's escapes, and
 * whether they are needed. */
#include "render/out.h"

#include "base/buf.h"

/* The letter of a byte's escape; 0: it needs none. */
static const uint8_t escape[256] = {
	['\t'] = 't',
	['\n'] = 'n',
	['\r'] = 'r',
	['"'] = '"',
	['\\'] = '\\',
};

/* Eight bytes at once: all of 0x20 to 0x7e but for the quote and the backslash. */
static bool
eight_plain(const uint8_t *p)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
	uint64_t v;

	memcpy(&v, p, sizeof v);
	uint64_t quote = v ^ ones * '"', slash = v ^ ones * '\\', del = v ^ ones * 0x7f;
	uint64_t bad = (v - ones * 0x20) | (quote - ones) | (slash - ones) | (del - ones);
	return ((bad | v) & high) == 0;
}

static bool
is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Copies the plain bytes at the front of |text|, and takes them off it. */
static uint8_t *
copy_plain(uint8_t *to, tl_span *text)
{
	const uint8_t *p = text->ptr, *end = p + text->len;

	for (; end - p >= 8 && eight_plain(p); p += 8, to += 8)
		memcpy(to, p, 8);
	while (p < end && is_plain(*p))
		*to++ = *p++;
	*text = (tl_span){ p, (size_t)(end - p) };
	return to;
}

/* U+2028 and U+2029 end a line for JavaScript and for some readers of lines. */
static bool
is_line_separator(const uint8_t *p, const uint8_t *end)
{
	return end - p >= 3 && p[0] == 0xe2 && p[1] == 0x80 && (p[2] | 1) == 0xa9;
}

/* Copies |text|, for which tl_is_text() holds, with escapes: at most twice its size. */
static uint8_t *
copy_escaped(uint8_t *to, tl_span text)
{
	const uint8_t *p = text.ptr, *end = p + text.len;

	while (p < end) {
		if (is_line_separator(p, end)) {
			memcpy(to, p[2] == 0xa8 ? "\\u2028" : "\\u2029", 6);
			to += 6;
			p += 3;
			continue;
		}
		if (escape[*p] != 0) {
			*to++ = '\\';
			*to++ = escape[*p++];
			continue;
		}
		*to++ = *p++;
	}
	return to;
}

bool
tl_out_quoted(tl_out *o, tl_span text)
{
	if (!tl_out_room(o, 2 * text.len + 2))
		return true;
	uint8_t *to = o->p;
	*to++ = '"';
	to = copy_plain(to, &text);
	if (text.len > 0) {
		if (!tl_is_text(text))
			return false;
		to = copy_escaped(to, text);
	}
	*to++ = '"';
	o->p = to;
	return true;
}

bool
tl_is_bare(tl_span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_plain(text.ptr[i]) || text.ptr[i] == ' ' || text.ptr[i] == '=')
			return false;
	return text.len > 0;
}
