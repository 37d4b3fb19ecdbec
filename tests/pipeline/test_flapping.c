/* pipeline/flapping.c: alarms that come and go, summed up. */
#include "pipeline/saves.h"

#include "pipeline/flapping.h"

typedef struct fixture {
	tl_conf *conf;
	flapping *f;
	sample *s;
	heard h;
} fixture;

static const char *const plain =
    "flapping: {enabled: true, changes: 4, settled: 1, window: 80s}";

static fixture *
fixture_new(const char *yaml)
{
	fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	f->conf = good(yaml);
	f->s = sample_link_down();
	f->f = flapping_new(f->conf, 42);
	assert_non_null(f->f);
	return f;
}

static void
fixture_free(fixture *f)
{
	flapping_free(f->f);
	sample_free(f->s);
	tl_conf_free(f->conf);
	free(f);
}

static bool
passes(fixture *f, const char *key, tl_alarm_state alarm, int64_t now_ns)
{
	event *ev = again(f->s, now_ns);

	ev->j.alarm = alarm;
	ev->j.alarm_count = alarm == TL_ALARM_NOT ? 0 : 1;
	ev->j.alarm_key = span_of(key);
	ev->j.severity = TL_SEVERITY_MAJOR;
	flapping_judge(f->f, ev);
	if (ev->suppressed != SUPPRESSED_NOT)
		assert_int_equal(ev->suppressed, SUPPRESSED_FLAPPING);
	return ev->suppressed == SUPPRESSED_NOT;
}

static bool
raise_passes(fixture *f, int64_t now_ns)
{
	return passes(f, "a", TL_ALARM_RAISED, now_ns);
}

static bool
clear_passes(fixture *f, int64_t now_ns)
{
	return passes(f, "a", TL_ALARM_CLEARED, now_ns);
}

static void
tick(fixture *f, int64_t now_ns)
{
	emitter to = to_heard(&f->h);

	flapping_tick(f->f, now_ns, &to);
}

static void
test_begins_with_so_many_changes(void **state)
{
	fixture *f = fixture_new(plain);

	(void)state;
	assert_true(raise_passes(f, AT(0)));
	assert_true(clear_passes(f, AT(1)));
	assert_true(passes(f, "b", TL_ALARM_RAISED, AT(1)));
	assert_true(raise_passes(f, AT(2)));
	assert_false(clear_passes(f, AT(3)));
	assert_false(passes(f, "a", TL_ALARM_REPEATED, AT(3)));
	assert_true(passes(f, "b", TL_ALARM_CLEARED, AT(3)));
	assert_true(passes(f, "a", TL_ALARM_NOT, AT(3)));
	fixture_free(f);
}

static void
test_repeats_and_clears_of_nothing_are_no_changes(void **state)
{
	fixture *f = fixture_new(plain);

	(void)state;
	assert_true(raise_passes(f, AT(0)));
	for (int i = 0; i < 10; i++) {
		assert_true(passes(f, "a", TL_ALARM_REPEATED, AT(i)));
		event *ev = again(f->s, AT(i));
		ev->j.alarm = TL_ALARM_CLEARED;
		ev->j.alarm_key = span_of("a");
		flapping_judge(f->f, ev);
		assert_int_equal(ev->suppressed, SUPPRESSED_NOT);
	}
	assert_true(raise_passes(f, AT(20)));
	fixture_free(f);
}

static void
test_slow_changes_are_not_flapping(void **state)
{
	fixture *f = fixture_new(plain);

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_true(raise_passes(f, AT(i * 60)));
		assert_true(clear_passes(f, AT(i * 60 + 30)));
	}
	fixture_free(f);
}

static void
test_ends_when_it_has_settled_and_tells_the_last_state(void **state)
{
	fixture *f = fixture_new(plain);

	(void)state;
	raise_passes(f, AT(0));
	clear_passes(f, AT(1));
	raise_passes(f, AT(2));
	clear_passes(f, AT(3));
	tick(f, AT(3));
	assert_heard(&f->h,
	    "flapping: a flaps: 4 changes in 80 s, now cleared changes=4 seconds=80\n");
	assert_false(raise_passes(f, AT(40)));
	tick(f, AT(79));
	assert_heard(&f->h, "");
	tick(f, AT(80));
	assert_heard(&f->h,
	    "flapping: a has settled: raised; 2 suppressed in 77 s count=2 "
	    "seconds=77\n");
	assert_true(clear_passes(f, AT(81)));
	fixture_free(f);
}

static void
test_begin_and_end_between_two_ticks_are_both_told(void **state)
{
	fixture *f = fixture_new(plain);

	(void)state;
	for (int i = 0; i < 3; i++) {
		raise_passes(f, AT(i));
		clear_passes(f, AT(i));
	}
	assert_true(raise_passes(f, AT(500)));
	tick(f, AT(500));
	assert_int_equal(f->h.count, 2);
	assert_int_equal(f->h.sum, 3);
	fixture_free(f);
}

