/* mib/text.h: values as people read them; what value.c and index.c share. All of them
 * append to |out| and take hostile values. */
#ifndef TL_MIB_TEXT_H
#define TL_MIB_TEXT_H

#include "base/buf.h"
#include "mib/image.h"

/* Formats |value| by the DISPLAY-HINT |hint| of an OCTET STRING (RFC 2579 section 3.1).
 * False: the hint is none, or cannot format this; |out| may hold a part. */
bool tl_mib_hint_octets(tl_span hint, tl_span value, tl_buf *out);

/* Whether a hint, "255a", makes of octets the text that they are. */
static inline bool
tl_mib_hint_is_text(tl_span hint)
{
	size_t digits = 0;

	if (hint.len == 0 || *hint.ptr == '0')
		return false;
	while (digits < hint.len && hint.ptr[digits] >= '0' && hint.ptr[digits] <= '9')
		digits++;
	return digits > 0 && digits < 5 && digits + 1 == hint.len &&
	       (hint.ptr[digits] == 'a' || hint.ptr[digits] == 't');
}

/* Whether |value| of a syntax is the text that it is. */
static inline bool
tl_mib_is_text(const tl_mib *mib, const tl_mib_syntax *syntax, tl_span value)
{
	return syntax->special == TL_MIB_PLAIN &&
	       tl_mib_hint_is_text(tl_mib_hint(mib, syntax)) && tl_is_text(value);
}

/* The same for an integer; false also where the hint says no more than the number. An
 * INTEGER is given as its two's complement with |is_signed|. */
bool tl_mib_hint_number(tl_span hint, uint64_t value, bool is_signed, tl_buf *out);

/* DateAndTime as RFC 3339; false if it is none. */
bool tl_mib_date(tl_span value, tl_buf *out);

/* An address of 4, 8, 16 or 20 octets, the longer ones of each with a zone (RFC 4001);
 * false for another length. */
bool tl_mib_inet(tl_span value, tl_buf *out);

/* Centiseconds as "1d 02:03:04.05". */
void tl_mib_ticks(uint64_t cs, tl_buf *out);

/* The float or double that net-snmp wraps in an Opaque (9f 78 04, 9f 79 08), in the
 * fewest digits that give it back; false if it is none. */
bool tl_mib_opaque_float(tl_span value, tl_buf *out);

/* The labels of the bits that are set, with commas, and the number of each that has no
 * label: then |mismatch| is set. False if nothing was put. */
bool tl_mib_bits(const tl_mib *mib, const tl_mib_syntax *syntax, tl_span value,
    tl_buf *out, bool *mismatch);

/* The label of |value| in an enumeration, or of a bit; NULL if it has none. */
const tl_mib_label *tl_mib_find_label(
    const tl_mib *mib, const tl_mib_syntax *syntax, int64_t value);

/* What a hint, or what stands in for one, makes of octets, if that is safe to show; else
 * nothing, and false. |mismatch| tells that they do not fit the syntax. */
bool tl_mib_octets_text(const tl_mib *mib, const tl_mib_syntax *syntax, tl_span value,
    tl_buf *out, bool *mismatch);

#endif
