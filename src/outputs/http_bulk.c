/* outputs/http_bulk.c: Elasticsearch's and OpenSearch's _bulk. Every event is created
 * under its own id, so that one that comes twice is there once; the answer tells of each
 * by itself. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "outputs/http.h"
#include "pipeline/json.h"
#include "trapline/render.h"

enum { CREATE_BYTES = 512, NO_INDEX = 404, CREATED_BEFORE = 409 };

/* An event of our own has no id: what it says is it. */
static void
make_id(const parcel *p, tl_span document, char id[TL_ID_LEN])
{
	if (p->n != NULL)
		tl_event_id(p->n->received_ns, p->n->id_hash, id);
	else
		tl_event_id(
		    p->own->realtime_ns, tl_hash(document.ptr, document.len, 0), id);
}

static tl_err
put_create(http *h, const parcel *p, tl_span document, tl_buf *body)
{
	uint8_t room[HTTP_INDEX_MAX];
	tl_buf index = { .ptr = room, .cap = sizeof room };
	char id[TL_ID_LEN];
	tl_err err = http_text_index(h->text, p, &index);

	if (err == TL_OK)
		err = buf_reserve(body, CREATE_BYTES);
	if (err != TL_OK)
		return err;
	make_id(p, document, id);
	tl_buf_lit(body, "{\"create\":{\"_index\":\"");
	if (index.len > 0)
		tl_buf_put(body, index.ptr, index.len);
	else
		tl_buf_lit(body, "traps");
	tl_buf_lit(body, "\",\"_id\":\"");
	tl_buf_put(body, id, sizeof id);
	tl_buf_lit(body, "\"}}\n");
	return TL_OK;
}

/* The document, with the time where data streams want it. */
static tl_err
put_document(http *h, const parcel *p, tl_span document, tl_buf *body)
{
	tl_err err = buf_reserve(body, document.len + CREATE_BYTES);

	if (err != TL_OK)
		return err;
	if (h->conf->form != TL_FORM_TEMPLATE) {
		tl_buf_lit(body, "{\"@timestamp\":\"");
		tl_buf_time(body, p->n != NULL ? p->n->received_ns : p->own->realtime_ns);
		tl_buf_lit(body, "\",");
		document.ptr++;
		document.len--;
	}
	tl_buf_span(body, document);
	return TL_OK;
}

static tl_err
add(http *h, const parcel *p, tl_buf *body)
{
	h->scratch.len = 0;
	tl_err err = formatter_write(h->format, p, &h->scratch);
	tl_span document = tl_buf_written(&h->scratch);

	if (err == TL_OK)
		err = put_create(h, p, document, body);
	if (err == TL_OK)
		err = put_document(h, p, document, body);
	return err;
}

/* What the answer says of one event. */
typedef struct item {
	long status;
	tl_span type, reason; /* of an error */
} item;

static bool
is(tl_span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

static bool
read_error(json *j, item *out)
{
	bool first = true;
	json_value v;
	tl_span key;

	if (!json_enter(j, '{'))
		return false;
	while (json_next(j, &first, &key)) {
		bool type = is(key, "type"), reason = is(key, "reason");
		if (!json_read(j, &v))
			return false;
		if (v.kind == JSON_STRING && (type || reason))
			*(type ? &out->type : &out->reason) = v.text;
	}
	return j->problem == NULL;
}

/* {"status":201,...} */
static bool
read_outcome(json *j, item *out)
{
	bool first = true;
	json_value v;
	tl_span key;

	if (!json_enter(j, '{'))
		return false;
	while (json_next(j, &first, &key)) {
		if (is(key, "error")) {
			if (!read_error(j, out))
				return false;
		} else if (is(key, "status")) {
			if (!json_read(j, &v))
				return false;
			if (v.kind == JSON_INTEGER && v.magnitude < 1000)
				out->status = (long)v.magnitude;
		} else if (!json_skip(j)) {
			return false;
		}
	}
	return j->problem == NULL;
}

/* {"create":{...}} */
static bool
read_item(json *j, item *out)
{
	bool first = true;

	*out = (item){ 0 };
	if (!json_enter(j, '{'))
		return false;
	while (json_next(j, &first, &(tl_span){ 0 }))
		if (!read_outcome(j, out))
			return false;
	return j->problem == NULL;
}

/* There is no such index: that is about this event, others may be for another one. */
static http_meaning
meaning_of_item(long status)
{
	if (status == CREATED_BEFORE)
		return HTTP_TAKEN;
	return status == NO_INDEX ? HTTP_REFUSED : http_meaning_of(status);
}

/* Whether event |i| is settled. */
static bool
judge_item(http *h, size_t i, const item *said)
{
	http_meaning means = meaning_of_item(said->status);

	if (means != HTTP_TAKEN)
		http_complain(h, "status %ld of an event: %.*s: %.*s", said->status,
		    (int)(said->type.len < 100 ? said->type.len : 100),
		    (const char *)said->type.ptr,
		    (int)(said->reason.len < 200 ? said->reason.len : 200),
		    (const char *)said->reason.ptr);
	if (means != HTTP_AGAIN)
		http_settle(h, i, means == HTTP_TAKEN);
	return means != HTTP_AGAIN;
}

/* Whether all are settled; |*i| is how many the answer tells of. */
static bool
judge_items(http *h, json *j, size_t *i)
{
	bool first = true, good = true;
	item said;

	if (!json_enter(j, '['))
		return false;
	while (*i < h->asked_count && json_next(j, &first, NULL)) {
		tl_arena_reset(h->arena);
		if (!read_item(j, &said))
			return false;
		good &= judge_item(h, (*i)++, &said);
	}
	return good;
}

static bool
judge(http *h, const http_reply *reply)
{
	bool first = true, good = true;
	size_t told = 0;
	tl_span key;
	json j;

	tl_arena_reset(h->arena);
	json_start(&j, reply->body, h->arena);
	(void)json_enter(&j, '{');
	while (j.problem == NULL && told == 0 && json_next(&j, &first, &key)) {
		if (is(key, "items"))
			good = judge_items(h, &j, &told);
		else
			(void)json_skip(&j);
	}
	if (told < h->asked_count)
		http_complain(h, "the answer is not one of _bulk: it tells of %zu of %zu",
		    told, h->asked_count);
	return good && told == h->asked_count;
}

const http_api http_elasticsearch = {
	.path = "/_bulk",
	.query = "filter_path=errors,items.*.status,items.*.error.type,"
		 "items.*.error.reason",
	.content_type = "application/x-ndjson",
	.token_scheme = "Bearer",
	.add = add,
	.judge = judge,
};
