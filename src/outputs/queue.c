/* outputs/queue.c: see queue.h. One list for each severity, each in the order of arrival:
 * what came first is at the head of one of them, and what is to be dropped at an end. */
#include "outputs/queue.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "sys/clock.h"

#define NO_PLACE UINT32_MAX

typedef struct place {
	parcel *p;
	uint64_t sequence;
	uint32_t prev, next;
	bool beside; /* the limits do not count it */
} place;

typedef struct list {
	uint32_t head, tail;
	uint64_t bytes; /* of those that the limits count */
} list;

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	queue_options opt;
	queue_counters count;
	uint64_t sequence;
	uint32_t free;   /* the first place given back, chained by next */
	uint32_t fresh;  /* the first that was never used, and all behind it */
	uint32_t beside; /* how many are, and their memory */
	uint64_t beside_bytes;
	atomic_bool waits; /* written with the lock held */
	bool woken;
	list lists[QUEUE_SEVERITIES];
	place places[];
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
	size_t places = (size_t)opt->max_events + QUEUE_BESIDE;
	queue *q = calloc(1, sizeof *q + places * sizeof(place));
	pthread_condattr_t monotonic;

	if (q == NULL)
		return NULL;
	q->opt = *opt;
	q->free = NO_PLACE;
	for (int i = 0; i < QUEUE_SEVERITIES; i++)
		q->lists[i] = (list){ NO_PLACE, NO_PLACE, 0 };
	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&q->filled, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return q;
}

static unsigned
severity_of(const parcel *p)
{
	unsigned severity = (unsigned)p->j.severity;

	return severity < QUEUE_SEVERITIES ? severity : 0;
}

/* Takes place |i| off its list and gives it free; the parcel is the caller's. */
static parcel *
take_off(queue *q, uint32_t i)
{
	place *at = &q->places[i];
	parcel *p = at->p;
	list *l = &q->lists[severity_of(p)];

	*(at->prev != NO_PLACE ? &q->places[at->prev].next : &l->head) = at->next;
	*(at->next != NO_PLACE ? &q->places[at->next].prev : &l->tail) = at->prev;
	at->p = NULL;
	at->next = q->free;
	q->free = i;
	if (at->beside) {
		q->beside--;
		q->beside_bytes -= p->bytes;
	} else {
		l->bytes -= p->bytes;
	}
	q->count.events--;
	q->count.bytes -= p->bytes;
	return p;
}

/* The place of what came first; NO_PLACE if nothing waits. */
static uint32_t
first(const queue *q)
{
	uint32_t best = NO_PLACE;

	for (int i = 0; i < QUEUE_SEVERITIES; i++) {
		uint32_t head = q->lists[i].head;
		if (head != NO_PLACE &&
		    (best == NO_PLACE ||
			q->places[head].sequence < q->places[best].sequence))
			best = head;
	}
	return best;
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

/* The place to be given up for |p|, for which can_make_room() holds. */
static uint32_t
victim(const queue *q, const parcel *p)
{
	if (q->opt.policy == QUEUE_DROP_OLDEST)
		return first(q);
	for (int i = 0; i < worth(p); i++)
		if (q->lists[least_first[i]].tail != NO_PLACE)
			return q->lists[least_first[i]].tail;
	return NO_PLACE;
}

static void
drop(queue *q, parcel *p)
{
	q->count.dropped[severity_of(p)]++;
	parcel_drop(p);
}

static uint32_t
take_place(queue *q)
{
	uint32_t i = q->free;

	if (i == NO_PLACE)
		return q->fresh++;
	q->free = q->places[i].next;
	return i;
}

static void
append(queue *q, parcel *p, bool beside)
{
	uint32_t i = take_place(q);
	list *l = &q->lists[severity_of(p)];

	q->places[i] = (place){ p, q->sequence++, l->tail, NO_PLACE, beside };
	*(l->tail != NO_PLACE ? &q->places[l->tail].next : &l->head) = i;
	l->tail = i;
	if (beside) {
		q->beside++;
		q->beside_bytes += p->bytes;
	} else {
		l->bytes += p->bytes;
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

bool
queue_put(queue *q, parcel *p)
{
	parcel_hold(p);
	pthread_mutex_lock(&q->lock);
	q->count.put++;
	bool kept = has_room(q, p) || can_make_room(q, p);
	while (kept && !has_room(q, p))
		drop(q, take_off(q, victim(q, p)));
	if (kept)
		append(q, p, false);
	else
		drop(q, p);
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
		items[n] = take_off(q, first(q));
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
	for (uint32_t i = first(q); i != NO_PLACE; i = first(q))
		parcel_drop(take_off(q, i));
	pthread_cond_destroy(&q->filled);
	pthread_mutex_destroy(&q->lock);
	free(q);
}
