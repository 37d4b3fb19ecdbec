/* mib/map.h: numbers by keys of 64 bits, for the resolver. */
#ifndef TL_MIB_MAP_H
#define TL_MIB_MAP_H

#include "mib/image.h"

typedef struct tl_mib_map_slot {
	uint32_t low, high; /* the key; both 0: free */
	uint32_t value;
} tl_mib_map_slot;

/* Zero-initialise. */
typedef struct tl_mib_map {
	tl_mib_map_slot *slots;
	uint32_t size, used; /* slots */
} tl_mib_map;

/* Makes room for |count| keys in all. Errors: TL_ENOMEM, TL_ELIMIT. */
TL_CHECK tl_err tl_mib_map_reserve(tl_mib_map *map, uint64_t count);

/* The value of |key|, which is not 0, to be read or set; TL_MIB_NONE where it is new.
 * NULL without memory. Valid until the next put. */
uint32_t *tl_mib_map_put(tl_mib_map *map, uint64_t key);

/* The value of |key|; TL_MIB_NONE if it was never put. */
uint32_t tl_mib_map_find(const tl_mib_map *map, uint64_t key);

void tl_mib_map_free(tl_mib_map *map);

#endif
