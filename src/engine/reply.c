/* engine/reply.c: what goes back to the sender: Responses that acknowledge informs, and
 * Reports that tell an SNMPv3 sender why it was not understood. */
#include "base/arena.h"
#include "engine/engine.h"

enum { HEADER_ROOM = 64, VERSION_V1 = 0, VERSION_V2C = 1 };

/* snmpUnknownPDUHandlers.0 (RFC 3412 section 5) and usmStats*.0 (RFC 3414 section 5). */
static const uint8_t unknown_pdu_handlers[] = { 0x2b, 6, 1, 6, 3, 11, 2, 1, 3, 0 };
static const uint8_t usm_stats[][10] = {
	[TL_EUSM_LEVEL - TL_EUSM_ENGINE] = { 0x2b, 6, 1, 6, 3, 15, 1, 1, 1, 0 },
	[TL_EUSM_TIME - TL_EUSM_ENGINE] = { 0x2b, 6, 1, 6, 3, 15, 1, 1, 2, 0 },
	[TL_EUSM_USER - TL_EUSM_ENGINE] = { 0x2b, 6, 1, 6, 3, 15, 1, 1, 3, 0 },
	[TL_EUSM_ENGINE - TL_EUSM_ENGINE] = { 0x2b, 6, 1, 6, 3, 15, 1, 1, 4, 0 },
	[TL_EUSM_DIGEST - TL_EUSM_ENGINE] = { 0x2b, 6, 1, 6, 3, 15, 1, 1, 5, 0 },
	[TL_EUSM_DECRYPT - TL_EUSM_ENGINE] = { 0x2b, 6, 1, 6, 3, 15, 1, 1, 6, 0 },
};

/* The counter that a Report for |err| carries; empty if none is sent for it. */
static tl_oid
reported_counter(tl_err err)
{
	if (err >= TL_EUSM_ENGINE && err <= TL_EUSM_DECRYPT)
		return (tl_oid){ usm_stats[err - TL_EUSM_ENGINE], sizeof usm_stats[0] };
	if (err == TL_EPDU_TYPE)
		return (tl_oid){ unknown_pdu_handlers, sizeof unknown_pdu_handlers };
	return (tl_oid){ 0 };
}

/* The level that a Report for |err| is sent at: only who has proved to know the key may
 * be told the time so that it can be believed (RFC 3414 section 3.2 step 7). */
static tl_level
report_level(const tl_work *w, tl_err err)
{
	if (w->auth.cred == NULL)
		return TL_NOAUTH_NOPRIV;
	if (err == TL_EUSM_TIME)
		return TL_AUTH_NOPRIV;
	return err == TL_EPDU_TYPE ? w->usm.level : TL_NOAUTH_NOPRIV;
}

/* The request-id of a refused message, where it can be read without a key. */
static int32_t
request_id_of(const tl_work *w)
{
	tl_diag ignored = { 0 };
	tl_scoped s;

	if (w->usm.level == TL_AUTH_PRIV)
		return 0;
	tl_scoped_read(w->usm.data, 0, &s, &ignored);
	return ignored.err == TL_OK ? tl_pdu_peek_request_id(s.body) : 0;
}

/* The scopedPDU around what |w| holds. */
static tl_span
write_scoped(tl_writer *w, tl_span context_engine_id, tl_span context_name)
{
	const uint8_t *end = w->end;

	tl_write_octets(w, TL_T_OCTETS, context_name);
	tl_write_octets(w, TL_T_OCTETS, context_engine_id);
	tl_write_header(w, TL_BER_SEQUENCE, end);
	return tl_writer_span(w);
}

