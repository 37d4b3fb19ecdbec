/* pdu/notification.c: names of types, and copies of notifications out of the arena. */
#include "trapline/notification.h"

#include <stdlib.h>
#include <string.h>

const char *
tl_type_name(tl_type type)
{
	switch (type) {
	case TL_T_INTEGER:
		return "INTEGER";
	case TL_T_OCTETS:
		return "OCTET STRING";
	case TL_T_NULL:
		return "NULL";
	case TL_T_OID:
		return "OBJECT IDENTIFIER";
	case TL_T_IPADDRESS:
		return "IpAddress";
	case TL_T_COUNTER32:
		return "Counter32";
	case TL_T_GAUGE32:
		return "Gauge32";
	case TL_T_TIMETICKS:
		return "TimeTicks";
	case TL_T_OPAQUE:
		return "Opaque";
	case TL_T_COUNTER64:
		return "Counter64";
	case TL_T_NOSUCHOBJECT:
		return "noSuchObject";
	case TL_T_NOSUCHINSTANCE:
		return "noSuchInstance";
	case TL_T_ENDOFMIBVIEW:
		return "endOfMibView";
	}
	return "unknown";
}

/* A clone is one block: the notification, its varbinds, the datagram, the PDU if it does
 * not lie in that (it was encrypted), and what lies in neither. What lies in one of them
 * has the same place in its copy. */
typedef struct home {
	uintptr_t from;
	size_t len;
	uint8_t *to; /* its copy */
} home;

typedef struct walk {
	home wire, pdu;
	uint8_t *to; /* for what lies in neither */
} walk;

static inline bool
has_octets(tl_type type)
{
	return type == TL_T_OCTETS || type == TL_T_OPAQUE || type == TL_T_IPADDRESS;
}

static inline bool
lies_in(const home *h, const uint8_t *ptr, size_t len)
{
	size_t at = (uintptr_t)ptr - h->from;

	return at < h->len && len <= h->len - at;
}

static inline const uint8_t *
in_copy(const home *h, const uint8_t *ptr)
{
	return h->to + ((uintptr_t)ptr - h->from);
}

static inline const uint8_t *
put(walk *w, const uint8_t *bytes, size_t len)
{
	static const uint8_t nothing[1];

	if (len == 0)
		return nothing;
	if (lies_in(&w->wire, bytes, len))
		return in_copy(&w->wire, bytes);
	if (lies_in(&w->pdu, bytes, len))
		return in_copy(&w->pdu, bytes);
	w->to += len;
	return memcpy(w->to - len, bytes, len);
}

static inline void
put_span(walk *w, tl_span *s)
{
	s->ptr = put(w, s->ptr, s->len);
}

static inline void
put_oid(walk *w, tl_oid *oid)
{
	oid->ber = put(w, oid->ber, oid->len);
}

static inline void
put_varbind(walk *w, tl_varbind *vb)
{
	put_oid(w, &vb->name);
	if (vb->type == TL_T_OID)
		put_oid(w, &vb->v.oid);
	else if (has_octets(vb->type))
		put_span(w, &vb->v.octets);
}

static inline void
put_fields(walk *w, tl_notification *n)
{
	put_oid(w, &n->trap_oid);
	put_oid(w, &n->v1.enterprise);
	put_span(w, &n->community);
	put_span(w, &n->v3.user);
	put_span(w, &n->v3.engine_id);
	put_span(w, &n->v3.context_engine_id);
	put_span(w, &n->v3.context_name);
}

/* The bytes that lie neither in the datagram nor in its PDU. */
static inline size_t
apart(const walk *w, const uint8_t *ptr, size_t len)
{
	return lies_in(&w->wire, ptr, len) || lies_in(&w->pdu, ptr, len) ? 0 : len;
}

static size_t
varbinds_apart(const walk *w, const tl_varbind *vb, size_t count)
{
	size_t sum = 0;

	for (const tl_varbind *end = vb + count; vb < end; vb++) {
		sum += apart(w, vb->name.ber, vb->name.len);
		if (vb->type == TL_T_OID)
			sum += apart(w, vb->v.oid.ber, vb->v.oid.len);
		else if (has_octets(vb->type))
			sum += apart(w, vb->v.octets.ptr, vb->v.octets.len);
	}
	return sum;
}

static size_t
fields_apart(const walk *w, const tl_notification *n)
{
	const tl_span spans[] = { { n->trap_oid.ber, n->trap_oid.len },
		{ n->v1.enterprise.ber, n->v1.enterprise.len }, n->community, n->v3.user,
		n->v3.engine_id, n->v3.context_engine_id, n->v3.context_name };
	size_t sum = 0;

	for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
		if (spans[i].len > 0)
			sum += apart(w, spans[i].ptr, spans[i].len);
	return sum;
}

static tl_varbind *
put_varbinds(walk *w, tl_varbind *to, const tl_varbind *vb, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		to[i] = vb[i];
		put_varbind(w, &to[i]);
	}
	return to;
}

/* Whether |n|->vb is a part of |n|->all, as it nearly always is. */
static bool
is_part_of_all(const tl_notification *n)
{
	size_t at = ((uintptr_t)n->vb - (uintptr_t)n->all) / sizeof *n->vb;

	return at <= n->all_count && n->vb_count <= n->all_count - at;
}

static walk
begin(const tl_notification *n)
{
	walk w = { .wire = { (uintptr_t)n->wire.ptr, n->wire.len, NULL } };

	if (!lies_in(&w.wire, n->pdu.ptr, n->pdu.len))
		w.pdu = (home){ (uintptr_t)n->pdu.ptr, n->pdu.len, NULL };
	return w;
}

size_t
tl_notification_clone_bytes(const tl_notification *n)
{
	walk w = begin(n);
	size_t sum = sizeof *n + n->all_count * sizeof(tl_varbind) + w.wire.len +
		     w.pdu.len + fields_apart(&w, n) +
		     varbinds_apart(&w, n->all, n->all_count);

	if (!is_part_of_all(n))
		sum += n->vb_count * sizeof(tl_varbind) +
		       varbinds_apart(&w, n->vb, n->vb_count);
	return sum;
}

/* Copies the bytes of |h| to |to|; returns what is behind them. */
static uint8_t *
settle(home *h, uint8_t *to)
{
	h->to = to;
	if (h->len > 0)
		memcpy(to, (const void *)h->from, h->len);
	return to + h->len;
}

tl_notification *
tl_notification_clone_to(const tl_notification *n, void *room)
{
	tl_notification *c = room;
	tl_varbind *all = (tl_varbind *)(c + 1), *vb = all + n->all_count;
	bool is_part = is_part_of_all(n);
	walk w = begin(n);

	w.to = settle(&w.wire, (uint8_t *)(is_part ? vb : vb + n->vb_count));
	w.to = settle(&w.pdu, w.to);
	*c = *n;
	put_fields(&w, c);
	put_span(&w, &c->wire);
	put_span(&w, &c->pdu);
	c->all = put_varbinds(&w, all, n->all, n->all_count);
	c->vb =
	    is_part ? all + (n->vb - n->all) : put_varbinds(&w, vb, n->vb, n->vb_count);
	return c;
}

tl_err
tl_notification_clone(const tl_notification *n, tl_notification **out)
{
	void *room = malloc(tl_notification_clone_bytes(n));

	if (room == NULL)
		return TL_ENOMEM;
	*out = tl_notification_clone_to(n, room);
	return TL_OK;
}

void
tl_notification_free(tl_notification *n)
{
	free(n);
}
