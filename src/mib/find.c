/* mib/find.c: from OIDs and names to definitions; the part that runs for every varbind.
 * The trie takes the bytes of an OID as they came from the wire. A named prefix ends
 * between two sub-identifiers by itself, since the names' OIDs do. */
#include "mib/image.h"

#include <stdlib.h>
#include <string.h>

/* Goes down from the step |at| by the bytes from |*p| to |end| as far as anything is
 * defined. */
static inline uint32_t
walk(const tl_mib_step *steps, uint32_t at, const uint8_t **p, const uint8_t *end)
{
	const uint8_t *byte = *p;

	for (; byte < end; byte++) {
		uint32_t next = steps[at].base + *byte;
		if (steps[next].above != at)
			break;
		at = next;
	}
	*p = byte;
	return at;
}

/* Where to start: below 1.3.6.1, where nearly everything is, or at the root. */
static inline uint32_t
start(const tl_mib *mib, tl_oid oid, const uint8_t **p)
{
	static const uint8_t internet[] = { 0x2b, 6, 1 };
	const tl_mib_image *image = mib->image;
	uint32_t at = 0, skip = 5;

	if (oid.len >= 5 && memcmp(oid.ber, internet, sizeof internet) == 0) {
		if (oid.ber[4] == 1 && oid.ber[3] == 4) {
			at = image->enterprises;
		} else if (oid.ber[4] == 1 && oid.ber[3] == 2) {
			at = image->mib_2;
		} else {
			at = image->internet;
			skip = 3;
		}
	}
	*p = oid.ber + (at != 0 ? skip : 0);
	return at != 0 ? at : TL_MIB_ROOT;
}

tl_mib_match
tl_mib_find(const tl_mib *mib, tl_oid oid)
{
	const uint8_t *p;

	if (oid.len == 0)
		return (tl_mib_match){ NULL, oid };
	uint32_t at = start(mib, oid, &p);
	at = mib->named[walk(mib->steps, at, &p, oid.ber + oid.len)];
	if (at == TL_MIB_NONE)
		return (tl_mib_match){ NULL, oid };
	const tl_mib_node *node = mib->nodes + at;
	uint32_t len = node->oid_len;
	return (tl_mib_match){ node, { oid.ber + len, oid.len - len } };
}

/* The notification whose OID is |len| bytes long and ends at the step |at|. */
static const tl_mib_node *
notification_at(const tl_mib *mib, uint32_t at, size_t len)
{
	if (mib->named[at] == TL_MIB_NONE)
		return NULL;
	const tl_mib_node *node = mib->nodes + mib->named[at];
	if (node->oid_len != len)
		return NULL;
	while (node->kind != TL_MIB_NOTIFICATION)
		if (!tl_mib_more(node++))
			return NULL;
	return node;
}

/* The notification that |last| leads to from the step |at|, which is |above| bytes
 * below the root. */
static const tl_mib_node *
notification_below(const tl_mib *mib, uint32_t at, size_t above, tl_oid last)
{
	const uint8_t *p = last.ber, *end = p + last.len;

	at = walk(mib->steps, at, &p, end);
	return p == end ? notification_at(mib, at, above + last.len) : NULL;
}

const tl_mib_node *
tl_mib_find_notification(const tl_mib *mib, tl_oid oid)
{
	if (oid.len == 0)
		return NULL;
	const uint8_t *p, *end = oid.ber + oid.len, *last = end;
	uint32_t at = start(mib, oid, &p);

	/* The last sub-identifier, and the stem: what stands before it and its zero. */
	if (p == end)
		return NULL;
	do
		last--;
	while (last > p && (last[-1] & 0x80) != 0);
	bool has_zero = last > p && last[-1] == 0 && (last == p + 1 || last[-2] < 0x80);
	const uint8_t *stem = last - has_zero;
	at = walk(mib->steps, at, &p, stem);
	if (p != stem)
		return NULL;

	size_t len = (size_t)(stem - oid.ber);
	tl_oid tail = { last, (uint32_t)(end - last) };
	const tl_mib_node *plain = notification_below(mib, at, len, tail), *zeroed = NULL;
	uint32_t zero = mib->steps[at].base; /* plus the byte, 0 */
	if (mib->steps[zero].above == at)
		zeroed = notification_below(mib, zero, len + 1, tail);
	bool prefer_zero = has_zero && zeroed != NULL;
	return plain != NULL && !prefer_zero ? plain : zeroed;
}

