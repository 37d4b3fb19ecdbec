/* sender/answer.c: what comes from the peer: Responses and Reports to what was sent, in
 * the order of RFC 3412 section 7.2 and RFC 3414 section 3.2. All else is counted. */
#include <stdlib.h>

#include "ber/reader.h"
#include "pdu/message.h"
#include "pdu/pdu.h"
#include "sender/state.h"
#include "usm/usm.h"

/* What is left of a message once it has been found whose answer it is. */
typedef struct answer {
	tl_message m;
	tl_usm_params p; /* version 3, and so the next three */
	tl_span data;    /* msgData: encrypted, or the scopedPDU */
	bool probe;      /* to engine discovery */
	tl_level level;  /* that it has proved to be of */
	tl_slot slot;    /* to this notification */
	uint8_t tag;     /* of the PDU, and its fields */
	int32_t request_id, error_status, error_index;
	tl_oid counter; /* the name of the first varbind */
} answer;

static bool
scratch_ready(tl_sender *s)
{
	if (s->scratch == NULL)
		s->scratch = malloc(TL_SENDER_BUFFER_BYTES);
	return s->scratch != NULL;
}

/* Reads a Response or a Report. */
static void
read_pdu(tl_reader *r, answer *a)
{
	uint16_t flags = 0;
	tl_tlv v = tl_read_tlv(r, "pdu");
	tl_reader pdu = { v.ptr, v.ptr + v.len, r->base, r->diag };

	a->tag = v.tag;
	if (r->diag->err == TL_OK && v.tag != TL_PDU_RESPONSE && v.tag != TL_PDU_REPORT)
		tl_reader_fail(r, TL_EPDU_TYPE, v.ptr, "pdu");
	a->request_id =
	    (int32_t)tl_read_integer(&pdu, INT32_MIN, INT32_MAX, "request-id");
	a->error_status =
	    (int32_t)tl_read_integer(&pdu, INT32_MIN, INT32_MAX, "error-status");
	a->error_index =
	    (int32_t)tl_read_integer(&pdu, INT32_MIN, INT32_MAX, "error-index");
	tl_reader list = tl_read_into(&pdu, TL_BER_SEQUENCE, "variable-bindings");
	tl_read_end(&pdu, TL_EPDU_MALFORMED, "pdu");
	if (v.tag == TL_PDU_REPORT) {
		tl_reader first = tl_read_into(&list, TL_BER_SEQUENCE, "varbind");
		a->counter = tl_read_oid(&first, &flags, "name");
	}
}

/* The place of a request-id or msgID, if a notification is there that waits. */
static tl_slot
slot_of(const tl_sender *s, uint32_t id)
{
	tl_slot slot = id & ((1u << s->slot_bits) - 1);

	if (slot == 0 || slot > s->used)
		return 0;
	const tl_pending *p = &s->slots[slot];
	if (p->result.kind != TL_INFORM || p->sent == 0 ||
	    (p->where != TL_AT_WAITING && p->where != TL_AT_INFORMS))
		return 0;
	return slot;
}

/* Whether a msgID is one of those from |first| to |last| of the same place: their high
 * parts count up. */
static bool
is_between(const tl_sender *s, uint32_t id, uint32_t first, uint32_t last)
{
	uint32_t mask = (uint32_t)INT32_MAX >> s->slot_bits;
	uint32_t since = ((id >> s->slot_bits) - (first >> s->slot_bits)) & mask;

	return since <= (((last >> s->slot_bits) - (first >> s->slot_bits)) & mask);
}

static bool
has_msg_id(const tl_sender *s, const tl_pending *p, uint32_t id)
{
	return is_between(s, id, p->first_msg_id, p->last_msg_id);
}

static bool
is_probes(const tl_sender *s, uint32_t id)
{
	return s->probe.count > 0 && (id & ((1u << s->slot_bits) - 1)) == 0 &&
	       is_between(s, id, s->probe.first_msg_id, s->probe.last_msg_id);
}

static void
take_response(tl_sender *s, const answer *a, int64_t now_ns)
{
	tl_send_result *result = &s->slots[a->slot].result;

	s->counters.answers++;
	result->error_status = a->error_status;
	result->error_index = a->error_index;
	tl_pending_finish(s, a->slot, a->error_status == 0 ? TL_OK : TL_EREPLY, now_ns);
}

