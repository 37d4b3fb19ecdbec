/* conf/pool.h: memory that grows and is freed at once: a configuration and what it was
 * read from. Nothing that it gives is ever moved. */
#ifndef TL_CONF_POOL_H
#define TL_CONF_POOL_H

#include "trapline/base.h"

typedef struct tl_pool_block tl_pool_block;

typedef struct tl_pool { /* zero-initialise */
	tl_pool_block *newest;
	bool failed; /* memory was short: look once, at the end */
} tl_pool;

/* |size| zeroed bytes, aligned for any type; NULL, and |failed| is set, when memory is
 * short. */
void *tl_pool_take(tl_pool *p, size_t size);

/* A copy of |len| bytes with a NUL behind them; NULL as above. */
char *tl_pool_text(tl_pool *p, const void *bytes, size_t len);

/* Wipes and frees all; |p| is empty then. */
void tl_pool_free(tl_pool *p);

/* An array being appended to; zero-initialise. Its elements belong to the pool. */
typedef struct tl_pool_list {
	void *at;
	size_t count, room; /* elements */
} tl_pool_list;

/* Appends one zeroed element of |size| bytes and returns it: until the next call, which
 * may move all of them. NULL as above. */
void *tl_pool_add(tl_pool *p, tl_pool_list *list, size_t size);

#endif
