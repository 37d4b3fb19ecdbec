/* render/text_value.c: strings, names and values as the text format shows them. No byte
 * of a peer gets to the terminal but as a printable character. Called by text.c. */
#include "render/text.h"

#include "base/buf.h"

void
tl_text_colour(tl_text *w, const char *colour)
{
	if (w->r->opt.colour)
		tl_buf_puts(w->out, colour);
}

void
tl_text_pad(tl_text *w, size_t from, size_t width)
{
	for (size_t len = w->out->len - from; len < width; len++)
		tl_buf_putc(w->out, ' ');
}

/* What has an escape of its own in quotes: 0 for the others. */
static char
short_escape(uint8_t c)
{
	switch (c) {
	case '\t':
		return 't';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '"':
	case '\\':
		return (char)c;
	default:
		return 0;
	}
}

static void
put_quoted(tl_text *w, tl_span text)
{
	size_t from = 0;

	tl_buf_putc(w->out, '"');
	for (size_t i = 0; i <= text.len; i++) {
		char letter = i < text.len ? short_escape(text.ptr[i]) : 0;
		if (i < text.len && letter == 0)
			continue;
		tl_buf_printable(w->out, (tl_span){ text.ptr + from, i - from });
		from = i + 1;
		if (letter == 0)
			break;
		tl_buf_putc(w->out, '\\');
		tl_buf_putc(w->out, letter);
	}
	tl_buf_putc(w->out, '"');
}

void
tl_text_hex(tl_text *w, tl_span bytes)
{
	const size_t group = 4;

	tl_buf_lit(w->out, "0x");
	for (size_t i = 0; i < bytes.len; i += group) {
		size_t left = bytes.len - i;
		if (i > 0)
			tl_buf_putc(w->out, ' ');
		tl_buf_hex(
		    w->out, (tl_span){ bytes.ptr + i, left < group ? left : group });
	}
}

void
tl_text_string(tl_text *w, tl_span bytes, bool quoted)
{
	if (!quoted && tl_is_bare(bytes))
		tl_buf_span(w->out, bytes);
	else if (tl_is_text(bytes))
		put_quoted(w, bytes);
	else
		tl_text_hex(w, bytes);
}

void
tl_text_duration(tl_text *w, uint64_t cs)
{
	const uint64_t minute = 6000, hour = 60 * minute, day = 24 * hour;

	if (cs >= day) {
		tl_buf_u64(w->out, cs / day);
		tl_buf_lit(w->out, "d ");
	}
	if (cs >= hour) {
		tl_buf_u64(w->out, cs / hour % 24);
		tl_buf_lit(w->out, "h ");
	}
	if (cs >= minute) {
		tl_buf_u64(w->out, cs / minute % 60);
		tl_buf_lit(w->out, "m ");
	}
	tl_buf_u64(w->out, cs / 100 % 60);
	tl_buf_putc(w->out, '.');
	tl_buf_u64_pad(w->out, cs % 100, 2);
	tl_buf_putc(w->out, 's');
}

void
tl_text_oid_name(tl_text *w, tl_oid oid)
{
	const tl_mib *mib = w->r->opt.mib;
	tl_mib_match m = { NULL, { NULL, 0 } };

	if (oid.len == 0) {
		tl_buf_putc(w->out, '-');
		return;
	}
	if (mib != NULL)
		m = tl_mib_find(mib, oid);
	if (m.node == NULL) {
		tl_buf_oid(w->out, oid);
		return;
	}
	tl_mib_node_write_name(mib, m.node, w->out);
	tl_buf_oid_rest(w->out, m.rest);
}

/* What the dictionary makes of a value, in the renderer's scratch; empty: nothing. */
static tl_span
text_of(tl_text *w, const tl_varbind *vb, bool *mismatch)
{
	const tl_mib *mib = w->r->opt.mib;
	tl_buf text = { .ptr = w->r->scratch, .cap = TL_SCRATCH_MAX };

	const tl_mib_node *node = NULL;

	*mismatch = false;
	if (mib != NULL) {
		node = tl_mib_find(mib, vb->name).node;
		if (node != NULL && tl_mib_node_kind(node) != TL_MIB_OBJECT)
			node = NULL;
		tl_mib_value_text(mib, node, vb, &text, mismatch);
	}
	if (text.len == 0 && !*mismatch)
		(void)tl_charset_text(w->r->in_use, mib, node, vb, &text);
	return (tl_span){ text.ptr, text.full ? 0 : text.len };
}

bool
tl_text_mismatch(tl_text *w, const tl_varbind *vb)
{
	bool mismatch;

	(void)text_of(w, vb, &mismatch);
	return mismatch;
}

static void
put_ipv4(tl_text *w, tl_span octets)
{
	if (octets.len != 4) {
		tl_text_hex(w, octets);
		return;
	}
	for (size_t i = 0; i < 4; i++) {
		if (i > 0)
			tl_buf_putc(w->out, '.');
		tl_buf_u64(w->out, octets.ptr[i]);
	}
}

static void
put_raw(tl_text *w, const tl_varbind *vb)
{
	switch (vb->type) {
	case TL_T_INTEGER:
		tl_buf_i64(w->out, vb->v.i64);
		return;
	case TL_T_COUNTER32:
	case TL_T_GAUGE32:
	case TL_T_TIMETICKS:
	case TL_T_COUNTER64:
		tl_buf_u64(w->out, vb->v.u64);
		return;
	case TL_T_OCTETS:
		tl_text_string(w, vb->v.octets, true);
		return;
	case TL_T_OPAQUE:
		tl_text_hex(w, vb->v.octets);
		return;
	case TL_T_IPADDRESS:
		put_ipv4(w, vb->v.octets);
		return;
	case TL_T_OID:
		tl_buf_oid(w->out, vb->v.oid);
		return;
	case TL_T_NULL:
	case TL_T_NOSUCHOBJECT:
	case TL_T_NOSUCHINSTANCE:
	case TL_T_ENDOFMIBVIEW:
		break;
	}
	tl_buf_puts(w->out, tl_type_name(vb->type));
}

void
tl_text_value(tl_text *w, const tl_varbind *vb)
{
	bool mismatch;
	tl_span text = text_of(w, vb, &mismatch);

	if (text.len == 0 && vb->type != TL_T_TIMETICKS) {
		put_raw(w, vb);
		return;
	}
	if (text.len > 0)
		tl_buf_printable(w->out, text);
	else
		tl_text_duration(w, vb->v.u64);
	tl_text_colour(w, TL_COLOUR_DIM);
	tl_buf_puts(w->out, vb->type == TL_T_INTEGER ? "(" : " (");
	put_raw(w, vb);
	tl_buf_lit(w->out, ")");
	tl_text_colour(w, TL_COLOUR_OFF);
}
