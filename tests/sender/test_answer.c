/* Answers that come late, twice, never, to something else, damaged or from somebody else,
 * by a script. */
#include "talk.h"

#include "ber/reader.h"
#include "ber/writer.h"
#include "pdu/message.h"
#include "pdu/pdu.h"

enum { TRIES = 6 };

/* A v2c message with a PDU of our making. */
typedef struct script {
	uint8_t version, tag;
	const char *community;
	int64_t request_id, status, index;
	uint8_t memory[256];
} script;

static tl_span
write_script(script *c)
{
	tl_writer w = tl_writer_of(c->memory, sizeof c->memory);

	tl_write_header(&w, TL_BER_SEQUENCE, w.end);
	tl_write_integer(&w, c->index);
	tl_write_integer(&w, c->status);
	tl_write_integer(&w, c->request_id);
	tl_write_header(&w, c->tag, w.end);
	tl_write_octets(&w, TL_T_OCTETS, span_of(c->community));
	tl_write_integer(&w, c->version);
	tl_write_header(&w, TL_BER_SEQUENCE, w.end);
	return tl_writer_span(&w);
}

static int64_t
request_id_of(tl_span message)
{
	tl_diag diag = { .err = TL_OK };
	tl_message m;

	tl_message_read(message, &m, &diag);
	return tl_pdu_peek_request_id(m.body);
}

/* What answers the v2c inform that was sent last. */
static script
script_of(const talk *t)
{
	return (script){ .version = 1,
		.tag = TL_PDU_RESPONSE,
		.community = "public",
		.request_id = request_id_of(t->message) };
}

static talk *
open_v2c(void)
{
	return talk_open((tl_sender_options){ .version = 2 });
}

static const tl_send_counters *
counters(const talk *t)
{
	return tl_sender_counters(t->s);
}

static void
test_sent_again_until_the_third_is_answered(void **state)
{
	talk *t = open_v2c();
	(void)state;

	(void)notify(t, TL_INFORM);
	assert_true(next_message(t));
	int64_t first = request_id_of(t->message);
	for (int i = 0; i < 2; i++) {
		assert_false(next_message(t));
		t->now_ns += SECOND - 1;
		assert_false(next_message(t));
		t->now_ns += 1;
		assert_true(next_message(t));
		assert_true(request_id_of(t->message) == first);
	}
	answer(t, receive(t, t->message));
	tl_send_result r = only_result(t);
	assert_int_equal(r.err, TL_OK);
	assert_int_equal(r.tries, 3);
	assert_true(r.latency_ns == 2 * SECOND);
	assert_int_equal(counters(t)->repeats, 2);
	assert_int_equal(counters(t)->informs, 3);
	talk_close(t);
}

static void
test_no_answer_at_all_is_a_timeout_after_all_tries(void **state)
{
	talk *t = talk_open((tl_sender_options){ .tries = 3, .timeout_ms = 200 });
	int64_t start_ns = t->now_ns;
	(void)state;

	(void)notify(t, TL_INFORM);
	for (int i = 0; i < 3; i++) {
		assert_true(next_message(t));
		assert_false(next_message(t));
		assert_false(has_result(t));
		sleep_until_due(t);
	}
	assert_false(next_message(t));
	tl_send_result r = only_result(t);
	assert_int_equal(r.err, TL_ETIMEOUT);
	assert_int_equal(r.tries, 3);
	assert_true(t->now_ns == start_ns + 3 * SECOND / 5);
	assert_true(tl_sender_next_timeout_ns(t->s) == INT64_MAX);
	talk_close(t);
}

