/* pipeline/stage.h: what the parts of the pipeline have in common. Each is a state of its
 * own, told the time, without I/O, used by one thread at a time. */
#ifndef PIPELINE_STAGE_H
#define PIPELINE_STAGE_H

#include "pipeline/event.h"

/* Events of our own ("4,213 suppressed in 10 s from ...") go here. |own| is borrowed for
 * the call. */
typedef struct emitter {
	void (*emit)(void *context, const tl_own_event *own);
	void *context;
	int64_t realtime_ns; /* the time now, for the events */
} emitter;

/* One step of the pipeline. */
typedef struct stage {
	const char *name;
	/* Looks at |ev| and adds to it, or sets ev->suppressed: then it goes no further.
	 */
	void (*judge)(void *self, event *ev);
	/* The same once more, because a rule has made another device of it: what was
	 * added for the one before goes. May be NULL. */
	void (*again)(void *self, event *ev);
	/* Ends windows that are over at |now_ns|; called about once a second. May be
	 * NULL. */
	void (*tick)(void *self, int64_t now_ns, const emitter *to);
	void *self;
} stage;

#endif
