/* engine/duplicates.c: see duplicates.h. */
#include "engine/duplicates.h"

#include <stdlib.h>

#include "base/hash.h"

enum { WAYS = 4 };

tl_err
tl_duplicates_init(tl_duplicates *d, uint32_t max, uint64_t seed)
{
	size_t sets = 1;

	while (sets * WAYS < max)
		sets *= 2;
	*d = (tl_duplicates){ .mask = sets - 1, .seed = seed };
	d->seen = calloc(sets * WAYS, sizeof *d->seen);
	return d->seen == NULL ? TL_ENOMEM : TL_OK;
}

void
tl_duplicates_fini(tl_duplicates *d)
{
	free(d->seen);
}

static uint64_t
hash_span(tl_span s, uint64_t seed)
{
	return tl_hash(s.ptr, s.len, seed);
}

static uint64_t
key_of(const tl_duplicates *d, const tl_notification *n)
{
	uint64_t key = tl_hash(n->from.addr, sizeof n->from.addr, d->seed ^ n->from.port);

	key = hash_span(n->community, key ^ n->version);
	key = hash_span(n->v3.user, key);
	key = hash_span(n->v3.context_name, key);
	key = hash_span(n->pdu, key);
	return key != 0 ? key : 1;
}

tl_seen *
tl_duplicates_find(const tl_duplicates *d, const tl_notification *inform, int64_t now_ns)
{
	const int64_t window_ns = TL_DUPLICATE_WINDOW_S * INT64_C(1000000000);
	uint64_t key = key_of(d, inform);
	tl_seen *set = d->seen + (key >> 32 & d->mask) * WAYS;

	for (int i = 0; i < WAYS; i++)
		if (set[i].key == key && now_ns - set[i].at_ns <= window_ns)
			return &set[i];
	return NULL;
}

tl_seen *
tl_duplicates_add(tl_duplicates *d, const tl_notification *inform, int64_t now_ns)
{
	uint64_t key = key_of(d, inform);
	tl_seen *set = d->seen + (key >> 32 & d->mask) * WAYS, *to = set;

	for (int i = 1; i < WAYS && to->key != 0; i++)
		if (set[i].key == 0 || set[i].at_ns < to->at_ns)
			to = &set[i];
	*to = (tl_seen){ .key = key, .at_ns = now_ns };
	return to;
}
