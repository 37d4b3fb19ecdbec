/* Fields: keys of the event, what was set, objects. */
#include "pipeline/samples.h"

/* What |name| is in |ev|; "(none)" if it is not there. */
static const char *
text_of(const event *ev, const char *name, field_form form)
{
	static char text[4096];
	tl_buf out = { .ptr = (uint8_t *)text, .cap = sizeof text - 1 };
	field f;

	field_resolve(name, ev->mib, &f);
	if (!field_write(&f, ev, form, &out)) {
		assert_int_equal(out.len, 0);
		return "(none)";
	}
	text[out.len] = '\0';
	return text;
}

static void
assert_text(const event *ev, const char *name, const char *wanted)
{
	const char *text = text_of(ev, name, FIELD_TEXT);

	if (strcmp(text, wanted) != 0)
		print_message("# %s\n", name);
	assert_string_equal(text, wanted);
}

typedef struct pair {
	const char *name, *text;
} pair;

static void
assert_texts(const event *ev, const pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_text(ev, pairs[i].name, pairs[i].text);
}

static void
test_keys_of_a_v2c_trap(void **state)
{
	static const pair pairs[] = { { "id", "18e9bf0f94aa4d150123456789abcdef" },
		{ "time", "2026-11-20T12:00:00.123456789Z" }, { "kind", "trap" },
		{ "version", "2c" }, { "source", "192.0.2.7" },
		{ "source_port", "50123" }, { "local", "192.0.2.1" },
		{ "local_port", "50123" }, { "agent_address", "(none)" },
		{ "community", "public" }, { "user", "(none)" }, { "level", "(none)" },
		{ "auth", "(none)" }, { "priv", "(none)" }, { "engine_id", "(none)" },
		{ "boots", "(none)" }, { "engine_time", "(none)" },
		{ "context", "(none)" }, { "context_engine_id", "(none)" },
		{ "origin", "192.0.2.7" }, { "request_id", "7" }, { "uptime", "123456" },
		{ "trap_oid", "1.3.6.1.6.3.1.1.5.3" },
		{ "trap_name", "IF-MIB::linkDown" }, { "trap", "linkDown" },
		{ "enterprise", "(none)" }, { "generic", "(none)" },
		{ "specific", "(none)" }, { "severity", "major" },
		{ "message", "(none)" }, { "device", "192.0.2.7" },
		{ "device_name", "(none)" }, { "tags", "(none)" }, { "alarm", "(none)" },
		{ "alarm_key", "(none)" }, { "alarm_count", "0" }, { "rule", "(none)" },
		{ "flags", "(none)" } };
	sample *s = sample_link_down();

	(void)state;
	assert_texts(&s->ev, pairs, COUNT(pairs));
	for (size_t i = 0; i < COUNT(pairs); i++)
		assert_string_equal(field_key(i), pairs[i].name);
	assert_null(field_key(COUNT(pairs)));
	sample_free(s);
}

static void
test_keys_of_a_v1_trap(void **state)
{
	static const pair pairs[] = { { "version", "1" }, { "generic", "6" },
		{ "specific", "-4" }, { "request_id", "(none)" },
		{ "enterprise", "1.3.6.1.4.1.9.9.41.2" },
		{ "agent_address", "172.17.246.9" }, { "uptime", "(none)" },
		{ "flags", "no-uptime,trailing-bytes" },
		{ "trap", "1.3.6.1.4.1.9.9.41.2.0.1" }, { "trap_name", "(none)" } };
	sample *s = sample_new("1.3.6.1.4.1.9.9.41.2.0.1");

	(void)state;
	s->n.version = 1;
	s->n.v1.present = true;
	s->n.v1.generic = 6;
	s->n.v1.specific = -4;
	s->n.v1.enterprise = sample_oid_of(s, "1.3.6.1.4.1.9.9.41.2");
	s->n.has_agent_address = true;
	memcpy(s->n.agent_address, "\xac\x11\xf6\x09", 4);
	s->n.flags = TL_FLAG_NO_UPTIME | TL_FLAG_TRAILING;
	assert_texts(&s->ev, pairs, COUNT(pairs));
	sample_free(s);
}

