/* tests/usm/sender.h: a sender of SNMPv3 messages for the tests of usm/, and a receiver's
 * way from a datagram to tl_usm_process(). */
#ifndef TEST_USM_SENDER_H
#define TEST_USM_SENDER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "ber/writer.h"
#include "usm/crypto.h"
#include "usm/keys.h"
#include "usm/usm.h"

#define SPAN(text) ((tl_span){ (const uint8_t *)(text), sizeof(text) - 1 })
#define ENGINE_A                                                                         \
	SPAN("\x80\x00\x1f\x88\x04"                                                      \
	     "A")
#define ENGINE_B                                                                         \
	SPAN("\x80\x00\x1f\x88\x04"                                                      \
	     "B")
#define OWN_ENGINE SPAN("\x80\x00\x00\x00\x01ours")
#define AUTH_PASS SPAN("maplesyrup")
#define PRIV_PASS SPAN("pancakes with butter")
#define SECOND 1000000000ll

enum { MESSAGE_MAX = 2048 };

typedef struct sender {
	tl_span engine_id, user;
	tl_level level;
	bool reportable;
	tl_auth auth;
	tl_priv priv;
	tl_span auth_pass, priv_pass;
	uint32_t boots, time_s;
	/* Mistakes: lengths other than the protocol's, if not 0; -1 for none at all. */
	int digest_len, salt_len;
	size_t extra;  /* bytes of ciphertext too many */
	uint32_t salt; /* differs for every message */
	uint8_t memory[MESSAGE_MAX];
} sender;

/* A ScopedPDU with an SNMPv2-Trap-PDU of no varbinds. */
static const uint8_t scoped_trap[] = { 0x30, 0x1d, 0x04, 0x06, 0x80, 0x00, 0x1f, 0x88,
	0x04, 'A', 0x04, 0x06, 'p', 'l', 'a', 'i', 'n', '!', 0xa7, 0x0b, 0x02, 0x01, 0x2a,
	0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x00 };

/* Ku, made once for each of a few: thousands of messages are sent. */
static inline void
ku_of(tl_auth auth, tl_span pass, uint8_t *ku)
{
	static struct {
		tl_auth auth;
		tl_span pass;
		uint8_t ku[TL_HASH_MAX];
	} made[8];
	static size_t next;

	for (size_t i = 0; i < 8; i++) {
		if (made[i].auth == auth && made[i].pass.ptr == pass.ptr) {
			memcpy(ku, made[i].ku, TL_HASH_MAX);
			return;
		}
	}
	tl_usm_password_key(auth, pass, ku);
	made[next % 8].auth = auth;
	made[next % 8].pass = pass;
	memcpy(made[next++ % 8].ku, ku, TL_HASH_MAX);
}

static inline void
write_data(sender *s, tl_writer *w, const uint8_t *salt)
{
	uint8_t ku[TL_HASH_MAX], key[TL_PRIV_KEY_MAX];
	uint8_t plain[64] = { 0 }, out[128] = { 0 };
	size_t len = sizeof scoped_trap;
	tl_crypto *c;

	if (s->level != TL_AUTH_PRIV) {
		tl_write_raw(w, (tl_span){ scoped_trap, len });
		return;
	}
	memcpy(plain, scoped_trap, len);
	if (tl_priv_protocol_of(s->priv)->cipher != TL_CIPHER_AES)
		len = (len + 7) & ~(size_t)7;
	ku_of(s->auth, s->priv_pass, ku);
	tl_usm_priv_key(&(tl_priv_key_job){ s->auth, s->priv, ku, s->engine_id }, key);
	assert_int_equal(tl_crypto_new(&c), TL_OK);
	assert_int_equal(tl_crypto_encrypt(c,
			     &(tl_cipher_job){ s->priv, key, salt, s->boots, s->time_s,
				 { plain, len } },
			     out),
	    TL_OK);
	tl_crypto_free(c);
	tl_write_octets(w, TL_T_OCTETS, (tl_span){ out, len + s->extra });
}

static inline size_t
length_or(int mistake, size_t right)
{
	if (mistake == 0)
		return right;
	return mistake < 0 ? 0 : (size_t)mistake;
}

