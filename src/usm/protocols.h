/* usm/protocols.h: the figures of the authentication and privacy protocols. */
#ifndef TL_USM_PROTOCOLS_H
#define TL_USM_PROTOCOLS_H

#include "trapline/notification.h"

#define TL_AUTH_COUNT 7 /* every tl_auth is below */
#define TL_PRIV_COUNT 8 /* every tl_priv is below */

#define TL_HASH_MAX 64  /* bytes of the longest hash, SHA-512 */
#define TL_STATE_MAX 64 /* bytes of the longest chaining state of a hash */
#define TL_HASH_BLOCK_MAX 128
#define TL_PRIV_KEY_MAX 32 /* bytes of the longest privacy key */
#define TL_DIGEST_MAX 48   /* bytes of the longest digest on the wire */
#define TL_SALT_BYTES 8    /* msgPrivacyParameters of every privacy protocol */

typedef struct tl_auth_protocol {
	const char *name;
	uint8_t digest_bytes; /* msgAuthenticationParameters: RFC 3414 sections 6.1 and
				 7.1, RFC 7860 section 4.2.1 */
	uint8_t hash_bytes;   /* of the hash, so of the localized key */
	uint8_t state_bytes;  /* of the hash's chaining state */
	uint8_t block_bytes;  /* of the hash's input block */
} tl_auth_protocol;

typedef enum tl_cipher_kind {
	TL_CIPHER_DES,
	TL_CIPHER_3DES,
	TL_CIPHER_AES
} tl_cipher_kind;

/* How a key that is longer than the hash is made. */
typedef enum tl_key_extension {
	TL_EXTEND_BLUMENTHAL, /* draft-blumenthal-aes-usm-04 section 3.1.2.1 */
	TL_EXTEND_REEDER      /* draft-reeder-snmpv3-usm-3desede-00 section 2.1 */
} tl_key_extension;

typedef struct tl_priv_protocol {
	const char *name;
	tl_cipher_kind cipher;
	uint8_t key_bytes;    /* pre-IV of DES and 3DES included */
	uint8_t cipher_bytes; /* of them, what the cipher is keyed with */
	tl_key_extension extension;
} tl_priv_protocol;

/* The rows; |auth| and |priv| are valid, and those of NONE are all zero. */
const tl_auth_protocol *tl_auth_protocol_of(tl_auth auth);
const tl_priv_protocol *tl_priv_protocol_of(tl_priv priv);

#endif
