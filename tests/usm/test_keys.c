/* From passphrases to keys, against published vectors; where none are published, against
 * what a few lines of Python's hashlib give:
 *
 *	ku = H((pass * n)[:1048576]); kul = H(ku + engine + ku)
 *	Blumenthal: kul += H(kul); Reeder: kul += localize(ku_of(kul)) */
#include "usm/sender.h"

static tl_span engine_id = { (const uint8_t *)"\0\0\0\0\0\0\0\0\0\0\0\2", 12 };

static void
assert_hex(const uint8_t *bytes, const char *hex)
{
	char text[2 * TL_HASH_MAX + 1];
	tl_buf b = { .ptr = (uint8_t *)text, .cap = sizeof text - 1 };

	tl_buf_hex(&b, (tl_span){ bytes, strlen(hex) / 2 });
	text[b.len] = '\0';
	assert_string_equal(text, hex);
}

/* MD5 and SHA-1: RFC 3414 appendix A.3. */
static void
test_passphrase_becomes_ku_and_localized_key(void **state)
{
	static const struct {
		const char *ku, *kul;
	} rows[TL_AUTH_COUNT] = {
		[TL_AUTH_MD5] = { "9faf3283884e92834ebc9847d8edd963",
		    "526f5eed9fcce26f8964c2930787d82b" },
		[TL_AUTH_SHA1] = { "9fb5cc0381497b3793528939ff788d5d79145211",
		    "6695febc9288e36282235fc7151f128497b38f3f" },
		[TL_AUTH_SHA224] = { "282a5867ee9aac639ad59df9572c7d3ac0fbc13a905b6df07db"
				     "bf00b",
		    "0bd8827c6e29f8065e08e09237f177e410f69b90e1782be682075674" },
		[TL_AUTH_SHA256] = { "ab51014d1e077f6017df2b12bee5f5aa"
				     "72993177e9bb569c4dff5a4ca0b4afac",
		    "8982e0e549e866db361a6b625d84cccc11162d453ee8ce3a6445c2d6776f0f8b" },
		[TL_AUTH_SHA384] = { "e06eccdf2c68a06ed034723c9c26e0db3b669e1e2efed491"
				     "50b55377a2e98f383c86fb836857444654b287c93f51ff64",
		    "3b298f16164a11184279d5432bf169e2d2a48307de02b3d3"
		    "f7e2b4f36eb6f0455a53689a3937eea07319a633d2ccba78" },
		[TL_AUTH_SHA512] = { "7e4396de5aadc77be853819b98c9406265b3a9c37cc31765"
				     "69847a4e4f6fba63dd3a73d04924d31a63f95a601f9385af"
				     "6be4ed1b37f87d040f7c6ed6f8d38a91",
		    "22a5a36cedfcc085807a128d7bc6c2382167ad6c0dbc5fdf"
		    "f856740f3d84c099ad1ea87a8db096714d9788bd544047c9"
		    "021e4229ce27e4c0a69250adfcffbb0b" },
	};
	uint8_t ku[TL_HASH_MAX], kul[TL_HASH_MAX];
	(void)state;

	for (unsigned i = TL_AUTH_MD5; i < TL_AUTH_COUNT; i++) {
		tl_usm_password_key((tl_auth)i, SPAN("maplesyrup"), ku);
		assert_hex(ku, rows[i].ku);
		tl_usm_localize((tl_auth)i, ku, engine_id, kul);
		assert_hex(kul, rows[i].kul);
	}
}

static void
test_passphrase_of_3072_bytes(void **state)
{
	uint8_t pass[3072], ku[TL_HASH_MAX];
	(void)state;

	for (size_t i = 0; i < sizeof pass; i++)
		pass[i] = (uint8_t)i;
	tl_usm_password_key(TL_AUTH_SHA1, (tl_span){ pass, sizeof pass }, ku);
	assert_hex(ku, "ecfc8e86fdd83811f9cc9bf500993b63069923be");
}

static void
assert_priv_key(tl_auth auth, tl_priv priv, const char *hex)
{
	uint8_t ku[TL_HASH_MAX], key[TL_PRIV_KEY_MAX];

	tl_usm_password_key(auth, SPAN("maplesyrup"), ku);
	tl_usm_priv_key(&(tl_priv_key_job){ auth, priv, ku, engine_id }, key);
	assert_int_equal(strlen(hex) / 2, tl_priv_protocol_of(priv)->key_bytes);
	assert_hex(key, hex);
}

static void
test_longer_hash_gives_its_first_bytes(void **state)
{
	(void)state;
	assert_priv_key(TL_AUTH_SHA1, TL_PRIV_AES128, "6695febc9288e36282235fc7151f1284");
	assert_priv_key(TL_AUTH_SHA1, TL_PRIV_DES, "6695febc9288e36282235fc7151f1284");
	assert_priv_key(TL_AUTH_SHA256, TL_PRIV_AES192C,
	    "8982e0e549e866db361a6b625d84cccc11162d453ee8ce3a");
	assert_priv_key(TL_AUTH_SHA512, TL_PRIV_3DES,
	    "22a5a36cedfcc085807a128d7bc6c2382167ad6c0dbc5fdff856740f3d84c099");
}

static void
test_blumenthal_extension(void **state)
{
	(void)state;
	assert_priv_key(TL_AUTH_MD5, TL_PRIV_AES256,
	    "526f5eed9fcce26f8964c2930787d82bfa24a92467426c2f4b09192be10dfaec");
	assert_priv_key(TL_AUTH_SHA1, TL_PRIV_AES192,
	    "6695febc9288e36282235fc7151f128497b38f3f505e07eb");
	assert_priv_key(TL_AUTH_SHA1, TL_PRIV_AES256,
	    "6695febc9288e36282235fc7151f128497b38f3f505e07eb9af25568fa1f5dbe");
	assert_priv_key(TL_AUTH_SHA224, TL_PRIV_AES256,
	    "0bd8827c6e29f8065e08e09237f177e410f69b90e1782be682075674e82d9bf0");
}

/* MD5 and SHA-1: draft-reeder-snmpv3-usm-3desede-00 appendix B. */
static void
test_reeder_extension(void **state)
{
	static const tl_priv whole[] = { TL_PRIV_3DES, TL_PRIV_AES256C };
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		assert_priv_key(TL_AUTH_MD5, whole[i],
		    "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12");
		assert_priv_key(TL_AUTH_SHA1, whole[i],
		    "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9c");
		assert_priv_key(TL_AUTH_SHA224, whole[i],
		    "0bd8827c6e29f8065e08e09237f177e410f69b90e1782be68207567422c34be4");
	}
	assert_priv_key(TL_AUTH_SHA1, TL_PRIV_AES192C,
	    "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passphrase_becomes_ku_and_localized_key),
		cmocka_unit_test(test_passphrase_of_3072_bytes),
		cmocka_unit_test(test_longer_hash_gives_its_first_bytes),
		cmocka_unit_test(test_blumenthal_extension),
		cmocka_unit_test(test_reeder_extension),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
