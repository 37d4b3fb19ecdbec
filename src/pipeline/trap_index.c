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
	uint64_t hash;         /* of KEY_NODE its place in memory */
	uint32_t key, key_len; /* bytes in keys, of the others */
	uint32_t list;         /* in numbers; 0: the slot is free */
	uint32_t kind;
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

/* A glob of names, likewise. */
typedef struct wanted_glob {
	const pattern *glob;
	uint32_t rule;
} wanted_glob;

typedef struct builder {
	trap_index *made;
	const tl_mib *mib;
	bool *chosen;
	patterns *patterns; /* of each rule */
	tl_vec entries, wanted, globs;
	uint32_t notifications; /* that the dictionary has */
	uint32_t glob_entries;
} builder;

static inline uint64_t
load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* The bytes of an OID that tell most: the last ones. Configurations fill the table, so
 * nobody plans collisions; place_of() mixes. */
static inline uint64_t
hash_oid(key_kind kind, tl_oid oid)
{
	uint64_t tail = 0;

	if (oid.len >= 8)
		tail = tl_load64(oid.ber + oid.len - 8);
	else if (oid.len >= 4)
		tail = load32(oid.ber) | load32(oid.ber + oid.len - 4) << 32;
	else
		memcpy(&tail, oid.ber, oid.len);
	return tail + 4 * oid.len + kind;
}

