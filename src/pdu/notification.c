/* pdu/notification.c: names of types, and copies of notifications out of the arena. */
#include "trapline/notification.h"

#include <assert.h>
#include <stddef.h>
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
	uintptr_t shift; /* its copy lies so far behind it, modulo SIZE_MAX + 1 */
} home;

typedef struct walk {
	home wire, pdu;
	uint8_t *apart;     /* for what lies in neither */
	size_t used, space; /* bytes of that: asked for, and there */
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
	return (const uint8_t *)((uintptr_t)ptr + h->shift);
}

/* What lies apart; rare, and kept out of the way of the rest. */
static __attribute__((noinline)) const uint8_t *
put_apart(walk *w, const uint8_t *bytes, size_t len)
{
	size_t at = w->used;

	if (lies_in(&w->pdu, bytes, len))
		return in_copy(&w->pdu, bytes);
	w->used += len;
	return w->used <= w->space ? memcpy(w->apart + at, bytes, len) : bytes;
}

static inline const uint8_t *
put(walk *w, const uint8_t *bytes, size_t len)
{
	static const uint8_t nothing[1];

	if (len == 0)
		return nothing;
	return lies_in(&w->wire, bytes, len) ? in_copy(&w->wire, bytes)
					     : put_apart(w, bytes, len);
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

/* What its version does not say is empty. */
static void
put_fields(walk *w, tl_notification *n)
{
	put_oid(w, &n->trap_oid);
	if (n->v1.present)
		put_oid(w, &n->v1.enterprise);
	if (n->version != 3) {
		put_span(w, &n->community);
		return;
	}
	put_span(w, &n->v3.user);
	put_span(w, &n->v3.engine_id);
	put_span(w, &n->v3.context_engine_id);
	put_span(w, &n->v3.context_name);
}

/* The types whose value points to bytes; the pointer stands first in all of them. */
static const bool points[UINT8_MAX + 1] = {
	[TL_T_OCTETS] = true,
	[TL_T_OID] = true,
	[TL_T_IPADDRESS] = true,
	[TL_T_OPAQUE] = true,
};
static_assert(offsetof(tl_oid, ber) == offsetof(tl_span, ptr), "first in both");

/* Varbinds that were read: what they point to lies all in |h|. */
static void
move_varbinds(const home *h, tl_varbind *to, const tl_varbind *vb, size_t count)
{
	const home in = *h;

	if (count > 0)
		memcpy(to, vb, count * sizeof *vb);
	for (size_t i = 0; i < count; i++) {
		to[i].name.ber = in_copy(&in, to[i].name.ber);
		if (points[(uint8_t)to[i].type])
			to[i].v.octets.ptr = in_copy(&in, to[i].v.octets.ptr);
	}
}

/* Such as were made by hand: they may lie anywhere. Without |to| it only adds up. */
static void
put_varbinds(walk *w, tl_varbind *to, const tl_varbind *vb, size_t count)
{
	const size_t step = to != NULL;
	tl_varbind spare;

	to = to != NULL ? to : &spare;
	for (size_t i = 0; i < count; i++, to += step) {
		*to = vb[i];
		put_oid(w, &to->name);
		if (has_octets(to->type))
			put_span(w, &to->v.octets);
		else if (to->type == TL_T_OID)
			put_oid(w, &to->v.oid);
	}
}

/* Whether |n|->vb is a part of |n|->all, as it nearly always is. */
static bool
is_part_of_all(const tl_notification *n)
{
	uintptr_t first = (uintptr_t)n->all, end = (uintptr_t)(n->all + n->all_count);

	return (uintptr_t)n->vb >= first && (uintptr_t)(n->vb + n->vb_count) <= end;
}

/* Copies the bytes of |h| to |to|; returns what is behind them. */
static uint8_t *
settle(home *h, uint8_t *to)
{
	h->shift = (uintptr_t)to - h->from;
	if (h->len > 0)
		memcpy(to, (const void *)h->from, h->len);
	return to + h->len;
}

static home
home_of(tl_span bytes)
{
	return (home){ (uintptr_t)bytes.ptr, bytes.len, 0 };
}

/* Where there is no room for the parts of known size the walk only adds up. */
size_t
tl_notification_clone_to(const tl_notification *n, void *room, size_t cap)
{
	tl_notification spare, *c = room;
	tl_varbind *all = NULL, *vb = NULL;
	bool is_part = is_part_of_all(n), was_read = n->pdu.len > 0;
	size_t own = is_part ? 0 : n->vb_count;
	size_t head = sizeof *n + (n->all_count + own) * sizeof(tl_varbind);
	walk w = { .wire = home_of(n->wire) };
	home *pdu = &w.wire;

	if (!lies_in(&w.wire, n->pdu.ptr, n->pdu.len)) {
		w.pdu = home_of(n->pdu);
		pdu = &w.pdu;
	}
	size_t known = head + w.wire.len + w.pdu.len;
	if (known <= cap) {
		all = (tl_varbind *)(c + 1);
		vb = all + n->all_count;
		w.apart = settle(&w.pdu, settle(&w.wire, (uint8_t *)room + head));
		w.space = cap - known;
	} else {
		c = &spare;
	}
	*c = *n;
	put_fields(&w, c);
	c->wire.ptr = in_copy(&w.wire, n->wire.ptr);
	c->pdu.ptr = in_copy(pdu, n->pdu.ptr);
	if (!was_read) {
		put_varbinds(&w, all, n->all, n->all_count);
		put_varbinds(&w, vb, n->vb, own);
	} else if (all != NULL) {
		move_varbinds(pdu, all, n->all, n->all_count);
		move_varbinds(pdu, vb, n->vb, own);
	}
	c->all = all;
	c->vb = is_part && all != NULL ? all + (n->vb - n->all) : vb;
	return known + w.used;
}

tl_err
tl_notification_clone(const tl_notification *n, tl_notification **out)
{
	size_t len = tl_notification_clone_to(n, NULL, 0);
	void *room = malloc(len);

	if (room == NULL)
		return TL_ENOMEM;
	(void)tl_notification_clone_to(n, room, len);
	*out = room;
	return TL_OK;
}

void
tl_notification_free(tl_notification *n)
{
	free(n);
}
