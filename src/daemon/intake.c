/* daemon/intake.c: the thread around a worker; see intake.h. Started and stopped by the
 * main thread. */
#include "daemon/intake.h"

#include <errno.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sys/clock.h"

enum { ARENA_BYTES = 32 * 1024 * 1024 };

/* What has arrived is read to its end, unless there is none. */
#define DRAIN_NS (INT64_C(2) * TL_NS_PER_S)

static void
tell_log(void *context, const char *line)
{
	const intake *i = context;

	log_line(i->log, TL_LOG_WARNING, ABOUT_REFUSED, "%s", line);
}

tl_err
intake_init(intake *i, const intake_options *opt)
{
	tl_arena *arena;

	*i = (intake){ .number = opt->number, .wake = -1, .log = opt->log };
	if (tl_arena_new(ARENA_BYTES, &arena) != TL_OK)
		return TL_ENOMEM;
	i->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (i->wake < 0 || tl_rx_watch(opt->rx, i->wake) != TL_OK) {
		if (i->wake >= 0)
			close(i->wake);
		tl_arena_free(arena);
		return TL_EIO;
	}
	pthread_mutex_init(&i->lock, NULL);
	pthread_cond_init(&i->changed, NULL);
	i->notes = (notes){ .tell = tell_log, .context = i };
	i->top.seed = opt->seed;
	i->desk.judging = opt->judging;
	i->desk.arena = arena;
	i->w = (worker){
		.rx = opt->rx,
		.engine = opt->engine,
		.arena = arena,
		.out = desk_sink(&i->desk),
		.notes = &i->notes,
		.clocks = opt->clocks,
		.thread = opt->number,
		.print_refusals = opt->refused,
		.left = UINT64_MAX,
	};
	return TL_OK;
}

/* Makes the counters known: what is read of them always adds up. */
static void
publish(intake *i)
{
	pthread_mutex_lock(&i->lock);
	i->counters.engine = *tl_engine_counters(i->w.engine);
	for (int why = 0; why < SUPPRESSION_COUNT; why++)
		i->counters.suppressed[why] = i->desk.suppressed[why];
	i->counters.lost = i->w.lost;
	i->counters.unsent = tl_rx_unsent(i->w.rx);
	for (unsigned k = 0; k < i->w.batch.n; k++)
		top_count(&i->top, &i->w.batch.in[k].from);
	pthread_mutex_unlock(&i->lock);
}

static void
step(intake *i, int timeout_ms)
{
	worker_step(&i->w, timeout_ms);
	if (i->w.batch.n > 0)
		publish(i);
}

static void
drain(intake *i)
{
	int64_t end_ns = tl_now_monotonic_ns() + DRAIN_NS;

	do
		step(i, 0);
	while (!i->w.stop && i->w.batch.n > 0 && tl_now_monotonic_ns() < end_ns);
}

/* Reads what has arrived at sockets that are to be closed, tells their last losses, and
 * closes them. */
static void
let_go(intake *i, tl_rx *old)
{
	tl_rx *rx = i->w.rx;

	i->w.rx = old;
	tl_rx_shut(old);
	drain(i);
	worker_finish(&i->w);
	i->w.rx = rx;
	tl_rx_close(old);
}

static void
take_over(intake *i, intake_change *c)
{
	tl_rx *old = NULL;

	if (c->users != NULL)
		tl_engine_take_users(i->w.engine, c->users);
	i->w.print_refusals = c->refused;
	c->err = tl_rx_split(i->w.rx, c->keep, c->keep_count, &old);
	if (old != NULL)
		let_go(i, old);
	if (c->add != NULL && tl_rx_join(i->w.rx, c->add) != TL_OK)
		c->err = TL_EIO;
}

static void
look_around(intake *i)
{
	uint64_t count;
	intake_change *c = atomic_load_explicit(&i->change, memory_order_acquire);

	if (i->w.batch.n == 0)
		(void)!read(i->wake, &count, sizeof count);
	if (c == NULL)
		return;
	take_over(i, c);
	i->w.batch.n = 0; /* it is counted */
	publish(i);
	pthread_mutex_lock(&i->lock);
	atomic_store(&i->change, NULL);
	pthread_cond_broadcast(&i->changed);
	pthread_mutex_unlock(&i->lock);
}

static void *
run(void *context)
{
	intake *i = context;

	while (!i->w.stop && !atomic_load_explicit(&i->stop, memory_order_relaxed)) {
		step(i, -1);
		look_around(i);
	}
	if (!i->w.stop)
		drain(i);
	worker_finish(&i->w);
	i->w.batch.n = 0;
	publish(i);
	pthread_mutex_lock(&i->lock);
	i->ended = true;
	pthread_cond_broadcast(&i->changed);
	pthread_mutex_unlock(&i->lock);
	return NULL;
}

tl_err
intake_start(intake *i)
{
	char name[16];

	if (pthread_create(&i->thread, NULL, run, i) != 0)
		return TL_EIO;
	snprintf(name, sizeof name, "intake-%u", i->number % 1000);
	(void)pthread_setname_np(i->thread, name);
	i->started = true;
	return TL_OK;
}

void
intake_wake(intake *i)
{
	uint64_t one = 1;

	(void)!write(i->wake, &one, sizeof one);
}

void
intake_apply(intake *i, intake_change *change)
{
	atomic_store_explicit(&i->change, change, memory_order_release);
	intake_wake(i);
	pthread_mutex_lock(&i->lock);
	while (atomic_load(&i->change) != NULL && !i->ended)
		pthread_cond_wait(&i->changed, &i->lock);
	pthread_mutex_unlock(&i->lock);
}

void
intake_stop(intake *i)
{
	atomic_store(&i->stop, true);
	intake_wake(i);
}

void
intake_fini(intake *i)
{
	if (i->started)
		pthread_join(i->thread, NULL);
	tl_rx_close(i->w.rx);
	tl_engine_free(i->w.engine);
	tl_arena_free(i->w.arena);
	close(i->wake);
	pthread_cond_destroy(&i->changed);
	pthread_mutex_destroy(&i->lock);
}

intake_counters
intake_count(intake *i)
{
	pthread_mutex_lock(&i->lock);
	intake_counters c = i->counters;
	pthread_mutex_unlock(&i->lock);
	return c;
}

size_t
intake_top(intake *i, top_entry *out, size_t have, size_t max)
{
	pthread_mutex_lock(&i->lock);
	have = top_merge(&i->top, out, have, max);
	pthread_mutex_unlock(&i->lock);
	return have;
}

bool
intake_has_failed(intake *i, tl_err *err)
{
	pthread_mutex_lock(&i->lock);
	bool failed = i->ended && !atomic_load(&i->stop);
	pthread_mutex_unlock(&i->lock);
	*err = failed ? i->w.err : TL_OK;
	return failed;
}
