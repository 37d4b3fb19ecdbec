/* io/manager.c: trapline/io.h's manager, which puts a sender, a connected socket and an
 * engine of our own together for a program that wants to send notifications and no more.
 */
#include "trapline/io.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/origin.h"
#include "receiver/address.h"
#include "sys/clock.h"

enum { TRAP_PORT = 162, NS_PER_MS = 1000000, SEND_WAIT_MS = 1000 };

struct tl_manager {
	tl_sender *sender;
	int fd;
	bool nobody; /* the peer's host said that nothing listens there */
	tl_endpoint peer, local;
	uint8_t out[TL_SENDER_BUFFER_BYTES];
	uint8_t in[TL_DATAGRAM_MAX + 1];
};

/* Addresses of a name, of one family or of any; to be freed. */
static tl_err
resolve(const char *host, int family, struct addrinfo **out)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_family = family };
	int rc = getaddrinfo(host, NULL, &hints, out);

	if (rc == 0)
		return TL_OK;
	if (rc == EAI_MEMORY)
		return TL_ENOMEM;
	if (rc != EAI_SYSTEM)
		errno = ENXIO;
	return TL_EIO;
}

static socklen_t
sockaddr_of(const struct addrinfo *ai, uint16_t port, tl_sockaddr *sa)
{
	memcpy(sa, ai->ai_addr, ai->ai_addrlen);
	if (sa->any.sa_family == AF_INET)
		sa->v4.sin_port = htons(port);
	else
		sa->v6.sin6_port = htons(port);
	return ai->ai_addrlen;
}

/* Binds the socket to the address and port that were chosen, if they were. */
static tl_err
bind_source(int fd, int family, const tl_manager_options *o)
{
	struct addrinfo *found;
	tl_sockaddr sa = { .any.sa_family = (sa_family_t)family };
	socklen_t len = family == AF_INET ? sizeof sa.v4 : sizeof sa.v6;

	if (o->source == NULL && o->source_port == 0)
		return TL_OK;
	if (o->source != NULL) {
		tl_err err = resolve(o->source, family, &found);
		if (err != TL_OK)
			return err;
		len = sockaddr_of(found, 0, &sa);
		freeaddrinfo(found);
	}
	if (family == AF_INET)
		sa.v4.sin_port = htons(o->source_port);
	else
		sa.v6.sin6_port = htons(o->source_port);
	return bind(fd, &sa.any, len) == 0 ? TL_OK : TL_EIO;
}

static void
close_keeping_errno(int fd)
{
	int saved = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = saved;
}

