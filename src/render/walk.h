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

/* The quote behind a clean string, or nothing. */
static inline void
tl_walk_quote(tl_walk *w)
{
	*w->o.p = '"';
	w->o.p += w->s->quote;
}

/* A foreign string: as text, else as hexadecimal with |hex| behind it. */
void tl_walk_string(tl_walk *w, tl_span bytes, tl_key hex);

/* The varbinds of |n|; returns TL_FLAG_SYNTAX if a value does not fit its definition. */
unsigned tl_walk_varbinds(tl_walk *w, const tl_notification *n);

/* Each event, newline included; w->o.full tells afterwards whether it did not fit. */
void tl_walk_notification(tl_walk *w, const tl_notification *n);
void tl_walk_refusal(
    tl_walk *w, const tl_datagram *in, const tl_refusal *refusal, tl_span hint);
void tl_walk_loss(tl_walk *w, const tl_loss *loss);

#endif
