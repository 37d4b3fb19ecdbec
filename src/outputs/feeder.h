/* outputs/feeder.h: an output at work: a queue before it, a thread that takes batches off
 * and delivers them, tries again what a peer could not take, and counts. */
#ifndef OUTPUTS_FEEDER_H
#define OUTPUTS_FEEDER_H

#include "outputs/output.h"
#include "outputs/queue.h"

enum { FEEDER_BATCH_MAX = 1000000, FEEDER_LATENCIES = 16 };

typedef struct feeder_options {
	const char *name;
	const output_type *type;
	void *self; /* as output_type.open() made it; closed with the feeder */
	queue_options queue;
	uint32_t batch;       /* events at most in one delivery; 1 to FEEDER_BATCH_MAX */
	uint64_t batch_bytes; /* and their size in memory; one is taken in any case */
	int64_t linger_ns; /* how long a batch may wait to become full; 0: not at all */
	int64_t retry_min_ns, retry_max_ns; /* the first pause, and the longest */
	int64_t give_up_ns; /* what fails, and is so old, is dropped; 0: no end */
	/* NULL, or one that this one may follow: it has its queue and counters from the
	 * start, and takes nothing before feeder_follow(). Then it waits so long for the
	 * delivery under way. */
	struct feeder *before;
	int64_t patience_ns;
} feeder_options;

typedef enum feeder_state { FEEDER_IDLE = 1, FEEDER_WORKS, FEEDER_RETRIES } feeder_state;

/* At any moment offered = delivered + dropped + rejected + given_up + waiting. */
typedef struct feeder_counters {
	queue_counters queue;
	uint64_t offered, dropped; /* by the queue */
	uint64_t waiting; /* in the queue, or in the batch that is being delivered */
	uint64_t waiting_bytes;
	uint64_t delivered;
	uint64_t rejected; /* refused by the peer for good */
	uint64_t given_up; /* after too long, or at the end */
	uint64_t retries;
	uint64_t batches;
	/* Deliveries by the time since they were received: below 1 ms, 2 ms, 4 ms, ...;
	 * the last: all others. And the sum. */
	uint64_t latency[FEEDER_LATENCIES];
	uint64_t latency_sum_ns;
	feeder_state state;
	int64_t failing_since_ns;         /* monotonic; 0: it is not */
	char problem[OUTPUT_PROBLEM_MAX]; /* the last; empty: none yet */
} feeder_counters;

typedef struct feeder feeder;

/* Starts the thread. NULL without memory or thread: then |opt|->self is still the
 * caller's. */
feeder *feeder_start(const feeder_options *opt);

/* Hands on |count| events, as queue_put(), with what held them; never waits. Returns how
 * many were not dropped at once. Any thread; not after feeder_stop(). Until it is told
 * the feeder may take its time. */
size_t feeder_put(feeder *f, parcel *const *items, size_t count);

/* Tells of what was put: once, behind a batch. Any thread. */
void feeder_tell(feeder *f);

/* As queue_offer(). */
bool feeder_offer(feeder *f, parcel *p, bool beside);

/* SIGHUP: the output reopens its files soon. */
void feeder_reopen(feeder *f);

/* |f| delivers from now on what |before|, of its options, was to: first what is left of
 * the batch when the delivery under way ends, then what waits in the queue, whose limits
 * are |f|'s now, then what comes. |before| ends by itself, and counts nothing more. If
 * that delivery takes too long |f| begins without, and what comes back is given up. Of
 * the thread that starts and stops both; does not wait. */
void feeder_follow(feeder *f, feeder *before);

/* Ends the thread when the queue is empty, at the latest at |end_ns|: what is left then
 * is given up, and counted; one that never was to take just ends. Then put = delivered +
 * rejected + given_up + dropped. Does not wait; feeder_free() does. May be called again
 * with an earlier |end_ns|. */
void feeder_stop(feeder *f, int64_t end_ns);

/* Whether the thread has ended, so that feeder_free() does not wait. Any thread. */
bool feeder_has_ended(const feeder *f);

/* Waits for the thread's end, which feeder_stop() must have asked for. NULL is fine. */
void feeder_free(feeder *f);

/* The counters now. Any thread. */
void feeder_count(feeder *f, feeder_counters *out);

/* The same of each peer, if the output has several: |out| has room for OUTPUT_PEERS_MAX.
 * Returns how many. Any thread. */
size_t feeder_peers(feeder *f, output_peer *out);

#endif
