/* Every allocation fails once: nothing leaks, and what was begun can go on. */
#include "talk.h"

#include "fault/failmalloc.h"

/* A receiver, made beforehand, so that only the sender's allocations fail. */
static tl_err
converse_failing(talk *t)
{
	tl_buf room = { .ptr = t->room, .cap = sizeof t->room };
	tl_err err = TL_OK;

	while (err == TL_OK &&
	       tl_sender_next_output(t->s, t->now_ns, &room, &t->message) == TL_OK) {
		tl_span reply = receive(t, t->message);
		if (reply.len > 0)
			err = tl_sender_input(t->s, reply, t->now_ns);
	}
	return err;
}

static tl_err
send_one(talk *t, tl_kind kind)
{
	const tl_outgoing out = cold_start(kind);
	uint64_t ticket;
	tl_send_result r;
	tl_err err = tl_sender_notify(t->s, &out, t->now_ns, &ticket);

	if (err == TL_OK)
		err = converse_failing(t);
	if (err == TL_OK) {
		assert_true(tl_sender_take_result(t->s, ticket, &r));
		err = r.err;
	}
	return err;
}

static tl_err
run(void *arg)
{
	talk *t = arg;
	tl_user u = user_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	const tl_clock engine = clock_of(OWN_ID, 3, 500, t->now_ns);
	const tl_sender_options opt = { .version = 3, .user = &u, .engine = engine };
	tl_sender *clone = NULL;

	t->s = NULL;
	tl_err err = tl_sender_new(&opt, &t->s);
	if (err == TL_OK)
		err = send_one(t, TL_TRAP);
	if (err == TL_OK)
		err = send_one(t, TL_INFORM);
	if (err == TL_OK)
		err = tl_sender_clone(t->s, &engine, &clone);
	tl_sender_free(clone);
	tl_sender_free(t->s);
	t->s = NULL;
	return err;
}

static void
test_every_allocation_may_fail(void **state)
{
	talk *t = talk_open_v3(TL_AUTH_SHA1, TL_PRIV_AES128);
	(void)state;

	(void)notify(t, TL_INFORM);
	(void)converse(t); /* the receiver has made the user's keys */
	tl_sender_free(t->s);
	assert_true(fail_each(run, t) > 20);
	talk_close(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_allocation_may_fail),
	};

	fail_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
