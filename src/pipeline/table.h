/* pipeline/table.h: what stages remember: entries by key, as many as were asked for and
 * never more. All memory is taken at the start; an entry costs none later. */
#ifndef PIPELINE_TABLE_H
#define PIPELINE_TABLE_H

#include "base/hash.h"

/* A keyed hash of what tells one entry from another: the table keeps nothing else of it.
 * With a secret random seed nobody can make two that are equal. */
typedef struct table_key {
	uint64_t a, b;
} table_key;

/* Entries stand in one of two lines each, oldest to newest. What the lines mean is the
 * owner's affair. */
typedef enum table_lane {
	TABLE_FREE = 0, /* not in use */
	TABLE_QUIET,
	TABLE_BUSY,
	TABLE_LANES
} table_lane;

/* The first member of every entry; written by the table alone. */
typedef struct table_entry {
	table_key key;
	uint32_t next;         /* in its bucket; places count from 1 */
	uint32_t newer, older; /* in its lane */
	uint32_t self;
	table_lane lane;
} table_entry;

typedef struct table table;

enum { TABLE_CAPACITY_MAX = 200000000 };

/* |capacity| entries of |bytes| each, zeroed; at most TABLE_CAPACITY_MAX. NULL without
 * memory. */
table *table_new(size_t bytes, int64_t capacity);
void table_free(table *t); /* NULL is fine */

table_key table_key_of(const void *ptr, size_t len, uint64_t seed);

/* The entry of |key|, of several the newest; NULL if there is none. */
void *table_find(const table *t, table_key key);

/* A new entry, the newest of |lane|, also where there is one of its key already. What
 * follows the table_entry is as its last user left it. NULL if the table is full. */
void *table_add(table *t, table_key key, table_lane lane);

/* Makes |entry| the newest of |lane|. */
void table_touch(table *t, void *entry, table_lane lane);

/* Gives the entry back. */
void table_remove(table *t, void *entry);

/* The ends of a lane, and the next newer one; NULL if there is none. */
void *table_oldest(const table *t, table_lane lane);
void *table_newest(const table *t, table_lane lane);
void *table_newer(const table *t, const void *entry);

/* What goes first: the oldest that is quiet, else the oldest. NULL: it is empty. */
void *table_victim(const table *t);

uint32_t table_count(const table *t);
uint32_t table_capacity(const table *t);

/* The |i|th place, from 0, in use or not, if it ever was; NULL behind the last. */
void *table_at(const table *t, uint32_t i);

/* Moves all entries of |from|, with all that they hold, to |to|, which is empty, has
 * entries of the same size, and room for them. */
void table_take(table *to, table *from);

#endif
