/* Reading captures: formats, link layers, fragments, filters, damage. With a folder as
 * its argument it writes the seeds of fuzz_pcap there instead. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "receiver/pcap.h"
#include "sys/clock.h"
#include "sys/fs.h"
#include "capture.h"

enum { US = 0xa1b2c3d4, NS = 0xa1b23c4d, ETHERNET = 1, RAW = 101, UDP = 17 };

static int
reset_store(void **state)
{
	(void)state;
	store_used = 0;
	return 0;
}

static tl_span
trap_v4(void)
{
	return ipv4(UDP, 0, udp(50000, 162, snmp()));
}

static tl_span
trap_v6(void)
{
	return ipv6(UDP, udp(50000, 162, snmp()));
}

/* Reads all of |bytes|; the last datagram is left in |last|, whose bytes are gone. */
static tl_err
read_all(tl_span bytes, uint16_t port, tl_pcap_counts *counts, tl_pcap_record *last)
{
	tl_pcap *p;
	tl_pcap_record r;
	tl_err err;

	assert_int_equal(tl_pcap_open_memory(bytes, port, &p), TL_OK);
	while ((err = tl_pcap_next(p, &r)) == TL_OK)
		*last = r;
	assert_int_equal(tl_pcap_next(p, &r), err); /* it stays */
	*counts = tl_pcap_counts_of(p);
	uint64_t sum = 0;
	for (int i = 0; i < TL_FRAME_KINDS; i++)
		sum += counts->of[i];
	assert_int_equal(sum, counts->frames);
	tl_pcap_close(p);
	return err;
}

/* What becomes of one frame of |link|. */
static tl_frame
kind_of(uint32_t link, tl_span frame, uint16_t port)
{
	capture c = pcap(false, US, link);
	tl_pcap_counts counts;
	tl_pcap_record r;

	pcap_frame(&c, 1, 2, frame);
	assert_int_equal(read_all(tl_buf_written(&c.b), port, &counts, &r), TL_ENOTFOUND);
	assert_int_equal(counts.frames, 1);
	for (int i = 0; i < TL_FRAME_KINDS; i++)
		if (counts.of[i] != 0)
			return (tl_frame)i;
	fail();
	return TL_FRAME_KINDS;
}

/* One SNMP message from port 50000 to 162 comes out of it. */
static void
assert_trap(const tl_pcap_record *r, bool v4)
{
	const tl_datagram *d = &r->datagram;

	assert_int_equal(d->bytes.len, snmp().len);
	assert_memory_equal(d->bytes.ptr, snmp().ptr, snmp().len);
	assert_int_equal(d->from.port, 50000);
	assert_int_equal(d->to.port, 162);
	assert_memory_equal(d->from.addr,
	    v4 ? "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\7"
	       : "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\7",
	    16);
	assert_memory_equal(d->to.addr,
	    v4 ? "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1"
	       : "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1",
	    16);
}

static void
reads_pcap_of_both_byte_orders_and_resolutions(void **state)
{
	static const struct {
		bool swapped;
		uint32_t magic;
		int64_t ns;
	} cases[] = { { false, US, 1800000000000007000 },
		{ true, US, 1800000000000007000 }, { false, NS, 1800000000000000007 },
		{ true, NS, 1800000000000000007 } };
	(void)state;

	for (size_t i = 0; i < 4; i++) {
		capture c = pcap(cases[i].swapped, cases[i].magic, ETHERNET);
		tl_pcap *p;
		tl_pcap_record r;
		pcap_frame(&c, 1800000000, 7, ethernet(0x0800, trap_v4()));
		pcap_frame(&c, 1800000000, 8, ethernet(0x0806, trap_v4())); /* ARP */
		pcap_frame(&c, 1799999999, 7, ethernet(0x86dd, trap_v6()));
		assert_int_equal(tl_pcap_open_memory(tl_buf_written(&c.b), 0, &p), TL_OK);
		assert_int_equal(tl_pcap_next(p, &r), TL_OK);
		assert_trap(&r, true);
		assert_int_equal(r.frame, 1);
		assert_true(r.datagram.realtime_ns == cases[i].ns);
		assert_int_equal(tl_pcap_next(p, &r), TL_OK);
		assert_trap(&r, false);
		assert_int_equal(r.frame, 3);
		assert_true(r.datagram.realtime_ns == cases[i].ns - TL_NS_PER_S);
		assert_true(r.datagram.monotonic_ns > r.datagram.realtime_ns);
		assert_int_equal(tl_pcap_next(p, &r), TL_ENOTFOUND);
		assert_string_equal(tl_pcap_problem_of(p).what, "");
		tl_pcap_close(p);
	}
}

