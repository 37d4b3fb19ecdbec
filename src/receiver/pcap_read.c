/* receiver/pcap_read.c: the file formats pcap and pcapng (draft-ietf-opsawg-pcap and
 * -pcapng), in either byte order, as a stream of frames; for trapline decode. */
#include "receiver/pcap.h"

#include <stdlib.h>
#include <string.h>

#include "receiver/frame.h"
#include "receiver/pcap_input.h"
#include "sys/clock.h"

enum {
	PCAP_HEADER = 24,
	PCAP_RECORD = 16,
	BLOCK_HEADER = 8, /* type, length */
	BLOCK_TRAILER = 4,
	BLOCK_MIN = BLOCK_HEADER + BLOCK_TRAILER,
	PACKET_HEADER = 20, /* of an EPB or PB, behind the block's */
	/* Longer frames than any capture has: a damaged length. */
	FRAME_LEN_MAX = 128 << 20,
	INTERFACES_MAX = 1024,
	OPTIONS_MAX = 65536, /* bytes of an interface's options that are looked at */
};

enum { /* block types of pcapng */
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2,
	BLOCK_SIMPLE = 3,
	BLOCK_ENHANCED = 6,
};

enum { OPTION_END = 0, OPTION_TSRESOL = 9, OPTION_TSOFFSET = 14 };

_Static_assert(TL_FRAME_MAX + BLOCK_HEADER + PACKET_HEADER <= TL_PCAP_WINDOW,
    "a frame must fit the window");

typedef struct interface {
	uint16_t link;
	uint32_t snap_len; /* 0: none */
	uint64_t ticks_per_s;
	int64_t offset_s;
} interface;

struct tl_pcap {
	tl_pcap_input in;
	uint16_t port;
	bool begun, ng, swapped;
	tl_err end; /* why there is nothing more */
	tl_pcap_problem problem;
	tl_pcap_counts counts;
	int64_t latest_ns;
	tl_fragments *parts;
	size_t to_skip; /* of the record given last */
	unsigned interface_count;
	interface interfaces[INTERFACES_MAX];
};

/* One frame as its record has it. */
typedef struct frame {
	const interface *on; /* NULL: not known */
	uint64_t ticks;
	uint32_t captured, original; /* bytes */
	size_t header, record;       /* bytes in front of the frame; of all of it */
} frame;

static uint16_t
u16(const tl_pcap *p, const uint8_t *at)
{
	uint16_t v;

	memcpy(&v, at, sizeof v);
	return p->swapped ? __builtin_bswap16(v) : v;
}

static uint32_t
u32(const tl_pcap *p, const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof v);
	return p->swapped ? __builtin_bswap32(v) : v;
}

static uint64_t
u64(const tl_pcap *p, const uint8_t *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof v);
	return p->swapped ? __builtin_bswap64(v) : v;
}

static tl_err
damaged(tl_pcap *p, const char *what)
{
	p->problem = (tl_pcap_problem){ p->in.offset, what };
	return p->in.error != 0 ? TL_EIO : TL_EFORMAT;
}

/* What a peek that shows nothing means: the end, between records, else damage. */
static tl_err
ended(tl_pcap *p, const char *what)
{
	if (p->in.error == 0 && p->in.seen.len == 0)
		return TL_ENOTFOUND;
	return damaged(p, what);
}

static tl_err
new_reader(tl_pcap_input in, uint16_t port, tl_pcap **out)
{
	tl_pcap *p = calloc(1, sizeof *p);
	tl_err err = TL_ENOMEM;

	if (p != NULL) {
		p->in = in;
		p->port = port;
		p->latest_ns = INT64_MIN;
		err = tl_fragments_new(&p->parts);
	}
	if (err != TL_OK) {
		free(p);
		return err;
	}
	*out = p;
	return TL_OK;
}

tl_err
tl_pcap_open_fd_behind(int fd, tl_span head, uint16_t port, tl_pcap **out)
{
	tl_pcap_input in = { .fd = fd, .buffer = malloc(TL_PCAP_WINDOW) };

	if (in.buffer == NULL)
		return TL_ENOMEM;
	if (head.len > TL_PCAP_WINDOW) {
		free(in.buffer);
		return TL_EINVAL;
	}
	if (head.len > 0)
		memcpy(in.buffer, head.ptr, head.len);
	in.seen = (tl_span){ in.buffer, head.len };
	tl_err err = new_reader(in, port, out);
	if (err != TL_OK)
		free(in.buffer);
	return err;
}

