/* cli/blast.h: a run of `trapline blast`: what its parts share. */
#ifndef CLI_BLAST_H
#define CLI_BLAST_H

#include <sys/socket.h>

#include "cli/blast_hist.h"
#include "cli/blast_messages.h"
#include "cli/blast_options.h"
#include "cli/blast_target.h"
#include "daemon/signals.h"

/* What happened. Informs: notifications = acknowledged + lost + the sum of failed + open.
 */
typedef struct blast_tally {
	uint64_t sent, bytes; /* datagrams handed to the kernel */
	uint64_t by_version[4];
	uint64_t malformed;   /* of those sent */
	uint64_t unsent;      /* datagrams that the kernel did not take */
	int unsent_errno;     /* why, the last time */
	uint64_t unreachable; /* times that the target's host said nobody listens */
	uint64_t skipped;     /* replay: frames that hold no datagram to send */
	uint64_t notifications, acknowledged;
	uint64_t lost;                 /* never answered */
	uint64_t open;                 /* had no answer yet when the run was ended */
	uint64_t failed[TL_ERR_COUNT]; /* answered with no */
	uint64_t repeats, probes;      /* of those sent: again, engine discovery */
	blast_hist latencies;
} blast_tally;

/* Datagrams that leave one socket in one system call. */
typedef struct blast_batch {
	unsigned n;
	uint32_t source;
	struct mmsghdr msg[BLAST_BATCH];
	struct iovec iov[BLAST_BATCH];
	uint8_t version[BLAST_BATCH]; /* 0: not known */
	bool malformed[BLAST_BATCH];
} blast_batch;

typedef struct blast {
	blast_options o;
	signals signals;
	blast_target target;
	blast_messages messages;
	blast_batch batch;
	blast_tally tally;
	int64_t start_ns, end_ns; /* monotonic; end_ns: when it is to end, INT64_MAX: by
				     itself */
	int64_t pace_ns;          /* when the first datagram of the pace was due */
	uint64_t paced;           /* datagrams since */
	int64_t progress_ns;      /* next progress line; INT64_MAX: none */
	uint64_t progress_sent;   /* at the last one */
	bool progress_shown;
	tl_err err; /* what ended it before its time */
	int64_t finished_ns;
} blast;

/* The runs; what goes wrong is in |b|->err. */
void blast_traps(blast *b);
void blast_informs(blast *b);
void blast_replay(blast *b);

/* blast_batch.c: adds a datagram, whose bytes stay where they are until it is sent; sends
 * what is collected first when it is of another source or there is no room. */
void blast_add(blast *b, uint32_t source, tl_span bytes);
void blast_flush(blast *b);

/* blast_wait.c: whether it is over at |now_ns|: a signal, or the time. Takes signals and
 * shows progress, so it is called about once a batch. */
bool blast_over(blast *b, int64_t now_ns);

/* How many of |most| datagrams may go at |now_ns|, by the rate; they count as gone. */
unsigned blast_pace(blast *b, unsigned most, int64_t now_ns);

/* When the next one may go. */
int64_t blast_pace_next_ns(const blast *b);

/* Sleeps until |until_ns|, until |fd| is readable (-1: none), or a signal. */
void blast_sleep(blast *b, int64_t until_ns, int fd);

/* Sleeps until |fd| (-1: none) takes more to send, a millisecond at most. */
void blast_sleep_full(blast *b, int fd);

#endif
