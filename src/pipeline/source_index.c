/* pipeline/source_index.c: one set of networks for all rules. A network that stands in
 * named lists belongs to the lists, and through them to rules; networks of the same
 * owners share one list of rules, so that a list of ten thousand costs no more than one.
 */
#include "pipeline/source_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* Those who own a list. */
typedef struct piece {
	uint32_t from, count; /* in owners */
	uint32_t list;        /* in the index's numbers */
} piece;

/* Who asks for a network: a rule, or a named list. */
typedef struct claim {
	const tl_conf_cidr *cidr;
	uint32_t owner; /* a rule; from the number of rules on, a list */
} claim;

/* The rules that one of the lists belongs to. */
typedef struct users {
	uint32_t *at;
	size_t count;
} users;

typedef struct builder {
	source_index *made;
	const tl_conf *conf;
	const bool *chosen;
	uint32_t *weights;
	tl_vec claims;
	users *lists;    /* of each of conf->lists */
	uint32_t *known; /* a hash table of lists by their owners, from 1; 0: free */
	uint32_t known_mask;
	tl_vec owners;    /* of each list, one behind another */
	tl_vec owners_of; /* a piece each */
} builder;

static bool
add_claim(builder *b, const tl_conf_cidr *cidr, uint32_t owner)
{
	claim *added = tl_vec_grow(&b->claims, sizeof *added, 1);

	if (added != NULL)
		*added = (claim){ cidr, owner };
	return added != NULL;
}

static bool
add_user(users *u, uint32_t rule)
{
	if (u->count > 0 && u->at[u->count - 1] == rule)
		return true;
	uint32_t *at = realloc(u->at, (u->count + 1) * sizeof *at);
	if (at == NULL)
		return false;
	u->at = at;
	u->at[u->count++] = rule;
	return true;
}

static bool
claim_list(builder *b, uint32_t list)
{
	const tl_conf_cidrs *all = &b->conf->lists.at[list].nets;

	for (size_t i = 0; i < all->count; i++)
		if (!add_claim(b, &all->at[i], (uint32_t)b->conf->rules.count + list))
			return false;
	return true;
}

static bool
claim_all(builder *b)
{
	const tl_conf_rules *rules = &b->conf->rules;

	for (uint32_t i = 0; i < rules->count; i++) {
		const tl_conf_sources *s = &rules->at[i].match.source;
		for (size_t k = 0; b->chosen[i] && k < s->count; k++)
			if (s->at[k].list >= 0 ? !add_user(&b->lists[s->at[k].list], i)
					       : !add_claim(b, &s->at[k].net, i))
				return false;
	}
	for (uint32_t i = 0; i < b->conf->lists.count; i++)
		if (b->lists[i].count > 0 && !claim_list(b, i))
			return false;
	return true;
}

static int
compare_nets(const claim *a, const claim *b)
{
	int order = memcmp(a->cidr->addr, b->cidr->addr, 16);

	return order != 0 ? order : (int)a->cidr->bits - (int)b->cidr->bits;
}

static int
compare_claims(const void *left, const void *right)
{
	const claim *a = left, *b = right;
	int order = compare_nets(a, b);

	if (order != 0)
		return order;
	return a->owner == b->owner ? 0 : a->owner < b->owner ? -1 : 1;
}

static int
compare_numbers(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return *a == *b ? 0 : *a < *b ? -1 : 1;
}

static bool
add_numbers(tl_vec *to, const uint32_t *at, size_t count)
{
	uint32_t *added = tl_vec_grow(to, sizeof *added, count);

	if (added != NULL)
		memcpy(added, at, count * sizeof *added);
	return added != NULL;
}

/* Appends the rules of |owners| to the numbers, each once, in order. */
static bool
add_rules(builder *b, const uint32_t *owners, size_t count)
{
	tl_vec *numbers = &b->made->numbers;
	uint32_t rules = (uint32_t)b->conf->rules.count, from = numbers->count,
		 kept = from;

	for (size_t i = 0; i < count; i++) {
		const users *u = owners[i] < rules ? NULL : &b->lists[owners[i] - rules];
		if (!add_numbers(numbers, u != NULL ? u->at : &owners[i],
			u != NULL ? u->count : 1))
			return false;
	}
	uint32_t *at = numbers->ptr;
	qsort(at + from, numbers->count - from, sizeof *at, compare_numbers);
	for (uint32_t i = from; i < numbers->count; i++)
		if (kept == from || at[kept - 1] != at[i])
			at[kept++] = at[i];
	numbers->count = kept;
	for (uint32_t i = from; i < kept; i++)
		if (b->weights[at[i]] < kept - from)
			b->weights[at[i]] = kept - from;
	static const uint32_t end = RULE_NONE;
	return add_numbers(numbers, &end, 1);
}

