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
	uint32_t used; /* bytes of all */
	uint16_t len[TEXTS_MAX];
	bool is_long;
	uint8_t brief[TEXTS_SHORT];
} texts;

/* Forgets all; those that follow are added in order. */
static inline void
texts_begin(texts *t)
{
	memset(t->len, 0, sizeof t->len);
	t->used = 0;
	t->is_long = false;
}

/* Adds a copy of |text|, at most 65,535 bytes, as the |i|th. Without memory it is left
 * out. */
void texts_add(texts *t, size_t i, tl_span text);

/* The same of a text that is written in place, if there is room: texts_room() is where,
 * and texts_wrote() how much it was. */
static inline tl_buf
texts_room(texts *t)
{
	size_t left = t->is_long ? 0 : TEXTS_SHORT - t->used;

	return (tl_buf){ .ptr = t->brief + TEXTS_SHORT - left, .cap = left };
}

static inline void
texts_wrote(texts *t, size_t i, size_t len)
{
	t->len[i] = (uint16_t)len;
	t->used += (uint32_t)len;
}

/* Keeps copies of |count| texts, which do not lie in |t|, and no others. */
void texts_set(texts *t, const tl_span *from, size_t count);

/* The |i|th, which lies in |t|; empty if it was not set. */
static inline tl_span
texts_get(const texts *t, size_t i)
{
	const uint8_t *at = t->is_long ? t->ptr : t->brief;

	for (size_t j = 0; j < i; j++)
		at += t->len[j];
	return (tl_span){ at, t->len[i] };
}

/* Whether the |i|th is |text|. */
static inline bool
texts_equal(const texts *t, size_t i, tl_span text)
{
	return t->len[i] == text.len &&
	       (text.len == 0 || memcmp(texts_get(t, i).ptr, text.ptr, text.len) == 0);
}

void texts_free(texts *t);

#endif
