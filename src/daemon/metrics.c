/* daemon/metrics.c: see metrics.h. Called by the thread of the HTTP server. */
#include "daemon/metrics.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/clock.h"

enum { TOP_MAX = 1000 };

static void
put_head(page *t, const char *name, const char *type, const char *help)
{
	page_put(
	    t, "# HELP trapline_%s %s\n# TYPE trapline_%s %s\n", name, help, name, type);
}

/* A metric without labels. */
static void
put_one(page *t, const char *name, const char *help, uint64_t value)
{
	size_t len = strlen(name);
	bool total = len > 6 && strcmp(name + len - 6, "_total") == 0;

	put_head(t, name, total ? "counter" : "gauge", help);
	page_put(t, "trapline_%s %" PRIu64 "\n", name, value);
}

/* One of a metric with a label whose value is a word of ours. */
static void
put_word(page *t, const char *name, const char *label, const char *word, uint64_t value)
{
	page_put(t, "trapline_%s{%s=\"%s\"} %" PRIu64 "\n", name, label, word, value);
}

static void
put_suppressed(page *t, const tally *sum)
{
	put_head(t, "suppressed_total", "counter",
	    "Notifications that went to no output, by reason.");
	for (int why = 1; why < SUPPRESSION_COUNT; why++)
		put_word(t, "suppressed_total", "reason",
		    suppression_word((suppression)why), sum->suppressed[why]);
}

static void
put_refused(page *t, const tally *sum)
{
	static const tl_err all[] = {
#define TL_X(name, value, word, counter, text) TL_##name,
		TL_ERRORS(TL_X)
#undef TL_X
	};

	put_head(t, "refused_total", "counter",
	    "Datagrams that were no notification for us, by reason.");
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i] >= TL_REFUSAL_FIRST)
			put_word(t, "refused_total", "reason", tl_err_word(all[i]),
			    sum->engine.refused[all[i]]);
	put_head(t, "rfc_total", "counter", "The counters that the SNMP RFCs name.");
	for (int c = 1; c < TL_RFC_COUNTER_COUNT; c++)
		put_word(t, "rfc_total", "counter",
		    tl_rfc_counter_name((tl_rfc_counter)c),
		    tl_counters_rfc(&sum->engine, (tl_rfc_counter)c));
}

static void
put_received(page *t, const tally *sum)
{
	const tl_counters *c = &sum->engine;

	put_one(t, "received_total",
	    "Datagrams received = delivered + duplicate + suppressed + refused.",
	    c->received);
	put_one(
	    t, "delivered_total", "Notifications handed to the outputs.", sum->delivered);
	put_one(t, "duplicate_total", "Informs that were here already.", c->duplicates);
	put_suppressed(t, sum);
	put_refused(t, sum);
	put_one(t, "lost_total",
	    "Datagrams that the kernel dropped: the receive buffer was full.", sum->lost);
	put_head(t, "notifications_total", "counter", "Notifications, by kind.");
	put_word(t, "notifications_total", "kind", "trap", c->traps);
	put_word(t, "notifications_total", "kind", "inform", c->informs);
	put_head(
	    t, "notifications_by_version_total", "counter", "Notifications, by version.");
	put_word(t, "notifications_by_version_total", "version", "1", c->by_version[1]);
	put_word(t, "notifications_by_version_total", "version", "2c", c->by_version[2]);
	put_word(t, "notifications_by_version_total", "version", "3", c->by_version[3]);
	put_one(t, "acknowledged_total", "Responses to informs.", c->acknowledged);
	put_one(t, "reports_total", "Reports made.", c->reports);
	put_one(t, "unsent_total", "Answers that a socket did not take.", sum->unsent);
	put_one(t, "engines", "SNMPv3 senders remembered.", c->engines);
}

