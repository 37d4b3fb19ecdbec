/* engine/input.c: one datagram in, one event out, in the order of RFC 3412 section 7.2:
 * the head, who sends it, the PDU. Every refusal leaves through refuse(). */
#include "base/arena.h"
#include "base/hash.h"
#include "engine/engine.h"

#include <string.h>

static bool
community_is_known(const tl_engine *e, tl_span name)
{
	for (size_t i = 0; i < e->community_count; i++) {
		const tl_community *c = &e->communities[i];
		if (c->len == name.len && memcmp(c->name, name.ptr, name.len) == 0)
			return true;
	}
	return e->community_count == 0;
}

static void
check_community(tl_work *w)
{
	tl_span name = w->m.community;

	if (!community_is_known(w->e, name))
		tl_reader_fail(&w->m.body, TL_ECOMMUNITY, name.ptr, "community");
	w->n->community = name;
	w->pdu = w->m.body;
}

void
tl_work_read_usm(tl_work *w)
{
	tl_reader *r = &w->m.body;
	const uint8_t *at;

	w->usm.message = w->m.whole;
	w->usm.level = w->m.v3.level;
	w->usm.reportable = w->m.v3.reportable;
	w->usm.now_ns = w->in->monotonic_ns;
	tl_usm_read_params(r, &w->usm.p);
	at = r->p;
	if (w->usm.level == TL_AUTH_PRIV) {
		w->usm.data = tl_read_octets(r, SIZE_MAX, "encryptedPDU");
	} else {
		tl_tlv v = tl_read_tagged(r, TL_BER_SEQUENCE, "scopedPDU");
		w->usm.data = (tl_span){ at, (size_t)(v.ptr + v.len - at) };
	}
	tl_read_end(r, TL_EPDU_MALFORMED, "message");
}

static void
fill_v3(tl_work *w)
{
	tl_notification *n = w->n;
	const tl_usm_params *p = &w->usm.p;

	n->v3.level = w->usm.level;
	n->v3.auth = w->auth.auth;
	n->v3.priv = w->auth.priv;
	n->v3.credential = tl_usm_cred_number(w->auth.cred);
	n->v3.boots = p->boots;
	n->v3.time_s = p->time_s;
	n->v3.msg_id = w->m.v3.msg_id;
	n->v3.max_size = w->m.v3.max_size;
	n->v3.user = p->user;
	n->v3.engine_id = p->engine_id;
	n->flags |= w->auth.flags;
}

/* Opens the scopedPDU. What does not begin like one, after decryption, was decrypted
 * with a wrong key. Behind it a cipher's block is padding: of one that was full already,
 * a whole one by pysnmp. */
static void
open_scoped(tl_work *w)
{
	const size_t block_padding = 16;
	uint32_t offset = (uint32_t)(w->usm.data.ptr - w->in->bytes.ptr);
	tl_scoped s;

	tl_scoped_read(w->auth.scoped, offset, &s, &w->diag);
	if (w->diag.err != TL_OK) {
		if (w->usm.level == TL_AUTH_PRIV)
			w->diag.err = TL_EUSM_DECRYPT;
		return;
	}
	w->n->v3.context_engine_id = s.context_engine_id;
	w->n->v3.context_name = s.context_name;
	if (s.padding > block_padding)
		w->n->flags |= TL_FLAG_TRAILING;
	w->pdu = s.body;
}

static tl_err
check_v3(tl_work *w)
{
	tl_work_read_usm(w);
	if (w->diag.err != TL_OK)
		return TL_OK;
	tl_err err = tl_usm_process(w->e->usm, &w->usm, w->arena, &w->auth, &w->diag);
	if (err != TL_OK || w->diag.err != TL_OK)
		return err;
	fill_v3(w);
	open_scoped(w);
	return TL_OK;
}

/* An inform must be addressed to our engine; a trap comes from the sender's. */
static void
check_authority(tl_work *w)
{
	if (w->n->version != 3 || w->e->observer)
		return;
	if (w->n->kind == TL_INFORM && !w->auth.ours)
		tl_reader_fail(&w->m.body, TL_EUSM_ENGINE, w->usm.p.engine_id.ptr,
		    "msgAuthoritativeEngineID");
	else if (w->n->kind == TL_TRAP && w->m.v3.reportable)
		w->n->flags |= TL_FLAG_REPORTABLE;
}

