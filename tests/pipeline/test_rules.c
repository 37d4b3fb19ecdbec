/* Rules: what they change, in which order, and that the index finds the same ones as
 * looking at each would. */
#include "pipeline/rule_index.h"
#include "pipeline/rules.h"
#include "pipeline/samples.h"
#include "pipeline/shortlist.h"
#include "pipeline/value_index.h"

typedef struct judged {
	tl_conf *conf;
	rules *rules;
} judged;

static judged
load(const char *yaml)
{
	judged r = { .conf = good(yaml) };

	r.rules = rules_new(r.conf, the_mib);
	assert_non_null(r.rules);
	return r;
}

static void
unload(judged *r)
{
	rules_free(r->rules);
	tl_conf_free(r->conf);
}

static void
ignore_look(void *context, uint32_t rule, rule_verdict verdict, const match *m)
{
	(void)context, (void)rule, (void)verdict, (void)m;
}

static void
ignore_apply(void *context, uint32_t rule)
{
	(void)context, (void)rule;
}

static const rules_tracer quiet = { ignore_look, ignore_apply, NULL };

static bool
same(tl_span a, tl_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* What both have come to. */
static void
assert_same(const event *a, const event *b)
{
	assert_int_equal(a->rule, b->rule);
	assert_int_equal(a->suppressed, b->suppressed);
	assert_int_equal(a->routes, b->routes);
	assert_int_equal(a->alarm, b->alarm);
	assert_int_equal(a->j.severity, b->j.severity);
	assert_int_equal(a->j.tag_count, b->j.tag_count);
	assert_int_equal(a->j.field_count, b->j.field_count);
	for (size_t i = 0; i < a->j.tag_count; i++)
		assert_true(same(a->tags[i], b->tags[i]));
	for (size_t i = 0; i < a->j.field_count; i++)
		assert_true(same(a->fields[i].text, b->fields[i].text));
	assert_true(same(a->j.message, b->j.message));
	assert_memory_equal(&a->device, &b->device, sizeof a->device);
}

/* Judges |s|'s event by |yaml|, both ways. */
static void
judge(const judged *r, sample *s)
{
	event all = s->ev;

	all.j.tags = all.tags;
	all.j.fields = all.fields;
	rules_trace(r->rules, &all, &quiet);
	rules_judge(r->rules, &s->ev);
	assert_same(&s->ev, &all);
}

static void
assert_span(tl_span got, const char *wanted)
{
	assert_bytes(got, span_of(wanted));
}

static const char outputs[] =
    "outputs: {a: {type: stdout}, b: {type: file, path: x}, c: {type: file, path: y}}\n";

static judged
load_with_outputs(const char *yaml)
{
	char text[2048];

	(void)snprintf(text, sizeof text, "%s%s", outputs, yaml);
	return load(text);
}

static void
test_a_rule_sets_what_it_says(void **state)
{
	judged r =
	    load_with_outputs("rules:\n"
			      "- name: uplinks\n"
			      "  match: {trap: linkDown, varbinds: {ifDescr: /^Gi/}}\n"
			      "  set:\n"
			      "    severity: critical\n"
			      "    tags: [uplink, core]\n"
			      "    fields: {team: noc, port: '{ifDescr|lower}'}\n"
			      "    message: '{port} of {team} is {ifOperStatus}'\n"
			      "    alarm: raise\n"
			      "    alarm_key: 'link/{ifIndex}'\n"
			      "    source: [agent_address, peer]\n"
			      "    charset: ISO-8859-1\n"
			      "  route: [a, c]\n");
	sample *s = sample_link_down();

	(void)state;
	judge(&r, s);
	assert_int_equal(s->ev.j.severity, TL_SEVERITY_CRITICAL);
	assert_int_equal(s->ev.j.tag_count, 2);
	assert_span(s->ev.tags[1], "core");
	assert_span(event_field(&s->ev, LIT("team")), "noc");
	assert_span(event_field(&s->ev, LIT("port")), "gigabitethernet0/3");
	assert_span(s->ev.j.message, "gigabitethernet0/3 of noc is down");
	assert_span(s->ev.j.alarm_key, "link/3");
	assert_int_equal(s->ev.alarm, TL_ALARM_RAISE);
	assert_int_equal(s->ev.source_order->count, 2);
	assert_string_equal(s->ev.charset, "ISO-8859-1");
	assert_int_equal(s->ev.routes, 5);
	assert_int_equal(s->ev.rule, 1);
	assert_span(s->ev.j.rule, "uplinks");
	assert_int_equal(s->ev.suppressed, SUPPRESSED_NOT);
	sample_free(s);
	unload(&r);
}

static void
test_no_rule_changes_nothing(void **state)
{
	judged r = load("rules: [{match: {trap: linkUp}, set: {severity: info}}]");
	sample *s = sample_link_down();

	(void)state;
	judge(&r, s);
	assert_int_equal(s->ev.j.severity, TL_SEVERITY_NONE);
	assert_int_equal(s->ev.routes, UINT64_MAX);
	assert_int_equal(s->ev.rule, 0);
	assert_int_equal(s->ev.j.rule.len, 0);
	sample_free(s);
	unload(&r);
	rules_free(NULL);
}

static void
test_a_rule_sees_what_those_before_it_have_done(void **state)
{
	judged r = load(
	    "rules:\n"
	    "- {match: {severity: critical}, set: {tags: too-early}}\n"
	    "- {match: {trap: linkDown}, set: {severity: critical, tags: a, fields: {f: "
	    "x}}}\n"
	    "- {match: {severity: critical}, set: {tags: b}}\n"
	    "- {match: {trap: linkDown, tags: [a, b]}, set: {tags: c}}\n"
	    "- {match: {source: 192.0.2.0/24, fields: {f: x}}, set: {tags: d}}\n"
	    "- {match: {fields: {f: y}}, set: {tags: wrong}}\n"
	    "- {set: {fields: {f: '{f}{f}'}}}\n"
	    "- {match: {fields: {f: xx}}, set: {severity: minor, message: constant}}\n");
	sample *s = sample_link_down();

	(void)state;
	judge(&r, s);
	assert_int_equal(s->ev.j.tag_count, 4);
	assert_span(s->ev.tags[3], "d");
	assert_int_equal(s->ev.j.severity, TL_SEVERITY_MINOR);
	assert_span(s->ev.j.message, "constant");
	assert_int_equal(s->ev.rule, 8);
	assert_span(s->ev.j.rule, "8");
	sample_free(s);
	unload(&r);
}

static void
test_stop_and_drop_end_it(void **state)
{
	static const char *const ends[] = { "stop", "drop" };

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		char yaml[256];
		(void)snprintf(yaml, sizeof yaml,
		    "rules: [{match: {trap: linkUp}, %s: true},"
		    "{set: {tags: a}, %s: true}, {set: {tags: b}}]",
		    ends[i], ends[i]);
		judged r = load(yaml);
		sample *s = sample_link_down();
		judge(&r, s);
		assert_int_equal(s->ev.j.tag_count, 1);
		assert_int_equal(s->ev.rule, 2);
		assert_int_equal(
		    s->ev.suppressed, i == 0 ? SUPPRESSED_NOT : SUPPRESSED_RULE);
		sample_free(s);
		unload(&r);
	}
}

