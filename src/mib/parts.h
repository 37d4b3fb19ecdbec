/* mib/parts.h: what builder.c collects and link.c makes an image of. */
#ifndef TL_MIB_PARTS_H
#define TL_MIB_PARTS_H

#include "mib/builder.h"

/* An array that grows; items of one type. */
typedef struct tl_mib_vec {
	void *ptr;
	uint32_t count, cap; /* items */
} tl_mib_vec;

/* Room for |n| more items of |size| bytes, counted in; NULL when there is none. */
void *tl_mib_vec_grow(tl_mib_vec *v, size_t size, size_t n);

/* A piece of a vec of bytes. */
typedef struct tl_mib_piece {
	uint32_t at, len;
} tl_mib_piece;

enum {
	TL_MIB_OPEN = 0,
	TL_MIB_BUSY,
	TL_MIB_DONE,
	TL_MIB_LOST
}; /* state of a def's OID */

/* A definition as kept. The name stands in bytes, so does the OID once it is known; what
 * is only needed until then stands in scratch. */
typedef struct tl_mib_kept {
	uint32_t name;
	uint16_t name_len, label_at;
	uint8_t kind, severity, implied, state;
	uint32_t syntax;
	tl_mib_piece parent, augments; /* names in scratch */
	tl_mib_piece oid;              /* TL_MIB_DONE: in bytes; else arcs in scratch */
	tl_mib_piece refs;             /* in refs */
	uint32_t node;                 /* its number, in the end */
} tl_mib_kept;

struct tl_mib_builder {
	tl_mib_vec kept;     /* tl_mib_kept, in the order of definition */
	tl_mib_vec refs;     /* tl_mib_piece: names in scratch */
	tl_mib_vec syntaxes; /* tl_mib_syntax */
	tl_mib_vec labels;   /* tl_mib_label */
	tl_mib_vec bytes, scratch;
	uint32_t *full; /* hash table of kept's numbers by whole name; several kinds of a
			   name stand one behind the other */
	uint32_t full_size; /* a power of 2 */
	uint32_t *labelled; /* the first of each label; made by link.c */
};

static inline tl_mib_kept *
tl_mib_kept_at(const tl_mib_builder *b, uint32_t i)
{
	return (tl_mib_kept *)b->kept.ptr + i;
}

static inline tl_span
tl_mib_piece_of(const tl_mib_vec *v, tl_mib_piece piece)
{
	return (tl_span){ (const uint8_t *)v->ptr + piece.at, piece.len };
}

/* The whole name of a definition ("IF-MIB::ifIndex"), and its label. */
static inline tl_span
tl_mib_kept_name(const tl_mib_builder *b, const tl_mib_kept *k)
{
	return (tl_span){ (const uint8_t *)b->bytes.ptr + k->name, k->name_len };
}

static inline tl_span
tl_mib_kept_label(const tl_mib_builder *b, const tl_mib_kept *k)
{
	return (tl_span){ (const uint8_t *)b->bytes.ptr + k->name + k->label_at,
		(size_t)(k->name_len - k->label_at) };
}

/* The slot of full for a whole name: that of the first definition of it and of |kind|
 * (0: of any), or an empty one. */
uint32_t *tl_mib_slot(const tl_mib_builder *b, tl_span name, uint8_t kind);

typedef struct tl_mib_trie {
	tl_mib_vec steps; /* tl_mib_step */
	tl_mib_vec named; /* uint32_t, of each step */
} tl_mib_trie;

/* trie.c: sorts |order|, the numbers of all definitions with an OID, by OID, and makes a
 * trie over them. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_make_trie(
    const tl_mib_builder *b, tl_mib_vec *order, tl_mib_trie *trie);

#endif
