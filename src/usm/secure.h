/* usm/secure.h: an SNMPv3 message around a scopedPDU (RFC 3412 section 6, RFC 3414
 * section 3.1), whoever is authoritative: for the engine's answers and for the sender. */
#ifndef TL_USM_SECURE_H
#define TL_USM_SECURE_H

#include "ber/writer.h"
#include "usm/crypto.h"

/* What a message takes at most around its scopedPDU: tags and lengths, numbers, an engine
 * ID, a user name, a digest, a salt, and a block of padding. */
#define TL_SECURE_HEADER_BYTES 256

typedef struct tl_secure {
	tl_level level;
	bool reportable;
	int32_t msg_id;
	tl_span engine_id; /* the authoritative one's, as the two below */
	uint32_t boots, time_s;
	tl_span user;
	tl_auth auth;            /* with a digest, as |states| */
	tl_priv priv;            /* with authPriv, as |priv_key| and |salt| */
	const uint8_t *states;   /* of the HMAC: tl_crypto_hmac_prepare() */
	const uint8_t *priv_key; /* the protocol's key_bytes */
	uint64_t salt;           /* never the same twice with a key */
} tl_secure;

/* Makes the message around the scopedPDU that |w| holds and nothing else, in place:
 * encrypts, puts the header in front, authenticates. Behind |w|->end there must be room
 * for TL_HMAC_ROOM more. msgMaxSize is TL_DATAGRAM_MAX.
 * Errors: TL_ENOSPC (|w| is full), TL_ECRYPTO. */
TL_CHECK tl_err tl_secure_write(tl_crypto *c, const tl_secure *m, tl_writer *w);

#endif
