/* pipeline/rule_index.h: which rules can match an event at all, for rules.c. Each rule is
 * found by its traps, by its sources or by a value that it asks for, whichever leaves
 * fewest to look at; those that have none of these are always looked at. Used by one
 * thread at a time. */
#ifndef PIPELINE_RULE_INDEX_H
#define PIPELINE_RULE_INDEX_H

#include "base/vec.h"
#include "pipeline/match.h"
#include "pipeline/nets.h"

#define RULE_NONE UINT32_MAX

typedef struct rule_index rule_index;

/* Makes the index of |conf|'s rules; borrows nothing of it but the numbers of the rules,
 * from 0, and the nodes of |mib|. NULL without memory. */
rule_index *rule_index_new(const tl_conf *conf, const tl_mib *mib);
void rule_index_free(rule_index *x); /* NULL is fine */

/* The conditions, 1 << match_condition of each, that are known to fit when the rule is
 * found; those of the cursor as well. */
uint32_t rule_index_known(const rule_index *x, uint32_t rule);

/* Appends a number to lists that are being made; false without memory. */
static inline bool
rule_list_grow(tl_vec *to, uint32_t number)
{
	uint32_t *added = tl_vec_grow(to, sizeof *added, 1);

	if (added != NULL)
		*added = number;
	return added != NULL;
}

/* Lists of rules in rising order, each closed by RULE_NONE, merged: there are few. */
enum {
	RULE_TREES_MAX = 32,
	RULE_VALUES_MAX = 64, /* lists by values; beyond it all such rules are one */
	RULE_LISTS_MAX = NETS_DEPTH + RULE_TREES_MAX + 2 + RULE_VALUES_MAX
};
typedef struct rule_list {
	uint32_t head; /* its next one */
	const uint32_t *rest;
} rule_list;
typedef struct rule_cursor {
	const uint32_t *ready; /* all that follow, merged before; NULL: they are not */
	size_t count;
	uint32_t from;        /* the rules before it have been taken */
	uint32_t known;       /* conditions that all that it finds fit */
	uint32_t asked;       /* of value_index.h: what it has found by */
	const uint32_t *fits; /* a bit for each rule that can; NULL: any */
	rule_list at[RULE_LISTS_MAX];
} rule_cursor;

/* Adds a list. */
static inline void
rule_cursor_add(rule_cursor *c, const uint32_t *list)
{
	while (*list < c->from)
		list++;
	if (*list != RULE_NONE)
		c->at[c->count++] = (rule_list){ *list, list + 1 };
}

/* Begins with the rules, from |from| on, that the event of |v| could fit. */
void rule_cursor_start(rule_cursor *c, rule_index *x, match_view *v, uint32_t from);

/* Whether it is to begin anew when a field has been set: others may be found. */
static inline bool
rule_cursor_asks_fields(const rule_cursor *c)
{
	return (c->asked >> MATCH_FIELDS & 1) != 0;
}

/* The next one of its lists, in rising order, each once; RULE_NONE at the end. */
uint32_t rule_cursor_merge(rule_cursor *c);

/* The next one, likewise; not to be asked again behind the end. */
static inline uint32_t
rule_cursor_next(rule_cursor *c)
{
	return c->ready != NULL ? *c->ready++ : rule_cursor_merge(c);
}

#endif
