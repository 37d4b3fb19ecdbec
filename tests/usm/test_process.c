/* What an incoming message goes through, but for the time: engine ID, user, level,
 * digest, decryption, and what is remembered of it. */
#include "usm/recorded.h"
#include "usm/sender.h"
#include "usm/state.h"

static int
setup(void **state)
{
	receiver *r = malloc(sizeof *r);

	open_receiver(r, NULL);
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	close_receiver(*state);
	free(*state);
	return 0;
}

static void
assert_refused(receiver *r, sender *s, tl_err err, const char *where)
{
	assert_int_equal(take_from(r, s, 0), err);
	assert_string_equal(r->diag.where, where);
}

static void
assert_offset(const receiver *r, tl_span field)
{
	assert_int_equal(r->diag.offset, field.ptr - r->datagram);
}

static void
test_takes_every_pair_of_protocols(void **state)
{
	receiver *r = *state;

	for (unsigned a = TL_AUTH_MD5; a < TL_AUTH_COUNT; a++) {
		for (unsigned p = TL_PRIV_NONE; p < TL_PRIV_COUNT; p++) {
			tl_user user = user_of((tl_auth)a, (tl_priv)p);
			sender s = sender_of((tl_auth)a, (tl_priv)p);
			uint8_t name[] = { 'u', (uint8_t)('0' + a), (uint8_t)('0' + p) };
			user.name = s.user = (tl_span){ name, sizeof name };
			add_user(r, user);
			/* Twice: with new keys, and with remembered ones. */
			for (int i = 0; i < 2; i++) {
				assert_int_equal(take_from(r, &s, 0), TL_OK);
				assert_non_null(r->out.cred);
				assert_int_equal(r->out.auth, a);
				assert_int_equal(r->out.priv, p);
				assert_false(r->out.ours);
				assert_memory_equal(
				    r->out.scoped.ptr, scoped_trap, sizeof scoped_trap);
			}
		}
	}
	assert_int_equal(tl_usm_engine_count(r->usm), 1);
}

static void
test_takes_what_net_snmp_sent(void **state)
{
	uint8_t bytes[512];
	(void)state;

	for (size_t i = 0; i < sizeof recorded / sizeof recorded[0]; i++) {
		size_t len = strlen(recorded[i].hex) / 2;
		receiver r;
		for (size_t k = 0; k < len; k++) {
			char digits[] = { recorded[i].hex[2 * k],
				recorded[i].hex[2 * k + 1], '\0' };
			bytes[k] = (uint8_t)strtoul(digits, NULL, 16);
		}
		open_receiver(&r, NULL);
		add_user(&r, user_of(recorded[i].auth, recorded[i].priv));
		assert_int_equal(take(&r, (tl_span){ bytes, len }, 0), TL_OK);
		assert_int_equal(r.out.priv, recorded[i].priv);
		/* sysUpTime.0 is in clear text now. */
		assert_non_null(memmem(r.out.scoped.ptr, r.out.scoped.len,
		    "\x2b\x06\x01\x02\x01\x01\x03\x00", 8));
		close_receiver(&r);
	}
}

/* RFC 3411 section 5, SnmpEngineID. */
static void
assert_engine_id(receiver *r, size_t len, tl_err err)
{
	static const uint8_t id[40] = { 0x80, 0, 0, 0, 1 };
	sender s = sender_of(TL_AUTH_NONE, TL_PRIV_NONE);

	add_user(r, user_of(TL_AUTH_NONE, TL_PRIV_NONE));
	s.engine_id = (tl_span){ id, len };
	assert_int_equal(take_from(r, &s, 0), err);
	assert_int_equal(tl_usm_engine_count(r->usm), 0);
	if (err == TL_OK)
		return;
	assert_string_equal(r->diag.where, "msgAuthoritativeEngineID");
	assert_offset(r, r->in.p.engine_id);
}

static void
test_refuses_engine_id_of_4_bytes(void **state)
{
	assert_engine_id(*state, 0, TL_EUSM_ENGINE);
	assert_engine_id(*state, 4, TL_EUSM_ENGINE);
	assert_engine_id(*state, 5, TL_OK);
}

static void
test_refuses_engine_id_of_33_bytes(void **state)
{
	assert_engine_id(*state, 32, TL_OK);
	assert_engine_id(*state, 33, TL_EUSM_ENGINE);
}

