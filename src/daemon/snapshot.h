/* daemon/snapshot.h: what a configuration amounts to while it is in use. Immutable, and
 * counted by those who hold it: the threads for a batch, the daemon until the next one
 * takes its place. */
#ifndef DAEMON_SNAPSHOT_H
#define DAEMON_SNAPSHOT_H

#include "daemon/outlets.h"

typedef struct snapshot {
	_Atomic uint32_t holders;
	conf_ref *conf;
	dictionary *dictionary;
	/* One for each of conf.outputs; NULL: not enabled. */
	outlet *outlets[EVENT_ROUTES_MAX];
	size_t outlet_count;
} snapshot;

/* Holds |conf| and |names|; outlets are added by the caller. One holder. NULL
 * without memory. */
snapshot *snapshot_new(conf_ref *conf, dictionary *names);

snapshot *snapshot_hold(snapshot *s);
void snapshot_drop(snapshot *s); /* the last frees it; NULL is fine */

/* Hands |p| to every output among |routes| whose filter it fits. False if one of them
 * dropped it at once. Any thread. */
bool snapshot_put(const snapshot *s, parcel *p, uint64_t routes);

#endif
