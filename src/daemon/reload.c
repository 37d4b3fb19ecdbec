/* daemon/reload.c: see reload.h. First all that can fail is done beside what is in use,
 * then it takes its place. */
#include "daemon/reload.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/server.h"
#include "daemon/status.h"
#include "sys/clock.h"

/* What a new configuration needs, prepared. What is in use is only looked at meanwhile:
 * nobody else changes it. */
typedef struct prepared {
	conf_ref *conf;
	dictionary *dictionary;
	tl_mib_loaded mibs;
	bool users; /* they changed */
	tl_engine *engines[SERVER_THREADS_MAX];
	unsigned *keep;                /* room for the tags of all listeners */
	listeners listeners;           /* those that are new */
	tl_rx *rx[SERVER_THREADS_MAX]; /* and their sockets */
	names *dns;                    /* that of now, or a new one */
	bool new_dns;                  /* that */
	http_server *http;             /* of metrics, if it moves */
	bool new_http;
	snapshot *snapshot;
} prepared;

struct reload {
	server *server;
	int done; /* an eventfd: the thread has come to its end */
	pthread_t thread;
	bool under_way, started, again;
	uint64_t number; /* of the last one that began */
	bool good;       /* all is prepared */
	prepared p;
};

static bool
load_conf(server *s, prepared *p)
{
	tl_conf_change changes[TL_CONF_KEYS_MAX];
	bool wrong;

	p->conf = server_load_conf(s, &wrong);
	if (p->conf == NULL)
		return false;
	size_t count = tl_conf_diff(s->conf->conf, p->conf->conf, changes);
	if (count == SIZE_MAX)
		return !server_failed(s, TL_ENOMEM, "memory");
	for (size_t i = 0; i < count; i++) {
		p->users = p->users || strcmp(changes[i].key, "users") == 0 ||
			   strcmp(changes[i].key, "communities") == 0;
		if (changes[i].restart)
			server_say(s, TL_LOG_WARNING,
			    "'%s' has changed, which takes effect with a restart",
			    changes[i].key);
		if (s->inherited > 0 && strcmp(changes[i].key, "listen") == 0)
			server_say(s, TL_LOG_WARNING,
			    "'listen' has changed, but is not looked at: the sockets of "
			    "the service manager stay as they are");
	}
	return true;
}

static bool
load_mibs(server *s, prepared *p)
{
	if (p->conf->conf->mibs.count == 0 && s->conf->conf->mibs.count == 0)
		p->dictionary = dictionary_hold(s->dictionary);
	else
		p->dictionary = server_load_mibs(s, p->conf->conf, &p->mibs);
	return p->dictionary != NULL;
}

static bool
make_engines(server *s, prepared *p)
{
	for (unsigned i = 0; p->users && i < s->threads; i++) {
		p->engines[i] = server_make_engine(s, p->conf->conf);
		if (p->engines[i] == NULL)
			return false;
	}
	return true;
}

static bool
open_sockets(server *s, prepared *p)
{
	tl_rx_group g = { .count = s->threads,
		.rcvbuf_bytes = (size_t)s->conf->conf->receive_buffer_bytes };

	p->listeners.next_tag = s->listeners.next_tag;
	return s->inherited > 0 ||
	       server_open_new(s, p->conf->conf, &p->listeners, &g, p->rx);
}

static bool
make_room(server *s, prepared *p)
{
	p->keep = calloc(p->conf->conf->listen.count + 1, sizeof *p->keep);
	return !server_failed(s, p->keep != NULL ? TL_OK : TL_ENOMEM, "memory");
}

static bool
is_same_dns(const tl_conf_reverse_dns *a, const tl_conf_reverse_dns *b)
{
	return a->enabled == b->enabled && a->entries == b->entries &&
	       a->ttl_ns == b->ttl_ns && a->failed_ttl_ns == b->failed_ttl_ns;
}

/* What was looked up in the DNS is kept, if it is to be kept alike. */
static bool
make_dns(server *s, prepared *p)
{
	p->dns = s->dns;
	p->new_dns =
	    !is_same_dns(&s->conf->conf->reverse_dns, &p->conf->conf->reverse_dns);
	return !p->new_dns || server_make_dns(s, p->conf->conf, &p->dns);
}