static void
test_refuses_an_unknown_user(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);

	assert_refused(r, &s, TL_EUSM_USER, "msgUserName");
	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	s.user = SPAN("Noc");
	assert_refused(r, &s, TL_EUSM_USER, "msgUserName");
	assert_offset(r, r->in.p.user);
	s.user = SPAN("no");
	assert_refused(r, &s, TL_EUSM_USER, "msgUserName");
	assert_null(r->out.cred);
}

static void
test_least_level_is_the_most_that_the_secrets_allow(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA256, TL_PRIV_AES128);

	add_user(r, user_of(TL_AUTH_SHA256, TL_PRIV_AES128));
	s.level = TL_AUTH_NOPRIV;
	assert_refused(r, &s, TL_EUSM_LEVEL, "msgFlags");
	/* msgFlags are the one byte before msgSecurityModel. */
	assert_memory_equal(r->datagram + r->diag.offset, "\x01\x02\x01\x03", 4);
	s.level = TL_NOAUTH_NOPRIV;
	assert_refused(r, &s, TL_EUSM_LEVEL, "msgFlags");
}

static void
test_lower_levels_are_taken_when_the_user_allows_them(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA256, TL_PRIV_AES128);
	tl_user user = user_of(TL_AUTH_SHA256, TL_PRIV_AES128);

	user.min_level = TL_NOAUTH_NOPRIV;
	add_user(r, user);
	s.level = TL_NOAUTH_NOPRIV;
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	assert_int_equal(r->out.auth, TL_AUTH_NONE);
	assert_int_equal(tl_usm_engine_count(r->usm), 0);
	s.level = TL_AUTH_NOPRIV;
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	assert_int_equal(r->out.auth, TL_AUTH_SHA256);
	assert_int_equal(r->out.priv, TL_PRIV_NONE);
	s.level = TL_AUTH_PRIV;
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	assert_int_equal(r->out.priv, TL_PRIV_AES128);
}

static void
test_refuses_a_level_that_the_user_has_no_secret_for(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_DES);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	assert_refused(r, &s, TL_EUSM_LEVEL, "msgFlags");
}

/* CVE-2008-0960: the first bytes of a right digest are no digest. */
static void
test_refuses_right_digests_of_other_lengths(void **state)
{
	static const int lengths[] = { -1, 1, 11, 13, 16, 20, 24, 48, 60 };
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	for (int known = 0; known < 2; known++) {
		for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
			s.digest_len = lengths[i];
			assert_refused(
			    r, &s, TL_EUSM_DIGEST, "msgAuthenticationParameters");
			assert_offset(r, r->in.p.auth_params);
			assert_int_equal(tl_usm_engine_count(r->usm), known);
		}
		s.digest_len = 12;
		assert_int_equal(take_from(r, &s, 0), TL_OK);
	}
}

/* Every bit of the message counts, those of the digest included. */
static void
test_refuses_a_message_with_any_bit_changed(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA224, TL_PRIV_NONE);
	uint8_t changed[MESSAGE_MAX];

	add_user(r, user_of(TL_AUTH_SHA224, TL_PRIV_NONE));
	tl_span m = send_message(&s);
	assert_int_equal(take(r, m, 0), TL_OK);
	size_t digest = (size_t)(r->in.p.auth_params.ptr - r->datagram);
	/* From there on the header stays readable. */
	for (size_t i = digest; i < m.len; i++) {
		if (i >= digest + 16 && i < digest + 18 + 4)
			continue; /* tags and lengths */
		memcpy(changed, m.ptr, m.len);
		changed[i] ^= 0x10;
		assert_int_equal(take(r, (tl_span){ changed, m.len }, 0), TL_EUSM_DIGEST);
	}
}

static void
test_the_datagram_is_left_as_it_was(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_MD5, TL_PRIV_DES);

	add_user(r, user_of(TL_AUTH_MD5, TL_PRIV_DES));
	tl_span m = send_message(&s);
	assert_int_equal(take(r, m, 0), TL_OK);
	assert_memory_equal(r->datagram, m.ptr, m.len);
}

