/* usm/crypto_openssl.c: crypto.h by OpenSSL's libcrypto, the only file that knows it.
 *
 * The hashes go through OpenSSL's low-level functions: deprecated, yet the only public
 * way to set a chaining state, which makes an HMAC as cheap as its hash. So does DES,
 * which needs no legacy provider that way and takes the weak keys that a passphrase may
 * give. AES goes through EVP: constant time, and by the CPU's own instructions. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "usm/crypto.h"

#include <openssl/crypto.h>
#include <openssl/des.h>
#include <openssl/evp.h>
#include <openssl/md5.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

typedef union context {
	MD5_CTX md5;
	SHA_CTX sha1;
	SHA256_CTX sha256; /* SHA-224, too */
	SHA512_CTX sha512; /* SHA-384, too */
} context;

typedef struct hash_functions {
	void (*init)(context *c);
	void (*update)(context *c, const void *ptr, size_t len);
	void (*final)(uint8_t *out, context *c);
	/* The chaining state of a context that has taken whole blocks, out and in. */
	void (*save)(const context *c, uint8_t *state);
	void (*load)(context *c, const uint8_t *state);
	/* Writes |len| bytes of a state in the hash's own order. */
	void (*write)(uint8_t *out, const uint8_t *state, size_t len);
	void (*write_length)(uint8_t *out, uint64_t bits);
} hash_functions;

static void
put_le64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void
put_be64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
}

static void
put_be32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void
write_le32(uint8_t *out, const uint8_t *state, size_t len)
{
	for (size_t i = 0; i < len; i += sizeof(uint32_t)) {
		uint32_t word;
		memcpy(&word, state + i, sizeof word);
		for (size_t k = 0; k < sizeof word; k++)
			out[i + k] = (uint8_t)(word >> 8 * k);
	}
}

static void
write_be32(uint8_t *out, const uint8_t *state, size_t len)
{
	for (size_t i = 0; i < len; i += sizeof(uint32_t)) {
		uint32_t word;
		memcpy(&word, state + i, sizeof word);
		put_be32(out + i, word);
	}
}

static void
write_be64(uint8_t *out, const uint8_t *state, size_t len)
{
	for (size_t i = 0; i < len; i += sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, state + i, sizeof word);
		put_be64(out + i, word);
	}
}

/* The same functions for every hash; only types and names differ. The chaining state
 * comes first in each context, and an empty block buffer after a whole block. */
#define HASH(name, field, first_word, state_bytes, PREFIX)                               \
	static void name##_init(context *c)                                              \
	{                                                                                \
		(void)PREFIX##_Init(&c->field);                                          \
	}                                                                                \
	static void name##_update(context *c, const void *ptr, size_t len)               \
	{                                                                                \
		(void)PREFIX##_Update(&c->field, ptr, len);                              \
	}                                                                                \
	static void name##_final(uint8_t *out, context *c)                               \
	{                                                                                \
		(void)PREFIX##_Final(out, &c->field);                                    \
	}                                                                                \
	static void name##_save(const context *c, uint8_t *state)                        \
	{                                                                                \
		memcpy(state, &c->field, state_bytes);                                   \
	}                                                                                \
	static void name##_load(context *c, const uint8_t *state)                        \
	{                                                                                \
		_Static_assert(offsetof(context, first_word) == 0, "state comes first"); \
		memcpy(&c->field, state, state_bytes);                                   \
		c->field.Nl = c->field.Nh = 0;                                           \
		c->field.num = 0;                                                        \
	}

HASH(md5, md5, md5.A, 16, MD5)
HASH(sha1, sha1, sha1.h0, 20, SHA1)
HASH(sha224, sha256, sha256.h, 32, SHA224)
HASH(sha256, sha256, sha256.h, 32, SHA256)
HASH(sha384, sha512, sha512.h, 64, SHA384)
HASH(sha512, sha512, sha512.h, 64, SHA512)

