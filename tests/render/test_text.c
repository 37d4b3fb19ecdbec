/* The event for people: a head line and a line for each varbind. */
#include "sample.h"

static const tl_renderer_options text = {
	.format = TL_FORMAT_TEXT, .mib = &fake_mib, .utc_offset_s = 3600
};

static void
assert_has(const char *line, const char *want)
{
	if (strstr(line, want) == NULL)
		assert_string_equal(line, want);
}

static void
assert_lacks(const char *line, const char *unwanted)
{
	if (strstr(line, unwanted) != NULL)
		assert_string_equal(line, unwanted);
}

static void
assert_value(tl_varbind vb, const char *want)
{
	tl_notification n = sample_v2c();
	char whole[1000];

	n.vb = &vb;
	n.vb_count = 1;
	(void)snprintf(whole, sizeof whole, " = %s\n", want);
	assert_has(sample_render(&text, &n), whole);
}

static void
test_head_line_and_aligned_varbinds(void **state)
{
	tl_notification n = sample_v2c();
	tl_varbind vb[] = { sample_integer("1.3.6.1.2.1.2.2.1.1.12", 12),
		sample_integer("1.3.6.1.2.1.2.2.1.8.12", 2),
		sample_octets("1.3.6.1.4.1.9.1", SPAN("Gi0/12")) };

	(void)state;
	n.vb = vb;
	n.vb_count = 3;
	n.uptime_cs = 87210;
	assert_string_equal(sample_render(&text, &n),
	    "2026-11-20 13:00:00.123+01:00  192.0.2.7        MAJOR     IF-MIB::linkDown  "
	    "v2c trap  community public  up 14m 32.10s\n"
	    "    IF-MIB::ifIndex.12          = 12\n"
	    "    IF-MIB::ifOperStatus.12     = down(2)\n"
	    "    SNMPv2-SMI::enterprises.9.1 = \"Gi0/12\"\n");
}

static void
test_v3_line(void **state)
{
	tl_notification n = sample_v3();

	(void)state;
	n.kind = TL_INFORM;
	n.v3.context_name = SPAN("vrf red");
	n.trap_oid = sample_oid("1.3.6.1.4.1.9.0.7");
	assert_string_equal(sample_render(&text, &n),
	    "2026-11-20 13:00:00.123+01:00  192.0.2.7                  "
	    "SNMPv2-SMI::enterprises.9.0.7  v3 inform  user noc authPriv SHA-256/AES-128 "
	    " "
	    "engine 80001f880478  context \"vrf red\"  up 20m 34.56s  [unresolved]\n");
}

static void
test_v1_line(void **state)
{
	tl_notification n = sample_v2c();

	(void)state;
	n.version = 1;
	n.flags = TL_FLAG_NO_UPTIME | TL_FLAG_TRAILING;
	n.v1.present = true;
	n.v1.enterprise = sample_oid("1.3.6.1.4.1.9");
	n.v1.generic = 2;
	n.has_agent_address = true;
	memcpy(n.agent_address, "\x0a\x00\x00\x01", 4);
	assert_has(sample_render(&text, &n),
	    "  v1 trap  community public  enterprise SNMPv2-SMI::enterprises.9 generic 2 "
	    "specific 0  agent 10.0.0.1  [no-uptime, trailing-bytes]\n");
	memcpy(n.agent_address, "\xc0\x00\x02\x07", 4);
	assert_lacks(sample_render(&text, &n), "agent");
	memcpy(n.agent_address, "\0\0\0\0", 4);
	assert_lacks(sample_render(&text, &n), "agent");
}

static void
test_date_and_offset(void **state)
{
	tl_notification n = sample_v2c();
	tl_renderer_options opt = text;

	(void)state;
	opt.utc_offset_s = -12600;
	assert_has(sample_render(&opt, &n), "2026-11-20 08:30:00.123-03:30  ");
	opt.utc_offset_s = 46800;
	assert_has(sample_render(&opt, &n), "2026-11-21 01:00:00.123+13:00  ");
	opt.utc = true;
	assert_has(sample_render(&opt, &n), "2026-11-20 12:00:00.123Z  ");
	opt.utc = false;
	n.received_ns = INT64_MAX;
	assert_has(sample_render(&opt, &n), "2262-04-11 ");
}

