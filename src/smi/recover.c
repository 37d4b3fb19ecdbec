/* smi/recover.c: skipping to where reading can go on. A definition shows by what stands
 * behind its name; so the last few tokens are kept, and when a word such as OBJECT-TYPE
 * or the sign ::= comes by, reading goes back to the name. */
#include "smi/parser.h"

#include "smi/chars.h"

enum { BEHIND = 3 }; /* "name OBJECT IDENTIFIER ::=" */

typedef struct token_trail {
	const uint8_t *at[BEHIND]; /* the latest last; NULL: none yet */
} token_trail;

static void
trail_add(token_trail *trail, const uint8_t *at)
{
	for (int i = 0; i + 1 < BEHIND; i++)
		trail->at[i] = trail->at[i + 1];
	trail->at[BEHIND - 1] = at;
}

/* The name of a type should begin with a capital letter, and what follows a value's name
 * and ::= can be no type: "current ::= { a 1 }". */
static bool
is_type_assignment(const tl_smi_parser *p, tl_smi_lexer *ahead)
{
	tl_smi_token t = tl_smi_lex(ahead);

	if (!tl_smi_is(p->tok.at[0], TL_SMI_C_UPPER))
		return t.keyword == TL_SMI_K_SEQUENCE || t.keyword == TL_SMI_K_CHOICE ||
		       t.keyword == TL_SMI_K_TEXTUAL_CONVENTION;
	return t.type == '[' ||
	       (t.type == TL_SMI_T_WORD && tl_smi_is(t.at[0], TL_SMI_C_UPPER));
}

/* Behind OBJECT, which any word may follow, as it is misspelt at times. */
static bool
is_oid_assignment(tl_smi_lexer *ahead)
{
	tl_smi_token t = tl_smi_lex(ahead);

	if (t.type == TL_SMI_T_WORD)
		t = tl_smi_lex(ahead);
	return t.type == TL_SMI_T_ASSIGN;
}

/* A word in other letters than capitals counts where a clause follows. */
static bool
is_macro_alike(tl_smi_token t, tl_smi_lexer *ahead)
{
	if (t.type != TL_SMI_T_WORD || t.keyword != TL_SMI_K_NONE)
		return false;
	tl_smi_keyword keyword = tl_smi_keyword_alike(tl_smi_token_text(t));
	if (keyword == TL_SMI_K_OBJECT)
		return is_oid_assignment(ahead);
	if (!tl_smi_is_macro(keyword))
		return false;
	tl_span next = tl_smi_token_text(tl_smi_lex(ahead));
	return tl_smi_is_clause(tl_smi_keyword_alike(next));
}

static bool
starts_definition(const tl_smi_parser *p)
{
	tl_smi_lexer ahead = p->lex;
	tl_smi_token t = tl_smi_lex(&ahead);

	if (t.keyword == TL_SMI_K_MACRO || t.keyword == TL_SMI_K_DEFINITIONS)
		return true;
	if (p->tok.keyword != TL_SMI_K_NONE)
		return false;
	if (tl_smi_is_macro(t.keyword))
		return true;
	if (t.keyword == TL_SMI_K_OBJECT)
		return is_oid_assignment(&ahead);
	if (t.keyword == TL_SMI_K_OBJECT_IDENTIFIER)
		return tl_smi_lex(&ahead).type == TL_SMI_T_ASSIGN;
	if (t.type == TL_SMI_T_ASSIGN)
		return is_type_assignment(p, &ahead);
	return is_macro_alike(t, &ahead);
}

bool
tl_smi_at_boundary(const tl_smi_parser *p)
{
	if (p->tok.type == TL_SMI_T_END || p->tok.keyword == TL_SMI_K_END ||
	    p->tok.keyword == TL_SMI_K_DEFINITIONS)
		return true;
	return p->tok.type == TL_SMI_T_WORD && starts_definition(p);
}

/* Whether a boundary may be at the current token or a few before it. */
static bool
is_sign_of_boundary(tl_smi_token t)
{
	return t.type == TL_SMI_T_END || t.type == TL_SMI_T_ASSIGN ||
	       tl_smi_is_macro(t.keyword) || t.keyword == TL_SMI_K_MACRO ||
	       t.keyword == TL_SMI_K_END || t.keyword == TL_SMI_K_DEFINITIONS;
}

/* Goes back to the boundary that ends at the current token, if it does. */
static bool
back_to_boundary(tl_smi_parser *p, const token_trail *trail)
{
	const uint8_t *here = p->tok.at;

	if (!is_sign_of_boundary(p->tok))
		return false;
	for (int i = 0; i < BEHIND; i++) {
		if (trail->at[i] == NULL)
			continue;
		tl_smi_go_to(p, trail->at[i]);
		if (tl_smi_at_boundary(p))
			return true;
	}
	tl_smi_go_to(p, here);
	return tl_smi_at_boundary(p);
}

void
tl_smi_skip_to(tl_smi_parser *p, uint64_t stops)
{
	token_trail trail = { 0 };

	while (!back_to_boundary(p, &trail)) {
		if (p->tok.type == TL_SMI_T_ASSIGN
			? (stops & TL_SMI_AT_ASSIGN) != 0
			: p->tok.keyword != TL_SMI_K_NONE &&
			      (stops & TL_SMI_BIT(p->tok.keyword)) != 0)
			return;
		trail_add(&trail, p->tok.at);
		tl_smi_next(p);
	}
}

static uint8_t
closing(uint8_t opening)
{
	return opening == '(' ? ')' : opening == '[' ? ']' : '}';
}

/* Skips to where |depth| groups of one kind have ended. */
static bool
skip_groups(tl_smi_parser *p, uint8_t opening, uint32_t depth)
{
	token_trail trail = { 0 };

	do {
		if (back_to_boundary(p, &trail) || p->tok.type == TL_SMI_T_ASSIGN) {
			tl_smi_expected(p, opening == '{' ? "}" : ") or ]");
			return false;
		}
		if (p->tok.type == opening)
			depth++;
		else if (p->tok.type == closing(opening))
			depth--;
		trail_add(&trail, p->tok.at);
		tl_smi_next(p);
	} while (depth > 0);
	return true;
}

bool
tl_smi_skip_group(tl_smi_parser *p)
{
	return skip_groups(p, p->tok.type, 0);
}

bool
tl_smi_skip_rest_of_group(tl_smi_parser *p)
{
	return skip_groups(p, '{', 1);
}

void
tl_smi_skip_stray(tl_smi_parser *p)
{
	tl_smi_tell(p, TL_MIB_P_STRAY_TEXT, p->tok, NULL);
	do
		tl_smi_next(p);
	while (p->tok.type != TL_SMI_T_WORD && p->tok.type != TL_SMI_T_ASSIGN &&
	       p->tok.type != TL_SMI_T_END && p->tok.type != ',' && p->tok.type != '}' &&
	       p->tok.type != ';');
}
