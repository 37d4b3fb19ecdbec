/* usm/engines.c: see engines.h. process.c looks engines up, and adds them when they have
 * authenticated. */
#include "usm/engines.h"

#include <string.h>

#include "base/hash.h"
#include "usm/crypto.h"

/* A clock that has gained or lost less than this on what was taken is no news. What was
 * taken may be judged by long after, so a slow one's matters sooner: TL_TIME_WINDOW_S. */
#define CLOCK_GAIN_NS (100 * (int64_t)TL_NS_PER_S)
#define CLOCK_LOSS_NS (50 * (int64_t)TL_NS_PER_S)

tl_err
tl_engines_init(tl_engines *e, tl_span own_id, uint32_t max)
{
	tl_err err = tl_crypto_random(&e->seed, sizeof e->seed);

	if (err != TL_OK)
		return err;
	e->max = max;
	e->slots.slot_bytes = sizeof(tl_remote);
	e->buckets.slot_bytes = sizeof(uint32_t);
	for (uint32_t i = 0; i < TL_KEY_CLASSES; i++)
		e->keys[i].slot_bytes = (i + 1) * TL_KEY_CLASS_BYTES;
	/* Whatever is taken first brings number 0 along. */
	uint32_t first = tl_slab_take(&e->slots);
	if (first == 0 || tl_slab_take(&e->buckets) == 0)
		return TL_ENOMEM;
	tl_slab_give(&e->slots, first);
	e->bucket_count = 1;
	tl_remote *own = tl_engines_at(e, 0);
	own->id_len = (uint8_t)own_id.len;
	if (own_id.len > 0)
		memcpy(own->id, own_id.ptr, own_id.len);
	return TL_OK;
}

void
tl_engines_fini(tl_engines *e)
{
	tl_slab_fini(&e->slots);
	tl_slab_fini(&e->buckets);
	for (int i = 0; i < TL_KEY_CLASSES; i++)
		tl_slab_fini(&e->keys[i]);
}

static uint32_t
hash_of(const tl_engines *e, tl_span id)
{
	return (uint32_t)tl_hash(id.ptr, id.len, e->seed);
}

static uint32_t *
bucket_of(const tl_engines *e, uint32_t hash)
{
	uint32_t b = hash & e->mask;

	return tl_slab_at(&e->buckets, b < e->bucket_count ? b : b & (e->mask >> 1));
}

uint32_t
tl_engines_find(const tl_engines *e, tl_span id)
{
	uint32_t hash = hash_of(e, id), i = *bucket_of(e, hash);

	while (i != 0) {
		const tl_remote *r = tl_engines_at(e, i);
		if (r->hash == hash && r->id_len == id.len &&
		    memcmp(r->id, id.ptr, id.len) == 0)
			return i;
		i = r->next;
	}
	return 0;
}

/* One bucket more: half of one bucket's engines move there. Without memory the chains
 * just get longer. */
static void
grow_table(tl_engines *e)
{
	uint32_t added = e->bucket_count;
	uint32_t mask = e->mask | added;

	if (added == e->buckets.used + 1 && tl_slab_take(&e->buckets) == 0)
		return;
	uint32_t *to = tl_slab_at(&e->buckets, added);
	uint32_t *from = tl_slab_at(&e->buckets, added & (mask >> 1));
	*to = 0;
	e->mask = mask;
	e->bucket_count++;
	while (*from != 0) {
		tl_remote *r = tl_engines_at(e, *from);
		if ((r->hash & mask) != added) {
			from = &r->next;
			continue;
		}
		uint32_t moved = *from;
		*from = r->next;
		r->next = *to;
		*to = moved;
	}
}

/* The link of |engine| in |list|; of 0: the list's ends. */
static tl_link *
link_of(tl_engines *e, int list, uint32_t engine)
{
	return engine == 0 ? &e->ends[list] : &tl_engines_at(e, engine)->links[list];
}

static void
list_remove(tl_engines *e, int list, uint32_t engine)
{
	tl_link *link = link_of(e, list, engine);

	link_of(e, list, link->prev)->next = link->next;
	link_of(e, list, link->next)->prev = link->prev;
}

static void
list_append(tl_engines *e, int list, uint32_t engine)
{
	uint32_t last = e->ends[list].prev;

	*link_of(e, list, engine) = (tl_link){ .prev = last, .next = 0 };
	link_of(e, list, last)->next = engine;
	e->ends[list].prev = engine;
}

/* Numbers of keys carry their class in the upper bits. */
enum { KEY_CLASS_SHIFT = 29 };
#define KEY_INLINE UINT32_MAX
#define KEY_SLOT_MASK ((1u << KEY_CLASS_SHIFT) - 1)

static tl_usm_key *
key_at(const tl_engines *e, uint32_t engine, uint32_t key)
{
	if (key == KEY_INLINE)
		return (tl_usm_key *)tl_engines_at(e, engine)->inline_key;
	return tl_slab_at(&e->keys[key >> KEY_CLASS_SHIFT], key & KEY_SLOT_MASK);
}

static void
free_keys(tl_engines *e, uint32_t engine)
{
	uint32_t key = tl_engines_at(e, engine)->keys;

	while (key != 0) {
		uint32_t next = key_at(e, engine, key)->next;
		if (key != KEY_INLINE)
			tl_slab_give(
			    &e->keys[key >> KEY_CLASS_SHIFT], key & KEY_SLOT_MASK);
		key = next;
	}
}

static void
drop_keys(tl_engines *e, uint32_t engine)
{
	tl_remote *r = tl_engines_at(e, engine);

	free_keys(e, engine);
	r->keys = 0;
	tl_crypto_wipe(r->inline_key, sizeof r->inline_key);
}

