/* smi/parser.c: what all parts of the reader do: go from token to token, keep names, and
 * tell of problems. */
#include "smi/parser.h"

#include <string.h>

static const uint32_t line_max = 0xffffff; /* as a tl_smi_place holds */

/* Goes to |at|, forward or back, counting lines. */
static uint32_t
line_of(tl_smi_parser *p, const uint8_t *at)
{
	if (at >= p->counted)
		p->line += tl_smi_count_byte(p->counted, at, p->lex.newline);
	else
		p->line -= tl_smi_count_byte(at, p->counted, p->lex.newline);
	p->counted = at;
	return p->line < line_max ? p->line : line_max;
}

static uint32_t
column_of(const tl_smi_parser *p, const uint8_t *at)
{
	uint32_t column = 1;

	for (; column < 255 && at > p->source->text.ptr && at[-1] != p->lex.newline; at--)
		column++;
	return column;
}

tl_smi_place
tl_smi_place_at(tl_smi_parser *p, const uint8_t *at)
{
	return tl_smi_place_of(line_of(p, at), column_of(p, at));
}

/* Problems in front of the first module belong to none. */
static void
count_error(tl_smi_parser *p, tl_mib_problem_kind kind)
{
	if (tl_mib_problem_grade(kind) == TL_MIB_ERROR) {
		p->now.errors++;
		p->def.flags |= TL_SMI_DAMAGED;
	}
}

void
tl_smi_tell(
    tl_smi_parser *p, tl_mib_problem_kind kind, tl_smi_token t, const char *expected)
{
	tl_smi_place place = tl_smi_place_at(p, t.at);
	tl_mib_problem problem = { .kind = kind,
		.file = p->source->name,
		.line = place >> 8,
		.column = place & 255,
		.module = p->module,
		.name = p->name.len > 0 ? p->name : p->module,
		.found = tl_smi_token_text(t) };

	if (expected != NULL)
		problem.expected =
		    (tl_span){ (const uint8_t *)expected, strlen(expected) };
	count_error(p, kind);
	tl_smi_report(p->reports, &problem);
}

void
tl_smi_expected(tl_smi_parser *p, const char *expected)
{
	if (p->complain == p->tok.at)
		return;
	p->complain = p->tok.at;
	tl_smi_tell(p, TL_MIB_P_EXPECTED, p->tok, expected);
}

void
tl_smi_assumed(tl_smi_parser *p, const char *expected)
{
	tl_smi_tell(p, TL_MIB_P_ASSUMED, p->tok, expected);
}

static tl_smi_token
piece(const uint8_t *at, uint32_t len)
{
	return (tl_smi_token){ .at = at, .len = len };
}

static void
tell_odd_token(tl_smi_parser *p, const tl_smi_oddity *odd)
{
	if (odd->open_string)
		tl_smi_tell(p, TL_MIB_P_OPEN_STRING, p->tok, NULL);
	if (odd->half_byte)
		tl_smi_tell(p, TL_MIB_P_ODD_HEX, p->tok, NULL);
	if (odd->assign)
		tl_smi_assumed(p, "::=");
	if (odd->glued != NULL)
		tl_smi_tell(
		    p, TL_MIB_P_ASSUMED, piece(odd->glued, odd->glued_len), "a blank");
}

/* Whether stray bytes only separate: no-break spaces of Latin-1 or UTF-8, or a comment of
 * the language C. */
static bool
is_blank(tl_smi_token stray)
{
	if (stray.len >= 2 && stray.at[0] == '/' &&
	    (stray.at[1] == '*' || stray.at[1] == '/'))
		return true;
	for (uint32_t i = 0; i < stray.len; i++)
		if (stray.at[i] != 0xa0 && stray.at[i] != 0xc2)
			return false;
	return true;
}

static void
tell_stray(tl_smi_parser *p, tl_smi_token stray)
{
	if (!is_blank(stray))
		p->stray = stray;
	if (stray.at >= p->told)
		tl_smi_tell(p, TL_MIB_P_STRAY_BYTE, stray, NULL);
}

static void
tell_page(tl_smi_parser *p, tl_smi_token page)
{
	if (page.at >= p->told)
		tl_smi_tell(p, TL_MIB_P_PAGE_BREAK, page, NULL);
}

/* Tells what was passed over on the way to the current token, once. */
static void
tell_oddities(tl_smi_parser *p)
{
	tl_smi_oddity odd = p->lex.odd;

	p->lex.odd = (tl_smi_oddity){ 0 };
	bool later = odd.page != NULL && odd.page > odd.stray;
	if (odd.page != NULL && !later)
		tell_page(p, piece(odd.page, odd.page_len));
	if (odd.stray != NULL)
		tell_stray(p, piece(odd.stray, odd.stray_len));
	if (later)
		tell_page(p, piece(odd.page, odd.page_len));
	if (p->tok.at >= p->told)
		tell_odd_token(p, &odd);
	if (p->told < p->lex.at)
		p->told = p->lex.at;
}

void
tl_smi_next(tl_smi_parser *p)
{
	p->passed = p->tok.at + p->tok.len;
	p->tok = tl_smi_lex(&p->lex);
	if (p->lex.odd.any)
		tell_oddities(p);
}

void
tl_smi_go_to(tl_smi_parser *p, const uint8_t *at)
{
	tl_smi_lexer_seek(&p->lex, at);
	tl_smi_next(p);
}

tl_smi_token
tl_smi_peek(const tl_smi_parser *p)
{
	tl_smi_lexer ahead = p->lex;

	return tl_smi_lex(&ahead);
}

bool
tl_smi_take(tl_smi_parser *p, int type)
{
	if (p->tok.type != type)
		return false;
	tl_smi_next(p);
	return true;
}

bool
tl_smi_take_keyword(tl_smi_parser *p, tl_smi_keyword keyword)
{
	if (p->tok.keyword != keyword)
		return false;
	tl_smi_next(p);
	return true;
}

tl_smi_name
tl_smi_intern(tl_smi_parser *p, tl_span text)
{
	tl_smi_name name = tl_smi_names_put(p->tree->names, text);

	if (name == 0 && text.len > 0)
		p->no_memory = true;
	return name;
}

void *
tl_smi_add(tl_smi_parser *p, tl_vec *v, size_t size, size_t n)
{
	void *items = tl_vec_grow(v, size, n);

	if (items == NULL)
		p->no_memory = true;
	return items;
}
