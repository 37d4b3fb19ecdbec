/* outputs/helper.c: the daemon's side of the helper process; see helper.h. */
#include "outputs/helper.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "outputs/helper_link.h"

struct helper {
	int control;
	pid_t pid;
};

struct helper_client {
	int socket;
};

bool
link_send(int socket, const void *packet, size_t len, int fd)
{
	union {
		struct cmsghdr align;
		uint8_t room[CMSG_SPACE(sizeof(int))];
	} extra = { 0 };
	struct iovec part = { (void *)(uintptr_t)packet, len };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = extra.room,
		.msg_controllen = sizeof extra.room };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	ssize_t n;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	do
		n = sendmsg(socket, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)len;
}

ssize_t
link_receive(int socket, void *packet, size_t max, int *fd)
{
	union {
		struct cmsghdr align;
		uint8_t room[CMSG_SPACE(sizeof(int))];
	} extra = { 0 };
	struct iovec part = { packet, max };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = extra.room,
		.msg_controllen = sizeof extra.room };
	ssize_t n;

	*fd = -1;
	do
		n = recvmsg(socket, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	struct cmsghdr *c = n >= 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof *fd);
	return n;
}

tl_err
helper_start(helper **out)
{
	helper *h = malloc(sizeof *h);
	int ends[2];

	if (h == NULL ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
		free(h);
		return TL_EIO;
	}
	h->control = ends[0];
	h->pid = fork();
	if (h->pid == 0) {
		helper_live(ends[1]);
		_exit(0);
	}
	close(ends[1]);
	if (h->pid < 0) {
		close(ends[0]);
		free(h);
		return TL_EIO;
	}
	*out = h;
	return TL_OK;
}

void
helper_stop(helper *h)
{
	if (h == NULL)
		return;
	close(h->control);
	while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	free(h);
}

/* The packet that opens the way; NULL without memory. */
static helper_open *
make_open(const tl_conf_texts *command, int64_t timeout_ns, size_t bytes)
{
	helper_open *open = malloc(sizeof *open + bytes);

	if (open == NULL)
		return NULL;
	char *to = (char *)(open + 1);
	*open = (helper_open){ timeout_ns, (uint32_t)command->count, (uint32_t)bytes };
	for (size_t i = 0; i < command->count; i++) {
		size_t len = strlen(command->at[i]) + 1;
		memcpy(to, command->at[i], len);
		to += len;
	}
	return open;
}

static tl_err
send_open(helper *h, const tl_conf_texts *command, int64_t timeout_ns, int end)
{
	size_t bytes = 0;

	for (size_t i = 0; i < command->count; i++)
		bytes += strlen(command->at[i]) + 1;
	if (bytes > HELPER_COMMAND_MAX)
		return TL_ELIMIT;
	helper_open *open = make_open(command, timeout_ns, bytes);
	if (open == NULL)
		return TL_ENOMEM;
	bool sent = link_send(h->control, open, sizeof *open + bytes, end);
	free(open);
	return sent ? TL_OK : TL_EIO;
}

tl_err
helper_connect(
    helper *h, const tl_conf_texts *command, int64_t timeout_ns, helper_client **out)
{
	helper_client *c = malloc(sizeof *c);
	int ends[2];

	if (c == NULL)
		return TL_ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
		free(c);
		return TL_EIO;
	}
	tl_err err = send_open(h, command, timeout_ns, ends[1]);
	close(ends[1]);
	if (err != TL_OK) {
		close(ends[0]);
		free(c);
		return err;
	}
	c->socket = ends[0];
	*out = c;
	return TL_OK;
}

void
helper_leave(helper_client *c)
{
	if (c == NULL)
		return;
	close(c->socket);
	free(c);
}

bool
helper_run(helper_client *c, uint32_t ticket, int input)
{
	helper_job job = { ticket };

	return link_send(c->socket, &job, sizeof job, input);
}

int
helper_wait(helper_client *c, int wait_ms, helper_result *out)
{
	struct pollfd wait = { .fd = c->socket, .events = POLLIN };
	int fd;

	if (poll(&wait, 1, wait_ms) <= 0)
		return 0;
	ssize_t n = link_receive(c->socket, out, sizeof *out, &fd);
	if (fd >= 0)
		close(fd);
	if (n != (ssize_t)sizeof *out)
		return -1;
	out->said[HELPER_SAID_MAX - 1] = '\0';
	return 1;
}
