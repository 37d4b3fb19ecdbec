/* mib/find.c: from OIDs and names to definitions; the part that runs for every varbind.
 * The trie takes the bytes of an OID as they came from the wire. A named prefix ends
 * between two sub-identifiers by itself, since the names' OIDs do. */
#include <string.h>

#include "mib/image.h"

/* Goes down from the step |at| by the bytes from |*p| to |end| as far as anything is
 * defined. A leaf leads nowhere: its number is larger than any step's. */
static inline uint32_t
walk(const tl_mib *mib, uint32_t at, const uint8_t **p, const uint8_t *end)
{
	const uint32_t *steps = mib->steps;
	uint32_t count = mib->steps_count, step = steps[at];
	const uint8_t *byte = *p;

	for (; byte < end; byte++) {
		uint32_t next = (step >> TL_MIB_STEP_SHIFT) + *byte;
		if (next >= count || (uint8_t)steps[next] != *byte)
			break;
		at = next;
		step = steps[at];
	}
	*p = byte;
	return at;
}

/* The node of a step that is no leaf. */
static uint32_t
node_of_fork(const tl_mib *mib, uint32_t step)
{
	uint32_t lo = 0, hi = mib->forks_count;

	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;
		if (mib->forks[middle].step < step)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo < mib->forks_count ? mib->forks[lo].node : TL_MIB_NONE;
}

/* The node that a step has; NULL if it has none. */
static inline const tl_mib_node *
node_at(const tl_mib *mib, uint32_t at)
{
	uint32_t step = mib->steps[at];
	uint32_t number = (step & TL_MIB_LEAF) != 0
			      ? (step & ~TL_MIB_LEAF) >> TL_MIB_STEP_SHIFT
			      : node_of_fork(mib, at);

	return number < mib->nodes_count ? mib->nodes + number : NULL;
}

/* Whether the OID of |node| has |bytes| from |from| on. */
static inline bool
has_bytes(const tl_mib *mib, const tl_mib_node *node, uint32_t from, tl_oid bytes)
{
	uint64_t at = (uint64_t)node->oid + from;

	return at + bytes.len <= mib->oids_count &&
	       memcmp(mib->oids + at, bytes.ber, bytes.len) == 0;
}

/* Where to start: below 1.3.6.1, where nearly everything is, or at the root. */
static inline uint32_t
start(const tl_mib *mib, tl_oid oid, const uint8_t **p)
{
	static const uint8_t internet[] = { 0x2b, 6, 1 };
	uint32_t at = 0, skip = 5;

	if (oid.len >= 5 && memcmp(oid.ber, internet, sizeof internet) == 0) {
		if (oid.ber[4] == 1 && oid.ber[3] == 4) {
			at = mib->enterprises;
		} else if (oid.ber[4] == 1 && oid.ber[3] == 2) {
			at = mib->mib_2;
		} else {
			at = mib->internet;
			skip = 3;
		}
	}
	*p = oid.ber + (at != 0 ? skip : 0);
	return at != 0 ? at : TL_MIB_ROOT;
}

/* Whether |node|, which the first |known| bytes of |oid| lead to, is at or above it. */
static inline bool
is_prefix(const tl_mib *mib, const tl_mib_node *node, tl_oid oid, uint32_t known)
{
	uint32_t len = tl_mib_oid_len(node);

	if (len <= known)
		return len > 0;
	return len <= oid.len &&
	       has_bytes(mib, node, known, (tl_oid){ oid.ber + known, len - known });
}

tl_mib_match
tl_mib_find(const tl_mib *mib, tl_oid oid)
{
	const uint8_t *p, *from;

	if (oid.len == 0)
		return (tl_mib_match){ NULL, oid };
	uint32_t first = start(mib, oid, &from);
	p = from;
	const tl_mib_node *node = node_at(mib, walk(mib, first, &p, oid.ber + oid.len));
	uint32_t known = (uint32_t)(p - oid.ber);
	if ((node == NULL || !is_prefix(mib, node, oid, known)) && p > from) {
		const uint8_t *before = p - 1;
		node = node_at(mib, walk(mib, first, &from, before));
		known--;
	}
	if (node == NULL || !is_prefix(mib, node, oid, known))
		return (tl_mib_match){ NULL, oid };
	uint32_t len = tl_mib_oid_len(node);
	return (tl_mib_match){ node, { oid.ber + len, oid.len - len } };
}

