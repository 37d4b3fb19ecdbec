/* pipeline/texts.c: texts of alarms. Called when one is new or has changed. */
#include "pipeline/texts.h"

#include <stdlib.h>
#include <string.h>

enum { STEP = 64 }; /* bytes: so that the next user seldom needs more */

void
texts_set(texts *t, const tl_span *from, size_t count)
{
	size_t len = 0;

	memset(t->len, 0, sizeof t->len);
	for (size_t i = 0; i < count; i++)
		len += from[i].len;
	if (len > t->cap) {
		size_t cap = (len + STEP - 1) / STEP * STEP;
		uint8_t *ptr = realloc(t->ptr, cap);
		if (ptr == NULL)
			return;
		t->ptr = ptr;
		t->cap = (uint32_t)cap;
	}
	len = 0;
	for (size_t i = 0; i < count; i++) {
		if (from[i].len > 0)
			memcpy(t->ptr + len, from[i].ptr, from[i].len);
		t->len[i] = (uint16_t)from[i].len;
		len += from[i].len;
	}
}

tl_span
texts_get(const texts *t, size_t i)
{
	size_t at = 0;

	for (size_t j = 0; j < i; j++)
		at += t->len[j];
	return (tl_span){ t->ptr != NULL ? t->ptr + at : NULL, t->len[i] };
}

void
texts_free(texts *t)
{
	free(t->ptr);
	*t = (texts){ 0 };
}
