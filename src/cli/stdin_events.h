/* cli/stdin_events.h: events that `trapline listen -f json` printed, to be sent again. */
#ifndef CLI_STDIN_EVENTS_H
#define CLI_STDIN_EVENTS_H

#include "trapline/sender.h"

enum { EVENT_VARBINDS_MAX = 2048 }; /* as many as a receiver takes by default */

typedef struct event_reader {
	tl_arena *arena;     /* what is read borrows from it */
	bool is_other;       /* the last one is no notification: a refusal, a loss */
	const char *problem; /* why the last one cannot be sent; static */
	size_t column;       /* where, from 1 */
} event_reader;

/* Reads an event, one line. Returns whether there is something to send in |out|, which
 * borrows from |line| and the arena; its kind and version are those of the event, |out|'s
 * kind being for the caller to overrule. */
bool event_read(event_reader *r, tl_span line, tl_outgoing *out);

#endif
