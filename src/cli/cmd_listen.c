/* cli/cmd_listen.c: `trapline listen`, which receives and prints and needs no
 * configuration. It puts the parts together; the way of a packet is daemon/worker.c. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/listen_options.h"
#include "daemon/printer.h"
#include "daemon/signals.h"
#include "daemon/worker.h"
#include "sys/clock.h"

enum {
	ARENA_BYTES = 32 * 1024 * 1024,
	COUNTERS_ROOM = UNRESOLVED_ROOM + 8192,
	RCVBUF_WANTED = 64 << 20
};
enum { RCVBUF_SMALL = 1 << 20 };

typedef struct listener {
	listen_options o;
	signals signals;
	tl_state *state;
	clocks *clocks;
	tl_engine *engine;
	tl_mib *mib;
	tl_mib_loaded loaded;
	unresolved *unresolved;
	tl_rx *rx;
	tl_arena *arena;
	tl_pcap_writer *capture;
	printer out;
	notes notes;
	worker w;
	int failure; /* exit status when a step fails */
} listener;

static bool
failed(tl_err err, const char *what)
{
	if (err == TL_OK)
		return false;
	cli_error(
	    "listen", "%s: %s", what, err == TL_EIO ? strerror(errno) : tl_err_text(err));
	return true;
}

/* What the user asked for is wrong, not the machine. */
static bool
wrong_usage(listener *l)
{
	l->failure = EXIT_USAGE;
	return false;
}

/* Opens the state folder. The default one is a convenience: where it cannot be used, as
 * by a second receiver, this one keeps nothing and says so. */
static bool
open_state(listener *l)
{
	uint8_t id[TL_ENGINE_ID_MAX];
	char path[4096];
	tl_span wanted = { id, 0 };
	const char *dir = l->o.state;

	if (l->o.engine_id != NULL) {
		wanted.len = tl_hex_read(l->o.engine_id, id, sizeof id);
		if (wanted.len == SIZE_MAX || wanted.len < TL_ENGINE_ID_MIN) {
			cli_error(
			    "listen", "--engine-id needs 5 to 32 bytes in hexadecimal");
			return wrong_usage(l);
		}
	}
	if (dir == NULL && cli_default_state(path))
		dir = path;
	tl_state_now now = { tl_now_realtime_ns(), tl_now_monotonic_ns() };
	if (dir == NULL)
		cli_error("listen", "no folder for the state: set HOME, or give --state");
	else if (!failed(tl_state_open(dir, wanted, now, &l->state), dir))
		return true;
	if (l->o.state != NULL)
		return false;
	fprintf(stderr,
	    "this receiver keeps no state: its engine ID is new, and an old capture "
	    "can be replayed after a restart\n");
	return !failed(tl_state_open(NULL, wanted, now, &l->state), "state");
}

static void
restore_clocks(listener *l)
{
	tl_clock clock;

	while (tl_state_next_clock(l->state, &clock))
		if (tl_engine_set_clock(l->engine, &clock) != TL_OK)
			return;
}

static bool
make_engine(listener *l)
{
	tl_engine_options opt = {
		.engine_id = tl_state_engine_id(l->state),
		.boots = tl_state_boots(l->state),
		.start_ns = tl_now_monotonic_ns(),
	};

	if (failed(tl_engine_new(&opt, &l->engine), "engine"))
		return false;
	restore_clocks(l);
	return true;
}

static bool
add_credentials(listener *l)
{
	char problem[256];

	for (size_t i = 0; i < l->o.users.count; i++)
		if (!cli_add_user(l->engine, l->o.users.at[i], problem)) {
			cli_error("listen", "user %s: %s", l->o.users.at[i], problem);
			return wrong_usage(l);
		}
	for (size_t i = 0; i < l->o.communities.count; i++) {
		const char *name = l->o.communities.at[i];
		tl_span span = { (const uint8_t *)name, strlen(name) };
		if (span.len > TL_COMMUNITY_MAX) {
			cli_error(
			    "listen", "a community has up to %d bytes", TL_COMMUNITY_MAX);
			return wrong_usage(l);
		}
		if (failed(tl_engine_add_community(l->engine, span), "community"))
			return false;
	}
	return true;
}

