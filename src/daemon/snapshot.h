/* daemon/snapshot.h: what a configuration amounts to while it is in use: the pipeline,
 * the names, the outputs and their filters. Counted by those who hold it: the judging,
 * and whoever looks at it. */
#ifndef DAEMON_SNAPSHOT_H
#define DAEMON_SNAPSHOT_H

#include "daemon/outlets.h"
#include "pipeline/enrich.h"
#include "pipeline/match.h"
#include "pipeline/names.h"
#include "pipeline/pipeline.h"

typedef struct snapshot {
	_Atomic uint32_t holders;
	conf_ref *conf;
	dictionary *dictionary;
	/* used with the lock of the judging held */
	enrich *tables;
	enrich_view *view;
	pipeline *pipeline;
	/* One of each for each of conf.outputs; NULL: not enabled. */
	outlet *outlets[EVENT_ROUTES_MAX];
	match *filters[EVENT_ROUTES_MAX];
	size_t outlet_count;
} snapshot;

typedef struct snapshot_options {
	conf_ref *conf; /* held, as is |names| */
	dictionary *names;
	const snapshot *old;           /* whose tables may go on; NULL: none */
	const enrich_notices *notices; /* of tables; as long as any of them goes on */
	struct names *dns;             /* borrowed; NULL: none */
	uint64_t seed;                 /* random and secret */
} snapshot_options;

/* All but the outputs, which are added by the caller. One holder. NULL without memory. */
snapshot *snapshot_new(const snapshot_options *opt);

/* Adds the output of the next of conf.outputs, NULL: it is not enabled; holds it. False
 * without memory. */
bool snapshot_add(snapshot *s, outlet *o);

snapshot *snapshot_hold(snapshot *s);
void snapshot_drop(snapshot *s); /* the last frees it; NULL is fine */

/* Hands |p|, which |ev| shows, to every output of ev->routes whose filter it fits. False
 * if there are such, and all of them dropped it at once: then nobody has it. */
bool snapshot_put(const snapshot *s, const event *ev, parcel *p);

/* Tells the outputs of what was put: once, behind a batch. */
void snapshot_tell(const snapshot *s);

/* The same as snapshot_put(), and told at once, with |p| about |o|: to |o| alone, if it
 * has room, or to all but |o|; in no case does another event go for its sake. False if
 * nobody took it. */
bool snapshot_offer(
    const snapshot *s, const event *ev, parcel *p, const outlet *o, bool to_itself);

#endif