const tl_mib_node *
tl_mib_find_name(const tl_mib *mib, const char *name, size_t len)
{
	const char *colons = len > 0 ? memmem(name, len, "::", 2) : NULL;
	size_t skip = colons != NULL ? (size_t)(colons - name) + 2 : 0;
	tl_span whole = { (const uint8_t *)name, len };
	tl_span label = { whole.ptr + skip, len - skip };

	if (label.len == 0)
		return NULL;
	uint32_t bucket = tl_mib_bucket(label, mib->image->buckets.count - 1);
	for (uint32_t i = mib->buckets[bucket]; i < mib->buckets[bucket + 1]; i++) {
		const tl_mib_node *node = mib->nodes + mib->names[i];
		tl_span have =
		    skip > 0 ? tl_mib_node_name(mib, node) : tl_mib_label_of(mib, node);
		if (have.len == whole.len && memcmp(have.ptr, name, len) == 0)
			return node;
	}
	return NULL;
}

tl_mib_kind
tl_mib_node_kind(const tl_mib_node *node)
{
	return (tl_mib_kind)node->kind;
}

tl_span
tl_mib_node_name(const tl_mib *mib, const tl_mib_node *node)
{
	return tl_mib_bytes(mib, node->name, node->name_len);
}

tl_oid
tl_mib_node_oid(const tl_mib *mib, const tl_mib_node *node)
{
	return (tl_oid){ mib->bytes + node->oid, node->oid_len };
}

tl_severity
tl_mib_node_severity(const tl_mib_node *node)
{
	return (tl_severity)(node->severity & ~TL_MIB_SAME_OID);
}

const tl_mib_node *
tl_mib_node_object(const tl_mib *mib, const tl_mib_node *node, size_t i)
{
	if (node->kind != TL_MIB_NOTIFICATION || node->list == TL_MIB_NONE)
		return NULL;
	const uint32_t *list = mib->lists + node->list;
	return i < list[0] ? mib->nodes + list[1 + i] : NULL;
}

int
tl_mib_node_type(const tl_mib *mib, const tl_mib_node *node)
{
	const tl_mib_syntax *syntax = tl_mib_syntax_of(mib, node);

	return syntax != NULL ? syntax->type : 0;
}

const char *
tl_severity_name(tl_severity severity)
{
	static const char *const names[] = { "", "cleared", "info", "warning", "minor",
		"major", "critical" };
	size_t i = (size_t)severity;

	return i < sizeof names / sizeof names[0] ? names[i] : "";
}

static const void *
part(const tl_mib_image *image, tl_mib_section section)
{
	return (const uint8_t *)image + section.at;
}

tl_err
tl_mib_open_image(const tl_mib_image *image, void *owned, tl_mib **out)
{
	tl_mib *mib = malloc(sizeof *mib);

	if (mib == NULL)
		return TL_ENOMEM;
	*mib = (tl_mib){
		.image = image,
		.nodes = part(image, image->nodes),
		.steps = part(image, image->steps),
		.named = part(image, image->named),
		.syntaxes = part(image, image->syntaxes),
		.labels = part(image, image->labels),
		.lists = part(image, image->lists),
		.names = part(image, image->names),
		.buckets = part(image, image->buckets),
		.bytes = part(image, image->bytes),
		.owned = owned,
	};
	*out = mib;
	return TL_OK;
}

void
tl_mib_free(tl_mib *mib)
{
	if (mib == NULL)
		return;
	free(mib->owned);
	free(mib);
}
