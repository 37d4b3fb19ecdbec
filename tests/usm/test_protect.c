/* What we send: Reports and Responses. The receiver of the tests has the same engine ID
 * and boots as who sends, so it takes them as ours. */
#include "usm/sender.h"

enum { NOW_S = 500 };

static tl_err
protect(receiver *r, const tl_usm_cred *cred, tl_level level, tl_span *out)
{
	const tl_usm_reply reply = { .cred = cred,
		.level = level,
		.user = SPAN("noc"),
		.msg_id = 4711,
		.scoped = { scoped_trap, sizeof scoped_trap },
		.now_ns = NOW_S * SECOND };

	return tl_usm_protect(r->usm, &reply, r->arena, out);
}

static void
test_every_pair_of_protocols_comes_back(void **state)
{
	(void)state;
	for (unsigned a = TL_AUTH_NONE; a < TL_AUTH_COUNT; a++) {
		unsigned privs = a == TL_AUTH_NONE ? 1 : TL_PRIV_COUNT;
		for (unsigned p = TL_PRIV_NONE; p < privs; p++) {
			receiver from, to;
			tl_span m;
			tl_user user = user_of((tl_auth)a, (tl_priv)p);
			sender s = sender_of((tl_auth)a, (tl_priv)p);
			open_receiver(&from, NULL);
			open_receiver(&to, NULL);
			add_user(&from, user);
			add_user(&to, user);
			const tl_usm_cred *cred = tl_usm_cred_at(from.usm, 0);
			assert_non_null(cred);
			for (int i = 0; i < 2; i++) {
				assert_int_equal(
				    protect(&from, cred, s.level, &m), TL_OK);
				assert_int_equal(take(&to, m, NOW_S * SECOND), TL_OK);
				assert_true(to.out.ours);
				assert_memory_equal(
				    to.out.scoped.ptr, scoped_trap, sizeof scoped_trap);
			}
			close_receiver(&from);
			close_receiver(&to);
		}
	}
}

static void
test_header_says_what_rfc_3412_asks(void **state)
{
	receiver r;
	tl_span m;
	(void)state;

	open_receiver(&r, NULL);
	assert_int_equal(protect(&r, NULL, TL_NOAUTH_NOPRIV, &m), TL_OK);
	/* Version 3; msgID 4711, msgMaxSize 65507, flags 0, security model 3. */
	static const uint8_t header[] = { 0x02, 1, 3, 0x30, 0x0f, 0x02, 2, 0x12, 0x67,
		0x02, 3, 0, 0xff, 0xe3, 0x04, 1, 0, 0x02, 1, 3 };
	assert_memory_equal(m.ptr + 2, header, sizeof header);
	parse(&r, m, 0);
	assert_memory_equal(r.in.p.engine_id.ptr, OWN_ENGINE.ptr, OWN_ENGINE.len);
	assert_int_equal(r.in.p.boots, 7);
	assert_int_equal(r.in.p.time_s, NOW_S);
	assert_int_equal(r.in.p.auth_params.len, 0);
	assert_int_equal(r.in.p.priv_params.len, 0);
	close_receiver(&r);
}

static void
test_salts_do_not_repeat(void **state)
{
	static const tl_priv privs[] = { TL_PRIV_AES128, TL_PRIV_DES };
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		receiver r;
		uint8_t salts[50][8];
		tl_span m;
		open_receiver(&r, NULL);
		add_user(&r, user_of(TL_AUTH_SHA1, privs[i]));
		const tl_usm_cred *cred = tl_usm_cred_at(r.usm, 0);
		for (size_t k = 0; k < 50; k++) {
			tl_arena_reset(r.arena);
			assert_int_equal(protect(&r, cred, TL_AUTH_PRIV, &m), TL_OK);
			parse(&r, m, 0);
			memcpy(salts[k], r.in.p.priv_params.ptr, 8);
			for (size_t j = 0; j < k; j++)
				assert_memory_not_equal(salts[j], salts[k], 8);
			/* RFC 3414 section 8.1.1.1: engineBoots first. */
			if (privs[i] == TL_PRIV_DES)
				assert_memory_equal(salts[k], "\0\0\0\7", 4);
		}
		close_receiver(&r);
	}
}