/* Makes a message; it belongs to |s| until the next. */
static inline tl_span
send_message(sender *s)
{
	static const uint8_t zeros[64];
	uint8_t salt[64] = { 0, 0, 0, 0, 0, 0, (uint8_t)(s->salt >> 8),
		(uint8_t)s->salt };
	uint8_t level_bits[] = { 0, 0, 1, 3 }, digest[TL_HASH_MAX], ku[TL_HASH_MAX];
	uint8_t kul[TL_HASH_MAX], states[2 * TL_STATE_MAX];
	uint8_t flags = (uint8_t)(level_bits[s->level] | (s->reportable ? 4 : 0));
	tl_writer w = tl_writer_of(s->memory, sizeof s->memory - TL_HMAC_ROOM);
	const uint8_t *end = w.end;
	size_t right = tl_auth_protocol_of(s->auth)->digest_bytes;
	bool authentic = s->level > TL_NOAUTH_NOPRIV;

	s->salt++;
	write_data(s, &w, salt);
	const uint8_t *params_end = w.p;
	size_t salt_len = length_or(s->salt_len, s->level == TL_AUTH_PRIV ? 8 : 0);
	tl_write_octets(&w, TL_T_OCTETS, (tl_span){ salt, salt_len });
	size_t len = length_or(s->digest_len, authentic ? right : 0);
	uint8_t *at = w.p - len;
	tl_write_octets(&w, TL_T_OCTETS, (tl_span){ zeros, len });
	tl_write_octets(&w, TL_T_OCTETS, s->user);
	tl_write_integer(&w, s->time_s);
	tl_write_integer(&w, s->boots);
	tl_write_octets(&w, TL_T_OCTETS, s->engine_id);
	tl_write_header(&w, TL_BER_SEQUENCE, params_end);
	tl_write_header(&w, TL_T_OCTETS, params_end);
	const uint8_t *header_end = w.p;
	tl_write_integer(&w, 3);
	tl_write_octets(&w, TL_T_OCTETS, (tl_span){ &flags, 1 });
	tl_write_integer(&w, TL_DATAGRAM_MAX);
	tl_write_integer(&w, 4711);
	tl_write_header(&w, TL_BER_SEQUENCE, header_end);
	tl_write_integer(&w, 3);
	tl_write_header(&w, TL_BER_SEQUENCE, end);
	assert_false(w.full);
	if (authentic) {
		ku_of(s->auth, s->auth_pass, ku);
		tl_usm_localize(s->auth, ku, s->engine_id, kul);
		tl_crypto_hmac_prepare(s->auth, kul, states);
		tl_crypto_hmac(s->auth, states, w.p, (size_t)(end - w.p), digest);
		memcpy(at, digest, len < right ? len : right);
	}
	return tl_writer_span(&w);
}

/* A receiver, and what came of its last message. */
typedef struct receiver {
	tl_usm *usm;
	tl_arena *arena;
	tl_usm_in in;
	tl_usm_out out;
	tl_diag diag;
	uint8_t datagram[MESSAGE_MAX];
} receiver;

static inline void
open_receiver(receiver *r, const tl_engine_options *opt)
{
	static const tl_engine_options usual = { .engine_id = { NULL, 0 } };
	tl_engine_options o = opt != NULL ? *opt : usual;

	if (opt == NULL) {
		o.engine_id = OWN_ENGINE;
		o.boots = 7;
	}
	o.max_engines = o.max_engines > 0 ? o.max_engines : 1000000;
	o.max_failures_per_s = o.max_failures_per_s > 0 ? o.max_failures_per_s : 20000;
	memset(r, 0, sizeof *r);
	assert_int_equal(tl_usm_new(&o, &r->usm), TL_OK);
	assert_int_equal(tl_arena_new(65536, &r->arena), TL_OK);
}

static inline void
close_receiver(receiver *r)
{
	tl_usm_free(r->usm);
	tl_arena_free(r->arena);
}

