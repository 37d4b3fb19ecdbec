/* ber/writer.h: writing BER from the end to the front, so that every length is known
 * when it is written and nothing is moved. */
#ifndef TL_BER_WRITER_H
#define TL_BER_WRITER_H

#include "trapline/notification.h"

typedef struct tl_writer {
	uint8_t *start; /* of the caller's memory */
	uint8_t *p;     /* what is written begins here */
	uint8_t *end;   /* and ends here */
	bool full;      /* something did not fit; sticks */
} tl_writer;

static inline tl_writer
tl_writer_of(uint8_t *memory, size_t cap)
{
	return (tl_writer){ memory, memory + cap, memory + cap, false };
}

/* What is written so far; empty if something did not fit. */
static inline tl_span
tl_writer_span(const tl_writer *w)
{
	return w->full ? (tl_span){ w->end, 0 }
		       : (tl_span){ w->p, (size_t)(w->end - w->p) };
}

/* Bytes as they are, in front of what is written. */
void tl_write_raw(tl_writer *w, tl_span bytes);

/* The tag and length of everything written since |w->p| was at |contents_end|. */
void tl_write_header(tl_writer *w, uint8_t tag, const uint8_t *contents_end);

/* Whole values. */
void tl_write_integer(tl_writer *w, int64_t value);
void tl_write_unsigned(tl_writer *w, uint8_t tag, uint64_t value);
void tl_write_octets(tl_writer *w, uint8_t tag, tl_span bytes);
void tl_write_oid(tl_writer *w, tl_oid oid);

/* A varbind's value, and a whole varbind. */
void tl_write_value(tl_writer *w, const tl_varbind *vb);
void tl_write_varbind(tl_writer *w, const tl_varbind *vb);

#endif
