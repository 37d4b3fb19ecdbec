/* pipeline/pipeline.c: the stages in their order, and their states over reloads and
 * restarts. */
#include "pipeline/saves.h"

#include "pipeline/pipeline.h"

typedef struct fixture {
	tl_conf *conf;
	pipeline *p;
	sample *down, *up;
	heard h;
} fixture;

static pipeline *
new_pipeline(const tl_conf *conf)
{
	pipeline *p =
	    pipeline_new(&(pipeline_options){ .conf = conf, .mib = the_mib, .seed = 42 });

	assert_non_null(p);
	return p;
}

static fixture *
fixture_new(const char *yaml)
{
	fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	f->conf = good(yaml);
	f->down = sample_link_down();
	f->up = sample_new("IF-MIB::linkUp");
	sample_int(f->up, "ifIndex.3", 3);
	f->p = new_pipeline(f->conf);
	return f;
}

static void
fixture_free(fixture *f)
{
	pipeline_free(f->p);
	sample_free(f->down);
	sample_free(f->up);
	tl_conf_free(f->conf);
	free(f);
}

static suppression
judge(fixture *f, sample *s, int64_t now_ns)
{
	event *ev = again(s, now_ns);

	pipeline_judge(f->p, ev);
	return ev->suppressed;
}

static void
tick(fixture *f, int64_t now_ns)
{
	emitter to = to_heard(&f->h);

	pipeline_tick(f->p, now_ns, &to);
}

static void
test_judges_with_the_default_configuration(void **state)
{
	fixture *f = fixture_new("");

	(void)state;
	assert_int_equal(judge(f, f->down, AT(0)), SUPPRESSED_NOT);
	assert_int_equal(f->down->ev.j.alarm, TL_ALARM_RAISED);
	assert_int_equal(event_severity(&f->down->ev), TL_SEVERITY_MAJOR);
	assert_int_equal(judge(f, f->down, AT(1)), SUPPRESSED_REPEATED);
	assert_int_equal(judge(f, f->up, AT(2)), SUPPRESSED_NOT);
	assert_int_equal(f->up->ev.j.alarm, TL_ALARM_CLEARED);
	tick(f, AT(20));
	assert_int_equal(f->h.count, 1);
	assert_int_equal(alarms_count(pipeline_alarms(f->p)).active, 0);
	fixture_free(f);
}

/* All of one sysUpTime, and by a key that does not tell raise from clear. */
static void
test_a_raise_after_a_clear_within_the_window_is_not_lost(void **state)
{
	static const char *const yaml[] = { "", "dedup: {key: [source]}" };

	(void)state;
	for (size_t i = 0; i < COUNT(yaml); i++) {
		fixture *f = fixture_new(yaml[i]);
		assert_int_equal(judge(f, f->down, AT(0)), SUPPRESSED_NOT);
		assert_int_equal(judge(f, f->down, AT(0)), SUPPRESSED_REPEATED);
		assert_int_equal(judge(f, f->up, AT(0)), SUPPRESSED_NOT);
		assert_int_equal(judge(f, f->up, AT(0)), SUPPRESSED_REPEATED);
		assert_int_equal(judge(f, f->down, AT(0)), SUPPRESSED_NOT);
		assert_int_equal(judge(f, f->down, AT(0)), SUPPRESSED_REPEATED);
		assert_int_equal(alarms_count(pipeline_alarms(f->p)).active, 1);
		fixture_free(f);
	}
}

static void
test_alarms_see_what_thresholds_suppress(void **state)
{
	fixture *f = fixture_new("limits: {thresholds: {a: {match: {trap: "
				 "'IF-MIB::linkUp'}, count: 1}}}");

	(void)state;
	judge(f, f->up, AT(0));
	judge(f, f->down, AT(1));
	assert_int_equal(judge(f, f->up, AT(2)), SUPPRESSED_THRESHOLD);
	assert_int_equal(alarms_count(pipeline_alarms(f->p)).active, 0);
	fixture_free(f);
}

