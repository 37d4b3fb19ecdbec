/* smi/clauses.c: what stands between the name of a macro and ::=. A table leads from the
 * word that begins a clause to what reads it; their order is free. */
#include "smi/parser.h"

#include <string.h>

#include "smi/chars.h"

typedef void clause_fn(tl_smi_parser *p);

static void
read_syntax(tl_smi_parser *p)
{
	uint32_t syntax = tl_smi_read_syntax(p);

	if (syntax != TL_SMI_NONE)
		p->def.syntax = syntax;
}

/* The syntax for writing, which says nothing about notifications. */
static void
skip_write_syntax(tl_smi_parser *p)
{
	uint32_t words = p->tree->words.count, syntaxes = p->tree->syntaxes.count;

	(void)tl_smi_read_syntax(p);
	p->tree->syntaxes.count = syntaxes;
	p->tree->words.count = words;
}

static bool
take_text(tl_smi_parser *p)
{
	if (tl_smi_take(p, TL_SMI_T_STRING))
		return true;
	tl_smi_expected(p, "a text in quotes");
	return false;
}

static void
skip_text(tl_smi_parser *p)
{
	(void)take_text(p);
}

static void
read_hint(tl_smi_parser *p)
{
	tl_smi_token t = p->tok;

	if (take_text(p))
		p->hint = tl_smi_intern(p, tl_smi_token_inside(t));
}

static void
read_time(tl_smi_parser *p)
{
	tl_smi_token t = p->tok;
	uint64_t time = tl_smi_time_of(tl_smi_token_inside(t));

	if (t.type == TL_SMI_T_STRING && time == 0)
		tl_smi_tell(p, TL_MIB_P_TIME, t, NULL);
	if (t.type == TL_SMI_T_STRING || time != 0)
		tl_smi_next(p);
	else
		tl_smi_expected(p, "a time in quotes");
	if (time > p->now.updated)
		p->now.updated = time;
}

static bool
is_word(tl_smi_token t, const char *word)
{
	return t.len == strlen(word) && memcmp(t.at, word, t.len) == 0;
}

/* The word behind ACCESS or STATUS, if it is one of |words|, which end in NULL: its
 * number there; else -1, which was told. */
static int
read_word(tl_smi_parser *p, const char *const *words, const char *expected)
{
	tl_smi_token t = p->tok;

	if (t.type != TL_SMI_T_WORD || t.keyword != TL_SMI_K_NONE) {
		tl_smi_expected(p, expected);
		return -1;
	}
	tl_smi_next(p);
	for (int i = 0; words[i] != NULL; i++)
		if (is_word(t, words[i]))
			return i;
	tl_smi_tell(p, TL_MIB_P_UNKNOWN_WORD, t, expected);
	return -1;
}

static void
read_access(tl_smi_parser *p)
{
	static const char *const words[] = { "not-accessible", "read-only", "read-write",
		"read-create", "write-only", "accessible-for-notify", "not-implemented",
		NULL };

	if (read_word(p, words, "an access such as read-only") == 0)
		p->def.flags |= TL_SMI_HIDDEN;
}

static void
read_status(tl_smi_parser *p)
{
	static const char *const words[] = { "current", "deprecated", "obsolete",
		"mandatory", "optional", NULL };
	int status = read_word(p, words, "a status such as current");

	p->def.status = status == 1   ? TL_SMI_DEPRECATED
			: status == 2 ? TL_SMI_OBSOLETE
				      : TL_SMI_CURRENT;
}

static void
read_list(tl_smi_parser *p)
{
	bool kept = p->def.kind == TL_SMI_OBJECT || p->def.kind == TL_SMI_NOTIFICATION ||
		    p->def.kind == TL_SMI_TRAP;

	if (kept || p->tok.type != '{')
		tl_smi_read_list(p);
	else
		(void)tl_smi_skip_group(p);
}

static void
read_augments(tl_smi_parser *p)
{
	tl_smi_read_list(p);
	if (p->def.ref_count > 0)
		p->def.augments = *TL_VEC_AT(&p->tree->words, uint32_t, p->def.refs);
	p->tree->words.count = p->def.refs;
	p->def.ref_count = 0;
}

static void
skip_default(tl_smi_parser *p)
{
	if (p->tok.type == '{') {
		(void)tl_smi_skip_group(p);
		return;
	}
	tl_smi_assumed(p, "{");
	if (p->tok.type != TL_SMI_T_ASSIGN && !tl_smi_is_clause(p->tok.keyword))
		tl_smi_next(p);
}

