/* mib/map.c: the hash table of the resolver: open addressing, keys of 64 bits that stand
 * in the slots. Nothing is ever taken out. */
#include "mib/map.h"

#include <stdlib.h>

enum { FREE_PART = 3 }; /* one slot of so many stays free */

/* The slot of |key|, or the free one where it would stand. */
static tl_mib_map_slot *
slot_of(const tl_mib_map *map, uint64_t key)
{
	uint64_t hash = tl_hash_mix(key ^ 0x9e3779b97f4a7c15u, 0xd6e8feb86659fd93u);
	uint32_t i = (uint32_t)((hash >> 32) * map->size >> 32);
	uint32_t low = (uint32_t)key, high = (uint32_t)(key >> 32);

	for (;; i = i + 1 < map->size ? i + 1 : 0) {
		tl_mib_map_slot *s = &map->slots[i];
		if ((s->low == low && s->high == high) || (s->low | s->high) == 0)
			return s;
	}
}

tl_err
tl_mib_map_reserve(tl_mib_map *map, uint64_t count)
{
	enum { LEAST = 64 };
	tl_mib_map old = *map;
	uint64_t size = count + count / (FREE_PART - 1) + LEAST;

	if (size <= old.size)
		return TL_OK;
	if (size > UINT32_MAX)
		return TL_ELIMIT;
	map->slots = calloc(size, sizeof *map->slots);
	if (map->slots == NULL) {
		map->slots = old.slots;
		return TL_ENOMEM;
	}
	map->size = (uint32_t)size;
	for (uint32_t i = 0; i < old.size; i++) {
		const tl_mib_map_slot *s = &old.slots[i];
		if ((s->low | s->high) != 0)
			*slot_of(map, (uint64_t)s->high << 32 | s->low) = *s;
	}
	free(old.slots);
	return TL_OK;
}

uint32_t *
tl_mib_map_put(tl_mib_map *map, uint64_t key)
{
	if (map->used >= map->size - map->size / FREE_PART &&
	    tl_mib_map_reserve(map, 2 * (uint64_t)map->used + 1) != TL_OK)
		return NULL;
	tl_mib_map_slot *s = slot_of(map, key);
	if ((s->low | s->high) == 0) {
		*s = (tl_mib_map_slot){ (uint32_t)key, (uint32_t)(key >> 32),
			TL_MIB_NONE };
		map->used++;
	}
	return &s->value;
}

uint32_t
tl_mib_map_find(const tl_mib_map *map, uint64_t key)
{
	const tl_mib_map_slot *s = map->size > 0 ? slot_of(map, key) : NULL;

	return s != NULL && (s->low | s->high) != 0 ? s->value : TL_MIB_NONE;
}

void
tl_mib_map_free(tl_mib_map *map)
{
	free(map->slots);
	*map = (tl_mib_map){ 0 };
}