static void
reads_every_block_of_pcapng(void **state)
{
	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		capture c = pcapng(swapped);
		tl_pcap *p;
		tl_pcap_record r;
		interface_block(&c, RAW, 9, 0);
		interface_block(&c, ETHERNET, 0, 0);
		block(&c, 0x80000bad, BYTES(1, 2, 3, 4)); /* unknown */
		packet_block(&c, 6, 0, 1800000000000000001, trap_v4());
		packet_block(&c, 6, 1, 1800000000000001, ethernet(0x0800, trap_v4()));
		packet_block(&c, 2, 1, 1800000000000002, ethernet(0x86dd, trap_v6()));
		simple_block(&c, trap_v4());
		packet_block(&c, 6, 2, 0, trap_v4()); /* of no interface */
		assert_int_equal(tl_pcap_open_memory(tl_buf_written(&c.b), 0, &p), TL_OK);
		static const int64_t times[] = { 1800000000000000001, 1800000000000001000,
			1800000000000002000, 0 };
		for (uint64_t i = 0; i < 4; i++) {
			assert_int_equal(tl_pcap_next(p, &r), TL_OK);
			assert_trap(&r, i != 2);
			assert_int_equal(r.frame, i + 1);
			assert_true(r.datagram.realtime_ns == times[i]);
		}
		assert_int_equal(tl_pcap_next(p, &r), TL_ENOTFOUND);
		assert_int_equal(tl_pcap_counts_of(p).of[TL_FRAME_UNKNOWN_LINK], 1);
		tl_pcap_close(p);
	}
}

/* Each section has its own byte order and its own interfaces. */
static void
reads_sections_one_after_the_other(void **state)
{
	capture a = pcapng(false), b = pcapng(true);
	tl_pcap_counts counts;
	tl_pcap_record r;
	(void)state;

	interface_block(&a, ETHERNET, 0, 0);
	packet_block(&a, 6, 0, 5, ethernet(0x0800, trap_v4()));
	packet_block(&b, 6, 0, 5, trap_v4()); /* before there is an interface */
	interface_block(&b, RAW, 0, 0);
	packet_block(&b, 6, 0, 6, trap_v4());
	assert_int_equal(
	    read_all(join(tl_buf_written(&a.b), tl_buf_written(&b.b)), 0, &counts, &r),
	    TL_ENOTFOUND);
	assert_int_equal(counts.of[TL_FRAME_DATAGRAM], 2);
	assert_int_equal(counts.of[TL_FRAME_UNKNOWN_LINK], 1);
	assert_int_equal(r.frame, 3);
	assert_true(r.datagram.realtime_ns == 6000);
}

static void
takes_the_resolution_and_offset_of_the_interface(void **state)
{
	static const struct {
		uint8_t resolution;
		int64_t offset_s;
		uint64_t ticks;
		int64_t ns;
	} cases[] = {
		{ 3, 0, 1800000000001, 1800000000001000000 },
		{ 0x80 | 10, 0, 1024 + 512, 1500000000 },
		{ 0x80 | 63, 0, UINT64_C(1) << 62, 500000000 },
		{ 19, 0, 10000000000000000000u, 1000000000 },
		{ 6, 1800000000, 1, 1800000000000001000 }, { 6, -1, 3000000, 2000000000 },
		{ 20, 0, 1, 0 },         /* no such resolution */
		{ 0x80 | 64, 0, 1, 0 },  /* nor this */
		{ 1, 0, UINT64_MAX, 0 }, /* beyond what 64 bits can say */
		{ 6, INT64_MAX, 1, 0 },  /* likewise */
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		capture c = pcapng(i % 2 != 0);
		tl_pcap_counts counts;
		tl_pcap_record r;
		interface_block(&c, RAW, cases[i].resolution, cases[i].offset_s);
		packet_block(&c, 6, 0, cases[i].ticks, trap_v4());
		assert_int_equal(
		    read_all(tl_buf_written(&c.b), 0, &counts, &r), TL_ENOTFOUND);
		assert_true(r.datagram.realtime_ns == cases[i].ns);
	}
}