/* Opens a socket to one address. */
static tl_err
connect_to(
    tl_manager *m, const struct addrinfo *ai, uint16_t port, const tl_manager_options *o)
{
	tl_sockaddr peer, local;
	socklen_t len = sockaddr_of(ai, port, &peer), local_len = sizeof local;

	m->fd = socket(ai->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	tl_err err = m->fd >= 0 ? bind_source(m->fd, ai->ai_family, o) : TL_EIO;
	if (err == TL_OK && (connect(m->fd, &peer.any, len) != 0 ||
				getsockname(m->fd, &local.any, &local_len) != 0))
		err = TL_EIO;
	if (err != TL_OK) {
		close_keeping_errno(m->fd);
		m->fd = -1;
		return err;
	}
	m->peer = tl_endpoint_of(&peer);
	m->local = tl_endpoint_of(&local);
	return TL_OK;
}

/* Opens a socket to the first address that there is a way to, of one family. */
static tl_err
connect_family(tl_manager *m, const char *host, uint16_t port, int family,
    const tl_manager_options *o)
{
	struct addrinfo *found;
	tl_err err = resolve(host, family, &found);

	if (err != TL_OK)
		return err;
	err = TL_EIO;
	for (const struct addrinfo *ai = found; ai != NULL && err == TL_EIO;
	     ai = ai->ai_next)
		err = connect_to(m, ai, port, o);
	freeaddrinfo(found);
	return err;
}

static tl_err
connect_host(tl_manager *m, const char *host, uint16_t port, const tl_manager_options *o)
{
	if (o->family != 0 && o->family != 4 && o->family != 6)
		return TL_EINVAL;
	port = port != 0 ? port : TRAP_PORT;
	tl_err err = TL_EIO;
	if (o->family != 6)
		err = connect_family(m, host, port, AF_INET, o);
	if (err != TL_EIO || o->family == 4)
		return err;
	int first = o->family == 0 ? errno : ENXIO;
	err = connect_family(m, host, port, AF_INET6, o);
	if (err == TL_EIO && errno == ENXIO)
		errno = first; /* why the addresses that there are do not do */
	return err;
}

static tl_err
make_sender(tl_manager *m, const tl_manager_options *o)
{
	tl_sender_options opt = o->sender;
	tl_err err = TL_OK;

	if (opt.start_ns == 0)
		opt.start_ns = tl_now_monotonic_ns();
	if (!opt.has_agent_address && tl_endpoint_is_v4(&m->local)) {
		opt.has_agent_address = true;
		memcpy(opt.agent_address, m->local.addr + 12, 4);
	}
	if (opt.version == 3 && opt.engine.engine_id_len == 0)
		err = tl_origin_open(o->state_dir, &opt.engine);
	else if (opt.engine.engine_id_len > 0 && opt.engine.boots == 0)
		tl_origin_clock(&opt.engine);
	return err == TL_OK ? tl_sender_new(&opt, &m->sender) : err;
}

tl_err
tl_manager_open(
    const char *host, uint16_t port, const tl_manager_options *opt, tl_manager **out)
{
	static const tl_manager_options defaults;
	const tl_manager_options *o = opt != NULL ? opt : &defaults;
	tl_manager *m = calloc(1, sizeof *m);

	if (m == NULL)
		return TL_ENOMEM;
	m->fd = -1;
	tl_err err = connect_host(m, host, port, o);
	if (err == TL_OK)
		err = make_sender(m, o);
	if (err != TL_OK) {
		tl_manager_close(m);
		return err;
	}
	*out = m;
	return TL_OK;
}

void
tl_manager_close(tl_manager *m)
{
	if (m == NULL)
		return;
	close_keeping_errno(m->fd);
	tl_sender_free(m->sender);
	free(m);
}

/* Whether an error tells of an earlier datagram: ICMP from the peer or on the way. */
static bool
is_passing(tl_manager *m)
{
	if (errno == ECONNREFUSED)
		m->nobody = true;
	return errno == ECONNREFUSED || errno == EHOSTUNREACH || errno == ENETUNREACH ||
	       errno == EHOSTDOWN || errno == EPROTO || errno == EINTR;
}

/* Sends one message; waits if the socket's buffer is full. What is refused the second
 * time is refused for itself. */
static tl_err
send_message(tl_manager *m, tl_span message)
{
	struct pollfd writable = { .fd = m->fd, .events = POLLOUT };

	for (int tries = 0; send(m->fd, message.ptr, message.len, 0) < 0; tries++) {
		if (errno == EAGAIN && poll(&writable, 1, SEND_WAIT_MS) > 0)
			continue;
		if (tries > 0 || !is_passing(m))
			return TL_EIO;
	}
	return TL_OK;
}

static tl_err
flush(tl_manager *m)
{
	tl_buf room = { .ptr = m->out, .cap = sizeof m->out };
	tl_span message;
	tl_err err = TL_OK;

	while (err == TL_OK && tl_sender_next_output(m->sender, tl_now_monotonic_ns(),
				   &room, &message) == TL_OK)
		err = send_message(m, message);
	return err;
}

/* Takes in all that has come. */
static tl_err
receive(tl_manager *m)
{
	tl_err err = TL_OK;

	while (err == TL_OK) {
		ssize_t n = recv(m->fd, m->in, sizeof m->in, 0);
		if (n < 0 && errno == EAGAIN)
			return TL_OK;
		if (n < 0 && !is_passing(m))
			return TL_EIO;
		if (n < 0)
			continue;
		m->nobody = false;
		err = tl_sender_input(
		    m->sender, (tl_span){ m->in, (size_t)n }, tl_now_monotonic_ns());
	}
	return err;
}

static tl_err
work(tl_manager *m)
{
	tl_err err = flush(m);

	if (err == TL_OK)
		err = receive(m);
	return err == TL_OK ? flush(m) : err;
}

/* Milliseconds from now to |at_ns|, rounded up; -1 for INT64_MAX. */
static int
ms_until(int64_t at_ns)
{
	int64_t now_ns = tl_now_monotonic_ns();

	if (at_ns == INT64_MAX)
		return -1;
	if (at_ns <= now_ns)
		return 0;
	int64_t ms = (at_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS;
	return ms < INT32_MAX ? (int)ms : INT32_MAX;
}

static int64_t
deadline_of(int timeout_ms)
{
	if (timeout_ms < 0)
		return INT64_MAX;
	return tl_now_monotonic_ns() + (int64_t)timeout_ms * NS_PER_MS;
}

/* Waits for an answer, or until something is due. TL_ETIMEOUT at the deadline, and after
 * a signal. */
static tl_err
wait_for_answer(tl_manager *m, int64_t deadline_ns)
{
	struct pollfd readable = { .fd = m->fd, .events = POLLIN };
	int64_t due_ns = tl_sender_next_timeout_ns(m->sender);

	if (tl_now_monotonic_ns() >= deadline_ns)
		return TL_ETIMEOUT;
	int rc =
	    poll(&readable, 1, ms_until(due_ns < deadline_ns ? due_ns : deadline_ns));
	if (rc < 0)
		return errno == EINTR ? TL_ETIMEOUT : TL_EIO;
	return TL_OK;
}

/* Says more about a result than the sender can know. */
static void
explain(const tl_manager *m, tl_send_result *result)
{
	if (result->err == TL_ETIMEOUT && m->nobody)
		result->why = "no answer: nothing listens on that port";
}

tl_err
tl_manager_send_trap(tl_manager *m, const tl_outgoing *trap)
{
	tl_buf room = { .ptr = m->out, .cap = sizeof m->out };
	tl_outgoing out = *trap;
	tl_span message;

	out.kind = TL_TRAP;
	tl_err err = tl_sender_encode_trap(
	    m->sender, &out, tl_now_monotonic_ns(), &room, &message);
	return err == TL_OK ? send_message(m, message) : err;
}

tl_err
tl_manager_submit(tl_manager *m, const tl_outgoing *out, uint64_t *ticket)
{
	tl_err err = tl_sender_notify(m->sender, out, tl_now_monotonic_ns(), ticket);

	return err == TL_OK ? flush(m) : err;
}

tl_err
tl_manager_send_inform(
    tl_manager *m, const tl_outgoing *inform, int timeout_ms, tl_send_result *result)
{
	int64_t deadline_ns = deadline_of(timeout_ms);
	tl_outgoing out = *inform;
	tl_send_result own;
	uint64_t ticket;

	out.kind = TL_INFORM;
	tl_err err = tl_sender_notify(m->sender, &out, tl_now_monotonic_ns(), &ticket);
	if (err != TL_OK)
		return err;
	err = work(m);
	while (err == TL_OK && !tl_sender_take_result(m->sender, ticket, &own)) {
		err = wait_for_answer(m, deadline_ns);
		if (err == TL_OK)
			err = work(m);
	}
	if (err != TL_OK)
		(void)tl_sender_cancel(m->sender, ticket, tl_now_monotonic_ns(), &own);
	explain(m, &own);
	if (result != NULL)
		*result = own;
	return err != TL_OK ? err : own.err;
}

tl_err
tl_manager_poll(tl_manager *m, int timeout_ms, tl_send_result *result)
{
	int64_t deadline_ns = deadline_of(timeout_ms);
	tl_err err = work(m);

	while (err == TL_OK && !tl_sender_next_result(m->sender, result)) {
		if (tl_sender_outstanding(m->sender) == 0)
			return TL_ENOTFOUND;
		err = wait_for_answer(m, deadline_ns);
		if (err == TL_OK)
			err = work(m);
	}
	if (err == TL_OK)
		explain(m, result);
	return err;
}

int
tl_manager_fd(const tl_manager *m)
{
	return m->fd;
}

int
tl_manager_timeout_ms(const tl_manager *m)
{
	if (tl_sender_next_result(m->sender, NULL))
		return 0;
	return ms_until(tl_sender_next_timeout_ns(m->sender));
}

tl_endpoint
tl_manager_peer(const tl_manager *m)
{
	return m->peer;
}

tl_endpoint
tl_manager_local(const tl_manager *m)
{
	return m->local;
}

tl_sender *
tl_manager_sender(tl_manager *m)
{
	return m->sender;
}
