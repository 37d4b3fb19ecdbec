/* pipeline/trap_index.c: a hash table of definitions, OIDs and trees. A name is turned
 * into the definitions that have it when the rules are loaded, so that most notifications
 * are found by one look at a pointer. */
#include "pipeline/trap_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "pipeline/patterns.h"

/* What is looked for: a definition (by its place), an OID, or all below one. */
typedef enum key_kind { KEY_NODE = 1, KEY_OID, KEY_TREE } key_kind;

struct trap_slot {
	uint64_t hash;
	const tl_mib_node *node; /* of KEY_NODE */
	uint32_t key, key_len;   /* bytes in keys, of the others */
	uint32_t from, count;    /* in numbers; 0: the slot is free */
	uint8_t kind;
};

/* A rule under a key, while the index is made. */
typedef struct entry {
	key_kind kind;
	const tl_mib_node *node;
	tl_oid oid;
	uint32_t rule;
} entry;

/* A name that rules ask for, while the definitions that have it are looked for. */
typedef struct wanted {
	tl_span text;
	uint32_t rule;
} wanted;

typedef struct builder {
	trap_index *made;
	const tl_mib *mib;
	bool *chosen;
	patterns *patterns; /* of each rule */
	tl_vec entries, wanted;
} builder;

bool
trap_index_can(const tl_conf_patterns *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->at[i].kind == TL_PATTERN_GLOB)
			return false;
	return p->count > 0;
}

static uint64_t
hash_of(key_kind kind, const tl_mib_node *node, const uint8_t *oid, size_t len)
{
	if (kind == KEY_NODE)
		return tl_hash_mix((uintptr_t)node, 0x9e3779b97f4a7c15u);
	return tl_hash(oid, len, (uint64_t)kind);
}

static bool
add_entry(builder *b, entry e)
{
	entry *added = tl_vec_grow(&b->entries, sizeof e, 1);

	if (added != NULL)
		*added = e;
	return added != NULL;
}

/* An OID is found by its definition if that is what it has. */
static bool
add_oid(builder *b, tl_oid oid, uint32_t rule)
{
	const tl_mib_node *node =
	    b->mib != NULL ? tl_mib_find_notification(b->mib, oid) : NULL;

	if (node != NULL && tl_oid_equal(tl_mib_node_oid(b->mib, node), oid))
		return add_entry(b, (entry){ KEY_NODE, node, oid, rule });
	b->made->has_oids = true;
	return add_entry(b, (entry){ KEY_OID, NULL, oid, rule });
}

/* Remembers the length of a tree's OID; false if there are too many. */
static bool
know_tree(trap_index *x, uint32_t len)
{
	for (uint32_t i = 0; i < x->tree_count; i++)
		if (x->trees[i] == len)
			return true;
	if (x->tree_count == RULE_TREES_MAX)
		return false;
	x->trees[x->tree_count++] = len;
	return true;
}

static bool
add_pattern(builder *b, const pattern *p, uint32_t rule)
{
	wanted *name;

	switch (p->kind) {
	case PATTERN_OID:
		return add_oid(b, p->oid, rule);
	case PATTERN_TREE:
		return add_entry(b, (entry){ KEY_TREE, NULL, p->oid, rule });
	case PATTERN_LABEL:
		name = tl_vec_grow(&b->wanted, sizeof *name, 1);
		if (name != NULL)
			*name = (wanted){ p->text, rule };
		return name != NULL;
	case PATTERN_NOTHING:
	case PATTERN_GLOB:
		break;
	}
	return true;
}

static bool
has_room_for_trees(builder *b, const patterns *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->at[i].kind == PATTERN_TREE &&
		    !know_tree(b->made, p->at[i].oid.len))
			return false;
	return true;
}

static bool
add_rules(builder *b, const tl_conf_rules *conf)
{
	for (uint32_t i = 0; i < conf->count; i++) {
		patterns *p = &b->patterns[i];
		if (!b->chosen[i])
			continue;
		if (!patterns_init(p, &conf->at[i].match.trap, false, b->mib))
			return false;
		b->chosen[i] = has_room_for_trees(b, p);
		for (size_t k = 0; b->chosen[i] && k < p->count; k++)
			if (!add_pattern(b, &p->at[k], i))
				return false;
	}
	return true;
}

static int
compare_spans(tl_span a, tl_span b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len > 0 ? memcmp(a.ptr, b.ptr, a.len) : 0;
}

static int
compare_wanted(const void *left, const void *right)
{
	const wanted *a = left, *b = right;

	return compare_spans(a->text, b->text);
}

/* The first of the names called |text|; SIZE_MAX if there is none. */
static size_t
find_wanted(const builder *b, tl_span text)
{
	size_t low = 0, high = b->wanted.count;
	const wanted *at = b->wanted.ptr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_spans(at[middle].text, text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < b->wanted.count && compare_spans(at[low].text, text) == 0 ? low
									       : SIZE_MAX;
}

/* Of definitions that have one OID, events name the same one. */
static bool
add_named(builder *b, const tl_mib_node *node)
{
	tl_span text = tl_mib_node_name(b->mib, node);
	const wanted *at = b->wanted.ptr;
	size_t i = find_wanted(b, text);

	if (i == SIZE_MAX)
		return true;
	node = tl_mib_find_notification(b->mib, tl_mib_node_oid(b->mib, node));
	for (; i < b->wanted.count && compare_spans(at[i].text, text) == 0; i++)
		if (!add_entry(b, (entry){ KEY_NODE, node, { NULL, 0 }, at[i].rule }))
			return false;
	return true;
}

/* Finds the definitions of all names in one walk. */
static bool
resolve_names(builder *b)
{
	if (b->wanted.count == 0)
		return true;
	qsort(b->wanted.ptr, b->wanted.count, sizeof(wanted), compare_wanted);
	for (uint32_t i = 0;; i++) {
		const tl_mib_node *node = tl_mib_at(b->mib, i);
		if (node == NULL)
			return true;
		if (tl_mib_node_kind(node) == TL_MIB_NOTIFICATION && !add_named(b, node))
			return false;
	}
}

static int
compare_keys(const entry *a, const entry *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->kind == KEY_NODE)
		return a->node == b->node ? 0 : a->node < b->node ? -1 : 1;
	return compare_spans(
	    (tl_span){ a->oid.ber, a->oid.len }, (tl_span){ b->oid.ber, b->oid.len });
}

