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

/* Events on their way to an output, so that its queue is locked once for many. */
enum { SNAPSHOT_TRAY = 64 };
typedef struct snapshot_tray {
	size_t count;
	parcel *items[SNAPSHOT_TRAY];
} snapshot_tray;

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
	snapshot_tray trays[EVENT_ROUTES_MAX]; /* used with the lock of the judging */
	size_t outlet_count;
	/* A bit each: those that are enabled, of these those that take events of our own,
	 * and those whose filter has conditions. */
	uint64_t enabled, take_own, filtered;
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

/* The outputs of ev->routes that |ev| is for and whose filter it fits, a bit each. */
uint64_t snapshot_outputs(const snapshot *s, const event *ev);

/* Puts |p| into the trays of |outputs|, of which there is one at least; the caller's hold
 * of it is theirs. They have it with snapshot_hand_on(). */
void snapshot_put(snapshot *s, parcel *p, uint64_t outputs);

/* The same, and hands it on at once, behind what was put before. False if all of them
 * dropped it at once: then nobody has it. */
bool snapshot_put_now(snapshot *s, parcel *p, uint64_t outputs);

/* Hands what was put to the outputs' queues, and tells them of it: behind a batch. */
void snapshot_hand_on(snapshot *s);

/* Offers |p|, which |ev| shows and which is about |o|, and tells at once: to |o| alone,
 * if it has room, or to all but |o|; in no case does another event go for its sake. False
 * if nobody took it. */
bool snapshot_offer(
    const snapshot *s, const event *ev, parcel *p, const outlet *o, bool to_itself);

#endif
