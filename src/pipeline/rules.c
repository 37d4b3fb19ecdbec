/* pipeline/rules.c: applies rules to events. Which of ten thousand can match at all is
 * for rule_index.c to say; here is what they test, and what they change. Called by the
 * worker for each notification, after its severity is known. */
#include "pipeline/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "pipeline/rule_index.h"
#include "pipeline/template.h"
#include "pipeline/value_test.h"

enum {
	NUMBER_MAX = 24,
	LEFT_SEVERITY = 1 << MATCH_SEVERITY,
	LEFT_UNLESS = 1 << MATCH_ALL_FIT
};

/* A text that a rule sets: always the same, or made of the event. */
typedef struct text {
	tl_span name; /* of a field */
	tl_span constant;
	template *made; /* NULL: constant, which then has its ptr if there is a text */
} text;

typedef struct rule {
	const tl_conf_rule *conf;
	match *match, *unless; /* unless: NULL: there is none */
	uint32_t known;        /* conditions that need no look when it is found */
	uint32_t left;         /* the others; LEFT_UNLESS: and that */
	bool ends;             /* no later rule is looked at: stop, drop */
	bool moves;            /* it chooses the device anew */
	bool reads;            /* it says how texts are read: of which device, charset */
	bool more;             /* it sets more than severity, tags, fields and that */
	uint32_t severities;   /* 1 << tl_severity of each that it fits, if it asks */
	tl_severity severity;
	tl_span name;
	char number[NUMBER_MAX];
	tl_span *tags;
	size_t tag_count;
	text *fields;
	size_t field_count;
	text message, alarm_key;
	uint64_t routes; /* 0: as they are */
	tl_charset *charset;
	const char *charset_name; /* NULL: as it is */
} rule;

struct rules {
	rule *at;
	size_t count;
	match_lists *lists;
	rule_index *index;
	rules_choose *choose;
	const void *context;
};

/* Making. */

static tl_span
span_of(const char *s)
{
	return (tl_span){ (const uint8_t *)s, strlen(s) };
}

static bool
make_text(text *t, const char *name, const tl_conf_template *conf, const tl_mib *mib)
{
	if (name != NULL)
		t->name = span_of(name);
	if (conf->text == NULL)
		return true;
	t->made = template_new(conf, mib);
	if (t->made == NULL)
		return false;
	if (template_is_constant(t->made, &t->constant)) {
		template_free(t->made);
		t->made = NULL;
	}
	if (t->constant.len == 0)
		t->constant = span_of("");
	return true;
}

static bool
make_set(rule *r, const tl_conf_set *set, const tl_mib *mib)
{
	r->tags = calloc(set->tags.count + 1, sizeof *r->tags);
	r->fields = calloc(set->fields.count + 1, sizeof *r->fields);
	if (r->tags == NULL || r->fields == NULL)
		return false;
	r->tag_count = set->tags.count;
	for (size_t i = 0; i < r->tag_count; i++)
		r->tags[i] = span_of(set->tags.at[i]);
	r->field_count = set->fields.count;
	for (size_t i = 0; i < r->field_count; i++) {
		const tl_conf_field *conf = &set->fields.at[i];
		if (!make_text(&r->fields[i], conf->name, &conf->value, mib))
			return false;
	}
	r->severity = set->severity;
	r->charset_name = set->charset;
	if (set->charset != NULL && tl_charset_new(set->charset, &r->charset) != TL_OK)
		return false;
	r->moves = set->source.count > 0;
	r->ends = r->conf->stop || r->conf->drop;
	r->reads = r->moves || set->charset != NULL;
	r->more = set->message.text != NULL || set->alarm_key.text != NULL ||
		  set->alarm != TL_ALARM_UNSAID || r->routes != 0 || r->conf->drop;
	return make_text(&r->message, NULL, &set->message, mib) &&
	       make_text(&r->alarm_key, NULL, &set->alarm_key, mib);
}