static void
test_remembers_nothing_of_who_fails(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	s.auth_pass = SPAN("wrong passphrase");
	assert_refused(r, &s, TL_EUSM_DIGEST, "msgAuthenticationParameters");
	assert_int_equal(tl_usm_engine_count(r->usm), 0);
	s.auth_pass = AUTH_PASS;
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	assert_int_equal(tl_usm_engine_count(r->usm), 1);
}

static void
test_same_name_with_other_secrets_is_tried_in_turn(void **state)
{
	static const struct {
		tl_auth auth;
		tl_priv priv;
		const char *auth_pass;
	} rows[] = {
		{ TL_AUTH_SHA1, TL_PRIV_DES, "first passphrase" },
		{ TL_AUTH_SHA1, TL_PRIV_AES128, "second passphrase" },
		{ TL_AUTH_MD5, TL_PRIV_AES128, "second passphrase" },
		{ TL_AUTH_SHA512, TL_PRIV_AES256, "second passphrase" },
		{ TL_AUTH_SHA1, TL_PRIV_NONE, "third passphrase" },
	};
	enum { COUNT = sizeof rows / sizeof rows[0] };
	receiver *r = *state;
	sender s[COUNT];

	for (size_t i = 0; i < COUNT; i++) {
		tl_user user = user_of(rows[i].auth, rows[i].priv);
		s[i] = sender_of(rows[i].auth, rows[i].priv);
		s[i].auth_pass = (tl_span){ (const uint8_t *)rows[i].auth_pass,
			strlen(rows[i].auth_pass) };
		user.auth_secret.bytes = s[i].auth_pass;
		add_user(r, user);
	}
	for (int round = 0; round < 3; round++) {
		for (size_t i = COUNT; i-- > 0;) {
			assert_int_equal(take_from(r, &s[i], 0), TL_OK);
			assert_int_equal(r->out.auth, rows[i].auth);
			assert_int_equal(r->out.priv, rows[i].priv);
		}
	}
}

/* Their digests are the same, so only the decryption tells them apart. */
static void
test_same_name_and_authentication_with_other_privacy(void **state)
{
	static const tl_priv privs[] = { TL_PRIV_AES128, TL_PRIV_DES, TL_PRIV_AES256,
		TL_PRIV_AES256C };
	receiver *r = *state;

	for (size_t i = 0; i < 4; i++)
		add_user(r, user_of(TL_AUTH_SHA1, privs[i]));
	for (int round = 0; round < 20; round++) {
		sender s = sender_of(TL_AUTH_SHA1, privs[round % 4]);
		s.salt = (uint32_t)round;
		assert_int_equal(take_from(r, &s, 0), TL_OK);
		assert_int_equal(r->diag.err, TL_OK);
		assert_int_equal(r->out.priv, privs[round % 4]);
		assert_memory_equal(r->out.scoped.ptr, scoped_trap, sizeof scoped_trap);
	}
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_3DES);
	assert_refused(r, &s, TL_EUSM_DECRYPT, "encryptedPDU");
}

static void
test_user_of_one_engine_is_unknown_to_others(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	tl_user user = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);

	user.engine_id = ENGINE_A;
	add_user(r, user);
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	s.engine_id = ENGINE_B;
	assert_refused(r, &s, TL_EUSM_USER, "msgUserName");
	/* The same name for any engine: both serve. */
	user.engine_id.len = 0;
	user.auth_secret.bytes = SPAN("for the others");
	add_user(r, user);
	s.auth_pass = SPAN("for the others");
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	s.engine_id = ENGINE_A;
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	s.auth_pass = AUTH_PASS;
	assert_int_equal(take_from(r, &s, 0), TL_OK);
}

static void
test_localized_keys_serve_as_the_passphrases_do(void **state)
{
	static const tl_priv privs[] = { TL_PRIV_DES, TL_PRIV_AES128, TL_PRIV_AES192C };
	uint8_t ku[TL_HASH_MAX], kul[TL_HASH_MAX], key[TL_PRIV_KEY_MAX];
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		sender s = sender_of(TL_AUTH_SHA1, privs[i]);
		tl_user user = user_of(TL_AUTH_SHA1, privs[i]);
		receiver r;
		tl_usm_password_key(TL_AUTH_SHA1, AUTH_PASS, ku);
		tl_usm_localize(TL_AUTH_SHA1, ku, ENGINE_A, kul);
		user.auth_secret = (tl_secret){ TL_SECRET_KEY, { kul, 20 } };
		tl_usm_password_key(TL_AUTH_SHA1, PRIV_PASS, ku);
		tl_usm_priv_key(
		    &(tl_priv_key_job){ TL_AUTH_SHA1, privs[i], ku, ENGINE_A }, key);
		user.priv_secret = (tl_secret){ TL_SECRET_KEY,
			{ key, tl_priv_protocol_of(privs[i])->key_bytes } };
		user.engine_id = ENGINE_A;
		open_receiver(&r, NULL);
		add_user(&r, user);
		assert_int_equal(take_from(&r, &s, 0), TL_OK);
		assert_memory_equal(r.out.scoped.ptr, scoped_trap, sizeof scoped_trap);
		close_receiver(&r);
	}
}

