/* pipeline/dedup.c: the first of equal notifications passes, repeats are summed up. */
#include "pipeline/saves.h"

#include "pipeline/dedup.h"

typedef struct fixture {
	tl_conf *conf;
	dedup *d;
	sample *s;
	heard h;
} fixture;

static fixture *
fixture_new(const char *yaml)
{
	fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	f->conf = good(yaml);
	f->s = sample_link_down();
	f->d = dedup_new(f->conf, the_mib, 42);
	assert_non_null(f->d);
	return f;
}

static void
fixture_free(fixture *f)
{
	dedup_free(f->d);
	sample_free(f->s);
	tl_conf_free(f->conf);
	free(f);
}

/* Whether one of sysUpTime |uptime| passes. */
static bool
passes(fixture *f, uint32_t uptime, int64_t now_ns)
{
	event *ev = again(f->s, now_ns);

	f->s->n.uptime_cs = uptime;
	dedup_judge(f->d, ev);
	if (ev->suppressed != SUPPRESSED_NOT)
		assert_int_equal(ev->suppressed, SUPPRESSED_REPEATED);
	return ev->suppressed == SUPPRESSED_NOT;
}

static void
tick(fixture *f, int64_t now_ns)
{
	emitter to = to_heard(&f->h);

	dedup_tick(f->d, now_ns, &to);
}

static void
test_the_first_passes_and_repeats_in_the_window_do_not(void **state)
{
	fixture *f = fixture_new("dedup: {window: 10s}");

	(void)state;
	assert_true(passes(f, 1, AT(0)));
	assert_false(passes(f, 1, AT(0)));
	assert_false(passes(f, 1, AT(10) - 1));
	assert_true(passes(f, 1, AT(10)));
	assert_false(passes(f, 1, AT(20) - 1));
	assert_true(passes(f, 1, AT(20)));
	fixture_free(f);
}

static void
test_a_more_severe_one_passes_and_begins_a_window(void **state)
{
	fixture *f = fixture_new("dedup: {window: 10s}");
	static const struct {
		tl_severity severity;
		bool passes;
	} steps[] = { { TL_SEVERITY_INFO, true }, { TL_SEVERITY_INFO, false },
		{ TL_SEVERITY_CRITICAL, true }, { TL_SEVERITY_MAJOR, false },
		{ TL_SEVERITY_INFO, false }, { TL_SEVERITY_CRITICAL, false } };

	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++) {
		event *ev = again(f->s, AT((int)i));
		ev->j.severity = steps[i].severity;
		dedup_judge(f->d, ev);
		assert_int_equal(ev->suppressed == SUPPRESSED_NOT, steps[i].passes);
	}
	tick(f, AT(20));
	assert_int_equal(f->h.count, 2); /* one repeat of the first, three of the other */
	fixture_free(f);
}

static void
test_another_uptime_trap_or_device_is_another(void **state)
{
	fixture *f = fixture_new("");
	sample *down = f->s, *up = sample_new("IF-MIB::linkUp");

	(void)state;
	assert_true(passes(f, 1, AT(0)));
	assert_true(passes(f, 2, AT(0)));
	f->s = up;
	assert_true(passes(f, 1, AT(0)));
	f->s = down;
	f->s->n.from = endpoint_of("192.0.2.8");
	assert_true(passes(f, 1, AT(0)));
	assert_false(passes(f, 1, AT(0)));
	f->s->n.flags = TL_FLAG_NO_UPTIME;
	assert_true(passes(f, 0, AT(0)));
	f->s->n.flags = 0;
	assert_true(passes(f, 0, AT(0)));
	sample_free(up);
	fixture_free(f);
}

static void
test_by_two_ways_an_engine_is_one_origin(void **state)
{
	fixture *f = fixture_new("");

	(void)state;
	f->s->n.v3.context_engine_id = LIT("\x80\0\x1f\x88\4core");
	assert_true(passes(f, 1, AT(0)));
	f->s->n.from = endpoint_of("192.0.2.8");
	assert_false(passes(f, 1, AT(0)));
	fixture_free(f);
}

