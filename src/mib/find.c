/* mib/find.c: from OIDs and names to definitions; the part that runs for every varbind.
 * The trie takes the bytes of an OID as they came from the wire. A named prefix ends
 * between two sub-identifiers by itself, since the names' OIDs do. */
#include "mib/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

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

/* Where to start: behind 1.3.6.1, where nearly everything is, or at the root. */
static inline const tl_mib_step *
start(const tl_mib *mib, tl_oid oid, const uint8_t **p)
{
	bool internet = oid.len >= 3 && oid.ber[0] == 0x2b && oid.ber[1] == 6 &&
			oid.ber[2] == 1 && mib->internet != 0;

	*p = oid.ber + (internet ? 3 : 0);
	return mib->trie + (internet ? mib->internet : 0);
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
		if (((node++)->flags & TL_MIB_SAME_OID) == 0)
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

/* Looks |name| up in a hash table of names, whole ones or labels. */
static const tl_mib_node *
probe(const tl_mib *mib, bool whole, tl_span name)
{
	const uint32_t *table = whole ? mib->full : mib->labelled;
	uint32_t size = whole ? mib->image->full.count : mib->image->labelled.count;
	uint64_t hash = tl_hash(name.ptr, name.len, 0);

	for (uint32_t i = (uint32_t)hash & (size - 1);; i = (i + 1) & (size - 1)) {
		if (table[i] == TL_MIB_NONE)
			return NULL;
		const tl_mib_node *node = mib->nodes + table[i];
		tl_span have =
		    whole ? tl_mib_node_name(mib, node) : tl_mib_label_of(mib, node);
		if (have.len == name.len && memcmp(have.ptr, name.ptr, name.len) == 0)
			return node;
	}
}

const tl_mib_node *
tl_mib_find_name(const tl_mib *mib, const char *name, size_t len)
{
	if (len == 0)
		return NULL;
	return probe(mib, memmem(name, len, "::", 2) != NULL,
	    (tl_span){ (const uint8_t *)name, len });
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
	return (tl_severity)node->severity;
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
		.full = part(image, image->full),
		.labelled = part(image, image->labelled),
		.bytes = part(image, image->bytes),
		.internet = image->internet,
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