static void
read_enterprise(tl_smi_parser *p)
{
	(void)tl_smi_read_oid(p);
}

static clause_fn *
clause_of(unsigned keyword)
{
	static clause_fn *const clauses[TL_SMI_K_COUNT] = {
		[TL_SMI_K_ACCESS] = read_access,
		[TL_SMI_K_AUGMENTS] = read_augments,
		[TL_SMI_K_CONTACT_INFO] = skip_text,
		[TL_SMI_K_DEFVAL] = skip_default,
		[TL_SMI_K_DESCRIPTION] = skip_text,
		[TL_SMI_K_DISPLAY_HINT] = read_hint,
		[TL_SMI_K_ENTERPRISE] = read_enterprise,
		[TL_SMI_K_INDEX] = read_list,
		[TL_SMI_K_LAST_UPDATED] = read_time,
		[TL_SMI_K_MAX_ACCESS] = read_access,
		[TL_SMI_K_MIN_ACCESS] = read_access,
		[TL_SMI_K_NOTIFICATIONS] = read_list,
		[TL_SMI_K_OBJECTS] = read_list,
		[TL_SMI_K_ORGANIZATION] = skip_text,
		[TL_SMI_K_PRODUCT_RELEASE] = skip_text,
		[TL_SMI_K_REFERENCE] = skip_text,
		[TL_SMI_K_REVISION] = read_time,
		[TL_SMI_K_STATUS] = read_status,
		[TL_SMI_K_SYNTAX] = read_syntax,
		[TL_SMI_K_UNITS] = skip_text,
		[TL_SMI_K_VARIABLES] = read_list,
		[TL_SMI_K_WRITE_SYNTAX] = skip_write_syntax,
	};

	return clauses[keyword];
}

bool
tl_smi_is_clause(unsigned keyword)
{
	return clause_of(keyword) != NULL;
}

static uint64_t
all_clauses(void)
{
	uint64_t all = TL_SMI_AT_ASSIGN;

	for (unsigned k = 1; k < TL_SMI_K_COUNT; k++)
		if (tl_smi_is_clause(k))
			all |= TL_SMI_BIT(k);
	return all;
}

static void
read_clause(tl_smi_parser *p, tl_smi_keyword macro)
{
	tl_smi_token t = p->tok;
	uint64_t bit = TL_SMI_BIT(t.keyword);

	if ((p->seen & bit) != 0 && macro != TL_SMI_K_MODULE_IDENTITY)
		tl_smi_tell(p, TL_MIB_P_TWICE, t, NULL);
	p->seen |= bit;
	tl_smi_next(p);
	clause_of(t.keyword)(p);
}

/* What is no clause: one problem for all of it, or none if what led to it was told. */
static void
skip_stray(tl_smi_parser *p)
{
	if (p->complain != p->tok.at)
		tl_smi_tell(p, TL_MIB_P_STRAY_TEXT, p->tok, NULL);
	tl_smi_next(p);
	tl_smi_skip_to(p, all_clauses());
}

/* Takes "Syntax" for SYNTAX. */
static void
fold_keyword(tl_smi_parser *p)
{
	if (p->tok.type != TL_SMI_T_WORD || p->tok.keyword != TL_SMI_K_NONE ||
	    p->complain == p->tok.at)
		return;
	tl_smi_keyword keyword = tl_smi_keyword_alike(tl_smi_token_text(p->tok));
	if (!tl_smi_is_clause(keyword) || tl_smi_at_boundary(p))
		return;
	tl_smi_tell(p, TL_MIB_P_KEYWORD_CASE, p->tok, NULL);
	p->tok.keyword = (uint8_t)keyword;
}

void
tl_smi_read_clauses(tl_smi_parser *p, tl_smi_keyword macro)
{
	bool type = macro == TL_SMI_K_TEXTUAL_CONVENTION;

	p->seen = 0;
	while (p->tok.type != TL_SMI_T_ASSIGN) {
		fold_keyword(p);
		if (tl_smi_is_clause(p->tok.keyword))
			read_clause(p, macro);
		else if (tl_smi_at_boundary(p) ||
			 (type && (p->seen & TL_SMI_BIT(TL_SMI_K_SYNTAX)) != 0))
			return;
		else
			skip_stray(p);
	}
}
