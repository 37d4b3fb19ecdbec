/* outputs/http_splunk.c: Splunk's HTTP Event Collector: one object an event, one behind
 * the other. */
#include <string.h>

#include "base/buf.h"
#include "outputs/http.h"
#include "pipeline/json.h"
#include "sys/clock.h"

enum { ENVELOPE_BYTES = 1024 };

/* Seconds since 1970 with microseconds. */
static void
put_time(tl_buf *out, int64_t realtime_ns)
{
	tl_buf_i64(out, realtime_ns / TL_NS_PER_S);
	tl_buf_putc(out, '.');
	tl_buf_u64_pad(out, (uint64_t)(realtime_ns % TL_NS_PER_S) / 1000, 6);
}

static tl_err
put_envelope(http *h, const parcel *p, tl_buf *body)
{
	uint8_t room[HTTP_INDEX_MAX];
	tl_buf index = { .ptr = room, .cap = sizeof room };
	tl_err err = http_text_index(h->text, p, &index);

	if (err == TL_OK)
		err = buf_reserve(body, ENVELOPE_BYTES);
	if (err != TL_OK)
		return err;
	tl_buf_lit(body, "{\"time\":");
	put_time(body, p->n != NULL ? p->n->received_ns : p->own->realtime_ns);
	size_t start = body->len;
	tl_buf_lit(body, ",\"host\":\"");
	size_t empty = body->len;
	http_put_device(body, p);
	if (body->len > empty)
		tl_buf_putc(body, '"');
	else
		body->len = start;
	if (index.len > 0) {
		tl_buf_lit(body, ",\"index\":\"");
		tl_buf_put(body, index.ptr, index.len);
		tl_buf_putc(body, '"');
	}
	return TL_OK;
}

typedef tl_err text_of(http_text *t, const parcel *p, tl_buf *out);

/* |key| and what a template of the configuration makes, else "trapline". */
static tl_err
put_meta(http *h, const parcel *p, const char *key, text_of *what, tl_buf *body)
{
	h->scratch.len = 0;
	tl_err err = what(h->text, p, &h->scratch);
	tl_span text = tl_buf_written(&h->scratch);

	if (err == TL_OK)
		err = buf_reserve(body, strlen(key));
	if (err != TL_OK)
		return err;
	tl_buf_puts(body, key);
	return http_put_string(
	    body, text.len > 0 ? text : (tl_span){ (const uint8_t *)"trapline", 8 });
}

static tl_err
add(http *h, const parcel *p, tl_buf *body)
{
	bool is_json = h->conf->form == TL_FORM_AUTO || h->conf->form == TL_FORM_JSON;
	tl_span text;

	tl_err err = put_envelope(h, p, body);
	if (err == TL_OK)
		err = put_meta(h, p, ",\"source\":", http_text_source, body);
	if (err == TL_OK)
		err = put_meta(h, p, ",\"sourcetype\":", http_text_sourcetype, body);
	h->scratch.len = 0;
	if (err == TL_OK)
		err = formatter_write(h->format, p, &h->scratch);
	if (err == TL_OK)
		err = buf_reserve(body, ENVELOPE_BYTES);
	if (err != TL_OK)
		return err;
	tl_buf_lit(body, ",\"event\":");
	text = tl_buf_written(&h->scratch);
	text.len--; /* the newline */
	err = is_json ? buf_reserve(body, text.len) : http_put_string(body, text);
	if (err == TL_OK && is_json)
		tl_buf_span(body, text);
	if (err == TL_OK)
		err = buf_reserve(body, 2);
	if (err == TL_OK)
		tl_buf_lit(body, "}\n");
	return err;
}

/* {"text":"Success","code":0}, or anything like it: others stand in for the Collector,
 * and some say nothing. A page for people, which any web server may give, is none. */
static bool
says_success(http *h, tl_span answer)
{
	bool first = true;
	uint64_t code = 0;
	json_value v;
	tl_span key;
	json j;

	if (answer.len == 0)
		return true;
	tl_arena_reset(h->arena);
	json_start(&j, answer, h->arena);
	(void)json_enter(&j, '{');
	while (json_next(&j, &first, &key) && json_read(&j, &v))
		if (key.len == 4 && memcmp(key.ptr, "code", 4) == 0)
			code |= v.kind == JSON_INTEGER ? v.magnitude : 1;
	return json_finish(&j) && code == 0;
}

static bool
judge(http *h, const http_reply *reply)
{
	if (!says_success(h, reply->body)) {
		http_complain(h,
		    "status %ld, but the answer is not the Collector's: %.*s",
		    reply->status, (int)(reply->body.len < 100 ? reply->body.len : 100),
		    (const char *)reply->body.ptr);
		return false;
	}
	for (size_t i = 0; i < h->asked_count; i++)
		http_settle(h, i, true);
	return true;
}

const http_api http_splunk = {
	.path = "/services/collector/event",
	.query = "",
	.content_type = "application/json",
	.token_scheme = "Splunk",
	.add = add,
	.judge = judge,
};