/* Whoever asks for Reports and is not understood must be told our engine ID. */
static void
test_reportable_message_for_another_engine_that_fails_is_for_the_wrong_engine(
    void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);

	s.reportable = true;
	assert_refused(r, &s, TL_EUSM_ENGINE, "msgAuthoritativeEngineID");
	assert_offset(r, r->in.p.engine_id);
	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	s.level = TL_AUTH_NOPRIV;
	assert_refused(r, &s, TL_EUSM_ENGINE, "msgAuthoritativeEngineID");
	s.level = TL_AUTH_PRIV;
	s.auth_pass = SPAN("wrong passphrase");
	assert_refused(r, &s, TL_EUSM_ENGINE, "msgAuthoritativeEngineID");
	s.auth_pass = AUTH_PASS;
	s.priv_pass = SPAN("wrong passphrase");
	assert_refused(r, &s, TL_EUSM_ENGINE, "msgAuthoritativeEngineID");
	s.priv_pass = PRIV_PASS;
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	assert_false(r->out.ours);
	s.time_s = 1;
	assert_refused(r, &s, TL_EUSM_ENGINE, "msgAuthoritativeEngineID");
}

static void
test_reportable_message_for_us_keeps_its_reason(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);

	s.reportable = true;
	s.engine_id = OWN_ENGINE;
	assert_refused(r, &s, TL_EUSM_USER, "msgUserName");
	assert_true(r->out.ours);
}

static void
test_observer_takes_every_engine_for_a_sender(void **state)
{
	const tl_engine_options observer = { .boots = 0 };
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	receiver r;
	(void)state;

	open_receiver(&r, &observer);
	add_user(&r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	s.reportable = true;
	assert_int_equal(take_from(&r, &s, 0), TL_OK);
	assert_false(r.out.ours);
	s.auth_pass = SPAN("wrong passphrase");
	assert_refused(&r, &s, TL_EUSM_DIGEST, "msgAuthenticationParameters");
	s.engine_id.len = 0;
	assert_refused(&r, &s, TL_EUSM_ENGINE, "msgAuthoritativeEngineID");
	close_receiver(&r);
}

static void
test_refuses_salts_of_other_lengths(void **state)
{
	static const int lengths[] = { -1, 7, 9, 16 };
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	for (size_t i = 0; i < 4; i++) {
		s.salt_len = lengths[i];
		assert_refused(r, &s, TL_EUSM_DECRYPT, "msgPrivacyParameters");
		assert_offset(r, r->in.p.priv_params);
		assert_non_null(r->out.cred);
	}
}

static void
test_des_and_3des_need_whole_blocks(void **state)
{
	static const tl_priv privs[] = { TL_PRIV_DES, TL_PRIV_3DES };
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		sender s = sender_of(TL_AUTH_SHA1, privs[i]);
		receiver r;
		open_receiver(&r, NULL);
		add_user(&r, user_of(TL_AUTH_SHA1, privs[i]));
		for (s.extra = 1; s.extra < 8; s.extra++) {
			assert_refused(&r, &s, TL_EUSM_DECRYPT, "encryptedPDU");
			assert_offset(&r, r.in.data);
		}
		s.extra = 8; /* padding, if by a whole block */
		assert_int_equal(take_from(&r, &s, 0), TL_OK);
		close_receiver(&r);
	}
}

