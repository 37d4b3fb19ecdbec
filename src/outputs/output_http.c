/* outputs/output_http.c: events to whatever takes HTTP requests. A batch goes out in as
 * many requests as its headers and the server's mind make necessary; what
 * became of each event is kept until all are settled. http.h has the APIs. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/buf.h"
#include "conf/template.h"
#include "outputs/http.h"
#include "outputs/types.h"

enum { ARENA_BYTES = 256 << 10, HEADERS_MAX = 128, UNSUPPORTED_TYPE = 415 };

static const http_api *const apis[] = {
	[TL_HTTP_WEBHOOK] = &http_webhook,
	[TL_HTTP_ELASTICSEARCH] = &http_elasticsearch,
	[TL_HTTP_SPLUNK] = &http_splunk,
};

static void
close_http(void *self)
{
	http *h = self;

	progress_clear(&h->progress);
	http_client_free(h->client);
	http_text_free(h->text);
	formatter_free(h->format);
	tl_arena_free(h->arena);
	if (h->authorization != NULL)
		explicit_bzero(h->authorization, strlen(h->authorization));
	free(h->authorization);
	free(h->body.ptr);
	free(h->packed.ptr);
	free(h->headers.ptr);
	free(h->scratch.ptr);
	free(h->asked);
	free(h);
}

/* Whether the events are written as JSON. */
static bool
is_json(const tl_conf_output *conf)
{
	return conf->form == TL_FORM_AUTO || conf->form == TL_FORM_JSON;
}

/* The type of what a template makes: what it begins with. */
static const char *
type_of_template(const tl_conf_template *t)
{
	const char *text = "";

	if (t->count > 0 && !t->parts[0].is_field)
		text = (const char *)t->parts[0].text.ptr;
	text += strspn(text, " \t\r\n");
	if (text[0] == '{' || text[0] == '[')
		return "application/json";
	return text[0] == '<' ? "application/xml; charset=utf-8"
			      : "text/plain; charset=utf-8";
}

/* Says by its type what a body is. One of application/json is JSON as a whole: an array,
 * or with one event a request that event. */
static void
choose_type(http *h)
{
	const char *type = h->http->content_type;

	h->single = h->http->body.text != NULL || h->conf->batch.events == 1;
	if (type == NULL && h->api->content_type != NULL)
		type = h->api->content_type;
	else if (type == NULL && h->http->body.text != NULL)
		type = type_of_template(&h->http->body);
	else if (type == NULL && !is_json(h->conf))
		type = "text/plain; charset=utf-8";
	else if (type == NULL)
		type = h->single ? "application/json" : "application/x-ndjson";
	h->array = h->http->api == TL_HTTP_WEBHOOK && !h->single && is_json(h->conf) &&
		   strncasecmp(type, "application/json", 16) == 0;
	(void)snprintf(h->content_type, sizeof h->content_type, "Content-Type: %s", type);
}

/* RFC 7617: "NAME:PASSWORD" in base64; NULL without memory. */
static char *
make_basic(const tl_conf_http *conf)
{
	static const char head[] = "Authorization: Basic ";
	size_t len = strlen(conf->username) + 1 + conf->password.bytes.len;
	size_t room = sizeof head + (len + 2) / 3 * 4;
	char *out = malloc(room), *plain = malloc(len + 1);

	if (out != NULL && plain != NULL) {
		(void)snprintf(plain, len + 1, "%s:%s", conf->username,
		    (const char *)conf->password.bytes.ptr);
		memcpy(out, head, sizeof head);
		EVP_EncodeBlock(
		    (uint8_t *)out + sizeof head - 1, (uint8_t *)plain, (int)len);
		explicit_bzero(plain, len);
	} else {
		free(out);
		out = NULL;
	}
	free(plain);
	return out;
}

static bool
make_authorization(http *h)
{
	const tl_conf_secret *token = &h->http->token;
	size_t room = 64 + token->bytes.len;

	if (h->http->username != NULL)
		return (h->authorization = make_basic(h->http)) != NULL;
	if (token->bytes.ptr == NULL || tl_conf_names_token(h->http))
		return true;
	h->authorization = malloc(room);
	if (h->authorization == NULL)
		return false;
	(void)snprintf(h->authorization, room, "Authorization: %s %.*s",
	    h->api->token_scheme, (int)token->bytes.len, (const char *)token->bytes.ptr);
	return true;
}

