/* mib/find.c: from OIDs and names to definitions; the part that runs for every varbind.
 * The trie takes the bytes of an OID as they came from the wire. A named prefix ends
 * between two sub-identifiers by itself, since the names' OIDs do. */
#include <string.h>

#include "base/buf.h"
#include "mib/image.h"

/* Goes down from |step| by the bytes from |*p| to |end| as far as anything is defined. A
 * leaf leads nowhere: its number is larger than any step's. */
static inline uint32_t
walk(const tl_mib *mib, uint32_t step, const uint8_t **p, const uint8_t *end)
{
	const uint32_t *steps = mib->steps;
	uint32_t count = mib->steps_count;
	const uint8_t *byte = *p;

	while (byte < end) {
		uint32_t next = (step >> TL_MIB_STEP_SHIFT) + *byte;
		if (next >= count || (uint8_t)steps[next] != *byte)
			break;
		step = steps[next];
		byte++;
	}
	*p = byte;
	return step;
}

/* The node of a fork. */
static uint32_t
node_of_fork(const tl_mib *mib, uint32_t step)
{
	uint32_t lo = 0, hi = mib->forks_count, base = step >> TL_MIB_STEP_SHIFT;

	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;
		if (mib->forks[middle].base < base)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo < mib->forks_count ? mib->forks[lo].node : TL_MIB_NONE;
}

/* The node that a step has; NULL if it has none. */
static const tl_mib_node *
node_of(const tl_mib *mib, uint32_t step)
{
	bool is_leaf = (step & TL_MIB_LEAF) != 0;

	return tl_mib_at(mib, is_leaf ? (step & ~TL_MIB_LEAF) >> TL_MIB_STEP_SHIFT
				      : node_of_fork(mib, step));
}

/* The step to start from, and how many bytes lead to it: below 1.3.6.1, where nearly
 * everything is, or at the root. The places of steps that are not there are 0, where
 * there is a leaf. */
static inline uint32_t
start(const tl_mib *mib, tl_oid oid, uint32_t *skip)
{
	static const uint8_t mib_2[] = { 0x2b, 6, 1, 2 },
			     enterprises[] = { 0x2b, 6, 1, 4 };

	*skip = 0;
	if (oid.len <= 5)
		return mib->root;
	if (oid.ber[4] == 1) {
		*skip = 5;
		if (memcmp(oid.ber, enterprises, sizeof enterprises) == 0)
			return mib->enterprises;
		if (memcmp(oid.ber, mib_2, sizeof mib_2) == 0)
			return mib->mib_2;
	}
	*skip = 3;
	if (memcmp(oid.ber, mib_2, 3) == 0)
		return mib->internet;
	*skip = 0;
	return mib->root;
}

/* The same, further down if that is possible. */
static inline uint32_t
jump(const tl_mib *mib, tl_oid oid, uint32_t *skip)
{
	if (oid.len > TL_MIB_PREFIX) {
		uint64_t prefix = tl_load64(oid.ber);
		const tl_mib_jump *to =
		    mib->jumps + tl_mib_jump_place(prefix, mib->jump_bits);
		const tl_mib_jump *end = to + TL_MIB_JUMP_TRIES;
		for (; to < end && to->below > 0; to++)
			if (to->prefix == prefix) {
				*skip = TL_MIB_PREFIX;
				return to->step;
			}
	}
	return start(mib, oid, skip);
}

/* Whether |node|, which the first |known| bytes of |oid| lead to, is at or above it. */
static inline bool
is_prefix(const tl_mib *mib, const tl_mib_node *node, tl_oid oid, uint32_t known)
{
	uint32_t len = tl_mib_oid_len(node);
	uint64_t at = (uint64_t)node->oid + known;

	if (len <= known)
		return len > 0;
	return len <= oid.len && at + len - known <= mib->oids_count &&
	       memcmp(mib->oids + at, oid.ber + known, len - known) == 0;
}

/* The deepest node at or above |oid|, which is not empty; NULL if there is none. */
static const tl_mib_node *
deepest(const tl_mib *mib, tl_oid oid)
{
	uint32_t skip, first = jump(mib, oid, &skip);
	const uint8_t *p = oid.ber + skip, *end = oid.ber + oid.len;
	const tl_mib_node *node = node_of(mib, walk(mib, first, &p, end));
	uint32_t known = (uint32_t)(p - oid.ber);

	if (node != NULL && is_prefix(mib, node, oid, known))
		return node;
	if (known == 0)
		return NULL;
	p = oid.ber;
	node = node_of(mib, walk(mib, mib->root, &p, oid.ber + known - 1));
	return node != NULL && is_prefix(mib, node, oid, known - 1) ? node : NULL;
}