tl_err
tl_pcap_open_fd(int fd, uint16_t port, tl_pcap **out)
{
	return tl_pcap_open_fd_behind(fd, (tl_span){ 0 }, port, out);
}

tl_err
tl_pcap_open_memory(tl_span bytes, uint16_t port, tl_pcap **out)
{
	return new_reader((tl_pcap_input){ .fd = -1, .seen = bytes }, port, out);
}

void
tl_pcap_close(tl_pcap *p)
{
	if (p == NULL)
		return;
	tl_fragments_free(p->parts);
	free(p->in.buffer);
	free(p);
}

tl_pcap_problem
tl_pcap_problem_of(const tl_pcap *p)
{
	return p->problem.what == NULL ? (tl_pcap_problem){ 0, "" } : p->problem;
}

tl_pcap_counts
tl_pcap_counts_of(const tl_pcap *p)
{
	tl_pcap_counts c = p->counts;

	c.incomplete = tl_fragments_incomplete(p->parts);
	return c;
}

/* The header of a pcap file; its magic is known. */
static tl_err
begin_pcap(tl_pcap *p, uint64_t ticks_per_s)
{
	const uint8_t *h = tl_pcap_peek(&p->in, PCAP_HEADER);

	if (h == NULL)
		return damaged(p, "the file ends inside its header");
	if (u16(p, h + 4) != 2)
		return damaged(p, "a pcap version other than 2");
	p->interfaces[0] = (interface){
		.link = (uint16_t)u32(p, h + 20), /* above: about checksums of frames */
		.ticks_per_s = ticks_per_s,
	};
	p->interface_count = 1;
	(void)tl_pcap_skip(&p->in, PCAP_HEADER);
	return TL_OK;
}

/* Tells the formats apart by the first four bytes. */
static tl_err
begin(tl_pcap *p)
{
	static const struct {
		uint32_t magic;
		uint64_t ticks_per_s;
	} magics[] = { { 0xa1b2c3d4, 1000000 }, { 0xa1b23c4d, TL_NS_PER_S } };
	const uint8_t *h = tl_pcap_peek(&p->in, sizeof(uint32_t));
	uint32_t magic;

	if (h == NULL)
		return damaged(p, "neither a pcap nor a pcapng file");
	p->begun = true;
	memcpy(&magic, h, sizeof magic);
	p->ng = magic == BLOCK_SECTION;
	if (p->ng)
		return TL_OK;
	for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
		p->swapped = magic == __builtin_bswap32(magics[i].magic);
		if (p->swapped || magic == magics[i].magic)
			return begin_pcap(p, magics[i].ticks_per_s);
	}
	return damaged(p, "neither a pcap nor a pcapng file");
}

static tl_err
next_pcap_frame(tl_pcap *p, frame *f)
{
	const uint8_t *h = tl_pcap_peek(&p->in, PCAP_RECORD);
	interface *on = &p->interfaces[0];

	if (h == NULL)
		return ended(p, "the file ends inside a record's header");
	f->on = on;
	f->ticks = u32(p, h) * on->ticks_per_s + u32(p, h + 4);
	f->captured = u32(p, h + 8);
	f->original = u32(p, h + 12);
	if (f->captured > FRAME_LEN_MAX)
		return damaged(p, "a frame longer than any");
	f->header = PCAP_RECORD;
	f->record = PCAP_RECORD + (size_t)f->captured;
	return TL_OK;
}

/* Begins a section: from here on another byte order, and no interfaces. */
static tl_err
begin_section(tl_pcap *p)
{
	const uint32_t order = 0x1a2b3c4d;
	const uint8_t *h = tl_pcap_peek(&p->in, BLOCK_HEADER + 8);
	uint32_t magic;

	if (h == NULL)
		return damaged(p, "the file ends inside a section header");
	memcpy(&magic, h + BLOCK_HEADER, sizeof magic);
	p->swapped = magic == __builtin_bswap32(order);
	if (!p->swapped && magic != order)
		return damaged(p, "a section header without a byte order");
	if (u16(p, h + BLOCK_HEADER + 4) != 1)
		return damaged(p, "a pcapng version other than 1");
	p->interface_count = 0;
	return TL_OK;
}

