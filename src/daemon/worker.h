/* daemon/worker.h: the way of a packet. */
#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H

#include "daemon/notes.h"
#include "daemon/printer.h"
#include "daemon/unresolved.h"
#include "receiver/pcap.h"
#include "receiver/rx.h"
#include "sys/state.h"

typedef struct worker {
	tl_rx *rx;
	tl_engine *engine;
	tl_arena *arena;
	printer *out;
	notes *notes;            /* what a person is told on stderr */
	unresolved *unresolved;  /* counts what has no name; NULL: nothing does */
	tl_pcap_writer *capture; /* NULL: none */
	tl_state *state;         /* where clocks are kept */
	bool print_refusals;
	uint64_t left; /* notifications until it stops; UINT64_MAX: no end */
	uint64_t lost; /* by the kernel, as told so far */
	bool stop;     /* set when there is no going on; |err| says why */
	tl_err err;
	bool state_failed, capture_failed; /* and it has been said */
	tl_batch batch;
	const tl_notification *inform[TL_RX_BATCH]; /* those that wait for an answer */
} worker;

/* Receives one batch, waiting up to |timeout_ms| for it, and brings each of its datagrams
 * to its end. */
void worker_step(worker *w, int timeout_ms);

/* What is left to say when nothing more is received: the last losses. */
void worker_finish(worker *w);

#endif
