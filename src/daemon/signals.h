/* daemon/signals.h: signals as something to read, so that nothing happens in between. */
#ifndef DAEMON_SIGNALS_H
#define DAEMON_SIGNALS_H

#include "trapline/base.h"

typedef struct signals {
	int fd;              /* readable when one has come; -1: not open */
	bool stop;           /* SIGINT or SIGTERM has come, or SIGHUP */
	bool hangup;         /* SIGHUP has come; the caller clears it */
	bool hangup_reloads; /* SIGHUP is not the end; set by the caller */
	bool report;         /* SIGUSR1 has come; the caller clears it */
} signals;

/* From now on SIGINT, SIGTERM, SIGHUP and SIGUSR1 wait to be taken, and a closed pipe is
 * an error of write(). Errors: TL_EIO. */
TL_CHECK tl_err signals_open(signals *s);
void signals_close(signals *s);

/* Takes what has come; does not wait. */
void signals_take(signals *s);

#endif