static void
test_an_answer_to_the_first_message_after_the_second_was_sent_counts(void **state)
{
	(void)state;
	for (int v3 = 0; v3 < 2; v3++) {
		talk *t = v3 ? talk_open_v3(TL_AUTH_SHA1, TL_PRIV_AES128) : open_v2c();
		(void)notify(t, TL_INFORM);
		(void)converse(t);
		(void)only_result(t);
		(void)notify(t, TL_INFORM);
		assert_true(next_message(t));
		tl_span reply = exact_copy(receive(t, t->message));
		sleep_until_due(t);
		assert_true(next_message(t));
		answer(t, reply);
		assert_int_equal(only_result(t).err, TL_OK);
		/* And the one to the second comes too late. */
		answer(t, receive(t, t->message));
		assert_false(has_result(t));
		assert_int_equal(counters(t)->unexpected, 1);
		free((void *)(uintptr_t)reply.ptr);
		talk_close(t);
	}
}

static void
test_an_answer_while_it_waits_to_be_sent_again_counts(void **state)
{
	talk *t = open_v2c();
	uint8_t small[300];
	tl_buf room = { .ptr = small, .cap = sizeof small };
	(void)state;

	(void)notify(t, TL_INFORM);
	assert_true(next_message(t));
	tl_span reply = receive(t, t->message);
	sleep_until_due(t);
	/* It is due, and there is no room for it. */
	assert_int_equal(
	    tl_sender_next_output(t->s, t->now_ns, &room, &t->message), TL_ENOSPC);
	assert_true(tl_sender_next_timeout_ns(t->s) == INT64_MIN);
	answer(t, reply);
	assert_int_equal(only_result(t).err, TL_OK);
	assert_false(next_message(t));
	talk_close(t);
}

static void
test_the_same_answer_twice_and_after_the_last_try_is_ignored(void **state)
{
	talk *t = open_v2c();
	(void)state;

	(void)notify(t, TL_INFORM);
	assert_true(next_message(t));
	tl_span reply = receive(t, t->message);
	answer(t, reply);
	answer(t, reply);
	assert_int_equal(only_result(t).err, TL_OK);
	answer(t, reply);
	assert_int_equal(counters(t)->answers, 1);
	assert_int_equal(counters(t)->unexpected, 2);
	/* The place is used again: an answer to what it had before is none. */
	(void)notify(t, TL_INFORM);
	assert_true(next_message(t));
	answer(t, reply);
	assert_false(has_result(t));
	assert_int_equal(counters(t)->unexpected, 3);
	talk_close(t);
}

static void
test_another_request_id_or_community_or_version_or_pdu_is_no_answer(void **state)
{
	talk *t = open_v2c();
	(void)state;

	(void)notify(t, TL_INFORM);
	assert_true(next_message(t));
	script right = script_of(t), c = right;
	for (int bit = 0; bit < 32; bit++) {
		c.request_id = (int32_t)((uint32_t)right.request_id ^ 1u << bit);
		answer(t, write_script(&c));
	}
	assert_int_equal(counters(t)->unexpected, 32);
	c = right;
	c.community = "Public";
	answer(t, write_script(&c));
	c.community = "";
	answer(t, write_script(&c));
	c = right;
	c.version = 0;
	answer(t, write_script(&c));
	static const uint8_t tags[] = { 0xa0, 0xa1, 0xa6, 0xa7, 0xa8, 0x30 };
	for (size_t i = 0; i < COUNT(tags); i++) {
		c = right;
		c.tag = tags[i];
		answer(t, write_script(&c));
	}
	answer(t, LIT(""));
	assert_int_equal(counters(t)->refused, 3 + COUNT(tags) + 1);
	assert_false(has_result(t));
	answer(t, write_script(&right));
	assert_int_equal(only_result(t).err, TL_OK);
	talk_close(t);
}

static void
test_an_error_status_is_told(void **state)
{
	talk *t = open_v2c();
	(void)state;

	(void)notify(t, TL_INFORM);
	assert_true(next_message(t));
	script c = script_of(t);
	c.status = 16;
	c.index = 2;
	answer(t, write_script(&c));
	tl_send_result r = only_result(t);
	assert_int_equal(r.err, TL_EREPLY);
	assert_int_equal(r.error_status, 16);
	assert_int_equal(r.error_index, 2);
	assert_string_equal(tl_error_status_name(16), "authorizationError");
	assert_string_equal(tl_error_status_name(0), "noError");
	assert_string_equal(tl_error_status_name(18), "inconsistentName");
	assert_string_equal(tl_error_status_name(19), "");
	assert_string_equal(tl_error_status_name(-1), "");
	talk_close(t);
}

