/* daemon/desk.h: where `run` judges what its threads have read and hands it to the
 * outputs: one judging for all, a desk for each thread. */
#ifndef DAEMON_DESK_H
#define DAEMON_DESK_H

#include <pthread.h>

#include "daemon/sink.h"
#include "daemon/snapshot.h"
#include "daemon/unresolved.h"
#include "receiver/rx.h"

typedef struct judging {
	pthread_mutex_t lock; /* of all that follows */
	snapshot *snapshot;
	unresolved *unresolved;
	uint64_t own_events;
	uint64_t named, unnamed;  /* notifications, by whether a MIB knows them */
	uint64_t lost_for_memory; /* events that could not be copied */
} judging;

/* Judges with |first|, which it holds from now on. Errors: TL_ENOMEM. */
TL_CHECK tl_err judging_init(judging *j, snapshot *first);
void judging_fini(judging *j);

/* Puts |new| in the place of the one before, which is returned, for the caller to
 * drop. */
snapshot *judging_replace(judging *j, snapshot *new);

/* The snapshot of now, held for the caller. Any thread. */
snapshot *judging_snapshot(judging *j);

/* Hands on an event of our own. Any thread. */
void judging_tell(judging *j, const tl_own_event *own);

/* Hands on one that is about |o|, as snapshot_offer(). Any thread. */
bool judging_offer(judging *j, const tl_own_event *own, const outlet *o, bool to_itself);

/* Ends windows that are over; about once a second. */
void judging_tick(judging *j);

/* Tells what was held back and does not outlast the process: at the end. */
void judging_end(judging *j);

/* Clears an alarm by hand; false if none is active. */
bool judging_clear_alarm(judging *j, tl_span key);

typedef struct desk_item {
	const tl_notification *n;
	int64_t received_ns; /* monotonic */
	bool safe;           /* holds for an inform */
} desk_item;

typedef struct desk {
	judging *judging;
	tl_arena *arena; /* of the worker's batches */
	bool judged;     /* the items are those of the batch before */
	unsigned count;
	desk_item items[TL_RX_BATCH];
	uint64_t suppressed[SUPPRESSION_COUNT];
} desk;

/* |d| as the worker sees it. */
sink desk_sink(desk *d);

#endif
