/* Conditions on events. */
#include "pipeline/match.h"
#include "pipeline/samples.h"

static const char lists[] = "lists: {core: [10.0.0.0/24, \"fd00:1::/64\", 192.0.2.7], "
			    "edge: [198.51.100.0/24]}\n";

/* Whether |ev| fits the conditions |written|; why not goes to |why|. */
static bool
fits_why(const char *written, const event *ev, char why[512])
{
	char yaml[1024];
	tl_buf out = { .ptr = (uint8_t *)why, .cap = 511 };

	(void)snprintf(yaml, sizeof yaml, "%srules: [{match: %s}]", lists, written);
	tl_conf *c = good(yaml);
	match *m = match_new(&c->rules.at[0].match, c, ev->mib);
	assert_non_null(m);
	bool fits = match_fits(m, ev);
	match_explain(m, ev, &out);
	why[out.len] = '\0';
	assert_int_equal(fits, out.len == 0);
	match_free(m);
	tl_conf_free(c);
	return fits;
}

typedef struct match_case {
	const char *written;
	const char *why; /* NULL: it fits */
} match_case;

static void
assert_cases(const event *ev, const match_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char why[512];
		bool fits = fits_why(cases[i].written, ev, why);
		if (fits != (cases[i].why == NULL))
			print_message("# %s: %s\n", cases[i].written, why);
		assert_int_equal(fits, cases[i].why == NULL);
		if (!fits)
			assert_string_equal(why, cases[i].why);
	}
}

static void
test_the_trap(void **state)
{
	static const match_case cases[] = {
		{ "{}", NULL },
		{ "{trap: linkDown}", NULL },
		{ "{trap: 'IF-MIB::linkDown'}", NULL },
		{ "{trap: 1.3.6.1.6.3.1.1.5.3}", NULL },
		{ "{trap: 1.3.6.1.6.3.1.1.5.*}", NULL },
		{ "{trap: snmpTraps.*}", NULL },
		{ "{trap: 'snmpTraps.3'}", NULL },
		{ "{trap: '*Down'}", NULL },
		{ "{trap: 'link?o*'}", NULL },
		{ "{trap: 'IF-*::*'}", NULL },
		{ "{trap: 'IF-MIB::*'}", NULL },
		{ "{trap: 'IF-MIB::link*'}", NULL },
		{ "{trap: 'linkDown*'}", NULL },
		{ "{trap: 'IF-MI::*'}", "trap is IF-MIB::linkDown, not IF-MI::*" },
		{ "{trap: 'IF-MIB-2::*'}", "trap is IF-MIB::linkDown, not IF-MIB-2::*" },
		{ "{trap: 'linkDown?*'}", "trap is IF-MIB::linkDown, not linkDown?*" },
		{ "{trap: [linkUp, coldStart, linkDown]}", NULL },
		{ "{trap: linkUp}", "trap is IF-MIB::linkDown, not linkUp" },
		{ "{trap: 'SNMPv2-MIB::linkDown'}",
		    "trap is IF-MIB::linkDown, not SNMPv2-MIB::linkDown" },
		{ "{trap: 1.3.6.1.6.3.1.1.5.3.*}",
		    "trap is IF-MIB::linkDown, not 1.3.6.1.6.3.1.1.5.3.*" },
		{ "{trap: 1.3.6.1.6.3.1.1.5}",
		    "trap is IF-MIB::linkDown, not 1.3.6.1.6.3.1.1.5" },
		{ "{trap: nosuch.*}", "trap is IF-MIB::linkDown, not nosuch.*" },
		{ "{trap: 'SNMP*::link*'}",
		    "trap is IF-MIB::linkDown, not SNMP*::link*" },
		{ "{version: 2c, trap: linkUp}", "trap is IF-MIB::linkDown, not linkUp" },
		{ "{trap: linkDown, tags: a}", "there is no tag a" },
		{ "{trap: '*Up'}", "trap is IF-MIB::linkDown, not *Up" },
		{ "{trap: [a, b, c, d, e]}",
		    "trap is IF-MIB::linkDown, not a or b or c or d or ..." },
	};
	sample *s = sample_link_down();

	(void)state;
	assert_cases(&s->ev, cases, COUNT(cases));
	sample_free(s);
}

static void
test_a_trap_that_has_no_name(void **state)
{
	static const match_case cases[] = {
		{ "{trap: 1.3.6.1.4.1.99999.0.1}", NULL },
		{ "{trap: enterprises.*}", NULL },
		{ "{trap: 'enterprises.99999.0.1'}", NULL },
		{ "{trap: '*'}", "trap is 1.3.6.1.4.1.99999.0.1, not *" },
		{ "{trap: 1.3.6.1.4.1.99998.*}",
		    "trap is 1.3.6.1.4.1.99999.0.1, not 1.3.6.1.4.1.99998.*" },
	};
	sample *s = sample_new("1.3.6.1.4.1.99999.0.1");

	(void)state;
	assert_cases(&s->ev, cases, COUNT(cases));
	sample_free(s);
}

