/* ber/reader.c: see reader.h. The message parsers and the decrypted scopedPDU come
 * through here; nothing else looks at a peer's bytes. */
#include "ber/reader.h"

#include <string.h>

void
tl_diag_note(tl_diag *diag, tl_err err, uint32_t offset, const char *where)
{
	if (diag->err == TL_OK)
		*diag = (tl_diag){ err, offset, where };
}

tl_length
tl_long_length(const uint8_t *p, const uint8_t *end)
{
	tl_length l = { TL_OK, *p & 0x7f, 0 };

	p++;
	if (l.octets == 0)
		l.err = TL_EBER_INDEFINITE;
	else if (l.octets > 4)
		l.err = TL_EBER_LENGTH;
	else if (l.octets > (size_t)(end - p))
		l.err = TL_EBER_TRUNCATED;
	for (uint32_t i = 0; l.err == TL_OK && i < l.octets; i++)
		l.len = l.len << 8 | p[i];
	return l;
}

/* The contents of an INTEGER as a signed number. False if 64 bits do not hold it. */
static inline bool
signed_number(const uint8_t *p, size_t len, int64_t *out)
{
	if (len == 1) { /* nearly all of them */
		*out = (int8_t)p[0];
		return true;
	}
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

/* Whether no octet has its high bit set: then each is a sub-identifier of its own. */
static inline bool
is_plain(const uint8_t *p, size_t len)
{
	const uint64_t high = 0x8080808080808080u;
	uint64_t all = 0, eight;

	if (len < sizeof eight)
		return false;
	for (size_t i = 0; i + sizeof eight <= len; i += sizeof eight) {
		memcpy(&eight, p + i, sizeof eight);
		all |= eight;
	}
	memcpy(&eight, p + len - sizeof eight, sizeof eight);
	return ((all | eight) & high) == 0;
}

/* Behind a sub-identifier of several octets that begins at |p|; NULL if it is padded, cut
 * or above |most|. */
static const uint8_t *
behind_long_arc(const uint8_t *p, const uint8_t *end, uint64_t most)
{
	uint64_t arc = 0;

	if (*p == 0x80)
		return NULL;
	for (; p < end; p++) {
		arc = arc << 7 | (*p & 0x7f);
		if (arc > most)
			return NULL;
		if (*p < 0x80)
			return p + 1;
	}
	return NULL;
}

bool
tl_oid_is_sound(const uint8_t *p, size_t len)
{
	const uint8_t *end = p + len;
	size_t arcs = 1;

	if (is_plain(p, len))
		return len < TL_OID_MAX;
	while (p < end) {
		const uint8_t *from = p;
		while (p < end && *p < 0x80)
			p++;
		arcs += (size_t)(p - from);
		if (p == end)
			break;
		/* the first holds two: 80 more than the second, under 2 */
		uint64_t more = p == end - len ? 80 : 0;
		p = behind_long_arc(p, end, UINT32_MAX + more);
		if (p == NULL)
			return false;
		arcs++;
	}
	return arcs <= TL_OID_MAX;
}

static inline tl_err
integer_of(tl_tlv v, tl_varbind *vb, uint16_t *flags)
{
	if (!signed_number(v.ptr, v.len, &vb->v.i64))
		return TL_EBER_INTEGER;
	if (v.len == 0 || vb->v.i64 > INT32_MAX || vb->v.i64 < INT32_MIN)
		*flags |= TL_FLAG_ENCODING;
	return TL_OK;
}

static inline tl_err
oid_of(tl_tlv v, tl_varbind *vb, uint16_t *flags)
{
	vb->v.oid = (tl_oid){ v.ptr, (uint32_t)v.len };
	if (v.len == 0)
		*flags |= TL_FLAG_ENCODING;
	return v.len == 0 || tl_oid_is_sound(v.ptr, v.len) ? TL_OK : TL_EBER_OID;
}

tl_err
tl_value_of(tl_tlv v, tl_varbind *vb, uint16_t *flags)
{
	vb->type = (tl_type)v.tag;
	switch (v.tag) {
	case TL_T_INTEGER:
		return integer_of(v, vb, flags);
	case TL_T_COUNTER32:
	case TL_T_GAUGE32:
	case TL_T_TIMETICKS:
		return unsigned_number(v, 4, &vb->v.u64, flags) ? TL_OK : TL_EBER_INTEGER;
	case TL_T_COUNTER64:
		return unsigned_number(v, 8, &vb->v.u64, flags) ? TL_OK : TL_EBER_INTEGER;
	case TL_T_OID:
		return oid_of(v, vb, flags);
	case TL_T_OCTETS:
	case TL_T_OPAQUE:
	case TL_T_IPADDRESS:
		vb->v.octets = (tl_span){ v.ptr, v.len };
		return v.tag == TL_T_IPADDRESS && v.len != 4 ? TL_EBER_LENGTH : TL_OK;
	case TL_T_NULL:
	case TL_T_NOSUCHOBJECT:
	case TL_T_NOSUCHINSTANCE:
	case TL_T_ENDOFMIBVIEW:
		vb->v.octets = (tl_span){ v.ptr, 0 };
		return v.len == 0 ? TL_OK : TL_EBER_LENGTH;
	default:
		return TL_EBER_TAG;
	}
}