/* Every cut and every changed byte of an answer is ignored; then the right one counts. */
static void
damage_answer(talk *t)
{
	(void)notify(t, TL_INFORM);
	(void)converse(t);
	(void)only_result(t);
	(void)notify(t, TL_INFORM);
	assert_true(next_message(t));
	tl_span reply = receive(t, t->message);
	for (size_t len = 0; len < reply.len; len++)
		answer(t, (tl_span){ reply.ptr, len });
	assert_int_equal(counters(t)->refused, reply.len);
	uint8_t *bytes = (uint8_t *)(uintptr_t)reply.ptr;
	for (size_t i = 0; i < reply.len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			bytes[i] ^= (uint8_t)(1 << bit);
			answer(t, reply);
			bytes[i] ^= (uint8_t)(1 << bit);
		}
	}
	assert_false(has_result(t));
	answer(t, reply);
	assert_int_equal(only_result(t).err, TL_OK);
}

static void
test_a_damaged_answer_of_v3_is_never_taken(void **state)
{
	talk *t = talk_open_v3(TL_AUTH_SHA1, TL_PRIV_NONE);
	(void)state;

	damage_answer(t);
	talk_close(t);
	t = talk_open_v3(TL_AUTH_MD5, TL_PRIV_DES);
	damage_answer(t);
	talk_close(t);
	t = talk_open_v3(TL_AUTH_SHA384, TL_PRIV_AES256);
	damage_answer(t);
	talk_close(t);
}

static void
test_no_answer_to_discovery_is_a_timeout_for_each_in_its_time(void **state)
{
	talk *t = talk_open_v3(TL_AUTH_SHA1, TL_PRIV_NONE);
	tl_send_result r;
	int probes = 0;
	(void)state;

	uint64_t first = notify(t, TL_INFORM);
	for (int i = 0; i < TRIES; i++) {
		assert_true(next_message(t));
		assert_false(next_message(t));
		probes++;
		if (i == 2)
			(void)notify(t, TL_INFORM);
		sleep_until_due(t);
	}
	assert_true(next_message(t)); /* for the second one */
	r = only_result(t);
	assert_true(r.ticket == first);
	assert_int_equal(r.err, TL_ETIMEOUT);
	assert_int_equal(r.tries, 0);
	assert_non_null(strstr(r.why, "discovery"));
	assert_int_equal(counters(t)->probes, probes + 1);
	for (int i = 0; i < 2; i++) {
		sleep_until_due(t);
		(void)next_message(t);
	}
	assert_int_equal(only_result(t).err, TL_ETIMEOUT);
	assert_false(next_message(t));
	talk_close(t);
}

