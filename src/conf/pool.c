/* conf/pool.c: see pool.h. */
#include "conf/pool.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 * 1024, ALIGN = alignof(max_align_t) };

struct tl_pool_block {
	tl_pool_block *older;
	size_t used, size; /* bytes of |bytes| */
	alignas(max_align_t) uint8_t bytes[];
};

static tl_pool_block *
add_block(tl_pool *p, size_t size)
{
	tl_pool_block *b;

	if (size < BLOCK_BYTES)
		size = BLOCK_BYTES;
	b = size < SIZE_MAX - sizeof *b ? calloc(1, sizeof *b + size) : NULL;
	if (b == NULL) {
		p->failed = true;
		return NULL;
	}
	b->size = size;
	b->older = p->newest;
	p->newest = b;
	return b;
}

void *
tl_pool_take(tl_pool *p, size_t size)
{
	tl_pool_block *b = p->newest;

	if (size > SIZE_MAX / 2) {
		p->failed = true;
		return NULL;
	}
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	if (b == NULL || size > b->size - b->used)
		b = add_block(p, size);
	if (b == NULL)
		return NULL;
	b->used += size;
	return b->bytes + b->used - size;
}

char *
tl_pool_text(tl_pool *p, const void *bytes, size_t len)
{
	char *copy = tl_pool_take(p, len + 1);

	if (copy != NULL && len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

void
tl_pool_free(tl_pool *p)
{
	for (tl_pool_block *b = p->newest, *older; b != NULL; b = older) {
		older = b->older;
		explicit_bzero(b->bytes, b->used);
		free(b);
	}
	*p = (tl_pool){ 0 };
}

void *
tl_pool_add(tl_pool *p, tl_pool_list *list, size_t size)
{
	if (list->count == list->room) {
		size_t room = list->room > 0 ? 2 * list->room : 4;
		void *at = tl_pool_take(p, room * size);
		if (at == NULL)
			return NULL;
		if (list->count > 0)
			memcpy(at, list->at, list->count * size);
		list->at = at;
		list->room = room;
	}
	return (uint8_t *)list->at + size * list->count++;
}
