/* render/walk.h: the one walk over an event's facts, in the syntax of the renderer. */
#ifndef TL_RENDER_WALK_H
#define TL_RENDER_WALK_H

#include "render/renderer.h"

typedef struct tl_walk {
	tl_out o;
	tl_renderer *r;
	const tl_syntax *s;
	tl_fragment
	    prefix; /* of a varbind's keys, " varbind.1."; empty outside, and in JSON */
} tl_walk;

/* The key, behind the varbind's prefix if there is one. */
static inline void
tl_walk_key(tl_walk *w, tl_key key)
{
	if (w->prefix.len > 0)
		tl_out_fragment(&w->o, &w->prefix);
	tl_out_fragment(&w->o, &w->s->keys[key]);
}

/* A fragment that is no key. */
static inline void
tl_walk_mark(tl_walk *w, tl_key key)
{
	tl_out_fragment(&w->o, &w->s->keys[key]);
}

/* The |value|th, from 1, of the fragments that begin with |first|; nothing for 0. */
static inline void
tl_walk_choice(tl_walk *w, tl_key first, unsigned value, unsigned last)
{
	if (value >= 1 && value <= last)
		tl_walk_mark(w, (tl_key)((unsigned)first + value - 1));
}

/* A character that only JSON has: what closes an object, a list. */
static inline void
tl_walk_json(tl_walk *w, char c)
{
	*w->o.p = (uint8_t)c;
	w->o.p += w->s->json;
}

/* The quote behind a clean string, or nothing. */
static inline void
tl_walk_quote(tl_walk *w)
{
	tl_walk_json(w, '"');
}

/* The name of a definition, which needs no escapes: "IF-MIB::ifIndex". Foreign size. */
static inline void
tl_walk_name(tl_walk *w, const tl_mib_node *node)
{
	tl_span module = tl_mib_node_module(w->r->opt.mib, node);
	tl_span name = tl_mib_node_name(w->r->opt.mib, node);

	tl_out_bytes(&w->o, module.ptr, module.len);
	tl_out_bytes(&w->o, "::", 2);
	tl_out_bytes(&w->o, name.ptr, name.len);
}

/* A text that may be kept: if it is |known| it is copied from |place|; else it is
 * written, and kept there. */
typedef struct tl_recall {
	bool known;
	tl_memo *place; /* NULL: it cannot be kept */
	tl_memo_key key;
	uint8_t *from; /* where it begins in the line */
} tl_recall;

static inline tl_recall
tl_walk_recall(tl_walk *w, tl_memo *table, size_t count, tl_memo_key key)
{
	tl_memo *m = tl_memo_place(table, count, key);

	return (tl_recall){ m != NULL && tl_memo_holds(m, key), m, key, w->o.p };
}

/* Keeps what was written since the recall. */
static inline void
tl_walk_keep(tl_walk *w, tl_recall *c, const tl_mib_node *node)
{
	tl_span text = { c->from, (size_t)(w->o.p - c->from) };

	if (c->place != NULL &&
	    (w->o.full || !tl_memo_keep(c->place, c->key, node, text)))
		c->place = NULL;
}

/* Keeps more behind what is kept: an INTEGER's |value| and what follows it. */
static inline void
tl_walk_keep_value(tl_walk *w, const tl_recall *c, int64_t value)
{
	if (c->place != NULL && !w->o.full)
		tl_memo_keep_value(
		    c->place, value, (tl_span){ c->from, (size_t)(w->o.p - c->from) });
}

/* A string in quotes, or bare where that is enough; false, and nothing is written, if it
 * is no text. Foreign size. */
static inline bool
tl_walk_text(tl_walk *w, tl_span text)
{
	return w->s->put_text(&w->o, text);
}

/* A foreign string: as text, else as hexadecimal with |hex| behind it. */
void tl_walk_string(tl_walk *w, tl_span bytes, tl_key hex);

/* Key and text, unless that is empty or, against its maker's promise, no text. */
static inline void
tl_walk_comment(tl_walk *w, tl_key key, tl_span text)
{
	uint8_t *from = w->o.p;

	if (text.len == 0)
		return;
	tl_walk_key(w, key);
	if (!tl_walk_text(w, text))
		w->o.p = from;
}

/* The varbinds of |n|; returns TL_FLAG_SYNTAX if a value does not fit its definition. */
unsigned tl_walk_varbinds(tl_walk *w, const tl_notification *n);

/* The beginning of an event, up to its kind. */
void tl_walk_head(tl_walk *w, int64_t realtime_ns, uint64_t id_hash, tl_key kind);

/* A trap's OID and name; returns its definition, or NULL. */
const tl_mib_node *tl_walk_trap_name(tl_walk *w, tl_oid oid);

/* A severity; nothing for none. */
void tl_walk_severity(tl_walk *w, tl_severity severity);

/* What was found out about a notification. */
void tl_walk_judgement(tl_walk *w, const tl_judgement *j);

/* Each event, newline included; w->o.full tells afterwards whether it did not fit. */
void tl_walk_notification(tl_walk *w, const tl_notification *n, const tl_judgement *j);
void tl_walk_own(tl_walk *w, const tl_own_event *own);
void tl_walk_refusal(
    tl_walk *w, const tl_datagram *in, const tl_refusal *refusal, tl_span hint);
void tl_walk_loss(tl_walk *w, const tl_loss *loss);

#endif
