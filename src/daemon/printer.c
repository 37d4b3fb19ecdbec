/* daemon/printer.c: see printer.h. Called by the worker for each event of a batch. */
#include "daemon/printer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_BYTES = 256 * 1024, BUFFER_MAX = 16 * 1024 * 1024, WRITE_AT = 192 * 1024 };
enum { PATIENCE_MS = 1000 };

/* A pipe opened once more, non-blocking without being so for those who share it; 0 for
 * whatever is no pipe. */
static int
open_again(int fd)
{
	char path[32];
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISFIFO(st.st_mode))
		return 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int again = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	return again > 0 ? again : 0;
}

tl_err
printer_init(printer *p, int fd, const tl_renderer_options *opt)
{
	*p = (printer){ .fd = fd, .own_fd = open_again(fd) };
	if (p->own_fd > 0)
		p->fd = p->own_fd;
	tl_err err = tl_renderer_new(opt, &p->renderer);
	if (err != TL_OK)
		return err;
	p->buf.ptr = malloc(BUFFER_BYTES);
	p->buf.cap = BUFFER_BYTES;
	return p->buf.ptr == NULL ? TL_ENOMEM : TL_OK;
}

void
printer_fini(printer *p)
{
	tl_renderer_free(p->renderer);
	free(p->buf.ptr);
	if (p->own_fd > 0)
		close(p->own_fd);
}

static tl_err
render(printer *p, const sink_event *e)
{
	if (e->n != NULL)
		return tl_render_notification(p->renderer, e->n, &p->buf);
	if (e->refusal != NULL)
		return tl_render_refusal(
		    p->renderer, e->in, e->refusal, e->hint, &p->buf);
	return tl_render_loss(p->renderer, e->loss, &p->buf);
}

static tl_err
grow(printer *p)
{
	size_t cap = p->buf.cap * 2;
	uint8_t *ptr = cap <= BUFFER_MAX ? realloc(p->buf.ptr, cap) : NULL;

	if (ptr == NULL)
		return TL_ENOMEM;
	p->buf.ptr = ptr;
	p->buf.cap = cap;
	return TL_OK;
}

static tl_err
print(printer *p, const sink_event *e)
{
	tl_err err = render(p, e);

	while (err == TL_ENOSPC) {
		err = p->buf.len > 0 ? printer_flush(p) : grow(p);
		if (err == TL_OK)
			err = render(p, e);
	}
	return err;
}

tl_err
printer_notification(printer *p, const tl_notification *n)
{
	return print(p, &(sink_event){ .n = n });
}

tl_err
printer_refusal(printer *p, const tl_datagram *in, const tl_refusal *r, tl_span hint)
{
	return print(p, &(sink_event){ .in = in, .refusal = r, .hint = hint });
}

tl_err
printer_loss(printer *p, const tl_loss *loss)
{
	return print(p, &(sink_event){ .loss = loss });
}

/* Waits until the descriptor takes more. Once we are told to stop, only a little. */
static void
wait_writable(printer *p)
{
	struct pollfd wait[2] = { { .fd = p->fd, .events = POLLOUT }, { .fd = -1 } };
	bool stop = p->signals != NULL && p->signals->stop;

	if (p->signals != NULL && !stop)
		wait[1] = (struct pollfd){ .fd = p->signals->fd, .events = POLLIN };
	int ready = poll(wait, 2, stop ? PATIENCE_MS : -1);
	if (ready == 0)
		p->failed = ETIMEDOUT;
	if (ready > 0 && wait[1].revents != 0)
		signals_take(p->signals);
}

tl_err
printer_flush(printer *p)
{
	size_t done = 0;

	while (p->failed == 0 && done < p->buf.len) {
		ssize_t n = write(p->fd, p->buf.ptr + done, p->buf.len - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			wait_writable(p);
		else if (errno != EINTR)
			p->failed = errno;
	}
	p->buf.len = 0;
	return p->failed == 0 ? TL_OK : TL_EIO;
}

static tl_err
put(void *self, const sink_event *e)
{
	return print(self, e);
}

static tl_err
flush(void *self)
{
	return printer_flush(self);
}

static bool
is_full(const void *self)
{
	const printer *p = self;

	return p->buf.len >= WRITE_AT;
}

sink
printer_sink(printer *p)
{
	return (sink){ .self = p, .put = put, .flush = flush, .is_full = is_full };
}