/* Reeder's extension takes as long as a thousand messages. */
static void
test_privacy_key_is_made_once(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES256C);
	size_t states = 2 * tl_auth_protocol_of(TL_AUTH_SHA1)->state_bytes;

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_AES256C));
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	tl_engines *e = &r->usm->engines;
	tl_usm_key *key = tl_engines_find_key(e, tl_engines_find(e, ENGINE_A), 0);
	key->bytes[states] ^= 1;
	assert_int_equal(take_from(r, &s, 0), TL_EUSM_DECRYPT);
}

/* One of two thousand wrong keys makes what begins like a SEQUENCE. */
static void
test_wrong_key_that_makes_a_sequence_does_not_hide_the_right_one(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_AES256));
	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	for (int i = 0; i < 10000; i++) {
		assert_int_equal(take_from(r, &s, 0), TL_OK);
		assert_int_equal(r->out.priv, TL_PRIV_AES128);
	}
}

static void
test_refuses_what_does_not_decrypt_to_a_sequence(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	int refused = 0;

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	s.priv_pass = SPAN("wrong passphrase");
	/* One in some hundred may look like a sequence; the parser behind sees to it. */
	for (int i = 0; i < 8; i++)
		refused += take_from(r, &s, 0) == TL_EUSM_DECRYPT;
	assert_true(refused >= 7);
}

static void
test_limits_keys_made_for_unknown_senders(void **state)
{
	const tl_engine_options few = {
		.engine_id = OWN_ENGINE, .boots = 1, .max_failures_per_s = 5
	};
	sender bad = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE), good = bad, known = bad;
	receiver r;
	(void)state;

	open_receiver(&r, &few);
	add_user(&r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	assert_int_equal(take_from(&r, &known, 0), TL_OK);
	bad.engine_id = ENGINE_B;
	bad.auth_pass = SPAN("wrong passphrase");
	good.engine_id = SPAN("\x80\0\0\0\1good");
	for (int i = 0; i < 5; i++)
		assert_refused(&r, &bad, TL_EUSM_DIGEST, "msgAuthenticationParameters");
	assert_refused(&r, &bad, TL_ERATE, "msgAuthoritativeEngineID");
	assert_refused(&r, &good, TL_ERATE, "msgAuthoritativeEngineID");
	assert_int_equal(take_from(&r, &known, 0), TL_OK);
	/* It comes back by one each fifth of a second, and success costs nothing. */
	assert_int_equal(take_from(&r, &good, SECOND / 5 - 1), TL_ERATE);
	assert_int_equal(take_from(&r, &good, SECOND / 5), TL_OK);
	assert_int_equal(take_from(&r, &bad, SECOND / 5), TL_EUSM_DIGEST);
	assert_int_equal(take_from(&r, &bad, SECOND / 5), TL_ERATE);
	/* Never more than one second's worth. */
	for (int i = 0; i < 5; i++)
		assert_int_equal(take_from(&r, &bad, 100 * SECOND), TL_EUSM_DIGEST);
	assert_int_equal(take_from(&r, &bad, 100 * SECOND), TL_ERATE);
	close_receiver(&r);
}

/* A name with several secrets costs several keys: those made before the budget ends are
 * spent, too. */
static void
test_limits_keys_of_each_credential_of_a_name(void **state)
{
	const tl_engine_options few = {
		.engine_id = OWN_ENGINE, .boots = 1, .max_failures_per_s = 5
	};
	sender bad = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE), good = bad;
	tl_user second = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	receiver r;
	(void)state;

	second.auth_secret.bytes = SPAN("another passphrase");
	open_receiver(&r, &few);
	add_user(&r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	add_user(&r, second);
	bad.auth_pass = SPAN("wrong passphrase");
	assert_int_equal(take_from(&r, &bad, 0), TL_EUSM_DIGEST);
	assert_int_equal(take_from(&r, &bad, 0), TL_EUSM_DIGEST);
	assert_int_equal(take_from(&r, &bad, 0), TL_ERATE); /* after the fifth */
	assert_int_equal(take_from(&r, &good, 0), TL_ERATE);
	assert_int_equal(take_from(&r, &good, SECOND / 5), TL_OK);
	close_receiver(&r);
}

