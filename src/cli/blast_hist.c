/* cli/blast_hist.c: a histogram with classes that grow with the value: below 2^7 one
 * each, above 2^7 to a power of two. `trapline blast` keeps the latencies of informs in
 * it. */
#include "cli/blast_hist.h"

static unsigned
class_of(uint64_t ns)
{
	const uint64_t ones = UINT64_C(1) << BLAST_HIST_BITS;

	if (ns < ones)
		return (unsigned)ns;
	unsigned shift = 63u - (unsigned)__builtin_clzll(ns) - BLAST_HIST_BITS;
	return ((shift + 1) << BLAST_HIST_BITS) + (unsigned)((ns >> shift) - ones);
}

/* The largest value of a class. */
static uint64_t
top_of(unsigned class)
{
	const uint64_t ones = UINT64_C(1) << BLAST_HIST_BITS;

	if (class < ones)
		return class;
	unsigned shift = (class >> BLAST_HIST_BITS) - 1;
	uint64_t within = class & (ones - 1);
	return ((ones + within + 1) << shift) - 1;
}

void
blast_hist_add(blast_hist *h, int64_t ns)
{
	uint64_t value = ns > 0 ? (uint64_t)ns : 0;

	h->of[class_of(value)]++;
	h->count++;
	if (value > h->max_ns)
		h->max_ns = value;
}

uint64_t
blast_hist_at(const blast_hist *h, double share)
{
	uint64_t seen = 0;
	double wanted = share * (double)h->count;

	for (unsigned i = 0; i < BLAST_HIST_CLASSES; i++) {
		seen += h->of[i];
		if (seen > 0 && (double)seen >= wanted)
			return top_of(i) < h->max_ns ? top_of(i) : h->max_ns;
	}
	return h->max_ns;
}
