/* pipeline/trap_index.c: a hash table of OIDs and trees. */
#include "pipeline/trap_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "pipeline/patterns.h"

/* What is looked for: an OID, or all below one. Globs never are: they are here to be
 * weighed. */
typedef enum key_kind { KEY_OID = 1, KEY_TREE, KEY_GLOB } key_kind;

struct trap_slot {
	uint64_t hash;
	uint32_t key, key_len; /* bytes in keys */
	uint32_t list;         /* in numbers; 0: the slot is free */
	uint32_t kind;
};

/* A rule under a key, while the index is made. */
typedef struct entry {
	key_kind kind;
	tl_oid oid;
	uint32_t rule;
} entry;

typedef struct builder {
	trap_index *made;
	const rule_traps *rules;
	bool *chosen;
	tl_vec entries;
} builder;

/* The bytes of an OID that tell most: the last ones. Configurations fill the table, so
 * nobody plans collisions; place_of() mixes. */
static inline uint64_t
hash_oid(key_kind kind, tl_oid oid)
{
	uint64_t tail = 0;

	if (oid.len >= 8)
		tail = tl_load64(oid.ber + oid.len - 8);
	else if (oid.len >= 4)
		tail = tl_load32(oid.ber) | tl_load32(oid.ber + oid.len - 4) << 32;
	else if (oid.len > 0)
		memcpy(&tail, oid.ber, oid.len);
	return tail + 4 * oid.len + kind;
}

static inline uint32_t
place_of(const trap_index *x, uint64_t hash)
{
	return (uint32_t)tl_hash_mix(hash, 0x9e3779b97f4a7c15u) & x->mask;
}

static bool
add_entry(builder *b, entry e)
{
	entry *added = tl_vec_grow(&b->entries, sizeof e, 1);

	if (added != NULL)
		*added = e;
	return added != NULL;
}

/* Remembers how an OID looks. */
static void
know_oid(trap_index *x, tl_oid oid)
{
	x->oid_lens |= UINT64_C(1) << oid.len % 64;
	x->oid_last_bits |= UINT64_C(1) << oid.ber[oid.len - 1] % 64;
}

/* Remembers how the OID of a tree looks; false if there are too many lengths. */
static bool
know_tree(trap_index *x, tl_oid oid)
{
	uint32_t i = 0;

	while (i < x->tree_count && x->trees[i].len != oid.len)
		i++;
	if (i == RULE_TREES_MAX)
		return false;
	trap_tree *tree = &x->trees[i];
	tree->len = oid.len;
	tree->early = oid.len > 3 ? 3 : oid.len - 1;
	tree->early_bits |= UINT64_C(1) << oid.ber[tree->early] % 64;
	tree->last_bits |= UINT64_C(1) << oid.ber[oid.len - 1] % 64;
	x->tree_count += i == x->tree_count;
	return true;
}

/* Those who have a name have a definition, too, and are weighed by its OID. */
static bool
add_pattern(builder *b, const pattern *p, uint32_t rule)
{
	switch (p->kind) {
	case PATTERN_OID:
		know_oid(b->made, p->oid);
		return add_entry(b, (entry){ KEY_OID, p->oid, rule });
	case PATTERN_LABEL:
		return add_entry(b, (entry){ KEY_OID, p->oid, rule });
	case PATTERN_TREE:
		return add_entry(b, (entry){ KEY_TREE, p->oid, rule });
	case PATTERN_GLOB:
		return add_entry(b, (entry){ .kind = KEY_GLOB, .rule = rule });
	case PATTERN_NOTHING:
		break;
	}
	return true;
}

static bool
has_room_for_trees(builder *b, const patterns *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->at[i].kind == PATTERN_TREE && !know_tree(b->made, p->at[i].oid))
			return false;
	return true;
}

static bool
add_rules(builder *b)
{
	for (uint32_t i = 0; i < b->rules->count; i++) {
		const patterns *p = &b->rules->at[i];
		b->chosen[i] = b->chosen[i] && has_room_for_trees(b, p);
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
compare_keys(const entry *a, const entry *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
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
	trap_slot slot = { .kind = at->kind,
		.hash = hash_oid(at->kind, at->oid),
		.key = x->keys.count,
		.key_len = at->oid.len,
		.list = x->numbers.count };

	uint8_t *key = tl_vec_grow(&x->keys, 1, at->oid.len + 1);
	if (key == NULL)
		return false;
	if (at->oid.len > 0)
		memcpy(key, at->oid.ber, at->oid.len);
	for (size_t i = 0; i < count; i++)
		if ((i == 0 || at[i].rule != at[i - 1].rule) &&
		    !rule_list_grow(&x->numbers, at[i].rule))
			return false;
	if (!rule_list_grow(&x->numbers, RULE_NONE))
		return false;
	uint32_t place = place_of(x, slot.hash);
	while (x->slots[place].list != 0)
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
	if (x->slots == NULL ||
	    !rule_list_grow(&x->numbers, RULE_NONE)) /* no list begins at 0 */
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
trap_index_fill(trap_index *x, const rule_traps *rules, bool *chosen, uint32_t *weights)
{
	builder b = { .made = x, .rules = rules, .chosen = chosen };
	bool good = add_rules(&b) && make_slots(&b, weights);

	tl_vec_free(&b.entries);
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
is_key(const trap_index *x, const trap_slot *slot, key_kind kind, tl_oid oid)
{
	return slot->kind == kind && slot->key_len == oid.len &&
	       memcmp(TL_VEC_AT(&x->keys, const uint8_t, slot->key), oid.ber, oid.len) ==
		   0;
}

static void
find_oid(const trap_index *x, key_kind kind, tl_oid oid, rule_cursor *c)
{
	uint64_t hash = hash_oid(kind, oid);
	uint32_t at = place_of(x, hash);

	for (; x->slots[at].list != 0; at = (at + 1) & x->mask)
		if (x->slots[at].hash == hash && is_key(x, &x->slots[at], kind, oid)) {
			rule_cursor_add(
			    c, TL_VEC_AT(&x->numbers, const uint32_t, x->slots[at].list));
			return;
		}
}

/* Whether a tree of this kind could hold |oid|. */
static inline bool
may_hold(const trap_tree *tree, tl_oid oid)
{
	if (tree->len >= oid.len)
		return false;
	return (tree->early_bits >> oid.ber[tree->early] % 64 &
		   tree->last_bits >> oid.ber[tree->len - 1] % 64 & 1) != 0;
}

void
trap_index_find(const trap_index *x, tl_oid oid, rule_cursor *c)
{
	if (oid.len > 0 && (x->oid_lens >> oid.len % 64 &
			       x->oid_last_bits >> oid.ber[oid.len - 1] % 64 & 1) != 0)
		find_oid(x, KEY_OID, oid, c);
	for (uint32_t i = 0; i < x->tree_count; i++)
		if (may_hold(&x->trees[i], oid))
			find_oid(x, KEY_TREE, (tl_oid){ oid.ber, x->trees[i].len }, c);
}