static uint64_t
routes_of(const tl_conf_refs *route)
{
	uint64_t routes = 0;

	for (size_t i = 0; i < route->count; i++)
		if (route->at[i].index >= 0 && route->at[i].index < EVENT_ROUTES_MAX)
			routes |= UINT64_C(1) << route->at[i].index;
	return routes;
}

static bool
make_rule(rules *all, size_t i, const tl_conf_rule *conf, const tl_mib *mib)
{
	rule *r = &all->at[i];

	r->conf = conf;
	(void)snprintf(r->number, sizeof r->number, "%zu", i + 1);
	r->name = span_of(conf->name != NULL ? conf->name : r->number);
	r->routes = routes_of(&conf->route);
	r->match = match_new_sharing(&conf->match, all->lists, mib);
	if (r->match == NULL)
		return false;
	if (conf->has_unless) {
		r->unless = match_new_sharing(&conf->unless, all->lists, mib);
		if (r->unless == NULL)
			return false;
	}
	r->severities = conf->match.severities;
	r->known = rule_index_known(all->index, (uint32_t)i);
	r->left = match_given(r->match) & ~r->known;
	if (r->unless != NULL)
		r->left |= LEFT_UNLESS;
	return make_set(r, &conf->set, mib);
}

static bool
make(rules *r, const tl_conf *conf, const tl_mib *mib)
{
	r->at = calloc(conf->rules.count + 1, sizeof *r->at);
	r->lists = match_lists_new(conf);
	r->index = rule_index_new(conf, mib);
	if (r->at == NULL || r->lists == NULL || r->index == NULL)
		return false;
	r->count = conf->rules.count;
	for (size_t i = 0; i < r->count; i++)
		if (!make_rule(r, i, &conf->rules.at[i], mib))
			return false;
	return true;
}

rules *
rules_new(const tl_conf *conf, const tl_mib *mib)
{
	rules *r = calloc(1, sizeof *r);

	if (r == NULL || make(r, conf, mib))
		return r;
	rules_free(r);
	return NULL;
}

void
rules_set_choose(rules *r, rules_choose *choose, const void *context)
{
	r->choose = choose;
	r->context = context;
}

static void
free_rule(rule *r)
{
	match_free(r->match);
	match_free(r->unless);
	for (size_t i = 0; i < r->field_count; i++)
		template_free(r->fields[i].made);
	template_free(r->message.made);
	template_free(r->alarm_key.made);
	tl_charset_free(r->charset);
	free(r->fields);
	free(r->tags);
}

void
rules_free(rules *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->count; i++)
		free_rule(&r->at[i]);
	free(r->at);
	rule_index_free(r->index);
	match_lists_free(r->lists);
	free(r);
}

/* Applying. */

/* The text, in the arena if it is made anew; false if there is no room. */
static bool
write_text(const text *t, const event *ev, tl_span *out)
{
	tl_buf buf = { .cap = RULE_TEXT_MAX };

	*out = t->constant;
	if (t->made == NULL)
		return true;
	buf.ptr = tl_arena_take(ev->arena, RULE_TEXT_MAX);
	if (buf.ptr == NULL)
		return false;
	template_write(t->made, ev, &buf);
	tl_arena_trim(ev->arena, buf.ptr, buf.len);
	*out = tl_buf_written(&buf);
	return true;
}

static void
set_text(const text *t, const event *ev, tl_span *to)
{
	tl_span made;

	if ((t->made != NULL || t->constant.ptr != NULL) && write_text(t, ev, &made))
		*to = made;
}

static void
set_fields(const rule *r, event *ev)
{
	tl_span made;

	for (const text *t = r->fields, *end = t + r->field_count; t < end; t++)
		if (t->made == NULL)
			event_set_field(ev, t->name, t->constant);
		else if (write_text(t, ev, &made))
			event_set_field(ev, t->name, made);
}

