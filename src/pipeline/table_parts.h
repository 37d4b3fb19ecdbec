/* pipeline/table_parts.h: the inside of a table, for those who make and read it. */
#ifndef PIPELINE_TABLE_PARTS_H
#define PIPELINE_TABLE_PARTS_H

#include <stdatomic.h>

#include "base/hash.h"
#include "base/vec.h"
#include "pipeline/nets.h"
#include "pipeline/table.h"

/* A row's bytes: the key's length (2 bytes) and the key, the number of cells (1), and of
 * each its column (1), its length (2) and its text. */
typedef struct slot {
	uint32_t tag; /* of the key's hash */
	uint32_t row; /* its place plus 1; 0: free */
} slot;

struct table {
	_Atomic uint32_t holders;
	table_keys keys;
	uint32_t count;
	tl_vec bytes;
	slot *slots; /* a power of two */
	size_t mask;
	nets *nets; /* TABLE_NET */
	tl_span names[EVENT_FIELDS_MAX];
	uint8_t name_count;
};

static inline uint32_t
table_load16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static inline const uint8_t *
table_row(const table *t, uint32_t place)
{
	return (const uint8_t *)t->bytes.ptr + place;
}

static inline tl_span
table_row_key(const uint8_t *row)
{
	return (tl_span){ row + 2, table_load16(row) };
}

/* Tables are made of files, so nobody plans collisions: addresses can do with one
 * product. */
static inline uint64_t
table_hash_address(const uint8_t addr[16])
{
	return tl_hash_mix(tl_load64(addr) ^ 0x9e3779b97f4a7c15u,
	    tl_load64(addr + 8) ^ 0xd6e8feb86659fd93u);
}

static inline uint64_t
table_hash(const table *t, tl_span key)
{
	return t->keys == TABLE_ADDRESS ? table_hash_address(key.ptr)
					: tl_hash(key.ptr, key.len, 0);
}

/* The slot of a key, or the free one where it would be. */
static inline slot *
table_slot(const table *t, tl_span key)
{
	uint64_t hash = table_hash(t, key);
	uint32_t tag = (uint32_t)(hash >> 32);

	for (size_t i = hash & t->mask;; i = (i + 1) & t->mask) {
		slot *s = &t->slots[i];
		if (s->row == 0)
			return s;
		if (s->tag != tag)
			continue;
		tl_span has = table_row_key(table_row(t, s->row - 1));
		if (has.len == key.len && memcmp(has.ptr, key.ptr, key.len) == 0)
			return s;
	}
}

#endif
