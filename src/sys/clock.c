/* sys/clock.c: reading the clocks, for the receiver and whoever feeds an engine. */
#include "sys/clock.h"

#include <time.h>

static int64_t
now_ns(clockid_t which)
{
	struct timespec t;

	if (clock_gettime(which, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * TL_NS_PER_S + t.tv_nsec;
}

int64_t
tl_now_realtime_ns(void)
{
	return now_ns(CLOCK_REALTIME);
}

int64_t
tl_now_monotonic_ns(void)
{
	return now_ns(CLOCK_MONOTONIC);
}
