/* What goes back to a sender: acknowledgements. */
#include "talk.h"

/* The engineTime that an SNMPv3 |message| tells. */
static int64_t
time_of(tl_span message)
{
	tl_diag diag = { 0 };
	tl_message m;
	tl_usm_params p;

	tl_message_read(message, &m, &diag);
	tl_usm_read_params(&m.body, &p);
	assert_int_equal(diag.err, TL_OK);
	assert_int_equal(m.version, 3);
	assert_int_equal(p.boots, OUR_BOOTS);
	return p.time_s;
}

static void
test_a_late_acknowledgement_tells_the_time_of_now(void **state)
{
	static talk inform = { .version = 3, .inform = true, .at_ns = 10 * SECOND };
	tl_notification *kept;
	tl_span reply;
	talker t;

	(void)state;
	talker_open(&t, 0);
	assert_int_equal(say(&t, &inform), TL_EV_NOTIFICATION);
	assert_int_equal(tl_notification_clone(t.ev.n, &kept), TL_OK);
	tl_arena_reset(t.arena);
	assert_int_equal(
	    tl_engine_ack(t.engine, kept, 600 * SECOND, t.arena, &reply), TL_OK);
	assert_int_equal(time_of(reply), 600);
	tl_notification_free(kept);
	talker_close(&t);
}

static void
test_a_repeated_acknowledgement_tells_the_time_of_the_repeat(void **state)
{
	static talk inform = { .version = 3, .inform = true, .at_ns = 10 * SECOND };
	tl_span reply;
	talker t;

	(void)state;
	talker_open(&t, 0);
	assert_int_equal(say(&t, &inform), TL_EV_NOTIFICATION);
	assert_int_equal(
	    tl_engine_ack(t.engine, t.ev.n, 11 * SECOND, t.arena, &reply), TL_OK);
	inform.at_ns = 20 * SECOND;
	assert_int_equal(say(&t, &inform), TL_EV_DUPLICATE);
	assert_int_equal(time_of(t.ev.reply), 20);
	talker_close(&t);
}

static void
test_a_trap_is_not_acknowledged(void **state)
{
	static talk trap = { .version = 3 };
	tl_span reply;
	talker t;

	(void)state;
	talker_open(&t, 0);
	assert_int_equal(say(&t, &trap), TL_EV_NOTIFICATION);
	assert_int_equal(
	    tl_engine_ack(t.engine, t.ev.n, SECOND, t.arena, &reply), TL_EINVAL);
	talker_close(&t);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_late_acknowledgement_tells_the_time_of_now),
		cmocka_unit_test(
		    test_a_repeated_acknowledgement_tells_the_time_of_the_repeat),
		cmocka_unit_test(test_a_trap_is_not_acknowledged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
