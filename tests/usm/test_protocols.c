/* The names and figures of the protocols. */
#include "usm/sender.h"

static void
test_auth_names_are_read_in_any_case_with_or_without_dashes(void **state)
{
	static const struct {
		const char *name;
		tl_auth auth;
	} rows[] = { { "MD5", TL_AUTH_MD5 }, { "md5", TL_AUTH_MD5 },
		{ "SHA", TL_AUTH_SHA1 }, { "sha1", TL_AUTH_SHA1 },
		{ "SHA-1", TL_AUTH_SHA1 }, { "sha_1", TL_AUTH_SHA1 },
		{ "SHA224", TL_AUTH_SHA224 }, { "Sha-256", TL_AUTH_SHA256 },
		{ "sha_384", TL_AUTH_SHA384 }, { "S-H-A-5-1-2", TL_AUTH_SHA512 } };
	tl_auth auth;
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *name = rows[i].name;
		assert_int_equal(tl_auth_from_name(name, strlen(name), &auth), TL_OK);
		assert_int_equal(auth, rows[i].auth);
	}
}

static void
test_priv_names_are_read_in_any_case_with_or_without_dashes(void **state)
{
	static const struct {
		const char *name;
		tl_priv priv;
	} rows[] = { { "des", TL_PRIV_DES }, { "3DES", TL_PRIV_3DES },
		{ "aes", TL_PRIV_AES128 }, { "AES128", TL_PRIV_AES128 },
		{ "aes-192", TL_PRIV_AES192 }, { "AES_256", TL_PRIV_AES256 },
		{ "aes192c", TL_PRIV_AES192C }, { "AES-256-C", TL_PRIV_AES256C } };
	tl_priv priv;
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *name = rows[i].name;
		assert_int_equal(tl_priv_from_name(name, strlen(name), &priv), TL_OK);
		assert_int_equal(priv, rows[i].priv);
	}
}

static void
test_other_names_are_not_found(void **state)
{
	static const char *const names[] = { "", "-", "SH", "SHA-2", "SHA-2566", "MD",
		"MD55", "AE", "AES-1288", "AES-256-D", "NONE" };
	tl_auth auth;
	tl_priv priv;
	(void)state;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		size_t len = strlen(names[i]);
		assert_int_equal(tl_auth_from_name(names[i], len, &auth), TL_ENOTFOUND);
		assert_int_equal(tl_priv_from_name(names[i], len, &priv), TL_ENOTFOUND);
	}
	assert_int_equal(tl_auth_from_name("MD5\0", 4, &auth), TL_ENOTFOUND);
}

static void
test_every_protocol_has_a_name_that_is_read_back(void **state)
{
	tl_auth auth;
	tl_priv priv;
	(void)state;

	for (unsigned i = 1; i < TL_AUTH_COUNT; i++) {
		const char *name = tl_auth_name((tl_auth)i);
		assert_int_equal(tl_auth_from_name(name, strlen(name), &auth), TL_OK);
		assert_int_equal(auth, i);
	}
	for (unsigned i = 1; i < TL_PRIV_COUNT; i++) {
		const char *name = tl_priv_name((tl_priv)i);
		assert_int_equal(tl_priv_from_name(name, strlen(name), &priv), TL_OK);
		assert_int_equal(priv, i);
	}
}

static void
test_what_is_no_protocol_or_level_has_an_empty_name(void **state)
{
	(void)state;
	assert_string_equal(tl_auth_name(TL_AUTH_NONE), "");
	assert_string_equal(tl_auth_name((tl_auth)TL_AUTH_COUNT), "");
	assert_string_equal(tl_priv_name((tl_priv)99), "");
	assert_string_equal(tl_level_name(TL_LEVEL_NONE), "");
	assert_string_equal(tl_level_name((tl_level)4), "");
	assert_string_equal(tl_level_name(TL_AUTH_PRIV), "authPriv");
}

/* RFC 3414 sections 6.1 and 7.1, RFC 7860 section 4.2.1. */
static void
test_digests_are_as_long_as_the_rfcs_say(void **state)
{
	static const int bytes[TL_AUTH_COUNT] = { 0, 12, 12, 16, 24, 32, 48 };
	(void)state;

	for (unsigned i = 0; i < TL_AUTH_COUNT; i++)
		assert_int_equal(tl_auth_protocol_of((tl_auth)i)->digest_bytes, bytes[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_auth_names_are_read_in_any_case_with_or_without_dashes),
		cmocka_unit_test(
		    test_priv_names_are_read_in_any_case_with_or_without_dashes),
		cmocka_unit_test(test_other_names_are_not_found),
		cmocka_unit_test(test_every_protocol_has_a_name_that_is_read_back),
		cmocka_unit_test(test_what_is_no_protocol_or_level_has_an_empty_name),
		cmocka_unit_test(test_digests_are_as_long_as_the_rfcs_say),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
