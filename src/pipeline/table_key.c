/* pipeline/table_key.c: see table_key.h. For the keys of rows as they are read, and of
 * events that are no addresses. */
#include "pipeline/table_key.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/buf.h"

bool
table_key_address(tl_span text, uint8_t addr[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char room[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof room)
		return false;
	memcpy(room, text.ptr, text.len);
	room[text.len] = '\0';
	memcpy(addr, mapped, sizeof mapped);
	return inet_pton(AF_INET, room, addr + 12) == 1 ||
	       inet_pton(AF_INET6, room, addr) == 1;
}

static int
parse_bits(tl_span text)
{
	int bits = 0;

	if (text.len == 0 || text.len > 3)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return -1;
		bits = 10 * bits + text.ptr[i] - '0';
	}
	return bits;
}

bool
table_key_net(tl_span text, tl_conf_cidr *out)
{
	const uint8_t *slash = text.len > 0 ? memchr(text.ptr, '/', text.len) : NULL;
	size_t len = slash != NULL ? (size_t)(slash - text.ptr) : text.len;

	*out = (tl_conf_cidr){ .bits = 128 };
	if (!table_key_address((tl_span){ text.ptr, len }, out->addr))
		return false;
	if (slash == NULL)
		return true;
	bool v4 = memchr(text.ptr, ':', len) == NULL;
	int bits = parse_bits((tl_span){ slash + 1, text.len - len - 1 });
	if (bits < 0 || bits > (v4 ? 32 : 128))
		return false;
	out->bits = (uint8_t)(v4 ? 96 + bits : bits);
	for (unsigned bit = out->bits; bit < 128; bit++)
		out->addr[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	return true;
}

static bool
put_hex(tl_buf *out, tl_span text)
{
	size_t digits = 0;

	if (text.len > 2 && text.ptr[0] == '0' && (text.ptr[1] | 32) == 'x')
		text = (tl_span){ text.ptr + 2, text.len - 2 };
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.ptr[i];
		char lower = (char)(c | 32);
		if ((c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'f')) {
			tl_buf_putc(out, c <= '9' ? c : lower);
			digits++;
		} else if (c != ':' && c != '-' && c != ' ') {
			return false;
		}
	}
	return digits > 0 && digits % 2 == 0;
}

/* An address in its canonical form. */
static bool
put_address(tl_buf *out, tl_span text)
{
	tl_endpoint ep = { 0 };
	char room[TL_ADDRESS_TEXT_MAX];

	if (!table_key_address(text, ep.addr))
		return false;
	tl_buf_put(out, room, tl_address_text(&ep, room));
	return true;
}

bool
table_key_write(table_keys keys, tl_span text, tl_buf *out)
{
	uint8_t addr[16];

	switch (keys) {
	case TABLE_TEXT:
		if (!put_address(out, text))
			tl_buf_span(out, text);
		return text.len > 0;
	case TABLE_ORIGIN:
		return put_address(out, text) || put_hex(out, text);
	case TABLE_HEX:
		return put_hex(out, text);
	case TABLE_ADDRESS:
		if (!table_key_address(text, addr))
			return false;
		tl_buf_put(out, addr, sizeof addr);
		return true;
	case TABLE_NET:
		break;
	}
	return false;
}
