/* outputs/queue.c: see queue.h. What comes is put behind the last, and taken from the
 * first on. Places are twice as many as may wait: at their end all move to the beginning,
 * so that each moves once at most on the average, and gaps of what was dropped go. */
#include "outputs/queue.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"
#include "sys/cond.h"

typedef struct place {
	parcel *p;      /* NULL: it was dropped */
	uint32_t older; /* the place of the one before it of its severity */
	bool beside;    /* the limits do not count it */
} place;

/* Those of one severity. */
typedef struct list {
	uint32_t count, newest; /* its place, if there are any */
	uint64_t bytes;         /* of those that the limits count */
} list;

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	queue_options opt;
	queue_counters count;
	uint32_t first, end; /* what waits lies there; both 0 if nothing does */
	uint32_t place_count;
	uint32_t beside; /* how many are, and their memory */
	uint64_t beside_bytes;
	atomic_bool waits; /* written with the lock held */
	bool woken;
	list lists[QUEUE_SEVERITIES];
	place *places;
};

/* Of least use first. What is not known may matter; what clears an alarm does. */
static const uint8_t least_first[QUEUE_SEVERITIES] = {
	TL_SEVERITY_INFO,
	TL_SEVERITY_NONE,
	TL_SEVERITY_CLEARED,
	TL_SEVERITY_WARNING,
	TL_SEVERITY_MINOR,
	TL_SEVERITY_MAJOR,
	TL_SEVERITY_CRITICAL,
};

queue *
queue_new(const queue_options *opt)
{
	uint32_t places = 2 * (opt->max_events + QUEUE_BESIDE);
	queue *q = calloc(1, sizeof *q);

	if (q == NULL)
		return NULL;
	q->places = calloc(places, sizeof *q->places);
	if (q->places == NULL) {
		free(q);
		return NULL;
	}
	q->opt = *opt;
	q->place_count = places;
	pthread_mutex_init(&q->lock, NULL);
	tl_cond_init(&q->filled);
	return q;
}

static unsigned
severity_of(const parcel *p)
{
	unsigned severity = (unsigned)p->j.severity;

	return severity < QUEUE_SEVERITIES ? severity : 0;
}

/* Takes what is at place |i| off; the parcel is the caller's. */
static parcel *
take_off(queue *q, uint32_t i)
{
	place *at = &q->places[i];
	parcel *p = at->p;
	list *l = &q->lists[severity_of(p)];

	at->p = NULL;
	l->count--;
	if (at->beside) {
		q->beside--;
		q->beside_bytes -= p->bytes;
	} else {
		l->bytes -= p->bytes;
	}
	q->count.events--;
	q->count.bytes -= p->bytes;
	while (q->first < q->end && q->places[q->first].p == NULL)
		q->first++;
	if (q->first == q->end)
		q->first = q->end = 0;
	return p;
}

static bool
has_room(const queue *q, const parcel *p)
{
	return q->count.events - q->beside < q->opt.max_events &&
	       q->count.bytes - q->beside_bytes + p->bytes <= q->opt.max_bytes;
}

/* The first of least_first[] that is not below |p|: those before it may be given up. */
static int
worth(const parcel *p)
{
	int i = 0;

	while (least_first[i] != severity_of(p))
		i++;
	return i;
}

/* Whether giving up what the policy allows makes room for |p|: else nothing is given up
 * for it. */
static bool
can_make_room(const queue *q, const parcel *p)
{
	uint64_t bytes = 0;

	if (p->bytes > q->opt.max_bytes || q->opt.policy == QUEUE_DROP_NEWEST)
		return false;
	if (q->opt.policy == QUEUE_DROP_OLDEST)
		return true;
	for (int i = 0; i < worth(p); i++)
		bytes += q->lists[least_first[i]].bytes;
	return bytes > 0 &&
	       q->count.bytes - q->beside_bytes - bytes + p->bytes <= q->opt.max_bytes;
}

/* Takes off what is to be given up for one that can_make_room(). */
static parcel *
give_up(queue *q)
{
	list *l = &q->lists[least_first[0]];

	if (q->opt.policy == QUEUE_DROP_OLDEST)
		return take_off(q, q->first);
	for (int i = 1; l->count == 0; i++)
		l = &q->lists[least_first[i]];
	uint32_t newest = l->newest;
	l->newest = q->places[newest].older;
	return take_off(q, newest);
}

static void
drop(queue *q, parcel *p)
{
	q->count.dropped[severity_of(p)]++;
	parcel_drop(p);
}

/* Puts |p| at the end, where there is a place. */
static void
put_last(queue *q, parcel *p, bool beside)
{
	list *l = &q->lists[severity_of(p)];

	q->places[q->end] = (place){ p, l->newest, beside };
	l->newest = q->end++;
	l->count++;
}

/* Moves all to the beginning. */
static void
close_up(queue *q)
{
	uint32_t first = q->first, end = q->end;

	q->end = 0;
	q->first = 0;
	for (int i = 0; i < QUEUE_SEVERITIES; i++)
		q->lists[i].count = 0;
	for (uint32_t i = first; i < end; i++)
		if (q->places[i].p != NULL)
			put_last(q, q->places[i].p, q->places[i].beside);
}

