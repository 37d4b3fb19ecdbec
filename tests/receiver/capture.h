/* Makes frames and captures for the tests of the reader, in either byte order. Everything
 * made lives in one static store until the next test. */
#ifndef TESTS_RECEIVER_CAPTURE_H
#define TESTS_RECEIVER_CAPTURE_H

#include <string.h>

#include "base/buf.h"

enum { STORE_BYTES = 16 << 20 };

typedef struct capture {
	tl_buf b;
	bool swapped; /* the other byte order than this machine's */
} capture;

static uint8_t store[STORE_BYTES];
static size_t store_used;

static inline tl_buf
take_store(size_t cap)
{
	tl_buf b = { .ptr = store + store_used, .cap = cap };

	store_used += cap;
	if (store_used > STORE_BYTES)
		__builtin_trap();
	return b;
}

/* The bytes of |parts| one after the other. */
static inline tl_span
join(tl_span a, tl_span b)
{
	tl_buf out = take_store(a.len + b.len);

	tl_buf_span(&out, a);
	tl_buf_span(&out, b);
	return tl_buf_written(&out);
}

#define BYTES(...)                                                                       \
	((tl_span){ (const uint8_t[]){ __VA_ARGS__ },                                    \
	    sizeof((const uint8_t[]){ __VA_ARGS__ }) })

#define HI(x) (uint8_t)((x) >> 8), (uint8_t)(x)

/* A minimal SNMPv2c message, as far as the reader looks at it. */
static inline tl_span
snmp(void)
{
	return join(
	    BYTES(0x30, 0x0b, 2, 1, 1, 4, 6), (tl_span){ (const uint8_t *)"public", 6 });
}

static inline tl_span
udp(uint16_t from, uint16_t to, tl_span payload)
{
	size_t len = payload.len + 8;

	return join(join(BYTES(HI(from), HI(to)), BYTES(HI(len), 0, 0)), payload);
}

/* 192.0.2.7 to 192.0.2.1; |flags| with the offset of a fragment in blocks. */
static inline tl_span
ipv4(uint8_t proto, uint16_t flags, tl_span payload)
{
	size_t len = payload.len + 20;
	tl_span h = BYTES(0x45, 0, HI(len), 0x12, 0x34, HI(flags), 64, proto, 0, 0, 192,
	    0, 2, 7, 192, 0, 2, 1);

	return join(h, payload);
}

/* 2001:db8::7 to 2001:db8::1. */
static inline tl_span
ipv6(uint8_t next, tl_span payload)
{
	tl_span h = BYTES(0x60, 0, 0, 0, HI(payload.len), next, 64, 0x20, 1, 0xd, 0xb8, 0,
	    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0,
	    0, 0, 0, 1);

	return join(h, payload);
}

static inline tl_span
ethernet(uint16_t type, tl_span payload)
{
	return join(BYTES(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, HI(type)), payload);
}

static inline void
put16(capture *c, uint32_t v)
{
	uint16_t x = (uint16_t)v;

	x = c->swapped ? __builtin_bswap16(x) : x;
	tl_buf_put(&c->b, &x, sizeof x);
}

static inline void
put32(capture *c, uint32_t v)
{
	v = c->swapped ? __builtin_bswap32(v) : v;
	tl_buf_put(&c->b, &v, sizeof v);
}

static inline void
put64(capture *c, uint64_t v)
{
	v = c->swapped ? __builtin_bswap64(v) : v;
	tl_buf_put(&c->b, &v, sizeof v);
}

static inline capture
pcap(bool swapped, uint32_t magic, uint32_t link)
{
	capture c = { take_store(65536), swapped };

	put32(&c, magic);
	put16(&c, 2);
	put16(&c, 4);
	put64(&c, 0);
	put32(&c, 262144);
	put32(&c, link);
	return c;
}

static inline void
pcap_frame(capture *c, uint32_t s, uint32_t fraction, tl_span frame)
{
	put32(c, s);
	put32(c, fraction);
	put32(c, (uint32_t)frame.len);
	put32(c, (uint32_t)frame.len);
	tl_buf_span(&c->b, frame);
}

/* A pcapng block around |body|, in the byte order of |c|. */
static inline void
block(capture *c, uint32_t type, tl_span body)
{
	uint32_t padded = ((uint32_t)body.len + 3) & ~3u;

	put32(c, type);
	put32(c, padded + 12);
	tl_buf_span(&c->b, body);
	tl_buf_put(&c->b, "\0\0\0", padded - body.len);
	put32(c, padded + 12);
}

static inline capture
body_of(const capture *c)
{
	return (capture){ take_store(70000), c->swapped };
}

static inline void
section(capture *c)
{
	capture b = body_of(c);

	put32(&b, 0x1a2b3c4d);
	put16(&b, 1);
	put16(&b, 0);
	put64(&b, UINT64_MAX);
	block(c, 0x0a0d0d0a, tl_buf_written(&b.b));
}

static inline capture
pcapng(bool swapped)
{
	capture c = { take_store(131072), swapped };

	section(&c);
	return c;
}

/* |resolution| 0: none given. */
static inline void
interface_block(capture *c, uint16_t link, uint8_t resolution, int64_t offset_s)
{
	capture b = body_of(c);

	put16(&b, link);
	put16(&b, 0);
	put32(&b, 0);
	put16(&b, 2); /* a name, which is skipped */
	put16(&b, 3);
	tl_buf_put(&b.b, "lo\0", 4);
	if (resolution != 0) {
		put16(&b, 9);
		put16(&b, 1);
		tl_buf_put(&b.b, (uint8_t[]){ resolution, 0, 0, 0 }, 4);
	}
	if (offset_s != 0) {
		put16(&b, 14);
		put16(&b, 8);
		put64(&b, (uint64_t)offset_s);
	}
	put32(&b, 0);
	block(c, 1, tl_buf_written(&b.b));
}

/* An enhanced packet block (6), or a packet block (2). */
static inline void
packet_block(capture *c, uint32_t type, uint32_t on, uint64_t ticks, tl_span frame)
{
	capture b = body_of(c);

	if (type == 2) {
		put16(&b, on);
		put16(&b, 0xffff);
	} else {
		put32(&b, on);
	}
	put32(&b, (uint32_t)(ticks >> 32));
	put32(&b, (uint32_t)ticks);
	put32(&b, (uint32_t)frame.len);
	put32(&b, (uint32_t)frame.len);
	tl_buf_span(&b.b, frame);
	block(c, type, tl_buf_written(&b.b));
}

static inline void
simple_block(capture *c, tl_span frame)
{
	capture b = body_of(c);

	put32(&b, (uint32_t)frame.len);
	tl_buf_span(&b.b, frame);
	block(c, 3, tl_buf_written(&b.b));
}

#endif
