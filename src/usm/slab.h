/* usm/slab.h: a growing array of slots of one size, known by 32-bit numbers. It grows by
 * chunks that never move: no growth takes long, and pointers to slots stay valid. */
#ifndef TL_USM_SLAB_H
#define TL_USM_SLAB_H

#include "trapline/base.h"

#define TL_SLAB_CHUNK 1024 /* slots */
#define TL_CACHE_LINE 64   /* bytes; chunks begin at a line */

typedef struct tl_slab {
	uint8_t **chunks; /* of TL_SLAB_CHUNK zeroed slots each */
	uint32_t chunk_count, chunk_cap;
	uint32_t slot_bytes; /* a multiple of 4 */
	uint32_t used;       /* slots ever given out: 1 to used are, but for the free */
	uint32_t free; /* the first of the free slots, each holding the next's number */
} tl_slab;

/* Zero-initialised but for |slot_bytes| a slab is empty. Fini wipes all slots. */
void tl_slab_fini(tl_slab *s);

/* Gives out a zeroed slot, numbered from 1; 0 when memory is short. */
uint32_t tl_slab_take(tl_slab *s);

/* Wipes slot |i| and takes it back. */
void tl_slab_give(tl_slab *s, uint32_t i);

/* The slot |i|, which was given out; slot 0 is there from the first tl_slab_take() on,
 * and the caller's to use as it likes. */
static inline void *
tl_slab_at(const tl_slab *s, uint32_t i)
{
	return s->chunks[i / TL_SLAB_CHUNK] + (size_t)(i % TL_SLAB_CHUNK) * s->slot_bytes;
}

#endif
