/* pipeline/rule_index.c: finds rules by trap or by source, whichever finds fewer at once,
 * and merges what it has found in the order of the file. Of a notification that has a
 * definition those by trap, and those that are always looked at, are one list. */
#include "pipeline/rule_index.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/match.h"
#include "pipeline/shortlist.h"
#include "pipeline/source_index.h"
#include "pipeline/trap_index.h"

struct rule_index {
	uint32_t count;
	patterns *patterns; /* of each rule's traps */
	uint32_t *known;    /* of each rule */
	bool *by_source;    /* likewise: found by that */
	uint32_t *always;   /* rules that are always looked at; a list */
	uint32_t *others;   /* all but those by source; a list */
	shortlists defined;
	trap_index traps;
	source_index sources;
};

/* How each rule may be found, or is; and how many are found with it. */
typedef struct ways {
	bool *trap, *source;
	uint32_t *trap_weight, *source_weight;
} ways;

static void
ways_fini(ways *w)
{
	free(w->trap);
	free(w->source);
	free(w->trap_weight);
	free(w->source_weight);
}

static bool
ways_init(ways *w, const tl_conf_rules *rules)
{
	size_t count = rules->count + 1;

	w->trap = calloc(count, sizeof *w->trap);
	w->source = calloc(count, sizeof *w->source);
	w->trap_weight = calloc(count, sizeof *w->trap_weight);
	w->source_weight = calloc(count, sizeof *w->source_weight);
	if (w->trap == NULL || w->source == NULL || w->trap_weight == NULL ||
	    w->source_weight == NULL)
		return false;
	for (size_t i = 0; i < rules->count; i++) {
		w->trap[i] = rules->at[i].match.trap.count > 0;
		w->source[i] = rules->at[i].match.source.count > 0;
	}
	return true;
}

static bool
fill(rule_index *x, ways *w, const tl_conf *conf)
{
	const rule_traps traps = { x->patterns, x->count };

	return trap_index_fill(&x->traps, &traps, w->trap, w->trap_weight) &&
	       source_index_fill(&x->sources, conf, w->source, w->source_weight);
}

static void
empty(rule_index *x)
{
	trap_index_fini(&x->traps);
	source_index_fini(&x->sources);
	x->traps = (trap_index){ 0 };
	x->sources = (source_index){ 0 };
}

/* Of the rules that both could find, each is left to the one that finds fewer. */
static bool
choose(ways *w, size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (!w->trap[i] || !w->source[i])
			continue;
		any = true;
		w->trap[i] = w->trap_weight[i] <= w->source_weight[i];
		w->source[i] = !w->trap[i];
	}
	return any;
}

static void
take_rest(rule_index *x, const ways *w)
{
	uint32_t *always = x->always, *others = x->others;

	for (uint32_t i = 0; i < x->count; i++) {
		x->by_source[i] = w->source[i];
		if (w->source[i]) {
			x->known[i] = 1u << MATCH_SOURCE;
			continue;
		}
		*others++ = i;
		if (!w->trap[i])
			*always++ = i;
	}
	*always = *others = RULE_NONE;
}

static bool
build(rule_index *x, ways *w, const tl_conf *conf)
{
	if (!ways_init(w, &conf->rules) || !fill(x, w, conf))
		return false;
	if (choose(w, x->count)) {
		empty(x);
		if (!fill(x, w, conf))
			return false;
	}
	take_rest(x, w);
	return shortlists_init(
	    &x->defined, &(rule_traps){ x->patterns, x->count }, x->by_source);
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
	if (x->patterns == NULL || x->known == NULL || x->by_source == NULL ||
	    x->always == NULL || x->others == NULL)
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
	bool good = init(x, conf, mib) && build(x, &w, conf);
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
	free(x);
}

uint32_t
rule_index_known(const rule_index *x, uint32_t rule)
{
	return x->known[rule];
}

/* The lists by what was sent, from which those by its source are apart. */
static inline void
find_by_trap(rule_cursor *c, rule_index *x, const event *ev)
{
	const shortlist *s = shortlists_get(&x->defined, ev);

	c->known = 0;
	c->fits = NULL;
	if (s != NULL) {
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

void
rule_cursor_start(rule_cursor *c, rule_index *x, const event *ev, uint32_t from)
{
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
rule_cursor_next(rule_cursor *c)
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
