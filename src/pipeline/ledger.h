/* pipeline/ledger.h: what stages remember: entries by key, as many as were asked for and
 * never more. All memory is taken at the start; an entry costs none later. */
#ifndef PIPELINE_LEDGER_H
#define PIPELINE_LEDGER_H

#include "base/hash.h"

/* A keyed hash of what tells one entry from another: the ledger keeps nothing else of it.
 * With a secret random seed nobody can make two that are equal. */
typedef struct ledger_key {
	uint64_t a, b;
} ledger_key;

/* A key in the making: two hashes like tl_hash(), each of all pairs of numbers that were
 * put. Whoever puts says by them where what they stand for ends. */
typedef struct ledger_hash {
	uint64_t a, b, secret0, secret1;
} ledger_hash;

static inline ledger_hash
ledger_hash_begin(uint64_t seed)
{
	const uint64_t k0 = 0x9e3779b97f4a7c15u, k1 = 0xa0761d6478bd642fu;
	uint64_t secret = tl_hash_mix(seed ^ k1, k0);

	return (ledger_hash){ seed, secret, secret, secret ^ k1 };
}

static inline void
ledger_hash_put(ledger_hash *h, uint64_t low, uint64_t high)
{
	h->a = tl_hash_mix(low ^ h->secret0, high ^ h->a);
	h->b = tl_hash_mix(low ^ h->b, high ^ h->secret1);
}

static inline ledger_key
ledger_hash_end(const ledger_hash *h)
{
	const uint64_t k0 = 0x9e3779b97f4a7c15u, k1 = 0xa0761d6478bd642fu;

	return (ledger_key){ tl_hash_mix(h->a ^ k0, h->secret1),
		tl_hash_mix(h->b ^ k1, h->secret0) };
}

/* Entries stand in one of two lines each, oldest to newest. What the lines mean is the
 * owner's affair. */
typedef enum ledger_lane {
	LEDGER_FREE = 0, /* not in use */
	LEDGER_QUIET,
	LEDGER_BUSY,
	LEDGER_LANES
} ledger_lane;

/* The first member of every entry; written by the ledger alone. */
typedef struct ledger_entry {
	ledger_key key;
	uint32_t next;         /* in its bucket, or of those given back; 0: none */
	uint32_t newer, older; /* in its lane */
	uint32_t self;
	ledger_lane lane;
} ledger_entry;

typedef struct ledger ledger;

enum { LEDGER_CAPACITY_MAX = 200000000 };

/* |capacity| entries of |bytes| each, zeroed; at most LEDGER_CAPACITY_MAX. NULL without
 * memory. */
ledger *ledger_new(size_t bytes, int64_t capacity);
void ledger_free(ledger *t); /* NULL is fine */

/* The entry of |key|, of several the newest; NULL if there is none. */
void *ledger_find(const ledger *t, ledger_key key);

/* A new entry, the newest of |lane|, also where there is one of its key already. What
 * follows the ledger_entry is as its last user left it. NULL if the ledger is full. */
void *ledger_add(ledger *t, ledger_key key, ledger_lane lane);

/* Makes |entry| the newest of |lane|. */
void ledger_touch(ledger *t, void *entry, ledger_lane lane);

/* Gives the entry back. */
void ledger_remove(ledger *t, void *entry);

/* The oldest of a lane, and the next newer one; NULL if there is none. */
void *ledger_oldest(const ledger *t, ledger_lane lane);
void *ledger_newer(const ledger *t, const void *entry);

/* What goes first: the oldest that is quiet, else the oldest. NULL: it is empty. */
void *ledger_victim(const ledger *t);

uint32_t ledger_count(const ledger *t);
uint32_t ledger_capacity(const ledger *t);

/* The |i|th place, from 0, in use or not, if it ever was; NULL behind the last. */
void *ledger_at(const ledger *t, uint32_t i);

/* Moves all entries of |from|, with all that they hold, to |to|, which is empty, has
 * entries of the same size, and room for them. */
void ledger_take(ledger *to, ledger *from);

#endif
