/* cli/decode_source.c: see decode_source.h. For cmd_decode.c. */
#include "cli/decode_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "sys/clock.h"

enum { READ_BYTES = 64 * 1024, TEXT_MAX = 64 * 1024 * 1024, DATAGRAM_ROOM = 1024 * 1024 };
enum { MAGIC_BYTES = 4, SEQUENCE = 0x30 };

/* Room for |more| bytes behind those that are there. */
static tl_err
grow(decode_source *s, size_t more)
{
	if (s->cap - s->len >= more)
		return TL_OK;
	if (s->len + more > TEXT_MAX)
		return TL_ELIMIT;
	size_t cap = 2 * s->cap + more;
	uint8_t *bytes = realloc(s->bytes, cap);
	if (bytes == NULL)
		return TL_ENOMEM;
	s->bytes = bytes;
	s->cap = cap;
	return TL_OK;
}

/* Reads until |len| bytes are there, or the end is. */
static tl_err
read_up_to(decode_source *s, size_t len)
{
	while (s->len < len) {
		size_t want = len - s->len < READ_BYTES ? len - s->len : READ_BYTES;
		tl_err err = grow(s, want);
		if (err != TL_OK)
			return err;
		ssize_t got = read(s->fd, s->bytes + s->len, want);
		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			return TL_EIO;
		s->len += got > 0 ? (size_t)got : 0;
	}
	return TL_OK;
}

static bool
is_capture(const decode_source *s)
{
	static const uint8_t magics[][MAGIC_BYTES] = {
		{ 0x0a, 0x0d, 0x0d, 0x0a }, /* pcapng */
		{ 0xa1, 0xb2, 0xc3, 0xd4 }, /* pcap, microseconds, of either byte order */
		{ 0xd4, 0xc3, 0xb2, 0xa1 },
		{ 0xa1, 0xb2, 0x3c, 0x4d }, /* nanoseconds */
		{ 0x4d, 0x3c, 0xb2, 0xa1 },
	};

	for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
		if (s->len >= MAGIC_BYTES &&
		    memcmp(s->bytes, magics[i], MAGIC_BYTES) == 0)
			return true;
	return false;
}

/* A message is never without control characters, and no text has them. */
static tl_err
take_contents(decode_source *s)
{
	tl_span all = { s->bytes, s->len };

	s->is_text = tl_is_text(all);
	if (!s->is_text)
		return TL_OK;
	hex_text_init(&s->hex, all);
	s->datagram.ptr = malloc(DATAGRAM_ROOM);
	s->datagram.cap = DATAGRAM_ROOM;
	return s->datagram.ptr == NULL ? TL_ENOMEM : TL_OK;
}

tl_err
decode_source_open(decode_source *s, const char *name, uint16_t port)
{
	bool standard = strcmp(name, "-") == 0;

	*s = (decode_source){ .name = standard ? "standard input" : name };
	s->fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0)
		return TL_EIO;
	tl_err err = read_up_to(s, MAGIC_BYTES);
	if (err == TL_OK && is_capture(s)) {
		s->live = lseek(s->fd, 0, SEEK_CUR) < 0;
		return tl_pcap_open_fd_behind(
		    s->fd, (tl_span){ s->bytes, s->len }, port, &s->capture);
	}
	if (err == TL_OK)
		err = read_up_to(s, SIZE_MAX);
	return err == TL_OK ? take_contents(s) : err;
}

tl_err
decode_source_texts(decode_source *s, char *const *texts, int count)
{
	*s = (decode_source){ .name = "the argument", .fd = -1 };
	for (int i = 0; i < count; i++) {
		size_t len = strlen(texts[i]);
		tl_err err = grow(s, len + 1);
		if (err != TL_OK)
			return err;
		memcpy(s->bytes + s->len, texts[i], len);
		s->len += len;
		s->bytes[s->len++] = '\n';
	}
	return take_contents(s);
}

static bool
next_of_capture(decode_source *s, tl_datagram *in)
{
	tl_pcap_record record;

	s->err = tl_pcap_next(s->capture, &record);
	if (s->err == TL_ENOTFOUND) {
		s->err = TL_OK;
		return false;
	}
	if (s->err != TL_OK)
		return false;
	*in = record.datagram;
	s->number = record.frame;
	return true;
}

/* Takes off headers in front of a message, as there are in what tcpdump -xx and Wireshark
 * print. What is no frame, or one of something else, stays as it is. */
static tl_err
unwrap(decode_source *s, tl_datagram *in)
{
	static const uint32_t links[] = { 1, 101, 113, 276 }; /* Ethernet, IP, Linux */
	tl_datagram inner = *in;

	if (in->bytes.len == 0 || in->bytes.ptr[0] == SEQUENCE)
		return TL_OK;
	if (s->parts == NULL && tl_fragments_new(&s->parts) != TL_OK)
		return TL_ENOMEM;
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
		const tl_frame_in frame = { .link = links[i], .bytes = in->bytes };
		if (tl_frame_decode(&frame, 0, s->parts, &inner) == TL_FRAME_DATAGRAM) {
			*in = inner;
			break;
		}
	}
	return TL_OK;
}

static bool
next_of_text(decode_source *s, tl_datagram *in)
{
	s->datagram.len = 0;
	bool more = hex_text_next(&s->hex, &s->datagram);
	in->bytes = tl_buf_written(&s->datagram);
	s->err = s->hex.problem != NULL ? TL_EFORMAT : TL_OK;
	return more;
}

bool
decode_source_next(decode_source *s, tl_datagram *in)
{
	if (s->capture != NULL)
		return next_of_capture(s, in);
	*in = (tl_datagram){ .realtime_ns = tl_now_realtime_ns() };
	in->bytes = (tl_span){ s->bytes, s->len };
	s->number++;
	bool more = s->is_text ? next_of_text(s, in) : s->number == 1;
	if (more)
		s->err = unwrap(s, in);
	return more && s->err == TL_OK;
}

int
decode_texts_at(char *const *inputs, int left)
{
	int n = 0;

	while (n < left && strcmp(inputs[n], "-") != 0 && access(inputs[n], F_OK) != 0 &&
	       hex_is_plain(inputs[n]))
		n++;
	return n;
}

void
decode_source_close(decode_source *s)
{
	tl_pcap_close(s->capture);
	tl_fragments_free(s->parts);
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	free(s->bytes);
	free(s->datagram.ptr);
}
