/* What the caller says against what arrives: the two standard varbinds, v2 to v1 by RFC
 * 3584 section 3.2, v1 to v2 by section 3.1, values of every type. */
#include "talk.h"

#define SNMP_TRAPS "\x2b\x06\x01\x06\x03\x01\x01\x05"

static const uint8_t address[] = { 192, 0, 2, 7 };

/* Encodes a trap and decodes it; the error, or TL_OK with t->ev.n. */
static tl_err
carry(talk *t, const tl_outgoing *out)
{
	tl_buf room = { .ptr = t->room, .cap = sizeof t->room };
	tl_err err = tl_sender_encode_trap(t->s, out, t->now_ns, &room, &t->message);

	if (err != TL_OK)
		return err;
	(void)receive(t, t->message);
	assert_int_equal(t->ev.kind, TL_EV_NOTIFICATION);
	assert_int_equal(t->ev.n->flags & ~TL_FLAG_ENCODING, 0);
	return TL_OK;
}

static talk *
open_version(uint8_t version)
{
	return talk_open((tl_sender_options){ .version = version, .start_ns = SECOND });
}

static void
assert_oid(tl_oid got, tl_span wanted)
{
	assert_bytes((tl_span){ got.ber, got.len }, wanted);
}

static void
test_adds_uptime_since_start_in_centiseconds_and_trap_oid(void **state)
{
	talk *t = open_version(2);
	tl_outgoing out = cold_start(TL_TRAP);
	(void)state;

	t->now_ns = SECOND + 123456 * (SECOND / 100) + 9999999;
	assert_int_equal(carry(t, &out), TL_OK);
	assert_int_equal(t->ev.n->uptime_cs, 123456);
	assert_int_equal(t->ev.n->all_count, 2);
	assert_oid(t->ev.n->trap_oid, LIT(SNMP_TRAPS "\x01"));
	out.has_uptime = true;
	out.uptime_cs = UINT32_MAX;
	assert_int_equal(carry(t, &out), TL_OK);
	assert_int_equal(t->ev.n->uptime_cs, UINT32_MAX);
	assert_bytes(t->ev.n->community, LIT("public"));
	talk_close(t);
}

static void
test_takes_standard_varbinds_that_are_there_already(void **state)
{
	const tl_varbind both[] = {
		{ .name = oid_of(LIT("\x2b\x06\x01\x02\x01\x01\x03\x00")),
		    .type = TL_T_TIMETICKS,
		    .v.u64 = 42 },
		{ .name = oid_of(LIT("\x2b\x06\x01\x06\x03\x01\x01\x04\x01\x00")),
		    .type = TL_T_OID,
		    .v.oid = oid_of(LIT(SNMP_TRAPS "\x03")) },
		{ .name = oid_of(LIT("\x2b\x06")), .type = TL_T_NULL },
	};
	tl_outgoing out = { .kind = TL_TRAP, .vb = both, .vb_count = 3 };
	(void)state;

	for (uint8_t version = 1; version <= 2; version++) {
		talk *t = open_version(version);
		assert_int_equal(carry(t, &out), TL_OK);
		assert_int_equal(t->ev.n->uptime_cs, 42);
		assert_oid(t->ev.n->trap_oid, LIT(SNMP_TRAPS "\x03"));
		assert_int_equal(t->ev.n->vb_count, 1);
		/* Only the second one: the first is added. */
		tl_outgoing one = { .kind = TL_TRAP,
			.vb = both + 1,
			.vb_count = 2,
			.has_uptime = true,
			.uptime_cs = 43 };
		assert_int_equal(carry(t, &one), TL_OK);
		assert_int_equal(t->ev.n->uptime_cs, 43);
		assert_int_equal(t->ev.n->vb_count, 1);
		talk_close(t);
	}
}

