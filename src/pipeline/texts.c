/* pipeline/texts.c: texts of alarms. Called when one is new or has changed. */
#include "pipeline/texts.h"

#include <stdlib.h>
#include <string.h>

enum { STEP = 64 }; /* bytes: so that the next user seldom needs more */

static bool
make_room(texts *t, size_t len)
{
	size_t cap = (len + STEP - 1) / STEP * STEP;

	if (len <= t->cap)
		return true;
	uint8_t *ptr = realloc(t->ptr, cap);
	if (ptr == NULL)
		return false;
	t->ptr = ptr;
	t->cap = (uint32_t)cap;
	return true;
}

void
texts_set(texts *t, const tl_span *from, size_t count)
{
	size_t len = 0;

	memset(t->len, 0, sizeof t->len);
	for (size_t i = 0; i < count; i++)
		len += from[i].len;
	t->is_long = len > TEXTS_SHORT;
	if (t->is_long && !make_room(t, len)) {
		t->is_long = false;
		return;
	}
	uint8_t *to = t->is_long ? t->ptr : t->brief;
	for (size_t i = 0; i < count; i++) {
		if (from[i].len > 0)
			memcpy(to, from[i].ptr, from[i].len);
		t->len[i] = (uint16_t)from[i].len;
		to += from[i].len;
	}
}

tl_span
texts_get(const texts *t, size_t i)
{
	const uint8_t *at = t->is_long ? t->ptr : t->brief;

	for (size_t j = 0; j < i; j++)
		at += t->len[j];
	return (tl_span){ at, t->len[i] };
}

void
texts_free(texts *t)
{
	free(t->ptr);
	*t = (texts){ 0 };
}
