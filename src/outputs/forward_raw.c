/* outputs/forward_raw.c: datagrams as they came, over a socket that is connected: so the
 * kernel tells when nothing listens there. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "outputs/forward.h"
#include "receiver/address.h"

static bool
open_socket(target *t)
{
	int family = tl_endpoint_is_v4(&t->to) ? AF_INET : AF_INET6;
	tl_sockaddr sa;
	socklen_t len = tl_endpoint_sockaddr(&t->to, family, &sa);
	socklen_t room = sizeof sa;

	t->fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (t->fd < 0)
		return false;
	if (connect(t->fd, &sa.any, len) != 0 ||
	    getsockname(t->fd, &sa.any, &room) != 0) {
		raw_close(t);
		return false;
	}
	t->local = tl_endpoint_of(&sa);
	return true;
}

handed
raw_send(forward *f, target *t, const parcel *p)
{
	tl_span wire = p->n->wire;
	ssize_t sent;

	if (t->fd < 0 && !open_socket(t)) {
		forward_complain(f, "%s: %s", t->conf->text, strerror(errno));
		return HANDED_FAILED;
	}
	do
		sent = send(t->fd, wire.ptr, wire.len, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent >= 0)
		return HANDED_OVER;
	forward_complain(f, "%s: %s", t->conf->text,
	    errno == ECONNREFUSED ? "nothing listens on that port" : strerror(errno));
	return errno == EMSGSIZE ? HANDED_NEVER : HANDED_FAILED;
}

void
raw_close(target *t)
{
	int saved = errno;

	if (t->fd >= 0)
		(void)close(t->fd);
	t->fd = -1;
	errno = saved;
}
