/* daemon/status.h: what the control socket answers. */
#ifndef DAEMON_STATUS_H
#define DAEMON_STATUS_H

#include "daemon/server.h"

/* Answers "status", "reload", "alarms", "clear KEY" and "stop" in JSON; |context| is the
 * server. */
void status_answer(void *context, const char *line, page *answer);

#endif
