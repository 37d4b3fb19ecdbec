/* receiver/frame.c: link, IP and UDP headers of captured frames, for pcap_read.c. Every
 * byte is taken off a span that the level above has bounded. */
#include "receiver/frame.h"

#include <string.h>

#include "receiver/address.h"

enum { /* tcpdump.org, link-layer header types */
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276,
};

enum { /* EtherTypes, and IP protocol numbers */
	TYPE_IPV4 = 0x0800,
	TYPE_VLAN = 0x8100,
	TYPE_IPV6 = 0x86dd,
	TYPE_QINQ = 0x88a8,
	TYPE_OLD_QINQ = 0x9100,
	TYPE_OTHER = 0,
	PROTO_HOP_BY_HOP = 0,
	PROTO_UDP = 17,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_AUTH = 51,
	PROTO_DESTINATION = 60,
	PROTO_MOBILITY = 135,
	VLAN_TAGS_MAX = 4,
	EXTENSIONS_MAX = 16,
};

/* An IP packet taken apart. */
typedef struct packet {
	tl_fragment part; /* addresses and payload; whole: offset 0, nothing more */
	uint8_t protocol;
	bool fragmented;
	bool cut; /* the payload is longer than what is here */
} packet;

static const uint8_t *
take(tl_span *s, size_t len)
{
	const uint8_t *p = s->ptr;

	if (len > s->len)
		return NULL;
	s->ptr += len;
	s->len -= len;
	return p;
}

static uint16_t
be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

/* The EtherType of what the address family of a loopback header means, in either byte
 * order. */
static uint16_t
loopback_type(const uint8_t *h)
{
	static const struct {
		uint8_t family;
		uint16_t type;
	} families[] = { { 2, TYPE_IPV4 }, { 10, TYPE_IPV6 }, { 24, TYPE_IPV6 },
		{ 28, TYPE_IPV6 }, { 30, TYPE_IPV6 } };
	uint32_t big = be32(h), little = __builtin_bswap32(big);

	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
		if (big == families[i].family || little == families[i].family)
			return families[i].type;
	return TYPE_OTHER;
}

static uint16_t
raw_type(tl_span rest)
{
	uint8_t version = rest.len > 0 ? rest.ptr[0] >> 4 : 0;

	return version == 4 ? TYPE_IPV4 : version == 6 ? TYPE_IPV6 : TYPE_OTHER;
}

/* Takes VLAN tags off. */
static tl_frame
take_tags(tl_span *rest, uint16_t *type)
{
	const uint8_t *tag;

	for (int i = 0; i < VLAN_TAGS_MAX; i++) {
		if (*type != TYPE_VLAN && *type != TYPE_QINQ && *type != TYPE_OLD_QINQ)
			return TL_FRAME_DATAGRAM;
		tag = take(rest, 4);
		if (tag == NULL)
			return TL_FRAME_MALFORMED;
		*type = be16(tag + 2);
	}
	return TL_FRAME_DATAGRAM;
}

/* Takes the link header off |rest| and says what is behind it. */
static tl_frame
take_link(uint32_t link, tl_span *rest, uint16_t *type)
{
	static const struct {
		uint32_t link;
		uint8_t header, type_at; /* bytes */
	} links[] = { { LINK_NULL, 4, 0 }, { LINK_LOOP, 4, 0 }, { LINK_ETHERNET, 14, 12 },
		{ LINK_SLL, 16, 14 }, { LINK_SLL2, 20, 0 }, { LINK_RAW, 0, 0 },
		{ LINK_IPV4, 0, 0 }, { LINK_IPV6, 0, 0 } };
	const size_t count = sizeof links / sizeof links[0];
	const uint8_t *h;
	size_t i = 0;

	while (i < count && links[i].link != link)
		i++;
	if (i == count)
		return TL_FRAME_UNKNOWN_LINK;
	h = take(rest, links[i].header);
	if (h == NULL)
		return TL_FRAME_MALFORMED;
	if (links[i].header == 0)
		*type = raw_type(*rest);
	else if (links[i].header == 4)
		*type = loopback_type(h);
	else
		*type = be16(h + links[i].type_at);
	return take_tags(rest, type);
}

/* Bounds |rest| by the length that the header names; 0 stands for all that is there, as
 * captures of segmentation offload have it. */
static void
bound(packet *p, tl_span rest, size_t len)
{
	p->cut = len > rest.len;
	p->part.bytes = rest;
	if (len > 0 && !p->cut)
		p->part.bytes.len = len;
}

static tl_frame
take_v4(tl_span rest, packet *p)
{
	const uint8_t *h = take(&rest, 20);
	size_t header, total;

	if (h == NULL || h[0] >> 4 != 4)
		return TL_FRAME_MALFORMED;
	header = (size_t)(h[0] & 0x0f) * 4;
	total = be16(h + 2);
	if (header < 20 || take(&rest, header - 20) == NULL ||
	    (total != 0 && total < header))
		return TL_FRAME_MALFORMED;
	tl_endpoint_set_v4(&p->part.from, h + 12);
	tl_endpoint_set_v4(&p->part.to, h + 16);
	p->part.id = be16(h + 4);
	p->part.offset = (be16(h + 6) & 0x1fffu) * 8;
	p->part.more = (be16(h + 6) & 0x2000) != 0;
	p->fragmented = p->part.more || p->part.offset > 0;
	p->protocol = h[9];
	if (total == header)
		rest.len = 0;
	bound(p, rest, total > header ? total - header : 0);
	return TL_FRAME_DATAGRAM;
}

