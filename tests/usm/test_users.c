/* What makes a user, and what does not. */
#include "usm/sender.h"

static tl_err
add(tl_user user)
{
	receiver r;

	open_receiver(&r, NULL);
	tl_err err = tl_usm_add_user(r.usm, &user);
	close_receiver(&r);
	return err;
}

static const uint8_t bytes[80];

static tl_secret
passphrase_of(size_t len)
{
	return (tl_secret){ TL_SECRET_PASSPHRASE, { bytes, len } };
}

static tl_secret
key_of(size_t len)
{
	return (tl_secret){ TL_SECRET_KEY, { bytes, len } };
}

/* RFC 3414 section 11.2. */
static void
test_passphrases_have_8_bytes_or_more(void **state)
{
	tl_user user = user_of(TL_AUTH_SHA1, TL_PRIV_DES);
	(void)state;

	user.auth_secret = passphrase_of(7);
	assert_int_equal(add(user), TL_ESECRET);
	user.auth_secret = passphrase_of(8);
	assert_int_equal(add(user), TL_OK);
	user.priv_secret = passphrase_of(7);
	assert_int_equal(add(user), TL_ESECRET);
	user.priv_secret = passphrase_of(80);
	assert_int_equal(add(user), TL_OK);
}

static void
test_localized_keys_are_as_long_as_the_hash(void **state)
{
	(void)state;
	for (unsigned a = TL_AUTH_MD5; a < TL_AUTH_COUNT; a++) {
		tl_user user = user_of((tl_auth)a, TL_PRIV_NONE);
		size_t len = tl_auth_protocol_of((tl_auth)a)->hash_bytes;
		user.engine_id = ENGINE_A;
		user.auth_secret = key_of(len);
		assert_int_equal(add(user), TL_OK);
		user.auth_secret = key_of(len - 1);
		assert_int_equal(add(user), TL_ESECRET);
		user.auth_secret = key_of(len + 1);
		assert_int_equal(add(user), TL_ESECRET);
		user.auth_secret = key_of(0);
		assert_int_equal(add(user), TL_ESECRET);
	}
}

/* As long as the protocol's key, or as the hash where that is longer. */
static void
test_localized_privacy_keys_of_right_and_wrong_lengths(void **state)
{
	static const struct {
		tl_auth auth;
		tl_priv priv;
		size_t len;
		tl_err err;
	} rows[] = {
		{ TL_AUTH_SHA1, TL_PRIV_AES128, 16, TL_OK },
		{ TL_AUTH_SHA1, TL_PRIV_AES128, 20, TL_OK },
		{ TL_AUTH_SHA1, TL_PRIV_AES128, 15, TL_ESECRET },
		{ TL_AUTH_SHA1, TL_PRIV_AES128, 17, TL_ESECRET },
		{ TL_AUTH_SHA1, TL_PRIV_AES128, 64, TL_ESECRET },
		{ TL_AUTH_SHA1, TL_PRIV_AES256, 32, TL_OK },
		{ TL_AUTH_SHA1, TL_PRIV_AES256, 20, TL_ESECRET },
		{ TL_AUTH_SHA512, TL_PRIV_AES192C, 24, TL_OK },
		{ TL_AUTH_SHA512, TL_PRIV_AES192C, 64, TL_OK },
		{ TL_AUTH_SHA512, TL_PRIV_AES192C, 65, TL_ESECRET },
		{ TL_AUTH_MD5, TL_PRIV_DES, 16, TL_OK },
		{ TL_AUTH_MD5, TL_PRIV_DES, 8, TL_ESECRET },
		{ TL_AUTH_MD5, TL_PRIV_3DES, 32, TL_OK },
		{ TL_AUTH_MD5, TL_PRIV_3DES, 24, TL_ESECRET },
	};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		tl_user user = user_of(rows[i].auth, rows[i].priv);
		user.engine_id = ENGINE_A;
		user.priv_secret = key_of(rows[i].len);
		assert_int_equal(add(user), rows[i].err);
	}
}

static void
test_localized_keys_need_their_engine(void **state)
{
	tl_user user = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	(void)state;

	user.auth_secret = key_of(20);
	assert_int_equal(add(user), TL_EINVAL);
}