/* Fills |w|->n, or |w|->diag. */
static tl_err
read_all(tl_work *w)
{
	tl_err err = TL_OK;

	tl_message_read(w->in->bytes, &w->m, &w->diag);
	w->n->version = w->m.version;
	if (w->m.trailing)
		w->n->flags |= TL_FLAG_TRAILING;
	if (w->diag.err != TL_OK)
		return TL_OK;
	if (w->m.version == 3)
		err = check_v3(w);
	else
		check_community(w);
	if (err != TL_OK || w->diag.err != TL_OK)
		return err;
	err = tl_pdu_read(&w->pdu, w->e->max_varbinds, w->arena, w->n);
	if (err == TL_OK && w->diag.err == TL_OK)
		check_authority(w);
	return err;
}

static void
fill_refusal(const tl_work *w, tl_refusal *r)
{
	const tl_usm_params *p = &w->usm.p;

	r->diag = w->diag;
	r->version = w->m.version;
	r->has_community = w->m.has_community;
	r->community = w->m.community;
	r->level = w->m.v3.level;
	r->reportable = w->m.v3.reportable;
	r->has_engine_id = p->engine_id.ptr != NULL;
	r->has_user = p->user.ptr != NULL;
	r->engine_id = p->engine_id;
	r->user = p->user;
	r->digest_len =
	    p->auth_params.len > UINT8_MAX ? UINT8_MAX : (uint8_t)p->auth_params.len;
	r->boots = p->boots;
	r->time_s = p->time_s;
	r->our_boots = w->auth.our_boots;
	r->our_time_s = w->auth.our_time_s;
	r->pdu_type = w->n->pdu_type;
	r->id_hash = w->n->id_hash;
}

/* The only way to refuse a datagram: it is counted here. */
static tl_err
refuse(tl_work *w, tl_event *ev)
{
	tl_counters *c = &w->e->counters;

	c->refused[w->diag.err]++;
	ev->kind = TL_EV_REFUSED;
	fill_refusal(w, &ev->refusal);
	return tl_engine_report(w, w->diag.err, &ev->reply);
}

static tl_err
repeat(tl_work *w, bool acknowledged, tl_event *ev)
{
	w->e->counters.duplicates++;
	ev->kind = TL_EV_DUPLICATE;
	ev->n = w->n;
	if (!acknowledged)
		return TL_OK;
	return tl_engine_ack(w->e, w->n, w->in->monotonic_ns, w->arena, &ev->reply);
}

static tl_err
accept(tl_work *w, tl_event *ev)
{
	tl_counters *c = &w->e->counters;
	const tl_notification *n = w->n;

	if (n->kind == TL_INFORM && !w->e->observer) {
		int64_t now_ns = w->in->monotonic_ns;
		const tl_seen *seen = tl_duplicates_find(&w->e->duplicates, n, now_ns);
		if (seen != NULL)
			return repeat(w, seen->acknowledged, ev);
		tl_duplicates_add(&w->e->duplicates, n, now_ns);
	}
	c->notifications++;
	c->by_version[n->version]++;
	if (n->kind == TL_INFORM)
		c->informs++;
	else
		c->traps++;
	ev->kind = TL_EV_NOTIFICATION;
	ev->n = n;
	return TL_OK;
}

/* A hash that is the same on every run: with the time of receipt it is the event's id. */
static uint64_t
identity_of(const tl_datagram *in)
{
	uint64_t from = tl_hash(in->from.addr, sizeof in->from.addr, in->from.port);

	return tl_hash(in->bytes.ptr, in->bytes.len, from);
}

tl_err
tl_engine_input(tl_engine *e, const tl_datagram *in, tl_arena *arena, tl_event *ev)
{
	tl_work w = { .e = e, .in = in, .arena = arena };
	size_t mark = tl_arena_mark(arena);

	*ev = (tl_event){ 0 };
	w.n = tl_arena_take(arena, sizeof *w.n);
	if (w.n == NULL)
		return TL_ENOMEM;
	*w.n = (tl_notification){ .from = in->from,
		.to = in->to,
		.received_ns = in->realtime_ns,
		.wire = in->bytes,
		.id_hash = identity_of(in) };
	tl_err err = read_all(&w);
	if (err != TL_OK) {
		tl_arena_rewind(arena, mark);
		return err;
	}
	e->now_ns = in->monotonic_ns;
	e->counters.received++;
	if (w.usm.level != TL_AUTH_PRIV || w.auth.priv != TL_PRIV_NONE)
		ev->scoped = w.auth.scoped;
	/* The answer is worth less than the event: without room for it there is none. */
	err = w.diag.err != TL_OK ? refuse(&w, ev) : accept(&w, ev);
	if (err != TL_OK)
		ev->reply = (tl_span){ 0 };
	return TL_OK;
}
