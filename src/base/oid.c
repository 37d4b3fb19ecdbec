/* base/oid.c: object identifiers between wire, numbers and text. */
#include "trapline/oid.h"

#include "base/buf.h"

bool
tl_oid_equal(tl_oid a, tl_oid b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ber, b.ber, a.len) == 0);
}

bool
tl_oid_starts_with(tl_oid oid, tl_oid prefix)
{
	return oid.len >= prefix.len &&
	       (prefix.len == 0 || memcmp(oid.ber, prefix.ber, prefix.len) == 0);
}

size_t
tl_oid_arcs(tl_oid oid, uint32_t arcs[TL_OID_MAX])
{
	const uint8_t *p = oid.ber, *end = oid.len > 0 ? p + oid.len : p;
	size_t count = 0;

	while (p < end && count < TL_OID_MAX) {
		uint64_t arc = 0;
		do
			arc = arc << 7 | (*p & 0x7f);
		while ((*p++ & 0x80) != 0 && p < end);
		if (count == 0) {
			arcs[count++] = arc < 80 ? (uint32_t)arc / 40 : 2;
			arc -= 40u * arcs[0];
		}
		arcs[count++] = (uint32_t)arc;
	}
	return count;
}

static size_t
put_arc(uint8_t *to, uint64_t arc)
{
	unsigned more = 0;
	size_t len = 0;

	for (uint64_t rest = arc >> 7; rest != 0; rest >>= 7)
		more++;
	for (; more > 0; more--)
		to[len++] = (uint8_t)(0x80 | (arc >> (7 * more) & 0x7f));
	to[len++] = (uint8_t)(arc & 0x7f);
	return len;
}

tl_err
tl_oid_from_arcs(
    const uint32_t *arcs, size_t count, uint8_t buf[TL_OID_BER_MAX], tl_oid *out)
{
	size_t len;

	if (count < 2 || count > TL_OID_MAX || arcs[0] > 2 ||
	    (arcs[0] < 2 && arcs[1] > 39))
		return TL_EINVAL;
	len = put_arc(buf, (uint64_t)arcs[0] * 40 + arcs[1]);
	for (size_t i = 2; i < count; i++)
		len += put_arc(buf + len, arcs[i]);
	*out = (tl_oid){ buf, (uint32_t)len };
	return TL_OK;
}

tl_err
tl_oid_from_text(const char *text, size_t len, uint8_t buf[TL_OID_BER_MAX], tl_oid *out)
{
	uint32_t arcs[TL_OID_MAX];
	size_t count = 0, i = len > 0 && text[0] == '.';

	for (;;) {
		uint64_t arc = 0;
		size_t from = i;
		for (; i < len && text[i] >= '0' && text[i] <= '9'; i++) {
			arc = arc * 10 + (uint64_t)(text[i] - '0');
			if (arc > UINT32_MAX)
				return TL_EFORMAT;
		}
		if (i == from || count == TL_OID_MAX)
			return TL_EFORMAT;
		arcs[count++] = (uint32_t)arc;
		if (i == len)
			break;
		if (text[i++] != '.')
			return TL_EFORMAT;
	}
	return tl_oid_from_arcs(arcs, count, buf, out) == TL_OK ? TL_OK : TL_EFORMAT;
}

size_t
tl_oid_text(tl_oid oid, char text[TL_OID_TEXT_MAX])
{
	/* put_arcs() reckons with four characters a byte, more than can be needed. */
	uint8_t room[4 * TL_OID_BER_MAX + 16];
	tl_buf b = { .ptr = room, .cap = sizeof room };

	tl_buf_oid(&b, oid);
	size_t len = b.len < TL_OID_TEXT_MAX ? b.len : TL_OID_TEXT_MAX - 1;
	memcpy(text, room, len);
	text[len] = '\0';
	return len;
}
