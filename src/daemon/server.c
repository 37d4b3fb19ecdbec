/* daemon/server.c: the main loop of `trapline run`, and its end; see server.h. */
#include "daemon/drops.h"
#include "daemon/server.h"
#include "daemon/status.h"

#include <errno.h>
#include <limits.h>
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
/* And what ends late, as a transfer that looks at the clock once a second, or never: a
 * resolver without an answer, a file of a dead server. */
#define LATE_PATIENCE_NS (INT64_C(3) * TL_NS_PER_S / 2)
#define LAST_PATIENCE_NS (TL_NS_PER_S / 2)
#define DRAIN_PATIENCE_NS (INT64_C(60) * TL_NS_PER_S)

/* Standard error may be a pipe that nobody reads: what it has no room for in a second is
 * left out. One that is ready takes PIPE_BUF at once. */
static void
write_stderr(const char *text, size_t len)
{
	enum { PATIENCE_MS = 1000 };
	struct pollfd room = { .fd = STDERR_FILENO, .events = POLLOUT };

	while (len > 0 && poll(&room, 1, PATIENCE_MS) == 1 &&
	       (room.revents & POLLOUT) != 0) {
		ssize_t n = write(STDERR_FILENO, text, len < PIPE_BUF ? len : PIPE_BUF);
		if (n < 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

static void
print_counters(server *s)
{
	tally t = tally_take(s->intakes, s->intake_count);
	size_t len;
	char *text = tally_json(&t, &s->judging, &len);

	if (text != NULL) {
		text[len] = '\n'; /* in the place of its end */
		write_stderr(text, len + 1);
	}
	free(text);
}

/* The log says once that an output fails, and once that it works again. */
static void
tell_health(server *s, outlet *o)
{
	feeder_counters c;

	feeder_count(o->feeder, &c);
	bool failing = c.failing_since_ns != 0;
	if (!o->told_of || failing == o->told_failing)
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
	for (size_t i = 0; i < s->outlets.count; i++)
		if (feeder_has_ended(s->outlets.at[i]->feeder))
			drops_tell(s->outlets.at[i], &s->judging, s->log, now_ns);
	outlets_reap(&s->outlets, now_ns, DRAIN_PATIENCE_NS);
	for (size_t i = 0; i < s->outlets.count; i++)
		tell_health(s, s->outlets.at[i]);
	if (now_ns >= s->next_drops_ns) {
		s->next_drops_ns = now_ns + DROPS_NS;
		for (size_t i = 0; i < s->outlets.count; i++)
			drops_tell(s->outlets.at[i], &s->judging, s->log, now_ns);
	}
	for (unsigned i = 0; clocks_wait(s->clocks) && i < s->intake_count; i++)
		intake_wake(&s->intakes[i]);
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
take_signals(server *s)
{
	signals_take(&s->signals);
	if (s->signals.report)
		print_counters(s);
	s->signals.report = false;
	if (s->signals.hangup) {
		s->signals.hangup = false;
		(void)reload_ask(s->reload);
	}
	s->stop = s->stop || s->signals.stop;
}

static void
wait_and_serve(server *s, int wait_ms)
{
	enum { OWN = 2 };
	struct pollfd fds[OWN + CONTROL_FDS_MAX] = { { .fd = s->signals.fd,
							 .events = POLLIN },
		{ .fd = reload_fd(s->reload), .events = POLLIN } };
	size_t count = control_poll(s->control, fds + OWN);

	if (poll(fds, OWN + count, wait_ms) <= 0)
		return;
	take_signals(s);
	if (fds[1].revents != 0)
		reload_go_on(s->reload);
	control_go_on(s->control, fds + OWN, count, status_answer, s);
}

static void
loop(server *s)
{
	while (!s->stop) {
		int64_t now_ns = tl_now_monotonic_ns();
		notify_alive(&s->notify, now_ns);
		if (now_ns >= s->next_tick_ns)
			tick(s, now_ns);
		int64_t next_ns = notify_next(&s->notify);
		next_ns = next_ns < s->next_tick_ns ? next_ns : s->next_tick_ns;
		int64_t left_ns = next_ns - tl_now_monotonic_ns();
		wait_and_serve(s, left_ns > 0 ? (int)(left_ns / 1000000) + 1 : 0);
		look_at_intakes(s);
	}
}

/* What hangs ends with the process, and what it uses. */
static void
miss_end(void *context)
{
	server *s = context;

	server_say(s, TL_LOG_WARNING,
	    "ended with something under way: an output, a table or a program");
	_exit(s->failure);
}

/* Waits until |o| has ended, for a while after it should have. */
static bool
wait_for_end(server *s, outlet *o)
{
	while (!feeder_has_ended(o->feeder)) {
		if (tl_now_monotonic_ns() > s->end_ns + LATE_PATIENCE_NS) {
			server_say(s, TL_LOG_WARNING,
			    "output %s hangs: what it had is given up", o->conf->name);
			return false;
		}
		(void)poll(NULL, 0, 1);
	}
	return true;
}

/* Reads what has arrived, lets the outputs deliver what they have, and tells the sums.
 * False: an output hangs. */
static bool
wind_up(server *s)
{
	bool good = true;

	atomic_store(&s->vitals.ready, false);
	notify_tell(&s->notify, "STOPPING=1\nSTATUS=delivering what is left");
	for (unsigned i = 0; i < s->intake_count; i++)
		intake_stop(&s->intakes[i]);
	for (unsigned i = 0; i < s->intake_count; i++)
		if (s->intakes[i].started)
			pthread_join(s->intakes[i].thread, NULL);
	for (unsigned i = 0; i < s->intake_count; i++)
		s->intakes[i].started = false;
	if (s->judges) {
		judging_end(&s->judging);
		server_save(s);
	}
	int64_t now_ns = tl_now_monotonic_ns();
	for (size_t i = 0; s->judges && i < s->outlets.count; i++)
		drops_tell(s->outlets.at[i], &s->judging, s->log, now_ns);
	s->end_ns = now_ns + END_PATIENCE_NS;
	s->deadline =
	    deadline_set(s->end_ns + LATE_PATIENCE_NS + LAST_PATIENCE_NS, miss_end, s);
	outlets_stop(&s->outlets, s->end_ns);
	for (size_t i = 0; i < s->outlets.count; i++) {
		good &= wait_for_end(s, s->outlets.at[i]);
		drops_log(s->outlets.at[i], s->log, tl_now_monotonic_ns());
	}
	return good;
}

/* An output hangs, or a reload, in a file of a dead server or so: what it uses ends with
 * the process. */
static _Noreturn void
end_at_once(server *s, int status)
{
	control_close(s->control);
	helper_stop(s->outlets.place.helper);
	_exit(status);
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
	own_sockets_free(s->outlets.place.own);
	helper_stop(s->outlets.place.helper);
	deadline_meet(s->deadline);
	clocks_free(s->clocks);
	if (tl_state_close(s->state) != TL_OK)
		(void)server_failed(s, TL_EIO, "state");
	if (s->dictionary != NULL)
		dictionary_drop(s->dictionary);
	listeners_fini(&s->listeners);
	tl_vec_free(&s->told);
	pthread_mutex_destroy(&s->told_lock);
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
	pthread_mutex_init(&s->told_lock, NULL);
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
	s->reload = reload_new(s);
	return !server_failed(s, s->reload != NULL ? TL_OK : TL_ENOMEM, "reload");
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
		notify_tell(&s->notify, "READY=1\nSTATUS=receiving");
		server_say(s, TL_LOG_INFO, "running, with %u thread%s", s->threads,
		    s->threads == 1 ? "" : "s");
		loop(s);
		status = s->failure;
	}
	s->failure = status;
	bool ended = wind_up(s);
	if (good)
		print_counters(s);
	if (!reload_free(s->reload, s->end_ns)) {
		server_say(s, TL_LOG_WARNING, "ended in the middle of a reload");
		ended = false;
	}
	if (!ended)
		end_at_once(s, status);
	put_away(s);
	return status;
}