/* Our own engine is known, and has one key for each credential at most. */
static void
test_a_flood_of_unknown_senders_does_not_keep_informs_out(void **state)
{
	const tl_engine_options few = {
		.engine_id = OWN_ENGINE, .boots = 1, .max_failures_per_s = 1
	};
	sender bad = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE), to_us = bad;
	receiver r;
	(void)state;

	open_receiver(&r, &few);
	add_user(&r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	bad.auth_pass = SPAN("wrong passphrase");
	assert_int_equal(take_from(&r, &bad, 0), TL_EUSM_DIGEST);
	assert_int_equal(take_from(&r, &bad, 0), TL_ERATE);
	to_us.engine_id = OWN_ENGINE;
	to_us.boots = 1;
	to_us.time_s = 0;
	assert_int_equal(take_from(&r, &to_us, 0), TL_OK);
	close_receiver(&r);
}

/* Forged messages in the name of a known engine hash with its keys: no new work. */
static void
test_failures_with_known_keys_spend_nothing(void **state)
{
	const tl_engine_options few = {
		.engine_id = OWN_ENGINE, .boots = 1, .max_failures_per_s = 1
	};
	sender good = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE), bad = good;
	receiver r;
	(void)state;

	open_receiver(&r, &few);
	add_user(&r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	assert_int_equal(take_from(&r, &good, 0), TL_OK);
	bad.auth_pass = SPAN("wrong passphrase");
	for (int i = 0; i < 3; i++)
		assert_int_equal(take_from(&r, &bad, 0), TL_EUSM_DIGEST);
	good.engine_id = ENGINE_B;
	assert_int_equal(take_from(&r, &good, 0), TL_OK);
	close_receiver(&r);
}

/* What is written beyond the arena is for the address sanitizer to see. */
static void
test_arena_of_any_fullness_is_enough_or_no_memory(void **state)
{
	static const tl_priv privs[] = { TL_PRIV_AES128, TL_PRIV_DES };
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		sender s = sender_of(TL_AUTH_SHA512, privs[i]);
		size_t left = 0;
		tl_err err = TL_ENOMEM;
		receiver r;
		open_receiver(&r, NULL);
		add_user(&r, user_of(TL_AUTH_SHA512, privs[i]));
		assert_int_equal(take_from(&r, &s, 0), TL_OK);
		for (; err == TL_ENOMEM && left < 4096; left += 16) {
			tl_arena_reset(r.arena);
			assert_non_null(tl_arena_take(r.arena, 65536 - left));
			err = tl_usm_process(r.usm, &r.in, r.arena, &r.out, &r.diag);
		}
		assert_int_equal(err, TL_OK);
		assert_true(left > r.in.message.len);
		close_receiver(&r);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_takes_every_pair_of_protocols),
		TEST(test_takes_what_net_snmp_sent),
		TEST(test_refuses_engine_id_of_4_bytes),
		TEST(test_refuses_engine_id_of_33_bytes),
		TEST(test_refuses_an_unknown_user),
		TEST(test_least_level_is_the_most_that_the_secrets_allow),
		TEST(test_lower_levels_are_taken_when_the_user_allows_them),
		TEST(test_refuses_a_level_that_the_user_has_no_secret_for),
		TEST(test_refuses_right_digests_of_other_lengths),
		TEST(test_refuses_a_message_with_any_bit_changed),
		TEST(test_the_datagram_is_left_as_it_was),
		TEST(test_remembers_nothing_of_who_fails),
		TEST(test_same_name_with_other_secrets_is_tried_in_turn),
		TEST(test_same_name_and_authentication_with_other_privacy),
		TEST(test_user_of_one_engine_is_unknown_to_others),
		TEST(test_localized_keys_serve_as_the_passphrases_do),
		TEST(
		    test_reportable_message_for_another_engine_that_fails_is_for_the_wrong_engine),
		TEST(test_reportable_message_for_us_keeps_its_reason),
		TEST(test_observer_takes_every_engine_for_a_sender),
		TEST(test_refuses_salts_of_other_lengths),
		TEST(test_des_and_3des_need_whole_blocks),
		TEST(test_privacy_key_is_made_once),
		TEST(test_wrong_key_that_makes_a_sequence_does_not_hide_the_right_one),
		TEST(test_refuses_what_does_not_decrypt_to_a_sequence),
		TEST(test_limits_keys_made_for_unknown_senders),
		TEST(test_limits_keys_of_each_credential_of_a_name),
		TEST(test_a_flood_of_unknown_senders_does_not_keep_informs_out),
		TEST(test_failures_with_known_keys_spend_nothing),
		TEST(test_arena_of_any_fullness_is_enough_or_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