static void
test_unless_excepts(void **state)
{
	judged r =
	    load("lists: {lab: [192.0.2.0/28]}\n"
		 "rules:\n"
		 "- {match: {trap: linkDown}, unless: {source: lab}, set: {tags: a}}\n"
		 "- {match: {trap: linkDown}, unless: {source: 10.0.0.0/8}, set: "
		 "{tags: b}}\n");
	sample *s = sample_link_down();

	(void)state;
	judge(&r, s);
	assert_int_equal(s->ev.j.tag_count, 1);
	assert_span(s->ev.tags[0], "b");
	sample_free(s);
	unload(&r);
}

static void
test_of_several_routes_the_last_decides(void **state)
{
	judged r =
	    load_with_outputs("rules: [{route: [a, b]}, {route: c}, {set: {tags: x}}]");
	sample *s = sample_link_down();

	(void)state;
	judge(&r, s);
	assert_int_equal(s->ev.routes, 4);
	sample_free(s);
	unload(&r);
}

/* A chooser of devices: always 10.1.1.1. */
static void
choose(const void *context, const tl_conf_ints *order, event *ev)
{
	const tl_endpoint *device = context;

	assert_true(order->count > 0);
	ev->device = *device;
}

static void
test_a_new_device_is_looked_for_from_there_on(void **state)
{
	judged r = load("rules:\n"
			"- {match: {source: 10.0.0.0/8}, set: {tags: too-early}}\n"
			"- {match: {trap: linkDown}, set: {source: peer}}\n"
			"- {match: {source: 10.1.0.0/16}, set: {tags: a}}\n"
			"- {match: {source: 192.0.2.0/24}, set: {tags: wrong}}\n"
			"- {match: {source: 10.0.0.0/8}, set: {tags: b}}\n");
	const tl_endpoint device = endpoint_of("10.1.1.1");
	sample *s = sample_link_down();

	(void)state;
	rules_set_choose(r.rules, choose, &device);
	judge(&r, s);
	assert_int_equal(s->ev.j.tag_count, 2);
	assert_span(s->ev.tags[0], "a");
	assert_span(s->ev.tags[1], "b");
	sample_free(s);
	unload(&r);
}

