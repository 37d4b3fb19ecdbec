/* Which informs are known to be repeats, for how long, and of how many. */
#include "talk.h"

static void
test_takes_an_inform_anew_after_150_s(void **state)
{
	static talk inform = { .version = 1, .inform = true, .at_ns = SECOND };
	talker t;

	(void)state;
	talker_open(&t, 0);
	assert_int_equal(say(&t, &inform), TL_EV_NOTIFICATION);
	inform.at_ns = 151 * SECOND;
	assert_int_equal(say(&t, &inform), TL_EV_DUPLICATE);
	inform.at_ns = 151 * SECOND + 1;
	assert_int_equal(say(&t, &inform), TL_EV_NOTIFICATION);
	talker_close(&t);
}

static void
test_another_port_request_or_community_is_another_inform(void **state)
{
	static talk inform = { .version = 1, .inform = true };
	talker t;

	(void)state;
	talker_open(&t, 0);
	assert_int_equal(say(&t, &inform), TL_EV_NOTIFICATION);
	inform.port = 1;
	assert_int_equal(say(&t, &inform), TL_EV_NOTIFICATION);
	inform.request_id = 1;
	assert_int_equal(say(&t, &inform), TL_EV_NOTIFICATION);
	inform.community = LIT("public");
	assert_int_equal(say(&t, &inform), TL_EV_NOTIFICATION);
	assert_int_equal(say(&t, &inform), TL_EV_DUPLICATE);
	talker_close(&t);
}

/* Sends |count| informs; returns how many of them the engine takes for new. */
static unsigned
count_new(talker *t, unsigned count, int64_t at_ns)
{
	static talk inform = { .version = 1, .inform = true };
	unsigned fresh = 0;

	for (unsigned i = 0; i < count; i++) {
		inform.request_id = (int32_t)i;
		inform.at_ns = at_ns + i;
		fresh += say(t, &inform) == TL_EV_NOTIFICATION;
	}
	return fresh;
}

/* One set of four: the fifth takes the place of the oldest. */
static void
test_remembers_informs_up_to_the_limit(void **state)
{
	talker t;

	(void)state;
	talker_open(&t, 4);
	assert_int_equal(count_new(&t, 4, SECOND), 4);
	assert_int_equal(count_new(&t, 4, 2 * SECOND), 0);
	assert_int_equal(count_new(&t, 5, 3 * SECOND), 1);
	assert_int_equal(count_new(&t, 1, 4 * SECOND), 1);
	talker_close(&t);
}

static void
test_what_is_forgotten_is_new_again(void **state)
{
	static talk inform = { .version = 1, .inform = true };
	talker t;

	(void)state;
	talker_open(&t, 0);
	assert_int_equal(say(&t, &inform), TL_EV_NOTIFICATION);
	tl_engine_forget(t.engine, t.ev.n);
	assert_int_equal(say(&t, &inform), TL_EV_NOTIFICATION);
	talker_close(&t);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes_an_inform_anew_after_150_s),
		cmocka_unit_test(
		    test_another_port_request_or_community_is_another_inform),
		cmocka_unit_test(test_remembers_informs_up_to_the_limit),
		cmocka_unit_test(test_what_is_forgotten_is_new_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
