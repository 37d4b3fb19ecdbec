/* io/link.c: see link.h. The manager's socket is not connected, so that it hears an
 * answer from another address; IP_RECVERR brings the ICMP errors that it would else not
 * hear of. */
#include "io/link.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/stream.h"

enum { TRAP_PORT = 162, SEND_WAIT_MS = 1000, ERRORS_MAX = 256 };

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

/* Binds to the address that was chosen, else to any, and to |port|, or a free one. */
static tl_err
bind_source(int fd, int family, const char *source, uint16_t port)
{
	tl_sockaddr sa = { .any.sa_family = (sa_family_t)family };
	socklen_t len = family == AF_INET ? sizeof sa.v4 : sizeof sa.v6;
	struct addrinfo *found;

	if (source != NULL) {
		tl_err err = resolve(source, family, &found);
		if (err != TL_OK)
			return err;
		len = sockaddr_of(found, 0, &sa);
		freeaddrinfo(found);
	}
	if (family == AF_INET)
		sa.v4.sin_port = htons(port);
	else
		sa.v6.sin6_port = htons(port);
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

/* The address that |fd| has. */
static tl_err
read_local(int fd, tl_endpoint *out)
{
	tl_sockaddr sa;
	socklen_t len = sizeof sa;

	if (getsockname(fd, &sa.any, &len) != 0)
		return TL_EIO;
	*out = tl_endpoint_of(&sa);
	return TL_OK;
}

/* Whether there is a way to the peer, and the address that we have on it: what a socket
 * knows that is connected. */
static tl_err
find_way(tl_link *l, const char *source)
{
	int family = l->to.any.sa_family;
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	tl_err err = fd >= 0 ? TL_OK : TL_EIO;

	if (err == TL_OK && source != NULL)
		err = bind_source(fd, family, source, 0);
	if (err == TL_OK && connect(fd, &l->to.any, l->to_len) != 0)
		err = TL_EIO;
	if (err == TL_OK)
		err = read_local(fd, &l->local);
	close_keeping_errno(fd);
	return err;
}

/* As good as the kernel makes it: without, nobody tells that nobody is there. */
static void
ask_for_errors(int fd, int family)
{
	const int yes = 1;

	if (family == AF_INET)
		(void)setsockopt(fd, IPPROTO_IP, IP_RECVERR, &yes, sizeof yes);
	else
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &yes, sizeof yes);
}

static tl_err
open_socket(tl_link *l, const tl_manager_options *o)
{
	int family = l->to.any.sa_family;
	tl_endpoint bound;

	l->stream = o->tcp;
	l->fd = socket(family,
	    (o->tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return TL_EIO;
	if (!o->tcp)
		ask_for_errors(l->fd, family);
	tl_err err = bind_source(l->fd, family, o->source, o->source_port);
	if (err == TL_OK && o->tcp)
		err = tl_stream_connect(l);
	if (err == TL_OK)
		err = read_local(l->fd, &bound);
	if (err == TL_OK)
		l->local.port = bound.port;
	return err;
}

/* Opens a socket to the first address that there is a way to, of one family. */
static tl_err
open_family(
    tl_link *l, const char *host, uint16_t port, int family, const tl_manager_options *o)
{
	struct addrinfo *found;
	tl_err err = resolve(host, family, &found);

	if (err != TL_OK)
		return err;
	err = TL_EIO;
	for (const struct addrinfo *ai = found; ai != NULL && err == TL_EIO;
	     ai = ai->ai_next) {
		l->to_len = sockaddr_of(ai, port, &l->to);
		l->peer = tl_endpoint_of(&l->to);
		err = find_way(l, o->source);
		if (err == TL_OK)
			err = open_socket(l, o);
		if (err != TL_OK)
			tl_link_close(l);
	}
	freeaddrinfo(found);
	return err;
}

tl_err
tl_link_open(tl_link *l, const char *host, uint16_t port, const tl_manager_options *o)
{
	if (o->family != 0 && o->family != 4 && o->family != 6)
		return TL_EINVAL;
	port = port != 0 ? port : TRAP_PORT;
	tl_err err = TL_EIO;
	if (o->family != 6)
		err = open_family(l, host, port, AF_INET, o);
	if (err != TL_EIO || o->family == 4)
		return err;
	int first = o->family == 0 ? errno : ENXIO;
	err = open_family(l, host, port, AF_INET6, o);
	if (err == TL_EIO && errno == ENXIO)
		errno = first; /* why the addresses that there are do not do */
	return err;
}

void
tl_link_close(tl_link *l)
{
	close_keeping_errno(l->fd);
	l->fd = -1;
}

/* Whether an error tells of an earlier datagram: ICMP from the peer or on the way. */
static bool
is_passing(int error)
{
	static const int passing[] = { ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN,
		ENONET, EPROTO, ENOPROTOOPT, EOPNOTSUPP, EACCES, EMSGSIZE, EINTR };

	for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
		if (passing[i] == error)
			return true;
	return false;
}

/* Takes note of an error that passes, and empties the queue of such errors, which would
 * wake up whoever waits for the socket. False: errno is an error of ours. */
static bool
pass_error(tl_link *l)
{
	int saved = errno;
	uint8_t ignored;

	if (!is_passing(saved))
		return false;
	if (saved == ECONNREFUSED)
		l->nobody = true;
	for (int i = 0; i < ERRORS_MAX; i++)
		if (recv(l->fd, &ignored, 1, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			break;
	errno = saved;
	return true;
}

/* What is refused the second time is refused for itself. */
tl_err
tl_link_send(tl_link *l, tl_span message)
{
	struct pollfd writable = { .fd = l->fd, .events = POLLOUT };

	if (l->stream)
		return tl_stream_send(l, message);
	for (int tries = 0;
	     sendto(l->fd, message.ptr, message.len, 0, &l->to.any, l->to_len) < 0;
	     tries++) {
		if (errno == EAGAIN && poll(&writable, 1, SEND_WAIT_MS) > 0)
			continue;
		if (!pass_error(l) || tries > 0)
			return TL_EIO;
	}
	return TL_OK;
}

tl_err
tl_link_receive(tl_link *l, tl_buf *room, tl_span *bytes, tl_endpoint *from)
{
	*from = l->peer;
	if (l->stream)
		return tl_stream_receive(l, room, bytes);
	for (int i = 0; i < ERRORS_MAX; i++) {
		tl_sockaddr sa;
		socklen_t len = sizeof sa;
		ssize_t n = recvfrom(l->fd, room->ptr, room->cap, 0, &sa.any, &len);
		if (n >= 0) {
			*bytes = (tl_span){ room->ptr, (size_t)n };
			*from = tl_endpoint_of(&sa);
			return TL_OK;
		}
		if (errno == EAGAIN)
			return TL_ENOTFOUND;
		if (!pass_error(l))
			return TL_EIO;
	}
	return TL_ENOTFOUND;
}
