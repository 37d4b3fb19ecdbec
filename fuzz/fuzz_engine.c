/* fuzz/fuzz_engine.c: any bytes as a datagram to an engine with users of each protocol:
 * an event comes out, it can be printed in each format, explained and answered. */
#include <stdlib.h>

#include "engine_users.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
show(bench *b, const tl_datagram *in, const tl_event *ev)
{
	for (int f = TL_FORMAT_JSON; f <= TL_FORMAT_KV; f++) {
		tl_buf hint = { .ptr = (uint8_t[1024]){ 0 }, .cap = 1024 };
		tl_err err = TL_OK;
		b->out.len = 0;
		if (ev->kind != TL_EV_REFUSED)
			err = tl_render_notification(b->renderer[f], ev->n, &b->out);
		else if (tl_engine_hint(b->engine, in, &ev->refusal, &hint) == TL_OK)
			err = tl_render_refusal(b->renderer[f], in, &ev->refusal,
			    (tl_span){ hint.ptr, hint.len }, &b->out);
		if (err != TL_OK || ev->refusal.diag.offset > in->bytes.len)
			abort();
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
