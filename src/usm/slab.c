/* usm/slab.c: see slab.h. Holds the engines, their keys and the table that finds them. */
#include "usm/slab.h"

#include <stdlib.h>
#include <string.h>

#include "usm/crypto.h"

void
tl_slab_fini(tl_slab *s)
{
	for (uint32_t i = 0; i < s->chunk_count; i++) {
		tl_crypto_wipe(s->chunks[i], (size_t)TL_SLAB_CHUNK * s->slot_bytes);
		free(s->chunks[i]);
	}
	free(s->chunks);
	*s = (tl_slab){ .slot_bytes = s->slot_bytes };
}

static bool
add_chunk(tl_slab *s)
{
	if (s->chunk_count == s->chunk_cap) {
		uint32_t cap = s->chunk_cap > 0 ? 2 * s->chunk_cap : 4;
		uint8_t **chunks = realloc(s->chunks, cap * sizeof *chunks);
		if (chunks == NULL)
			return false;
		s->chunks = chunks;
		s->chunk_cap = cap;
	}
	size_t len = (size_t)TL_SLAB_CHUNK * s->slot_bytes;
	uint8_t *chunk = aligned_alloc(TL_CACHE_LINE, len);
	if (chunk == NULL)
		return false;
	memset(chunk, 0, len);
	s->chunks[s->chunk_count++] = chunk;
	return true;
}

uint32_t
tl_slab_take(tl_slab *s)
{
	uint32_t i = s->free;

	if (i != 0) {
		uint8_t *slot = tl_slab_at(s, i);
		memcpy(&s->free, slot, sizeof s->free);
		memset(slot, 0, sizeof s->free);
		return i;
	}
	if (s->used + 1 >= s->chunk_count * TL_SLAB_CHUNK && !add_chunk(s))
		return 0;
	return ++s->used;
}

void
tl_slab_give(tl_slab *s, uint32_t i)
{
	uint8_t *slot = tl_slab_at(s, i);

	tl_crypto_wipe(slot, s->slot_bytes);
	memcpy(slot, &s->free, sizeof s->free);
	s->free = i;
}
