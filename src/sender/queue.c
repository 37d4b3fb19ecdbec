/* sender/queue.c: the notifications that have no result yet: what is to be sent now, what
 * waits for an answer and until when, and the results. */
#include <stdlib.h>
#include <string.h>

#include "pdu/pdu.h"
#include "sender/state.h"

static void
unlink_slot(tl_sender *s, tl_slot slot)
{
	tl_pending *p = &s->slots[slot];
	tl_list *list = &s->lists[p->where];

	if (p->prev != 0)
		s->slots[p->prev].next = p->next;
	else
		list->first = p->next;
	if (p->next != 0)
		s->slots[p->next].prev = p->prev;
	else
		list->last = p->prev;
}

static void
append_slot(tl_sender *s, tl_slot slot, tl_where where)
{
	tl_pending *p = &s->slots[slot];
	tl_list *list = &s->lists[where];

	p->where = where;
	p->prev = list->last;
	p->next = 0;
	if (list->last != 0)
		s->slots[list->last].next = slot;
	else
		list->first = slot;
	list->last = slot;
}

void
tl_pending_move(tl_sender *s, tl_slot slot, tl_where where)
{
	unlink_slot(s, slot);
	append_slot(s, slot, where);
}

const char *
tl_send_why(tl_err err)
{
	static const char *const why[TL_ERR_COUNT] = {
		[TL_ENOMEM] = "out of memory",
		[TL_ETIMEOUT] = "no answer",
		[TL_ECRYPTO] = "the cryptographic library failed",
		[TL_EREPLY] = "the receiver answered with an error-status",
		[TL_EREPORT] = "the receiver answered with a Report that says no more",
		[TL_EPDU_TYPE] = "the receiver does not take informs",
		[TL_EV3_FLAGS] = "the receiver found the message invalid",
		[TL_EV3_SECURITY_MODEL] = "the receiver does not have the User-based "
					  "Security Model",
		[TL_EUSM_ENGINE] = "the receiver has another engine ID",
		[TL_EUSM_USER] = "the receiver does not know the user",
		[TL_EUSM_LEVEL] = "the receiver does not accept this security level of "
				  "the user",
		[TL_EUSM_DIGEST] = "the receiver has another authentication secret or "
				   "protocol for the user",
		[TL_EUSM_TIME] = "the receiver does not accept the engineBoots or "
				 "engineTime",
		[TL_EUSM_DECRYPT] = "the receiver has another privacy secret or protocol "
				    "for the user",
		[TL_ELIMIT_SIZE] = "the message is larger than the limit",
	};

	if (err >= TL_ERR_COUNT || why[err] == NULL)
		return "";
	return why[err];
}

static void
release(tl_sender *s, tl_slot slot)
{
	tl_pending *p = &s->slots[slot];

	free(p->memory);
	p->memory = NULL;
	if (s->leader == slot)
		s->leader = 0;
}

void
tl_pending_finish(tl_sender *s, tl_slot slot, tl_err err, int64_t now_ns)
{
	tl_pending *p = &s->slots[slot];
	int64_t since = p->sent > 0 ? p->sent_ns : p->created_ns;

	if (err == TL_ETIMEOUT && p->hint != TL_OK)
		err = p->hint;
	p->result.err = err;
	p->result.latency_ns = now_ns - since;
	p->result.why = tl_send_why(err);
	if (err == TL_ETIMEOUT && p->sent == 0)
		p->result.why = "no answer to SNMPv3 engine discovery";
	release(s, slot);
	tl_pending_move(s, slot, TL_AT_DONE);
}

/* A free place; 0 when there is none. */
static tl_slot
take_slot(tl_sender *s)
{
	tl_slot slot = s->lists[TL_AT_FREE].first;

	if (slot != 0)
		unlink_slot(s, slot);
	else if (s->used < s->max_outstanding)
		slot = ++s->used;
	return slot;
}

static tl_err
check_room(tl_sender *s)
{
	if (s->outstanding == s->max_outstanding)
		return tl_say_problem(&s->problem, TL_ELIMIT,
		    "as many as max_outstanding have no result yet");
	if (s->slots == NULL)
		s->slots = calloc((size_t)s->max_outstanding + 1, sizeof *s->slots);
	return s->slots != NULL ? TL_OK : tl_say_problem(&s->problem, TL_ENOMEM, "");
}

/* Copies |from| to |*at|, and moves that behind it. */
static void
keep_span(tl_span from, uint8_t **at, tl_span *to)
{
	*to = (tl_span){ *at, from.len };
	if (from.len > 0)
		memcpy(*at, from.ptr, from.len);
	*at += from.len;
}

