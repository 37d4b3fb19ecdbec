/* mib/node.c: what a definition says. Numbers in a dictionary may lead anywhere: each is
 * looked at before it is followed. */
#include "base/buf.h"
#include "mib/image.h"

tl_mib_kind
tl_mib_node_kind(const tl_mib_node *node)
{
	return tl_mib_kind_of(node);
}

tl_span
tl_mib_node_name(const tl_mib *mib, const tl_mib_node *node)
{
	return tl_mib_text(mib, node->name);
}

tl_span
tl_mib_node_module(const tl_mib *mib, const tl_mib_node *node)
{
	return tl_mib_text(
	    mib, node->module < mib->modules_count ? mib->modules[node->module].name : 0);
}

void
tl_mib_node_write_name(const tl_mib *mib, const tl_mib_node *node, tl_buf *out)
{
	tl_buf_span(out, tl_mib_node_module(mib, node));
	tl_buf_lit(out, "::");
	tl_buf_span(out, tl_mib_node_name(mib, node));
}

/* Whether |oid| could have come from the wire: whole sub-identifiers, each in the fewest
 * bytes and of 32 bits, 2 to TL_OID_MAX of them. */
static bool
is_oid(tl_oid oid)
{
	size_t arcs = 1;

	for (uint32_t i = 0, from = 0; i < oid.len; i++) {
		uint8_t byte = oid.ber[i];
		if (byte >= 0x80 && i > from)
			continue;
		if (byte == 0x80)
			return false;
		if (byte >= 0x80)
			continue;
		if (i - from > 4 || (i - from == 4 && oid.ber[from] > 0x8f))
			return false;
		from = i + 1;
		arcs++;
	}
	return oid.len > 0 && oid.ber[oid.len - 1] < 0x80 && arcs <= TL_OID_MAX;
}

tl_oid
tl_mib_node_oid(const tl_mib *mib, const tl_mib_node *node)
{
	uint32_t len = tl_mib_oid_len(node);
	tl_oid oid = { mib->oids + node->oid, len };

	if (node->oid >= mib->oids_count || len > mib->oids_count - node->oid ||
	    !is_oid(oid))
		return (tl_oid){ NULL, 0 };
	return oid;
}

tl_severity
tl_mib_node_severity(const tl_mib_node *node)
{
	unsigned severity = node->facts >> TL_MIB_SEVERITY_SHIFT & 7;

	return severity <= TL_SEVERITY_CRITICAL ? (tl_severity)severity
						: TL_SEVERITY_NONE;
}

tl_span
tl_mib_node_source(const tl_mib *mib, const tl_mib_node *node, uint32_t *line)
{
	static const tl_mib_module none = { 0 };
	const tl_mib_module *module =
	    node->module < mib->modules_count ? &mib->modules[node->module] : &none;
	uint64_t end = (uint64_t)module->source + module->source_len;
	bool known = module->source_len > 0 && end <= mib->hints_count;

	*line = known ? mib->places[node - mib->nodes] >> 8 : 0;
	return (tl_span){ mib->hints + (known ? module->source : 0),
		known ? module->source_len : 0 };
}

uint32_t
tl_mib_count(const tl_mib *mib)
{
	return mib->nodes_count;
}

const tl_mib_node *
tl_mib_at(const tl_mib *mib, uint32_t i)
{
	return i < mib->nodes_count ? &mib->nodes[i] : NULL;
}

const tl_mib_node *
tl_mib_node_object(const tl_mib *mib, const tl_mib_node *node, size_t i)
{
	uint32_t count;
	const uint32_t *list = tl_mib_list(mib, node, &count);

	if (tl_mib_node_kind(node) != TL_MIB_NOTIFICATION)
		return NULL;
	for (; count > 0; count--, list++)
		if (*list < mib->nodes_count && i-- == 0) /* else it is not defined */
			return &mib->nodes[*list];
	return NULL;
}

bool
tl_mib_node_index(
    const tl_mib *mib, const tl_mib_node *node, size_t i, tl_mib_index_object *out)
{
	uint32_t count;
	const uint32_t *list = tl_mib_list(mib, node, &count);

	if (tl_mib_node_kind(node) == TL_MIB_NOTIFICATION || i >= count)
		return false;
	uint32_t number = list[i] & ~TL_MIB_IMPLIED;
	*out =
	    (tl_mib_index_object){ .node = number < mib->nodes_count ? &mib->nodes[number]
								     : NULL };
	out->implied = out->node != NULL && (list[i] & TL_MIB_IMPLIED) != 0;
	return true;
}

int
tl_mib_node_type(const tl_mib *mib, const tl_mib_node *node)
{
	const tl_mib_syntax *syntax = tl_mib_syntax_of(mib, node);

	return syntax != NULL ? syntax->type : 0;
}

bool
tl_mib_node_label_at(
    const tl_mib *mib, const tl_mib_node *node, size_t i, tl_span *label, int32_t *number)
{
	const tl_mib_syntax *syntax = tl_mib_syntax_of(mib, node);
	uint32_t count = 0;
	const tl_mib_label *labels =
	    syntax != NULL ? tl_mib_labels(mib, syntax, &count) : NULL;

	if (i >= count)
		return false;
	*label = tl_mib_text(mib, labels[i].text);
	*number = labels[i].value;
	return true;
}

tl_span
tl_mib_node_hint(const tl_mib *mib, const tl_mib_node *node)
{
	const tl_mib_syntax *syntax = tl_mib_syntax_of(mib, node);
	tl_span hint = { NULL, 0 };

	if (syntax != NULL)
		hint = tl_mib_hint(mib, syntax);
	return tl_is_text(hint) ? hint : (tl_span){ NULL, 0 };
}

void
tl_mib_node_size(
    const tl_mib *mib, const tl_mib_node *node, uint16_t *min_bytes, uint16_t *max_bytes)
{
	const tl_mib_syntax *syntax = tl_mib_syntax_of(mib, node);
	bool sized = syntax != NULL && syntax->type == TL_T_OCTETS;

	*min_bytes = sized ? syntax->size_min : 0;
	*max_bytes = sized ? syntax->size_max : UINT16_MAX;
}

const char *
tl_severity_name(tl_severity severity)
{
	static const char *const names[] = { "", "cleared", "info", "warning", "minor",
		"major", "critical" };
	size_t i = (size_t)severity;

	return i < sizeof names / sizeof names[0] ? names[i] : "";
}
