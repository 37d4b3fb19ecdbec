/* trapline/mib.h: the dictionary, what is known of OIDs. */
#ifndef TRAPLINE_MIB_H
#define TRAPLINE_MIB_H

#include "trapline/notification.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Compiled MIB knowledge: immutable, to be shared by any number of threads. */
typedef struct tl_mib tl_mib;

/* One definition; belongs to its dictionary. */
typedef struct tl_mib_node tl_mib_node;

typedef enum tl_mib_kind {
	TL_MIB_IDENTITY = 1, /* a name without a value: a subtree, a module, a table */
	TL_MIB_OBJECT,       /* a scalar or a column */
	TL_MIB_NOTIFICATION
} tl_mib_kind;

typedef enum tl_severity {    /* in the order of urgency, X.733 */
	TL_SEVERITY_NONE = 0, /* not known */
	TL_SEVERITY_CLEARED,
	TL_SEVERITY_INFO,
	TL_SEVERITY_WARNING,
	TL_SEVERITY_MINOR,
	TL_SEVERITY_MAJOR,
	TL_SEVERITY_CRITICAL
} tl_severity;

/* "cleared" ... "critical"; "" for TL_SEVERITY_NONE. Any thread. */
TL_API const char *tl_severity_name(tl_severity severity);

/* The built-in dictionary: the standard notifications, their objects, enumerations and
 * indexes. Errors: TL_ENOMEM. Free with tl_mib_free(). */
TL_API TL_CHECK tl_err tl_mib_builtin(tl_mib **out);

/* Frees a dictionary; NULL is fine. Nothing borrowed from it may be used after. */
TL_API void tl_mib_free(tl_mib *mib);

/* What is known of an OID. */
typedef struct tl_mib_match {
	const tl_mib_node *node; /* NULL: nothing is known */
	tl_oid rest; /* the sub-identifiers behind the node's: contents octets,
			which are no OID of their own */
} tl_mib_match;

/* The longest named prefix of |oid| at or below 1.3.6.1; borrows from both. A prefix that
 * is an IDENTITY is found as well. Never allocates. Any thread. */
TL_API tl_mib_match tl_mib_find(const tl_mib *mib, tl_oid oid);

/* The notification of exactly this OID, or with a 0 put in or taken out before the last
 * sub-identifier; NULL if there is none. Never allocates. Any thread. */
TL_API const tl_mib_node *tl_mib_find_notification(const tl_mib *mib, tl_oid oid);

/* The definition of a name, "IF-MIB::ifIndex" or "ifIndex" (|len| bytes, letters of the
 * same case; the first 255 of each name count); a name that several modules have gives
 * the first. NULL if there is none.
 * Any thread. */
TL_API const tl_mib_node *tl_mib_find_name(
    const tl_mib *mib, const char *name, size_t len);

/* Of a definition; all borrow from the dictionary. Any thread. */
TL_API tl_mib_kind tl_mib_node_kind(const tl_mib_node *node);
TL_API tl_span tl_mib_node_name(
    const tl_mib *mib, const tl_mib_node *node); /* "ifIndex" */
TL_API tl_span tl_mib_node_module(
    const tl_mib *mib, const tl_mib_node *node); /* "IF-MIB" */
TL_API tl_oid tl_mib_node_oid(const tl_mib *mib, const tl_mib_node *node);
TL_API tl_severity tl_mib_node_severity(const tl_mib_node *node); /* of a notification */

/* Writes "IF-MIB::ifIndex". Any thread. */
TL_API void tl_mib_node_write_name(
    const tl_mib *mib, const tl_mib_node *node, tl_buf *out);

/* The file that defines it, and the line (from 1) that the definition begins in; an empty
 * name and 0 for what is built in. Any thread. */
TL_API tl_span tl_mib_node_source(
    const tl_mib *mib, const tl_mib_node *node, uint32_t *line);

/* All definitions, in the order of their OIDs. |i| counts from 0; tl_mib_at() gives NULL
 * behind the last. Any thread. */
TL_API uint32_t tl_mib_count(const tl_mib *mib);
TL_API const tl_mib_node *tl_mib_at(const tl_mib *mib, uint32_t i);

/* The |i|th object of a notification's OBJECTS, from 0; NULL behind the last. Any thread.
 */
