/* daemon/server.h: `trapline run`: all its parts, its start, its main loop and its end.
 * The main thread owns everything here. The thread of a reload looks at it while it
 * prepares, and changes nothing of it; what other threads touch has locks of its own. */
#ifndef DAEMON_SERVER_H
#define DAEMON_SERVER_H

#include "base/vec.h"
#include "daemon/control.h"
#include "daemon/deadline.h"
#include "daemon/http.h"
#include "daemon/intake.h"
#include "daemon/notify.h"
#include "daemon/reload.h"
#include "daemon/signals.h"
#include "daemon/tally.h"
#include "outputs/helper.h"
#include "outputs/own_sockets.h"
#include "receiver/rx_group.h"
#include "trapline/io.h"

enum { SERVER_THREADS_MAX = 64, SERVER_PATH_MAX = 4096 };

typedef struct server_options {
	const char *conf_path;     /* NULL: no file, all defaults */
	const char *default_state; /* the folder, where the file names none; NULL: none */
} server_options;

/* An address of the configuration that sockets are open for. */
typedef struct listener {
	char *text;
	unsigned tag; /* of its sockets */
	tl_vec
	    sockets; /* of tl_endpoint: where they are, ports that were picked included */
} listener;

typedef struct listeners {
	listener *at;
	size_t count;
	unsigned next_tag;
} listeners;

typedef struct server {
	char conf_path[SERVER_PATH_MAX]; /* absolute; empty: no file */
	char state_path[SERVER_PATH_MAX];
	const char *default_state;
	daemon_log *log;
	signals signals;
	notify notify;
	unsigned inherited; /* descriptors from 3 on that the service manager opened */
	conf_ref *conf;     /* of now */
	dictionary *dictionary;
	tl_mib_loaded mibs;
	tl_state *state;
	clocks *clocks;
	listeners listeners;
	unsigned threads;
	tl_rx *rx[SERVER_THREADS_MAX]; /* new sockets, until the intakes have them */
	intake *intakes;
	unsigned intake_count; /* that are prepared */
	outlets outlets;
	control *control; /* NULL: not open */
	vitals vitals;
	metrics metrics;
	http_server *http; /* NULL: no metrics */
	names *dns;        /* NULL: devices are not looked up */
	enrich_notices notices;
	uint64_t seed; /* random */
	judging judging;
	bool judges; /* judging is prepared */
	int64_t start_ns, next_tick_ns, next_drops_ns, next_save_ns;
	reload *reload;
	pthread_mutex_t told_lock; /* of what follows */
	bool telling;
	tl_vec told;    /* of char: what was said since the reload began, in lines */
	int64_t end_ns; /* when all is to have ended; set at the end */
	deadline *deadline;
	bool stop;
	int failure; /* exit status when a step fails */
} server;

/* Runs until it is told to stop. Returns the exit status: 0 done, 1 it failed, 2 the
 * configuration is wrong. */
int server_run(const server_options *o);

/* Of server_start.c: brings everything up, in order; false: |s|->failure is set, and it
 * has been told why. */
bool server_start(server *s);

/* Logs a line; during a reload its client is told, too. Any thread. */
void server_say(server *s, tl_conf_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Says that |what| failed, unless |err| is TL_OK. Any thread. */
bool server_failed(server *s, tl_err err, const char *what);

/* Begins to keep what is said; takes what was kept, to be freed, and ends it. */
void server_begin_telling(server *s);
tl_vec server_end_telling(server *s);

/* The parts of the start that a reload does as well, in a thread of its own: they only
 * look at |s|. Each logs what goes wrong. |*wrong|: there are errors in the file. */
conf_ref *server_load_conf(server *s, bool *wrong);
dictionary *server_load_mibs(server *s, const tl_conf *conf, tl_mib_loaded *loaded);
tl_engine *server_make_engine(server *s, const tl_conf *conf);
bool server_make_dns(server *s, const tl_conf *conf, names **dns);

/* Opens, as |g| says, what |conf| listens at and s->listeners has not: into |rx|, and
 * noted in |new|. */
bool server_open_new(
    server *s, const tl_conf *conf, listeners *new, tl_rx_group *g, tl_rx **rx);

/* Adds to |new| the outputs of its configuration: those that run already, if they are
 * configured alike, else new ones. Of the main thread. */
bool server_add_outputs(server *s, snapshot *new);

/* Of server_listen.c: a step of the start. */
bool server_listen(server *s);

/* Says where the sockets of |rx| listen, and notes it in s->listeners. */
void server_announce(server *s, const tl_rx *rx);

/* Lets the outputs know of all sockets in s->listeners. */
void server_note_own(server *s);

/* Adds an address; its tag, or 0 when memory is short. */
unsigned listeners_add(listeners *l, const char *text);
/* Moves |from|, which is empty then, to |l|; false without memory: it stays. */
bool listeners_move(listeners *l, listener *from);
void listener_fini(listener *l);
void listeners_fini(listeners *l);

/* Starts what |conf| says, unless it is running already; |*http| is it then. */
bool server_make_http(server *s, const tl_conf_metrics *conf, http_server **http);

/* Says where s->http is, if it runs. */
void server_announce_http(server *s, const tl_conf_metrics *conf);

/* Of server_state.c: what the pipeline remembers, from the state folder and to it. */
void server_restore(server *s);
void server_save(server *s);

#endif
