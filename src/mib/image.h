/* mib/image.h: how a dictionary lies in memory: one block without pointers, its parts
 * found by offsets of 32 bits, so that it can be written to a file and mapped again.
 * Made by link.c; read by find.c, value.c and index.c, which trust it. */
#ifndef TL_MIB_IMAGE_H
#define TL_MIB_IMAGE_H

#include "base/hash.h"
#include "trapline/mib.h"

#define TL_MIB_MAGIC 0x424d4c54u /* "TLMB" in the byte order of the machine */
#define TL_MIB_VERSION 1u
#define TL_MIB_NONE UINT32_MAX /* no such node, syntax or list */

typedef struct tl_mib_section {
	uint32_t at;    /* bytes from the start of the block, a multiple of 8 */
	uint32_t count; /* items */
} tl_mib_section;

/* The block's start. */
typedef struct tl_mib_image {
	uint32_t magic, version;
	uint64_t size; /* bytes of the whole block */
	tl_mib_section nodes, steps, named, syntaxes, labels, lists, names, buckets,
	    bytes;
	uint32_t internet, mib_2, enterprises; /* where the trie is after 1.3.6.1,
						  1.3.6.1.2.1, 1.3.6.1.4.1 */
	uint32_t reserved;
} tl_mib_image;

#define TL_MIB_SAME_OID 0x80u /* the next node has the same OID */

/* Nodes stand in the order of their OIDs' bytes; of one OID: object, notification,
 * identity, each in the order of definition. */
struct tl_mib_node {
	uint32_t name; /* in bytes: "IF-MIB::ifIndex" */
	uint16_t name_len;
	uint16_t label_at; /* where "ifIndex" begins in it */
	uint32_t oid;      /* in bytes */
	uint16_t oid_len;
	uint8_t kind;     /* tl_mib_kind */
	uint8_t severity; /* tl_severity; with TL_MIB_SAME_OID added */
	uint32_t syntax;  /* of an object; TL_MIB_NONE if it is not known */
	uint32_t list;    /* in lists: a notification's objects, an object's index; or
			     TL_MIB_NONE */
};

/* A list is a count and that many items. An item is a node's number or TL_MIB_NONE; of
 * an index with TL_MIB_IMPLIED added where it says so. */
#define TL_MIB_IMPLIED 0x80000000u

/* The trie over the bytes of OIDs, a double array: the entry behind an entry and a byte
 * is that at |base| plus the byte, if its |above| is the first one's number. Entries that
 * nothing leads to stand at both ends, so that any byte may be tried. */
typedef struct tl_mib_step {
	uint32_t base, above;
} tl_mib_step;

#define TL_MIB_ROOT 256u /* the entry before the first byte, and as many before it */

typedef enum tl_mib_special { /* what a hint cannot say */
	TL_MIB_PLAIN = 0,
	TL_MIB_BITS,
	TL_MIB_DATE,      /* DateAndTime */
	TL_MIB_INET_TYPE, /* InetAddressType */
	TL_MIB_INET,      /* InetAddress and its kin: what it is hangs on its length */
	TL_MIB_NETWORK    /* NetworkAddress of RFC 1155, in an index one item longer */
} tl_mib_special;

typedef struct tl_mib_syntax {
	uint8_t type;                /* tl_type */
	uint8_t special;             /* tl_mib_special */
	uint16_t hint_len;           /* bytes */
	uint32_t hint;               /* in bytes: the DISPLAY-HINT */
	uint32_t label, label_count; /* in labels, by value */
	uint16_t size_min, size_max; /* SIZE of an OCTET STRING */
} tl_mib_syntax;

typedef struct tl_mib_label {
	int32_t value; /* of an enumeration, or the bit */
	uint32_t text; /* in bytes */
	uint32_t len;
} tl_mib_label;

/* An open dictionary: the parts of an image by address. */
struct tl_mib {
	const tl_mib_image *image;
	const tl_mib_node *nodes;
	const tl_mib_step *steps;
	const uint32_t *named; /* the deepest node at or above a step; TL_MIB_NONE */
	const tl_mib_syntax *syntaxes;
	const tl_mib_label *labels;
	const uint32_t *lists;
	const uint32_t *names;   /* the nodes' numbers by the hash of their labels, those
				    of one hash in the order of definition */
	const uint32_t *buckets; /* where in names the hashes begin, and the end; one
				    more than a power of 2 */
	const uint8_t *bytes;
	void *owned; /* what tl_mib_free() frees: the image, or NULL */
};

/* Opens an image that link.c made. With |owned| set it is freed with the dictionary.
 * Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_open_image(const tl_mib_image *image, void *owned, tl_mib **out);

/* The bucket, of |count|, a power of 2, of a label. */
static inline uint32_t
tl_mib_bucket(tl_span label, uint32_t count)
{
	return (uint32_t)tl_hash(label.ptr, label.len, 0) & (count - 1);
}

static inline tl_span
tl_mib_bytes(const tl_mib *mib, uint32_t at, size_t len)
{
	return (tl_span){ mib->bytes + at, len };
}

static inline bool
tl_mib_more(const tl_mib_node *node)
{
	return (node->severity & TL_MIB_SAME_OID) != 0;
}

/* The syntax of an object; NULL if it is not known, or |node| is none. */
static inline const tl_mib_syntax *
tl_mib_syntax_of(const tl_mib *mib, const tl_mib_node *node)
{
	return node != NULL && node->syntax != TL_MIB_NONE ? &mib->syntaxes[node->syntax]
							   : NULL;
}

/* The name without its module. */
static inline tl_span
tl_mib_label_of(const tl_mib *mib, const tl_mib_node *node)
{
	return tl_mib_bytes(
	    mib, node->name + node->label_at, (size_t)(node->name_len - node->label_at));
}

#endif
