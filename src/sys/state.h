/* sys/state.h: what an SNMP engine must not forget: its ID, its engineBoots, and the
 * clocks of those that it has heard. One folder, three files:
 *
 *   engine  text, replaced atomically at each open
 *   clocks  64-byte records, each with its own checksum, appended as they are learned and
 *           rewritten with one record an engine at open, at close and when it has grown
 *   lock    held while a state is open: a folder has one user at a time
 *
 * Killed at any moment, the next open finds all that tl_state_flush() has handed to the
 * kernel. Not thread-safe. */
#ifndef TL_SYS_STATE_H
#define TL_SYS_STATE_H

#include "trapline/engine.h"

typedef struct tl_state tl_state;

enum {
	/* Clocks kept: as many as an engine remembers by default. Those learned last
	   stay. */
	TL_STATE_CLOCKS_MAX = 1000000,
};

typedef struct tl_state_now {
	int64_t realtime_ns, monotonic_ns;
} tl_state_now;

/* Opens the state in |dir|, made with mode 0700 if missing, and counts engineBoots up.
 * |wanted_id| (5 to 32 bytes) becomes the engine ID; empty: the one kept, else a new one.
 * engineBoots go on when the ID changes, so that no ID ever sees them go back. With |dir|
 * NULL nothing is kept. |now| is when the clocks are to hold that tl_state_next_clock()
 * gives.
 * Errors: TL_EINVAL (the ID), TL_EIO (errno; EBUSY: another one has it open), TL_EFORMAT
 * (the file "engine" is damaged), TL_ELIMIT (engineBoots of |wanted_id| are used up),
 * TL_ENOMEM. */
TL_CHECK tl_err tl_state_open(
    const char *dir, tl_span wanted_id, tl_state_now now, tl_state **out);

/* Our engine ID; valid while the state is open. */
tl_span tl_state_engine_id(const tl_state *s);

/* Our engineBoots, 1 to 2^31-1. */
uint32_t tl_state_boots(const tl_state *s);

/* The next of the clocks kept, moved on by the time that passed since; false at the end.
 * Read them before the first tl_state_put_clock(). */
bool tl_state_next_clock(tl_state *s, tl_clock *out);

/* Damaged records skipped at open. */
uint64_t tl_state_damaged(const tl_state *s);

/* Keeps |clock|, which holds at |realtime_ns|. It is safe after tl_state_flush().
 * Errors: TL_EIO: it, or one before it, could not be written; TL_ENOMEM. */
TL_CHECK tl_err tl_state_put_clock(
    tl_state *s, const tl_clock *clock, int64_t realtime_ns);

/* Hands what was put to the kernel; costs nothing when nothing was. Errors: TL_EIO; what
 * was put stays and is tried again. */
TL_CHECK tl_err tl_state_flush(tl_state *s);

/* Flushes, compacts and closes; NULL is fine. Errors: TL_EIO: not all is safe. */
tl_err tl_state_close(tl_state *s);

#endif
