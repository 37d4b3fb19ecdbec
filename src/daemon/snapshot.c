/* daemon/snapshot.c: see snapshot.h. Made at start and by each reload. */
#include "daemon/snapshot.h"

#include <stdlib.h>

static void
free_snapshot(snapshot *s)
{
	for (size_t i = 0; i < s->outlet_count; i++) {
		match_free(s->filters[i]);
		outlet_drop(s->outlets[i]);
	}
	pipeline_free(s->pipeline);
	enrich_view_free(s->view);
	enrich_free(s->tables);
	dictionary_drop(s->dictionary);
	conf_ref_drop(s->conf);
	free(s);
}

static void
judge_tables(void *self, event *ev)
{
	enrich_judge(self, ev);
}

static void
judge_tables_again(void *self, event *ev)
{
	enrich_judge_again(self, ev);
}

static void
judge_names(void *self, event *ev)
{
	names_judge(self, ev);
}

static bool
make_pipeline(snapshot *s, const snapshot_options *o)
{
	const tl_conf *conf = o->conf->conf;
	const tl_mib *mib = o->names->mib;

	s->tables = enrich_new(conf, o->old != NULL ? o->old->tables : NULL, o->notices);
	if (s->tables != NULL)
		s->view = enrich_view_new(s->tables, mib);
	if (s->view == NULL || !enrich_start(s->tables))
		return false;
	pipeline_options opt = {
		.conf = conf,
		.mib = mib,
		.seed = o->seed,
		.enrich = { .name = "enrichment",
		    .judge = judge_tables,
		    .again = judge_tables_again,
		    .self = s->view },
	};
	if (o->dns != NULL)
		opt.names =
		    (stage){ .name = "names", .judge = judge_names, .self = o->dns };
	s->pipeline = pipeline_new(&opt);
	return s->pipeline != NULL;
}

snapshot *
snapshot_new(const snapshot_options *opt)
{
	snapshot *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->holders = 1;
	s->conf = conf_ref_hold(opt->conf);
	s->dictionary = dictionary_hold(opt->names);
	if (make_pipeline(s, opt))
		return s;
	free_snapshot(s);
	return NULL;
}

bool
snapshot_add(snapshot *s, outlet *o)
{
	size_t i = s->outlet_count;
	const tl_conf *conf = s->conf->conf;
	const uint64_t bit = UINT64_C(1) << i;

	s->outlet_count++;
	if (o == NULL)
		return true;
	s->outlets[i] = outlet_hold(o);
	s->filters[i] = match_new(&conf->outputs.at[i].filter, conf, s->dictionary->mib);
	if (s->filters[i] == NULL)
		return false;
	s->enabled |= bit;
	if (!output_types[o->conf->type]->notifications_only)
		s->take_own |= bit;
	if (match_given(s->filters[i]) != 0)
		s->filtered |= bit;
	return true;
}

snapshot *
snapshot_hold(snapshot *s)
{
	atomic_fetch_add_explicit(&s->holders, 1, memory_order_relaxed);
	return s;
}

void
snapshot_drop(snapshot *s)
{
	if (s != NULL &&
	    atomic_fetch_sub_explicit(&s->holders, 1, memory_order_acq_rel) == 1)
		free_snapshot(s);
}

/* Takes the first of |*outputs| out of them: its number. */
static unsigned
next_of(uint64_t *outputs)
{
	unsigned i = (unsigned)__builtin_ctzll(*outputs);

	*outputs &= *outputs - 1;
	return i;
}

uint64_t
snapshot_outputs(const snapshot *s, const event *ev)
{
	uint64_t found = ev->routes & (ev->n != NULL ? s->enabled : s->take_own);

	for (uint64_t left = found & s->filtered; left != 0;) {
		unsigned i = next_of(&left);
		if (!match_fits(s->filters[i], ev))
			found &= ~(UINT64_C(1) << i);
	}
	return found;
}

/* Empties the tray of output |i|; how many of it the queue has kept. */
static size_t
empty_tray(snapshot *s, unsigned i)
{
	snapshot_tray *t = &s->trays[i];
	size_t count = t->count;

	t->count = 0;
	return count > 0 ? feeder_put(s->outlets[i]->feeder, t->items, count) : 0;
}

/* The last output has the caller's hold. */
void
snapshot_put(snapshot *s, parcel *p, uint64_t outputs)
{
	while (outputs != 0) {
		unsigned i = next_of(&outputs);
		if (outputs != 0)
			parcel_hold(p);
		if (s->trays[i].count == SNAPSHOT_TRAY)
			(void)empty_tray(s, i);
		s->trays[i].items[s->trays[i].count++] = p;
	}
}

static size_t
empty_trays(snapshot *s)
{
	size_t kept = 0;

	for (unsigned i = 0; i < s->outlet_count; i++)
		kept += empty_tray(s, i);
	return kept;
}

bool
snapshot_put_now(snapshot *s, parcel *p, uint64_t outputs)
{
	(void)empty_trays(s);
	snapshot_put(s, p, outputs);
	return empty_trays(s) > 0;
}

void
snapshot_hand_on(snapshot *s)
{
	(void)empty_trays(s);
	for (size_t i = 0; i < s->outlet_count; i++)
		if (s->outlets[i] != NULL)
			feeder_tell(s->outlets[i]->feeder);
}

bool
snapshot_offer(
    const snapshot *s, const event *ev, parcel *p, const outlet *o, bool to_itself)
{
	bool taken = false;

	for (uint64_t left = snapshot_outputs(s, ev); left != 0;) {
		outlet *to = s->outlets[next_of(&left)];
		if ((to == o) == to_itself)
			taken = feeder_offer(to->feeder, p, !to_itself) || taken;
	}
	return taken;
}