static void
test_what_is_limited_or_dropped_goes_no_further(void **state)
{
	fixture *f = fixture_new("limits: {rate: 1, burst: 1}\n"
				 "rules: [{match: {trap: linkUp}, drop: true}]");

	(void)state;
	assert_int_equal(judge(f, f->down, AT(0)), SUPPRESSED_NOT);
	assert_int_equal(judge(f, f->up, AT(0)), SUPPRESSED_RATE);
	assert_int_equal(judge(f, f->up, AT(5)), SUPPRESSED_RULE);
	assert_int_equal(alarms_count(pipeline_alarms(f->p)).active, 1);
	fixture_free(f);
}

static void
test_limits_count_devices_behind_a_trusted_relay(void **state)
{
	fixture *f = fixture_new("trusted_relays: [192.0.2.7]\n"
				 "limits: {rate: 1, burst: 1}\ndedup: {enabled: false}");

	(void)state;
	f->down->n.has_agent_address = true;
	for (uint8_t i = 1; i < 9; i++) {
		memcpy(f->down->n.agent_address, (uint8_t[]){ 10, 0, 0, i }, 4);
		f->down->n.v1.present = true;
		f->down->n.version = 1;
		assert_int_equal(judge(f, f->down, AT(0)), SUPPRESSED_NOT);
		assert_int_equal(judge(f, f->down, AT(0)), SUPPRESSED_RATE);
	}
	fixture_free(f);
}

static void
test_rules_choose_the_device(void **state)
{
	fixture *f = fixture_new("trusted_relays: [192.0.2.7]\n"
				 "rules: [{set: {source: [peer]}}]");

	(void)state;
	f->down->n.has_agent_address = f->down->n.v1.present = true;
	f->down->n.version = 1;
	memcpy(f->down->n.agent_address, (uint8_t[]){ 10, 0, 0, 1 }, 4);
	judge(f, f->down, AT(0));
	assert_bytes(f->down->ev.j.alarm_key, span_of("192.0.2.7/linkDown/3"));
	fixture_free(f);
}

static void
test_rules_see_severity_and_give_alarms(void **state)
{
	fixture *f = fixture_new(
	    "rules: [{match: {severity: major}, set: {alarm: raise, alarm_key: "
	    "'port/{ifDescr}'}}]");

	(void)state;
	assert_int_equal(judge(f, f->down, AT(0)), SUPPRESSED_NOT);
	assert_bytes(
	    f->down->ev.j.alarm_key, span_of("192.0.2.7/port/GigabitEthernet0/3"));
	fixture_free(f);
}

static void
test_flapping_suppresses_behind_alarms(void **state)
{
	fixture *f = fixture_new("flapping: {enabled: true, changes: 4}");

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(judge(f, i % 2 ? f->up : f->down, AT(i)),
		    i < 3 ? SUPPRESSED_NOT : SUPPRESSED_FLAPPING);
	assert_int_equal(judge(f, f->down, AT(4)), SUPPRESSED_FLAPPING);
	assert_int_equal(alarms_count(pipeline_alarms(f->p)).active, 1);
	fixture_free(f);
}

static void
add_site(void *self, event *ev)
{
	(void)self;
	assert_true(event_set_field(ev, span_of("site"), span_of("north")));
}

static void
test_enrichment_comes_before_rules(void **state)
{
	tl_conf *conf = good("rules: [{match: {fields: {site: north}}, drop: true}]");
	sample *s = sample_link_down();
	pipeline *p = pipeline_new(&(pipeline_options){ .conf = conf,
	    .mib = the_mib,
	    .enrich = { .name = "enrich", .judge = add_site } });

	(void)state;
	pipeline_judge(p, again(s, AT(0)));
	assert_int_equal(s->ev.suppressed, SUPPRESSED_RULE);
	pipeline_free(p);
	sample_free(s);
	tl_conf_free(conf);
}

static void
add_device(void *self, event *ev)
{
	static const char *const names[] = { "first", "second" };
	unsigned *calls = self;

	ev->j.device_name = span_of(names[*calls % 2]);
	assert_true(event_set_field(ev, span_of("site"), span_of(names[(*calls)++ % 2])));
}

