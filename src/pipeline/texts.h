/* pipeline/texts.h: texts that an entry of a table keeps: short ones in itself, others in
 * memory that the next one of its place uses again. */
#ifndef PIPELINE_TEXTS_H
#define PIPELINE_TEXTS_H

#include <string.h>

#include "trapline/base.h"

enum { TEXTS_MAX = 4, TEXTS_SHORT = 72 }; /* bytes in all */

typedef struct texts { /* zero-initialise */
	uint8_t *ptr;  /* of long ones, or NULL */
	uint32_t cap;  /* of it */
	uint16_t len[TEXTS_MAX];
	bool is_long;
	uint8_t brief[TEXTS_SHORT];
} texts;

/* Keeps copies of |count| texts of at most 65,535 bytes. Without memory none is kept. */
void texts_set(texts *t, const tl_span *from, size_t count);

/* The |i|th, which lies in |t|; empty if it was not set. */
tl_span texts_get(const texts *t, size_t i);

/* Whether the |i|th is |text|. */
static inline bool
texts_equal(const texts *t, size_t i, tl_span text)
{
	return t->len[i] == text.len &&
	       (text.len == 0 || memcmp(texts_get(t, i).ptr, text.ptr, text.len) == 0);
}

void texts_free(texts *t);

#endif
