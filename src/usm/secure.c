/* usm/secure.c: see secure.h. protect.c calls it for what the engine answers, the sender
 * for what it sends. */
#include "usm/secure.h"

#include <string.h>

#include "ber/reader.h"
#include "trapline/engine.h"

enum { SECURITY_MODEL_USM = 3, FLAG_REPORTABLE = 4, BLOCK = 8 /* of DES, bytes */ };

/* Moves what is written to the front, so that zeros fill its last block. */
static void
pad_blocks(tl_writer *w)
{
	size_t len = (size_t)(w->end - w->p), padding = (BLOCK - len % BLOCK) % BLOCK;

	if (padding > (size_t)(w->p - w->start)) {
		w->full = true;
		return;
	}
	memmove(w->p - padding, w->p, len);
	w->p -= padding;
	memset(w->end - padding, 0, padding);
}

/* The scopedPDU becomes an OCTET STRING of the encrypted one. */
static tl_err
encrypt(tl_crypto *c, const tl_secure *m, const uint8_t *salt, tl_writer *w)
{
	if (tl_priv_protocol_of(m->priv)->cipher != TL_CIPHER_AES)
		pad_blocks(w);
	if (w->full)
		return TL_ENOSPC;
	const tl_cipher_job job = { .priv = m->priv,
		.key = m->priv_key,
		.salt = salt,
		.boots = m->boots,
		.time_s = m->time_s,
		.data = tl_writer_span(w) };
	tl_err err = tl_crypto_encrypt(c, &job, w->p);
	tl_write_header(w, TL_T_OCTETS, w->end);
	return err;
}

/* msgSecurityParameters, RFC 3414 section 2.4, with zeros for the digest, which goes to
 * where it returns. */
static uint8_t *
write_params(const tl_secure *m, tl_span salt, tl_writer *w)
{
	static const uint8_t zeros[TL_DIGEST_MAX];
	tl_auth auth = m->level > TL_NOAUTH_NOPRIV ? m->auth : TL_AUTH_NONE;
	size_t digest_len = tl_auth_protocol_of(auth)->digest_bytes;
	const uint8_t *end = w->p;

	tl_write_octets(w, TL_T_OCTETS, salt);
	uint8_t *digest_end = w->p;
	tl_write_octets(w, TL_T_OCTETS, (tl_span){ zeros, digest_len });
	tl_write_octets(w, TL_T_OCTETS, m->user);
	tl_write_integer(w, m->time_s);
	tl_write_integer(w, m->boots);
	tl_write_octets(w, TL_T_OCTETS, m->engine_id);
	tl_write_header(w, TL_BER_SEQUENCE, end);
	tl_write_header(w, TL_T_OCTETS, end);
	return digest_end - digest_len;
}

/* msgVersion and msgGlobalData, RFC 3412 section 6. */
static void
write_global(const tl_secure *m, tl_writer *w)
{
	static const uint8_t levels[] = {
		[TL_NOAUTH_NOPRIV] = 0, [TL_AUTH_NOPRIV] = 1, [TL_AUTH_PRIV] = 3
	};
	uint8_t flags =
	    (uint8_t)(levels[m->level] | (m->reportable ? FLAG_REPORTABLE : 0));
	const uint8_t *end = w->p;

	tl_write_integer(w, SECURITY_MODEL_USM);
	tl_write_octets(w, TL_T_OCTETS, (tl_span){ &flags, 1 });
	tl_write_integer(w, TL_DATAGRAM_MAX);
	tl_write_integer(w, m->msg_id);
	tl_write_header(w, TL_BER_SEQUENCE, end);
	tl_write_integer(w, 3);
}

tl_err
tl_secure_write(tl_crypto *c, const tl_secure *m, tl_writer *w)
{
	uint8_t salt[TL_SALT_BYTES], hmac[TL_HASH_MAX];
	tl_err err = w->full ? TL_ENOSPC : TL_OK;

	for (int i = 0; i < TL_SALT_BYTES; i++)
		salt[i] = (uint8_t)(m->salt >> (56 - 8 * i));
	if (err == TL_OK && m->level == TL_AUTH_PRIV)
		err = encrypt(c, m, salt, w);
	if (err != TL_OK)
		return err;
	size_t salt_len = m->level == TL_AUTH_PRIV ? sizeof salt : 0;
	uint8_t *digest = write_params(m, (tl_span){ salt, salt_len }, w);
	write_global(m, w);
	tl_write_header(w, TL_BER_SEQUENCE, w->end);
	if (w->full)
		return TL_ENOSPC;
	if (m->level == TL_NOAUTH_NOPRIV)
		return TL_OK;
	tl_crypto_hmac(m->auth, m->states, w->p, (size_t)(w->end - w->p), hmac);
	memcpy(digest, hmac, tl_auth_protocol_of(m->auth)->digest_bytes);
	return TL_OK;
}