tl_err
tl_sender_notify(tl_sender *s, const tl_outgoing *out, int64_t now_ns, uint64_t *ticket)
{
	tl_draft d;
	tl_err err = tl_sender_make_draft(s, out, now_ns, &d);

	if (err == TL_OK)
		err = check_room(s);
	if (err != TL_OK)
		return err;
	tl_context context = tl_sender_context(s, out);
	size_t cap = tl_draft_bound(&d);
	uint8_t *memory = malloc(cap + context.name.len + context.engine_id.len);
	if (memory == NULL)
		return tl_say_problem(&s->problem, TL_ENOMEM, "");
	uint8_t *behind = memory + cap;
	tl_slot slot = take_slot(s);
	tl_pending *p = &s->slots[slot];
	tl_writer w = tl_writer_of(memory, cap);
	*p = (tl_pending){ .memory = memory,
		.request_id = tl_sender_next_id(s, slot),
		.created_ns = now_ns,
		.result = {
		    .ticket = ++s->tickets << s->slot_bits | slot, .kind = out->kind } };
	tl_draft_write(&d, p->request_id, &w);
	p->pdu = tl_writer_span(&w);
	keep_span(context.name, &behind, &p->context.name);
	keep_span(context.engine_id, &behind, &p->context.engine_id);
	s->counters.dropped_varbinds += d.dropped;
	s->outstanding++;
	append_slot(s, slot, out->kind == TL_TRAP ? TL_AT_TRAPS : TL_AT_INFORMS);
	*ticket = p->result.ticket;
	return TL_OK;
}

/* The place of a ticket; 0 if there is none. */
static tl_slot
find_ticket(const tl_sender *s, uint64_t ticket)
{
	tl_slot slot = (tl_slot)(ticket & ((UINT64_C(1) << s->slot_bits) - 1));

	if (slot == 0 || slot > s->used || s->slots[slot].where == TL_AT_FREE ||
	    s->slots[slot].result.ticket != ticket)
		return 0;
	return slot;
}

static void
take_result(tl_sender *s, tl_slot slot, tl_send_result *out)
{
	*out = s->slots[slot].result;
	tl_pending_move(s, slot, TL_AT_FREE);
	s->outstanding--;
}

bool
tl_sender_next_result(tl_sender *s, tl_send_result *out)
{
	tl_slot slot = s->lists[TL_AT_DONE].first;

	if (slot != 0 && out != NULL)
		take_result(s, slot, out);
	return slot != 0;
}

bool
tl_sender_take_result(tl_sender *s, uint64_t ticket, tl_send_result *out)
{
	tl_slot slot = find_ticket(s, ticket);

	if (slot == 0 || s->slots[slot].where != TL_AT_DONE)
		return false;
	take_result(s, slot, out);
	return true;
}

bool
tl_sender_cancel(tl_sender *s, uint64_t ticket, int64_t now_ns, tl_send_result *out)
{
	tl_slot slot = find_ticket(s, ticket);
	tl_send_result ignored;

	if (slot == 0)
		return false;
	if (s->slots[slot].where != TL_AT_DONE)
		tl_pending_finish(s, slot, TL_ETIMEOUT, now_ns);
	take_result(s, slot, out != NULL ? out : &ignored);
	return true;
}

/* No answer came in time. */
static void
expire_waiting(tl_sender *s, int64_t now_ns)
{
	tl_slot slot;

	while ((slot = s->lists[TL_AT_WAITING].first) != 0 &&
	       s->slots[slot].due_ns <= now_ns) {
		if (s->leader == slot) {
			s->leader = 0;
			s->leader_lost = true;
		}
		if (++s->slots[slot].expired < s->tries)
			tl_pending_move(s, slot, TL_AT_INFORMS);
		else
			tl_pending_finish(s, slot, TL_ETIMEOUT, now_ns);
	}
}

/* Discovery goes on for as long as the sending would have. */
static void
expire_undiscovered(tl_sender *s, int64_t now_ns)
{
	tl_slot slot = s->lists[TL_AT_INFORMS].first, next;

	for (; slot != 0; slot = next) {
		const tl_pending *p = &s->slots[slot];
		next = p->next;
		if (now_ns - p->created_ns >= s->tries * s->timeout_ns)
			tl_pending_finish(s, slot,
			    p->rediscovered ? TL_EUSM_ENGINE : TL_ETIMEOUT, now_ns);
	}
}

static void
expire(tl_sender *s, int64_t now_ns)
{
	expire_waiting(s, now_ns);
	if (s->probe.sent && s->probe.due_ns <= now_ns) {
		s->probe.sent = false;
		expire_undiscovered(s, now_ns);
	}
}

static bool
must_discover(const tl_sender *s)
{
	return s->rules.version == 3 && s->peer.id_len == 0;
}

