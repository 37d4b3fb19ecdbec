/* daemon/tally.h: the counters of all threads and outputs, summed up. What is shown adds
 * up at any time: received = delivered + duplicate + suppressed + refused. */
#ifndef DAEMON_TALLY_H
#define DAEMON_TALLY_H

#include "daemon/intake.h"

typedef struct tally {
	tl_counters engine;
	uint64_t suppressed[SUPPRESSION_COUNT];
	uint64_t all_suppressed;
	uint64_t delivered; /* notifications that were not suppressed */
	uint64_t lost, unsent;
} tally;

/* Sums up the |count| intakes at |at|. Any thread. */
tally tally_take(intake *at, unsigned count);

/* Puts the counters as one JSON object, as `trapline listen` prints them, with
 * "suppressed_by", "outputs" and what has no name. Returns memory to be freed, with a NUL
 * and without a newline behind it; NULL when memory is short. */
char *tally_json(const tally *t, judging *j, size_t *len);

#endif