static void
test_keys_of_a_v3_inform(void **state)
{
	static const pair pairs[] = { { "version", "3" }, { "kind", "inform" },
		{ "user", "noc" }, { "community", "(none)" }, { "level", "authPriv" },
		{ "auth", "SHA-256" }, { "priv", "AES-128" }, { "engine_id", "80001f88" },
		{ "boots", "3" }, { "engine_time", "4711" }, { "context", "vrf-a" },
		{ "context_engine_id", "800000090a" }, { "origin", "800000090a" } };
	sample *s = sample_link_down();

	(void)state;
	s->n.version = 3;
	s->n.kind = TL_INFORM;
	s->n.v3.level = TL_AUTH_PRIV;
	s->n.v3.auth = TL_AUTH_SHA256;
	s->n.v3.priv = TL_PRIV_AES128;
	s->n.v3.boots = 3;
	s->n.v3.time_s = 4711;
	s->n.v3.user = LIT("noc");
	s->n.v3.engine_id = LIT("\x80\x00\x1f\x88");
	s->n.v3.context_engine_id = LIT("\x80\x00\x00\x09\x0a");
	s->n.v3.context_name = LIT("vrf-a");
	assert_texts(&s->ev, pairs, COUNT(pairs));
	sample_free(s);
}

static void
test_keys_of_what_was_found_out(void **state)
{
	static const pair pairs[] = { { "tags", "uplink,core" },
		{ "severity", "critical" }, { "message", "it is down" },
		{ "device", "2001:db8::9" }, { "origin", "2001:db8::9" },
		{ "source", "192.0.2.7" }, { "device_name", "r9" }, { "alarm", "raised" },
		{ "alarm_key", "link/3" }, { "alarm_count", "4" },
		{ "rule", "uplinks" } };
	sample *s = sample_link_down();

	(void)state;
	event_add_tag(&s->ev, LIT("uplink"));
	event_add_tag(&s->ev, LIT("core"));
	s->ev.j.severity = TL_SEVERITY_CRITICAL;
	s->ev.j.message = LIT("it is down");
	s->ev.j.device_name = LIT("r9");
	s->ev.j.alarm = TL_ALARM_RAISED;
	s->ev.j.alarm_key = LIT("link/3");
	s->ev.j.alarm_count = 4;
	s->ev.j.rule = LIT("uplinks");
	s->ev.device = endpoint_of("2001:db8::9");
	assert_texts(&s->ev, pairs, COUNT(pairs));
	sample_free(s);
}

static void
test_an_event_of_our_own(void **state)
{
	static const pair pairs[] = { { "kind", "suppressed" }, { "id", "(none)" },
		{ "time", "1970-01-01T00:00:01.000000000Z" }, { "version", "(none)" },
		{ "source", "192.0.2.9" }, { "device", "192.0.2.9" },
		{ "community", "(none)" }, { "trap_name", "IF-MIB::linkUp" },
		{ "severity", "warning" }, { "message", "4,213 suppressed" },
		{ "count", "4213" }, { "output", "siem" }, { "ifDescr", "(none)" },
		{ "uptime", "(none)" }, { "flags", "(none)" }, { "alarm_key", "k" } };
	const tl_endpoint source = endpoint_of("192.0.2.9");
	const tl_number numbers[] = { { "count", 4213 } };
	const tl_field fields[] = { { LIT("output"), LIT("siem") } };
	uint8_t room[TL_OID_BER_MAX];
	uint32_t len = field_oid("IF-MIB::linkUp", the_mib, room);
	const tl_own_event own = { .kind = "suppressed",
		.realtime_ns = 1000000000,
		.severity = TL_SEVERITY_WARNING,
		.message = LIT("4,213 suppressed"),
		.source = &source,
		.trap_oid = { room, len },
		.numbers = numbers,
		.number_count = 1,
		.fields = fields,
		.field_count = 1,
		.alarm_key = LIT("k") };
	event ev = { .own = &own, .mib = the_mib };
	int64_t number = 0;
	field f;

	(void)state;
	ev.j.tags = ev.tags;
	ev.j.fields = ev.fields;
	assert_texts(&ev, pairs, COUNT(pairs));
	field_resolve("count", the_mib, &f);
	assert_true(field_number(&f, &ev, &number));
	assert_int_equal(number, 4213);
}