static void
test_the_key_may_be_any_fields(void **state)
{
	fixture *f = fixture_new("dedup: {key: [source, trap_oid, ifIndex, severity]}");

	(void)state;
	assert_true(passes(f, 1, AT(0)));
	assert_false(passes(f, 2, AT(0)));
	f->s->vb[0].v.i64 = 4;
	assert_true(passes(f, 3, AT(0)));
	f->s->vb[0].type = TL_T_NULL; /* then by its instance, 3 */
	assert_false(passes(f, 3, AT(0)));
	f->s->n.vb_count = 0;
	assert_true(passes(f, 3, AT(0)));
	assert_false(passes(f, 3, AT(0)));
	fixture_free(f);
}

static void
test_long_values_count_to_their_end(void **state)
{
	fixture *f = fixture_new("dedup: {key: [ifDescr, ifAlias, ifName, ifPhysAddress,"
				 " sysDescr, sysName, sysContact, sysLocation]}");
	static char text[8][300];
	static const char *const names[] = { "ifDescr.3", "ifAlias.3", "ifName.3",
		"ifPhysAddress.3", "sysDescr.0", "sysName.0", "sysContact.0",
		"sysLocation.0" };

	(void)state;
	f->s->n.vb_count = 0;
	for (size_t i = 0; i < COUNT(names); i++) {
		memset(text[i], 'a', sizeof text[i] - 1 - (i > 0 ? 210u : 0u));
		sample_text(f->s, names[i], text[i]);
	}
	assert_true(passes(f, 1, AT(0)));
	assert_false(passes(f, 1, AT(0)));
	for (size_t i = 0; i < COUNT(names); i++) {
		text[i][strlen(text[i]) - 1] = 'b';
		assert_true(passes(f, 1, AT(0)));
		assert_false(passes(f, 1, AT(0)));
	}
	fixture_free(f);
}

static void
test_sums_up_once_at_the_end_if_there_were_repeats(void **state)
{
	fixture *f = fixture_new("dedup: {window: 10s}");

	(void)state;
	for (int i = 0; i < 1235; i++)
		passes(f, 1, AT(0));
	passes(f, 2, AT(1));
	passes(f, 3, AT(2));
	passes(f, 3, AT(3));
	tick(f, AT(10) - 1);
	assert_heard(&f->h, "");
	tick(f, AT(10));
	assert_heard(&f->h,
	    "repeated: IF-MIB::linkDown from 192.0.2.7 repeated 1,234 times in 10 s "
	    "count=1234 seconds=10\n");
	tick(f, AT(60));
	assert_heard(&f->h,
	    "repeated: IF-MIB::linkDown from 192.0.2.7 repeated 1 time in "
	    "10 s count=1 seconds=10\n");
	tick(f, AT(90));
	assert_heard(&f->h, "");
	fixture_free(f);
}

static void
test_a_window_that_is_over_is_told_also_if_a_new_one_has_begun(void **state)
{
	fixture *f = fixture_new("dedup: {window: 1s}");

	(void)state;
	assert_true(passes(f, 1, AT(0)));
	assert_false(passes(f, 1, AT(0)));
	assert_true(passes(f, 1, AT(1)));
	assert_false(passes(f, 1, AT(1.5)));
	assert_false(passes(f, 1, AT(1.5)));
	tick(f, AT(1.6));
	assert_int_equal(f->h.sum, 1);
	assert_false(passes(f, 1, AT(1.7)));
	tick(f, AT(2));
	assert_int_equal(f->h.sum, 4);
	fixture_free(f);
}

