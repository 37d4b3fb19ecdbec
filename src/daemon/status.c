/* daemon/status.c: see status.h. Called by the main thread for each request. */
#include "daemon/status.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "sys/clock.h"

enum { ALARMS_AT_ONCE = 256 };

static const char *
state_word(feeder_state state)
{
	switch (state) {
	case FEEDER_IDLE:
		return "idle";
	case FEEDER_WORKS:
		return "works";
	case FEEDER_RETRIES:
		return "retries";
	}
	return "";
}

static void
put_time(page *t, int64_t realtime_ns)
{
	uint8_t room[64];
	tl_buf b = { .ptr = room, .cap = sizeof room };

	tl_buf_time(&b, realtime_ns);
	page_json(t, tl_buf_written(&b));
}

static void
put_peers(page *t, const outlet *o)
{
	output_peer peers[OUTPUT_PEERS_MAX];
	size_t count = feeder_peers(o->feeder, peers);

	for (size_t i = 0; i < count; i++) {
		const output_peer *p = &peers[i];
		page_put(t, "%s{\"name\":", i > 0 ? "," : ",\"peers\":[");
		page_json_puts(t, p->name);
		page_put(t, ",\"up\":%s,\"delivered\":%llu,\"rejected\":%llu",
		    p->up ? "true" : "false", (unsigned long long)p->delivered,
		    (unsigned long long)p->rejected);
		page_put(t, ",\"given_up\":%llu,\"loops\":%llu,\"cut\":%llu}",
		    (unsigned long long)p->given_up, (unsigned long long)p->loops,
		    (unsigned long long)p->cut);
	}
	page_put(t, count > 0 ? "]" : "");
}

static void
put_output(page *t, const outlet *o, int64_t now_ns)
{
	feeder_counters c;

	feeder_count(o->feeder, &c);
	page_put(t, "{\"name\":");
	page_json_puts(t, o->conf->name);
	page_put(t, ",\"state\":\"%s\",\"waiting\":%llu,\"waiting_bytes\":%llu",
	    o->stopping ? "ends" : state_word(c.state), (unsigned long long)c.waiting,
	    (unsigned long long)c.waiting_bytes);
	page_put(t, ",\"offered\":%llu", (unsigned long long)c.offered);
	page_put(t, ",\"delivered\":%llu,\"dropped\":%llu,\"rejected\":%llu",
	    (unsigned long long)c.delivered, (unsigned long long)c.dropped,
	    (unsigned long long)c.rejected);
	page_put(t, ",\"given_up\":%llu,\"retries\":%llu", (unsigned long long)c.given_up,
	    (unsigned long long)c.retries);
	put_peers(t, o);
	if (c.failing_since_ns != 0)
		page_put(t, ",\"failing_s\":%llu",
		    (unsigned long long)(now_ns - c.failing_since_ns) / TL_NS_PER_S);
	if (c.problem[0] != '\0') {
		page_put(t, ",\"problem\":");
		page_json_puts(t, c.problem);
	}
	page_put(t, "}");
}

/* Each socket, with the port that it has. */
static void
put_listeners(page *t, const server *s)
{
	const char *before = "";

	page_put(t, ",\"listen\":[");
	for (size_t i = 0; i < s->listeners.count; i++) {
		const listener *l = &s->listeners.at[i];
		const tl_endpoint *ep = l->sockets.ptr;
		for (size_t k = 0; k < l->sockets.count; k++) {
			char address[TL_ADDRESS_TEXT_MAX];
			tl_address_text(&ep[k], address);
			bool v6 = strchr(address, ':') != NULL;
			page_put(t, "%s\"udp:%s%s%s:%u\"", before, v6 ? "[" : "", address,
			    v6 ? "]" : "", ep[k].port);
			before = ",";
		}
	}
	page_put(t, "]");
}

static void
put_counters(page *t, server *s)
{
	tally sum = tally_take(s->intakes, s->intake_count);
	size_t len;
	char *json = tally_json(&sum, &s->judging, &len);

	if (json != NULL)
		page_put(t, ",\"counters\":%s", json);
	free(json);
}

static void
put_alarm_counts(page *t, server *s)
{
	alarms_counters c = { 0 };

	pthread_mutex_lock(&s->judging.lock);
	const alarms *a = pipeline_alarms(s->judging.snapshot->pipeline);
	if (a != NULL)
		c = alarms_count(a);
	pthread_mutex_unlock(&s->judging.lock);
	page_put(t,
	    ",\"alarms\":{\"active\":%u,\"raised\":%llu,\"cleared\":%llu,"
	    "\"expired\":%llu}",
	    c.active, (unsigned long long)c.raised, (unsigned long long)c.cleared,
	    (unsigned long long)c.expired);
}

