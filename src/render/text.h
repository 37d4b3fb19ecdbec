/* render/text.h: the text format's pieces. All write into w->out. */
#ifndef TL_RENDER_TEXT_H
#define TL_RENDER_TEXT_H

#include "render/renderer.h"

typedef struct tl_text {
	tl_renderer *r;
	tl_buf *out;
} tl_text;

/* Colours (ECMA-48 SGR), written only if the renderer is to use them. */
#define TL_COLOUR_NAME "\x1b[36m"
#define TL_COLOUR_TITLE "\x1b[1m"
#define TL_COLOUR_DIM "\x1b[2m"
#define TL_COLOUR_BAD "\x1b[1;31m"
#define TL_COLOUR_OFF "\x1b[0m"
void tl_text_colour(tl_text *w, const char *colour);

/* Spaces, up to |width| characters behind |from|, a value of w->out->len. */
void tl_text_pad(tl_text *w, size_t from, size_t width);

/* Foreign bytes: bare if that is clear (unless |quoted|), else in quotes with escapes; no
 * text: as hexadecimal in groups of four bytes behind 0x. */
void tl_text_string(tl_text *w, tl_span bytes, bool quoted);
void tl_text_hex(tl_text *w, tl_span bytes);

/* Centiseconds as "3d 4h 12m 5.10s". */
void tl_text_duration(tl_text *w, uint64_t cs);

/* The name of an OID as far as the dictionary has one, "SNMPv2-SMI::enterprises.9.1",
 * else dotted. */
void tl_text_oid_name(tl_text *w, tl_oid oid);

/* A varbind's value: what a person reads, and behind it in parentheses the raw value. */
void tl_text_value(tl_text *w, const tl_varbind *vb);

/* Whether the value of |vb| does not fit its definition. */
bool tl_text_mismatch(tl_text *w, const tl_varbind *vb);

#endif
