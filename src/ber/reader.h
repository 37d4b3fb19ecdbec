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
	tl_diag *diag;       /* of the whole message; err is TL_OK so far */
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

/* Notes the first error, and ends this reader. */
void tl_reader_fail(tl_reader *r, tl_err err, const uint8_t *at, const char *where);

/* What tl_read_tlv() does for a length that is not in the short form. */
bool tl_reader_long_length(
    tl_reader *r, const uint8_t **p, size_t *len, const char *where);

/* Takes the next value, of any tag. */
static inline tl_tlv
tl_read_tlv(tl_reader *r, const char *where)
{
	const uint8_t *p = r->p;

	if (r->end - p < 2 || r->diag->err != TL_OK) {
		tl_reader_fail(r, TL_EBER_TRUNCATED, p, where);
		return (tl_tlv){ 0, r->end, 0 };
	}
	uint8_t tag = p[0];
	size_t len = p[1];
	p += 2;
	if (len >= 0x80 && !tl_reader_long_length(r, &p, &len, where))
		return (tl_tlv){ 0, r->end, 0 };
	if (len > (size_t)(r->end - p)) {
		tl_reader_fail(r, TL_EBER_TRUNCATED, r->p + 1, where);
		return (tl_tlv){ 0, r->end, 0 };
	}
	r->p = p + len;
	return (tl_tlv){ tag, p, len };
}

/* Takes the next value, which must have |tag|. */
static inline tl_tlv
tl_read_tagged(tl_reader *r, uint8_t tag, const char *where)
{
	const uint8_t *at = r->p;
	tl_tlv v = tl_read_tlv(r, where);

	if (v.tag != tag) {
		tl_reader_fail(r, TL_EBER_TAG, at, where);
		return (tl_tlv){ 0, r->end, 0 };
	}
	return v;
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

/* Takes an OBJECT IDENTIFIER. An empty one is accepted and adds TL_FLAG_ENCODING. */
tl_oid tl_read_oid(tl_reader *r, uint16_t *flags, const char *where);

/* Takes a varbind's value, any type of ObjectSyntax or an exception. What is odd and
 * accepted adds TL_FLAG_ENCODING to |flags|. */
void tl_read_value(tl_reader *r, tl_varbind *vb, uint16_t *flags);

/* Takes a value of |tag| as an unsigned number of 32 bits; one of four octets with the
 * sign bit set is read as it was meant. */
uint32_t tl_read_unsigned(tl_reader *r, uint8_t tag, uint16_t *flags, const char *where);

/* Says |err| if bytes are left. */
void tl_read_end(tl_reader *r, tl_err err, const char *where);

#endif
