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
put_output(page *t, const outlet *o, int64_t now_ns)
{
	feeder_counters c;

	feeder_count(o->feeder, &c);
	page_put(t, "{\"name\":");
	page_json_puts(t, o->conf->name);
	page_put(t, ",\"state\":\"%s\",\"waiting\":%u,\"waiting_bytes\":%llu",
	    o->stopping ? "ends" : state_word(c.state), c.queue.events,
	    (unsigned long long)c.queue.bytes);
	page_put(t, ",\"delivered\":%llu,\"dropped\":%llu,\"rejected\":%llu",
	    (unsigned long long)c.delivered, (unsigned long long)outlet_drops(&c),
	    (unsigned long long)c.rejected);
	page_put(t, ",\"given_up\":%llu,\"retries\":%llu", (unsigned long long)c.given_up,
	    (unsigned long long)c.retries);
	if (c.failing_since_ns != 0)
		page_put(t, ",\"failing_s\":%llu",
		    (unsigned long long)(now_ns - c.failing_since_ns) / TL_NS_PER_S);
	if (c.problem[0] != '\0') {
		page_put(t, ",\"problem\":");
		page_json_puts(t, c.problem);
	}
	page_put(t, "}");
}

/* Sockets that the service manager has opened: they keep their descriptors. */
static void
put_inherited(page *t, const server *s)
{
	char text[NI_MAXHOST + NI_MAXSERV + 8], host[NI_MAXHOST], port[NI_MAXSERV];

	for (unsigned i = 0; i < s->inherited; i++) {
		struct sockaddr_storage at;
		socklen_t len = sizeof at;
		struct sockaddr *sa = (struct sockaddr *)&at;
		if (getsockname(3 + (int)i, sa, &len) != 0 ||
		    getnameinfo(sa, len, host, sizeof host, port, sizeof port,
			NI_NUMERICHOST | NI_NUMERICSERV) != 0)
			continue;
		bool v6 = at.ss_family == AF_INET6;
		snprintf(text, sizeof text, "udp:%s%s%s:%s", v6 ? "[" : "", host,
		    v6 ? "]" : "", port);
		page_put(t, i > 0 ? "," : "");
		page_json_puts(t, text);
	}
}

static void
put_listeners(page *t, const server *s)
{
	page_put(t, ",\"listen\":[");
	put_inherited(t, s);
	for (size_t i = 0; i < s->listeners.count; i++) {
		page_put(t, i > 0 ? "," : "");
		page_json_puts(t, s->listeners.at[i].text);
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

	(void)argument;
	page_put(t, "{\"version\":\"" TL_VERSION "\",\"pid\":%ld,\"uptime_s\":%lld",
	    (long)getpid(), (long long)((now_ns - s->start_ns) / TL_NS_PER_S));
	page_put(t, ",\"threads\":%u,\"reloads\":%llu,\"failed_reloads\":%llu",
	    s->threads, (unsigned long long)s->vitals.reloads,
	    (unsigned long long)s->vitals.failed_reloads);
	page_put(t, ",\"config\":");
	page_json_puts(t, s->conf_path);
	page_put(t, ",\"state\":");
	page_json_puts(t, s->state_path);
	put_listeners(t, s);
	page_put(t, ",\"outputs\":[");
	for (size_t i = 0; i < s->outlets.count; i++) {
		page_put(t, i > 0 ? "," : "");
		put_output(t, s->outlets.at[i], now_ns);
	}
	page_put(t, "]");
	put_alarm_counts(t, s);
	put_counters(t, s);
	page_put(t, "}");
}

static void
answer_reload(server *s, const char *argument, page *t)
{
	tl_vec told = { 0 };

	(void)argument;
	s->told = &told;
	bool good = server_reload(s);
	s->told = NULL;
	page_put(t, "{\"ok\":%s,\"messages\":[", good ? "true" : "false");
	const char *at = told.ptr, *end = at + told.count;
	for (const char *before = ""; at < end; before = ",") {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		page_put(t, "%s", before);
		page_json(t, (tl_span){ (const uint8_t *)at, (size_t)(stop - at) });
		at = stop + 1;
	}
	page_put(t, "]}");
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

void
status_answer(void *context, const char *line, page *answer)
{
	static const struct {
		const char *word;
		void (*answer)(server *s, const char *argument, page *t);
	} rows[] = {
		{ "status", answer_status },
		{ "reload", answer_reload },
		{ "alarms", answer_alarms },
		{ "clear", answer_clear },
		{ "stop", answer_stop },
	};
	size_t len = strcspn(line, " ");
	const char *argument = line[len] == ' ' ? line + len + 1 : "";

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strlen(rows[i].word) == len && memcmp(rows[i].word, line, len) == 0) {
			rows[i].answer(context, argument, answer);
			return;
		}
	page_put(answer, "{\"ok\":false,\"error\":\"there is no such request\"}");
}
