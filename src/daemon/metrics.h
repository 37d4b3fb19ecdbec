/* daemon/metrics.h: what Prometheus reads, in its text format; docs/metrics.md. */
#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include "daemon/page.h"
#include "daemon/tally.h"

/* What the main thread tells of itself to those who ask over HTTP. */
typedef struct vitals {
	_Atomic int64_t alive_ns; /* monotonic: when the main loop came by last */
	atomic_bool ready;        /* it receives, and is not ending */
	_Atomic uint64_t reloads, failed_reloads;
	_Atomic int64_t top_sources;
} vitals;

/* What the metrics are made of; all of it lasts until the HTTP server has ended. */
typedef struct metrics {
	intake *intakes;
	unsigned threads;
	judging *judging;
	vitals *vitals;
	int64_t start_realtime_ns;
} metrics;

/* Writes all. Any thread. */
void metrics_write(const metrics *m, page *t);

#endif