static void
test_objects_by_name_instance_and_oid(void **state)
{
	static const pair pairs[] = { { "ifDescr", "GigabitEthernet0/3" },
		{ "IF-MIB::ifDescr", "GigabitEthernet0/3" },
		{ "ifDescr.3", "GigabitEthernet0/3" }, { "ifDescr.4", "(none)" },
		{ "IF-MIB::ifIndex.3", "3" }, { "ifOperStatus", "down" },
		{ "1.3.6.1.2.1.2.2.1.8", "down" }, { "1.3.6.1.2.1.2.2.1.8.3", "down" },
		{ "1.3.6.1.2.1.2.2.1.8.30", "(none)" }, { "ifSpeed", "(none)" },
		{ "NO-MIB::nothing", "(none)" }, { "nothing.3", "(none)" },
		{ "sysUpTime", "(none)" } };
	sample *s = sample_link_down();

	(void)state;
	sample_text(s, "ifDescr.4.1", "not of 4");
	assert_texts(&s->ev, pairs, COUNT(pairs));
	assert_string_equal(text_of(&s->ev, "ifOperStatus", FIELD_RAW), "2");
	assert_string_equal(
	    text_of(&s->ev, "ifOperStatus", FIELD_OID), "1.3.6.1.2.1.2.2.1.8.3");
	assert_string_equal(
	    text_of(&s->ev, "ifOperStatus", FIELD_NAME), "IF-MIB::ifOperStatus.3");
	sample_free(s);
}

static void
test_values_of_all_types(void **state)
{
	static const struct {
		const char *name, *text;
	} cases[] = { { "1.3.6.1.4.1.99999.1", "6869"
					       "00" },
		{ "1.3.6.1.4.1.99999.2", "18446744073709551615" },
		{ "1.3.6.1.4.1.99999.3", "10.1.2.3" }, { "1.3.6.1.4.1.99999.4", "0a01" },
		{ "1.3.6.1.4.1.99999.5", "IF-MIB::linkUp" },
		{ "1.3.6.1.4.1.99999.6", "(none)" }, { "1.3.6.1.4.1.99999.7", "9f" },
		{ "1.3.6.1.4.1.99999.8", "" }, { "1.3.6.1.4.1.99999.9", "-5" } };
	sample *s = sample_new("IF-MIB::linkDown");

	(void)state;
	sample_add(s, cases[0].name, TL_T_OCTETS)->v.octets = LIT("hi\0");
	sample_add(s, cases[1].name, TL_T_COUNTER64)->v.u64 = UINT64_MAX;
	sample_add(s, cases[2].name, TL_T_IPADDRESS)->v.octets = LIT("\x0a\x01\x02\x03");
	sample_add(s, cases[3].name, TL_T_IPADDRESS)->v.octets = LIT("\x0a\x01");
	tl_oid oid = sample_oid_of(s, "IF-MIB::linkUp");
	sample_add(s, cases[4].name, TL_T_OID)->v.oid = oid;
	sample_add(s, cases[5].name, TL_T_NOSUCHOBJECT);
	sample_add(s, cases[6].name, TL_T_OPAQUE)->v.octets = LIT("\x9f");
	sample_text(s, cases[7].name, "");
	sample_int(s, cases[8].name, -5);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_text(&s->ev, cases[i].name, cases[i].text);
	assert_string_equal(
	    text_of(&s->ev, cases[4].name, FIELD_RAW), "1.3.6.1.6.3.1.1.5.4");
	sample_free(s);
}