static void
test_lengths_of_names_and_engine_ids(void **state)
{
	tl_user user = user_of(TL_AUTH_NONE, TL_PRIV_NONE);
	(void)state;

	user.name = (tl_span){ bytes, 33 };
	assert_int_equal(add(user), TL_EINVAL);
	user.name.len = 32;
	assert_int_equal(add(user), TL_OK);
	user.name = (tl_span){ NULL, 0 };
	assert_int_equal(add(user), TL_OK);
	user.engine_id = (tl_span){ bytes, 4 };
	assert_int_equal(add(user), TL_EINVAL);
	user.engine_id.len = 33;
	assert_int_equal(add(user), TL_EINVAL);
	user.engine_id.len = 32;
	assert_int_equal(add(user), TL_OK);
}

static void
test_protocols_and_secrets_go_together(void **state)
{
	tl_user user = user_of(TL_AUTH_NONE, TL_PRIV_DES);
	(void)state;

	assert_int_equal(add(user), TL_EINVAL); /* privacy without authentication */
	user = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	user.auth_secret.kind = TL_SECRET_NONE;
	assert_int_equal(add(user), TL_ESECRET);
	user = user_of(TL_AUTH_SHA1, TL_PRIV_DES);
	user.priv = TL_PRIV_NONE;
	assert_int_equal(add(user), TL_EINVAL); /* a secret of nothing */
	user = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	user.auth = (tl_auth)TL_AUTH_COUNT;
	assert_int_equal(add(user), TL_EINVAL);
	user = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	user.auth_secret.kind = (tl_secret_kind)9;
	assert_int_equal(add(user), TL_EINVAL);
	user = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	user.min_level = TL_AUTH_PRIV;
	assert_int_equal(add(user), TL_EINVAL);
}

static void
test_many_users_are_all_found(void **state)
{
	enum { COUNT = 200 };
	receiver r;
	(void)state;

	open_receiver(&r, NULL);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < COUNT; i++) {
			uint8_t name[] = { 'n', (uint8_t)i };
			tl_user user = user_of(TL_AUTH_NONE, TL_PRIV_NONE);
			sender s = sender_of(TL_AUTH_NONE, TL_PRIV_NONE);
			user.name = s.user = (tl_span){ name, sizeof name };
			if (round == 0)
				add_user(&r, user);
			else
				assert_int_equal(take_from(&r, &s, 0), TL_OK);
		}
	}
	close_receiver(&r);
}

static void
test_options_out_of_range_make_no_engine(void **state)
{
	static const struct {
		size_t len;
		uint32_t boots;
		tl_err err;
	} rows[] = { { 4, 1, TL_EINVAL }, { 33, 1, TL_EINVAL }, { 5, 0, TL_EINVAL },
		{ 5, 0x80000000, TL_EINVAL }, { 5, 1, TL_OK }, { 32, 0x7fffffff, TL_OK },
		{ 0, 0, TL_OK } };
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		tl_engine_options opt = { .engine_id = { bytes, rows[i].len },
			.boots = rows[i].boots,
			.max_engines = 1,
			.max_failures_per_s = 1 };
		tl_usm *u = NULL;
		assert_int_equal(tl_usm_new(&opt, &u), rows[i].err);
		tl_usm_free(u);
		opt.max_engines = 0;
		assert_int_equal(tl_usm_new(&opt, &u), TL_EINVAL);
		opt.max_engines = 1;
		opt.max_failures_per_s = 0;
		assert_int_equal(tl_usm_new(&opt, &u), TL_EINVAL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passphrases_have_8_bytes_or_more),
		cmocka_unit_test(test_localized_keys_are_as_long_as_the_hash),
		cmocka_unit_test(test_localized_privacy_keys_of_right_and_wrong_lengths),
		cmocka_unit_test(test_localized_keys_need_their_engine),
		cmocka_unit_test(test_lengths_of_names_and_engine_ids),
		cmocka_unit_test(test_protocols_and_secrets_go_together),
		cmocka_unit_test(test_many_users_are_all_found),
		cmocka_unit_test(test_options_out_of_range_make_no_engine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
