/* usm/hint.h: the parts of tl_usm_hint(). Each writes a part of one line. */
#ifndef TL_USM_HINT_H
#define TL_USM_HINT_H

#include "base/buf.h"
#include "usm/state.h"

typedef struct tl_hint {
	tl_usm *u;
	const tl_usm_in *in;
	const tl_refusal *refusal;
	tl_buf *out;
	uint8_t *text; /* see tl_usm_copy_text(), with TL_HMAC_ROOM behind it */
} tl_hint;

/* Credentials of one name that are tried to explain a refusal. */
#define TL_HINT_CREDS_MAX 8

/* hint_keys.c: the credential whose keys the message's digest fits, or NULL. */
const tl_usm_cred *tl_hint_find_cred(tl_hint *h);

/* hint_keys.c: why the digest is wrong. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_hint_digest(tl_hint *h);

/* hint_keys.c: why the decryption failed, with which protocol it would not have.
 * Errors: TL_ENOMEM, TL_ECRYPTO. */
TL_CHECK tl_err tl_hint_decryption(tl_hint *h);

#endif
