/* daemon/server_start.c: bringing `trapline run` up, step by step. server_run() calls it;
 * some steps are a reload's, too. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "daemon/server.h"
#include "sys/clock.h"
#include "sys/privileges.h"

enum { EXIT_WRONG = 2, SAID_ROOM = 2048 };

void
server_say(server *s, tl_conf_log_level level, const char *format, ...)
{
	char text[SAID_ROOM];
	va_list args;

	va_start(args, format);
	int len = vsnprintf(text, sizeof text - 1, format, args);
	va_end(args);
	log_line(s->log, level, ABOUT_US, "%s", text);
	if (level == TL_LOG_DEBUG || len < 0)
		return;
	pthread_mutex_lock(&s->told_lock);
	size_t n = strlen(text);
	char *to = s->telling ? tl_vec_grow(&s->told, 1, n + 1) : NULL;
	if (to != NULL) {
		memcpy(to, text, n);
		to[n] = '\n';
	}
	pthread_mutex_unlock(&s->told_lock);
}

void
server_begin_telling(server *s)
{
	pthread_mutex_lock(&s->told_lock);
	s->telling = true;
	pthread_mutex_unlock(&s->told_lock);
}

tl_vec
server_end_telling(server *s)
{
	pthread_mutex_lock(&s->told_lock);
	tl_vec told = s->told;
	s->told = (tl_vec){ 0 };
	s->telling = false;
	pthread_mutex_unlock(&s->told_lock);
	return told;
}

bool
server_failed(server *s, tl_err err, const char *what)
{
	if (err == TL_OK)
		return false;
	server_say(s, TL_LOG_ERROR, "%s: %s", what,
	    err == TL_EIO ? strerror(errno) : tl_err_text(err));
	return true;
}

static void
say_errors(server *s, const tl_conf_errors *e)
{
	for (size_t i = 0; i < e->count; i++) {
		const tl_conf_error *at = &e->at[i];
		char place[32] = "";
		if (at->mark.line > 0)
			snprintf(place, sizeof place, "%u:%u:", at->mark.line,
			    at->mark.column);
		server_say(s, at->grade == TL_CONF_ERROR ? TL_LOG_ERROR : TL_LOG_WARNING,
		    "%s:%s %s", at->mark.file, place, at->text);
	}
	if (e->errors + e->warnings > e->count)
		server_say(
		    s, TL_LOG_ERROR, "and %zu more", e->errors + e->warnings - e->count);
}

conf_ref *
server_load_conf(server *s, bool *wrong)
{
	tl_conf_errors errors = { 0 };
	tl_conf *conf = NULL;
	conf_ref *ref = NULL;
	const char *path = s->conf_path[0] != '\0' ? s->conf_path : NULL;
	tl_err err = tl_conf_load(path, &conf, &errors);

	say_errors(s, &errors);
	tl_conf_errors_free(&errors);
	if (err == TL_OK) {
		ref = conf_ref_new(conf);
		err = ref != NULL ? TL_OK : TL_ENOMEM;
	}
	if (ref == NULL)
		tl_conf_free(conf);
	*wrong = err == TL_EFORMAT;
	if (!*wrong)
		(void)server_failed(s, err, "configuration");
	return ref;
}

static bool
load_conf(server *s)
{
	bool wrong;

	s->conf = server_load_conf(s, &wrong);
	if (wrong)
		s->failure = EXIT_WRONG;
	if (s->conf == NULL)
		return false;
	log_configure(s->log, &s->conf->conf->log);
	int64_t threads = s->conf->conf->threads;
	if (threads == 0)
		threads = sysconf(_SC_NPROCESSORS_ONLN);
	s->threads = threads < 1                    ? 1
		     : threads > SERVER_THREADS_MAX ? SERVER_THREADS_MAX
						    : (unsigned)threads;
	return true;
}

/* All that needs rights is done: files and folders are the new user's from here on. */
static bool
drop_privileges(server *s)
{
	const char *who = s->conf->conf->run_as;
	char what[256];

	if (who == NULL)
		return true;
	snprintf(what, sizeof what, "run_as %s", who);
	tl_err err = tl_privileges_drop(who);
	if (err == TL_ENOTFOUND) {
		server_say(s, TL_LOG_ERROR, "%s: there is no such user or group", what);
		return false;
	}
	return !server_failed(s, err, what);
}

/* Starts programs for outputs: forked while there is one thread, also if no output of now
 * needs it. */
static bool
start_helper(server *s)
{
	return !server_failed(
	    s, helper_start(&s->outlets.place.helper), "helper process");
}

/* From here on relative paths, those of outputs and of the control socket, are in the
 * state folder. */