static void
takes_every_link_layer_off(void **state)
{
	tl_span v4 = trap_v4(), v6 = trap_v6();
	const struct {
		uint32_t link;
		tl_span frame;
	} cases[] = {
		{ 1, ethernet(0x0800, v4) },
		{ 1,
		    ethernet(0x0800, join(v4, BYTES(0, 0, 0, 0, 0, 0, 0))) }, /* padded */
		{ 1, ethernet(0x8100, join(BYTES(0, 5, 0x08, 0), v4)) },
		{ 1, ethernet(0x88a8, join(BYTES(0, 5, 0x81, 0, 0, 6, 0x86, 0xdd), v6)) },
		{ 1, ethernet(0x9100, join(BYTES(0, 5, 0x81, 0, 0, 6, 0x08, 0), v4)) },
		{ 101, v4 },
		{ 101, v6 },
		{ 228, v4 },
		{ 229, v6 },
		{ 0, join(BYTES(2, 0, 0, 0), v4) },
		{ 0, join(BYTES(0, 0, 0, 2), v4) },
		{ 0, join(BYTES(10, 0, 0, 0), v6) },
		{ 0, join(BYTES(24, 0, 0, 0), v6) },
		{ 0, join(BYTES(0, 0, 0, 28), v6) },
		{ 0, join(BYTES(30, 0, 0, 0), v6) },
		{ 108, join(BYTES(0, 0, 0, 2), v4) },
		{ 113,
		    join(BYTES(0, 4, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0), v4) },
		{ 276, join(BYTES(0x86, 0xdd, 0, 0, 0, 0, 0, 1, 3, 4, 0, 6, 0, 0, 0, 0, 0,
				0, 0, 0),
			   v6) },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (kind_of(cases[i].link, cases[i].frame, 0) != TL_FRAME_DATAGRAM)
			fail_msg("case %zu", i);
}

static void
takes_ip_options_and_extension_headers_off(void **state)
{
	tl_span u = udp(50000, 162, snmp());
	tl_span pad4 = BYTES(1, 4, 0, 0, 0, 0), v4 = trap_v4();
	uint8_t *h = take_store(v4.len + 4).ptr;
	(void)state;

	memcpy(h, v4.ptr, 20);
	memset(h + 20, 1, 4); /* no-operation options */
	memcpy(h + 24, v4.ptr + 20, v4.len - 20);
	h[0] = 0x46;
	h[3] = (uint8_t)(h[3] + 4);
	assert_int_equal(kind_of(RAW, (tl_span){ h, v4.len + 4 }, 0), TL_FRAME_DATAGRAM);

	static const uint8_t plain[] = { 0, 43, 60, 135 };
	for (size_t i = 0; i < 4; i++) {
		tl_span ext = join(join(BYTES(UDP, 0), pad4), u);
		assert_int_equal(kind_of(RAW, ipv6(plain[i], ext), 0), TL_FRAME_DATAGRAM);
	}
	tl_span auth = join(BYTES(UDP, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1), u);
	assert_int_equal(kind_of(RAW, ipv6(51, auth), 0), TL_FRAME_DATAGRAM);
	tl_span chain =
	    join(join(BYTES(60, 0), pad4), join(join(BYTES(UDP, 0), pad4), u));
	assert_int_equal(kind_of(RAW, ipv6(0, chain), 0), TL_FRAME_DATAGRAM);
	tl_span atomic = join(BYTES(UDP, 0, 0, 0, 0, 0, 0, 9), u); /* a fragment of one */
	assert_int_equal(kind_of(RAW, ipv6(44, atomic), 0), TL_FRAME_DATAGRAM);
}

static void
counts_what_it_does_not_take(void **state)
{
	tl_span v4 = trap_v4(), v6 = trap_v6(), u = udp(50000, 162, snmp());
	tl_span web = ipv4(UDP, 0, udp(50000, 443, BYTES(0x30, 1, 2)));
	tl_span odd = ipv4(UDP, 0, join(BYTES(0, 1, 0, 162, 0, 7, 0, 0), BYTES(1, 2, 3)));
	tl_span endless = u;
	(void)state;

	for (int i = 0; i < 17; i++)
		endless = join(BYTES(60, 0, 1, 4, 0, 0, 0, 0), endless);
	const struct {
		tl_frame kind;
		uint32_t link;
		tl_span frame;
	} cases[] = {
		{ TL_FRAME_UNKNOWN_LINK, 105, v4 },
		{ TL_FRAME_OTHER, 1, ethernet(0x0806, v4) },
		{ TL_FRAME_OTHER, 1, ethernet(40, v4) },
		{ TL_FRAME_OTHER, 0, join(BYTES(7, 0, 0, 0), v4) },
		{ TL_FRAME_OTHER, RAW, BYTES(0x55, 1, 2, 3) },
		{ TL_FRAME_OTHER, RAW, { NULL, 0 } },
		{ TL_FRAME_OTHER, RAW, ipv4(6, 0, u) },
		{ TL_FRAME_OTHER, RAW, ipv6(58, u) },
		{ TL_FRAME_OTHER, RAW, ipv6(60, endless) },
		{ TL_FRAME_OTHER, RAW, web },
		{ TL_FRAME_MALFORMED, 1, BYTES(1, 2, 3) },
		{ TL_FRAME_MALFORMED, 1, ethernet(0x8100, BYTES(0, 1)) },
		{ TL_FRAME_MALFORMED, RAW, { v4.ptr, 19 } },
		{ TL_FRAME_MALFORMED, RAW, { v4.ptr, v4.len - 1 } },
		{ TL_FRAME_MALFORMED, RAW, { v6.ptr, 39 } },
		{ TL_FRAME_MALFORMED, RAW, { v6.ptr, v6.len - 1 } },
		{ TL_FRAME_MALFORMED, RAW, ipv6(60, BYTES(UDP, 0, 1, 4, 0, 0, 0)) },
		{ TL_FRAME_MALFORMED, RAW, ipv6(60, BYTES(UDP, 9, 1, 4, 0, 0, 0, 0)) },
		{ TL_FRAME_MALFORMED, RAW, ipv4(UDP, 0, BYTES(1, 2, 3)) },
		{ TL_FRAME_MALFORMED, RAW, odd },
		{ TL_FRAME_MALFORMED, RAW,
		    ipv4(UDP, 0, BYTES(0, 1, 0, 162, 0, 9, 0, 0)) }, /* UDP beyond IP */
		{ TL_FRAME_MALFORMED, RAW, /* likewise, into what pads the frame */
		    join(ipv4(UDP, 0, BYTES(0, 1, 0, 162, 0, 9, 0, 0)), BYTES(1, 2)) },
		{ TL_FRAME_OTHER,
		    RAW, /* a fragment of what has another header in front */
		    ipv6(44, join(BYTES(60, 0, 0, 1, 0, 0, 0, 9),
				 join(BYTES(UDP, 0, 1, 4, 0, 0, 0, 0), u))) },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		tl_frame kind = kind_of(cases[i].link, cases[i].frame, 0);
		if (kind != cases[i].kind)
			fail_msg("case %zu: %d", i, (int)kind);
	}
}

/* An IP header of less than 20 bytes, or longer than the packet. */
static void
counts_impossible_ip_headers_as_malformed(void **state)
{
	tl_span v4 = trap_v4();
	uint8_t *h = take_store(v4.len).ptr;
	(void)state;

	memcpy(h, v4.ptr, v4.len);
	h[0] = 0x44;
	assert_int_equal(kind_of(RAW, (tl_span){ h, v4.len }, 0), TL_FRAME_MALFORMED);
	h[0] = 0x45;
	h[2] = 0;
	h[3] = 19;
	assert_int_equal(kind_of(RAW, (tl_span){ h, v4.len }, 0), TL_FRAME_MALFORMED);
	h[3] = 0; /* as captures of segmentation offload have it: all that is there */
	assert_int_equal(kind_of(RAW, (tl_span){ h, v4.len }, 0), TL_FRAME_DATAGRAM);
}

static void
a_port_or_the_looks_of_snmp_decide(void **state)
{
	tl_span text = { (const uint8_t *)"hello", 5 };
	const struct {
		uint16_t from, to, filter;
		tl_span payload;
		tl_frame kind;
	} cases[] = {
		{ 9, 162, 0, text, TL_FRAME_DATAGRAM },
		{ 162, 9, 0, text, TL_FRAME_DATAGRAM },
		{ 9, 1162, 0, text, TL_FRAME_DATAGRAM },
		{ 1162, 9, 0, { NULL, 0 }, TL_FRAME_DATAGRAM },
		{ 9, 10, 0, text, TL_FRAME_OTHER },
		{ 9, 10, 0, { NULL, 0 }, TL_FRAME_OTHER },
		{ 9, 10, 0, snmp(), TL_FRAME_DATAGRAM },
		{ 9, 10, 0, BYTES(0x30, 0x82, 1, 0, 2, 1, 3), TL_FRAME_DATAGRAM },
		{ 9, 10, 0, BYTES(0x30, 0x80, 2, 1, 3), TL_FRAME_DATAGRAM },
		{ 9, 10, 0, BYTES(0x30, 0x85, 0, 0, 0, 0, 1, 2, 1), TL_FRAME_OTHER },
		{ 9, 10, 0, BYTES(0x30, 0x84, 0, 0), TL_FRAME_OTHER },
		{ 9, 10, 0, BYTES(0x30, 3, 2, 2, 0, 1), TL_FRAME_OTHER },
		{ 9, 10, 10, text, TL_FRAME_DATAGRAM },
		{ 10, 9, 10, text, TL_FRAME_DATAGRAM },
		{ 9, 162, 10, snmp(), TL_FRAME_OTHER },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		tl_span frame =
		    ipv4(UDP, 0, udp(cases[i].from, cases[i].to, cases[i].payload));
		if (kind_of(RAW, frame, cases[i].filter) != cases[i].kind)
			fail_msg("case %zu", i);
	}
}

/* A snapshot length that is too short. */
static void
counts_frames_that_were_captured_in_part(void **state)
{
	tl_span v4 = trap_v4();
	capture c = pcap(false, US, RAW);
	tl_pcap_counts counts;
	tl_pcap_record r;
	(void)state;

	for (uint32_t len = 0; len < v4.len; len++) {
		put64(&c, 0);
		put32(&c, len);
		put32(&c, (uint32_t)v4.len);
		tl_buf_put(&c.b, v4.ptr, len);
	}
	assert_int_equal(read_all(tl_buf_written(&c.b), 0, &counts, &r), TL_ENOTFOUND);
	assert_int_equal(counts.frames, v4.len);
	assert_int_equal(
	    counts.of[TL_FRAME_OTHER], 1); /* nothing at all is of no version */
	assert_int_equal(counts.of[TL_FRAME_CUT], v4.len - 1);
}

/* The UDP datagram of |len| payload bytes in fragments of |step|, in the order given. */
static void
put_fragments(capture *c, tl_span datagram, const uint8_t *order, size_t count, bool v6)
{
	size_t step = ((datagram.len / count) + 8) & ~(size_t)7;

	for (size_t i = 0; i < count; i++) {
		size_t at = order[i] * step;
		bool more = order[i] + 1u < count;
		tl_span part = { datagram.ptr + at, more ? step : datagram.len - at };
		uint16_t blocks = (uint16_t)(at / 8);
		tl_span head = BYTES(UDP, 0, HI(blocks << 3 | more), 0, 0, 0, 9);
		pcap_frame(c, 1, (uint32_t)i,
		    v6 ? ipv6(44, join(head, part))
		       : ipv4(UDP, (uint16_t)(blocks | (more ? 0x2000 : 0)), part));
	}
}

static void
puts_fragments_together_in_any_order(void **state)
{
	static const uint8_t orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 } };
	static uint8_t payload[4000];
	(void)state;

	for (size_t i = 0; i < sizeof payload; i++)
		payload[i] = (uint8_t)(i * 7 >> 3);
	for (size_t i = 0; i < 6; i++) {
		capture c = pcap(false, US, RAW);
		tl_span datagram = udp(50000, 162, (tl_span){ payload, sizeof payload });
		tl_pcap *p;
		tl_pcap_record r;
		put_fragments(&c, datagram, orders[i / 2], 3, i % 2 != 0);
		assert_int_equal(tl_pcap_open_memory(tl_buf_written(&c.b), 0, &p), TL_OK);
		assert_int_equal(tl_pcap_next(p, &r), TL_OK);
		assert_int_equal(r.frame, 3);
		assert_int_equal(r.datagram.bytes.len, sizeof payload);
		assert_memory_equal(r.datagram.bytes.ptr, payload, sizeof payload);
		assert_int_equal(r.datagram.from.port, 50000);
		assert_int_equal(tl_pcap_next(p, &r), TL_ENOTFOUND);
		assert_int_equal(tl_pcap_counts_of(p).of[TL_FRAME_FRAGMENT], 2);
		assert_int_equal(tl_pcap_counts_of(p).incomplete, 0);
		tl_pcap_close(p);
		store_used = 0;
	}
}

