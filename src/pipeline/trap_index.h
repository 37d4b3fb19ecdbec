/* pipeline/trap_index.h: from the OID of a notification that nobody has defined to the
 * rules that ask for it, for rule_index.c. Immutable once made. */
#ifndef PIPELINE_TRAP_INDEX_H
#define PIPELINE_TRAP_INDEX_H

#include "base/vec.h"
#include "pipeline/rule_index.h"
#include "pipeline/shortlist.h"

typedef struct trap_slot trap_slot;

/* The trees whose OIDs have one length, and of what bytes these are: most notifications
 * lie in none of them, and need no more than a look at this. */
typedef struct trap_tree {
	uint32_t len, early;            /* bytes; which of the first four is looked at */
	uint64_t early_bits, last_bits; /* 1 << byte % 64 of it, and of the last */
} trap_tree;

typedef struct trap_index {
	trap_slot *slots;
	uint32_t mask;  /* slots less one, a power of two */
	tl_vec keys;    /* bytes of OIDs */
	tl_vec numbers; /* of rules: lists in rising order, each closed by RULE_NONE */
	uint64_t oid_lens, oid_last_bits; /* of the OIDs: 1 << length % 64, 1 << last
					     byte % 64 */
	trap_tree trees[RULE_TREES_MAX];
	uint32_t tree_count;
} trap_index;

/* Fills |x|, zero-initialised, with those of |rules| for which |chosen| is set, and puts
 * into |weights| how many share the fullest list that each is in. Rules of trees beyond
 * RULE_TREES_MAX lengths are taken back from |chosen|. False without memory. */
bool trap_index_fill(
    trap_index *x, const rule_traps *rules, bool *chosen, uint32_t *weights);
void trap_index_fini(trap_index *x);

/* Adds the lists of a notification |oid|, which has no definition, to |c|. */
void trap_index_find(const trap_index *x, tl_oid oid, rule_cursor *c);

#endif
