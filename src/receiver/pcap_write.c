/* receiver/pcap_write.c: datagrams as a pcapng file, for listen -w. Numbers are in the
 * byte order of this machine, as pcapng allows. */
#include "receiver/pcap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "receiver/address.h"
#include "sys/clock.h"

enum {
	BUFFER_BYTES = 256 << 10,
	IPV4_HEADER = 20,
	IPV6_HEADER = 40,
	UDP_HEADER = 8,
	LENGTH_MAX = 65535, /* of an IPv4 packet, and of what is behind an IPv6 header */
	LINK_RAW = 101,
	TTL = 64,
	PROTO_UDP = 17,
};

enum { BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_ENHANCED = 6 };

enum { OPTION_COMMENT = 1, OPTION_IF_TSRESOL = 9, OPTION_SHB_USERAPPL = 4 };

struct tl_pcap_writer {
	int fd;
	bool dead; /* the file cannot be gone on with */
	bool told; /* of an error */
	tl_buf buf;
	uint64_t buffered, unwritten; /* datagrams */
	off_t offset;                 /* end of the last whole block in the file */
	uint8_t bytes[BUFFER_BYTES];
};

static void
put_u16(tl_buf *b, uint16_t v)
{
	tl_buf_put(b, &v, sizeof v);
}

static void
put_u32(tl_buf *b, uint32_t v)
{
	tl_buf_put(b, &v, sizeof v);
}

static void
pad(tl_buf *b)
{
	static const uint8_t zeros[4] = { 0 };

	tl_buf_put(b, zeros, (4 - b->len % 4) % 4);
}

/* Blocks begin at multiples of four of the buffer. */
static size_t
begin_block(tl_buf *b, uint32_t type)
{
	put_u32(b, type);
	put_u32(b, 0); /* the length, once it is known */
	return b->len - 8;
}

static void
end_block(tl_buf *b, size_t start)
{
	uint32_t len = (uint32_t)(b->len - start) + 4;

	put_u32(b, len);
	if (!b->full)
		memcpy(b->ptr + start + 4, &len, sizeof len);
}

static void
put_option(tl_buf *b, uint16_t code, tl_span value)
{
	put_u16(b, code);
	put_u16(b, (uint16_t)value.len);
	tl_buf_span(b, value);
	pad(b);
}

static void
end_options(tl_buf *b)
{
	put_u32(b, 0);
}

static void
put_file_header(tl_buf *b)
{
	static const char application[] = "trapline " TL_VERSION;
	static const uint8_t nanoseconds = 9;
	size_t start = begin_block(b, BLOCK_SECTION);

	put_u32(b, 0x1a2b3c4d);
	put_u16(b, 1); /* version 1.0 */
	put_u16(b, 0);
	put_u32(b, UINT32_MAX); /* the section's length: not known */
	put_u32(b, UINT32_MAX);
	put_option(b, OPTION_SHB_USERAPPL,
	    (tl_span){ (const uint8_t *)application, sizeof application - 1 });
	end_options(b);
	end_block(b, start);

	start = begin_block(b, BLOCK_INTERFACE);
	put_u16(b, LINK_RAW);
	put_u16(b, 0);
	put_u32(b, 0); /* frames are kept whole */
	put_option(b, OPTION_IF_TSRESOL, (tl_span){ &nanoseconds, 1 });
	end_options(b);
	end_block(b, start);
}

/* Says so once. */
static tl_err
tell_error(tl_pcap_writer *w)
{
	if (w->told)
		return TL_OK;
	w->told = true;
	return TL_EIO;
}

