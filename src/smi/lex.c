/* smi/lex.c: tokens. Called by the parser, and by itself for nothing else. Long strings
 * and comments are passed over by memchr(); lines are counted by who wants a place. */
#include "smi/lex.h"

#include <string.h>

#include "smi/chars.h"
#include "smi/lines.h"

enum { C_COMMENT_MAX_BYTES = 4096 };

/* Sets the limit to the next page break from |at| on. */
static void
find_page(tl_smi_lexer *l, const uint8_t *at)
{
	tl_span page = tl_smi_find_page(at, l->end);

	l->page_from = at;
	l->limit = page.ptr;
	l->page_end = page.ptr + page.len;
}

void
tl_smi_lexer_init(tl_smi_lexer *l, tl_span text, const tl_smi_keywords *keywords)
{
	const uint8_t *end = text.ptr + text.len;
	bool unix_lines = text.len > 0 && memchr(text.ptr, '\n', text.len) != NULL;

	*l = (tl_smi_lexer){ .end = end, .keywords = keywords };
	l->newline = unix_lines ? '\n' : '\r';
	l->at = l->line_from = l->no_c_end = text.ptr;
	find_page(l, text.ptr);
}

const uint8_t *
tl_smi_line_end(tl_smi_lexer *l, const uint8_t *at)
{
	if (l->newline == '\n' && (l->line_feed < at || l->line_from > at)) {
		const uint8_t *lf = memchr(at, '\n', (size_t)(l->end - at));
		l->line_feed = lf != NULL ? lf : l->end;
		l->line_from = at;
	}
	const uint8_t *end = l->newline == '\n' ? l->line_feed : l->end;
	const uint8_t *cr = memchr(at, '\r', (size_t)(end - at));
	return cr != NULL ? cr : end;
}

uint32_t
tl_smi_count_byte(const uint8_t *from, const uint8_t *to, uint8_t c)
{
	uint32_t n = 0;

	while (from < to && (from = memchr(from, c, (size_t)(to - from))) != NULL) {
		n++;
		from++;
	}
	return n;
}

void
tl_smi_lexer_seek(tl_smi_lexer *l, const uint8_t *at)
{
	l->at = at;
	if (at < l->page_from || at > l->limit)
		find_page(l, at);
}

/* Notes the header and footer of a page that is passed over; what is behind it. */
static const uint8_t *
pass_page(tl_smi_lexer *l, const uint8_t *p)
{
	if (p == l->limit) {
		if (l->odd.page == NULL) {
			l->odd.any = true;
			l->odd.page = p;
			l->odd.page_len = (uint32_t)(l->page_end - p);
		}
		p = l->page_end;
	}
	find_page(l, p);
	return p;
}

/* Where a comment of the language C ends. */
static const uint8_t *
c_comment_end(tl_smi_lexer *l, const uint8_t *p)
{
	size_t left = (size_t)(l->limit - p);
	const uint8_t *end;

	if (p[1] == '/')
		return tl_smi_line_end(l, p);
	if (p < l->no_c_end)
		return p;
	if (left > C_COMMENT_MAX_BYTES)
		left = C_COMMENT_MAX_BYTES;
	end = memmem(p, left, "*/", 2);
	if (end == NULL)
		l->no_c_end = p + left;
	return end != NULL ? end : p;
}

static const uint8_t *
pass_stray(tl_smi_lexer *l, const uint8_t *p)
{
	const uint8_t *from = p;

	if (p[0] == '/' && l->end - p >= 2 && (p[1] == '*' || p[1] == '/'))
		p = c_comment_end(l, p);
	while (p < l->limit && tl_smi_is(*p, TL_SMI_C_STRAY))
		p++;
	if (l->odd.stray == NULL) {
		l->odd.any = true;
		l->odd.stray = from;
		l->odd.stray_len = (uint32_t)(p - from);
	}
	return p;
}

static const uint8_t *
pass_comment(tl_smi_lexer *l, const uint8_t *p)
{
	static const char word[] = "--#SEVERITY";
	const uint8_t *end = tl_smi_line_end(l, p + 2);
	size_t len = (size_t)(end - p);

	if (len > sizeof word && memcmp(p, word, sizeof word - 1) == 0)
		l->hint = (tl_span){ p + sizeof word - 1, len - (sizeof word - 1) };
	return end;
}

