/* The time window (RFC 3414 section 3.2 step 7), and the clocks that are kept for it. */
#include "usm/engines.h"
#include "usm/sender.h"

static int
setup(void **state)
{
	receiver *r = malloc(sizeof *r);

	open_receiver(r, NULL);
	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	close_receiver(*state);
	free(*state);
	return 0;
}

/* A trap of engine A with this clock. */
static tl_err
at(receiver *r, uint32_t boots, uint32_t time_s, int64_t now_ns)
{
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);

	s.boots = boots;
	s.time_s = time_s;
	return take_from(r, &s, now_ns);
}

static void
assert_time_refusal(receiver *r, const char *where)
{
	const uint8_t *field = r->in.p.engine_id.ptr + r->in.p.engine_id.len;

	assert_string_equal(r->diag.where, where);
	if (strcmp(where, "msgAuthoritativeEngineTime") == 0)
		field += 2 + field[1];
	assert_int_equal(r->diag.offset, field - r->datagram);
	assert_non_null(r->out.cred);
}

static void
test_replay_after_the_window_is_refused(void **state)
{
	receiver *r = *state;

	assert_int_equal(at(r, 3, 1000, 0), TL_OK);
	assert_int_equal(at(r, 3, 1000, 150 * SECOND), TL_OK);
	assert_int_equal(at(r, 3, 1000, 151 * SECOND), TL_EUSM_TIME);
	assert_time_refusal(r, "msgAuthoritativeEngineTime");
	assert_int_equal(r->out.our_boots, 3);
	assert_int_equal(r->out.our_time_s, 1151);
}

static void
test_takes_time_150_s_behind(void **state)
{
	receiver *r = *state;

	assert_int_equal(at(r, 3, 1000, 0), TL_OK);
	assert_int_equal(at(r, 3, 850, 0), TL_OK);
}

static void
test_refuses_time_151_s_behind(void **state)
{
	receiver *r = *state;

	assert_int_equal(at(r, 3, 1000, 0), TL_OK);
	assert_int_equal(at(r, 3, 849, 0), TL_EUSM_TIME);
	/* One that is late puts no clock back. */
	assert_int_equal(at(r, 3, 850, 0), TL_OK);
	assert_int_equal(at(r, 3, 851, 2 * SECOND), TL_EUSM_TIME);
}

static void
test_boots_that_go_back_are_refused(void **state)
{
	receiver *r = *state;

	assert_int_equal(at(r, 3, 1000, 0), TL_OK);
	assert_int_equal(at(r, 2, 1000000, 0), TL_EUSM_TIME);
	assert_time_refusal(r, "msgAuthoritativeEngineBoots");
	assert_int_equal(r->out.our_boots, 3);
	assert_int_equal(at(r, 4, 0, 0), TL_OK);
	assert_int_equal(at(r, 3, 1001, 0), TL_EUSM_TIME);
}

static void
test_time_that_runs_ahead_moves_the_clock(void **state)
{
	receiver *r = *state;

	assert_int_equal(at(r, 3, 1000, 0), TL_OK);
	assert_int_equal(at(r, 3, 5000, SECOND), TL_OK);
	assert_int_equal(at(r, 3, 4850, SECOND), TL_OK);
	assert_int_equal(at(r, 3, 4849, SECOND), TL_EUSM_TIME);
}

static void
test_latched_boots_are_refused(void **state)
{
	receiver *r = *state;

	assert_int_equal(at(r, TL_BOOTS_MAX, 1000, 0), TL_EUSM_TIME);
	assert_int_equal(at(r, TL_BOOTS_MAX - 1, 1000, 0), TL_OK);
	assert_int_equal(at(r, TL_BOOTS_MAX, 1000, 0), TL_EUSM_TIME);
	assert_int_equal(at(r, TL_BOOTS_MAX - 1, 1000, 0), TL_OK);
}

static void
test_messages_without_authentication_set_no_clock(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_NONE, TL_PRIV_NONE);
	tl_user anonymous = user_of(TL_AUTH_NONE, TL_PRIV_NONE);
	tl_clock clock;

	anonymous.name = s.user = SPAN("anonymous");
	add_user(r, anonymous);
	s.boots = 1000;
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	assert_int_equal(tl_usm_engine_count(r->usm), 0);
	assert_false(tl_usm_next_clock(r->usm, &clock));
	assert_int_equal(at(r, 3, 1000, 0), TL_OK);
	/* Nor does one whose digest is wrong. */
	s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	s.auth_pass = SPAN("wrong passphrase");
	s.boots = 1000;
	assert_int_equal(take_from(r, &s, 0), TL_EUSM_DIGEST);
	assert_int_equal(at(r, 3, 1000, 0), TL_OK);
}

