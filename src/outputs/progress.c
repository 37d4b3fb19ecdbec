/* outputs/progress.c: see progress.h. The parcels are held, so that an address means the
 * same event as long as it is remembered. output_http.c, output_forward.c and
 * output_exec.c use it. */
#include "outputs/progress.h"

#include <stdlib.h>
#include <string.h>

static void
forget(progress *p, size_t count)
{
	for (size_t i = 0; i < count; i++)
		parcel_drop(p->at[i].p);
	p->count -= count;
	if (count > 0)
		memmove(p->at, p->at + count, p->count * sizeof p->at[0]);
}

/* Whether |b| is the end of what is remembered: the feeder goes on behind what was
 * delivered or refused. */
static bool
is_rest(const progress *p, const batch *b)
{
	if (b->count > p->count)
		return false;
	for (size_t i = 0; i < b->count; i++)
		if (p->at[p->count - b->count + i].p != b->items[i])
			return false;
	return true;
}

static tl_err
reserve(progress *p, size_t count)
{
	progress_item *at = count > p->cap ? realloc(p->at, count * sizeof *at) : p->at;

	if (count > p->cap && at == NULL)
		return TL_ENOMEM;
	p->at = at;
	p->cap = count > p->cap ? count : p->cap;
	return TL_OK;
}

static void
add(progress *p, const batch *b)
{
	for (size_t i = p->count; i < b->count; i++) {
		parcel_hold(b->items[i]);
		p->at[i] = (progress_item){ .p = b->items[i] };
	}
	p->count = b->count;
}

tl_err
progress_start(progress *p, const batch *b)
{
	if (is_rest(p, b)) {
		forget(p, p->count - b->count);
		return TL_OK;
	}
	forget(p, p->count);
	tl_err err = reserve(p, b->count);
	if (err == TL_OK)
		add(p, b);
	return err;
}

size_t
progress_more(progress *p, batch *b, size_t most)
{
	if (b->count >= most || reserve(p, most) != TL_OK)
		return 0;
	size_t n = batch_more(b);
	add(p, b);
	return n;
}

delivery
progress_finish(progress *p, batch *b)
{
	for (b->done = 0; b->done < b->count; b->done++) {
		const progress_item *item = &p->at[b->done];
		if (!progress_is_settled(p, item))
			return DELIVER_AGAIN;
		if (item->has == 0)
			return DELIVER_NEVER;
	}
	forget(p, p->count);
	return DELIVERED;
}

delivery
progress_known(const progress *p, size_t left, const parcel *item)
{
	const progress_item *at = left <= p->count ? &p->at[p->count - left] : NULL;

	if (at == NULL || at->p != item)
		return DELIVER_AGAIN;
	if (at->has != 0)
		return DELIVERED;
	return progress_is_settled(p, at) ? DELIVER_NEVER : DELIVER_AGAIN;
}

void
progress_clear(progress *p)
{
	forget(p, p->count);
	free(p->at);
	p->at = NULL;
	p->cap = 0;
}
