/* outputs/output.h: what every output is to the daemon: a type with five functions, and
 * around each a queue, a thread, batches, retries and counters (feeder.c). */
#ifndef OUTPUTS_OUTPUT_H
#define OUTPUTS_OUTPUT_H

#include "conf/conf.h"
#include "pipeline/parcel.h"

/* What became of a batch. */
typedef enum delivery {
	DELIVERED = 0, /* all of it */
	DELIVER_AGAIN, /* from |done| on: later, the same again (a dead peer, 429, 503) */
	DELIVER_NEVER  /* the one at |done| is refused for good (400): drop it, count it,
			  go  on behind it */
} delivery;

typedef struct batch {
	parcel *const *items; /* held by the caller */
	size_t count;
	size_t done;       /* set: how many of them are delivered */
	int64_t wait_ns;   /* set with DELIVER_AGAIN: the peer asked for so long; 0: own
			      choice */
	char problem[256]; /* set: one line, for `trapline status` and the log */
} batch;

/* A type of output. All functions run on the output's own thread but for open. */
typedef struct output_type {
	const char *name; /* as in `type:` */
	/* Makes one; |problem| says why not. Does not wait for a peer. */
	tl_err (*open)(const tl_conf_output *conf, void **self, char problem[256]);
	/* Delivers; may wait, at most about |conf|'s timeout. */
	delivery (*deliver)(void *self, batch *b);
	void (*reopen)(void *self);               /* SIGHUP; may be NULL */
	void (*idle)(void *self, int64_t now_ns); /* about once a second; may be NULL */
	void (*close)(void *self);
} output_type;

/* All types, closed by one without a name. */
extern const output_type *const output_types[];

#endif
