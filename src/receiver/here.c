/* receiver/here.c: see here.h. Called by the output forward and by `trapline check`. */
#include "receiver/here.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "receiver/address.h"

static bool
is_same_address(const tl_endpoint *a, const tl_endpoint *b)
{
	return memcmp(a->addr, b->addr, sizeof a->addr) == 0;
}

static bool
is_any(const tl_endpoint *ep)
{
	static const uint8_t any[16];
	size_t from = tl_endpoint_is_v4(ep) ? 12 : 0;

	return memcmp(ep->addr + from, any + from, sizeof any - from) == 0;
}

static bool
is_loopback(const tl_endpoint *ep)
{
	static const uint8_t v6[16] = { [15] = 1 };

	return tl_endpoint_is_v4(ep) ? ep->addr[12] == 127
				     : memcmp(ep->addr, v6, sizeof v6) == 0;
}

/* Whether what is sent there leaves from the very same address. */
static bool
leaves_from(const tl_endpoint *to)
{
	int family = tl_endpoint_is_v4(to) ? AF_INET : AF_INET6;
	tl_sockaddr sa;
	socklen_t len = tl_endpoint_sockaddr(to, family, &sa), room = sizeof sa;
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool same = false;

	if (fd < 0)
		return false;
	if (connect(fd, &sa.any, len) == 0 && getsockname(fd, &sa.any, &room) == 0) {
		tl_endpoint local = tl_endpoint_of(&sa);
		same = is_same_address(&local, to);
	}
	(void)close(fd);
	return same;
}

bool
tl_endpoint_is_here(const tl_endpoint *to)
{
	return is_any(to) || is_loopback(to) || leaves_from(to);
}

bool
tl_endpoint_receives(const tl_endpoint *socket, bool both, const tl_endpoint *to)
{
	bool v4 = tl_endpoint_is_v4(socket);

	if (socket->port != to->port)
		return false;
	if (is_any(socket))
		return v4 == tl_endpoint_is_v4(to) || (both && !v4);
	/* what is sent to any address goes to the loopback address */
	return is_same_address(socket, to) ||
	       (is_any(to) && is_loopback(socket) && v4 == tl_endpoint_is_v4(to));
}
