/* cli/explain_trace.c: judges a notification by the pipeline of `trapline run`, looking
 * at every rule, and finds out what each has changed by comparing. For cmd_explain.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "cli/explain.h"
#include "sys/clock.h"

enum { ARENA_BYTES = 1 << 20, WHY_MAX = 4096, LISTED_MAX = 4096 };

struct explainer {
	const explain_options *opt;
	pipeline *pipeline;
	explain_tables *tables;
	match **filters; /* of each output; NULL: it is not used */
	match **counted; /* of each threshold */
	int64_t ticked_ns;
	tl_arena *arena;
	event ev, before;
	explain_rule rule;
	size_t looked; /* rules at this event */
	size_t told;
	uint8_t why[WHY_MAX], lists[4][LISTED_MAX];
	explain_output *outputs;
};

/* What conditions are asked again here: of outputs and of thresholds. */
static bool
make_matches(explainer *x)
{
	const tl_conf *conf = x->opt->conf;
	const tl_conf_outputs *outputs = &conf->outputs;
	const tl_conf_thresholds *thresholds = &conf->limits.thresholds;
	bool good = true;

	for (size_t i = 0; good && i < outputs->count; i++) {
		if (!outputs->at[i].enabled)
			continue;
		x->filters[i] = match_new(&outputs->at[i].filter, conf, x->opt->mib);
		good = x->filters[i] != NULL;
	}
	for (size_t i = 0; good && i < thresholds->count; i++) {
		x->counted[i] = match_new(&thresholds->at[i].match, conf, x->opt->mib);
		good = x->counted[i] != NULL;
	}
	return good;
}

static bool
make(explainer *x)
{
	const tl_conf *conf = x->opt->conf;
	pipeline_options opt = { .conf = conf, .mib = x->opt->mib };

	x->tables = explain_tables_new(conf, x->opt->mib);
	x->filters = calloc(conf->outputs.count + 1, sizeof(match *));
	x->counted = calloc(conf->limits.thresholds.count + 1, sizeof(match *));
	x->outputs = calloc(conf->outputs.count + 1, sizeof *x->outputs);
	if (x->tables == NULL || x->filters == NULL || x->counted == NULL ||
	    x->outputs == NULL || tl_arena_new(ARENA_BYTES, &x->arena) != TL_OK)
		return false;
	explain_tables_stages(x->tables, &opt.enrich, &opt.names);
	x->pipeline = pipeline_new(&opt);
	return x->pipeline != NULL && make_matches(x);
}

explainer *
explainer_new(const explain_options *opt)
{
	explainer *x = calloc(1, sizeof *x);

	if (x == NULL)
		return NULL;
	x->opt = opt;
	if (make(x))
		return x;
	explainer_free(x);
	return NULL;
}

static void
free_matches(match **at, size_t count)
{
	for (size_t i = 0; at != NULL && i < count; i++)
		match_free(at[i]);
	free(at);
}

void
explainer_free(explainer *x)
{
	if (x == NULL)
		return;
	free_matches(x->filters, x->opt->conf->outputs.count);
	free_matches(x->counted, x->opt->conf->limits.thresholds.count);
	free(x->outputs);
	pipeline_free(x->pipeline);
	explain_tables_free(x->tables);
	tl_arena_free(x->arena);
	free(x);
}

static tl_span
span_of(const char *text)
{
	return (tl_span){ (const uint8_t *)text, strlen(text) };
}

