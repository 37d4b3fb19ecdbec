/* io/stream.c: see stream.h; link.c calls it for managers over TCP. */
#include "io/stream.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

enum { CONNECT_WAIT_MS = 10000, SEND_WAIT_MS = 1000, SEQUENCE = 0x30 };

static tl_err
fail(int error)
{
	errno = error;
	return TL_EIO;
}

tl_err
tl_stream_connect(tl_link *l)
{
	struct pollfd connected = { .fd = l->fd, .events = POLLOUT };
	int error = 0;
	socklen_t len = sizeof error;

	if (connect(l->fd, &l->to.any, l->to_len) == 0)
		return TL_OK;
	if (errno != EINPROGRESS)
		return TL_EIO;
	if (poll(&connected, 1, CONNECT_WAIT_MS) <= 0)
		return fail(ETIMEDOUT);
	if (getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		return TL_EIO;
	return error == 0 ? TL_OK : fail(error);
}

tl_err
tl_stream_send(tl_link *l, tl_span message)
{
	struct pollfd writable = { .fd = l->fd, .events = POLLOUT };

	while (message.len > 0) {
		ssize_t n = send(l->fd, message.ptr, message.len, MSG_NOSIGNAL);
		if (n >= 0) {
			message.ptr += n;
			message.len -= (size_t)n;
		} else if (errno != EINTR &&
			   (errno != EAGAIN || poll(&writable, 1, SEND_WAIT_MS) <= 0)) {
			return TL_EIO;
		}
	}
	return TL_OK;
}

/* Length of the message that |bytes| begin with, as it says itself (RFC 3430 section
 * 2.1); 0: more bytes are needed to know, SIZE_MAX: it is no SNMP, or too long. */
static size_t
message_len(const uint8_t *bytes, size_t len)
{
	size_t more = len > 1 && bytes[1] > 0x80 ? bytes[1] & 0x7fu : 0, value = 0;

	if (len > 0 && bytes[0] != SEQUENCE)
		return SIZE_MAX;
	if (len < 2 + more)
		return more > 4 ? SIZE_MAX : 0;
	if (more > 4 || bytes[1] == 0x80)
		return SIZE_MAX;
	if (more == 0)
		return 2 + (size_t)bytes[1];
	for (size_t i = 0; i < more; i++)
		value = value << 8 | bytes[2 + i];
	return value > TL_DATAGRAM_MAX ? SIZE_MAX : 2 + more + value;
}

tl_err
tl_stream_receive(tl_link *l, tl_buf *room, tl_span *message)
{
	memmove(room->ptr, room->ptr + l->taken, l->held - l->taken);
	l->held -= l->taken;
	l->taken = 0;
	for (;;) {
		size_t len = message_len(room->ptr, l->held);
		if (len > room->cap)
			return fail(EBADMSG);
		if (len > 0 && len <= l->held) {
			l->taken = len;
			*message = (tl_span){ room->ptr, len };
			return TL_OK;
		}
		ssize_t n = recv(l->fd, room->ptr + l->held, room->cap - l->held, 0);
		if (n == 0)
			return fail(ECONNRESET);
		if (n < 0 && errno != EINTR)
			return errno == EAGAIN ? TL_ENOTFOUND : TL_EIO;
		l->held += n > 0 ? (size_t)n : 0;
	}
}