/* A Report by nobody in particular, with usmStats.|number|, to the message sent last. */
static void
report(talk *t, uint32_t number, tl_span engine_id)
{
	const uint8_t counter[] = { 0x2b, 6, 1, 6, 3, 15, 1, 1, (uint8_t)number, 0 };
	uint8_t memory[256], flags = 0;
	tl_writer w = tl_writer_of(memory, sizeof memory);
	tl_diag diag = { .err = TL_OK };
	tl_message m;

	tl_message_read(t->message, &m, &diag);
	tl_pdu_write_report(&w, 0, (tl_oid){ counter, sizeof counter }, 1);
	tl_write_octets(&w, TL_T_OCTETS, LIT(""));
	tl_write_octets(&w, TL_T_OCTETS, engine_id);
	tl_write_header(&w, TL_BER_SEQUENCE, w.end);
	const uint8_t *params = w.p;
	for (int i = 0; i < 3; i++)
		tl_write_octets(&w, TL_T_OCTETS, LIT(""));
	tl_write_integer(&w, 1000);
	tl_write_integer(&w, PEER_BOOTS);
	tl_write_octets(&w, TL_T_OCTETS, engine_id);
	tl_write_header(&w, TL_BER_SEQUENCE, params);
	tl_write_header(&w, TL_T_OCTETS, params);
	const uint8_t *global = w.p;
	tl_write_integer(&w, 3);
	tl_write_octets(&w, TL_T_OCTETS, (tl_span){ &flags, 1 });
	tl_write_integer(&w, 1472);
	tl_write_integer(&w, m.v3.msg_id);
	tl_write_header(&w, TL_BER_SEQUENCE, global);
	tl_write_integer(&w, 3);
	tl_write_header(&w, TL_BER_SEQUENCE, w.end);
	answer(t, tl_writer_span(&w));
}

/* An answer to any probe of a discovery counts, once; to one of an earlier discovery, or
 * to none, it does not. */
static void
test_discovery_is_answered_by_its_own_msg_ids_only(void **state)
{
	talk *t = talk_open_v3(TL_AUTH_SHA1, TL_PRIV_NONE);
	talk *other = talk_open_v3(TL_AUTH_SHA1, TL_PRIV_NONE);
	tl_clock peer;
	(void)state;

	(void)notify(other, TL_INFORM);
	assert_true(next_message(other));
	(void)notify(t, TL_INFORM);
	assert_true(next_message(t));
	answer(t, receive(other, other->message));
	assert_false(tl_sender_peer(t->s, &peer));
	assert_int_equal(counters(t)->unexpected, 1);
	tl_span late = exact_copy(receive(t, t->message));
	sleep_until_due(t);
	assert_true(next_message(t));
	answer(t, late);
	assert_true(tl_sender_peer(t->s, &peer));
	assert_int_equal(peer.boots, 0); /* what proves nothing sets no clock */
	answer(t, receive(t, t->message));
	assert_int_equal(counters(t)->unexpected, 2);
	assert_true(next_message(t)); /* the inform */
	report(t, 4, OWN_ID);
	assert_true(next_message(t)); /* asks anew */
	assert_false(tl_sender_peer(t->s, &peer));
	answer(t, late);
	assert_int_equal(counters(t)->unexpected, 3);
	assert_false(tl_sender_peer(t->s, &peer));
	free((void *)(uintptr_t)late.ptr);
	talk_close(other);
	talk_close(t);
}

/* Every answer comes when the next message has been sent: after more than the timeout. */
static void
test_a_receiver_slower_than_the_timeout_acknowledges_all_the_same(void **state)
{
	talk *t = talk_open_v3(TL_AUTH_SHA256, TL_PRIV_AES128);
	tl_span late = { 0 };
	(void)state;

	(void)notify(t, TL_INFORM);
	for (int i = 0; !has_result(t); i++) {
		assert_true(i < 20);
		if (next_message(t)) {
			tl_span reply = exact_copy(receive(t, t->message));
			if (late.ptr != NULL)
				answer(t, late);
			free((void *)(uintptr_t)late.ptr);
			late = reply;
		} else {
			sleep_until_due(t);
		}
	}
	assert_int_equal(only_result(t).err, TL_OK);
	free((void *)(uintptr_t)late.ptr);
	talk_close(t);
}

/* A v3 sender that knows the peer and has sent an inform. */
static talk *
open_sent(void)
{
	talk *t = talk_open_v3(TL_AUTH_SHA1, TL_PRIV_AES128);

	(void)notify(t, TL_INFORM);
	(void)converse(t);
	(void)only_result(t);
	(void)notify(t, TL_INFORM);
	assert_true(next_message(t));
	return t;
}