/* Whether informs have to wait until one has learned the clock. */
static bool
must_wait(const tl_sender *s)
{
	return s->leader != 0 && tl_sender_needs_clock(s) && !s->peer.has_clock;
}

static tl_err
write_probe(tl_sender *s, int64_t now_ns, tl_buf *room, tl_span *message)
{
	uint32_t msg_id = tl_sender_next_id(s, 0);

	if (s->probe.sent)
		return TL_ENOTFOUND;
	tl_err err = tl_probe_write(s, msg_id, room, message);
	if (err != TL_OK)
		return err;
	s->probe.sent = true;
	if (s->probe.count++ == 0)
		s->probe.first_msg_id = msg_id;
	s->probe.last_msg_id = msg_id;
	s->probe.due_ns = now_ns + s->timeout_ns;
	s->counters.probes++;
	return TL_OK;
}

static tl_err
write_trap(tl_sender *s, tl_slot slot, int64_t now_ns, tl_buf *room, tl_span *message)
{
	const tl_parcel parcel = { .pdu = s->slots[slot].pdu,
		.context = s->slots[slot].context,
		.authority = &s->engine,
		.msg_id = tl_sender_next_id(s, slot),
		.now_ns = now_ns };

	return tl_parcel_write(s, &parcel, room, message);
}

static tl_err
write_inform(tl_sender *s, tl_slot slot, int64_t now_ns, tl_buf *room, tl_span *message)
{
	tl_pending *p = &s->slots[slot];
	const tl_parcel parcel = { .pdu = p->pdu,
		.context = p->context,
		.authority = &s->peer,
		.reportable = true,
		.msg_id = tl_sender_next_id(s, slot),
		.now_ns = now_ns };
	tl_err err = tl_parcel_write(s, &parcel, room, message);

	if (err != TL_OK)
		return err;
	p->last_msg_id = parcel.msg_id;
	if (p->sent == 0)
		p->first_msg_id = parcel.msg_id;
	if (tl_sender_needs_clock(s) && !s->peer.has_clock && !s->leader_lost)
		s->leader = slot;
	p->peer_number = s->peer_number;
	return TL_OK;
}

/* It is given out. */
static void
count_sent(tl_sender *s, tl_slot slot, int64_t now_ns)
{
	tl_pending *p = &s->slots[slot];

	if (p->sent++ == 0)
		p->sent_ns = now_ns;
	p->result.tries++;
	if (p->result.kind == TL_TRAP) {
		s->counters.traps++;
		tl_pending_finish(s, slot, TL_OK, now_ns);
		return;
	}
	s->counters.informs++;
	if (p->sent > 1)
		s->counters.repeats++;
	p->due_ns = now_ns + s->timeout_ns;
	tl_pending_move(s, slot, TL_AT_WAITING);
}

/* It cannot be sent, not even later. */
static void
fail_unsent(tl_sender *s, tl_slot slot, tl_err err, int64_t now_ns)
{
	tl_pending *p = &s->slots[slot];

	p->result.size_bytes = s->problem.size_bytes;
	p->result.limit_bytes = s->problem.limit_bytes;
	tl_pending_finish(s, slot, err, now_ns);
}

tl_err
tl_sender_next_output(tl_sender *s, int64_t now_ns, tl_buf *room, tl_span *message)
{
	tl_err err = TL_OK;
	tl_slot slot;

	expire(s, now_ns);
	do {
		if ((slot = s->lists[TL_AT_TRAPS].first) != 0) {
			err = write_trap(s, slot, now_ns, room, message);
		} else if ((slot = s->lists[TL_AT_INFORMS].first) == 0) {
			return TL_ENOTFOUND;
		} else if (must_discover(s)) {
			return write_probe(s, now_ns, room, message);
		} else if (must_wait(s)) {
			return TL_ENOTFOUND;
		} else {
			err = write_inform(s, slot, now_ns, room, message);
		}
		if (err == TL_OK)
			count_sent(s, slot, now_ns);
		else if (err != TL_ENOSPC)
			fail_unsent(s, slot, err, now_ns);
	} while (err != TL_OK && err != TL_ENOSPC);
	return err;
}

int64_t
tl_sender_next_timeout_ns(const tl_sender *s)
{
	tl_slot waiting = s->lists[TL_AT_WAITING].first;
	int64_t at = waiting != 0 ? s->slots[waiting].due_ns : INT64_MAX;

	if (s->lists[TL_AT_TRAPS].first != 0)
		return INT64_MIN;
	if (s->lists[TL_AT_INFORMS].first == 0)
		return at;
	if (must_discover(s)) {
		int64_t probe = s->probe.sent ? s->probe.due_ns : INT64_MIN;
		return probe < at ? probe : at;
	}
	return must_wait(s) ? at : INT64_MIN;
}