/* The list of |owners|, made if there is none; NETS_NONE without memory. */
static uint32_t
list_of(builder *b, const uint32_t *owners, size_t count)
{
	uint64_t hash = tl_hash((const uint8_t *)owners, count * sizeof *owners, 0);
	uint32_t at = (uint32_t)hash & b->known_mask;

	for (; b->known[at] != 0; at = (at + 1) & b->known_mask) {
		const piece *o = TL_VEC_AT(&b->owners_of, piece, b->known[at] - 1);
		if (o->count == count && memcmp(TL_VEC_AT(&b->owners, uint32_t, o->from),
					     owners, count * sizeof *owners) == 0)
			return o->list;
	}
	piece *o = tl_vec_grow(&b->owners_of, sizeof *o, 1);
	if (o == NULL)
		return NETS_NONE;
	*o = (piece){ b->owners.count, (uint32_t)count, b->made->numbers.count };
	if (!add_numbers(&b->owners, owners, count) || !add_rules(b, owners, count))
		return NETS_NONE;
	b->known[at] = b->owners_of.count;
	return o->list;
}

/* The networks, each once, with the list of those that claim it. */
static bool
make_nets(builder *b, net *made, uint32_t *owners)
{
	const claim *at = b->claims.ptr;
	size_t count = b->claims.count, done = 0;

	for (size_t from = 0, to; from < count; from = to) {
		size_t many = 0;
		for (to = from; to < count && compare_nets(&at[from], &at[to]) == 0; to++)
			if (many == 0 || owners[many - 1] != at[to].owner)
				owners[many++] = at[to].owner;
		made[done] = (net){ *at[from].cidr, list_of(b, owners, many) };
		if (made[done++].value == NETS_NONE)
			return false;
	}
	b->made->nets = nets_new(made, done);
	return b->made->nets != NULL;
}

static bool
build(builder *b)
{
	size_t count = b->claims.count, size = 4;

	if (count == 0)
		return true;
	while (size < 2 * count)
		size *= 2;
	qsort(b->claims.ptr, count, sizeof(claim), compare_claims);
	b->known = calloc(size, sizeof *b->known);
	b->known_mask = (uint32_t)(size - 1);
	net *made = calloc(count, sizeof *made);
	uint32_t *owners = calloc(count, sizeof *owners);
	bool good = b->known != NULL && made != NULL && owners != NULL &&
		    make_nets(b, made, owners);
	free(owners);
	free(made);
	return good;
}

bool
source_index_fill(
    source_index *x, const tl_conf *conf, const bool *chosen, uint32_t *weights)
{
	builder b = { .made = x, .conf = conf, .chosen = chosen, .weights = weights };

	b.lists = calloc(conf->lists.count + 1, sizeof *b.lists);
	bool good = b.lists != NULL && claim_all(&b) && build(&b);
	for (size_t i = 0; b.lists != NULL && i < conf->lists.count; i++)
		free(b.lists[i].at);
	free(b.lists);
	free(b.known);
	tl_vec_free(&b.claims);
	tl_vec_free(&b.owners);
	tl_vec_free(&b.owners_of);
	return good;
}

void
source_index_fini(source_index *x)
{
	nets_free(x->nets);
	tl_vec_free(&x->numbers);
}

void
source_index_find(const source_index *x, const event *ev, rule_cursor *c)
{
	const tl_endpoint *device = event_device(ev);
	uint32_t values[NETS_DEPTH];

	if (x->nets == NULL || device == NULL)
		return;
	size_t count = nets_find_all(x->nets, device->addr, values);
	for (size_t i = 0; i < count; i++)
		rule_cursor_add(c, TL_VEC_AT(&x->numbers, const uint32_t, values[i]));
}