static void
test_without_room_a_text_is_left_out(void **state)
{
	judged r =
	    load("rules: [{set: {message: '{ifDescr}', fields: {a: '{ifDescr}', b: "
		 "constant}}}]");
	sample *s = sample_link_down();
	tl_arena *small;

	(void)state;
	assert_int_equal(tl_arena_new(4096, &small), TL_OK);
	while (tl_arena_take(small, 64) != NULL)
		;
	s->ev.arena = small;
	judge(&r, s);
	assert_int_equal(s->ev.j.message.len, 0);
	assert_int_equal(s->ev.j.field_count, 1);
	assert_span(event_field(&s->ev, LIT("b")), "constant");
	tl_arena_free(small);
	sample_free(s);
	unload(&r);
}

static void
test_a_text_has_a_limit(void **state)
{
	judged r = load("rules: [{set: {message: '{ifDescr}{ifAlias}'}}]");
	sample *s = sample_new("IF-MIB::linkDown");
	char text[RULE_TEXT_MAX + 1];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[RULE_TEXT_MAX] = '\0';
	sample_text(s, "ifDescr.1", text);
	sample_text(s, "ifAlias.1", "y");
	judge(&r, s);
	assert_int_equal(s->ev.j.message.len, RULE_TEXT_MAX);
	sample_free(s);
	unload(&r);
}

static void
test_of_a_text_that_is_too_long_the_beginning_is_kept(void **state)
{
	judged r = load("rules: [{set: {message: 'on {ifDescr}'}}]");
	sample *s = sample_new("IF-MIB::linkDown");
	char text[RULE_TEXT_MAX + 100];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	memcpy(text + RULE_TEXT_MAX - 4, "\xc3\xa9", 2); /* its end has no room */
	sample_text(s, "ifDescr.1", text);
	judge(&r, s);
	assert_int_equal(s->ev.j.message.len, RULE_TEXT_MAX - 1);
	assert_memory_equal(s->ev.j.message.ptr, "on xxx", 6);
	text[0] = '\x1b'; /* no text: in hexadecimal */
	sample_text(s, "ifDescr.1", text);
	judge(&r, s);
	assert_int_equal(s->ev.j.message.len, RULE_TEXT_MAX - 1);
	sample_free(s);
	unload(&r);
}

/* Many rules of all kinds, and many events. */

