/* cli/decode_hex.c: see decode_hex.h. For cmd_decode.c. */
#include "cli/decode_hex.h"

#include <string.h>

#include "base/buf.h"

typedef struct chars {
	const char *p, *end;
} chars;

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool
is_separator(char c)
{
	return is_blank(c) || c == ':' || c == ',' || c == '\n';
}

/* Skips 0x or \x. */
static void
skip_prefix(chars *t)
{
	if (t->end - t->p > 2 && (t->p[0] == '0' || t->p[0] == '\\') &&
	    (t->p[1] | 0x20) == 'x')
		t->p += 2;
}

static size_t
skip_blanks(chars *t)
{
	const char *from = t->p;

	while (t->p < t->end && is_blank(*t->p))
		t->p++;
	return (size_t)(t->p - from);
}

/* Takes two digits; false if they are not there. */
static bool
take_byte(chars *t, tl_buf *out)
{
	if (t->end - t->p < 2 || digit(t->p[0]) < 0 || digit(t->p[1]) < 0)
		return false;
	tl_buf_putc(out, (char)(digit(t->p[0]) << 4 | digit(t->p[1])));
	t->p += 2;
	return true;
}

/* Takes the offset in front of a row: four to eight digits, then a colon or a blank. */
static bool
take_offset(chars *t, uint32_t *offset)
{
	const char *from;

	skip_blanks(t);
	skip_prefix(t);
	from = t->p;
	*offset = 0;
	for (; t->p < t->end && digit(*t->p) >= 0; t->p++)
		*offset = *offset << 4 | (uint32_t)digit(*t->p);
	if (t->p - from < 4 || t->p - from > 8)
		return false;
	if (t->p < t->end && *t->p == ':')
		t->p++;
	return t->p == t->end || is_blank(*t->p);
}

/* Takes the bytes of a row up to the characters behind them: those stand behind a wider
 * gap than the one that some tools leave after eight bytes. */
static void
take_row(chars *t, tl_buf *out)
{
	size_t before = out->len;

	skip_blanks(t);
	for (;;) {
		chars word = *t;
		size_t len = 0;
		while (word.p < word.end && digit(*word.p) >= 0) {
			word.p++;
			len++;
		}
		bool ends = word.p == word.end || is_blank(*word.p);
		if (len == 0 || len % 2 != 0 || !ends)
			return;
		while (t->p < word.p)
			take_byte(t, out);
		size_t gap = skip_blanks(t);
		if (gap > 2 || (gap == 2 && out->len - before != 8))
			return;
	}
}

/* Takes a line of plain digits. False if something else is in it. */
static bool
take_plain(chars *t, tl_buf *out)
{
	while (t->p < t->end) {
		skip_prefix(t);
		if (take_byte(t, out))
			continue;
		if (!is_separator(*t->p))
			return false;
		t->p++;
	}
	return true;
}

bool
hex_is_plain(const char *s)
{
	uint8_t room[2];
	chars t = { s, s + strlen(s) };

	while (t.p < t.end) {
		tl_buf none = { .ptr = room, .cap = sizeof room };
		skip_prefix(&t);
		if (!take_byte(&t, &none) && !is_separator(*t.p++))
			return false;
	}
	return s[0] != '\0';
}

static chars
line_at(const hex_text *h)
{
	const char *newline = memchr(h->p, '\n', (size_t)(h->end - h->p));

	return (chars){ h->p, newline != NULL ? newline : h->end };
}

static void
next_line(hex_text *h, chars line)
{
	h->p = line.end < h->end ? line.end + 1 : h->end;
	h->line++;
}

static bool
is_empty(chars line)
{
	skip_blanks(&line);
	return line.p == line.end || *line.p == '#';
}

/* The first line that is one or the other tells whether the text is in rows. */
static bool
has_rows(hex_text h)
{
	for (; h.p < h.end; next_line(&h, line_at(&h))) {
		uint8_t room[1];
		tl_buf none = { .ptr = room, .cap = sizeof room };
		chars line = line_at(&h), plain = line;
		uint32_t offset;
		if (is_empty(line))
			continue;
		if (take_offset(&line, &offset) && offset == 0)
			return true;
		if (take_plain(&plain, &none))
			return false;
	}
	return false;
}

void
hex_text_init(hex_text *h, tl_span text)
{
	const char *p = (const char *)text.ptr;

	*h = (hex_text){ .p = p, .end = p + text.len, .line = 1 };
	h->rows = has_rows(*h);
}

/* Whether |b| is one BER value from its first byte to its last. */
static bool
is_whole_message(const tl_buf *b)
{
	size_t octets, len = 0;

	if (b->len < 2 || b->ptr[0] != 0x30)
		return false;
	octets = b->ptr[1] < 0x80 ? 0 : b->ptr[1] & 0x7f;
	if (octets > 4 || b->len < 2 + octets)
		return false;
	if (octets == 0)
		len = b->ptr[1];
	for (size_t i = 0; i < octets; i++)
		len = len << 8 | b->ptr[2 + i];
	return b->len == 2 + octets + len;
}

/* Works on one line; true when the datagram ends with it. */
static bool
plain_line(hex_text *h, chars line, tl_buf *out)
{
	bool first = out->len == 0, empty = is_empty(line);

	next_line(h, line);
	if (empty)
		return !first;
	if (!take_plain(&line, out)) {
		h->line--;
		h->problem = "pairs of hexadecimal digits are wanted";
		return true;
	}
	return first && is_whole_message(out);
}

static bool
row_line(hex_text *h, chars line, tl_buf *out)
{
	chars row = line;
	uint32_t offset;
	bool is_row = take_offset(&row, &offset);

	if (is_row && offset == 0 && out->len > 0)
		return true; /* it is the next datagram's */
	if (is_row && offset != out->len) {
		h->problem = "the offset does not follow from the rows before it";
		return true;
	}
	next_line(h, line);
	if (!is_row)
		return out->len > 0;
	take_row(&row, out);
	return false;
}

bool
hex_text_next(hex_text *h, tl_buf *out)
{
	bool ends = false;

	while (!ends && h->p < h->end)
		ends = h->rows ? row_line(h, line_at(h), out)
			       : plain_line(h, line_at(h), out);
	if (out->full && h->problem == NULL)
		h->problem = "the datagram is too long";
	return h->problem == NULL && out->len > 0;
}
