/* usm/hint_keys.c: finds out what is wrong with a digest or a decryption, by trying the
 * secrets that we have with the protocols that we have. hint.c calls it. */
#include <stdlib.h>

#include "usm/hint.h"
#include "usm/keys.h"

/* Room to remember what is tried with |cred|; NULL when memory is short. */
static tl_tried *
tried_of(const tl_hint *h, const tl_usm_cred *cred)
{
	tl_usm_cred *c = h->u->users.creds[cred->number];

	if (c->tried == NULL)
		c->tried = calloc(1, sizeof *c->tried);
	return c->tried;
}

/* Ku of one of the credential's passphrases with any protocol, made once. */
static const uint8_t *
ku_of(tl_tried *tried, const tl_usm_cred *cred, int secret, tl_auth auth)
{
	const tl_kept_secret *kept = &cred->secrets[secret];
	tl_span pass = { kept->passphrase, kept->passphrase_len };

	if (auth == cred->auth)
		return kept->key;
	if (!tried->made[secret][auth])
		tl_usm_password_key(auth, pass, tried->ku[secret][auth]);
	tried->made[secret][auth] = true;
	return tried->ku[secret][auth];
}

static bool
states_fit(const tl_hint *h, tl_auth auth, const uint8_t *states)
{
	tl_span digest = h->in->p.auth_params;
	uint8_t hmac[TL_HASH_MAX];

	if (digest.len == 0 || digest.len != tl_auth_protocol_of(auth)->digest_bytes)
		return false;
	tl_crypto_hmac(auth, states, h->text, h->in->message.len, hmac);
	return tl_crypto_equal(hmac, digest.ptr, digest.len);
}

static bool
ku_fits(const tl_hint *h, tl_auth auth, const uint8_t *ku)
{
	uint8_t kul[TL_HASH_MAX], states[2 * TL_STATE_MAX];

	tl_usm_localize(auth, ku, h->in->p.engine_id, kul);
	tl_crypto_hmac_prepare(auth, kul, states);
	bool fits = states_fit(h, auth, states);
	tl_crypto_wipe(kul, sizeof kul);
	tl_crypto_wipe(states, sizeof states);
	return fits;
}

const tl_usm_cred *
tl_hint_find_cred(tl_hint *h)
{
	const tl_usm_params *p = &h->in->p;
	const tl_usm_cred *c = tl_users_first(&h->u->users, p->user, p->engine_id);
	uint8_t states[2 * TL_STATE_MAX];

	for (int i = 0; c != NULL && i < TL_HINT_CREDS_MAX; i++) {
		if (c->auth != TL_AUTH_NONE) {
			tl_cred_states(c, p->engine_id, states);
			bool fits = states_fit(h, c->auth, states);
			tl_crypto_wipe(states, sizeof states);
			if (fits)
				return c;
		}
		c = tl_users_next(&h->u->users, c);
	}
	return NULL;
}

/* A secret and a protocol that would have fitted. */
typedef struct guess {
	const tl_usm_cred *cred; /* NULL: none */
	int secret;              /* TL_SECRET_OF_ */
	tl_auth auth;
} guess;

/* Tries one passphrase with all protocols of the digest's length. */
static bool
try_passphrase(const tl_hint *h, tl_tried *tried, guess *g)
{
	if (g->cred->secrets[g->secret].kind != TL_SECRET_PASSPHRASE)
		return false;
	for (unsigned auth = TL_AUTH_MD5; auth < TL_AUTH_COUNT; auth++) {
		g->auth = (tl_auth)auth;
		if (tl_auth_protocol_of(g->auth)->digest_bytes ==
			h->in->p.auth_params.len &&
		    ku_fits(h, g->auth, ku_of(tried, g->cred, g->secret, g->auth)))
			return true;
	}
	return false;
}

static tl_err
find_guess(const tl_hint *h, guess *g)
{
	const tl_usm_params *p = &h->in->p;

	g->cred = tl_users_first(&h->u->users, p->user, p->engine_id);
	for (int i = 0; g->cred != NULL && i < TL_HINT_CREDS_MAX; i++) {
		tl_tried *tried = tried_of(h, g->cred);
		if (tried == NULL)
			return TL_ENOMEM;
		for (g->secret = 0; g->secret < TL_SECRET_OF_COUNT; g->secret++)
			if (try_passphrase(h, tried, g))
				return TL_OK;
		g->cred = tl_users_next(&h->u->users, g->cred);
	}
	g->cred = NULL;
	return TL_OK;
}

