/* outputs/feeder.c: the thread of an output; see feeder.h. */
#include "outputs/feeder.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"

#define TICK_NS (TL_NS_PER_S)

struct feeder {
	feeder_options opt;
	queue *queue;
	pthread_t thread;
	atomic_bool reopen, stop, ended;
	_Atomic int64_t end_ns; /* INT64_MAX until it is to stop */
	pthread_mutex_t lock;   /* of what follows */
	pthread_cond_t stirred; /* ends the pause before the next try */
	feeder_counters counters;
	uint64_t held_bytes; /* of what has left the queue, and is not at its end */
	output_peer peers[OUTPUT_PEERS_MAX];
	size_t peer_count;
	/* of the thread alone */
	uint64_t jitter; /* state of the pauses' random part */
	int64_t next_idle_ns;
	parcel *items[];
};

int64_t
batch_time_left_ns(const batch *b, int64_t now_ns)
{
	int64_t end_ns = b->end_ns != NULL ? atomic_load(b->end_ns) : INT64_MAX;

	if (end_ns == INT64_MAX)
		return INT64_MAX;
	return end_ns > now_ns ? end_ns - now_ns : 0;
}

delivery
batch_unwritten(batch *b, tl_err err)
{
	(void)snprintf(b->problem, sizeof b->problem, "an event: %s", tl_err_text(err));
	return err == TL_ENOMEM ? DELIVER_AGAIN : DELIVER_NEVER;
}

/* A delivery in the table of latencies. What is made of our own was never received. */
static void
note_latency(feeder_counters *c, const parcel *p, int64_t now_ns)
{
	int64_t took_ns = now_ns - p->made_ns;

	if (p->made_ns == 0)
		return;
	took_ns = took_ns > 0 ? took_ns : 0;
	uint64_t ms = (uint64_t)took_ns / 1000000;
	unsigned slot = ms > 0 ? 64 - (unsigned)__builtin_clzll(ms) : 0;
	c->latency[slot < FEEDER_LATENCIES ? slot : FEEDER_LATENCIES - 1]++;
	c->latency_sum_ns += (uint64_t)took_ns;
}

/* Takes up to |max| behind the |have| that are there. */
static size_t
take(feeder *f, size_t have, size_t max, uint64_t max_bytes, int64_t wait_ns)
{
	size_t n = queue_take(f->queue, f->items + have, max, max_bytes, wait_ns);
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += f->items[have + i]->bytes;
	pthread_mutex_lock(&f->lock);
	f->held_bytes += bytes;
	pthread_mutex_unlock(&f->lock);
	return n;
}

/* The batch is a part of the feeder's items, up to their end. */
size_t
batch_more(batch *b)
{
	feeder *f = b->from;
	size_t have = f != NULL ? (size_t)(b->items - f->items) + b->count : 0;

	if (f == NULL || have >= f->opt.batch)
		return 0;
	size_t n = take(f, have, f->opt.batch - have, f->opt.batch_bytes, 0);
	b->count += n;
	return n;
}

/* |count| events are at their end. With the lock held. */
static void
let_go(feeder *f, parcel *const *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		f->held_bytes -= items[i]->bytes;
}

/* With the lock held, or before there is a thread. */
static void
note_peers(feeder *f)
{
	if (f->opt.type->peers != NULL)
		f->peer_count = f->opt.type->peers(f->opt.self, f->peers);
}

/* What came of a delivery is told to all. */
static void
note(feeder *f, const batch *b, delivery what, int64_t now_ns)
{
	feeder_counters *c = &f->counters;

	pthread_mutex_lock(&f->lock);
	let_go(f, b->items, b->done + (what == DELIVER_NEVER));
	c->delivered += b->done - b->refused;
	c->batches++;
	c->rejected += b->refused + (what == DELIVER_NEVER);
	c->retries += what == DELIVER_AGAIN;
	c->state = what == DELIVER_AGAIN ? FEEDER_RETRIES : FEEDER_WORKS;
	if (what != DELIVER_AGAIN)
		c->failing_since_ns = 0;
	else if (c->failing_since_ns == 0)
		c->failing_since_ns = now_ns;
	if (b->problem[0] != '\0')
		memcpy(c->problem, b->problem, sizeof c->problem);
	for (size_t i = 0; i < b->done; i++)
		note_latency(c, b->items[i], now_ns);
	note_peers(f);
	pthread_mutex_unlock(&f->lock);
}

static void
set_state(feeder *f, feeder_state state)
{
	pthread_mutex_lock(&f->lock);
	f->counters.state = state;
	pthread_mutex_unlock(&f->lock);
}

static bool
must_end(const feeder *f)
{
	return tl_now_monotonic_ns() >= atomic_load(&f->end_ns);
}