void
tl_engines_drop_keys(tl_engines *e)
{
	drop_keys(e, 0);
	for (uint32_t i = e->ends[TL_LIST_HEARD].next; i != 0;
	     i = tl_engines_at(e, i)->links[TL_LIST_HEARD].next)
		drop_keys(e, i);
}

static void
forget(tl_engines *e, uint32_t engine)
{
	tl_remote *r = tl_engines_at(e, engine);
	uint32_t *at = bucket_of(e, r->hash);

	while (*at != engine)
		at = &tl_engines_at(e, *at)->next;
	*at = r->next;
	list_remove(e, TL_LIST_HEARD, engine);
	if (r->listed)
		list_remove(e, TL_LIST_CLOCKS, engine);
	free_keys(e, engine);
	tl_slab_give(&e->slots, engine);
	e->count--;
}

uint32_t
tl_engines_add(tl_engines *e, tl_span id)
{
	if (e->count >= e->max)
		forget(e, e->ends[TL_LIST_HEARD].next);
	uint32_t engine = tl_slab_take(&e->slots);
	if (engine == 0)
		return 0;
	if (e->count >= e->bucket_count)
		grow_table(e);
	tl_remote *r = tl_engines_at(e, engine);
	*r = (tl_remote){ .hash = hash_of(e, id), .id_len = (uint8_t)id.len };
	memcpy(r->id, id.ptr, id.len);
	uint32_t *bucket = bucket_of(e, r->hash);
	r->next = *bucket;
	*bucket = engine;
	list_append(e, TL_LIST_HEARD, engine);
	e->count++;
	return engine;
}

void
tl_engines_touch(tl_engines *e, uint32_t engine)
{
	if (e->ends[TL_LIST_HEARD].prev == engine)
		return;
	list_remove(e, TL_LIST_HEARD, engine);
	list_append(e, TL_LIST_HEARD, engine);
}

void
tl_engines_prefetch(const tl_engines *e, uint32_t engine)
{
	const tl_remote *r = tl_engines_at(e, engine);
	const tl_link *heard = &r->links[TL_LIST_HEARD];

	__builtin_prefetch(r->inline_key);
	__builtin_prefetch(tl_engines_at(e, heard->prev)->links, 1);
	__builtin_prefetch(tl_engines_at(e, heard->next)->links, 1);
}

static bool
is_news(const tl_remote *r)
{
	int64_t gain_ns = r->taken_zero_ns - r->zero_ns;

	return !r->taken || r->boots != r->taken_boots || gain_ns > CLOCK_GAIN_NS ||
	       gain_ns < -CLOCK_LOSS_NS;
}

void
tl_engines_set_clock(tl_engines *e, uint32_t engine, const tl_clock *clock)
{
	tl_remote *r = tl_engines_at(e, engine);

	r->has_clock = true;
	r->boots = clock->boots;
	r->time_s = clock->time_s;
	r->zero_ns = clock->at_ns - (int64_t)clock->time_s * TL_NS_PER_S;
	if (r->listed || !is_news(r))
		return;
	r->listed = true;
	list_append(e, TL_LIST_CLOCKS, engine);
}

void
tl_engines_clock_taken(tl_engines *e, uint32_t engine)
{
	tl_remote *r = tl_engines_at(e, engine);

	if (r->listed)
		list_remove(e, TL_LIST_CLOCKS, engine);
	r->listed = false;
	r->taken = true;
	r->taken_boots = r->boots;
	r->taken_zero_ns = r->zero_ns;
}

bool
tl_engines_next_clock(tl_engines *e, tl_clock *out)
{
	uint32_t engine = e->ends[TL_LIST_CLOCKS].next;

	if (engine == 0)
		return false;
	const tl_remote *r = tl_engines_at(e, engine);
	*out = (tl_clock){ .engine_id_len = r->id_len,
		.boots = r->boots,
		.time_s = r->time_s,
		.at_ns = r->zero_ns + (int64_t)r->time_s * TL_NS_PER_S };
	memcpy(out->engine_id, r->id, r->id_len);
	tl_engines_clock_taken(e, engine);
	return true;
}

tl_usm_key *
tl_engines_find_key(const tl_engines *e, uint32_t engine, uint32_t cred)
{
	uint32_t i = tl_engines_at(e, engine)->keys;

	while (i != 0) {
		tl_usm_key *key = key_at(e, engine, i);
		if (key->cred == cred)
			return key;
		i = key->next;
	}
	return NULL;
}

/* A zeroed place for keys of |bytes|, head included; 0 when memory is short. */
static uint32_t
take_key(tl_engines *e, uint32_t engine, size_t bytes)
{
	uint32_t class = (uint32_t)((bytes - 1) / TL_KEY_CLASS_BYTES);

	/* Keys never go one by one, so the place within is free for the first only. */
	if (tl_engines_at(e, engine)->keys == 0 && bytes <= TL_INLINE_KEY_BYTES)
		return KEY_INLINE;
	uint32_t slot = tl_slab_take(&e->keys[class]);
	return slot == 0 || slot > KEY_SLOT_MASK ? 0 : class << KEY_CLASS_SHIFT | slot;
}

tl_usm_key *
tl_engines_add_key(tl_engines *e, uint32_t engine, uint32_t cred, size_t bytes)
{
	tl_remote *r = tl_engines_at(e, engine);
	uint32_t i = take_key(e, engine, sizeof(tl_usm_key) + bytes);

	if (i == 0)
		return NULL;
	tl_usm_key *key = key_at(e, engine, i);
	*key = (tl_usm_key){ .next = r->keys, .cred = cred & 0x7fffffff };
	r->keys = i;
	return key;
}