static void
test_durations(void **state)
{
	static const struct {
		uint32_t cs;
		const char *want;
	} rows[] = { { 0, "up 0.00s\n" }, { 5999, "up 59.99s\n" },
		{ 6000, "up 1m 0.00s\n" }, { 360000, "up 1h 0m 0.00s\n" },
		{ 8640000, "up 1d 0h 0m 0.00s\n" },
		{ UINT32_MAX, "up 497d 2h 27m 52.95s\n" } };
	tl_notification n = sample_v2c();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		n.uptime_cs = rows[i].cs;
		assert_has(sample_render(&text, &n), rows[i].want);
	}
}

static void
test_values(void **state)
{
	tl_oid oid = sample_oid("1.3.6.1.4.1.9");

	(void)state;
	assert_value(sample_integer("1.3.6.1.2.1.2.2.1.8.1", 9), "9");
	assert_value(sample_integer("1.3.6.1.4.1.9", -5), "-5");
	assert_value((tl_varbind){ oid, TL_T_COUNTER64, { .u64 = UINT64_MAX } },
	    "18446744073709551615");
	assert_value((tl_varbind){ oid, TL_T_TIMETICKS, { .u64 = 123456 } },
	    "20m 34.56s (123456)");
	assert_value((tl_varbind){ oid, TL_T_NULL, { .u64 = 0 } }, "NULL");
	assert_value(
	    (tl_varbind){ oid, TL_T_NOSUCHINSTANCE, { .u64 = 0 } }, "noSuchInstance");
	assert_value(
	    (tl_varbind){ oid, TL_T_IPADDRESS, { .octets = SPAN("\x0a\1\2\xff") } },
	    "10.1.2.255");
	assert_value(
	    (tl_varbind){ oid, TL_T_OPAQUE, { .octets = SPAN("ab") } }, "0x6162");
	assert_value(
	    (tl_varbind){ oid, TL_T_OID, { .oid = sample_oid("1.3.6.1.6.3.1.1.5.4") } },
	    "IF-MIB::linkUp (1.3.6.1.6.3.1.1.5.4)");
	assert_value(sample_octets("1.3.6.1.2.1.2.2.1.6.1", SPAN("\x00\x1a\x2b")),
	    "00:1a:2b (0x001a2b)");
	assert_value(sample_octets("1.3.6.1.4.1.9", SPAN("\x00\x01\x02\x03\x04\x05")),
	    "0x00010203 0405");
	assert_value(sample_octets("1.3.6.1.4.1.9", SPAN("")), "\"\"");
	assert_value(sample_octets("1.3.6.1.4.1.9", SPAN("say \"hi\\\"\n\tthere")),
	    "\"say \\\"hi\\\\\\\"\\n\\tthere\"");
}

/* A right-to-left override would let a device write a line that reads as another. */
static void
test_no_bidirectional_override_reaches_the_terminal(void **state)
{
	(void)state;
	assert_value(sample_octets("1.3.6.1.4.1.9", SPAN("a\xe2\x80\xae"
							 "b")),
	    "\"a\\u202eb\"");
}

static void
test_mismatch_is_flagged_on_the_head_line(void **state)
{
	tl_notification n = sample_v2c();
	tl_varbind vb = sample_octets("1.3.6.1.2.1.2.2.1.8.1", SPAN("down"));

	(void)state;
	n.vb = &vb;
	n.vb_count = 1;
	assert_has(sample_render(&text, &n), "  [syntax-mismatch]\n");
	assert_has(sample_render(&text, &n), "    IF-MIB::ifOperStatus.1 = \"down\"\n");
}

static void
test_a_very_long_name_does_not_move_the_others(void **state)
{
	tl_notification n = sample_v2c();
	tl_varbind vb[] = { sample_integer("1.3.6.1.4.1.1111111111.1111111111.1111111111."
					   "1111111111.1111111111",
				1),
		sample_integer("1.3.6.1.2.1.2.2.1.1.1", 2), { .type = TL_T_NULL } };

	(void)state;
	n.vb = vb;
	n.vb_count = 3;
	assert_has(sample_render(&text, &n),
	    ".1111111111 = 1\n"
	    "    IF-MIB::ifIndex.1                                = 2\n"
	    "    -                                                = NULL\n");
}

static void
test_without_a_dictionary_oids_stand_for_themselves(void **state)
{
	tl_notification n = sample_v2c();
	tl_renderer_options opt = text;
	tl_varbind vb = sample_integer("1.3.6.1.2.1.2.2.1.8.1", 2);

	(void)state;
	opt.mib = NULL;
	n.vb = &vb;
	n.vb_count = 1;
	assert_has(sample_render(&opt, &n), "            1.3.6.1.6.3.1.1.5.3  v2c trap");
	assert_has(
	    sample_render(&opt, &n), "up 20m 34.56s\n    1.3.6.1.2.1.2.2.1.8.1 = 2\n");
}

