/* pipeline/value_index.h: from what an event says, the values of its varbinds, its user,
 * context or community, its fields, to the rules that ask for just that, for
 * rule_index.c. Two that are equal have a hash in common; what is found is still to be
 * looked at. Immutable once made. */
#ifndef PIPELINE_VALUE_INDEX_H
#define PIPELINE_VALUE_INDEX_H

#include "base/vec.h"
#include "pipeline/match.h"
#include "pipeline/rule_index.h"
#include "pipeline/value_test.h"

/* What an event is asked for: 1 << match_condition of texts, 1 << VALUE_OBJECT + i of the
 * |i|th object. */
enum { VALUE_OBJECT = 16, VALUE_OBJECTS_MAX = 8 };

typedef struct value_slot {
	uint64_t hash;
	uint32_t list; /* in numbers; 0: the slot is free */
} value_slot;

typedef struct value_index {
	value_object objects[VALUE_OBJECTS_MAX];
	uint32_t object_count;
	uint32_t *asks; /* of each rule by what it is found, a bit; 0: not */
	uint32_t asked; /* all of them */
	value_slot *slots;
	uint32_t mask;  /* slots less one, a power of two */
	tl_vec numbers; /* of rules: lists in rising order, each closed by RULE_NONE */
	uint32_t all;   /* in numbers: all that it finds */
} value_index;

/* Fills |x|, zero-initialised, with the rules of |conf| for which |chosen| is set, and
 * puts into |weights| how many share the fullest list that each is in. Rules that do not
 * ask for equal values, or for those of objects beyond VALUE_OBJECTS_MAX, are taken back
 * from |chosen|. False without memory. */
bool value_index_fill(value_index *x, const tl_conf_rules *conf, const tl_mib *mib,
    bool *chosen, uint32_t *weights);
void value_index_fini(value_index *x);

/* Adds the lists of the event of |v| to |c|, at most RULE_VALUES_MAX: those of what
 * |asked| says. */
void value_index_find(
    const value_index *x, uint32_t asked, match_view *v, rule_cursor *c);

#endif
