/* pipeline/value_memo.h: what has been found out of an event's varbinds, for what asks
 * next: where those of an object are, and what a person reads for them. For the tests
 * and the texts of rules. */
#ifndef PIPELINE_VALUE_MEMO_H
#define PIPELINE_VALUE_MEMO_H

#include "pipeline/field.h"

enum {
	VALUE_TEXT_MAX = 4096, /* bytes that are made of a value */
	VALUE_PLACES = 8,      /* objects, and varbinds, that are remembered */
};

typedef struct value_place {
	uint64_t hash; /* of an object; configurations write them, so nobody plans that
			  two are equal */
	const tl_varbind *first, *end; /* from the first that is of it to behind the last;
					  equal: there is none */
} value_place;

typedef struct value_text {
	const tl_varbind *vb;
	tl_span text; /* in room, or its octets */
} value_text;

typedef struct value_memo {
	uint32_t places_known, texts_known; /* 1 << index of each that holds */
	size_t used;                        /* bytes of room */
	const tl_charset *charset;          /* that the texts are made with */
	value_place places[VALUE_PLACES];
	value_text texts[VALUE_PLACES];
	uint8_t room[VALUE_TEXT_MAX];
} value_memo;

/* Forgets all, before the first look at an event. */
static inline void
value_memo_begin(value_memo *m)
{
	m->places_known = m->texts_known = 0;
}

/* Looks for the varbinds of |f|, an object, in |n|. */
void value_memo_look(value_memo *m, const field *f, const tl_notification *n);

/* Where they are. Holds until the next call. */
static inline const value_place *
value_memo_find(value_memo *m, const field *f, const tl_notification *n)
{
	unsigned i = f->hash % VALUE_PLACES;

	if ((m->places_known >> i & 1) == 0 || m->places[i].hash != f->hash)
		value_memo_look(m, f, n);
	return &m->places[i];
}

/* The same as value_memo_text(), where that has to be made or is remembered. */
tl_span value_memo_recall(
    value_memo *m, const field *f, const event *ev, const tl_varbind *vb);

/* What a person reads for |vb|, which is of |f| and of |ev|: as field_write_text() writes
 * it, but of octets that have no text of their own the octets. Holds until the next call.
 */
static inline tl_span
value_memo_text(value_memo *m, const field *f, const event *ev, const tl_varbind *vb)
{
	tl_span octets = vb->v.octets;

	if (vb->type == TL_T_OCTETS && ev->j.charset == NULL &&
	    octets.len - 1 < f->text_max &&
	    (uint8_t)(octets.ptr[octets.len - 1] - 1) < 0x7f)
		return octets;
	return value_memo_recall(m, f, ev, vb);
}

#endif
