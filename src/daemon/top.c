/* daemon/top.c: see top.h. An intake counts each datagram of a batch. */
#include "daemon/top.h"

#include <string.h>

#include "base/hash.h"

void
top_count(top *t, const tl_endpoint *from)
{
	uint64_t h = tl_hash(from->addr, sizeof from->addr, t->seed);
	top_entry *row = t->rows[h % TOP_ROWS], *least = row;

	for (int i = 0; i < TOP_WAYS; i++) {
		if (row[i].count > 0 && row[i].scope == from->scope &&
		    memcmp(row[i].addr, from->addr, sizeof row[i].addr) == 0) {
			row[i].count++;
			return;
		}
		if (row[i].count < least->count)
			least = &row[i];
	}
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
