/* daemon/outlets.h: outputs at work, each counted by the snapshots that name it; those
 * that no snapshot names any more are drained in the background. */
#ifndef DAEMON_OUTLETS_H
#define DAEMON_OUTLETS_H

#include "outputs/feeder.h"

/* A configuration that is shared. */
typedef struct conf_ref {
	tl_conf *conf;
	_Atomic uint32_t holders;
} conf_ref;

/* Takes |conf| over; one holder. NULL without memory: |conf| is still the caller's. */
conf_ref *conf_ref_new(tl_conf *conf);
conf_ref *conf_ref_hold(conf_ref *c);
void conf_ref_drop(conf_ref *c); /* the last frees it */

/* How many of its drops and other losses somebody has been told of, and when. */
typedef struct outlet_told {
	uint64_t dropped, given_up, rejected;
	int64_t at_ns; /* monotonic */
} outlet_told;

typedef struct outlet {
	_Atomic uint32_t holders; /* snapshots, and the list of all */
	feeder *feeder;
	conf_ref *held;             /* that |conf| belongs to */
	const tl_conf_output *conf; /* as it was started with */
	bool stopping;
	/* NULL, or one of its name whose place it is to take. */
	struct outlet *before;
	bool told_of; /* the one of its name whose counters are told */
	outlet_told told, told_itself;
	bool told_failing; /* in the log */
} outlet;

/* All outlets that run; of the main thread. Zero-initialise, and set |place|. */
typedef struct outlets {
	output_place place;
	outlet **at;
	size_t count;
} outlets;

/* Starts the output |conf| of |held| and lists it. NULL: |problem| says why not. If there
 * is one of its name it delivers nothing before outlet_follow(). */
outlet *outlets_start(outlets *all, conf_ref *held, const tl_conf_output *conf,
    char problem[OUTPUT_PROBLEM_MAX]);

/* The running outlet that is configured as |conf| is; NULL if there is none. */
outlet *outlets_find(const outlets *all, const tl_conf_output *conf);

/* Takes the place of the one of its name, if there is: has what waits there, and its
 * counters. The main thread, before the next outlets_reap(). */
void outlet_follow(outlet *o);

outlet *outlet_hold(outlet *o);
void outlet_drop(outlet *o);

/* Ends those that only the list holds, within |patience_ns|, and frees those that have
 * ended. Does not wait. */
void outlets_reap(outlets *all, int64_t now_ns, int64_t patience_ns);

/* Ends all, waiting until |end_ns| at most for them to deliver. */
void outlets_stop(outlets *all, int64_t end_ns);

/* Frees all, which have been stopped. */
void outlets_free(outlets *all);

#endif
