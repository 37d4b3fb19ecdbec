/* smi/oid.c: object identifiers as they are written: { a 1 }, { iso org(3) 6 }, a.b.3, or
 * a single name. What the names stand for is for the resolver to find. */
#include "smi/parser.h"

enum { ARC_MAX = 128 };

bool
tl_smi_add_arc(tl_smi_parser *p, tl_smi_name name, uint32_t number)
{
	if (p->def.arc_count == ARC_MAX) {
		tl_smi_tell(p, TL_MIB_P_LIMIT, p->tok, "128 sub-identifiers");
		return false;
	}
	tl_smi_arc *arc = tl_smi_add(p, &p->tree->arcs, sizeof *arc, 1);
	if (arc == NULL)
		return false;
	*arc = (tl_smi_arc){ name, number };
	p->def.arc_count++;
	return true;
}

/* The current token as a sub-identifier. */
static bool
read_number(tl_smi_parser *p, uint32_t *out)
{
	int64_t value;

	if (!tl_smi_token_value(p->tok, &value) || value < 0 || value > UINT32_MAX) {
		tl_smi_tell(p, TL_MIB_P_SUB_IDENTIFIER, p->tok, NULL);
		return false;
	}
	*out = (uint32_t)value;
	tl_smi_next(p);
	return true;
}

/* The (3) of org(3), if there is one. */
static bool
read_name_number(tl_smi_parser *p, tl_smi_arc *arc)
{
	if (!tl_smi_take(p, '('))
		return true;
	if (p->tok.type != TL_SMI_T_NUMBER) {
		tl_smi_expected(p, "a number");
		return false;
	}
	if (!read_number(p, &arc->number))
		return false;
	arc->name |= TL_SMI_NUMBERED;
	if (!tl_smi_take(p, ')'))
		tl_smi_assumed(p, ")");
	return true;
}

static bool
read_arc(tl_smi_parser *p)
{
	tl_smi_arc arc = { 0 };

	if (p->tok.type == TL_SMI_T_WORD && p->tok.keyword == TL_SMI_K_NONE) {
		arc.name = tl_smi_intern(p, tl_smi_token_text(p->tok));
		tl_smi_next(p);
		if (!read_name_number(p, &arc))
			return false;
	} else if (p->tok.type == TL_SMI_T_NUMBER || p->tok.type == TL_SMI_T_RADIX) {
		if (!read_number(p, &arc.number))
			return false;
	} else {
		tl_smi_expected(p, "a name or a number of an OID");
		return false;
	}
	return tl_smi_add_arc(p, arc.name, arc.number);
}

/* Passes what stands between two arcs. */
static void
read_separator(tl_smi_parser *p)
{
	if (p->tok.type == '.') {
		tl_smi_next(p);
	} else if (p->tok.type == ',') {
		tl_smi_tell(p, TL_MIB_P_EXTRA_COMMA, p->tok, NULL);
		tl_smi_next(p);
	}
}

static bool
read_braced(tl_smi_parser *p)
{
	while (p->tok.type != '}') {
		if (p->tok.type != TL_SMI_T_NUMBER && tl_smi_at_boundary(p)) {
			tl_smi_assumed(p, "}");
			return p->def.arc_count > 0;
		}
		if (!read_arc(p))
			return false;
		read_separator(p);
	}
	tl_smi_next(p);
	if (p->def.arc_count == 0)
		tl_smi_expected(p, "an OID");
	return p->def.arc_count > 0;
}

static bool
read_dotted(tl_smi_parser *p)
{
	do
		if (!read_arc(p))
			return false;
	while (tl_smi_take(p, '.'));
	return true;
}

bool
tl_smi_read_oid(tl_smi_parser *p)
{
	p->def.arc = p->tree->arcs.count;
	p->def.arc_count = 0;
	bool braced = tl_smi_take(p, '{');
	const uint8_t *begin = p->tok.at;
	bool good = braced ? read_braced(p) : read_dotted(p);
	bool stray = p->stray.at >= begin && p->stray.at < p->passed;
	if (good && !stray)
		return true;
	if (good) /* { mib-2 ??? } */
		tl_smi_tell(p, TL_MIB_P_SUB_IDENTIFIER, p->stray, NULL);
	p->tree->arcs.count = p->def.arc;
	p->def.arc_count = 0;
	if (braced && !good)
		(void)tl_smi_skip_rest_of_group(p);
	return false;
}
