/* smi/imports.c: IMPORTS and EXPORTS. Names are kept with the module they come from; the
 * macros, which are part of the language, are not. */
#include "smi/parser.h"

#include "smi/chars.h"

/* Whether a definition begins here although a ; is missing: "name OBJECT-TYPE", and no
 * comma, FROM or another name behind that, as in a list of imports. */
static bool
is_missing_end(const tl_smi_parser *p)
{
	tl_smi_lexer ahead = p->lex;

	if (!tl_smi_at_boundary(p))
		return false;
	if (!tl_smi_is_macro(tl_smi_lex(&ahead).keyword))
		return true;
	tl_smi_token t = tl_smi_lex(&ahead);
	return t.type == TL_SMI_T_WORD
		   ? tl_smi_is_clause(tl_smi_keyword_alike(tl_smi_token_text(t)))
		   : t.type != ',';
}

typedef struct import_list {
	uint32_t first; /* of the imports whose FROM is still to come */
	bool comma;     /* a name may follow: at the start, and behind a comma */
	bool told;      /* of a comma that is missing */
} import_list;

static void
add_import(tl_smi_parser *p, import_list *list)
{
	if (!list->comma && !list->told) {
		tl_smi_assumed(p, ",");
		list->told = true;
	}
	list->comma = false;
	if (tl_smi_is_macro(p->tok.keyword))
		return;
	tl_smi_name name = tl_smi_intern(p, tl_smi_token_text(p->tok));
	tl_smi_import *import = tl_smi_add(p, &p->tree->imports, sizeof *import, 1);
	if (import != NULL)
		*import = (tl_smi_import){ name, 0, tl_smi_place_at(p, p->tok.at) };
}

static void
pass_comma(tl_smi_parser *p, import_list *list)
{
	if (list->comma)
		tl_smi_tell(p, TL_MIB_P_EXTRA_COMMA, p->tok, NULL);
	list->comma = true;
}

/* At FROM: the module of the names before. */
static void
read_from(tl_smi_parser *p, import_list *list)
{
	tl_smi_name from = 0;

	if (list->comma)
		tl_smi_tell(p, TL_MIB_P_EXTRA_COMMA, p->tok, NULL);
	tl_smi_next(p);
	if (p->tok.type == TL_SMI_T_WORD) {
		from = tl_smi_intern(p, tl_smi_token_text(p->tok));
		tl_smi_next(p);
	} else {
		tl_smi_expected(p, "the name of a module");
	}
	for (uint32_t i = list->first; i < p->tree->imports.count; i++)
		TL_VEC_AT(&p->tree->imports, tl_smi_import, i)->from = from;
	if (p->tok.type == '{')
		(void)tl_smi_skip_group(p);
	*list = (import_list){ .first = p->tree->imports.count, .comma = true };
}

/* What is no part of the list, with the rest of its line; it may stand for a comma. */
static void
skip_stray(tl_smi_parser *p, import_list *list)
{
	const uint8_t *end = tl_smi_line_end(&p->lex, p->tok.at);

	tl_smi_tell(p, TL_MIB_P_STRAY_TEXT, p->tok, NULL);
	do
		tl_smi_next(p);
	while (p->tok.at < end && p->tok.type != ';' && p->tok.type != ',' &&
	       p->tok.keyword != TL_SMI_K_FROM && p->tok.type != TL_SMI_T_END);
	list->told = true;
}

static void
end_imports(tl_smi_parser *p, const import_list *list)
{
	if (list->first < p->tree->imports.count)
		tl_smi_expected(p, "FROM");
	if (!tl_smi_take(p, ';'))
		tl_smi_assumed(p, ";");
}

void
tl_smi_read_imports(tl_smi_parser *p)
{
	import_list list = { .first = p->tree->imports.count, .comma = true };

	while (p->tok.type != ';' && !is_missing_end(p)) {
		if (p->tok.keyword == TL_SMI_K_FROM) {
			read_from(p, &list);
		} else if (p->tok.type == TL_SMI_T_WORD) {
			add_import(p, &list);
			tl_smi_next(p);
		} else if (p->tok.type == ',') {
			pass_comma(p, &list);
			tl_smi_next(p);
		} else {
			skip_stray(p, &list);
		}
	}
	end_imports(p, &list);
}

void
tl_smi_skip_exports(tl_smi_parser *p)
{
	while (p->tok.type == TL_SMI_T_WORD || p->tok.type == ',') {
		if (p->tok.keyword == TL_SMI_K_IMPORTS || tl_smi_at_boundary(p))
			break;
		tl_smi_next(p);
	}
	if (!tl_smi_take(p, ';'))
		tl_smi_assumed(p, ";");
}
