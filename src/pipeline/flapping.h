/* pipeline/flapping.h: alarms that come and go again and again, summed up. */
#ifndef PIPELINE_FLAPPING_H
#define PIPELINE_FLAPPING_H

#include "base/vec.h"
#include "pipeline/stage.h"

typedef struct flapping flapping;

/* Borrows |conf|. |seed| is random and secret. NULL without memory. */
flapping *flapping_new(const tl_conf *conf, uint64_t seed);
void flapping_free(flapping *f); /* NULL is fine */

/* Takes over what |from| remembers, a stage made of an older configuration, which is left
 * empty. With another window the counts begin anew. Cannot fail. */
void flapping_take(flapping *f, flapping *from);

/* Counts changes between raised and cleared of the alarm that |ev| is, as ev->j says.
 * From |changes| of them in the window on all its notifications are suppressed as
 * FLAPPING, until |settled| or fewer are in it. Windows are seen in eighths. */
void flapping_judge(flapping *f, event *ev);

/* Tells what began and ended, the state at the end with it; at most FLAPPING_TOLD of
 * them, the others next time. */
enum { FLAPPING_TOLD = 1000 };
void flapping_tick(flapping *f, int64_t now_ns, const emitter *to);

/* As dedup_save() and dedup_load(). */
TL_CHECK tl_err flapping_save(const flapping *f, int64_t epoch_ns, tl_vec *out);
TL_CHECK tl_err flapping_load(flapping *f, int64_t epoch_ns, tl_span bytes);

#endif