/* Splunk asks for a channel where a token is to acknowledge what is indexed: a random
 * UUID (RFC 4122 section 4.4) of each output. */
static bool
make_channel(http *h)
{
	uint16_t r[8];

	if (h->http->api != TL_HTTP_SPLUNK)
		return true;
	if (getrandom(r, sizeof r, 0) != sizeof r)
		return false;
	(void)snprintf(h->channel, sizeof h->channel,
	    "X-Splunk-Request-Channel: %04x%04x-%04x-4%03x-%04x-%04x%04x%04x", r[0], r[1],
	    r[2], r[3] & 0xfff, (r[4] & 0x3fff) | 0x8000, r[5], r[6], r[7]);
	return true;
}

static tl_err
make_parts(http *h, char problem[OUTPUT_PROBLEM_MAX])
{
	const formatter_options format = { .form = h->conf->form,
		.template = &h->conf->template };
	tl_err err =
	    http_client_new(h->http, h->api->path, h->api->query, &h->client, problem);

	if (err != TL_OK)
		return err;
	h->text = http_text_new(h->http);
	h->format = formatter_new(&format);
	err = tl_arena_new(ARENA_BYTES, &h->arena);
	if (h->text == NULL || h->format == NULL || !make_authorization(h) ||
	    !make_channel(h))
		err = TL_ENOMEM;
	return err;
}

static tl_err
open_http(const tl_conf_output *conf, const output_place *place, void **self,
    char problem[OUTPUT_PROBLEM_MAX])
{
	http *h = calloc(1, sizeof *h);
	tl_err err = TL_ENOMEM;

	(void)place;
	(void)snprintf(problem, OUTPUT_PROBLEM_MAX, "out of memory");
	if (h != NULL) {
		*h = (http){ .conf = conf,
			.http = &conf->http,
			.api = apis[conf->http.api],
			.gzip = conf->http.gzip && conf->http.body.text == NULL,
			.most = (size_t)conf->batch.events,
			.progress = { .all = 1 } };
		err = make_parts(h, problem);
	}
	if (err == TL_OK && conf->http.api == TL_HTTP_ELASTICSEARCH && !is_json(conf) &&
	    conf->form != TL_FORM_TEMPLATE) {
		(void)snprintf(problem, OUTPUT_PROBLEM_MAX,
		    "Elasticsearch takes JSON: format json, or a template that makes it");
		err = TL_EINVAL;
	}
	if (err != TL_OK && h != NULL)
		close_http(h);
	if (err != TL_OK)
		return err;
	choose_type(h);
	*self = h;
	return TL_OK;
}

static bool
remember(http *h, size_t place)
{
	if (h->asked_count == h->asked_cap) {
		size_t cap = h->asked_cap > 0 ? 2 * h->asked_cap : 64;
		size_t *asked = realloc(h->asked, cap * sizeof *asked);
		if (asked == NULL)
			return false;
		h->asked = asked;
		h->asked_cap = cap;
	}
	h->asked[h->asked_count++] = place;
	return true;
}

/* Whether |p| can be in one request with those that are in it: its headers are the same.
 */
static bool
has_same_headers(http *h, const parcel *p)
{
	size_t len = h->headers.len;
	bool same;

	if (h->http->headers.count == 0)
		return true;
	tl_err err = http_text_headers(h->text, p, &h->headers);
	if (err != TL_OK) {
		http_complain(h, "headers of an event: %s", tl_err_text(err));
		return false;
	}
	same = h->asked_count == 0 ||
	       (h->headers.len == 2 * len &&
		   memcmp(h->headers.ptr, h->headers.ptr + len, len) == 0);
	if (h->asked_count > 0)
		h->headers.len = len;
	return same;
}

