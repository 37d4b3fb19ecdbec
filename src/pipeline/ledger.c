/* pipeline/ledger.c: a bounded ledger by hash, its entries in lines from the oldest to
 * the newest. Used by every stage that remembers something. */
#include "pipeline/ledger.h"

#include <stdlib.h>

/* The first entries are no entries, but where a line begins and ends: the place of each
 * is its line's number. So every entry in a line stands between two others. */
struct ledger {
	uint8_t *entries;
	uint32_t *buckets; /* a power of two of them */
	size_t bytes;      /* of an entry */
	uint32_t capacity, mask;
	uint32_t used; /* places that were ever used */
	uint32_t count;
	uint32_t free; /* the first of those that were given back; 0: none */
};

static ledger_entry *
at(const ledger *t, uint32_t place)
{
	return (void *)(t->entries + place * t->bytes);
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
	t->entries = calloc((size_t)t->capacity + LEDGER_LANES, t->bytes);
	t->buckets = calloc(buckets, sizeof *t->buckets);
	if (t->entries == NULL || t->buckets == NULL) {
		ledger_free(t);
		return NULL;
	}
	for (uint32_t lane = 0; lane < LEDGER_LANES; lane++)
		at(t, lane)->newer = at(t, lane)->older = lane;
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
		ledger_entry *e = at(t, place);
		if (e->key.a == key.a && e->key.b == key.b)
			return e;
		place = e->next;
	}
	return NULL;
}

static void
enter_line(ledger *t, ledger_entry *e, ledger_lane lane)
{
	ledger_entry *end = at(t, lane);

	e->lane = lane;
	e->newer = lane;
	e->older = end->older;
	at(t, end->older)->newer = e->self;
	end->older = e->self;
}

static void
leave_line(ledger *t, ledger_entry *e)
{
	at(t, e->newer)->older = e->older;
	at(t, e->older)->newer = e->newer;
	e->lane = LEDGER_FREE;
}

/* A place that is not in use; 0 if there is none. */
static uint32_t
take_place(ledger *t)
{
	uint32_t place = t->free;

	if (place != 0) {
		t->free = at(t, place)->next;
		return place;
	}
	return t->used < t->capacity ? LEDGER_LANES + t->used++ : 0;
}

void *
ledger_add(ledger *t, ledger_key key, ledger_lane lane)
{
	uint32_t place = take_place(t);
	uint32_t *bucket = &t->buckets[key.a & t->mask];
	ledger_entry *e = at(t, place);

	if (place == 0)
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

	if (e->lane == lane && e->newer == lane)
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
		link = &at(t, *link)->next;
	*link = e->next;
	leave_line(t, e);
	e->next = t->free;
	t->free = e->self;
	t->count--;
}

/* NULL where a line ends. */
static void *
in_line(const ledger *t, uint32_t place)
{
	return place < LEDGER_LANES ? NULL : at(t, place);
}

void *
ledger_oldest(const ledger *t, ledger_lane lane)
{
	return in_line(t, at(t, lane)->newer);
}

void *
ledger_newer(const ledger *t, const void *entry)
{
	const ledger_entry *e = entry;

	return in_line(t, e->newer);
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
	return i < t->used ? at(t, LEDGER_LANES + i) : NULL;
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