static bool
is_comment(const tl_smi_lexer *l, const uint8_t *p)
{
	return p[0] == '-' && p + 1 < l->end && p[1] == '-';
}

static const uint8_t *
pass_blank(tl_smi_lexer *l, const uint8_t *p)
{
	for (;;) {
		while (p < l->limit && tl_smi_is(*p, TL_SMI_C_BLANK))
			p++;
		if (p >= l->limit) {
			if (p >= l->end)
				return l->end;
			p = pass_page(l, p);
		} else if (is_comment(l, p)) {
			p = pass_comment(l, p);
		} else if (tl_smi_is(*p, TL_SMI_C_STRAY)) {
			p = pass_stray(l, p);
		} else {
			return p;
		}
	}
}

/* Where the word that goes on at |p| ends: a comment may follow it without a blank. */
static const uint8_t *
word_end(const tl_smi_lexer *l, const uint8_t *p)
{
	while (p < l->end && tl_smi_is(*p, TL_SMI_C_WORD) && !is_comment(l, p))
		p++;
	return p;
}

static const uint8_t *
digits_end(const tl_smi_lexer *l, const uint8_t *p)
{
	while (p < l->end && tl_smi_is(*p, TL_SMI_C_DIGIT))
		p++;
	return p;
}

/* Where a name ends that stands without a blank before a word such as OBJECT-TYPE. */
static const uint8_t *
glued_end(tl_smi_lexer *l, const uint8_t *at, const uint8_t *end)
{
	size_t len = (size_t)(end - at);

	for (unsigned k = 1; k <= TL_SMI_K_LAST_MACRO; k++) {
		tl_span word = tl_smi_keyword_text(k);
		if (len > word.len && memcmp(end - word.len, word.ptr, word.len) == 0) {
			l->odd.any = true;
			l->odd.glued = end - word.len;
			l->odd.glued_len = (uint32_t)word.len;
			return end - word.len;
		}
	}
	return end;
}

static const uint8_t *
lex_word(tl_smi_lexer *l, tl_smi_token *t)
{
	const uint8_t *end = word_end(l, t->at + 1);

	t->type = TL_SMI_T_WORD;
	if (!tl_smi_is(end[-1], TL_SMI_C_UPPER))
		return end;
	if (!tl_smi_is(t->at[0], TL_SMI_C_UPPER))
		return glued_end(l, t->at, end);
	t->keyword = (uint8_t)tl_smi_keyword_of(
	    l->keywords, (tl_span){ t->at, (size_t)(end - t->at) });
	return end;
}

static const uint8_t *
lex_number(tl_smi_lexer *l, tl_smi_token *t)
{
	const uint8_t *end = digits_end(l, t->at + 1);
	const uint8_t *word = word_end(l, end);

	t->type = word > end ? TL_SMI_T_WORD : TL_SMI_T_NUMBER;
	return word;
}

/* A string up to the next quote; two quotes are one inside of it. */
static const uint8_t *
lex_string(tl_smi_lexer *l, tl_smi_token *t)
{
	const uint8_t *p = t->at + 1, *quote, *close;

	t->type = TL_SMI_T_STRING;
	for (;; p = quote + 2) {
		quote = p < l->end ? memchr(p, '"', (size_t)(l->end - p)) : NULL;
		if (quote == NULL || quote == t->at + 1 || quote + 1 >= l->end ||
		    quote[1] != '"')
			break;
	}
	close = tl_smi_runaway(l->keywords, t->at + 1, quote, l->end);
	if (close != NULL || quote == NULL) {
		l->odd.any = l->odd.open_string = true;
		return close != NULL ? close : l->end;
	}
	return quote + 1;
}

static uint32_t
count_digits(const uint8_t *p, const uint8_t *end)
{
	uint32_t n = 0;

	for (; p < end; p++)
		n += *p != ' ';
	return n;
}