static void
test_a_rule_that_chooses_another_device_has_it_looked_up(void **state)
{
	tl_conf *conf = good("trusted_relays: [0.0.0.0/0]\n"
			     "rules: [{set: {source: [peer]}}]");
	unsigned tables = 0, names = 0;
	sample *s = sample_link_down();
	pipeline *p = pipeline_new(&(pipeline_options){ .conf = conf,
	    .mib = the_mib,
	    .enrich = { .judge = add_device, .again = add_device, .self = &tables },
	    .names = { .judge = add_device, .self = &names } });

	(void)state;
	pipeline_judge(p, again(s, AT(0)));
	assert_int_equal(tables + names, 2); /* it is the peer anyway */
	s->n.v1.present = s->n.has_agent_address = true;
	memcpy(s->n.agent_address, "\xc0\x00\x02\x63", 4);
	s->n.uptime_cs++;
	pipeline_judge(p, again(s, AT(1)));
	assert_int_equal(tables, 3);
	assert_int_equal(names, 3);
	pipeline_free(p);
	sample_free(s);
	tl_conf_free(conf);
}

/* As names_judge() does for a device that has a name. */
static void
add_name(void *self, event *ev)
{
	ev->j.device_name = span_of(self);
	ev->j.device = &ev->device;
}

static void
test_a_rule_that_chooses_the_same_device_leaves_what_is_told_of_it(void **state)
{
	static char name[] = "core1";
	tl_conf *conf = good("trusted_relays: [0.0.0.0/0]\n"
			     "rules: [{set: {source: [peer]}}]");
	sample *s = sample_link_down();
	pipeline *p = pipeline_new(&(pipeline_options){
	    .conf = conf, .mib = the_mib, .names = { .judge = add_name, .self = name } });

	(void)state;
	pipeline_judge(p, again(s, AT(0)));
	assert_bytes(s->ev.j.device_name, span_of(name));
	assert_ptr_equal(s->ev.j.device, &s->ev.device);
	pipeline_free(p);
	sample_free(s);
	tl_conf_free(conf);
}

static void
test_what_could_not_be_made_safe_counts_as_new(void **state)
{
	fixture *f = fixture_new("");

	(void)state;
	judge(f, f->down, AT(0));
	pipeline_forget(f->p, &f->down->ev);
	assert_int_equal(pipeline_count(f->p).judged, 0);
	assert_int_equal(judge(f, f->down, AT(1)), SUPPRESSED_NOT);
	assert_int_equal(f->down->ev.j.alarm, TL_ALARM_RAISED);
	assert_int_equal(judge(f, f->down, AT(2)), SUPPRESSED_REPEATED);
	pipeline_forget(f->p, &f->down->ev);
	assert_int_equal(judge(f, f->down, AT(3)), SUPPRESSED_REPEATED);
	sample *cold = sample_new("SNMPv2-MIB::coldStart");
	judge(f, cold, AT(0));
	pipeline_forget(f->p, &cold->ev);
	assert_int_equal(judge(f, cold, AT(1)), SUPPRESSED_NOT);
	assert_int_equal(judge(f, cold, AT(2)), SUPPRESSED_REPEATED);
	sample_free(cold);
	fixture_free(f);
}

/* Also where what makes notifications equal is the key of the alarm that is taken back.
 */
static void
test_an_alarm_is_taken_back_behind_its_window(void **state)
{
	fixture *f = fixture_new("dedup: {key: [alarm_key], window: 5s}\n"
				 "rules: [{set: {severity: major}}]");

	(void)state;
	f->down->n.kind = f->up->n.kind = TL_INFORM;
	assert_int_equal(judge(f, f->down, AT(0)), SUPPRESSED_NOT);
	assert_int_equal(judge(f, f->up, AT(10)), SUPPRESSED_NOT);
	assert_int_equal(f->up->ev.j.alarm, TL_ALARM_CLEARED);
	pipeline_forget(f->p, &f->up->ev);
	assert_int_equal(judge(f, f->down, AT(11)), SUPPRESSED_NOT);
	assert_int_equal(f->down->ev.j.alarm, TL_ALARM_REPEATED);
	fixture_free(f);
}

static void
test_a_reload_keeps_all_states_and_counts(void **state)
{
	fixture *f = fixture_new("limits: {rate: 1, burst: 3}");
	tl_conf *conf = good("limits: {rate: 1, burst: 3}\nalarms: {entries: 7}\n"
			     "dedup: {entries: 9}\nrules: [{drop: false}]");

	(void)state;
	judge(f, f->down, AT(0));
	pipeline *p = new_pipeline(conf);
	pipeline_take(p, f->p);
	pipeline_free(f->p);
	tl_conf_free(f->conf);
	f->conf = conf;
	f->p = p;
	assert_int_equal(judge(f, f->down, AT(0)), SUPPRESSED_REPEATED);
	assert_int_equal(f->down->ev.j.alarm, TL_ALARM_REPEATED);
	assert_int_equal(judge(f, f->up, AT(0)), SUPPRESSED_NOT);
	assert_int_equal(judge(f, f->up, AT(0)), SUPPRESSED_RATE);
	assert_int_equal(pipeline_count(p).judged, 4);
	fixture_free(f);
}