static void
test_watches_so_many(void **state)
{
	fixture *f = fixture_new(
	    "flapping: {enabled: true, changes: 2, settled: 0, window: 8s, entries: 1}");

	(void)state;
	raise_passes(f, AT(0));
	assert_false(clear_passes(f, AT(0)));
	assert_true(passes(f, "b", TL_ALARM_RAISED, AT(0)));
	assert_true(raise_passes(f, AT(0)));
	tick(f, AT(0));
	assert_heard(&f->h,
	    "flapping: 1 suppressed of 1 other alarms, which there was no "
	    "room to watch count=1 alarms=1\n");
	fixture_free(f);
}

static void
test_a_reload_keeps_what_flaps(void **state)
{
	static const char *const yaml[] = { plain, "flapping: {enabled: true, changes: 9,"
						   " settled: 1, window: 80s,"
						   " entries: 3}" };

	(void)state;
	for (size_t i = 0; i < COUNT(yaml); i++) {
		fixture *f = fixture_new(plain);
		tl_conf *conf = good(yaml[i]);
		flapping *new = flapping_new(conf, 43);
		for (int j = 0; j < 4; j++)
			passes(f, "a", j % 2 ? TL_ALARM_CLEARED : TL_ALARM_RAISED, AT(0));
		flapping_take(new, f->f);
		flapping_free(f->f);
		f->f = new;
		assert_false(raise_passes(f, AT(1)));
		tick(f, AT(200));
		assert_int_equal(f->h.sum, 2);
		fixture_free(f);
		tl_conf_free(conf);
	}
}

static tl_err
load_new_flapping(const tl_conf *conf, tl_span bytes)
{
	flapping *f = flapping_new(conf, 1);
	tl_err err = flapping_load(f, the_epoch_ns, bytes);
	static heard h;
	emitter to = to_heard(&h);

	flapping_tick(f, AT(0), &to);
	flapping_tick(f, AT(1000), &to);
	if (err != TL_OK)
		assert_int_equal(h.count, 0);
	h.len = h.count = 0;
	flapping_free(f);
	return err;
}

static void
test_outlasts_a_restart(void **state)
{
	fixture *f = fixture_new(plain);
	const int64_t later = 1000000000000; /* the other clock began so much later */
	tl_vec saved = { 0 };

	(void)state;
	for (int j = 0; j < 4; j++)
		passes(f, "a", j % 2 ? TL_ALARM_CLEARED : TL_ALARM_RAISED, AT(0));
	passes(f, "b", TL_ALARM_RAISED, AT(0));
	tick(f, AT(0));
	assert_int_equal(f->h.count, 1);
	assert_int_equal(flapping_save(f->f, the_epoch_ns, &saved), TL_OK);
	saved_seal(&saved);
	flapping_free(f->f);
	f->f = flapping_new(f->conf, 43);
	tl_span bytes = { saved.ptr, saved.count };
	assert_int_equal(flapping_load(f->f, the_epoch_ns + later, bytes), TL_OK);
	assert_false(raise_passes(f, AT(1) - later));
	assert_true(passes(f, "b", TL_ALARM_CLEARED, AT(2) - later));
	assert_true(passes(f, "b", TL_ALARM_RAISED, AT(2) - later));
	assert_false(passes(f, "b", TL_ALARM_CLEARED, AT(2) - later));
	tick(f, AT(79) - later);
	assert_int_equal(f->h.count, 2);
	tick(f, AT(100) - later);
	assert_int_equal(f->h.sum, 2 + 1);
	tl_vec_free(&saved);
	fixture_free(f);
}

/* Each of as many alarms flaps: one more than are told of in one tick waits. */
static void
test_tells_of_1000_alarms_that_flap_at_a_time(void **state)
{
	fixture *f = fixture_new(plain);
	char key[16];

	(void)state;
	assert_int_equal(FLAPPING_TOLD, 1000);
	for (int i = 0; i < 1001; i++) {
		snprintf(key, sizeof key, "%d", i);
		for (int j = 0; j < 5; j++)
			passes(f, key, j % 2 ? TL_ALARM_CLEARED : TL_ALARM_RAISED, AT(0));
	}
	tick(f, AT(1));
	assert_int_equal(f->h.count, 1000);
	tick(f, AT(2));
	assert_int_equal(f->h.count, 1001);
	tick(f, AT(3));
	assert_int_equal(f->h.count, 1001);
	fixture_free(f);
}