static uint32_t
next(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

static const char *const traps[] = { "linkDown", "'IF-MIB::linkUp'", "coldStart",
	"1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.0.4", "1.3.6.1.6.3.1.1.5.*",
	"enterprises.*", "1.3.6.1.4.1.99999.0.1", "1.3.6.1.4.1.*", "'*Down'", "'IF-*::*'",
	"nothing", "'enterprises.99999.0.2'", "mib-2.*", "1.3.6.1.6.3.1.1.5.3.*" };
static const char *const sources[] = { "10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24",
	"10.1.1.1", "core", "edge", "0.0.0.0/0", "'2001:db8::/32'", "192.0.2.0/24" };
static const char *const others[] = { "severity: '>= major'", "severity: info", "tags: a",
	"version: 2c", "version: 3", "kind: inform", "community: public",
	"fields: {f: x}", "fields: {g: '!'}", "fields: {f: y, g: '!'}",
	"fields: {severity: major}", "varbinds: {ifIndex: 1..2}",
	"varbinds: {ifDescr: /^Gi/}", "varbinds: {ifDescr: '!*'}",
	"varbinds: {ifIndex: 2}", "varbinds: {ifIndex: [1, 3]}",
	"varbinds: {ifDescr: Te0/1}", "varbinds: {ifDescr: Gi0/1, ifIndex: 1}",
	"varbinds: {ifIndex: [2, '> 2']}", "user: alice", "community: [public, private]",
	"context: ctx" };
static const char *const effects[] = { "set: {severity: major}", "set: {severity: info}",
	"set: {tags: a}", "set: {tags: b, fields: {f: x}}",
	"set: {fields: {f: '{trap}'}}", "set: {fields: {g: '{g}!'}}",
	"set: {message: '{device} {severity}'}", "route: a", "route: b",
	"set: {source: peer}", "set: {alarm: none}" };

#define PICK(list, seed) list[next(seed, COUNT(list))]

static void
put_conditions(FILE *to, uint32_t *seed)
{
	const char *comma = "";

	fputc('{', to);
	if (next(seed, 3) != 0) {
		fprintf(to, "trap: [%s", PICK(traps, seed));
		for (uint32_t more = next(seed, 3); more > 0; more--)
			fprintf(to, ", %s", PICK(traps, seed));
		fputc(']', to);
		comma = ", ";
	}
	if (next(seed, 2) != 0) {
		fprintf(to, "%ssource: [%s", comma, PICK(sources, seed));
		for (uint32_t more = next(seed, 3); more > 0; more--)
			fprintf(to, ", %s", PICK(sources, seed));
		fputc(']', to);
		comma = ", ";
	}
	if (next(seed, 2) != 0)
		fprintf(to, "%s%s", comma, PICK(others, seed));
	fputc('}', to);
}

static char *
random_rules(uint32_t *seed)
{
	char *yaml;
	size_t len;
	FILE *to = open_memstream(&yaml, &len);

	fprintf(to,
	    "%slists: {core: [10.1.0.0/16, 10.2.0.0/16, 10.1.1.1, '2001:db8:1::/48'],"
	    " edge: [10.1.0.0/16, 192.0.2.7]}\nrules:\n",
	    outputs);
	for (uint32_t count = 1 + next(seed, 60); count > 0; count--) {
		fputs("- {match: ", to);
		put_conditions(to, seed);
		if (next(seed, 6) == 0) {
			fprintf(to, ", unless: {%s, trap: %s}", PICK(others, seed),
			    PICK(traps, seed));
		}
		if (next(seed, 40) == 0)
			fputs(", drop: true}\n", to);
		else
			fprintf(to, ", %s%s}\n", PICK(effects, seed),
			    next(seed, 40) == 0 ? ", stop: true" : "");
	}
	fclose(to);
	return yaml;
}

static sample *
random_event(uint32_t *seed)
{
	static const char *const sent[] = { "IF-MIB::linkDown", "IF-MIB::linkUp",
		"1.3.6.1.6.3.1.1.5.1", "1.3.6.1.6.3.1.1.5.0.3", "1.3.6.1.4.1.99999.0.1",
		"1.3.6.1.4.1.99999.0.2", "1.3.6.1.4.1.9", "1.3.6.1.2.1.14.16.2.1", "1.3",
		"1.3.6.1.6.3.1.1.5.3.7" };
	static const char *const from[] = { "10.1.1.1", "10.1.1.2", "10.1.2.1",
		"10.2.0.1", "10.9.9.9", "192.0.2.7", "203.0.113.1", "2001:db8::1",
		"2001:db8:1::1" };
	sample *s = sample_new(PICK(sent, seed));

	s->n.from = endpoint_of(PICK(from, seed));
	s->n.version = (uint8_t)(1 + next(seed, 3));
	s->n.kind = next(seed, 3) == 0 ? TL_INFORM : TL_TRAP;
	event_init(&s->ev, &s->n, s->mib, s->arena);
	s->ev.j.severity = (tl_severity)next(seed, 7);
	s->n.community = span_of(next(seed, 2) == 0 ? "public" : "private");
	s->n.v3.user = span_of(next(seed, 2) == 0 ? "alice" : "bob");
	s->n.v3.context_name = span_of(next(seed, 2) == 0 ? "ctx" : "");
	if (next(seed, 3) == 0)
		event_set_field(&s->ev, span_of("f"), span_of("y"));
	if (next(seed, 2) == 0)
		sample_int(s, "ifIndex.1", next(seed, 4));
	if (next(seed, 2) == 0)
		sample_text(s, "ifDescr.1", next(seed, 2) == 0 ? "Gi0/1" : "Te0/1");
	return s;
}

static void
test_the_index_finds_what_looking_at_each_finds(void **state)
{
	const tl_endpoint device = endpoint_of("10.2.0.1");
	uint32_t seed = 7, applied = 0;

	(void)state;
	for (unsigned round = 0; round < 150; round++) {
		tl_conf_errors errors = { 0 };
		char *yaml = random_rules(&seed);
		judged r = { NULL, NULL };
		if (tl_conf_load_text(span_of(yaml), "t.yaml", &r.conf, &errors) != TL_OK)
			fail_msg("%s in\n%s", errors.at[0].text, yaml);
		r.rules = rules_new(r.conf, the_mib);
		assert_non_null(r.rules);
		if (round % 2 == 0)
			rules_set_choose(r.rules, choose, &device);
		for (unsigned i = 0; i < 60; i++) {
			sample *s = random_event(&seed);
			judge(&r, s);
			applied += s->ev.rule != 0;
			sample_free(s);
		}
		unload(&r);
		tl_conf_errors_free(&errors);
		free(yaml);
	}
	assert_in_range(applied, 3000, 9000);
}

static void
test_trees_of_more_lengths_than_are_indexed(void **state)
{
	char *yaml, trap[400] = "1.3.6.1.4.1";
	size_t len;
	FILE *to = open_memstream(&yaml, &len);

	(void)state;
	fputs("rules:\n", to);
	for (unsigned i = 0; i < RULE_TREES_MAX + 5; i++) {
		fprintf(to, "- {match: {trap: %s.*}, set: {fields: {f%u: x}}}\n", trap,
		    i % (EVENT_FIELDS_MAX - 1));
		(void)snprintf(trap + strlen(trap), sizeof trap - strlen(trap), ".%u", i);
	}
	fclose(to);
	judged r = load(yaml);
	sample *s = sample_new(trap);
	judge(&r, s);
	assert_int_equal(s->ev.rule, RULE_TREES_MAX + 5);
	assert_int_equal(s->ev.j.field_count, EVENT_FIELDS_MAX - 1);
	sample_free(s);
	unload(&r);
	free(yaml);
}

/* As a proxy makes it of SNMPv1, with a 0, a notification lies in other trees. */
static void
test_both_forms_of_an_oid_are_told_apart(void **state)
{
	static const char *const sent[] = { "1.3.6.1.6.3.1.1.5.3",
		"1.3.6.1.6.3.1.1.5.0.3" };
	judged r = load("rules:\n"
			"- {match: {trap: 1.3.6.1.6.3.1.1.5.0.*}, set: {tags: zero}}\n"
			"- {match: {trap: linkDown}, set: {tags: both}}\n");

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		sample *s = sample_new(sent[i % 2]);
		judge(&r, s);
		assert_int_equal(s->ev.j.tag_count, 1 + i % 2);
		sample_free(s);
	}
	unload(&r);
}

