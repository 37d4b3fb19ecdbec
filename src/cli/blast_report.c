/* cli/blast_report.c: see blast_report.h. */
#include "cli/blast_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "sys/clock.h"
#include "trapline/render.h"

static const double shares[] = { 0.5, 0.9, 0.99, 0.999 };
static const char *const share_names[] = { "p50", "p90", "p99", "p99.9" };

enum { SHARES = sizeof shares / sizeof shares[0], US = 1000 };

void
blast_progress(blast *b, int64_t now_ns)
{
	double s = (double)(now_ns - b->start_ns) / 1e9;
	double last_s = b->progress_shown ? b->o.progress_s : s;
	uint64_t sent = b->tally.sent - b->progress_sent;

	fprintf(stderr, "%s%.0f s: sent %" PRIu64 ", %.0f/s",
	    b->progress_shown ? "\r" : "", s, b->tally.sent,
	    last_s > 0 ? (double)sent / last_s : 0);
	if (b->o.inform)
		fprintf(stderr, ", acknowledged %" PRIu64 ", lost %" PRIu64,
		    b->tally.acknowledged, b->tally.lost);
	fputs("\x1b[K", stderr);
	b->progress_shown = true;
	b->progress_sent = b->tally.sent;
	if (b->progress_ns < INT64_MAX)
		b->progress_ns = now_ns + (int64_t)(b->o.progress_s * 1e9);
}

static double
seconds(const blast *b)
{
	return (double)(b->finished_ns - b->start_ns) / 1e9;
}

static double
rate(const blast *b, uint64_t count)
{
	double s = seconds(b);

	return s > 0 ? (double)count / s : 0;
}

static uint64_t
failed_count(const blast_tally *t)
{
	uint64_t sum = 0;

	for (int err = 0; err < TL_ERR_COUNT; err++)
		sum += t->failed[err];
	return sum;
}

static uint64_t
never_arrived(const blast *b, const blast_counters *c)
{
	uint64_t there = c->received + c->lost;

	return b->tally.sent > there ? b->tally.sent - there : 0;
}

static uint64_t
of_others(const blast *b, const blast_counters *c)
{
	uint64_t there = c->received + c->lost;

	return there > b->tally.sent ? there - b->tally.sent : 0;
}

/* JSON: every field in its place, the keys are ours and need no escaping. */

static void
json_number(const char *separator, const char *key, uint64_t value)
{
	printf("%s\"%s\":%" PRIu64, separator, key, value);
}

static void
json_informs(const blast *b)
{
	const blast_tally *t = &b->tally;
	const char *separator = "";

	json_number(",\"informs\":{", "submitted", t->notifications);
	json_number(",", "acknowledged", t->acknowledged);
	json_number(",", "lost", t->lost);
	json_number(",", "open", t->open);
	json_number(",", "failed", failed_count(t));
	printf(",\"reasons\":{");
	for (int err = 0; err < TL_ERR_COUNT; err++)
		if (t->failed[err] > 0) {
			json_number(separator, tl_err_word((tl_err)err), t->failed[err]);
			separator = ",";
		}
	json_number("},", "repeats", t->repeats);
	json_number(",", "probes", t->probes);
	printf(",\"rate\":%.1f,\"latency_us\":{", rate(b, t->acknowledged));
	for (int i = 0; i < SHARES; i++)
		printf("\"%s\":%.1f,", share_names[i],
		    (double)blast_hist_at(&t->latencies, shares[i]) / US);
	printf("\"max\":%.1f}}", (double)t->latencies.max_ns / US);
}

static void
json_counters(const blast *b, const blast_counters *c)
{
	const char *separator = "";

	json_number(",\"went\":{", "received", c->received);
	json_number(",", "delivered", c->delivered);
	json_number(",", "duplicate", c->duplicate);
	json_number(",", "suppressed", c->suppressed);
	json_number(",", "refused", c->refused);
	printf(",\"reasons\":{");
	for (size_t i = 0; i < c->reason_count; i++)
		if (c->reasons[i].count > 0) {
			json_number(separator, c->reasons[i].word, c->reasons[i].count);
			separator = ",";
		}
	json_number("},", "lost_in_kernel", c->lost);
	json_number(",", "never_arrived", never_arrived(b, c));
	json_number(",", "of_others", of_others(b, c));
	printf("}");
}

static const char *
mode(const blast *b)
{
	if (b->o.replay != NULL)
		return "replay";
	return b->o.inform ? "inform" : "trap";
}

