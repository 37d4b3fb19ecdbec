/* A sender and our own receiver: every version, level and protocol, engine discovery,
 * clocks, receivers that start anew or have other secrets. */
#include "talk.h"

#include "usm/keys.h"

static tl_level
level_of(const tl_user *u)
{
	if (u->priv != TL_PRIV_NONE)
		return TL_AUTH_PRIV;
	return u->auth != TL_AUTH_NONE ? TL_AUTH_NOPRIV : TL_NOAUTH_NOPRIV;
}

static void
assert_acknowledged(talk *t, uint64_t ticket)
{
	tl_send_result r = only_result(t);

	assert_int_equal(r.err, TL_OK);
	assert_true(r.ticket == ticket);
	assert_int_equal(r.tries, 1); /* what it took to learn the clock is none */
	assert_int_equal(t->ev.kind, TL_EV_NOTIFICATION);
	assert_int_equal(tl_sender_outstanding(t->s), 0);
}

static void
test_v1_and_v2c_traps_arrive(void **state)
{
	(void)state;
	for (uint8_t version = 1; version <= 2; version++) {
		talk *t = talk_open(
		    (tl_sender_options){ .version = version, .community = LIT("c0mm") });
		uint64_t ticket = notify(t, TL_TRAP);
		assert_true(tl_sender_next_timeout_ns(t->s) == INT64_MIN);
		assert_int_equal(converse(t), 1);
		assert_int_equal(t->ev.n->version, version);
		assert_bytes(t->ev.n->community, LIT("c0mm"));
		assert_acknowledged(t, ticket);
		assert_true(tl_sender_next_timeout_ns(t->s) == INT64_MAX);
		talk_close(t);
	}
}

static void
test_v2c_inform_is_acknowledged(void **state)
{
	talk *t = talk_open((tl_sender_options){ .version = 0 });
	uint64_t ticket = notify(t, TL_INFORM);
	(void)state;

	assert_true(next_message(t));
	tl_span reply = receive(t, t->message);
	assert_int_equal(t->ev.n->kind, TL_INFORM);
	assert_true(tl_sender_next_timeout_ns(t->s) == t->now_ns + SECOND);
	t->now_ns += 1500;
	answer(t, reply);
	tl_send_result r = only_result(t);
	assert_int_equal(r.err, TL_OK);
	assert_int_equal(r.latency_ns, 1500);
	assert_int_equal(r.tries, 1);
	assert_true(r.ticket == ticket);
	talk_close(t);
}

static void
test_community_may_be_empty(void **state)
{
	talk *t = talk_open((tl_sender_options){ .community = LIT("") });
	uint64_t ticket = notify(t, TL_INFORM);
	(void)state;

	assert_int_equal(converse(t), 1);
	assert_int_equal(t->ev.n->community.len, 0);
	assert_acknowledged(t, ticket);
	talk_close(t);
}

/* A trap, an inform with discovery, and a second one without. */
static void
carry_all(talk *t, const tl_user *u, tl_level level)
{
	uint64_t ticket = notify(t, TL_TRAP);

	assert_int_equal(converse(t), 1);
	assert_int_equal(t->ev.n->v3.level, level);
	assert_int_equal(t->ev.n->v3.auth, level > TL_NOAUTH_NOPRIV ? u->auth : 0);
	assert_int_equal(t->ev.n->v3.priv, level > TL_AUTH_NOPRIV ? u->priv : 0);
	assert_bytes(t->ev.n->v3.engine_id, OWN_ID);
	assert_bytes(t->ev.n->v3.context_engine_id, OWN_ID);
	assert_int_equal(t->ev.n->v3.boots, 3);
	assert_acknowledged(t, ticket);
	ticket = notify(t, TL_INFORM);
	assert_int_equal(converse(t), level > TL_NOAUTH_NOPRIV ? 3 : 2);
	assert_int_equal(t->ev.n->kind, TL_INFORM);
	assert_int_equal(t->ev.n->v3.level, level);
	assert_bytes(t->ev.n->v3.engine_id, PEER_ID);
	assert_acknowledged(t, ticket);
	t->now_ns += 3600 * SECOND;
	ticket = notify(t, TL_INFORM);
	assert_int_equal(converse(t), 1);
	assert_acknowledged(t, ticket);
	assert_int_equal(tl_sender_counters(t->s)->probes, 1);
	assert_int_equal(tl_sender_counters(t->s)->refused, 0);
}

