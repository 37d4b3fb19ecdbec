/* cli/deliver.h: one notification to several receivers, and a line about each. */
#ifndef CLI_DELIVER_H
#define CLI_DELIVER_H

#include "trapline/io.h"

enum { DELIVER_MAX = 64 }; /* receivers */

typedef struct delivery {
	const char *host;    /* as the user wrote it */
	tl_manager *manager; /* NULL: it could not be opened */
	uint64_t ticket;
	bool waiting; /* for the result of ticket */
} delivery;

typedef struct deliveries {
	const char *command; /* for messages */
	bool quiet;          /* no line where all is well */
	bool failed;         /* some receiver did not get something */
	delivery to[DELIVER_MAX];
	size_t count;
} deliveries;

/* Opens the way to each of |hosts|, HOST[:PORT] with commas between them, which is
 * changed and borrowed. Returns -1 to go on (also where some cannot be reached: they have
 * been told of), or the exit status. */
int deliver_open(deliveries *d, char *hosts, const tl_manager_options *opt);

/* Sends |out| to each and waits for what comes of it. */
void deliver(deliveries *d, const tl_outgoing *out);

void deliver_close(deliveries *d);

#endif