static void
test_what_changes_an_alarm_passes_and_begins_a_window(void **state)
{
	static const struct {
		tl_alarm_state alarm;
		uint32_t count;
		bool passes;
	} rows[] = {
		{ TL_ALARM_RAISED, 1, true },
		{ TL_ALARM_CLEARED, 1, true },
		{ TL_ALARM_CHANGED, 2, true },
		{ TL_ALARM_REPEATED, 2, false },
		{ TL_ALARM_CLEARED, 0, false },
	};
	fixture *f = fixture_new("dedup: {key: [source]}");

	(void)state;
	assert_true(passes(f, 1, AT(0)));
	for (size_t i = 0; i < COUNT(rows); i++) {
		event *ev = again(f->s, AT(1));
		ev->j.alarm = rows[i].alarm;
		ev->j.alarm_count = rows[i].count;
		dedup_judge(f->d, ev);
		assert_int_equal(ev->suppressed == SUPPRESSED_NOT, rows[i].passes);
	}
	assert_false(passes(f, 1, AT(10.5)));
	assert_true(passes(f, 1, AT(11)));
	fixture_free(f);
}

static void
test_what_was_forgotten_passes_again(void **state)
{
	fixture *f = fixture_new("");

	(void)state;
	assert_true(passes(f, 1, AT(0)));
	dedup_forget(f->d, &f->s->ev);
	assert_true(passes(f, 1, AT(1)));
	assert_false(passes(f, 1, AT(2)));
	dedup_forget(f->d, &f->s->ev);
	assert_true(passes(f, 1, AT(3)));
	tick(f, AT(20));
	assert_int_equal(f->h.sum, 1);
	f->s->n.uptime_cs = 77;
	dedup_forget(f->d, &f->s->ev);
	fixture_free(f);
}

static void
test_remembers_so_many_and_sums_up_the_rest(void **state)
{
	fixture *f = fixture_new("dedup: {entries: 2}");

	(void)state;
	assert_true(passes(f, 1, AT(0)));
	assert_false(passes(f, 1, AT(0)));
	assert_true(passes(f, 2, AT(0)));
	assert_false(passes(f, 1, AT(0)));
	assert_true(passes(f, 3, AT(0)));
	assert_true(passes(f, 1, AT(0)));
	tick(f, AT(0));
	assert_heard(&f->h, "repeated: 2 repeats of 1 others, which there was no room to "
			    "remember count=2 keys=1\n");
	fixture_free(f);
}

static void
test_tells_1000_at_a_time(void **state)
{
	fixture *f = fixture_new("");

	(void)state;
	for (uint32_t i = 0; i < 1500; i++) {
		passes(f, i, AT(0));
		passes(f, i, AT(0));
	}
	tick(f, AT(10));
	assert_int_equal(f->h.count, DEDUP_TOLD);
	tick(f, AT(11));
	assert_int_equal(f->h.count, 1500);
	fixture_free(f);
}

static void
test_a_reload_keeps_what_is_remembered_unless_the_key_changes(void **state)
{
	static const char *const yaml[] = { "dedup: {window: 20s}", "dedup: {entries: 5}",
		"dedup: {key: [source, trap_oid]}",
		"dedup: {key: [source, trap_oid, uptime]}" };
	static const bool known[] = { true, true, false, false };

	(void)state;
	for (size_t i = 0; i < COUNT(yaml); i++) {
		fixture *f = fixture_new("");
		tl_conf *conf = good(yaml[i]);
		dedup *d = dedup_new(conf, the_mib, 43);
		for (uint32_t u = 1; u <= 7; u++) {
			passes(f, u, AT(0));
			passes(f, u, AT(0));
		}
		dedup_take(d, f->d);
		dedup_free(f->d);
		f->d = d;
		assert_int_equal(passes(f, 7, AT(1)), !known[i]);
		tick(f, AT(60));
		assert_int_equal(f->h.sum, 7 + known[i]);
		fixture_free(f);
		tl_conf_free(conf);
	}
}