static void
test_a_set_field_goes_before_an_object(void **state)
{
	sample *s = sample_link_down();

	(void)state;
	assert_text(&s->ev, "site", "(none)");
	event_set_field(&s->ev, LIT("site"), LIT("Berlin"));
	event_set_field(&s->ev, LIT("ifDescr"), LIT("uplink"));
	event_set_field(&s->ev, LIT("empty"), LIT(""));
	event_set_field(&s->ev, LIT("bytes"), LIT("\xff"));
	assert_text(&s->ev, "site", "Berlin");
	assert_text(&s->ev, "ifDescr", "uplink");
	assert_text(&s->ev, "IF-MIB::ifDescr", "GigabitEthernet0/3");
	assert_text(&s->ev, "empty", "");
	assert_text(&s->ev, "bytes", "ff");
	sample_free(s);
}

static void
test_works_without_a_dictionary(void **state)
{
	sample *s = sample_link_down();

	(void)state;
	s->ev.mib = NULL;
	s->ev.trap = NULL;
	assert_text(&s->ev, "ifDescr", "(none)");
	assert_text(&s->ev, "1.3.6.1.2.1.2.2.1.8", "2");
	assert_string_equal(
	    text_of(&s->ev, "1.3.6.1.2.1.2.2.1.8", FIELD_NAME), "1.3.6.1.2.1.2.2.1.8.3");
	assert_text(&s->ev, "trap", "1.3.6.1.6.3.1.1.5.3");
	sample_free(s);
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *name;
		bool is;
		int64_t number;
	} cases[] = { { "uptime", true, 123456 }, { "source_port", true, 50123 },
		{ "ifOperStatus", true, 2 }, { "ifDescr", false, 0 },
		{ "source", false, 0 }, { "boots", false, 0 },
		{ "ifSpeed.3", true, INT64_MAX }, { "ifMtu", false, 0 },
		{ "ifIndex", false, 0 } };
	sample *s = sample_link_down();

	(void)state;
	sample_add(s, "ifSpeed.3", TL_T_COUNTER64)->v.u64 = UINT64_MAX;
	event_set_field(&s->ev, LIT("ifIndex"), LIT("3"));
	for (size_t i = 0; i < COUNT(cases); i++) {
		field f;
		int64_t number = 0;
		field_resolve(cases[i].name, the_mib, &f);
		assert_int_equal(field_number(&f, &s->ev, &number), cases[i].is);
		if (cases[i].is)
			assert_int_equal(number, cases[i].number);
	}
	sample_free(s);
}

static void
test_oids_of_names(void **state)
{
	static const pair cases[] = { { "ifDescr", "1.3.6.1.2.1.2.2.1.2" },
		{ "IF-MIB::ifDescr.4294967295", "1.3.6.1.2.1.2.2.1.2.4294967295" },
		{ "ifDescr.1.2.3", "1.3.6.1.2.1.2.2.1.2.1.2.3" }, { ".1.3.6", "1.3.6" },
		{ "ifDescr.4294967296", "" }, { "ifDescr.", "" }, { "ifDescr..1", "" },
		{ "ifDescr.x", "" }, { "", "" }, { "1", "" }, { "3com", "" } };
	uint8_t room[TL_OID_BER_MAX];
	char text[TL_OID_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		tl_oid oid = { room, field_oid(cases[i].name, the_mib, room) };
		tl_oid_text(oid, text);
		assert_string_equal(text, cases[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_of_a_v2c_trap),
		cmocka_unit_test(test_keys_of_a_v1_trap),
		cmocka_unit_test(test_keys_of_a_v3_inform),
		cmocka_unit_test(test_keys_of_what_was_found_out),
		cmocka_unit_test(test_an_event_of_our_own),
		cmocka_unit_test(test_objects_by_name_instance_and_oid),
		cmocka_unit_test(test_values_of_all_types),
		cmocka_unit_test(test_a_set_field_goes_before_an_object),
		cmocka_unit_test(test_works_without_a_dictionary),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_oids_of_names),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
