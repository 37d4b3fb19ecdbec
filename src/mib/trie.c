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
	tl_mib_vec *steps; /* tl_mib_step */
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
	if (r.to - r.from > 1) {
		memcpy(m->spare, m->order + r.from, (r.to - r.from) * sizeof *m->spare);
		for (uint32_t i = 0; i < r.to - r.from; i++)
			m->order[ends[bucket(m->b, m->spare[i], r.depth)]++] =
			    m->spare[i];
	} else {
		ends[bucket(m->b, m->order[r.from], r.depth)]++;
	}
}

/* Short OIDs ("iso", "org") name too much to be worth saying. */
static bool
says_something(const tl_mib_builder *b, uint32_t number)
{
	enum { LEAST_ARCS = 4 };
	tl_span oid = tl_mib_piece_of(&b->bytes, tl_mib_kept_at(b, number)->oid);
	unsigned arcs = 1;

	for (size_t i = 0; i < oid.len && arcs < LEAST_ARCS; i++)
		arcs += oid.ptr[i] < 0x80;
	return arcs >= LEAST_ARCS;
}

static tl_err
add_steps(making *m, uint32_t count)
{
	if (tl_mib_vec_grow(m->steps, sizeof(tl_mib_step), count) == NULL ||
	    tl_mib_vec_grow(&m->ranges, sizeof(range), count) == NULL)
		return TL_ENOMEM;
	return TL_OK;
}

/* Makes step |i|'s children. */
static tl_err
branch(making *m, uint32_t i)
{
	uint32_t ends[BUCKETS];
	range r = ((range *)m->ranges.ptr)[i];
	tl_mib_step step = ((tl_mib_step *)m->steps->ptr)[i];
	unsigned lo = ENDS, hi = BUCKETS;

	if (r.from == r.to)
		return TL_OK;
	divide(m, r, ends);
	if (ends[ENDS - 1] > r.from && says_something(m->b, m->order[r.from]))
		step.node = r.from;
	while (lo < BUCKETS && ends[lo] == ends[lo - 1])
		lo++;
	while (hi > lo && ends[hi - 1] == ends[hi - 2])
		hi--;
	step.kids = m->steps->count;
	step.lo = (uint8_t)(lo - ENDS);
	step.span = (uint16_t)(hi - lo);
	((tl_mib_step *)m->steps->ptr)[i] = step;
	if (lo == BUCKETS)
		return TL_OK;
	tl_err err = add_steps(m, hi - lo);
	if (err != TL_OK)
		return err;
	for (unsigned k = lo; k < hi; k++) {
		uint32_t kid = step.kids + k - lo;
		((tl_mib_step *)m->steps->ptr)[kid] = (tl_mib_step){ .node = step.node };
		((range *)m->ranges.ptr)[kid] =
		    (range){ ends[k - 1], ends[k], r.depth + 1 };
	}
	return TL_OK;
}

tl_err
tl_mib_make_trie(const tl_mib_builder *b, tl_mib_vec *order, tl_mib_vec *steps)
{
	making m = { .b = b, .order = order->ptr, .steps = steps };
	tl_err err = add_steps(&m, 1);

	m.spare = malloc((order->count + (size_t)1) * sizeof *m.spare);
	if (m.spare == NULL || err != TL_OK) {
		err = TL_ENOMEM;
		goto out;
	}
	*(tl_mib_step *)steps->ptr = (tl_mib_step){ .node = TL_MIB_NONE };
	*(range *)m.ranges.ptr = (range){ 0, order->count, 0 };
	for (uint32_t i = 0; i < steps->count && err == TL_OK; i++)
		err = branch(&m, i);
out:
	free(m.spare);
	free(m.ranges.ptr);
	return err;
}