static void
test_values_of_every_type_arrive(void **state)
{
	const tl_oid name = oid_of(LIT(ENTERPRISE "\x01"));
	const tl_varbind vb[] = {
		{ .name = name, .type = TL_T_INTEGER, .v.i64 = INT32_MIN },
		{ .name = name, .type = TL_T_OCTETS, .v.octets = LIT("a\0b") },
		{ .name = name, .type = TL_T_OCTETS },
		{ .name = name, .type = TL_T_NULL },
		{ .name = name, .type = TL_T_OID, .v.oid = name },
		{ .name = name, .type = TL_T_IPADDRESS, .v.octets = { address, 4 } },
		{ .name = name, .type = TL_T_COUNTER32, .v.u64 = UINT32_MAX },
		{ .name = name, .type = TL_T_GAUGE32, .v.u64 = 0 },
		{ .name = name, .type = TL_T_TIMETICKS, .v.u64 = 128 },
		{ .name = name, .type = TL_T_OPAQUE, .v.octets = LIT("\x9f\x78\x04") },
		{ .name = name, .type = TL_T_COUNTER64, .v.u64 = UINT64_MAX },
		{ .name = name, .type = TL_T_NOSUCHOBJECT },
		{ .name = name, .type = TL_T_NOSUCHINSTANCE },
		{ .name = name, .type = TL_T_ENDOFMIBVIEW },
	};
	tl_outgoing out = cold_start(TL_TRAP);
	talk *t = open_version(2);
	(void)state;

	out.vb = vb;
	out.vb_count = COUNT(vb);
	assert_int_equal(carry(t, &out), TL_OK);
	assert_int_equal(t->ev.n->vb_count, COUNT(vb));
	for (size_t i = 0; i < COUNT(vb); i++)
		assert_int_equal(t->ev.n->vb[i].type, vb[i].type);
	assert_int_equal(t->ev.n->vb[0].v.i64, INT32_MIN);
	assert_bytes(t->ev.n->vb[1].v.octets, LIT("a\0b"));
	assert_oid(t->ev.n->vb[4].v.oid, LIT(ENTERPRISE "\x01"));
	assert_int_equal(t->ev.n->vb[6].v.u64, UINT32_MAX);
	assert_int_equal(t->ev.n->vb[10].v.u64, UINT64_MAX);
	talk_close(t);
}

static void
test_refuses_malformed_values_and_says_which(void **state)
{
	const tl_varbind bad[] = {
		{ .type = TL_T_IPADDRESS, .v.octets = { address, 3 } },
		{ .type = TL_T_OCTETS, .v.octets = { NULL, 3 } },
		{ .type = (tl_type)0x47 },
	};
	talk *t = open_version(2);
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		const tl_varbind vb[] = { { .type = TL_T_NULL }, bad[i] };
		tl_outgoing out = cold_start(TL_TRAP);
		out.vb = vb;
		out.vb_count = 2;
		assert_int_equal(carry(t, &out), TL_EINVAL);
		assert_int_equal(tl_sender_problem(t->s)->varbind, 1);
		assert_true(tl_sender_problem(t->s)->why[0] != '\0');
	}
	tl_outgoing none = { .kind = TL_TRAP };
	assert_int_equal(carry(t, &none), TL_EINVAL);
	none.kind = (tl_kind)3;
	assert_int_equal(carry(t, &none), TL_EINVAL);
	talk_close(t);
}

/* RFC 3584 section 3.2 (1), (3), (4). */
static void
test_v1_generic_traps_are_those_of_snmp_traps(void **state)
{
	talk *t = open_version(1);
	(void)state;

	for (char i = 1; i <= 6; i++) {
		char ber[] = SNMP_TRAPS "?";
		ber[8] = i;
		tl_outgoing out = { .kind = TL_TRAP,
			.trap_oid = { (const uint8_t *)ber, 9 } };
		assert_int_equal(carry(t, &out), TL_OK);
		assert_true(t->ev.n->v1.present);
		assert_int_equal(t->ev.n->v1.generic, i - 1);
		assert_int_equal(t->ev.n->v1.specific, 0);
		assert_oid(t->ev.n->v1.enterprise, LIT(SNMP_TRAPS));
		assert_bytes((tl_span){ t->ev.n->agent_address, 4 }, LIT("\0\0\0\0"));
	}
	talk_close(t);
}

static void
test_v1_enterprise_of_a_generic_trap_is_snmp_trap_enterprise(void **state)
{
	const tl_varbind vb = {
		.name = oid_of(LIT("\x2b\x06\x01\x06\x03\x01\x01\x04\x03\x00")),
		.type = TL_T_OID,
		.v.oid = oid_of(LIT(ENTERPRISE)),
	};
	tl_outgoing out = cold_start(TL_TRAP);
	talk *t = open_version(1);
	(void)state;

	out.vb = &vb;
	out.vb_count = 1;
	assert_int_equal(carry(t, &out), TL_OK);
	assert_oid(t->ev.n->v1.enterprise, LIT(ENTERPRISE));
	assert_int_equal(t->ev.n->vb_count, 1);
	talk_close(t);
}

typedef struct split {
	tl_span trap_oid, enterprise;
	int64_t specific; /* -1: cannot be */
} split;

