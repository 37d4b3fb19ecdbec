/* outputs/feeder.c: the thread of an output; see feeder.h. */
#include "outputs/depot.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"

#define TICK_NS (TL_NS_PER_S)

struct feeder {
	feeder_options opt;
	depot *depot;
	queue *limits; /* empty: the places that the depot's queue needs; NULL: it has
			  them */
	int64_t patient_until_ns;
	pthread_t thread;
	atomic_bool reopen, stop, followed, ended;
	_Atomic int64_t end_ns;              /* INT64_MAX until it is to stop */
	output_peer peers[OUTPUT_PEERS_MAX]; /* with the lock of the depot */
	size_t peer_count;
	/* of the thread alone */
	uint64_t jitter; /* state of the pauses' random part */
	int64_t next_idle_ns;
	bool cut;   /* the last delivery ended in the midst of a line */
	bool tried; /* it was this one's */
	parcel **items;
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

/* Gives up events of our own that were to go to an output of another type, and cannot go
 * to this one. */
static size_t
without_own(feeder *f, parcel **items, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (items[i]->n != NULL) {
			items[n++] = items[i];
			continue;
		}
		depot_give_up(f->depot, items + i, 1);
		parcel_drop(items[i]);
	}
	return n;
}

/* Takes up to |max| behind the |have| that are there. */
static size_t
take(feeder *f, size_t have, size_t max, uint64_t max_bytes, int64_t wait_ns)
{
	parcel **items = f->items + have;
	size_t n = depot_take(f->depot, items, max, max_bytes, wait_ns);

	return f->opt.type->notifications_only ? without_own(f, items, n) : n;
}