#define ROW(name) name##_init, name##_update, name##_final, name##_save, name##_load
static const hash_functions hashes[TL_AUTH_COUNT] = {
	[TL_AUTH_MD5] = { ROW(md5), write_le32, put_le64 },
	[TL_AUTH_SHA1] = { ROW(sha1), write_be32, put_be64 },
	[TL_AUTH_SHA224] = { ROW(sha224), write_be32, put_be64 },
	[TL_AUTH_SHA256] = { ROW(sha256), write_be32, put_be64 },
	[TL_AUTH_SHA384] = { ROW(sha384), write_be64, put_be64 },
	[TL_AUTH_SHA512] = { ROW(sha512), write_be64, put_be64 },
};

enum { AES_BLOCK = 16, AES_COUNT = 3 };

struct tl_crypto {
	/* AES-128, -192 and -256 in ECB mode, encrypting: CFB in both directions is built
	 * of that. */
	EVP_CIPHER *aes[AES_COUNT];
	EVP_CIPHER_CTX *aes_context[AES_COUNT];
	/* The key that each has: a storm comes from one device, and setting a key takes
	 * longer than decrypting a trap. */
	uint8_t aes_key[AES_COUNT][TL_PRIV_KEY_MAX];
	bool aes_has_key[AES_COUNT];
};

static tl_err
open_aes(EVP_CIPHER **cipher, EVP_CIPHER_CTX **keyed, const char *name)
{
	*cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	if (*cipher == NULL)
		return TL_ECRYPTO;
	*keyed = EVP_CIPHER_CTX_new();
	if (*keyed == NULL)
		return TL_ENOMEM;
	if (EVP_EncryptInit_ex(*keyed, *cipher, NULL, NULL, NULL) != 1)
		return TL_ECRYPTO;
	return TL_OK;
}

tl_err
tl_crypto_new(tl_crypto **out)
{
	static const char *const names[AES_COUNT] = { "AES-128-ECB", "AES-192-ECB",
		"AES-256-ECB" };
	tl_crypto *c = calloc(1, sizeof *c);
	tl_err err = c != NULL ? TL_OK : TL_ENOMEM;

	for (int i = 0; i < AES_COUNT && err == TL_OK; i++)
		err = open_aes(&c->aes[i], &c->aes_context[i], names[i]);
	if (err != TL_OK) {
		tl_crypto_free(c);
		return err;
	}
	*out = c;
	return TL_OK;
}

void
tl_crypto_free(tl_crypto *c)
{
	if (c == NULL)
		return;
	for (int i = 0; i < AES_COUNT; i++) {
		EVP_CIPHER_CTX_free(c->aes_context[i]);
		EVP_CIPHER_free(c->aes[i]);
	}
	OPENSSL_cleanse(c, sizeof *c);
	free(c);
}

tl_err
tl_crypto_random(void *ptr, size_t len)
{
	return RAND_bytes(ptr, (int)len) == 1 ? TL_OK : TL_ECRYPTO;
}

void
tl_crypto_wipe(void *ptr, size_t len)
{
	OPENSSL_cleanse(ptr, len);
}

bool
tl_crypto_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

void
tl_crypto_hash(tl_auth auth, const tl_span *pieces, size_t count, uint8_t *out)
{
	const hash_functions *h = &hashes[auth];
	context c;

	h->init(&c);
	for (size_t i = 0; i < count; i++)
		h->update(&c, pieces[i].ptr, pieces[i].len);
	h->final(out, &c);
	OPENSSL_cleanse(&c, sizeof c);
}

void
tl_crypto_hash_repeated(tl_auth auth, tl_span piece, size_t total, uint8_t *out)
{
	const hash_functions *h = &hashes[auth];
	context c;

	h->init(&c);
	while (total > 0) {
		size_t n = piece.len < total ? piece.len : total;
		h->update(&c, piece.ptr, n);
		total -= n;
	}
	h->final(out, &c);
	OPENSSL_cleanse(&c, sizeof c);
}