static tl_err
load_new_dedup(const tl_conf *conf, tl_span bytes)
{
	dedup *d = dedup_new(conf, NULL, 1);
	tl_err err = dedup_load(d, the_epoch_ns, bytes);
	static heard h;
	emitter to = to_heard(&h);

	dedup_tick(d, INT64_MAX / 4, &to);
	if (err != TL_OK)
		assert_int_equal(h.count, 0);
	h.len = h.count = 0;
	dedup_free(d);
	return err;
}

static void
test_outlasts_a_restart(void **state)
{
	fixture *f = fixture_new("dedup: {window: 10s}");
	const int64_t later = 500000000000; /* the other clock began so much later */
	tl_vec saved = { 0 };

	(void)state;
	passes(f, 1, AT(0));
	passes(f, 1, AT(0));
	passes(f, 2, AT(5));
	assert_int_equal(dedup_save(f->d, the_epoch_ns, &saved), TL_OK);
	saved_seal(&saved);
	dedup_free(f->d);
	f->d = dedup_new(f->conf, the_mib, 43);
	tl_span bytes = { saved.ptr, saved.count };
	assert_int_equal(dedup_load(f->d, the_epoch_ns + later, bytes), TL_OK);
	assert_false(passes(f, 1, AT(9) - later));
	assert_false(passes(f, 2, AT(14) - later));
	assert_true(passes(f, 1, AT(10) - later));
	tick(f, AT(15) - later);
	assert_int_equal(f->h.sum, 3);
	f->h.text[f->h.len] = '\0';
	assert_non_null(strstr(f->h.text, "IF-MIB::linkDown from 192.0.2.7 repeated 2"));
	tl_vec_free(&saved);
	fixture_free(f);
}

/* What was saved then began in what is the future now. */
static void
test_a_clock_that_was_set_back_suppresses_nothing_for_long(void **state)
{
	fixture *f = fixture_new("dedup: {window: 10s}");
	const int64_t back = 90000000000000; /* a day and an hour */
	tl_vec saved = { 0 };

	(void)state;
	passes(f, 1, AT(0));
	passes(f, 1, AT(0));
	assert_int_equal(dedup_save(f->d, the_epoch_ns + back, &saved), TL_OK);
	saved_seal(&saved);
	dedup_free(f->d);
	f->d = dedup_new(f->conf, the_mib, 43);
	tl_span bytes = { saved.ptr, saved.count };
	assert_int_equal(dedup_load(f->d, the_epoch_ns, bytes), TL_OK);
	tick(f, AT(1));
	assert_heard(&f->h,
	    "repeated: IF-MIB::linkDown from 192.0.2.7 repeated 1 time in 1 s count=1 "
	    "seconds=1\n");
	assert_true(passes(f, 1, AT(2)));
	assert_false(passes(f, 1, AT(3)));
	tl_vec_free(&saved);
	fixture_free(f);
}

static void
test_a_damaged_state_begins_empty(void **state)
{
	fixture *f = fixture_new("dedup: {entries: 3}");
	tl_vec saved = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 4; i++) { /* one had to go, and is to be told of */
		passes(f, i, AT(i));
		passes(f, i, AT(i));
	}
	assert_int_equal(dedup_save(f->d, the_epoch_ns, &saved), TL_OK);
	saved_seal(&saved);
	assert_survives_damage(&saved, load_new_dedup, f->conf);
	tl_vec_free(&saved);
	fixture_free(f);
}

static void
test_loads_the_newest_there_is_room_for(void **state)
{
	fixture *f = fixture_new("");
	tl_conf *conf = good("dedup: {entries: 2}");
	tl_vec saved = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 5; i++) {
		passes(f, i, AT(0));
		passes(f, i, AT(0));
	}
	assert_int_equal(dedup_save(f->d, the_epoch_ns, &saved), TL_OK);
	saved_seal(&saved);
	dedup_free(f->d);
	f->d = dedup_new(conf, the_mib, 43);
	tl_span bytes = { saved.ptr, saved.count };
	assert_int_equal(dedup_load(f->d, the_epoch_ns, bytes), TL_OK);
	assert_false(passes(f, 4, AT(1)));
	assert_false(passes(f, 3, AT(1)));
	assert_true(passes(f, 0, AT(1)));
	tick(f, AT(60));
	assert_int_equal(f->h.sum, 7);
	tl_vec_free(&saved);
	fixture_free(f);
	tl_conf_free(conf);
}

