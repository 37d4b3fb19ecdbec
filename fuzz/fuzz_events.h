/* fuzz/fuzz_events.h: events to be judged, for fuzz_rules.c and fuzz_state.c. */
#ifndef FUZZ_EVENTS_H
#define FUZZ_EVENTS_H

#include <stdlib.h>
#include <string.h>

#include "pipeline/field.h"
#include "pipeline/stage.h"

enum { FUZZ_EVENTS = 4, FUZZ_VARBINDS = 4 };

typedef struct fuzz_event {
	event ev;
	tl_notification n;
	tl_varbind vb[FUZZ_VARBINDS];
	uint8_t oids[FUZZ_VARBINDS + 1][TL_OID_BER_MAX];
} fuzz_event;

static inline const tl_mib *
fuzz_mib(void)
{
	static tl_mib *mib;

	if (mib == NULL && tl_mib_builtin(&mib) != TL_OK)
		abort();
	return mib;
}

static inline tl_arena *
fuzz_arena(void)
{
	static tl_arena *arena;

	if (arena == NULL && tl_arena_new(1 << 18, &arena) != TL_OK)
		abort();
	return arena;
}

static inline tl_oid
fuzz_oid(const char *name, const tl_mib *mib, uint8_t room[TL_OID_BER_MAX])
{
	return (tl_oid){ room, field_oid(name, mib, room) };
}

/* Number |which|: linkDown, linkUp, one of a vendor, and coldStart of SNMPv1; |text| is
 * ifDescr of each. */
static inline void
fuzz_event_make(fuzz_event *e, int which, tl_span text, const tl_mib *mib)
{
	static const char *const traps[FUZZ_EVENTS] = { "IF-MIB::linkDown",
		"IF-MIB::linkUp", "1.3.6.1.4.1.99999.0.1", "SNMPv2-MIB::coldStart" };
	static const char *const objects[FUZZ_VARBINDS] = { "ifIndex.3", "ifOperStatus.3",
		"ifDescr.3", "1.3.6.1.4.1.99999.1.1.0" };
	static const uint8_t address[16] = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 7 };

	tl_arena_reset(fuzz_arena());
	memset(e, 0, sizeof *e);
	e->n = (tl_notification){ .kind = TL_TRAP,
		.version = which == 3 ? 1 : 2,
		.pdu_type = which == 3 ? 0xa4 : 0xa7,
		.request_id = 7,
		.uptime_cs = 123456,
		.vb = e->vb,
		.all = e->vb,
		.vb_count = FUZZ_VARBINDS,
		.all_count = FUZZ_VARBINDS,
		.community = { (const uint8_t *)"public", 6 },
		.received_ns = 1795176000123456789,
		.id_hash = 42 };
	memcpy(e->n.from.addr, address, sizeof address);
	e->n.trap_oid = fuzz_oid(traps[which], mib, e->oids[FUZZ_VARBINDS]);
	for (int i = 0; i < FUZZ_VARBINDS; i++)
		e->vb[i] = (tl_varbind){ .name = fuzz_oid(objects[i], mib, e->oids[i]),
			.type = TL_T_INTEGER,
			.v.i64 = i + 1 };
	e->vb[2].type = TL_T_OCTETS;
	e->vb[2].v.octets = text;
	event_init(&e->ev, &e->n, mib, fuzz_arena());
}

/* As small as may be: an input must not cost much. */
static inline void
fuzz_make_small(tl_conf *c)
{
	c->alarms.entries = c->dedup.entries = c->flapping.entries = 8;
	c->limits.sources = 8;
}

static inline void
fuzz_hear_nothing(void *context, const tl_own_event *own)
{
	(void)context;
	if (own->message.len == 0)
		abort();
}

static const emitter fuzz_nobody = { .emit = fuzz_hear_nothing, .realtime_ns = 1 };

#endif
