/* pipeline/trap_index.h: from what a notification is to the rules that ask for it, for
 * rule_index.c. Immutable once made. */
#ifndef PIPELINE_TRAP_INDEX_H
#define PIPELINE_TRAP_INDEX_H

#include "base/vec.h"
#include "pipeline/rule_index.h"

typedef struct trap_slot trap_slot;

typedef struct trap_index {
	trap_slot *slots;
	uint32_t mask;  /* slots less one, a power of two; 0: there are none */
	tl_vec keys;    /* bytes of OIDs */
	tl_vec numbers; /* of rules: those of a slot in rising order */
	bool has_oids;  /* some slot is of an OID alone */
	uint32_t trees[RULE_TREES_MAX]; /* lengths of OIDs whose trees are asked for */
	uint32_t tree_count;
} trap_index;

/* Whether the rules' patterns can all be found by an index: no globs. */
bool trap_index_can(const tl_conf_patterns *patterns);

/* Fills |x|, zero-initialised, with the rules of |conf| for which |chosen| is set, and
 * puts into |weights| how many share the fullest list that each is in. Rules of trees
 * beyond RULE_TREES_MAX lengths are taken back from |chosen|. False without memory. */
bool trap_index_fill(trap_index *x, const tl_conf_rules *conf, const tl_mib *mib,
    bool *chosen, uint32_t *weights);
void trap_index_fini(trap_index *x);

/* Adds the lists of |ev|'s notification to |c|. */
void trap_index_find(const trap_index *x, const event *ev, rule_cursor *c);

#endif
