/* render/renderer.h: what a renderer keeps, for the formats' own files. */
#ifndef TL_RENDER_RENDERER_H
#define TL_RENDER_RENDERER_H

#include "render/memo.h"
#include "render/syntax.h"
#include "trapline/render.h"

enum {
	TL_LINE_MAX = 4 << 20,     /* bytes of the longest line, trapline/render.h */
	TL_SCRATCH_MAX = 512 << 10 /* bytes of one value's text: a DISPLAY-HINT makes up
				      to 5 of each of 65,507 */
};

/* How a field of an event begins, up to its text. There are few, and they stand in the
 * same order again and again. */
enum { TL_FIELDS_KEPT = 8, TL_FIELD_NAME_MAX = 16 };
typedef struct tl_field_start {
	uint8_t name[TL_FIELD_NAME_MAX];
	size_t len;       /* of |name|; 0: none is known */
	tl_fragment text; /* as it stands in the line */
} tl_field_start;

struct tl_renderer {
	tl_renderer_options opt;
	const tl_syntax *syntax;               /* of JSON and key=value */
	int64_t second;                        /* since 1970, what second_text says */
	char second_text[20];                  /* "2026-11-20T12:00:00." */
	tl_charset *charset;                   /* or NULL */
	tl_charset *in_use;                    /* of the event that is written, or NULL */
	tl_memo *oids;                         /* TL_MEMO_OIDS of them */
	tl_memo *endpoints;                    /* TL_MEMO_ENDPOINTS of them */
	tl_field_start fields[TL_FIELDS_KEPT]; /* the last event's */
	uint8_t *scratch;                      /* TL_SCRATCH_MAX bytes */
	uint8_t *line; /* TL_LINE_MAX bytes, for when the caller's room is tight */
};

/* An endpoint's address (|o|: TL_ADDRESS_TEXT_MAX bytes at most). */
void tl_out_address(tl_out *o, const tl_endpoint *ep);

/* A loss as an event has an identity as well: a hash of what it says. */
uint64_t tl_loss_hash(const tl_loss *loss);

/* The words of TL_FLAGS by bit; NULL where there is none. */
extern const char *const tl_flag_words[16];

/* The text format, with the contracts of trapline/render.h, but for |out|->full: set when
 * it does not fit. */
void tl_text_notification(
    tl_renderer *r, const tl_notification *n, const tl_judgement *j, tl_buf *out);
void tl_text_own(tl_renderer *r, const tl_own_event *own, tl_buf *out);
void tl_text_refusal(tl_renderer *r, const tl_datagram *in, const tl_refusal *refusal,
    tl_span hint, tl_buf *out);
void tl_text_loss(tl_renderer *r, const tl_loss *loss, tl_buf *out);

#endif
