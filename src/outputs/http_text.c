/* outputs/http_text.c: see http_text.h. Templates are resolved anew when a parcel brings
 * another dictionary. */
#include "outputs/http_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "conf/template.h"
#include "outputs/format.h"
#include "pipeline/template.h"

enum { TEXT_BYTES = 1024 };

/* The templates without those of the headers, which follow them. */
enum { BODY, INDEX, SOURCE, SOURCETYPE, HEADERS };

struct http_text {
	const tl_conf_http *conf;
	dictionary *dictionary; /* held, or NULL: no template is there */
	size_t count;
	struct {
		tl_conf_template conf; /* its parts are our own, with the token */
		template *it;
	} at[];
};

/* The field {token} has a name that no event has, and the token in its place. Its other
 * filters stay. */
static const tl_span no_field = { (const uint8_t *)"\x01", 1 };

static size_t
filters_of(const tl_conf_template *t)
{
	size_t count = 0;

	for (size_t i = 0; i < t->count; i++)
		if (tl_part_is_token(&t->parts[i]))
			count += t->parts[i].filter_count + 1;
	return count;
}

/* Makes |out| what |t| is, with |token| where it says {token}; false without memory. */
static bool
fill_token(const tl_conf_template *t, const tl_conf_secret *token, tl_conf_template *out)
{
	size_t bytes = t->count * sizeof *t->parts;
	tl_conf_part *parts =
	    malloc(bytes + filters_of(t) * sizeof *t->parts->filters + 1);

	if (parts == NULL)
		return false;
	if (bytes > 0)
		memcpy(parts, t->parts, bytes);
	*out = (tl_conf_template){ t->text, parts, t->count };
	tl_conf_filter *filter = (tl_conf_filter *)(parts + t->count);
	for (tl_conf_part *p = parts; p < parts + t->count; p++) {
		if (!tl_part_is_token(p))
			continue;
		tl_conf_filter *first = filter;
		for (size_t i = 0; i < p->filter_count; i++)
			*filter++ = p->filters[i];
		*filter++ =
		    (tl_conf_filter){ TL_FILTER_DEFAULT, (const char *)token->bytes.ptr };
		*p = (tl_conf_part){ true, no_field, first, p->filter_count + 1 };
	}
	return true;
}

static const tl_conf_template *
conf_of(const tl_conf_http *conf, size_t which)
{
	const tl_conf_template *const fixed[] = { [BODY] = &conf->body,
		[INDEX] = &conf->index,
		[SOURCE] = &conf->source,
		[SOURCETYPE] = &conf->sourcetype };

	return which < HEADERS ? fixed[which] : &conf->headers.at[which - HEADERS].value;
}

http_text *
http_text_new(const tl_conf_http *conf)
{
	size_t count = HEADERS + conf->headers.count;
	http_text *t = calloc(1, sizeof *t + count * sizeof t->at[0]);

	if (t == NULL)
		return NULL;
	t->conf = conf;
	t->count = count;
	for (size_t i = 0; i < count; i++) {
		if (!fill_token(conf_of(conf, i), &conf->token, &t->at[i].conf)) {
			http_text_free(t);
			return NULL;
		}
	}
	return t;
}

static void
forget(http_text *t)
{
	for (size_t i = 0; i < t->count; i++) {
		template_free(t->at[i].it);
		t->at[i].it = NULL;
	}
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
	for (size_t i = 0; i < t->count; i++)
		free((void *)(uintptr_t)t->at[i].conf.parts);
	free(t);
}

static tl_err
prepare(http_text *t, dictionary *d)
{
	bool good = true;

	if (t->dictionary == d)
		return TL_OK;
	forget(t);
	for (size_t i = 0; i < t->count && good; i++) {
		t->at[i].it = template_new(&t->at[i].conf, d->mib);
		good = t->at[i].it != NULL;
	}
	t->dictionary = dictionary_hold(d);
	if (!good)
		forget(t);
	return good ? TL_OK : TL_ENOMEM;
}

/* Appends what |which| makes of |p|. */
static tl_err
put(http_text *t, size_t which, const parcel *p, tl_buf *out)
{
	tl_err err = prepare(t, p->dictionary);
	size_t start = out->len;
	event ev;

	if (err == TL_OK)
		err = buf_reserve(out, TEXT_BYTES);
	parcel_view(p, &ev);
	while (err == TL_OK) {
		size_t room = out->cap - start;
		template_write(t->at[which].it, &ev, out);
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
	return put(t, BODY, p, out);
}

tl_err
http_text_source(http_text *t, const parcel *p, tl_buf *out)
{
	return put(t, SOURCE, p, out);
}

tl_err
http_text_sourcetype(http_text *t, const parcel *p, tl_buf *out)
{
	return put(t, SOURCETYPE, p, out);
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
		err = put(t, HEADERS + i, p, out);
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
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
	       c == '.';
}

/* The second and later bytes of a character. */
static bool
goes_on(uint8_t c)
{
	return (c & 0xc0) == 0x80;
}

/* ASCII alone: Splunk wants it, and Elasticsearch refuses capitals of any script. */
static void
make_index(tl_buf *out)
{
	size_t len = 0;

	for (size_t i = 0; i < out->len; i++) {
		uint8_t c = out->ptr[i];
		if (goes_on(c))
			continue;
		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c + 'a' - 'A');
		if (!fits_index(c))
			c = '-';
		if (len == 0 && (c == '-' || c == '_' || c == '.'))
			c = 'x';
		out->ptr[len++] = c;
	}
	out->len = len;
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
	template_write(t->at[INDEX].it, &ev, out);
	make_index(out);
	out->full = false;
	return TL_OK;
}
