/* mib/image.h: how a dictionary lies in memory: one block without pointers, its parts
 * found by offsets of 32 bits, so that it can be kept in a file and mapped again. Made by
 * link.c. It may come from a file that anybody has written: open.c checks the head, where
 * the sections lie, and that names are harmless; whoever follows a number out of a
 * section checks it then, here or in find.c: so most of a file is not read before it is
 * needed. */
#ifndef TL_MIB_IMAGE_H
#define TL_MIB_IMAGE_H

#include "base/hash.h"
#include "trapline/mib.h"

#define TL_MIB_MAGIC 0x424d4c54u /* "TLMB" in the byte order of the machine */
#define TL_MIB_VERSION 2u
#define TL_MIB_NONE UINT32_MAX /* no such node, syntax or list */

typedef struct tl_mib_section {
	uint32_t at;    /* bytes from the start of the block, a multiple of 8 */
	uint32_t count; /* items */
} tl_mib_section;

/* Section, type of its items, how many are there at least. */
#define TL_MIB_SECTIONS(X)                                                               \
	X(nodes, tl_mib_node, 0)                                                         \
	X(places, uint32_t, 0) /* of each node: line << 8 | column */                    \
	X(modules, tl_mib_module, 0)                                                     \
	X(syntaxes, tl_mib_syntax, 0)                                                    \
	X(labels, tl_mib_label, 0)                                                       \
	X(lists, uint32_t, 0)                                                            \
	X(names, uint32_t, 0)   /* the nodes' numbers by the hash of their names, */     \
	X(buckets, uint32_t, 2) /* those of bucket i from buckets[i] to [i + 1] */       \
	X(steps, uint32_t, TL_MIB_ROOT + 1)                                              \
	X(forks, tl_mib_fork, 0)                                                         \
	X(jumps, tl_mib_jump, TL_MIB_JUMP_TRIES + 2)                                     \
	X(text, uint8_t, TL_MIB_TEXT_TAIL)                                               \
	X(hints, uint8_t, 0) /* and the paths of files */                                \
	X(oids, uint8_t, 0)

/* The block's start. */
typedef struct tl_mib_image {
	uint32_t magic, version;
	uint32_t layout; /* TL_MIB_LAYOUT */
	uint32_t reserved;
	uint64_t size;                         /* bytes of the whole block */
	uint64_t head_sum;                     /* hash of the head, with this as 0 */
	uint64_t body_sum;                     /* hash of what follows the head */
	uint32_t internet, mib_2, enterprises; /* the places of the steps behind 1.3.6.1,
						  1.3.6.1.2.1, 1.3.6.1.4.1; 0: none */
	uint32_t reserved_2;
#define TL_X(name, type, least) tl_mib_section name;
	TL_MIB_SECTIONS(TL_X)
#undef TL_X
} tl_mib_image;

/* Nodes stand in the order of their OIDs' bytes; of one OID: object, notification,
 * identity, each in the order of definition. */
struct tl_mib_node {
	uint32_t name;   /* "ifIndex" */
	uint32_t oid;    /* in oids */
	uint32_t syntax; /* of an object; TL_MIB_NONE if it is not known */
	uint32_t list;   /* in lists: a notification's objects; of a row or a column the
			    index; or TL_MIB_NONE */
	uint16_t module; /* in modules */
	uint16_t facts;  /* TL_MIB_SAME_OID, tl_severity, tl_mib_kind, and the bytes of
			    the OID: 1, 3, 2 and 10 bits */
};

#define TL_MIB_SAME_OID 0x8000u /* the next node has the same OID */
#define TL_MIB_SEVERITY_SHIFT 12
#define TL_MIB_KIND_SHIFT 10
#define TL_MIB_OID_LEN 0x3ffu

/* A list is a count and that many items. An item is a node's number or TL_MIB_NONE; of
 * an index with TL_MIB_IMPLIED added where it says so. */
#define TL_MIB_IMPLIED 0x80000000u

