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
	const uint8_t *p = rest->ber, *end = p + rest->len;
	size_t n = 0, most = implied || count > OCTETS_MAX ? OCTETS_MAX : count;

	for (; n < most && p < end; n++) {
		unsigned octet = *p++;
		if (octet >= 0x80) { /* of two bytes: 128 to 255 */
			if (octet != 0x81 || p == end || *p >= 0x80)
				return false;
			octet = 0x80 | *p++;
		}
		to[n] = (uint8_t)octet;
	}
	*len = n;
	*rest = (tl_oid){ p, (uint32_t)(end - p) };
	return implied ? p == end : n == count;
}

/* The InetAddressType that stands before an InetAddress: |before| is the item before it
 * in the list, whose number is the byte in front of |rest|; 0 if that is none. */
static unsigned
inet_type(const tl_mib *mib, uint32_t before, tl_oid rest)
{
	const tl_mib_syntax *syntax = tl_mib_syntax_at(mib, before);

	return syntax != NULL && syntax->special == TL_MIB_INET_TYPE ? rest.ber[-1] : 0;
}

/* What is to be known of an item. */
typedef struct item_def {
	const tl_mib_syntax *syntax;
	bool implied;
	unsigned inet_type; /* RFC 4001; 0 if it is not known */
} item_def;

/* Whether an index holds values of a type as one number. */
static inline bool
is_number(const tl_mib_syntax *syntax)
{
	static const uint8_t others[256] = {
		[TL_T_OCTETS] = 1, [TL_T_OPAQUE] = 1, [TL_T_IPADDRESS] = 1, [TL_T_OID] = 1
	};

	return others[syntax->type] == 0;
}

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
	    tl_mib_is_text(mib, def->syntax, value) ||
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

/* A number; with labels its label as well. */
static __attribute__((noinline)) bool
read_number(
    const tl_mib *mib, const tl_mib_syntax *syntax, tl_oid *rest, tl_mib_index *item)
{
	uint32_t arc;

	if (!take_arc(rest, &arc))
		return false;
	item->value = arc;
	const tl_mib_label *label = tl_mib_find_label(mib, syntax, arc);
	if (label != NULL) {
		tl_buf_span(&item->text, tl_mib_text(mib, label->text));
		tl_buf_putc(&item->text, '(');
		tl_buf_u64(&item->text, arc);
		tl_buf_putc(&item->text, ')');
	}
	return true;
}

/* The |at|th item of |list|, if it is not a small number, as most are. */
static __attribute__((noinline)) bool
read_item(
    const tl_mib *mib, const uint32_t *list, size_t *at, tl_oid *rest, tl_mib_index *item)
{
	item_def def = { .syntax = tl_mib_syntax_at(mib, list[*at] & ~TL_MIB_IMPLIED),
		.implied = (list[*at] & TL_MIB_IMPLIED) != 0 };
	tl_oid left = *rest;
	bool good;

	if (def.syntax->special == TL_MIB_INET && *at > 0)
		def.inet_type = inet_type(mib, list[*at - 1], *rest);
	item->is_number = is_number(def.syntax);
	item->value = 0;
	if (item->is_number)
		good = read_number(mib, def.syntax, &left, item);
	else if (def.syntax->type == TL_T_IPADDRESS)
		good = read_address(&def, &left, &item->text);
	else if (def.syntax->type == TL_T_OID)
		good = read_oid(&def, &left, &item->text);
	else
		good = read_string(mib, &def, &left, &item->text);
	if (!good) {
		item->text.len = 0;
		return false;
	}
	*rest = left;
	++*at;
	return true;
}

bool
tl_mib_index_next(const tl_mib *mib, const tl_mib_node *node, size_t *at, tl_oid *rest,
    tl_mib_index *item)
{
	uint32_t count;

	if (node == NULL || tl_mib_kind_of(node) != TL_MIB_OBJECT)
		return false;
	const uint32_t *list = tl_mib_list(mib, node, &count);
	if (*at >= count || *at >= TL_OID_MAX)
		return false;
	uint32_t number = list[*at] & ~TL_MIB_IMPLIED;
	if (number >= mib->nodes_count)
		return false;
	const tl_mib_node *object = mib->nodes + number;
	if (object->syntax >= mib->syntaxes_count)
		return false;
	const tl_mib_syntax *syntax = mib->syntaxes + object->syntax;
	item->name = tl_mib_text(mib, object->name);
	item->text.len = 0;
	item->text.full = false;
	item->last = *at + 1 == count;
	if (rest->len == 0 || *rest->ber >= 0x80 || syntax->label_count > 0 ||
	    !is_number(syntax))
		return read_item(mib, list, at, rest, item);
	item->is_number = true;
	item->value = *rest->ber;
	*rest = (tl_oid){ rest->ber + 1, rest->len - 1 };
	++*at;
	return true;
}