/* What one network's notification found is not found for another's, nor of another
 * trap's; with |more| rules, and |values| that look at a value, beside them. */
static void
tell_networks_apart(unsigned more, unsigned values)
{
	static const char *const from[] = { "10.1.1.1", "10.1.2.1", "10.2.0.1",
		"192.0.2.1" };
	static const size_t tags[] = { 3, 2, 1, 0 };
	char *yaml;
	size_t len;
	FILE *to = open_memstream(&yaml, &len);

	fputs("rules:\n"
	      "- {match: {trap: linkDown, source: 10.0.0.0/8}, set: {tags: a}}\n"
	      "- {match: {source: 10.1.0.0/16}, set: {tags: b}}\n"
	      "- {match: {source: 10.1.1.0/24}, set: {tags: c}}\n"
	      "- {match: {trap: linkUp}, set: {tags: d}}\n",
	    to);
	for (unsigned i = 0; i < more; i++)
		fputs("- {match: {trap: linkDown}, set: {severity: major}}\n", to);
	for (unsigned i = 0; i < values; i++)
		fprintf(to, "- {match: {varbinds: {ifIndex: %u}}, set: {tags: v}}\n", i);
	fclose(to);
	judged r = load(yaml);
	for (unsigned i = 0; i < 24; i++) {
		bool down = i % 3 != 0;
		sample *s = sample_new(down ? "IF-MIB::linkDown" : "IF-MIB::linkUp");
		s->n.from = endpoint_of(from[i % 4]);
		event_init(&s->ev, &s->n, s->mib, s->arena);
		sample_int(s, "ifIndex.1", values == 0 ? 0 : values - 1);
		judge(&r, s);
		bool nested = i % 4 < 3;
		assert_int_equal(
		    s->ev.j.tag_count, tags[i % 4] + (!down && !nested) + (values > 0));
		sample_free(s);
	}
	unload(&r);
	free(yaml);
}

static void
test_networks_of_a_trap_are_told_apart(void **state)
{
	(void)state;
	tell_networks_apart(0, 0);
	tell_networks_apart(30, 0);
	tell_networks_apart(0, 30);
	tell_networks_apart(30, 30);
}

/* So many that fit all that only the first few notifications get a shortlist: from there
 * on every rule that no source finds is looked at. */
