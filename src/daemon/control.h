/* daemon/control.h: the socket of `trapline status`, `reload`, `alarms` and `stop`: a
 * unix stream socket for our own user. A request is a line, "status", and so is its
 * answer, in JSON; docs/running.md. Of the main thread, which it never holds up. */
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include <poll.h>

#include "daemon/page.h"

enum {
	CONTROL_CLIENTS_MAX = 16,
	CONTROL_LINE_MAX = 1024, /* bytes of a request */
	CONTROL_FDS_MAX = CONTROL_CLIENTS_MAX + 1
};

/* Answers the request |line| with a line in |answer|, without its end; returns 0. Or
 * returns a number: control_tell() will give the answer to it. */
typedef uint64_t control_answer(void *context, const char *line, page *answer);

typedef struct control control;

/* Opens the socket at |path|, for our user alone; one that nobody listens at any more is
 * replaced. Errors: TL_EIO (errno; EADDRINUSE: somebody listens there), TL_ENOMEM,
 * TL_EINVAL (a path too long for a socket). */
TL_CHECK tl_err control_open(const char *path, control **out);
void control_close(control *c); /* NULL is fine */

/* What to wait for: up to CONTROL_FDS_MAX; returns how many. */
size_t control_poll(control *c, struct pollfd *fds);

/* Goes on with what poll() said of the |count| that control_poll() gave. */
void control_go_on(control *c, const struct pollfd *fds, size_t count,
    control_answer *answer, void *context);

/* Gives all that wait for the answer of |number| a copy of |answer|; it is sent by the
 * next control_go_on(). */
void control_tell(control *c, uint64_t number, const page *answer);

#endif
