/* ber/reader.c: see reader.h. The message parsers and the decrypted scopedPDU come
 * through here; nothing else looks at a peer's bytes. */
#include "ber/reader.h"

void
tl_reader_fail(tl_reader *r, tl_err err, const uint8_t *at, const char *where)
{
	if (r->diag->err == TL_OK)
		*r->diag = (tl_diag){ err, tl_reader_offset(r, at), where };
	r->p = r->end;
}

bool
tl_reader_long_length(tl_reader *r, const uint8_t **p, size_t *len, const char *where)
{
	size_t octets = *len & 0x7f;
	const uint8_t *at = *p - 1;

	*len = 0;
	if (octets == 0) {
		tl_reader_fail(r, TL_EBER_INDEFINITE, at, where);
		return false;
	}
	if (octets > 4) {
		tl_reader_fail(r, TL_EBER_LENGTH, at, where);
		return false;
	}
	if (octets > (size_t)(r->end - *p)) {
		tl_reader_fail(r, TL_EBER_TRUNCATED, at, where);
		return false;
	}
	for (; octets > 0; octets--)
		*len = *len << 8 | *(*p)++;
	return true;
}

/* The contents of an INTEGER as a signed number. False if 64 bits do not hold it. */
static bool
signed_number(const uint8_t *p, size_t len, int64_t *out)
{
	if (len == 0) {
		*out = 0;
		return true;
	}
	uint8_t sign = (p[0] & 0x80) != 0 ? 0xff : 0;
	while (len > 8 && p[0] == sign) {
		p++;
		len--;
	}
	if (len > 8 || (len == 8 && (p[0] & 0x80) != (sign & 0x80)))
		return false;
	uint64_t v = sign != 0 ? UINT64_MAX : 0;
	for (size_t i = 0; i < len; i++)
		v = v << 8 | p[i];
	*out = (int64_t)v;
	return true;
}

/* The contents of an unsigned type of |octets| bytes (4 or 8) at its widest. A sender
 * that forgets the leading zero octet means a large number, not a negative one; a shorter
 * negative one is extended to that width. False if 64 bits do not hold it. */
static bool
unsigned_number(tl_tlv v, size_t octets, uint64_t *out, uint16_t *flags)
{
	const uint8_t *p = v.ptr;
	size_t len = v.len;
	bool negative = len > 0 && (p[0] & 0x80) != 0;
	uint64_t n = 0;

	while (len > 8 && p[0] == 0) {
		p++;
		len--;
	}
	if (len > 8)
		return false;
	if (negative && len < octets)
		n = UINT64_MAX;
	for (size_t i = 0; i < len; i++)
		n = n << 8 | p[i];
	if (octets == 4 && negative && len < 4)
		n &= UINT32_MAX;
	if (len == 0 || negative || (octets == 4 && n > UINT32_MAX))
		*flags |= TL_FLAG_ENCODING;
	*out = n;
	return true;
}

int64_t
tl_read_integer(tl_reader *r, int64_t lo, int64_t hi, const char *where)
{
	tl_tlv v = tl_read_tagged(r, TL_T_INTEGER, where);
	int64_t n = 0;

	if (r->diag->err != TL_OK)
		return 0;
	if (v.len == 0 || !signed_number(v.ptr, v.len, &n) || n < lo || n > hi) {
		tl_reader_fail(r, TL_EBER_INTEGER, v.ptr, where);
		return 0;
	}
	return n;
}

uint32_t
tl_read_unsigned(tl_reader *r, uint8_t tag, uint16_t *flags, const char *where)
{
	tl_tlv v = tl_read_tagged(r, tag, where);
	uint64_t n = 0;

	if (r->diag->err != TL_OK)
		return 0;
	if (!unsigned_number(v, 4, &n, flags) || n > UINT32_MAX) {
		tl_reader_fail(r, TL_EBER_INTEGER, v.ptr, where);
		return 0;
	}
	return (uint32_t)n;
}

tl_span
tl_read_octets(tl_reader *r, size_t max, const char *where)
{
	tl_tlv v = tl_read_tagged(r, TL_T_OCTETS, where);

	if (v.len > max) {
		tl_reader_fail(r, TL_EBER_LENGTH, v.ptr, where);
		return (tl_span){ r->end, 0 };
	}
	return (tl_span){ v.ptr, v.len };
}

