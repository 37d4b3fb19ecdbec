/* outputs/lines.c: see lines.h. */
#include "outputs/lines.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "sys/clock.h"

#define NS_PER_MS 1000000

tl_err
lines_init(lines *w, const formatter_options *opt)
{
	*w = (lines){ .fd = -1, .format = formatter_new(opt) };
	return w->format != NULL ? TL_OK : TL_ENOMEM;
}

void
lines_fini(lines *w)
{
	formatter_free(w->format);
	free(w->buf.ptr);
	tl_vec_free(&w->ends);
}

/* What was begun is gone on with if its event comes again, as |p|; else its line is
 * ended.
 */
static tl_err
after_half(lines *w, const parcel *p)
{
	w->skip = w->half == p ? w->half_bytes : 0;
	w->prefix = w->half != NULL && w->half != p;
	if (w->prefix == 0)
		return TL_OK;
	tl_err err = buf_reserve(&w->buf, w->prefix);
	if (err == TL_OK)
		tl_buf_putc(&w->buf, '\n');
	return err;
}

/* Empties it, and makes room for the ends of |count| lines; NULL without memory. */
static size_t *
begin(lines *w, size_t count)
{
	w->buf.len = 0;
	w->ends.count = 0;
	w->skip = w->prefix = 0;
	return tl_vec_grow(&w->ends, sizeof(size_t), count);
}

size_t
lines_form(lines *w, const batch *b, size_t from, size_t bytes, tl_err *err)
{
	size_t left = b->count - from, n = 0;
	size_t *ends = begin(w, left);

	*err = ends != NULL ? TL_OK : TL_ENOMEM;
	if (ends != NULL && left > 0)
		*err = after_half(w, b->items[from]);
	while (*err == TL_OK && n < left && (n == 0 || w->buf.len < bytes)) {
		*err = formatter_write(w->format, b->items[from + n], &w->buf);
		if (*err == TL_OK)
			ends[n++] = w->buf.len;
	}
	w->ends.count = (uint32_t)n;
	return n;
}

size_t
lines_bytes(const lines *w, size_t count)
{
	return count > 0 ? *TL_VEC_AT(&w->ends, size_t, count - 1) : 0;
}

size_t
lines_that_fit(const lines *w, uint64_t bytes)
{
	size_t n = 0;

	while (n < w->ends.count && lines_bytes(w, n + 1) <= bytes)
		n++;
	return n;
}

/* What others share must not become non-blocking for them. A pipe that can be written to
 * takes PIPE_BUF bytes at once. */
static ssize_t
put(const lines *w, const uint8_t *ptr, size_t len)
{
	struct pollfd look = { .fd = w->fd, .events = POLLOUT };

	if (w->may_block && poll(&look, 1, 0) == 0) {
		errno = EAGAIN;
		return -1;
	}
	if (w->may_block && len > PIPE_BUF)
		len = PIPE_BUF;
	if (w->is_socket)
		return send(w->fd, ptr, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	return write(w->fd, ptr, len);
}

/* Waits until the descriptor takes more; false when it is time to give up. */
static bool
wait_for_reader(const lines *w, const batch *b, int64_t patient_until_ns)
{
	struct pollfd wait = { .fd = w->fd, .events = POLLOUT };
	int64_t now_ns = tl_now_monotonic_ns();
	int64_t left_ns = batch_time_left_ns(b, now_ns);

	if (now_ns >= patient_until_ns || left_ns == 0)
		return false;
	int64_t ms = left_ns / NS_PER_MS + 1;
	poll(&wait, 1, ms < BATCH_LOOK_MS ? (int)ms : BATCH_LOOK_MS);
	return true;
}

/* Writes |buf| from |at| to |end|; how far it came. */
static size_t
write_on(const lines *w, size_t at, size_t end, const batch *b)
{
	int64_t patient_until_ns =
	    tl_now_monotonic_ns() + LINES_PATIENCE_MS * (int64_t)NS_PER_MS;

	while (at < end) {
		ssize_t n = put(w, w->buf.ptr + at, end - at);
		if (n >= 0) {
			at += (size_t)n;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (!wait_for_reader(w, b, patient_until_ns)) {
				errno = EAGAIN;
				break;
			}
		} else if (errno != EINTR) {
			break;
		}
	}
	return at;
}

size_t
lines_write(lines *w, size_t count, const batch *b, size_t *partial)
{
	size_t end = lines_bytes(w, count);
	size_t at = write_on(w, w->skip, end, b);
	int error = errno;
	size_t n = at == end ? count : lines_that_fit(w, at);
	size_t whole = n > 0 ? lines_bytes(w, n) : w->prefix;

	*partial = at > whole ? at - whole : 0;
	if (at > w->skip)
		w->half = NULL;
	w->skip = at;
	errno = error;
	return n;
}

void
lines_keep_half(lines *w, const parcel *p, size_t bytes)
{
	w->half = p != NULL ? (const void *)p : w;
	w->half_bytes = bytes;
}
