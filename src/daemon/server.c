/* daemon/server.c: the main loop of `trapline run`, and its end; see server.h. */
#include "daemon/server.h"
#include "daemon/status.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/clock.h"

#define TICK_NS (TL_NS_PER_S / 4)
#define DROPS_NS (INT64_C(10) * TL_NS_PER_S)
#define SAVE_NS (INT64_C(60) * TL_NS_PER_S)
#define END_PATIENCE_NS (INT64_C(5) * TL_NS_PER_S)
#define DRAIN_PATIENCE_NS (INT64_C(60) * TL_NS_PER_S)

static void
print_counters(server *s)
{
	tally t = tally_take(s->intakes, s->intake_count);
	size_t len;
	char *text = tally_json(&t, &s->judging, &len);

	if (text != NULL)
		dprintf(STDERR_FILENO, "%s\n", text);
	free(text);
}

/* What an output had to drop since the last time becomes an event. */
static void
tell_drops(server *s, outlet *o, uint64_t seconds)
{
	feeder_counters c;
	char message[400];

	feeder_count(o->feeder, &c);
	uint64_t all = outlet_drops(&c) + c.given_up + c.rejected;
	uint64_t fresh = all - o->told_drops;
	if (fresh == 0)
		return;
	tl_span name = { (const uint8_t *)o->conf->name, strlen(o->conf->name) };
	tl_number numbers[] = { { "count", fresh }, { "seconds", seconds } };
	tl_field output = { { (const uint8_t *)"output", 6 }, name };
	int len = snprintf(message, sizeof message,
	    "output %.100s dropped %llu events in %llu s%s%.200s", o->conf->name,
	    (unsigned long long)fresh, (unsigned long long)seconds,
	    c.problem[0] != '\0' ? ": " : "", c.problem);
	tl_own_event own = { .kind = "dropped",
		.realtime_ns = tl_now_realtime_ns(),
		.severity = TL_SEVERITY_MAJOR,
		.message = { (const uint8_t *)message, (size_t)len },
		.numbers = numbers,
		.number_count = 2,
		.fields = &output,
		.field_count = 1 };
	o->told_drops = all;
	log_line(s->log, TL_LOG_WARNING, ABOUT_OUTPUTS, "%s", message);
	judging_tell(&s->judging, &own);
}

/* The log says once that an output fails, and once that it works again. */
static void
tell_health(server *s, outlet *o)
{
	feeder_counters c;

	feeder_count(o->feeder, &c);
	bool failing = c.failing_since_ns != 0;
	if (failing == o->told_failing)
		return;
	o->told_failing = failing;
	log_line(s->log, failing ? TL_LOG_WARNING : TL_LOG_INFO, ABOUT_OUTPUTS,
	    "output %s %s%s%s", o->conf->name,
	    failing ? "fails and is tried again" : "works again",
	    failing && c.problem[0] != '\0' ? ": " : "", failing ? c.problem : "");
}

static void
tick(server *s, int64_t now_ns)
{
	s->next_tick_ns = now_ns + TICK_NS;
	atomic_store(&s->vitals.alive_ns, now_ns);
	judging_tick(&s->judging);
	log_tick(s->log);
	if (now_ns >= s->next_save_ns) {
		s->next_save_ns = now_ns + SAVE_NS;
		server_save(s);
	}
	outlets_reap(&s->outlets, now_ns, DRAIN_PATIENCE_NS);
	for (size_t i = 0; i < s->outlets.count; i++)
		tell_health(s, s->outlets.at[i]);
	if (now_ns >= s->next_drops_ns) {
		s->next_drops_ns = now_ns + DROPS_NS;
		for (size_t i = 0; i < s->outlets.count; i++)
			tell_drops(s, s->outlets.at[i], DROPS_NS / TL_NS_PER_S);
	}
	for (unsigned i = 0; clocks_wait(s->clocks) && i < s->intake_count; i++)
		intake_wake(&s->intakes[i]);
	notify_alive(&s->notify, now_ns);
}

/* An intake that ended by itself is the end of all. */
static void
look_at_intakes(server *s)
{
	tl_err err;

	for (unsigned i = 0; i < s->intake_count && !s->stop; i++)
		if (intake_has_failed(&s->intakes[i], &err)) {
			(void)server_failed(s, err, "receiving");
			s->failure = EXIT_FAILURE;
			s->stop = true;
		}
}

static void
reopen_outputs(server *s)
{
	for (size_t i = 0; i < s->outlets.count; i++)
		feeder_reopen(s->outlets.at[i]->feeder);
}

