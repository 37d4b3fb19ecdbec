/* daemon/outlets.c: see outlets.h. Called by the main thread; holders come and go on any.
 */
#include "daemon/outlets.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"

/* For the delivery under way of one whose place another takes: longer than it should
 * take. */
#define FOLLOW_PATIENCE_NS (60 * (int64_t)TL_NS_PER_S)

conf_ref *
conf_ref_new(tl_conf *conf)
{
	conf_ref *c = malloc(sizeof *c);

	if (c != NULL)
		*c = (conf_ref){ .conf = conf, .holders = 1 };
	return c;
}

conf_ref *
conf_ref_hold(conf_ref *c)
{
	atomic_fetch_add_explicit(&c->holders, 1, memory_order_relaxed);
	return c;
}

void
conf_ref_drop(conf_ref *c)
{
	if (c == NULL ||
	    atomic_fetch_sub_explicit(&c->holders, 1, memory_order_acq_rel) != 1)
		return;
	tl_conf_free(c->conf);
	free(c);
}

static feeder *
start_feeder(
    const tl_conf_output *conf, const output_type *type, void *self, const outlet *before)
{
	static const queue_policy policies[] = {
		[TL_FULL_DROP_LOWEST] = QUEUE_DROP_LEAST,
		[TL_FULL_DROP_OLDEST] = QUEUE_DROP_OLDEST,
		[TL_FULL_DROP_NEWEST] = QUEUE_DROP_NEWEST,
	};
	int64_t events = conf->batch.events;
	feeder_options opt = {
		.name = conf->name,
		.type = type,
		.self = self,
		.queue = { .max_events = (uint32_t)conf->queue.events,
		    .max_bytes = (uint64_t)conf->queue.bytes,
		    .policy = policies[conf->queue.when_full] },
		.batch = events < 1                  ? 1
			 : events > FEEDER_BATCH_MAX ? FEEDER_BATCH_MAX
						     : (uint32_t)events,
		.batch_bytes = (uint64_t)conf->batch.bytes,
		.linger_ns = conf->batch.wait_ns,
		.retry_min_ns = conf->retry.first_ns,
		.retry_max_ns = conf->retry.most_ns,
		.give_up_ns = conf->retry.give_up_ns,
		.before = before != NULL ? before->feeder : NULL,
		.patience_ns = FOLLOW_PATIENCE_NS,
	};

	return feeder_start(&opt);
}

static outlet *
list(outlets *all, outlet *o)
{
	outlet **at = realloc(all->at, (all->count + 1) * sizeof *at);

	if (at == NULL)
		return NULL;
	all->at = at;
	all->at[all->count++] = o;
	return o;
}

/* The outlet of this name whose counters are told; NULL: there is none. */
static outlet *
find_name(const outlets *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->at[i]->told_of && strcmp(all->at[i]->conf->name, name) == 0)
			return all->at[i];
	return NULL;
}

outlet *
outlets_start(outlets *all, conf_ref *held, const tl_conf_output *conf, char problem[256])
{
	const output_type *type = output_type_of(conf);
	outlet *o = calloc(1, sizeof *o), *before = find_name(all, conf->name);
	void *self = NULL;

	snprintf(problem, OUTPUT_PROBLEM_MAX, "%s", tl_err_text(TL_ENOMEM));
	if (o == NULL || list(all, o) == NULL) {
		free(o);
		return NULL;
	}
	*o = (outlet){ .holders = 1,
		.conf = conf,
		.held = conf_ref_hold(held),
		.before = before,
		.told_of = before == NULL };
	o->told.at_ns = o->told_itself.at_ns = tl_now_monotonic_ns();
	if (type->open(conf, &all->place, &self, problem) == TL_OK) {
		o->feeder = start_feeder(conf, type, self, before);
		if (o->feeder != NULL)
			return o;
		type->close(self);
	}
	all->count--;
	outlet_drop(o);
	return NULL;
}

outlet *
outlets_find(const outlets *all, const tl_conf_output *conf)
{
	for (size_t i = 0; i < all->count; i++)
		if (!all->at[i]->stopping && all->at[i]->before == NULL &&
		    tl_conf_output_equal(all->at[i]->conf, conf))
			return all->at[i];
	return NULL;
}

void
outlet_follow(outlet *o)
{
	outlet *before = o->before;

	if (before == NULL)
		return;
	o->before = NULL;
	o->told = before->told;
	o->told_itself = before->told_itself;
	before->stopping = true;
	before->told_of = false;
	o->told_of = true;
	feeder_follow(o->feeder, before->feeder);
}

outlet *
outlet_hold(outlet *o)
{
	atomic_fetch_add_explicit(&o->holders, 1, memory_order_relaxed);
	return o;
}

void
outlet_drop(outlet *o)
{
	if (o == NULL ||
	    atomic_fetch_sub_explicit(&o->holders, 1, memory_order_acq_rel) != 1)
		return;
	feeder_free(o->feeder);
	conf_ref_drop(o->held);
	free(o);
}

void
outlets_reap(outlets *all, int64_t now_ns, int64_t patience_ns)
{
	size_t stay = 0;

	for (size_t i = 0; i < all->count; i++) {
		outlet *o = all->at[i];
		bool unused =
		    atomic_load_explicit(&o->holders, memory_order_acquire) == 1;
		if (unused && !o->stopping)
			feeder_stop(o->feeder, now_ns + patience_ns);
		o->stopping = o->stopping || unused;
		if (o->stopping && feeder_has_ended(o->feeder))
			outlet_drop(o);
		else
			all->at[stay++] = o;
	}
	all->count = stay;
}

void
outlets_stop(outlets *all, int64_t end_ns)
{
	for (size_t i = 0; i < all->count; i++) {
		feeder_stop(all->at[i]->feeder, end_ns);
		all->at[i]->stopping = true;
	}
}

void
outlets_free(outlets *all)
{
	for (size_t i = 0; i < all->count; i++)
		outlet_drop(all->at[i]);
	free(all->at);
	all->at = NULL;
	all->count = 0;
}
