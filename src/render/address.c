/* render/address.c: addresses as text. */
#include "render/renderer.h"

static bool
is_ipv4(const tl_endpoint *ep)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(ep->addr, mapped, sizeof mapped) == 0;
}

static void
put_group(tl_out *o, unsigned group)
{
	int shift = group > 0xfff ? 12 : group > 0xff ? 8 : group > 0xf ? 4 : 0;

	for (; shift >= 0; shift -= 4)
		*o->p++ = (uint8_t) "0123456789abcdef"[group >> shift & 15];
}

/* The longest run of two or more zero groups, the first of equals (RFC 5952 section
 * 4.2): where it begins; its length, 0 if there is none. */
static unsigned
longest_zeros(const unsigned group[static 8], unsigned *len)
{
	unsigned best = 0, run = 0;

	*len = 0;
	for (unsigned i = 0; i < 8; i++) {
		run = group[i] == 0 ? run + 1 : 0;
		if (run > 1 && run > *len) {
			*len = run;
			best = i + 1 - run;
		}
	}
	return best;
}

static void
put_ipv6(tl_out *o, const tl_endpoint *ep)
{
	unsigned group[8], zeros_len;

	for (unsigned i = 0; i < 8; i++)
		group[i] = (unsigned)ep->addr[2 * i] << 8 | ep->addr[2 * i + 1];
	unsigned zeros = longest_zeros(group, &zeros_len);
	for (unsigned i = 0; i < 8;) {
		if (zeros_len > 0 && i == zeros) {
			*o->p++ = ':';
			*o->p++ = ':';
			i += zeros_len;
			continue;
		}
		if (i > 0 && !(zeros_len > 0 && i == zeros + zeros_len))
			*o->p++ = ':';
		put_group(o, group[i++]);
	}
	if (ep->scope != 0) {
		*o->p++ = '%';
		tl_out_u64(o, ep->scope);
	}
}

void
tl_out_address(tl_out *o, const tl_endpoint *ep)
{
	if (is_ipv4(ep))
		tl_out_ipv4(o, ep->addr + 12);
	else
		put_ipv6(o, ep);
}

size_t
tl_address_text(const tl_endpoint *ep, char text[TL_ADDRESS_TEXT_MAX])
{
	tl_out o = { .p = (uint8_t *)text };

	tl_out_address(&o, ep);
	*o.p = '\0';
	return (size_t)((char *)o.p - text);
}