static void
input_community(tl_sender *s, answer *a, tl_diag *diag, int64_t now_ns)
{
	if (!tl_span_equal(a->m.community, s->community, s->community_len)) {
		s->counters.refused++;
		return;
	}
	read_pdu(&a->m.body, a);
	if (diag->err != TL_OK || a->tag != TL_PDU_RESPONSE) {
		s->counters.refused++;
		return;
	}
	a->slot = slot_of(s, (uint32_t)a->request_id);
	if (a->slot == 0 || s->slots[a->slot].request_id != (uint32_t)a->request_id)
		s->counters.unexpected++;
	else
		take_response(s, a, now_ns);
}

/* What a Report's counter says: usmStats (RFC 3414 section 5), snmpMPDStats (RFC 3412
 * section 5). */
static tl_err
reported(tl_oid counter)
{
	static const uint8_t usm_stats[] = { 0x2b, 6, 1, 6, 3, 15, 1, 1 };
	static const uint8_t mpd_stats[] = { 0x2b, 6, 1, 6, 3, 11, 2, 1 };
	static const tl_err of_usm[] = { TL_EREPORT, TL_EUSM_LEVEL, TL_EUSM_TIME,
		TL_EUSM_USER, TL_EUSM_ENGINE, TL_EUSM_DIGEST, TL_EUSM_DECRYPT };
	static const tl_err of_mpd[] = { TL_EREPORT, TL_EV3_SECURITY_MODEL, TL_EV3_FLAGS,
		TL_EPDU_TYPE };
	size_t len = sizeof usm_stats;

	if (counter.len <= len)
		return TL_EREPORT;
	size_t number = counter.ber[len];
	if (memcmp(counter.ber, usm_stats, len) == 0 &&
	    number < sizeof of_usm / sizeof of_usm[0])
		return of_usm[number];
	if (memcmp(counter.ber, mpd_stats, len) == 0 &&
	    number < sizeof of_mpd / sizeof of_mpd[0])
		return of_mpd[number];
	return TL_EREPORT;
}

static void
learn_clock(tl_sender *s, const tl_usm_params *p, int64_t now_ns)
{
	tl_authority_set_clock(&s->peer, p->boots, p->time_s, now_ns);
	s->leader = 0;
	s->leader_lost = false;
}

/* The peer's engine ID, by a Report to the probe or to what it did not know. */
static void
learn_engine(tl_sender *s, const answer *a)
{
	tl_authority_set_id(s, &s->peer, a->p.engine_id);
	s->peer_max_size = a->m.v3.max_size;
	s->peer_number++;
	s->leader = 0;
	s->leader_lost = false;
	s->probe.sent = false;
	s->probe.count = 0;
}

/* What was sent has only told who the peer is, or its time: it was no try. */
static void
send_again(tl_sender *s, tl_slot slot)
{
	s->slots[slot].result.tries--;
	tl_pending_move(s, slot, TL_AT_INFORMS);
}

/* Sent again once, with the clock that came. Who does not prove that the clock is the
 * peer's is not believed, but remembered in case that nothing else comes. */
static void
take_time_report(tl_sender *s, const answer *a, int64_t now_ns)
{
	tl_pending *p = &s->slots[a->slot];

	if (a->level == TL_NOAUTH_NOPRIV) {
		p->hint = TL_EUSM_TIME;
		return;
	}
	learn_clock(s, &a->p, now_ns);
	if (p->resynced) {
		tl_pending_finish(s, a->slot, TL_EUSM_TIME, now_ns);
		return;
	}
	p->resynced = true;
	send_again(s, a->slot);
}

/* The peer is not who it was. Asked for again, once for each notification; when another
 * one has brought that about already, it is only sent again. */
static void
take_engine_report(tl_sender *s, const answer *a, int64_t now_ns)
{
	tl_pending *p = &s->slots[a->slot];

	if (s->peer_given || (p->rediscovered && p->peer_number == s->peer_number)) {
		tl_pending_finish(s, a->slot, TL_EUSM_ENGINE, now_ns);
		return;
	}
	if (p->peer_number == s->peer_number && s->peer.id_len > 0)
		tl_authority_set_id(s, &s->peer, (tl_span){ 0 });
	if (s->leader == a->slot)
		s->leader = 0;
	p->rediscovered = true;
	send_again(s, a->slot);
}