/* The chaining state after one block of |key| xor |pad|. */
static void
prepare_half(tl_auth auth, const uint8_t *key, uint8_t pad, uint8_t *state)
{
	const tl_auth_protocol *p = tl_auth_protocol_of(auth);
	uint8_t block[TL_HASH_BLOCK_MAX];
	context c;

	memset(block, pad, sizeof block);
	for (size_t i = 0; i < p->hash_bytes; i++)
		block[i] ^= key[i];
	hashes[auth].init(&c);
	hashes[auth].update(&c, block, p->block_bytes);
	hashes[auth].save(&c, state);
	OPENSSL_cleanse(block, sizeof block);
	OPENSSL_cleanse(&c, sizeof c);
}

void
tl_crypto_hmac_prepare(tl_auth auth, const uint8_t *key, uint8_t *states)
{
	prepare_half(auth, key, 0x36, states);
	prepare_half(auth, key, 0x5c, states + tl_auth_protocol_of(auth)->state_bytes);
}

/* Pads a text that follows one block up to whole blocks; returns their length. */
static size_t
pad(tl_auth auth, uint8_t *text, size_t len)
{
	size_t block = tl_auth_protocol_of(auth)->block_bytes;
	size_t length_bytes = block / 8;
	size_t padded = (len + length_bytes + block) & ~(block - 1);
	uint64_t bits = (uint64_t)(len + block) * 8;

	memset(text + len, 0, padded - len);
	text[len] = 0x80;
	hashes[auth].write_length(text + padded - sizeof bits, bits);
	return padded;
}

/* Goes on from |state| over |text| to the end of the hash. */
static void
finish(tl_auth auth, const uint8_t *state, uint8_t *text, size_t len, uint8_t *out)
{
	const hash_functions *h = &hashes[auth];
	uint8_t reached[TL_STATE_MAX];
	context c;

	h->load(&c, state);
	h->update(&c, text, pad(auth, text, len));
	h->save(&c, reached);
	h->write(out, reached, tl_auth_protocol_of(auth)->hash_bytes);
}

void
tl_crypto_hmac(
    tl_auth auth, const uint8_t *states, uint8_t *text, size_t len, uint8_t *out)
{
	const tl_auth_protocol *p = tl_auth_protocol_of(auth);
	uint8_t outer[TL_HASH_BLOCK_MAX];

	finish(auth, states, text, len, outer);
	finish(auth, states + p->state_bytes, outer, p->hash_bytes, out);
}

/* RFC 3826 section 3.1.2.1. */
static void
aes_iv(const tl_cipher_job *job, uint8_t iv[static AES_BLOCK])
{
	put_be32(iv, job->boots);
	put_be32(iv + 4, job->time_s);
	memcpy(iv + 8, job->salt, TL_SALT_BYTES);
}

/* The context of the key's length, keyed; NULL if OpenSSL fails. */
static EVP_CIPHER_CTX *
aes_keyed(tl_crypto *c, const tl_cipher_job *job)
{
	size_t len = tl_priv_protocol_of(job->priv)->cipher_bytes;
	size_t i = len / 8 - 2;

	if (c->aes_has_key[i] && memcmp(c->aes_key[i], job->key, len) == 0)
		return c->aes_context[i];
	c->aes_has_key[i] =
	    EVP_EncryptInit_ex(c->aes_context[i], NULL, NULL, job->key, NULL) == 1;
	memcpy(c->aes_key[i], job->key, len);
	return c->aes_has_key[i] ? c->aes_context[i] : NULL;
}

