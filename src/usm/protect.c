/* usm/protect.c: secures what the engine sends, a Report or a Response, we being
 * authoritative (RFC 3414 section 3.1). */
#include "base/arena.h"
#include "usm/secure.h"
#include "usm/state.h"

/* Finds or makes the keys of |cred| for ourselves; NULL when memory is short. */
static tl_usm_key *
find_key(tl_usm *u, const tl_usm_cred *cred)
{
	uint8_t states[2 * TL_STATE_MAX];
	tl_usm_key *key = tl_engines_find_key(&u->engines, 0, cred->number);

	if (key == NULL) {
		tl_cred_states(cred, tl_usm_engine_id(u), states);
		key = tl_cred_remember(u, cred, 0, states);
		tl_crypto_wipe(states, sizeof states);
	}
	return key;
}

static bool
reply_fits(const tl_usm *u, const tl_usm_reply *reply)
{
	if (tl_usm_engine_id(u).len == 0 || reply->user.len > TL_USER_NAME_MAX ||
	    reply->level < TL_NOAUTH_NOPRIV || reply->level > TL_AUTH_PRIV)
		return false;
	return reply->level == TL_NOAUTH_NOPRIV ||
	       (reply->cred != NULL && reply->level <= reply->cred->max_level);
}

/* RFC 3826 section 3.1.2.1, and RFC 3414 section 8.1.1.1, where engineBoots are its first
 * half. */
static uint64_t
next_salt(tl_usm *u, tl_priv priv)
{
	uint64_t count = u->salt++;

	if (tl_priv_protocol_of(priv)->cipher == TL_CIPHER_AES)
		return count;
	return (uint64_t)u->boots << 32 | (count & UINT32_MAX);
}

/* The keys that the level asks for. */
static tl_err
add_keys(tl_usm *u, const tl_usm_reply *reply, tl_secure *m)
{
	const tl_usm_cred *cred = reply->cred;

	if (reply->level == TL_NOAUTH_NOPRIV)
		return TL_OK;
	tl_usm_key *key = find_key(u, cred);
	if (key == NULL)
		return TL_ENOMEM;
	m->auth = cred->auth;
	m->states = key->bytes;
	if (reply->level == TL_AUTH_NOPRIV)
		return TL_OK;
	m->priv = cred->priv;
	m->priv_key = tl_cred_priv_key(cred, m->engine_id, key);
	m->salt = next_salt(u, cred->priv);
	return TL_OK;
}

tl_err
tl_usm_protect(tl_usm *u, const tl_usm_reply *reply, tl_arena *arena, tl_span *out)
{
	tl_secure m = { .level = reply->level,
		.msg_id = reply->msg_id,
		.engine_id = tl_usm_engine_id(u),
		.boots = u->boots,
		.time_s = tl_usm_time_s(u, reply->now_ns),
		.user = reply->user };
	size_t cap = reply->scoped.len + TL_SECURE_HEADER_BYTES;

	if (!reply_fits(u, reply))
		return TL_EINVAL;
	tl_err err = add_keys(u, reply, &m);
	if (err != TL_OK)
		return err;
	uint8_t *memory = tl_arena_take(arena, cap + TL_HMAC_ROOM);
	if (memory == NULL)
		return TL_ENOMEM;
	tl_writer w = tl_writer_of(memory, cap);
	tl_write_raw(&w, reply->scoped);
	err = tl_secure_write(u->crypto, &m, &w);
	*out = tl_writer_span(&w);
	return err;
}
