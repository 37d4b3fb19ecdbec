/* pipeline/value_index.c: a hash table of hashes of values. Of the conditions of a rule
 * that it could be found by, that one counts which it shares with the fewest. */
#include "pipeline/value_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define NO_WAY UINT32_MAX

/* A condition that a rule may be found by. */
typedef struct choice {
	uint32_t rule, weight;
	match_condition condition;
	value_tests tests; /* of VARBINDS */
} choice;

/* A rule under a hash, while the index is made. */
typedef struct entry {
	uint64_t hash;
	uint32_t rule, way;
} entry;

typedef struct builder {
	value_index *made;
	const tl_mib *mib;
	tl_vec ways, entries;
	uint32_t *best; /* of each rule, a way, or NO_WAY */
} builder;

static uint64_t
hash_text(match_condition condition, tl_span text)
{
	return tl_hash(text.ptr, text.len, condition);
}

static uint64_t
hash_field(tl_span name, tl_span text)
{
	return tl_hash(text.ptr, text.len, hash_text(MATCH_FIELDS, name));
}

static tl_span
span_of(const char *text)
{
	return (tl_span){ (const uint8_t *)text, strlen(text) };
}

static bool
add_entry(builder *b, uint64_t hash)
{
	entry *added = tl_vec_grow(&b->entries, sizeof *added, 1);
	uint32_t last = b->ways.count - 1;

	if (added != NULL)
		*added = (entry){ hash, TL_VEC_AT(&b->ways, choice, last)->rule, last };
	return added != NULL;
}

static choice *
add_way(builder *b, uint32_t rule, match_condition condition)
{
	choice *w = tl_vec_grow(&b->ways, sizeof *w, 1);

	if (w != NULL)
		*w = (choice){ .rule = rule, .condition = condition };
	return w;
}

static bool
add_texts(builder *b, uint32_t rule, match_condition condition, const tl_conf_texts *t)
{
	if (t->count > 0 && add_way(b, rule, condition) == NULL)
		return false;
	for (size_t i = 0; i < t->count; i++)
		if (!add_entry(b, hash_text(condition, span_of(t->at[i]))))
			return false;
	return true;
}

/* What is a key of all events, or an object, is no way: it is not among the fields. */
static bool
add_field(builder *b, uint32_t rule, const tl_conf_pair *conf)
{
	field f;

	field_resolve(conf->name, b->mib, &f);
	if (f.key != 0 || f.is_object)
		return true;
	return add_way(b, rule, MATCH_FIELDS) != NULL &&
	       add_entry(b, hash_field(f.name, span_of(conf->value)));
}

/* All tests of |conf| must be for equal values, else it is no way. */
static bool
add_varbind(builder *b, uint32_t rule, const tl_conf_varbind *conf)
{
	uint64_t hashes[VALUE_HASHES_MAX];

	for (size_t i = 0; i < conf->tests.count; i++)
		if (conf->tests.at[i].op != TL_OP_EQUAL)
			return true;
	choice *w = add_way(b, rule, MATCH_VARBINDS);
	if (w == NULL || !value_tests_init(&w->tests, conf, b->mib))
		return false;
	for (size_t i = 0; i < conf->tests.count; i++) {
		size_t count = value_test_hashes(&w->tests, i, hashes);
		for (size_t k = 0; k < count; k++)
			if (!add_entry(b, hashes[k] ^ w->tests.object.hash))
				return false;
	}
	return true;
}

static bool
add_rules(builder *b, const tl_conf_rules *conf, const bool *chosen)
{
	for (uint32_t i = 0; i < conf->count; i++) {
		const tl_conf_match *m = &conf->at[i].match;
		if (!chosen[i])
			continue;
		if (!add_texts(b, i, MATCH_USER, &m->user) ||
		    !add_texts(b, i, MATCH_CONTEXT, &m->context) ||
		    !add_texts(b, i, MATCH_COMMUNITY, &m->community))
			return false;
		for (size_t k = 0; k < m->fields.count; k++)
			if (!add_field(b, i, &m->fields.at[k]))
				return false;
		for (size_t k = 0; k < m->varbinds.count; k++)
			if (!add_varbind(b, i, &m->varbinds.at[k]))
				return false;
	}
	return true;
}

