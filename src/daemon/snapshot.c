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

	s->outlet_count++;
	if (o == NULL)
		return true;
	s->outlets[i] = outlet_hold(o);
	s->filters[i] = match_new(&conf->outputs.at[i].filter, conf, s->dictionary->mib);
	return s->filters[i] != NULL;
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

/* Whether |o| has a use for |ev|. */
static bool
takes(const outlet *o, const event *ev)
{
	return ev->n != NULL || !output_type_of(o->conf)->notifications_only;
}

/* Whether output |i| is to have |ev|. */
static bool
wants(const snapshot *s, size_t i, const event *ev)
{
	return s->outlets[i] != NULL && (ev->routes >> i & 1) != 0 &&
	       takes(s->outlets[i], ev) && match_fits(s->filters[i], ev);
}

bool
snapshot_put(const snapshot *s, const event *ev, parcel *p)
{
	bool wanted = false, taken = false;

	for (size_t i = 0; i < s->outlet_count; i++) {
		if (!wants(s, i, ev))
			continue;
		wanted = true;
		taken = feeder_put(s->outlets[i]->feeder, p) || taken;
	}
	return taken || !wanted;
}

void
snapshot_tell(const snapshot *s)
{
	for (size_t i = 0; i < s->outlet_count; i++)
		if (s->outlets[i] != NULL)
			feeder_tell(s->outlets[i]->feeder);
}

bool
snapshot_offer(
    const snapshot *s, const event *ev, parcel *p, const outlet *o, bool to_itself)
{
	bool taken = false;

	for (size_t i = 0; i < s->outlet_count; i++)
		if ((s->outlets[i] == o) == to_itself && wants(s, i, ev))
			taken =
			    feeder_offer(s->outlets[i]->feeder, p, !to_itself) || taken;
	return taken;
}