/* Ticks a second of an if_tsresol option; 0 for one that nothing can have. */
static uint64_t
ticks_of(uint8_t resolution)
{
	uint64_t ticks = 1;
	uint8_t exponent = resolution & 0x7f;

	if ((resolution & 0x80) != 0)
		return exponent > 63 ? 0 : ticks << exponent;
	if (exponent > 19)
		return 0;
	while (exponent-- > 0)
		ticks *= 10;
	return ticks;
}

static void
read_interface_options(const tl_pcap *p, tl_span rest, interface *on)
{
	while (rest.len >= 4) {
		uint16_t code = u16(p, rest.ptr), len = u16(p, rest.ptr + 2);
		size_t step = 4 + (((size_t)len + 3) & ~(size_t)3);
		if (code == OPTION_END || step > rest.len)
			return;
		if (code == OPTION_TSRESOL && len >= 1)
			on->ticks_per_s = ticks_of(rest.ptr[4]);
		if (code == OPTION_TSOFFSET && len >= 8)
			on->offset_s = (int64_t)u64(p, rest.ptr + 4);
		rest.ptr += step;
		rest.len -= step;
	}
}

static tl_err
add_interface(tl_pcap *p, size_t body)
{
	size_t see = BLOCK_HEADER + (body < OPTIONS_MAX ? body : OPTIONS_MAX);
	const uint8_t *h = body < 8 ? NULL : tl_pcap_peek(&p->in, see);
	interface on = { .ticks_per_s = 1000000 };

	if (h == NULL)
		return damaged(p, "an interface description cut short");
	/* Frames of those beyond are counted as of an unknown link layer. */
	if (p->interface_count == INTERFACES_MAX)
		return TL_OK;
	on.link = u16(p, h + BLOCK_HEADER);
	on.snap_len = u32(p, h + BLOCK_HEADER + 4);
	read_interface_options(
	    p, (tl_span){ h + BLOCK_HEADER + 8, see - BLOCK_HEADER - 8 }, &on);
	p->interfaces[p->interface_count++] = on;
	return TL_OK;
}

static const interface *
interface_at(const tl_pcap *p, uint32_t i)
{
	return i < p->interface_count ? &p->interfaces[i] : NULL;
}

/* An enhanced packet block, or the packet block that it came after. */
static tl_err
read_packet_block(tl_pcap *p, uint32_t type, size_t body, frame *f)
{
	const uint8_t *h = body < PACKET_HEADER
			       ? NULL
			       : tl_pcap_peek(&p->in, BLOCK_HEADER + PACKET_HEADER);

	if (h == NULL)
		return damaged(p, "a packet block cut short");
	h += BLOCK_HEADER;
	f->on = interface_at(p, type == BLOCK_PACKET ? u16(p, h) : u32(p, h));
	f->ticks = (uint64_t)u32(p, h + 4) << 32 | u32(p, h + 8);
	f->captured = u32(p, h + 12);
	f->original = u32(p, h + 16);
	f->header = BLOCK_HEADER + PACKET_HEADER;
	if (f->captured > body - PACKET_HEADER)
		return damaged(p, "a packet longer than its block");
	return TL_OK;
}

/* A simple packet block: of the first interface, without a time. */
static tl_err
read_simple_block(tl_pcap *p, size_t body, frame *f)
{
	const uint8_t *h = body < 4 ? NULL : tl_pcap_peek(&p->in, BLOCK_HEADER + 4);

	if (h == NULL)
		return damaged(p, "a simple packet block cut short");
	f->on = interface_at(p, 0);
	f->ticks = 0;
	f->original = f->captured = u32(p, h + BLOCK_HEADER);
	if (f->on != NULL && f->on->snap_len > 0 && f->captured > f->on->snap_len)
		f->captured = f->on->snap_len;
	f->header = BLOCK_HEADER + 4;
	if (f->captured > body - 4)
		return damaged(p, "a packet longer than its block");
	return TL_OK;
}