static void
test_v3_of_every_auth_and_priv_protocol(void **state)
{
	(void)state;
	for (unsigned a = TL_AUTH_NONE; a < TL_AUTH_COUNT; a++) {
		unsigned privs = a == TL_AUTH_NONE ? 1 : TL_PRIV_COUNT;
		for (unsigned p = TL_PRIV_NONE; p < privs; p++) {
			tl_user u = user_of((tl_auth)a, (tl_priv)p);
			talk *t = talk_open((tl_sender_options){
			    .version = 3, .user = &u, .context_name = LIT("ctx") });
			carry_all(t, &u, level_of(&u));
			assert_bytes(t->ev.n->v3.context_name, LIT("ctx"));
			talk_close(t);
		}
	}
}

/* An inform is encoded when it is submitted: what it borrowed may be gone by then. */
static void
test_a_notification_may_have_a_context_of_its_own(void **state)
{
	static const tl_kind kinds[] = { TL_TRAP, TL_INFORM };
	tl_user u = user_of(TL_AUTH_SHA256, TL_PRIV_AES128);
	talk *t = talk_open(
	    (tl_sender_options){ .version = 3, .user = &u, .context_name = LIT("ctx") });
	uint64_t ticket;

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		uint8_t name[] = "vrf", id[] = "device";
		tl_outgoing out = cold_start(kinds[i]);
		out.context.present = true;
		out.context.name = (tl_span){ name, 3 };
		out.context.engine_id = (tl_span){ id, 6 };
		assert_int_equal(tl_sender_notify(t->s, &out, t->now_ns, &ticket), TL_OK);
		memset(name, 0, sizeof name);
		memset(id, 0, sizeof id);
		converse(t);
		assert_bytes(t->ev.n->v3.context_name, LIT("vrf"));
		assert_bytes(t->ev.n->v3.context_engine_id, LIT("device"));
		assert_acknowledged(t, ticket);
	}
	tl_outgoing out = cold_start(TL_TRAP);
	out.context.present = true; /* of none: of our own engine, without a name */
	assert_int_equal(tl_sender_notify(t->s, &out, t->now_ns, &ticket), TL_OK);
	converse(t);
	assert_int_equal(t->ev.n->v3.context_name.len, 0);
	assert_bytes(t->ev.n->v3.context_engine_id, OWN_ID);
	static const uint8_t long_name[256];
	out.context.name = (tl_span){ long_name, sizeof long_name };
	assert_int_equal(tl_sender_notify(t->s, &out, t->now_ns, &ticket), TL_EINVAL);
	assert_string_equal(tl_sender_problem(t->s)->why, "too long a context");
	talk_close(t);
}

static void
test_v3_of_every_level_below_what_the_secrets_allow(void **state)
{
	(void)state;
	for (int level = TL_NOAUTH_NOPRIV; level <= TL_AUTH_PRIV; level++) {
		tl_user u = user_of(TL_AUTH_SHA256, TL_PRIV_AES128);
		u.min_level = TL_NOAUTH_NOPRIV;
		talk *t = talk_open((tl_sender_options){
		    .version = 3, .user = &u, .level = (tl_level)level });
		carry_all(t, &u, (tl_level)level);
		talk_close(t);
	}
}

static void
test_master_keys_and_localized_keys_are_as_good_as_passphrases(void **state)
{
	const tl_user receivers = user_of(TL_AUTH_SHA1, TL_PRIV_AES256);
	uint8_t auth[TL_HASH_MAX], priv[TL_HASH_MAX], key[TL_PRIV_KEY_MAX];
	tl_user u = receivers;
	(void)state;

	tl_usm_password_key(TL_AUTH_SHA1, u.auth_secret.bytes, auth);
	tl_usm_password_key(TL_AUTH_SHA1, u.priv_secret.bytes, priv);
	u.auth_secret = (tl_secret){ TL_SECRET_MASTER_KEY, { auth, 20 } };
	u.priv_secret = (tl_secret){ TL_SECRET_MASTER_KEY, { priv, 20 } };
	talk *t = talk_open((tl_sender_options){ .version = 3, .user = &u });
	talk_open_engine(t, PEER_ID, PEER_BOOTS, &receivers);
	carry_all(t, &u, TL_AUTH_PRIV);
	talk_open_engine(t, PEER_ID, PEER_BOOTS, &u); /* the receiver takes them, too */
	uint64_t ticket = notify(t, TL_TRAP);
	assert_int_equal(converse(t), 1);
	assert_acknowledged(t, ticket);
	talk_close(t);

	tl_usm_priv_key(
	    &(tl_priv_key_job){ TL_AUTH_SHA1, TL_PRIV_AES256, priv, OWN_ID }, key);
	tl_usm_localize(TL_AUTH_SHA1, auth, OWN_ID, auth);
	u.auth_secret = (tl_secret){ TL_SECRET_KEY, { auth, 20 } };
	u.priv_secret = (tl_secret){ TL_SECRET_KEY, { key, 32 } };
	u.engine_id = OWN_ID;
	t = talk_open((tl_sender_options){ .version = 3, .user = &u });
	talk_open_engine(t, PEER_ID, PEER_BOOTS, &receivers);
	ticket = notify(t, TL_TRAP);
	assert_int_equal(converse(t), 1);
	assert_acknowledged(t, ticket);
	u.auth_secret.bytes.len = 19;
	const tl_sender_options opt = { .version = 3, .user = &u };
	tl_sender *none;
	assert_int_equal(tl_sender_new(&opt, &none), TL_ESECRET);
	u.auth_secret.kind = TL_SECRET_MASTER_KEY;
	assert_int_equal(tl_sender_new(&opt, &none), TL_ESECRET);
	talk_close(t);
}

