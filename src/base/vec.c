/* base/vec.c: arrays that grow by half. Called where the number of items is not known
 * before: by the MIB compiler. */
#include "base/vec.h"

#include <stdlib.h>

static const uint32_t first_cap = 16;

static bool
reserve(tl_vec *v, size_t size, size_t need)
{
	size_t cap = v->cap < first_cap ? first_cap : (size_t)v->cap + v->cap / 2;

	if (cap < need)
		cap = need;
	if (cap > UINT32_MAX)
		cap = UINT32_MAX;
	if (need > cap || size > SIZE_MAX / cap)
		return false;
	void *ptr = realloc(v->ptr, cap * size);
	if (ptr == NULL)
		return false;
	v->ptr = ptr;
	v->cap = (uint32_t)cap;
	return true;
}

void *
tl_vec_grow(tl_vec *v, size_t size, size_t n)
{
	if (n > UINT32_MAX - v->count)
		return NULL;
	if (n > v->cap - v->count && !reserve(v, size, v->count + n))
		return NULL;
	void *added = tl_vec_item(v, size, v->count);
	v->count += (uint32_t)n;
	return added;
}

void
tl_vec_trim(tl_vec *v, size_t size)
{
	if (v->count == 0) {
		tl_vec_free(v);
		return;
	}
	void *ptr = realloc(v->ptr, v->count * size);
	if (ptr == NULL)
		return;
	v->ptr = ptr;
	v->cap = v->count;
}

void
tl_vec_free(tl_vec *v)
{
	free(v->ptr);
	*v = (tl_vec){ 0 };
}
