/* daemon/control.c: see control.h. */
#include "daemon/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* One that is connected: it sends a request, gets its answer, and may send the next. */
typedef struct client {
	int fd; /* -1: none */
	char line[CONTROL_LINE_MAX];
	size_t len;
	page answer;
	size_t sent;
	uint64_t waits; /* for an answer of this number; 0: not */
	uint64_t turn;  /* when it last did something */
} client;

struct control {
	int fd;
	bool rests; /* nobody is let in before the next time: there was no room */
	uint64_t turns;
	struct sockaddr_un at;
	client clients[CONTROL_CLIENTS_MAX];
	client *polled[CONTROL_CLIENTS_MAX]; /* those of the last control_poll() */
};

/* Whether somebody answers at |at|: what is left of a daemon that was killed does not. */
static bool
is_alive(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool alive = fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof *at) == 0;

	if (fd >= 0)
		close(fd);
	return alive;
}

static tl_err
listen_at(control *c)
{
	const struct sockaddr *at = (const struct sockaddr *)&c->at;
	struct stat st;

	if (lstat(c->at.sun_path, &st) == 0 && S_ISSOCK(st.st_mode)) {
		if (is_alive(&c->at)) {
			errno = EADDRINUSE;
			return TL_EIO;
		}
		(void)unlink(c->at.sun_path);
	}
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return TL_EIO;
	/* The file gets the rights that the socket has, from its first moment on, and
	 * nobody connects before listen(). The umask is that of all threads. */
	return fchmod(c->fd, 0600) == 0 && bind(c->fd, at, sizeof c->at) == 0 &&
		       listen(c->fd, CONTROL_CLIENTS_MAX) == 0
		   ? TL_OK
		   : TL_EIO;
}

tl_err
control_open(const char *path, control **out)
{
	control *c = calloc(1, sizeof *c);

	if (c == NULL)
		return TL_ENOMEM;
	c->fd = -1;
	c->at.sun_family = AF_UNIX;
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		c->clients[i].fd = -1;
	tl_err err = TL_EINVAL;
	if (strlen(path) < sizeof c->at.sun_path) {
		memcpy(c->at.sun_path, path, strlen(path));
		err = listen_at(c);
	}
	if (err == TL_OK) {
		*out = c;
		return TL_OK;
	}
	int saved = errno;
	if (c->fd >= 0)
		close(c->fd);
	free(c);
	errno = saved;
	return err;
}

static void
hang_up(client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	page_free(&c->answer);
	*c = (client){ .fd = -1 };
}

void
control_close(control *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		hang_up(&c->clients[i]);
	close(c->fd);
	(void)unlink(c->at.sun_path);
	free(c);
}

/* A place for one more: one that is free, else that of the one that has done nothing for
 * longest; NULL: all wait for answers. Who is connected and silent locks nobody out. */
static client *
place_for_one(control *c)
{
	client *best = NULL;

	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		client *who = &c->clients[i];
		if (who->fd < 0)
			return who;
		if (who->waits == 0 && (best == NULL || who->turn < best->turn))
			best = who;
	}
	return best;
}

size_t
control_poll(control *c, struct pollfd *fds)
{
	size_t count = 0;

	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		client *who = &c->clients[i];
		if (who->fd < 0)
			continue;
		c->polled[count] = who;
		fds[count++] = (struct pollfd){ .fd = who->fd,
			.events = who->answer.len > 0 ? POLLOUT
				  : who->waits > 0    ? 0
						      : POLLIN };
	}
	if (!c->rests && place_for_one(c) != NULL)
		fds[count++] = (struct pollfd){ .fd = c->fd, .events = POLLIN };
	c->rests = false;
	return count;
}

/* One at a time: it has its turn before it may have to make room. */
static void
take_client(control *c)
{
	int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	c->rests = fd < 0 && errno != EAGAIN && errno != EINTR;
	if (fd < 0)
		return;
	client *who = place_for_one(c);
	if (who == NULL) {
		close(fd);
		return;
	}
	hang_up(who);
	who->fd = fd;
	who->turn = ++c->turns;
}

static void
send_answer(client *c)
{
	ssize_t n =
	    send(c->fd, c->answer.ptr + c->sent, c->answer.len - c->sent, MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		hang_up(c);
		return;
	}
	c->sent += n > 0 ? (size_t)n : 0;
	if (c->sent < c->answer.len)
		return;
	page_free(&c->answer);
	c->sent = 0;
}

/* An answer that there was no memory for is no answer. */
static void
end_answer(client *c)
{
	page_add(&c->answer, "\n", 1);
	if (c->answer.failed)
		hang_up(c);
}

/* The next line that is there whole, if it is its turn. */
static char *
next_line(client *c)
{
	if (c->fd < 0 || c->answer.len > 0 || c->waits > 0)
		return NULL;
	char *end = memchr(c->line, '\n', c->len);
	if (end == NULL && c->len == sizeof c->line)
		hang_up(c);
	return end;
}

static void
answer_lines(client *c, control_answer *answer, void *context)
{
	char *end;

	while ((end = next_line(c)) != NULL) {
		*end = '\0';
		c->waits = answer(context, c->line, &c->answer);
		c->len -= (size_t)(end + 1 - c->line);
		memmove(c->line, end + 1, c->len);
		if (c->waits > 0)
			return;
		end_answer(c);
		if (c->fd >= 0)
			send_answer(c);
	}
}

static void
read_request(client *c)
{
	ssize_t n = read(c->fd, c->line + c->len, sizeof c->line - c->len);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		hang_up(c);
		return;
	}
	c->len += n > 0 ? (size_t)n : 0;
}

static void
go_on(client *c)
{
	if (c->answer.len > 0)
		send_answer(c);
	else if (c->waits > 0) /* it has gone */
		hang_up(c);
	else
		read_request(c);
}

void
control_go_on(control *c, const struct pollfd *fds, size_t count, control_answer *answer,
    void *context)
{
	for (size_t i = 0; i < count; i++) {
		if (fds[i].revents == 0)
			continue;
		if (fds[i].fd == c->fd) {
			take_client(c);
			continue;
		}
		c->polled[i]->turn = ++c->turns;
		go_on(c->polled[i]);
		answer_lines(c->polled[i], answer, context);
	}
}

void
control_tell(control *c, uint64_t number, const page *answer)
{
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (c->clients[i].fd >= 0 && c->clients[i].waits == number) {
			c->clients[i].waits = 0;
			page_add(&c->clients[i].answer, answer->ptr, answer->len);
			c->clients[i].answer.failed |= answer->failed;
			end_answer(&c->clients[i]);
		}
}