/* A server that stays where it is goes on. */
static bool
make_http(server *s, prepared *p)
{
	const tl_conf_metrics *old = &s->conf->conf->metrics,
			      *new = &p->conf->conf->metrics;

	p->new_http = old->enabled != new->enabled ||
		      strcmp(old->listen.text, new->listen.text) != 0;
	return !p->new_http || server_make_http(s, new, &p->http);
}

/* All but its outputs. */
static bool
make_snapshot(server *s, prepared *p)
{
	snapshot_options opt = { .conf = p->conf,
		.names = p->dictionary,
		.old = s->judging.snapshot,
		.notices = &s->notices,
		.dns = p->dns,
		.seed = s->seed };

	p->snapshot = snapshot_new(&opt);
	return !server_failed(s, p->snapshot != NULL ? TL_OK : TL_ENOMEM, "memory");
}

/* The listeners of now: those that stay, and the new ones, whose sockets are told. */
static void
change_listeners(server *s, prepared *p)
{
	const tl_conf_texts *texts = &p->conf->conf->listen;
	listeners *l = &s->listeners;
	size_t stay = 0;

	for (size_t i = 0; i < l->count; i++) {
		bool wanted = s->inherited > 0;
		for (size_t k = 0; k < texts->count; k++)
			wanted = wanted || strcmp(texts->at[k], l->at[i].text) == 0;
		if (wanted)
			l->at[stay++] = l->at[i];
		else
			listener_fini(&l->at[i]);
	}
	l->count = stay;
	for (size_t i = 0; i < p->listeners.count; i++)
		if (!listeners_move(l, &p->listeners.at[i]))
			(void)server_failed(s, TL_ENOMEM, "memory");
	l->next_tag = p->listeners.next_tag;
	if (p->rx[0] != NULL)
		server_announce(s, p->rx[0]);
	server_note_own(s);
}

static void
change_intakes(server *s, prepared *p)
{
	static const unsigned inherited = 0;
	const unsigned *keep = s->inherited > 0 ? &inherited : p->keep;
	size_t count = s->inherited > 0 ? 1 : s->listeners.count;

	for (size_t i = 0; s->inherited == 0 && i < count; i++)
		p->keep[i] = s->listeners.at[i].tag;
	for (unsigned i = 0; i < s->intake_count; i++) {
		intake_change c = { .users = p->engines[i],
			.add = p->rx[i],
			.keep = keep,
			.keep_count = count,
			.refused = p->conf->conf->refused };
		intake_apply(&s->intakes[i], &c);
		p->rx[i] = NULL;
		(void)server_failed(s, c.err, "listeners");
	}
}

/* What is new and has the name of one before takes its place. */
static void
change_outputs(const snapshot *new)
{
	for (size_t i = 0; i < new->outlet_count; i++)
		if (new->outlets[i] != NULL)
			outlet_follow(new->outlets[i]);
}

/* Nothing fails from here on. */
static void
take_over(server *s, prepared *p)
{
	log_configure(s->log, &p->conf->conf->log);
	snapshot_drop(judging_replace(&s->judging, p->snapshot));
	change_outputs(p->snapshot);
	if (p->new_dns) {
		names *old = s->dns;
		s->dns = p->dns;
		p->dns = old;
	}
	if (p->new_http) {
		http_server *old = s->http;
		s->http = p->http;
		p->http = old;
		server_announce_http(s, &p->conf->conf->metrics);
	} else if (s->http != NULL) {
		http_set_path(s->http, p->conf->conf->metrics.path);
	}
	atomic_store(&s->vitals.top_sources, p->conf->conf->metrics.top_sources);
	change_listeners(s, p);
	change_intakes(s, p);
	dictionary_drop(s->dictionary);
	s->dictionary = dictionary_hold(p->dictionary);
	s->mibs = p->mibs;
	conf_ref_drop(s->conf);
	s->conf = conf_ref_hold(p->conf);
}