static void
test_a_zero_before_the_last_number_does_not_matter(void **state)
{
	static const match_case cases[] = {
		{ "{trap: linkDown}", NULL },
		{ "{trap: 1.3.6.1.6.3.1.1.5.3}", NULL },
		{ "{trap: 1.3.6.1.6.3.1.1.5.0.3}", NULL },
	};
	sample *s = sample_new("1.3.6.1.6.3.1.1.5.0.3");

	(void)state;
	assert_cases(&s->ev, cases, COUNT(cases));
	sample_free(s);
}

static void
test_source_version_and_who(void **state)
{
	static const match_case cases[] = {
		{ "{source: 192.0.2.0/24}", NULL },
		{ "{source: [10.0.0.0/8, core]}", NULL },
		{ "{source: [192.0.2.7]}", NULL },
		{ "{source: edge}", "source is 192.0.2.7, not edge" },
		{ "{source: [10.0.0.0/8, 'fd00::/8']}",
		    "source is 192.0.2.7, not 10.0.0.0/8 or fd00::/8" },
		{ "{version: [1, 2c]}", NULL },
		{ "{version: 3}", "version is 2c, not 3" },
		{ "{kind: trap}", NULL },
		{ "{kind: [inform, own]}", "kind is trap, not inform or own" },
		{ "{community: [private, public]}", NULL },
		{ "{community: private}", "community is public, not private" },
		{ "{user: noc}", "there is no user, not noc" },
		{ "{context: vrf-a}", "there is no context, not vrf-a" },
		{ "{severity: '>= major'}", NULL },
		{ "{severity: [info, warning]}",
		    "severity is major, not info or warning" },
	};
	sample *s = sample_link_down();

	(void)state;
	assert_cases(&s->ev, cases, COUNT(cases));
	sample_free(s);
}

static void
test_user_and_context_of_v3(void **state)
{
	static const match_case cases[] = {
		{ "{version: 3, kind: inform, user: [a, noc], context: vrf-a}", NULL },
		{ "{user: no}", "user is noc, not no" },
		{ "{context: ''}", "context is vrf-a, not " },
		{ "{community: ''}", "there is no community, not " },
	};
	sample *s = sample_link_down();

	(void)state;
	s->n.version = 3;
	s->n.kind = TL_INFORM;
	s->n.v3.user = LIT("noc");
	s->n.v3.context_name = LIT("vrf-a");
	s->n.community = LIT("");
	assert_cases(&s->ev, cases, COUNT(cases));
	sample_free(s);
}

static void
test_the_enterprise_of_v1(void **state)
{
	static const match_case cases[] = {
		{ "{enterprise: 1.3.6.1.4.1.9.*}", NULL },
		{ "{enterprise: enterprises.*}", NULL },
		{ "{enterprise: 1.3.6.1.4.1.9.1.1}", NULL },
		{ "{enterprise: 'enterprises.9.1.1'}", NULL },
		{ "{enterprise: 1.3.6.1.4.1.9}",
		    "enterprise is 1.3.6.1.4.1.9.1.1, not 1.3.6.1.4.1.9" },
	};
	sample *s = sample_link_down();
	char why[512];

	(void)state;
	assert_false(fits_why("{enterprise: enterprises.*}", &s->ev, why));
	assert_string_equal(why, "there is no enterprise, not enterprises.*");
	s->n.version = 1;
	s->n.v1.present = true;
	s->n.v1.enterprise = sample_oid_of(s, "1.3.6.1.4.1.9.1.1");
	assert_cases(&s->ev, cases, COUNT(cases));
	s->n.v1.present = false; /* made v2c by a proxy */
	s->n.version = 2;
	sample_add(s, "1.3.6.1.6.3.1.1.4.3.0", TL_T_OID)->v.oid = s->n.v1.enterprise;
	assert_cases(&s->ev, cases, COUNT(cases));
	sample_free(s);
}

static void
test_tags_and_fields(void **state)
{
	static const match_case cases[] = {
		{ "{tags: uplink}", NULL },
		{ "{tags: [uplink, core]}", NULL },
		{ "{tags: [uplink, lab]}", "there is no tag lab" },
		{ "{fields: {site: Berlin}}", NULL },
		{ "{fields: {site: Berlin, trap: linkDown, ifOperStatus: down}}", NULL },
		{ "{fields: {site: Paris}}", "site is Berlin, not Paris" },
		{ "{fields: {rack: 4}}", "there is no rack, not 4" },
		{ "{fields: {uptime: 123456}}", NULL },
	};
	sample *s = sample_link_down();

	(void)state;
	event_add_tag(&s->ev, LIT("core"));
	event_add_tag(&s->ev, LIT("uplink"));
	event_set_field(&s->ev, LIT("site"), LIT("Berlin"));
	assert_cases(&s->ev, cases, COUNT(cases));
	sample_free(s);
}