static void
take_report(tl_sender *s, const answer *a, int64_t now_ns)
{
	tl_err err = reported(a->counter);

	s->counters.reports++;
	if (err == TL_EUSM_TIME)
		take_time_report(s, a, now_ns);
	else if (err == TL_EUSM_ENGINE)
		take_engine_report(s, a, now_ns);
	else
		tl_pending_finish(s, a->slot, err, now_ns);
}

static bool
is_from_peer(const tl_sender *s, const answer *a)
{
	return s->peer.id_len > 0 &&
	       tl_span_equal(a->p.engine_id, s->peer.id, s->peer.id_len);
}

/* Whether the digest is the peer's; the message is copied for it. */
static bool
is_authentic(tl_sender *s, const answer *a)
{
	const tl_usm_in in = { .message = a->m.whole, .p = a->p };
	size_t len = tl_auth_protocol_of(s->cred.auth)->digest_bytes;
	uint8_t hmac[TL_HASH_MAX];

	if (s->level < TL_AUTH_NOPRIV || a->p.auth_params.len != len ||
	    !is_from_peer(s, a) ||
	    !tl_span_equal(a->p.user, s->cred.name, s->cred.name_len))
		return false;
	tl_usm_copy_text(&in, s->scratch);
	tl_crypto_hmac(s->cred.auth, s->peer.states, s->scratch, in.message.len, hmac);
	return tl_crypto_equal(hmac, a->p.auth_params.ptr, len);
}

/* Decrypts into the scratch memory; |*plain| is empty if there is nothing to decrypt. */
static tl_err
decrypt(tl_sender *s, const answer *a, tl_span *plain)
{
	const tl_cipher_job job = { .priv = s->cred.priv,
		.key = s->peer.priv_key,
		.salt = a->p.priv_params.ptr,
		.boots = a->p.boots,
		.time_s = a->p.time_s,
		.data = a->data };
	bool blocks = tl_priv_protocol_of(s->cred.priv)->cipher != TL_CIPHER_AES;

	*plain = (tl_span){ s->scratch, 0 };
	if (s->level < TL_AUTH_PRIV || a->p.priv_params.len != TL_SALT_BYTES ||
	    (blocks && a->data.len % 8 != 0))
		return TL_OK;
	plain->len = a->data.len;
	return tl_crypto_decrypt(s->crypto, &job, s->scratch);
}

/* Checks whose message it is, decrypts it, and reads its PDU. What is wrong goes into
 * |diag|. */
static tl_err
open_message(tl_sender *s, answer *a, tl_diag *diag)
{
	tl_span plain = a->data;
	tl_scoped scoped;
	tl_err err = TL_OK;

	a->level = a->m.v3.level;
	if (a->level > TL_NOAUTH_NOPRIV && !is_authentic(s, a))
		tl_reader_fail(&a->m.body, TL_EUSM_DIGEST, plain.ptr, "");
	else if (a->level == TL_AUTH_PRIV)
		err = decrypt(s, a, &plain);
	if (err != TL_OK || diag->err != TL_OK)
		return err;
	tl_scoped_read(plain, 0, &scoped, diag);
	read_pdu(&scoped.body, a);
	return TL_OK;
}

/* RFC 3414 section 3.2 step 7b, the peer being authoritative. */
static bool
is_in_time(tl_sender *s, const answer *a, int64_t now_ns)
{
	tl_authority *peer = &s->peer;
	const tl_usm_params *p = &a->p;

	if (a->level == TL_NOAUTH_NOPRIV)
		return true;
	if (p->boots == TL_BOOTS_MAX)
		return false;
	if (peer->has_clock && p->boots == peer->boots) {
		int64_t time_s = tl_time_s(peer->zero_ns, now_ns);
		if (time_s - (int64_t)p->time_s > TL_TIME_WINDOW_S)
			return false;
		if (p->time_s <= peer->latest_s)
			return true;
	}
	if (peer->has_clock && p->boots < peer->boots)
		return false;
	learn_clock(s, p, now_ns);
	return true;
}