static void
test_more_notifications_than_have_shortlists(void **state)
{
	enum { RULES = 60000 };
	const tl_mib_node *node;
	char *yaml, name[128];
	size_t len;
	FILE *to = open_memstream(&yaml, &len);
	uint32_t seen = 0, listed = 0;

	(void)state;
	fputs("rules:\n", to);
	for (uint32_t i = 0; i < RULES - 2; i++)
		fputs("- {match: {trap: '*::*'}, set: {tags: a}}\n", to);
	fputs("- {match: {trap: '*', source: 10.0.0.0/8}, set: {tags: b}}\n"
	      "- {match: {trap: 'x*', source: 10.0.0.0/8}, set: {tags: no}}\n",
	    to);
	fclose(to);
	tl_conf *conf = good(yaml);
	rule_index *x = rule_index_new(conf, the_mib);
	rule_cursor c;
	value_memo memo;
	match_view v;
	assert_non_null(x);
	for (uint32_t i = 0; (node = tl_mib_at(the_mib, i)) != NULL; i++) {
		tl_buf text = { .ptr = (uint8_t *)name, .cap = sizeof name - 1 };
		if (tl_mib_node_kind(node) != TL_MIB_NOTIFICATION)
			continue;
		seen++;
		tl_mib_node_write_name(the_mib, node, &text);
		name[text.len] = '\0';
		sample *s = sample_new(name);
		s->n.from = endpoint_of("10.1.1.1");
		event_init(&s->ev, &s->n, s->mib, s->arena);
		match_view_begin(&v, &s->ev, &memo);
		rule_cursor_start(&c, x, &v, RULES - 4);
		assert_int_equal(rule_cursor_next(&c), RULES - 4);
		assert_int_equal(rule_cursor_next(&c), RULES - 3);
		assert_int_equal(rule_cursor_next(&c), RULES - 2);
		assert_int_equal(
		    rule_cursor_next(&c), c.known != 0 ? RULE_NONE : RULES - 1);
		listed += c.known == 1u << MATCH_TRAP;
		sample_free(s);
	}
	assert_in_range(listed, SHORTLIST_NUMBERS_MAX / RULES / 2, seen - 1);
	rule_index_free(x);
	tl_conf_free(conf);
	free(yaml);
}

/* Of ten thousand globs only those that fit are looked at. */
static void
test_globs_are_compared_once(void **state)
{
	char *yaml;
	size_t len;
	FILE *to = open_memstream(&yaml, &len);

	(void)state;
	fputs("rules:\n", to);
	for (uint32_t i = 0; i < 9999; i++)
		fprintf(to, "- {match: {trap: '*Fail*%u'}, set: {tags: no}}\n", i);
	fputs("- {match: {trap: '*Down'}, set: {tags: a}}\n", to);
	fclose(to);
	tl_conf *conf = good(yaml);
	rule_index *x = rule_index_new(conf, the_mib);
	rule_cursor c;
	value_memo memo;
	match_view v;

	assert_non_null(x);
	for (unsigned i = 0; i < 2; i++) {
		sample *s = sample_new(i == 0 ? "IF-MIB::linkDown" : "1.3.6.1.4.1.9.9");
		match_view_begin(&v, &s->ev, &memo);
		rule_cursor_start(&c, x, &v, 0);
		assert_int_equal(rule_cursor_next(&c), i == 0 ? 9999 : RULE_NONE);
		assert_int_equal(rule_cursor_next(&c), RULE_NONE);
		sample_free(s);
	}
	rule_index_free(x);
	tl_conf_free(conf);
	free(yaml);
}

/* More objects than there are places to remember them, and instances apart. */
static void
test_rules_that_ask_for_the_same_objects(void **state)
{
	judged r =
	    load("rules:\n"
		 "- {match: {varbinds: {ifIndex: 9}}, set: {tags: no}}\n"
		 "- {match: {varbinds: {ifIndex: 2}}, set: {tags: second}}\n"
		 "- {match: {varbinds: {ifIndex: 3, ifDescr: /^b/}}, set: {tags: no}}\n"
		 "- {match: {varbinds: {ifAlias: '*'}}, set: {tags: no}}\n"
		 "- {match: {varbinds: {ifAlias: '!*'}}, set: {tags: none}}\n"
		 "- {match: {varbinds: {ifDescr: /^a/}}, set: {tags: a}}\n"
		 "- {match: {varbinds: {ifDescr: /^b/}}, set: {tags: b}}\n"
		 "- {match: {varbinds: {ifType: '!*', ifMtu: '!*', ifSpeed: '!*',\n"
		 "   ifInOctets: '!*', ifOutOctets: '!*', ifPhysAddress: '!*',\n"
		 "   ifLastChange: '!*', ifInErrors: '!*', ifOutErrors: '!*'}},\n"
		 "   set: {tags: others}}\n"
		 "- {match: {varbinds: {ifIndex: 1..1}}, set: {tags: first}}\n"
		 "- {match: {varbinds: {ifIndex: '!*'}}, set: {tags: no}}\n");
	static const char *const tags[] = { "second", "none", "a", "b", "others",
		"first" };
	sample *s = sample_new("IF-MIB::linkDown");

	(void)state;
	sample_int(s, "ifIndex.1", 1);
	sample_text(s, "ifDescr.1", "a");
	sample_int(s, "ifIndex.2", 2);
	sample_text(s, "ifDescr.2", "b");
	judge(&r, s);
	assert_int_equal(s->ev.j.tag_count, COUNT(tags));
	for (size_t i = 0; i < COUNT(tags); i++)
		assert_true(same(s->ev.tags[i], span_of(tags[i])));
	sample_free(s);
	unload(&r);
}

