/* daemon/drops.h: what outputs had to drop is told: in the log, and as events of our own.
 * Such an event never pushes another one out, or outputs that are full would tell each
 * other of nothing else in the end. */
#ifndef DAEMON_DROPS_H
#define DAEMON_DROPS_H

#include "daemon/desk.h"
#include "daemon/log.h"

/* Tells what |o| has dropped, given up, or had refused since the last time: to all other
 * outputs; and to |o| itself, in one sum, as soon as it has room again. The main thread,
 * now and then. */
void drops_tell(outlet *o, judging *j, daemon_log *log, int64_t now_ns);

/* The log alone, of an output that has ended. */
void drops_log(outlet *o, daemon_log *log, int64_t now_ns);

#endif