/* '0F'H, or a single quote that stands for itself. */
static const uint8_t *
lex_radix(tl_smi_lexer *l, tl_smi_token *t)
{
	const uint8_t *p = t->at + 1;

	t->type = '\'';
	while (p < l->end && (*p == ' ' || (tl_smi_is(*p, TL_SMI_C_WORD) && *p != '-')))
		p++;
	if (l->end - p < 2 || p[0] != '\'')
		return t->at + 1;
	if (memchr("HhBb", p[1], 4) == NULL)
		return t->at + 1;
	t->type = TL_SMI_T_RADIX;
	if ((p[1] == 'H' || p[1] == 'h') && count_digits(t->at + 1, p) % 2 != 0)
		l->odd.any = l->odd.half_byte = true;
	return p + 2;
}

/* ::=, also := and :: = */
static const uint8_t *
lex_assign(tl_smi_lexer *l, tl_smi_token *t)
{
	const uint8_t *p = t->at + 1;

	if (l->end - p >= 2 && p[0] == ':' && p[1] == '=') {
		t->type = TL_SMI_T_ASSIGN;
		return p + 2;
	}
	while (p < l->end && p - t->at < 4 && (*p == ':' || *p == ' '))
		p++;
	if (p == l->end || *p != '=')
		return t->at + 1;
	t->type = TL_SMI_T_ASSIGN;
	l->odd.any = l->odd.assign = true;
	return p + 1;
}

static const uint8_t *
lex_sign(tl_smi_lexer *l, tl_smi_token *t)
{
	size_t left = (size_t)(l->end - t->at);

	t->type = *t->at;
	if (t->type == ':')
		return lex_assign(l, t);
	if (t->type == '.' && left >= 2 && t->at[1] == '.') {
		t->type = TL_SMI_T_RANGE;
		return t->at + 2;
	}
	if (t->type == '-' && left >= 2 && tl_smi_is(t->at[1], TL_SMI_C_DIGIT))
		return lex_number(l, t);
	return t->at + 1;
}

tl_smi_token
tl_smi_lex(tl_smi_lexer *l)
{
	tl_smi_token t = { .at = pass_blank(l, l->at) };
	const uint8_t *p = t.at;

	if (p >= l->end) {
		l->at = l->end;
		return t;
	}
	if (tl_smi_is(*p, TL_SMI_C_DIGIT))
		p = lex_number(l, &t);
	else if (tl_smi_is(*p, TL_SMI_C_START))
		p = lex_word(l, &t);
	else if (*p == '"')
		p = lex_string(l, &t);
	else if (*p == '\'')
		p = lex_radix(l, &t);
	else
		p = lex_sign(l, &t);
	t.len = (uint32_t)(p - t.at);
	l->at = p;
	return t;
}

tl_span
tl_smi_token_inside(tl_smi_token t)
{
	tl_span text = tl_smi_token_text(t);

	if (t.type != TL_SMI_T_STRING)
		return text;
	text.ptr++;
	text.len -= text.len > 1 && text.ptr[text.len - 2] == '"' ? 2 : 1;
	return text;
}

static bool
add_digit(int64_t *value, int base, uint8_t c)
{
	int digit = c >= '0' && c <= '9'   ? c - '0'
		    : c >= 'a' && c <= 'f' ? c - 'a' + 10
		    : c >= 'A' && c <= 'F' ? c - 'A' + 10
					   : 99;

	if (digit >= base || *value > (INT64_MAX - digit) / base)
		return false;
	*value = *value * base + digit;
	return true;
}

static bool
radix_value(tl_smi_token t, int64_t *out)
{
	int base = t.at[t.len - 1] == 'H' || t.at[t.len - 1] == 'h' ? 16 : 2;

	*out = 0;
	for (uint32_t i = 1; i + 2 < t.len; i++)
		if (t.at[i] != ' ' && !add_digit(out, base, t.at[i]))
			return false;
	return true;
}

bool
tl_smi_token_value(tl_smi_token t, int64_t *out)
{
	if (t.type == TL_SMI_T_RADIX)
		return radix_value(t, out);
	bool negative = t.type == TL_SMI_T_NUMBER && t.at[0] == '-';
	*out = 0;
	if (t.type != TL_SMI_T_NUMBER)
		return false;
	for (uint32_t i = negative; i < t.len; i++)
		if (!add_digit(out, 10, t.at[i]))
			return false;
	if (negative)
		*out = -*out;
	return true;
}