/* The same for most OIDs: they lead to a leaf at or above them. NULL: ask deepest(). */
static inline const tl_mib_node *
leaf_above(const tl_mib *mib, tl_oid oid)
{
	uint32_t skip, step = jump(mib, oid, &skip);
	const uint8_t *p = oid.ber + skip;

	step = walk(mib, step, &p, oid.ber + oid.len);
	uint32_t number = (step & ~TL_MIB_LEAF) >> TL_MIB_STEP_SHIFT;
	const tl_mib_node *node = mib->nodes + number;
	if ((step & TL_MIB_LEAF) == 0 || number >= mib->nodes_count)
		return NULL;
	return tl_mib_oid_len(node) - 1 < (uint32_t)(p - oid.ber) ? node : NULL;
}

static inline tl_mib_match
match_of(const tl_mib_node *node, tl_oid oid)
{
	uint32_t len = tl_mib_oid_len(node);

	return (tl_mib_match){ node, { oid.ber + len, oid.len - len } };
}

/* Kept out of the way of the others. */
static __attribute__((noinline)) tl_mib_match
find_deepest(const tl_mib *mib, tl_oid oid)
{
	const tl_mib_node *node = oid.len > 0 ? deepest(mib, oid) : NULL;

	return node != NULL ? match_of(node, oid) : (tl_mib_match){ NULL, oid };
}

tl_mib_match
tl_mib_find(const tl_mib *mib, tl_oid oid)
{
	const tl_mib_node *node = oid.len > 0 ? leaf_above(mib, oid) : NULL;

	return node != NULL ? match_of(node, oid) : find_deepest(mib, oid);
}

/* The notification of just this OID, which is not empty. */
static const tl_mib_node *
notification_of(const tl_mib *mib, tl_oid oid)
{
	const tl_mib_node *node = deepest(mib, oid);

	if (node == NULL || tl_mib_oid_len(node) != oid.len)
		return NULL;
	while (node != NULL && tl_mib_kind_of(node) != TL_MIB_NOTIFICATION)
		node = tl_mib_same(mib, node);
	return node;
}

/* |oid| without the 0 before its last sub-identifier, or else with one; empty if it is
 * too long for that. */
static tl_oid
other_form(tl_oid oid, uint8_t room[static TL_OID_BER_MAX])
{
	const uint8_t *end = oid.ber + oid.len, *last = end - 1;
	tl_buf out = { .ptr = room, .cap = TL_OID_BER_MAX };

	while (last > oid.ber && last[-1] >= 0x80)
		last--;
	size_t stem = (size_t)(last - oid.ber);
	bool has_zero = stem > 1 && last[-1] == 0 && last[-2] < 0x80;
	tl_buf_put(&out, oid.ber, stem - has_zero);
	if (!has_zero)
		tl_buf_putc(&out, 0);
	tl_buf_put(&out, last, (size_t)(end - last));
	return (tl_oid){ room, out.full ? 0 : (uint32_t)out.len };
}

/* Kept out of the way of the others. */
static __attribute__((noinline)) const tl_mib_node *
find_either_form(const tl_mib *mib, tl_oid oid)
{
	uint8_t room[TL_OID_BER_MAX];
	const tl_mib_node *node = oid.len > 0 ? notification_of(mib, oid) : NULL;

	if (node != NULL || oid.len == 0)
		return node;
	oid = other_form(oid, room);
	return oid.len > 0 ? notification_of(mib, oid) : NULL;
}

const tl_mib_node *
tl_mib_find_notification(const tl_mib *mib, tl_oid oid)
{
	const tl_mib_node *node = oid.len > 0 ? leaf_above(mib, oid) : NULL;

	if (node != NULL && tl_mib_oid_len(node) == oid.len &&
	    tl_mib_kind_of(node) == TL_MIB_NOTIFICATION)
		return node;
	return find_either_form(mib, oid);
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
	if (len == 0)
		return NULL;
	const char *colons = memmem(name, len, "::", 2);
	size_t skip = colons != NULL ? (size_t)(colons - name) + 2 : 0;
	tl_span label = { (const uint8_t *)name + skip, len - skip };
	tl_span module = { (const uint8_t *)name, skip > 0 ? skip - 2 : 0 };

	label.len = label.len < TL_MIB_NAME_MAX ? label.len : TL_MIB_NAME_MAX;
	module.len = module.len < TL_MIB_NAME_MAX ? module.len : TL_MIB_NAME_MAX;
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