static void
counts_packets_that_never_became_whole(void **state)
{
	capture c = pcap(false, US, RAW);
	tl_span part = { (const uint8_t[1000]){ 0 }, 1000 };
	tl_pcap_counts counts;
	tl_pcap_record r;
	(void)state;

	/* Beginnings with 20 different IDs: more than are waited for at a time. */
	for (uint8_t i = 0; i < 20; i++) {
		tl_span frame = ipv4(UDP, 0x2000, part);
		((uint8_t *)(uintptr_t)frame.ptr)[5] = i;
		pcap_frame(&c, 1, i, frame);
	}
	assert_int_equal(read_all(tl_buf_written(&c.b), 0, &counts, &r), TL_ENOTFOUND);
	assert_int_equal(counts.of[TL_FRAME_FRAGMENT], 20);
	assert_int_equal(counts.incomplete, 20);
}

/* One fragment twice does not stand for another; the end may not be in two places. */
static void
every_fragment_is_needed_and_one_end(void **state)
{
	tl_span datagram = udp(50000, 162, (tl_span){ (const uint8_t[32]){ 1 }, 32 });
	static const struct {
		struct {
			uint8_t block, blocks;
			bool end;
		} parts[4];
		uint64_t whole;
	} cases[] = {
		{ { { 0, 2, false }, { 0, 2, false }, { 4, 1, true }, { 2, 2, false } },
		    1 },
		{ { { 0, 2, false }, { 0, 2, false }, { 4, 1, true }, { 4, 1, true } },
		    0 },
		{ { { 4, 1, true }, { 2, 1, true }, { 0, 2, false }, { 2, 2, false } },
		    0 },
	};
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		capture c = pcap(false, US, RAW);
		tl_pcap_counts counts;
		tl_pcap_record r;
		for (size_t j = 0; j < 4; j++) {
			uint8_t at = cases[i].parts[j].block;
			tl_span part = { datagram.ptr + at * 8,
				cases[i].parts[j].blocks * (size_t)8 };
			uint16_t more = cases[i].parts[j].end ? 0 : 0x2000;
			pcap_frame(&c, 1, 1, ipv4(UDP, (uint16_t)(at | more), part));
		}
		assert_int_equal(
		    read_all(tl_buf_written(&c.b), 0, &counts, &r), TL_ENOTFOUND);
		assert_int_equal(counts.of[TL_FRAME_DATAGRAM], cases[i].whole);
	}
}

