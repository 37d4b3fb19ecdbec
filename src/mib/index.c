/* mib/index.c: takes the sub-identifiers behind a column's OID apart by the INDEX of its
 * row (RFC 2578 section 7.7). They come from a peer. */
#include "mib/text.h"

enum { OCTETS_MAX = 128 }; /* more sub-identifiers than an OID has */

/* Takes a sub-identifier off |rest|. */
static bool
take_arc(tl_oid *rest, uint32_t *arc)
{
	uint32_t value = 0, i = 0;

	do {
		if (i == rest->len)
			return false;
		value = value << 7 | (rest->ber[i] & 0x7f);
	} while ((rest->ber[i++] & 0x80) != 0);
	*arc = value;
	*rest = (tl_oid){ rest->ber + i, rest->len - i };
	return true;
}

/* Takes sub-identifiers that are an octet each: |count|, or all with |implied|. */
static bool
take_octets(tl_oid *rest, uint32_t count, bool implied, uint8_t to[static OCTETS_MAX],
    size_t *len)
{
	uint32_t arc;

	for (*len = 0; implied ? rest->len > 0 : *len < count;
	     to[(*len)++] = (uint8_t)arc)
		if (*len == OCTETS_MAX || !take_arc(rest, &arc) || arc > 0xff)
			return false;
	return true;
}

/* The InetAddressType that stands before an InetAddress: |before| is the item before it
 * in the list, whose number is the byte in front of |rest|; 0 if that is none. */
static unsigned
inet_type(const tl_mib *mib, uint32_t before, tl_oid rest)
{
	const tl_mib_syntax *syntax = tl_mib_syntax_of(mib, tl_mib_at(mib, before));

	return syntax != NULL && syntax->special == TL_MIB_INET_TYPE ? rest.ber[-1] : 0;
}

/* What is to be known of an item. */
typedef struct item_def {
	const tl_mib_syntax *syntax;
	bool implied;
	unsigned inet_type; /* RFC 4001; 0 if it is not known */
} item_def;

static bool
read_string(const tl_mib *mib, const item_def *def, tl_oid *rest, tl_buf *text)
{
	enum { DNS = 16 };
	uint8_t octets[OCTETS_MAX];
	uint32_t count = def->syntax->size_min;
	bool fixed = count == def->syntax->size_max, mismatch;
	tl_span value = { octets, 0 };

	if (!fixed && !def->implied && !take_arc(rest, &count))
		return false;
	if (!take_octets(rest, count, !fixed && def->implied, octets, &value.len))
		return false;
	if ((def->inet_type == DNS && tl_is_text(value)) ||
	    !tl_mib_octets_text(mib, def->syntax, value, text, &mismatch)) {
		if (tl_is_text(value))
			tl_buf_span(text, value);
		else
			tl_buf_hex(text, value);
	}
	return true;
}

static bool
read_address(const item_def *def, tl_oid *rest, tl_buf *text)
{
	uint8_t octets[OCTETS_MAX];
	uint32_t kind;
	size_t len;

	if (def->syntax->special == TL_MIB_NETWORK &&
	    (!take_arc(rest, &kind) || kind != 1))
		return false;
	return take_octets(rest, 4, false, octets, &len) &&
	       tl_mib_inet((tl_span){ octets, len }, text);
}

static bool
read_oid(const item_def *def, tl_oid *rest, tl_buf *text)
{
	uint32_t count = 0, arc;

	if (!def->implied && !take_arc(rest, &count))
		return false;
	for (uint32_t i = 0; def->implied ? rest->len > 0 : i < count; i++) {
		if (!take_arc(rest, &arc))
			return false;
		if (i > 0)
			tl_buf_putc(text, '.');
		tl_buf_u64(text, arc);
	}
	return true;
}

static bool
read_number(const tl_mib *mib, const item_def *def, tl_oid *rest, tl_mib_index *item)
{
	uint32_t arc;

	if (!take_arc(rest, &arc))
		return false;
	item->is_number = true;
	item->value = arc;
	const tl_mib_label *label = tl_mib_find_label(mib, def->syntax, arc);
	if (label != NULL) {
		tl_buf_span(&item->text, tl_mib_name(mib, label->text));
		tl_buf_putc(&item->text, '(');
		tl_buf_u64(&item->text, arc);
		tl_buf_putc(&item->text, ')');
	}
	return true;
}

static bool
read_item(const tl_mib *mib, const item_def *def, tl_oid *rest, tl_mib_index *item)
{
	item->is_number = false;
	item->value = 0;
	switch (def->syntax->type) {
	case TL_T_OCTETS:
	case TL_T_OPAQUE:
		return read_string(mib, def, rest, &item->text);
	case TL_T_IPADDRESS:
		return read_address(def, rest, &item->text);
	case TL_T_OID:
		return read_oid(def, rest, &item->text);
	default:
		return read_number(mib, def, rest, item);
	}
}

bool
tl_mib_index_next(const tl_mib *mib, const tl_mib_node *node, size_t *at, tl_oid *rest,
    tl_mib_index *item)
{
	uint32_t count;
	const uint32_t *list;

	if (node == NULL || tl_mib_node_kind(node) != TL_MIB_OBJECT)
		return false;
	list = tl_mib_list(mib, node, &count);
	if (*at >= count || *at >= TL_OID_MAX)
		return false;
	const tl_mib_node *object = tl_mib_at(mib, list[*at] & ~TL_MIB_IMPLIED);
	if (object == NULL)
		return false;
	item_def def = { .syntax = tl_mib_syntax_of(mib, object),
		.implied = (list[*at] & TL_MIB_IMPLIED) != 0 };
	tl_oid left = *rest;

	item->name = tl_mib_node_name(mib, object);
	item->text.len = 0;
	item->text.full = false;
	if (def.syntax != NULL && def.syntax->special == TL_MIB_INET && *at > 0)
		def.inet_type = inet_type(mib, list[*at - 1], *rest);
	if (def.syntax == NULL || !read_item(mib, &def, &left, item)) {
		item->text.len = 0;
		return false;
	}
	*rest = left;
	(*at)++;
	return true;
}