static bool
open_state(server *s)
{
	const tl_conf *conf = s->conf->conf;
	const char *dir = conf->state != NULL ? conf->state : s->default_state;
	tl_state_now now = { tl_now_realtime_ns(), tl_now_monotonic_ns() };

	if (dir == NULL) {
		server_say(
		    s, TL_LOG_ERROR, "no folder for the state: set HOME, or 'state'");
		return false;
	}
	snprintf(s->state_path, sizeof s->state_path, "%s", dir);
	tl_err err = tl_state_open(dir, conf->engine_id, now, &s->state);
	if (err == TL_EIO && errno == EBUSY) {
		server_say(s, TL_LOG_ERROR,
		    "%s: another trapline uses this state folder; choose another one "
		    "with "
		    "'state'",
		    dir);
		return false;
	}
	if (err == TL_EFORMAT) {
		server_say(s, TL_LOG_ERROR,
		    "%s/engine is damaged: put back a copy, or delete it; then choose "
		    "another 'engine_id', or senders of informs refuse its boots",
		    dir);
		return false;
	}
	if (server_failed(s, err, dir) ||
	    server_failed(s, chdir(dir) == 0 ? TL_OK : TL_EIO, dir))
		return false;
	if (tl_state_damaged(s->state) > 0)
		server_say(s, TL_LOG_WARNING,
		    "%s/clocks: %llu damaged records are not used", dir,
		    (unsigned long long)tl_state_damaged(s->state));
	s->clocks = clocks_new(s->state, s->threads);
	return !server_failed(s, s->clocks != NULL ? TL_OK : TL_ENOMEM, "memory");
}

static bool
load_mibs(server *s)
{
	s->dictionary = server_load_mibs(s, s->conf->conf, &s->mibs);
	return s->dictionary != NULL;
}

static bool
add_users(server *s, const tl_conf *conf, tl_engine *e)
{
	for (size_t i = 0; i < conf->users.count; i++) {
		tl_user user = tl_conf_user_get(&conf->users.at[i]);
		if (server_failed(
			s, tl_engine_add_user(e, &user), conf->users.at[i].name))
			return false;
	}
	for (size_t i = 0; i < conf->communities.count; i++)
		if (server_failed(s,
			tl_engine_add_community(e, conf->communities.at[i].bytes),
			"communities"))
			return false;
	return true;
}

tl_engine *
server_make_engine(server *s, const tl_conf *conf)
{
	tl_engine *e;
	tl_engine_options opt = {
		.engine_id = tl_state_engine_id(s->state),
		.boots = tl_state_boots(s->state),
		.start_ns = s->start_ns,
		.max_engines = (uint32_t)conf->max_engines,
	};

	if (server_failed(s, tl_engine_new(&opt, &e), "engine"))
		return NULL;
	if (add_users(s, conf, e))
		return e;
	tl_engine_free(e);
	return NULL;
}

static void
tell_table(void *context, tl_conf_log_level level, const char *table, const char *text)
{
	server *s = context;

	log_line(s->log, level, ABOUT_TABLES, "enrichment %s: %s", table, text);
}

bool
server_make_dns(server *s, const tl_conf *conf, names **dns)
{
	*dns = NULL;
	if (!conf->reverse_dns.enabled)
		return true;
	*dns = names_new(&conf->reverse_dns, s->seed, NULL);
	return !server_failed(s, *dns != NULL ? TL_OK : TL_ENOMEM, "reverse_dns");
}

/* The running output that is configured so, or a new one. */
static bool
add_output(server *s, snapshot *new, const tl_conf_output *conf)
{
	char problem[OUTPUT_PROBLEM_MAX] = "";
	outlet *o = outlets_find(&s->outlets, conf);

	if (o == NULL)
		o = outlets_start(&s->outlets, new->conf, conf, problem);
	if (o == NULL)
		server_say(s, TL_LOG_ERROR, "output %s: %s", conf->name, problem);
	return o != NULL && snapshot_add(new, o);
}

bool
server_add_outputs(server *s, snapshot *new)
{
	const tl_conf_outputs *outputs = &new->conf->conf->outputs;
	bool good = true;

	for (size_t i = 0; good && i < outputs->count; i++)
		good = outputs->at[i].enabled ? add_output(s, new, &outputs->at[i])
					      : snapshot_add(new, NULL);
	return good;
}

