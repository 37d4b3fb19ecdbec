/* ber/writer.c: see writer.h. */
#include "ber/writer.h"

#include <string.h>

#include "ber/reader.h"

/* Room for |len| bytes in front; NULL and full if there is not. */
static uint8_t *
room(tl_writer *w, size_t len)
{
	if (w->full || len > (size_t)(w->p - w->start)) {
		w->full = true;
		return NULL;
	}
	w->p -= len;
	return w->p;
}

static void
put_byte(tl_writer *w, uint8_t byte)
{
	uint8_t *to = room(w, 1);

	if (to != NULL)
		*to = byte;
}

void
tl_write_raw(tl_writer *w, tl_span bytes)
{
	uint8_t *to = room(w, bytes.len);

	if (to != NULL && bytes.len > 0)
		memcpy(to, bytes.ptr, bytes.len);
}

void
tl_write_header(tl_writer *w, uint8_t tag, const uint8_t *contents_end)
{
	size_t len = (size_t)(contents_end - w->p);
	uint8_t octets = 0;

	if (len < 0x80) {
		put_byte(w, (uint8_t)len);
	} else {
		for (; len > 0; len >>= 8, octets++)
			put_byte(w, (uint8_t)len);
		put_byte(w, 0x80 | octets);
	}
	put_byte(w, tag);
}

void
tl_write_integer(tl_writer *w, int64_t value)
{
	uint8_t *end = w->p;

	do {
		put_byte(w, (uint8_t)value);
		value >>= 8;
	} while (value != 0 && value != -1);
	if (!w->full && ((w->p[0] & 0x80) != 0) != (value < 0))
		put_byte(w, value < 0 ? 0xff : 0);
	tl_write_header(w, TL_T_INTEGER, end);
}

void
tl_write_unsigned(tl_writer *w, uint8_t tag, uint64_t value)
{
	uint8_t *end = w->p;

	do {
		put_byte(w, (uint8_t)value);
		value >>= 8;
	} while (value != 0);
	if (!w->full && (w->p[0] & 0x80) != 0)
		put_byte(w, 0);
	tl_write_header(w, tag, end);
}

void
tl_write_octets(tl_writer *w, uint8_t tag, tl_span bytes)
{
	uint8_t *end = w->p;

	tl_write_raw(w, bytes);
	tl_write_header(w, tag, end);
}

void
tl_write_oid(tl_writer *w, tl_oid oid)
{
	tl_write_octets(w, TL_T_OID, (tl_span){ oid.ber, oid.len });
}

void
tl_write_value(tl_writer *w, const tl_varbind *vb)
{
	switch (vb->type) {
	case TL_T_INTEGER:
		tl_write_integer(w, vb->v.i64);
		return;
	case TL_T_COUNTER32:
	case TL_T_GAUGE32:
	case TL_T_TIMETICKS:
	case TL_T_COUNTER64:
		tl_write_unsigned(w, (uint8_t)vb->type, vb->v.u64);
		return;
	case TL_T_OCTETS:
	case TL_T_OPAQUE:
	case TL_T_IPADDRESS:
		tl_write_octets(w, (uint8_t)vb->type, vb->v.octets);
		return;
	case TL_T_OID:
		tl_write_oid(w, vb->v.oid);
		return;
	case TL_T_NULL:
	case TL_T_NOSUCHOBJECT:
	case TL_T_NOSUCHINSTANCE:
	case TL_T_ENDOFMIBVIEW:
		tl_write_header(w, (uint8_t)vb->type, w->p);
		return;
	}
}

void
tl_write_varbind(tl_writer *w, const tl_varbind *vb)
{
	uint8_t *end = w->p;

	tl_write_value(w, vb);
	tl_write_oid(w, vb->name);
	tl_write_header(w, TL_BER_SEQUENCE, end);
}
