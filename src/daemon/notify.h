/* daemon/notify.h: telling the service manager how we are, in systemd's protocol
 * (sd_notify(3)): one datagram to $NOTIFY_SOCKET. */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include "trapline/base.h"

typedef struct notify {
	int fd;              /* -1: nobody wants to be told */
	int64_t watchdog_ns; /* a sign of life is due so often; 0: never */
	int64_t next_ns;
} notify;

/* Reads the environment; never fails. */
void notify_open(notify *n);
void notify_close(notify *n);

/* Sends |state|, as "READY=1"; waits up to a second for a manager who does not read. */
void notify_tell(const notify *n, const char *state);

/* RELOADING=1, with the time that systemd asks for. */
void notify_reloading(const notify *n);

/* Sends a sign of life if it is due; never waits. */
void notify_alive(notify *n, int64_t now_ns);

/* When the next one is due, monotonic; INT64_MAX: never. */
int64_t notify_next(const notify *n);

/* How many descriptors from 3 on the service manager opened for us; takes the variables
 * that say so out of the environment. */
unsigned notify_listen_fds(void);

#endif
