/* outputs/queue.c: see queue.h. One list for each severity, each in the order of arrival:
 * what came first is at the head of one of them, and what is to be dropped at an end. */
#include "outputs/queue.h"

#include <pthread.h>
#include <stdlib.h>

#include "sys/clock.h"

#define NO_PLACE UINT32_MAX

typedef struct place {
	parcel *p;
	uint64_t sequence;
	uint32_t prev, next;
} place;

typedef struct list {
	uint32_t head, tail;
} list;

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	queue_options opt;
	queue_counters count;
	uint64_t sequence;
	uint32_t free; /* the first free place, chained by next */
	bool waits, woken;
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
	queue *q = calloc(1, sizeof *q + opt->max_events * sizeof(place));
	pthread_condattr_t monotonic;

	if (q == NULL)
		return NULL;
	q->opt = *opt;
	for (uint32_t i = 0; i < opt->max_events; i++)
		q->places[i].next = i + 1 < opt->max_events ? i + 1 : NO_PLACE;
	for (int i = 0; i < QUEUE_SEVERITIES; i++)
		q->lists[i] = (list){ NO_PLACE, NO_PLACE };
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

/* The place to be given up for |p|; NO_PLACE: |p| itself is. */
static uint32_t
victim(const queue *q, const parcel *p)
{
	if (q->opt.policy == QUEUE_DROP_OLDEST)
		return first(q);
	if (q->opt.policy == QUEUE_DROP_NEWEST)
		return NO_PLACE;
	for (int i = 0; i < QUEUE_SEVERITIES; i++) {
		if (least_first[i] == severity_of(p))
			return NO_PLACE;
		if (q->lists[least_first[i]].tail != NO_PLACE)
			return q->lists[least_first[i]].tail;
	}
	return NO_PLACE;
}

static void
drop(queue *q, parcel *p)
{
	q->count.dropped[severity_of(p)]++;
	parcel_drop(p);
}

static bool
has_room(const queue *q, const parcel *p)
{
	return q->free != NO_PLACE && q->count.bytes + p->bytes <= q->opt.max_bytes;
}

static void
append(queue *q, parcel *p)
{
	uint32_t i = q->free;
	list *l = &q->lists[severity_of(p)];

	q->free = q->places[i].next;
	q->places[i] = (place){ p, q->sequence++, l->tail, NO_PLACE };
	*(l->tail != NO_PLACE ? &q->places[l->tail].next : &l->head) = i;
	l->tail = i;
	q->count.events++;
	q->count.bytes += p->bytes;
}

bool
queue_put(queue *q, parcel *p)
{
	parcel_hold(p);
	pthread_mutex_lock(&q->lock);
	q->count.put++;
	while (!has_room(q, p)) {
		uint32_t give = q->count.events > 0 ? victim(q, p) : NO_PLACE;
		if (give == NO_PLACE)
			break;
		drop(q, take_off(q, give));
	}
	bool kept = has_room(q, p);
	if (kept)
		append(q, p);
	else
		drop(q, p);
	if (kept && q->waits)
		pthread_cond_signal(&q->filled);
	pthread_mutex_unlock(&q->lock);
	return kept;
}

/* Waits until something is there, or it is woken, or |wait_ns| have passed. */
static void
wait_for_some(queue *q, int64_t wait_ns)
{
	int64_t end_ns = tl_now_monotonic_ns() + wait_ns;
	struct timespec end = { end_ns / TL_NS_PER_S, end_ns % TL_NS_PER_S };
	int over = 0;

	q->waits = true;
	while (q->count.events == 0 && !q->woken && over == 0)
		over = pthread_cond_timedwait(&q->filled, &q->lock, &end);
	q->waits = false;
	q->woken = false;
}

size_t
queue_take(queue *q, parcel **items, size_t max, int64_t wait_ns)
{
	size_t n = 0;

	pthread_mutex_lock(&q->lock);
	if (q->count.events == 0 && wait_ns > 0)
		wait_for_some(q, wait_ns);
	while (n < max && q->count.events > 0)
		items[n++] = take_off(q, first(q));
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
