/* daemon/notify.c: see notify.h. Called by the daemon's main thread. */
#include "daemon/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sys/clock.h"

enum { PATIENCE_MS = 1000 };

/* A decimal number of the environment; 0 if it is none. */
static uint64_t
number(const char *name)
{
	const char *text = getenv(name);
	char *end;

	if (text == NULL || *text < '0' || *text > '9')
		return 0;
	errno = 0;
	uint64_t n = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0' ? n : 0;
}

static bool
is_for_us(const char *pid_name)
{
	return getenv(pid_name) == NULL || number(pid_name) == (uint64_t)getpid();
}

static int
connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = strlen(path);

	if (len == 0 || len >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
		return -1;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@') /* an abstract address */
		to.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, to_len) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

void
notify_open(notify *n)
{
	const char *path = getenv("NOTIFY_SOCKET");
	uint64_t us = number("WATCHDOG_USEC");

	*n = (notify){ .fd = path != NULL ? connect_to(path) : -1 };
	if (us > 0 && us < INT64_MAX / 1000 && is_for_us("WATCHDOG_PID"))
		n->watchdog_ns = (int64_t)us * 1000 / 2;
}

void
notify_close(notify *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}

static bool
try_to_send(const notify *n, const char *state)
{
	return send(n->fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

void
notify_tell(const notify *n, const char *state)
{
	struct pollfd room = { .fd = n->fd, .events = POLLOUT };

	if (n->fd < 0 || try_to_send(n, state) || errno != EAGAIN)
		return;
	if (poll(&room, 1, PATIENCE_MS) > 0)
		(void)try_to_send(n, state);
}

void
notify_reloading(const notify *n)
{
	char state[160];

	snprintf(state, sizeof state,
	    "RELOADING=1\nMONOTONIC_USEC=%" PRId64
	    "\nSTATUS=receiving; the configuration is read again",
	    tl_now_monotonic_ns() / 1000);
	notify_tell(n, state);
}

void
notify_alive(notify *n, int64_t now_ns)
{
	if (n->watchdog_ns == 0 || now_ns < n->next_ns)
		return;
	n->next_ns = now_ns + n->watchdog_ns;
	if (n->fd >= 0)
		(void)try_to_send(n, "WATCHDOG=1");
}

int64_t
notify_next(const notify *n)
{
	return n->watchdog_ns == 0 || n->fd < 0 ? INT64_MAX : n->next_ns;
}

unsigned
notify_listen_fds(void)
{
	enum { FDS_MAX = 64 };
	uint64_t count = number("LISTEN_FDS");

	if (getenv("LISTEN_PID") == NULL || !is_for_us("LISTEN_PID"))
		count = 0;
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDNAMES");
	return count <= FDS_MAX ? (unsigned)count : FDS_MAX;
}