static void
put_judging(page *t, judging *j)
{
	alarms_counters alarm = { 0 };

	pthread_mutex_lock(&j->lock);
	uint64_t own = j->own_events, lost = j->lost_for_memory;
	uint64_t named = j->named, unnamed = j->unnamed;
	const alarms *a = pipeline_alarms(j->snapshot->pipeline);
	if (a != NULL)
		alarm = alarms_count(a);
	pthread_mutex_unlock(&j->lock);
	put_head(t, "named_total", "counter",
	    "Notifications by whether a MIB names them: the coverage.");
	put_word(t, "named_total", "named", "yes", named);
	put_word(t, "named_total", "named", "no", unnamed);
	put_one(t, "own_events_total", "Events of our own.", own);
	put_one(t, "lost_for_memory_total", "Events lost for want of memory.", lost);
	put_one(t, "alarms_active", "Alarms that are active.", alarm.active);
	put_one(t, "alarms_raised_total", "Alarms raised.", alarm.raised);
	put_one(t, "alarms_cleared_total", "Alarms cleared.", alarm.cleared);
	put_one(t, "alarms_expired_total", "Alarms that expired.", alarm.expired);
}

static void
put_top(page *t, const metrics *m)
{
	int64_t max = atomic_load(&m->vitals->top_sources);
	top_entry *list = calloc(TOP_MAX, sizeof *list);
	size_t count = 0;

	max = max > TOP_MAX ? TOP_MAX : max;
	for (unsigned i = 0; list != NULL && i < m->threads; i++)
		count = intake_top(&m->intakes[i], list, count, (size_t)max);
	put_head(t, "source_received_total", "counter",
	    "Datagrams of the sources that send most, since each is among them.");
	for (size_t i = 0; i < count; i++) {
		char address[TL_ADDRESS_TEXT_MAX];
		tl_endpoint ep = { .scope = list[i].scope };
		memcpy(ep.addr, list[i].addr, sizeof ep.addr);
		tl_address_text(&ep, address);
		put_word(t, "source_received_total", "source", address,
		    list[i].count - list[i].inherited);
	}
	free(list);
}

/* One number of each output. */
typedef struct output_metric {
	const char *name, *type, *help;
	uint64_t (*value)(const feeder_counters *c);
} output_metric;

static uint64_t
offered(const feeder_counters *c)
{
	return c->offered;
}

static uint64_t
waiting(const feeder_counters *c)
{
	return c->waiting;
}

static uint64_t
waiting_bytes(const feeder_counters *c)
{
	return c->waiting_bytes;
}

static uint64_t
delivered(const feeder_counters *c)
{
	return c->delivered;
}

static uint64_t
rejected(const feeder_counters *c)
{
	return c->rejected;
}

static uint64_t
given_up(const feeder_counters *c)
{
	return c->given_up;
}

static uint64_t
retries(const feeder_counters *c)
{
	return c->retries;
}

static uint64_t
batches(const feeder_counters *c)
{
	return c->batches;
}

static uint64_t
is_up(const feeder_counters *c)
{
	return c->failing_since_ns == 0;
}

static const output_metric output_metrics[] = {
	{ "output_up", "gauge", "Whether the output's last delivery went well.", is_up },
	{ "output_offered_total", "counter",
	    "Events for it = delivered + dropped + rejected + given up + those that "
	    "wait.",
	    offered },
	{ "output_queue_events", "gauge", "Events that wait, or are being delivered.",
	    waiting },
	{ "output_queue_bytes", "gauge", "Their memory.", waiting_bytes },
	{ "output_delivered_total", "counter", "Events delivered.", delivered },
	{ "output_rejected_total", "counter", "Events refused by the peer for good.",
	    rejected },
	{ "output_given_up_total", "counter", "Events given up after too long.",
	    given_up },
	{ "output_retries_total", "counter", "Deliveries tried again.", retries },
	{ "output_batches_total", "counter", "Deliveries.", batches },
};

static void
put_output_label(page *t, const outlet *o)
{
	page_put(t, "output=\"");
	page_label(t, (tl_span){ (const uint8_t *)o->conf->name, strlen(o->conf->name) });
	page_put(t, "\"");
}

