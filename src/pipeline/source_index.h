/* pipeline/source_index.h: from a device's address to the rules that ask for it, for
 * rule_index.c. Immutable once made. */
#ifndef PIPELINE_SOURCE_INDEX_H
#define PIPELINE_SOURCE_INDEX_H

#include "base/vec.h"
#include "pipeline/rule_index.h"

/* Networks that the same rules ask for share a list. */
typedef struct source_index {
	nets *nets; /* their values are where lists begin in |numbers|; NULL: there are
		       none */
	tl_vec numbers; /* of rules: lists in rising order, each closed by RULE_NONE */
} source_index;

/* Fills |x|, zero-initialised, with the rules of |conf| for which |chosen| is set, and
 * puts into |weights| how many share the fullest list that each is in. False without
 * memory. */
bool source_index_fill(
    source_index *x, const tl_conf *conf, const bool *chosen, uint32_t *weights);
void source_index_fini(source_index *x);

/* Events of one number find the same lists. */
static inline uint32_t
source_index_number(const source_index *x, const event *ev)
{
	const tl_endpoint *device = event_device(ev);

	if (x->nets == NULL || device == NULL)
		return NETS_NONE;
	return nets_number(x->nets, device->addr);
}

/* Adds the lists of |ev|'s device to |c|: at most NETS_DEPTH. */
void source_index_find(const source_index *x, const event *ev, rule_cursor *c);

#endif
