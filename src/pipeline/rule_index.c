/* pipeline/rule_index.c: finds rules by trap, source or value, whichever finds fewest at
 * once, and merges what it has found in the order of the file. Of a notification that has
 * a definition those by trap, and those that are always looked at, are one list; if there
 * are few, those by its source are in it. */
#include "pipeline/rule_index.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/match.h"
#include "pipeline/shortlist.h"
#include "pipeline/source_index.h"
#include "pipeline/trap_index.h"
#include "pipeline/value_index.h"

/* How a rule may be found. */
typedef enum way { WAY_TRAP, WAY_SOURCE, WAY_VALUE, WAYS } way;

/* What a look-up by each takes, as so many rules looked at. */
static const uint32_t costs[WAYS] = { 1, 1, 4 };

/* What events of one definition, in one form, from one network find. Peers choose what
 * is kept, and what takes its place. */
enum { KEPT_PLACES = 1024, KEPT_MOST = 25 };
typedef struct kept {
	const tl_mib_node *node; /* NULL: the place is free */
	uint32_t oid_len, net;
	uint32_t fits, asked;     /* of their shortlist */
	bool is_long;             /* too many to be kept */
	uint32_t list[KEPT_MOST]; /* but those by value; closed by RULE_NONE */
} kept;

struct rule_index {
	uint32_t count;
	patterns *patterns; /* of each rule's traps */
	uint32_t *known;    /* of each rule */
	bool *by_source;    /* likewise: found by that */
	uint32_t *always;   /* rules that are always looked at; a list */
	uint32_t *others;   /* all but those by source or value; a list */
	shortlists defined;
	trap_index traps;
	source_index sources;
	value_index values;
	kept *kept; /* a hash table of KEPT_PLACES */
};

/* How each rule may be found, or is; and how many are found with it. */
typedef struct ways {
	bool *by[WAYS];
	uint32_t *weight[WAYS];
} ways;

static void
ways_fini(ways *w)
{
	for (way i = 0; i < WAYS; i++) {
		free(w->by[i]);
		free(w->weight[i]);
	}
}

static bool
ways_init(ways *w, const tl_conf_rules *rules)
{
	size_t count = rules->count + 1;

	for (way i = 0; i < WAYS; i++) {
		w->by[i] = calloc(count, sizeof *w->by[i]);
		w->weight[i] = calloc(count, sizeof *w->weight[i]);
		if (w->by[i] == NULL || w->weight[i] == NULL)
			return false;
	}
	for (size_t i = 0; i < rules->count; i++) {
		w->by[WAY_TRAP][i] = rules->at[i].match.trap.count > 0;
		w->by[WAY_SOURCE][i] = rules->at[i].match.source.count > 0;
		w->by[WAY_VALUE][i] = true;
	}
	return true;
}

static bool
fill(rule_index *x, ways *w, const tl_conf *conf, const tl_mib *mib)
{
	const rule_traps traps = { x->patterns, x->count };

	return trap_index_fill(&x->traps, &traps, w->by[WAY_TRAP], w->weight[WAY_TRAP]) &&
	       source_index_fill(
		   &x->sources, conf, w->by[WAY_SOURCE], w->weight[WAY_SOURCE]) &&
	       value_index_fill(
		   &x->values, &conf->rules, mib, w->by[WAY_VALUE], w->weight[WAY_VALUE]);
}

static void
empty(rule_index *x)
{
	trap_index_fini(&x->traps);
	source_index_fini(&x->sources);
	value_index_fini(&x->values);
	x->traps = (trap_index){ 0 };
	x->sources = (source_index){ 0 };
	x->values = (value_index){ 0 };
}

/* The cheapest of the ways by which rule |i| may be found; WAYS if there is none. */
static way
best_of(const ways *w, size_t i)
{
	way best = WAYS;

	for (way k = 0; k < WAYS; k++)
		if (w->by[k][i] &&
		    (best == WAYS || (uint64_t)w->weight[k][i] * costs[k] <
					 (uint64_t)w->weight[best][i] * costs[best]))
			best = k;
	return best;
}