static void
append(queue *q, parcel *p, bool beside)
{
	if (q->end == q->place_count)
		close_up(q);
	put_last(q, p, beside);
	if (beside) {
		q->beside++;
		q->beside_bytes += p->bytes;
	} else {
		q->lists[severity_of(p)].bytes += p->bytes;
	}
	q->count.events++;
	q->count.bytes += p->bytes;
}

/* Once is enough until it waits again. */
static void
tell_waiting(queue *q)
{
	if (q->waits)
		pthread_cond_signal(&q->filled);
	q->waits = false;
}

/* False, and nothing is given up, if there is none to be made. */
static bool
make_room(queue *q, const parcel *p)
{
	if (!can_make_room(q, p))
		return false;
	do
		drop(q, give_up(q));
	while (!has_room(q, p));
	return true;
}

static bool
put(queue *q, parcel *p)
{
	bool kept = has_room(q, p) || make_room(q, p);

	if (kept)
		append(q, p, false);
	else
		drop(q, p);
	return kept;
}

size_t
queue_put(queue *q, parcel *const *items, size_t count)
{
	size_t kept = 0;

	pthread_mutex_lock(&q->lock);
	q->count.put += count;
	for (size_t i = 0; i < count; i++)
		kept += put(q, items[i]);
	pthread_mutex_unlock(&q->lock);
	return kept;
}

/* Whoever waits has set |waits| before it gave the lock to the one that put: a look
 * without the lock misses nobody. */
void
queue_tell(queue *q)
{
	if (!atomic_load_explicit(&q->waits, memory_order_relaxed))
		return;
	pthread_mutex_lock(&q->lock);
	if (q->count.events > 0)
		tell_waiting(q);
	pthread_mutex_unlock(&q->lock);
}

bool
queue_offer(queue *q, parcel *p, bool beside)
{
	pthread_mutex_lock(&q->lock);
	bool fits = has_room(q, p), taken = fits || (beside && q->beside < QUEUE_BESIDE);
	if (taken) {
		parcel_hold(p);
		q->count.put++;
		append(q, p, !fits);
		tell_waiting(q);
	}
	pthread_mutex_unlock(&q->lock);
	return taken;
}

static void
swap_places(queue *a, queue *b)
{
	place *places = a->places;
	uint32_t count = a->place_count;
	queue_options opt = a->opt;

	a->places = b->places;
	a->place_count = b->place_count;
	a->opt = b->opt;
	b->places = places;
	b->place_count = count;
	b->opt = opt;
}

void
queue_change(queue *q, queue *like)
{
	pthread_mutex_lock(&q->lock);
	uint32_t first = q->first, end = q->end;
	swap_places(q, like);
	memset(q->lists, 0, sizeof q->lists);
	q->first = q->end = q->beside = q->count.events = 0;
	q->beside_bytes = q->count.bytes = 0;
	for (const place *at = like->places + first; at < like->places + end; at++)
		if (at->p != NULL && at->beside)
			append(q, at->p, true);
		else if (at->p != NULL)
			(void)put(q, at->p);
	pthread_mutex_unlock(&q->lock);
}

/* Waits until something is there, or it is woken, or |wait_ns| have passed. */
static void
wait_for_some(queue *q, int64_t wait_ns)
{
	int64_t end_ns = tl_now_monotonic_ns() + wait_ns;
	struct timespec end = { end_ns / TL_NS_PER_S, end_ns % TL_NS_PER_S };
	int over = 0;

	while (q->count.events == 0 && !q->woken && over == 0) {
		q->waits = true;
		over = pthread_cond_timedwait(&q->filled, &q->lock, &end);
	}
	q->waits = false;
	q->woken = false;
}

size_t
queue_take(queue *q, parcel **items, size_t max, uint64_t max_bytes, int64_t wait_ns)
{
	uint64_t bytes = 0;
	size_t n = 0;

	pthread_mutex_lock(&q->lock);
	if (q->count.events == 0 && wait_ns > 0)
		wait_for_some(q, wait_ns);
	while (n < max && bytes < max_bytes && q->count.events > 0) {
		items[n] = take_off(q, q->first);
		bytes += items[n++]->bytes;
	}
	pthread_mutex_unlock(&q->lock);
	return n;
}

void
queue_wake(queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->woken = true;
	pthread_cond_signal(&q->filled);
	pthread_mutex_unlock(&q->lock);
}

queue_counters
queue_count(queue *q)
{
	pthread_mutex_lock(&q->lock);
	queue_counters count = q->count;
	pthread_mutex_unlock(&q->lock);
	return count;
}

bool
queue_is_empty(queue *q)
{
	return queue_count(q).events == 0;
}

void
queue_free(queue *q)
{
	if (q == NULL)
		return;
	while (q->count.events > 0)
		parcel_drop(take_off(q, q->first));
	pthread_cond_destroy(&q->filled);
	pthread_mutex_destroy(&q->lock);
	free(q->places);
	free(q);
}
