/* base/vec.h: an array that grows. */
#ifndef TL_BASE_VEC_H
#define TL_BASE_VEC_H

#include "trapline/base.h"

/* Items of one type; zero-initialise. */
typedef struct tl_vec {
	void *ptr;
	uint32_t count, cap; /* items */
} tl_vec;

/* Room for |n| more items of |size| bytes, counted in and not zeroed; NULL when there is
 * no memory, or past 2^32 items. Moves the others. */
void *tl_vec_grow(tl_vec *v, size_t size, size_t n);

/* Gives back the room that is not used. */
void tl_vec_trim(tl_vec *v, size_t size);

/* Frees the items and empties it. */
void tl_vec_free(tl_vec *v);

/* Item |i|; of a vector that has none yet, item 0 is NULL. */
static inline void *
tl_vec_item(const tl_vec *v, size_t size, size_t i)
{
	return i > 0 ? (uint8_t *)v->ptr + i * size : v->ptr;
}

/* Item |i| of a vector of |type|. */
#define TL_VEC_AT(v, type, i) ((type *)tl_vec_item((v), sizeof(type), (size_t)(i)))

#endif
