/* tests/pipeline/samples.h: notifications made by hand, and the built-in dictionary. */
#ifndef TESTS_PIPELINE_SAMPLES_H
#define TESTS_PIPELINE_SAMPLES_H

#include <arpa/inet.h>

#include "conf/help.h"
#include "pipeline/field.h"

enum { SAMPLE_VARBINDS = 16, SAMPLE_MEMORY = 1 << 18 };

typedef struct sample {
	event ev;
	tl_notification n;
	tl_varbind vb[SAMPLE_VARBINDS];
	tl_arena *arena;
	const tl_mib *mib;
	uint8_t oids[SAMPLE_VARBINDS + 2][TL_OID_BER_MAX];
	size_t oid_count;
} sample;

static tl_mib *the_mib;

static inline int
load_mib(void **state)
{
	(void)state;
	return tl_mib_builtin(&the_mib) == TL_OK ? 0 : -1;
}

static inline int
unload_mib(void **state)
{
	(void)state;
	tl_mib_free(the_mib);
	return 0;
}

/* An OID by name or in dotted form, kept with |s|. */
static inline tl_oid
sample_oid_of(sample *s, const char *name)
{
	assert_true(s->oid_count < SAMPLE_VARBINDS + 2);
	uint8_t *room = s->oids[s->oid_count++];
	uint32_t len = field_oid(name, s->mib, room);

	assert_true(len > 0);
	return (tl_oid){ room, len };
}

static inline tl_endpoint
endpoint_of(const char *address)
{
	tl_endpoint ep = { .addr = { [10] = 0xff, [11] = 0xff }, .port = 50123 };

	if (inet_pton(AF_INET, address, ep.addr + 12) != 1)
		assert_int_equal(inet_pton(AF_INET6, address, ep.addr), 1);
	return ep;
}

/* An SNMPv2c trap of 192.0.2.7, community public, uptime 123456; free it. */
static inline sample *
sample_new(const char *trap)
{
	sample *s = calloc(1, sizeof *s);

	assert_non_null(s);
	s->mib = the_mib;
	assert_int_equal(tl_arena_new(SAMPLE_MEMORY, &s->arena), TL_OK);
	s->n = (tl_notification){ .kind = TL_TRAP,
		.version = 2,
		.pdu_type = 0xa7,
		.request_id = 7,
		.uptime_cs = 123456,
		.vb = s->vb,
		.all = s->vb,
		.community = LIT("public"),
		.from = endpoint_of("192.0.2.7"),
		.to = endpoint_of("192.0.2.1"),
		.received_ns = 1795176000123456789,
		.id_hash = 0x123456789abcdef };
	s->n.trap_oid = sample_oid_of(s, trap);
	event_init(&s->ev, &s->n, s->mib, s->arena);
	return s;
}

static inline void
sample_free(sample *s)
{
	tl_arena_free(s->arena);
	free(s);
}

static inline tl_varbind *
sample_add(sample *s, const char *name, tl_type type)
{
	assert_true(s->n.vb_count < SAMPLE_VARBINDS);
	tl_varbind *vb = &s->vb[s->n.vb_count++];

	s->n.all_count = s->n.vb_count;
	*vb = (tl_varbind){ .name = sample_oid_of(s, name), .type = type };
	return vb;
}

static inline void
sample_int(sample *s, const char *name, int64_t value)
{
	sample_add(s, name, TL_T_INTEGER)->v.i64 = value;
}

static inline void
sample_text(sample *s, const char *name, const char *text)
{
	sample_add(s, name, TL_T_OCTETS)->v.octets = span_of(text);
}

/* linkDown of interface 3, GigabitEthernet0/3. */
static inline sample *
sample_link_down(void)
{
	sample *s = sample_new("IF-MIB::linkDown");

	sample_int(s, "ifIndex.3", 3);
	sample_int(s, "ifAdminStatus.3", 1);
	sample_int(s, "ifOperStatus.3", 2);
	sample_text(s, "ifDescr.3", "GigabitEthernet0/3");
	return s;
}

#endif
