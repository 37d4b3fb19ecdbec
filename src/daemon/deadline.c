/* daemon/deadline.c: see deadline.h. Set by the main thread when the program is to end.
 */
#include "daemon/deadline.h"

#include <pthread.h>
#include <stdlib.h>

#include "sys/clock.h"
#include "sys/cond.h"

struct deadline {
	pthread_t thread;
	pthread_mutex_t lock; /* of met */
	pthread_cond_t changed;
	bool met;
	int64_t at_ns;
	void (*miss)(void *context);
	void *context;
};

static void *
run(void *context)
{
	deadline *d = context;
	struct timespec until = { d->at_ns / TL_NS_PER_S, d->at_ns % TL_NS_PER_S };
	int over = 0;

	pthread_mutex_lock(&d->lock);
	while (!d->met && over == 0)
		over = pthread_cond_timedwait(&d->changed, &d->lock, &until);
	if (!d->met)
		d->miss(d->context);
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

static void
destroy(deadline *d)
{
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

deadline *
deadline_set(int64_t at_ns, void (*miss)(void *context), void *context)
{
	deadline *d = malloc(sizeof *d);

	if (d == NULL)
		return NULL;
	*d = (deadline){ .at_ns = at_ns, .miss = miss, .context = context };
	pthread_mutex_init(&d->lock, NULL);
	tl_cond_init(&d->changed);
	if (pthread_create(&d->thread, NULL, run, d) == 0)
		return d;
	destroy(d);
	return NULL;
}

void
deadline_meet(deadline *d)
{
	if (d == NULL)
		return;
	pthread_mutex_lock(&d->lock);
	d->met = true;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
	pthread_join(d->thread, NULL);
	destroy(d);
}
