/* pipeline/limits.c: block lists, and a token bucket for each device. */
#include "pipeline/heard.h"

#include "pipeline/limits.h"

typedef struct fixture {
	tl_conf *conf;
	limits *l;
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
	f->l = limits_new(f->conf, the_mib, 42);
	assert_non_null(f->l);
	return f;
}

static void
fixture_free(fixture *f)
{
	limits_free(f->l);
	sample_free(f->s);
	tl_conf_free(f->conf);
	free(f);
}

/* What becomes of one from device |number| at |now_ns|. */
static suppression
judge(fixture *f, uint32_t number, int64_t now_ns)
{
	event *ev = again(f->s, now_ns);

	from_device(ev, number);
	limits_judge(f->l, ev);
	return ev->suppressed;
}

static void
tick(fixture *f, int64_t now_ns)
{
	emitter to = to_heard(&f->h);

	limits_tick(f->l, now_ns, &to);
}

static unsigned
passes(fixture *f, uint32_t number, int64_t now_ns, unsigned of)
{
	unsigned passed = 0;

	for (unsigned i = 0; i < of; i++)
		passed += judge(f, number, now_ns) == SUPPRESSED_NOT;
	return passed;
}

static void
test_a_burst_passes_and_no_more(void **state)
{
	fixture *f = fixture_new("limits: {rate: 10, burst: 50}");

	(void)state;
	assert_int_equal(passes(f, 1, AT(0), 60), 50);
	assert_int_equal(passes(f, 2, AT(0), 60), 50);
	assert_int_equal(judge(f, 1, AT(0)), SUPPRESSED_RATE);
	fixture_free(f);
}

static void
test_what_is_not_told_at_the_end_is_told_then(void **state)
{
	fixture *f = fixture_new("limits: {rate: 1, burst: 1, summary: 1h}");
	emitter to = to_heard(&f->h);

	(void)state;
	limits_end(f->l, AT(0), &to);
	assert_heard(&f->h, "");
	assert_int_equal(passes(f, 1, AT(0), 60), 1);
	limits_end(f->l, AT(2), &to);
	assert_int_equal(f->h.sum, 59);
	assert_int_equal(f->h.count, 1);
	limits_end(f->l, AT(3), &to);
	assert_int_equal(f->h.count, 1);
	fixture_free(f);
}

static void
test_the_bucket_fills_at_the_rate(void **state)
{
	fixture *f = fixture_new("limits: {rate: 10, burst: 50}");

	(void)state;
	passes(f, 1, AT(0), 60);
	assert_int_equal(judge(f, 1, AT(0.1) - 1), SUPPRESSED_RATE);
	assert_int_equal(judge(f, 1, AT(0.1)), SUPPRESSED_NOT);
	assert_int_equal(judge(f, 1, AT(0.1)), SUPPRESSED_RATE);
	assert_int_equal(passes(f, 1, AT(1.1), 60), 10);
	assert_int_equal(passes(f, 1, AT(6.1), 60), 50);
	assert_int_equal(passes(f, 1, AT(1000000), 60), 50);
	fixture_free(f);
}

static void
test_rate_0_limits_nothing(void **state)
{
	fixture *f = fixture_new("limits: {rate: 0, burst: 1}");

	(void)state;
	assert_int_equal(passes(f, 1, AT(0), 1000), 1000);
	fixture_free(f);
}

static void
test_time_that_goes_back_gives_nothing(void **state)
{
	fixture *f = fixture_new("limits: {rate: 10, burst: 5}");

	(void)state;
	assert_int_equal(passes(f, 1, AT(5), 60), 5);
	assert_int_equal(passes(f, 1, AT(1), 60), 0);
	assert_int_equal(passes(f, 1, AT(5), 60), 0);
	fixture_free(f);
}

static void
test_the_greatest_limits_do_not_overflow(void **state)
{
	fixture *f = fixture_new("limits: {rate: 100000000, burst: 100000000}");

	(void)state;
	assert_int_equal(passes(f, 1, AT(0), 1000), 1000);
	assert_int_equal(passes(f, 1, INT64_MAX / 2, 1000), 1000);
	fixture_free(f);
}

