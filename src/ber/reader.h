/* ber/reader.h: reading BER (X.690) from a peer. Every value is bounded by what contains
 * it, the first error sticks and stops all readers of the message, and what is read
 * after it is zero or empty: so callers look once, at the end.
 *
 * Offsets of errors: of the tag, if it is the wrong one; of the length, if it is bad or
 * runs past the end; of the contents, if they are. */
#ifndef TL_BER_READER_H
#define TL_BER_READER_H

#include "trapline/notification.h"

#define TL_BER_SEQUENCE 0x30

typedef struct tl_reader {
	const uint8_t *p, *end;
	uintptr_t base; /* where offset 0 is, or would be */
	tl_diag *diag;  /* of the whole message; err is TL_OK so far */
} tl_reader;

typedef struct tl_tlv {
	uint8_t tag;
	const uint8_t *ptr; /* the contents */
	size_t len;
} tl_tlv;

/* Reads |bytes|, |offset| being that of the first byte in the datagram. */
static inline tl_reader
tl_reader_of(tl_span bytes, uint32_t offset, tl_diag *diag)
{
	const uint8_t *end = bytes.len > 0 ? bytes.ptr + bytes.len : bytes.ptr;

	return (tl_reader){ bytes.ptr, end, (uintptr_t)bytes.ptr - offset, diag };
}

static inline bool
tl_reader_more(const tl_reader *r)
{
	return r->p < r->end;
}

static inline uint32_t
tl_reader_offset(const tl_reader *r, const uint8_t *at)
{
	return (uint32_t)((uintptr_t)at - r->base);
}

/* What tl_reader_fail() does beside ending the reader. */
void tl_diag_note(tl_diag *diag, tl_err err, uint32_t offset, const char *where);

/* Notes the first error, and ends this reader. */
static inline void
tl_reader_fail(tl_reader *r, tl_err err, const uint8_t *at, const char *where)
{
	tl_diag_note(r->diag, err, tl_reader_offset(r, at), where);
	r->p = r->end;
}

/* A length that is not in the short form. */
typedef struct tl_length {
	tl_err err;
	uint32_t octets; /* that it takes, without the first */
	size_t len;
} tl_length;

/* Reads the length whose first octet is at |p|. */
tl_length tl_long_length(const uint8_t *p, const uint8_t *end);

/* Takes the next value, of any tag. */
static inline tl_tlv
tl_read_tlv(tl_reader *r, const char *where)
{
	const uint8_t *p = r->p;
	const tl_tlv none = { 0, r->end, 0 };

	if (r->end - p < 2) {
		tl_reader_fail(r, TL_EBER_TRUNCATED, p, where);
		return none;
	}
	uint8_t tag = p[0];
	size_t len = p[1];
	p += 2;
	if (len >= 0x80) {
		tl_length l = tl_long_length(p - 1, r->end);
		if (l.err != TL_OK) {
			tl_reader_fail(r, l.err, p - 1, where);
			return none;
		}
		len = l.len;
		p += l.octets;
	}
	if (len > (size_t)(r->end - p)) {
		tl_reader_fail(r, TL_EBER_TRUNCATED, r->p + 1, where);
		return none;
	}
	r->p = p + len;
	return (tl_tlv){ tag, p, len };
}

/* Takes the next value, which must have |tag|. */
static inline tl_tlv
tl_read_tagged(tl_reader *r, uint8_t tag, const char *where)
{
	if (r->p < r->end && *r->p != tag) {
		tl_reader_fail(r, TL_EBER_TAG, r->p, where);
		return (tl_tlv){ 0, r->end, 0 };
	}
	return tl_read_tlv(r, where);
}

/* Goes into the next value, which must have |tag|: a reader of its contents. */
static inline tl_reader
tl_read_into(tl_reader *r, uint8_t tag, const char *where)
{
	tl_tlv v = tl_read_tagged(r, tag, where);

	return (tl_reader){ v.ptr, v.ptr + v.len, r->base, r->diag };
}

/* Takes an INTEGER from |lo| to |hi|. Leading octets that say nothing are accepted. */
int64_t tl_read_integer(tl_reader *r, int64_t lo, int64_t hi, const char *where);

/* Takes an OCTET STRING of |max| bytes at most; longer is TL_EBER_LENGTH. */
tl_span tl_read_octets(tl_reader *r, size_t max, const char *where);

/* Whether the contents of an OBJECT IDENTIFIER are sub-identifiers up to 2^32-1, at most
 * 128 with the two that the first holds, each in its shortest form, the last one whole.
 */
bool tl_oid_is_sound(const uint8_t *p, size_t len);

/* Takes an OBJECT IDENTIFIER. An empty one is accepted and adds TL_FLAG_ENCODING. */
static inline tl_oid
tl_read_oid(tl_reader *r, uint16_t *flags, const char *where)
{
	tl_tlv v = tl_read_tagged(r, TL_T_OID, where);

	if (v.len == 0) {
		*flags |= TL_FLAG_ENCODING;
	} else if (!tl_oid_is_sound(v.ptr, v.len)) {
		tl_reader_fail(r, TL_EBER_OID, v.ptr, where);
		v.len = 0;
	}
	return (tl_oid){ v.ptr, (uint32_t)v.len };
}

/* Makes a varbind's value of |v|, of any type of ObjectSyntax or an exception. What is
 * odd and accepted adds TL_FLAG_ENCODING to |flags|. Says what is wrong with it. */
tl_err tl_value_of(tl_tlv v, tl_varbind *vb, uint16_t *flags);

/* Takes a varbind's value. */
static inline void
tl_read_value(tl_reader *r, tl_varbind *vb, uint16_t *flags)
{
	const uint8_t *at = r->p;
	tl_tlv v = tl_read_tlv(r, "value");
	tl_err err = tl_value_of(v, vb, flags);

	if (err != TL_OK)
		tl_reader_fail(r, err, err == TL_EBER_TAG ? at : v.ptr, "value");
}

/* Takes a value of |tag| as an unsigned number of 32 bits; one of four octets with the
 * sign bit set is read as it was meant. */
uint32_t tl_read_unsigned(tl_reader *r, uint8_t tag, uint16_t *flags, const char *where);

/* Says |err| if bytes are left. */
static inline void
tl_read_end(tl_reader *r, tl_err err, const char *where)
{
	if (tl_reader_more(r))
		tl_reader_fail(r, err, r->p, where);
}

#endif
