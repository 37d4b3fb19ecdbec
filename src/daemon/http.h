/* daemon/http.h: the small HTTP server for /metrics, /healthz and /readyz, with a thread
 * of its own. */
#ifndef DAEMON_HTTP_H
#define DAEMON_HTTP_H

#include "daemon/metrics.h"

typedef struct http_server http_server;

/* Listens where |conf| says; |m| lasts longer. |old|, which may be NULL, is not in the
 * way, although it goes on. |problem| says why not. */
tl_err http_start(const tl_conf_metrics *conf, const metrics *m, const http_server *old,
    http_server **out, char problem[256]);

/* From now on metrics are at |path|. */
void http_set_path(http_server *h, const char *path);

/* The port that it listens at. */
uint16_t http_port(const http_server *h);

/* Waits for answers that are under way. NULL is fine. */
void http_stop(http_server *h);

#endif
