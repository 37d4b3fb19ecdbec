/* Tests of outputs/syslog_message.c. */
#include "base/buf.h"
#include "outputs/outputs.h"
#include "outputs/syslog_message.h"

/* The message of |p|, which is dropped; free() it. */
static char *
message_of(const char *yaml, parcel *p, size_t max_bytes)
{
	char text[1024];
	tl_buf out = { 0 };

	snprintf(text, sizeof text,
	    "outputs: {out: {type: syslog, address: udp:a:514%s}}", yaml);
	tl_conf *conf = good(text);
	const tl_conf_output *o = &conf->outputs.at[0];
	formatter_options opt = { o->form, .template = &o->template };
	syslog_writer w = { .conf = &o->syslog,
		.form = o->form,
		.formatter = formatter_new(&opt),
		.max_bytes = max_bytes,
		.pid = 4711 };
	assert_int_equal(syslog_write(&w, p, &out), TL_OK);
	assert_in_range(out.len, 1, max_bytes);
	assert_int_equal(buf_reserve(&out, 1), TL_OK);
	out.ptr[out.len] = '\0';
	assert_int_equal(strlen((char *)out.ptr), out.len);
	formatter_free(w.formatter);
	free(w.text.ptr);
	tl_conf_free(conf);
	parcel_drop(p);
	return (char *)out.ptr;
}

static void
assert_message(const char *yaml, parcel *p, const char *wanted)
{
	char *text = message_of(yaml, p, 8192);

	assert_string_equal(text, wanted);
	free(text);
}

#define HEADER "1 2026-11-20T12:00:00.123456Z 192.0.2.7 trapline 4711 linkDown "
#define MSG                                                                              \
	" IF-MIB::linkDown ifIndex.3=3 ifAdminStatus.3=up ifOperStatus.3=down "          \
	"ifDescr.3=GigabitEthernet0/3"

static void
test_has_the_header_the_varbinds_and_a_line(void **state)
{
	(void)state;
	assert_message("", numbered(1, TL_SEVERITY_MAJOR),
	    "<130>" HEADER "[origin ip=\"192.0.2.7\"][snmp"
	    " v1=\"1.3.6.1.2.1.1.3.0\" l1=\"sysUpTime.0\" t1=\"123456\" "
	    "a1=\"00:20:34.56\""
	    " v2=\"1.3.6.1.6.3.1.1.4.1.0\" l2=\"snmpTrapOID.0\""
	    " o2=\"1.3.6.1.6.3.1.1.5.3\" a2=\"IF-MIB::linkDown\""
	    " v3=\"1.3.6.1.2.1.2.2.1.1.3\" l3=\"ifIndex.3\" d3=\"3\""
	    " v4=\"1.3.6.1.2.1.2.2.1.7.3\" l4=\"ifAdminStatus.3\" d4=\"1\" a4=\"up\""
	    " v5=\"1.3.6.1.2.1.2.2.1.8.3\" l5=\"ifOperStatus.3\" d5=\"2\" a5=\"down\""
	    " v6=\"1.3.6.1.2.1.2.2.1.2.3\" l6=\"ifDescr.3\""
	    " x6=\"4769676162697445746865726e6574302f33\""
	    " a6=\"GigabitEthernet0/3\"]" MSG);
}

static void
test_takes_facility_names_and_format_from_the_configuration(void **state)
{
	(void)state;
	assert_message(", structured_data: false, facility: daemon, app_name: traps, "
		       "hostname: nms.example.net, format: template, "
		       "template: '{source} {ifDescr}'",
	    numbered(1, TL_SEVERITY_CRITICAL),
	    "<25>1 2026-11-20T12:00:00.123456Z nms.example.net traps 4711 linkDown - "
	    "192.0.2.7 GigabitEthernet0/3");
	char *text = message_of(", structured_data: false, format: json",
	    numbered(7, TL_SEVERITY_INFO), 8192);
	assert_non_null(strstr(text, " - {\"schema\":1,"));
	assert_int_equal(text[strlen(text) - 1], '}');
	free(text);
}

