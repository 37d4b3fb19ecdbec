/* daemon/deadline.h: ends the program at a given time, whatever still hangs in it then.
 */
#ifndef DAEMON_DEADLINE_H
#define DAEMON_DEADLINE_H

#include "trapline/base.h"

typedef struct deadline deadline;

/* At |at_ns|, monotonic, a thread of its own calls |miss|, which is to end the program.
 * NULL without memory or thread: then there is no deadline. */
deadline *deadline_set(int64_t at_ns, void (*miss)(void *context), void *context);

/* It was met: |miss| is not called any more, once this returns. NULL is fine. */
void deadline_meet(deadline *d);

#endif
