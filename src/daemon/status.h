/* daemon/status.h: what the control socket answers. */
#ifndef DAEMON_STATUS_H
#define DAEMON_STATUS_H

#include "daemon/server.h"

/* Answers "status", "alarms", "clear KEY" and "stop" in JSON; |context| is the server.
 * "reload" is begun: its number is returned. */
uint64_t status_answer(void *context, const char *line, page *answer);

/* Tells those who wait for reload |number| what came of it, and what was said. */
void status_tell_reload(server *s, uint64_t number, bool good);

#endif