static void
take_signals(server *s)
{
	signals_take(&s->signals);
	if (s->signals.report)
		print_counters(s);
	s->signals.report = false;
	if (s->signals.hangup) {
		s->signals.hangup = false;
		(void)server_reload(s);
		reopen_outputs(s);
	}
	s->stop = s->stop || s->signals.stop;
}

static void
wait_and_serve(server *s, int wait_ms)
{
	struct pollfd fds[1 + CONTROL_FDS_MAX] = { { .fd = s->signals.fd,
	    .events = POLLIN } };
	size_t count = control_poll(s->control, fds + 1);

	if (poll(fds, 1 + count, wait_ms) <= 0)
		return;
	take_signals(s);
	control_go_on(s->control, fds + 1, count, status_answer, s);
}

static void
loop(server *s)
{
	while (!s->stop) {
		int64_t now_ns = tl_now_monotonic_ns();
		if (now_ns >= s->next_tick_ns)
			tick(s, now_ns);
		int64_t left_ns = s->next_tick_ns - tl_now_monotonic_ns();
		wait_and_serve(s, left_ns > 0 ? (int)(left_ns / 1000000) + 1 : 0);
		look_at_intakes(s);
	}
}

/* Reads what has arrived, lets the outputs deliver what they have, and tells the sums. */
static void
wind_up(server *s)
{
	atomic_store(&s->vitals.ready, false);
	notify_tell(&s->notify, "STOPPING=1");
	for (unsigned i = 0; i < s->intake_count; i++)
		intake_stop(&s->intakes[i]);
	for (unsigned i = 0; i < s->intake_count; i++)
		if (s->intakes[i].started)
			pthread_join(s->intakes[i].thread, NULL);
	for (unsigned i = 0; i < s->intake_count; i++)
		s->intakes[i].started = false;
	if (s->judges)
		server_save(s);
	outlets_stop(&s->outlets, tl_now_monotonic_ns() + END_PATIENCE_NS);
	for (size_t i = 0; i < s->outlets.count; i++)
		while (!feeder_has_ended(s->outlets.at[i]->feeder))
			(void)poll(NULL, 0, 1);
}

static void
put_away(server *s)
{
	http_stop(s->http);
	control_close(s->control);
	for (unsigned i = 0; i < s->intake_count; i++)
		intake_fini(&s->intakes[i]);
	free(s->intakes);
	for (unsigned i = 0; i < s->threads; i++)
		tl_rx_close(s->rx[i]);
	if (s->judges)
		judging_fini(&s->judging);
	names_free(s->dns);
	outlets_stop(&s->outlets, tl_now_monotonic_ns());
	outlets_free(&s->outlets);
	helper_stop(s->outlets.place.helper);
	clocks_free(s->clocks);
	if (tl_state_close(s->state) != TL_OK)
		(void)server_failed(s, TL_EIO, "state");
	if (s->dictionary != NULL)
		dictionary_drop(s->dictionary);
	for (size_t i = 0; i < s->listeners.count; i++)
		free(s->listeners.at[i].text);
	free(s->listeners.at);
	conf_ref_drop(s->conf);
	signals_close(&s->signals);
	notify_close(&s->notify);
	log_close(s->log);
	free(s);
}

static bool
prepare(server *s, const server_options *o)
{
	s->failure = EXIT_FAILURE;
	s->default_state = o->default_state;
	s->signals.fd = -1;
	s->start_ns = tl_now_monotonic_ns();
	s->next_drops_ns = s->start_ns + DROPS_NS;
	s->next_save_ns = s->start_ns + SAVE_NS;
	notify_open(&s->notify);
	s->inherited = notify_listen_fds();
	s->log = log_open();
	if (s->log == NULL)
		return false;
	if (o->conf_path != NULL && realpath(o->conf_path, s->conf_path) == NULL) {
		(void)server_failed(s, TL_EIO, o->conf_path);
		s->failure = 2;
		return false;
	}
	if (server_failed(s, signals_open(&s->signals), "signals"))
		return false;
	s->signals.hangup_reloads = true;
	return true;
}

int
server_run(const server_options *o)
{
	server *s = calloc(1, sizeof *s);
	int status;

	if (s == NULL)
		return EXIT_FAILURE;
	bool good = prepare(s, o) && server_start(s);
	status = s->failure;
	if (good) {
		atomic_store(&s->vitals.ready, true);
		s->failure = EXIT_SUCCESS;
		notify_tell(&s->notify, "READY=1");
		server_say(s, TL_LOG_INFO, "running, with %u thread%s", s->threads,
		    s->threads == 1 ? "" : "s");
		loop(s);
		status = s->failure;
	}
	wind_up(s);
	if (good)
		print_counters(s);
	put_away(s);
	return status;
}
