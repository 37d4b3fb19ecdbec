/* daemon/http.c: see http.h. libmicrohttpd reads the requests; nothing of one is kept. */
#include "daemon/http.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/clock.h"

enum {
	CONNECTIONS_MAX = 32,
	CONNECTIONS_OF_ONE_MAX = 16,
	TIMEOUT_S = 10,
	PATH_ROOM = 256
};

/* A main loop that has not come by for so long hangs. */
#define HANGS_NS (INT64_C(30) * TL_NS_PER_S)

struct http_server {
	struct MHD_Daemon *daemon;
	const metrics *m;
	int fd; /* that it listens at: the daemon's */
	uint16_t port;
	pthread_mutex_t lock; /* of path */
	char path[PATH_ROOM];
};

static enum MHD_Result
reply(struct MHD_Connection *c, unsigned status, const char *type, page *body)
{
	struct MHD_Response *r = body->failed || body->ptr == NULL
				     ? NULL
				     : MHD_create_response_from_buffer(
					   body->len, body->ptr, MHD_RESPMEM_MUST_FREE);

	if (r == NULL) {
		page_free(body);
		return MHD_NO;
	}
	(void)MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	enum MHD_Result result = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return result;
}

static bool
is_path_of_metrics(http_server *h, const char *url)
{
	pthread_mutex_lock(&h->lock);
	bool same = strcmp(url, h->path) == 0;
	pthread_mutex_unlock(&h->lock);
	return same;
}

static enum MHD_Result
answer(void *context, struct MHD_Connection *c, const char *url, const char *method,
    const char *version, const char *data, size_t *data_len, void **request)
{
	static const char text[] = "text/plain; charset=utf-8";
	http_server *h = context;
	const vitals *v = h->m->vitals;
	page body = { 0 };

	(void)version;
	(void)data;
	(void)request;
	*data_len = 0;
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
		page_put(&body, "only GET\n");
		return reply(c, MHD_HTTP_METHOD_NOT_ALLOWED, text, &body);
	}
	if (is_path_of_metrics(h, url)) {
		metrics_write(h->m, &body);
		return reply(
		    c, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", &body);
	}
	bool health = strcmp(url, "/healthz") == 0;
	if (!health && strcmp(url, "/readyz") != 0) {
		page_put(&body, "there is nothing here\n");
		return reply(c, MHD_HTTP_NOT_FOUND, text, &body);
	}
	bool good = health ? tl_now_monotonic_ns() - atomic_load(&v->alive_ns) < HANGS_NS
			   : atomic_load(&v->ready);
	page_put(&body, "%s\n",
	    good     ? "ok"
	    : health ? "the main loop hangs"
		     : "not ready");
	return reply(c, good ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, text, &body);
}

/* Binds |fd| and listens; errno tells why not. |old|, which may be -1, is a socket that
 * is not in the way meanwhile, as one at any address is in that of all others. */
static bool
listen_beside(int fd, const struct addrinfo *a, int old)
{
	const int fds[] = { fd, old };
	size_t count = old >= 0 ? 2 : 0;
	int on = 1, off = 0;

	for (size_t i = 0; i < count; i++)
		(void)setsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	bool good = bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, 16) == 0;
	int error = errno;
	for (size_t i = 0; i < count; i++)
		(void)setsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &off, sizeof off);
	errno = error;
	return good;
}

/* Opens the first address of |at| that works. */
static int
open_socket(const tl_conf_target *at, int old, uint16_t *port, char problem[256])
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *list;
	char service[8];
	int fd = -1, one = 1;

	snprintf(service, sizeof service, "%u", at->port);
	int failed = getaddrinfo(at->host, service, &hints, &list);
	if (failed != 0) {
		snprintf(problem, 256, "%s", gai_strerror(failed));
		return -1;
	}
	for (const struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (fd < 0)
			continue;
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
		if (!listen_beside(fd, a, old)) {
			snprintf(problem, 256, "%s", strerror(errno));
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	struct sockaddr_storage local = { 0 };
	socklen_t len = sizeof local;
	if (fd >= 0 && getsockname(fd, (struct sockaddr *)&local, &len) == 0)
		*port = ntohs(local.ss_family == AF_INET6
				  ? ((const struct sockaddr_in6 *)&local)->sin6_port
				  : ((const struct sockaddr_in *)&local)->sin_port);
	return fd;
}

tl_err
http_start(const tl_conf_metrics *conf, const metrics *m, const http_server *old,
    http_server **out, char problem[256])
{
	http_server *h = calloc(1, sizeof *h);

	snprintf(problem, 256, "%s", tl_err_text(TL_ENOMEM));
	if (h == NULL)
		return TL_ENOMEM;
	h->m = m;
	pthread_mutex_init(&h->lock, NULL);
	http_set_path(h, conf->path);
	int fd = h->fd =
	    open_socket(&conf->listen, old != NULL ? old->fd : -1, &h->port, problem);
	if (fd >= 0)
		h->daemon = MHD_start_daemon(
		    MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, 0, NULL, NULL, answer,
		    h, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
		    (unsigned)CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		    (unsigned)CONNECTIONS_OF_ONE_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
		    (unsigned)TIMEOUT_S, MHD_OPTION_END);
	if (h->daemon == NULL) {
		if (fd >= 0)
			close(fd);
		pthread_mutex_destroy(&h->lock);
		free(h);
		return TL_EIO;
	}
	*out = h;
	return TL_OK;
}

void
http_set_path(http_server *h, const char *path)
{
	pthread_mutex_lock(&h->lock);
	snprintf(h->path, sizeof h->path, "%s", path);
	pthread_mutex_unlock(&h->lock);
}

uint16_t
http_port(const http_server *h)
{
	return h->port;
}

void
http_stop(http_server *h)
{
	if (h == NULL)
		return;
	MHD_stop_daemon(h->daemon);
	pthread_mutex_destroy(&h->lock);
	free(h);
}