/* "SHA-256", or "MD5 or SHA-1"; nothing if no protocol has such a digest. */
static bool
put_protocols(tl_buf *out, size_t digest_bytes)
{
	bool any = false;

	for (unsigned auth = TL_AUTH_MD5; auth < TL_AUTH_COUNT; auth++) {
		if (tl_auth_protocol_of((tl_auth)auth)->digest_bytes != digest_bytes)
			continue;
		if (any)
			tl_buf_lit(out, " or ");
		tl_buf_puts(out, tl_auth_name((tl_auth)auth));
		any = true;
	}
	return any;
}

static void
put_guess(const tl_hint *h, const guess *g)
{
	const char *name = tl_auth_name(g->auth);

	if (g->secret == TL_SECRET_OF_PRIV) {
		tl_buf_lit(h->out,
		    "the sender uses the privacy passphrase to authenticate, "
		    "with ");
		tl_buf_puts(h->out, name);
		tl_buf_lit(h->out,
		    ": set the device to the authentication passphrase, or "
		    "write it into auth=");
		tl_buf_puts(h->out, name);
		tl_buf_lit(h->out, ":...");
		return;
	}
	tl_buf_lit(h->out, "the passphrase is right, but the sender uses ");
	tl_buf_puts(h->out, name);
	tl_buf_lit(h->out, " and not ");
	tl_buf_puts(h->out, tl_auth_name(g->cred->auth));
	tl_buf_lit(h->out, ": write auth=");
	tl_buf_puts(h->out, name);
	tl_buf_lit(h->out, ":...");
}

/* No secret that we have fits. */
static void
put_no_guess(const tl_hint *h, const tl_usm_cred *cred)
{
	static const char *const kinds[] = { [TL_SECRET_NONE] = "secret",
		[TL_SECRET_PASSPHRASE] = "passphrase",
		[TL_SECRET_KEY] = "localized key",
		[TL_SECRET_MASTER_KEY] = "master key" };
	size_t len = h->in->p.auth_params.len;
	const tl_auth_protocol *p = tl_auth_protocol_of(cred->auth);

	if (len == p->digest_bytes) {
		tl_buf_lit(h->out, "a wrong ");
		tl_buf_puts(h->out, kinds[cred->secrets[TL_SECRET_OF_AUTH].kind]);
		tl_buf_lit(h->out, ": the digest's length is that of ");
		(void)put_protocols(h->out, len);
		tl_buf_lit(h->out, ", and the secret fits none");
		return;
	}
	tl_buf_lit(h->out, "a digest of ");
	tl_buf_u64(h->out, len);
	tl_buf_lit(h->out, " bytes is that of ");
	if (!put_protocols(h->out, len))
		tl_buf_lit(
		    h->out, "no protocol: the message is forged, or the sender broken");
	else
		tl_buf_lit(h->out, ", and another passphrase");
	tl_buf_lit(h->out, "; the user is configured with ");
	tl_buf_puts(h->out, p->name);
}

tl_err
tl_hint_digest(tl_hint *h)
{
	const tl_usm_params *p = &h->in->p;
	const tl_usm_cred *first = tl_users_first(&h->u->users, p->user, p->engine_id);
	guess g;

	tl_err err = find_guess(h, &g);
	if (err != TL_OK || first == NULL)
		return err;
	if (g.cred != NULL)
		put_guess(h, &g);
	else
		put_no_guess(h, first);
	return TL_OK;
}

typedef struct trial {
	const tl_hint *h;
	const tl_usm_cred *cred;
	tl_tried *tried;
	uint8_t *plain; /* has the room */
	int secret;     /* what fits: TL_SECRET_OF_ */
	tl_priv priv;   /* TL_PRIV_NONE: nothing */
} trial;

/* Makes the keys that take long, once for each engine in a row. */
static void
extend_keys(const trial *t)
{
	tl_tried *tried = t->tried;
	tl_span id = t->h->in->p.engine_id;

	if (tl_span_equal(id, tried->engine_id, tried->engine_id_len))
		return;
	for (int i = 0; i < TL_SECRET_OF_COUNT; i++) {
		if (t->cred->secrets[i].kind == TL_SECRET_PASSPHRASE)
			tl_usm_priv_key(
			    &(tl_priv_key_job){ t->cred->auth, TL_PRIV_AES256C,
				t->cred->secrets[i].key, id },
			    tried->reeder[i]);
	}
	memcpy(tried->engine_id, id.ptr, id.len);
	tried->engine_id_len = (uint8_t)id.len;
}

