/* pipeline/ledger.c: a bounded ledger by hash, its entries in lines from the oldest to
 * the newest. Used by every stage that remembers something. */
#include "pipeline/ledger.h"

#include <stdlib.h>

typedef struct line {
	uint32_t oldest, newest;
} line;

struct ledger {
	uint8_t *entries;
	uint32_t *buckets; /* a power of two of them */
	size_t bytes;      /* of an entry */
	uint32_t capacity, mask;
	uint32_t used; /* places that were ever used */
	uint32_t count;
	uint32_t free; /* the first of those that were given back */
	line lines[LEDGER_LANES];
};

static ledger_entry *
entry_at(const ledger *t, uint32_t place)
{
	return place == 0 ? NULL : (void *)(t->entries + (place - 1) * t->bytes);
}

ledger *
ledger_new(size_t bytes, int64_t capacity)
{
	ledger *t = calloc(1, sizeof *t);
	uint32_t buckets = 1;

	if (t == NULL)
		return NULL;
	if (capacity > LEDGER_CAPACITY_MAX)
		capacity = LEDGER_CAPACITY_MAX;
	while (buckets < capacity)
		buckets *= 2;
	t->bytes = (bytes + 7) / 8 * 8;
	t->capacity = (uint32_t)capacity;
	t->mask = buckets - 1;
	t->entries = calloc(t->capacity, t->bytes);
	t->buckets = calloc(buckets, sizeof *t->buckets);
	if (t->entries == NULL || t->buckets == NULL) {
		ledger_free(t);
		return NULL;
	}
	return t;
}

void
ledger_free(ledger *t)
{
	if (t == NULL)
		return;
	free(t->entries);
	free(t->buckets);
	free(t);
}

void *
ledger_find(const ledger *t, ledger_key key)
{
	uint32_t place = t->buckets[key.a & t->mask];

	while (place != 0) {
		ledger_entry *e = entry_at(t, place);
		if (e->key.a == key.a && e->key.b == key.b)
			return e;
		place = e->next;
	}
	return NULL;
}

static void
enter_line(ledger *t, ledger_entry *e, ledger_lane lane)
{
	line *l = &t->lines[lane];

	e->lane = lane;
	e->newer = 0;
	e->older = l->newest;
	if (l->newest != 0)
		entry_at(t, l->newest)->newer = e->self;
	else
		l->oldest = e->self;
	l->newest = e->self;
}

static void
leave_line(ledger *t, ledger_entry *e)
{
	line *l = &t->lines[e->lane];

	if (e->newer != 0)
		entry_at(t, e->newer)->older = e->older;
	else
		l->newest = e->older;
	if (e->older != 0)
		entry_at(t, e->older)->newer = e->newer;
	else
		l->oldest = e->newer;
	e->lane = LEDGER_FREE;
}

/* A place that is not in use; 0 if there is none. */
static uint32_t
take_place(ledger *t)
{
	uint32_t place = t->free;

	if (place != 0) {
		t->free = entry_at(t, place)->next;
		return place;
	}
	return t->used < t->capacity ? ++t->used : 0;
}

void *
ledger_add(ledger *t, ledger_key key, ledger_lane lane)
{
	uint32_t place = take_place(t);
	uint32_t *bucket = &t->buckets[key.a & t->mask];
	ledger_entry *e = entry_at(t, place);

	if (e == NULL)
		return NULL;
	e->key = key;
	e->self = place;
	e->next = *bucket;
	*bucket = place;
	enter_line(t, e, lane);
	t->count++;
	return e;
}

void
ledger_touch(ledger *t, void *entry, ledger_lane lane)
{
	ledger_entry *e = entry;

	if (e->lane == lane && e->newer == 0)
		return;
	leave_line(t, e);
	enter_line(t, e, lane);
}

void
ledger_remove(ledger *t, void *entry)
{
	ledger_entry *e = entry;
	uint32_t *link = &t->buckets[e->key.a & t->mask];

	while (*link != e->self)
		link = &entry_at(t, *link)->next;
	*link = e->next;
	leave_line(t, e);
	e->next = t->free;
	t->free = e->self;
	t->count--;
}

void *
ledger_oldest(const ledger *t, ledger_lane lane)
{
	return entry_at(t, t->lines[lane].oldest);
}

void *
ledger_newer(const ledger *t, const void *entry)
{
	const ledger_entry *e = entry;

	return entry_at(t, e->newer);
}

void *
ledger_victim(const ledger *t)
{
	void *oldest = ledger_oldest(t, LEDGER_QUIET);

	return oldest != NULL ? oldest : ledger_oldest(t, LEDGER_BUSY);
}

uint32_t
ledger_count(const ledger *t)
{
	return t->count;
}

uint32_t
ledger_capacity(const ledger *t)
{
	return t->capacity;
}

void *
ledger_at(const ledger *t, uint32_t i)
{
	return i < t->used ? entry_at(t, i + 1) : NULL;
}

/* Moves one line; what |from| is left with owns nothing. */
static void
take_line(ledger *to, ledger *from, ledger_lane lane)
{
	const size_t head = sizeof(ledger_entry);
	ledger_entry *e, *copy;

	while ((e = ledger_oldest(from, lane)) != NULL &&
	       (copy = ledger_add(to, e->key, lane)) != NULL) {
		memcpy((uint8_t *)copy + head, (uint8_t *)e + head, to->bytes - head);
		memset((uint8_t *)e + head, 0, to->bytes - head);
		ledger_remove(from, e);
	}
}

void
ledger_take(ledger *to, ledger *from)
{
	if (to->capacity == from->capacity) {
		ledger swap = *to;
		*to = *from;
		*from = swap;
		return;
	}
	take_line(to, from, LEDGER_QUIET);
	take_line(to, from, LEDGER_BUSY);
}