/* What cannot be told from others is not summed up with them. */
static void
test_alarms_without_a_key_do_not_flap(void **state)
{
	fixture *f = fixture_new(plain);

	(void)state;
	for (int j = 0; j < 10; j++)
		assert_true(
		    passes(f, "", j % 2 ? TL_ALARM_CLEARED : TL_ALARM_RAISED, AT(0)));
	fixture_free(f);
}

/* A clock that has run for 40 days, and eighths that are 80,000 times as long. */
static void
test_counts_begin_anew_with_another_window(void **state)
{
	static const char brief[] =
	    "flapping: {enabled: true, changes: 4, settled: 1, window: 1s}";
	static const char wide[] =
	    "flapping: {enabled: true, changes: 4, settled: 1, window: 1d}";
	const int64_t now_ns = AT(40 * 86400);

	(void)state;
	for (int reload = 0; reload < 2; reload++) {
		fixture *f = fixture_new(brief), *g = fixture_new(wide);
		tl_vec first = { 0 }, second = { 0 };
		for (int j = 0; j < 3; j++)
			assert_true(passes(
			    f, "a", j % 2 ? TL_ALARM_CLEARED : TL_ALARM_RAISED, now_ns));
		assert_int_equal(flapping_save(f->f, the_epoch_ns, &first), TL_OK);
		saved_seal(&first);
		tl_span bytes = { first.ptr, first.count };
		if (reload)
			flapping_take(g->f, f->f);
		else
			assert_int_equal(flapping_load(g->f, the_epoch_ns, bytes), TL_OK);
		assert_int_equal(flapping_save(g->f, the_epoch_ns, &second), TL_OK);
		saved_seal(&second);
		bytes = (tl_span){ second.ptr, second.count };
		flapping_free(f->f);
		f->f = flapping_new(g->conf, 1);
		assert_int_equal(flapping_load(f->f, the_epoch_ns, bytes), TL_OK);
		for (int j = 0; j < 3; j++)
			assert_true(passes(
			    f, "a", j % 2 ? TL_ALARM_RAISED : TL_ALARM_CLEARED, now_ns));
		assert_false(passes(f, "a", TL_ALARM_RAISED, now_ns));
		tl_vec_free(&first);
		tl_vec_free(&second);
		fixture_free(f);
		fixture_free(g);
	}
}

static void
test_a_damaged_state_begins_empty(void **state)
{
	fixture *f = fixture_new("flapping: {enabled: true, changes: 4, settled: 1,"
				 " window: 80s, entries: 2}");
	tl_vec saved = { 0 };

	(void)state;
	for (int j = 0; j < 4; j++)
		passes(f, "a", j % 2 ? TL_ALARM_CLEARED : TL_ALARM_RAISED, AT(0));
	passes(f, "b", TL_ALARM_RAISED, AT(0));
	assert_int_equal(flapping_save(f->f, the_epoch_ns, &saved), TL_OK);
	saved_seal(&saved);
	assert_survives_damage(&saved, load_new_flapping, f->conf);
	tl_vec_free(&saved);
	fixture_free(f);
}

static void
test_random_sequences_add_up(void **state)
{
	static const char *const keys[] = { "a", "b", "c", "d", "e" };
	fixture *f = fixture_new(
	    "flapping: {enabled: true, changes: 4, settled: 1, window: 8s, entries: 4}");
	uint64_t seed = 11, suppressed = 0;
	int64_t now = AT(0);

	(void)state;
	for (int i = 0; i < 20000; i++) {
		tl_alarm_state alarm =
		    random_next(&seed) % 2 ? TL_ALARM_RAISED : TL_ALARM_CLEARED;
		now += random_next(&seed) % 1000000000;
		suppressed += !passes(f, keys[random_next(&seed) % 5], alarm, now);
		if (random_next(&seed) % 5 == 0)
			tick(f, now);
	}
	tick(f, now + AT(10));
	assert_true(suppressed > 1000);
	assert_int_equal(f->h.sum, suppressed);
	fixture_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_begins_with_so_many_changes),
		cmocka_unit_test(test_repeats_and_clears_of_nothing_are_no_changes),
		cmocka_unit_test(test_slow_changes_are_not_flapping),
		cmocka_unit_test(test_ends_when_it_has_settled_and_tells_the_last_state),
		cmocka_unit_test(test_begin_and_end_between_two_ticks_are_both_told),
		cmocka_unit_test(test_watches_so_many),
		cmocka_unit_test(test_a_reload_keeps_what_flaps),
		cmocka_unit_test(test_outlasts_a_restart),
		cmocka_unit_test(test_tells_of_1000_alarms_that_flap_at_a_time),
		cmocka_unit_test(test_alarms_without_a_key_do_not_flap),
		cmocka_unit_test(test_counts_begin_anew_with_another_window),
		cmocka_unit_test(test_a_damaged_state_begins_empty),
		cmocka_unit_test(test_random_sequences_add_up),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
