/* daemon/printer.h: an output that writes events to a descriptor, in large writes. */
#ifndef DAEMON_PRINTER_H
#define DAEMON_PRINTER_H

#include "daemon/signals.h"
#include "daemon/sink.h"

typedef struct printer {
	int fd;
	int own_fd; /* the same pipe opened again, to be non-blocking; 0: none */
	signals
	    *signals; /* end the wait for a pipe that nobody reads; NULL: nothing does */
	tl_renderer *renderer;
	tl_buf buf;
	int failed; /* errno of the write that failed; 0: none. Nothing is written after.
		       ETIMEDOUT: told to stop, and still nobody reads */
} printer;

/* Prepares |p| to write to |fd| what |opt| says. Errors: those of tl_renderer_new(). */
TL_CHECK tl_err printer_init(printer *p, int fd, const tl_renderer_options *opt);
void printer_fini(printer *p);

/* Each keeps one event until the next flush, and writes when the buffer is full.
 * Errors: TL_EIO (|failed| says why), TL_ENOMEM. */
TL_CHECK tl_err printer_notification(printer *p, const tl_notification *n);
TL_CHECK tl_err printer_refusal(
    printer *p, const tl_datagram *in, const tl_refusal *r, tl_span hint);
TL_CHECK tl_err printer_loss(printer *p, const tl_loss *loss);

/* Writes what is kept. Errors: TL_EIO. */
TL_CHECK tl_err printer_flush(printer *p);

/* |p| as the worker sees it: full when there is enough for one large write. */
sink printer_sink(printer *p);

#endif
