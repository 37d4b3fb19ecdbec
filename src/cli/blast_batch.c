/* cli/blast_batch.c: datagrams to the kernel, 64 in a system call, each counted as sent
 * or not. Called by the runs of `trapline blast`. */
#include <errno.h>

#include "cli/blast.h"
#include "sys/clock.h"

static void
count_sent(blast *b, unsigned from, unsigned to)
{
	blast_tally *t = &b->tally;

	t->sent += to - from;
	for (unsigned i = from; i < to; i++) {
		t->bytes += b->batch.iov[i].iov_len;
		t->by_version[b->batch.version[i]]++;
		t->malformed += b->batch.malformed[i];
	}
}

/* Whether the datagram at which sending stopped is to be tried again. */
static bool
again(blast *b, int fd, int error)
{
	if (error == ECONNREFUSED) { /* about one before: this one was not tried */
		b->tally.unreachable++;
		return true;
	}
	if (error == EINTR)
		return true;
	if (error != EAGAIN && error != ENOBUFS) {
		b->tally.unsent_errno = error;
		return false;
	}
	blast_sleep_full(b, error == EAGAIN ? fd : -1);
	return !b->signals.stop && tl_now_monotonic_ns() < b->end_ns;
}

void
blast_flush(blast *b)
{
	blast_batch *batch = &b->batch;
	int fd = b->target.fd[batch->source];
	unsigned at = 0;

	while (at < batch->n) {
		int n = sendmmsg(fd, batch->msg + at, batch->n - at, MSG_NOSIGNAL);
		if (n > 0) {
			count_sent(b, at, at + (unsigned)n);
			at += (unsigned)n;
		} else if (!again(b, fd, errno)) {
			b->tally.unsent++;
			at++;
		}
	}
	batch->n = 0;
}

void
blast_add(blast *b, uint32_t source, tl_span bytes)
{
	blast_batch *batch = &b->batch;

	if (batch->n == BLAST_BATCH || (batch->n > 0 && batch->source != source))
		blast_flush(b);
	unsigned i = batch->n++;
	batch->source = source;
	batch->iov[i] = (struct iovec){ (void *)(uintptr_t)bytes.ptr, bytes.len };
	batch->msg[i].msg_hdr =
	    (struct msghdr){ .msg_iov = &batch->iov[i], .msg_iovlen = 1 };
	batch->version[i] = 0;
	batch->malformed[i] = false;
}
