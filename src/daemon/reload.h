/* daemon/reload.h: reading the configuration again while everything runs. A thread of its
 * own prepares what may take long or fail; the main thread, which calls all that follows
 * and is never held up, then puts it in place. */
#ifndef DAEMON_RELOAD_H
#define DAEMON_RELOAD_H

#include "trapline/base.h"

struct server;

typedef struct reload reload;

/* NULL without memory or descriptors. */
reload *reload_new(struct server *s);

/* Waits until |end_ns| for a preparation that is under way, which takes no effect any
 * more. False: it goes on, and nothing that it looks at may be freed. Else all is freed.
 * NULL is fine. */
bool reload_free(reload *r, int64_t end_ns);

/* Starts a reload; while one is under way another will follow it, but never more than
 * one. Returns the number of the one that reads the file as it is now, from 1. */
uint64_t reload_ask(reload *r);

bool reload_is_under_way(const reload *r);

/* Readable when it is time for reload_go_on(), which puts in place what was prepared, and
 * tells who asked for it. */
int reload_fd(const reload *r);
void reload_go_on(reload *r);

#endif