static void
put_away(server *s, prepared *p)
{
	for (unsigned i = 0; i < s->threads; i++) {
		tl_engine_free(p->engines[i]);
		tl_rx_close(p->rx[i]);
	}
	free(p->keep);
	listeners_fini(&p->listeners);
	snapshot_drop(p->snapshot);
	if (p->new_dns)
		names_free(p->dns);
	http_stop(p->http);
	if (p->dictionary != NULL)
		dictionary_drop(p->dictionary);
	conf_ref_drop(p->conf);
	*p = (prepared){ 0 };
}

/* The thread. Sockets are opened last: what comes to them waits until all is in place. */
static void *
prepare(void *context)
{
	static bool (*const steps[])(server *, prepared *) = { load_conf, load_mibs,
		make_engines, make_room, make_dns, make_snapshot, make_http,
		open_sockets };
	reload *r = context;
	uint64_t one = 1;

	r->good = true;
	for (size_t i = 0; r->good && i < sizeof steps / sizeof steps[0]; i++)
		r->good = steps[i](r->server, &r->p);
	(void)!write(r->done, &one, sizeof one);
	return NULL;
}

/* What an output reads or writes may have been put in the place of another: logs that
 * were rotated, certificates that were renewed. */
static void
reopen_outputs(server *s)
{
	for (size_t i = 0; i < s->outlets.count; i++)
		feeder_reopen(s->outlets.at[i]->feeder);
}

static void
begin(reload *r)
{
	server *s = r->server;
	uint64_t one = 1;

	r->number++;
	r->under_way = true;
	r->again = r->good = false;
	notify_reloading(&s->notify);
	reopen_outputs(s);
	server_begin_telling(s);
	int why = pthread_create(&r->thread, NULL, prepare, r);
	r->started = why == 0;
	if (r->started) {
		(void)pthread_setname_np(r->thread, "reload");
		return;
	}
	server_say(s, TL_LOG_ERROR, "no thread to reload with: %s", strerror(why));
	(void)!write(r->done, &one, sizeof one);
}

uint64_t
reload_ask(reload *r)
{
	if (r->under_way)
		r->again = true;
	else
		begin(r);
	return r->number + r->again;
}

static void
finish(server *s, bool good)
{
	s->vitals.reloads += good;
	s->vitals.failed_reloads += !good;
	if (good)
		server_say(s, TL_LOG_INFO, "configuration reloaded");
	else
		server_say(s, TL_LOG_ERROR,
		    "not reloaded: everything stays as it was, the configuration before "
		    "is in use");
	notify_tell(
	    &s->notify, good ? "READY=1\nSTATUS=receiving; the configuration was reloaded"
			     : "READY=1\nSTATUS=receiving; the last reload failed, the "
			       "configuration before stays in use");
}

void
reload_go_on(reload *r)
{
	server *s = r->server;
	uint64_t count;

	if (read(r->done, &count, sizeof count) != (ssize_t)sizeof count)
		return;
	if (r->started)
		pthread_join(r->thread, NULL);
	r->started = false;
	r->good = r->good && server_add_outputs(s, r->p.snapshot);
	if (r->good)
		take_over(s, &r->p);
	put_away(s, &r->p);
	finish(s, r->good);
	status_tell_reload(s, r->number, r->good);
	r->under_way = false;
	if (r->again)
		begin(r);
}

reload *
reload_new(server *s)
{
	reload *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->server = s;
	r->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (r->done >= 0)
		return r;
	free(r);
	return NULL;
}

bool
reload_free(reload *r, int64_t end_ns)
{
	if (r == NULL)
		return true;
	if (r->started) {
		struct pollfd done = { .fd = r->done, .events = POLLIN };
		int64_t left_ns = end_ns - tl_now_monotonic_ns();
		if (poll(&done, 1, left_ns > 0 ? (int)(left_ns / 1000000) : 0) <= 0)
			return false;
		pthread_join(r->thread, NULL);
	}
	put_away(r->server, &r->p);
	close(r->done);
	free(r);
	return true;
}

bool
reload_is_under_way(const reload *r)
{
	return r->under_way;
}

int
reload_fd(const reload *r)
{
	return r->done;
}
