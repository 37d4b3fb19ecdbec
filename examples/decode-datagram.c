/* Decodes one datagram without any I/O of its own: bytes in, an event out, as JSON.
 * Build: cc decode-datagram.c $(pkg-config --cflags --libs libtrapline) */
#include <stdio.h>
#include <trapline/trapline.h>

/* A v2c trap, coldStart, with community "public". */
static const uint8_t datagram[] = { 0x30, 0x40, 0x02, 0x01, 0x01, 0x04, 0x06, 'p', 'u',
	'b', 'l', 'i', 'c', 0xa7, 0x33, 0x02, 0x01, 0x07, 0x02, 0x01, 0x00, 0x02, 0x01,
	0x00, 0x30, 0x28, 0x30, 0x0d, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x02, 0x01, 0x01,
	0x03, 0x00, 0x43, 0x01, 0x2a, 0x30, 0x17, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x06,
	0x03, 0x01, 0x01, 0x04, 0x01, 0x00, 0x06, 0x09, 0x2b, 0x06, 0x01, 0x06, 0x03,
	0x01, 0x01, 0x05, 0x01 };

int
main(void)
{
	tl_engine_options options = { 0 }; /* no engine ID: an observer */
	tl_renderer_options json = { .format = TL_FORMAT_JSON };
	tl_datagram in = { .bytes = { datagram, sizeof datagram } };
	static uint8_t room[4096];
	tl_buf out = { .ptr = room, .cap = sizeof room };
	tl_engine *engine = NULL;
	tl_arena *arena = NULL;
	tl_mib *mib = NULL;
	tl_renderer *renderer = NULL;
	tl_event event;
	int status = 1;

	if (tl_mib_builtin(&mib) == TL_OK)
		json.mib = mib;
	if (tl_engine_new(&options, &engine) == TL_OK &&
	    tl_arena_new(1 << 20, &arena) == TL_OK &&
	    tl_renderer_new(&json, &renderer) == TL_OK &&
	    tl_engine_input(engine, &in, arena, &event) == TL_OK) {
		if (event.kind == TL_EV_REFUSED)
			printf("refused: %s at byte %u\n",
			    tl_err_text(event.refusal.diag.err),
			    event.refusal.diag.offset);
		else if (tl_render_notification(renderer, event.n, &out) == TL_OK)
			status = fwrite(out.ptr, 1, out.len, stdout) != out.len;
	}
	tl_renderer_free(renderer);
	tl_arena_free(arena);
	tl_engine_free(engine);
	tl_mib_free(mib);
	return status;
}