static void
put_dropped(page *t, const outlet *o, const feeder_counters *c)
{
	for (int severity = 0; severity < QUEUE_SEVERITIES; severity++) {
		const char *word = tl_severity_name((tl_severity)severity);
		page_put(t, "trapline_output_dropped_total{");
		put_output_label(t, o);
		page_put(t, ",severity=\"%s\"} %" PRIu64 "\n",
		    severity == 0 ? "none" : word, c->queue.dropped[severity]);
	}
}

/* From being received to being delivered: upper ends of 1 ms, 2 ms, 4 ms, ... */
static void
put_latency(page *t, const outlet *o, const feeder_counters *c)
{
	uint64_t sum = 0;

	for (int i = 0; i < FEEDER_LATENCIES; i++) {
		sum += c->latency[i];
		page_put(t, "trapline_output_latency_seconds_bucket{");
		put_output_label(t, o);
		if (i + 1 < FEEDER_LATENCIES)
			page_put(t, ",le=\"%g\"", (double)(1u << i) / 1000);
		else
			page_put(t, ",le=\"+Inf\"");
		page_put(t, "} %" PRIu64 "\n", sum);
	}
	page_put(t, "trapline_output_latency_seconds_sum{");
	put_output_label(t, o);
	page_put(t, "} %.6f\n", (double)c->latency_sum_ns / 1e9);
	page_put(t, "trapline_output_latency_seconds_count{");
	put_output_label(t, o);
	page_put(t, "} %" PRIu64 "\n", sum);
}

static void
put_output_metric(
    page *t, const output_metric *m, const snapshot *s, const feeder_counters *c)
{
	put_head(t, m->name, m->type, m->help);
	for (size_t i = 0; i < s->outlet_count; i++) {
		if (s->outlets[i] == NULL)
			continue;
		page_put(t, "trapline_%s{", m->name);
		put_output_label(t, s->outlets[i]);
		page_put(t, "} %" PRIu64 "\n", m->value(&c[i]));
	}
}

/* One number of each receiver of an output that has several. */
static const struct {
	const char *name, *type, *help;
	size_t at; /* of a uint64_t in output_peer; 0: whether it is up */
} peer_metrics[] = {
	{ "output_peer_up", "gauge",
	    "Whether the last delivery to the receiver went well.", 0 },
	{ "output_peer_delivered_total", "counter", "Events that the receiver has.",
	    offsetof(output_peer, delivered) },
	{ "output_peer_rejected_total", "counter",
	    "Events that the receiver refused for good, or that cannot be sent to it.",
	    offsetof(output_peer, rejected) },
	{ "output_peer_given_up_total", "counter",
	    "Events that only other receivers have.", offsetof(output_peer, given_up) },
	{ "output_peer_loops_total", "counter",
	    "Events not sent back to where they had come from.",
	    offsetof(output_peer, loops) },
	{ "output_peer_cut_total", "counter",
	    "Varbinds left out since the receiver's version has no such type.",
	    offsetof(output_peer, cut) },
};

static void
put_peers(page *t, const outlet *o, size_t metric)
{
	output_peer peers[OUTPUT_PEERS_MAX];
	size_t count = feeder_peers(o->feeder, peers);

	for (size_t i = 0; i < count; i++) {
		uint64_t value = peers[i].up;
		if (peer_metrics[metric].at != 0)
			memcpy(&value, (const char *)&peers[i] + peer_metrics[metric].at,
			    sizeof value);
		page_put(t, "trapline_%s{", peer_metrics[metric].name);
		put_output_label(t, o);
		page_put(t, ",peer=\"");
		page_label(t,
		    (tl_span){ (const uint8_t *)peers[i].name, strlen(peers[i].name) });
		page_put(t, "\"} %" PRIu64 "\n", value);
	}
}

