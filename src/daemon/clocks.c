/* daemon/clocks.c: see clocks.h. Called by the worker around each batch; the lock is
 * taken only when a sender is new, or has started again. */
#include "daemon/clocks.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/vec.h"
#include "sys/clock.h"

enum { MANY = 4096 };

typedef struct told {
	tl_clock clock;
	unsigned by;
} told;

struct clocks {
	pthread_mutex_t lock;
	tl_state *state;
	atomic_bool unsaved;    /* something was put that could not be flushed */
	tl_vec list;            /* of told: what some thread has not learned yet */
	_Atomic uint32_t count; /* of list, to be looked at without the lock */
	unsigned threads;
	uint32_t at[]; /* of each thread: how much of the list it has learned */
};

clocks *
clocks_new(tl_state *state, unsigned threads)
{
	clocks *c = calloc(1, sizeof *c + threads * sizeof c->at[0]);

	if (c == NULL)
		return NULL;
	c->state = state;
	c->threads = threads;
	pthread_mutex_init(&c->lock, NULL);
	return c;
}

void
clocks_free(clocks *c)
{
	if (c == NULL)
		return;
	tl_vec_free(&c->list);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/* One that there is no room for is learned by the others when they hear it. */
static void
tell(clocks *c, const tl_clock *clock, unsigned by)
{
	told *t = NULL;

	if (c->threads > 1 && c->count < CLOCKS_TOLD_MAX)
		t = tl_vec_grow(&c->list, sizeof *t, 1);
	if (t == NULL)
		return;
	*t = (told){ *clock, by };
	c->count++;
}

tl_err
clocks_keep(clocks *c, tl_engine *e, unsigned thread)
{
	tl_clock clock;
	tl_err err = TL_OK;
	bool some = tl_engine_next_clock(e, &clock);

	if (!some && !c->unsaved)
		return TL_OK;
	pthread_mutex_lock(&c->lock);
	while (some && err == TL_OK) {
		err = tl_state_put_clock(c->state, &clock, tl_now_realtime_ns());
		tell(c, &clock, thread);
		some = err == TL_OK && tl_engine_next_clock(e, &clock);
	}
	if (err == TL_OK)
		err = tl_state_flush(c->state);
	c->unsaved = err != TL_OK;
	pthread_mutex_unlock(&c->lock);
	return err;
}

/* When all have learned all, the list begins anew. */
static void
forget_learned(clocks *c)
{
	for (unsigned i = 0; i < c->threads; i++)
		if (c->at[i] < c->count)
			return;
	for (unsigned i = 0; i < c->threads; i++)
		c->at[i] = 0;
	c->list.count = 0;
	c->count = 0;
}

void
clocks_learn(clocks *c, tl_engine *e, unsigned thread)
{
	if (atomic_load_explicit(&c->count, memory_order_relaxed) == 0)
		return;
	pthread_mutex_lock(&c->lock);
	const told *list = c->list.ptr;
	for (; c->at[thread] < c->count; c->at[thread]++)
		if (list[c->at[thread]].by != thread &&
		    tl_engine_set_clock(e, &list[c->at[thread]].clock) != TL_OK)
			break;
	forget_learned(c);
	pthread_mutex_unlock(&c->lock);
}

bool
clocks_wait(clocks *c)
{
	return atomic_load(&c->count) >= MANY;
}
