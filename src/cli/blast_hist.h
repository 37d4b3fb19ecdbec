/* cli/blast_hist.h: latencies, counted in classes: a fixed amount of memory however many
 * there are. */
#ifndef CLI_BLAST_HIST_H
#define CLI_BLAST_HIST_H

#include "trapline/base.h"

enum {
	BLAST_HIST_BITS = 7, /* classes to a power of two: 128, so 0.8 % wide */
	BLAST_HIST_CLASSES = (64 - BLAST_HIST_BITS + 1) << BLAST_HIST_BITS
};

typedef struct blast_hist { /* zero-initialise */
	uint64_t of[BLAST_HIST_CLASSES];
	uint64_t count;
	uint64_t max_ns;
} blast_hist;

/* Counts |ns|; a negative one as 0. */
void blast_hist_add(blast_hist *h, int64_t ns);

/* The least value that |share| (0 to 1) of all do not exceed, within the class's width
 * and never above max_ns; 0 when there are none. */
uint64_t blast_hist_at(const blast_hist *h, double share);

#endif
