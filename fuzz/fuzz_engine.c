/* fuzz/fuzz_engine.c: any bytes as a datagram to an engine with users of each protocol:
 * an event comes out, it can be printed in each format, explained and answered. */
#include <stdlib.h>

#include "engine_users.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* |ev| in the format |f|, and as if pieces of its datagram had been found out about it.
 */
static tl_err
put(bench *b, int f, const tl_datagram *in, const tl_event *ev, tl_buf *out)
{
	tl_buf hint = { .ptr = (uint8_t[1024]){ 0 }, .cap = 1024 };
	tl_span all = in->bytes, front = { all.ptr, all.len % 21 };
	tl_span rest = { all.ptr + front.len, all.len - front.len };
	tl_field fields[] = { { front, rest }, { rest, front } };
	tl_judgement j = { .tags = (tl_span[]){ front, rest },
		.tag_count = 2,
		.fields = fields,
		.field_count = 2,
		.message = rest,
		.alarm = TL_ALARM_RAISED,
		.alarm_key = front };

	if (ev->kind != TL_EV_REFUSED)
		return tl_render_judged(b->renderer[f], ev->n, &j, out);
	if (tl_engine_hint(b->engine, in, &ev->refusal, &hint) != TL_OK)
		return TL_OK;
	return tl_render_refusal(
	    b->renderer[f], in, &ev->refusal, (tl_span){ hint.ptr, hint.len }, out);
}

static void
show(bench *b, const tl_datagram *in, const tl_event *ev)
{
	for (int f = TL_FORMAT_JSON; f <= TL_FORMAT_KV; f++) {
		b->out.len = 0;
		if (put(b, f, in, ev, &b->out) != TL_OK ||
		    ev->refusal.diag.offset > in->bytes.len)
			abort();
		size_t half = b->out.len / 2;
		tl_buf less = { .ptr = malloc(half + 1), .cap = half };
		if (less.ptr == NULL ||
		    (half > 0 && put(b, f, in, ev, &less) != TL_ENOSPC))
			abort();
		free(less.ptr);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bench *b = bench_get();
	tl_datagram in = { .bytes = { data, size } };
	tl_span reply;
	tl_event ev;

	if (tl_engine_input(b->engine, &in, b->arena, &ev) != TL_OK)
		abort();
	show(b, &in, &ev);
	if (ev.kind == TL_EV_NOTIFICATION && ev.n->kind == TL_INFORM &&
	    tl_engine_ack(b->engine, ev.n, 0, b->arena, &reply) != TL_OK)
		abort();
	tl_arena_reset(b->arena);
	return 0;
}