/* An ID that comes again after a minute begins another packet. */
static void
old_fragments_are_not_mixed_with_new_ones(void **state)
{
	tl_span datagram = udp(50000, 162, (tl_span){ (const uint8_t[24]){ 1 }, 24 });
	(void)state;

	for (uint32_t gap_s = 60; gap_s <= 61; gap_s++) {
		capture c = pcap(false, US, RAW);
		tl_pcap_counts counts;
		tl_pcap_record r;
		pcap_frame(&c, 100, 0, ipv4(UDP, 0x2000, (tl_span){ datagram.ptr, 16 }));
		pcap_frame(&c, 100 + gap_s, 0,
		    ipv4(UDP, 2, (tl_span){ datagram.ptr + 16, datagram.len - 16 }));
		assert_int_equal(
		    read_all(tl_buf_written(&c.b), 0, &counts, &r), TL_ENOTFOUND);
		assert_int_equal(counts.of[TL_FRAME_DATAGRAM], gap_s == 60);
		assert_int_equal(counts.incomplete, gap_s == 60 ? 0 : 2);
	}
}

static void
fragments_that_contradict_each_other_are_dropped(void **state)
{
	tl_span eight = BYTES(0, 1, 0, 162, 0, 16, 0, 0), nine = join(eight, BYTES(1));
	const struct {
		uint16_t flags[2];
		tl_span parts[2];
	} cases[] = {
		{ { 2, 4 }, { eight, eight } },         /* two ends */
		{ { 1, 0x2002 }, { eight, eight } },    /* beyond the end */
		{ { 0x2002, 1 }, { eight, eight } },    /* the end before what is there */
		{ { 0x2000, 0x2002 }, { nine, nine } }, /* not a multiple of 8 */
		{ { 0x1fff, 0x3fff }, { nine, eight } }, /* beyond 65,535 */
		{ { 0x2001, 1 }, { { NULL, 0 }, { NULL, 0 } } },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		capture c = pcap(false, US, RAW);
		tl_pcap_counts counts;
		tl_pcap_record r;
		for (int j = 0; j < 2; j++)
			pcap_frame(
			    &c, 1, 1, ipv4(UDP, cases[i].flags[j], cases[i].parts[j]));
		assert_int_equal(
		    read_all(tl_buf_written(&c.b), 0, &counts, &r), TL_ENOTFOUND);
		assert_int_equal(counts.of[TL_FRAME_FRAGMENT], 2);
		assert_true(counts.incomplete <= 1);
	}
}

