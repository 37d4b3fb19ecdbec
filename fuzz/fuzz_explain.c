/* fuzz/fuzz_explain.c: any line as an event that `trapline explain` is given, and
 * `trapline send`. What is read can be sent. */
#include <stdlib.h>

#include "base/arena.h"
#include "cli/explain.h"
#include "cli/stdin_events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { ARENA_BYTES = 1 << 20 };

static void
check_oid(tl_oid oid)
{
	char text[TL_OID_TEXT_MAX];

	if (oid.len > TL_OID_BER_MAX || tl_oid_text(oid, text) == 0)
		abort();
}

static void
check(const tl_notification *n)
{
	if (n->trap_oid.len > 0)
		check_oid(n->trap_oid);
	for (size_t i = 0; i < n->vb_count; i++) {
		check_oid(n->vb[i].name);
		if (n->vb[i].type == TL_T_OID && n->vb[i].v.oid.len > 0)
			check_oid(n->vb[i].v.oid);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static tl_arena *arena;
	tl_span line = { data, len };
	explain_line l = { 0 };
	event_reader r = { 0 };
	tl_outgoing out;

	if (arena == NULL && tl_arena_new(ARENA_BYTES, &arena) != TL_OK)
		abort();
	tl_arena_reset(arena);
	l.arena = arena;
	if (explain_line_read(&l, line))
		check(&l.n);
	else if (!l.is_other && l.problem == NULL)
		abort();
	tl_arena_reset(arena);
	r.arena = arena;
	if (!event_read(&r, line, &out) && !r.is_other && r.problem == NULL)
		abort();
	return 0;
}