static void
test_v1_enterprise_and_specific_by_the_last_but_one_sub_identifier(void **state)
{
	const split splits[] = {
		{ LIT(ENTERPRISE "\x00\x05"), LIT(ENTERPRISE), 5 },
		{ LIT(ENTERPRISE "\x02\x05"), LIT(ENTERPRISE "\x02"), 5 },
		{ LIT(ENTERPRISE "\x81\x00\x05"), LIT(ENTERPRISE "\x81\x00"), 5 },
		{ LIT(ENTERPRISE "\x00\x87\xff\xff\xff\x7f"), LIT(ENTERPRISE),
		    INT32_MAX },
		{ LIT(ENTERPRISE "\x00\x88\x80\x80\x80\x00"), LIT(""), -1 },
		{ LIT(ENTERPRISE "\x00\x00"), LIT(ENTERPRISE), 0 },
		{ LIT(SNMP_TRAPS "\x00"), LIT(SNMP_TRAPS), 0 },
		{ LIT(SNMP_TRAPS "\x07"), LIT(SNMP_TRAPS), 7 },
		{ LIT(SNMP_TRAPS "\x08"), LIT(SNMP_TRAPS), 8 },
		{ LIT("\x2b\x06"), LIT("\x2b"), 6 },
		{ LIT("\x28\x06"), LIT("\x28"), 6 },
		{ LIT("\x2b"), LIT(""), -1 },
		{ LIT(""), LIT(""), -1 },
	};
	talk *t = open_version(1);
	(void)state;

	for (size_t i = 0; i < COUNT(splits); i++) {
		tl_outgoing out = { .kind = TL_TRAP,
			.trap_oid = oid_of(splits[i].trap_oid) };
		if (splits[i].specific < 0) {
			assert_int_equal(carry(t, &out), TL_EINVAL);
			continue;
		}
		assert_int_equal(carry(t, &out), TL_OK);
		assert_int_equal(t->ev.n->v1.generic, 6);
		assert_int_equal(t->ev.n->v1.specific, splits[i].specific);
		assert_oid(t->ev.n->v1.enterprise, splits[i].enterprise);
	}
	talk_close(t);
}

/* Section 3.2 (2), and what the caller says comes first. */
static void
test_v1_agent_address_given_else_of_the_varbind_else_our_own(void **state)
{
	const tl_varbind vb = { .name =
				    oid_of(LIT("\x2b\x06\x01\x06\x03\x12\x01\x03\x00")),
		.type = TL_T_IPADDRESS,
		.v.octets = LIT("\x0a\x01\x02\x03") };
	tl_sender_options opt = { .version = 1, .has_agent_address = true };
	(void)state;

	memcpy(opt.agent_address, address, 4);
	talk *t = talk_open(opt);
	tl_outgoing out = cold_start(TL_TRAP);
	assert_int_equal(carry(t, &out), TL_OK);
	assert_memory_equal(t->ev.n->agent_address, address, 4);
	out.vb = &vb;
	out.vb_count = 1;
	assert_int_equal(carry(t, &out), TL_OK);
	assert_memory_equal(t->ev.n->agent_address, "\x0a\x01\x02\x03", 4);
	out.has_agent_address = true;
	assert_int_equal(carry(t, &out), TL_OK);
	assert_memory_equal(t->ev.n->agent_address, "\0\0\0\0", 4);
	talk_close(t);
}

static void
test_v1_fields_given_go_out_as_they_are(void **state)
{
	tl_outgoing out = { .kind = TL_TRAP,
		.v1 = { .present = true,
		    .enterprise = oid_of(LIT(ENTERPRISE)),
		    .generic = 3,
		    .specific = -7 } };
	talk *t = open_version(1);
	(void)state;

	assert_int_equal(carry(t, &out), TL_OK);
	assert_oid(t->ev.n->v1.enterprise, LIT(ENTERPRISE));
	assert_int_equal(t->ev.n->v1.generic, 3);
	assert_int_equal(t->ev.n->v1.specific, -7);
	out.v1.enterprise = (tl_oid){ 0 };
	assert_int_equal(carry(t, &out), TL_EINVAL);
	out.trap_oid = oid_of(LIT(ENTERPRISE "\x00\x09"));
	assert_int_equal(carry(t, &out), TL_OK);
	assert_oid(t->ev.n->v1.enterprise, LIT(ENTERPRISE));
	assert_int_equal(t->ev.n->v1.generic, 3);
	talk_close(t);
}

/* Section 3.2 (6). */
static void
test_v1_refuses_counter64_or_drops_it_on_request(void **state)
{
	const tl_varbind vb[] = {
		{ .type = TL_T_NULL, .name = oid_of(LIT("\x2b\x01")) },
		{ .type = TL_T_COUNTER64, .name = oid_of(LIT("\x2b\x02")) },
		{ .type = TL_T_NULL, .name = oid_of(LIT("\x2b\x03")) },
	};
	tl_outgoing out = cold_start(TL_TRAP);
	talk *t = open_version(1);
	(void)state;

	out.vb = vb;
	out.vb_count = 3;
	assert_int_equal(carry(t, &out), TL_ETYPE);
	assert_int_equal(tl_sender_problem(t->s)->varbind, 1);
	assert_non_null(strstr(tl_sender_problem(t->s)->why, "Counter64"));
	talk_close(t);
	t = talk_open((tl_sender_options){ .version = 1, .drop_counter64 = true });
	assert_int_equal(carry(t, &out), TL_OK);
	assert_int_equal(t->ev.n->vb_count, 2);
	assert_oid(t->ev.n->vb[1].name, LIT("\x2b\x03"));
	assert_int_equal(tl_sender_counters(t->s)->dropped_varbinds, 1);
	talk_close(t);
}

