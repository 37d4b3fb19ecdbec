/* pipeline/limits.h: who is not heard at all, and how much of the others: block lists and
 * a token bucket for each device. */
#ifndef PIPELINE_LIMITS_H
#define PIPELINE_LIMITS_H

#include "pipeline/stage.h"

typedef struct limits limits;

/* Borrows |conf| and |mib|. |seed| is random and secret. NULL without memory. */
limits *limits_new(const tl_conf *conf, const tl_mib *mib, uint64_t seed);
void limits_free(limits *l); /* NULL is fine */

/* Takes over the buckets of |from|, a stage made of an older configuration, which is left
 * empty. Cannot fail. */
void limits_take(limits *l, limits *from);

enum { LIMITS_LINE_NS = 1000000000 };

/* Suppresses |ev| as BLOCKED or RATE. A device is remembered while it is among the
 * |limits.sources| last heard, to within LIMITS_LINE_NS; one that is new may send a whole
 * burst. */
void limits_judge(limits *l, event *ev);

enum { LIMITS_TOLD = 20 }; /* devices named in one tick, those with most first */

/* Every |limits.summary|, for each reason: how much was suppressed of which device, and
 * of all others. */
void limits_tick(limits *l, int64_t now_ns, const emitter *to);

/* The same at once: nothing of it outlasts the process. */
void limits_end(limits *l, int64_t now_ns, const emitter *to);

#endif
