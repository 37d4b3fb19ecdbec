/* cli/blast_target.c: see blast_target.h. */
#include "cli/blast_target.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "receiver/address.h"

enum {
	BUFFER_BYTES = 4 << 20, /* of a socket; the kernel may give less */
	SPARE_FDS = 32,         /* beside those of the sources */
	LOOPBACK = 127
};

/* The first address of |to|; the kernel's order is by reachability (RFC 6724). */
static bool
resolve(const cli_host *to, tl_sockaddr *out, socklen_t *len)
{
	const struct addrinfo want = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_DGRAM };
	struct addrinfo *found = NULL;
	char port[8];

	snprintf(port, sizeof port, "%u", (unsigned)to->port);
	int error = getaddrinfo(to->host, port, &want, &found);
	if (error != 0) {
		cli_error("blast", "%s: %s", to->host,
		    error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
		return false;
	}
	*len = found->ai_addrlen;
	memcpy(out, found->ai_addr, *len < sizeof *out ? *len : sizeof *out);
	freeaddrinfo(found);
	return true;
}

static bool
is_v4_loopback(const tl_sockaddr *sa)
{
	return sa->any.sa_family == AF_INET &&
	       ntohl(sa->v4.sin_addr.s_addr) >> 24 == LOOPBACK;
}

/* Room for a descriptor of each source, as far as we may. */
static void
raise_limit(uint32_t sources)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
	    limit.rlim_cur >= sources + SPARE_FDS)
		return;
	limit.rlim_cur =
	    limit.rlim_max < sources + SPARE_FDS ? limit.rlim_max : sources + SPARE_FDS;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* From 127.0.1.1 on: 127.0.0.1 is everybody's. */
static bool
bind_source(int fd, uint32_t number)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
		.sin_addr.s_addr =
		    htonl((uint32_t)LOOPBACK << 24 | ((number / 250 + 1) << 8) |
			  (number % 250 + 1)) };

	return bind(fd, (const struct sockaddr *)&sa, sizeof sa) == 0;
}

static int
open_socket(const tl_sockaddr *to, socklen_t len, bool several, uint32_t number)
{
	const int bytes = BUFFER_BYTES;
	int fd = socket(to->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	if ((several && !bind_source(fd, number)) || connect(fd, &to->any, len) != 0) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

int
blast_target_open(const cli_host *to, uint32_t sources, blast_target *t)
{
	tl_sockaddr sa = { 0 };
	socklen_t len;

	if (!resolve(to, &sa, &len))
		return EXIT_FAILED;
	if (sources > 1 && !is_v4_loopback(&sa))
		return cli_usage_error("blast",
		    "--sources needs a target in 127.0.0.0/8: elsewhere there is one");
	t->peer = tl_endpoint_of(&sa);
	t->fd = calloc(sources, sizeof *t->fd);
	if (t->fd == NULL) {
		cli_error("blast", "%s", tl_err_text(TL_ENOMEM));
		return EXIT_FAILED;
	}
	raise_limit(sources);
	for (; t->sources < sources; t->sources++) {
		int fd = open_socket(&sa, len, sources > 1, t->sources);
		if (fd < 0) {
			cli_error("blast", "%s port %u: %s", to->host, (unsigned)to->port,
			    strerror(errno));
			return EXIT_FAILED;
		}
		t->fd[t->sources] = fd;
	}
	return -1;
}

void
blast_target_close(blast_target *t)
{
	for (uint32_t i = 0; i < t->sources; i++)
		close(t->fd[i]);
	free(t->fd);
	*t = (blast_target){ 0 };
}
