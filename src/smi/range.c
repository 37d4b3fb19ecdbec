/* smi/range.c: what is in parentheses behind a type: a range of its values, or of its
 * SIZE. Of several ranges the least and the greatest value are kept. */
#include "smi/parser.h"

typedef struct range_bounds {
	int64_t min, max;
	bool any;
} range_bounds;

/* A bound: a number, a hexadecimal or binary string, MIN or MAX. */
static bool
read_bound(tl_smi_parser *p, int64_t *value)
{
	if (p->tok.keyword == TL_SMI_K_MIN)
		*value = 0;
	else if (p->tok.keyword == TL_SMI_K_MAX)
		*value = UINT32_MAX;
	else if (p->tok.type != TL_SMI_T_NUMBER && p->tok.type != TL_SMI_T_RADIX)
		return false;
	else if (!tl_smi_token_value(p->tok, value))
		*value = p->tok.at[0] == '-' ? INT64_MIN : INT64_MAX;
	tl_smi_next(p);
	return true;
}

static bool
read_part(tl_smi_parser *p, range_bounds *b)
{
	int64_t low, high;

	if (!read_bound(p, &low))
		return false;
	high = low;
	if (tl_smi_take(p, TL_SMI_T_RANGE) && !read_bound(p, &high))
		return false;
	if (high < low)
		return false;
	if (!b->any || low < b->min)
		b->min = low;
	if (!b->any || high > b->max)
		b->max = high;
	b->any = true;
	return true;
}

static bool
read_parts(tl_smi_parser *p, range_bounds *b)
{
	do
		if (!read_part(p, b))
			return false;
	while (tl_smi_take(p, '|'));
	return true;
}

static void
keep(const range_bounds *b, tl_smi_syntax *s)
{
	if (b->min < 0 || b->min > UINT32_MAX)
		return;
	s->size_min = (uint32_t)b->min;
	s->size_max = b->max < UINT32_MAX ? (uint32_t)b->max : UINT32_MAX;
}

void
tl_smi_read_range(tl_smi_parser *p, tl_smi_syntax *s)
{
	range_bounds b = { 0 };
	uint32_t open = 1;

	tl_smi_next(p);
	if (p->tok.type == TL_SMI_T_WORD &&
	    tl_smi_keyword_alike(tl_smi_token_text(p->tok)) == TL_SMI_K_SIZE) {
		if (p->tok.keyword != TL_SMI_K_SIZE)
			tl_smi_tell(p, TL_MIB_P_KEYWORD_CASE, p->tok, NULL);
		tl_smi_next(p);
		open += tl_smi_take(p, '(');
	}
	if (read_parts(p, &b) && p->tok.type == ')') {
		keep(&b, s);
	} else {
		tl_smi_tell(p, TL_MIB_P_RANGE, p->tok, NULL);
		while (p->tok.type != ')' && p->tok.type != TL_SMI_T_ASSIGN &&
		       p->tok.type != TL_SMI_T_END && !tl_smi_is_clause(p->tok.keyword))
			tl_smi_next(p);
	}
	while (open > 0 && tl_smi_take(p, ')'))
		open--;
	if (open > 0)
		tl_smi_assumed(p, ")");
}
