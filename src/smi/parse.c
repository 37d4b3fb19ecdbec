/* smi/parse.c: finds the modules of a source, each by its word DEFINITIONS, and has them
 * read. What is outside of modules is no part of them: mail headers, notes, licences. */
#include "smi/parser.h"

#include <string.h>

#include "smi/chars.h"

static const char heading[] = "DEFINITIONS";

enum { BACK_MAX_BYTES = 4096 }; /* from DEFINITIONS back to the module's name */

/* The text in front of DEFINITIONS, as far as it may belong to it. */
typedef struct text_before {
	const uint8_t *from, *end;
} text_before;

/* Whether |at| is in a comment; then where that begins. */
static const uint8_t *
comment_before(const uint8_t *from, const uint8_t *at)
{
	const uint8_t *line = at, *found = NULL;

	while (line > from && line[-1] != '\n' && line[-1] != '\r')
		line--;
	for (const uint8_t *p = line; found == NULL && p + 1 < at; p++)
		if (p[0] == '-' && p[1] == '-')
			found = p;
	return found;
}

/* Leaves out blanks and comments at the end. */
static void
trim(text_before *t)
{
	for (;;) {
		const uint8_t *comment;
		while (t->end > t->from && tl_smi_is(t->end[-1], TL_SMI_C_BLANK))
			t->end--;
		comment = comment_before(t->from, t->end);
		if (comment == NULL)
			return;
		t->end = comment;
	}
}

/* Leaves out { iso org(3) } at the end. */
static void
trim_oid(text_before *t)
{
	if (t->end == t->from || t->end[-1] != '}')
		return;
	while (t->end > t->from && t->end[-1] != '{')
		t->end--;
	if (t->end > t->from)
		t->end--;
	trim(t);
}

/* The module's name in front of DEFINITIONS at |at|; NULL if there is none. */
static const uint8_t *
name_before(const uint8_t *from, const uint8_t *at)
{
	text_before t = { at - from > BACK_MAX_BYTES ? at - BACK_MAX_BYTES : from, at };

	if (comment_before(t.from, at) != NULL)
		return NULL;
	trim(&t);
	trim_oid(&t);
	const uint8_t *name = t.end;
	while (name > t.from && tl_smi_is(name[-1], TL_SMI_C_WORD))
		name--;
	while (name < t.end && *name == '-')
		name++;
	return name < t.end ? name : NULL;
}

/* Whether the word at |at| stands alone and what belongs behind it follows: ::= or BEGIN,
 * or a word such as IMPLICIT. */
static bool
is_heading(const tl_smi_parser *p, const uint8_t *at)
{
	tl_smi_lexer ahead = p->lex;

	if (at > p->source->text.ptr && tl_smi_is(at[-1], TL_SMI_C_WORD))
		return false;
	tl_smi_lexer_seek(&ahead, at);
	if (tl_smi_lex(&ahead).keyword != TL_SMI_K_DEFINITIONS)
		return false;
	tl_smi_token t = tl_smi_lex(&ahead);
	return t.type == TL_SMI_T_ASSIGN || t.keyword == TL_SMI_K_BEGIN ||
	       t.keyword == TL_SMI_K_IMPLICIT || t.keyword == TL_SMI_K_EXPLICIT;
}

/* The name of the next module from |at| on; NULL if there is none. */
static const uint8_t *
find_module(const tl_smi_parser *p, const uint8_t *at)
{
	const uint8_t *from = at, *end = p->lex.end;

	while (
	    (at = memmem(at, (size_t)(end - at), heading, sizeof heading - 1)) != NULL) {
		const uint8_t *name = is_heading(p, at) ? name_before(from, at) : NULL;
		if (name != NULL)
			return name;
		at += sizeof heading - 1;
	}
	return NULL;
}

static tl_smi_token
nothing_at(const uint8_t *at)
{
	return (tl_smi_token){ .at = at };
}

static void
read_modules(tl_smi_parser *p)
{
	const uint8_t *at = p->source->text.ptr;
	bool any = false;

	while (!p->no_memory && (at = find_module(p, at)) != NULL) {
		any = true;
		p->told = at;
		tl_smi_go_to(p, at);
		tl_smi_read_module(p);
		at = p->tok.at;
	}
	if (!any)
		tl_smi_tell(p, TL_MIB_P_NO_MODULE, nothing_at(p->source->text.ptr), NULL);
}

tl_err
tl_smi_parse(
    tl_smi_tree *tree, const tl_smi_source *source, const tl_smi_reports *reports)
{
	static const uint8_t nothing;
	tl_smi_source s = *source;

	if (s.text.len == 0)
		s.text.ptr = &nothing;
	tl_smi_parser p = { .tree = tree,
		.source = &s,
		.reports = reports,
		.told = s.text.ptr,
		.counted = s.text.ptr,
		.line = 1 };
	tl_smi_keywords_init(&p.keywords);
	tl_smi_lexer_init(&p.lex, s.text, &p.keywords);
	read_modules(&p);
	return p.no_memory ? TL_ENOMEM : TL_OK;
}
