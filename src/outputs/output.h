/* outputs/output.h: what every output is to the daemon: a type with five functions, and
 * around each a queue, a thread, batches, retries and counters (feeder.c). */
#ifndef OUTPUTS_OUTPUT_H
#define OUTPUTS_OUTPUT_H

#include "conf/conf.h"
#include "pipeline/parcel.h"

enum { OUTPUT_PROBLEM_MAX = 256 }; /* bytes, with the NUL */

/* What became of a batch. */
typedef enum delivery {
	DELIVERED = 0, /* all of it, but for what was |refused| */
	DELIVER_AGAIN, /* from |done| on: later, the same again (a dead peer, 429, 503) */
	DELIVER_NEVER  /* the one at |done| is refused for good (400): drop it, count it,
			  go  on behind it */
} delivery;

typedef struct batch {
	parcel *const *items; /* held by the caller */
	size_t count;
	size_t done;     /* set: how many of them are at their end */
	size_t refused;  /* set: how many of those the peer refused for good */
	int64_t wait_ns; /* set with DELIVER_AGAIN: the peer asked for so long; 0: own
			    choice */
	char problem[OUTPUT_PROBLEM_MAX]; /* set: one line, for `trapline status` and the
					     log; told also where all is delivered */
	bool cut; /* set with DELIVER_AGAIN: some of a line is out already. Given: so it
		     was left, by another of the output's name */
	const _Atomic int64_t *end_ns; /* see batch_time_left_ns() */
	struct feeder *from;           /* see batch_more() */
} batch;

/* Takes what waits in the queue into the batch as well, behind what is in it, as far as
 * there is room; does not wait. Returns how many. */
size_t batch_more(batch *b);

/* How long deliver() may still take, in nanoseconds from |now_ns|, which is monotonic:
 * INT64_MAX until the output is told to stop, which may happen at any time: who waits
 * looks here once in BATCH_LOOK_MS. 0: it must return now. */
enum { BATCH_LOOK_MS = 100 };
int64_t batch_time_left_ns(const batch *b, int64_t now_ns);

/* What comes of an event that could not be written, and why: short memory is no fault of
 * its, and may be over later. */
delivery batch_unwritten(batch *b, tl_err err);
enum { OUTPUT_PEERS_MAX = 64 };

/* What an output that has several peers knows of one of them. */
typedef struct output_peer {
	const char *name; /* lives as long as the output's configuration */
	bool up;          /* its last delivery went well, or there was none yet */
	uint64_t delivered;
	uint64_t rejected; /* it refused them for good, or they cannot be sent there */
	uint64_t given_up; /* others have them */
	uint64_t loops;    /* not sent back to where they had come from */
	uint64_t cut;      /* varbinds left out that its version has no type for */
} output_peer;

struct helper;      /* outputs/helper.h */
struct own_sockets; /* outputs/own_sockets.h */

/* Where an output finds itself. */
typedef struct output_place {
	const char *state;     /* the state folder: relative paths begin there; NULL: the
				  working folder */
	struct helper *helper; /* starts programs; NULL: there is none */
	struct own_sockets *own; /* where we receive ourselves; NULL: nowhere */
} output_place;

/* A type of output. All functions run on the output's own thread but for open. */
typedef struct output_type {
	const char *name;   /* as in `type:` */
	uint32_t batch_max; /* events in one delivery; 0: as the configuration says */
	bool notifications_only; /* events of our own are not for it */
	/* Makes one; |problem| says why not. Does not wait for a peer. |conf| and |place|
	 * outlive it. */
	tl_err (*open)(const tl_conf_output *conf, const output_place *place, void **self,
	    char problem[OUTPUT_PROBLEM_MAX]);
	/* Delivers; may wait, at most about |conf|'s timeout. */
	delivery (*deliver)(void *self, batch *b);
	/* Of a batch that is not done, and another output is to have: what has become of
	 * |p|, the |left|th from its end, 1 being the last: DELIVERED, DELIVER_NEVER; or
	 * DELIVER_AGAIN: nobody has it. NULL: nobody has any. */
	delivery (*known)(const void *self, size_t left, const parcel *p);
	/* Fills |out|, which has room for OUTPUT_PEERS_MAX, and returns how many; called
	 * before the first and after each delivery. NULL: it has one peer, or none. */
	size_t (*peers)(const void *self, output_peer *out);
	void (*reopen)(void *self);               /* SIGHUP; may be NULL */
	void (*idle)(void *self, int64_t now_ns); /* about once a second; may be NULL */
	void (*close)(void *self);
} output_type;

/* The type that |conf| is of. */
const output_type *output_type_of(const tl_conf_output *conf);

#endif
