/* The event as key=value pairs on one line: docs/event.md. */
#include "sample.h"

static const tl_renderer_options kv = { .format = TL_FORMAT_KV, .mib = &fake_mib };

static void
assert_has(const char *line, const char *want)
{
	if (strstr(line, want) == NULL)
		assert_string_equal(line, want);
}

static void
test_same_facts_as_json_with_dots(void **state)
{
	tl_notification n = sample_v2c();
	tl_varbind vb[] = { sample_integer("1.3.6.1.2.1.2.2.1.8.12", 2),
		sample_octets("1.3.6.1.4.1.99.1.4.2.97.32", SPAN("x")) };

	(void)state;
	n.vb = vb;
	n.vb_count = 2;
	n.has_agent_address = true;
	assert_string_equal(sample_render(&kv, &n),
	    "schema=1 id=18e9bf0f94aa4d150123456789abcdef "
	    "time=2026-11-20T12:00:00.123456789Z kind=trap version=2c "
	    "source.address=192.0.2.7 source.port=50123 source.transport=udp "
	    "local.address=192.0.2.1 local.port=1162 agent_address=0.0.0.0 "
	    "community=public request_id=7 uptime=123456 "
	    "trap_oid=1.3.6.1.6.3.1.1.5.3 trap_name=IF-MIB::linkDown severity=major "
	    "varbind.1.oid=1.3.6.1.2.1.2.2.1.8.12 "
	    "varbind.1.name=IF-MIB::ifOperStatus.12 varbind.1.index.ifIndex=12 "
	    "varbind.1.type=INTEGER varbind.1.value=2 varbind.1.text=down "
	    "varbind.2.oid=1.3.6.1.4.1.99.1.4.2.97.32 "
	    "varbind.2.name=TEST-MIB::testEntry.4.2.97.32 "
	    "varbind.2.index.testRow=4 varbind.2.index.testName=\"a \" "
	    "varbind.2.type=\"OCTET STRING\" varbind.2.value=x "
	    "flags=syntax-mismatch\n");
}

static void
test_v3_and_v1_parts(void **state)
{
	tl_notification n = sample_v3();

	(void)state;
	n.v3.context_name = SPAN("a b");
	n.v1.present = true;
	n.v1.enterprise = sample_oid("1.3.6.1.4.1.9");
	n.v1.generic = 6;
	n.v1.specific = 1;
	n.flags = TL_FLAG_PDU_VERSION | TL_FLAG_TRAILING;
	assert_has(sample_render(&kv, &n),
	    " security.user=noc security.level=authPriv security.auth=SHA-256 "
	    "security.priv=AES-128 security.engine_id=80001f880478 security.boots=3 "
	    "security.time=4711 context.engine_id=80001f880478 context.name=\"a b\" "
	    "uptime=123456 ");
	assert_has(sample_render(&kv, &n), " v1.enterprise=1.3.6.1.4.1.9 v1.generic=6 "
					   "v1.specific=1 "
					   "flags=trailing-bytes,pdu-of-other-version\n");
}

/* |community| as the line shows it. */
static void
assert_community(tl_span community, const char *want)
{
	tl_notification n = sample_v2c();
	char whole[200];

	n.community = community;
	(void)snprintf(whole, sizeof whole, " community=%s request_id=", want);
	assert_has(sample_render(&kv, &n), whole);
}

static void
test_values_are_quoted_when_they_must_be(void **state)
{
	(void)state;
	assert_community(SPAN("plain-1/2:3"), "plain-1/2:3");
	assert_community(SPAN(""), "\"\"");
	assert_community(SPAN("two words"), "\"two words\"");
	assert_community(SPAN("a=b"), "\"a=b\"");
	assert_community(SPAN("a\"b"), "\"a\\\"b\"");
	assert_community(SPAN("a\\b"), "\"a\\\\b\"");
	assert_community(SPAN("a\nschema=1"), "\"a\\nschema=1\"");
	assert_community(SPAN("Z\xc3\xbcrich"), "\"Z\xc3\xbcrich\"");
	assert_community(SPAN("a\x1b"), "611b community_encoding=hex");
}

/* A kept fragment holds its varbind's number: the same OID elsewhere has another. */
static void
test_numbers_of_repeated_varbinds(void **state)
{
	tl_notification n = sample_v2c();
	tl_varbind vb[] = { sample_integer("1.3.6.1.2.1.2.2.1.1.5", 5),
		sample_integer("1.3.6.1.2.1.2.2.1.1.5", 5) };

	(void)state;
	n.vb = vb;
	n.vb_count = 2;
	assert_has(sample_render(&kv, &n),
	    " varbind.1.oid=1.3.6.1.2.1.2.2.1.1.5 varbind.1.name=IF-MIB::ifIndex.5 "
	    "varbind.1.index.ifIndex=5 varbind.1.type=INTEGER varbind.1.value=5 "
	    "varbind.2.oid=1.3.6.1.2.1.2.2.1.1.5 varbind.2.name=IF-MIB::ifIndex.5 "
	    "varbind.2.index.ifIndex=5 varbind.2.type=INTEGER varbind.2.value=5 "
	    "flags=\n");
}

static void
test_refusal_and_loss(void **state)
{
	uint8_t line[2000];
	tl_buf out = { .ptr = line, .cap = sizeof line };
	tl_datagram in = { .from = sample_ipv4(192, 0, 2, 7, 50123),
		.realtime_ns = SAMPLE_NS };
	tl_refusal refusal = {
		.diag = { TL_EBER_TRUNCATED, 12, "community" }, .version = 2, .id_hash = 2
	};
	tl_loss loss = { sample_ipv4(0, 0, 0, 0, 162), 3, SAMPLE_NS };
	tl_renderer *r;

	(void)state;
	assert_int_equal(tl_renderer_new(&kv, &r), TL_OK);
	assert_int_equal(
	    tl_render_refusal(r, &in, &refusal, SPAN("cut off"), &out), TL_OK);
	assert_int_equal(tl_render_loss(r, &loss, &out), TL_OK);
	line[out.len] = '\0';
	assert_has((char *)line,
	    "schema=1 id=18e9bf0f94aa4d150000000000000002 "
	    "time=2026-11-20T12:00:00.123456789Z kind=refused version=2c "
	    "source.address=192.0.2.7 source.port=50123 source.transport=udp "
	    "reason=ber-truncated offset=12 where=community size=0 hint=\"cut off\"\n"
	    "schema=1 id=18e9bf0f94aa4d15");
	assert_has(
	    (char *)line, " kind=lost local.address=0.0.0.0 local.port=162 count=3\n");
	tl_renderer_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_facts_as_json_with_dots),
		cmocka_unit_test(test_v3_and_v1_parts),
		cmocka_unit_test(test_values_are_quoted_when_they_must_be),
		cmocka_unit_test(test_numbers_of_repeated_varbinds),
		cmocka_unit_test(test_refusal_and_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
