/* base/arena.c: a bump allocator over one block that never grows. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

struct tl_arena {
	size_t cap, used; /* bytes of mem */
	alignas(max_align_t) uint8_t mem[];
};

enum { ALIGN = alignof(max_align_t), CAP_MIN = 4096 };

tl_err
tl_arena_new(size_t cap_bytes, tl_arena **out)
{
	if (cap_bytes < CAP_MIN || cap_bytes > SIZE_MAX / 2)
		return TL_EINVAL;
	tl_arena *a = malloc(sizeof *a + cap_bytes);
	if (a == NULL)
		return TL_ENOMEM;
	a->cap = cap_bytes;
	a->used = 0;
	*out = a;
	return TL_OK;
}

void
tl_arena_reset(tl_arena *a)
{
	a->used = 0;
}

void
tl_arena_free(tl_arena *a)
{
	free(a);
}

void *
tl_arena_take(tl_arena *a, size_t size)
{
	size_t at = (a->used + (ALIGN - 1)) & ~(size_t)(ALIGN - 1);

	if (at > a->cap || size > a->cap - at)
		return NULL;
	a->used = at + size;
	return a->mem + at;
}

size_t
tl_arena_mark(const tl_arena *a)
{
	return a->used;
}

void
tl_arena_rewind(tl_arena *a, size_t mark)
{
	a->used = mark;
}

tl_span
tl_arena_copy(tl_arena *a, tl_span bytes)
{
	uint8_t *copy = tl_arena_take(a, bytes.len);

	if (copy != NULL && bytes.len > 0)
		memcpy(copy, bytes.ptr, bytes.len);
	return (tl_span){ copy, bytes.len };
}

void
tl_arena_trim(tl_arena *a, void *ptr, size_t used)
{
	a->used = (size_t)((uint8_t *)ptr - a->mem) + used;
}