static void
test_what_is_known_of_the_peer_is_not_asked_for(void **state)
{
	talk *t = talk_open_v3(TL_AUTH_SHA1, TL_PRIV_NONE);
	tl_user u = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	tl_sender_options opt = { .version = 3, .user = &u };
	(void)state;

	assert_false(tl_sender_peer(t->s, &opt.peer));
	(void)notify(t, TL_INFORM);
	assert_int_equal(converse(t), 3);
	assert_true(tl_sender_peer(t->s, &opt.peer));
	assert_int_equal(opt.peer.boots, PEER_BOOTS);
	talk *next = talk_open(opt);
	uint64_t ticket = notify(next, TL_INFORM);
	assert_int_equal(converse(next), 1);
	assert_acknowledged(next, ticket);
	talk_close(next);
	opt.peer.boots = 0; /* only its engine ID */
	next = talk_open(opt);
	ticket = notify(next, TL_INFORM);
	assert_int_equal(converse(next), 2);
	assert_acknowledged(next, ticket);
	assert_int_equal(tl_sender_counters(next->s)->probes, 0);
	talk_close(next);
	talk_close(t);
}

static void
test_one_inform_learns_the_clock_and_the_others_wait(void **state)
{
	talk *t = talk_open_v3(TL_AUTH_SHA256, TL_PRIV_AES128);
	(void)state;

	for (int i = 0; i < 1024; i++)
		(void)notify(t, TL_INFORM);
	const tl_outgoing more = cold_start(TL_INFORM);
	uint64_t ticket;
	assert_int_equal(tl_sender_notify(t->s, &more, t->now_ns, &ticket), TL_ELIMIT);
	/* A probe, one with a wrong clock, and each of them once. */
	assert_int_equal(converse(t), 1 + 1 + 1024);
	assert_int_equal(tl_sender_outstanding(t->s), 1024);
	tl_send_result r;
	for (int i = 0; i < 1024; i++) {
		assert_true(tl_sender_next_result(t->s, &r));
		assert_int_equal(r.err, TL_OK);
	}
	assert_int_equal(tl_engine_counters(t->e)->informs, 1024);
	assert_int_equal(tl_sender_notify(t->s, &more, t->now_ns, &ticket), TL_OK);
	talk_close(t);
}

static void
test_a_lost_leader_holds_nobody_back(void **state)
{
	talk *t = talk_open_v3(TL_AUTH_SHA256, TL_PRIV_NONE);
	(void)state;

	for (int i = 0; i < 10; i++)
		(void)notify(t, TL_INFORM);
	assert_true(next_message(t)); /* the probe */
	answer(t, receive(t, t->message));
	assert_true(next_message(t)); /* the leader, lost */
	assert_false(next_message(t));
	sleep_until_due(t);
	for (int i = 0; i < 10; i++)
		assert_true(next_message(t));
	assert_false(next_message(t));
	for (int i = 0; i < 6; i++) {
		sleep_until_due(t);
		while (next_message(t))
			;
	}
	tl_send_result r;
	for (int i = 0; i < 10; i++) {
		assert_true(tl_sender_next_result(t->s, &r));
		assert_int_equal(r.err, TL_ETIMEOUT);
		assert_int_equal(r.tries, 6);
	}
	talk_close(t);
}