/* What is due beside delivering. */
static void
look_after(feeder *f)
{
	int64_t now_ns = tl_now_monotonic_ns();

	if (atomic_exchange(&f->reopen, false) && f->opt.type->reopen != NULL)
		f->opt.type->reopen(f->opt.self);
	if (now_ns < f->next_idle_ns)
		return;
	f->next_idle_ns = now_ns + TICK_NS;
	if (f->opt.type->idle != NULL)
		f->opt.type->idle(f->opt.self, now_ns);
}

/* The pause before try |tries|, from 1: doubled each time, then by up to a quarter
 * shorter or longer, so that many outputs do not come back at once. */
static int64_t
pause_ns(feeder *f, uint32_t tries, int64_t asked_ns)
{
	int64_t pause = f->opt.retry_min_ns;

	for (uint32_t i = 1; i < tries && pause < f->opt.retry_max_ns; i++)
		pause *= 2;
	if (pause > f->opt.retry_max_ns)
		pause = f->opt.retry_max_ns;
	f->jitter = f->jitter * 6364136223846793005u + 1442695040888963407u;
	pause +=
	    (int64_t)((double)pause * ((double)(f->jitter >> 40) / 0x1p24 - 0.5) / 2);
	return asked_ns > pause ? asked_ns : pause;
}

/* Sleeps until |until_ns|, or until somebody wants something: to reopen, or to stop, if
 * that was not |stopping| already. */
static void
doze(feeder *f, int64_t until_ns, bool stopping)
{
	struct timespec until = { until_ns / TL_NS_PER_S, until_ns % TL_NS_PER_S };
	int over = 0;

	pthread_mutex_lock(&f->lock);
	while (over == 0 && !atomic_load(&f->reopen) && atomic_load(&f->stop) == stopping)
		over = pthread_cond_timedwait(&f->stirred, &f->lock, &until);
	pthread_mutex_unlock(&f->lock);
}

/* Waits before the next try; false when it is time to end. When the end is announced the
 * next try is at once, since the peer may be back; |stopping| is whether the last try
 * knew of it. */
static bool
wait_to_retry(feeder *f, int64_t wait_ns, bool stopping)
{
	int64_t now_ns = tl_now_monotonic_ns(), until_ns = now_ns + wait_ns;

	while (now_ns < until_ns && atomic_load(&f->stop) == stopping) {
		int64_t wake_ns = now_ns + TICK_NS, end_ns = atomic_load(&f->end_ns);
		if (now_ns >= end_ns)
			break;
		wake_ns = wake_ns < until_ns ? wake_ns : until_ns;
		doze(f, wake_ns < end_ns ? wake_ns : end_ns, stopping);
		look_after(f);
		now_ns = tl_now_monotonic_ns();
	}
	return !must_end(f);
}

static void
give_up(feeder *f, parcel *const *items, size_t count)
{
	pthread_mutex_lock(&f->lock);
	f->counters.given_up += count;
	let_go(f, items, count);
	pthread_mutex_unlock(&f->lock);
}

/* How many of the |count| events at |items| have waited for too long; |since_ns| is when
 * those of our own came. */
static size_t
outdated(const feeder *f, parcel *const *items, size_t count, int64_t since_ns)
{
	int64_t now_ns = tl_now_monotonic_ns();
	size_t n = 0;

	if (f->opt.give_up_ns == 0)
		return 0;
	for (; n < count; n++) {
		int64_t made_ns = items[n]->made_ns != 0 ? items[n]->made_ns : since_ns;
		if (now_ns - made_ns < f->opt.give_up_ns)
			break;
	}
	return n;
}

/* Brings |count| events to their end. */
static void
deliver(feeder *f, size_t count)
{
	int64_t since_ns = tl_now_monotonic_ns();
	size_t done = 0;
	uint32_t tries = 0;

	while (done < count) {
		batch b = { .items = f->items + done,
			.count = count - done,
			.end_ns = &f->end_ns,
			.from = f };
		bool stopping = atomic_load(&f->stop);
		delivery what = f->opt.type->deliver(f->opt.self, &b);
		count = done + b.count;
		if (what == DELIVERED)
			b.done = b.count;
		note(f, &b, what, tl_now_monotonic_ns());
		done += b.done + (what == DELIVER_NEVER);
		tries = b.done > 0 ? 0 : tries;
		if (what != DELIVER_AGAIN)
			continue;
		size_t old = outdated(f, f->items + done, count - done, since_ns);
		give_up(f, f->items + done, old);
		done += old;
		if (done < count &&
		    !wait_to_retry(f, pause_ns(f, ++tries, b.wait_ns), stopping)) {
			give_up(f, f->items + done, count - done);
			break;
		}
	}
	parcels_drop(f->items, count);
}