static void
test_blocks_networks_lists_and_traps(void **state)
{
	fixture *f = fixture_new("lists: {bad: [10.66.0.0/16, 192.0.2.99]}\n"
				 "limits: {block: [bad, 198.51.100.0/24],"
				 " block_traps: [IF-MIB::linkUp]}");
	sample *up = sample_new("IF-MIB::linkUp");

	(void)state;
	assert_int_equal(judge(f, 0x0a420001, AT(0)), SUPPRESSED_BLOCKED);
	assert_int_equal(judge(f, 0xc0000263, AT(0)), SUPPRESSED_BLOCKED);
	assert_int_equal(judge(f, 0xc6336401, AT(0)), SUPPRESSED_BLOCKED);
	assert_int_equal(judge(f, 0x0a430001, AT(0)), SUPPRESSED_NOT);
	limits_judge(f->l, again(up, AT(0)));
	assert_int_equal(up->ev.suppressed, SUPPRESSED_BLOCKED);
	f->s->n.from = endpoint_of("10.66.1.1"); /* a relay */
	assert_int_equal(judge(f, 1, AT(0)), SUPPRESSED_BLOCKED);
	sample_free(up);
	fixture_free(f);
}

static void
test_tells_what_was_blocked_too(void **state)
{
	fixture *f =
	    fixture_new("limits: {rate: 1, burst: 1, summary: 10s, block: [10.0.0.0/8]}");

	(void)state;
	assert_int_equal(passes(f, 0x0a000007, AT(0), 9), 0);
	assert_int_equal(passes(f, 0x0a000008, AT(0), 1), 0);
	assert_int_equal(passes(f, 0xc0000209, AT(0), 4), 1);
	tick(f, AT(10));
	assert_heard(&f->h,
	    "suppressed: 3 suppressed in 10 s from 192.0.2.9 count=3 seconds=10\n"
	    "suppressed: 9 suppressed in 10 s from 10.0.0.7: blocked count=9 seconds=10\n"
	    "suppressed: 1 suppressed in 10 s from 10.0.0.8: blocked count=1 "
	    "seconds=10\n");
	fixture_free(f);
}

static void
test_what_is_blocked_is_told_without_a_rate_and_when_it_is_forgotten(void **state)
{
	fixture *f = fixture_new(
	    "limits: {rate: 0, sources: 1, summary: 1s, block: [10.0.0.0/8]}");

	(void)state;
	passes(f, 0x0a000001, AT(0), 3);
	passes(f, 0x0a000002, AT(0), 4);
	tick(f, AT(1));
	assert_heard(&f->h,
	    "suppressed: 4 suppressed in 1 s from 10.0.0.2: blocked count=4 seconds=1\n"
	    "suppressed: 3 suppressed in 1 s from 1 other sources: blocked count=3 "
	    "seconds=1 "
	    "sources=1\n");
	fixture_free(f);
}

static void
test_tells_what_was_suppressed_every_interval(void **state)
{
	fixture *f = fixture_new("limits: {rate: 1, burst: 1, summary: 10s}");

	(void)state;
	passes(f, 0xc0000207, AT(0), 4214);
	passes(f, 0xc0000208, AT(0), 2);
	tick(f, AT(9.9));
	assert_heard(&f->h, "");
	tick(f, AT(10));
	assert_heard(&f->h,
	    "suppressed: 4,213 suppressed in 10 s from 192.0.2.7 count=4213 seconds=10\n"
	    "suppressed: 1 suppressed in 10 s from 192.0.2.8 count=1 seconds=10\n");
	tick(f, AT(30));
	assert_heard(&f->h, "");
	passes(f, 0xc0000208, AT(40), 2);
	tick(f, AT(55));
	assert_heard(&f->h,
	    "suppressed: 1 suppressed in 15 s from 192.0.2.8 count=1 seconds=15\n");
	fixture_free(f);
}

