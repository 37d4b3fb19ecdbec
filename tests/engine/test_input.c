/* The limits of what a peer may send, at their edges. */
#include "talk.h"

static const uint8_t letters[256];

static tl_span
letters_of(size_t len)
{
	return (tl_span){ letters, len };
}

static void
test_takes_2048_varbinds_refuses_more(void **state)
{
	static talk trap = { .version = 1, .varbinds = 2048 };
	talker t;

	(void)state;
	talker_open(&t, 0);
	assert_int_equal(say(&t, &trap), TL_EV_NOTIFICATION);
	assert_int_equal(t.ev.n->all_count, 2048);
	trap.varbinds = 2049;
	assert_int_equal(refusal_of(&t, &trap), TL_ELIMIT_VARBINDS);
	talker_close(&t);
}

static void
test_takes_community_of_255_bytes(void **state)
{
	static talk trap = { .version = 1 };
	talker t;

	(void)state;
	talker_open(&t, 0);
	trap.community = letters_of(255);
	assert_int_equal(say(&t, &trap), TL_EV_NOTIFICATION);
	assert_int_equal(t.ev.n->community.len, 255);
	trap.community = letters_of(256);
	assert_int_equal(refusal_of(&t, &trap), TL_EBER_LENGTH);
	assert_string_equal(t.ev.refusal.diag.where, "community");
	talker_close(&t);
}

static void
test_refuses_context_name_of_256_bytes(void **state)
{
	static talk trap = { .version = 3 };
	talker t;

	(void)state;
	talker_open(&t, 0);
	trap.context_name = letters_of(255);
	assert_int_equal(say(&t, &trap), TL_EV_NOTIFICATION);
	assert_int_equal(t.ev.n->v3.context_name.len, 255);
	trap.context_name = letters_of(256);
	assert_int_equal(refusal_of(&t, &trap), TL_EBER_LENGTH);
	assert_string_equal(t.ev.refusal.diag.where, "contextName");
	talker_close(&t);
}

static void
test_refuses_max_size_of_483(void **state)
{
	static talk trap = { .version = 3, .max_size = 484 };
	talker t;

	(void)state;
	talker_open(&t, 0);
	assert_int_equal(say(&t, &trap), TL_EV_NOTIFICATION);
	trap.max_size = 483;
	assert_int_equal(refusal_of(&t, &trap), TL_EV3_MAX_SIZE);
	trap.max_size = INT32_MAX;
	assert_int_equal(say(&t, &trap), TL_EV_NOTIFICATION);
	talker_close(&t);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes_2048_varbinds_refuses_more),
		cmocka_unit_test(test_takes_community_of_255_bytes),
		cmocka_unit_test(test_refuses_context_name_of_256_bytes),
		cmocka_unit_test(test_refuses_max_size_of_483),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