static void
test_window_off_takes_what_would_be_refused_and_flags_it(void **state)
{
	sender s = sender_of(TL_AUTH_MD5, TL_PRIV_NONE);
	tl_user user = user_of(TL_AUTH_MD5, TL_PRIV_NONE);
	receiver *r = *state;

	user.window_off = true;
	add_user(r, user);
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	assert_int_equal(r->out.flags, 0);
	s.boots = s.time_s = 0;
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	assert_int_equal(r->out.flags, TL_FLAG_TIME_WINDOW_OFF);
	s.boots = TL_BOOTS_MAX;
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	assert_int_equal(r->out.flags, TL_FLAG_TIME_WINDOW_OFF);
	/* Neither has moved the clock. */
	assert_int_equal(at(r, 3, 1000, 0), TL_OK);
	assert_int_equal(at(r, 3, 849, 0), TL_EUSM_TIME);
}

/* To us: our clock is the measure. The receiver's boots are 7, and it starts at 0. */
static tl_err
to_us(receiver *r, uint32_t boots, uint32_t time_s, int64_t now_ns)
{
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);

	s.engine_id = OWN_ENGINE;
	s.boots = boots;
	s.time_s = time_s;
	return take_from(r, &s, now_ns);
}

static void
test_informs_must_know_our_clock(void **state)
{
	receiver *r = *state;
	int64_t now = 1000 * SECOND;

	assert_int_equal(to_us(r, 7, 1000, now), TL_OK);
	assert_true(r->out.ours);
	assert_int_equal(to_us(r, 7, 850, now), TL_OK);
	assert_int_equal(to_us(r, 7, 1150, now), TL_OK);
	assert_int_equal(to_us(r, 7, 849, now), TL_EUSM_TIME);
	assert_time_refusal(r, "msgAuthoritativeEngineTime");
	assert_int_equal(to_us(r, 7, 1151, now), TL_EUSM_TIME);
	assert_int_equal(to_us(r, 6, 1000, now), TL_EUSM_TIME);
	assert_time_refusal(r, "msgAuthoritativeEngineBoots");
	assert_int_equal(to_us(r, 8, 1000, now), TL_EUSM_TIME);
	assert_int_equal(r->out.our_boots, 7);
	assert_int_equal(r->out.our_time_s, 1000);
	assert_int_equal(tl_usm_engine_count(r->usm), 0);
}