/* Reads the header of |message| into |r|->in, as the engine does. */
static inline void
parse(receiver *r, tl_span message, int64_t now_ns)
{
	assert_true(message.len <= sizeof r->datagram);
	memcpy(r->datagram, message.ptr, message.len);
	message.ptr = r->datagram;
	r->diag = (tl_diag){ 0 };
	r->in = (tl_usm_in){ .message = message, .now_ns = now_ns };
	tl_reader outer = tl_reader_of(message, 0, &r->diag);
	tl_reader m = tl_read_into(&outer, TL_BER_SEQUENCE, "message");
	(void)tl_read_integer(&m, 3, 3, "msgVersion");
	tl_reader h = tl_read_into(&m, TL_BER_SEQUENCE, "msgGlobalData");
	(void)tl_read_tlv(&h, "msgID");
	(void)tl_read_tlv(&h, "msgMaxSize");
	tl_span flags = tl_read_octets(&h, 1, "msgFlags");
	assert_int_equal(flags.len, 1);
	r->in.level = (flags.ptr[0] & 2) != 0   ? TL_AUTH_PRIV
		      : (flags.ptr[0] & 1) != 0 ? TL_AUTH_NOPRIV
						: TL_NOAUTH_NOPRIV;
	r->in.reportable = (flags.ptr[0] & 4) != 0;
	tl_usm_read_params(&m, &r->in.p);
	const uint8_t *at = m.p;
	if (r->in.level == TL_AUTH_PRIV) {
		r->in.data = tl_read_octets(&m, SIZE_MAX, "encryptedPDU");
	} else {
		tl_tlv v = tl_read_tagged(&m, TL_BER_SEQUENCE, "scopedPDU");
		r->in.data = (tl_span){ at, (size_t)(v.ptr + v.len - at) };
	}
}

/* Takes a message in; what it is refused for. */
static inline tl_err
take(receiver *r, tl_span message, int64_t now_ns)
{
	parse(r, message, now_ns);
	assert_int_equal(r->diag.err, TL_OK);
	tl_arena_reset(r->arena);
	assert_int_equal(
	    tl_usm_process(r->usm, &r->in, r->arena, &r->out, &r->diag), TL_OK);
	return r->diag.err;
}

static inline tl_err
take_from(receiver *r, sender *s, int64_t now_ns)
{
	return take(r, send_message(s), now_ns);
}

/* The hint for the message taken last. */
static inline const char *
hint_of(receiver *r, char *text, size_t size)
{
	const tl_usm_in *in = &r->in;
	tl_refusal refusal = {
		.diag = r->diag,
		.level = in->level,
		.reportable = in->reportable,
		.boots = in->p.boots,
		.time_s = in->p.time_s,
		.our_boots = r->out.our_boots,
		.our_time_s = r->out.our_time_s,
	};
	tl_buf out = { .ptr = (uint8_t *)text, .cap = size - 1 };

	assert_int_equal(tl_usm_hint(r->usm, in, &refusal, &out), TL_OK);
	assert_false(out.full);
	text[out.len] = '\0';
	return text;
}

/* A sender and the user that fits it. */
static inline sender
sender_of(tl_auth auth, tl_priv priv)
{
	return (sender){
		.engine_id = ENGINE_A,
		.user = SPAN("noc"),
		.level = priv != TL_PRIV_NONE   ? TL_AUTH_PRIV
			 : auth != TL_AUTH_NONE ? TL_AUTH_NOPRIV
						: TL_NOAUTH_NOPRIV,
		.auth = auth,
		.priv = priv,
		.auth_pass = AUTH_PASS,
		.priv_pass = PRIV_PASS,
		.boots = 3,
		.time_s = 1000,
	};
}

static inline tl_user
user_of(tl_auth auth, tl_priv priv)
{
	tl_user user = { .name = SPAN("noc"), .auth = auth, .priv = priv };

	if (auth != TL_AUTH_NONE)
		user.auth_secret = (tl_secret){ TL_SECRET_PASSPHRASE, AUTH_PASS };
	if (priv != TL_PRIV_NONE)
		user.priv_secret = (tl_secret){ TL_SECRET_PASSPHRASE, PRIV_PASS };
	return user;
}

static inline void
add_user(receiver *r, tl_user user)
{
	assert_int_equal(tl_usm_add_user(r->usm, &user), TL_OK);
}

#endif