/* Leaves each rule to one way. */
static void
choose(ways *w, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		way best = best_of(w, i);
		for (way k = 0; k < WAYS; k++)
			w->by[k][i] = k == best;
	}
}

static void
take_rest(rule_index *x, const ways *w)
{
	uint32_t *always = x->always, *others = x->others;

	for (uint32_t i = 0; i < x->count; i++) {
		x->by_source[i] = w->by[WAY_SOURCE][i];
		if (x->by_source[i])
			x->known[i] = 1u << MATCH_SOURCE;
		if (x->by_source[i] || w->by[WAY_VALUE][i])
			continue;
		*others++ = i;
		if (!w->by[WAY_TRAP][i])
			*always++ = i;
	}
	*always = *others = RULE_NONE;
}

static bool
build(rule_index *x, ways *w, const tl_conf *conf, const tl_mib *mib)
{
	if (!ways_init(w, &conf->rules) || !fill(x, w, conf, mib))
		return false;
	choose(w, x->count);
	empty(x);
	if (!fill(x, w, conf, mib))
		return false;
	take_rest(x, w);
	return shortlists_init(&x->defined, &(shortlist_rules){ { x->patterns, x->count },
						x->by_source, x->values.asks });
}

static bool
init(rule_index *x, const tl_conf *conf, const tl_mib *mib)
{
	size_t room = conf->rules.count + 1;

	x->patterns = calloc(room, sizeof *x->patterns);
	x->known = calloc(room, sizeof *x->known);
	x->by_source = calloc(room, sizeof *x->by_source);
	x->always = calloc(room, sizeof *x->always);
	x->others = calloc(room, sizeof *x->others);
	x->kept = calloc(KEPT_PLACES, sizeof *x->kept);
	if (x->patterns == NULL || x->known == NULL || x->by_source == NULL ||
	    x->always == NULL || x->others == NULL || x->kept == NULL)
		return false;
	while (x->count < conf->rules.count) {
		uint32_t i = x->count++;
		if (!patterns_init(
			&x->patterns[i], &conf->rules.at[i].match.trap, false, mib))
			return false;
	}
	return true;
}

rule_index *
rule_index_new(const tl_conf *conf, const tl_mib *mib)
{
	rule_index *x = calloc(1, sizeof *x);
	ways w = { 0 };

	if (x == NULL)
		return NULL;
	bool good = init(x, conf, mib) && build(x, &w, conf, mib);
	ways_fini(&w);
	if (good)
		return x;
	rule_index_free(x);
	return NULL;
}

void
rule_index_free(rule_index *x)
{
	if (x == NULL)
		return;
	empty(x);
	shortlists_fini(&x->defined);
	for (uint32_t i = 0; i < x->count; i++)
		patterns_fini(&x->patterns[i]);
	free(x->patterns);
	free(x->known);
	free(x->by_source);
	free(x->always);
	free(x->others);
	free(x->kept);
	free(x);
}

uint32_t
rule_index_known(const rule_index *x, uint32_t rule)
{
	return x->known[rule];
}

/* The lists by what was sent, from which those by source or value are apart. */
static inline void
find_by_trap(rule_cursor *c, rule_index *x, const event *ev)
{
	const shortlist *s = shortlists_get(&x->defined, ev);

	c->known = 0;
	c->fits = NULL;
	c->asked = x->values.asked;
	if (s != NULL) {
		c->asked = s->asked;
		c->known = 1u << MATCH_TRAP;
		c->fits = TL_VEC_AT(&x->defined.numbers, uint32_t, s->fits);
		rule_cursor_add(c, TL_VEC_AT(&x->defined.numbers, uint32_t, s->list));
	} else if (event_trap(ev) != NULL) {
		rule_cursor_add(c, x->others);
	} else {
		rule_cursor_add(c, x->always);
		trap_index_find(&x->traps, event_trap_oid(ev), c);
	}
}

