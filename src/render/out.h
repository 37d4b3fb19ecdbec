/* render/out.h: writing a line fast.
 *
 * Two kinds of writes. Those of foreign size (strings, OIDs, hexadecimal) ask for their
 * room, and for TL_OUT_SLACK bytes more. The others (constant fragments, numbers, times,
 * addresses) ask for nothing: between two writes of foreign size they never need more
 * than the slack. What finds no room sets |full| and goes back to the start, where the
 * slack is there again: so callers look once, at the end, as with a tl_buf. */
#ifndef TL_RENDER_OUT_H
#define TL_RENDER_OUT_H

#include <string.h>

#include "trapline/oid.h"

enum { TL_OUT_SLACK = 2048 }; /* bytes */

typedef struct tl_out {
	uint8_t *p; /* where the next byte goes */
	uint8_t *start, *end;
	bool full; /* it did not fit: what stands there is of no use */
} tl_out;

/* Lets |o| write into |cap| bytes at |ptr|; false if they are too few for anything. */
static inline bool
tl_out_init(tl_out *o, uint8_t *ptr, size_t cap)
{
	*o = (tl_out){ .p = ptr, .start = ptr, .end = ptr + cap };
	return cap >= TL_OUT_SLACK;
}

/* Whether there is room for |len| bytes and the slack. */
static inline bool
tl_out_room(tl_out *o, size_t len)
{
	if (len + TL_OUT_SLACK <= (size_t)(o->end - o->p))
		return true;
	o->full = true;
	o->p = o->start;
	return false;
}

/* A constant piece of a line: always copied as 32 bytes, of which |len| count. */
typedef struct tl_fragment {
	char text[32];
	uint8_t len;
} tl_fragment;

static inline void
tl_out_fragment(tl_out *o, const tl_fragment *f)
{
	memcpy(o->p, f->text, sizeof f->text);
	o->p += f->len;
}

/* Bytes that need no escaping. Foreign size. */
static inline void
tl_out_bytes(tl_out *o, const void *ptr, size_t len)
{
	if (len > 0 && tl_out_room(o, len)) {
		memcpy(o->p, ptr, len);
		o->p += len;
	}
}

/* A word of ours: a C string that needs no escaping. Foreign size. */
static inline void
tl_out_word(tl_out *o, const char *word)
{
	tl_out_bytes(o, word, strlen(word));
}

/* Decimal numbers. */
void tl_out_u64(tl_out *o, uint64_t value);
void tl_out_i64(tl_out *o, int64_t value);

/* |value| as 9 digits: nanoseconds. */
void tl_out_nine_digits(tl_out *o, uint32_t value);

/* |value| as 16 hexadecimal digits. */
void tl_out_hex64(tl_out *o, uint64_t value);

/* Two hexadecimal digits a byte. Foreign size. */
void tl_out_hex(tl_out *o, tl_span bytes);

/* Dotted text of |oid|; nothing for an empty one. Foreign size, also if that is 0: names
 * of no length may stand in a row, with nothing but constant pieces between them. */
void tl_out_oid(tl_out *o, tl_oid oid);

/* Sub-identifiers that stand behind another OID, each with a dot in front. Foreign size.
 */
void tl_out_oid_rest(tl_out *o, tl_oid rest);

/* An IPv4 address, dotted: at most 15 bytes, and one beyond them is touched. */
void tl_out_ipv4(tl_out *o, const uint8_t addr[static 4]);

/* |text| in quotes with JSON's escapes, if tl_is_text() holds for it; else writes nothing
 * and returns false. Characters that turn, hide or break a line are escaped as well:
 * people read these lines, too. Foreign size. */
bool tl_out_quoted(tl_out *o, tl_span text);

/* |text| without quotes, if it can stand so in a key=value line: not empty, ASCII, no
 * space, quote, backslash, equals sign or control character; else writes nothing and
 * returns false. Foreign size. */
bool tl_out_bare(tl_out *o, tl_span text);

/* |text| bare if it can stand so, else as tl_out_quoted() does. Foreign size. */
bool tl_out_bare_or_quoted(tl_out *o, tl_span text);

/* Whether it can. */
bool tl_is_bare(tl_span text);

#endif
