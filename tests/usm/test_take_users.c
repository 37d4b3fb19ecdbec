/* Users put in the place of others while messages come: a configuration read again. */
#include "usm/sender.h"

static void
take_users(receiver *r, const tl_user *users, size_t count)
{
	receiver prepared;

	open_receiver(&prepared, NULL);
	for (size_t i = 0; i < count; i++)
		add_user(&prepared, users[i]);
	tl_usm_take_users(r->usm, prepared.usm);
	close_receiver(&prepared);
}

static void
test_a_user_that_is_gone_is_refused_and_a_new_one_accepted(void **state)
{
	receiver r;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128), other = s;
	tl_user noc = user_of(TL_AUTH_SHA1, TL_PRIV_AES128), ops = noc;
	(void)state;

	other.user = ops.name = SPAN("ops");
	open_receiver(&r, NULL);
	add_user(&r, noc);
	assert_int_equal(take_from(&r, &s, SECOND), TL_OK);
	assert_int_equal(take_from(&r, &other, SECOND), TL_EUSM_USER);
	take_users(&r, &ops, 1);
	assert_int_equal(take_from(&r, &s, SECOND), TL_EUSM_USER);
	assert_int_equal(take_from(&r, &other, SECOND), TL_OK);
	close_receiver(&r);
}

/* The keys that were remembered of the sender are of the old secret. */
static void
test_a_changed_passphrase_counts_from_the_next_message_on(void **state)
{
	receiver r;
	sender s = sender_of(TL_AUTH_SHA256, TL_PRIV_AES256);
	tl_user noc = user_of(TL_AUTH_SHA256, TL_PRIV_AES256);
	(void)state;

	open_receiver(&r, NULL);
	add_user(&r, noc);
	assert_int_equal(take_from(&r, &s, SECOND), TL_OK);
	noc.auth_secret.bytes = noc.priv_secret.bytes = SPAN("another secret");
	take_users(&r, &noc, 1);
	assert_int_equal(take_from(&r, &s, SECOND), TL_EUSM_DIGEST);
	s.auth_pass = s.priv_pass = SPAN("another secret");
	assert_int_equal(take_from(&r, &s, SECOND), TL_OK);
	close_receiver(&r);
}

static void
test_clocks_stay_so_that_a_replay_is_refused(void **state)
{
	receiver r;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	tl_user users[2] = { user_of(TL_AUTH_SHA1, TL_PRIV_NONE),
		user_of(TL_AUTH_SHA1, TL_PRIV_NONE) };
	(void)state;

	users[1].name = SPAN("ops");
	open_receiver(&r, NULL);
	add_user(&r, users[0]);
	assert_int_equal(take_from(&r, &s, SECOND), TL_OK);
	take_users(&r, users, 2);
	s.time_s -= 151;
	assert_int_equal(take_from(&r, &s, SECOND), TL_EUSM_TIME);
	assert_int_equal(tl_usm_engine_count(r.usm), 1);
	close_receiver(&r);
}

/* Thousands of times over; the sanitizer looks for what is left behind. */
static void
test_the_same_users_again_change_nothing(void **state)
{
	receiver r;
	sender s = sender_of(TL_AUTH_MD5, TL_PRIV_NONE);
	tl_user noc = user_of(TL_AUTH_MD5, TL_PRIV_NONE);
	(void)state;

	open_receiver(&r, NULL);
	add_user(&r, noc);
	assert_int_equal(take_from(&r, &s, SECOND), TL_OK);
	const tl_usm_cred *before = r.out.cred;
	for (int i = 0; i < 20; i++)
		take_users(&r, &noc, 1);
	assert_int_equal(take_from(&r, &s, SECOND), TL_OK);
	assert_ptr_equal(before, r.out.cred);
	take_users(&r, NULL, 0);
	assert_int_equal(take_from(&r, &s, SECOND), TL_EUSM_USER);
	close_receiver(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_user_that_is_gone_is_refused_and_a_new_one_accepted),
		cmocka_unit_test(
		    test_a_changed_passphrase_counts_from_the_next_message_on),
		cmocka_unit_test(test_clocks_stay_so_that_a_replay_is_refused),
		cmocka_unit_test(test_the_same_users_again_change_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