static void
test_reports_of_each_kind_end_the_inform(void **state)
{
	static const tl_err errs[] = { [1] = TL_EUSM_LEVEL,
		[3] = TL_EUSM_USER,
		[5] = TL_EUSM_DIGEST,
		[6] = TL_EUSM_DECRYPT,
		[7] = TL_EREPORT,
		[0] = TL_EREPORT };
	(void)state;

	for (uint32_t i = 0; i < COUNT(errs); i++) {
		if (errs[i] == TL_OK)
			continue;
		talk *t = open_sent();
		report(t, i, PEER_ID);
		assert_int_equal(only_result(t).err, errs[i]);
		talk_close(t);
	}
}

static void
test_reports_to_an_earlier_try_end_the_inform_too(void **state)
{
	static const struct {
		uint32_t number;
		bool ends;
	} rows[] = { { 1, true }, { 3, true }, { 4, false }, { 5, true }, { 6, true } };
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		talk *t = open_sent();
		tl_span first = exact_copy(t->message);
		sleep_until_due(t);
		assert_true(next_message(t));
		t->message = first;
		report(t, rows[i].number, PEER_ID);
		assert_int_equal(has_result(t), rows[i].ends);
		free((void *)(uintptr_t)first.ptr);
		talk_close(t);
	}
}

static void
test_reports_of_another_engine_are_refused(void **state)
{
	talk *t = open_sent();
	uint64_t refused = counters(t)->refused;
	(void)state;

	for (uint32_t i = 0; i < 8; i++)
		if (i != 4)
			report(t, i, OWN_ID);
	assert_int_equal(counters(t)->refused, refused + 7);
	assert_false(has_result(t));
	answer(t, receive(t, t->message));
	assert_int_equal(only_result(t).err, TL_OK);
	talk_close(t);
}

static void
test_a_time_report_that_proves_nothing_is_told_only_in_the_end(void **state)
{
	talk *t = open_sent();
	(void)state;

	report(t, 2, PEER_ID);
	assert_false(next_message(t));
	assert_false(has_result(t));
	for (int i = 0; i < TRIES; i++) {
		sleep_until_due(t);
		(void)next_message(t);
	}
	assert_int_equal(only_result(t).err, TL_EUSM_TIME);
	talk_close(t);
}

static void
test_a_second_time_report_ends_the_inform(void **state)
{
	tl_user u = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	talk *t = talk_open_v3(TL_AUTH_SHA1, TL_PRIV_NONE);
	(void)state;

	/* Its engineBoots are used up: every time is wrong (RFC 3414 section 2.2.3). */
	talk_open_engine(t, PEER_ID, INT32_MAX, &u);
	(void)notify(t, TL_INFORM);
	assert_int_equal(converse(t), 3);
	tl_send_result r = only_result(t);
	assert_int_equal(r.err, TL_EUSM_TIME);
	assert_int_equal(r.tries, 1);
	talk_close(t);
}

static void
test_tries_are_those_that_were_lost_and_the_last_but_not_for_the_clock(void **state)
{
	talk *t = talk_open_v3(TL_AUTH_SHA1, TL_PRIV_AES128);
	(void)state;

	(void)notify(t, TL_INFORM);
	assert_true(next_message(t)); /* the probe */
	answer(t, receive(t, t->message));
	assert_true(next_message(t)); /* learns the clock */
	answer(t, receive(t, t->message));
	for (int lost = 0; lost < 2; lost++) {
		assert_true(next_message(t));
		sleep_until_due(t);
	}
	assert_true(next_message(t));
	answer(t, receive(t, t->message));
	tl_send_result r = only_result(t);
	assert_int_equal(r.err, TL_OK);
	assert_int_equal(r.tries, 3);
	assert_int_equal(counters(t)->informs, 4);
	assert_int_equal(counters(t)->repeats, 3);
	talk_close(t);
}