static void
test_v1_has_no_exceptions_and_no_informs(void **state)
{
	static const tl_type types[] = { TL_T_NOSUCHOBJECT, TL_T_NOSUCHINSTANCE,
		TL_T_ENDOFMIBVIEW };
	talk *t = talk_open((tl_sender_options){ .version = 1, .drop_counter64 = true });
	uint64_t ticket;
	(void)state;

	for (size_t i = 0; i < COUNT(types); i++) {
		const tl_varbind vb = { .type = types[i] };
		tl_outgoing out = cold_start(TL_TRAP);
		out.vb = &vb;
		out.vb_count = 1;
		assert_int_equal(carry(t, &out), TL_ETYPE);
	}
	const tl_outgoing inform = cold_start(TL_INFORM);
	assert_int_equal(tl_sender_notify(t->s, &inform, t->now_ns, &ticket), TL_EINVAL);
	talk_close(t);
}

/* A v1 trap that was received is sent on as v2c: RFC 3584 section 3.1 (4). */
static void
test_v1_trap_sent_on_keeps_address_community_and_enterprise(void **state)
{
	talk *from =
	    talk_open((tl_sender_options){ .version = 1, .community = LIT("floor2") });
	talk *to = open_version(2), *again = open_version(2), *back = open_version(1);
	tl_outgoing out = { .kind = TL_TRAP,
		.trap_oid = oid_of(LIT(ENTERPRISE "\x00\x05")),
		.has_uptime = true,
		.uptime_cs = 77,
		.has_agent_address = true };
	(void)state;

	memcpy(out.agent_address, address, 4);
	assert_int_equal(carry(from, &out), TL_OK);
	tl_outgoing_of(from->ev.n, &out);
	assert_int_equal(carry(to, &out), TL_OK);
	const tl_notification *n = to->ev.n;
	assert_oid(n->trap_oid, LIT(ENTERPRISE "\x00\x05"));
	assert_int_equal(n->uptime_cs, 77);
	assert_int_equal(n->vb_count, 3);
	assert_true(n->has_agent_address);
	assert_memory_equal(n->agent_address, address, 4);
	assert_bytes(n->vb[1].v.octets, LIT("floor2"));
	assert_oid(n->vb[2].v.oid, LIT(ENTERPRISE));
	/* And once more: nothing is added twice; and back to v1. */
	tl_outgoing_of(from->ev.n, &out);
	out.vb = n->vb;
	out.vb_count = n->vb_count;
	assert_int_equal(carry(again, &out), TL_OK);
	assert_int_equal(again->ev.n->vb_count, 3);
	tl_outgoing_of(n, &out);
	assert_int_equal(carry(back, &out), TL_OK);
	assert_memory_equal(back->ev.n->agent_address, address, 4);
	assert_oid(back->ev.n->v1.enterprise, LIT(ENTERPRISE));
	assert_int_equal(back->ev.n->v1.specific, 5);
	talk_close(from);
	talk_close(to);
	talk_close(again);
	talk_close(back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_adds_uptime_since_start_in_centiseconds_and_trap_oid),
		cmocka_unit_test(test_takes_standard_varbinds_that_are_there_already),
		cmocka_unit_test(test_values_of_every_type_arrive),
		cmocka_unit_test(test_refuses_malformed_values_and_says_which),
		cmocka_unit_test(test_v1_generic_traps_are_those_of_snmp_traps),
		cmocka_unit_test(
		    test_v1_enterprise_of_a_generic_trap_is_snmp_trap_enterprise),
		cmocka_unit_test(
		    test_v1_enterprise_and_specific_by_the_last_but_one_sub_identifier),
		cmocka_unit_test(
		    test_v1_agent_address_given_else_of_the_varbind_else_our_own),
		cmocka_unit_test(test_v1_fields_given_go_out_as_they_are),
		cmocka_unit_test(test_v1_refuses_counter64_or_drops_it_on_request),
		cmocka_unit_test(test_v1_has_no_exceptions_and_no_informs),
		cmocka_unit_test(
		    test_v1_trap_sent_on_keeps_address_community_and_enterprise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
