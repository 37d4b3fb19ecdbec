/* render/varbind.c: the varbinds of an event, for the walk: OID, name and index, type,
 * value, and what a person reads. */
#include "render/walk.h"

#include "base/buf.h"

/* The name of |m|, unless all that is known is a subtree. */
static void
put_name(tl_walk *w, const tl_mib_match *m)
{
	tl_walk_key(w, TL_KEY_NAME);
	tl_walk_name(w, m->node);
	tl_out_oid_rest(&w->o, m->rest);
	tl_walk_quote(w);
}

/* An index item; false if its text is none. */
static bool
put_item(tl_walk *w, const tl_mib_index *item)
{
	tl_walk_key(w, TL_KEY_ITEM);
	tl_out_bytes(&w->o, item->name.ptr, item->name.len);
	tl_walk_mark(w, TL_KEY_ITEM_VALUE);
	if (item->is_number) {
		tl_out_u64(&w->o, item->value);
		return true;
	}
	return !item->text.full && tl_walk_text(w, tl_buf_written(&item->text));
}

/* The index of a column's instance: whole, or not at all. */
static void
put_index(tl_walk *w, const tl_mib_match *m)
{
	uint8_t *from = w->o.p;
	tl_mib_index item;
	tl_oid rest = m->rest;
	size_t at = 0;
	bool clean = true, more = true;

	tl_walk_mark(w, TL_KEY_INDEX);
	for (; clean && more; more = !item.last) {
		item.text = (tl_buf){ .ptr = w->r->scratch, .cap = TL_SCRATCH_MAX };
		clean = tl_mib_index_next(w->r->opt.mib, m->node, &at, &rest, &item);
		if (!clean)
			break;
		if (at > 1)
			tl_walk_json(w, ',');
		clean = put_item(w, &item);
	}
	tl_walk_json(w, '}');
	if ((!clean || rest.len > 0) && !w->o.full)
		w->o.p = from;
}

/* OID, name and index; returns the node that says how to read the value. */
static const tl_mib_node *
put_object(tl_walk *w, tl_oid oid)
{
	tl_mib_match m = { NULL, { NULL, 0 } };

	tl_walk_key(w, TL_KEY_OID);
	tl_out_oid(&w->o, oid);
	tl_walk_quote(w);
	if (w->r->opt.mib != NULL)
		m = tl_mib_find(w->r->opt.mib, oid);
	if (m.node == NULL || tl_mib_node_kind(m.node) == TL_MIB_IDENTITY)
		return NULL;
	put_name(w, &m);
	if (tl_mib_node_kind(m.node) != TL_MIB_OBJECT)
		return NULL;
	if (m.rest.len > 0)
		put_index(w, &m);
	return m.node;
}

static tl_key
type_word(tl_type type)
{
	switch (type) {
	case TL_T_INTEGER:
		return TL_KEY_T_INTEGER;
	case TL_T_OCTETS:
		return TL_KEY_T_OCTETS;
	case TL_T_NULL:
		return TL_KEY_T_NULL;
	case TL_T_OID:
		return TL_KEY_T_OID;
	case TL_T_IPADDRESS:
		return TL_KEY_T_IPADDRESS;
	case TL_T_COUNTER32:
		return TL_KEY_T_COUNTER32;
	case TL_T_GAUGE32:
		return TL_KEY_T_GAUGE32;
	case TL_T_TIMETICKS:
		return TL_KEY_T_TIMETICKS;
	case TL_T_OPAQUE:
		return TL_KEY_T_OPAQUE;
	case TL_T_COUNTER64:
		return TL_KEY_T_COUNTER64;
	case TL_T_NOSUCHOBJECT:
		return TL_KEY_T_NOSUCHOBJECT;
	case TL_T_NOSUCHINSTANCE:
		return TL_KEY_T_NOSUCHINSTANCE;
	case TL_T_ENDOFMIBVIEW:
		return TL_KEY_T_ENDOFMIBVIEW;
	}
	return TL_KEY_T_UNKNOWN;
}

/* All that stands before the value; returns the node that says how to read it. */
static const tl_mib_node *
put_head(tl_walk *w, const tl_varbind *vb, tl_recall *c)
{
	if (c->known) {
		tl_out_bytes(&w->o, c->place->text, c->place->len);
		return c->place->node;
	}
	const tl_mib_node *node = put_object(w, vb->name);
	tl_walk_key(w, TL_KEY_TYPE);
	tl_walk_mark(w, type_word(vb->type));
	tl_walk_key(w, TL_KEY_VALUE);
	tl_walk_keep(w, c, node);
	return node;
}