/* A sentence for the commonest troubles of a new user. */
static const char *
socket_advice(int error)
{
	if (error == EADDRINUSE)
		return ": somebody listens there already (see 'ss -lunp'), or choose "
		       "another "
		       "port with --listen";
	if (error == EACCES)
		return ": ports below 1024 need root or CAP_NET_BIND_SERVICE "
		       "('setcap cap_net_bind_service+ep trapline')";
	return "";
}

static bool
open_sockets(listener *l)
{
	static const char *const both[] = { "udp:0.0.0.0:1162", "udp:[::]:1162", NULL };
	static const char *const v4_only[] = { "udp:0.0.0.0:1162", NULL };
	const char *const *listen = both;
	size_t bad = 0;

	if (l->o.listen.count > 0)
		listen = (const char *const *)l->o.listen.at;
	tl_err err = tl_rx_open(listen, RCVBUF_WANTED, &l->rx, &bad);
	if (err == TL_EIO && listen == both && bad == 1 &&
	    (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
		fprintf(stderr, "no IPv6 on this machine\n");
		err = tl_rx_open(v4_only, RCVBUF_WANTED, &l->rx, &bad);
	}
	if (err == TL_OK)
		return !failed(tl_rx_watch(l->rx, l->signals.fd), "signals");
	cli_error("listen", "%s: %s%s", listen[bad],
	    err == TL_EIO ? strerror(errno)
			  : "an address is udp:HOST:PORT, with a port from 0 to 65535",
	    err == TL_EIO ? socket_advice(errno) : "");
	return err == TL_EFORMAT ? wrong_usage(l) : false;
}

/* The sockets are open by now: what comes meanwhile waits in them. */
static bool
load_mibs(listener *l)
{
	int status = cli_mibs_load(&l->o.mibs, &l->mib, &l->loaded);

	if (status >= 0)
		l->failure = status;
	else
		l->unresolved = unresolved_new(l->mib);
	return status < 0 && !failed(l->unresolved != NULL ? TL_OK : TL_ENOMEM, "memory");
}

static int32_t
zone_offset_s(void)
{
	time_t now = time(NULL);
	struct tm tm;

	return localtime_r(&now, &tm) != NULL ? (int32_t)tm.tm_gmtoff : 0;
}

static bool
open_output(listener *l)
{
	bool terminal = isatty(STDOUT_FILENO) == 1;
	const char *term = getenv("TERM"), *plain = getenv("NO_COLOR");
	tl_renderer_options opt = {
		.format = l->o.format,
		.utc_offset_s = zone_offset_s(),
		.charset = l->o.charset,
		.colour = terminal && (plain == NULL || *plain == '\0') && term != NULL &&
			  strcmp(term, "dumb") != 0,
	};

	if (opt.format == 0)
		opt.format = terminal ? TL_FORMAT_TEXT : TL_FORMAT_JSON;
	opt.mib = l->mib;
	if (failed(printer_init(&l->out, STDOUT_FILENO, &opt), "output"))
		return false;
	l->out.signals = &l->signals;
	return l->o.write == NULL ||
	       !failed(tl_pcap_create(l->o.write, &l->capture), l->o.write);
}

static bool
make_worker(listener *l)
{
	if (failed(tl_arena_new(ARENA_BYTES, &l->arena), "memory"))
		return false;
	l->clocks = clocks_new(l->state, 1);
	if (failed(l->clocks != NULL ? TL_OK : TL_ENOMEM, "memory"))
		return false;
	l->notes.fd = STDERR_FILENO;
	l->w = (worker){
		.rx = l->rx,
		.engine = l->engine,
		.arena = l->arena,
		.out = printer_sink(&l->out),
		.notes = &l->notes,
		.unresolved = l->unresolved,
		.capture = l->capture,
		.clocks = l->clocks,
		.print_refusals = l->o.refused,
		.left = l->o.count,
	};
	return true;
}

/* One line a socket, once it can receive; then the room that the kernel gives. */
static void
announce(const listener *l)
{
	char address[TL_ADDRESS_TEXT_MAX];
	size_t least = SIZE_MAX;

	for (unsigned i = 0; i < tl_rx_count(l->rx); i++) {
		tl_endpoint ep = tl_rx_local(l->rx, i);
		size_t granted = tl_rx_rcvbuf_bytes(l->rx, i);
		tl_address_text(&ep, address);
		bool v6 = strchr(address, ':') != NULL;
		fprintf(stderr, "listening udp %s%s%s:%u\n", v6 ? "[" : "", address,
		    v6 ? "]" : "", ep.port);
		least = granted < least ? granted : least;
	}
	fprintf(stderr, "receive buffer %zu KiB%s\n", least / 1024,
	    least >= RCVBUF_SMALL ? ""
				  : ": small for a trap storm; raise it with 'sysctl -w "
				    "net.core.rmem_max=67108864'");
	cli_mibs_announce(&l->o.mibs, &l->loaded);
}

static void
print_counters(const listener *l)
{
	tl_buf b = { .ptr = malloc(COUNTERS_ROOM), .cap = COUNTERS_ROOM };

	if (b.ptr != NULL && tl_render_counters(tl_engine_counters(l->engine), 0,
				 l->w.lost, &b) == TL_OK) {
		b.len -= sizeof "}\n" - 1;
		tl_buf_lit(&b, ",");
		if (unresolved_put(l->unresolved, &b) == TL_OK)
			tl_buf_lit(&b, "}\n");
		fwrite(b.ptr, 1, b.len, stderr);
	}
	free(b.ptr);
}

/* What is in the sockets already has reached the host: it is not left behind, unless
 * there is no end to it. */
static void
drain(listener *l)
{
	int64_t end_ns = tl_now_monotonic_ns() + INT64_C(2) * TL_NS_PER_S;

	while (!l->w.stop && l->w.left > 0 && tl_now_monotonic_ns() < end_ns) {
		worker_step(&l->w, 0);
		if (l->w.batch.n == 0)
			return;
	}
}

static void
work(listener *l)
{
	while (!l->w.stop && l->w.left > 0 && !l->signals.stop) {
		worker_step(&l->w, -1);
		signals_take(&l->signals);
		if (l->signals.report)
			print_counters(l);
		l->signals.report = false;
	}
	drain(l);
	worker_finish(&l->w);
}

/* A closed pipe is how 'trapline listen | head' ends. */
static int
outcome(const listener *l)
{
	if (l->w.err == TL_OK)
		return l->w.capture_failed ? EXIT_FAILED : EXIT_DONE;
	if (l->out.failed != 0) {
		if (l->out.failed == ETIMEDOUT)
			cli_error("listen",
			    "nobody reads stdout: the last events are not written");
		else if (l->out.failed != EPIPE)
			cli_error("listen", "stdout: %s", strerror(l->out.failed));
		return EXIT_FAILED;
	}
	cli_error("listen", "%s", tl_err_text(l->w.err));
	return EXIT_FAILED;
}

static int
run(listener *l)
{
	static bool (*const steps[])(listener *) = { open_state, make_engine,
		add_credentials, open_sockets, load_mibs, open_output, make_worker };

	if (failed(signals_open(&l->signals), "signals"))
		return EXIT_FAILED;
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (!steps[i](l))
			return l->failure;
	announce(l);
	work(l);
	print_counters(l);
	return outcome(l);
}

static void
put_away(listener *l)
{
	if (tl_pcap_writer_close(l->capture) != TL_OK)
		cli_error("listen", "%s: %s", l->o.write, strerror(errno));
	clocks_free(l->clocks);
	if (tl_state_close(l->state) != TL_OK)
		cli_error("listen", "state: %s", strerror(errno));
	tl_rx_close(l->rx);
	printer_fini(&l->out);
	unresolved_free(l->unresolved);
	tl_mib_free(l->mib);
	tl_engine_free(l->engine);
	tl_arena_free(l->arena);
	signals_close(&l->signals);
}

int
cmd_listen(int argc, char **argv)
{
	listener *l = calloc(1, sizeof *l);

	if (l == NULL) {
		cli_error("listen", "%s", tl_err_text(TL_ENOMEM));
		return EXIT_FAILED;
	}
	l->signals.fd = -1;
	l->failure = EXIT_FAILED;
	int status = listen_options_read(argc, argv, &l->o);
	if (status < 0) {
		status = run(l);
		put_away(l);
	}
	listen_options_free(&l->o);
	free(l);
	return status;
}
