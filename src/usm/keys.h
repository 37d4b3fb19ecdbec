/* usm/keys.h: from a passphrase to the keys of one engine. */
#ifndef TL_USM_KEYS_H
#define TL_USM_KEYS_H

#include "usm/protocols.h"

/* Ku of a passphrase (RFC 3414 appendix A.2): hash_bytes into |ku|. |pass| is not empty.
 * Takes some milliseconds. */
void tl_usm_password_key(tl_auth auth, tl_span pass, uint8_t *ku);

/* Kul of |ku| for an engine (RFC 3414 section 2.6): hash_bytes into |kul|. */
void tl_usm_localize(tl_auth auth, const uint8_t *ku, tl_span engine_id, uint8_t *kul);

/* The privacy key for an engine, extended if the hash is shorter than it: key_bytes of
 * |priv| into |key|, which has room for TL_PRIV_KEY_MAX. Reeder's extension takes as long
 * as tl_usm_password_key(). */
typedef struct tl_priv_key_job {
	tl_auth auth;
	tl_priv priv;
	const uint8_t *ku;
	tl_span engine_id;
} tl_priv_key_job;

void tl_usm_priv_key(const tl_priv_key_job *job, uint8_t *key);

#endif
