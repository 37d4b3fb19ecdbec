/* smi/module.c: a module, from its name to END: imports, and one definition after the
 * other. */
#include "smi/parser.h"

static void
begin(tl_smi_parser *p)
{
	tl_span name = tl_smi_token_text(p->tok);

	p->module = name;
	p->name = (tl_span){ 0 };
	p->now = (tl_smi_module){ .name = tl_smi_intern(p, name),
		.place = tl_smi_place_at(p, p->tok.at),
		.source = p->source->number,
		.import = p->tree->imports.count,
		.def = p->tree->defs.count };
	tl_smi_next(p);
}

static void
finish(tl_smi_parser *p)
{
	p->now.import_count = p->tree->imports.count - p->now.import;
	p->now.def_count = p->tree->defs.count - p->now.def;
	tl_smi_module *module = tl_smi_add(p, &p->tree->modules, sizeof *module, 1);
	if (module != NULL)
		*module = p->now;
	p->module = (tl_span){ 0 };
}

/* DEFINITIONS IMPLICIT TAGS ::= BEGIN, with an OID in front or not. */
static void
pass_header(tl_smi_parser *p, const uint8_t *heading)
{
	if (p->tok.at < heading) {
		if (p->tok.type != '{')
			tl_smi_tell(p, TL_MIB_P_STRAY_TEXT, p->tok, NULL);
		tl_smi_go_to(p, heading);
	}
	tl_smi_next(p);
	while (p->tok.type == TL_SMI_T_WORD && p->tok.keyword != TL_SMI_K_BEGIN)
		tl_smi_next(p);
	if (!tl_smi_take(p, TL_SMI_T_ASSIGN))
		tl_smi_assumed(p, "::=");
	if (!tl_smi_take_keyword(p, TL_SMI_K_BEGIN))
		tl_smi_assumed(p, "BEGIN");
}

/* What is no definition: one problem for all of it. */
static void
skip_stray(tl_smi_parser *p)
{
	const uint64_t stops =
	    TL_SMI_BIT(TL_SMI_K_IMPORTS) | TL_SMI_BIT(TL_SMI_K_EXPORTS);

	if (p->complain != p->tok.at)
		tl_smi_tell(p, TL_MIB_P_STRAY_TEXT, p->tok, NULL);
	tl_smi_next(p);
	tl_smi_skip_to(p, stops);
}

/* Behind END: whether a definition follows all the same. */
static bool
goes_on(tl_smi_parser *p, tl_smi_token end)
{
	tl_smi_token next = tl_smi_peek(p);

	if (p->tok.type != TL_SMI_T_WORD || p->tok.keyword != TL_SMI_K_NONE ||
	    next.keyword == TL_SMI_K_DEFINITIONS || !tl_smi_at_boundary(p))
		return false;
	tl_smi_tell(p, TL_MIB_P_STRAY_TEXT, end, NULL);
	return true;
}

/* Whether this is more of the imports, behind their semicolon. */
static bool
is_import(const tl_smi_parser *p)
{
	tl_smi_token next;

	if (p->tok.type != TL_SMI_T_WORD || tl_smi_is_clause(p->tok.keyword))
		return false;
	next = tl_smi_peek(p);
	return next.type == ',' || next.keyword == TL_SMI_K_FROM;
}

/* False at the end of the module. */
static bool
read_one(tl_smi_parser *p)
{
	tl_smi_token first = p->tok;

	if (tl_smi_take_keyword(p, TL_SMI_K_END))
		return goes_on(p, first);
	if (tl_smi_take_keyword(p, TL_SMI_K_IMPORTS)) {
		tl_smi_read_imports(p);
		return true;
	}
	if (tl_smi_take_keyword(p, TL_SMI_K_EXPORTS)) {
		tl_smi_skip_exports(p);
		return true;
	}
	if (!tl_smi_at_boundary(p)) {
		if (is_import(p)) {
			tl_smi_assumed(p, "IMPORTS");
			tl_smi_read_imports(p);
		} else {
			skip_stray(p);
		}
		return true;
	}
	if (p->tok.type == TL_SMI_T_END || p->tok.keyword == TL_SMI_K_DEFINITIONS ||
	    tl_smi_peek(p).keyword == TL_SMI_K_DEFINITIONS) {
		tl_smi_tell(p, TL_MIB_P_NO_END, p->tok, NULL);
		return false;
	}
	tl_smi_read_definition(p);
	return true;
}

void
tl_smi_read_module(tl_smi_parser *p, const uint8_t *heading)
{
	begin(p);
	pass_header(p, heading);
	while (!p->no_memory && read_one(p))
		;
	finish(p);
}