static void
report_json(const blast *b, const blast_counters *c)
{
	const blast_tally *t = &b->tally;
	char address[TL_ADDRESS_TEXT_MAX];

	tl_address_text(&b->target.peer, address);
	printf(
	    "{\"schema\":1,\"mode\":\"%s\",\"target\":{\"address\":\"%s\",\"port\":%u}",
	    mode(b), address, (unsigned)b->target.peer.port);
	printf(",\"seconds\":%.6f", seconds(b));
	json_number(",", "sent", t->sent);
	json_number(",", "bytes", t->bytes);
	printf(",\"rate\":%.1f", rate(b, t->sent));
	if (b->o.replay == NULL) {
		json_number(",\"versions\":{", "1", t->by_version[1]);
		json_number(",", "2c", t->by_version[2]);
		json_number(",", "3", t->by_version[3]);
		printf("}");
	} else
		json_number(",", "skipped", t->skipped);
	json_number(",", "malformed", t->malformed);
	json_number(",", "unsent", t->unsent);
	json_number(",", "unreachable", t->unreachable);
	if (b->o.inform)
		json_informs(b);
	if (c != NULL)
		json_counters(b, c);
	printf("}\n");
}

/* Text. */

static void
text_duration(const char *name, uint64_t ns)
{
	if (ns < 10 * 1000 * 1000)
		printf("  %s %.0f us", name, (double)ns / US);
	else
		printf("  %s %.1f ms", name, (double)ns / (US * US));
}

static void
text_informs(const blast *b)
{
	const blast_tally *t = &b->tally;

	printf("acknowledged %" PRIu64 " of %" PRIu64 " informs, %.0f/s", t->acknowledged,
	    t->notifications, rate(b, t->acknowledged));
	printf("; lost %" PRIu64 ", sent again %" PRIu64, t->lost, t->repeats);
	if (t->open > 0)
		printf(", without an answer yet %" PRIu64, t->open);
	printf("\n");
	for (int err = 0; err < TL_ERR_COUNT; err++)
		if (t->failed[err] > 0)
			printf("  %" PRIu64 " failed: %s\n", t->failed[err],
			    tl_err_text((tl_err)err));
	if (t->latencies.count == 0)
		return;
	printf("latency");
	for (int i = 0; i < SHARES; i++)
		text_duration(share_names[i], blast_hist_at(&t->latencies, shares[i]));
	text_duration("max", t->latencies.max_ns);
	printf("\n");
}

static void
text_counters(const blast *b, const blast_counters *c)
{
	printf("where they went\n");
	printf("  %12" PRIu64 " received\n", c->received);
	printf("  %12" PRIu64 "   delivered\n", c->delivered);
	printf("  %12" PRIu64 "   duplicate\n", c->duplicate);
	if (c->suppressed > 0)
		printf("  %12" PRIu64 "   suppressed\n", c->suppressed);
	printf("  %12" PRIu64 "   refused\n", c->refused);
	for (size_t i = 0; i < c->reason_count; i++)
		if (c->reasons[i].count > 0)
			printf("  %12" PRIu64 "     %s\n", c->reasons[i].count,
			    c->reasons[i].word);
	printf("  %12" PRIu64 " lost in the receiver's kernel\n", c->lost);
	printf("  %12" PRIu64 " never arrived\n", never_arrived(b, c));
	if (of_others(b, c) > 0)
		printf("  the receiver has %" PRIu64 " more, from others\n",
		    of_others(b, c));
}

static void
text_sent(const blast *b)
{
	static const char *const names[] = { "", "v1", "v2c", "v3" };
	const blast_tally *t = &b->tally;

	printf("sent %" PRIu64 " datagrams, %" PRIu64 " bytes, in %.3f s: %.0f/s\n",
	    t->sent, t->bytes, seconds(b), rate(b, t->sent));
	for (unsigned v = 1; v <= 3; v++)
		if (t->by_version[v] > 0 && t->by_version[v] != t->sent)
			printf("  %" PRIu64 " %s\n", t->by_version[v], names[v]);
	if (t->malformed > 0)
		printf("  %" PRIu64 " malformed\n", t->malformed);
	if (t->skipped > 0)
		printf("  %" PRIu64 " frames of the capture are no datagram to send\n",
		    t->skipped);
	if (t->unreachable > 0)
		printf("nobody listened there, as its host said %" PRIu64 " times\n",
		    t->unreachable);
}

void
blast_report(const blast *b, const blast_counters *counters)
{
	if (b->progress_shown)
		fputc('\n', stderr);
	if (b->o.json) {
		report_json(b, counters);
		return;
	}
	text_sent(b);
	if (b->o.inform)
		text_informs(b);
	if (counters != NULL)
		text_counters(b, counters);
}
