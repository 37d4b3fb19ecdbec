/* daemon/printer.c: see printer.h. Called by the worker for each event of a batch. */
#include "daemon/printer.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { BUFFER_BYTES = 256 * 1024, BUFFER_MAX = 16 * 1024 * 1024, WRITE_AT = 192 * 1024 };

/* One event of any kind, to be rendered again when the first try found no room. */
typedef struct piece {
	const tl_notification *n;
	const tl_datagram *in;
	const tl_refusal *refusal;
	const tl_loss *loss;
	tl_span hint;
} piece;

tl_err
printer_init(printer *p, int fd, const tl_renderer_options *opt)
{
	*p = (printer){ .fd = fd };
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
}

static tl_err
render(printer *p, const piece *e)
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
print(printer *p, const piece *e)
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
	return print(p, &(piece){ .n = n });
}

tl_err
printer_refusal(printer *p, const tl_datagram *in, const tl_refusal *r, tl_span hint)
{
	return print(p, &(piece){ .in = in, .refusal = r, .hint = hint });
}

tl_err
printer_loss(printer *p, const tl_loss *loss)
{
	return print(p, &(piece){ .loss = loss });
}

/* Waits until a descriptor that somebody made non-blocking takes more. */
static void
wait_writable(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };

	(void)poll(&pfd, 1, -1);
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
			wait_writable(p->fd);
		else if (errno != EINTR)
			p->failed = errno;
	}
	p->buf.len = 0;
	return p->failed == 0 ? TL_OK : TL_EIO;
}

bool
printer_is_full(const printer *p)
{
	return p->buf.len >= WRITE_AT;
}