static void
test_a_receiver_that_started_anew_is_synchronised_with(void **state)
{
	tl_user u = user_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	talk *t = talk_open_v3(TL_AUTH_SHA1, TL_PRIV_AES128);
	uint64_t ticket = notify(t, TL_INFORM);
	(void)state;

	(void)converse(t);
	assert_acknowledged(t, ticket);
	talk_open_engine(t, PEER_ID, PEER_BOOTS + 1, &u);
	ticket = notify(t, TL_INFORM);
	assert_int_equal(converse(t), 2);
	assert_acknowledged(t, ticket);
	talk_open_engine(t, PEER_ID, 1, &u); /* it lost its engineBoots */
	ticket = notify(t, TL_INFORM);
	assert_int_equal(converse(t), 2);
	assert_acknowledged(t, ticket);
	talk_close(t);
}

static void
test_a_receiver_with_another_engine_id_is_discovered_anew(void **state)
{
	tl_user u = user_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	talk *t = talk_open_v3(TL_AUTH_SHA1, TL_PRIV_AES128);
	(void)state;

	(void)notify(t, TL_INFORM);
	(void)converse(t);
	(void)only_result(t);
	talk_open_engine(t, LIT("\x80\x00\x00\x00\x01other"), 1, &u);
	tl_span replies[5];
	for (int i = 0; i < 5; i++) {
		(void)notify(t, TL_INFORM);
		assert_true(next_message(t));
		replies[i] = exact_copy(receive(t, t->message));
	}
	/* One probe, one to learn the clock, and each again; the last one's Report comes
	 * when the new engine is known already. */
	int sent = 0;
	for (int i = 0; i < 5; i++) {
		if (i == 4)
			sent = converse(t);
		answer(t, replies[i]);
		free((void *)(uintptr_t)replies[i].ptr);
	}
	assert_int_equal(sent, 1 + 1 + 4);
	assert_int_equal(converse(t), 1);
	tl_send_result r;
	for (int i = 0; i < 5; i++) {
		assert_true(tl_sender_next_result(t->s, &r));
		assert_int_equal(r.err, TL_OK);
		assert_int_equal(r.tries, 1);
	}
	talk_close(t);
}

static void
test_a_wrong_engine_id_that_was_given_stays(void **state)
{
	tl_user u = user_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	tl_sender_options opt = { .version = 3, .user = &u };
	(void)state;

	opt.peer = clock_of(LIT("\x80\x00\x00\x00\x01wrong"), 0, 0, 0);
	talk *t = talk_open(opt);
	(void)notify(t, TL_INFORM);
	assert_int_equal(converse(t), 1);
	tl_send_result r = only_result(t);
	assert_int_equal(r.err, TL_EUSM_ENGINE);
	assert_non_null(strstr(r.why, "engine ID"));
	talk_close(t);
}

/* What a receiver with another idea of the user reports. */
static void
assert_reported(const tl_user *receivers, tl_err err)
{
	talk *t = talk_open_v3(TL_AUTH_SHA1, TL_PRIV_AES128);

	talk_open_engine(t, PEER_ID, PEER_BOOTS, receivers);
	uint64_t ticket = notify(t, TL_INFORM);
	(void)converse(t);
	tl_send_result r = only_result(t);
	assert_int_equal(r.err, err);
	assert_true(r.ticket == ticket);
	assert_true(r.tries <= 2);
	talk_close(t);
}

static void
test_reports_say_what_is_wrong(void **state)
{
	tl_user u = user_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	(void)state;

	assert_reported(&u, TL_OK);
	u.name = LIT("nobody");
	assert_reported(&u, TL_EUSM_USER);
	u = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	assert_reported(&u, TL_EUSM_LEVEL);
	u = user_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	u.auth_secret.bytes = LIT("another pass");
	assert_reported(&u, TL_EUSM_DIGEST);
	u = user_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	u.priv_secret.bytes = LIT("another pass");
	assert_reported(&u, TL_EUSM_DECRYPT);
	u = user_of(TL_AUTH_SHA1, TL_PRIV_AES192);
	assert_reported(&u, TL_EUSM_DECRYPT);
}