static int
compare_entries(const void *left, const void *right)
{
	const entry *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->rule == b->rule ? 0 : a->rule < b->rule ? -1 : 1;
}

/* Where those end that have the hash of entry |from|. */
static uint32_t
end_of(const builder *b, uint32_t from)
{
	const entry *at = b->entries.ptr;
	uint32_t to = from + 1;

	while (to < b->entries.count && at[to].hash == at[from].hash)
		to++;
	return to;
}

static void
weigh(builder *b)
{
	const entry *at = b->entries.ptr;

	for (uint32_t from = 0, to; from < b->entries.count; from = to) {
		to = end_of(b, from);
		for (uint32_t i = from; i < to; i++) {
			choice *w = TL_VEC_AT(&b->ways, choice, at[i].way);
			w->weight = to - from > w->weight ? to - from : w->weight;
		}
	}
}

/* Makes room for the object of |t|; returns its bit, 0 if there is no room. */
static uint32_t
know_object(value_index *x, const value_tests *t)
{
	uint32_t i = 0;

	while (i < x->object_count && x->objects[i].field.hash != t->object.hash)
		i++;
	if (i == VALUE_OBJECTS_MAX)
		return 0;
	if (i == x->object_count)
		x->objects[x->object_count++] = (value_object){ t->object, true };
	x->objects[i].plain &= value_tests_are_plain(t);
	return 1u << (VALUE_OBJECT + i);
}

/* The bit of what is asked for by |w|; 0 if there is no room for it. */
static uint32_t
bit_of(value_index *x, const choice *w)
{
	return w->condition == MATCH_VARBINDS ? know_object(x, &w->tests)
					      : 1u << w->condition;
}

/* Of the ways of each rule the best. */
static void
find_best(builder *b)
{
	for (uint32_t i = 0; i < b->ways.count; i++) {
		const choice *w = TL_VEC_AT(&b->ways, choice, i);
		uint32_t *best = &b->best[w->rule];
		if (*best == NO_WAY ||
		    w->weight < TL_VEC_AT(&b->ways, choice, *best)->weight)
			*best = i;
	}
}

/* Those that have one. */
static void
choose(builder *b, size_t count, bool *chosen, uint32_t *weights)
{
	value_index *x = b->made;

	find_best(b);
	for (size_t i = 0; i < count; i++) {
		const choice *w = b->ways.ptr;
		w = b->best[i] != NO_WAY ? w + b->best[i] : NULL;
		x->asks[i] = w != NULL ? bit_of(x, w) : 0;
		x->asked |= x->asks[i];
		chosen[i] = x->asks[i] != 0;
		if (chosen[i])
			weights[i] = w->weight;
		else
			b->best[i] = NO_WAY;
	}
}

/* The slot of |hash|, or the free one where it would be. */
static inline value_slot *
slot_of(const value_index *x, uint64_t hash)
{
	uint32_t at = (uint32_t)tl_hash_mix(hash, 0x9e3779b97f4a7c15u);

	while (x->slots[at & x->mask].list != 0 && x->slots[at & x->mask].hash != hash)
		at++;
	return &x->slots[at & x->mask];
}

/* The list of entries |from| to |to|, as far as their ways are chosen. */
static bool
add_list(builder *b, uint32_t from, uint32_t to)
{
	value_index *x = b->made;
	const entry *at = b->entries.ptr;
	uint32_t list = x->numbers.count, last = RULE_NONE;

	for (uint32_t i = from; i < to; i++) {
		if (b->best[at[i].rule] != at[i].way || at[i].rule == last)
			continue;
		last = at[i].rule;
		if (!rule_list_grow(&x->numbers, last))
			return false;
	}
	if (last == RULE_NONE)
		return true;
	*slot_of(x, at[from].hash) = (value_slot){ at[from].hash, list };
	return rule_list_grow(&x->numbers, RULE_NONE);
}

static bool
make_slots(builder *b)
{
	value_index *x = b->made;
	size_t size = 4;

	while (size < 2 * (size_t)b->entries.count)
		size *= 2;
	x->slots = calloc(size, sizeof *x->slots);
	if (x->slots == NULL ||
	    !rule_list_grow(&x->numbers, RULE_NONE)) /* no list begins at 0 */
		return false;
	x->mask = (uint32_t)(size - 1);
	for (uint32_t from = 0, to; from < b->entries.count; from = to) {
		to = end_of(b, from);
		if (!add_list(b, from, to))
			return false;
	}
	return true;
}

