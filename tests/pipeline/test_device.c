/* Tests of pipeline/device.c. */
#include "pipeline/device.h"
#include "pipeline/samples.h"

#define TRAP_ADDRESS "1.3.6.1.6.3.18.1.3.0"
#define RELAYS "trusted_relays: [192.0.2.0/24]\n"

static const uint8_t v4_10_1_2_3[] = { 10, 1, 2, 3 };

static const char *
device_text(const sample *s)
{
	static char text[TL_ADDRESS_TEXT_MAX];

	tl_address_text(&s->ev.device, text);
	return text;
}

/* The device that |yaml| chooses for |s| is |wanted|. */
static void
assert_device(const char *yaml, sample *s, const char *wanted)
{
	tl_conf *conf = good(yaml);
	devices *d = devices_new(conf);

	assert_non_null(d);
	device_choose(d, NULL, &s->ev);
	assert_string_equal(device_text(s), wanted);
	assert_int_equal(s->ev.device.port, 0);
	bool is_peer = memcmp(s->ev.device.addr, s->n.from.addr, 16) == 0;
	assert_ptr_equal(s->ev.j.device, is_peer ? NULL : &s->ev.device);
	devices_free(d);
	tl_conf_free(conf);
}

static sample *
with_trap_address(tl_type type, tl_span bytes)
{
	sample *s = sample_new("1.3.6.1.6.3.1.1.5.3");

	sample_add(s, TRAP_ADDRESS, type)->v.octets = bytes;
	s->n.has_agent_address = type == TL_T_IPADDRESS;
	if (bytes.len == 4)
		memcpy(s->n.agent_address, bytes.ptr, 4);
	return s;
}

static sample *
v1_of(const char *agent)
{
	sample *s = sample_new("1.3.6.1.6.3.1.1.5.3");

	s->n.version = 1;
	s->n.v1.present = s->n.has_agent_address = true;
	assert_int_equal(inet_pton(AF_INET, agent, s->n.agent_address), 1);
	return s;
}

static sample *
v3_of(tl_level level, tl_span engine, tl_span context)
{
	sample *s = sample_new("1.3.6.1.6.3.1.1.5.3");

	s->n.version = 3;
	s->n.v3.level = level;
	s->n.v3.engine_id = engine;
	s->n.v3.context_engine_id = context;
	return s;
}

static void
test_without_a_claim_it_is_the_peer(void **state)
{
	sample *s = sample_new("1.3.6.1.6.3.1.1.5.3");

	(void)state;
	assert_device("{}", s, "192.0.2.7");
	assert_device(RELAYS, s, "192.0.2.7");
	sample_free(s);
}

static void
test_believes_trap_address_of_a_trusted_relay(void **state)
{
	sample *s = with_trap_address(TL_T_IPADDRESS, (tl_span){ v4_10_1_2_3, 4 });

	(void)state;
	assert_device(RELAYS, s, "10.1.2.3");
	assert_device("lists: {relays: [198.51.100.1, 192.0.2.7]}\n"
		      "trusted_relays: relays\n",
	    s, "10.1.2.3");
	sample_free(s);
}

static void
test_does_not_believe_trap_address_of_others(void **state)
{
	sample *s = with_trap_address(TL_T_IPADDRESS, (tl_span){ v4_10_1_2_3, 4 });

	(void)state;
	assert_device("{}", s, "192.0.2.7");
	assert_device("trusted_relays: [192.0.2.8, 10.1.2.3]", s, "192.0.2.7");
	sample_free(s);
}

static void
test_takes_an_ipv6_trap_address_of_16_octets(void **state)
{
	tl_endpoint v6 = endpoint_of("2001:db8::7");
	sample *s = with_trap_address(TL_T_OCTETS, (tl_span){ v6.addr, 16 });

	(void)state;
	assert_device(RELAYS, s, "2001:db8::7");
	s->vb[0].v.octets.len = 15;
	assert_device(RELAYS, s, "192.0.2.7");
	s->vb[0].v.octets.len = 0;
	assert_device(RELAYS, s, "192.0.2.7");
	s->vb[0].type = TL_T_INTEGER;
	s->vb[0].v.i64 = 7;
	assert_device(RELAYS, s, "192.0.2.7");
	sample_free(s);
}

