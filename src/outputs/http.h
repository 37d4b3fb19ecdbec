/* outputs/http.h: what the parts of the output http share: an API is how events become a
 * body, and what its answer says of each of them. */
#ifndef OUTPUTS_HTTP_H
#define OUTPUTS_HTTP_H

#include "outputs/format.h"
#include "outputs/http_client.h"
#include "outputs/http_text.h"
#include "outputs/progress.h"

typedef struct http http;

/* What a status says of the events that were sent. */
typedef enum http_meaning {
	HTTP_TAKEN = 1,
	HTTP_AGAIN,  /* not now: the server, the URL, or who we are is the reason */
	HTTP_REFUSED /* never: the events are the reason */
} http_meaning;

http_meaning http_meaning_of(long status);

typedef struct http_api {
	const char *path, *query; /* see http_client_new() */
	const char *content_type;
	const char *token_scheme; /* before the token, in Authorization */
	/* Appends |p| to the body. Errors: TL_ENOMEM; TL_ELIMIT: it is too large. */
	tl_err (*add)(http *h, const parcel *p, tl_buf *body);
	/* Looks at the answer to a request that was taken as a whole, and notes what
	 * became of each event in it. False: one of them must be sent again. */
	bool (*judge)(http *h, const http_reply *reply);
} http_api;

struct http {
	const tl_conf_output *conf;
	const tl_conf_http *http;
	const http_api *api;
	http_client *client;
	http_text *text;
	formatter *format;
	progress progress;
	tl_buf body, packed; /* the request, and the same compressed */
	tl_buf headers;      /* of the request: "Name: value", a NUL behind each */
	tl_buf scratch;
	size_t *asked; /* the events in the request: places in |progress| */
	size_t asked_count, asked_cap;
	size_t next; /* the first place that has not been looked at */
	size_t most; /* events in one request now */
	bool single; /* a body holds one event at most */
	bool array;  /* a body is a JSON array */
	bool gzip;
	char content_type[300];
	char *authorization; /* "Authorization: ...", or NULL */
	char channel[80];    /* "X-Splunk-Request-Channel: ...", or "" */
	tl_arena *arena;     /* for answers */
	int64_t wait_ns;
	char problem[OUTPUT_PROBLEM_MAX];
};

extern const http_api http_webhook, http_elasticsearch, http_splunk;

/* Notes that the event |i| of the request is settled. */
void http_settle(http *h, size_t i, bool taken);

/* Notes what is wrong, as printf does; the first of a delivery stays. What cannot be
 * printed is escaped, and our secrets are not shown. */
void http_complain(http *h, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same of |status| and the first line of the answer. */
void http_complain_of(http *h, long status, tl_span answer);

/* Appends |text|, which is UTF-8, as a JSON string, quotes included. Errors: TL_ENOMEM.
 */
TL_CHECK tl_err http_put_string(tl_buf *out, tl_span text);

/* The address of whose event it is; our own have none: "". */
void http_put_device(tl_buf *out, const parcel *p);

/* Compresses |in| for Content-Encoding: gzip. Errors: TL_ENOMEM. */
TL_CHECK tl_err http_gzip(tl_span in, tl_buf *out);

#endif