/* The trie over the bytes of OIDs, a double array: behind a step and a byte comes the
 * step that stands at its base plus the byte, if that one was reached by the same byte;
 * no two steps have the same base. A step is its byte, the base (23 bits), and a bit that
 * tells a leaf, which has no base, but the number of a node: the deepest at or above it,
 * or the only one below, whose OID is then still to be compared. If that differs, or
 * there is no such node, what counts is the step before. The nodes of those that are no
 * leaves stand in forks, in the order of the bases. */
#define TL_MIB_LEAF 0x80000000u
#define TL_MIB_STEP_SHIFT 8
#define TL_MIB_STEPS_MAX 0x7fffffu /* as a node's number: none */
#define TL_MIB_ROOT 256u           /* the step before the first byte */

typedef struct tl_mib_fork {
	uint32_t base, node; /* node: or TL_MIB_NONE */
} tl_mib_fork;

/* Steps behind the first 8 bytes of OIDs, each at the place that these have or the next
 * that is free, of a power of 2 and some more; they spare most look-ups the way from the
 * root. */
typedef struct tl_mib_jump {
	uint64_t prefix; /* the bytes as they are in memory */
	uint32_t step;   /* itself, not its place */
	uint32_t below;  /* definitions; 0: the place is free */
} tl_mib_jump;

#define TL_MIB_PREFIX 8u     /* bytes */
#define TL_MIB_JUMP_TRIES 8u /* places looked at */

/* Names and labels are told by where they begin in text, in units of 4 bytes, times 256,
 * and their length, 0 to 255. All of text is of characters that tl_mib_is_plain() lets
 * pass. */
#define TL_MIB_NAME_MAX 255u
#define TL_MIB_TEXT_MAX (4u << 24) /* bytes */
#define TL_MIB_TEXT_TAIL 16u       /* bytes behind the last, so that 16 may be copied */

typedef struct tl_mib_module {
	uint32_t name;
	uint32_t source, source_len; /* in hints: a file's path */
} tl_mib_module;

typedef enum tl_mib_special { /* what a hint cannot say */
	TL_MIB_PLAIN = 0,
	TL_MIB_BITS,
	TL_MIB_DATE,      /* DateAndTime */
	TL_MIB_INET_TYPE, /* InetAddressType */
	TL_MIB_INET,      /* InetAddress and its kin: what it is hangs on its length */
	TL_MIB_NETWORK    /* NetworkAddress of RFC 1155, in an index one item longer */
} tl_mib_special;

typedef struct tl_mib_syntax {
	uint8_t type;                /* tl_type; 0: not known */
	uint8_t special;             /* tl_mib_special */
	uint16_t size_min, size_max; /* SIZE of an OCTET STRING */
	uint16_t hint_len;
	uint32_t hint;               /* in hints: the DISPLAY-HINT */
	uint32_t label, label_count; /* in labels, by value */
} tl_mib_syntax;

typedef struct tl_mib_label {
	int32_t value; /* of an enumeration, or the bit */
	uint32_t text;
} tl_mib_label;

/* Tells files of another layout: the sizes of what is in them. */
#define TL_MIB_LAYOUT                                                                    \
	((uint32_t)(sizeof(tl_mib_image) | sizeof(tl_mib_node) << 9 |                    \
		    sizeof(tl_mib_module) << 15 | sizeof(tl_mib_syntax) << 20 |          \
		    sizeof(tl_mib_label) << 26))

/* An open dictionary: the sections by address, and how many items they have. */
struct tl_mib {
#define TL_X(name, type, least)                                                          \
	const type *name;                                                                \
	uint32_t name##_count;
	TL_MIB_SECTIONS(TL_X)
#undef TL_X
	uint32_t text_len;                           /* without the tail */
	unsigned jump_bits;                          /* of the number of jumps */
	uint32_t root, internet, mib_2, enterprises; /* steps, not their places */
	tl_span bytes;                               /* the whole block */
	void (*release)(tl_span bytes);
};

