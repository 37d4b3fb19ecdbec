/* pipeline/pipeline.c: the order of the stages. The worker calls it for each notification
 * and once a second; docs/packet-path.md tells why they stand as they do. */
#include "pipeline/pipeline.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/dedup.h"
#include "pipeline/device.h"
#include "pipeline/flapping.h"
#include "pipeline/limits.h"
#include "pipeline/thresholds.h"

struct pipeline {
	stage enrich, names;
	const char *charset_name; /* NULL: UTF-8 */
	tl_charset *charset;
	devices *devices;
	severities *severities;
	rules *rules;
	limits *limits;
	thresholds *thresholds;
	alarms *alarms; /* if off, these tell what was left to tell */
	dedup *dedup;
	flapping *flapping;
	bool alarms_on, dedup_on, flapping_on;
	pipeline_counters counters;
};

/* A rule wants another device: what tables and the DNS said of the one before goes. */
static void
choose(const void *context, const tl_conf_ints *order, event *ev)
{
	const pipeline *p = context;
	const tl_endpoint *told = ev->j.device, before = ev->device;

	device_choose(p->devices, order, ev);
	if (memcmp(before.addr, ev->device.addr, sizeof before.addr) == 0 &&
	    before.scope == ev->device.scope) {
		ev->j.device = told; /* its name may have it told though it is the peer */
		return;
	}
	ev->j.device_name = (tl_span){ NULL, 0 };
	if (p->enrich.again != NULL)
		p->enrich.again(p->enrich.self, ev);
	if (p->names.judge != NULL)
		p->names.judge(p->names.self, ev);
}

/* Those that the configuration can do without; false without memory. */
static bool
make_optional(pipeline *p, const pipeline_options *o)
{
	p->alarms = alarms_new(o->conf, o->mib, o->seed);
	p->alarms_on = o->conf->alarms.enabled;
	p->dedup = dedup_new(o->conf, o->mib, o->seed);
	p->dedup_on = o->conf->dedup.enabled;
	p->flapping = flapping_new(o->conf, o->seed);
	p->flapping_on = o->conf->flapping.enabled;
	return p->alarms != NULL && p->dedup != NULL && p->flapping != NULL;
}

pipeline *
pipeline_new(const pipeline_options *opt)
{
	pipeline *p = calloc(1, sizeof *p);

	if (p == NULL)
		return NULL;
	p->enrich = opt->enrich;
	p->names = opt->names;
	if (strcasecmp(opt->conf->charset, "UTF-8") != 0) {
		p->charset_name = opt->conf->charset;
		if (tl_charset_new(p->charset_name, &p->charset) != TL_OK) {
			pipeline_free(p);
			return NULL;
		}
	}
	p->devices = devices_new(opt->conf);
	p->severities = severities_new(opt->conf, opt->mib);
	p->rules = rules_new(opt->conf, opt->mib);
	p->limits = limits_new(opt->conf, opt->mib, opt->seed);
	p->thresholds = thresholds_new(opt->conf, opt->mib, opt->seed);
	if (!make_optional(p, opt) || p->devices == NULL || p->severities == NULL ||
	    p->rules == NULL || p->limits == NULL || p->thresholds == NULL) {
		pipeline_free(p);
		return NULL;
	}
	rules_set_choose(p->rules, choose, p);
	return p;
}

void
pipeline_free(pipeline *p)
{
	if (p == NULL)
		return;
	flapping_free(p->flapping);
	dedup_free(p->dedup);
	alarms_free(p->alarms);
	thresholds_free(p->thresholds);
	limits_free(p->limits);
	rules_free(p->rules);
	severities_free(p->severities);
	devices_free(p->devices);
	tl_charset_free(p->charset);
	free(p);
}

void
pipeline_take(pipeline *p, pipeline *from)
{
	limits_take(p->limits, from->limits);
	thresholds_take(p->thresholds, from->thresholds);
	alarms_take(p->alarms, from->alarms);
	dedup_take(p->dedup, from->dedup);
	flapping_take(p->flapping, from->flapping);
	p->counters = from->counters;
}

static bool
goes_on(const event *ev)
{
	return ev->suppressed == SUPPRESSED_NOT;
}

