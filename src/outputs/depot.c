/* outputs/depot.c: see depot.h. Feeders call it; the main thread names them. */
#include "outputs/depot.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"
#include "sys/cond.h"

depot *
depot_new(const queue_options *opt)
{
	depot *d = calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	d->queue = queue_new(opt);
	if (d->queue == NULL) {
		free(d);
		return NULL;
	}
	d->holders = 1;
	d->counters.state = FEEDER_IDLE;
	pthread_mutex_init(&d->lock, NULL);
	tl_cond_init(&d->changed);
	return d;
}

depot *
depot_hold(depot *d)
{
	atomic_fetch_add_explicit(&d->holders, 1, memory_order_relaxed);
	return d;
}

static void
free_rest(depot *d)
{
	free(d->rest);
	d->rest = NULL;
}

void
depot_drop(depot *d)
{
	if (d == NULL ||
	    atomic_fetch_sub_explicit(&d->holders, 1, memory_order_acq_rel) != 1)
		return;
	if (d->rest != NULL)
		parcels_drop(d->rest + d->rest_at, d->rest_end - d->rest_at);
	free_rest(d);
	queue_free(d->queue);
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

static size_t
take_rest(depot *d, parcel **items, size_t max, uint64_t max_bytes)
{
	uint64_t bytes = 0;
	size_t n = 0;

	while (n < max && bytes < max_bytes && d->rest_at < d->rest_end) {
		items[n] = d->rest[d->rest_at++];
		bytes += items[n++]->bytes;
	}
	if (d->rest_at == d->rest_end)
		free_rest(d);
	return n;
}

size_t
depot_take(depot *d, parcel **items, size_t max, uint64_t max_bytes, int64_t wait_ns)
{
	uint64_t bytes = 0;

	if (d->rest != NULL)
		return take_rest(d, items, max, max_bytes);
	size_t n = queue_take(d->queue, items, max, max_bytes, wait_ns);
	for (size_t i = 0; i < n; i++)
		bytes += items[i]->bytes;
	pthread_mutex_lock(&d->lock);
	d->held_bytes += bytes;
	pthread_mutex_unlock(&d->lock);
	return n;
}

/* Where there is a rest still, |items| were taken from it: there is room before it. */
void
depot_give_back(depot *d, parcel **items, size_t at, size_t count)
{
	if (d->rest != NULL) {
		d->rest_at -= count;
		memcpy(d->rest + d->rest_at, items + at, count * sizeof *items);
		free(items);
		return;
	}
	d->rest = items;
	d->rest_at = at;
	d->rest_end = at + count;
	if (count == 0)
		free_rest(d);
}

bool
depot_is_empty(const depot *d)
{
	return d->rest == NULL && queue_is_empty(d->queue);
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

/* How it goes. */
static void
note_state(feeder_counters *c, const batch *b, delivery what, int64_t now_ns)
{
	c->state = what == DELIVER_AGAIN ? FEEDER_RETRIES : FEEDER_WORKS;
	if (what != DELIVER_AGAIN)
		c->failing_since_ns = 0;
	else if (c->failing_since_ns == 0)
		c->failing_since_ns = now_ns;
	if (b->problem[0] != '\0')
		memcpy(c->problem, b->problem, sizeof c->problem);
}

/* |count| events are at their end. With the lock held. */
static void
let_go(depot *d, parcel *const *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		d->held_bytes -= items[i]->bytes;
}

void
depot_note(depot *d, const batch *b, delivery what, bool goes_on)
{
	int64_t now_ns = tl_now_monotonic_ns();
	feeder_counters *c = &d->counters;

	pthread_mutex_lock(&d->lock);
	let_go(d, b->items, b->done + (what == DELIVER_NEVER));
	c->delivered += b->done - b->refused;
	c->batches++;
	c->rejected += b->refused + (what == DELIVER_NEVER);
	c->retries += what == DELIVER_AGAIN;
	if (goes_on)
		note_state(c, b, what, now_ns);
	for (size_t i = 0; i < b->done; i++)
		note_latency(c, b->items[i], now_ns);
	pthread_mutex_unlock(&d->lock);
}

void
depot_end(depot *d, parcel *p, delivery what)
{
	pthread_mutex_lock(&d->lock);
	let_go(d, &p, 1);
	*(what == DELIVERED ? &d->counters.delivered : &d->counters.rejected) += 1;
	if (what == DELIVERED)
		note_latency(&d->counters, p, tl_now_monotonic_ns());
	pthread_mutex_unlock(&d->lock);
	parcel_drop(p);
}

void
depot_give_up(depot *d, parcel *const *items, size_t count)
{
	pthread_mutex_lock(&d->lock);
	d->counters.given_up += count;
	let_go(d, items, count);
	pthread_mutex_unlock(&d->lock);
}

void
depot_name(depot *d, const feeder *f)
{
	pthread_mutex_lock(&d->lock);
	d->named = f;
	d->counters.state = FEEDER_IDLE;
	d->counters.failing_since_ns = 0;
	d->counters.problem[0] = '\0';
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->lock);
}

bool
depot_pass_on(depot *d, const feeder *f)
{
	pthread_mutex_lock(&d->lock);
	bool passed = d->named != f && d->named != NULL;
	if (passed && d->taker == f) {
		d->taker = NULL;
		pthread_cond_broadcast(&d->changed);
	}
	pthread_mutex_unlock(&d->lock);
	return passed;
}

void
depot_release(depot *d, const feeder *f)
{
	pthread_mutex_lock(&d->lock);
	if (d->taker == f)
		d->taker = NULL;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->lock);
}

void
depot_stir(depot *d)
{
	pthread_mutex_lock(&d->lock);
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->lock);
	queue_wake(d->queue);
}
