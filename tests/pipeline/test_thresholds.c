/* pipeline/thresholds.c: limits for certain notifications, with rearm. */
#include "pipeline/heard.h"

#include "pipeline/thresholds.h"

typedef struct fixture {
	tl_conf *conf;
	thresholds *t;
	sample *s;
	heard h;
} fixture;

static const char *const plain =
    "limits: {thresholds: {links: {match: {trap: 'IF-MIB::link*'}, count: 5, rearm: 2,"
    " window: 8s}}}";

static fixture *
fixture_new(const char *yaml)
{
	fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	f->conf = good(yaml);
	f->s = sample_link_down();
	f->t = thresholds_new(f->conf, the_mib, 42);
	assert_non_null(f->t);
	return f;
}

static void
fixture_free(fixture *f)
{
	thresholds_free(f->t);
	sample_free(f->s);
	tl_conf_free(f->conf);
	free(f);
}

static unsigned
passes(fixture *f, uint32_t number, int64_t now_ns, unsigned of)
{
	unsigned passed = 0;

	for (unsigned i = 0; i < of; i++) {
		event *ev = again(f->s, now_ns);
		from_device(ev, number);
		thresholds_judge(f->t, ev);
		passed += ev->suppressed == SUPPRESSED_NOT;
		if (ev->suppressed != SUPPRESSED_NOT)
			assert_int_equal(ev->suppressed, SUPPRESSED_THRESHOLD);
	}
	return passed;
}

static void
tick(fixture *f, int64_t now_ns)
{
	emitter to = to_heard(&f->h);

	thresholds_tick(f->t, now_ns, &to);
}

static void
test_acts_above_the_count_until_the_rearm(void **state)
{
	fixture *f = fixture_new(plain);

	(void)state;
	assert_int_equal(passes(f, 1, AT(0), 5), 5);
	assert_int_equal(passes(f, 1, AT(1), 3), 0);
	assert_int_equal(passes(f, 1, AT(8.5), 2), 0); /* 3 of the second before */
	tick(f, AT(8.9));
	/* two in the window: it is armed again, and counts these two */
	assert_int_equal(passes(f, 1, AT(9.5), 9), 3);
	fixture_free(f);
}

/* The clock ticks while datagrams wait to be judged. */
static void
test_what_was_received_before_a_tick_ends_nothing(void **state)
{
	fixture *f = fixture_new(plain);

	(void)state;
	assert_int_equal(passes(f, 1, AT(0.9), 8), 5);
	tick(f, AT(1.1)); /* in the next eighth */
	assert_int_equal(passes(f, 1, AT(0.95), 8), 0);
	assert_int_equal(passes(f, 1, AT(1.2), 8), 0);
	tick(f, AT(1.3));
	assert_heard(&f->h, "suppressed: IF-MIB::linkDown from 0.0.0.1 suppressed: more "
			    "than 5 in 8 s\n");
	fixture_free(f);
}

static void
test_counts_each_trap_of_each_device_by_itself(void **state)
{
	fixture *f = fixture_new(plain);
	sample *down = f->s, *up = sample_new("IF-MIB::linkUp"),
	       *other = sample_new("SNMPv2-MIB::coldStart");

	(void)state;
	assert_int_equal(passes(f, 1, AT(0), 9), 5);
	assert_int_equal(passes(f, 2, AT(0), 9), 5);
	f->s = up;
	assert_int_equal(passes(f, 1, AT(0), 9), 5);
	f->s = other;
	assert_int_equal(passes(f, 1, AT(0), 9), 9);
	f->s = down;
	sample_free(up);
	sample_free(other);
	fixture_free(f);
}

static void
test_tells_begin_and_end(void **state)
{
	fixture *f = fixture_new(plain);

	(void)state;
	passes(f, 0xc0000207, AT(0), 5);
	tick(f, AT(0.1));
	assert_heard(&f->h, "");
	passes(f, 0xc0000207, AT(0.2), 1000);
	tick(f, AT(1));
	assert_heard(&f->h, "suppressed: IF-MIB::linkDown from 192.0.2.7 suppressed: "
			    "more than 5 in 8 s\n");
	tick(f, AT(7.9));
	assert_heard(&f->h, "");
	tick(f, AT(8.2));
	assert_heard(&f->h,
	    "suppressed: 1,000 suppressed in 8 s from 192.0.2.7: IF-MIB::linkDown "
	    "count=1000 seconds=8\n");
	tick(f, AT(20));
	assert_heard(&f->h, "");
	assert_int_equal(passes(f, 0xc0000207, AT(21), 6), 5);
	fixture_free(f);
}

