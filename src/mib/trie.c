/* mib/trie.c: sorts definitions by the bytes of their OIDs and lays the trie over them,
 * level by level, in one pass: each step divides its definitions by their next byte. */
#include "mib/parts.h"

#include <stdlib.h>
#include <string.h>

/* Of one OID the object comes first, then the notification, then the identity; behind
 * them what lies below, by the next byte. */
enum { ENDS = 3, BUCKETS = ENDS + 256 };

/* The definitions of a step, in |order|; all have the same first |depth| bytes. */
typedef struct range {
	uint32_t from, to;
	uint32_t depth;
} range;

typedef struct making {
	const tl_mib_builder *b;
	uint32_t *order, *spare;
	tl_mib_trie *trie;
	tl_mib_vec ranges; /* of the steps */
} making;

static unsigned
bucket(const tl_mib_builder *b, uint32_t number, uint32_t depth)
{
	const tl_mib_kept *k = tl_mib_kept_at(b, number);

	if (k->oid.len == depth)
		return k->kind == TL_MIB_OBJECT         ? 0
		       : k->kind == TL_MIB_NOTIFICATION ? 1
							: 2;
	return ENDS + tl_mib_piece_of(&b->bytes, k->oid).ptr[depth];
}

/* Sorts |r| by bucket, keeping the order of definition within each; |ends| becomes where
 * each bucket ends. */
static void
divide(making *m, range r, uint32_t ends[static BUCKETS])
{
	uint32_t at = r.from;

	memset(ends, 0, BUCKETS * sizeof *ends);
	for (uint32_t i = r.from; i < r.to; i++)
		ends[bucket(m->b, m->order[i], r.depth)]++;
	for (unsigned k = 0; k < BUCKETS; k++) {
		uint32_t count = ends[k];
		ends[k] = at;
		at += count;
	}
	memcpy(m->spare, m->order + r.from, (r.to - r.from) * sizeof *m->spare);
	for (uint32_t i = 0; i < r.to - r.from; i++)
		m->order[ends[bucket(m->b, m->spare[i], r.depth)]++] = m->spare[i];
}

/* Whether a step that is at the definition in |order| at |at| should name that, and not
 * |above|. Short OIDs ("iso", "org") name too much to be worth saying; and a name below
 * an object is that of an instance (sysUpTimeInstance), which says less than the object
 * does. */
static bool
names(const making *m, uint32_t at, uint32_t above)
{
	enum { LEAST_ARCS = 4 };
	const tl_mib_kept *k = tl_mib_kept_at(m->b, m->order[at]);
	tl_span oid = tl_mib_piece_of(&m->b->bytes, k->oid);
	unsigned arcs = 1;

	if (k->kind == TL_MIB_IDENTITY && above != TL_MIB_NONE &&
	    tl_mib_kept_at(m->b, m->order[above])->kind == TL_MIB_OBJECT)
		return false;
	for (size_t i = 0; i < oid.len && arcs < LEAST_ARCS; i++)
		arcs += oid.ptr[i] < 0x80;
	return arcs >= LEAST_ARCS;
}

/* Adds a step behind the step |above|; to |above| TL_MIB_NONE nothing leads. */
static tl_err
add_step(making *m, uint32_t above, uint32_t node, range r)
{
	tl_mib_step *step = tl_mib_vec_grow(&m->trie->steps, sizeof *step, 1);
	uint32_t *named = tl_mib_vec_grow(&m->trie->named, sizeof *named, 1);
	range *to = tl_mib_vec_grow(&m->ranges, sizeof *to, 1);

	if (step == NULL || named == NULL || to == NULL)
		return TL_ENOMEM;
	*step = (tl_mib_step){ .base = 0, .above = above };
	*named = node;
	*to = r;
	return TL_OK;
}

/* Adds |TL_MIB_ROOT| steps that nothing leads to. */
static tl_err
add_end(making *m)
{
	tl_err err = TL_OK;

	for (uint32_t i = 0; i < TL_MIB_ROOT && err == TL_OK; i++)
		err = add_step(m, TL_MIB_NONE, TL_MIB_NONE, (range){ 0 });
	return err;
}

/* The only definition of step |i| is there, or one byte further down; most are alone. */
static tl_err
branch_alone(making *m, uint32_t i, range r)
{
	tl_mib_step *step = (tl_mib_step *)m->trie->steps.ptr + i;
	uint32_t *named = (uint32_t *)m->trie->named.ptr + i;
	unsigned to = bucket(m->b, m->order[r.from], r.depth);

	if (to < ENDS) {
		if (names(m, r.from, *named))
			*named = r.from;
		return TL_OK;
	}
	step->base = m->trie->steps.count - (to - ENDS);
	return add_step(m, i, *named, (range){ r.from, r.to, r.depth + 1 });
}

/* Makes the steps behind step |i|: one for each byte from the least to the greatest that
 * follows. */
static tl_err
branch(making *m, uint32_t i, range r)
{
	uint32_t ends[BUCKETS], *named = (uint32_t *)m->trie->named.ptr + i;
	unsigned lo = ENDS, hi = BUCKETS;
	tl_err err = TL_OK;

	divide(m, r, ends);
	if (ends[ENDS - 1] > r.from && names(m, r.from, *named))
		*named = r.from;
	while (lo < BUCKETS && ends[lo] == ends[lo - 1])
		lo++;
	while (hi > lo && ends[hi - 1] == ends[hi - 2])
		hi--;
	if (lo < hi)
		((tl_mib_step *)m->trie->steps.ptr)[i].base =
		    m->trie->steps.count - (lo - ENDS);
	uint32_t node = *named;
	for (unsigned k = lo; k < hi && err == TL_OK; k++)
		err = add_step(m, i, node, (range){ ends[k - 1], ends[k], r.depth + 1 });
	return err;
}

tl_err
tl_mib_make_trie(const tl_mib_builder *b, tl_mib_vec *order, tl_mib_trie *trie)
{
	making m = { .b = b, .order = order->ptr, .trie = trie };
	tl_err err = add_end(&m);

	if (err == TL_OK)
		err =
		    add_step(&m, TL_MIB_NONE, TL_MIB_NONE, (range){ 0, order->count, 0 });
	m.spare = malloc((order->count + (size_t)1) * sizeof *m.spare);
	if (m.spare == NULL)
		err = TL_ENOMEM;
	for (uint32_t i = TL_MIB_ROOT; err == TL_OK && i < trie->steps.count; i++) {
		range r = ((range *)m.ranges.ptr)[i];
		if (r.to - r.from == 1)
			err = branch_alone(&m, i, r);
		else if (r.to > r.from)
			err = branch(&m, i, r);
	}
	if (err == TL_OK)
		err = add_end(&m);
	free(m.spare);
	free(m.ranges.ptr);
	return err;
}
