/* outputs/http_client.c: see http_client.h. What libcurl does on its own account is off:
 * proxies of the environment, signals, redirects, passwords of ~/.netrc. */
#include "outputs/http_client.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "outputs/format.h"
#include "sys/clock.h"

enum {
	CONNECT_MS = 10000,
	RETRY_AFTER_MAX_S = 3600,
	CODE_TOO_LARGE = 100 /* CURLE_TOO_LARGE, which libcurl has since 8.6 */
};

struct http_client {
	CURL *curl;
	char *url, *host_header; /* of tls.server_name: NULL without */
	struct curl_slist *connect_to;
	const batch *batch;
	curl_socket_t last; /* of the last answer, for the next, if it stays */
	tl_buf reply;
	char error[CURL_ERROR_SIZE];
};

/* A part of |u|, or NULL; curl_free() it. */
static char *
part_of(CURLU *u, CURLUPart part, unsigned flags)
{
	char *text = NULL;

	return curl_url_get(u, part, &text, flags) == CURLUE_OK ? text : NULL;
}

static bool
ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* Puts |path| behind the path of |u|, one slash between them. */
static bool
add_path(CURLU *u, const char *path)
{
	char *old = part_of(u, CURLUPART_PATH, 0);
	bool good = old != NULL;

	if (good && path[0] != '\0' && !ends_with(old, path)) {
		size_t len = strlen(old), room = len + strlen(path) + 1;
		char *whole = malloc(room);
		while (len > 0 && old[len - 1] == '/')
			len--;
		good = whole != NULL;
		if (good) {
			(void)snprintf(whole, room, "%.*s%s", (int)len, old, path);
			good = curl_url_set(u, CURLUPART_PATH, whole, 0) == CURLUE_OK;
		}
		free(whole);
	}
	curl_free(old);
	return good;
}

/* Has |name| stand for the server where its certificate is looked at: in the URL, with
 * the connection and the header Host going where it said. */
static bool
rename_server(http_client *c, CURLU *u, const char *name)
{
	char *host = part_of(u, CURLUPART_HOST, 0);
	char *port = part_of(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	size_t room = 64 + strlen(name) + (host != NULL ? strlen(host) : 0);
	char *to = malloc(room);

	c->host_header = malloc(room);
	bool good = host != NULL && port != NULL && to != NULL && c->host_header != NULL;
	if (good) {
		(void)snprintf(to, room, "%s:%s:%s:%s", name, port, host, port);
		(void)snprintf(c->host_header, room, "Host: %s:%s", host, port);
		c->connect_to = curl_slist_append(NULL, to);
		good = c->connect_to != NULL &&
		       curl_url_set(u, CURLUPART_HOST, name, 0) == CURLUE_OK;
	}
	free(to);
	curl_free(host);
	curl_free(port);
	return good;
}

/* The URL, with the token where it says {token}; NULL without memory. */
static char *
fill_url(const tl_conf_http *conf)
{
	static const char field[] = "{token}";
	const char *at = conf->url, *next;
	size_t room = strlen(conf->url) + 1;

	for (next = at; (next = strstr(next, field)) != NULL; next += strlen(field))
		room += conf->token.bytes.len;
	char *url = malloc(room), *to = url;
	if (url == NULL)
		return NULL;
	for (; (next = strstr(at, field)) != NULL; at = next + strlen(field))
		to += snprintf(to, room - (size_t)(to - url), "%.*s%s", (int)(next - at),
		    at, (const char *)conf->token.bytes.ptr);
	(void)snprintf(to, room - (size_t)(to - url), "%s", at);
	return url;
}

static bool
make_url(http_client *c, const tl_conf_http *conf, const char *path, const char *query)
{
	CURLU *u = curl_url();
	char *url = fill_url(conf);
	bool good = u != NULL && url != NULL &&
		    curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
		    add_path(u, path);

	if (good && query[0] != '\0')
		good = curl_url_set(u, CURLUPART_QUERY, query, CURLU_APPENDQUERY) ==
		       CURLUE_OK;
	if (good && conf->tls.server_name != NULL)
		good = rename_server(c, u, conf->tls.server_name);
	c->url = good ? part_of(u, CURLUPART_URL, 0) : NULL;
	curl_url_cleanup(u);
	free(url);
	return c->url != NULL;
}

static size_t
take_reply(char *bytes, size_t one, size_t len, void *context)
{
	http_client *c = context;
	size_t room = HTTP_REPLY_MAX - c->reply.len, kept = len < room ? len : room;

	(void)one;
	if (buf_reserve(&c->reply, kept) != TL_OK)
		return 0;
	tl_buf_put(&c->reply, bytes, kept);
	return len;
}

/* A server that writes its headers and its body one after the other may wait for what it
 * wrote first to be acknowledged, which the kernel puts off for 40 ms once a connection
 * is some requests old. */
static size_t
take_header(char *bytes, size_t one, size_t len, void *context)
{
	const http_client *c = context;
	int on = 1;

	(void)bytes, (void)one;
	(void)setsockopt(c->last, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
	return len;
}

/* Called about once a second while nothing happens. */
static int
look_at_clock(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const http_client *client = context;

	(void)a, (void)b, (void)c, (void)d;
	return batch_time_left_ns(client->batch, tl_now_monotonic_ns()) == 0;
}

static void
set_tls(CURL *curl, const tl_conf_tls *tls)
{
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (tls->ca != NULL) {
		curl_easy_setopt(curl, CURLOPT_CAINFO, tls->ca);
		curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	}
	if (tls->cert != NULL) {
		curl_easy_setopt(curl, CURLOPT_SSLCERT, tls->cert);
		curl_easy_setopt(curl, CURLOPT_SSLKEY, tls->key);
	}
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, tls->verify ? 1L : 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, tls->verify ? 2L : 0L);
}

static void
set_options(http_client *c, const tl_conf_http *conf)
{
	static const char *const methods[] = { "POST", "PUT", "PATCH" };
	long timeout_ms = (long)(conf->timeout_ns / 1000000);
	CURL *curl = c->curl;

	curl_easy_setopt(curl, CURLOPT_URL, c->url);
	curl_easy_setopt(curl, CURLOPT_POST, 1L);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, methods[conf->method]);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "trapline/" TL_VERSION);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
	    timeout_ms < CONNECT_MS ? timeout_ms : (long)CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, c->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_reply);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, c);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, c);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_at_clock);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, c);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_CONNECT_TO, c->connect_to);
	set_tls(curl, &conf->tls);
}