static bool
write_all(tl_pcap_writer *w)
{
	size_t done = 0;

	while (done < w->buf.len) {
		ssize_t n = write(w->fd, w->bytes + done, w->buf.len - done);
		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	w->offset += (off_t)w->buf.len;
	return true;
}

/* Takes half a block back, so that a disk that has room again is gone on with. */
static void
take_back(tl_pcap_writer *w)
{
	int saved = errno;

	w->dead = ftruncate(w->fd, w->offset) != 0 ||
		  lseek(w->fd, w->offset, SEEK_SET) != w->offset || w->offset == 0;
	errno = saved;
}

tl_err
tl_pcap_flush(tl_pcap_writer *w)
{
	tl_err err = TL_OK;

	if (w->buf.len == 0)
		return TL_OK;
	if (w->dead || !write_all(w)) {
		w->unwritten += w->buffered;
		if (!w->dead)
			take_back(w);
		err = tell_error(w);
	}
	w->buf.len = 0;
	w->buffered = 0;
	return err;
}

tl_err
tl_pcap_create(const char *path, tl_pcap_writer **out)
{
	tl_pcap_writer *w = malloc(sizeof *w);

	if (w == NULL)
		return TL_ENOMEM;
	w->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	w->dead = w->told = false;
	w->buf = (tl_buf){ .ptr = w->bytes, .cap = sizeof w->bytes };
	w->buffered = w->unwritten = 0;
	w->offset = 0;
	put_file_header(&w->buf);
	if (w->fd >= 0 && tl_pcap_flush(w) == TL_OK) {
		*out = w;
		return TL_OK;
	}
	int saved = errno;
	if (w->fd >= 0)
		(void)close(w->fd);
	free(w);
	errno = saved;
	return TL_EIO;
}

/* Adds to a sum as RFC 1071 has it; |len| of all but the last part is even. */
static uint32_t
add_to_sum(uint32_t sum, const uint8_t *p, size_t len)
{
	uint64_t wide = sum;

	for (; len >= 2; len -= 2, p += 2)
		wide += (uint32_t)(p[0] << 8 | p[1]);
	if (len > 0)
		wide += (uint32_t)p[0] << 8;
	while (wide > 0xffff)
		wide = (wide & 0xffff) + (wide >> 16);
	return (uint32_t)wide;
}

static void
set_be16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* Puts the IP header in front of |payload| bytes; returns the sum that the UDP checksum
 * begins with (the pseudo-header's, RFC 768 and RFC 8200 section 8.1). */
static uint32_t
put_ip_header(tl_buf *b, const tl_datagram *d, bool v4, size_t payload)
{
	uint8_t h[IPV6_HEADER] = { 0 };
	size_t addresses = v4 ? 12 : 8, addr_len = v4 ? 4 : 16;

	memcpy(h + addresses, d->from.addr + 16 - addr_len, addr_len);
	memcpy(h + addresses + addr_len, d->to.addr + 16 - addr_len, addr_len);
	if (v4) {
		h[0] = 0x45;
		set_be16(h + 2, (uint32_t)(IPV4_HEADER + payload));
		h[8] = TTL;
		h[9] = PROTO_UDP;
		set_be16(h + 10, ~add_to_sum(0, h, IPV4_HEADER));
	} else {
		h[0] = 0x60;
		set_be16(h + 4, (uint32_t)payload);
		h[6] = PROTO_UDP;
		h[7] = TTL;
	}
	tl_buf_put(b, h, v4 ? IPV4_HEADER : IPV6_HEADER);
	return add_to_sum(PROTO_UDP + (uint32_t)payload, h + addresses, 2 * addr_len);
}

static void
put_udp(tl_buf *b, const tl_datagram *d, size_t len, uint32_t sum)
{
	uint8_t h[UDP_HEADER] = { 0 };

	set_be16(h, d->from.port);
	set_be16(h + 2, d->to.port);
	set_be16(h + 4, (uint32_t)(UDP_HEADER + len));
	sum = add_to_sum(sum, h, sizeof h);
	sum = ~add_to_sum(sum, d->bytes.ptr, len) & 0xffff;
	set_be16(h + 6, sum == 0 ? 0xffff : sum); /* 0 would say that there is none */
	tl_buf_put(b, h, sizeof h);
	tl_buf_put(b, d->bytes.ptr, len);
}

static void
put_comment(tl_buf *b, tl_span text)
{
	uint8_t safe[TL_PCAP_COMMENT_MAX];
	tl_buf c = { .ptr = safe, .cap = sizeof safe };

	if (text.len == 0)
		return;
	tl_buf_printable(&c, text);
	put_option(b, OPTION_COMMENT, tl_buf_written(&c));
	end_options(b);
}

static void
put_datagram(tl_buf *b, const tl_datagram *d, tl_span comment)
{
	bool v4 = tl_endpoint_is_v4(&d->from);
	size_t ip = v4 ? IPV4_HEADER : IPV6_HEADER;
	size_t most = LENGTH_MAX - UDP_HEADER - (v4 ? IPV4_HEADER : 0);
	size_t len = d->bytes.len < most ? d->bytes.len : most;
	uint64_t ns = d->realtime_ns > 0 ? (uint64_t)d->realtime_ns : 0;
	size_t start = begin_block(b, BLOCK_ENHANCED);

	put_u32(b, 0); /* the interface */
	put_u32(b, (uint32_t)(ns >> 32));
	put_u32(b, (uint32_t)ns);
	put_u32(b, (uint32_t)(ip + UDP_HEADER + len));
	put_u32(b, (uint32_t)(ip + UDP_HEADER + d->bytes.len));
	put_udp(b, d, len, put_ip_header(b, d, v4, UDP_HEADER + len));
	pad(b);
	put_comment(b, comment);
	end_block(b, start);
}

tl_err
tl_pcap_write(tl_pcap_writer *w, const tl_datagram *d, tl_span comment)
{
	size_t before = w->buf.len;
	tl_err err = TL_OK;

	put_datagram(&w->buf, d, comment);
	if (w->buf.full) {
		w->buf.full = false;
		w->buf.len = before;
		err = tl_pcap_flush(w);
		put_datagram(&w->buf, d, comment); /* fits an empty buffer */
	}
	w->buffered++;
	return err;
}

uint64_t
tl_pcap_unwritten(const tl_pcap_writer *w)
{
	return w->unwritten;
}

tl_err
tl_pcap_writer_close(tl_pcap_writer *w)
{
	tl_err err;

	if (w == NULL)
		return TL_OK;
	err = tl_pcap_flush(w);
	if (close(w->fd) != 0 && err == TL_OK)
		err = tell_error(w);
	free(w);
	return err;
}
