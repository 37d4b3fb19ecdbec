/* pipeline/value_memo.c: see value_memo.h. Called by value_test.c, and by field.c for
 * events that have one. */
#include "pipeline/value_memo.h"

#include "base/buf.h"

void
value_memo_look(value_memo *m, const field *f, const tl_notification *n)
{
	const tl_varbind *end = n->all + n->all_count, *vb = field_find(f, n->all, end);
	unsigned i = f->hash % VALUE_PLACES;

	m->places_known |= 1u << i;
	m->places[i] = (value_place){ f->hash, vb, vb };
	for (; vb < end; vb = field_find(f, vb + 1, end))
		m->places[i].end = vb + 1;
}

static void
forget_texts(value_memo *m)
{
	m->texts_known = 0;
	m->used = 0;
}

static tl_span
make_text(const field *f, const event *ev, const tl_varbind *vb, tl_buf *room)
{
	const tl_mib_node *node =
	    f->is_defined ? f->node : field_definition(ev->mib, vb->name);

	if (!field_write_meaning(ev->mib, node, ev->j.charset, vb, room)) {
		if (vb->type == TL_T_OCTETS)
			return vb->v.octets;
		field_write_raw(vb, room);
	}
	return tl_buf_written(room);
}

/* The same in what room is left; in all of it if that is not enough. */
static tl_span
keep_text(value_memo *m, const field *f, const event *ev, const tl_varbind *vb)
{
	tl_buf room = { .ptr = m->room + m->used, .cap = VALUE_TEXT_MAX - m->used };
	tl_span text = make_text(f, ev, vb, &room);

	if (room.full && m->used > 0) {
		forget_texts(m);
		room = (tl_buf){ .ptr = m->room, .cap = VALUE_TEXT_MAX };
		text = make_text(f, ev, vb, &room);
	}
	m->used += room.len;
	return text;
}

tl_span
value_memo_recall(value_memo *m, const field *f, const event *ev, const tl_varbind *vb)
{
	unsigned i = (unsigned)(vb - ev->n->all) % VALUE_PLACES;

	if (m->texts_known == 0 || m->charset != ev->j.charset) {
		forget_texts(m);
		m->charset = ev->j.charset;
	}
	if ((m->texts_known >> i & 1) != 0 && m->texts[i].vb == vb)
		return m->texts[i].text;
	tl_span text = keep_text(m, f, ev, vb);
	m->texts[i] = (value_text){ vb, text };
	m->texts_known |= 1u << i;
	return text;
}
