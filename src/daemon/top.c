/* daemon/top.c: see top.h. An intake counts each datagram of a batch. */
#include "daemon/top.h"

#include <string.h>

#include "base/hash.h"

/* An empty one is of the address of all zeros: it may begin to count that. */
static inline bool
is_of(const top_entry *e, const tl_endpoint *from)
{
	return tl_load64(e->addr + 8) == tl_load64(from->addr + 8) &&
	       tl_load64(e->addr) == tl_load64(from->addr) && e->scope == from->scope;
}

static top_entry *
least_of(top_entry *row)
{
	top_entry *least = row;

	for (int i = 1; i < TOP_WAYS; i++)
		if (row[i].count < least->count)
			least = &row[i];
	return least;
}

void
top_count(top *t, const tl_endpoint *from)
{
	uint64_t h = tl_hash(from->addr, sizeof from->addr, t->seed);
	top_entry *row = t->rows[h % TOP_ROWS];

	for (int i = 0; i < TOP_WAYS; i++)
		if (is_of(&row[i], from)) {
			row[i].count++;
			return;
		}
	top_entry *least = least_of(row);
	memcpy(least->addr, from->addr, sizeof least->addr);
	least->scope = from->scope;
	least->inherited = least->count++;
}

static size_t
insert(const top_entry *e, top_entry *out, size_t have, size_t max)
{
	size_t at = have;

	while (at > 0 && out[at - 1].count < e->count)
		at--;
	if (at == max)
		return have;
	size_t move = have < max ? have - at : max - 1 - at;
	memmove(out + at + 1, out + at, move * sizeof *out);
	out[at] = *e;
	return have < max ? have + 1 : max;
}

size_t
top_merge(const top *t, top_entry *out, size_t have, size_t max)
{
	for (int r = 0; r < TOP_ROWS; r++)
		for (int i = 0; i < TOP_WAYS; i++)
			if (t->rows[r][i].count > 0)
				have = insert(&t->rows[r][i], out, have, max);
	return have;
}
