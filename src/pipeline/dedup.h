/* pipeline/dedup.h: of equal notifications in a window the first is delivered at once,
 * the repeats are counted, and one event sums them up. */
#ifndef PIPELINE_DEDUP_H
#define PIPELINE_DEDUP_H

#include "base/vec.h"
#include "pipeline/stage.h"

typedef struct dedup dedup;

/* Borrows |conf| and |mib|. |seed| is random and secret. NULL without memory. */
dedup *dedup_new(const tl_conf *conf, const tl_mib *mib, uint64_t seed);
void dedup_free(dedup *d); /* NULL is fine */

/* Takes over what |from| remembers, a stage made of an older configuration, which is left
 * empty. If the key is another now, what is remembered only waits to be summed up. Cannot
 * fail. */
void dedup_take(dedup *d, dedup *from);

/* Suppresses |ev| as REPEATED if one of its key passed within the window before, unless
 * it has changed an alarm's state, or is more severe: that passes, and begins a window of
 * its own. */
void dedup_judge(dedup *d, event *ev);

/* |ev| passed and could not be made safe: its sender's next try passes, too. */
void dedup_forget(dedup *d, const event *ev);

/* Sums up windows that are over and had repeats: at most DEDUP_TOLD, the others next
 * time. */
enum { DEDUP_TOLD = 1000 };
void dedup_tick(dedup *d, int64_t now_ns, const emitter *to);

/* The state as bytes in |out|, a vector of bytes that the caller seals (saved_seal()) and
 * frees, and back, into a stage that remembers nothing yet. |epoch_ns| is the realtime at
 * which the monotonic clock is 0. Errors: TL_ENOMEM; TL_EFORMAT: damaged, or of another
 * version: nothing is remembered then. */
TL_CHECK tl_err dedup_save(const dedup *d, int64_t epoch_ns, tl_vec *out);
TL_CHECK tl_err dedup_load(dedup *d, int64_t epoch_ns, tl_span bytes);

#endif