static tl_err
try_key(trial *t, int secret, tl_priv priv, const uint8_t *key)
{
	const tl_usm_params *p = &t->h->in->p;
	bool in_blocks = tl_priv_protocol_of(priv)->cipher != TL_CIPHER_AES;
	const tl_cipher_job job = { .priv = priv,
		.key = key,
		.salt = p->priv_params.ptr,
		.boots = p->boots,
		.time_s = p->time_s,
		.data = t->h->in->data };

	if (in_blocks && job.data.len % 8 != 0)
		return TL_OK;
	tl_err err = tl_crypto_decrypt(t->h->u->crypto, &job, t->plain);
	if (err == TL_OK && tl_usm_is_scoped_pdu((tl_span){ t->plain, job.data.len })) {
		t->secret = secret;
		t->priv = priv;
	}
	return err;
}

/* Tries one of the credential's passphrases with one protocol. */
static tl_err
try_priv(trial *t, int secret, tl_priv priv)
{
	const tl_kept_secret *kept = &t->cred->secrets[secret];
	uint8_t key[TL_PRIV_KEY_MAX];

	if (kept->kind != TL_SECRET_PASSPHRASE)
		return TL_OK;
	if (tl_priv_protocol_of(priv)->extension == TL_EXTEND_REEDER)
		return try_key(t, secret, priv, t->tried->reeder[secret]);
	tl_usm_priv_key(
	    &(tl_priv_key_job){ t->cred->auth, priv, kept->key, t->h->in->p.engine_id },
	    key);
	tl_err err = try_key(t, secret, priv, key);
	tl_crypto_wipe(key, sizeof key);
	return err;
}

static tl_err
find_priv(trial *t)
{
	tl_err err = TL_OK;

	extend_keys(t);
	for (int secret = TL_SECRET_OF_PRIV; secret >= TL_SECRET_OF_AUTH; secret--)
		for (int priv = TL_PRIV_DES; priv < TL_PRIV_COUNT; priv++)
			if (err == TL_OK && t->priv == TL_PRIV_NONE)
				err = try_priv(t, secret, (tl_priv)priv);
	return err;
}

static void
put_no_priv(const trial *t)
{
	tl_buf *out = t->h->out;

	tl_buf_lit(out, "the authentication is right, and the privacy ");
	tl_buf_puts(out, t->cred->secrets[TL_SECRET_OF_PRIV].kind != TL_SECRET_PASSPHRASE
			     ? "key is wrong, or the protocol: "
			     : "passphrase is wrong, it fits with no protocol: ");
	tl_buf_lit(out, "the user is configured with ");
	tl_buf_puts(out, tl_priv_name(t->cred->priv));
}

static void
put_priv(const trial *t)
{
	tl_buf *out = t->h->out;
	const char *name = tl_priv_name(t->priv);

	if (t->priv == TL_PRIV_NONE) {
		put_no_priv(t);
		return;
	}
	if (t->secret == TL_SECRET_OF_PRIV && t->priv == t->cred->priv) {
		tl_buf_lit(out, "the keys are right, but what they decrypt is malformed");
		return;
	}
	if (t->secret == TL_SECRET_OF_AUTH) {
		tl_buf_lit(out,
		    "the sender uses the authentication passphrase for privacy, "
		    "with ");
		tl_buf_puts(out, name);
		tl_buf_lit(out, ": set the device to the privacy passphrase");
	} else {
		tl_buf_lit(out, "the privacy passphrase is right, but the sender uses ");
		tl_buf_puts(out, name);
		tl_buf_lit(out, " and not ");
		tl_buf_puts(out, tl_priv_name(t->cred->priv));
	}
	tl_buf_puts(out, t->secret == TL_SECRET_OF_AUTH ? ", or write that one into priv="
							: ": write priv=");
	tl_buf_puts(out, name);
	tl_buf_lit(out, ":...");
}

tl_err
tl_hint_decryption(tl_hint *h)
{
	trial t = { .h = h, .cred = tl_hint_find_cred(h) };
	size_t salt_len = h->in->p.priv_params.len;

	if (t.cred == NULL)
		return TL_OK;
	if (salt_len != TL_SALT_BYTES || h->in->data.len == 0) {
		tl_buf_lit(h->out, "the sender is broken: a salt has 8 bytes and not ");
		tl_buf_u64(h->out, salt_len);
		tl_buf_lit(h->out, ", and something must be encrypted");
		return TL_OK;
	}
	t.tried = tried_of(h, t.cred);
	t.plain = malloc(tl_crypto_room(h->in->data.len));
	tl_err err = t.tried != NULL && t.plain != NULL ? TL_OK : TL_ENOMEM;
	if (err == TL_OK)
		err = find_priv(&t);
	if (err == TL_OK)
		put_priv(&t);
	free(t.plain);
	return err;
}
