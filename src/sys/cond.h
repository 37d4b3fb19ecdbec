/* sys/cond.h: conditions that are waited for by the monotonic clock, so that nobody's
 * wait changes when the date is set. */
#ifndef TL_SYS_COND_H
#define TL_SYS_COND_H

#include <pthread.h>

static inline void
tl_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

#endif
