/* mib/form.c: how a person writes a value of an object, for those who send. */
#include "mib/text.h"

/* Whether the hint shows octets in hexadecimal, "1x:" of PhysAddress and the like. */
static bool
is_hex(const tl_mib *mib, const tl_mib_syntax *syntax)
{
	tl_span hint = tl_mib_hint(mib, syntax);

	while (hint.len > 0 &&
	       ((hint.ptr[0] >= '0' && hint.ptr[0] <= '9') || hint.ptr[0] == '*')) {
		hint.ptr++;
		hint.len--;
	}
	return hint.len > 0 && hint.ptr[0] == 'x';
}

static tl_mib_form
form_of_octets(const tl_mib *mib, const tl_mib_syntax *syntax)
{
	switch ((tl_mib_special)syntax->special) {
	case TL_MIB_BITS:
		return TL_MIB_FORM_BITS;
	case TL_MIB_DATE:
		return TL_MIB_FORM_DATE;
	case TL_MIB_INET:
		return TL_MIB_FORM_INET;
	case TL_MIB_PLAIN:
	case TL_MIB_INET_TYPE:
	case TL_MIB_NETWORK:
		break;
	}
	return is_hex(mib, syntax) ? TL_MIB_FORM_HEX : TL_MIB_FORM_PLAIN;
}

tl_mib_form
tl_mib_node_form(const tl_mib *mib, const tl_mib_node *node)
{
	const tl_mib_syntax *syntax = tl_mib_syntax_of(mib, node);

	if (syntax != NULL && syntax->type == TL_T_OCTETS)
		return form_of_octets(mib, syntax);
	if (syntax != NULL && syntax->label_count > 0)
		return TL_MIB_FORM_LABELS;
	return TL_MIB_FORM_PLAIN;
}

tl_err
tl_mib_node_label(const tl_mib *mib, const tl_mib_node *node, const char *label,
    size_t len, int32_t *number)
{
	tl_span have;
	int32_t value;

	for (size_t i = 0; tl_mib_node_label_at(mib, node, i, &have, &value); i++)
		if (have.len == len && memcmp(have.ptr, label, len) == 0) {
			*number = value;
			return TL_OK;
		}
	return TL_ENOTFOUND;
}