static bool
start_judging(server *s)
{
	if (getrandom(&s->seed, sizeof s->seed, 0) != sizeof s->seed)
		return !server_failed(s, TL_EIO, "randomness");
	s->outlets.place.state = s->state_path;
	s->outlets.place.own = own_sockets_new();
	if (server_failed(s, s->outlets.place.own != NULL ? TL_OK : TL_ENOMEM, "memory"))
		return false;
	s->notices = (enrich_notices){ .tell = tell_table, .context = s };
	if (!server_make_dns(s, s->conf->conf, &s->dns))
		return false;
	snapshot_options opt = { .conf = s->conf,
		.names = s->dictionary,
		.notices = &s->notices,
		.dns = s->dns,
		.seed = s->seed };
	snapshot *first = snapshot_new(&opt);
	tl_err err = first != NULL ? TL_OK : TL_ENOMEM;
	bool good = err == TL_OK && server_add_outputs(s, first);
	if (good) {
		err = judging_init(&s->judging, first);
		s->judges = true;
	}
	snapshot_drop(first);
	if (server_failed(s, err, "memory") || !good)
		return false;
	server_restore(s);
	return true;
}

/* What was heard before the last end is known to all. */
static bool
make_engines(server *s, tl_engine **engines)
{
	tl_clock clock;

	for (unsigned i = 0; i < s->threads; i++) {
		engines[i] = server_make_engine(s, s->conf->conf);
		if (engines[i] == NULL)
			return false;
	}
	while (tl_state_next_clock(s->state, &clock))
		for (unsigned i = 0; i < s->threads; i++)
			if (tl_engine_set_clock(engines[i], &clock) != TL_OK)
				return true;
	return true;
}

static bool
init_intakes(server *s, tl_engine **engines)
{
	s->intakes = calloc(s->threads, sizeof *s->intakes);
	if (server_failed(s, s->intakes != NULL ? TL_OK : TL_ENOMEM, "memory"))
		return false;
	for (unsigned i = 0; i < s->threads; i++) {
		intake_options opt = {
			.number = i,
			.rx = s->rx[i],
			.engine = engines[i],
			.judging = &s->judging,
			.clocks = s->clocks,
			.log = s->log,
			.seed = s->seed,
			.refused = s->conf->conf->refused,
		};
		if (server_failed(s, intake_init(&s->intakes[i], &opt), "intake"))
			return false;
		s->intake_count++;
		s->rx[i] = NULL;
		engines[i] = NULL;
	}
	return true;
}

static bool
start_intakes(server *s)
{
	tl_engine *engines[SERVER_THREADS_MAX] = { NULL };
	bool good = make_engines(s, engines) && init_intakes(s, engines);

	for (unsigned i = 0; i < s->threads; i++)
		tl_engine_free(engines[i]);
	for (unsigned i = 0; good && i < s->threads; i++)
		good = !server_failed(s, intake_start(&s->intakes[i]), "thread");
	return good;
}

static bool
open_control(server *s)
{
	const char *path = s->conf->conf->control;

	return !server_failed(s, control_open(path, &s->control), path);
}

bool
server_make_http(server *s, const tl_conf_metrics *conf, http_server **http)
{
	char problem[256] = "";

	*http = NULL;
	if (!conf->enabled)
		return true;
	if (http_start(conf, &s->metrics, s->http, http, problem) == TL_OK)
		return true;
	server_say(s, TL_LOG_ERROR, "metrics at %s: %s", conf->listen.text, problem);
	return false;
}

void
server_announce_http(server *s, const tl_conf_metrics *conf)
{
	const char *host = conf->listen.host;
	bool v6 = strchr(host, ':') != NULL;

	if (s->http != NULL)
		server_say(s, TL_LOG_INFO, "metrics at http://%s%s%s:%u%s", v6 ? "[" : "",
		    host, v6 ? "]" : "", http_port(s->http), conf->path);
}

static bool
start_http(server *s)
{
	const tl_conf_metrics *conf = &s->conf->conf->metrics;

	s->metrics = (metrics){
		.intakes = s->intakes,
		.threads = s->intake_count,
		.judging = &s->judging,
		.vitals = &s->vitals,
		.start_realtime_ns = tl_now_realtime_ns(),
	};
	atomic_store(&s->vitals.alive_ns, tl_now_monotonic_ns());
	atomic_store(&s->vitals.top_sources, conf->top_sources);
	if (!server_make_http(s, conf, &s->http))
		return false;
	server_announce_http(s, conf);
	return true;
}

/* One line a socket, once it can receive; then what the kernel gives. */
static bool
announce(server *s)
{
	server_announce(s, s->rx[0]);
	server_note_own(s);
	server_say(s, TL_LOG_INFO, "state in %s", s->state_path);
	return true;
}

bool
server_start(server *s)
{
	static bool (*const steps[])(server *) = { load_conf, server_listen,
		drop_privileges, start_helper, open_state, load_mibs, start_judging,
		open_control, announce, start_intakes, start_http };

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (!steps[i](s))
			return false;
	return true;
}
