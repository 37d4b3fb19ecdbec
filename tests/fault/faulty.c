/* fault/faulty.c: makes calls of `trapline` fail as tests/e2e/faults.py says. The linker
 * sends those of our own code to the __wrap_ functions (see meson.build). TRAPLINE_FAULTS
 * names a file that both sides map: a slot for each call, in the order of CALLS. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of the calls on what |match| is part of (a path, or "inet:PORT" of the peer), |skip|
 * pass, then |count| fail with |error|; below 0: they do at most so many bytes. One of
 * getaddrinfo() that fails never returns. */
typedef struct slot {
	_Atomic int32_t error, skip, count, hits;
	char match[48];
} slot;

#define CALLS(X)                                                                         \
	X(write)                                                                         \
	X(send)                                                                          \
	X(sendmsg)                                                                       \
	X(sendmmsg)                                                                      \
	X(recvmmsg)                                                                      \
	X(fsync)                                                                         \
	X(fdatasync)                                                                     \
	X(ftruncate)                                                                     \
	X(renameat)                                                                      \
	X(renameat2)                                                                     \
	X(accept4)                                                                       \
	X(memfd_create)                                                                  \
	X(pthread_create)                                                                \
	X(fork)                                                                          \
	X(malloc)                                                                        \
	X(calloc)                                                                        \
	X(realloc)                                                                       \
	X(getaddrinfo)

enum {
#define X(call) CALL_##call,
	CALLS(X)
#undef X
	    CALL_COUNT
};

static slot *slots;

__attribute__((constructor)) static void
map_slots(void)
{
	const char *path = getenv("TRAPLINE_FAULTS");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *at = MAP_FAILED;

	if (fd >= 0)
		at = mmap(NULL, CALL_COUNT * sizeof *slots, PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	if (at != MAP_FAILED)
		slots = at;
	if (fd >= 0)
		close(fd);
}

/* What |fd| is connected to; 0: nothing of the internet. */
static unsigned
peer_port(int fd)
{
	struct sockaddr_in to = { 0 };
	socklen_t len = sizeof to;

	if (getpeername(fd, (struct sockaddr *)&to, &len) != 0 ||
	    to.sin_family != AF_INET)
		return 0;
	return ntohs(to.sin_port);
}

/* Whether |fd| is what the slot asks for. */
static bool
matches(const slot *s, int fd)
{
	char link[64], path[4096] = "";

	if (s->match[0] == '\0')
		return true;
	unsigned port = peer_port(fd);
	if (port != 0)
		(void)snprintf(path, sizeof path, "inet:%u", port);
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	if (port == 0 && readlink(link, path, sizeof path - 1) <= 0)
		return false;
	return strstr(path, s->match) != NULL;
}

/* What a call on |fd| has to end with: 0 as ever, an errno, or the negative number of
 * bytes that it may do. */
static int
fault_of(int call, int fd)
{
	slot *s = slots != NULL ? &slots[call] : NULL;

	if (s == NULL || atomic_load(&s->count) <= 0)
		return 0;
	int error = errno;
	bool ours = matches(s, fd);
	errno = error;
	if (!ours || atomic_fetch_sub(&s->skip, 1) > 0)
		return 0;
	if (atomic_fetch_sub(&s->count, 1) <= 0)
		return 0;
	atomic_fetch_add(&s->hits, 1);
	return atomic_load(&s->error);
}

static bool
fails(int call, int fd)
{
	int error = fault_of(call, fd);

	if (error > 0)
		errno = error;
	return error > 0;
}

#define WRAP(type, call, params, args, fd, bad)                                          \
	type __real_##call params;                                                       \
	type __wrap_##call params;                                                       \
	type __wrap_##call params                                                        \
	{                                                                                \
		return fails(CALL_##call, fd) ? bad : __real_##call args;                \
	}

WRAP(
    ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags), (fd, m, flags), fd, -1)
WRAP(int, sendmmsg, (int fd, struct mmsghdr *m, unsigned n, int flags), (fd, m, n, flags),
    fd, -1)
WRAP(int, recvmmsg,
    (int fd, struct mmsghdr *m, unsigned n, int flags, struct timespec *wait),
    (fd, m, n, flags, wait), fd, -1)
WRAP(int, fsync, (int fd), (fd), fd, -1)
WRAP(int, fdatasync, (int fd), (fd), fd, -1)
WRAP(int, ftruncate, (int fd, off_t len), (fd, len), fd, -1)
WRAP(int, renameat, (int old, const char *from, int new, const char *to),
    (old, from, new, to), new, -1)
WRAP(int, renameat2, (int old, const char *from, int new, const char *to, unsigned flags),
    (old, from, new, to, flags), new, -1)
WRAP(int, accept4, (int fd, struct sockaddr *at, socklen_t *len, int flags),
    (fd, at, len, flags), fd, -1)
WRAP(int, memfd_create, (const char *name, unsigned flags), (name, flags), -1, -1)
WRAP(pid_t, fork, (void), (), -1, -1)
WRAP(void *, malloc, (size_t size), (size), -1, NULL)
WRAP(void *, calloc, (size_t count, size_t size), (count, size), -1, NULL)
WRAP(void *, realloc, (void *old, size_t size), (old, size), -1, NULL)

int __real_pthread_create(
    pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *arg);
int __wrap_pthread_create(
    pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *arg);
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __real_send(int fd, const void *bytes, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t len, int flags);

int
__wrap_pthread_create(
    pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *arg)
{
	int error = fault_of(CALL_pthread_create, -1);

	return error != 0 ? error : __real_pthread_create(thread, how, run, arg);
}

int __real_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **out);
int __wrap_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **out);

int
__wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
    struct addrinfo **out)
{
	while (fault_of(CALL_getaddrinfo, -1) != 0)
		(void)pause();
	return __real_getaddrinfo(host, service, hints, out);
}

static size_t
at_most(size_t len, int error)
{
	return error < 0 && len > (size_t)-error ? (size_t)-error : len;
}

ssize_t
__wrap_write(int fd, const void *bytes, size_t len)
{
	int error = fault_of(CALL_write, fd);

	if (error > 0) {
		errno = error;
		return -1;
	}
	return __real_write(fd, bytes, at_most(len, error));
}

ssize_t
__wrap_send(int fd, const void *bytes, size_t len, int flags)
{
	int error = fault_of(CALL_send, fd);

	if (error > 0) {
		errno = error;
		return -1;
	}
	return __real_send(fd, bytes, at_most(len, error), flags);
}
