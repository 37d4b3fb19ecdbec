/* daemon/intake.h: a thread that receives: sockets, an engine and a worker of its own. */
#ifndef DAEMON_INTAKE_H
#define DAEMON_INTAKE_H

#include "daemon/desk.h"
#include "daemon/log.h"
#include "daemon/top.h"
#include "daemon/worker.h"
#include "receiver/rx_group.h"

/* What an intake has counted, as of the end of a batch: it always adds up. */
typedef struct intake_counters {
	tl_counters engine;
	uint64_t suppressed[SUPPRESSION_COUNT];
	uint64_t lost, unsent;
} intake_counters;

/* What a reload changes of an intake; prepared by the main thread, taken over between two
 * batches. */
typedef struct intake_change {
	tl_engine *users;     /* to be taken over by the engine; NULL: as they are */
	tl_rx *add;           /* sockets to receive from, too; NULL: none */
	const unsigned *keep; /* tags of the sockets that stay */
	size_t keep_count;
	bool refused; /* refusals are events */
	tl_err err;   /* set: something that could not be taken over */
} intake_change;

typedef struct intake {
	pthread_t thread;
	bool started;
	unsigned number;
	int wake; /* an eventfd */
	atomic_bool stop;
	_Atomic(intake_change *) change;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	bool ended;
	intake_counters counters;
	top top; /* who sends most */
	/* of the thread alone, once it is started */
	worker w;
	desk desk;
	notes notes;
	daemon_log *log;
} intake;

typedef struct intake_options {
	unsigned number;
	tl_rx *rx;         /* taken over */
	tl_engine *engine; /* taken over */
	judging *judging;
	clocks *clocks;
	daemon_log *log;
	uint64_t seed; /* random */
	bool refused;
} intake_options;

/* Prepares an intake. Errors: TL_ENOMEM, TL_EIO; |opt|'s are the caller's then. */
TL_CHECK tl_err intake_init(intake *i, const intake_options *opt);
TL_CHECK tl_err intake_start(intake *i);

/* Lets the thread take |change| over, and waits until it has; what |change| does not need
 * any more is the caller's to free. */
void intake_apply(intake *i, intake_change *change);

/* Ends its wait, so that it looks around. Any thread. */
void intake_wake(intake *i);

/* Asks the thread to read what has arrived and end; does not wait. */
void intake_stop(intake *i);

/* Waits for its end, and frees what it has; also one that never started. */
void intake_fini(intake *i);

/* The counters at the end of the last batch. Any thread. */
intake_counters intake_count(intake *i);

/* Adds those who send most here to |out|, as top_merge() does. Any thread. */
size_t intake_top(intake *i, top_entry *out, size_t have, size_t max);

/* Whether the thread has ended by itself, which is a failure; |*err| says why. */
bool intake_has_failed(intake *i, tl_err *err);

#endif