/* An answer to the probe: whoever answers says who it is, and proves nothing. */
static void
take_probe_report(tl_sender *s, const answer *a)
{
	size_t len = a->p.engine_id.len;

	if (a->tag != TL_PDU_REPORT || len < TL_ENGINE_ID_MIN || len > TL_ENGINE_ID_MAX) {
		s->counters.refused++;
		return;
	}
	s->counters.reports++;
	learn_engine(s, a);
}

/* Whether a Report is about a message in whose place another one was sent, or is about to
 * be, for the same reason. */
static bool
is_outdated(const answer *a, const tl_pending *p)
{
	tl_err err = reported(a->counter);

	if (p->where == TL_AT_WAITING && (uint32_t)a->m.v3.msg_id == p->last_msg_id)
		return false;
	return err == TL_EUSM_ENGINE || (err == TL_EUSM_TIME && p->resynced);
}

/* A message that is an answer and has been opened. A Report's clock is believed even if
 * it is behind ours: it answers what was just sent, so it is no replay, and who has lost
 * its engineBoots could not be spoken to otherwise. */
static void
take_answer(tl_sender *s, const answer *a, int64_t now_ns)
{
	const tl_pending *p = &s->slots[a->slot];

	if (a->tag == TL_PDU_REPORT) {
		bool engine = reported(a->counter) == TL_EUSM_ENGINE;
		if (!engine && !is_from_peer(s, a))
			s->counters.refused++;
		else if (is_outdated(a, p))
			s->counters.unexpected++;
		else
			take_report(s, a, now_ns);
	} else if (a->level != s->level || !is_from_peer(s, a) ||
		   !is_in_time(s, a, now_ns)) {
		s->counters.refused++;
	} else if ((uint32_t)a->request_id != p->request_id) {
		s->counters.unexpected++;
	} else {
		s->peer_max_size = a->m.v3.max_size;
		take_response(s, a, now_ns);
	}
}

/* Reads what is left of the header: msgSecurityParameters and msgData. */
static void
read_header(answer *a)
{
	tl_reader *r = &a->m.body;

	tl_usm_read_params(r, &a->p);
	const uint8_t *at = r->p;
	if (a->m.v3.level == TL_AUTH_PRIV) {
		a->data = tl_read_octets(r, SIZE_MAX, "encryptedPDU");
	} else {
		tl_tlv v = tl_read_tagged(r, TL_BER_SEQUENCE, "scopedPDU");
		a->data = (tl_span){ at, (size_t)(v.ptr + v.len - at) };
	}
}

static tl_err
input_v3(tl_sender *s, answer *a, tl_diag *diag, int64_t now_ns)
{
	uint32_t msg_id = (uint32_t)a->m.v3.msg_id;

	a->probe = is_probes(s, msg_id);
	a->slot = slot_of(s, msg_id);
	if (a->slot != 0 && !has_msg_id(s, &s->slots[a->slot], msg_id))
		a->slot = 0;
	read_header(a);
	if (diag->err == TL_OK && a->slot == 0 && !a->probe) {
		s->counters.unexpected++;
		return TL_OK;
	}
	tl_err err = diag->err == TL_OK ? open_message(s, a, diag) : TL_OK;
	if (err != TL_OK || diag->err != TL_OK)
		s->counters.refused++;
	else if (a->probe)
		take_probe_report(s, a);
	else
		take_answer(s, a, now_ns);
	return err;
}

tl_err
tl_sender_input(tl_sender *s, tl_span bytes, int64_t now_ns)
{
	tl_diag diag = { .err = TL_OK };
	answer a = { .slot = 0 };

	if (s->rules.version == 3 && !scratch_ready(s))
		return TL_ENOMEM;
	s->counters.received++;
	tl_message_read(bytes, &a.m, &diag);
	if (diag.err == TL_OK && a.m.version == 3 && s->rules.version == 3)
		return input_v3(s, &a, &diag, now_ns);
	if (diag.err == TL_OK && a.m.version == s->rules.version && a.m.version != 3)
		input_community(s, &a, &diag, now_ns);
	else
		s->counters.refused++;
	return TL_OK;
}