/* A summary names what it is about, unless its OID is longer than is kept. */
static void
test_names_oids_of_60_bytes(void **state)
{
	static uint8_t ber[61] = { 0x2b };

	(void)state;
	memset(ber + 1, 1, sizeof ber - 1);
	for (uint32_t len = 60; len <= 61; len++) {
		fixture *f = fixture_new("dedup: {window: 10s}");
		f->s->n.trap_oid = (tl_oid){ ber, len };
		assert_true(passes(f, 1, AT(0)));
		assert_false(passes(f, 1, AT(0)));
		tick(f, AT(10));
		f->h.text[f->h.len] = '\0';
		assert_int_equal(
		    strstr(f->h.text, "repeated: 1.3.1.1.1.1.1") != NULL, len == 60);
		assert_int_equal(
		    strstr(f->h.text, "repeated: notifications from") != NULL, len == 61);
		fixture_free(f);
	}
}

/* Passed and repeated are all; and against a plain list of windows while none is pushed
 * out. */
static void
test_random_sequences_add_up(void **state)
{
	static const char *const yaml[] = { "dedup: {window: 1s}",
		"dedup: {window: 1s, entries: 10}" };

	(void)state;
	for (size_t round = 0; round < COUNT(yaml); round++) {
		fixture *f = fixture_new(yaml[round]);
		int64_t begun[40], now = AT(0);
		uint64_t seed = 9, repeated = 0;
		for (size_t i = 0; i < COUNT(begun); i++)
			begun[i] = INT64_MIN / 2;
		for (int i = 0; i < 20000; i++) {
			uint32_t key = random_next(&seed) % COUNT(begun);
			now += random_next(&seed) % 50000000;
			bool first = now - begun[key] >= 1000000000;
			bool passed = passes(f, key, now);
			if (round == 0)
				assert_int_equal(passed, first);
			if (first)
				begun[key] = now;
			repeated += !passed;
			if (random_next(&seed) % 10 == 0)
				tick(f, now);
		}
		tick(f, now + AT(10));
		assert_true(repeated > 1000);
		assert_int_equal(f->h.sum, repeated);
		fixture_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_passes_and_repeats_in_the_window_do_not),
		cmocka_unit_test(test_a_more_severe_one_passes_and_begins_a_window),
		cmocka_unit_test(test_another_uptime_trap_or_device_is_another),
		cmocka_unit_test(test_by_two_ways_an_engine_is_one_origin),
		cmocka_unit_test(test_the_key_may_be_any_fields),
		cmocka_unit_test(test_long_values_count_to_their_end),
		cmocka_unit_test(test_sums_up_once_at_the_end_if_there_were_repeats),
		cmocka_unit_test(
		    test_a_window_that_is_over_is_told_also_if_a_new_one_has_begun),
		cmocka_unit_test(test_what_changes_an_alarm_passes_and_begins_a_window),
		cmocka_unit_test(test_what_was_forgotten_passes_again),
		cmocka_unit_test(test_remembers_so_many_and_sums_up_the_rest),
		cmocka_unit_test(test_tells_1000_at_a_time),
		cmocka_unit_test(
		    test_a_reload_keeps_what_is_remembered_unless_the_key_changes),
		cmocka_unit_test(test_outlasts_a_restart),
		cmocka_unit_test(
		    test_a_clock_that_was_set_back_suppresses_nothing_for_long),
		cmocka_unit_test(test_a_damaged_state_begins_empty),
		cmocka_unit_test(test_loads_the_newest_there_is_room_for),
		cmocka_unit_test(test_names_oids_of_60_bytes),
		cmocka_unit_test(test_random_sequences_add_up),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
