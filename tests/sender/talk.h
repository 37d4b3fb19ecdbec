/* tests/sender/talk.h: a sender and a receiver's engine that talk in memory, at times
 * that the test says. */
#ifndef TESTS_SENDER_TALK_H
#define TESTS_SENDER_TALK_H

#include "../base/unit.h"

#include "trapline/sender.h"

#define SECOND INT64_C(1000000000)
#define PEER_ID LIT("\x80\x00\x00\x00\x01peer")
#define OWN_ID LIT("\x80\x00\x00\x00\x01ownid")
#define ENTERPRISE "\x2b\x06\x01\x04\x01\x8f\x51" /* 1.3.6.1.4.1.2001 */

enum { PEER_BOOTS = 7 };

typedef struct talk {
	tl_sender *s;
	tl_engine *e;
	tl_arena *arena;
	int64_t now_ns;
	tl_event ev;
	tl_span message; /* the last one sent */
	uint8_t room[TL_SENDER_BUFFER_BYTES], copy[TL_SENDER_BUFFER_BYTES];
} talk;

static inline tl_oid
oid_of(tl_span ber)
{
	return (tl_oid){ ber.ptr, (uint32_t)ber.len };
}

static inline tl_user
user_of(tl_auth auth, tl_priv priv)
{
	tl_user u = { .name = LIT("noc"), .auth = auth, .priv = priv };

	if (auth != TL_AUTH_NONE)
		u.auth_secret = (tl_secret){ TL_SECRET_PASSPHRASE, LIT("maplesyrup") };
	if (priv != TL_PRIV_NONE)
		u.priv_secret = (tl_secret){ TL_SECRET_PASSPHRASE, LIT("pancakes12") };
	return u;
}

static inline tl_clock
clock_of(tl_span id, uint32_t boots, uint32_t time_s, int64_t at_ns)
{
	tl_clock c = { .engine_id_len = (uint8_t)id.len,
		.boots = boots,
		.time_s = time_s,
		.at_ns = at_ns };

	memcpy(c.engine_id, id.ptr, id.len);
	return c;
}

static inline void
talk_open_engine(talk *t, tl_span id, uint32_t boots, const tl_user *user)
{
	const tl_engine_options opt = {
		.engine_id = id, .boots = boots, .start_ns = t->now_ns - 1000 * SECOND
	};

	tl_engine_free(t->e);
	assert_int_equal(tl_engine_new(&opt, &t->e), TL_OK);
	if (user != NULL)
		assert_int_equal(tl_engine_add_user(t->e, user), TL_OK);
}

/* |opt| completed where it says nothing, and a receiver that knows its user. */
static inline talk *
talk_open(tl_sender_options opt)
{
	talk *t = calloc(1, sizeof *t);

	assert_non_null(t);
	t->now_ns = 5000 * SECOND;
	talk_open_engine(t, PEER_ID, PEER_BOOTS, opt.user);
	assert_int_equal(tl_arena_new(1 << 20, &t->arena), TL_OK);
	if (opt.version == 3 && opt.engine.engine_id_len == 0)
		opt.engine = clock_of(OWN_ID, 3, 500, t->now_ns);
	assert_int_equal(tl_sender_new(&opt, &t->s), TL_OK);
	return t;
}

static inline talk *
talk_open_v3(tl_auth auth, tl_priv priv)
{
	tl_user u = user_of(auth, priv);

	return talk_open((tl_sender_options){ .version = 3, .user = &u });
}

static inline void
talk_close(talk *t)
{
	tl_sender_free(t->s);
	tl_engine_free(t->e);
	tl_arena_free(t->arena);
	free(t);
}

/* coldStart, or what |kind| and |vb| make of it. */
static inline tl_outgoing
cold_start(tl_kind kind)
{
	return (tl_outgoing){ .kind = kind,
		.trap_oid = oid_of(LIT("\x2b\x06\x01\x06\x03\x01\x01\x05\x01")) };
}

static inline uint64_t
notify(talk *t, tl_kind kind)
{
	const tl_outgoing out = cold_start(kind);
	uint64_t ticket;

	assert_int_equal(tl_sender_notify(t->s, &out, t->now_ns, &ticket), TL_OK);
	return ticket;
}

/* The next message, in a block of its own; false if there is none. */
static inline bool
next_message(talk *t)
{
	tl_buf room = { .ptr = t->room, .cap = sizeof t->room };
	tl_err err = tl_sender_next_output(t->s, t->now_ns, &room, &t->message);

	if (err == TL_ENOTFOUND)
		return false;
	assert_int_equal(err, TL_OK);
	assert_true(t->message.ptr >= t->room &&
		    t->message.ptr + t->message.len <= t->room + sizeof t->room);
	return true;
}

/* Lets the receiver have |message|, and acknowledges an inform; what it answers. */
static inline tl_span
receive(talk *t, tl_span message)
{
	tl_span reply;

	memcpy(t->copy, message.ptr, message.len);
	const tl_datagram in = { .bytes = { t->copy, message.len },
		.monotonic_ns = t->now_ns };
	tl_arena_reset(t->arena);
	assert_int_equal(tl_engine_input(t->e, &in, t->arena, &t->ev), TL_OK);
	reply = t->ev.reply;
	if (t->ev.kind == TL_EV_NOTIFICATION && t->ev.n->kind == TL_INFORM)
		assert_int_equal(
		    tl_engine_ack(t->e, t->ev.n, t->now_ns, t->arena, &reply), TL_OK);
	return reply;
}

/* The sender gets |bytes| in a block of just their size. */
static inline void
answer(talk *t, tl_span bytes)
{
	tl_span exact = exact_copy(bytes);

	assert_int_equal(tl_sender_input(t->s, exact, t->now_ns), TL_OK);
	free((void *)(uintptr_t)exact.ptr);
	const tl_send_counters *c = tl_sender_counters(t->s);
	assert_int_equal(
	    c->received, c->answers + c->reports + c->unexpected + c->refused);
}

/* Carries messages to and fro until nobody has more to say; how many were sent. */
static inline int
converse(talk *t)
{
	int sent = 0;

	for (; next_message(t); sent++) {
		tl_span reply = receive(t, t->message);
		if (reply.len > 0)
			answer(t, reply);
		assert_true(sent < 100000);
	}
	return sent;
}

/* The one result that there is. */
static inline tl_send_result
only_result(talk *t)
{
	tl_send_result r, more;

	assert_true(tl_sender_next_result(t->s, NULL));
	assert_true(tl_sender_next_result(t->s, &r));
	assert_false(tl_sender_next_result(t->s, &more));
	assert_non_null(r.why);
	assert_int_equal(r.why[0] == '\0', r.err == TL_OK);
	return r;
}

static inline bool
has_result(talk *t)
{
	return tl_sender_next_result(t->s, NULL);
}

/* Goes to the time at which the sender wants to be asked. */
static inline void
sleep_until_due(talk *t)
{
	int64_t due_ns = tl_sender_next_timeout_ns(t->s);

	assert_true(due_ns != INT64_MAX && due_ns > t->now_ns);
	t->now_ns = due_ns;
}

#endif
