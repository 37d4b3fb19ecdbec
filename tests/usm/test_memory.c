/* Every allocation fails once: nothing leaks, and what was there before still works. */
#include <openssl/crypto.h>

#include "fault/failmalloc.h"
#include "usm/sender.h"

enum { MESSAGES = 4 };

/* Made beforehand, so that only the receiver's allocations fail. */
typedef struct scenario {
	tl_span messages[MESSAGES];
	sender senders[MESSAGES];
} scenario;

static tl_err
take_all(receiver *r, const scenario *s)
{
	tl_err err = TL_OK;

	for (int i = 0; i < MESSAGES && err == TL_OK; i++) {
		parse(r, s->messages[i], 0);
		tl_arena_reset(r->arena);
		err = tl_usm_process(r->usm, &r->in, r->arena, &r->out, &r->diag);
		assert_int_equal(r->diag.err, TL_OK);
		if (err != TL_OK) {
			/* Again: it may work, and must not find things half done. */
			tl_err again =
			    tl_usm_process(r->usm, &r->in, r->arena, &r->out, &r->diag);
			assert_true(again == TL_OK || again == err);
			assert_int_equal(r->diag.err, TL_OK);
		}
	}
	return err;
}

static tl_err
hint(receiver *r)
{
	const tl_refusal refusal = { .diag = { .err = TL_EUSM_DECRYPT } };
	uint8_t text[512];
	tl_buf out = { .ptr = text, .cap = sizeof text };
	tl_err err = tl_usm_hint(r->usm, &r->in, &refusal, &out);

	if (err != TL_OK)
		return err;
	const tl_refusal digest = { .diag = { .err = TL_EUSM_DIGEST } };
	return tl_usm_hint(r->usm, &r->in, &digest, &out);
}

static tl_err
run(void *arg)
{
	const tl_engine_options opt = { .engine_id = OWN_ENGINE,
		.boots = 7,
		.max_engines = 2,
		.max_failures_per_s = 100 };
	const tl_clock clock = { .engine_id = "eight by", .engine_id_len = 8 };
	tl_user user = user_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	receiver r = { .usm = NULL };

	tl_err err = tl_arena_new(65536, &r.arena);
	if (err == TL_OK)
		err = tl_usm_new(&opt, &r.usm);
	if (err == TL_OK)
		err = tl_usm_add_user(r.usm, &user);
	user = user_of(TL_AUTH_SHA512, TL_PRIV_AES256);
	if (err == TL_OK)
		err = tl_usm_add_user(r.usm, &user);
	if (err == TL_OK)
		err = tl_usm_set_clock(r.usm, &clock);
	if (err == TL_OK)
		err = take_all(&r, arg);
	if (err == TL_OK)
		err = hint(&r);
	close_receiver(&r);
	return err;
}

static void
test_every_allocation_may_fail(void **state)
{
	static scenario s;
	(void)state;

	for (int i = 0; i < MESSAGES; i++) {
		bool odd = i % 2 != 0;
		s.senders[i] = sender_of(odd ? TL_AUTH_SHA512 : TL_AUTH_SHA1,
		    odd ? TL_PRIV_AES256 : TL_PRIV_AES128);
		s.senders[i].engine_id = i < 2 ? ENGINE_A : ENGINE_B;
		s.messages[i] = send_message(&s.senders[i]);
	}
	assert_true(fail_each(run, &s) > 40);
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
