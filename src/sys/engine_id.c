/* sys/engine_id.c: an engine ID of our own, for the state folder.
 *
 * RFC 3411 builds it as: the first bit set, the maker's enterprise number, a format
 * octet, the rest. trapline has no enterprise number. Under another maker's number our
 * IDs could meet theirs; 32473 is for examples (RFC 5612). Number 0 is reserved by IANA,
 * so nobody makes IDs under it, and format 5 ("octets") says nothing about the 12 that
 * follow, which are random. net-snmp and Wireshark take it like any other. */
#include "sys/engine_id.h"

#include <string.h>
#include <sys/random.h>

tl_err
tl_engine_id_new(uint8_t id[TL_NEW_ENGINE_ID_LEN])
{
	static const uint8_t prefix[] = { 0x80, 0, 0, 0, 5 };
	const size_t random_len = TL_NEW_ENGINE_ID_LEN - sizeof prefix;

	memcpy(id, prefix, sizeof prefix);
	/* Up to 256 bytes come whole. */
	if (getrandom(id + sizeof prefix, random_len, 0) != (ssize_t)random_len)
		return TL_EIO;
	return TL_OK;
}

bool
tl_engine_id_valid(tl_span id)
{
	if (id.len < TL_ENGINE_ID_MIN || id.len > TL_ENGINE_ID_MAX)
		return false;
	for (size_t i = 0; i < id.len; i++)
		if ((id.ptr[i] != 0 && id.ptr[i] != 0xff) || id.ptr[i] != id.ptr[0])
			return true;
	return false;
}

static int
hex_digit(uint8_t c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c == 0 ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits) % 16;
}

tl_err
tl_engine_id_from_hex(tl_span hex, uint8_t id[TL_ENGINE_ID_MAX], size_t *len)
{
	if (hex.len % 2 != 0 || hex.len > 2 * TL_ENGINE_ID_MAX)
		return TL_EFORMAT;
	for (size_t i = 0; i < hex.len; i += 2) {
		int high = hex_digit(hex.ptr[i]), low = hex_digit(hex.ptr[i + 1]);
		if (high < 0 || low < 0)
			return TL_EFORMAT;
		id[i / 2] = (uint8_t)(high * 16 + low);
	}
	*len = hex.len / 2;
	return tl_engine_id_valid((tl_span){ id, *len }) ? TL_OK : TL_EFORMAT;
}
