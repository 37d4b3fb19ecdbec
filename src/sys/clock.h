/* sys/clock.h: the two clocks of the system. */
#ifndef TL_SYS_CLOCK_H
#define TL_SYS_CLOCK_H

#include <stdint.h>

enum { TL_NS_PER_S = 1000000000 };

/* Nanoseconds since 1970 UTC; may be set back and forth. */
int64_t tl_now_realtime_ns(void);

/* Nanoseconds since some moment; never goes back. */
int64_t tl_now_monotonic_ns(void);

#endif