static void
test_values_as_numbers_labels_and_texts(void **state)
{
	static const match_case cases[] = {
		{ "{varbinds: {ifOperStatus: down}}", NULL },
		{ "{varbinds: {ifOperStatus: 2}}", NULL },
		{ "{varbinds: {ifOperStatus: '!= up'}}", NULL },
		{ "{varbinds: {ifOperStatus: '!= 2'}}",
		    "ifOperStatus is down, not != 2" },
		{ "{varbinds: {ifOperStatus: up}}", "ifOperStatus is down, not up" },
		{ "{varbinds: {ifOperStatus: [up, testing, down]}}", NULL },
		{ "{varbinds: {'IF-MIB::ifOperStatus.3': down}}", NULL },
		{ "{varbinds: {ifOperStatus.4: down}}",
		    "there is no ifOperStatus.4, not down" },
		{ "{varbinds: {1.3.6.1.2.1.2.2.1.8: down}}", NULL },
		{ "{varbinds: {ifIndex: 3}}", NULL },
		{ "{varbinds: {ifIndex: 1..3}}", NULL },
		{ "{varbinds: {ifIndex: 4..9}}", "ifIndex is 3, not 4..9" },
		{ "{varbinds: {ifIndex: '< 4'}}", NULL },
		{ "{varbinds: {ifIndex: '< 3'}}", "ifIndex is 3, not < 3" },
		{ "{varbinds: {ifIndex: '<= 3'}}", NULL },
		{ "{varbinds: {ifIndex: '> 3'}}", "ifIndex is 3, not > 3" },
		{ "{varbinds: {ifIndex: '> 2'}}", NULL },
		{ "{varbinds: {ifIndex: '>= 3'}}", NULL },
		{ "{varbinds: {ifIndex: '>= 4'}}", "ifIndex is 3, not >= 4" },
		{ "{varbinds: {ifIndex: '< -9223372036854775808'}}",
		    "ifIndex is 3, not < -9223372036854775808" },
		{ "{varbinds: {ifIndex: '<= -9223372036854775808'}}",
		    "ifIndex is 3, not <= -9223372036854775808" },
		{ "{varbinds: {ifIndex: '> 9223372036854775807'}}",
		    "ifIndex is 3, not > 9223372036854775807" },
		{ "{varbinds: {ifIndex: '< 9223372036854775807'}}", NULL },
		{ "{varbinds: {ifIndex: '> -9223372036854775808'}}", NULL },
		{ "{varbinds: {ifDescr: GigabitEthernet0/3}}", NULL },
		{ "{varbinds: {ifDescr: gigabitethernet0/3}}",
		    "ifDescr is GigabitEthernet0/3, not gigabitethernet0/3" },
		{ "{varbinds: {ifDescr: '> 3'}}",
		    "ifDescr is GigabitEthernet0/3, not > 3" },
		{ "{varbinds: {ifDescr: /^Gi/}}", NULL },
		{ "{varbinds: {ifDescr: /^gi/}}",
		    "ifDescr is GigabitEthernet0/3, not /^gi/" },
		{ "{varbinds: {ifDescr: /^gi.*\\/3$/i}}", NULL },
		{ "{varbinds: {ifDescr: '!/^Te/'}}", NULL },
		{ "{varbinds: {ifDescr: '!/^Gi/'}}",
		    "ifDescr is GigabitEthernet0/3, not !/^Gi/" },
		{ "{varbinds: {ifOperStatus: /^do/}}", NULL },
		{ "{varbinds: {ifDescr: '*', ifAlias: '!*'}}", NULL },
		{ "{varbinds: {ifAlias: '*'}}", "there is no ifAlias, not *" },
		{ "{varbinds: {ifDescr: '!*'}}",
		    "ifDescr is GigabitEthernet0/3, not !*" },
		{ "{varbinds: {ifAlias: '!= up'}}", "there is no ifAlias, not != up" },
		{ "{varbinds: {ifAlias: ['!*', x]}}", NULL },
		{ "{varbinds: {noSuchName: '!*'}}", NULL },
		{ "{varbinds: {ifIndex: 3, ifOperStatus: up}}",
		    "ifOperStatus is down, not up" },
		{ "{varbinds: {sysUpTime: '*'}}", "there is no sysUpTime, not *" },
	};
	sample *s = sample_link_down();

	(void)state;
	assert_cases(&s->ev, cases, COUNT(cases));
	sample_free(s);
}

