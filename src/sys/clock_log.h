/* sys/clock_log.h: the file "clocks" of the state folder: an append log of learned
 * clocks, compacted to one record an engine. */
#ifndef TL_SYS_CLOCK_LOG_H
#define TL_SYS_CLOCK_LOG_H

#include "trapline/engine.h"

enum { TL_CLOCK_RECORD = 64 }; /* bytes */

/* One record as it is kept. */
typedef struct tl_kept_clock {
	uint8_t engine_id[TL_ENGINE_ID_MAX];
	uint8_t engine_id_len;
	uint32_t boots, time_s;
	int64_t realtime_ns; /* when it held */
} tl_kept_clock;

void tl_clock_record_write(const tl_kept_clock *c, uint8_t record[TL_CLOCK_RECORD]);

/* Whether |record| is whole; then |c| is what it says. */
bool tl_clock_record_read(const uint8_t record[TL_CLOCK_RECORD], tl_kept_clock *c);

/* snmpEngineTime of |c| at |realtime_ns|, never beyond 2^31-1. */
uint32_t tl_kept_clock_time_s(const tl_kept_clock *c, int64_t realtime_ns);

/* Rewrites the file |name| in |dirfd| atomically: of each engine the last record that
 * does not go back, at |realtime_ns|, by more than the time window, |max| at most, those
 * of the file's end first. A file that is not there counts as empty. |kept| says how many
 * there are now; |damaged| how many places of the old file were not a record. Errors:
 * TL_EIO, TL_ENOMEM. */
typedef struct tl_compaction {
	const char *name;
	size_t max;
	int64_t realtime_ns;
	size_t kept;
	uint64_t damaged;
} tl_compaction;

TL_CHECK tl_err tl_clock_log_compact(int dirfd, tl_compaction *c);

#endif
