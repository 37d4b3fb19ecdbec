/* smi/source.c: a definition found again in the text of its source. Called by programs
 * that show it; so nothing of the texts has to be kept. */
#include <string.h>

#include "smi/parser.h"

typedef struct source_search {
	tl_smi_parser parser;
	tl_smi_source source;
	tl_smi_reports reports;
	uint32_t counts[TL_MIB_PROBLEM_COUNT]; /* of no use */
} source_search;

static void
search_init(source_search *s, tl_span text)
{
	*s = (source_search){ .source.text = text, .reports.counts = s->counts };
	s->parser = (tl_smi_parser){ .source = &s->source,
		.reports = &s->reports,
		.tok.at = text.ptr,
		.told = text.ptr,
		.counted = text.ptr,
		.line = 1 };
	tl_smi_keywords_init(&s->parser.keywords);
	tl_smi_lexer_init(&s->parser.lex, text, &s->parser.keywords);
}

/* Where the line begins; NULL behind the last one. */
static const uint8_t *
find_line(const tl_smi_lexer *l, uint32_t line)
{
	const uint8_t *at = l->at;

	for (uint32_t i = 1; i < line && at != NULL; i++) {
		at = memchr(at, l->newline, (size_t)(l->end - at));
		if (at != NULL)
			at++;
	}
	return at;
}

/* Goes to |name| in the line that begins at |at|. */
static bool
go_to_name(tl_smi_parser *p, const uint8_t *at, tl_span name)
{
	const uint8_t *end = memchr(at, p->lex.newline, (size_t)(p->lex.end - at));

	for (tl_smi_go_to(p, at); p->tok.type != TL_SMI_T_END; tl_smi_next(p)) {
		if (end != NULL && p->tok.at > end)
			return false;
		if (p->tok.type == TL_SMI_T_WORD && p->tok.len == name.len &&
		    memcmp(p->tok.at, name.ptr, name.len) == 0 && tl_smi_at_boundary(p))
			return true;
	}
	return false;
}

tl_err
tl_mib_source_definition(
    tl_span text, uint32_t line, tl_span name, tl_span *whole, tl_span *description)
{
	source_search s;
	bool described = false;

	*whole = *description = (tl_span){ 0 };
	if (text.len == 0 || name.len == 0)
		return TL_ENOTFOUND;
	search_init(&s, text);
	tl_smi_parser *p = &s.parser;
	const uint8_t *at = find_line(&p->lex, line);
	if (at == NULL || !go_to_name(p, at, name))
		return TL_ENOTFOUND;
	*whole = tl_smi_token_text(p->tok);
	do {
		tl_smi_keyword before = p->tok.keyword;
		whole->len = (size_t)(p->tok.at + p->tok.len - whole->ptr);
		tl_smi_next(p);
		if (before == TL_SMI_K_DESCRIPTION && !described &&
		    p->tok.type == TL_SMI_T_STRING) {
			*description = tl_smi_token_inside(p->tok);
			described = true;
		}
	} while (!tl_smi_at_boundary(p));
	return TL_OK;
}
