/* smi/lines.c: page breaks and runaway strings. Called by the lexer, rarely: a page break
 * is looked for by its bracket, a runaway by the word before the quote that ends it. */
#include "smi/lines.h"

#include <string.h>

#include "smi/chars.h"

enum { LINE_MAX_BYTES = 200 }; /* of a page's header and footer */

static bool
is_newline(uint8_t c)
{
	return c == '\n' || c == '\r';
}

static const uint8_t *
skip_blank(const uint8_t *p, const uint8_t *end)
{
	while (p < end && tl_smi_is(*p, TL_SMI_C_BLANK))
		p++;
	return p;
}

static const uint8_t *
skip_spaces(const uint8_t *p, const uint8_t *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

static const uint8_t *
skip_word(const uint8_t *p, const uint8_t *end)
{
	while (p < end && tl_smi_is(*p, TL_SMI_C_WORD))
		p++;
	return p;
}

static bool
at_line_end(const uint8_t *p, const uint8_t *end)
{
	p = skip_spaces(p, end);
	return p == end || is_newline(*p) || (*p == '-' && p + 1 < end && p[1] == '-');
}

/* Where the line of |p| ends; NULL if that is further than a heading is long. */
static const uint8_t *
short_line_end(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *stop = end - p > LINE_MAX_BYTES ? p + LINE_MAX_BYTES : end;

	while (p < stop && !is_newline(*p))
		p++;
	return p == end || is_newline(*p) ? p : NULL;
}

/* Whether a line could be the header or the footer of a page. */
static bool
is_plain(const uint8_t *from, const uint8_t *to)
{
	for (const uint8_t *p = from; p < to; p++)
		if (memchr("\"{}=;", *p, 5) != NULL ||
		    (*p == '-' && to - p > 1 && p[1] == '-'))
			return false;
	return true;
}

/* Whether a line is the heading of a page: it begins in the first column and ends in a
 * year, "RFC 1213        MIB-II        March 1991". */
static bool
is_heading(const uint8_t *from, const uint8_t *to)
{
	while (to > from && tl_smi_is(to[-1], TL_SMI_C_BLANK))
		to--;
	if (to - from < 16 || !tl_smi_is(*from, TL_SMI_C_START) || !is_plain(from, to))
		return false;
	return (memcmp(to - 5, " 19", 3) == 0 || memcmp(to - 5, " 20", 3) == 0) &&
	       tl_smi_is(to[-2], TL_SMI_C_DIGIT) && tl_smi_is(to[-1], TL_SMI_C_DIGIT);
}

/* What stands behind the heading of the next page, if one follows; else |p|. */
static const uint8_t *
pass_heading(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *line = skip_blank(p, end), *stop = short_line_end(line, end);

	if (line == p || !(is_newline(line[-1]) || line[-1] == '\f'))
		return p;
	return stop != NULL && is_heading(line, stop) ? stop : p;
}

/* Whether "[Page 12]" and the end of the line stand at |p|; then its end. */
static const uint8_t *
page_number_end(const uint8_t *p, const uint8_t *end)
{
	if (end - p < 8 || (memcmp(p, "[Page ", 6) != 0 && memcmp(p, "[page ", 6) != 0))
		return NULL;
	p = skip_spaces(skip_word(skip_spaces(p + 6, end), end), end);
	if (p == end || *p != ']')
		return NULL;
	p = skip_spaces(p + 1, end);
	return p == end || is_newline(*p) ? p : NULL;
}

static const uint8_t *
short_line_start(const uint8_t *p, const uint8_t *begin)
{
	const uint8_t *stop = p - begin > LINE_MAX_BYTES ? p - LINE_MAX_BYTES : begin;

	while (p > stop && !is_newline(p[-1]))
		p--;
	return p == begin || is_newline(p[-1]) ? p : NULL;
}

tl_span
tl_smi_find_page(const uint8_t *from, const uint8_t *end)
{
	const uint8_t *p = from;

	while (p < end && (p = memchr(p, '[', (size_t)(end - p))) != NULL) {
		const uint8_t *stop = page_number_end(p, end);
		const uint8_t *start = stop != NULL ? short_line_start(p, from) : NULL;
		if (start != NULL && is_plain(start, p)) {
			stop = pass_heading(stop, end);
			return (tl_span){ start, (size_t)(stop - start) };
		}
		p++;
	}
	return (tl_span){ end, 0 };
}

/* The keyword that a word at |p| is; |*next| is behind it. */
static tl_smi_keyword
keyword_at(
    const tl_smi_keywords *k, const uint8_t *p, const uint8_t *end, const uint8_t **next)
{
	*next = skip_word(p, end);
	return tl_smi_keyword_of(k, (tl_span){ p, (size_t)(*next - p) });
}

/* What must follow a word at the start of a line to tell a clause from prose. */
static char
follower(tl_smi_keyword keyword)
{
	static const char what[TL_SMI_K_COUNT] = {
		[TL_SMI_K_ACCESS] = 'w',
		[TL_SMI_K_MAX_ACCESS] = 'w',
		[TL_SMI_K_MIN_ACCESS] = 'w',
		[TL_SMI_K_STATUS] = 'w',
		[TL_SMI_K_ENTERPRISE] = 'w',
		[TL_SMI_K_SYNTAX] = 'T',
		[TL_SMI_K_AUGMENTS] = '{',
		[TL_SMI_K_DEFVAL] = '{',
		[TL_SMI_K_INDEX] = '{',
		[TL_SMI_K_NOTIFICATIONS] = '{',
		[TL_SMI_K_OBJECTS] = '{',
		[TL_SMI_K_VARIABLES] = '{',
		[TL_SMI_K_CONTACT_INFO] = '"',
		[TL_SMI_K_DESCRIPTION] = '"',
		[TL_SMI_K_DISPLAY_HINT] = '"',
		[TL_SMI_K_LAST_UPDATED] = '"',
		[TL_SMI_K_ORGANIZATION] = '"',
		[TL_SMI_K_PRODUCT_RELEASE] = '"',
		[TL_SMI_K_REFERENCE] = '"',
		[TL_SMI_K_REVISION] = '"',
		[TL_SMI_K_UNITS] = '"',
	};

	return what[keyword];
}

/* Whether the quote at |quote| looks like the beginning of a string: it stands behind a
 * word such as DESCRIPTION. */
static bool
opens_string(const tl_smi_keywords *k, const uint8_t *from, const uint8_t *quote)
{
	const uint8_t *end = quote, *word, *next;

	while (end > from && tl_smi_is(end[-1], TL_SMI_C_BLANK))
		end--;
	bool brace = end > from && end[-1] == '{';
	if (brace)
		for (end--; end > from && tl_smi_is(end[-1], TL_SMI_C_BLANK);)
			end--;
	if (end == from || !tl_smi_is(end[-1], TL_SMI_C_UPPER))
		return false;
	for (word = end; word > from && tl_smi_is(word[-1], TL_SMI_C_WORD);)
		word--;
	tl_smi_keyword keyword = keyword_at(k, word, end, &next);
	return brace ? keyword == TL_SMI_K_DEFVAL : follower(keyword) == '"';
}

static bool
is_clause(const uint8_t *p, const uint8_t *to, char wanted)
{
	const uint8_t *value = skip_blank(p, to);

	switch (wanted) {
	case '"':
		return value == to || *value == '"';
	case '{':
		return value < to && *value == '{';
	case 'T':
		return value < to && tl_smi_is(*value, TL_SMI_C_UPPER);
	case 'w':
		return value < to && tl_smi_is(*value, TL_SMI_C_START) &&
		       !tl_smi_is(*value, TL_SMI_C_UPPER) &&
		       at_line_end(skip_word(value, to), to);
	default:
		return false;
	}
}

/* Whether a name is followed by what makes it a definition. */
static bool
is_definition(const tl_smi_keywords *k, const uint8_t *p, const uint8_t *to)
{
	const uint8_t *next;
	tl_smi_keyword keyword = keyword_at(k, p, to, &next);

	if (tl_smi_is_macro(keyword)) {
		const uint8_t *word = skip_blank(next, to);
		return at_line_end(next, to) ||
		       follower(keyword_at(k, word, to, &next)) != 0;
	}
	if (keyword != TL_SMI_K_OBJECT)
		return false;
	keyword = keyword_at(k, skip_spaces(next, to), to, &next);
	p = skip_blank(next, to);
	return keyword == TL_SMI_K_IDENTIFIER && to - p > 3 && memcmp(p, "::=", 3) == 0;
}

enum { PROSE, CLAUSE, DEFINITION }; /* what a line may be: a guess; for sure */

/* What the line that begins at |p| is part of. */
static int
line_kind(const tl_smi_keywords *k, const uint8_t *p, const uint8_t *to)
{
	const uint8_t *next;

	if (to - p > 3 && memcmp(p, "::=", 3) == 0)
		return DEFINITION;
	if (p == to || !tl_smi_is(*p, TL_SMI_C_START))
		return PROSE;
	tl_smi_keyword keyword = keyword_at(k, p, to, &next);
	if (keyword == TL_SMI_K_END)
		return at_line_end(next, to) ? CLAUSE : PROSE;
	if (keyword != TL_SMI_K_NONE)
		return is_clause(next, to, follower(keyword)) ? CLAUSE : PROSE;
	const uint8_t *second = skip_spaces(next, to);
	bool sure = second > next && second < to && tl_smi_is(*second, TL_SMI_C_UPPER) &&
		    is_definition(k, second, to);
	return sure ? DEFINITION : PROSE;
}

/* Where the first line of a string's inside is that is no prose; |*sure| tells that some
 * line is part of a definition for sure. NULL: there is none. */
static const uint8_t *
find_code(const tl_smi_keywords *k, const uint8_t *from, const uint8_t *to, bool *sure)
{
	const uint8_t *lf = NULL, *found = NULL;

	*sure = false;
	const uint8_t *first = skip_spaces(from, to);
	if (to - first > 3 && memcmp(first, "::=", 3) == 0) {
		*sure = true;
		return from;
	}
	for (const uint8_t *p = from; p < to && !*sure; p++) {
		if (lf == NULL || lf < p) {
			lf = memchr(p, '\n', (size_t)(to - p));
			lf = lf != NULL ? lf : to;
		}
		const uint8_t *cr = memchr(p, '\r', (size_t)(lf - p));
		p = cr != NULL ? cr : lf;
		if (p == to)
			return found;
		int kind = line_kind(k, skip_spaces(p + 1, to), to);
		if (kind != PROSE && found == NULL)
			found = p + 1;
		*sure = kind == DEFINITION;
	}
	return found;
}

const uint8_t *
tl_smi_runaway(const tl_smi_keywords *k, const uint8_t *from, const uint8_t *quote,
    const uint8_t *end)
{
	bool sure;

	if (quote == NULL)
		return find_code(k, from, end, &sure);
	if (!opens_string(k, from, quote))
		return NULL;
	const uint8_t *code = find_code(k, from, quote, &sure);
	if (!sure && line_kind(k, skip_blank(quote + 1, end), end) != PROSE)
		return NULL;
	return code;
}