/* The hash that stands in the head, of |bytes| behind one another. */
static inline uint64_t
tl_mib_sum(tl_span bytes)
{
	return tl_hash(bytes.ptr, bytes.len, TL_MIB_MAGIC);
}

/* The bucket, of |count|, a power of 2, of a name. */
static inline uint32_t
tl_mib_bucket(tl_span name, uint32_t count)
{
	return (uint32_t)tl_hash(name.ptr, name.len, 0) & (count - 1);
}

/* The place, of 1 << |bits|, of a prefix. */
static inline uint32_t
tl_mib_jump_place(uint64_t prefix, unsigned bits)
{
	return (uint32_t)(prefix * 0x9e3779b97f4a7c15u >> (64 - bits));
}

/* Whether a name may hold |c|: what is printed, but for blank, quotes, the exclamation
 * mark, the backslash. */
static inline bool
tl_mib_is_plain(uint8_t c)
{
	return c >= '#' && c <= '~' && c != '\\';
}

/* A name or label; empty where there cannot be one. */
static inline tl_span
tl_mib_text(const tl_mib *mib, uint32_t ref)
{
	uint32_t at = (ref >> 8) * 4, len = ref & 0xff;

	if (at + len > mib->text_len)
		at = len = 0;
	return (tl_span){ mib->text + at, len };
}

/* The DISPLAY-HINT of a syntax; empty if there is none. Any bytes. */
static inline tl_span
tl_mib_hint(const tl_mib *mib, const tl_mib_syntax *syntax)
{
	uint64_t end = (uint64_t)syntax->hint + syntax->hint_len;
	bool inside = end <= mib->hints_count;

	return (tl_span){ mib->hints + (inside ? syntax->hint : 0),
		inside ? syntax->hint_len : 0 };
}

/* Length of a node's OID in bytes. */
static inline uint32_t
tl_mib_oid_len(const tl_mib_node *node)
{
	return node->facts & TL_MIB_OID_LEN;
}

static inline tl_mib_kind
tl_mib_kind_of(const tl_mib_node *node)
{
	unsigned kind = node->facts >> TL_MIB_KIND_SHIFT & 3;

	return kind != 0 ? (tl_mib_kind)kind : TL_MIB_IDENTITY;
}

/* The next node, if it has the same OID; else NULL. */
static inline const tl_mib_node *
tl_mib_same(const tl_mib *mib, const tl_mib_node *node)
{
	const tl_mib_node *next = node + 1;

	return (node->facts & TL_MIB_SAME_OID) != 0 &&
		       next < mib->nodes + mib->nodes_count
		   ? next
		   : NULL;
}

/* The syntax of an object; NULL if it is not known, or |node| is none. */
static inline const tl_mib_syntax *
tl_mib_syntax_of(const tl_mib *mib, const tl_mib_node *node)
{
	return node != NULL && node->syntax < mib->syntaxes_count
		   ? &mib->syntaxes[node->syntax]
		   : NULL;
}

/* The same for the node of a number. */
static inline const tl_mib_syntax *
tl_mib_syntax_at(const tl_mib *mib, uint32_t number)
{
	return tl_mib_syntax_of(
	    mib, number < mib->nodes_count ? mib->nodes + number : NULL);
}

/* The items of a node's list; none where there is no list. */
static inline const uint32_t *
tl_mib_list(const tl_mib *mib, const tl_mib_node *node, uint32_t *count)
{
	uint32_t at = node->list;

	*count = 0;
	if (at >= mib->lists_count)
		return NULL;
	if (mib->lists[at] < mib->lists_count - at)
		*count = mib->lists[at];
	return mib->lists + at + 1;
}

/* The labels of a syntax. */
static inline const tl_mib_label *
tl_mib_labels(const tl_mib *mib, const tl_mib_syntax *syntax, uint32_t *count)
{
	bool inside = syntax->label <= mib->labels_count &&
		      syntax->label_count <= mib->labels_count - syntax->label;

	*count = inside ? syntax->label_count : 0;
	return mib->labels + (inside ? syntax->label : 0);
}

#endif
