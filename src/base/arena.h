/* base/arena.h: taking memory from an arena. */
#ifndef TL_BASE_ARENA_H
#define TL_BASE_ARENA_H

#include "trapline/base.h"

/* |size| bytes, aligned for any type, not zeroed; NULL when the arena is used up. They
 * belong to the arena until tl_arena_reset(). */
void *tl_arena_take(tl_arena *a, size_t size);

/* A mark to which tl_arena_rewind() gives back all that was taken after it. */
size_t tl_arena_mark(const tl_arena *a);
void tl_arena_rewind(tl_arena *a, size_t mark);

/* A copy of |bytes|; a NULL ptr with a len above 0 when the arena is used up. */
tl_span tl_arena_copy(tl_arena *a, tl_span bytes);

/* Gives back what was taken last beyond |used| bytes of it. |ptr| is what
 * tl_arena_take() returned last. */
void tl_arena_trim(tl_arena *a, void *ptr, size_t used);

#endif
