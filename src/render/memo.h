/* render/memo.h: what was written for an OID or an endpoint, to be copied when it comes
 * again. The same devices send the same few OIDs again and again, and their texts are
 * most of the work of a line. A table of fixed size: what is new takes the place of what
 * is old. */
#ifndef TL_RENDER_MEMO_H
#define TL_RENDER_MEMO_H

#include <string.h>

#include "base/hash.h"
#include "trapline/mib.h"

enum {
	TL_MEMO_OIDS = 1024,     /* places; a power of two; 256 KiB */
	TL_MEMO_ENDPOINTS = 256, /* likewise; 64 KiB */
	TL_MEMO_KEY_MIN = 8,     /* bytes; what has a shorter key is not kept */
	TL_MEMO_KEY_MAX = 32,    /* nor what has a longer one */
	TL_MEMO_TEXT_MAX = 200,  /* nor what is longer than this */
};

typedef struct tl_memo {
	const tl_mib_node *node; /* what the OID is of; NULL: nothing known */
	int64_t value;           /* of an INTEGER, the last one */
	uint32_t use;
	uint8_t key_len; /* bytes; 0: the place is free */
	uint8_t len;     /* bytes of text */
	uint8_t all_len; /* with the value and what follows it; 0: they are not kept */
	uint8_t key[TL_MEMO_KEY_MAX];
	uint8_t text[TL_MEMO_TEXT_MAX];
} tl_memo;

/* What a text is kept for. */
typedef struct tl_memo_key {
	const uint8_t *ptr;
	uint32_t len; /* bytes */
	uint32_t use; /* tells apart texts of the same bytes */
} tl_memo_key;

/* Where |key| has its place in |table| of |count|; NULL for one that is not kept. */
static inline tl_memo *
tl_memo_place(tl_memo *table, size_t count, tl_memo_key key)
{
	if (key.len < TL_MEMO_KEY_MIN || key.len > TL_MEMO_KEY_MAX)
		return NULL;
	uint64_t front = tl_load64(key.ptr), back = tl_load64(key.ptr + key.len - 8);
	uint64_t h = tl_hash_mix(front ^ key.use, back ^ 0x9e3779b97f4a7c15u);
	return &table[h & (count - 1)];
}

/* Whether |m|, the place of |key|, holds what was written for it. */
static inline bool
tl_memo_holds(const tl_memo *m, tl_memo_key key)
{
	if (m->key_len != key.len || m->use != key.use)
		return false;
	for (uint32_t at = 0; at + 8 < key.len; at += 8)
		if (tl_load64(m->key + at) != tl_load64(key.ptr + at))
			return false;
	return tl_load64(m->key + key.len - 8) == tl_load64(key.ptr + key.len - 8);
}

/* Keeps |text| and |node| for |key| at its place |m|; false if the text is too long. */
static inline bool
tl_memo_keep(tl_memo *m, tl_memo_key key, const tl_mib_node *node, tl_span text)
{
	if (text.len > TL_MEMO_TEXT_MAX)
		return false;
	m->node = node;
	m->use = key.use;
	m->key_len = (uint8_t)key.len;
	m->len = (uint8_t)text.len;
	m->all_len = 0;
	memcpy(m->key, key.ptr, key.len);
	memcpy(m->text, text.ptr, text.len);
	return true;
}

/* Keeps at |m| all of |text|, which begins with what is kept there and goes on with
 * |value|; unless it is too long. */
static inline void
tl_memo_keep_value(tl_memo *m, int64_t value, tl_span text)
{
	if (text.len > TL_MEMO_TEXT_MAX)
		return;
	m->value = value;
	m->all_len = (uint8_t)text.len;
	memcpy(m->text + m->len, text.ptr + m->len, text.len - m->len);
}

#endif