/* |count| rules, each with the conditions that |put| writes, and |more|. */
static judged
load_many(unsigned count, void (*put)(FILE *to, unsigned i), const char *more)
{
	char *yaml;
	size_t len;
	FILE *to = open_memstream(&yaml, &len);

	fputs("rules:\n", to);
	for (unsigned i = 0; i < count; i++) {
		fputs("- {match: {", to);
		put(to, i);
		fprintf(to, "}, set: {fields: {f%u: x}}}\n", i % (EVENT_FIELDS_MAX - 2));
	}
	fputs(more, to);
	fclose(to);
	judged r = load(yaml);
	free(yaml);
	return r;
}

static void
put_index(FILE *to, unsigned i)
{
	fprintf(to, "trap: linkDown, varbinds: {ifIndex: %u}", i);
}

/* Of ten thousand that ask for one value each, only its own is looked at; a few are, all
 * of them, without a look at what is said. */
static void
expect_index(unsigned count, unsigned found)
{
	judged r = load_many(count, put_index, "");
	rule_index *x = rule_index_new(r.conf, the_mib);
	sample *s = sample_new("IF-MIB::linkDown");
	rule_cursor c;
	value_memo memo;
	match_view v;

	assert_non_null(x);
	sample_int(s, "ifIndex.5", 5);
	match_view_begin(&v, &s->ev, &memo);
	rule_cursor_start(&c, x, &v, 0);
	for (unsigned i = 0; i < found; i++)
		assert_int_equal(rule_cursor_next(&c), found == 1 ? 5 : i);
	assert_int_equal(rule_cursor_next(&c), RULE_NONE);
	rule_index_free(x);
	sample_free(s);
	unload(&r);
}

static void
test_many_values_are_looked_up(void **state)
{
	(void)state;
	expect_index(10000, 1);
	expect_index(SHORTLIST_FEW + 1, 1);
	expect_index(SHORTLIST_FEW, SHORTLIST_FEW);
}

/* With each a list of its own, more than a cursor has room for: then all are looked at.
 */
static void
test_more_values_than_are_looked_up(void **state)
{
	enum { RULES = RULE_VALUES_MAX + 20, VARBINDS = RULE_VALUES_MAX + 9 };
	judged r = load_many(RULES, put_index, "");
	sample *s = sample_new("IF-MIB::linkDown");
	tl_varbind vb[VARBINDS];

	(void)state;
	sample_int(s, "ifIndex", 0);
	for (unsigned i = 0; i < VARBINDS; i++) {
		vb[i] = s->vb[0];
		vb[i].v.i64 = i;
	}
	s->n.vb = s->n.all = vb;
	for (size_t count = VARBINDS; count > 0; count -= 8) {
		s->n.all_count = s->n.vb_count = count;
		event_init(&s->ev, &s->n, s->mib, s->arena);
		judge(&r, s);
		assert_int_equal(s->ev.rule, count);
		count -= count == VARBINDS;
	}
	sample_free(s);
	unload(&r);
}

static void
put_object(FILE *to, unsigned i)
{
	fprintf(to, "trap: linkDown, varbinds: {1.3.6.1.4.1.99999.%u: 7}", i);
}

static void
test_more_objects_than_are_looked_up(void **state)
{
	enum { RULES = VALUE_OBJECTS_MAX + 12 };
	judged r = load_many(RULES, put_object, "");

	(void)state;
	for (unsigned i = 0; i < RULES; i++) {
		sample *s = sample_new("IF-MIB::linkDown");
		char name[64];
		(void)snprintf(name, sizeof name, "1.3.6.1.4.1.99999.%u.0", i);
		sample_int(s, name, 7);
		judge(&r, s);
		assert_int_equal(s->ev.rule, i + 1);
		sample_free(s);
	}
	unload(&r);
}

static void
put_site(FILE *to, unsigned i)
{
	fprintf(to, "trap: linkDown, fields: {site: s%u}", i);
}

