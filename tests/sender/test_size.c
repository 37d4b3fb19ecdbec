/* Messages at the edge of what may be sent, and buffers at the edge of what they need. */
#include "talk.h"

static const uint8_t filling[2 * TL_DATAGRAM_MAX];

static tl_outgoing
trap_of(tl_varbind *vb, size_t len)
{
	tl_outgoing out = cold_start(TL_TRAP);

	*vb = (tl_varbind){ .type = TL_T_OCTETS, .v.octets = { filling, len } };
	out.vb = vb;
	out.vb_count = 1;
	out.has_uptime = true;
	return out;
}

/* Encodes with |len| octets into |cap| bytes. */
static tl_err
encode(talk *t, size_t len, size_t cap)
{
	tl_varbind vb;
	const tl_outgoing out = trap_of(&vb, len);
	uint8_t *memory = malloc(cap > 0 ? cap : 1);
	tl_buf room = { .ptr = memory, .cap = cap };

	assert_non_null(memory);
	tl_err err = tl_sender_encode_trap(t->s, &out, t->now_ns, &room, &t->message);
	if (err == TL_OK) {
		(void)receive(t, t->message);
		assert_int_equal(t->ev.kind, TL_EV_NOTIFICATION);
		assert_int_equal(t->ev.n->vb[0].v.octets.len, len);
	}
	free(memory);
	return err;
}

/* The most octets that fit. */
static size_t
most_of(talk *t)
{
	size_t fits = 0, over = TL_DATAGRAM_MAX;

	while (over - fits > 1) {
		size_t middle = fits + (over - fits) / 2;
		if (encode(t, middle, TL_SENDER_BUFFER_BYTES) == TL_OK)
			fits = middle;
		else
			over = middle;
	}
	return fits;
}

static void
test_a_message_of_the_limit_goes_and_one_of_more_does_not(void **state)
{
	static const uint32_t limits[] = { 484, 1472, TL_DATAGRAM_MAX };
	tl_user u = user_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	(void)state;

	for (size_t i = 0; i < 2 * COUNT(limits); i++) {
		uint8_t version = i % 2 == 0 ? 2 : 3;
		talk *t = talk_open((tl_sender_options){
		    .version = version, .user = &u, .max_size = limits[i / 2] });
		size_t most = most_of(t);
		assert_int_equal(encode(t, most, TL_SENDER_BUFFER_BYTES), TL_OK);
		/* Integers in the header take a byte more or less. */
		assert_in_range(t->message.len, limits[i / 2] - 8, limits[i / 2]);
		assert_int_equal(
		    encode(t, most + 16, TL_SENDER_BUFFER_BYTES), TL_ELIMIT_SIZE);
		const tl_send_problem *p = tl_sender_problem(t->s);
		assert_int_equal(p->limit_bytes, limits[i / 2]);
		assert_in_range(p->size_bytes, p->limit_bytes + 1, p->limit_bytes + 32);
		assert_true(p->why[0] != '\0');
		talk_close(t);
	}
}

static void
test_the_size_of_what_no_buffer_holds_is_told(void **state)
{
	talk *t = talk_open((tl_sender_options){ .version = 2 });
	(void)state;

	assert_int_equal(
	    encode(t, 2 * TL_DATAGRAM_MAX, TL_SENDER_BUFFER_BYTES), TL_ELIMIT_SIZE);
	assert_in_range(tl_sender_problem(t->s)->size_bytes, 2 * TL_DATAGRAM_MAX + 1,
	    2 * TL_DATAGRAM_MAX + 128);
	talk_close(t);
}

static void
test_a_buffer_of_just_the_message_and_the_spare_bytes_is_enough(void **state)
{
	tl_user u = user_of(TL_AUTH_SHA512, TL_PRIV_DES);
	(void)state;

	for (uint8_t version = 1; version <= 3; version++) {
		talk *t =
		    talk_open((tl_sender_options){ .version = version, .user = &u });
		size_t cap = TL_SENDER_SPARE_BYTES;
		tl_err err;
		for (size_t i = 0; i <= cap; i += cap)
			assert_int_equal(encode(t, 300, i), TL_ENOSPC);
		while ((err = encode(t, 300, cap)) == TL_ENOSPC)
			cap++;
		assert_int_equal(err, TL_OK);
		/* 8 bytes more for padding that DES may need on the way */
		assert_in_range(cap, t->message.len + TL_SENDER_SPARE_BYTES,
		    t->message.len + TL_SENDER_SPARE_BYTES + 8);
		talk_close(t);
	}
}

static void
test_a_queued_notification_over_the_limit_has_that_as_its_result(void **state)
{
	static const tl_kind kinds[] = { TL_TRAP, TL_INFORM };
	talk *t = talk_open((tl_sender_options){ .version = 2, .max_size = 600 });
	tl_varbind vb;
	tl_outgoing out = trap_of(&vb, 700);
	uint64_t ticket;
	(void)state;

	for (size_t i = 0; i < COUNT(kinds); i++) {
		out.kind = kinds[i];
		assert_int_equal(tl_sender_notify(t->s, &out, t->now_ns, &ticket), TL_OK);
		assert_false(next_message(t));
		tl_send_result r = only_result(t);
		assert_int_equal(r.err, TL_ELIMIT_SIZE);
		assert_int_equal(r.limit_bytes, 600);
		assert_in_range(r.size_bytes, 700, 800);
	}
	talk_close(t);
}

static void
test_many_varbinds_of_every_length_fit_what_was_reserved(void **state)
{
	static tl_varbind vb[300];
	talk *t = talk_open((tl_sender_options){ .version = 2 });
	tl_outgoing out = cold_start(TL_INFORM);
	uint64_t ticket;
	(void)state;

	for (size_t i = 0; i < COUNT(vb); i++)
		vb[i] = (tl_varbind){ .name = oid_of(LIT(ENTERPRISE)),
			.type = TL_T_OCTETS,
			.v.octets = { filling, i } };
	for (size_t i = 0; i < COUNT(vb); i += 2)
		vb[i] = (tl_varbind){ .name = oid_of(LIT(ENTERPRISE)),
			.type = TL_T_COUNTER64,
			.v.u64 = UINT64_MAX };
	out.vb = vb;
	for (out.vb_count = 0; out.vb_count <= COUNT(vb); out.vb_count++) {
		assert_int_equal(tl_sender_notify(t->s, &out, t->now_ns, &ticket), TL_OK);
		assert_int_equal(converse(t), 1);
		assert_int_equal(t->ev.n->vb_count, out.vb_count);
		assert_int_equal(only_result(t).err, TL_OK);
	}
	talk_close(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_message_of_the_limit_goes_and_one_of_more_does_not),
		cmocka_unit_test(test_the_size_of_what_no_buffer_holds_is_told),
		cmocka_unit_test(
		    test_a_buffer_of_just_the_message_and_the_spare_bytes_is_enough),
		cmocka_unit_test(
		    test_a_queued_notification_over_the_limit_has_that_as_its_result),
		cmocka_unit_test(
		    test_many_varbinds_of_every_length_fit_what_was_reserved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