static void
test_our_latched_boots_refuse_every_inform(void **state)
{
	const tl_engine_options opt = { .engine_id = OWN_ENGINE, .boots = TL_BOOTS_MAX };
	receiver r;
	(void)state;

	open_receiver(&r, &opt);
	add_user(&r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	assert_int_equal(to_us(&r, TL_BOOTS_MAX, 0, 0), TL_EUSM_TIME);
	close_receiver(&r);
}

static tl_clock
clock_of(uint32_t boots, uint32_t time_s, int64_t at_ns)
{
	tl_clock c = {
		.engine_id_len = 6, .boots = boots, .time_s = time_s, .at_ns = at_ns
	};

	memcpy(c.engine_id, ENGINE_A.ptr, 6);
	return c;
}

static void
test_restored_clock_refuses_an_old_capture(void **state)
{
	receiver *r = *state;
	tl_clock c = clock_of(3, 1000, 50 * SECOND);

	assert_int_equal(tl_usm_set_clock(r->usm, &c), TL_OK);
	assert_int_equal(tl_usm_engine_count(r->usm), 1);
	assert_int_equal(at(r, 2, 5000, 50 * SECOND), TL_EUSM_TIME);
	assert_int_equal(at(r, 3, 1000, 201 * SECOND), TL_EUSM_TIME);
	assert_int_equal(at(r, 3, 1001, 201 * SECOND), TL_OK);
}

static void
test_known_clock_is_not_overwritten(void **state)
{
	receiver *r = *state;
	tl_clock c = clock_of(1, 1, 0);

	assert_int_equal(at(r, 3, 1000, 0), TL_OK);
	assert_int_equal(tl_usm_set_clock(r->usm, &c), TL_OK);
	assert_int_equal(at(r, 2, 1000, 0), TL_EUSM_TIME);
}

static void
test_set_clock_refuses_lengths_and_numbers_out_of_range(void **state)
{
	receiver *r = *state;
	tl_clock c = clock_of(1, 1, 0);

	c.engine_id_len = 4;
	assert_int_equal(tl_usm_set_clock(r->usm, &c), TL_EINVAL);
	c.engine_id_len = 33;
	assert_int_equal(tl_usm_set_clock(r->usm, &c), TL_EINVAL);
	c.engine_id_len = 6;
	c.boots = TL_BOOTS_MAX + 1;
	assert_int_equal(tl_usm_set_clock(r->usm, &c), TL_EINVAL);
	assert_int_equal(tl_usm_engine_count(r->usm), 0);
}

static void
test_clock_is_news_when_new_rebooted_or_ahead_by_over_100_s(void **state)
{
	receiver *r = *state;
	tl_clock c;

	assert_int_equal(at(r, 3, 1000, 0), TL_OK);
	assert_true(tl_usm_next_clock(r->usm, &c));
	assert_int_equal(c.engine_id_len, 6);
	assert_memory_equal(c.engine_id, ENGINE_A.ptr, 6);
	assert_int_equal(c.boots, 3);
	assert_int_equal(c.time_s, 1000);
	assert_int_equal(c.at_ns, 0);
	assert_false(tl_usm_next_clock(r->usm, &c));
	/* With time, and ahead of it by 100 s: no news. */
	assert_int_equal(at(r, 3, 2000, 1000 * SECOND), TL_OK);
	assert_int_equal(at(r, 3, 3100, 2000 * SECOND), TL_OK);
	assert_false(tl_usm_next_clock(r->usm, &c));
	assert_int_equal(at(r, 3, 3102, 2001 * SECOND), TL_OK);
	assert_true(tl_usm_next_clock(r->usm, &c));
	assert_int_equal(c.time_s, 3102);
	assert_int_equal(c.at_ns, 2001 * SECOND);
	assert_int_equal(at(r, 4, 0, 2001 * SECOND), TL_OK);
	assert_true(tl_usm_next_clock(r->usm, &c));
	assert_int_equal(c.boots, 4);
	assert_false(tl_usm_next_clock(r->usm, &c));
}

/* Else what is kept would be ever further ahead of a slow device, and refuse it after a
 * restart. */
static void
test_clock_that_fell_behind_by_over_50_s_is_news(void **state)
{
	receiver *r = *state;
	tl_clock c;

	assert_int_equal(at(r, 3, 1000, 0), TL_OK);
	assert_true(tl_usm_next_clock(r->usm, &c));
	assert_int_equal(at(r, 3, 1950, 1000 * SECOND), TL_OK);
	assert_false(tl_usm_next_clock(r->usm, &c));
	assert_int_equal(at(r, 3, 1951, 1002 * SECOND), TL_OK);
	assert_true(tl_usm_next_clock(r->usm, &c));
	assert_int_equal(c.time_s, 1951);
	assert_int_equal(c.at_ns, 1002 * SECOND);
	assert_false(tl_usm_next_clock(r->usm, &c));
}

static void
test_clock_that_was_not_taken_is_there_later_once_and_as_it_is_then(void **state)
{
	receiver *r = *state;
	tl_clock c;

	assert_int_equal(at(r, 3, 1000, 0), TL_OK);
	assert_int_equal(at(r, 4, 10, SECOND), TL_OK);
	assert_int_equal(at(r, 4, 20, 2 * SECOND), TL_OK);
	assert_true(tl_usm_next_clock(r->usm, &c));
	assert_int_equal(c.boots, 4);
	assert_int_equal(c.time_s, 20);
	assert_false(tl_usm_next_clock(r->usm, &c));
}

static void
test_restored_clock_is_no_news(void **state)
{
	receiver *r = *state;
	tl_clock c = clock_of(3, 1000, 0);

	assert_int_equal(tl_usm_set_clock(r->usm, &c), TL_OK);
	assert_false(tl_usm_next_clock(r->usm, &c));
	assert_int_equal(at(r, 3, 1050, SECOND), TL_OK);
	assert_false(tl_usm_next_clock(r->usm, &c));
	assert_int_equal(at(r, 3, 1200, SECOND), TL_OK);
	assert_true(tl_usm_next_clock(r->usm, &c));
}

static void
test_our_time_counts_from_the_start_and_never_below_0(void **state)
{
	const tl_engine_options opt = {
		.engine_id = OWN_ENGINE, .boots = 9, .start_ns = 5 * SECOND
	};
	receiver r;
	(void)state;

	open_receiver(&r, &opt);
	assert_int_equal(tl_usm_time_s(r.usm, 4 * SECOND), 0);
	assert_int_equal(tl_usm_time_s(r.usm, 6 * SECOND - 1), 0);
	assert_int_equal(tl_usm_time_s(r.usm, 6 * SECOND), 1);
	assert_int_equal(tl_usm_boots(r.usm), 9);
	close_receiver(&r);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_replay_after_the_window_is_refused),
		TEST(test_takes_time_150_s_behind),
		TEST(test_refuses_time_151_s_behind),
		TEST(test_boots_that_go_back_are_refused),
		TEST(test_time_that_runs_ahead_moves_the_clock),
		TEST(test_latched_boots_are_refused),
		TEST(test_messages_without_authentication_set_no_clock),
		TEST(test_window_off_takes_what_would_be_refused_and_flags_it),
		TEST(test_informs_must_know_our_clock),
		TEST(test_our_latched_boots_refuse_every_inform),
		TEST(test_restored_clock_refuses_an_old_capture),
		TEST(test_known_clock_is_not_overwritten),
		TEST(test_set_clock_refuses_lengths_and_numbers_out_of_range),
		TEST(test_clock_is_news_when_new_rebooted_or_ahead_by_over_100_s),
		TEST(test_clock_that_fell_behind_by_over_50_s_is_news),
		TEST(test_clock_that_was_not_taken_is_there_later_once_and_as_it_is_then),
		TEST(test_restored_clock_is_no_news),
		TEST(test_our_time_counts_from_the_start_and_never_below_0),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
