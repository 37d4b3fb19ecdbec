/* mib/trie.c: sorts definitions by the bytes of their OIDs and lays the trie over them,
 * level by level, in one pass: each step divides its definitions by their next byte. */
#include "mib/trie.h"

#include <stdlib.h>
#include <string.h>

/* Of one OID the object comes first, then the notification, then the identity; behind
 * them what lies below, by the next byte. */
enum { ENDS = 3, BUCKETS = ENDS + 256 };

enum { WINDOW = 512 }; /* of bases: they lie less than 256 behind the last step */

/* A step that is to be divided: its definitions in |order|, which have the same first
 * |depth| bytes, and the deepest node above it. */
typedef struct pending {
	uint32_t step, from, to, depth, node;
} pending;

typedef struct making {
	const tl_mib_set *set;
	uint32_t *order, *spare;
	tl_mib_trie *trie;
	tl_vec queue;          /* pending, in the order of their steps */
	uint32_t used[WINDOW]; /* the bases of steps, plus 1, by their last bits */
} making;

static const tl_mib_def *
def_of(const making *m, uint32_t at)
{
	return TL_VEC_AT(&m->set->defs, tl_mib_def, m->order[at]);
}

static const uint8_t *
oid_of(const making *m, const tl_mib_def *def)
{
	return TL_VEC_AT(&m->set->oids, uint8_t, def->oid);
}

static unsigned
bucket(const making *m, uint32_t number, uint32_t depth)
{
	const tl_mib_def *def = TL_VEC_AT(&m->set->defs, tl_mib_def, number);

	if (def->oid_len > depth)
		return ENDS + oid_of(m, def)[depth];
	return def->kind == TL_MIB_OBJECT ? 0 : def->kind == TL_MIB_NOTIFICATION ? 1 : 2;
}

/* Sorts the definitions of |p| by bucket, keeping the order of definition within each;
 * |ends| becomes where each bucket ends. */
static void
divide(making *m, const pending *p, uint32_t ends[static BUCKETS])
{
	uint32_t at = p->from, count = p->to - p->from;

	memset(ends, 0, BUCKETS * sizeof *ends);
	for (uint32_t i = p->from; i < p->to; i++)
		ends[bucket(m, m->order[i], p->depth)]++;
	for (unsigned k = 0; k < BUCKETS; k++) {
		uint32_t in_bucket = ends[k];
		ends[k] = at;
		at += in_bucket;
	}
	memcpy(m->spare, m->order + p->from, count * sizeof *m->spare);
	for (uint32_t i = 0; i < count; i++)
		m->order[ends[bucket(m, m->spare[i], p->depth)]++] = m->spare[i];
}

/* Whether a step that is at the definition in |order| at |at| should name that, and not
 * |above|. Short OIDs ("iso", "org") name too much to be worth saying; and a name below
 * an object is that of an instance (sysUpTimeInstance), which says less than the object
 * does. */
static bool
names(const making *m, uint32_t at, uint32_t above)
{
	enum { LEAST_ARCS = 4 };
	const tl_mib_def *def = def_of(m, at);
	const uint8_t *oid = oid_of(m, def);
	unsigned arcs = 1;

	if (def->kind == TL_MIB_IDENTITY && above != TL_MIB_NONE &&
	    def_of(m, above)->kind == TL_MIB_OBJECT)
		return false;
	for (uint32_t i = 0; i < def->oid_len && arcs < LEAST_ARCS; i++)
		arcs += oid[i] < 0x80;
	return arcs >= LEAST_ARCS;
}

static uint32_t
leaf(uint8_t byte, uint32_t node)
{
	return TL_MIB_LEAF | (node & TL_MIB_STEPS_MAX) << TL_MIB_STEP_SHIFT | byte;
}

static tl_err
add_step(making *m, uint32_t step)
{
	tl_vec *steps = &m->trie->steps;

	if (steps->count >= TL_MIB_STEPS_MAX)
		return TL_ELIMIT;
	uint32_t *to = tl_vec_grow(steps, sizeof *to, 1);
	if (to == NULL)
		return TL_ENOMEM;
	*to = step;
	return TL_OK;
}

static bool
is_used(const making *m, uint32_t base)
{
	return m->used[base % WINDOW] == base + 1;
}

static void
use(making *m, uint32_t base)
{
	m->used[base % WINDOW] = base + 1;
}

/* Adds a step that leads nowhere. */
static tl_err
add_gap(making *m)
{
	return add_step(m, leaf(0, TL_MIB_NONE));
}

/* What stands before everything, so that bases are not negative; and the root. */
static tl_err
add_front(making *m)
{
	tl_err err = TL_OK;

	for (uint32_t i = 0; i <= TL_MIB_ROOT && err == TL_OK; i++)
		err = add_gap(m);
	return err;
}

