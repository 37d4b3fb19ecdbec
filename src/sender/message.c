/* sender/message.c: messages around PDUs, written from the end of the caller's buffer to
 * the front. */
#include <stdlib.h>

#include "ber/reader.h"
#include "pdu/pdu.h"
#include "sender/state.h"

enum {
	PDU_GET = 0xa0,
	MESSAGE_BOUND = 1024 /* bytes of everything around a PDU */
};

static void
write_community(const tl_sender *s, tl_writer *w)
{
	tl_write_octets(w, TL_T_OCTETS, (tl_span){ s->community, s->community_len });
	tl_write_integer(w, s->rules.version - 1);
	tl_write_header(w, TL_BER_SEQUENCE, w->end);
}

/* scopedPDU, RFC 3412 section 6.8. */
static void
write_scoped(const tl_context *c, const tl_authority *a, tl_writer *w)
{
	tl_write_octets(w, TL_T_OCTETS, c->name);
	tl_write_octets(
	    w, TL_T_OCTETS, c->engine_id.len > 0 ? c->engine_id : tl_authority_id(a));
	tl_write_header(w, TL_BER_SEQUENCE, w->end);
}

static tl_err
write_v3(tl_sender *s, const tl_parcel *p, tl_writer *w)
{
	const tl_authority *a = p->authority;
	bool known = a->id_len > 0;
	const tl_secure m = {
		.level = known ? s->level : TL_NOAUTH_NOPRIV,
		.reportable = p->reportable,
		.msg_id = (int32_t)p->msg_id,
		.engine_id = tl_authority_id(a),
		.boots = a->boots,
		.time_s = tl_authority_time_s(a, p->now_ns),
		.user = known ? tl_cred_name(&s->cred) : (tl_span){ 0 },
		.auth = s->cred.auth,
		.priv = s->cred.priv,
		.states = a->states,
		.priv_key = a->priv_key,
		.salt = s->salts++,
	};

	write_scoped(&p->context, a, w);
	return tl_secure_write(s->crypto, &m, w);
}

/* Writes the message; TL_ENOSPC if |w| is full. */
static tl_err
write_message(tl_sender *s, const tl_parcel *p, tl_writer *w)
{
	if (p->draft != NULL)
		tl_draft_write(p->draft, p->request_id, w);
	else
		tl_write_raw(w, p->pdu);
	if (s->rules.version == 3)
		return write_v3(s, p, w);
	write_community(s, w);
	return w->full ? TL_ENOSPC : TL_OK;
}

/* The length of a message that did not fit; 0 if memory is short. */
static size_t
measure(tl_sender *s, const tl_parcel *p)
{
	size_t cap =
	    MESSAGE_BOUND + (p->draft != NULL ? tl_draft_bound(p->draft) : p->pdu.len);
	uint8_t *memory = malloc(cap + TL_SENDER_SPARE_BYTES);
	size_t len = 0;

	if (memory != NULL) {
		tl_writer w = tl_writer_of(memory, cap);
		if (write_message(s, p, &w) == TL_OK)
			len = tl_writer_span(&w).len;
	}
	free(memory);
	return len;
}

static size_t
size_limit(const tl_sender *s)
{
	if (s->rules.version == 3 && s->peer_max_size < s->max_size)
		return s->peer_max_size;
	return s->max_size;
}

tl_err
tl_parcel_write(tl_sender *s, const tl_parcel *p, tl_buf *room, tl_span *message)
{
	size_t cap =
	    room->cap > TL_SENDER_SPARE_BYTES ? room->cap - TL_SENDER_SPARE_BYTES : 0;
	size_t limit = size_limit(s), len;
	tl_writer w = tl_writer_of(room->ptr, cap);
	tl_err err = write_message(s, p, &w);

	if (err == TL_ECRYPTO)
		return err;
	len = err == TL_OK ? (size_t)(w.end - w.p) : measure(s, p);
	if (len > limit || (err != TL_OK && cap >= limit)) {
		s->problem = (tl_send_problem){ .why = tl_send_why(TL_ELIMIT_SIZE),
			.size_bytes = len,
			.limit_bytes = limit };
		return TL_ELIMIT_SIZE;
	}
	if (err == TL_OK)
		*message = tl_writer_span(&w);
	return err;
}

tl_err
tl_probe_write(tl_sender *s, uint32_t msg_id, tl_buf *room, tl_span *message)
{
	static const tl_authority nobody;
	uint8_t memory[32];
	tl_writer w = tl_writer_of(memory, sizeof memory);

	tl_write_header(&w, TL_BER_SEQUENCE, w.end);
	tl_write_integer(&w, 0);
	tl_write_integer(&w, 0);
	tl_write_integer(&w, msg_id);
	tl_write_header(&w, PDU_GET, w.end);
	const tl_parcel p = { .pdu = tl_writer_span(&w),
		.context = tl_sender_context(s, &(tl_outgoing){ 0 }),
		.authority = &nobody,
		.reportable = true,
		.msg_id = msg_id };
	return tl_parcel_write(s, &p, room, message);
}

tl_context
tl_sender_context(const tl_sender *s, const tl_outgoing *out)
{
	if (out->context.present)
		return (tl_context){ out->context.name, out->context.engine_id };
	return (tl_context){ { s->context, s->context_len },
		{ s->context_engine_id, s->context_engine_id_len } };
}

/* A trap needs an engine of ours with v3. */
static tl_err
check_v3(tl_sender *s, const tl_outgoing *out)
{
	if (s->rules.version == 3 && out->context.present &&
	    (out->context.name.len > TL_COMMUNITY_MAX ||
		out->context.engine_id.len > TL_COMMUNITY_MAX))
		return tl_say_problem(&s->problem, TL_EINVAL, "too long a context");
	if (s->rules.version == 3 && out->kind == TL_TRAP && s->engine.id_len == 0)
		return tl_say_problem(&s->problem, TL_EINVAL,
		    "an SNMPv3 trap needs an engine ID of our own");
	return TL_OK;
}

tl_err
tl_sender_make_draft(tl_sender *s, const tl_outgoing *out, int64_t now_ns, tl_draft *d)
{
	tl_err err = check_v3(s, out);

	return err != TL_OK ? err : tl_draft_make(&s->rules, out, now_ns, d, &s->problem);
}

tl_err
tl_sender_encode_trap(
    tl_sender *s, const tl_outgoing *trap, int64_t now_ns, tl_buf *room, tl_span *message)
{
	tl_draft d;

	if (trap->kind != TL_TRAP)
		return tl_say_problem(&s->problem, TL_EINVAL, "not a trap");
	tl_err err = tl_sender_make_draft(s, trap, now_ns, &d);
	if (err != TL_OK)
		return err;
	const tl_parcel p = { .draft = &d,
		.request_id = tl_sender_next_id(s, 0),
		.context = tl_sender_context(s, trap),
		.authority = &s->engine,
		.msg_id = tl_sender_next_id(s, 0),
		.now_ns = now_ns };
	err = tl_parcel_write(s, &p, room, message);
	if (err == TL_OK) {
		s->counters.traps++;
		s->counters.dropped_varbinds += d.dropped;
	}
	return err;
}