static int
compare_entries(const void *left, const void *right)
{
	const entry *a = left, *b = right;
	int order = compare_keys(a, b);

	return order != 0 ? order : a->rule == b->rule ? 0 : a->rule < b->rule ? -1 : 1;
}

/* Puts the numbers of |at|, which have one key, into a slot of their own. */
static bool
add_slot(trap_index *x, const entry *at, size_t count)
{
	trap_slot slot = { .kind = (uint8_t)at->kind,
		.node = at->node,
		.hash = hash_of(at->kind, at->node, at->oid.ber, at->oid.len),
		.key = x->keys.count,
		.from = x->numbers.count };

	if (at->kind != KEY_NODE) {
		uint8_t *key = tl_vec_grow(&x->keys, 1, at->oid.len);
		if (key == NULL)
			return false;
		memcpy(key, at->oid.ber, at->oid.len);
		slot.key_len = at->oid.len;
	}
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && at[i].rule == at[i - 1].rule)
			continue;
		uint32_t *number = tl_vec_grow(&x->numbers, sizeof *number, 1);
		if (number == NULL)
			return false;
		*number = at[i].rule;
		slot.count++;
	}
	uint32_t place = (uint32_t)slot.hash & x->mask;
	while (x->slots[place].count > 0)
		place = (place + 1) & x->mask;
	x->slots[place] = slot;
	return true;
}

static bool
make_slots(builder *b, uint32_t *weights)
{
	trap_index *x = b->made;
	entry *at = b->entries.ptr;
	size_t count = b->entries.count, size = 4;

	while (size < 2 * count)
		size *= 2;
	x->slots = calloc(size, sizeof *x->slots);
	if (x->slots == NULL)
		return false;
	x->mask = (uint32_t)(size - 1);
	if (count > 0)
		qsort(at, count, sizeof *at, compare_entries);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count; to++)
			if (compare_keys(&at[from], &at[to]) != 0)
				break;
		if (!add_slot(x, at + from, to - from))
			return false;
		for (size_t i = from; i < to; i++)
			if (weights[at[i].rule] < to - from)
				weights[at[i].rule] = (uint32_t)(to - from);
	}
	return true;
}

bool
trap_index_fill(trap_index *x, const tl_conf_rules *conf, const tl_mib *mib, bool *chosen,
    uint32_t *weights)
{
	builder b = { .made = x, .mib = mib, .chosen = chosen };

	b.patterns = calloc(conf->count + 1, sizeof *b.patterns);
	bool good = b.patterns != NULL && add_rules(&b, conf) && resolve_names(&b) &&
		    make_slots(&b, weights);
	for (size_t i = 0; b.patterns != NULL && i < conf->count; i++)
		patterns_fini(&b.patterns[i]);
	free(b.patterns);
	tl_vec_free(&b.entries);
	tl_vec_free(&b.wanted);
	return good;
}

void
trap_index_fini(trap_index *x)
{
	free(x->slots);
	tl_vec_free(&x->keys);
	tl_vec_free(&x->numbers);
}

static bool
is_key(const trap_index *x, const trap_slot *slot, key_kind kind, const tl_mib_node *node,
    tl_oid oid)
{
	if (slot->kind != (uint8_t)kind)
		return false;
	if (kind == KEY_NODE)
		return slot->node == node;
	return slot->key_len == oid.len &&
	       memcmp(TL_VEC_AT(&x->keys, const uint8_t, slot->key), oid.ber, oid.len) ==
		   0;
}

static void
find(const trap_index *x, key_kind kind, const tl_mib_node *node, tl_oid oid,
    rule_cursor *c)
{
	uint64_t hash = hash_of(kind, node, oid.ber, oid.len);

	for (uint32_t at = (uint32_t)hash & x->mask;; at = (at + 1) & x->mask) {
		const trap_slot *slot = &x->slots[at];
		if (slot->count == 0)
			return;
		if (slot->hash != hash || !is_key(x, slot, kind, node, oid))
			continue;
		const uint32_t *from = TL_VEC_AT(&x->numbers, const uint32_t, slot->from);
		c->lists[c->count++] = (rule_list){ from, from + slot->count };
		return;
	}
}

void
trap_index_find(const trap_index *x, const event *ev, rule_cursor *c)
{
	tl_oid oid = event_trap_oid(ev);
	const tl_mib_node *node = event_trap(ev);

	if (x->numbers.count == 0)
		return;
	if (node != NULL)
		find(x, KEY_NODE, node, oid, c);
	if (x->has_oids && oid.len > 0)
		find(x, KEY_OID, NULL, oid, c);
	for (uint32_t i = 0; i < x->tree_count; i++)
		if (x->trees[i] < oid.len)
			find(x, KEY_TREE, NULL, (tl_oid){ oid.ber, x->trees[i] }, c);
}
