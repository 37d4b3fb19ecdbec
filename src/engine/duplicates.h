/* engine/duplicates.h: which informs are here already. A sender that misses our answer
 * sends again; in v3 with a new msgID, time and digest, so the PDU is what is compared,
 * together with where it came from and for whom. */
#ifndef TL_ENGINE_DUPLICATES_H
#define TL_ENGINE_DUPLICATES_H

#include "trapline/engine.h"

/* How long a repeat is taken for one: RFC 3414's time window. */
#define TL_DUPLICATE_WINDOW_S 150

typedef struct tl_seen {
	uint64_t key;  /* 0: free */
	int64_t at_ns; /* monotonic; when it first came */
	bool acknowledged;
} tl_seen;

/* A table of sets of four, in which a new one takes the place of the oldest. */
typedef struct tl_duplicates {
	tl_seen *seen;
	size_t mask; /* sets - 1 */
	uint64_t seed;
} tl_duplicates;

/* Room for |max| informs, rounded up to a power of two. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_duplicates_init(tl_duplicates *d, uint32_t max, uint64_t seed);
void tl_duplicates_fini(tl_duplicates *d);

/* The entry of |inform|, seen in the window before |now_ns|; NULL if there is none. */
tl_seen *tl_duplicates_find(
    const tl_duplicates *d, const tl_notification *inform, int64_t now_ns);

/* Notes that |inform| came at |now_ns|; returns its entry. */
tl_seen *tl_duplicates_add(
    tl_duplicates *d, const tl_notification *inform, int64_t now_ns);

#endif
