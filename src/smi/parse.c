/* smi/parse.c: finds the modules of a source, each by its word DEFINITIONS, and has them
 * read. What is outside of modules is no part of them: mail headers, notes, licences. */
#include "smi/parser.h"

#include <string.h>

#include "smi/chars.h"

/* DEFINITIONS, and how far a letter that stands where its last one would allows to go on
 * looking for it: to where the letter is in the word. */
static const char heading[] = "DEFINITIONS";
static const uint8_t steps[32] = {
	/* by the letter's last five bits */
	['D' & 31] = 10,
	['E' & 31] = 9,
	['F' & 31] = 8,
	['I' & 31] = 3,
	['N' & 31] = 1,
	['O' & 31] = 2,
	['T' & 31] = 4,
};

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

/* The word that |t| ends in; NULL if it does not end in one. */
static const uint8_t *
last_word(const text_before *t)
{
	const uint8_t *word = t->end;

	while (word > t->from && tl_smi_is(word[-1], TL_SMI_C_WORD))
		word--;
	while (word < t->end && *word == '-')
		word++;
	return word < t->end ? word : NULL;
}

/* The last word in capitals that has a line for itself; NULL if there is none. */
static const uint8_t *
lone_word(text_before t)
{
	for (; t.end > t.from; trim(&t)) {
		const uint8_t *word = last_word(&t);
		const uint8_t *line = t.end;
		while (line > t.from && line[-1] != '\n' && line[-1] != '\r')
			line--;
		t.end = line;
		while (word != NULL && line < word && tl_smi_is(*line, TL_SMI_C_BLANK))
			line++;
		if (word == line && tl_smi_is(*word, TL_SMI_C_UPPER))
			return word;
	}
	return NULL;
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
	const uint8_t *name = last_word(&t);
	return name != NULL ? name : lone_word(t);
}

/* Whether the word at |at| stands alone and what belongs behind it follows: ::= or BEGIN,
 * or a word such as IMPLICIT. In other letters than capitals it needs the ::=. |ahead|
 * goes from one heading to the next: it knows where the next page break is, which else
 * would be looked for at each. */
static bool
is_heading(const tl_smi_parser *p, tl_smi_lexer *ahead, const uint8_t *at)
{
	if (at > p->source->text.ptr && tl_smi_is(at[-1], TL_SMI_C_WORD))
		return false;
	tl_smi_lexer_seek(ahead, at);
	tl_smi_token word = tl_smi_lex(ahead), t = tl_smi_lex(ahead);
	if (word.keyword != TL_SMI_K_DEFINITIONS)
		return t.type == TL_SMI_T_ASSIGN &&
		       tl_smi_is_alike(word, TL_SMI_K_DEFINITIONS);
	return t.type == TL_SMI_T_ASSIGN || t.type == '=' ||
	       t.keyword == TL_SMI_K_BEGIN || t.keyword == TL_SMI_K_IMPLICIT ||
	       t.keyword == TL_SMI_K_EXPLICIT;
}

static bool
is_same_word(const uint8_t *at, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((at[i] & ~0x20) != word[i])
			return false;
	return true;
}

/* The next DEFINITIONS, whatever the case of its letters; NULL if there is none. */
static const uint8_t *
find_heading(const uint8_t *at, const uint8_t *end)
{
	enum { LEN = sizeof heading - 1 };

	for (const uint8_t *last; end - at >= LEN;) {
		last = at + LEN - 1;
		if ((*last & ~0x20) != heading[LEN - 1]) {
			unsigned step = (*last & 0x40) != 0 ? steps[*last & 31] : 0;
			at += step != 0 ? step : LEN;
		} else if (is_same_word(at, heading, LEN)) {
			return at;
		} else {
			at += LEN;
		}
	}
	return NULL;
}

typedef struct module_place {
	const uint8_t *name, *heading;
} module_place;

/* The next module whose heading is at |at| or behind, and its name behind |from|; the
 * name is NULL if there is none. */
static module_place
find_module(const tl_smi_parser *p, const uint8_t *from, const uint8_t *at)
{
	const uint8_t *end = p->lex.end;
	tl_smi_lexer ahead = p->lex;

	while ((at = find_heading(at, end)) != NULL) {
		const uint8_t *name =
		    is_heading(p, &ahead, at) ? name_before(from, at) : NULL;
		if (name != NULL)
			return (module_place){ name, at };
		at += sizeof heading - 1;
	}
	return (module_place){ NULL, end };
}

/* Tells of text between modules. */
static void
pass_outside(tl_smi_parser *p, const uint8_t *from, const uint8_t *to)
{
	tl_smi_lexer l = p->lex;

	tl_smi_lexer_seek(&l, from);
	tl_smi_token t = tl_smi_lex(&l);
	if (t.at < to)
		tl_smi_tell(p, TL_MIB_P_OUTSIDE, t, NULL);
}

static void
read_modules(tl_smi_parser *p)
{
	const uint8_t *at = p->source->text.ptr;
	module_place next = find_module(p, at, at);

	if (next.name == NULL) {
		tl_smi_tell(p, TL_MIB_P_NO_MODULE, (tl_smi_token){ .at = at }, NULL);
		return;
	}
	while (next.name != NULL && !p->no_memory) {
		pass_outside(p, at, next.name);
		p->told = next.name;
		tl_smi_go_to(p, next.name);
		tl_smi_read_module(p, next.heading);
		at = p->tok.at;
		next = find_module(p, next.heading + sizeof heading - 1, at);
	}
	pass_outside(p, at, p->lex.end);
}

tl_err
tl_smi_parse(
    tl_smi_tree *tree, const tl_smi_source *source, const tl_smi_reports *reports)
{
	static const uint8_t nothing;
	tl_smi_source s = *source;

	while (s.text.len > 0 && s.text.ptr[s.text.len - 1] == 0) /* padding */
		s.text.len--;
	if (s.text.len == 0)
		s.text.ptr = &nothing;
	tl_smi_parser p = { .tree = tree,
		.source = &s,
		.reports = reports,
		.tok.at = s.text.ptr,
		.told = s.text.ptr,
		.counted = s.text.ptr,
		.line = 1 };
	tl_smi_keywords_init(&p.keywords);
	tl_smi_lexer_init(&p.lex, s.text, &p.keywords);
	read_modules(&p);
	return p.no_memory ? TL_ENOMEM : TL_OK;
}
