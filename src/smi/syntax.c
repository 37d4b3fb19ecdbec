/* smi/syntax.c: the syntax of an object or of a type: the type's name, and of what is in
 * braces or parentheses behind it the labels and the size. */
#include "smi/parser.h"

#include "base/hash.h"
#include "smi/chars.h"

enum { TAGS_MAX = 8 }; /* of one syntax */

/* [APPLICATION 0] IMPLICIT */
static void
pass_tags(tl_smi_parser *p)
{
	for (int i = 0; i < TAGS_MAX && p->tok.type == '['; i++) {
		if (!tl_smi_skip_group(p))
			return;
		if (!tl_smi_take_keyword(p, TL_SMI_K_IMPLICIT))
			(void)tl_smi_take_keyword(p, TL_SMI_K_EXPLICIT);
	}
}

/* A type of two words is one name. */
static tl_smi_name
take_pair(tl_smi_parser *p, tl_smi_keyword second, const char *expected, tl_span both)
{
	tl_smi_next(p);
	if (!tl_smi_take_keyword(p, second))
		tl_smi_assumed(p, expected);
	return tl_smi_intern(p, both);
}

#define PAIR(p, second, word, both)                                                      \
	take_pair(p, second, word, (tl_span){ (const uint8_t *)(both), sizeof(both) - 1 })

/* SEQUENCE OF Entry, or SEQUENCE { ... }: what it holds says nothing that the objects do
 * not. */
static tl_smi_name
read_sequence(tl_smi_parser *p)
{
	tl_smi_next(p);
	if (!tl_smi_take_keyword(p, TL_SMI_K_OF))
		return tl_smi_intern(p, tl_smi_keyword_text(TL_SMI_K_SEQUENCE));
	bool two = p->tok.keyword == TL_SMI_K_OCTET || p->tok.keyword == TL_SMI_K_OBJECT;
	if (p->tok.type == TL_SMI_T_WORD)
		tl_smi_next(p);
	else
		tl_smi_expected(p, "the name of a type");
	if (two && p->tok.type == TL_SMI_T_WORD && !tl_smi_is_clause(p->tok.keyword))
		tl_smi_next(p);
	return tl_smi_intern(p, (tl_span){ (const uint8_t *)"SEQUENCE OF", 11 });
}

/* A type's name; of Module.Type the second. */
static tl_smi_name
read_type_name(tl_smi_parser *p)
{
	tl_smi_token name = p->tok;

	tl_smi_next(p);
	if (tl_smi_take(p, '.') && p->tok.type == TL_SMI_T_WORD) {
		name = p->tok;
		tl_smi_next(p);
	}
	return tl_smi_intern(p, tl_smi_token_text(name));
}

static tl_smi_name
read_type(tl_smi_parser *p)
{
	switch (p->tok.keyword) {
	case TL_SMI_K_OCTET:
		return PAIR(p, TL_SMI_K_STRING, "STRING", "OCTET STRING");
	case TL_SMI_K_OBJECT:
		return PAIR(p, TL_SMI_K_IDENTIFIER, "IDENTIFIER", "OBJECT IDENTIFIER");
	case TL_SMI_K_BIT:
		return PAIR(p, TL_SMI_K_STRING, "STRING", "BIT STRING");
	case TL_SMI_K_SEQUENCE:
		return read_sequence(p);
	case TL_SMI_K_INTEGER:
	case TL_SMI_K_BITS:
	case TL_SMI_K_CHOICE:
	case TL_SMI_K_NONE:
		return read_type_name(p);
	default:
		tl_smi_expected(p, "the name of a type");
		return 0;
	}
}

/* Whether what stands in braces are labels, "{ up(1)", and no members, "{ a INTEGER". */
static bool
has_labels(const tl_smi_parser *p)
{
	tl_smi_lexer ahead = p->lex;

	if (tl_smi_lex(&ahead).type == '}')
		return true;
	tl_smi_token t = tl_smi_lex(&ahead);
	return t.type != TL_SMI_T_WORD || t.keyword == TL_SMI_K_NONE;
}

static bool
is_same(const tl_smi_syntax *a, const tl_smi_syntax *b)
{
	return a->type == b->type && a->hint == b->hint && a->label_count == 0 &&
	       b->label_count == 0 && a->size_min == b->size_min &&
	       a->size_max == b->size_max;
}

/* The number of a syntax: most are said again and again. */
static uint32_t
keep_syntax(tl_smi_parser *p, const tl_smi_syntax *s)
{
	tl_smi_tree *tree = p->tree;
	uint64_t hash = tl_hash_mix((uint64_t)s->type << 32 | s->size_max,
	    ((uint64_t)s->hint << 32 | s->size_min) ^ 0x9e3779b97f4a7c15u);
	uint32_t *known = &tree->known[hash % TL_SMI_KNOWN];

	if (*known > 0 && *known <= tree->syntaxes.count &&
	    is_same(s, TL_VEC_AT(&tree->syntaxes, tl_smi_syntax, *known - 1)))
		return *known - 1;
	tl_smi_syntax *added = tl_smi_add(p, &tree->syntaxes, sizeof *added, 1);
	if (added == NULL)
		return TL_SMI_NONE;
	*added = *s;
	if (s->label_count == 0)
		*known = tree->syntaxes.count;
	return tree->syntaxes.count - 1;
}

uint32_t
tl_smi_read_syntax(tl_smi_parser *p)
{
	tl_smi_syntax s = { .size_max = UINT32_MAX };

	pass_tags(p);
	if (p->tok.type != TL_SMI_T_WORD) {
		tl_smi_expected(p, "the name of a type");
		return TL_SMI_NONE;
	}
	bool members =
	    p->tok.keyword == TL_SMI_K_SEQUENCE || p->tok.keyword == TL_SMI_K_CHOICE;
	s.type = read_type(p);
	if (s.type == 0)
		return TL_SMI_NONE;
	if (p->tok.type == '{' && (members || !has_labels(p)))
		(void)tl_smi_skip_group(p);
	else if (p->tok.type == '{')
		tl_smi_read_labels(p, &s);
	if (p->tok.type == '(')
		tl_smi_read_range(p, &s);
	s.hint = p->hint;
	return keep_syntax(p, &s);
}
