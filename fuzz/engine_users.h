/* fuzz/engine_users.h: an engine with users of each protocol, made once: keys take time.
 */
#ifndef FUZZ_ENGINE_USERS_H
#define FUZZ_ENGINE_USERS_H

#include "trapline/render.h"

typedef struct bench {
	tl_engine *engine;
	tl_arena *arena;
	tl_mib *mib;
	tl_renderer *renderer[TL_FORMAT_KV + 1];
	tl_buf out;
} bench;

/* Aborts if something cannot be made. */
bench *bench_get(void);

#endif