static void
test_stages_may_be_off_and_come_and_go_with_reloads(void **state)
{
	static const char *const yaml[] = {
		"alarms: {enabled: false}\ndedup: {enabled: false}", "",
		"flapping: {enabled: true}", "dedup: {enabled: false}"
	};
	fixture *f = fixture_new(yaml[0]);

	(void)state;
	assert_null(pipeline_alarms(f->p));
	for (size_t i = 0; i < 12; i++) {
		tl_conf *conf = good(yaml[i % COUNT(yaml)]);
		pipeline *p = new_pipeline(conf);
		judge(f, f->down, AT((double)i));
		judge(f, f->down, AT((double)i));
		pipeline_take(p, f->p);
		pipeline_free(f->p);
		tl_conf_free(f->conf);
		f->p = p;
		f->conf = conf;
		tick(f, AT((double)i));
	}
	assert_int_equal(pipeline_count(f->p).judged, 24);
	fixture_free(f);
}

/* |yaml| in place of the configuration that there was. */
static void
reload(fixture *f, const char *yaml)
{
	tl_conf *conf = good(yaml);
	pipeline *p = new_pipeline(conf);

	pipeline_take(p, f->p);
	pipeline_free(f->p);
	tl_conf_free(f->conf);
	f->p = p;
	f->conf = conf;
}

static void
test_what_was_held_back_by_a_stage_that_goes_off_is_told(void **state)
{
	static const char on[] = "flapping: {enabled: true, changes: 2, settled: 1, "
				 "window: 1h}\ndedup: {window: 1h}";
	fixture *f = fixture_new(on);

	(void)state;
	for (int i = 0; i < 3; i++) {
		judge(f, f->down, AT(i));
		judge(f, f->up, AT(i));
	}
	tick(f, AT(3));
	assert_heard(&f->h, "flapping: 192.0.2.7/linkDown/3 flaps: 2 changes in 3,600 s, "
			    "now cleared changes=2 seconds=3600\n");
	reload(f, "dedup: {window: 1h}");
	tick(f, AT(4));
	assert_heard(&f->h, "flapping: 192.0.2.7/linkDown/3 has settled: cleared; 5 "
			    "suppressed in 4 s count=5 seconds=4\n");
	assert_int_equal(judge(f, f->down, AT(5)), SUPPRESSED_NOT);
	assert_int_equal(judge(f, f->down, AT(6)), SUPPRESSED_REPEATED);
	reload(f, "dedup: {enabled: false}");
	tick(f, AT(7));
	assert_heard(&f->h,
	    "repeated: IF-MIB::linkDown from 192.0.2.7 repeated 1 time in "
	    "2 s count=1 seconds=2\n");
	assert_int_equal(judge(f, f->down, AT(8)), SUPPRESSED_NOT);
	fixture_free(f);
}

static void
test_alarms_that_are_switched_off_expire(void **state)
{
	fixture *f = fixture_new("");
	tl_conf *off = good("alarms: {enabled: false}");
	pipeline *none = new_pipeline(off);
	emitter to = to_heard(&f->h);

	(void)state;
	judge(f, f->down, AT(0));
	pipeline_take(none, f->p);
	assert_null(pipeline_alarms(none));
	pipeline_tick(none, AT(1), &to);
	assert_heard(&f->h, "alarm: 192.0.2.7/linkDown/3 expired: alarms are switched "
			    "off count=1\n");
	pipeline_tick(none, AT(2), &to);
	assert_heard(&f->h, "");
	pipeline_free(none);
	tl_conf_free(off);
	fixture_free(f);
}

