/* outputs/progress.h: what is known of each event of a batch while it is tried again and
 * again: which receivers have it, and which never will. So no receiver gets an event
 * twice because another one, or another event, failed. */
#ifndef OUTPUTS_PROGRESS_H
#define OUTPUTS_PROGRESS_H

#include "outputs/output.h"

typedef struct progress_item {
	parcel *p;      /* held */
	uint64_t has;   /* one bit a receiver: it has the event */
	uint64_t never; /* it will not get it */
} progress_item;

typedef struct progress { /* zero-initialise, set |all|; end with progress_clear() */
	uint64_t all;     /* the bits of all receivers */
	progress_item *at;
	size_t count, cap;
} progress;

/* Begins with |b|, of which nothing is known, unless it is what was left of the last
 * batch: then goes on with it. Errors: TL_ENOMEM. */
TL_CHECK tl_err progress_start(progress *p, const batch *b);

/* Adds what batch_more() gives, |most| being what a batch has at most. Returns how many.
 */
size_t progress_more(progress *p, batch *b, size_t most);

/* Whether nothing is left to be done for |item|. */
static inline bool
progress_is_settled(const progress *p, const progress_item *item)
{
	return ((item->has | item->never) & p->all) == p->all;
}

/* Tells the feeder how far it is, and sets |b|->done: an event that anyone has is
 * delivered, one that nobody will get is refused. */
delivery progress_finish(progress *p, batch *b);

/* As output_type.known(). */
delivery progress_known(const progress *p, size_t left, const parcel *item);

/* Forgets all. */
void progress_clear(progress *p);

#endif
