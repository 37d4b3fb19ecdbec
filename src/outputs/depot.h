/* outputs/depot.h: what belongs to an output's name, and goes on when a reload gives the
 * name to another feeder: what waits, what is left of a batch, and the counters. One
 * feeder at a time takes from it: its turn ends when another is named. */
#ifndef OUTPUTS_DEPOT_H
#define OUTPUTS_DEPOT_H

#include <pthread.h>

#include "outputs/feeder.h"

typedef struct depot {
	_Atomic uint32_t holders;
	queue *queue;
	pthread_mutex_t lock;   /* of what follows */
	pthread_cond_t changed; /* by a monotonic clock: anything that feeders wait for */
	const feeder *named;    /* the one that is to take; NULL: nobody any more */
	const feeder *taker;    /* whose turn it is; NULL: nobody's */
	feeder_counters counters;
	uint64_t held_bytes; /* of what has left the queue, and is not at its end */
	/* Of the taker's thread alone: what was left of a batch, before all that waits;
	 * NULL: nothing. And whether some of the first is out already, see batch.cut. */
	parcel **rest;
	size_t rest_at, rest_end;
	bool cut;
} depot;

/* NULL without memory. One holder. */
depot *depot_new(const queue_options *opt);
depot *depot_hold(depot *d);
void depot_drop(depot *d); /* the last frees it; NULL is fine */

/* Takes up to |max|, as queue_take(), what is left of a batch first. The taker. */
size_t depot_take(
    depot *d, parcel **items, size_t max, uint64_t max_bytes, int64_t wait_ns);

/* Gives back the |count| at |items + at|, the last that were taken: they are taken first
 * again. |items| is memory that depot_drop() frees, or was freed now. The taker. */
void depot_give_back(depot *d, parcel **items, size_t at, size_t count);

/* Counts what came of a delivery; |goes_on|: whoever made it will make more, and how it
 * goes is told. */
void depot_note(depot *d, const batch *b, delivery what, bool goes_on);

/* Counts one that is DELIVERED or refused for good (DELIVER_NEVER), and drops it. */
void depot_end(depot *d, parcel *p, delivery what);

/* Counts |count| that nobody gets; who calls drops them. */
void depot_give_up(depot *d, parcel *const *items, size_t count);

/* Whether there is nothing to be taken. The taker. */
bool depot_is_empty(const depot *d);

/* Names |f|, whose turn it is as soon as that of another ends. */
void depot_name(depot *d, const feeder *f);

/* Ends the turn of |f|, if another waits for it; else false, and nothing happens. */
bool depot_pass_on(depot *d, const feeder *f);

/* Ends the turn of |f|, whoever waits or not. */
void depot_release(depot *d, const feeder *f);

/* Lets everybody look anew at what they wait for. */
void depot_stir(depot *d);

#endif