static void
test_passes_over_addresses_that_are_no_device(void **state)
{
	static const char *const none[] = { "0.0.0.0", "127.0.0.1", "224.0.0.1",
		"255.255.255.255", "::", "::1", "ff02::1" };

	(void)state;
	for (size_t i = 0; i < COUNT(none); i++) {
		tl_endpoint ep = endpoint_of(none[i]);
		sample *s = with_trap_address(TL_T_OCTETS, (tl_span){ ep.addr, 16 });
		assert_device(RELAYS, s, "192.0.2.7");
		sample_free(s);
	}
	sample *s = v1_of("0.0.0.0");
	assert_device(RELAYS, s, "192.0.2.7");
	sample_free(s);
}

static void
test_believes_agent_addr_of_a_trusted_relay_only(void **state)
{
	sample *s = v1_of("10.9.8.7");

	(void)state;
	assert_device(RELAYS, s, "10.9.8.7");
	assert_device("{}", s, "192.0.2.7");
	sample_free(s);
}

static void
test_agent_addr_that_is_the_peer_has_told_it(void **state)
{
	tl_conf *conf = good("{}");
	devices *d = devices_new(conf);
	sample *s = v1_of("192.0.2.7");

	(void)state;
	assert_non_null(d);
	assert_int_equal(device_choose(d, NULL, &s->ev), TL_ADDRESS_AGENT);
	s->n.v1.present = false;
	assert_int_equal(device_choose(d, NULL, &s->ev), TL_ADDRESS_PEER);
	assert_string_equal(device_text(s), "192.0.2.7");
	sample_free(s);
	devices_free(d);
	tl_conf_free(conf);
}

static void
test_trap_address_of_v2c_is_no_agent_addr(void **state)
{
	sample *s = with_trap_address(TL_T_IPADDRESS, (tl_span){ v4_10_1_2_3, 4 });

	(void)state;
	assert_device(RELAYS "source_address: [agent_address, peer]", s, "192.0.2.7");
	sample_free(s);
}

static void
test_order_decides(void **state)
{
	sample *s = v1_of("10.9.8.7");

	(void)state;
	sample_add(s, TRAP_ADDRESS, TL_T_IPADDRESS)->v.octets =
	    (tl_span){ v4_10_1_2_3, 4 };
	assert_device(RELAYS, s, "10.1.2.3");
	assert_device(
	    RELAYS "source_address: [agent_address, snmpTrapAddress]", s, "10.9.8.7");
	assert_device(RELAYS "source_address: [peer, agent_address]", s, "192.0.2.7");
	sample_free(s);
}

static void
test_a_rule_may_say_another_order(void **state)
{
	static const int64_t at[] = { TL_ADDRESS_PEER };
	sample *s = v1_of("10.9.8.7");
	tl_conf *conf = good(RELAYS);
	devices *d = devices_new(conf);

	(void)state;
	device_choose(d, NULL, &s->ev);
	assert_string_equal(device_text(s), "10.9.8.7");
	device_choose(d, &(tl_conf_ints){ at, 1 }, &s->ev);
	assert_string_equal(device_text(s), "192.0.2.7");
	assert_null(s->ev.j.device);
	device_choose(d, &(tl_conf_ints){ NULL, 0 }, &s->ev);
	assert_string_equal(device_text(s), "10.9.8.7");
	devices_free(d);
	tl_conf_free(conf);
	sample_free(s);
}

#define ENGINES                                                                          \
	"engine_addresses: {80001f8801: 10.0.0.1, 80001f8802: 'fd00::2', "               \
	"80001f8803: 10.0.0.3}\n"
#define ENGINE(n) LIT("\x80\x00\x1f\x88" n)