/* All lists but those by value. */
static void
find_lists(rule_cursor *c, rule_index *x, const event *ev, uint32_t from)
{
	c->ready = NULL;
	c->count = 0;
	c->from = from;
	find_by_trap(c, x, ev);
	source_index_find(&x->sources, ev, c);
}

/* Whether |rule|'s trap fits, as far as is known. */
static inline bool
can_fit(const rule_cursor *c, uint32_t rule)
{
	return c->fits == NULL || (c->fits[rule / 32] >> rule % 32 & 1) != 0;
}

static inline rule_list *
least(rule_cursor *c)
{
	rule_list *found = c->at;

	for (rule_list *l = c->at + 1, *end = c->at + c->count; l < end; l++)
		if (l->head < found->head)
			found = l;
	return found;
}

uint32_t
rule_cursor_merge(rule_cursor *c)
{
	while (c->count > 0) {
		rule_list *l = least(c);
		uint32_t rule = l->head;
		l->head = *l->rest++;
		if (l->head == RULE_NONE)
			*l = c->at[--c->count];
		if (rule >= c->from && can_fit(c, rule)) {
			c->from = rule + 1;
			return rule;
		}
	}
	return RULE_NONE;
}

/* Finds for |k| what events like |ev| find. Kept out of the way of what is there. */
static __attribute__((noinline)) void
keep(kept *k, rule_cursor *c, rule_index *x, const event *ev)
{
	uint32_t rule = 0, count = 0;

	find_lists(c, x, ev, 0);
	k->asked = c->asked;
	k->is_long = c->fits == NULL;
	if (c->fits != NULL)
		k->fits = (uint32_t)(c->fits - (uint32_t *)x->defined.numbers.ptr);
	while (!k->is_long && rule != RULE_NONE) {
		rule = rule_cursor_merge(c);
		k->list[count++] = rule;
		k->is_long = count == KEPT_MOST && rule != RULE_NONE;
	}
}

/* What events like |ev|, which is of a definition, find; |c| is free to use. */
static inline const kept *
kept_of(rule_cursor *c, rule_index *x, const event *ev)
{
	const uint64_t spread = 0x9e3779b97f4a7c15u;
	uint32_t number = source_index_number(&x->sources, ev);
	uint32_t oid_len = ev->n->trap_oid.len;
	uint64_t hash = tl_hash_mix((uintptr_t)ev->trap + oid_len, number ^ spread);
	kept *k = &x->kept[hash % KEPT_PLACES];

	if (k->node == ev->trap && k->oid_len == oid_len && k->net == number)
		return k;
	keep(k, c, x, ev);
	k->node = ev->trap;
	k->oid_len = oid_len;
	k->net = number;
	return k;
}

/* With nothing to merge with it the list of |k| is all there is. */
static inline void
take_kept(rule_cursor *c, const rule_index *x, const kept *k, uint32_t from)
{
	c->ready = NULL;
	c->known = 1u << MATCH_TRAP;
	c->asked = k->asked;
	if (k->asked == 0) {
		for (c->ready = k->list; *c->ready < from; c->ready++)
			;
		return;
	}
	c->count = 0;
	c->from = from;
	c->fits = TL_VEC_AT(&x->defined.numbers, uint32_t, k->fits);
	rule_cursor_add(c, k->list);
}

void
rule_cursor_start(rule_cursor *c, rule_index *x, match_view *v, uint32_t from)
{
	const kept *k = v->ev->trap != NULL ? kept_of(c, x, v->ev) : NULL;

	if (k == NULL || k->is_long)
		find_lists(c, x, v->ev, from);
	else
		take_kept(c, x, k, from);
	if (c->asked != 0)
		value_index_find(&x->values, c->asked, v, c);
}