static void
assert_problem(tl_span bytes, uint64_t offset, const char *what)
{
	tl_pcap *p;
	tl_pcap_record r;
	tl_err err;

	assert_int_equal(tl_pcap_open_memory(bytes, 0, &p), TL_OK);
	do
		err = tl_pcap_next(p, &r);
	while (err == TL_OK);
	assert_int_equal(err, TL_EFORMAT);
	assert_string_equal(tl_pcap_problem_of(p).what, what);
	assert_int_equal(tl_pcap_problem_of(p).offset, offset);
	tl_pcap_close(p);
}

static void
says_where_and_why_a_file_is_damaged(void **state)
{
	tl_span text = { (const uint8_t *)"no capture at all", 17 };
	capture c = pcap(false, US, RAW), v = c, n = pcapng(false), i = pcapng(true);
	uint8_t *at;
	(void)state;

	assert_problem((tl_span){ NULL, 0 }, 0, "neither a pcap nor a pcapng file");
	assert_problem(text, 0, "neither a pcap nor a pcapng file");
	assert_problem((tl_span){ c.b.ptr, 23 }, 0, "the file ends inside its header");
	pcap_frame(&c, 1, 1, trap_v4());
	assert_problem(
	    (tl_span){ c.b.ptr, 39 }, 24, "the file ends inside a record's header");
	assert_problem(
	    (tl_span){ c.b.ptr, c.b.len - 1 }, 24, "the file ends inside a frame");
	memset(c.b.ptr + 32, 0xff, 4);
	assert_problem(tl_buf_written(&c.b), 24, "a frame longer than any");
	v.b.ptr[4] = v.b.ptr[5] = 3;
	assert_problem(tl_buf_written(&v.b), 0, "a pcap version other than 2");

	interface_block(&n, RAW, 0, 0);
	at = n.b.ptr + n.b.len;
	packet_block(&n, 6, 0, 0, trap_v4());
	size_t from = (size_t)(at - n.b.ptr);
	assert_problem((tl_span){ n.b.ptr, from + 7 }, from,
	    "the file ends inside a block's header");
	assert_problem((tl_span){ n.b.ptr, from + 27 }, from, "a packet block cut short");
	assert_problem(
	    (tl_span){ n.b.ptr, from + 40 }, from, "the file ends inside a frame");
	at[20] = (uint8_t)(at[20] + 4);
	at[21] = 1;
	assert_problem(tl_buf_written(&n.b), from, "a packet longer than its block");
	for (uint8_t len = 0; len < 16; len++) {
		if (len == 12)
			continue;
		memset(at + 4, 0, 4);
		at[4] = len;
		assert_problem(
		    tl_buf_written(&n.b), from, "a block of an impossible length");
	}
	at[4] = 12;
	assert_problem(tl_buf_written(&n.b), from, "a packet block cut short");
	at[0] = 3;
	assert_problem(tl_buf_written(&n.b), from, "a simple packet block cut short");
	at[0] = 1;
	assert_problem(tl_buf_written(&n.b), from, "an interface description cut short");
	at[0] = 99;
	at[6] = 99;
	assert_problem(tl_buf_written(&n.b), n.b.len, "the file ends inside a block");

	assert_problem(
	    (tl_span){ i.b.ptr, 15 }, 0, "the file ends inside a section header");
	i.b.ptr[12] = 2;
	i.b.ptr[13] = 2;
	assert_problem(tl_buf_written(&i.b), 0, "a pcapng version other than 1");
	i.b.ptr[8] = 0;
	assert_problem(tl_buf_written(&i.b), 0, "a section header without a byte order");
}