/* A Report about the time goes out at authNoPriv, whatever the user's least level. */
static void
test_level_may_be_below_the_users_least(void **state)
{
	receiver r;
	tl_span m;
	(void)state;

	open_receiver(&r, NULL);
	add_user(&r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	const tl_usm_cred *cred = tl_usm_cred_at(r.usm, 0);
	assert_int_equal(protect(&r, cred, TL_AUTH_NOPRIV, &m), TL_OK);
	assert_int_equal(take(&r, m, NOW_S * SECOND), TL_EUSM_LEVEL);
	close_receiver(&r);
}

static void
test_refuses_what_cannot_be_done(void **state)
{
	const tl_engine_options observer = { .boots = 0 };
	receiver r;
	tl_span m;
	(void)state;

	open_receiver(&r, &observer);
	assert_int_equal(protect(&r, NULL, TL_NOAUTH_NOPRIV, &m), TL_EINVAL);
	close_receiver(&r);
	open_receiver(&r, NULL);
	add_user(&r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	const tl_usm_cred *cred = tl_usm_cred_at(r.usm, 0);
	assert_int_equal(protect(&r, cred, TL_AUTH_PRIV, &m), TL_EINVAL);
	assert_int_equal(protect(&r, NULL, TL_AUTH_NOPRIV, &m), TL_EINVAL);
	assert_int_equal(protect(&r, cred, TL_LEVEL_NONE, &m), TL_EINVAL);
	close_receiver(&r);
}

/* What is written beyond the arena is for the address sanitizer to see. */
static void
test_arena_of_any_fullness_is_enough_or_no_memory(void **state)
{
	tl_err err = TL_ENOMEM;
	size_t left = 0;
	receiver r;
	tl_span m;
	(void)state;

	open_receiver(&r, NULL);
	add_user(&r, user_of(TL_AUTH_SHA512, TL_PRIV_AES256));
	const tl_usm_cred *cred = tl_usm_cred_at(r.usm, 0);
	for (; err == TL_ENOMEM && left < 4096; left += 16) {
		tl_arena_reset(r.arena);
		assert_non_null(tl_arena_take(r.arena, 65536 - left));
		err = protect(&r, cred, TL_AUTH_PRIV, &m);
	}
	assert_int_equal(err, TL_OK);
	assert_true(left > m.len);
	close_receiver(&r);
}

/* A message is answered with the secrets that it came with, also where another user of
 * the same name and protocols stands before. */
static void
test_numbers_the_credential_that_fitted(void **state)
{
	tl_user user = user_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	receiver r;
	(void)state;

	open_receiver(&r, NULL);
	user.auth_secret.bytes = SPAN("another passphrase");
	add_user(&r, user);
	add_user(&r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	s.engine_id = OWN_ENGINE;
	s.boots = 7;
	s.time_s = 0;
	assert_int_equal(take_from(&r, &s, 0), TL_OK);
	assert_int_equal(tl_usm_cred_number(r.out.cred), 1);
	assert_ptr_equal(tl_usm_cred_at(r.usm, 1), r.out.cred);
	assert_null(tl_usm_cred_at(r.usm, 2));
	close_receiver(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_pair_of_protocols_comes_back),
		cmocka_unit_test(test_header_says_what_rfc_3412_asks),
		cmocka_unit_test(test_salts_do_not_repeat),
		cmocka_unit_test(test_level_may_be_below_the_users_least),
		cmocka_unit_test(test_refuses_what_cannot_be_done),
		cmocka_unit_test(test_arena_of_any_fullness_is_enough_or_no_memory),
		cmocka_unit_test(test_numbers_the_credential_that_fitted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