static void
test_maps_severities_as_rfc_5674_does(void **state)
{
	static const int wanted[TL_SEVERITY_CRITICAL + 1] = {
		[TL_SEVERITY_NONE] = 5,
		[TL_SEVERITY_CLEARED] = 5,
		[TL_SEVERITY_INFO] = 6,
		[TL_SEVERITY_WARNING] = 4,
		[TL_SEVERITY_MINOR] = 3,
		[TL_SEVERITY_MAJOR] = 2,
		[TL_SEVERITY_CRITICAL] = 1,
	};

	(void)state;
	for (unsigned i = 0; i < TL_SEVERITY_CRITICAL + 1; i++)
		assert_int_equal(syslog_severity((tl_severity)i), wanted[i]);
}

/* A trap of every type of value, without a name. */
static sample *
of_every_type(void)
{
	static const uint8_t bytes[] = { 0x00, 0xff, '"' }, address[] = { 10, 1, 2, 3 };
	sample *s = sample_new("1.3.6.1.4.1.99999.0.1");

	s->mib = NULL;
	sample_add(s, "1.3.6.1.4.1.99999.1", TL_T_INTEGER)->v.i64 = -5;
	sample_add(s, "1.3.6.1.4.1.99999.2", TL_T_OCTETS)->v.octets =
	    (tl_span){ bytes, 3 };
	sample_add(s, "1.3.6.1.4.1.99999.3", TL_T_NULL);
	sample_add(s, "1.3.6.1.4.1.99999.4", TL_T_IPADDRESS)->v.octets =
	    (tl_span){ address, 4 };
	sample_add(s, "1.3.6.1.4.1.99999.5", TL_T_COUNTER32)->v.u64 = 5;
	sample_add(s, "1.3.6.1.4.1.99999.6", TL_T_GAUGE32)->v.u64 = 6;
	sample_add(s, "1.3.6.1.4.1.99999.7", TL_T_TIMETICKS)->v.u64 = 7;
	sample_add(s, "1.3.6.1.4.1.99999.8", TL_T_OPAQUE)->v.octets =
	    (tl_span){ bytes, 2 };
	sample_add(s, "1.3.6.1.4.1.99999.9", TL_T_COUNTER64)->v.u64 = UINT64_MAX;
	sample_add(s, "1.3.6.1.4.1.99999.10", TL_T_NOSUCHINSTANCE);
	return s;
}

static void
test_writes_each_type_as_rfc_5675_does(void **state)
{
	char *text =
	    message_of("", parcel_of_sample(of_every_type(), TL_SEVERITY_NONE), 8192);

	(void)state;
	assert_non_null(strstr(text, "<133>1 "));
	assert_non_null(strstr(text, " 4711 1.3.6.1.4.1.99999.0.1 ["));
	static const char *const wanted[] = { "d3=\"-5\"", "x4=\"00ff22\"", "n5=\"\"",
		"i6=\"10.1.2.3\"", "c7=\"5\"", "u8=\"6\"", "t9=\"7\"", "p10=\"00ff\"",
		"C11=\"18446744073709551615\"", "n12=\"\"" };
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		if (strstr(text, wanted[i]) == NULL)
			print_message("# %s: %s\n", wanted[i], text);
		assert_non_null(strstr(text, wanted[i]));
	}
	free(text);
}

static void
test_tells_the_context_of_version_3_and_what_a_v1_trap_has(void **state)
{
	sample *s = sample_new("IF-MIB::linkDown");

	(void)state;
	s->n.version = 3;
	s->n.v3.context_engine_id = (tl_span){ (const uint8_t *)"\x80\x00\x1f", 3 };
	s->n.v3.context_name = LIT("a]\"\\b\n");
	char *text = message_of("", parcel_of_sample(s, TL_SEVERITY_NONE), 8192);
	assert_non_null(strstr(
	    text, "[snmp ctxEngine=\"80001f\" ctxName=\"a\\]\\\"\\\\b\\\\x0a\" v1="));
	free(text);
	s = sample_new("IF-MIB::linkDown");
	s->n.version = 1;
	s->n.v1.present = true;
	s->n.v1.enterprise = sample_oid_of(s, "1.3.6.1.4.1.9");
	memcpy(s->n.agent_address, "\x0a\x00\x00\x01", 4);
	text = message_of("", parcel_of_sample(s, TL_SEVERITY_NONE), 8192);
	assert_non_null(strstr(text, "v3=\"1.3.6.1.6.3.18.1.3.0\""));
	assert_non_null(strstr(text, "i3=\"10.0.0.1\""));
	assert_non_null(strstr(text, "v4=\"1.3.6.1.6.3.1.1.4.3.0\""));
	assert_non_null(strstr(text, "o4=\"1.3.6.1.4.1.9\""));
	assert_null(strstr(text, "public"));
	free(text);
}

