/* smi/definition.c: one definition, from its name to its OID. */
#include "smi/parser.h"

#include <string.h>

#include "smi/chars.h"

typedef struct macro_kind {
	uint8_t kind;      /* tl_smi_kind */
	bool opaque;       /* its clauses are other ones, and of no use */
	uint64_t required; /* the clauses that it must have */
} macro_kind;

#define NEEDS(clause) TL_SMI_BIT(TL_SMI_K_##clause)

static const macro_kind *
kind_of(tl_smi_keyword macro)
{
	static const macro_kind kinds[] = {
		[TL_SMI_K_OBJECT_TYPE] = { TL_SMI_OBJECT, false,
		    NEEDS(SYNTAX) | NEEDS(STATUS) },
		[TL_SMI_K_NOTIFICATION_TYPE] = { TL_SMI_NOTIFICATION, false,
		    NEEDS(STATUS) | NEEDS(DESCRIPTION) },
		[TL_SMI_K_TRAP_TYPE] = { TL_SMI_TRAP, false, NEEDS(ENTERPRISE) },
		[TL_SMI_K_MODULE_IDENTITY] = { TL_SMI_MODULE_IDENTITY, false,
		    NEEDS(LAST_UPDATED) | NEEDS(DESCRIPTION) },
		[TL_SMI_K_OBJECT_IDENTITY] = { TL_SMI_VALUE, false,
		    NEEDS(STATUS) | NEEDS(DESCRIPTION) },
		[TL_SMI_K_OBJECT_GROUP] = { TL_SMI_VALUE, false, NEEDS(OBJECTS) },
		[TL_SMI_K_NOTIFICATION_GROUP] = { TL_SMI_VALUE, false,
		    NEEDS(NOTIFICATIONS) },
		[TL_SMI_K_MODULE_COMPLIANCE] = { TL_SMI_VALUE, true, 0 },
		[TL_SMI_K_AGENT_CAPABILITIES] = { TL_SMI_VALUE, true, 0 },
		[TL_SMI_K_TEXTUAL_CONVENTION] = { TL_SMI_TYPE, false, NEEDS(SYNTAX) },
	};

	return &kinds[macro];
}

/* Tells of the first clause that is missing. */
static void
check_required(tl_smi_parser *p, const macro_kind *kind, tl_smi_token name)
{
	uint64_t missing = kind->required & ~p->seen;

	for (unsigned k = 1; k < TL_SMI_K_COUNT && missing != 0; k++) {
		if ((missing & TL_SMI_BIT(k)) != 0) {
			tl_smi_tell(p, TL_MIB_P_NO_CLAUSE, name,
			    (const char *)tl_smi_keyword_text(k).ptr);
			return;
		}
	}
}

static void
begin(tl_smi_parser *p)
{
	tl_span name = tl_smi_token_text(p->tok);

	p->def = (tl_smi_def){ .name = tl_smi_intern(p, name),
		.place = tl_smi_place_at(p, p->tok.at),
		.arc = p->tree->arcs.count,
		.refs = p->tree->words.count,
		.syntax = TL_SMI_NONE };
	p->name = name;
	p->hint = 0;
	p->seen = 0;
	p->lex.hint = (tl_span){ 0 };
	tl_smi_next(p);
}

static void
finish(tl_smi_parser *p)
{
	if (p->lex.hint.len > 0)
		p->def.severity = tl_smi_severity_of(p->lex.hint);
	if (p->def.kind != TL_SMI_TYPE && p->def.arc_count == 0)
		p->def.flags |= TL_SMI_UNREADABLE;
	if (p->def.kind != 0) {
		tl_smi_def *def = tl_smi_add(p, &p->tree->defs, sizeof *def, 1);
		if (def != NULL)
			*def = p->def;
	}
	p->name = (tl_span){ 0 };
}

/* Behind ::=, the OID of all but traps. */
static void
read_value(tl_smi_parser *p)
{
	if (!tl_smi_read_oid(p))
		p->def.flags |= TL_SMI_UNREADABLE;
}

/* The number of a trap: behind signs that do not belong there, or in braces. */
static void
read_trap_number(tl_smi_parser *p)
{
	int64_t number;

	while (p->tok.type != TL_SMI_T_NUMBER && p->tok.type != TL_SMI_T_RADIX &&
	       p->tok.type != TL_SMI_T_WORD && p->tok.type != TL_SMI_T_END &&
	       p->tok.type != TL_SMI_T_ASSIGN) {
		tl_smi_tell(p, TL_MIB_P_STRAY_TEXT, p->tok, NULL);
		tl_smi_next(p);
	}
	if (!tl_smi_token_value(p->tok, &number) || number < 0 || number > INT32_MAX) {
		tl_smi_expected(p, "the number of a trap");
		p->def.flags |= TL_SMI_UNREADABLE;
		return;
	}
	tl_smi_next(p);
	if (p->def.arc_count == 0 || !tl_smi_add_arc(p, 0, (uint32_t)number))
		p->def.flags |= TL_SMI_UNREADABLE;
}