static void
test_names_20_sources_with_most_and_sums_up_the_others(void **state)
{
	fixture *f = fixture_new("limits: {rate: 1, burst: 1, summary: 1s}");
	uint64_t all = 0;

	(void)state;
	for (uint32_t i = 1; i <= 30; i++) {
		passes(f, 0x0a000000 + i, AT(0), i * 7 % 31 + 1);
		all += i * 7 % 31;
	}
	tick(f, AT(1));
	assert_int_equal(f->h.count, LIMITS_TOLD + 1);
	assert_int_equal(f->h.sum, all);
	f->h.text[f->h.len] = 0;
	assert_non_null(strstr(f->h.text, " from 10 other sources"));
	assert_int_equal(strncmp(f->h.text, "suppressed: 30 suppressed", 25), 0);
	fixture_free(f);
}

static void
test_the_source_not_heard_longest_is_forgotten(void **state)
{
	fixture *f = fixture_new("limits: {rate: 1, burst: 2, sources: 2, summary: 1s}");

	(void)state;
	assert_int_equal(passes(f, 1, AT(0), 3), 2);
	assert_int_equal(passes(f, 2, AT(0), 1), 1);
	assert_int_equal(passes(f, 3, AT(0), 1), 1); /* 2 goes: 1 is being limited */
	assert_int_equal(passes(f, 1, AT(0), 1), 0);
	assert_int_equal(passes(f, 2, AT(0), 3), 2);
	tick(f, AT(1));
	assert_heard(&f->h,
	    "suppressed: 2 suppressed in 1 s from 0.0.0.1 count=2 seconds=1\n"
	    "suppressed: 1 suppressed in 1 s from 0.0.0.2 count=1 seconds=1\n");
	fixture_free(f);
}

static void
test_a_source_that_is_heard_again_is_kept(void **state)
{
	fixture *f = fixture_new("limits: {rate: 1, burst: 2, sources: 2}");

	(void)state;
	assert_int_equal(passes(f, 1, AT(0), 2), 2);
	assert_int_equal(passes(f, 2, AT(0.5), 2), 2);
	assert_int_equal(passes(f, 1, AT(1), 1), 1);
	assert_int_equal(passes(f, 3, AT(1.5), 2), 2); /* 2 goes */
	assert_int_equal(passes(f, 1, AT(1.5), 2), 0);
	fixture_free(f);
}

static void
test_counts_of_forgotten_sources_are_told(void **state)
{
	fixture *f = fixture_new("limits: {rate: 1, burst: 1, sources: 1, summary: 1s}");

	(void)state;
	passes(f, 1, AT(0), 3);
	passes(f, 2, AT(0), 4);
	tick(f, AT(1));
	assert_heard(&f->h,
	    "suppressed: 3 suppressed in 1 s from 0.0.0.2 count=3 seconds=1\n"
	    "suppressed: 2 suppressed in 1 s from 1 other sources count=2 seconds=1 "
	    "sources=1\n");
	fixture_free(f);
}

static void
test_a_reload_keeps_the_buckets(void **state)
{
	fixture *f = fixture_new("limits: {rate: 1, burst: 10, sources: 10}");
	tl_conf *conf = good("limits: {rate: 1, burst: 4, sources: 5}");
	limits *l = limits_new(conf, the_mib, 43);

	(void)state;
	for (uint32_t i = 1; i <= 5; i++)
		passes(f, i, AT(0), i == 5 ? 8 : 12);
	limits_take(l, f->l);
	limits_free(f->l);
	f->l = l;
	assert_int_equal(passes(f, 5, AT(0), 9), 2);
	assert_int_equal(passes(f, 4, AT(0), 9), 0);
	tick(f, AT(10));
	assert_int_equal(f->h.sum, 4 * 2 + 7 + 9);
	fixture_free(f);
	tl_conf_free(conf);
}