static bool
same(tl_span a, tl_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Finding out what has changed. */

static void
add(explainer *x, explain_change c)
{
	if (x->rule.count < EXPLAIN_CHANGES_MAX)
		x->rule.changes[x->rule.count++] = c;
}

static void
compare_texts(explainer *x, const char *what, tl_span from, tl_span to)
{
	if (!same(from, to))
		add(x, (explain_change){ .what = what, .from = from, .to = to });
}

static void
compare_fields(explainer *x)
{
	for (size_t i = 0; i < x->ev.j.field_count; i++) {
		const tl_field *f = &x->ev.fields[i];
		const tl_span *before = event_find_field(&x->before, f->name);
		if (before == NULL || !same(*before, f->text))
			add(x, (explain_change){ .what = "field",
				   .name = f->name,
				   .from = before != NULL ? *before : (tl_span){ 0 },
				   .to = f->text });
	}
}

const char *
explain_address_word(tl_conf_address by)
{
	static const char *const words[] = { "snmpTrapAddress", "agent_address",
		"engine_id", "peer" };

	return words[by & 3];
}

/* The order in which addresses are tried, as configurations have it. */
static tl_span
order_text(explainer *x, const tl_conf_ints *order, unsigned room)
{
	tl_buf out = { .ptr = x->lists[room], .cap = LISTED_MAX };

	for (size_t i = 0; order != NULL && i < order->count; i++) {
		tl_buf_puts(&out, i > 0 ? ", " : "");
		tl_buf_puts(&out, explain_address_word((tl_conf_address)order->at[i]));
	}
	return tl_buf_written(&out);
}

static tl_span
address_text(explainer *x, const tl_endpoint *ep)
{
	char text[TL_ADDRESS_TEXT_MAX];
	size_t len = tl_address_text(ep, text);

	return tl_arena_copy(x->arena, (tl_span){ (const uint8_t *)text, len });
}

static tl_span
routes_text(explainer *x, uint64_t routes, unsigned room)
{
	const tl_conf_outputs *outputs = &x->opt->conf->outputs;
	tl_buf out = { .ptr = x->lists[room], .cap = LISTED_MAX };

	if (routes == UINT64_MAX)
		return (tl_span){ NULL, 0 };
	for (size_t i = 0; i < outputs->count && i < EVENT_ROUTES_MAX; i++) {
		if ((routes >> i & 1) == 0)
			continue;
		tl_buf_puts(&out, out.len > 0 ? ", " : "");
		tl_buf_puts(&out, outputs->at[i].name);
	}
	return tl_buf_written(&out);
}

static void
compare_rest(explainer *x)
{
	static const char *const words[] = { "", "raise", "clear", "none" };
	const event *old = &x->before, *new = &x->ev;

	compare_texts(x, "message", old->j.message, new->j.message);
	compare_texts(
	    x, "alarm", span_of(words[old->alarm & 3]), span_of(words[new->alarm & 3]));
	compare_texts(x, "alarm_key", old->j.alarm_key, new->j.alarm_key);
	compare_texts(x, "charset", span_of(old->charset != NULL ? old->charset : ""),
	    span_of(new->charset != NULL ? new->charset : ""));
	if (old->source_order != new->source_order)
		add(x, (explain_change){ .what = "source",
			   .from = order_text(x, old->source_order, 0),
			   .to = order_text(x, new->source_order, 1) });
	if (memcmp(old->device.addr, new->device.addr, sizeof old->device.addr) != 0)
		add(x, (explain_change){ .what = "device",
			   .from = address_text(x, &old->device),
			   .to = address_text(x, &new->device) });
}

static void
compare(explainer *x)
{
	const event *old = &x->before, *new = &x->ev;

	compare_texts(x, "severity", span_of(tl_severity_name(old->j.severity)),
	    span_of(tl_severity_name(new->j.severity)));
	for (size_t i = old->j.tag_count; i < new->j.tag_count; i++)
		add(x, (explain_change){ .what = "tag", .to = new->tags[i] });
	compare_fields(x);
	compare_rest(x);
}

/* Being told of each rule. */

static void
take_before(explainer *x)
{
	x->before = x->ev;
	x->before.j.tags = x->before.tags;
	x->before.j.fields = x->before.fields;
}

static void
tell(explainer *x)
{
	x->rule.first = x->told++ == 0;
	x->opt->to->rule(&x->rule);
}

static tl_span
rule_name(explainer *x, uint32_t number)
{
	const char *name = x->opt->conf->rules.at[number].name;
	char digits[24];

	if (name != NULL)
		return span_of(name);
	snprintf(digits, sizeof digits, "%u", number + 1);
	return tl_arena_copy(x->arena, span_of(digits));
}

static void
looked(void *context, uint32_t number, rule_verdict verdict, const match *m)
{
	explainer *x = context;
	const tl_conf_rule *conf = &x->opt->conf->rules.at[number];
	tl_buf why = { .ptr = x->why, .cap = sizeof x->why };

	x->looked = number + 1;
	x->rule = (explain_rule){ .name = rule_name(x, number),
		.mark = conf->mark,
		.verdict = verdict,
		.stops = conf->stop };
	if (verdict == RULE_APPLIES) {
		take_before(x);
		return;
	}
	if (verdict == RULE_EXCEPTED)
		tl_buf_lit(&why, "it fits what stands behind unless");
	else
		match_explain(m, &x->ev, &why);
	x->rule.why = tl_buf_written(&why);
	if (!x->opt->matched)
		tell(x);
}

static void
applied(void *context, uint32_t number)
{
	explainer *x = context;
	const tl_conf_rule *conf = &x->opt->conf->rules.at[number];

	compare(x);
	if (conf->route.count > 0)
		add(x, (explain_change){ .what = "route",
			   .from = routes_text(x, x->before.routes, 2),
			   .to = routes_text(x, x->ev.routes, 3) });
	if (conf->drop)
		add(x, (explain_change){ .what = "drop" });
	tell(x);
}

/* Outputs. */

/* Why the event does not go to the output |i|; empty if it does. */
static tl_span
output_why(explainer *x, size_t i)
{
	uint8_t memory[WHY_MAX];
	tl_buf why = { .ptr = memory, .cap = sizeof memory };

	if (x->filters[i] == NULL)
		tl_buf_lit(&why, "it is not enabled");
	else if (x->ev.suppressed != SUPPRESSED_NOT)
		tl_buf_lit(&why, "it is suppressed");
	else if (i < EVENT_ROUTES_MAX && (x->ev.routes >> i & 1) == 0)
		tl_buf_lit(&why, "a rule routes it elsewhere");
	else
		match_explain(x->filters[i], &x->ev, &why);
	return tl_arena_copy(x->arena, tl_buf_written(&why));
}

/* Which threshold it was: the last that counts it. */
static const char *
threshold_of(explainer *x)
{
	const tl_conf_thresholds *all = &x->opt->conf->limits.thresholds;
	const char *found = NULL;

	for (size_t i = 0; x->ev.suppressed == SUPPRESSED_THRESHOLD && i < all->count;
	     i++)
		if (match_fits(x->counted[i], &x->ev))
			found = all->at[i].name;
	return found;
}

static void
finish(explainer *x)
{
	const tl_conf *conf = x->opt->conf;
	explain_result r = { .ev = &x->ev,
		.threshold = threshold_of(x),
		.told = x->told,
		.unseen = conf->rules.count - x->looked,
		.outputs = x->outputs,
		.output_count = conf->outputs.count };

	for (size_t i = 0; i < conf->outputs.count; i++)
		x->outputs[i] =
		    (explain_output){ conf->outputs.at[i].name, output_why(x, i) };
	x->opt->to->end(&r);
}

/* Being told of the steps. */

static void
device(void *context, event *ev, tl_conf_address by)
{
	explainer *x = context;

	x->opt->to->begin(ev, by);
}

/* Those of the command line come last: they stand for what tables would say. */
static void
fields(void *context, event *ev)
{
	explainer *x = context;

	x->opt->to->fields(ev);
	for (size_t i = 0; i < x->opt->fields.count; i++) {
		const char *name = x->opt->fields.at[i], *equals = strchr(name, '=');
		tl_span left = { (const uint8_t *)name, (size_t)(equals - name) };
		event_set_field(ev, left, span_of(equals + 1));
	}
}

static void
severity(void *context, event *ev, const severity_reason *reason)
{
	explainer *x = context;

	x->opt->to->severity(ev, reason);
}

static void
tell_own(void *context, const tl_own_event *own)
{
	explainer *x = context;

	x->opt->to->own(own);
}

/* What the daemon would have told meanwhile: it looks several times a second. */
static void
tick(explainer *x, const tl_notification *n, int64_t now_ns)
{
	emitter to = { .emit = tell_own, .context = x, .realtime_ns = n->received_ns };

	if (x->ticked_ns != 0 && now_ns - x->ticked_ns >= TL_NS_PER_S)
		pipeline_tick(x->pipeline, now_ns, &to);
	if (x->ticked_ns == 0 || now_ns - x->ticked_ns >= TL_NS_PER_S)
		x->ticked_ns = now_ns;
}

void
explainer_show(explainer *x, const tl_notification *n, int64_t now_ns)
{
	const pipeline_tracer tracer = { .device = device,
		.fields = fields,
		.severity = severity,
		.rules = { looked, applied, x },
		.context = x };

	tick(x, n, now_ns);
	tl_arena_reset(x->arena);
	event_init(&x->ev, n, x->opt->mib, x->arena);
	x->ev.now_ns = now_ns;
	x->looked = x->told = 0;
	pipeline_trace(x->pipeline, &x->ev, &tracer);
	finish(x);
}
