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

/* A clone is one block: the notification, its varbinds, then bytes. The walk is made
 * twice: without memory it only adds up. */
typedef struct walk {
	uint8_t *to; /* NULL: adding up */
	size_t len;
} walk;

static const uint8_t *
put(walk *w, const uint8_t *bytes, size_t len)
{
	uint8_t *at = w->to;

	w->len += len;
	if (at == NULL)
		return bytes;
	if (len > 0)
		memcpy(at, bytes, len);
	w->to += len;
	return at;
}

static void
put_span(walk *w, tl_span *s)
{
	s->ptr = put(w, s->ptr, s->len);
}

static void
put_oid(walk *w, tl_oid *oid)
{
	oid->ber = put(w, oid->ber, oid->len);
}

static void
put_varbinds(walk *w, tl_varbind *vb, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		put_oid(w, &vb[i].name);
		if (vb[i].type == TL_T_OID)
			put_oid(w, &vb[i].v.oid);
		else if (vb[i].type == TL_T_OCTETS || vb[i].type == TL_T_OPAQUE ||
			 vb[i].type == TL_T_IPADDRESS)
			put_span(w, &vb[i].v.octets);
	}
}

static void
put_fields(walk *w, tl_notification *n)
{
	put_oid(w, &n->trap_oid);
	put_oid(w, &n->v1.enterprise);
	put_span(w, &n->community);
	put_span(w, &n->v3.user);
	put_span(w, &n->v3.engine_id);
	put_span(w, &n->v3.context_engine_id);
	put_span(w, &n->v3.context_name);
	put_span(w, &n->wire);
	put_span(w, &n->pdu);
}

/* The bytes that the copied varbinds need. */
static size_t
varbind_bytes(const tl_varbind *vb, size_t count)
{
	walk w = { 0 };

	for (size_t i = 0; i < count; i++) {
		tl_varbind copy = vb[i];
		put_varbinds(&w, &copy, 1);
	}
	return w.len;
}

tl_err
tl_notification_clone(const tl_notification *n, tl_notification **out)
{
	tl_notification copy = *n;
	walk sum = { 0 };

	put_fields(&sum, &copy);
	size_t varbinds = (n->all_count + n->vb_count) * sizeof(tl_varbind);
	size_t bytes = sum.len + varbind_bytes(n->all, n->all_count) +
		       varbind_bytes(n->vb, n->vb_count);
	tl_notification *c = malloc(sizeof *c + varbinds + bytes);
	if (c == NULL)
		return TL_ENOMEM;
	tl_varbind *all = (tl_varbind *)(c + 1), *vb = all + n->all_count;
	walk w = { .to = (uint8_t *)(vb + n->vb_count) };
	if (n->all_count > 0)
		memcpy(all, n->all, n->all_count * sizeof *all);
	if (n->vb_count > 0)
		memcpy(vb, n->vb, n->vb_count * sizeof *vb);
	*c = *n;
	put_fields(&w, c);
	put_varbinds(&w, all, n->all_count);
	put_varbinds(&w, vb, n->vb_count);
	c->all = all;
	c->vb = vb;
	*out = c;
	return TL_OK;
}

void
tl_notification_free(tl_notification *n)
{
	free(n);
}