/* Reads the block that begins here; |is_frame| when it has one. */
static tl_err
read_block(tl_pcap *p, uint32_t type, frame *f, bool *is_frame)
{
	size_t body = f->record - BLOCK_MIN;

	switch (type) {
	case BLOCK_INTERFACE:
		return add_interface(p, body);
	case BLOCK_ENHANCED:
	case BLOCK_PACKET:
		*is_frame = true;
		return read_packet_block(p, type, body, f);
	case BLOCK_SIMPLE:
		*is_frame = true;
		return read_simple_block(p, body, f);
	default:
		return TL_OK;
	}
}

/* Goes on to the next block that has a frame. */
static tl_err
next_ng_frame(tl_pcap *p, frame *f)
{
	for (;;) {
		const uint8_t *h = tl_pcap_peek(&p->in, BLOCK_HEADER);
		bool is_frame = false;
		uint32_t type, len;
		tl_err err = TL_OK;

		if (h == NULL)
			return ended(p, "the file ends inside a block's header");
		type = u32(p, h); /* a section's is the same in either byte order */
		if (type == BLOCK_SECTION)
			err = begin_section(p);
		if (err != TL_OK)
			return err;
		h = tl_pcap_peek(&p->in, BLOCK_HEADER);
		len = u32(p, h + 4);
		if (len < BLOCK_MIN || len % 4 != 0)
			return damaged(p, "a block of an impossible length");
		f->record = len;
		err = read_block(p, type, f, &is_frame);
		if (err != TL_OK || is_frame)
			return err;
		if (!tl_pcap_skip(&p->in, len))
			return damaged(p, "the file ends inside a block");
	}
}

/* When |f| was captured, since 1970; 0 if that cannot be said. */
static int64_t
time_of(const frame *f)
{
	unsigned __int128 ns;
	int64_t offset_ns, sum;

	if (f->on == NULL || f->on->ticks_per_s == 0)
		return 0;
	ns = (unsigned __int128)f->ticks * TL_NS_PER_S / f->on->ticks_per_s;
	if (ns > INT64_MAX ||
	    __builtin_mul_overflow(f->on->offset_s, (int64_t)TL_NS_PER_S, &offset_ns) ||
	    __builtin_add_overflow((int64_t)ns, offset_ns, &sum))
		return 0;
	return sum;
}

/* Looks at the frame, which stays in the window until the next call. */
static tl_err
see_frame(tl_pcap *p, const frame *f, tl_pcap_record *out, tl_frame *kind)
{
	size_t len = f->captured < TL_FRAME_MAX ? f->captured : TL_FRAME_MAX;
	const uint8_t *h = tl_pcap_peek(&p->in, f->header + len);
	tl_frame_in in = { .cut = f->original > len, .time_ns = time_of(f) };

	if (h == NULL)
		return damaged(p, "the file ends inside a frame");
	p->to_skip = f->record;
	in.bytes = (tl_span){ h + f->header, len };
	if (p->latest_ns < in.time_ns)
		p->latest_ns = in.time_ns;
	out->datagram.realtime_ns = in.time_ns;
	out->datagram.monotonic_ns = p->latest_ns;
	*kind = TL_FRAME_UNKNOWN_LINK;
	if (f->on != NULL) {
		in.link = f->on->link;
		*kind = tl_frame_decode(&in, p->port, p->parts, &out->datagram);
	}
	out->frame = ++p->counts.frames;
	p->counts.of[*kind]++;
	return TL_OK;
}

static tl_err
next_datagram(tl_pcap *p, tl_pcap_record *out)
{
	tl_err err = p->begun ? TL_OK : begin(p);
	tl_frame kind = TL_FRAME_OTHER;

	while (err == TL_OK && kind != TL_FRAME_DATAGRAM) {
		frame f = { 0 };
		/* What is behind the last frame may be missing: its padding, its trailer.
		 */
		if (!tl_pcap_skip(&p->in, p->to_skip))
			return damaged(p, "the file ends inside a frame");
		p->to_skip = 0;
		err = p->ng ? next_ng_frame(p, &f) : next_pcap_frame(p, &f);
		if (err == TL_OK)
			err = see_frame(p, &f, out, &kind);
	}
	return err;
}

tl_err
tl_pcap_next(tl_pcap *p, tl_pcap_record *out)
{
	memset(out, 0, sizeof *out);
	if (p->end == TL_OK)
		p->end = next_datagram(p, out);
	return p->end;
}
