/* outputs/wire.c: see wire.h. Called by output_syslog.c. */
#include "outputs/wire.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "outputs/tls.h"
#include "sys/clock.h"

#define NS_PER_MS INT64_C(1000000)
#define PATIENCE_NS (WIRE_PATIENCE_MS * NS_PER_MS)

/* A message of syslog over UDP should not be more than receivers take: rsyslog 8 KiB by
 * default, and RFC 5426 section 3.2 asks for 2 KiB at least. */
enum { DATAGRAM_MAX = 8192 };

struct wire {
	const tl_conf_target *to;
	const tl_conf_tls *conf;
	tls *tls; /* NULL: without */
	int fd;   /* -1: not connected */
	bool is_stream;
};

static bool
fail(batch *b, const wire *w, const char *why)
{
	snprintf(b->problem, sizeof b->problem, "%.120s: %.120s", w->to->text, why);
	return false;
}

wire *
wire_new(
    const tl_conf_target *to, const tl_conf_tls *conf, char problem[OUTPUT_PROBLEM_MAX])
{
	wire *w = calloc(1, sizeof *w);

	if (w == NULL) {
		snprintf(problem, OUTPUT_PROBLEM_MAX, "%s", tl_err_text(TL_ENOMEM));
		return NULL;
	}
	*w = (wire){ .to = to, .conf = conf, .fd = -1 };
	if (to->transport != TL_TRANSPORT_TLS)
		return w;
	w->tls = tls_new(conf, to->host, problem);
	if (w->tls != NULL)
		return w;
	free(w);
	return NULL;
}

void
wire_break(wire *w)
{
	if (w->fd < 0)
		return;
	if (w->tls != NULL)
		tls_end(w->tls);
	close(w->fd);
	w->fd = -1;
}

void
wire_renew(wire *w)
{
	char problem[OUTPUT_PROBLEM_MAX];
	tls *new = w->tls != NULL ? tls_new(w->conf, w->to->host, problem) : NULL;

	wire_break(w);
	if (new == NULL)
		return;
	tls_free(w->tls);
	w->tls = new;
}

void
wire_free(wire *w)
{
	if (w == NULL)
		return;
	wire_break(w);
	tls_free(w->tls);
	free(w);
}

bool
wire_is_stream(const wire *w)
{
	return w->is_stream;
}

size_t
wire_datagram_max(const wire *w)
{
	(void)w;
	return DATAGRAM_MAX;
}

/* Waits until the socket is ready for |events|. False: the time is over, errno says so.
 */
static bool
wait_ready(const wire *w, short events, const batch *b, int64_t until_ns)
{
	struct pollfd wait = { .fd = w->fd, .events = events };

	for (;;) {
		int64_t now_ns = tl_now_monotonic_ns();
		int64_t left_ns = batch_time_left_ns(b, now_ns);
		if (left_ns > until_ns - now_ns)
			left_ns = until_ns - now_ns;
		if (left_ns <= 0) {
			errno = ETIMEDOUT;
			return false;
		}
		int64_t ms = left_ns / NS_PER_MS + 1;
		if (poll(&wait, 1, ms < BATCH_LOOK_MS ? (int)ms : BATCH_LOOK_MS) > 0)
			return true;
	}
}

/* Connects the socket; false: errno says why not. */
static bool
connect_to(wire *w, const struct sockaddr *to, socklen_t len, const batch *b)
{
	int64_t until_ns = tl_now_monotonic_ns() + PATIENCE_NS;
	socklen_t size = sizeof(int);
	int error = 0;

	if (connect(w->fd, to, len) == 0)
		return true;
	if (errno != EINPROGRESS || !wait_ready(w, POLLOUT, b, until_ns))
		return false;
	if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		return false;
	errno = error;
	return error == 0;
}

/* Opens a socket and connects it; false: errno says why not, and it is closed. */
static bool
open_to(wire *w, const struct addrinfo *to, const batch *b)
{
	int type = to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, on = 1;

	w->fd = socket(to->ai_family, type, 0);
	if (w->fd < 0)
		return false;
	w->is_stream = to->ai_socktype == SOCK_STREAM;
	if (w->is_stream && to->ai_family != AF_UNIX) {
		setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		setsockopt(w->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	}
	if (connect_to(w, to->ai_addr, to->ai_addrlen, b))
		return true;
	int error = errno;
	close(w->fd);
	w->fd = -1;
	errno = error;
	return false;
}

/* /dev/log is a datagram socket on most systems, a stream on some. */
static bool
connect_unix(wire *w, batch *b)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct addrinfo to = { .ai_family = AF_UNIX,
		.ai_socktype = SOCK_DGRAM,
		.ai_addr = (struct sockaddr *)&address,
		.ai_addrlen = sizeof address };

	if (strlen(w->to->host) >= sizeof address.sun_path)
		return fail(b, w, "the path is too long for a socket");
	memcpy(address.sun_path, w->to->host, strlen(w->to->host));
	if (open_to(w, &to, b))
		return true;
	to.ai_socktype = SOCK_STREAM;
	return (errno == EPROTOTYPE && open_to(w, &to, b)) || fail(b, w, strerror(errno));
}