static void
put_last_site(FILE *to, unsigned i)
{
	if (i == 0)
		fprintf(to, "trap: linkDown}, set: {fields: {site: s20}}}\n- {match: {");
	put_site(to, i);
}

/* By a field that a table has set, or a rule before. */
static void
test_rules_by_field(void **state)
{
	judged r = load_many(30, put_site, ""),
	       by_rule = load_many(30, put_last_site, "");
	sample *s = sample_new("IF-MIB::linkDown"),
	       *bare = sample_new("IF-MIB::linkDown");

	(void)state;
	assert_true(event_set_field(&s->ev, span_of("site"), span_of("s17")));
	judge(&r, s);
	assert_int_equal(s->ev.rule, 18);
	judge(&r, bare);
	assert_int_equal(bare->ev.rule, 0);
	judge(&by_rule, bare);
	assert_int_equal(bare->ev.rule, 22);
	sample_free(bare);
	sample_free(s);
	unload(&r);
	unload(&by_rule);
}

static void
put_name(FILE *to, unsigned i)
{
	if (i == 0)
		fputs("trap: linkDown, varbinds: {ifDescr: '!= x'}}, "
		      "set: {charset: ISO-8859-1}}\n- {match: {",
		    to);
	fprintf(to, "trap: linkDown, varbinds: {ifDescr: \"caf\\u00e9%u\"}", i);
}

/* What has been read of it before counts no more. */
static void
test_another_charset_makes_other_texts(void **state)
{
	judged r = load_many(20, put_name, "");
	sample *s = sample_new("IF-MIB::linkDown");

	(void)state;
	sample_text(s, "ifDescr.1",
	    "caf\xe9"
	    "7");
	judge(&r, s);
	assert_int_equal(s->ev.rule, 9);
	sample_free(s);
	unload(&r);
}

static void
test_ten_thousand_rules(void **state)
{
	char *yaml;
	size_t len;
	FILE *to = open_memstream(&yaml, &len);

	(void)state;
	fputs("rules:\n", to);
	for (unsigned i = 0; i < 10000; i++)
		fprintf(to,
		    "- {match: {trap: 1.3.6.1.4.1.99999.0.%u, source: 10.%u.%u.0/24}, "
		    "set: {fields: {f: x%u}}}\n",
		    i % 1000, i >> 8, i & 255, i);
	fclose(to);
	judged r = load(yaml);
	for (unsigned i = 0; i < 10000; i += 99) {
		char trap[64], address[64];
		(void)snprintf(trap, sizeof trap, "1.3.6.1.4.1.99999.0.%u", i % 1000);
		(void)snprintf(address, sizeof address, "10.%u.%u.9", i >> 8, i & 255);
		sample *s = sample_new(trap);
		s->n.from = endpoint_of(address);
		event_init(&s->ev, &s->n, s->mib, s->arena);
		rules_judge(r.rules, &s->ev);
		assert_int_equal(s->ev.rule, i + 1);
		sample_free(s);
	}
	unload(&r);
	free(yaml);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_rule_sets_what_it_says),
		cmocka_unit_test(test_no_rule_changes_nothing),
		cmocka_unit_test(test_a_rule_sees_what_those_before_it_have_done),
		cmocka_unit_test(test_stop_and_drop_end_it),
		cmocka_unit_test(test_unless_excepts),
		cmocka_unit_test(test_of_several_routes_the_last_decides),
		cmocka_unit_test(test_a_new_device_is_looked_for_from_there_on),
		cmocka_unit_test(test_without_room_a_text_is_left_out),
		cmocka_unit_test(test_a_text_has_a_limit),
		cmocka_unit_test(test_of_a_text_that_is_too_long_the_beginning_is_kept),
		cmocka_unit_test(test_the_index_finds_what_looking_at_each_finds),
		cmocka_unit_test(test_trees_of_more_lengths_than_are_indexed),
		cmocka_unit_test(test_both_forms_of_an_oid_are_told_apart),
		cmocka_unit_test(test_networks_of_a_trap_are_told_apart),
		cmocka_unit_test(test_more_notifications_than_have_shortlists),
		cmocka_unit_test(test_globs_are_compared_once),
		cmocka_unit_test(test_rules_that_ask_for_the_same_objects),
		cmocka_unit_test(test_many_values_are_looked_up),
		cmocka_unit_test(test_more_values_than_are_looked_up),
		cmocka_unit_test(test_more_objects_than_are_looked_up),
		cmocka_unit_test(test_rules_by_field),
		cmocka_unit_test(test_another_charset_makes_other_texts),
		cmocka_unit_test(test_ten_thousand_rules),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