static void
test_marks_what_is_not_ascii_as_utf_8(void **state)
{
	sample *s = sample_new("IF-MIB::linkDown");

	(void)state;
	s->ev.j.message = LIT("K\xc3\xb6ln is down\n");
	assert_message(", structured_data: false",
	    parcel_of_sample(s, TL_SEVERITY_WARNING),
	    "<132>" HEADER "- \xef\xbb\xbfK\xc3\xb6ln is down\\x0a");
}

static void
test_tells_events_of_our_own(void **state)
{
	tl_endpoint from = endpoint_of("2001:db8::1");
	tl_own_event own = { .kind = "suppressed",
		.realtime_ns = 1795176000123456789,
		.severity = TL_SEVERITY_WARNING,
		.source = &from,
		.message = LIT("4,213 suppressed") };

	(void)state;
	assert_message("", parcel_of_own(&own, the_dictionary),
	    "<132>1 2026-11-20T12:00:00.123456Z 2001:db8::1 trapline 4711 suppressed "
	    "[origin ip=\"2001:db8::1\"] 4,213 suppressed");
	own.source = NULL;
	char *text = message_of("", parcel_of_own(&own, the_dictionary), 8192);
	assert_non_null(strstr(text, " trapline 4711 suppressed - 4,213 suppressed"));
	free(text);
}

/* Structured data is well-formed, RFC 5424 section 6.3; returns what follows it. */
static const char *
behind_data(const char *text)
{
	const char *at = text;

	for (int i = 0; i < 6; i++)
		at = strchr(at, ' ') + 1;
	while (*at == '[') {
		bool quoted = false;
		for (at++; quoted || *at != ']'; at++) {
			assert_int_not_equal(*at, '\0');
			if (quoted && *at == '\\')
				at++;
			else if (*at == '"')
				quoted = !quoted;
		}
		at++;
	}
	assert_true(*at == ' ' || *at == '\0');
	return at;
}

static void
test_what_is_too_long_loses_its_end_and_stays_well_formed(void **state)
{
	(void)state;
	for (size_t max = SYSLOG_LEAST; max < 2000; max += 7) {
		sample *s = sample_link_down();
		for (int i = 0; i < 8; i++)
			sample_text(s, "ifAlias.3", "\xc3\xb6\xc3\xb6\xc3\xb6]\"\\ab");
		char *text = message_of("", parcel_of_sample(s, TL_SEVERITY_INFO), max);
		const char *rest = behind_data(text);
		assert_non_null(strstr(text, "o2=\"1.3.6.1.6.3.1.1.5.3\""));
		assert_int_equal(strncmp(rest, " \xef\xbb\xbfIF-MIB::linkDown", 20), 0);
		assert_true(tl_is_text((tl_span){ (const uint8_t *)rest, strlen(rest) }));
		bool whole = strstr(text, " v14=") != NULL;
		assert_true(whole || strstr(text, " l1=") == NULL);
		free(text);
	}
}

static void
test_a_long_name_is_cut_and_a_long_oid_is_none(void **state)
{
	char oid[200] = "1.3.6.1.4.1.4294967295.4294967295.4294967295";
	sample *s = sample_new(oid);

	(void)state;
	char *text = message_of("", parcel_of_sample(s, TL_SEVERITY_INFO), 8192);
	assert_non_null(strstr(text, " trapline 4711 - ["));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_has_the_header_the_varbinds_and_a_line),
		cmocka_unit_test(
		    test_takes_facility_names_and_format_from_the_configuration),
		cmocka_unit_test(test_maps_severities_as_rfc_5674_does),
		cmocka_unit_test(test_writes_each_type_as_rfc_5675_does),
		cmocka_unit_test(
		    test_tells_the_context_of_version_3_and_what_a_v1_trap_has),
		cmocka_unit_test(test_marks_what_is_not_ascii_as_utf_8),
		cmocka_unit_test(test_tells_events_of_our_own),
		cmocka_unit_test(
		    test_what_is_too_long_loses_its_end_and_stays_well_formed),
		cmocka_unit_test(test_a_long_name_is_cut_and_a_long_oid_is_none),
	};

	return cmocka_run_group_tests(tests, load_dictionary, drop_dictionary);
}