/* Puts an event into the request. False: it ends here. */
static bool
put_event(http *h, size_t place)
{
	const parcel *p = h->progress.at[place].p;
	size_t start = h->body.len;

	if (!has_same_headers(h, p))
		return false;
	tl_err err = h->api->add(h, p, &h->body);
	if (err == TL_OK && !remember(h, place))
		err = TL_ENOMEM;
	if (err == TL_OK)
		return true;
	h->body.len = start;
	http_complain(h, "an event: %s", tl_err_text(err));
	if (h->asked_count > 0 || err == TL_ENOMEM)
		return false;
	h->headers.len = 0;
	h->progress.at[place].never |= 1; /* it would be in the way for ever */
	return true;
}

/* Fills the request with events of which nothing is known; false if there are none. */
static bool
gather(http *h)
{
	size_t most = h->single ? 1 : h->most;
	progress *p = &h->progress;

	h->body.len = h->headers.len = h->asked_count = 0;
	for (; h->next < p->count; h->next++) {
		if (progress_is_settled(p, &p->at[h->next]))
			continue;
		if (h->asked_count == most)
			break;
		if (!put_event(h, h->next))
			break;
	}
	return h->asked_count > 0;
}

static void
send_request(http *h, const batch *b, http_reply *reply)
{
	const char *list[HEADERS_MAX], **at = list;
	http_request request = {
		.headers = list, .batch = b, .body = tl_buf_written(&h->body)
	};
	const char *more = (const char *)h->headers.ptr;

	*at++ = h->content_type;
	if (h->authorization != NULL)
		*at++ = h->authorization;
	if (h->channel[0] != '\0')
		*at++ = h->channel;
	if (h->gzip && http_gzip(request.body, &h->packed) == TL_OK) {
		*at++ = "Content-Encoding: gzip";
		request.body = tl_buf_written(&h->packed);
	}
	for (size_t i = 0; i < h->http->headers.count && at < list + HEADERS_MAX - 1;
	     i++) {
		*at++ = more;
		more += strlen(more) + 1;
	}
	*at = NULL;
	http_client_send(h->client, &request, reply);
}

/* A request was refused as a whole, maybe for one of its events: halves find out which.
 * True: go on. */
static bool
refuse(http *h, const http_reply *reply)
{
	bool plain_now = h->gzip && reply->status == UNSUPPORTED_TYPE;

	if (plain_now) {
		h->gzip = false;
	} else if (h->asked_count > 1) {
		h->most = h->asked_count / 2;
	} else {
		http_complain_of(h, reply->status, reply->body);
		for (size_t i = 0; i < h->asked_count; i++)
			http_settle(h, i, false);
		return true;
	}
	h->next = h->asked[0];
	return true;
}

static void
grow(http *h)
{
	size_t most = (size_t)h->conf->batch.events;

	h->most = h->most < most / 2 ? 2 * h->most : most;
}

/* Sends the request and looks at what came of it. False: not now. */
static bool
ask(http *h, const batch *b)
{
	http_reply reply;

	send_request(h, b, &reply);
	if (reply.status == 0) {
		http_complain(h, "%s", reply.problem);
		return false;
	}
	switch (http_meaning_of(reply.status)) {
	case HTTP_TAKEN:
		grow(h);
		return h->api->judge(h, &reply);
	case HTTP_REFUSED:
		return refuse(h, &reply);
	case HTTP_AGAIN:
		break;
	}
	http_complain_of(h, reply.status, reply.body);
	h->wait_ns = reply.wait_ns;
	return false;
}

static delivery
deliver_http(void *self, batch *b)
{
	http *h = self;
	tl_err err = progress_start(&h->progress, b);

	h->next = 0;
	h->wait_ns = 0;
	h->problem[0] = '\0';
	b->done = 0;
	if (err != TL_OK)
		return batch_unwritten(b, err);
	while (gather(h) && ask(h, b)) {
	}
	delivery what = progress_finish(&h->progress, b);
	b->wait_ns = what == DELIVER_AGAIN ? h->wait_ns : 0;
	memcpy(b->problem, h->problem, sizeof b->problem);
	return what;
}

static delivery
known_http(const void *self, size_t left, const parcel *p)
{
	return progress_known(&((const http *)self)->progress, left, p);
}

const output_type output_http = {
	.name = "http",
	.open = open_http,
	.deliver = deliver_http,
	.known = known_http,
	.close = close_http,
};
