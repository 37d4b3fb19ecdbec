/* cli/blast_wait.c: the time of a run of `trapline blast`: its end, its rate, and
 * sleeping in between. Nothing here spins: what is due is found out after each sleep. */
#include <poll.h>
#include <time.h>

#include "cli/blast.h"
#include "cli/blast_report.h"
#include "sys/clock.h"

enum { FULL_NS = 1000000, BEHIND_NS = 250000000 };

bool
blast_over(blast *b, int64_t now_ns)
{
	signals_take(&b->signals);
	if (now_ns >= b->progress_ns || (b->signals.report && b->progress_ns < INT64_MAX))
		blast_progress(b, now_ns);
	b->signals.report = false;
	return b->signals.stop || now_ns >= b->end_ns || b->err != TL_OK;
}

int64_t
blast_pace_next_ns(const blast *b)
{
	if (b->o.rate <= 0)
		return INT64_MIN;
	return b->pace_ns +
	       (int64_t)((double)b->paced * (double)TL_NS_PER_S / b->o.rate) + 1;
}

unsigned
blast_pace(blast *b, unsigned most, int64_t now_ns)
{
	if (b->o.rate <= 0)
		return most;
	if (now_ns - blast_pace_next_ns(b) > BEHIND_NS) {
		/* the machine stood still, or cannot keep up: no burst to make up for it
		 */
		b->pace_ns = now_ns;
		b->paced = 0;
	}
	uint64_t due =
	    (uint64_t)((double)(now_ns - b->pace_ns) * b->o.rate / (double)TL_NS_PER_S) +
	    1;
	uint64_t more = due > b->paced ? due - b->paced : 0;
	unsigned n = more < most ? (unsigned)more : most;
	b->paced += n;
	return n;
}

static struct timespec
span_until(int64_t until_ns, int64_t most_ns)
{
	int64_t wait_ns = until_ns - tl_now_monotonic_ns();

	if (wait_ns > most_ns)
		wait_ns = most_ns;
	if (wait_ns < 0)
		wait_ns = 0;
	return (struct timespec){ wait_ns / TL_NS_PER_S, wait_ns % TL_NS_PER_S };
}

void
blast_sleep(blast *b, int64_t until_ns, int fd)
{
	struct pollfd p[2] = { { b->signals.fd, POLLIN, 0 }, { fd, POLLIN, 0 } };

	if (until_ns > b->end_ns)
		until_ns = b->end_ns;
	if (until_ns > b->progress_ns)
		until_ns = b->progress_ns;
	/* at most a second: INT64_MIN and INT64_MAX stand for now and never */
	if (until_ns == INT64_MIN)
		return;
	struct timespec t = span_until(until_ns, TL_NS_PER_S);
	ppoll(p, 2, &t, NULL);
}

void
blast_sleep_full(blast *b, int fd)
{
	struct pollfd p[2] = { { b->signals.fd, POLLIN, 0 }, { fd, POLLOUT, 0 } };
	const struct timespec t = { 0, FULL_NS };

	ppoll(p, 2, &t, NULL);
	signals_take(&b->signals);
}
