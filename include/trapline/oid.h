/* trapline/oid.h: object identifiers, kept as they are on the wire. */
#ifndef TRAPLINE_OID_H
#define TRAPLINE_OID_H

#include "trapline/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TL_OID_MAX 128u       /* sub-identifiers, RFC 2578 section 3.5 */
#define TL_OID_BER_MAX 640u   /* bytes that 128 sub-identifiers can take */
#define TL_OID_TEXT_MAX 1409u /* bytes of the longest dotted text, with its NUL */

/* An object identifier: the contents octets of its BER encoding (X.690 section 8.19),
 * checked when it was read or made, so that equal OIDs are equal bytes. Empty (len 0)
 * where a peer sent no sub-identifiers. The bytes belong to somebody else. */
typedef struct tl_oid {
	const uint8_t *ber;
	uint32_t len; /* bytes */
} tl_oid;

/* Whether |a| and |b| are the same. Any thread. */
TL_API bool tl_oid_equal(tl_oid a, tl_oid b);

/* Whether |oid| is |prefix| or lies below it. Any thread. */
TL_API bool tl_oid_starts_with(tl_oid oid, tl_oid prefix);

/* Puts the sub-identifiers of |oid| into |arcs| and returns how many there are:
 * 0 to TL_OID_MAX. Any thread. */
TL_API size_t tl_oid_arcs(tl_oid oid, uint32_t arcs[TL_OID_MAX]);

/* Makes an OID of |count| sub-identifiers in |buf| and lets |out| borrow from it.
 * Errors: TL_EINVAL (fewer than 2 or more than TL_OID_MAX, first above 2, second above
 * 39 under 0 and 1). Any thread. */
TL_API TL_CHECK tl_err tl_oid_from_arcs(
    const uint32_t *arcs, size_t count, uint8_t buf[TL_OID_BER_MAX], tl_oid *out);

/* Reads dotted text, "1.3.6.1" or ".1.3.6.1", |len| bytes, into |buf| and lets |out|
 * borrow from it. Errors: TL_EFORMAT. Any thread. */
TL_API TL_CHECK tl_err tl_oid_from_text(
    const char *text, size_t len, uint8_t buf[TL_OID_BER_MAX], tl_oid *out);

/* Writes |oid| as dotted text with a closing NUL and returns its length without the
 * NUL. Any thread. */
TL_API size_t tl_oid_text(tl_oid oid, char text[TL_OID_TEXT_MAX]);

#ifdef __cplusplus
}
#endif
#endif