static void
put_hex(tl_walk *w, tl_span bytes)
{
	tl_walk_quote(w);
	tl_out_hex(&w->o, bytes);
	tl_walk_quote(w);
	tl_walk_key(w, TL_KEY_VALUE_HEX);
}

static void
put_address(tl_walk *w, tl_span octets)
{
	if (octets.len != 4) {
		put_hex(w, octets);
		return;
	}
	tl_walk_quote(w);
	tl_out_ipv4(&w->o, octets.ptr);
	tl_walk_quote(w);
}

static void
put_value(tl_walk *w, const tl_varbind *vb)
{
	switch (vb->type) {
	case TL_T_INTEGER:
		tl_out_i64(&w->o, vb->v.i64);
		return;
	case TL_T_COUNTER32:
	case TL_T_GAUGE32:
	case TL_T_TIMETICKS:
	case TL_T_COUNTER64:
		tl_out_u64(&w->o, vb->v.u64);
		return;
	case TL_T_OCTETS:
		tl_walk_string(w, vb->v.octets, TL_KEY_VALUE_HEX);
		return;
	case TL_T_OPAQUE:
		put_hex(w, vb->v.octets);
		return;
	case TL_T_IPADDRESS:
		put_address(w, vb->v.octets);
		return;
	case TL_T_OID:
		tl_walk_quote(w);
		tl_out_oid(&w->o, vb->v.oid);
		tl_walk_quote(w);
		return;
	case TL_T_NULL:
	case TL_T_NOSUCHOBJECT:
	case TL_T_NOSUCHINSTANCE:
	case TL_T_ENDOFMIBVIEW:
		break;
	}
	tl_walk_mark(w, TL_KEY_NULL);
}

/* What a person reads, where it differs; whether the value fits its definition. */
static bool
put_text(tl_walk *w, const tl_mib_node *node, const tl_varbind *vb)
{
	tl_buf text = { .ptr = w->r->scratch, .cap = TL_SCRATCH_MAX };
	bool mismatch = false;

	if (w->r->opt.mib != NULL)
		tl_mib_value_text(w->r->opt.mib, node, vb, &text, &mismatch);
	if (text.len == 0 && !mismatch)
		(void)tl_charset_text(w->r->in_use, w->r->opt.mib, node, vb, &text);
	if (!text.full)
		tl_walk_comment(w, TL_KEY_TEXT, tl_buf_written(&text));
	return !mismatch;
}

static void
set_prefix(tl_walk *w, size_t number)
{
	tl_buf b = { .ptr = (uint8_t *)w->prefix.text, .cap = sizeof w->prefix.text };

	tl_buf_lit(&b, " varbind.");
	tl_buf_u64(&b, number);
	tl_buf_lit(&b, ".");
	w->prefix.len = (uint8_t)b.len;
}

/* A varbind; returns whether it fits its definition. |place|: from 0; in JSON always 0.
 */
static bool
put_varbind(tl_walk *w, const tl_varbind *vb, size_t place)
{
	uint32_t use = (uint32_t)place << 8 | (uint8_t)vb->type;
	tl_recall c = tl_walk_recall(w, w->r->oids, TL_MEMO_OIDS,
	    (tl_memo_key){ vb->name.ber, vb->name.len, use });

	if (c.known && c.place->all_len > 0 && c.place->value == vb->v.i64) {
		tl_out_bytes(&w->o, c.place->text, c.place->all_len);
		return true;
	}
	const tl_mib_node *node = put_head(w, vb, &c);
	put_value(w, vb);
	bool fits = put_text(w, node, vb);
	tl_walk_json(w, '}');
	if (vb->type == TL_T_INTEGER && fits)
		tl_walk_keep_value(w, &c, vb->v.i64);
	return fits;
}

unsigned
tl_walk_varbinds(tl_walk *w, const tl_notification *n)
{
	unsigned flags = 0;

	for (size_t i = 0; i < n->vb_count && !w->o.full; i++) {
		if (w->s->flat)
			set_prefix(w, i + 1);
		else if (i > 0)
			tl_walk_json(w, ',');
		if (!put_varbind(w, &n->vb[i], w->s->flat ? i : 0))
			flags = TL_FLAG_SYNTAX;
	}
	return flags;
}
