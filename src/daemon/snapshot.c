/* daemon/snapshot.c: see snapshot.h. Made at start and by each reload. */
#include "daemon/snapshot.h"

#include <stdlib.h>

snapshot *
snapshot_new(conf_ref *conf, dictionary *names)
{
	snapshot *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->holders = 1;
	s->conf = conf_ref_hold(conf);
	s->dictionary = dictionary_hold(names);
	return s;
}

snapshot *
snapshot_hold(snapshot *s)
{
	atomic_fetch_add_explicit(&s->holders, 1, memory_order_relaxed);
	return s;
}

void
snapshot_drop(snapshot *s)
{
	if (s == NULL ||
	    atomic_fetch_sub_explicit(&s->holders, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < s->outlet_count; i++)
		outlet_drop(s->outlets[i]);
	dictionary_drop(s->dictionary);
	conf_ref_drop(s->conf);
	free(s);
}

bool
snapshot_put(const snapshot *s, parcel *p, uint64_t routes)
{
	bool safe = true;

	for (size_t i = 0; i < s->outlet_count; i++)
		if (s->outlets[i] != NULL && (routes >> i & 1) != 0)
			safe = feeder_put(s->outlets[i]->feeder, p) && safe;
	return safe;
}
