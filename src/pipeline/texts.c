/* pipeline/texts.c: texts of alarms. Called when one is new or has changed. */
#include "pipeline/texts.h"

#include <stdlib.h>

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

/* Where |len| more bytes go; NULL without memory. */
static uint8_t *
grow(texts *t, size_t len)
{
	if (!t->is_long && len <= TEXTS_SHORT - t->used)
		return t->brief + t->used;
	if (!make_room(t, t->used + len))
		return NULL;
	if (!t->is_long)
		memcpy(t->ptr, t->brief, t->used);
	t->is_long = true;
	return t->ptr + t->used;
}

void
texts_add(texts *t, size_t i, tl_span text)
{
	if (text.len == 0)
		return;
	uint8_t *to = grow(t, text.len);
	if (to == NULL)
		return;
	memcpy(to, text.ptr, text.len);
	texts_wrote(t, i, text.len);
}

void
texts_set(texts *t, const tl_span *from, size_t count)
{
	texts_begin(t);
	for (size_t i = 0; i < count; i++)
		texts_add(t, i, from[i]);
}

void
texts_free(texts *t)
{
	free(t->ptr);
	*t = (texts){ 0 };
}