static bool
list_all(value_index *x, const bool *chosen, size_t count)
{
	x->all = x->numbers.count;
	for (uint32_t i = 0; i < count; i++)
		if (chosen[i] && !rule_list_grow(&x->numbers, i))
			return false;
	return rule_list_grow(&x->numbers, RULE_NONE);
}

bool
value_index_fill(value_index *x, const tl_conf_rules *conf, const tl_mib *mib,
    bool *chosen, uint32_t *weights)
{
	builder b = { .made = x, .mib = mib };

	b.best = malloc((conf->count + 1) * sizeof *b.best);
	x->asks = calloc(conf->count + 1, sizeof *x->asks);
	bool good = b.best != NULL && x->asks != NULL && add_rules(&b, conf, chosen);
	if (good) {
		memset(b.best, 0xff, (conf->count + 1) * sizeof *b.best);
		if (b.entries.count > 0)
			qsort(b.entries.ptr, b.entries.count, sizeof(entry),
			    compare_entries);
		weigh(&b);
		choose(&b, conf->count, chosen, weights);
		good = make_slots(&b) && list_all(x, chosen, conf->count);
	}
	for (uint32_t i = 0; i < b.ways.count; i++)
		value_tests_fini(&TL_VEC_AT(&b.ways, choice, i)->tests);
	tl_vec_free(&b.ways);
	tl_vec_free(&b.entries);
	free(b.best);
	return good;
}

void
value_index_fini(value_index *x)
{
	free(x->asks);
	free(x->slots);
	tl_vec_free(&x->numbers);
}

/* Finding. */

static void
find(const value_index *x, uint64_t hash, rule_cursor *c)
{
	uint32_t list = slot_of(x, hash)->list;

	if (list != 0)
		rule_cursor_add(c, TL_VEC_AT(&x->numbers, const uint32_t, list));
}

static bool
asks(uint32_t asked, unsigned what)
{
	return (asked >> what & 1) != 0;
}

static void
find_texts(const value_index *x, uint32_t asked, const tl_notification *n, rule_cursor *c)
{
	if (n->version != 3 && asks(asked, MATCH_COMMUNITY))
		find(x, hash_text(MATCH_COMMUNITY, n->community), c);
	if (n->version == 3 && asks(asked, MATCH_USER))
		find(x, hash_text(MATCH_USER, n->v3.user), c);
	if (n->version == 3 && asks(asked, MATCH_CONTEXT))
		find(x, hash_text(MATCH_CONTEXT, n->v3.context_name), c);
}

static void
find_fields(const value_index *x, const event *ev, rule_cursor *c)
{
	for (size_t i = 0; i < ev->j.field_count; i++)
		find(x, hash_field(ev->fields[i].name, ev->fields[i].text), c);
}

/* False if |c| may come to have more than |most| lists. */
static bool
find_values(const value_index *x, const value_object *o, match_view *v, rule_cursor *c,
    size_t most)
{
	const value_place *at = value_memo_find(v->memo, &o->field, v->ev->n);
	const tl_varbind *vb = at->first, *end = at->end;
	uint64_t hashes[VALUE_HASHES_MAX];

	for (; vb < end; vb = field_find(&o->field, vb + 1, end)) {
		if (c->count + VALUE_HASHES_MAX > most)
			return false;
		size_t count = value_hashes(o, v->ev, vb, v->memo, hashes);
		for (size_t i = 0; i < count; i++)
			find(x, hashes[i] ^ o->field.hash, c);
	}
	return true;
}

void
value_index_find(const value_index *x, uint32_t asked, match_view *v, rule_cursor *c)
{
	size_t before = c->count, most = before + RULE_VALUES_MAX;

	if (v->ev->n == NULL)
		return;
	find_texts(x, asked, v->ev->n, c);
	if (asks(asked, MATCH_FIELDS))
		find_fields(x, v->ev, c);
	for (uint32_t i = 0; i < x->object_count; i++) {
		if (!asks(asked, VALUE_OBJECT + i) ||
		    find_values(x, &x->objects[i], v, c, most))
			continue;
		c->count = before;
		rule_cursor_add(c, TL_VEC_AT(&x->numbers, const uint32_t, x->all));
		return;
	}
}
