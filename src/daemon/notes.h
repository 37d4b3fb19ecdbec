/* daemon/notes.h: telling a person on stderr that datagrams are refused, without letting
 * the senders write our log: one line for a reason, then at most one in ten seconds. */
#ifndef DAEMON_NOTES_H
#define DAEMON_NOTES_H

#include "trapline/engine.h"

typedef struct notes {
	int fd;
	/* Takes a line, without its end, in place of fd; NULL: nothing does. */
	void (*tell)(void *context, const char *line);
	void *context;
	int64_t next_ns[TL_ERR_COUNT]; /* monotonic: no line of this reason before */
	uint64_t untold[TL_ERR_COUNT]; /* refusals since the last line */
} notes;

/* Whether a line about |r| is due; counts it if not. */
bool notes_wants(notes *n, const tl_refusal *r, int64_t now_ns);

/* Writes the line: reason, source, place and |hint|, which is one line of printable
 * characters; no text of a peer's gets in.
 */
void notes_refusal(notes *n, const tl_datagram *in, const tl_refusal *r, tl_span hint);

/* Writes that something of ours failed: |what|, and why. */
void notes_trouble(notes *n, tl_err err, const char *what);

#endif
