/* daemon/signals.h: signals as something to read, so that nothing happens in between. */
#ifndef DAEMON_SIGNALS_H
#define DAEMON_SIGNALS_H

#include <stdbool.h>

#include "trapline/base.h"

/* From now on SIGINT, SIGTERM, SIGHUP and SIGUSR1 wait to be read from |*fd|, and a
 * closed pipe is an error of write(). Errors: TL_EIO. */
TL_CHECK tl_err signals_open(int *fd);

typedef struct signals {
	bool stop;   /* SIGINT, SIGTERM, SIGHUP came */
	bool report; /* SIGUSR1 came */
} signals;

/* What has come since the last call; does not wait. */
signals signals_take(int fd);

#endif