/* More interfaces than are kept, and options that lie about their lengths. */
static void
bounds_interfaces_and_their_options(void **state)
{
	capture c = { take_store(600000), false };
	tl_pcap_counts counts;
	tl_pcap_record r;
	(void)state;

	section(&c);
	block(&c, 1, BYTES(101, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0xff, 0xff, 3));
	size_t used = store_used;
	for (int i = 1; i < 1025; i++) {
		interface_block(&c, RAW, 0, 0);
		store_used = used;
	}
	packet_block(&c, 6, 1023, 1, trap_v4());
	packet_block(&c, 6, 1024, 1, trap_v4());
	packet_block(&c, 6, 0, 1, trap_v4());
	assert_int_equal(read_all(tl_buf_written(&c.b), 0, &counts, &r), TL_ENOTFOUND);
	assert_int_equal(counts.of[TL_FRAME_DATAGRAM], 2);
	assert_int_equal(counts.of[TL_FRAME_UNKNOWN_LINK], 1);
	assert_true(r.datagram.realtime_ns == 1000);
}

/* A pipe gives the same as memory, however large the file. */
static void
reads_from_a_descriptor(void **state)
{
	enum { FRAMES = 20000 };
	char path[] = "/tmp/trapline-pcap-XXXXXX";
	int fd = mkstemp(path);
	capture head = pcap(true, NS, RAW);
	tl_pcap *p;
	tl_pcap_record r;
	(void)state;

	assert_true(fd >= 0);
	assert_int_equal(unlink(path), 0);
	capture one = { take_store(1000), true };
	pcap_frame(&one, 1, 1, trap_v4());
	assert_int_equal(write(fd, head.b.ptr, head.b.len), (ssize_t)head.b.len);
	for (int i = 0; i < FRAMES; i++)
		assert_int_equal(write(fd, one.b.ptr, one.b.len), (ssize_t)one.b.len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(tl_pcap_open_fd(fd, 0, &p), TL_OK);
	for (uint64_t i = 1; i <= FRAMES; i++) {
		assert_int_equal(tl_pcap_next(p, &r), TL_OK);
		assert_int_equal(r.frame, i);
		assert_int_equal(r.datagram.bytes.len, snmp().len);
		store_used = 100000;
	}
	assert_int_equal(tl_pcap_next(p, &r), TL_ENOTFOUND);
	tl_pcap_close(p);
	(void)close(fd);
	assert_int_equal(tl_pcap_open_fd(fd, 0, &p), TL_OK);
	assert_int_equal(tl_pcap_next(p, &r), TL_EIO);
	tl_pcap_close(p);
}

/* Whoever looked at the first bytes of a pipe hands them over. */
static void
reads_on_behind_what_was_looked_at(void **state)
{
	capture c = pcap(false, US, RAW);
	(void)state;

	pcap_frame(&c, 1, 1, trap_v4());
	for (size_t looked = 0; looked <= c.b.len; looked++) {
		tl_pcap *p;
		tl_pcap_record r;
		int ends[2];
		assert_int_equal(pipe(ends), 0);
		ssize_t rest = (ssize_t)(c.b.len - looked);
		assert_int_equal(write(ends[1], c.b.ptr + looked, (size_t)rest), rest);
		(void)close(ends[1]);
		tl_span head = { c.b.ptr, looked };
		assert_int_equal(tl_pcap_open_fd_behind(ends[0], head, 0, &p), TL_OK);
		assert_int_equal(tl_pcap_next(p, &r), TL_OK);
		assert_trap(&r, true);
		assert_int_equal(tl_pcap_next(p, &r), TL_ENOTFOUND);
		tl_pcap_close(p);
		(void)close(ends[0]);
	}
}

/* A capture of everything above, cut at every byte: an error or the end, never worse. */
static void
a_file_cut_anywhere_ends_well(void **state)
{
	capture c = pcapng(true);
	tl_span bytes;
	uint64_t before = 0;
	(void)state;

	interface_block(&c, ETHERNET, 9, 1);
	packet_block(&c, 6, 0, 1, ethernet(0x0800, trap_v4()));
	simple_block(&c, ethernet(0x86dd, trap_v6()));
	bytes = tl_buf_written(&c.b);
	for (size_t len = 0; len <= bytes.len; len++) {
		uint8_t *exact = malloc(len > 0 ? len : 1); /* so that a sanitizer sees */
		tl_pcap_counts counts;
		tl_pcap_record r;
		memcpy(exact, bytes.ptr, len);
		tl_err err = read_all((tl_span){ exact, len }, 0, &counts, &r);
		assert_true(err == TL_ENOTFOUND || err == TL_EFORMAT);
		assert_true(counts.frames >= before);
		before = counts.frames;
		free(exact);
	}
	assert_int_equal(before, 2);
}

static int
write_seed(const char *folder, const char *name, const capture *c)
{
	char path[512];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	return tl_file_replace(AT_FDCWD, path, tl_buf_written(&c->b)) == TL_OK ? 0 : 1;
}

static int
write_seeds(const char *folder)
{
	capture us = pcap(false, US, ETHERNET), ns = pcap(true, NS, RAW);
	capture ng = pcapng(false), gn = pcapng(true), sll = pcap(false, US, 113);
	tl_span tagged = join(BYTES(0, 5, 0x81, 0, 0, 6, 0x08, 0), trap_v4());
	static const uint8_t order[] = { 1, 0 };

	pcap_frame(&us, 1, 2, ethernet(0x88a8, tagged));
	pcap_frame(&us, 1, 2, ethernet(0x86dd, trap_v6()));
	put_fragments(&ns, udp(1, 162, snmp()), order, 2, false);
	put_fragments(&ns, udp(1, 162, snmp()), order, 2, true);
	interface_block(&ng, RAW, 9, 1);
	packet_block(&ng, 6, 0, 3, trap_v4());
	packet_block(&ng, 2, 0, 3, trap_v6());
	interface_block(&gn, 0, 0x8a, 0);
	simple_block(&gn, join(BYTES(2, 0, 0, 0), trap_v4()));
	block(&gn, 5, BYTES(1, 2, 3, 4));
	section(&gn);
	interface_block(&gn, 276, 0, 0);
	simple_block(
	    &gn, join(BYTES(8, 0, 0, 0, 0, 0, 0, 1, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0),
		     trap_v4()));
	pcap_frame(&sll, 1, 2,
	    join(BYTES(0, 4, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0x86, 0xdd),
		ipv6(0, join(BYTES(UDP, 0, 1, 4, 0, 0, 0, 0), udp(1, 2, snmp())))));
	return write_seed(folder, "pcap-us", &us) | write_seed(folder, "pcap-ns", &ns) |
	       write_seed(folder, "pcapng", &ng) |
	       write_seed(folder, "pcapng-swapped", &gn) |
	       write_seed(folder, "pcap-sll", &sll);
}

int
main(int argc, char **argv)
{
#define T(f) cmocka_unit_test_setup(f, reset_store)
	const struct CMUnitTest tests[] = {
		T(reads_pcap_of_both_byte_orders_and_resolutions),
		T(reads_every_block_of_pcapng),
		T(reads_sections_one_after_the_other),
		T(takes_the_resolution_and_offset_of_the_interface),
		T(takes_every_link_layer_off),
		T(takes_ip_options_and_extension_headers_off),
		T(counts_what_it_does_not_take),
		T(counts_impossible_ip_headers_as_malformed),
		T(a_port_or_the_looks_of_snmp_decide),
		T(counts_frames_that_were_captured_in_part),
		T(puts_fragments_together_in_any_order),
		T(counts_packets_that_never_became_whole),
		T(every_fragment_is_needed_and_one_end),
		T(old_fragments_are_not_mixed_with_new_ones),
		T(fragments_that_contradict_each_other_are_dropped),
		T(says_where_and_why_a_file_is_damaged),
		T(bounds_interfaces_and_their_options),
		T(reads_from_a_descriptor),
		T(reads_on_behind_what_was_looked_at),
		T(a_file_cut_anywhere_ends_well),
	};
	if (argc == 2)
		return write_seeds(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
