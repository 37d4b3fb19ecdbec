/* pipeline/window.h: how many in the last so much time, in eighths of it: what is counted
 * lies in the window and is at most an eighth of it short. */
#ifndef PIPELINE_WINDOW_H
#define PIPELINE_WINDOW_H

#include <stdint.h>
#include <string.h>

enum { WINDOW_SLOTS = 8 };

typedef struct window { /* zero-initialise */
	int64_t slot;   /* the number of the newest eighth */
	uint32_t sum;
	uint32_t counts[WINDOW_SLOTS];
} window;

static inline uint32_t *
window_count(window *w, int64_t slot)
{
	return &w->counts[(uint64_t)slot % WINDOW_SLOTS];
}

/* Forgets what has left the window of |window_ns| at |now_ns|; returns how many are in
 * it. It never moves back: what was received before the clock was looked at last, and
 * comes later, counts as of then. A window of another length than before, or of a time
 * that has not come, begins anew. */
static inline uint32_t
window_move(window *w, int64_t now_ns, int64_t window_ns)
{
	int64_t slot = now_ns / (window_ns / WINDOW_SLOTS);

	if (slot <= w->slot && w->slot - slot < WINDOW_SLOTS)
		return w->sum;
	if (slot < w->slot || slot - w->slot >= WINDOW_SLOTS) {
		memset(w, 0, sizeof *w);
		w->slot = slot;
		return 0;
	}
	while (w->slot < slot) {
		uint32_t *count = window_count(w, ++w->slot);
		w->sum -= *count;
		*count = 0;
	}
	return w->sum;
}

/* Counts one more, after window_move(). */
static inline void
window_add(window *w)
{
	if (w->sum == UINT32_MAX)
		return;
	w->sum++;
	(*window_count(w, w->slot))++;
}

#endif
