/* The HMACs and ciphers. */
#include "usm/sender.h"

static void
from_hex(const char *hex, uint8_t *out)
{
	for (size_t i = 0; hex[2 * i] != '\0'; i++) {
		char digits[] = { hex[2 * i], hex[2 * i + 1], '\0' };
		out[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
}

/* For every text of 0 to 299 bytes, (7 * i) & 255 each, under the key 1, 2, 3...: the
 * SHA-256 of all HMACs one after the other, as Python's hmac makes it. So every place of
 * the padding is covered. */
static void
test_hmac_of_every_length_of_text(void **state)
{
	static const char *const expected[TL_AUTH_COUNT] = {
		[TL_AUTH_MD5] = "81d3e429ed0f58adc7505445c22c68e4"
				"24b8d8d9ffed04de789f95b64378d702",
		[TL_AUTH_SHA1] = "3f4d0a8a731942a1247adb7091c4c676"
				 "d4a4f4ff0e4fcc7dec85c2e1f13f20c8",
		[TL_AUTH_SHA224] = "b19dc422ccaf33c507798c839471ef79"
				   "123f8ce4cb275678470b2c3553776bbf",
		[TL_AUTH_SHA256] = "1aa6cf95b62938d2f21f66179085b447"
				   "d91f029fdcbbea5f4ad8d5eef8dc0235",
		[TL_AUTH_SHA384] = "ac487df41e4afb5f18c08aa6f69b462f"
				   "4d352da7e1958d4388d737db45d53c31",
		[TL_AUTH_SHA512] = "3e7417c60691a53d78724213544d73b8"
				   "e842a2d5fff9923f44eb5b45dd36cbf9",
	};
	enum { LENGTHS = 300 };
	static uint8_t all[LENGTHS * TL_HASH_MAX];
	uint8_t key[TL_HASH_MAX], states[2 * TL_STATE_MAX], text[LENGTHS + TL_HMAC_ROOM];
	uint8_t sum[32], right[32];
	(void)state;

	for (unsigned auth = TL_AUTH_MD5; auth < TL_AUTH_COUNT; auth++) {
		size_t hash = tl_auth_protocol_of((tl_auth)auth)->hash_bytes;
		for (size_t i = 0; i < hash; i++)
			key[i] = (uint8_t)(i + 1);
		tl_crypto_hmac_prepare((tl_auth)auth, key, states);
		for (size_t len = 0; len < LENGTHS; len++) {
			for (size_t i = 0; i < len; i++)
				text[i] = (uint8_t)(7 * i);
			tl_crypto_hmac(
			    (tl_auth)auth, states, text, len, all + len * hash);
		}
		tl_crypto_hash(TL_AUTH_SHA256, &(tl_span){ all, LENGTHS * hash }, 1, sum);
		from_hex(expected[auth], right);
		assert_memory_equal(sum, right, sizeof sum);
	}
}

/* NIST SP 800-38A appendix F.3.13 to F.3.18. */
static void
test_aes_is_cfb128(void **state)
{
	static const char iv[] = "000102030405060708090a0b0c0d0e0f";
	static const char text[] = "6bc1bee22e409f96e93d7e117393172a"
				   "ae2d8a571e03ac9c9eb76fac45af8e51"
				   "30c81c46a35ce411e5fbc1191a0a52ef"
				   "f69f2445df4f9b17ad2b417be66c3710";
	static const struct {
		tl_priv priv;
		const char *key, *cipher;
	} rows[] = {
		{ TL_PRIV_AES128, "2b7e151628aed2a6abf7158809cf4f3c",
		    "3b3fd92eb72dad20333449f8e83cfb4a"
		    "c8a64537a0b3a93fcde3cdad9f1ce58b"
		    "26751f67a3cbb140b1808cf187a4f4df"
		    "c04b05357c5d1c0eeac4c66f9ff7f2e6" },
		{ TL_PRIV_AES192C, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
		    "cdc80d6fddf18cab34c25909c99a4174"
		    "67ce7f7f81173621961a2b70171d3d7a"
		    "2e1e8a1dd59b88b1c8e60fed1efac4c9"
		    "c05f9f9ca9834fa042ae8fba584b09ff" },
		{ TL_PRIV_AES256,
		    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
		    "dc7e84bfda79164b7ecd8486985d3860"
		    "39ffed143b28b1c832113c6331e5407b"
		    "df10132415e54b92a13ed0a8267ae2f9"
		    "75a385741ab9cef82031623d55b1e471" },
	};
	uint8_t v[16], plain[64], cipher[64], key[32], out[128];
	tl_crypto *c;
	(void)state;

	assert_int_equal(tl_crypto_new(&c), TL_OK);
	from_hex(iv, v);
	from_hex(text, plain);
	for (size_t i = 0; i < 3; i++) {
		from_hex(rows[i].key, key);
		from_hex(rows[i].cipher, cipher);
		for (size_t len = 1; len <= sizeof plain; len++) {
			tl_cipher_job job = { rows[i].priv, key, v + 8, 0x00010203,
				0x04050607, { plain, len } };
			assert_int_equal(tl_crypto_encrypt(c, &job, out), TL_OK);
			assert_memory_equal(out, cipher, len);
			job.data.ptr = cipher;
			assert_int_equal(tl_crypto_decrypt(c, &job, out), TL_OK);
			assert_memory_equal(out, plain, len);
		}
	}
	tl_crypto_free(c);
}

/* The key schedule is kept for the next message: not beyond a change of the key. */
static void
test_aes_keys_that_take_turns(void **state)
{
	static const uint8_t plain[20] = "twenty bytes of text";
	uint8_t key[2][16] = { { 1 }, { 2 } }, salt[8] = { 0 }, out[2][2][64];
	tl_crypto *c;
	(void)state;

	assert_int_equal(tl_crypto_new(&c), TL_OK);
	for (int i = 0; i < 4; i++) {
		tl_cipher_job job = { TL_PRIV_AES128, key[i % 2], salt, 1, 1,
			{ plain, sizeof plain } };
		assert_int_equal(tl_crypto_encrypt(c, &job, out[i / 2][i % 2]), TL_OK);
	}
	assert_memory_equal(out[0][0], out[1][0], sizeof plain);
	assert_memory_equal(out[0][1], out[1][1], sizeof plain);
	assert_memory_not_equal(out[0][0], out[0][1], sizeof plain);
	tl_crypto_free(c);
}

/* FIPS 81 appendix C: CBC; three equal keys make 3DES out of it. */
static void
test_des_and_3des_are_cbc(void **state)
{
	uint8_t key[32], salt[8] = { 0 }, cipher[24], out[64];
	static const uint8_t plain[] = "Now is the time for all ";
	static const tl_priv privs[] = { TL_PRIV_DES, TL_PRIV_3DES };
	tl_crypto *c;
	(void)state;

	assert_int_equal(tl_crypto_new(&c), TL_OK);
	from_hex("e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6", cipher);
	for (size_t i = 0; i < 2; i++) {
		size_t keyed = tl_priv_protocol_of(privs[i])->cipher_bytes;
		for (size_t at = 0; at < keyed; at += 8)
			from_hex("0123456789abcdef", key + at);
		/* pre-IV xor salt is the IV, 1234567890abcdef. */
		from_hex("ffffffffffffffff", key + keyed);
		from_hex("edcba9876f543210", salt);
		tl_cipher_job job = { privs[i], key, salt, 0, 0, { plain, 24 } };
		assert_int_equal(tl_crypto_encrypt(c, &job, out), TL_OK);
		assert_memory_equal(out, cipher, 24);
		job.data.ptr = cipher;
		assert_int_equal(tl_crypto_decrypt(c, &job, out), TL_OK);
		assert_memory_equal(out, plain, 24);
	}
	tl_crypto_free(c);
}

static void
test_random_numbers_differ(void **state)
{
	uint64_t a = 0, b = 0;
	(void)state;

	assert_int_equal(tl_crypto_random(&a, sizeof a), TL_OK);
	assert_int_equal(tl_crypto_random(&b, sizeof b), TL_OK);
	assert_true(a != b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hmac_of_every_length_of_text),
		cmocka_unit_test(test_aes_is_cfb128),
		cmocka_unit_test(test_aes_keys_that_take_turns),
		cmocka_unit_test(test_des_and_3des_are_cbc),
		cmocka_unit_test(test_random_numbers_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
