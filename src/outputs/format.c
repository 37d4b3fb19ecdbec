/* outputs/format.c: see format.h. The dictionary that names the objects is that of the
 * parcel: when a reload brings another, the renderer is made anew. */
#include "outputs/format.h"

#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "pipeline/template.h"
#include "sys/clock.h"

enum { FIRST_BYTES = 64 * 1024, EVENT_BYTES = 4096 };
#define ZONE_CHECK_NS (60 * (int64_t)TL_NS_PER_S)

struct formatter {
	formatter_options opt;
	dictionary *dictionary; /* held, or NULL: neither of these is there */
	tl_renderer *renderer;
	template *template;
	int32_t zone_s;        /* seconds east of UTC, as the renderer has it */
	int64_t zone_known_ns; /* monotonic */
};

static const tl_format formats[] = {
	[TL_FORM_AUTO] = TL_FORMAT_JSON,
	[TL_FORM_JSON] = TL_FORMAT_JSON,
	[TL_FORM_TEXT] = TL_FORMAT_TEXT,
	[TL_FORM_KV] = TL_FORMAT_KV,
	[TL_FORM_TEMPLATE] = TL_FORMAT_JSON, /* not used */
};

tl_err
buf_reserve(tl_buf *out, size_t more)
{
	size_t cap = out->cap > 0 ? out->cap : FIRST_BYTES;

	while (cap - out->len < more)
		cap *= 2;
	if (cap == out->cap)
		return TL_OK;
	uint8_t *ptr = realloc(out->ptr, cap);
	if (ptr == NULL)
		return TL_ENOMEM;
	out->ptr = ptr;
	out->cap = cap;
	return TL_OK;
}

formatter *
formatter_new(const formatter_options *opt)
{
	formatter *f = calloc(1, sizeof *f);

	if (f != NULL)
		f->opt = *opt;
	return f;
}

static void
forget(formatter *f)
{
	tl_renderer_free(f->renderer);
	template_free(f->template);
	if (f->dictionary != NULL)
		dictionary_drop(f->dictionary);
	f->renderer = NULL;
	f->template = NULL;
	f->dictionary = NULL;
}

void
formatter_free(formatter *f)
{
	if (f == NULL)
		return;
	forget(f);
	free(f);
}

/* Whether the local zone's offset is another than the renderer's: twice a year. */
static bool
zone_changed(formatter *f)
{
	int64_t now_ns;
	struct tm tm;
	time_t now;

	if (f->opt.form != TL_FORM_TEXT)
		return false;
	now_ns = tl_now_monotonic_ns();
	if (f->zone_known_ns != 0 && now_ns - f->zone_known_ns < ZONE_CHECK_NS)
		return false;
	f->zone_known_ns = now_ns;
	now = (time_t)(tl_now_realtime_ns() / TL_NS_PER_S);
	int32_t old_s = f->zone_s;
	if (localtime_r(&now, &tm) != NULL)
		f->zone_s = (int32_t)tm.tm_gmtoff;
	return f->zone_s != old_s;
}

/* Makes the renderer or the template for |d|. */
static tl_err
prepare(formatter *f, dictionary *d)
{
	tl_renderer_options opt = { .format = formats[f->opt.form],
		.mib = d->mib,
		.colour = f->opt.colour,
		.utc_offset_s = f->zone_s };
	tl_err err = TL_OK;

	forget(f);
	if (f->opt.form == TL_FORM_TEMPLATE)
		f->template = template_new(f->opt.template, d->mib);
	else
		err = tl_renderer_new(&opt, &f->renderer);
	if (err != TL_OK || (f->template == NULL && f->renderer == NULL))
		return TL_ENOMEM;
	f->dictionary = dictionary_hold(d);
	return TL_OK;
}

/* Turns what a template made into one line of text that is what it looks like: with a
 * backslash and a letter for line ends, and the others as in tl_buf_printable(). */
static void
make_line(tl_buf *out, size_t start, const uint8_t *raw, size_t len)
{
	size_t from = 0;

	out->len = start;
	for (size_t i = 0; i < len; i++) {
		if (raw[i] != '\n' && raw[i] != '\r' && raw[i] != '\t')
			continue;
		tl_buf_printable(out, (tl_span){ raw + from, i - from });
		from = i + 1;
		if (raw[i] == '\t')
			tl_buf_putc(out, '\t');
		else
			tl_buf_puts(out, raw[i] == '\n' ? "\\n" : "\\r");
	}
	tl_buf_printable(out, (tl_span){ raw + from, len - from });
	tl_buf_putc(out, '\n');
}

/* Whether something is not plain ASCII. */
static bool
needs_look(const uint8_t *raw, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((raw[i] < 0x20 && raw[i] != '\t') || raw[i] >= 0x7f)
			return true;
	return false;
}

static tl_err
write_template(formatter *f, const parcel *p, tl_buf *out)
{
	size_t start = out->len;
	tl_err err = TL_OK;
	event ev;

	parcel_view(p, &ev);
	template_write(f->template, &ev, out);
	if (out->full || !needs_look(out->ptr + start, out->len - start)) {
		tl_buf_putc(out, '\n');
	} else {
		size_t len = out->len - start;
		uint8_t *raw = malloc(len);
		if (raw == NULL)
			return TL_ENOMEM;
		memcpy(raw, out->ptr + start, len);
		make_line(out, start, raw, len);
		free(raw);
	}
	if (out->full) {
		out->len = start;
		out->full = false;
		err = TL_ENOSPC;
	}
	return err;
}

static tl_err
write_once(formatter *f, const parcel *p, tl_buf *out)
{
	if (f->opt.form == TL_FORM_TEMPLATE)
		return write_template(f, p, out);
	if (p->n == NULL)
		return tl_render_own(f->renderer, p->own, out);
	return tl_render_judged(f->renderer, p->n, &p->j, out);
}

tl_err
formatter_write(formatter *f, const parcel *p, tl_buf *out)
{
	bool other_zone = zone_changed(f);
	tl_err err = TL_OK;

	if (other_zone || f->dictionary != p->dictionary)
		err = prepare(f, p->dictionary);
	if (err == TL_OK && out->cap - out->len < EVENT_BYTES)
		err = buf_reserve(out, EVENT_BYTES);
	while (err == TL_OK && (err = write_once(f, p, out)) == TL_ENOSPC) {
		size_t room = out->cap - out->len;
		err = room >= FORMAT_EVENT_MAX ? TL_ELIMIT : buf_reserve(out, room + 1);
	}
	return err;
}
