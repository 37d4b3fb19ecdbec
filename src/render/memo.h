/* render/memo.h: what was written for an OID, to be copied when it comes again. Devices
 * send the same few OIDs again and again, and OID, name and index are most of the work
 * of a line. A table of fixed size: a new OID takes the place of an old one. */
#ifndef TL_RENDER_MEMO_H
#define TL_RENDER_MEMO_H

#include <string.h>

#include "base/hash.h"
#include "trapline/mib.h"

enum {
	TL_MEMO_COUNT = 1024,   /* a power of two; 256 KiB in all */
	TL_MEMO_KEY_MIN = 8,    /* bytes of OID; shorter ones are not kept */
	TL_MEMO_KEY_MAX = 32,   /* nor longer ones */
	TL_MEMO_TEXT_MAX = 208, /* nor what is longer than this */
};

typedef struct tl_memo {
	const tl_mib_node *node; /* what the OID is of; NULL: nothing known */
	uint32_t use;            /* what the text was written for */
	uint8_t key_len;         /* bytes; 0: the place is free */
	uint8_t len;             /* bytes of text */
	uint8_t key[TL_MEMO_KEY_MAX];
	uint8_t text[TL_MEMO_TEXT_MAX];
} tl_memo;

/* Where |oid| has its place in |table|; NULL for one that is not kept. */
static inline tl_memo *
tl_memo_place(tl_memo *table, tl_oid oid, uint32_t use)
{
	if (oid.len < TL_MEMO_KEY_MIN || oid.len > TL_MEMO_KEY_MAX)
		return NULL;
	uint64_t front = tl_load64(oid.ber), back = tl_load64(oid.ber + oid.len - 8);
	uint64_t h = tl_hash_mix(front ^ use, back ^ 0x9e3779b97f4a7c15u);
	return &table[(h ^ oid.len) & (TL_MEMO_COUNT - 1)];
}

/* Whether |m| holds what was written for |oid|, which has its place there. */
static inline bool
tl_memo_holds(const tl_memo *m, tl_oid oid, uint32_t use)
{
	uint32_t at = 0;

	if (m->key_len != oid.len || m->use != use)
		return false;
	for (; at + 8 < oid.len; at += 8)
		if (tl_load64(m->key + at) != tl_load64(oid.ber + at))
			return false;
	return tl_load64(m->key + oid.len - 8) == tl_load64(oid.ber + oid.len - 8);
}

/* Keeps |text| and |node| at |m| for |oid|, unless the text is too long. */
static inline void
tl_memo_keep(tl_memo *m, tl_oid oid, uint32_t use, const tl_mib_node *node, tl_span text)
{
	if (text.len > TL_MEMO_TEXT_MAX)
		return;
	m->node = node;
	m->use = use;
	m->key_len = (uint8_t)oid.len;
	m->len = (uint8_t)text.len;
	memcpy(m->key, oid.ber, oid.len);
	memcpy(m->text, text.ptr, text.len);
}

#endif