/* Takes extension headers off the payload (RFC 8200 section 4). */
static tl_frame
take_extensions(packet *p)
{
	tl_span *rest = &p->part.bytes;
	const uint8_t *h;

	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		size_t more;
		switch (p->protocol) {
		case PROTO_HOP_BY_HOP:
		case PROTO_ROUTING:
		case PROTO_DESTINATION:
		case PROTO_MOBILITY:
		case PROTO_AUTH:
		case PROTO_FRAGMENT:
			break;
		default:
			return TL_FRAME_DATAGRAM;
		}
		h = take(rest, 8);
		if (h == NULL)
			return p->cut ? TL_FRAME_CUT : TL_FRAME_MALFORMED;
		more = (size_t)h[1] * (p->protocol == PROTO_AUTH ? 4 : 8);
		if (p->protocol == PROTO_FRAGMENT) {
			more = 0;
			p->part.offset = be16(h + 2) & 0xfff8u;
			p->part.more = (h[3] & 1) != 0;
			p->part.id = be32(h + 4);
			p->fragmented = p->part.more || p->part.offset > 0;
		}
		p->protocol = h[0];
		if (take(rest, more) == NULL)
			return p->cut ? TL_FRAME_CUT : TL_FRAME_MALFORMED;
		if (p->fragmented)
			return TL_FRAME_DATAGRAM; /* what follows is a piece of payload */
	}
	return TL_FRAME_OTHER;
}

static tl_frame
take_v6(tl_span rest, packet *p)
{
	const uint8_t *h = take(&rest, 40);

	if (h == NULL || h[0] >> 4 != 6)
		return TL_FRAME_MALFORMED;
	memcpy(p->part.from.addr, h + 8, 16);
	memcpy(p->part.to.addr, h + 24, 16);
	p->protocol = h[6];
	bound(p, rest, be16(h + 4));
	return take_extensions(p);
}

/* Whether |payload| begins as an SNMP message does: a SEQUENCE whose first element is an
 * INTEGER of one byte. */
static bool
is_like_snmp(tl_span payload)
{
	const uint8_t *h = take(&payload, 2), *version;

	if (h == NULL || h[0] != 0x30)
		return false;
	if (h[1] > 0x80 && (h[1] > 0x84 || take(&payload, h[1] & 0x7f) == NULL))
		return false;
	version = take(&payload, 2);
	return version != NULL && version[0] == 0x02 && version[1] == 0x01;
}

static bool
is_wanted(const tl_datagram *d, uint16_t port)
{
	if (port != 0)
		return d->from.port == port || d->to.port == port;
	return d->from.port == 162 || d->to.port == 162 || d->from.port == 1162 ||
	       d->to.port == 1162 || is_like_snmp(d->bytes);
}

static tl_frame
take_udp(const packet *p, tl_span rest, uint16_t port, tl_datagram *out)
{
	const uint8_t *h = take(&rest, 8);
	size_t len;
	bool cut = p->cut;

	if (h == NULL)
		return cut ? TL_FRAME_CUT : TL_FRAME_MALFORMED;
	len = be16(h + 4);
	out->from = p->part.from;
	out->to = p->part.to;
	out->from.port = be16(h);
	out->to.port = be16(h + 2);
	if (len != 0 && len < 8)
		return TL_FRAME_MALFORMED;
	if (len != 0 && len - 8 <= rest.len) {
		rest.len = len - 8;
		cut = false;
	} else if (len != 0 && !cut) {
		return TL_FRAME_MALFORMED;
	}
	out->bytes = rest;
	if (!is_wanted(out, port))
		return TL_FRAME_OTHER;
	return cut ? TL_FRAME_CUT : TL_FRAME_DATAGRAM;
}

tl_frame
tl_frame_decode(
    const tl_frame_in *in, uint16_t port, tl_fragments *parts, tl_datagram *out)
{
	packet p = { .part.time_ns = in->time_ns };
	tl_span rest = in->bytes, whole;
	uint16_t type = TYPE_OTHER;
	tl_frame got = take_link(in->link, &rest, &type);

	if (got == TL_FRAME_DATAGRAM && type == TYPE_IPV4)
		got = take_v4(rest, &p);
	else if (got == TL_FRAME_DATAGRAM && type == TYPE_IPV6)
		got = take_v6(rest, &p);
	else if (got == TL_FRAME_DATAGRAM)
		got = TL_FRAME_OTHER;
	if (got == TL_FRAME_MALFORMED && in->cut)
		return TL_FRAME_CUT;
	if (got != TL_FRAME_DATAGRAM)
		return got;
	if (p.protocol != PROTO_UDP)
		return TL_FRAME_OTHER;
	if (p.cut && !in->cut)
		return TL_FRAME_MALFORMED;
	if (!p.fragmented)
		return take_udp(&p, p.part.bytes, port, out);
	if (p.cut)
		return TL_FRAME_CUT;
	if (!tl_fragments_add(parts, &p.part, &whole))
		return TL_FRAME_FRAGMENT;
	return take_udp(&p, whole, port, out);
}
