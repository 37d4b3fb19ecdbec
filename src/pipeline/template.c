/* pipeline/template.c: texts made of an event, for what rules set, outputs write and
 * requests carry. */
#include "pipeline/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

typedef struct part {
	const tl_conf_part *conf;
	bool is_field;
	field_form form;
	tl_span literal; /* of a field: what stands there if it is absent */
	field field;
} part;

struct template
{
	size_t count;
	part parts[];
};

static tl_span
span_of(const char *text)
{
	return (tl_span){ (const uint8_t *)text, text != NULL ? strlen(text) : 0 };
}

/* The filters that say what is written, not how. */
static void
read_filters(part *p)
{
	for (size_t i = 0; i < p->conf->filter_count; i++) {
		const tl_conf_filter *filter = &p->conf->filters[i];
		if (filter->kind == TL_FILTER_RAW)
			p->form = FIELD_RAW;
		else if (filter->kind == TL_FILTER_OID)
			p->form = FIELD_OID;
		else if (filter->kind == TL_FILTER_NAME)
			p->form = FIELD_NAME;
		else if (filter->kind == TL_FILTER_DEFAULT)
			p->literal = span_of(filter->text);
	}
}

template *
template_new(const tl_conf_template *conf, const tl_mib *mib)
{
	template *t = calloc(1, sizeof *t + conf->count * sizeof t->parts[0]);

	if (t == NULL)
		return NULL;
	t->count = conf->count;
	for (size_t i = 0; i < conf->count; i++) {
		part *p = &t->parts[i];
		p->conf = &conf->parts[i];
		p->is_field = p->conf->is_field;
		if (p->is_field) {
			field_resolve((const char *)p->conf->text.ptr, mib, &p->field);
			read_filters(p);
		} else {
			p->literal = p->conf->text;
		}
	}
	return t;
}

static void
to_lower(uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (uint8_t)(p[i] + 'a' - 'A');
}

static void
to_upper(uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] >= 'a' && p[i] <= 'z')
			p[i] = (uint8_t)(p[i] - 'a' + 'A');
}

/* A byte as JSON and URLs write it: returns how many bytes that are, and puts them into
 * |to|. */
typedef size_t escape(uint8_t byte, char to[static 6]);

static size_t
escape_json(uint8_t byte, char to[static 6])
{
	static const char controls[] = "btn\0fr"; /* from \b on */

	to[0] = (char)byte;
	if (byte >= 0x20 && byte != '"' && byte != '\\')
		return 1;
	to[0] = '\\';
	to[1] = (char)byte;
	if (byte >= 0x20)
		return 2;
	if (byte >= '\b' && byte <= '\r' && controls[byte - '\b'] != '\0') {
		to[1] = controls[byte - '\b'];
		return 2;
	}
	memcpy(to + 1, "u00", 3);
	to[4] = "0123456789abcdef"[byte >> 4];
	to[5] = "0123456789abcdef"[byte & 15];
	return 6;
}

/* RFC 3986 section 2.3: all but the unreserved. */
static size_t
escape_url(uint8_t byte, char to[static 6])
{
	bool letter = (byte | 32) >= 'a' && (byte | 32) <= 'z';

	to[0] = (char)byte;
	if (letter || (byte >= '0' && byte <= '9') ||
	    (byte != '\0' && strchr("-._~", byte) != NULL))
		return 1;
	to[0] = '%';
	to[1] = "0123456789ABCDEF"[byte >> 4];
	to[2] = "0123456789ABCDEF"[byte & 15];
	return 3;
}

/* Escapes what |out| has from |start| on: moved to the end of its room first, so that
 * what is written never meets what is read. */
static void
expand(tl_buf *out, size_t start, escape *how)
{
	size_t len = out->len - start, need = 0;
	uint8_t *to = out->ptr + start;
	char room[6];

	for (size_t i = 0; i < len; i++)
		need += how(to[i], room);
	out->len = start;
	if (need > out->cap - start) {
		out->full = true;
		return;
	}
	uint8_t *from = to + (need - len);
	memmove(from, to, len);
	for (size_t i = 0; i < len; i++) {
		size_t n = how(from[i], room);
		memcpy(to, room, n);
		to += n;
	}
	out->len = start + need;
}

static bool
is_plain_number(const uint8_t *p, size_t len)
{
	size_t i = len > 0 && p[0] == '-';

	if (i == len)
		return false;
	for (; i < len; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return true;
}

/* A JSON string, or a number if the value is one and is written as one. */
static void
to_json(const part *p, const event *ev, tl_buf *out, size_t start)
{
	int64_t number;

	if (is_plain_number(out->ptr + start, out->len - start) &&
	    field_number(&p->field, ev, &number))
		return;
	expand(out, start, escape_json);
	size_t len = out->len - start;
	if (out->cap - out->len < 2) {
		out->full = true;
		return;
	}
	memmove(out->ptr + start + 1, out->ptr + start, len);
	out->ptr[start] = '"';
	out->len++;
	tl_buf_putc(out, '"');
}

static void
apply(const part *p, const event *ev, tl_buf *out, size_t start)
{
	for (size_t i = 0; i < p->conf->filter_count; i++) {
		switch (p->conf->filters[i].kind) {
		case TL_FILTER_LOWER:
			to_lower(out->ptr + start, out->len - start);
			break;
		case TL_FILTER_UPPER:
			to_upper(out->ptr + start, out->len - start);
			break;
		case TL_FILTER_JSON:
			to_json(p, ev, out, start);
			break;
		case TL_FILTER_URL:
			expand(out, start, escape_url);
			break;
		case TL_FILTER_RAW:
		case TL_FILTER_OID:
		case TL_FILTER_NAME:
		case TL_FILTER_DEFAULT:
			break;
		}
	}
}

void
template_write(const template *t, const event *ev, tl_buf *out)
{
	for (size_t i = 0; i < t->count; i++) {
		const part *p = &t->parts[i];
		size_t start = out->len;
		if (!p->is_field || !field_write(&p->field, ev, p->form, out))
			tl_buf_span(out, p->literal);
		if (p->is_field && p->conf->filter_count > 0)
			apply(p, ev, out, start);
	}
}

void
template_free(template *t)
{
	free(t);
}