tl_err
tl_engine_report(tl_work *w, tl_err err, tl_span *out)
{
	enum { ROOM = 256 };
	tl_engine *e = w->e;
	tl_oid counter = reported_counter(err);

	*out = (tl_span){ 0 };
	if (w->m.version != 3 || !w->m.v3.reportable || e->observer || counter.len == 0)
		return TL_OK;
	uint8_t *room = tl_arena_take(w->arena, ROOM);
	if (room == NULL)
		return TL_ENOMEM;
	tl_writer pdu = tl_writer_of(room, ROOM);
	uint64_t count = tl_counters_rfc(&e->counters, tl_err_rfc_counter(err));
	tl_pdu_write_report(&pdu, request_id_of(w), counter, (uint32_t)count);
	tl_usm_reply reply = {
		.level = report_level(w, err),
		.user = w->usm.p.user,
		.msg_id = w->m.v3.msg_id,
		.scoped = write_scoped(&pdu, tl_usm_engine_id(e->usm), (tl_span){ 0 }),
		.now_ns = w->in->monotonic_ns,
	};
	reply.cred = reply.level == TL_NOAUTH_NOPRIV ? NULL : w->auth.cred;
	tl_err failed = tl_usm_protect(e->usm, &reply, w->arena, out);
	if (failed == TL_OK)
		e->counters.reports++;
	return failed;
}

static tl_err
respond_community(const tl_notification *n, tl_writer *w, size_t size, tl_span *out)
{
	const uint8_t *end = w->end;

	tl_write_octets(w, TL_T_OCTETS, n->community);
	tl_write_integer(w, n->version == 1 ? VERSION_V1 : VERSION_V2C);
	tl_write_header(w, TL_BER_SEQUENCE, end);
	*out = tl_writer_span(w);
	return out->len == 0 || out->len > size ? TL_ENOSPC : TL_OK;
}

/* What a Response is made of. */
typedef struct response {
	tl_engine *e;
	const tl_notification *n;
	int64_t now_ns;
	tl_arena *arena;
} response;

static tl_err
respond_v3(const response *r, tl_writer *w, tl_span *out)
{
	tl_usm *usm = r->e->usm;
	const tl_notification *n = r->n;
	tl_usm_reply reply = {
		.level = n->v3.level,
		.user = n->v3.user,
		.msg_id = n->v3.msg_id,
		.scoped = write_scoped(w, n->v3.context_engine_id, n->v3.context_name),
		.now_ns = r->now_ns,
	};
	size_t size = n->v3.max_size < TL_DATAGRAM_MAX ? n->v3.max_size : TL_DATAGRAM_MAX;

	if (n->v3.level != TL_NOAUTH_NOPRIV)
		reply.cred = tl_usm_cred_at(usm, n->v3.credential);
	tl_err err = tl_usm_protect(usm, &reply, r->arena, out);
	return err == TL_OK && out->len > size ? TL_ENOSPC : err;
}

static tl_err
respond(const response *r, bool too_big, tl_span *out)
{
	const tl_notification *n = r->n;
	size_t room = n->pdu.len + n->community.len + n->v3.context_name.len +
		      n->v3.context_engine_id.len + HEADER_ROOM;
	uint8_t *memory = tl_arena_take(r->arena, room);

	if (memory == NULL)
		return TL_ENOMEM;
	tl_writer w = tl_writer_of(memory, room);
	tl_pdu_write_response(&w, n->pdu, too_big);
	if (n->version == 3)
		return respond_v3(r, &w, out);
	return respond_community(n, &w, TL_DATAGRAM_MAX, out);
}

tl_err
tl_engine_ack(tl_engine *e, const tl_notification *inform, int64_t now_ns,
    tl_arena *arena, tl_span *reply)
{
	const response r = { e, inform, now_ns, arena };

	if (e->observer || inform->kind != TL_INFORM)
		return TL_EINVAL;
	tl_err err = respond(&r, false, reply);
	if (err == TL_ENOSPC)
		err = respond(&r, true, reply);
	if (err != TL_OK)
		return err;
	tl_seen *seen = tl_duplicates_find(&e->duplicates, inform, now_ns);
	if (seen != NULL)
		seen->acknowledged = true;
	e->counters.acknowledged++;
	return TL_OK;
}

void
tl_engine_forget(tl_engine *e, const tl_notification *inform)
{
	tl_seen *seen = tl_duplicates_find(&e->duplicates, inform, e->now_ns);

	if (seen != NULL)
		seen->key = 0;
}
