/* mib/find.c: from OIDs and names to definitions; the part that runs for every varbind.
 * The trie takes the bytes of an OID as they came from the wire. A named prefix ends
 * between two sub-identifiers by itself, since the names' OIDs do. */
#include "mib/image.h"

#include <stdlib.h>
#include <string.h>

/* Goes down by the bytes from |*p| to |end| as far as anything is defined. */
static inline const tl_mib_step *
walk(const tl_mib *mib, const tl_mib_step *s, const uint8_t **p, const uint8_t *end)
{
	const uint8_t *at = *p;

	for (; at < end; at++) {
		unsigned i = (unsigned)*at - s->lo;
		if (i >= s->span)
			break;
		s = mib->trie + s->kids + i;
	}
	*p = at;
	return s;
}

/* Where to start: below 1.3.6.1, where nearly everything is, or at the root. */
static inline const tl_mib_step *
start(const tl_mib *mib, tl_oid oid, const uint8_t **p)
{
	static const uint8_t internet[] = { 0x2b, 6, 1 };
	const tl_mib_image *image = mib->image;
	uint32_t at = 0, skip = 0;

	if (oid.len >= 5 && memcmp(oid.ber, internet, sizeof internet) == 0) {
		bool deeper = oid.ber[4] == 1;
		skip = 5;
		if (deeper && oid.ber[3] == 4) {
			at = image->enterprises;
		} else if (deeper && oid.ber[3] == 2) {
			at = image->mib_2;
		} else {
			at = image->internet;
			skip = 3;
		}
	}
	*p = oid.ber + (at != 0 ? skip : 0);
	return mib->trie + at;
}

tl_mib_match
tl_mib_find(const tl_mib *mib, tl_oid oid)
{
	const uint8_t *p;
	const tl_mib_step *s = start(mib, oid, &p);

	s = walk(mib, s, &p, oid.ber + oid.len);
	if (s->node == TL_MIB_NONE)
		return (tl_mib_match){ NULL, oid };
	const tl_mib_node *node = mib->nodes + s->node;
	uint32_t len = node->oid_len;
	return (tl_mib_match){ node, { oid.ber + len, oid.len - len } };
}

/* The notification whose OID is |len| bytes long and ends at |s|. */
static const tl_mib_node *
notification_at(const tl_mib *mib, const tl_mib_step *s, size_t len)
{
	if (s->node == TL_MIB_NONE)
		return NULL;
	const tl_mib_node *node = mib->nodes + s->node;
	if (node->oid_len != len)
		return NULL;
	while (node->kind != TL_MIB_NOTIFICATION)
		if (!tl_mib_more(node++))
			return NULL;
	return node;
}

/* Goes on from |from|, |above| bytes below the root, by the bytes from |p| to |end|. */
static const tl_mib_node *
notification_below(const tl_mib *mib, const tl_mib_step *from, size_t above, tl_oid last)
{
	const uint8_t *p = last.ber, *end = p + last.len;
	const tl_mib_step *s = walk(mib, from, &p, end);

	return p == end ? notification_at(mib, s, above + last.len) : NULL;
}

const tl_mib_node *
tl_mib_find_notification(const tl_mib *mib, tl_oid oid)
{
	const uint8_t *p, *end = oid.ber + oid.len, *last = end;
	const tl_mib_step *s = start(mib, oid, &p);
	static const uint8_t zero[1] = { 0 };
	bool has_zero;

	if (oid.len < 2)
		return NULL;
	do
		last--;
	while (last > p && (last[-1] & 0x80) != 0);
	const uint8_t *stem = last;
	has_zero = stem - p >= 1 && stem[-1] == 0 && (stem - p == 1 || stem[-2] < 0x80);
	stem -= has_zero;
	if (last < p || (s = walk(mib, s, &p, stem), p != stem))
		return NULL;

	size_t above = (size_t)(stem - oid.ber);
	tl_oid tail = { last, (uint32_t)(end - last) };
	const tl_mib_step *below = walk(mib, s, &(const uint8_t *){ zero }, zero + 1);
	const tl_mib_node *plain = notification_below(mib, s, above, tail);
	const tl_mib_node *zeroed = NULL;
	if (below != s)
		zeroed = notification_below(mib, below, above + 1, tail);
	if (has_zero)
		return zeroed != NULL ? zeroed : plain;
	return plain != NULL ? plain : zeroed;
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
		.trie = part(image, image->trie),
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