static void
test_the_same_time_report_twice_counts_once(void **state)
{
	tl_user u = user_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	talk *t = open_sent();
	(void)state;

	talk_open_engine(t, PEER_ID, PEER_BOOTS + 1, &u);
	tl_span reply = receive(t, t->message);
	answer(t, reply);
	answer(t, reply);
	assert_true(next_message(t));
	answer(t, reply);
	assert_int_equal(counters(t)->unexpected, 2);
	reply = receive(t, t->message);
	answer(t, reply);
	assert_int_equal(only_result(t).err, TL_OK);
	talk_close(t);
}

static void
test_an_unknown_engine_reported_again_and_again_ends_the_inform(void **state)
{
	talk *t = open_sent();
	int sent = 0;
	(void)state;

	report(t, 4, OWN_ID);
	while (!has_result(t)) {
		assert_true(++sent < 10);
		assert_true(next_message(t));
		report(t, 4, OWN_ID);
	}
	assert_int_equal(only_result(t).err, TL_EUSM_ENGINE);
	talk_close(t);
}

/* RFC 3414 section 3.2 step 7b: an old answer is none, though it is authentic. */
static void
test_an_answer_out_of_the_time_window_is_refused(void **state)
{
	talk *t = open_sent();
	tl_span reply = receive(t, t->message);
	uint64_t refused = counters(t)->refused;
	(void)state;

	for (int i = 1; i < TRIES; i++) {
		t->now_ns += 31 * SECOND;
		assert_true(next_message(t));
	}
	answer(t, reply); /* 155 s old */
	assert_int_equal(counters(t)->refused, refused + 1);
	assert_false(has_result(t));
	talk_close(t);
}

static void
test_an_answer_below_the_level_that_was_sent_is_refused(void **state)
{
	(void)state;

	for (int level = TL_NOAUTH_NOPRIV; level < TL_AUTH_PRIV; level++) {
		talk *t = open_sent();
		uint64_t refused = counters(t)->refused;
		tl_span reply = receive(t, t->message);
		uint8_t *flags = (uint8_t *)(uintptr_t)reply.ptr;
		/* msgFlags: behind version, msgID and msgMaxSize. */
		while (memcmp(flags, "\x04\x01\x03", 3) != 0)
			flags++;
		flags[2] = level == TL_NOAUTH_NOPRIV ? 0 : 1;
		answer(t, reply);
		assert_int_equal(counters(t)->refused, refused + 1);
		assert_false(has_result(t));
		talk_close(t);
	}
}

static void
test_discovery_begun_anew_and_not_answered_says_why_it_was_begun(void **state)
{
	talk *t = open_sent();
	(void)state;

	report(t, 4, OWN_ID);
	for (int i = 0; !has_result(t); i++) {
		assert_true(i < 2 * TRIES);
		(void)next_message(t);
		if (!has_result(t))
			sleep_until_due(t);
	}
	assert_int_equal(only_result(t).err, TL_EUSM_ENGINE);
	talk_close(t);
}

/* Without authentication the IDs are all that an answer is known by. */
static void
test_an_answer_of_v3_needs_both_ids(void **state)
{
	talk *t = talk_open_v3(TL_AUTH_NONE, TL_PRIV_NONE);
	(void)state;

	(void)notify(t, TL_INFORM);
	(void)converse(t);
	(void)only_result(t);
	(void)notify(t, TL_INFORM);
	assert_true(next_message(t));
	tl_span reply = receive(t, t->message);
	uint8_t *bytes = (uint8_t *)(uintptr_t)reply.ptr, *pdu = bytes + 20;
	/* 30 L, version, 30 L, 02 L msgID; and a2 L 02 L request-id */
	assert_true(bytes[1] < 0x80 && bytes[7] == 0x02);
	while (pdu[0] != TL_PDU_RESPONSE || pdu[2] != 0x02)
		pdu++;
	uint8_t *const ids[] = { bytes + 8, pdu + 3 };
	/* One that was not given out yet, and one from before. */
	for (int i = 0; i < 4; i++) {
		uint8_t *second_last = ids[i / 2] + *ids[i / 2] - 1, was = *second_last;
		*second_last = (uint8_t)(was + (i % 2 == 0 ? 8 : -8));
		answer(t, reply);
		*second_last = was;
		assert_int_equal(counters(t)->unexpected, i + 1);
	}
	assert_false(has_result(t));
	answer(t, reply);
	assert_int_equal(only_result(t).err, TL_OK);
	talk_close(t);
}

