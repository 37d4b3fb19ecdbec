/* base/buf.h: writing bytes and text into a tl_buf. Whatever does not fit sets |full|;
 * the callers look once, at the end. */
#ifndef TL_BASE_BUF_H
#define TL_BASE_BUF_H

#include <string.h>

#include "trapline/oid.h"

/* Puts |len| bytes. */
static inline void
tl_buf_put(tl_buf *b, const void *ptr, size_t len)
{
	if (len > b->cap - b->len) {
		b->full = true;
		return;
	}
	if (len > 0)
		memcpy(b->ptr + b->len, ptr, len);
	b->len += len;
}

static inline void
tl_buf_putc(tl_buf *b, char c)
{
	tl_buf_put(b, &c, 1);
}

static inline void
tl_buf_span(tl_buf *b, tl_span s)
{
	tl_buf_put(b, s.ptr, s.len);
}

/* Puts a C string. */
static inline void
tl_buf_puts(tl_buf *b, const char *s)
{
	tl_buf_put(b, s, strlen(s));
}

/* Puts a string literal. */
#define tl_buf_lit(b, literal) tl_buf_put((b), "" literal, sizeof(literal) - 1)

/* What was written as a span that borrows from the buffer. */
static inline tl_span
tl_buf_written(const tl_buf *b)
{
	return (tl_span){ b->ptr, b->len };
}

/* Decimal numbers. */
void tl_buf_u64(tl_buf *b, uint64_t value);
void tl_buf_i64(tl_buf *b, int64_t value);

/* |value| with leading zeros up to |digits| (at most 20). */
void tl_buf_u64_pad(tl_buf *b, uint64_t value, unsigned digits);

/* Lower-case hexadecimal, two digits a byte. */
void tl_buf_hex(tl_buf *b, tl_span bytes);

/* Dotted text of |oid|; nothing for an empty one. */
void tl_buf_oid(tl_buf *b, tl_oid oid);

/* Dotted text of sub-identifiers that stand behind another OID: every one with a dot in
 * front, ".3.4". */
void tl_buf_oid_rest(tl_buf *b, tl_oid rest);

/* A time since 1970 as RFC 3339 in UTC with nanoseconds,
 * "2026-11-20T12:00:00.000000001Z". */
void tl_buf_time(tl_buf *b, int64_t realtime_ns);

/* UTF-8 text from anywhere, made safe for a terminal and for one line: control
 * characters, invalid bytes and the bidirectional overrides become \xNN or \uNNNN. */
void tl_buf_printable(tl_buf *b, tl_span text);

/* Whether |bytes| are strict UTF-8 without control characters (C0 but for tab, CR, LF;
 * DEL; C1). */
bool tl_is_text(tl_span bytes);

#endif