/* Fills the batch up for as long as it may linger. */
static size_t
take_batch(feeder *f)
{
	size_t n = take(f, 0, f->opt.batch, f->opt.batch_bytes, TICK_NS);
	int64_t now_ns = tl_now_monotonic_ns(), end_ns = now_ns + f->opt.linger_ns;
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += f->items[i]->bytes;
	while (n > 0 && n < f->opt.batch && bytes < f->opt.batch_bytes &&
	       now_ns < end_ns && !atomic_load(&f->stop)) {
		int64_t left_ns = end_ns - now_ns;
		size_t more = take(f, n, f->opt.batch - n, f->opt.batch_bytes - bytes,
		    left_ns < TICK_NS ? left_ns : TICK_NS);
		for (; more > 0; more--)
			bytes += f->items[n++]->bytes;
		look_after(f);
		now_ns = tl_now_monotonic_ns();
	}
	return n;
}

/* What nobody waits for any longer. */
static void
give_up_queue(feeder *f)
{
	size_t n;

	while ((n = take(f, 0, f->opt.batch, UINT64_MAX, 0)) > 0) {
		give_up(f, f->items, n);
		parcels_drop(f->items, n);
	}
}

static void *
run(void *context)
{
	feeder *f = context;

	while (!atomic_load(&f->stop) || (!queue_is_empty(f->queue) && !must_end(f))) {
		size_t n = take_batch(f);
		look_after(f);
		if (n > 0)
			deliver(f, n);
		else
			set_state(f, FEEDER_IDLE);
	}
	give_up_queue(f);
	f->opt.type->close(f->opt.self);
	atomic_store(&f->ended, true);
	return NULL;
}

/* Signals are the main thread's, and a broken pipe is told by write(). */
static int
start_thread(feeder *f)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int error = pthread_create(&f->thread, NULL, run, f);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return error;
}

static void
destroy(feeder *f)
{
	queue_free(f->queue);
	pthread_cond_destroy(&f->stirred);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

feeder *
feeder_start(const feeder_options *opt)
{
	feeder *f = calloc(1, sizeof *f + opt->batch * sizeof f->items[0]);
	pthread_condattr_t monotonic;

	if (f == NULL)
		return NULL;
	f->opt = *opt;
	if (opt->type->batch_max > 0 && opt->batch > opt->type->batch_max)
		f->opt.batch = opt->type->batch_max;
	atomic_init(&f->end_ns, INT64_MAX);
	f->jitter = (uint64_t)tl_now_realtime_ns() ^ (uintptr_t)f;
	f->counters.state = FEEDER_IDLE;
	pthread_mutex_init(&f->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&f->stirred, &monotonic);
	pthread_condattr_destroy(&monotonic);
	note_peers(f);
	f->queue = queue_new(&opt->queue);
	if (f->queue == NULL || start_thread(f) != 0) {
		destroy(f);
		return NULL;
	}
	return f;
}

size_t
feeder_put(feeder *f, parcel *const *items, size_t count)
{
	return queue_put(f->queue, items, count);
}

void
feeder_tell(feeder *f)
{
	queue_tell(f->queue);
}

bool
feeder_offer(feeder *f, parcel *p, bool beside)
{
	return queue_offer(f->queue, p, beside);
}

/* Wakes the thread, wherever it waits. */
static void
stir(feeder *f)
{
	pthread_mutex_lock(&f->lock);
	pthread_cond_signal(&f->stirred);
	pthread_mutex_unlock(&f->lock);
	queue_wake(f->queue);
}

void
feeder_reopen(feeder *f)
{
	atomic_store(&f->reopen, true);
	stir(f);
}

void
feeder_stop(feeder *f, int64_t end_ns)
{
	atomic_store(&f->end_ns, end_ns);
	atomic_store(&f->stop, true);
	stir(f);
}

bool
feeder_has_ended(const feeder *f)
{
	return atomic_load(&f->ended);
}

void
feeder_free(feeder *f)
{
	if (f == NULL)
		return;
	pthread_join(f->thread, NULL);
	destroy(f);
}

void
feeder_count(feeder *f, feeder_counters *out)
{
	pthread_mutex_lock(&f->lock);
	*out = f->counters;
	out->waiting_bytes = f->held_bytes;
	pthread_mutex_unlock(&f->lock);
	/* later than what has become of them, so that waiting is never below zero */
	out->queue = queue_count(f->queue);
	out->offered = out->queue.put;
	for (int i = 0; i < QUEUE_SEVERITIES; i++)
		out->dropped += out->queue.dropped[i];
	out->waiting =
	    out->offered - out->dropped - out->delivered - out->rejected - out->given_up;
	out->waiting_bytes += out->queue.bytes;
}

size_t
feeder_peers(feeder *f, output_peer *out)
{
	pthread_mutex_lock(&f->lock);
	size_t count = f->peer_count;
	memcpy(out, f->peers, count * sizeof *out);
	pthread_mutex_unlock(&f->lock);
	return count;
}
