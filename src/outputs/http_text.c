/* outputs/http_text.c: see http_text.h. Templates are resolved anew when a parcel brings
 * another dictionary. */
#include "outputs/http_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "outputs/format.h"
#include "pipeline/template.h"

enum { TEXT_BYTES = 1024 };

struct http_text {
	const tl_conf_http *conf;
	dictionary *dictionary; /* held, or NULL: no template is there */
	template *body, *index;
	template **headers;
};

http_text *
http_text_new(const tl_conf_http *conf)
{
	http_text *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	t->conf = conf;
	t->headers = calloc(conf->headers.count + 1, sizeof(template *));
	if (t->headers == NULL) {
		free(t);
		return NULL;
	}
	return t;
}

static void
forget(http_text *t)
{
	for (size_t i = 0; i < t->conf->headers.count; i++) {
		template_free(t->headers[i]);
		t->headers[i] = NULL;
	}
	template_free(t->body);
	template_free(t->index);
	t->body = t->index = NULL;
	if (t->dictionary != NULL)
		dictionary_drop(t->dictionary);
	t->dictionary = NULL;
}

void
http_text_free(http_text *t)
{
	if (t == NULL)
		return;
	forget(t);
	free(t->headers);
	free(t);
}

static tl_err
prepare(http_text *t, dictionary *d)
{
	bool good;

	if (t->dictionary == d)
		return TL_OK;
	forget(t);
	t->body = template_new(&t->conf->body, d->mib);
	t->index = template_new(&t->conf->index, d->mib);
	good = t->body != NULL && t->index != NULL;
	for (size_t i = 0; i < t->conf->headers.count && good; i++) {
		t->headers[i] = template_new(&t->conf->headers.at[i].value, d->mib);
		good = t->headers[i] != NULL;
	}
	t->dictionary = dictionary_hold(d);
	if (!good)
		forget(t);
	return good ? TL_OK : TL_ENOMEM;
}

/* Appends what |which| makes of |p|. */
static tl_err
put(const template *which, const parcel *p, tl_buf *out)
{
	size_t start = out->len;
	event ev;

	parcel_view(p, &ev);
	tl_err err = buf_reserve(out, TEXT_BYTES);
	while (err == TL_OK) {
		size_t room = out->cap - start;
		template_write(which, &ev, out);
		if (!out->full)
			return TL_OK;
		out->full = false;
		out->len = start;
		err = room > FORMAT_EVENT_MAX ? TL_ELIMIT : buf_reserve(out, room + 1);
	}
	return err;
}

tl_err
http_text_body(http_text *t, const parcel *p, tl_buf *out)
{
	tl_err err = prepare(t, p->dictionary);

	return err == TL_OK ? put(t->body, p, out) : err;
}

/* Nothing that a peer sent may end a header. */
static void
keep_on_line(uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] < 0x20 || p[i] == 0x7f)
			p[i] = ' ';
}

tl_err
http_text_headers(http_text *t, const parcel *p, tl_buf *out)
{
	tl_err err = prepare(t, p->dictionary);

	for (size_t i = 0; i < t->conf->headers.count && err == TL_OK; i++) {
		const char *name = t->conf->headers.at[i].name;
		err = buf_reserve(out, strlen(name) + 2);
		if (err != TL_OK)
			break;
		tl_buf_puts(out, name);
		tl_buf_lit(out, ": ");
		size_t start = out->len;
		err = put(t->headers[i], p, out);
		keep_on_line(out->ptr + start, out->len - start);
		/* libcurl sends an empty header only if it is written with a semicolon */
		if (out->len == start)
			out->ptr[start - 2] = ';', out->len--;
		if (err == TL_OK)
			err = buf_reserve(out, 1);
		if (err == TL_OK)
			tl_buf_putc(out, '\0');
	}
	return err;
}

static bool
fits_index(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80 ||
	       c == '-' || c == '_' || c == '.';
}

tl_err
http_text_index(http_text *t, const parcel *p, tl_buf *out)
{
	tl_err err = prepare(t, p->dictionary);
	event ev;

	out->len = 0;
	if (err != TL_OK)
		return err;
	parcel_view(p, &ev);
	template_write(t->index, &ev, out);
	for (size_t i = 0; i < out->len; i++) {
		uint8_t *c = &out->ptr[i];
		if (*c >= 'A' && *c <= 'Z')
			*c = (uint8_t)(*c + 'a' - 'A');
		bool first = i == 0 && (*c == '-' || *c == '_' || *c == '.');
		if (!fits_index(*c) || first)
			*c = i == 0 ? 'x' : '-';
	}
	out->full = false;
	return TL_OK;
}
