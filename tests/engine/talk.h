/* tests/engine/talk.h: an engine, and messages made for it field by field. */
#ifndef TESTS_ENGINE_TALK_H
#define TESTS_ENGINE_TALK_H

#include "../base/unit.h"

#include "base/arena.h"
#include "ber/writer.h"
#include "engine/engine.h"

#define OURS LIT("\x80\x00\x00\x00\x01ours")
#define SECOND INT64_C(1000000000)

enum { TALK_MAX = 128 * 1024, OUR_BOOTS = 7 };

/* A notification; zero-initialise. What is not said is as usual. */
typedef struct talk {
	uint8_t version; /* 1: v2c, as on the wire; 3 */
	bool inform;
	tl_span community; /* v2c */
	int32_t request_id;
	size_t varbinds; /* NULLs without a name */
	tl_span context_name;
	int64_t max_size; /* 0: all that UDP holds */
	uint16_t port;    /* of the sender */
	int64_t at_ns;    /* monotonic */
	uint8_t memory[TALK_MAX];
} talk;

typedef struct talker {
	tl_engine *engine;
	tl_arena *arena;
	tl_event ev;
} talker;

/* An engine that knows the user "noc" without secrets. */
static inline void
talker_open(talker *t, uint32_t max_duplicates)
{
	tl_engine_options opt = {
		.engine_id = OURS, .boots = OUR_BOOTS, .max_duplicates = max_duplicates
	};
	tl_user noc = { .name = LIT("noc") };

	assert_int_equal(tl_engine_new(&opt, &t->engine), TL_OK);
	assert_int_equal(tl_engine_add_user(t->engine, &noc), TL_OK);
	assert_int_equal(tl_arena_new(1 << 20, &t->arena), TL_OK);
}

static inline void
talker_close(talker *t)
{
	tl_engine_free(t->engine);
	tl_arena_free(t->arena);
}

static inline void
write_talk_pdu(const talk *m, tl_writer *w)
{
	static const tl_varbind nothing = { .type = TL_T_NULL };
	const uint8_t *end = w->p;

	for (size_t i = 0; i < m->varbinds; i++)
		tl_write_varbind(w, &nothing);
	tl_write_header(w, TL_BER_SEQUENCE, end);
	tl_write_integer(w, 0);
	tl_write_integer(w, 0);
	tl_write_integer(w, m->request_id);
	tl_write_header(w, m->inform ? TL_PDU_INFORM : TL_PDU_TRAP_V2, end);
}

/* What an SNMPv3 message has around the PDU, noAuthNoPriv, in front of it. */
static inline void
write_talk_v3(const talk *m, tl_writer *w, const uint8_t *end)
{
	uint8_t flags = m->inform ? 4 : 0;

	tl_write_octets(w, TL_T_OCTETS, m->context_name);
	tl_write_octets(w, TL_T_OCTETS, OURS);
	tl_write_header(w, TL_BER_SEQUENCE, end);
	const uint8_t *params = w->p;
	tl_write_octets(w, TL_T_OCTETS, LIT(""));
	tl_write_octets(w, TL_T_OCTETS, LIT(""));
	tl_write_octets(w, TL_T_OCTETS, LIT("noc"));
	tl_write_integer(w, 0);
	tl_write_integer(w, OUR_BOOTS);
	tl_write_octets(w, TL_T_OCTETS, OURS);
	tl_write_header(w, TL_BER_SEQUENCE, params);
	tl_write_header(w, TL_T_OCTETS, params);
	const uint8_t *global = w->p;
	tl_write_integer(w, 3);
	tl_write_octets(w, TL_T_OCTETS, (tl_span){ &flags, 1 });
	tl_write_integer(w, m->max_size != 0 ? m->max_size : TL_DATAGRAM_MAX);
	tl_write_integer(w, 4711);
	tl_write_header(w, TL_BER_SEQUENCE, global);
}

/* Lets the engine have the message; |t|->ev is what came of it. */
static inline tl_event_kind
say(talker *t, talk *m)
{
	tl_writer w = tl_writer_of(m->memory, sizeof m->memory);
	const uint8_t *end = w.end;

	write_talk_pdu(m, &w);
	if (m->version == 3)
		write_talk_v3(m, &w, end);
	else
		tl_write_octets(&w, TL_T_OCTETS, m->community);
	tl_write_integer(&w, m->version);
	tl_write_header(&w, TL_BER_SEQUENCE, end);
	assert_false(w.full);
	tl_datagram in = { .bytes = tl_writer_span(&w),
		.from.port = m->port,
		.monotonic_ns = m->at_ns };
	tl_arena_reset(t->arena);
	assert_int_equal(tl_engine_input(t->engine, &in, t->arena, &t->ev), TL_OK);
	return t->ev.kind;
}

/* The same, and why it is refused. */
static inline tl_err
refusal_of(talker *t, talk *m)
{
	return say(t, m) == TL_EV_REFUSED ? t->ev.refusal.diag.err : TL_OK;
}

#endif
