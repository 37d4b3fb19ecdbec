/* usm/keys.c: see keys.h. users.c makes the Ku, process.c the keys of an engine. */
#include "usm/keys.h"

#include <string.h>

#include "usm/crypto.h"

enum { PASSWORD_BYTES = 1048576 /* RFC 3414 appendix A.2 */ };

void
tl_usm_password_key(tl_auth auth, tl_span pass, uint8_t *ku)
{
	uint8_t copies[2048];
	size_t len = 0;

	/* Many short pieces would take longer than the hash itself. */
	while (pass.len <= sizeof copies - len) {
		memcpy(copies + len, pass.ptr, pass.len);
		len += pass.len;
	}
	tl_crypto_hash_repeated(
	    auth, len > 0 ? (tl_span){ copies, len } : pass, PASSWORD_BYTES, ku);
	tl_crypto_wipe(copies, sizeof copies);
}

void
tl_usm_localize(tl_auth auth, const uint8_t *ku, tl_span engine_id, uint8_t *kul)
{
	size_t len = tl_auth_protocol_of(auth)->hash_bytes;
	const tl_span pieces[] = { { ku, len }, engine_id, { ku, len } };

	tl_crypto_hash(auth, pieces, 3, kul);
}

void
tl_usm_priv_key(const tl_priv_key_job *job, uint8_t *key)
{
	const tl_priv_protocol *priv = tl_priv_protocol_of(job->priv);
	size_t hash = tl_auth_protocol_of(job->auth)->hash_bytes, len = hash;
	/* The last hash begins below TL_PRIV_KEY_MAX. */
	uint8_t k[TL_PRIV_KEY_MAX + TL_HASH_MAX], ku[TL_HASH_MAX];

	tl_usm_localize(job->auth, job->ku, job->engine_id, k);
	for (; len < priv->key_bytes; len += hash) {
		if (priv->extension == TL_EXTEND_BLUMENTHAL) {
			tl_crypto_hash(job->auth, &(tl_span){ k, len }, 1, k + len);
			continue;
		}
		tl_usm_password_key(job->auth, (tl_span){ k + len - hash, hash }, ku);
		tl_usm_localize(job->auth, ku, job->engine_id, k + len);
	}
	memcpy(key, k, priv->key_bytes);
	tl_crypto_wipe(k, sizeof k);
	tl_crypto_wipe(ku, sizeof ku);
}
