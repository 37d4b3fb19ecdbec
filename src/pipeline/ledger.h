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
	uint32_t next;         /* in its bucket; places count from 1 */
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

/* The key of |len| bytes, behind which LEDGER_BLOCK zeros are put: there must be room for
 * them. What differs only by zeros at its end has the same key. */
enum { LEDGER_BLOCK = 16 };
ledger_key ledger_key_of(uint8_t *ptr, size_t len, uint64_t seed);

/* The entry of |key|, of several the newest; NULL if there is none. */
void *ledger_find(const ledger *t, ledger_key key);

/* A new entry, the newest of |lane|, also where there is one of its key already. What
 * follows the ledger_entry is as its last user left it. NULL if the ledger is full. */
void *ledger_add(ledger *t, ledger_key key, ledger_lane lane);

/* Makes |entry| the newest of |lane|. */
void ledger_touch(ledger *t, void *entry, ledger_lane lane);

/* Gives the entry back. */
void ledger_remove(ledger *t, void *entry);

/* The ends of a lane, and the next newer one; NULL if there is none. */
void *ledger_oldest(const ledger *t, ledger_lane lane);
void *ledger_newest(const ledger *t, ledger_lane lane);
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