static void
test_honours_the_peers_msg_max_size(void **state)
{
	talk *t = talk_open_v3(TL_AUTH_SHA1, TL_PRIV_AES128);
	static const uint8_t bytes[2000];
	tl_varbind vb = { .type = TL_T_OCTETS, .v.octets = { bytes, 2000 } };
	tl_outgoing out = cold_start(TL_INFORM);
	uint64_t ticket;
	(void)state;

	out.vb = &vb;
	out.vb_count = 1;
	assert_int_equal(tl_sender_notify(t->s, &out, t->now_ns, &ticket), TL_OK);
	assert_true(next_message(t));
	report(t, 4, PEER_ID); /* with a msgMaxSize of 1,472 */
	assert_false(next_message(t));
	tl_send_result r = only_result(t);
	assert_int_equal(r.err, TL_ELIMIT_SIZE);
	assert_int_equal(r.limit_bytes, 1472);
	assert_in_range(r.size_bytes, 2001, 2300);
	assert_int_equal(r.tries, 0);
	vb.v.octets.len = 1000;
	assert_int_equal(tl_sender_notify(t->s, &out, t->now_ns, &ticket), TL_OK);
	assert_int_equal(converse(t), 2);
	assert_int_equal(only_result(t).err, TL_OK);
	talk_close(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sent_again_until_the_third_is_answered),
		cmocka_unit_test(test_no_answer_at_all_is_a_timeout_after_all_tries),
		cmocka_unit_test(
		    test_an_answer_to_the_first_message_after_the_second_was_sent_counts),
		cmocka_unit_test(test_an_answer_while_it_waits_to_be_sent_again_counts),
		cmocka_unit_test(
		    test_the_same_answer_twice_and_after_the_last_try_is_ignored),
		cmocka_unit_test(
		    test_another_request_id_or_community_or_version_or_pdu_is_no_answer),
		cmocka_unit_test(test_an_error_status_is_told),
		cmocka_unit_test(test_a_damaged_answer_of_v3_is_never_taken),
		cmocka_unit_test(
		    test_no_answer_to_discovery_is_a_timeout_for_each_in_its_time),
		cmocka_unit_test(test_discovery_is_answered_by_its_own_msg_ids_only),
		cmocka_unit_test(
		    test_a_receiver_slower_than_the_timeout_acknowledges_all_the_same),
		cmocka_unit_test(test_reports_to_an_earlier_try_end_the_inform_too),
		cmocka_unit_test(test_reports_of_each_kind_end_the_inform),
		cmocka_unit_test(test_reports_of_another_engine_are_refused),
		cmocka_unit_test(
		    test_a_time_report_that_proves_nothing_is_told_only_in_the_end),
		cmocka_unit_test(test_a_second_time_report_ends_the_inform),
		cmocka_unit_test(
		    test_tries_are_those_that_were_lost_and_the_last_but_not_for_the_clock),
		cmocka_unit_test(test_the_same_time_report_twice_counts_once),
		cmocka_unit_test(
		    test_an_unknown_engine_reported_again_and_again_ends_the_inform),
		cmocka_unit_test(test_an_answer_out_of_the_time_window_is_refused),
		cmocka_unit_test(
		    test_discovery_begun_anew_and_not_answered_says_why_it_was_begun),
		cmocka_unit_test(test_an_answer_of_v3_needs_both_ids),
		cmocka_unit_test(test_honours_the_peers_msg_max_size),
		cmocka_unit_test(test_an_answer_below_the_level_that_was_sent_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
