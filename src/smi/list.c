/* smi/list.c: lists of names: OBJECTS, VARIABLES and INDEX, and the row of AUGMENTS. */
#include "smi/parser.h"

enum { LIST_MAX = 65535 };

typedef struct name_list {
	bool braced, comma; /* comma: one came, or the list just began */
} name_list;

static void
add_ref(tl_smi_parser *p, tl_span text)
{
	if (p->def.ref_count == LIST_MAX) {
		if ((p->def.flags & TL_SMI_DAMAGED) == 0)
			tl_smi_tell(p, TL_MIB_P_LIMIT, p->tok, "65535 names");
		return;
	}
	uint32_t *ref = tl_smi_add(p, &p->tree->words, sizeof *ref, 1);
	if (ref == NULL)
		return;
	*ref = tl_smi_intern(p, text);
	p->def.ref_count++;
}

/* A name; of Module.name the last one. SMIv1 has types here as well, of which OCTET
 * STRING and OBJECT IDENTIFIER are two words. */
static void
read_name(tl_smi_parser *p)
{
	tl_span text = tl_smi_token_text(p->tok);
	bool two = p->tok.keyword == TL_SMI_K_OCTET || p->tok.keyword == TL_SMI_K_OBJECT;

	tl_smi_next(p);
	if (two && p->tok.type == TL_SMI_T_WORD) {
		text.len = (size_t)(p->tok.at - text.ptr) + p->tok.len;
		tl_smi_next(p);
	}
	while (tl_smi_take(p, '.') && p->tok.type == TL_SMI_T_WORD) {
		text = tl_smi_token_text(p->tok);
		tl_smi_next(p);
	}
	add_ref(p, text);
}

static void
read_item(tl_smi_parser *p, name_list *list)
{
	if (!list->comma)
		tl_smi_assumed(p, ",");
	list->comma = false;
	if (tl_smi_take_keyword(p, TL_SMI_K_IMPLIED))
		p->def.flags |= TL_SMI_IMPLIED;
	if (p->tok.type == TL_SMI_T_WORD)
		read_name(p);
	else
		tl_smi_expected(p, "a name");
	if (p->tok.type == '(')
		(void)tl_smi_skip_group(p);
}

/* Whether the list ends at the current token although no } is there. */
static bool
is_over(tl_smi_parser *p, const name_list *list)
{
	if (p->tok.type == TL_SMI_T_ASSIGN || p->tok.type == TL_SMI_T_END)
		return true;
	if (p->tok.type != TL_SMI_T_WORD)
		return !list->braced && p->tok.type != ',';
	return tl_smi_is_clause(p->tok.keyword) || (!list->braced && !list->comma) ||
	       (!list->comma && tl_smi_at_boundary(p));
}

static void
read_comma(tl_smi_parser *p, name_list *list)
{
	if (list->comma)
		tl_smi_tell(p, TL_MIB_P_EXTRA_COMMA, p->tok, NULL);
	list->comma = true;
	tl_smi_next(p);
}

void
tl_smi_read_list(tl_smi_parser *p)
{
	name_list list = { tl_smi_take(p, '{'), true };

	if (!list.braced)
		tl_smi_assumed(p, "{");
	p->def.refs = p->tree->words.count;
	p->def.ref_count = 0;
	while (p->tok.type != '}' && !is_over(p, &list)) {
		if (p->tok.type == TL_SMI_T_WORD)
			read_item(p, &list);
		else if (p->tok.type == ',')
			read_comma(p, &list);
		else
			tl_smi_skip_stray(p);
	}
	if (list.comma && p->def.ref_count > 0)
		tl_smi_tell(p, TL_MIB_P_EXTRA_COMMA, p->tok, NULL);
	if (list.braced && !tl_smi_take(p, '}'))
		tl_smi_assumed(p, "}");
}