static void
xor_bytes(uint8_t *to, const uint8_t *from, size_t len)
{
	for (; len >= sizeof(uint64_t); len -= sizeof(uint64_t)) {
		uint64_t a, b;
		memcpy(&a, to, sizeof a);
		memcpy(&b, from, sizeof b);
		a ^= b;
		memcpy(to, &a, sizeof a);
		to += sizeof a;
		from += sizeof a;
	}
	for (size_t i = 0; i < len; i++)
		to[i] ^= from[i];
}

/* CFB decryption encrypts the ciphertext shifted by one block, the IV in front, and xors:
 * unlike encryption all blocks at once, which the CPU does side by side. */
static tl_err
aes_decrypt(tl_crypto *c, const tl_cipher_job *job, uint8_t *out)
{
	EVP_CIPHER_CTX *x = aes_keyed(c, job);
	size_t shifted = (job->data.len - 1) / AES_BLOCK * AES_BLOCK;
	int len;

	aes_iv(job, out);
	memcpy(out + AES_BLOCK, job->data.ptr, shifted);
	if (x == NULL ||
	    EVP_EncryptUpdate(x, out, &len, out, (int)(shifted + AES_BLOCK)) != 1)
		return TL_ECRYPTO;
	xor_bytes(out, job->data.ptr, job->data.len);
	return TL_OK;
}

static tl_err
aes_encrypt(tl_crypto *c, const tl_cipher_job *job, uint8_t *out)
{
	EVP_CIPHER_CTX *x = aes_keyed(c, job);
	uint8_t stream[AES_BLOCK];
	int len;

	if (x == NULL)
		return TL_ECRYPTO;
	aes_iv(job, stream);
	for (size_t at = 0; at < job->data.len; at += AES_BLOCK) {
		size_t left = job->data.len - at, n = left < AES_BLOCK ? left : AES_BLOCK;
		if (EVP_EncryptUpdate(x, stream, &len, stream, AES_BLOCK) != 1)
			return TL_ECRYPTO;
		xor_bytes(stream, job->data.ptr + at, n);
		memcpy(out + at, stream, n);
	}
	return TL_OK;
}

/* RFC 3414 section 8.1.1.1, and draft-reeder section 5.1.1.1: CBC, the IV being the key's
 * last eight bytes xor the salt. */
static void
des_crypt(const tl_cipher_job *job, uint8_t *out, int direction)
{
	const tl_priv_protocol *p = tl_priv_protocol_of(job->priv);
	DES_key_schedule k[3];
	DES_cblock key, iv;

	memcpy(iv, job->key + p->cipher_bytes, sizeof iv);
	xor_bytes(iv, job->salt, sizeof iv);
	for (size_t i = 0; i < p->cipher_bytes / sizeof key; i++) {
		memcpy(key, job->key + i * sizeof key, sizeof key);
		DES_set_key_unchecked(&key, &k[i]);
	}
	long len = (long)job->data.len;
	if (p->cipher == TL_CIPHER_3DES)
		DES_ede3_cbc_encrypt(
		    job->data.ptr, out, len, &k[0], &k[1], &k[2], &iv, direction);
	else
		DES_ncbc_encrypt(job->data.ptr, out, len, &k[0], &iv, direction);
	OPENSSL_cleanse(k, sizeof k);
	OPENSSL_cleanse(key, sizeof key);
}

static bool
is_aes(const tl_cipher_job *job)
{
	return tl_priv_protocol_of(job->priv)->cipher == TL_CIPHER_AES;
}

tl_err
tl_crypto_encrypt(tl_crypto *c, const tl_cipher_job *job, uint8_t *out)
{
	if (is_aes(job))
		return aes_encrypt(c, job, out);
	des_crypt(job, out, DES_ENCRYPT);
	return TL_OK;
}

tl_err
tl_crypto_decrypt(tl_crypto *c, const tl_cipher_job *job, uint8_t *out)
{
	if (job->data.len == 0)
		return TL_OK;
	if (is_aes(job))
		return aes_decrypt(c, job, out);
	des_crypt(job, out, DES_DECRYPT);
	return TL_OK;
}
