/* trapline/dissect.h: an SNMP message taken apart, byte by byte, for people who want to
 * see what was sent and where it goes wrong. */
#ifndef TRAPLINE_DISSECT_H
#define TRAPLINE_DISSECT_H

#include "trapline/notification.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TL_DISSECT_DEPTH                                                                 \
	8 /* levels of values in values that are shown; what lies deeper                 \
	     is shown as bytes */

/* Walks over a message. Reusable; one thread at a time. */
typedef struct tl_dissector tl_dissector;

typedef enum tl_dissect_what {
	TL_DISSECT_MESSAGE = 1, /* a datagram: RFC 1157, 1901, 3412 */
	TL_DISSECT_SCOPED_PDU,  /* a scopedPDU that was decrypted, RFC 3412 section 6.8;
				   bytes behind it are padding */
	TL_DISSECT_PDU          /* a PDU alone, RFC 3416 or RFC 1157 */
} tl_dissect_what;

/* One piece. The pieces of a message stand in the order of their bytes and cover each
 * byte exactly once: a piece with |inner| set covers its header_len bytes, any other one
 * covers header_len + content_len. */
typedef struct tl_dissect_item {
	uint32_t offset;      /* bytes, of the tag */
	uint32_t header_len;  /* bytes of tag and length; 0: bytes that are no value, or
				 a field that is missing (content_len is 0 as well) */
	uint32_t content_len; /* bytes of contents, as far as they are there */
	uint8_t depth;        /* 0 to TL_DISSECT_DEPTH; 0 is the message */
	uint8_t tag;          /* of BER; 0 without a header */
	bool inner;           /* the contents follow as pieces one level deeper */
	uint16_t flags;       /* TL_FLAG_ENCODING, TL_FLAG_TRAILING: odd, and accepted */
	const char *name;     /* the RFC's name of the field ("msgVersion"); static */
	const char *type;     /* of the tag ("OCTET STRING"); static; "" without */
	tl_diag diag;         /* what is wrong with it; err is TL_OK if nothing is */
} tl_dissect_item;

/* Makes a dissector. Errors: TL_ENOMEM. Free with tl_dissector_free(). */
TL_API TL_CHECK tl_err tl_dissector_new(tl_dissector **out);

/* Frees a dissector; NULL is fine. */
TL_API void tl_dissector_free(tl_dissector *d);

/* Begins with |bytes|, which must stay until the last tl_dissector_next(); at most 2^31.
 * Offsets count from |offset|: 0 for a datagram; for a decrypted scopedPDU that of the
 * encryptedPDU's contents, so that they agree with tl_diag. */
TL_API void tl_dissector_start(
    tl_dissector *d, tl_dissect_what what, tl_span bytes, uint32_t offset);

/* Gives the next piece, and appends to |meaning| (may be NULL) what it says, in one line
 * of UTF-8 without control characters; nothing where there is nothing to say. What does
 * not fit sets |meaning|->full. Works on past whatever is wrong, as long as something
 * can be made of the bytes. False at the end. Never allocates; all its work together is
 * linear in the bytes. */
TL_API bool tl_dissector_next(tl_dissector *d, tl_dissect_item *item, tl_buf *meaning);

/* The first thing wrong so far, err TL_OK if nothing: after the last piece, it is what
 * tl_engine_input() refuses the datagram for, unless that is for what it says rather than
 * for how it is built (a community, a user, a digest, a PDU that is no notification). */
TL_API const tl_diag *tl_dissector_diag(const tl_dissector *d);

/* Appends what an engine ID says by RFC 3411 section 5 (SnmpEngineID): who made it, and
 * an address or text; "" for one of a length that is not legal. Any thread. */
TL_API void tl_engine_id_text(tl_span engine_id, tl_buf *out);

/* The name of a type or PDU by its tag ("OCTET STRING", "InformRequest-PDU"); static,
 * never NULL, "unknown type" where there is none. Any thread. */
TL_API const char *tl_tag_name(uint8_t tag);

#ifdef __cplusplus
}
#endif
#endif