/* The batch is a part of the feeder's items, up to their end. */
size_t
batch_more(batch *b)
{
	feeder *f = b->from;
	size_t have = f != NULL ? (size_t)(b->items - f->items) + b->count : 0;

	if (f == NULL || have >= f->opt.batch || f->followed)
		return 0;
	size_t n = take(f, have, f->opt.batch - have, f->opt.batch_bytes, 0);
	b->count += n;
	return n;
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
note(feeder *f, const batch *b, delivery what)
{
	depot_note(f->depot, b, what, !f->followed);
	pthread_mutex_lock(&f->depot->lock);
	note_peers(f);
	pthread_mutex_unlock(&f->depot->lock);
}

static void
set_state(feeder *f, feeder_state state)
{
	pthread_mutex_lock(&f->depot->lock);
	f->depot->counters.state = state;
	pthread_mutex_unlock(&f->depot->lock);
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

/* Waits until |until_ns| for something to change. With the lock of the depot held. False:
 * it is over. */
static bool
wait_for_change(depot *d, int64_t until_ns)
{
	struct timespec until = { until_ns / TL_NS_PER_S, until_ns % TL_NS_PER_S };

	return pthread_cond_timedwait(&d->changed, &d->lock, &until) == 0;
}

/* Sleeps until |until_ns|, or until somebody wants something: to reopen, to follow, or to
 * stop, if that was not |stopping| already. */
static void
doze(feeder *f, int64_t until_ns, bool stopping)
{
	depot *d = f->depot;

	pthread_mutex_lock(&d->lock);
	while (!f->reopen && !f->followed && f->stop == stopping &&
	       wait_for_change(d, until_ns)) {
	}
	pthread_mutex_unlock(&d->lock);
}

/* Waits before the next try; false when it is time to end. When the end is announced the
 * next try is at once, since the peer may be back; |stopping| is whether the last try
 * knew of it. */
static bool
wait_to_retry(feeder *f, int64_t wait_ns, bool stopping)
{
	int64_t now_ns = tl_now_monotonic_ns(), until_ns = now_ns + wait_ns;

	while (now_ns < until_ns && f->stop == stopping && !f->followed) {
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

/* Whether it may still take and give back: who followed was patient enough. */
static bool
has_turn(const feeder *f)
{
	pthread_mutex_lock(&f->depot->lock);
	bool has = f->depot->taker == f;
	pthread_mutex_unlock(&f->depot->lock);
	return has;
}

/* The items from |from| to |end| are another's to deliver, but for those whose end is
 * known. */
static void
give_back(feeder *f, size_t from, size_t end)
{
	const output_type *type = f->opt.type;
	size_t left = 0;

	for (size_t i = from; i < end; i++) {
		parcel *p = f->items[i];
		delivery what = type->known != NULL ? type->known(f->opt.self, end - i, p)
						    : DELIVER_AGAIN;
		if (what != DELIVER_AGAIN)
			depot_end(f->depot, p, what);
		else
			f->items[from + left++] = p;
	}
	if (has_turn(f)) {
		depot_give_back(f->depot, f->items, from, left);
		f->items = NULL;
		return;
	}
	depot_give_up(f->depot, f->items + from, left);
	parcels_drop(f->items + from, left);
}

/* Brings |count| events to their end, or gives them back. */
static void
deliver(feeder *f, size_t count)
{
	int64_t since_ns = tl_now_monotonic_ns();
	size_t done = 0;
	uint32_t tries = 0;

	while (done < count && !f->followed) {
		batch b = { .items = f->items + done,
			.count = count - done,
			.cut = f->cut && !f->tried,
			.end_ns = &f->end_ns,
			.from = f };
		bool stopping = f->stop;
		delivery what = f->opt.type->deliver(f->opt.self, &b);
		count = done + b.count;
		f->cut = what == DELIVER_AGAIN && b.cut;
		f->tried = true;
		if (what == DELIVERED)
			b.done = b.count;
		note(f, &b, what);
		done += b.done + (what == DELIVER_NEVER);
		tries = b.done > 0 ? 0 : tries;
		if (what != DELIVER_AGAIN)
			continue;
		size_t old = outdated(f, f->items + done, count - done, since_ns);
		depot_give_up(f->depot, f->items + done, old);
		done += old;
		if (done < count &&
		    !wait_to_retry(f, pause_ns(f, ++tries, b.wait_ns), stopping)) {
			depot_give_up(f->depot, f->items + done, count - done);
			done = count;
		}
	}
	parcels_drop(f->items, done);
	if (done < count)
		give_back(f, done, count);
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
	       now_ns < end_ns && !f->stop && !f->followed) {
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
give_up_rest(depot *d)
{
	parcel *items[256];
	size_t n;

	while ((n = depot_take(d, items, 256, UINT64_MAX, 0)) > 0) {
		depot_give_up(d, items, n);
		parcels_drop(items, n);
	}
}

/* Waits for its turn. False: it has none, and never will. */
static bool
await_turn(feeder *f)
{
	depot *d = f->depot;
	bool named, mine;

	pthread_mutex_lock(&d->lock);
	for (;;) {
		int64_t now_ns = tl_now_monotonic_ns();
		named = d->named == f;
		mine = named && (d->taker == NULL || now_ns >= f->patient_until_ns);
		if (mine || f->followed || (f->stop && (!named || must_end(f))))
			break;
		(void)wait_for_change(d, now_ns + TICK_NS / 10);
	}
	if (mine)
		d->taker = f;
	else if (named)
		d->named = NULL;
	pthread_mutex_unlock(&d->lock);
	return mine;
}

/* Delivers until another follows, or it is to end and nothing is left. */
static void
take_turn(feeder *f)
{
	f->cut = f->depot->cut;
	if (f->opt.before != NULL)
		f->reopen = true; /* a file may have been rotated meanwhile */
	while (
	    !f->followed && (!f->stop || (!depot_is_empty(f->depot) && !must_end(f)))) {
		size_t n = take_batch(f);
		look_after(f);
		if (n > 0)
			deliver(f, n);
		else
			set_state(f, FEEDER_IDLE);
	}
	if (has_turn(f))
		f->depot->cut = f->cut;
	if (depot_pass_on(f->depot, f))
		return;
	give_up_rest(f->depot);
	depot_release(f->depot, f);
}

static void *
run(void *context)
{
	feeder *f = context;

	if (await_turn(f))
		take_turn(f);
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
	depot_drop(f->depot);
	queue_free(f->limits);
	free(f->items);
	free(f);
}

/* Its own depot, or that of the one before, and what it needs to change there. */
static bool
make_depot(feeder *f)
{
	const feeder *before = f->opt.before;

	if (before == NULL) {
		f->depot = depot_new(&f->opt.queue);
		if (f->depot != NULL)
			f->depot->named = f;
		return f->depot != NULL;
	}
	f->depot = depot_hold(before->depot);
	if (memcmp(&before->opt.queue, &f->opt.queue, sizeof f->opt.queue) == 0)
		return true;
	f->limits = queue_new(&f->opt.queue);
	return f->limits != NULL;
}

feeder *
feeder_start(const feeder_options *opt)
{
	feeder *f = calloc(1, sizeof *f);

	if (f == NULL)
		return NULL;
	f->opt = *opt;
	if (opt->type->batch_max > 0 && opt->batch > opt->type->batch_max)
		f->opt.batch = opt->type->batch_max;
	atomic_init(&f->end_ns, INT64_MAX);
	f->jitter = (uint64_t)tl_now_realtime_ns() ^ (uintptr_t)f;
	note_peers(f);
	f->items = calloc(f->opt.batch, sizeof f->items[0]);
	if (f->items != NULL && make_depot(f) && start_thread(f) == 0)
		return f;
	destroy(f);
	return NULL;
}

size_t
feeder_put(feeder *f, parcel *const *items, size_t count)
{
	return queue_put(f->depot->queue, items, count);
}

void
feeder_tell(feeder *f)
{
	queue_tell(f->depot->queue);
}

bool
feeder_offer(feeder *f, parcel *p, bool beside)
{
	return queue_offer(f->depot->queue, p, beside);
}

void
feeder_follow(feeder *f, feeder *before)
{
	if (f->limits != NULL)
		queue_change(f->depot->queue, f->limits);
	queue_free(f->limits);
	f->limits = NULL;
	f->patient_until_ns = tl_now_monotonic_ns() + f->opt.patience_ns;
	before->followed = true;
	depot_name(f->depot, f);
	depot_stir(f->depot);
}

void
feeder_reopen(feeder *f)
{
	atomic_store(&f->reopen, true);
	depot_stir(f->depot);
}

void
feeder_stop(feeder *f, int64_t end_ns)
{
	atomic_store(&f->end_ns, end_ns);
	atomic_store(&f->stop, true);
	depot_stir(f->depot);
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
	depot *d = f->depot;

	pthread_mutex_lock(&d->lock);
	*out = d->counters;
	out->waiting_bytes = d->held_bytes;
	pthread_mutex_unlock(&d->lock);
	/* later than what has become of them, so that waiting is never below zero */
	out->queue = queue_count(d->queue);
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
	pthread_mutex_lock(&f->depot->lock);
	size_t count = f->peer_count;
	memcpy(out, f->peers, count * sizeof *out);
	pthread_mutex_unlock(&f->depot->lock);
	return count;
}