static bool
connect_host(wire *w, batch *b)
{
	struct addrinfo hints = { .ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV,
		.ai_socktype =
		    w->to->transport == TL_TRANSPORT_UDP ? SOCK_DGRAM : SOCK_STREAM };
	struct addrinfo *all;
	char port[8];
	bool done = false;

	snprintf(port, sizeof port, "%u", w->to->port);
	int error = getaddrinfo(w->to->host, port, &hints, &all);
	if (error != 0)
		return fail(b, w, gai_strerror(error));
	for (const struct addrinfo *a = all; a != NULL && !done; a = a->ai_next)
		done = open_to(w, a, b);
	int why = errno;
	freeaddrinfo(all);
	return done || fail(b, w, strerror(why));
}

/* Whatever it waits for while it talks TLS. */
static bool
wait_tls(const wire *w, ssize_t wants, const batch *b, int64_t until_ns)
{
	return wait_ready(w, wants == TLS_WANTS_READ ? POLLIN : POLLOUT, b, until_ns);
}

static bool
shake_hands(wire *w, batch *b)
{
	int64_t until_ns = tl_now_monotonic_ns() + PATIENCE_NS;
	int wants = TLS_FAILED;

	if (!tls_begin(w->tls, w->fd))
		fail(b, w, tl_err_text(TL_ENOMEM));
	else
		while ((wants = tls_shake(w->tls)) != 0 && wants != TLS_FAILED)
			if (!wait_tls(w, wants, b, until_ns))
				break;
	if (wants == 0)
		return true;
	fail(b, w, wants == TLS_FAILED ? tls_problem(w->tls) : strerror(errno));
	wire_break(w);
	return false;
}

/* A peer that has closed does not tell before we write, and what is written then is lost:
 * look first. */
static bool
is_alive(wire *w)
{
	uint8_t room[256];
	ssize_t n;

	if (!w->is_stream)
		return true;
	if (w->tls != NULL)
		return tls_is_alive(w->tls);
	while ((n = recv(w->fd, room, sizeof room, MSG_DONTWAIT)) > 0)
		continue;
	return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

bool
wire_connect(wire *w, batch *b)
{
	if (w->fd >= 0 && is_alive(w))
		return true;
	wire_break(w);
	bool done = w->to->transport == TL_TRANSPORT_UNIX ? connect_unix(w, b)
							  : connect_host(w, b);
	return done && (w->tls == NULL || shake_hands(w, b));
}

wire_sent
wire_send(wire *w, tl_span datagram, batch *b)
{
	int64_t until_ns = tl_now_monotonic_ns() + PATIENCE_NS;

	for (;;) {
		if (send(w->fd, datagram.ptr, datagram.len, MSG_NOSIGNAL) >= 0)
			return WIRE_SENT;
		if (errno == EMSGSIZE)
			return WIRE_TOO_LONG;
		bool busy = errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS;
		if (errno == EINTR || (busy && wait_ready(w, POLLOUT, b, until_ns)))
			continue;
		fail(b, w, strerror(errno));
		wire_break(w);
		return WIRE_FAILED;
	}
}

/* Hands over what the system takes; how much. Less than all: errno says why, or the
 * problem of TLS. */
static size_t
write_all(wire *w, tl_span bytes, batch *b)
{
	int64_t until_ns = tl_now_monotonic_ns() + PATIENCE_NS;
	size_t done = 0;

	while (done < bytes.len) {
		tl_span rest = { bytes.ptr + done, bytes.len - done };
		ssize_t n = w->tls != NULL
				? tls_write(w->tls, rest)
				: send(w->fd, rest.ptr, rest.len, MSG_NOSIGNAL);
		if (n > 0) {
			done += (size_t)n;
			until_ns = tl_now_monotonic_ns() + PATIENCE_NS;
			continue;
		}
		bool busy =
		    w->tls != NULL ? n != TLS_FAILED : errno == EAGAIN || errno == EINTR;
		if (!busy) {
			fail(
			    b, w, w->tls != NULL ? tls_problem(w->tls) : strerror(errno));
			break;
		}
		if (!wait_tls(w, w->tls != NULL ? n : TLS_WANTS_WRITE, b, until_ns)) {
			fail(b, w, "it takes nothing any more");
			break;
		}
	}
	return done;
}

/* Waits until the peer's host has acknowledged what was written; how many bytes it has
 * not. A unix socket acknowledges at once. */
static size_t
wait_acknowledged(wire *w, batch *b)
{
	int64_t until_ns = tl_now_monotonic_ns() + PATIENCE_NS, nap_ns = 50000;
	int left = 0;

	if (w->to->transport == TL_TRANSPORT_UNIX)
		return 0;
	while (ioctl(w->fd, SIOCOUTQ, &left) == 0 && left > 0) {
		int64_t now_ns = tl_now_monotonic_ns();
		if (now_ns >= until_ns || batch_time_left_ns(b, now_ns) == 0 ||
		    !is_alive(w)) {
			fail(b, w, "it broke before all had arrived");
			return (size_t)left;
		}
		nanosleep(&(struct timespec){ 0, nap_ns }, NULL);
		nap_ns = nap_ns < 5 * NS_PER_MS ? 2 * nap_ns : nap_ns;
	}
	return 0;
}

size_t
wire_write(wire *w, tl_span bytes, batch *b)
{
	size_t done = write_all(w, bytes, b);
	size_t left = wait_acknowledged(w, b);

	if (done == bytes.len && left == 0)
		return done;
	wire_break(w);
	/* How many of its bytes are the text's, only TLS knows. */
	if (w->tls != NULL && left > 0)
		return 0;
	return done > left ? done - left : 0;
}