/* A trap's value in braces: { 5 } is the number, { a 5 } is the OID of a notification. */
static void
read_braced_trap(tl_smi_parser *p)
{
	tl_smi_def trap = p->def;

	tl_smi_assumed(p, "the number of a trap");
	read_value(p);
	if (p->def.arc_count == 0)
		return;
	tl_smi_arc *arc = TL_VEC_AT(&p->tree->arcs, tl_smi_arc, p->def.arc);
	if (p->def.arc_count > 1 || arc->name != 0) {
		p->def.kind = TL_SMI_NOTIFICATION;
		return;
	}
	uint32_t number = arc->number;
	p->tree->arcs.count = p->def.arc;
	p->def.arc = trap.arc;
	p->def.arc_count = trap.arc_count;
	if (p->def.arc_count == 0 || !tl_smi_add_arc(p, 0, number))
		p->def.flags |= TL_SMI_UNREADABLE;
}

/* A NOTIFICATION-TYPE with an ENTERPRISE and a number is a TRAP-TYPE. */
static bool
is_trap(tl_smi_parser *p)
{
	if (p->def.kind == TL_SMI_NOTIFICATION && p->def.arc_count > 0 &&
	    p->tok.type == TL_SMI_T_NUMBER)
		p->def.kind = TL_SMI_TRAP;
	return p->def.kind == TL_SMI_TRAP;
}

static void
read_macro(tl_smi_parser *p, tl_smi_keyword macro, tl_smi_token name)
{
	const macro_kind *kind = kind_of(macro);

	p->def.kind = kind->kind;
	tl_smi_next(p);
	if (kind->opaque)
		tl_smi_skip_to(p, TL_SMI_AT_ASSIGN);
	else
		tl_smi_read_clauses(p, macro);
	check_required(p, kind, name);
	if (kind->kind == TL_SMI_TYPE)
		return;
	if (!tl_smi_take(p, TL_SMI_T_ASSIGN))
		tl_smi_expected(p, "::=");
	else if (!is_trap(p))
		read_value(p);
	else if (p->tok.type == '{')
		read_braced_trap(p);
	else
		read_trap_number(p);
}

/* Behind "Name ::=". */
static void
read_type(tl_smi_parser *p, tl_smi_token name)
{
	p->def.kind = TL_SMI_TYPE;
	if (p->tok.keyword == TL_SMI_K_TEXTUAL_CONVENTION)
		read_macro(p, TL_SMI_K_TEXTUAL_CONVENTION, name);
	else
		p->def.syntax = tl_smi_read_syntax(p);
}

/* The notation of a macro, which is known. */
static void
skip_macro(tl_smi_parser *p)
{
	tl_smi_token before = p->tok;

	while (p->tok.type != TL_SMI_T_END && !tl_smi_take_keyword(p, TL_SMI_K_END)) {
		if (tl_smi_is_macro(p->tok.keyword) && before.type == TL_SMI_T_WORD &&
		    !tl_smi_is(before.at[0], TL_SMI_C_UPPER)) {
			tl_smi_tell(p, TL_MIB_P_NO_END, before, NULL);
			tl_smi_go_to(p, before.at);
			return;
		}
		before = p->tok;
		tl_smi_next(p);
	}
}

/* name OBJECT IDENTIFIER ::= */
static void
read_oid_value(tl_smi_parser *p, tl_smi_keyword what)
{
	p->def.kind = TL_SMI_VALUE;
	tl_smi_next(p);
	if (what != TL_SMI_K_OBJECT)
		tl_smi_tell(p, TL_MIB_P_ASSUMED, p->tok, "OBJECT IDENTIFIER");
	else if (p->tok.keyword != TL_SMI_K_IDENTIFIER)
		tl_smi_assumed(p, "IDENTIFIER");
	if (p->tok.type == TL_SMI_T_WORD)
		tl_smi_next(p);
	tl_smi_next(p);
	read_value(p);
}

/* The keyword behind the name, if need be in other letters than capitals. */
static tl_smi_keyword
fold_keyword(tl_smi_parser *p)
{
	if (p->tok.keyword != TL_SMI_K_NONE)
		return p->tok.keyword;
	tl_smi_tell(p, TL_MIB_P_KEYWORD_CASE, p->tok, NULL);
	return tl_smi_keyword_alike(tl_smi_token_text(p->tok));
}

/* Names that other compilers refuse. */
static void
check_name(tl_smi_parser *p, tl_smi_token name)
{
	bool upper = tl_smi_is(name.at[0], TL_SMI_C_UPPER);

	if (p->def.kind != 0 && upper != (p->def.kind == TL_SMI_TYPE))
		tl_smi_tell(p, TL_MIB_P_NAME_CASE, name, NULL);
	if (memchr(name.at, '_', name.len) != NULL)
		tl_smi_tell(p, TL_MIB_P_UNDERSCORE, name, NULL);
}

void
tl_smi_read_definition(tl_smi_parser *p)
{
	tl_smi_token name = p->tok;

	begin(p);
	if (tl_smi_take(p, TL_SMI_T_ASSIGN)) {
		read_type(p, name);
	} else {
		tl_smi_keyword what = fold_keyword(p);
		if (what == TL_SMI_K_MACRO)
			skip_macro(p);
		else if (tl_smi_is_macro(what))
			read_macro(p, what, name);
		else
			read_oid_value(p, what);
	}
	check_name(p, name);
	finish(p);
}
