/* usm/protect.c: secures what the engine sends, a Report or a Response, we being
 * authoritative (RFC 3414 section 3.1). */
#include "base/arena.h"
#include "ber/writer.h"
#include "usm/state.h"

enum {
	SECURITY_MODEL_USM = 3,
	/* What the header takes at most: tags and lengths, numbers, an engine ID, a user
	 * name, a digest, a salt, and a block of padding. */
	HEADER_MAX = 256
};

typedef struct message {
	tl_usm *u;
	const tl_usm_reply *reply;
	tl_usm_key *key; /* NULL with noAuthNoPriv */
	tl_writer w;
	uint8_t salt[TL_SALT_BYTES];
	uint8_t *digest; /* where it goes */
	uint32_t time_s;
} message;

/* A salt that is never used twice with a key: RFC 3826 section 3.1.2.1, and RFC 3414
 * section 8.1.1.1, where engineBoots are its first half. */
static void
next_salt(message *m, tl_cipher_kind cipher)
{
	uint64_t salt = m->u->salt++;

	if (cipher != TL_CIPHER_AES)
		salt = (uint64_t)m->u->boots << 32 | (salt & UINT32_MAX);
	for (int i = 0; i < TL_SALT_BYTES; i++)
		m->salt[i] = (uint8_t)(salt >> (56 - 8 * i));
}

/* The scopedPDU as it goes out: as it is, or encrypted in an OCTET STRING. */
static tl_err
write_data(message *m, tl_arena *arena)
{
	const tl_usm_cred *cred = m->reply->cred;
	tl_span data = m->reply->scoped;

	if (m->reply->level != TL_AUTH_PRIV) {
		tl_write_raw(&m->w, data);
		return TL_OK;
	}
	tl_cipher_kind cipher = tl_priv_protocol_of(cred->priv)->cipher;
	size_t len = cipher == TL_CIPHER_AES ? data.len : (data.len + 7) & ~(size_t)7;
	uint8_t *plain = tl_arena_take(arena, len);
	uint8_t *out = tl_arena_take(arena, tl_crypto_room(len));
	if (plain == NULL || out == NULL)
		return TL_ENOMEM;
	memcpy(plain, data.ptr, data.len);
	memset(plain + data.len, 0, len - data.len);
	next_salt(m, cipher);
	const tl_cipher_job job = { .priv = cred->priv,
		.key = tl_cred_priv_key(cred, tl_usm_engine_id(m->u), m->key),
		.salt = m->salt,
		.boots = m->u->boots,
		.time_s = m->time_s,
		.data = { plain, len } };
	tl_err err = tl_crypto_encrypt(m->u->crypto, &job, out);
	if (err == TL_OK)
		tl_write_octets(&m->w, TL_T_OCTETS, (tl_span){ out, len });
	return err;
}

/* msgSecurityParameters, RFC 3414 section 2.4, with zeros for the digest. */
static void
write_params(message *m)
{
	static const uint8_t zeros[TL_DIGEST_MAX];
	tl_writer *w = &m->w;
	tl_auth auth = m->key != NULL ? m->reply->cred->auth : TL_AUTH_NONE;
	size_t salt_len = m->reply->level == TL_AUTH_PRIV ? TL_SALT_BYTES : 0;
	const uint8_t *end = w->p;

	tl_write_octets(w, TL_T_OCTETS, (tl_span){ m->salt, salt_len });
	uint8_t *digest_end = w->p;
	size_t digest_len = tl_auth_protocol_of(auth)->digest_bytes;
	tl_write_octets(w, TL_T_OCTETS, (tl_span){ zeros, digest_len });
	m->digest = digest_end - digest_len;
	tl_write_octets(w, TL_T_OCTETS, m->reply->user);
	tl_write_integer(w, m->time_s);
	tl_write_integer(w, m->u->boots);
	tl_write_octets(w, TL_T_OCTETS, tl_usm_engine_id(m->u));
	tl_write_header(w, TL_BER_SEQUENCE, end);
	tl_write_header(w, TL_T_OCTETS, end);
}

/* msgVersion and msgGlobalData, RFC 3412 section 6. */
static void
write_header(message *m)
{
	static const uint8_t flags[] = {
		[TL_NOAUTH_NOPRIV] = 0, [TL_AUTH_NOPRIV] = 1, [TL_AUTH_PRIV] = 3
	};
	tl_writer *w = &m->w;
	const uint8_t *end = w->p;

	tl_write_integer(w, SECURITY_MODEL_USM);
	tl_write_octets(w, TL_T_OCTETS, (tl_span){ &flags[m->reply->level], 1 });
	tl_write_integer(w, TL_DATAGRAM_MAX);
	tl_write_integer(w, m->reply->msg_id);
	tl_write_header(w, TL_BER_SEQUENCE, end);
	tl_write_integer(w, 3);
}

/* Finds or makes the keys for ourselves. */
static tl_err
find_key(message *m)
{
	const tl_usm_cred *cred = m->reply->cred;
	uint8_t states[2 * TL_STATE_MAX];

	if (m->reply->level == TL_NOAUTH_NOPRIV)
		return TL_OK;
	m->key = tl_engines_find_key(&m->u->engines, 0, cred->number);
	if (m->key == NULL) {
		tl_cred_states(cred, tl_usm_engine_id(m->u), states);
		m->key = tl_cred_remember(m->u, cred, 0, states);
		tl_crypto_wipe(states, sizeof states);
	}
	return m->key != NULL ? TL_OK : TL_ENOMEM;
}

static void
authenticate(message *m)
{
	tl_auth auth = m->reply->cred->auth;
	size_t len = (size_t)(m->w.end - m->w.p);
	uint8_t hmac[TL_HASH_MAX];

	tl_crypto_hmac(auth, m->key->bytes, m->w.p, len, hmac);
	memcpy(m->digest, hmac, tl_auth_protocol_of(auth)->digest_bytes);
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

tl_err
tl_usm_protect(tl_usm *u, const tl_usm_reply *reply, tl_arena *arena, tl_span *out)
{
	if (!reply_fits(u, reply))
		return TL_EINVAL;
	message m = { .u = u, .reply = reply, .time_s = tl_usm_time_s(u, reply->now_ns) };
	size_t cap = reply->scoped.len + HEADER_MAX;
	uint8_t *memory = tl_arena_take(arena, cap + TL_HMAC_ROOM);
	if (memory == NULL)
		return TL_ENOMEM;
	m.w = tl_writer_of(memory, cap);
	tl_err err = find_key(&m);
	if (err == TL_OK)
		err = write_data(&m, arena);
	if (err != TL_OK)
		return err;
	const uint8_t *end = m.w.end;
	write_params(&m);
	write_header(&m);
	tl_write_header(&m.w, TL_BER_SEQUENCE, end);
	if (m.key != NULL)
		authenticate(&m);
	*out = tl_writer_span(&m.w);
	return TL_OK;
}