static void
find_fields(pipeline *p, event *ev)
{
	if (p->enrich.judge != NULL)
		p->enrich.judge(p->enrich.self, ev);
	if (p->names.judge != NULL)
		p->names.judge(p->names.self, ev);
}

/* What tells more of a notification that is heard. */
static void
find_out(pipeline *p, event *ev, const pipeline_tracer *t)
{
	find_fields(p, ev);
	if (t == NULL) {
		severities_judge(p->severities, ev);
		rules_judge(p->rules, ev);
		return;
	}
	t->fields(t->context, ev);
	severity_reason reason = severities_find(p->severities, ev);
	ev->j.severity = reason.severity;
	t->severity(t->context, ev, &reason);
	rules_trace(p->rules, ev, &t->rules);
}

/* |t|: NULL for those who do not want to know. */
static inline void
judge(pipeline *p, event *ev, const pipeline_tracer *t)
{
	ev->charset = p->charset_name;
	ev->j.charset = p->charset;
	tl_conf_address by = device_choose(p->devices, NULL, ev);
	if (t != NULL)
		t->device(t->context, ev, by);
	limits_judge(p->limits, ev);
	if (goes_on(ev))
		find_out(p, ev, t);
	if (goes_on(ev) && p->alarms_on)
		alarms_judge(p->alarms, ev);
	if (goes_on(ev))
		thresholds_judge(p->thresholds, ev);
	if (goes_on(ev) && p->dedup_on)
		dedup_judge(p->dedup, ev);
	if (goes_on(ev) && p->flapping_on)
		flapping_judge(p->flapping, ev);
}

void
pipeline_judge(pipeline *p, event *ev)
{
	judge(p, ev, NULL);
	p->counters.judged++;
	if (goes_on(ev))
		p->counters.passed++;
	else
		p->counters.suppressed[ev->suppressed]++;
}

void
pipeline_trace(pipeline *p, event *ev, const pipeline_tracer *t)
{
	judge(p, ev, t);
}

void
pipeline_forget(pipeline *p, const event *ev)
{
	if (!goes_on(ev))
		return;
	if (p->dedup_on)
		dedup_forget(p->dedup, ev);
	if (p->alarms_on) /* last: the event borrows its key */
		alarms_forget(p->alarms, ev);
	p->counters.judged--;
	p->counters.passed--;
}

void
pipeline_tick(pipeline *p, int64_t now_ns, const emitter *to)
{
	limits_tick(p->limits, now_ns, to);
	thresholds_tick(p->thresholds, now_ns, to);
	alarms_tick(p->alarms, now_ns, to);
	dedup_tick(p->dedup, now_ns, to);
	flapping_tick(p->flapping, now_ns, to);
}

void
pipeline_end(pipeline *p, int64_t now_ns, const emitter *to)
{
	limits_end(p->limits, now_ns, to);
	thresholds_end(p->thresholds, now_ns, to);
}

pipeline_counters
pipeline_count(const pipeline *p)
{
	return p->counters;
}

alarms *
pipeline_alarms(pipeline *p)
{
	return p->alarms_on ? p->alarms : NULL;
}

enum { STATE_ALARMS, STATE_DEDUP, STATE_FLAPPING, STATE_COUNT };

const char *
pipeline_state_name(size_t i)
{
	static const char *const names[STATE_COUNT] = { "alarms", "dedup", "flapping" };

	return i < STATE_COUNT ? names[i] : NULL;
}

tl_err
pipeline_save(const pipeline *p, size_t i, int64_t epoch_ns, tl_vec *out)
{
	if (i == STATE_ALARMS)
		return alarms_save(p->alarms, epoch_ns, out);
	if (i == STATE_DEDUP)
		return dedup_save(p->dedup, epoch_ns, out);
	return flapping_save(p->flapping, epoch_ns, out);
}

tl_err
pipeline_load(pipeline *p, size_t i, int64_t epoch_ns, tl_span bytes)
{
	if (i == STATE_ALARMS)
		return alarms_load(p->alarms, epoch_ns, bytes);
	if (i == STATE_DEDUP)
		return dedup_load(p->dedup, epoch_ns, bytes);
	return flapping_load(p->flapping, epoch_ns, bytes);
}