static uint64_t
hash_of(const entry *e)
{
	return e->kind == KEY_NODE ? (uintptr_t)e->node : hash_oid(e->kind, e->oid);
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

/* An OID is found by its definition if that is what it has. */
static bool
add_oid(builder *b, tl_oid oid, uint32_t rule)
{
	const tl_mib_node *node =
	    b->mib != NULL ? tl_mib_find_notification(b->mib, oid) : NULL;

	if (node != NULL && tl_oid_equal(tl_mib_node_oid(b->mib, node), oid))
		return add_entry(b, (entry){ KEY_NODE, node, oid, rule });
	b->made->oid_lens |= UINT64_C(1) << oid.len % 64;
	b->made->oid_last_bits |= UINT64_C(1) << oid.ber[oid.len - 1] % 64;
	return add_entry(b, (entry){ KEY_OID, NULL, oid, rule });
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

static bool
add_pattern(builder *b, const pattern *p, uint32_t rule)
{
	wanted_glob *glob;
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
	case PATTERN_GLOB:
		glob = tl_vec_grow(&b->globs, sizeof *glob, 1);
		if (glob != NULL)
			*glob = (wanted_glob){ p, rule };
		return glob != NULL;
	case PATTERN_NOTHING:
		break;
	}
	return true;
}

static bool
has_room_for_globs(const builder *b, const patterns *p)
{
	uint64_t globs = b->globs.count;

	for (size_t i = 0; i < p->count; i++)
		globs += p->at[i].kind == PATTERN_GLOB;
	return globs * b->notifications <= RULE_GLOB_LOOKS_MAX;
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
add_rules(builder *b, const tl_conf_rules *conf)
{
	for (uint32_t i = 0; i < conf->count; i++) {
		patterns *p = &b->patterns[i];
		if (!b->chosen[i])
			continue;
		if (!patterns_init(p, &conf->at[i].match.trap, false, b->mib))
			return false;
		b->chosen[i] = has_room_for_globs(b, p) && has_room_for_trees(b, p);
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

/* Adds |node| to the rules whose globs its name fits; beyond the bound such a rule is
 * taken back, and what was added of it does no harm. Of definitions of one OID only the
 * one that events name counts. */
static bool
add_globbed(builder *b, const tl_mib_node *node)
{
	const wanted_glob *at = b->globs.ptr;
	pattern_subject s = { .module = tl_mib_node_module(b->mib, node),
		.text = tl_mib_node_name(b->mib, node) };

	if (tl_mib_find_notification(b->mib, tl_mib_node_oid(b->mib, node)) != node)
		return true;
	for (size_t i = 0; i < b->globs.count; i++) {
		if (!b->chosen[at[i].rule] || !pattern_fits(at[i].glob, &s))
			continue;
		b->chosen[at[i].rule] = b->glob_entries < RULE_GLOB_ENTRIES_MAX;
		b->glob_entries++;
		if (b->chosen[at[i].rule] &&
		    !add_entry(b, (entry){ KEY_NODE, node, { NULL, 0 }, at[i].rule }))
			return false;
	}
	return true;
}

/* Finds the definitions of all names in one walk. */
static bool
resolve_names(builder *b)
{
	const tl_mib_node *node;

	if (b->wanted.count == 0 && b->globs.count == 0)
		return true;
	if (b->wanted.count > 0)
		qsort(b->wanted.ptr, b->wanted.count, sizeof(wanted), compare_wanted);
	for (uint32_t i = 0; (node = tl_mib_at(b->mib, i)) != NULL; i++)
		if (tl_mib_node_kind(node) == TL_MIB_NOTIFICATION &&
		    (!add_named(b, node) || !add_globbed(b, node)))
			return false;
	return true;
}

static uint32_t
count_notifications(const tl_mib *mib)
{
	const tl_mib_node *node;
	uint32_t count = 0;

	for (uint32_t i = 0; mib != NULL && (node = tl_mib_at(mib, i)) != NULL; i++)
		count += tl_mib_node_kind(node) == TL_MIB_NOTIFICATION;
	return count;
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

static bool
add_number(trap_index *x, uint32_t number)
{
	uint32_t *added = tl_vec_grow(&x->numbers, sizeof *added, 1);

	if (added != NULL)
		*added = number;
	return added != NULL;
}

/* Puts the numbers of |at|, which have one key, into a slot of their own. */
static bool
add_slot(trap_index *x, const entry *at, size_t count)
{
	trap_slot slot = { .kind = at->kind,
		.hash = hash_of(at),
		.key = x->keys.count,
		.list = x->numbers.count };

	if (at->kind != KEY_NODE) {
		uint8_t *key = tl_vec_grow(&x->keys, 1, at->oid.len);
		if (key == NULL)
			return false;
		memcpy(key, at->oid.ber, at->oid.len);
		slot.key_len = at->oid.len;
	}
	for (size_t i = 0; i < count; i++)
		if ((i == 0 || at[i].rule != at[i - 1].rule) &&
		    !add_number(x, at[i].rule))
			return false;
	if (!add_number(x, RULE_NONE))
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
	if (x->slots == NULL || !add_number(x, RULE_NONE)) /* no list begins at 0 */
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
	builder b = { .made = x,
		.mib = mib,
		.chosen = chosen,
		.notifications = count_notifications(mib) };

	b.patterns = calloc(conf->count + 1, sizeof *b.patterns);
	bool good = b.patterns != NULL && add_rules(&b, conf) && resolve_names(&b) &&
		    make_slots(&b, weights);
	for (size_t i = 0; b.patterns != NULL && i < conf->count; i++)
		patterns_fini(&b.patterns[i]);
	free(b.patterns);
	tl_vec_free(&b.entries);
	tl_vec_free(&b.wanted);
	tl_vec_free(&b.globs);
	return good;
}

void
trap_index_fini(trap_index *x)
{
	free(x->slots);
	tl_vec_free(&x->keys);
	tl_vec_free(&x->numbers);
}

static inline void
find_node(const trap_index *x, const tl_mib_node *node, rule_cursor *c)
{
	uint64_t hash = (uintptr_t)node;
	uint32_t at = place_of(x, hash);

	for (; x->slots[at].list != 0; at = (at + 1) & x->mask)
		if (x->slots[at].hash == hash && x->slots[at].kind == KEY_NODE) {
			rule_cursor_add(
			    c, TL_VEC_AT(&x->numbers, const uint32_t, x->slots[at].list));
			return;
		}
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
trap_index_find(const trap_index *x, const event *ev, rule_cursor *c)
{
	tl_oid oid = event_trap_oid(ev);
	const tl_mib_node *node = event_trap(ev);

	if (node != NULL)
		find_node(x, node, c);
	if (oid.len > 0 && (x->oid_lens >> oid.len % 64 &
			       x->oid_last_bits >> oid.ber[oid.len - 1] % 64 & 1) != 0)
		find_oid(x, KEY_OID, oid, c);
	for (uint32_t i = 0; i < x->tree_count; i++)
		if (may_hold(&x->trees[i], oid))
			find_oid(x, KEY_TREE, (tl_oid){ oid.ber, x->trees[i].len }, c);
}