static void
test_maps_authentic_engines_to_addresses(void **state)
{
	sample *s = v3_of(TL_AUTH_NOPRIV, ENGINE("\1"), ENGINE("\2"));

	(void)state;
	assert_device(ENGINES, s, "fd00::2");
	s->n.v3.context_engine_id = ENGINE("\x9");
	assert_device(ENGINES, s, "10.0.0.1");
	s->n.v3.context_engine_id = (tl_span){ NULL, 0 };
	assert_device(ENGINES, s, "10.0.0.1");
	s->n.v3.engine_id = ENGINE("\x9");
	assert_device(ENGINES, s, "192.0.2.7");
	sample_free(s);
}

static void
test_the_authoritative_engine_of_an_inform_is_ours(void **state)
{
	sample *s = v3_of(TL_AUTH_PRIV, ENGINE("\1"), ENGINE("\x9"));

	(void)state;
	s->n.kind = TL_INFORM;
	assert_device(ENGINES, s, "192.0.2.7");
	s->n.v3.context_engine_id = ENGINE("\3");
	assert_device(ENGINES, s, "10.0.0.3");
	sample_free(s);
}

static void
test_does_not_believe_engines_without_authentication(void **state)
{
	sample *s = v3_of(TL_NOAUTH_NOPRIV, ENGINE("\1"), ENGINE("\1"));

	(void)state;
	assert_device(ENGINES, s, "192.0.2.7");
	assert_device(ENGINES RELAYS, s, "10.0.0.1");
	sample_free(s);
}

static void
test_finds_each_of_many_engines(void **state)
{
	char *yaml = malloc(100000);
	size_t len = (size_t)sprintf(yaml, "engine_addresses:\n");

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		len += (size_t)sprintf(
		    yaml + len, "  80001f88%04x: 10.0.%u.%u\n", i, i >> 8, i & 255);
	for (unsigned i = 0; i < 1000; i += 111) {
		const uint8_t id[] = { 0x80, 0, 0x1f, 0x88, (uint8_t)(i >> 8),
			(uint8_t)i };
		char wanted[16];
		sample *s = v3_of(TL_AUTH_PRIV, (tl_span){ id, 6 }, (tl_span){ id, 6 });
		(void)snprintf(wanted, sizeof wanted, "10.0.%u.%u", i >> 8, i & 255);
		assert_device(yaml, s, wanted);
		sample_free(s);
	}
	free(yaml);
}

static void
test_keeps_the_zone_of_a_peer(void **state)
{
	sample *s = sample_new("1.3.6.1.6.3.1.1.5.3");

	(void)state;
	s->n.from = endpoint_of("fe80::1");
	s->n.from.scope = 3;
	assert_device(RELAYS, s, "fe80::1%3");
	sample_free(s);
}

static void
test_events_of_our_own_stay(void **state)
{
	tl_conf *conf = good("{}");
	devices *d = devices_new(conf);
	event ev = { 0 };

	(void)state;
	device_choose(d, NULL, &ev);
	assert_null(ev.j.device);
	devices_free(d);
	devices_free(NULL);
	tl_conf_free(conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_a_claim_it_is_the_peer),
		cmocka_unit_test(test_believes_trap_address_of_a_trusted_relay),
		cmocka_unit_test(test_does_not_believe_trap_address_of_others),
		cmocka_unit_test(test_takes_an_ipv6_trap_address_of_16_octets),
		cmocka_unit_test(test_passes_over_addresses_that_are_no_device),
		cmocka_unit_test(test_believes_agent_addr_of_a_trusted_relay_only),
		cmocka_unit_test(test_agent_addr_that_is_the_peer_has_told_it),
		cmocka_unit_test(test_trap_address_of_v2c_is_no_agent_addr),
		cmocka_unit_test(test_order_decides),
		cmocka_unit_test(test_a_rule_may_say_another_order),
		cmocka_unit_test(test_maps_authentic_engines_to_addresses),
		cmocka_unit_test(test_the_authoritative_engine_of_an_inform_is_ours),
		cmocka_unit_test(test_does_not_believe_engines_without_authentication),
		cmocka_unit_test(test_finds_each_of_many_engines),
		cmocka_unit_test(test_keeps_the_zone_of_a_peer),
		cmocka_unit_test(test_events_of_our_own_stay),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