static void
test_a_reload_with_less_room_tells_of_those_that_go(void **state)
{
	fixture *f = fixture_new("limits: {rate: 1, burst: 10, sources: 10}");
	tl_conf *conf = good("limits: {rate: 1, burst: 4, sources: 2}");
	limits *l = limits_new(conf, the_mib, 43);

	(void)state;
	for (uint32_t i = 1; i <= 5; i++)
		passes(f, i, AT(0), 12);
	limits_take(l, f->l);
	limits_free(f->l);
	f->l = l;
	assert_int_equal(passes(f, 5, AT(0), 9), 0);
	assert_int_equal(passes(f, 1, AT(0), 9), 4);
	tick(f, AT(10));
	assert_int_equal(f->h.sum, 5 * 2 + 9 + 5);
	f->h.text[f->h.len] = 0;
	assert_non_null(strstr(f->h.text, "8 suppressed in 10 s from 4 other sources"));
	fixture_free(f);
	tl_conf_free(conf);
}

/* Against the rule itself: in no span of time more than burst and rate allow. */
static void
test_random_arrivals_never_pass_faster_than_allowed(void **state)
{
	enum { COUNT_ALL = 20000, RATE = 7, BURST = 20 };
	fixture *f = fixture_new("limits: {rate: 7, burst: 20, summary: 1s}");
	uint64_t seed = 3, passed = 0;
	int64_t now = AT(0);
	double tokens = BURST;

	(void)state;
	for (int i = 0; i < COUNT_ALL; i++) {
		int64_t wait = random_next(&seed) %
			       (random_next(&seed) % 8 == 0 ? 2000000000 : 100000000);
		now += wait;
		tokens += (double)wait * RATE / 1e9;
		tokens = tokens > BURST ? BURST : tokens;
		bool allowed = judge(f, 1, now) == SUPPRESSED_NOT;
		if (tokens > 1 + 1e-6)
			assert_true(allowed);
		if (tokens < 1 - 1e-6)
			assert_false(allowed);
		tokens -= allowed;
		passed += allowed;
		tick(f, now);
	}
	tick(f, now + AT(100));
	assert_int_equal(f->h.sum + passed, COUNT_ALL);
	fixture_free(f);
}

/* The device of a summary; nothing of one that sums up others. */
static void
note_source(void *context, const tl_own_event *own)
{
	tl_endpoint *source = context;

	assert_non_null(own->source);
	*source = *own->source;
}

static void
test_a_summary_says_whose_it_is(void **state)
{
	fixture *f = fixture_new("limits: {rate: 1, burst: 1, summary: 10s}");
	tl_endpoint source = { 0 };
	emitter to = { .emit = note_source, .context = &source };

	(void)state;
	for (int i = 0; i < 3; i++) {
		event *ev = again(f->s, AT(0));
		from_device(ev, 0x0a000009);
		limits_judge(f->l, ev);
	}
	limits_tick(f->l, AT(10), &to);
	assert_memory_equal(source.addr + 12, "\x0a\0\0\x09", 4);
	fixture_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_burst_passes_and_no_more),
		cmocka_unit_test(test_what_is_not_told_at_the_end_is_told_then),
		cmocka_unit_test(test_the_bucket_fills_at_the_rate),
		cmocka_unit_test(test_rate_0_limits_nothing),
		cmocka_unit_test(test_time_that_goes_back_gives_nothing),
		cmocka_unit_test(test_the_greatest_limits_do_not_overflow),
		cmocka_unit_test(test_blocks_networks_lists_and_traps),
		cmocka_unit_test(test_tells_what_was_blocked_too),
		cmocka_unit_test(
		    test_what_is_blocked_is_told_without_a_rate_and_when_it_is_forgotten),
		cmocka_unit_test(test_tells_what_was_suppressed_every_interval),
		cmocka_unit_test(test_names_20_sources_with_most_and_sums_up_the_others),
		cmocka_unit_test(test_the_source_not_heard_longest_is_forgotten),
		cmocka_unit_test(test_a_source_that_is_heard_again_is_kept),
		cmocka_unit_test(test_counts_of_forgotten_sources_are_told),
		cmocka_unit_test(test_a_reload_keeps_the_buckets),
		cmocka_unit_test(test_a_reload_with_less_room_tells_of_those_that_go),
		cmocka_unit_test(test_random_arrivals_never_pass_faster_than_allowed),
		cmocka_unit_test(test_a_summary_says_whose_it_is),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
