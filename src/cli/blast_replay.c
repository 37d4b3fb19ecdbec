/* cli/blast_replay.c: `trapline blast --replay`: the datagrams of a capture, byte by
 * byte, at the times at which they were captured, or faster. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "cli/blast.h"
#include "receiver/pcap.h"
#include "sys/clock.h"

enum { ROOM = 65536, TRAP_PORT = 162, TRAP_PORT_UNPRIVILEGED = 1162 };

typedef struct replay {
	blast *b;
	tl_pcap *capture;
	uint8_t *rooms; /* a batch of ROOM */
	bool begun;
	int64_t first_ns; /* captured */
	uint64_t left;
} replay;

static bool
is_trap_port(uint16_t port)
{
	return port == TRAP_PORT || port == TRAP_PORT_UNPRIVILEGED;
}

/* Whether it went to a receiver: what came back from one is not for another. */
static bool
is_wanted(const replay *r, const tl_datagram *d)
{
	if (r->b->o.capture_port != 0)
		return d->to.port == r->b->o.capture_port;
	return is_trap_port(d->to.port) || !is_trap_port(d->from.port);
}

/* When it is due, by the capture's own time. */
static int64_t
due_ns(replay *r, const tl_datagram *d)
{
	const blast *b = r->b;

	if (!r->begun)
		r->first_ns = d->realtime_ns;
	r->begun = true;
	double since_ns = (double)(d->realtime_ns - r->first_ns);
	if (b->o.speed <= 0 || since_ns <= 0)
		return b->start_ns;
	since_ns /= b->o.speed;
	return since_ns < 1e18 ? b->start_ns + (int64_t)since_ns : INT64_MAX;
}

/* Sends what is collected and waits; false when the run is over. */
static bool
wait_until(blast *b, int64_t until_ns)
{
	int64_t now_ns = tl_now_monotonic_ns();

	while (now_ns < until_ns) {
		blast_flush(b);
		if (blast_over(b, now_ns))
			return false;
		blast_sleep(b, until_ns, -1);
		now_ns = tl_now_monotonic_ns();
	}
	return true;
}

/* A device of the capture keeps one address: all its datagrams leave from the same. */
static void
send_copy(replay *r, const tl_datagram *d)
{
	blast *b = r->b;
	uint32_t source =
	    (uint32_t)(tl_hash(d->from.addr, sizeof d->from.addr, b->o.seed) %
		       b->target.sources);

	if (b->batch.n > 0 && (b->batch.n == BLAST_BATCH || b->batch.source != source))
		blast_flush(b);
	uint8_t *copy = r->rooms + (size_t)b->batch.n * ROOM;
	if (d->bytes.len > 0)
		memcpy(copy, d->bytes.ptr, d->bytes.len);
	blast_add(b, source, (tl_span){ copy, d->bytes.len });
	r->left--;
}

static void
work(replay *r)
{
	blast *b = r->b;
	tl_pcap_record record;

	while (r->left > 0 && b->err == TL_OK) {
		b->err = tl_pcap_next(r->capture, &record);
		if (b->err != TL_OK)
			break;
		if (!is_wanted(r, &record.datagram) || record.datagram.bytes.len > ROOM) {
			b->tally.skipped++;
			continue;
		}
		if (!wait_until(b, due_ns(r, &record.datagram)))
			break;
		send_copy(r, &record.datagram);
		if (b->batch.n == BLAST_BATCH && blast_over(b, tl_now_monotonic_ns()))
			break;
	}
	blast_flush(b);
}

/* What was no datagram of SNMP, and what is wrong with the file. */
static void
tell_end(const replay *r)
{
	blast *b = r->b;
	tl_pcap_counts counts = tl_pcap_counts_of(r->capture);
	tl_pcap_problem problem = tl_pcap_problem_of(r->capture);

	b->tally.skipped += counts.frames - counts.of[TL_FRAME_DATAGRAM];
	if (b->err == TL_ENOTFOUND)
		b->err = TL_OK;
	if (b->err == TL_EFORMAT)
		cli_error("blast", "%s: %s at byte %llu", b->o.replay, problem.what,
		    (unsigned long long)problem.offset);
}

void
blast_replay(blast *b)
{
	replay r = { .b = b, .left = b->o.count };
	int fd = open(b->o.replay, O_RDONLY | O_CLOEXEC);

	b->err = fd < 0 ? TL_EIO
			: tl_pcap_open_fd(fd, (uint16_t)b->o.capture_port, &r.capture);
	if (b->err == TL_OK)
		r.rooms = malloc((size_t)BLAST_BATCH * ROOM);
	if (b->err == TL_OK && r.rooms == NULL)
		b->err = TL_ENOMEM;
	if (b->err == TL_OK) {
		work(&r);
		tell_end(&r);
	} else
		cli_error("blast", "%s: %s", b->o.replay,
		    b->err == TL_EIO ? strerror(errno) : tl_err_text(b->err));
	free(r.rooms);
	tl_pcap_close(r.capture);
	if (fd >= 0)
		close(fd);
}
