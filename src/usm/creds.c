/* usm/creds.c: the keys that a credential has for one engine. process.c and protect.c
 * need them for every message; they are made once. */
#include "usm/keys.h"
#include "usm/state.h"

void
tl_cred_states(const tl_usm_cred *cred, tl_span engine_id, uint8_t *states)
{
	const tl_kept_secret *secret = &cred->secrets[TL_SECRET_OF_AUTH];
	uint8_t kul[TL_HASH_MAX];

	if (secret->kind == TL_SECRET_KEY) {
		tl_crypto_hmac_prepare(cred->auth, secret->key, states);
		return;
	}
	tl_usm_localize(cred->auth, secret->key, engine_id, kul);
	tl_crypto_hmac_prepare(cred->auth, kul, states);
	tl_crypto_wipe(kul, sizeof kul);
}

tl_usm_key *
tl_cred_remember(
    tl_usm *u, const tl_usm_cred *cred, uint32_t engine, const uint8_t *states)
{
	size_t len = (size_t)2 * tl_auth_protocol_of(cred->auth)->state_bytes;
	size_t priv_len = tl_priv_protocol_of(cred->priv)->key_bytes;
	tl_usm_key *key =
	    tl_engines_add_key(&u->engines, engine, cred->number, len + priv_len);

	if (key != NULL)
		memcpy(key->bytes, states, len);
	return key;
}

void
tl_cred_make_priv_key(const tl_usm_cred *cred, tl_span engine_id, uint8_t *out)
{
	const tl_kept_secret *secret = &cred->secrets[TL_SECRET_OF_PRIV];

	if (secret->kind == TL_SECRET_KEY)
		memcpy(out, secret->key, tl_priv_protocol_of(cred->priv)->key_bytes);
	else
		tl_usm_priv_key(
		    &(tl_priv_key_job){ cred->auth, cred->priv, secret->key, engine_id },
		    out);
}

const uint8_t *
tl_cred_priv_key(const tl_usm_cred *cred, tl_span engine_id, tl_usm_key *key)
{
	uint8_t *out = key->bytes + 2 * tl_auth_protocol_of(cred->auth)->state_bytes;

	if (!key->has_priv)
		tl_cred_make_priv_key(cred, engine_id, out);
	key->has_priv = 1;
	return out;
}