static void
test_colour_only_when_asked(void **state)
{
	tl_notification n = sample_v2c();
	tl_renderer_options opt = text;
	tl_varbind vb = sample_integer("1.3.6.1.2.1.2.2.1.8.1", 2);

	(void)state;
	n.vb = &vb;
	n.vb_count = 1;
	assert_null(strchr(sample_render(&opt, &n), '\x1b'));
	opt.colour = true;
	assert_has(sample_render(&opt, &n),
	    "\x1b[31mMAJOR\x1b[0m     \x1b[1mIF-MIB::linkDown"
	    "\x1b[0m  v2c trap");
	assert_has(sample_render(&opt, &n), "    \x1b[36mIF-MIB::ifOperStatus.1\x1b[0m = "
					    "down\x1b[2m(2)\x1b[0m\n");
}

static void
test_refusal_with_hint_on_the_next_line(void **state)
{
	uint8_t bytes[182] = { 0 }, line[2000];
	tl_buf out = { .ptr = line, .cap = sizeof line };
	tl_datagram in = { .bytes = { bytes, sizeof bytes },
		.from = sample_ipv4(192, 0, 2, 7, 50123),
		.realtime_ns = SAMPLE_NS };
	tl_refusal refusal = {
		.diag = { TL_EUSM_DIGEST, 57, "msgAuthenticationParameters" },
		.version = 3,
		.has_user = true,
		.has_engine_id = true,
		.user = SPAN("noc"),
		.engine_id = SPAN("\x80\x00\x1f\x88"),
		.level = TL_AUTH_PRIV,
	};
	tl_renderer *r;

	(void)state;
	assert_int_equal(tl_renderer_new(&text, &r), TL_OK);
	assert_int_equal(
	    tl_render_refusal(r, &in, &refusal, SPAN("try\x1bSHA"), &out), TL_OK);
	refusal = (tl_refusal){ .diag = { TL_EMSG_SIZE, 0, NULL },
		.has_community = true,
		.community = SPAN("a b") };
	assert_int_equal(
	    tl_render_refusal(r, &in, &refusal, (tl_span){ NULL, 0 }, &out), TL_OK);
	line[out.len] = '\0';
	assert_string_equal((char *)line,
	    "2026-11-20 13:00:00.123+01:00  192.0.2.7        REFUSED usm-wrong-digest  "
	    "v3  "
	    "user noc authPriv  engine 80001f88  msgAuthenticationParameters at byte 57 "
	    "of "
	    "182\n    try\\x1bSHA\n"
	    "2026-11-20 13:00:00.123+01:00  192.0.2.7        REFUSED msg-size  "
	    "community \"a b\"  at byte 0 of 182\n    an empty datagram\n");
	tl_renderer_free(r);
}

static void
test_loss(void **state)
{
	uint8_t line[500];
	tl_buf out = { .ptr = line, .cap = sizeof line };
	tl_loss loss = { sample_ipv4(0, 0, 0, 0, 1162), 4213, SAMPLE_NS };
	tl_renderer *r;

	(void)state;
	assert_int_equal(tl_renderer_new(&text, &r), TL_OK);
	assert_int_equal(tl_render_loss(r, &loss, &out), TL_OK);
	loss.count = 1;
	assert_int_equal(tl_render_loss(r, &loss, &out), TL_OK);
	line[out.len] = '\0';
	assert_string_equal((char *)line,
	    "2026-11-20 13:00:00.123+01:00  0.0.0.0          LOST 4213 datagrams for "
	    "port "
	    "1162: receive buffer full\n"
	    "2026-11-20 13:00:00.123+01:00  0.0.0.0          LOST 1 datagram for port "
	    "1162: receive buffer full\n");
	tl_renderer_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head_line_and_aligned_varbinds),
		cmocka_unit_test(test_v3_line),
		cmocka_unit_test(test_v1_line),
		cmocka_unit_test(test_date_and_offset),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_no_bidirectional_override_reaches_the_terminal),
		cmocka_unit_test(test_mismatch_is_flagged_on_the_head_line),
		cmocka_unit_test(test_a_very_long_name_does_not_move_the_others),
		cmocka_unit_test(test_without_a_dictionary_oids_stand_for_themselves),
		cmocka_unit_test(test_colour_only_when_asked),
		cmocka_unit_test(test_refusal_with_hint_on_the_next_line),
		cmocka_unit_test(test_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
