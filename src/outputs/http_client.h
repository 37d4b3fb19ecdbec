/* outputs/http_client.h: one HTTP request after the other to one URL, over a connection
 * that is kept. Made by any thread, then used by one. */
#ifndef OUTPUTS_HTTP_CLIENT_H
#define OUTPUTS_HTTP_CLIENT_H

#include "outputs/output.h"

/* Bytes of an answer that are read; the rest is left out. */
#define HTTP_REPLY_MAX (16u << 20)

typedef struct http_client http_client;

typedef struct http_request {
	tl_span body;
	const char *const *headers; /* "Name: value", closed by a NULL */
	const batch *batch;         /* its end ends the request, too */
} http_request;

typedef struct http_reply {
	long status; /* 0: there was none, |problem| says why */
	tl_span body;
	int64_t wait_ns; /* Retry-After; 0: it did not say */
	char problem[OUTPUT_PROBLEM_MAX];
} http_reply;

/* A client of |conf|, which is borrowed; |path| and |query| ("" for none) go behind its
 * URL's path unless that ends in |path|. Does not connect. Errors: TL_EINVAL, TL_ENOMEM;
 * |problem| says more. */
TL_CHECK tl_err http_client_new(const tl_conf_http *conf, const char *path,
    const char *query, http_client **out, char problem[OUTPUT_PROBLEM_MAX]);

/* Sends |request| and waits for its answer, which is valid until the next one. */
void http_client_send(http_client *c, const http_request *request, http_reply *out);

void http_client_free(http_client *c); /* NULL is fine */

#endif
