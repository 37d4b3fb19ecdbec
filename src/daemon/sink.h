/* daemon/sink.h: where the worker hands on what it has read: `listen` prints it, `run`
 * judges it and gives it to its outputs. */
#ifndef DAEMON_SINK_H
#define DAEMON_SINK_H

#include "trapline/render.h"

/* One event: a notification that came in |in|; a refusal of |in|, with a hint; or a loss.
 * Borrowed: a notification until the batch ends, the others for the call. */
typedef struct sink_event {
	const tl_notification *n;
	const tl_datagram *in;
	const tl_refusal *refusal;
	tl_span hint;
	const tl_loss *loss;
} sink_event;

typedef struct sink {
	void *self;
	/* Takes an event, to be safe after the next flush. What it returns beside TL_OK
	 * ends the worker. */
	tl_err (*put)(void *self, const sink_event *event);
	/* Makes safe what was put. Errors: none of it is, and there is no going on. */
	tl_err (*flush)(void *self);
	/* Whether enough was put that it should be flushed although more is coming; NULL:
	 * after every batch. */
	bool (*is_full)(const void *self);
	/* Whether |inform|, which was put before the last flush, is safe; NULL: all are.
	 */
	bool (*is_safe)(const void *self, const tl_notification *inform);
} sink;

#endif