static void
change_reading(const rules *all, const rule *r, event *ev)
{
	if (r->charset_name != NULL) {
		ev->charset = r->charset_name;
		ev->j.charset = r->charset;
	}
	if (r->moves) {
		ev->source_order = &r->conf->set.source;
		if (all->choose != NULL)
			all->choose(all->context, ev->source_order, ev);
	}
}

static void
change_more(const rule *r, event *ev)
{
	const tl_conf_set *set = &r->conf->set;

	set_text(&r->message, ev, &ev->j.message);
	set_text(&r->alarm_key, ev, &ev->j.alarm_key);
	if (set->alarm != TL_ALARM_UNSAID)
		ev->alarm = set->alarm;
	if (r->routes != 0)
		ev->routes = r->routes;
	if (r->conf->drop)
		ev->suppressed = SUPPRESSED_RULE;
}

/* Texts see what was set before them: fields the device, messages the fields. */
static inline void
change(const rules *all, const rule *r, event *ev)
{
	if (r->severity != TL_SEVERITY_NONE)
		ev->j.severity = r->severity;
	for (size_t i = 0; i < r->tag_count; i++)
		event_add_tag(ev, r->tags[i]);
	if (r->reads)
		change_reading(all, r, ev);
	if (r->field_count > 0)
		set_fields(r, ev);
	if (r->more)
		change_more(r, ev);
}

static rule_verdict
look(const rule *r, match_view *v, uint32_t known)
{
	size_t which;

	if (match_fails(r->match, v, known, &which) != MATCH_ALL_FIT)
		return RULE_FAILS;
	if (r->unless != NULL && match_fails(r->unless, v, 0, &which) == MATCH_ALL_FIT)
		return RULE_EXCEPTED;
	return RULE_APPLIES;
}

/* Whether |r| applies, of which |left| is to be looked at. Of rules that are found often,
 * most fail by their severity. */
static bool
applies(const rule *r, match_view *v, uint32_t left)
{
	if ((left & LEFT_SEVERITY) != 0 &&
	    (r->severities >> event_severity(v->ev) & 1) == 0)
		return false;
	left &= ~(uint32_t)LEFT_SEVERITY;
	return left == 0 || look(r, v, ~left) == RULE_APPLIES;
}

/* The rule |r|, of number |i|, is the last that did something; its texts may say so. */
static inline void
sign(const rule *r, uint32_t i, event *ev)
{
	ev->rule = i + 1;
	ev->j.rule = r->name;
}

void
rules_judge(const rules *r, event *ev)
{
	value_memo memo;
	match_view v;
	rule_cursor c;
	uint32_t i;

	match_view_begin(&v, ev, &memo);
	ev->memo = &memo;
	rule_cursor_start(&c, r->index, &v, 0);
	while ((i = rule_cursor_next(&c)) != RULE_NONE) {
		const rule *at = &r->at[i];
		uint32_t left = at->left & ~c.known;
		if (left != 0 && !applies(at, &v, left))
			continue;
		sign(at, i, ev);
		change(r, at, ev);
		if (at->ends)
			break;
		if (at->reads)
			match_view_begin(&v, ev, &memo);
		if (at->reads || (at->field_count > 0 && rule_cursor_asks_fields(&c)))
			rule_cursor_start(&c, r->index, &v, i + 1);
	}
	ev->memo = NULL;
}

void
rules_trace(const rules *r, event *ev, const rules_tracer *tracer)
{
	value_memo memo;
	match_view v;

	match_view_begin(&v, ev, &memo);
	ev->memo = &memo;
	for (uint32_t i = 0; i < r->count; i++) {
		const rule *at = &r->at[i];
		rule_verdict verdict = look(at, &v, 0);
		tracer->looked(tracer->context, i, verdict,
		    verdict == RULE_EXCEPTED ? at->unless : at->match);
		if (verdict != RULE_APPLIES)
			continue;
		sign(at, i, ev);
		change(r, at, ev);
		tracer->applied(tracer->context, i);
		if (at->ends)
			break;
		if (at->reads)
			match_view_begin(&v, ev, &memo);
	}
	ev->memo = NULL;
}
