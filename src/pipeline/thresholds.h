/* pipeline/thresholds.h: limits for certain notifications, each counted by device and
 * trap, with rearm. */
#ifndef PIPELINE_THRESHOLDS_H
#define PIPELINE_THRESHOLDS_H

#include "pipeline/stage.h"

typedef struct thresholds thresholds;

/* Borrows |conf| and |mib|. |seed| is random and secret. NULL without memory. */
thresholds *thresholds_new(const tl_conf *conf, const tl_mib *mib, uint64_t seed);
void thresholds_free(thresholds *t); /* NULL is fine */

/* Takes over the counts of |from|, a stage made of an older configuration, by the names
 * of the thresholds; |from| is left empty. Cannot fail. */
void thresholds_take(thresholds *t, thresholds *from);

/* Suppresses |ev| as THRESHOLD where more than |count| came in the window, until
 * |rearm| or fewer are in it; those that are suppressed count, too. Windows are seen in
 * eighths. As many devices and traps are counted as |limits.sources|; the least recently
 * heard go. */
void thresholds_judge(thresholds *t, event *ev);

/* Tells what began and ended; at most THRESHOLDS_TOLD of them, the others next time. */
enum { THRESHOLDS_TOLD = 1000 };
void thresholds_tick(thresholds *t, int64_t now_ns, const emitter *to);

/* Ends all that act, and tells: nothing of it outlasts the process. */
void thresholds_end(thresholds *t, int64_t now_ns, const emitter *to);

#endif
