/* daemon/worker.h: the way of a packet. */
#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H

#include "daemon/clocks.h"
#include "daemon/notes.h"
#include "daemon/sink.h"
#include "daemon/unresolved.h"
#include "receiver/pcap.h"
#include "receiver/rx.h"

typedef struct worker {
	tl_rx *rx;
	tl_engine *engine;
	tl_arena *arena;
	sink out;                /* where events go */
	bool keeps;              /* something was put there that is not safe yet */
	notes *notes;            /* what a person is told on stderr */
	unresolved *unresolved;  /* counts what has no name; NULL: nothing does */
	tl_pcap_writer *capture; /* NULL: none */
	clocks *clocks;          /* where those of senders are kept */
	unsigned thread;         /* its number among those who share the clocks */
	bool print_refusals;     /* they are events, too */
	uint64_t left;           /* notifications until it stops; UINT64_MAX: no end */
	uint64_t lost; /* by the kernel, as told so far, and for want of memory */
	bool stop;     /* set when there is no going on; |err| says why */
	tl_err err;
	bool state_failed, capture_failed, memory_failed; /* and it has been said */
	tl_batch batch;
	const tl_notification *inform[TL_RX_BATCH]; /* those that wait for an answer */
} worker;

/* Receives one batch, waiting up to |timeout_ms| for it, and brings each of its datagrams
 * to its end. */
void worker_step(worker *w, int timeout_ms);

/* What is left to say when nothing more is received: the last losses. */
void worker_finish(worker *w);

#endif
