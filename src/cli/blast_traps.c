/* cli/blast_traps.c: the open loop of `trapline blast`: traps at a rate, or as fast as
 * the kernel takes them. */
#include "cli/blast.h"
#include "sys/clock.h"

/* With several sources, even a small count goes to all of them. */
static unsigned
bunch(const blast *b)
{
	uint64_t each = b->o.count / b->target.sources;

	if (b->target.sources == 1 || each >= BLAST_BATCH)
		return BLAST_BATCH;
	return each > 0 ? (unsigned)each : 1;
}

static void
send_traps(blast *b, uint32_t source, unsigned n, int64_t now_ns)
{
	for (unsigned i = 0; i < n && b->err == TL_OK; i++) {
		blast_place at = { blast_messages_version(&b->messages), i, now_ns };
		tl_span message;
		bool malformed;
		b->err = blast_messages_trap(&b->messages, &at, &message, &malformed);
		if (b->err != TL_OK)
			break;
		blast_add(b, source, message);
		b->batch.version[i] = (uint8_t)at.version;
		b->batch.malformed[i] = malformed;
	}
	blast_flush(b);
}

void
blast_traps(blast *b)
{
	uint64_t left = b->o.count;
	uint32_t source = 0;
	const unsigned most = bunch(b);
	int64_t now_ns = b->start_ns;

	while (left > 0 && !blast_over(b, now_ns)) {
		unsigned n = blast_pace(b, left < most ? (unsigned)left : most, now_ns);
		if (n == 0) {
			blast_sleep(b, blast_pace_next_ns(b), -1);
		} else {
			send_traps(b, source, n, now_ns);
			left -= n;
			source = source + 1 < b->target.sources ? source + 1 : 0;
		}
		now_ns = tl_now_monotonic_ns();
	}
}