static void
answer_status(server *s, const char *argument, page *t)
{
	int64_t now_ns = tl_now_monotonic_ns();
	const char *before = "";

	(void)argument;
	page_put(t, "{\"version\":\"" TL_VERSION "\",\"pid\":%ld,\"uptime_s\":%lld",
	    (long)getpid(), (long long)((now_ns - s->start_ns) / TL_NS_PER_S));
	page_put(t, ",\"threads\":%u,\"reloads\":%llu,\"failed_reloads\":%llu",
	    s->threads, (unsigned long long)s->vitals.reloads,
	    (unsigned long long)s->vitals.failed_reloads);
	page_put(
	    t, ",\"reloading\":%s", reload_is_under_way(s->reload) ? "true" : "false");
	page_put(t, ",\"config\":");
	page_json_puts(t, s->conf_path);
	page_put(t, ",\"state\":");
	page_json_puts(t, s->state_path);
	put_listeners(t, s);
	page_put(t, ",\"outputs\":[");
	for (size_t i = 0; i < s->outlets.count; i++) {
		if (!s->outlets.at[i]->told_of)
			continue;
		page_put(t, "%s", before);
		put_output(t, s->outlets.at[i], now_ns);
		before = ",";
	}
	page_put(t, "]");
	put_alarm_counts(t, s);
	put_counters(t, s);
	page_put(t, "}");
}

void
status_tell_reload(server *s, uint64_t number, bool good)
{
	tl_vec told = server_end_telling(s);
	page t = { 0 };

	page_put(&t, "{\"ok\":%s,\"messages\":[", good ? "true" : "false");
	const char *at = told.ptr, *end = tl_vec_item(&told, 1, told.count);
	for (const char *before = ""; at < end; before = ",") {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		page_put(&t, "%s", before);
		page_json(&t, (tl_span){ (const uint8_t *)at, (size_t)(stop - at) });
		at = stop + 1;
	}
	page_put(&t, "]}");
	control_tell(s->control, number, &t);
	page_free(&t);
	tl_vec_free(&told);
}

static void
put_alarm(page *t, const alarm_view *a, const char *before)
{
	char device[TL_ADDRESS_TEXT_MAX];
	uint8_t room[1024];
	tl_buf oid = { .ptr = room, .cap = sizeof room };

	tl_address_text(&a->device, device);
	tl_buf_oid(&oid, a->trap_oid);
	page_put(t, "%s{\"key\":", before);
	page_json(t, a->key);
	page_put(t, ",\"name\":");
	page_json(t, a->name);
	page_put(t, ",\"device\":\"%s\",\"severity\":\"%s\",\"state\":\"%s\"", device,
	    tl_severity_name(a->severity), tl_alarm_state_name(a->state));
	page_put(t, ",\"trap_oid\":\"%.*s\",\"count\":%u,\"severity_changes\":%u",
	    (int)oid.len, (const char *)room, a->count, a->severity_changes);
	page_put(t, ",\"first\":");
	put_time(t, a->first_ns);
	page_put(t, ",\"last\":");
	put_time(t, a->last_ns);
	if (a->message.len > 0) {
		page_put(t, ",\"message\":");
		page_json(t, a->message);
	}
	page_put(t, "}");
}

/* Some at a time: receiving goes on in between. */
static void
answer_alarms(server *s, const char *argument, page *t)
{
	const char *before = "";
	uint32_t at = 0;
	bool more = true;

	(void)argument;
	page_put(t, "{\"alarms\":[");
	while (more) {
		pthread_mutex_lock(&s->judging.lock);
		const alarms *a = pipeline_alarms(s->judging.snapshot->pipeline);
		alarm_view view;
		more = a != NULL;
		for (int i = 0; more && i < ALARMS_AT_ONCE; i++) {
			more = alarms_next(a, &at, &view);
			if (more)
				put_alarm(t, &view, before);
			before = ",";
		}
		pthread_mutex_unlock(&s->judging.lock);
	}
	page_put(t, "]}");
}

static void
answer_clear(server *s, const char *argument, page *t)
{
	tl_span key = { (const uint8_t *)argument, strlen(argument) };
	bool cleared = judging_clear_alarm(&s->judging, key);

	page_put(t, "{\"ok\":%s}", cleared ? "true" : "false");
}

static void
answer_stop(server *s, const char *argument, page *t)
{
	(void)argument;
	s->stop = true;
	page_put(t, "{\"ok\":true}");
}

uint64_t
status_answer(void *context, const char *line, page *answer)
{
	static const struct {
		const char *word;
		void (*answer)(server *s, const char *argument, page *t);
	} rows[] = {
		{ "status", answer_status },
		{ "alarms", answer_alarms },
		{ "clear", answer_clear },
		{ "stop", answer_stop },
	};
	size_t len = strcspn(line, " ");
	const char *argument = line[len] == ' ' ? line + len + 1 : "";
	server *s = context;

	if (strcmp(line, "reload") == 0)
		return reload_ask(s->reload);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strlen(rows[i].word) == len && memcmp(rows[i].word, line, len) == 0) {
			rows[i].answer(s, argument, answer);
			return 0;
		}
	page_put(answer, "{\"ok\":false,\"error\":\"there is no such request\"}");
	return 0;
}