/* An OID in pieces: what stands before the last sub-identifier, a zero or nothing, and
 * that. */
typedef struct trap_oid {
	tl_oid stem, zero, last;
} trap_oid;

/* The notification of just |oid|; |at| is the step that the stem has led to. */
static const tl_mib_node *
notification_below(const tl_mib *mib, uint32_t at, const trap_oid *oid)
{
	const uint8_t *p = oid->zero.ber;
	uint32_t stem_len = oid->stem.len, zero_len = oid->zero.len;

	at = walk(mib, at, &p, p + zero_len);
	p = oid->last.ber;
	at = walk(mib, at, &p, p + oid->last.len);
	const tl_mib_node *node = node_at(mib, at);
	if (node == NULL || tl_mib_oid_len(node) != stem_len + zero_len + oid->last.len ||
	    !has_bytes(mib, node, 0, oid->stem) ||
	    !has_bytes(mib, node, stem_len, oid->zero) ||
	    !has_bytes(mib, node, stem_len + zero_len, oid->last))
		return NULL;
	while (node != NULL && tl_mib_node_kind(node) != TL_MIB_NOTIFICATION)
		node = tl_mib_same(mib, node);
	return node;
}

const tl_mib_node *
tl_mib_find_notification(const tl_mib *mib, tl_oid oid)
{
	static const uint8_t zero[] = { 0 };

	if (oid.len == 0)
		return NULL;
	const uint8_t *p, *end = oid.ber + oid.len, *last = end;
	uint32_t at = start(mib, oid, &p);

	if (p == end)
		return NULL;
	do
		last--;
	while (last > p && (last[-1] & 0x80) != 0);
	bool has_zero = last > p && last[-1] == 0 && (last == p + 1 || last[-2] < 0x80);
	const uint8_t *stem = last - has_zero;
	at = walk(mib, at, &p, stem);

	trap_oid plain = { { oid.ber, (uint32_t)(stem - oid.ber) }, { zero, 0 },
		{ last, (uint32_t)(end - last) } };
	trap_oid zeroed = { plain.stem, { zero, 1 }, plain.last };
	const tl_mib_node *node =
	    notification_below(mib, at, has_zero ? &zeroed : &plain);
	return node != NULL ? node
			    : notification_below(mib, at, has_zero ? &plain : &zeroed);
}

/* Whether |node| has this label, and (unless that is empty) this module. */
static bool
is_named(const tl_mib *mib, const tl_mib_node *node, tl_span module, tl_span label)
{
	tl_span have = tl_mib_node_name(mib, node);

	if (have.len != label.len || memcmp(have.ptr, label.ptr, label.len) != 0)
		return false;
	have = tl_mib_node_module(mib, node);
	return module.len == 0 ||
	       (have.len == module.len && memcmp(have.ptr, module.ptr, module.len) == 0);
}

const tl_mib_node *
tl_mib_find_name(const tl_mib *mib, const char *name, size_t len)
{
	const char *colons = len > 0 ? memmem(name, len, "::", 2) : NULL;
	size_t skip = colons != NULL ? (size_t)(colons - name) + 2 : 0;
	tl_span label = { (const uint8_t *)name + skip, len - skip };
	tl_span module = { (const uint8_t *)name, skip > 0 ? skip - 2 : 0 };

	if (label.len == 0 || (skip > 0 && module.len == 0))
		return NULL;
	uint32_t bucket = tl_mib_bucket(label, mib->buckets_count - 1);
	uint32_t end = mib->buckets[bucket + 1];
	for (uint32_t i = mib->buckets[bucket]; i < end && i < mib->names_count; i++) {
		const tl_mib_node *node = tl_mib_at(mib, mib->names[i]);
		if (node != NULL && is_named(mib, node, module, label))
			return node;
	}
	return NULL;
}