static void
test_begin_and_end_between_two_ticks_are_both_told(void **state)
{
	fixture *f = fixture_new(plain);

	(void)state;
	passes(f, 1, AT(0), 7);
	tick(f, AT(60));
	assert_int_equal(f->h.count, 2);
	assert_int_equal(f->h.sum, 2);
	fixture_free(f);
}

static void
test_those_without_room_are_summed_up(void **state)
{
	fixture *f = fixture_new("limits: {sources: 1, thresholds: {a: {count: 1}}}");

	(void)state;
	passes(f, 1, AT(0), 3);
	passes(f, 2, AT(0), 4);
	tick(f, AT(1));
	assert_int_equal(f->h.count, 2);
	f->h.text[f->h.len] = 0;
	assert_non_null(strstr(f->h.text,
	    "suppressed: 2 suppressed by thresholds from 1 others count=2 sources=1\n"));
	fixture_free(f);
}

static void
test_a_reload_goes_by_the_names(void **state)
{
	fixture *f = fixture_new("limits: {thresholds: {a: {count: 1}, b: {count: 3}}}");
	tl_conf *conf =
	    good("limits: {sources: 50, thresholds: {c: {count: 9}, b: {count: 3}}}");
	thresholds *t = thresholds_new(conf, the_mib, 43);

	(void)state;
	assert_int_equal(passes(f, 1, AT(0), 4), 1);
	thresholds_take(t, f->t);
	thresholds_free(f->t);
	f->t = t;
	assert_int_equal(passes(f, 1, AT(0), 1), 0); /* b acts */
	tick(f, AT(1));
	f->h.text[f->h.len] = 0;
	assert_non_null(strstr(f->h.text, "more than 3 in 60 s\n"));
	assert_non_null(strstr(f->h.text, "suppressed by thresholds from 1 others"));
	fixture_free(f);
	tl_conf_free(conf);
}

/* What was told adds up to what was suppressed. */
static void
test_random_arrivals_add_up(void **state)
{
	fixture *f = fixture_new(
	    "limits: {sources: 5, thresholds: {a: {count: 3, rearm: 1, window: 2s}}}");
	uint64_t seed = 5, suppressed = 0;
	int64_t now = AT(0);

	(void)state;
	for (int i = 0; i < 20000; i++) {
		now += random_next(&seed) % 300000000;
		suppressed += 1 - passes(f, random_next(&seed) % 7, now, 1);
		if (random_next(&seed) % 3 == 0)
			tick(f, now);
	}
	tick(f, now + AT(10));
	assert_true(suppressed > 1000);
	assert_int_equal(f->h.sum, suppressed);
	fixture_free(f);
}

static void
test_tells_every_begin(void **state)
{
	fixture *f = fixture_new(plain);

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(passes(f, 1, AT(100 * i), 9), 5);
		tick(f, AT(100 * i + 1));
		assert_int_equal(f->h.count, 2 * i + 1);
		tick(f, AT(100 * i + 50));
		assert_int_equal(f->h.count, 2 * i + 2);
	}
	fixture_free(f);
}

/* The begins of one more than are told of in one tick: the last waits. */
static void
test_tells_of_1000_thresholds_at_a_time(void **state)
{
	fixture *f = fixture_new(plain);

	(void)state;
	assert_int_equal(THRESHOLDS_TOLD, 1000);
	for (uint32_t i = 0; i < 1001; i++)
		assert_int_equal(passes(f, i, AT(0), 6), 5);
	tick(f, AT(1));
	assert_int_equal(f->h.count, 1000);
	tick(f, AT(2));
	assert_int_equal(f->h.count, 1001);
	tick(f, AT(3));
	assert_int_equal(f->h.count, 1001);
	fixture_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_acts_above_the_count_until_the_rearm),
		cmocka_unit_test(test_what_was_received_before_a_tick_ends_nothing),
		cmocka_unit_test(test_counts_each_trap_of_each_device_by_itself),
		cmocka_unit_test(test_tells_begin_and_end),
		cmocka_unit_test(test_begin_and_end_between_two_ticks_are_both_told),
		cmocka_unit_test(test_those_without_room_are_summed_up),
		cmocka_unit_test(test_a_reload_goes_by_the_names),
		cmocka_unit_test(test_random_arrivals_add_up),
		cmocka_unit_test(test_tells_every_begin),
		cmocka_unit_test(test_tells_of_1000_thresholds_at_a_time),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