static void
test_a_clone_is_another_engine_with_the_same_secrets(void **state)
{
	talk *t = talk_open_v3(TL_AUTH_SHA512, TL_PRIV_AES256C);
	const tl_clock engine = clock_of(LIT("\x80\x00\x00\x00\x01"
					     "clone"),
	    9, 77, t->now_ns);
	const tl_clock bad = clock_of(LIT("abcd"), 9, 77, t->now_ns);
	tl_sender *clone;
	(void)state;

	assert_int_equal(tl_sender_clone(t->s, &bad, &clone), TL_EINVAL);
	assert_int_equal(tl_sender_clone(t->s, &engine, &clone), TL_OK);
	tl_sender_free(t->s);
	t->s = clone;
	uint64_t ticket = notify(t, TL_TRAP);
	assert_int_equal(converse(t), 1);
	assert_int_equal(t->ev.n->v3.boots, 9);
	assert_int_equal(t->ev.n->v3.time_s, 77);
	assert_acknowledged(t, ticket);
	ticket = notify(t, TL_INFORM);
	assert_int_equal(converse(t), 3);
	assert_acknowledged(t, ticket);
	talk_close(t);
}

static void
test_refuses_options_that_do_not_fit(void **state)
{
	tl_user u = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	static const uint8_t bytes[256];
	const tl_sender_options bad[] = {
		{ .version = 4 },
		{ .version = 3 },
		{ .version = 3, .user = &u, .level = TL_AUTH_PRIV },
		{ .community = { bytes, 256 } },
		{ .context_name = { bytes, 256 } },
		{ .context_engine_id = { bytes, 4 } },
		{ .context_engine_id = { bytes, 33 } },
		{ .max_size = 483 },
		{ .max_size = TL_DATAGRAM_MAX + 1 },
		{ .max_outstanding = TL_OUTSTANDING_MAX + 1 },
		{ .engine = { .engine_id_len = 5 } },
		{ .engine = { .engine_id_len = 4, .boots = 1 } },
		{ .peer = { .engine_id_len = 33 } },
		{ .peer = { .engine_id_len = 5, .boots = UINT32_MAX } },
	};
	tl_sender *s;
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(tl_sender_new(&bad[i], &s), TL_EINVAL);
	const tl_sender_options none = { .version = 3, .user = &u };
	const tl_outgoing trap = cold_start(TL_TRAP);
	uint64_t ticket;
	assert_int_equal(tl_sender_new(&none, &s), TL_OK);
	assert_int_equal(tl_sender_notify(s, &trap, 0, &ticket), TL_EINVAL);
	assert_non_null(strstr(tl_sender_problem(s)->why, "engine ID"));
	tl_sender_free(s);
}

static void
test_takes_65536_outstanding(void **state)
{
	talk *t = talk_open((tl_sender_options){ .max_outstanding = TL_OUTSTANDING_MAX });
	const tl_outgoing more = cold_start(TL_INFORM);
	uint64_t ticket = 0;
	(void)state;

	for (int i = 0; i < TL_OUTSTANDING_MAX; i++)
		ticket = notify(t, TL_INFORM);
	assert_int_equal(tl_sender_notify(t->s, &more, t->now_ns, &ticket), TL_ELIMIT);
	assert_true(tl_sender_cancel(t->s, ticket, t->now_ns, NULL));
	assert_false(tl_sender_cancel(t->s, ticket, t->now_ns, NULL));
	(void)notify(t, TL_INFORM);
	assert_int_equal(converse(t), TL_OUTSTANDING_MAX);
	assert_int_equal(tl_engine_counters(t->e)->informs, TL_OUTSTANDING_MAX);
	talk_close(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v1_and_v2c_traps_arrive),
		cmocka_unit_test(test_v2c_inform_is_acknowledged),
		cmocka_unit_test(test_community_may_be_empty),
		cmocka_unit_test(test_v3_of_every_auth_and_priv_protocol),
		cmocka_unit_test(test_a_notification_may_have_a_context_of_its_own),
		cmocka_unit_test(test_v3_of_every_level_below_what_the_secrets_allow),
		cmocka_unit_test(
		    test_master_keys_and_localized_keys_are_as_good_as_passphrases),
		cmocka_unit_test(test_what_is_known_of_the_peer_is_not_asked_for),
		cmocka_unit_test(test_one_inform_learns_the_clock_and_the_others_wait),
		cmocka_unit_test(test_a_lost_leader_holds_nobody_back),
		cmocka_unit_test(test_a_receiver_that_started_anew_is_synchronised_with),
		cmocka_unit_test(
		    test_a_receiver_with_another_engine_id_is_discovered_anew),
		cmocka_unit_test(test_a_wrong_engine_id_that_was_given_stays),
		cmocka_unit_test(test_reports_say_what_is_wrong),
		cmocka_unit_test(test_a_clone_is_another_engine_with_the_same_secrets),
		cmocka_unit_test(test_refuses_options_that_do_not_fit),
		cmocka_unit_test(test_takes_65536_outstanding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