static void
test_states_outlast_a_restart_by_name(void **state)
{
	fixture *f = fixture_new("flapping: {enabled: true}");
	pipeline *p = new_pipeline(f->conf);
	tl_conf *off = good("alarms: {enabled: false}\ndedup: {enabled: false}");
	pipeline *none = new_pipeline(off);
	tl_vec saved = { 0 };
	size_t i = 0;

	(void)state;
	judge(f, f->down, AT(0));
	for (; pipeline_state_name(i) != NULL; i++) {
		assert_int_equal(pipeline_save(f->p, i, the_epoch_ns, &saved), TL_OK);
		saved_seal(&saved);
		tl_span bytes = { saved.ptr, saved.count };
		assert_int_equal(pipeline_load(p, i, the_epoch_ns, bytes), TL_OK);
		assert_int_equal(
		    pipeline_load(p, (i + 1) % 3, the_epoch_ns, bytes), TL_EFORMAT);
		assert_int_equal(pipeline_load(none, i, the_epoch_ns, bytes), TL_OK);
	}
	assert_int_equal(i, 3);
	pipeline_free(f->p);
	f->p = p;
	assert_int_equal(judge(f, f->down, AT(1)), SUPPRESSED_REPEATED);
	assert_int_equal(f->down->ev.j.alarm_count, 2);
	pipeline_free(none);
	tl_conf_free(off);
	tl_vec_free(&saved);
	fixture_free(f);
}

/* A storm through all stages: what was judged has passed or has a reason, and what was
 * suppressed is told. */
static void
test_random_storms_add_up(void **state)
{
	fixture *f =
	    fixture_new("limits: {rate: 3, burst: 5, sources: 8, summary: 1s,"
			" thresholds: {t: {match: {trap: linkDown}, count: 5,"
			" window: 4s}}}\n"
			"dedup: {entries: 6, window: 2s}\n"
			"alarms: {entries: 15, age_out: 10s}\n"
			"flapping: {enabled: true, changes: 3, window: 8s}\n"
			"rules: [{match: {varbinds: {ifIndex: 3}}, drop: true}]");
	uint64_t seed = 23, told = 0;
	int64_t now = AT(0);

	(void)state;
	for (int i = 0; i < 30000; i++) {
		sample *s = random_next(&seed) % 2 ? f->up : f->down;
		now += random_next(&seed) % 100000000;
		s->n.from.addr[15] = (uint8_t)(random_next(&seed) % 6);
		s->n.uptime_cs = random_next(&seed) % 3;
		s->vb[0].v.i64 = random_next(&seed) % 4;
		judge(f, s, now);
		if (random_next(&seed) % 10 == 0)
			tick(f, now);
	}
	tick(f, now + AT(100));
	tick(f, now + AT(200));
	pipeline_counters c = pipeline_count(f->p);
	for (size_t i = 0; i < SUPPRESSION_COUNT; i++)
		told += c.suppressed[i];
	assert_int_equal(c.judged, 30000);
	assert_int_equal(c.judged, c.passed + told);
	assert_true(c.suppressed[SUPPRESSED_RATE] > 100);
	assert_true(c.suppressed[SUPPRESSED_REPEATED] > 100);
	assert_true(c.suppressed[SUPPRESSED_FLAPPING] > 100);
	assert_true(c.suppressed[SUPPRESSED_THRESHOLD] > 100);
	assert_true(c.suppressed[SUPPRESSED_RULE] > 100);
	fixture_free(f);
}

#define T(name) cmocka_unit_test(test_##name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(judges_with_the_default_configuration),
		T(a_raise_after_a_clear_within_the_window_is_not_lost),
		T(alarms_see_what_thresholds_suppress),
		T(what_is_limited_or_dropped_goes_no_further),
		T(limits_count_devices_behind_a_trusted_relay),
		T(rules_choose_the_device),
		T(a_rule_that_chooses_another_device_has_it_looked_up),
		T(a_rule_that_chooses_the_same_device_leaves_what_is_told_of_it),
		T(rules_see_severity_and_give_alarms),
		T(flapping_suppresses_behind_alarms),
		T(enrichment_comes_before_rules),
		T(what_could_not_be_made_safe_counts_as_new),
		T(an_alarm_is_taken_back_behind_its_window),
		T(a_reload_keeps_all_states_and_counts),
		T(stages_may_be_off_and_come_and_go_with_reloads),
		T(what_was_held_back_by_a_stage_that_goes_off_is_told),
		T(alarms_that_are_switched_off_expire),
		T(states_outlast_a_restart_by_name),
		T(random_storms_add_up),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
