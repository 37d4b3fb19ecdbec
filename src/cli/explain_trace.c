/* cli/explain_trace.c: judges a notification as `trapline run` would, looking at every
 * rule, and finds out what each has changed by comparing. For cmd_explain.c. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "cli/explain.h"

enum { ARENA_BYTES = 1 << 20, WHY_MAX = 4096, LISTED_MAX = 4096 };

struct explainer {
	const explain_options *opt;
	severities *severities;
	rules *rules;
	match **filters; /* of each output; NULL: it is not used */
	tl_arena *arena;
	event ev, before;
	explain_rule rule;
	size_t looked; /* rules at this event */
	size_t told;
	uint8_t why[WHY_MAX], lists[4][LISTED_MAX];
	explain_output *outputs;
};

explainer *
explainer_new(const explain_options *opt)
{
	const tl_conf_outputs *outputs = &opt->conf->outputs;
	explainer *x = calloc(1, sizeof *x);
	bool good = x != NULL;

	if (!good)
		return NULL;
	x->opt = opt;
	x->severities = severities_new(opt->conf, opt->mib);
	x->rules = rules_new(opt->conf, opt->mib);
	x->filters = calloc(outputs->count + 1, sizeof(match *));
	x->outputs = calloc(outputs->count + 1, sizeof *x->outputs);
	good = x->severities != NULL && x->rules != NULL && x->filters != NULL &&
	       x->outputs != NULL && tl_arena_new(ARENA_BYTES, &x->arena) == TL_OK;
	for (size_t i = 0; good && i < outputs->count; i++) {
		if (!outputs->at[i].enabled)
			continue;
		x->filters[i] = match_new(&outputs->at[i].filter, opt->conf, opt->mib);
		good = x->filters[i] != NULL;
	}
	if (good)
		return x;
	explainer_free(x);
	return NULL;
}

void
explainer_free(explainer *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; x->filters != NULL && i < x->opt->conf->outputs.count; i++)
		match_free(x->filters[i]);
	free(x->filters);
	free(x->outputs);
	severities_free(x->severities);
	rules_free(x->rules);
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

/* The order in which addresses are tried, as configurations have it. */
static tl_span
order_text(explainer *x, const tl_conf_ints *order, unsigned room)
{
	static const char *const words[] = { "snmpTrapAddress", "agent_address",
		"engine_id", "peer" };
	tl_buf out = { .ptr = x->lists[room], .cap = LISTED_MAX };

	for (size_t i = 0; order != NULL && i < order->count; i++) {
		tl_buf_puts(&out, i > 0 ? ", " : "");
		tl_buf_puts(&out, words[order->at[i] & 3]);
	}
	return tl_buf_written(&out);
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
	static const char *const alarms[] = { "", "raise", "clear", "none" };
	const event *old = &x->before, *new = &x->ev;

	compare_texts(x, "message", old->j.message, new->j.message);
	compare_texts(
	    x, "alarm", span_of(alarms[old->alarm & 3]), span_of(alarms[new->alarm & 3]));
	compare_texts(x, "alarm_key", old->j.alarm_key, new->j.alarm_key);
	compare_texts(x, "charset", span_of(old->charset != NULL ? old->charset : ""),
	    span_of(new->charset != NULL ? new->charset : ""));
	if (old->source_order != new->source_order)
		add(x, (explain_change){ .what = "source",
			   .from = order_text(x, old->source_order, 0),
			   .to = order_text(x, new->source_order, 1) });
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

static void
looked(void *context, uint32_t number, rule_verdict verdict, const match *m)
{
	explainer *x = context;
	const tl_conf_rule *conf = &x->opt->conf->rules.at[number];
	tl_buf why = { .ptr = x->why, .cap = sizeof x->why };

	x->looked = number + 1;
	x->rule = (explain_rule){ .name = rules_name(x->rules, number),
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

static void
finish(explainer *x)
{
	const tl_conf *conf = x->opt->conf;
	explain_result r = { .ev = &x->ev,
		.unseen = conf->rules.count - x->looked,
		.outputs = x->outputs,
		.output_count = conf->outputs.count };

	for (size_t i = 0; i < conf->outputs.count; i++)
		x->outputs[i] =
		    (explain_output){ conf->outputs.at[i].name, output_why(x, i) };
	x->opt->to->end(&r);
}

static void
set_fields(explainer *x)
{
	for (size_t i = 0; i < x->opt->fields.count; i++) {
		const char *name = x->opt->fields.at[i], *equals = strchr(name, '=');
		tl_span left = { (const uint8_t *)name, (size_t)(equals - name) };
		event_set_field(&x->ev, left, span_of(equals + 1));
	}
}

void
explainer_show(explainer *x, const tl_notification *n)
{
	const rules_tracer tracer = { looked, applied, x };

	tl_arena_reset(x->arena);
	event_init(&x->ev, n, x->opt->mib, x->arena);
	set_fields(x);
	severity_reason reason = severities_find(x->severities, &x->ev);
	x->ev.j.severity = reason.severity;
	x->looked = x->told = 0;
	x->opt->to->begin(&x->ev, &reason);
	rules_trace(x->rules, &x->ev, &tracer);
	finish(x);
}