/* Adds the step behind |p| and |byte|, of the definitions in |order| from |from| to |to|;
 * those that are to be divided come into the queue. */
static tl_err
add_child(making *m, const pending *p, uint8_t byte, uint32_t from, uint32_t to)
{
	uint32_t node = p->node;

	if (to - from <= 1) {
		if (from < to && names(m, from, node))
			node = from;
		return add_step(m, leaf(byte, node));
	}
	pending *next = tl_vec_grow(&m->queue, sizeof *next, 1);
	if (next == NULL)
		return TL_ENOMEM;
	*next = (pending){ m->trie->steps.count, from, to, p->depth + 1, node };
	return add_step(m, byte);
}

/* Makes |p| a step with others behind, and finds room for those of the bytes from |lo|
 * on. */
static tl_err
add_fork(making *m, const pending *p, uint32_t lo)
{
	tl_vec *steps = &m->trie->steps;
	tl_mib_fork *fork = tl_vec_grow(&m->trie->forks, sizeof *fork, 1);

	if (fork == NULL)
		return TL_ENOMEM;
	while (is_used(m, steps->count - lo)) {
		tl_err err = add_gap(m);
		if (err != TL_OK)
			return err;
	}
	uint32_t base = steps->count - lo;
	use(m, base);
	*fork = (tl_mib_fork){ base, p->node };
	*TL_VEC_AT(steps, uint32_t, p->step) |= base << TL_MIB_STEP_SHIFT;
	return TL_OK;
}

static tl_err
add_jump(making *m, const pending *p)
{
	tl_mib_jump *jump = tl_vec_grow(&m->trie->jumps, sizeof *jump, 1);

	if (jump == NULL)
		return TL_ENOMEM;
	*jump = (tl_mib_jump){ .prefix = tl_load64(oid_of(m, def_of(m, p->from))),
		.step = *TL_VEC_AT(&m->trie->steps, uint32_t, p->step),
		.below = p->to - p->from };
	return TL_OK;
}

/* Makes the steps behind |p|: one for each byte from the least to the greatest that
 * follows. */
static tl_err
branch(making *m, pending *p)
{
	uint32_t ends[BUCKETS];
	unsigned lo = ENDS, hi = BUCKETS;

	divide(m, p, ends);
	if (ends[ENDS - 1] > p->from && names(m, p->from, p->node))
		p->node = p->from;
	while (lo < BUCKETS && ends[lo] == ends[lo - 1])
		lo++;
	while (hi > lo && ends[hi - 1] == ends[hi - 2])
		hi--;
	if (lo == hi) {
		uint32_t *step = TL_VEC_AT(&m->trie->steps, uint32_t, p->step);
		*step = leaf((uint8_t)*step, p->node);
		return TL_OK;
	}
	tl_err err = add_fork(m, p, lo - ENDS);
	if (p->depth == TL_MIB_PREFIX && err == TL_OK)
		err = add_jump(m, p);
	for (unsigned k = lo; k < hi && err == TL_OK; k++)
		err = add_child(m, p, (uint8_t)(k - ENDS), ends[k - 1], ends[k]);
	return err;
}

static int
by_base(const void *left, const void *right)
{
	const tl_mib_fork *a = left, *b = right;

	return (a->base > b->base) - (a->base < b->base);
}

static tl_err
start(making *m)
{
	tl_err err = add_front(m);
	pending *root = tl_vec_grow(&m->queue, sizeof *root, 1);

	if (err != TL_OK || root == NULL)
		return err != TL_OK ? err : TL_ENOMEM;
	*root = (pending){ TL_MIB_ROOT, 0, m->set->defs.count, 0, TL_MIB_NONE };
	*TL_VEC_AT(&m->trie->steps, uint32_t, TL_MIB_ROOT) = 0;
	return TL_OK;
}

tl_err
tl_mib_make_trie(
    const tl_mib_set *set, uint32_t *order, uint32_t *spare, tl_mib_trie *trie)
{
	making m = { .set = set, .order = order, .spare = spare, .trie = trie };

	if (set->defs.count >= TL_MIB_STEPS_MAX)
		return TL_ELIMIT;
	tl_err err = start(&m);
	for (uint32_t i = 0; err == TL_OK && i < m.queue.count; i++) {
		pending p = *TL_VEC_AT(&m.queue, pending, i); /* which may move */
		err = branch(&m, &p);
	}
	tl_vec_free(&m.queue);
	if (trie->forks.count > 0)
		qsort(trie->forks.ptr, trie->forks.count, sizeof(tl_mib_fork), by_base);
	return err;
}