tl_err
http_client_new(const tl_conf_http *conf, const char *path, const char *query,
    http_client **out, char problem[OUTPUT_PROBLEM_MAX])
{
	http_client *c = calloc(1, sizeof *c);

	/* Counted by libcurl; never undone, since others in the program may use it. */
	if (c == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(c);
		return TL_ENOMEM;
	}
	c->last = CURL_SOCKET_BAD;
	c->curl = curl_easy_init();
	if (c->curl == NULL || !make_url(c, conf, path, query)) {
		(void)snprintf(problem, OUTPUT_PROBLEM_MAX, "not a URL: %s", conf->url);
		http_client_free(c);
		return TL_EINVAL;
	}
	set_options(c, conf);
	*out = c;
	return TL_OK;
}

static bool
add_header(struct curl_slist **list, const char *header)
{
	struct curl_slist *longer = curl_slist_append(*list, header);

	if (longer != NULL)
		*list = longer;
	return longer != NULL;
}

/* An empty Expect: bodies are sent without asking first. */
static bool
make_headers(const http_client *c, const char *const *headers, struct curl_slist **list)
{
	bool good = add_header(list, "Expect:");

	if (good && c->host_header != NULL)
		good = add_header(list, c->host_header);
	for (; good && *headers != NULL; headers++)
		good = add_header(list, *headers);
	return good;
}

/* Before 8.6 libcurl tells of a header that is larger than it takes as of memory that is
 * short. */
static const char *
words_of(const http_client *c, CURLcode code)
{
	if (c->error[0] != '\0')
		return c->error;
	return code == CURLE_OUT_OF_MEMORY || (int)code == CODE_TOO_LARGE
		   ? "the answer has a header of more than 100 kB, or memory is short"
		   : curl_easy_strerror(code);
}

static void
perform(http_client *c, http_reply *out)
{
	CURLcode code = curl_easy_perform(c->curl);
	curl_off_t retry_after_s = 0;

	curl_easy_getinfo(c->curl, CURLINFO_ACTIVESOCKET, &c->last);
	if (code != CURLE_OK) {
		(void)snprintf(
		    out->problem, sizeof out->problem, "%s", words_of(c, code));
		return;
	}
	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &out->status);
	curl_easy_getinfo(c->curl, CURLINFO_RETRY_AFTER, &retry_after_s);
	if (retry_after_s > RETRY_AFTER_MAX_S)
		retry_after_s = RETRY_AFTER_MAX_S;
	out->wait_ns = retry_after_s > 0 ? (int64_t)retry_after_s * TL_NS_PER_S : 0;
	out->body = tl_buf_written(&c->reply);
}

void
http_client_send(http_client *c, const http_request *request, http_reply *out)
{
	struct curl_slist *list = NULL;

	*out = (http_reply){ 0 };
	c->batch = request->batch;
	c->reply.len = 0;
	c->error[0] = '\0';
	if (!make_headers(c, request->headers, &list)) {
		(void)snprintf(out->problem, sizeof out->problem, "out of memory");
	} else {
		curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, list);
		curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, request->body.ptr);
		curl_easy_setopt(
		    c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
		perform(c, out);
		curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, NULL);
		curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, NULL);
	}
	curl_slist_free_all(list);
}

void
http_client_free(http_client *c)
{
	if (c == NULL)
		return;
	curl_easy_cleanup(c->curl);
	curl_slist_free_all(c->connect_to);
	curl_free(c->url);
	free(c->host_header);
	free(c->reply.ptr);
	free(c);
}