TL_API const tl_mib_node *tl_mib_node_object(
    const tl_mib *mib, const tl_mib_node *node, size_t i);

/* The wire type that the definition asks for; 0 if it is not known. Any thread. */
TL_API int tl_mib_node_type(const tl_mib *mib, const tl_mib_node *node);

/* How a person writes a value of an object, where that is not as its type has it. */
typedef enum tl_mib_form {
	TL_MIB_FORM_PLAIN = 0, /* a number, a text, an address, an OID */
	TL_MIB_FORM_LABELS,    /* an enumeration: a label or its number */
	TL_MIB_FORM_BITS,      /* labels of bits */
	TL_MIB_FORM_DATE,      /* DateAndTime: RFC 3339 */
	TL_MIB_FORM_INET, /* octets of an address, RFC 4001: an IPv4 or IPv6 address */
	TL_MIB_FORM_HEX   /* octets that are shown in hexadecimal */
} tl_mib_form;

/* The form of an object's values; TL_MIB_FORM_PLAIN also where nothing is known. Any
 * thread. */
TL_API tl_mib_form tl_mib_node_form(const tl_mib *mib, const tl_mib_node *node);

/* The number that |label| (|len| bytes, letters of the same case) stands for in an
 * object's enumeration, or its bit in BITS. Errors: TL_ENOTFOUND. Any thread. */
TL_API TL_CHECK tl_err tl_mib_node_label(const tl_mib *mib, const tl_mib_node *node,
    const char *label, size_t len, int32_t *number);

/* Of an object's syntax: the |i|th label of its enumeration or BITS, by number, false
 * behind the last; the DISPLAY-HINT, empty if none; the SIZE of an OCTET STRING in
 * octets, 0 and 65535 where it has none. Any thread. */
TL_API bool tl_mib_node_label_at(const tl_mib *mib, const tl_mib_node *node, size_t i,
    tl_span *label, int32_t *number);
TL_API tl_span tl_mib_node_hint(const tl_mib *mib, const tl_mib_node *node);
TL_API void tl_mib_node_size(
    const tl_mib *mib, const tl_mib_node *node, uint16_t *min_bytes, uint16_t *max_bytes);

/* The |i|th object of the INDEX of a row or of a column's row, from 0; false behind the
 * last. Any thread. */
typedef struct tl_mib_index_object {
	const tl_mib_node *node; /* NULL: named there and not defined */
	bool implied;            /* its length is not part of the index, RFC 2578 7.7 */
} tl_mib_index_object;
TL_API bool tl_mib_node_index(
    const tl_mib *mib, const tl_mib_node *node, size_t i, tl_mib_index_object *out);

/* Writes into |out| what a person reads for a value of |node| (NULL: nothing known): an
 * enumeration's label, BITS labels, DISPLAY-HINT (RFC 2579 section 3.1), DateAndTime as
 * RFC 3339, an OID's name, an Opaque's float, a text without the NULs behind it. Writes
 * nothing where that is the plain value itself. |mismatch| tells that the value does not
 * fit the definition, and a number not its enumeration: then nothing is written, but of
 * BITS, where the number of a bit without a label stands for it. What is written is UTF-8
 * without control characters other than tab, CR, LF. Never allocates. Any thread. */
TL_API void tl_mib_value_text(const tl_mib *mib, const tl_mib_node *node,
    const tl_varbind *vb, tl_buf *out, bool *mismatch);

/* An item of a column's index. */
typedef struct tl_mib_index {
	tl_span name;   /* the index object's name without its module, "ifIndex" */
	bool is_number; /* then value holds; else text */
	bool last;      /* the definition has no item behind this one */
	uint64_t value;
	tl_buf
	    text; /* the caller's memory: set ptr and cap before each call; an
		     address, a string, an OID, an enumeration's label with its number */
} tl_mib_index;

/* Takes the next index item of |node| off |rest| (as tl_mib_find() gives it). |at| counts
 * the items, 0 at first; false at the end, or when |rest| does not fit the definition
 * (then |rest| is not empty). Scalars and unknown nodes have no items. Never allocates.
 * Any thread. */
TL_API bool tl_mib_index_next(const tl_mib *mib, const tl_mib_node *node, size_t *at,
    tl_oid *rest, tl_mib_index *item);

#ifdef __cplusplus
}
#endif
#endif
