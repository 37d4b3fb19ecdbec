/* outputs/queue.h: parcels waiting for an output, bounded in number and in bytes. Nobody
 * who puts one in ever waits: when it is full something is dropped, by policy, and
 * counted. Any thread may put; one takes. */
#ifndef OUTPUTS_QUEUE_H
#define OUTPUTS_QUEUE_H

#include "pipeline/parcel.h"

typedef enum queue_policy {
	QUEUE_DROP_LEAST = 0, /* the newest of the lowest severity that is below that of
				 the one that comes; else, or if that would not make
				 room, the one that comes */
	QUEUE_DROP_NEWEST,    /* the one that comes */
	QUEUE_DROP_OLDEST
} queue_policy;

enum { QUEUE_SEVERITIES = TL_SEVERITY_CRITICAL + 1 };

typedef struct queue_options {
	uint32_t max_events; /* at least 1 */
	uint64_t max_bytes;
	queue_policy policy;
} queue_options;

typedef struct queue_counters {
	uint64_t put;                       /* kept or not */
	uint64_t dropped[QUEUE_SEVERITIES]; /* by the severity of what was dropped */
	uint32_t events;                    /* that wait now */
	uint64_t bytes;
} queue_counters;

typedef struct queue queue;

/* NULL without memory: that for twice max_events places is taken here, and touched as
 * they are used. */
queue *queue_new(const queue_options *opt);

/* Drops what still waits. NULL is fine. */
void queue_free(queue *q);

/* Puts |count| in, one after the other; what held each is the queue's now. Returns how
 * many it kept; the others it dropped. Never waits; who waits for them is told by
 * queue_tell(). */
size_t queue_put(queue *q, parcel *const *items, size_t count);

/* Tells queue_take() of what was put: once, behind a batch. */
void queue_tell(queue *q);

/* The same, told at once, if there is room for it: nothing goes for its sake. With
 * |beside| it needs none, while no more than QUEUE_BESIDE such wait: they stand beside
 * the limits. Else nothing happens, and nothing is counted. */
enum { QUEUE_BESIDE = 64 };
bool queue_offer(queue *q, parcel *p, bool beside);

/* Takes up to |max| in the order in which they were put, held for the caller; none more
 * once they have |max_bytes|. Waits up to |wait_ns| for the first; returns 0 then, or
 * when the queue is woken. */
size_t queue_take(
    queue *q, parcel **items, size_t max, uint64_t max_bytes, int64_t wait_ns);

/* Gives |q| the limits and places of |like|, into which nothing was put; it has |q|'s
 * then. What waits is kept or dropped as if it came once more. Any thread. */
void queue_change(queue *q, queue *like);

/* Ends the wait of queue_take(), now or the next time. */
void queue_wake(queue *q);

/* The counters at one moment. Any thread. */
queue_counters queue_count(queue *q);

/* Whether none waits. Any thread. */
bool queue_is_empty(queue *q);

#endif
