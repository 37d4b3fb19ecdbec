/* pipeline/texts.h: texts that an entry of a table keeps, in memory that the next one of
 * its place uses again. */
#ifndef PIPELINE_TEXTS_H
#define PIPELINE_TEXTS_H

#include "trapline/base.h"

enum { TEXTS_MAX = 4 };

typedef struct texts { /* zero-initialise */
	uint8_t *ptr;
	uint32_t cap;
	uint16_t len[TEXTS_MAX];
} texts;

/* Keeps copies of |count| texts of at most 65,535 bytes. Without memory none is kept. */
void texts_set(texts *t, const tl_span *from, size_t count);

/* The |i|th; empty if it was not set. */
tl_span texts_get(const texts *t, size_t i);

void texts_free(texts *t);

#endif
