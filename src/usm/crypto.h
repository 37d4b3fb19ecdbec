/* usm/crypto.h: what usm/ needs of a cryptographic library. One file implements it. */
#ifndef TL_USM_CRYPTO_H
#define TL_USM_CRYPTO_H

#include "usm/protocols.h"

/* Ciphers made once and used for every message, and the key that was used last. Not
 * thread-safe. */
typedef struct tl_crypto tl_crypto;

/* Errors: TL_ENOMEM, TL_ECRYPTO. NULL is fine for tl_crypto_free(). */
TL_CHECK tl_err tl_crypto_new(tl_crypto **out);
void tl_crypto_free(tl_crypto *c);

/* Fills |ptr| with random bytes. Errors: TL_ECRYPTO. */
TL_CHECK tl_err tl_crypto_random(void *ptr, size_t len);

/* Overwrites a secret so that no compiler leaves it out. */
void tl_crypto_wipe(void *ptr, size_t len);

/* Compares in a time that does not tell where the bytes differ. */
bool tl_crypto_equal(const uint8_t *a, const uint8_t *b, size_t len);

/* The hash of |count| pieces one after the other; |out| takes the protocol's hash_bytes.
 */
void tl_crypto_hash(tl_auth auth, const tl_span *pieces, size_t count, uint8_t *out);

/* The hash of the first |total| bytes of |piece| repeated without end. */
void tl_crypto_hash_repeated(tl_auth auth, tl_span piece, size_t total, uint8_t *out);

/* Prepares an HMAC (RFC 2104): the chaining states after the key's inner and outer block,
 * 2 * state_bytes. |key| has the protocol's hash_bytes. */
void tl_crypto_hmac_prepare(tl_auth auth, const uint8_t *key, uint8_t *states);

/* The HMAC of |len| bytes at |text|, behind which there is room for TL_HMAC_ROOM more, to
 * be overwritten: so the hash takes all in one go. |out| takes the protocol's hash_bytes.
 */
void tl_crypto_hmac(
    tl_auth auth, const uint8_t *states, uint8_t *text, size_t len, uint8_t *out);

#define TL_HMAC_ROOM (2 * TL_HASH_BLOCK_MAX) /* bytes */

/* One message to be encrypted or decrypted. */
typedef struct tl_cipher_job {
	tl_priv priv;
	const uint8_t *key;  /* the protocol's key_bytes */
	const uint8_t *salt; /* TL_SALT_BYTES */
	uint32_t boots, time_s;
	tl_span data; /* for DES and 3DES a multiple of 8 bytes */
} tl_cipher_job;

/* Bytes of room that decrypting |len| bytes of data needs. */
static inline size_t
tl_crypto_room(size_t len)
{
	return (len + 31) & ~(size_t)15;
}

/* Writes as many bytes as the data has into |out|, which may be the data itself.
 * Errors: TL_ECRYPTO. */
TL_CHECK tl_err tl_crypto_encrypt(tl_crypto *c, const tl_cipher_job *job, uint8_t *out);

/* The same, and |out| has room for tl_crypto_room() and is no part of the data. */
TL_CHECK tl_err tl_crypto_decrypt(tl_crypto *c, const tl_cipher_job *job, uint8_t *out);

#endif