static void
test_values_of_other_types(void **state)
{
	static const match_case cases[] = {
		{ "{varbinds: {1.3.6.1.4.1.9.1: '> 90'}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.1: 95}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.1: 9}}", "1.3.6.1.4.1.9.1 is 95, not 9" },
		{ "{varbinds: {1.3.6.1.4.1.9.2: linkUp}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.2: 'IF-MIB::linkUp'}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.2: 1.3.6.1.6.3.1.1.5.4}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.2: /linkUp/}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.2: linkDown}}",
		    "1.3.6.1.4.1.9.2 is IF-MIB::linkUp, not linkDown" },
		{ "{varbinds: {1.3.6.1.4.1.9.3: 10.1.2.3}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.3: /^10\\./}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.4: '> 9223372036854775806'}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.4: '< 0'}}",
		    "1.3.6.1.4.1.9.4 is 18446744073709551615, not < 0" },
		{ "{varbinds: {1.3.6.1.4.1.9.4: 18446744073709551615}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.5: ff00}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.6: '*'}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.7: /eth0/}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.7: /0/}}", NULL },
		{ "{varbinds: {1.3.6.1.4.1.9.8: -9223372036854775808}}", NULL },
	};
	sample *s = sample_new("IF-MIB::linkDown");

	(void)state;
	sample_text(s, "1.3.6.1.4.1.9.1", "95");
	tl_oid oid = sample_oid_of(s, "IF-MIB::linkUp");
	sample_add(s, "1.3.6.1.4.1.9.2", TL_T_OID)->v.oid = oid;
	sample_add(s, "1.3.6.1.4.1.9.3", TL_T_IPADDRESS)->v.octets =
	    LIT("\x0a\x01\x02\x03");
	sample_add(s, "1.3.6.1.4.1.9.4", TL_T_COUNTER64)->v.u64 = UINT64_MAX;
	sample_add(s, "1.3.6.1.4.1.9.5", TL_T_OCTETS)->v.octets = LIT("\xff\x00");
	sample_add(s, "1.3.6.1.4.1.9.6", TL_T_NULL);
	sample_add(s, "1.3.6.1.4.1.9.7", TL_T_OCTETS)->v.octets = LIT("\xe4 eth0\0");
	sample_text(s, "1.3.6.1.4.1.9.8", "-9223372036854775808");
	assert_cases(&s->ev, cases, COUNT(cases));
	sample_free(s);
}

static void
test_one_of_several_instances_is_enough(void **state)
{
	static const match_case cases[] = {
		{ "{varbinds: {ifOperStatus: up}}", NULL },
		{ "{varbinds: {ifOperStatus: down}}", NULL },
		{ "{varbinds: {ifOperStatus: testing}}",
		    "ifOperStatus is down, up, not testing" },
	};
	sample *s = sample_new("IF-MIB::linkDown");

	(void)state;
	sample_int(s, "ifOperStatus.1", 2);
	sample_int(s, "ifOperStatus.2", 1);
	assert_cases(&s->ev, cases, COUNT(cases));
	sample_free(s);
}

static void
test_an_event_of_our_own(void **state)
{
	static const match_case cases[] = {
		{ "{}", NULL },
		{ "{kind: own}", NULL },
		{ "{kind: [trap, inform]}", "kind is suppressed, not trap or inform" },
		{ "{severity: warning, source: 10.0.0.0/8}", NULL },
		{ "{version: 2c}", "there is no version, not 2c" },
		{ "{varbinds: {ifIndex: 3}}", "there is no ifIndex, not 3" },
		{ "{fields: {count: 4213}}", NULL },
		{ "{trap: linkUp}", "there is no trap, not linkUp" },
		{ "{user: x}", "there is no user, not x" },
		{ "{enterprise: '*'}", "there is no enterprise, not *" },
	};
	const tl_endpoint source = endpoint_of("10.9.9.9");
	const tl_number numbers[] = { { "count", 4213 } };
	const tl_own_event own = { .kind = "suppressed",
		.severity = TL_SEVERITY_WARNING,
		.source = &source,
		.numbers = numbers,
		.number_count = 1 };
	event ev = { .own = &own, .mib = the_mib };

	(void)state;
	assert_cases(&ev, cases, COUNT(cases));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_trap),
		cmocka_unit_test(test_a_trap_that_has_no_name),
		cmocka_unit_test(test_a_zero_before_the_last_number_does_not_matter),
		cmocka_unit_test(test_source_version_and_who),
		cmocka_unit_test(test_user_and_context_of_v3),
		cmocka_unit_test(test_the_enterprise_of_v1),
		cmocka_unit_test(test_tags_and_fields),
		cmocka_unit_test(test_values_as_numbers_labels_and_texts),
		cmocka_unit_test(test_values_of_other_types),
		cmocka_unit_test(test_one_of_several_instances_is_enough),
		cmocka_unit_test(test_an_event_of_our_own),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
