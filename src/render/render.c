/* render/render.c: the public entries: a renderer, and an event of each kind into the
 * caller's buffer, whole or not at all. The formats are in walk.c and text.c. */
#include "trapline/render.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "render/walk.h"

static bool
is_format(tl_format format)
{
	return format == TL_FORMAT_JSON || format == TL_FORMAT_TEXT ||
	       format == TL_FORMAT_KV;
}

tl_err
tl_renderer_new(const tl_renderer_options *opt, tl_renderer **out)
{
	const int32_t day_s = 86400;

	if (!is_format(opt->format) || opt->utc_offset_s < -day_s ||
	    opt->utc_offset_s > day_s)
		return TL_EINVAL;
	tl_renderer *r = calloc(1, sizeof *r);
	if (r == NULL)
		return TL_ENOMEM;
	r->opt = *opt;
	r->syntax = opt->format == TL_FORMAT_KV ? &tl_syntax_kv : &tl_syntax_json;
	r->second = INT64_MIN;
	r->oids = calloc(TL_MEMO_OIDS, sizeof *r->oids);
	r->endpoints = calloc(TL_MEMO_ENDPOINTS, sizeof *r->endpoints);
	r->scratch = malloc(TL_SCRATCH_MAX);
	r->line = malloc(TL_LINE_MAX);
	tl_err err = TL_OK;
	if (r->oids == NULL || r->endpoints == NULL || r->scratch == NULL ||
	    r->line == NULL)
		err = TL_ENOMEM;
	else if (opt->charset != NULL)
		err = tl_charset_new(opt->charset, &r->charset);
	if (err != TL_OK) {
		tl_renderer_free(r);
		return err;
	}
	*out = r;
	return TL_OK;
}

void
tl_renderer_set_mib(tl_renderer *r, const tl_mib *mib)
{
	r->opt.mib = mib;
	memset(r->oids, 0, TL_MEMO_OIDS * sizeof *r->oids);
}

void
tl_renderer_free(tl_renderer *r)
{
	if (r == NULL)
		return;
	tl_charset_free(r->charset);
	free(r->oids);
	free(r->endpoints);
	free(r->scratch);
	free(r->line);
	free(r);
}

void
tl_event_id(int64_t received_ns, uint64_t id_hash, char id[TL_ID_LEN])
{
	tl_out o = { .p = (uint8_t *)id };

	tl_out_hex64(&o, (uint64_t)received_ns);
	tl_out_hex64(&o, id_hash);
}

uint64_t
tl_loss_hash(const tl_loss *loss)
{
	const uint64_t seed =
	    0x6c6f7373; /* any constant: the same event, the same hash */
	uint64_t h = tl_hash(loss->local.addr, sizeof loss->local.addr, seed);

	return tl_hash_mix(h ^ loss->count, h ^ loss->local.scope ^ loss->local.port);
}

/* An event of one of four kinds. */
typedef struct subject {
	const tl_notification *n;
	const tl_judgement *j; /* with n, or NULL */
	const tl_own_event *own;
	const tl_datagram *in; /* with refusal and hint */
	const tl_refusal *refusal;
	tl_span hint;
	const tl_loss *loss;
} subject;

/* Writes a line of JSON or key=value pairs at |ptr|; its length, or 0 if it does not fit.
 */
static size_t
write_line(tl_renderer *r, const subject *s, uint8_t *ptr, size_t cap)
{
	tl_walk w;

	w.r = r;
	w.s = r->syntax;
	w.prefix.len = 0;
	if (!tl_out_init(&w.o, ptr, cap))
		return 0;
	if (s->n != NULL)
		tl_walk_notification(&w, s->n, s->j);
	else if (s->own != NULL)
		tl_walk_own(&w, s->own);
	else if (s->refusal != NULL)
		tl_walk_refusal(&w, s->in, s->refusal, s->hint);
	else
		tl_walk_loss(&w, s->loss);
	return w.o.full ? 0 : (size_t)(w.o.p - w.o.start);
}

/* The walk wants more room than it uses: where that is tight it writes into the
 * renderer's own line first. */
static tl_err
render_line(tl_renderer *r, const subject *s, tl_buf *out)
{
	size_t cap = out->cap - out->len;
	size_t len = write_line(r, s, out->ptr + out->len, cap);

	if (len == 0) {
		len = write_line(r, s, r->line, TL_LINE_MAX);
		if (len == 0 || len > cap)
			return TL_ENOSPC;
		memcpy(out->ptr + out->len, r->line, len);
	}
	out->len += len;
	return TL_OK;
}

static tl_err
render_text(tl_renderer *r, const subject *s, tl_buf *out)
{
	tl_buf b = { .ptr = out->ptr + out->len, .cap = out->cap - out->len };

	if (s->n != NULL)
		tl_text_notification(r, s->n, s->j, &b);
	else if (s->own != NULL)
		tl_text_own(r, s->own, &b);
	else if (s->refusal != NULL)
		tl_text_refusal(r, s->in, s->refusal, s->hint, &b);
	else
		tl_text_loss(r, s->loss, &b);
	if (b.full)
		return TL_ENOSPC;
	out->len += b.len;
	return TL_OK;
}

static tl_err
render(tl_renderer *r, const subject *s, tl_buf *out)
{
	bool has_own = s->j != NULL && s->j->charset != NULL;

	r->in_use = has_own ? s->j->charset : r->charset;
	return r->opt.format == TL_FORMAT_TEXT ? render_text(r, s, out)
					       : render_line(r, s, out);
}

tl_err
tl_render_notification(tl_renderer *r, const tl_notification *n, tl_buf *out)
{
	return render(r, &(subject){ .n = n }, out);
}

tl_err
tl_render_judged(
    tl_renderer *r, const tl_notification *n, const tl_judgement *j, tl_buf *out)
{
	return render(r, &(subject){ .n = n, .j = j }, out);
}

tl_err
tl_render_own(tl_renderer *r, const tl_own_event *own, tl_buf *out)
{
	if (own->refusal != NULL)
		return tl_render_refusal(r, own->datagram, own->refusal, own->hint, out);
	if (own->loss != NULL)
		return tl_render_loss(r, own->loss, out);
	return render(r, &(subject){ .own = own }, out);
}

tl_err
tl_render_refusal(tl_renderer *r, const tl_datagram *in, const tl_refusal *refusal,
    tl_span hint, tl_buf *out)
{
	return render(r, &(subject){ .in = in, .refusal = refusal, .hint = hint }, out);
}

tl_err
tl_render_loss(tl_renderer *r, const tl_loss *loss, tl_buf *out)
{
	return render(r, &(subject){ .loss = loss }, out);
}
