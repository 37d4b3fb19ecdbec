/* daemon/top.h: which sources send most, in memory that does not grow: of those that
 * fall into one row of the table the least goes when there is no room, and who takes its
 * place inherits its count (the "space saving" sketch of Metwally et al.). */
#ifndef DAEMON_TOP_H
#define DAEMON_TOP_H

#include "trapline/notification.h"

enum { TOP_ROWS = 256, TOP_WAYS = 8 };

typedef struct top_entry {
	uint8_t addr[16];
	uint32_t scope;
	uint64_t count; /* 0: empty. At least as many as it sent */
	uint64_t
	    inherited; /* of count: the rest is exactly what it sent while it was here */
} top_entry;

typedef struct top {
	uint64_t seed; /* random: peers choose their addresses */
	top_entry rows[TOP_ROWS][TOP_WAYS];
} top;

/* Counts one of |from|. */
void top_count(top *t, const tl_endpoint *from);

/* Puts those of |t| that have most, the first first, into |out|, which has |have| of them
 * already, sorted, and room for |max|. Returns how many there are then. */
size_t top_merge(const top *t, top_entry *out, size_t have, size_t max);

#endif