static void
put_all_peers(page *t, const snapshot *s)
{
	for (size_t m = 0; m < sizeof peer_metrics / sizeof *peer_metrics; m++) {
		put_head(
		    t, peer_metrics[m].name, peer_metrics[m].type, peer_metrics[m].help);
		for (size_t i = 0; i < s->outlet_count; i++)
			if (s->outlets[i] != NULL)
				put_peers(t, s->outlets[i], m);
	}
}

static void
put_outputs(page *t, const snapshot *s)
{
	feeder_counters *c = calloc(EVENT_ROUTES_MAX, sizeof *c);

	for (size_t i = 0; c != NULL && i < s->outlet_count; i++)
		if (s->outlets[i] != NULL)
			feeder_count(s->outlets[i]->feeder, &c[i]);
	for (size_t i = 0;
	     c != NULL && i < sizeof output_metrics / sizeof *output_metrics; i++)
		put_output_metric(t, &output_metrics[i], s, c);
	put_head(t, "output_dropped_total", "counter",
	    "Events dropped because the queue was full, by severity.");
	for (size_t i = 0; c != NULL && i < s->outlet_count; i++)
		if (s->outlets[i] != NULL)
			put_dropped(t, s->outlets[i], &c[i]);
	put_head(t, "output_latency_seconds", "histogram",
	    "Time from being received to being delivered.");
	for (size_t i = 0; c != NULL && i < s->outlet_count; i++)
		if (s->outlets[i] != NULL)
			put_latency(t, s->outlets[i], &c[i]);
	free(c);
}

static void
put_tables(page *t, const snapshot *s)
{
	put_head(t, "table_rows", "gauge", "Rows of an enrichment's table.");
	for (size_t i = 0; i < enrich_tables(s->tables); i++) {
		enrich_counters c;
		const char *name = enrich_name(s->tables, i);
		enrich_count(s->tables, i, &c);
		page_put(t, "trapline_table_rows{table=\"");
		page_label(t, (tl_span){ (const uint8_t *)name, strlen(name) });
		page_put(t, "\"} %u\n", c.rows);
	}
	put_head(t, "table_failures_total", "counter",
	    "Times that an enrichment's table could not be read.");
	for (size_t i = 0; i < enrich_tables(s->tables); i++) {
		enrich_counters c;
		const char *name = enrich_name(s->tables, i);
		enrich_count(s->tables, i, &c);
		page_put(t, "trapline_table_failures_total{table=\"");
		page_label(t, (tl_span){ (const uint8_t *)name, strlen(name) });
		page_put(t, "\"} %" PRIu64 "\n", c.failures);
	}
}

static uint64_t
resident_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long long size = 0, resident = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%llu %llu", &size, &resident) != 2)
		resident = 0;
	fclose(f);
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void
put_process(page *t, const metrics *m)
{
	put_head(t, "build_info", "gauge", "The version.");
	page_put(t, "trapline_build_info{version=\"" TL_VERSION "\"} 1\n");
	put_one(t, "start_time_seconds", "When it was started, since 1970.",
	    (uint64_t)(m->start_realtime_ns / TL_NS_PER_S));
	put_one(t, "threads", "Threads that receive.", m->threads);
	put_one(t, "resident_memory_bytes", "Memory in use.", resident_bytes());
	put_head(t, "reloads_total", "counter", "Reloads, by result.");
	put_word(t, "reloads_total", "result", "done", atomic_load(&m->vitals->reloads));
	put_word(t, "reloads_total", "result", "failed",
	    atomic_load(&m->vitals->failed_reloads));
}

void
metrics_write(const metrics *m, page *t)
{
	tally sum = tally_take(m->intakes, m->threads);
	snapshot *s = judging_snapshot(m->judging);

	put_process(t, m);
	put_received(t, &sum);
	put_judging(t, m->judging);
	put_top(t, m);
	put_outputs(t, s);
	put_all_peers(t, s);
	put_tables(t, s);
	snapshot_drop(s);
}
