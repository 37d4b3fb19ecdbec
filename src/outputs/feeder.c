/* outputs/feeder.c: the thread of an output; see feeder.h. */
#include "outputs/feeder.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"

#define TICK_NS (TL_NS_PER_S)

struct feeder {
	feeder_options opt;
	queue *queue;
	pthread_t thread;
	atomic_bool reopen, stop, ended;
	_Atomic int64_t end_ns;
	pthread_mutex_t lock; /* of counters */
	feeder_counters counters;
	uint64_t jitter; /* state of the pauses' random part */
	int64_t next_idle_ns;
	parcel *items[FEEDER_BATCH_MAX];
};

/* What came of a delivery is told to all. */
static void
note(feeder *f, const batch *b, delivery what, int64_t now_ns)
{
	feeder_counters *c = &f->counters;

	pthread_mutex_lock(&f->lock);
	c->delivered += b->done;
	c->batches++;
	c->rejected += what == DELIVER_NEVER;
	c->retries += what == DELIVER_AGAIN;
	c->state = what == DELIVER_AGAIN ? FEEDER_RETRIES : FEEDER_WORKS;
	if (what != DELIVER_AGAIN)
		c->failing_since_ns = 0;
	else if (c->failing_since_ns == 0)
		c->failing_since_ns = now_ns;
	if (b->problem[0] != '\0')
		memcpy(c->problem, b->problem, sizeof c->problem);
	for (size_t i = 0; i < b->done; i++) {
		int64_t took_ns = now_ns - b->items[i]->made_ns;
		unsigned slot = 0;
		for (int64_t ms = took_ns / 1000000;
		     ms > 0 && slot + 1 < FEEDER_LATENCIES; ms /= 2)
			slot++;
		c->latency[slot]++;
		c->latency_sum_ns += (uint64_t)took_ns;
	}
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
	return atomic_load(&f->stop) && tl_now_monotonic_ns() >= atomic_load(&f->end_ns);
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

/* Waits before the next try; false when it is time to end. */
static bool
wait_to_retry(feeder *f, int64_t wait_ns)
{
	int64_t until_ns = tl_now_monotonic_ns() + wait_ns;

	while (!must_end(f)) {
		int64_t left_ns = until_ns - tl_now_monotonic_ns();
		if (left_ns <= 0)
			return true;
		if (left_ns > TICK_NS / 10)
			left_ns = TICK_NS / 10;
		nanosleep(&(struct timespec){ 0, left_ns }, NULL);
		look_after(f);
	}
	return false;
}

static void
give_up(feeder *f, size_t count)
{
	pthread_mutex_lock(&f->lock);
	f->counters.given_up += count;
	pthread_mutex_unlock(&f->lock);
}

/* Brings |count| events to their end. */
static void
deliver(feeder *f, size_t count)
{
	size_t done = 0;
	uint32_t tries = 0;

	while (done < count) {
		batch b = { .items = f->items + done, .count = count - done };
		delivery what = f->opt.type->deliver(f->opt.self, &b);
		if (what == DELIVERED)
			b.done = b.count;
		note(f, &b, what, tl_now_monotonic_ns());
		done += b.done + (what == DELIVER_NEVER);
		tries = b.done > 0 ? 0 : tries;
		if (what != DELIVER_AGAIN)
			continue;
		bool last = f->opt.tries != 0 && ++tries >= f->opt.tries;
		tries += f->opt.tries == 0;
		if (last || !wait_to_retry(f, pause_ns(f, tries, b.wait_ns))) {
			give_up(f, count - done);
			break;
		}
	}
	for (size_t i = 0; i < count; i++)
		parcel_drop(f->items[i]);
}

/* Fills the batch up for as long as it may linger. */
static size_t
take_batch(feeder *f)
{
	size_t n = queue_take(f->queue, f->items, f->opt.batch, TICK_NS);
	int64_t end_ns = tl_now_monotonic_ns() + f->opt.linger_ns;

	while (n > 0 && n < f->opt.batch && !atomic_load(&f->stop)) {
		int64_t left_ns = end_ns - tl_now_monotonic_ns();
		if (left_ns <= 0)
			break;
		n += queue_take(f->queue, f->items + n, f->opt.batch - n, left_ns);
	}
	return n;
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
	give_up(f, queue_count(f->queue).events);
	f->opt.type->close(f->opt.self);
	atomic_store(&f->ended, true);
	return NULL;
}

feeder *
feeder_start(const feeder_options *opt)
{
	feeder *f = calloc(1, sizeof *f);

	if (f == NULL)
		return NULL;
	f->opt = *opt;
	f->jitter = (uint64_t)tl_now_realtime_ns() ^ (uintptr_t)f;
	f->counters.state = FEEDER_IDLE;
	pthread_mutex_init(&f->lock, NULL);
	f->queue = queue_new(&opt->queue);
	if (f->queue == NULL || pthread_create(&f->thread, NULL, run, f) != 0) {
		queue_free(f->queue);
		pthread_mutex_destroy(&f->lock);
		free(f);
		return NULL;
	}
	return f;
}

bool
feeder_put(feeder *f, parcel *p)
{
	return queue_put(f->queue, p);
}

void
feeder_reopen(feeder *f)
{
	atomic_store(&f->reopen, true);
	queue_wake(f->queue);
}

void
feeder_stop(feeder *f, int64_t end_ns)
{
	atomic_store(&f->end_ns, end_ns);
	atomic_store(&f->stop, true);
	queue_wake(f->queue);
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
	queue_free(f->queue);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

const char *
feeder_name(const feeder *f)
{
	return f->opt.name;
}

void
feeder_count(feeder *f, feeder_counters *out)
{
	pthread_mutex_lock(&f->lock);
	*out = f->counters;
	pthread_mutex_unlock(&f->lock);
	out->queue = queue_count(f->queue);
}