/* Whether the contents are sub-identifiers up to 2^32-1, at most 128 with the two that
 * the first holds (80 more than the second, under 2), each in its shortest form, the last
 * one whole. */
static bool
oid_is_sound(const uint8_t *p, size_t len)
{
	const uint8_t *end = p + len;
	uint64_t most = UINT32_MAX + UINT64_C(80);
	uint32_t arcs = 1;

	while (p < end) {
		uint64_t arc = *p;
		if (arc >= 0x80) {
			if (arc == 0x80)
				return false;
			arc &= 0x7f;
			do {
				if (++p == end)
					return false;
				arc = arc << 7 | (*p & 0x7f);
				if (arc > most)
					return false;
			} while ((*p & 0x80) != 0);
		}
		p++;
		arcs++;
		most = UINT32_MAX;
	}
	return arcs <= TL_OID_MAX;
}

/* Checks an OID's contents and takes them as they are. */
static inline tl_oid
oid_of(tl_reader *r, tl_tlv v, uint16_t *flags, const char *where)
{
	if (v.len == 0) {
		*flags |= TL_FLAG_ENCODING;
		return (tl_oid){ v.ptr, 0 };
	}
	if (!oid_is_sound(v.ptr, v.len)) {
		tl_reader_fail(r, TL_EBER_OID, v.ptr, where);
		return (tl_oid){ r->end, 0 };
	}
	return (tl_oid){ v.ptr, (uint32_t)v.len };
}

tl_oid
tl_read_oid(tl_reader *r, uint16_t *flags, const char *where)
{
	tl_tlv v = tl_read_tagged(r, TL_T_OID, where);

	if (r->diag->err != TL_OK)
		return (tl_oid){ r->end, 0 };
	return oid_of(r, v, flags, where);
}

static void
read_integer_value(tl_reader *r, tl_tlv v, tl_varbind *vb, uint16_t *flags)
{
	if (!signed_number(v.ptr, v.len, &vb->v.i64)) {
		tl_reader_fail(r, TL_EBER_INTEGER, v.ptr, "value");
		return;
	}
	if (v.len == 0 || vb->v.i64 > INT32_MAX || vb->v.i64 < INT32_MIN)
		*flags |= TL_FLAG_ENCODING;
}

static void
read_unsigned_value(tl_reader *r, tl_tlv v, tl_varbind *vb, uint16_t *flags)
{
	size_t octets = vb->type == TL_T_COUNTER64 ? 8 : 4;

	if (!unsigned_number(v, octets, &vb->v.u64, flags))
		tl_reader_fail(r, TL_EBER_INTEGER, v.ptr, "value");
}

void
tl_read_value(tl_reader *r, tl_varbind *vb, uint16_t *flags)
{
	const uint8_t *at = r->p;
	tl_tlv v = tl_read_tlv(r, "value");

	vb->type = (tl_type)v.tag;
	vb->v.octets = (tl_span){ v.ptr, v.len };
	if (r->diag->err != TL_OK)
		return;
	switch (v.tag) {
	case TL_T_INTEGER:
		read_integer_value(r, v, vb, flags);
		return;
	case TL_T_COUNTER32:
	case TL_T_GAUGE32:
	case TL_T_TIMETICKS:
	case TL_T_COUNTER64:
		read_unsigned_value(r, v, vb, flags);
		return;
	case TL_T_OID:
		vb->v.oid = oid_of(r, v, flags, "value");
		return;
	case TL_T_OCTETS:
	case TL_T_OPAQUE:
		return;
	case TL_T_IPADDRESS:
		if (v.len != 4)
			tl_reader_fail(r, TL_EBER_LENGTH, v.ptr, "value");
		return;
	case TL_T_NULL:
	case TL_T_NOSUCHOBJECT:
	case TL_T_NOSUCHINSTANCE:
	case TL_T_ENDOFMIBVIEW:
		if (v.len != 0)
			tl_reader_fail(r, TL_EBER_LENGTH, v.ptr, "value");
		return;
	default:
		tl_reader_fail(r, TL_EBER_TAG, at, "value");
	}
}

void
tl_read_end(tl_reader *r, tl_err err, const char *where)
{
	if (r->diag->err == TL_OK && tl_reader_more(r))
		tl_reader_fail(r, err, r->p, where);
}
