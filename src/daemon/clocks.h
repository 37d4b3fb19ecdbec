/* daemon/clocks.h: the clocks of senders, between the engines of the threads and the
 * state folder: what one engine learns is kept, and told to the others, so that what was
 * sent once is not taken a second time by another thread. */
#ifndef DAEMON_CLOCKS_H
#define DAEMON_CLOCKS_H

#include "sys/state.h"

enum { CLOCKS_TOLD_MAX = 1000000 }; /* that wait for other threads */

typedef struct clocks clocks;

/* For |threads| engines; borrows |state|. NULL without memory. */
clocks *clocks_new(tl_state *state, unsigned threads);
void clocks_free(clocks *c); /* NULL is fine */

/* Keeps what |e|, the engine of |thread|, has learned. Any thread, its own |e|.
 * Errors: TL_EIO: it is tried again with the next; TL_ENOMEM. */
TL_CHECK tl_err clocks_keep(clocks *c, tl_engine *e, unsigned thread);

/* Tells |e| what the others have learned; costs nothing when that is nothing. */
void clocks_learn(clocks *c, tl_engine *e, unsigned thread);

/* Whether some thread should be woken to learn: many clocks wait for it. Any thread. */
bool clocks_wait(clocks *c);

#endif
