/* tests/cli/test_stdin_events.c: events that are sent again. */
#include "base/unit.h"

#include "base/arena.h"
#include "cli/stdin_events.h"

static tl_arena *arena;
static event_reader reader;

static int
set_up(void **state)
{
	(void)state;
	return tl_arena_new(1 << 20, &arena) == TL_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	tl_arena_free(arena);
	return 0;
}

static bool
reads(const char *text, tl_outgoing *out)
{
	tl_arena_reset(arena);
	reader = (event_reader){ .arena = arena };
	return event_read(&reader, span_of(text), out);
}

static void
test_reads_an_event_whatever_its_order(void **state)
{
	tl_outgoing out;
	char text[TL_OID_TEXT_MAX];

	(void)state;
	assert_true(
	    reads("{\"schema\":1,\"id\":\"x\",\"kind\":\"inform\",\"version\":\"2c\","
		  "\"source\":{\"address\":\"192.0.2.7\"},\"uptime\":4294967295,"
		  "\"trap_oid\":\"1.3.6.1.6.3.1.1.5.3\",\"varbinds\":["
		  "{\"value\":-7,\"type\":\"INTEGER\",\"oid\":\"1.3.6.1\",\"text\":"
		  "\"x\",\"index\":{\"a\":[1]}},"
		  "{\"oid\":\"1.3\",\"encoding\":\"hex\",\"value\":\"00ff\",\"type\":"
		  "\"OCTET STRING\"}],\"flags\":[]}\n",
		&out));
	assert_int_equal(TL_INFORM, out.kind);
	assert_true(out.has_uptime && out.uptime_cs == UINT32_MAX);
	tl_oid_text(out.trap_oid, text);
	assert_string_equal("1.3.6.1.6.3.1.1.5.3", text);
	assert_int_equal(2, out.vb_count);
	assert_true(out.vb[0].type == TL_T_INTEGER && out.vb[0].v.i64 == -7);
	assert_int_equal(2, out.vb[1].v.octets.len);
	assert_memory_equal("\0\xff", out.vb[1].v.octets.ptr, 2);
	assert_false(out.v1.present || out.has_agent_address);
	assert_null(out.community.ptr);
}

static void
test_reads_what_v1_says(void **state)
{
	tl_outgoing out;

	(void)state;
	assert_true(
	    reads("{\"kind\":\"trap\",\"community\":\"public\",\"agent_address\":"
		  "\"192.0.2.1\",\"trap_oid\":\"1.3.6.1.4.1.9.0.5\",\"v1\":"
		  "{\"enterprise\":\"1.3.6.1.4.1.9\",\"generic\":6,\"specific\":5}}",
		&out));
	assert_true(out.v1.present && out.v1.generic == 6 && out.v1.specific == 5);
	assert_true(out.has_agent_address);
	assert_memory_equal("\xc0\0\2\1", out.agent_address, 4);
	assert_int_equal(6, out.community.len);
	assert_int_equal(0, out.vb_count);
}

#define WITH(varbind)                                                                    \
	"{\"kind\":\"trap\",\"trap_oid\":\"1.3.6.1\",\"varbinds\":[{" varbind "}]}"

static void
test_reads_every_type(void **state)
{
	static const char *const good[] = {
		WITH("\"oid\":\"1.3\",\"type\":\"INTEGER\",\"value\":-2147483648"),
		WITH("\"oid\":\"1.3\",\"type\":\"OCTET STRING\",\"value\":\"\""),
		WITH("\"oid\":\"1.3\",\"type\":\"NULL\",\"value\":null"),
		WITH("\"oid\":\"1.3\",\"type\":\"OBJECT IDENTIFIER\",\"value\":\"1.3\""),
		WITH("\"oid\":\"1.3\",\"type\":\"IpAddress\",\"value\":\"1.2.3.4\""),
		WITH("\"oid\":\"1.3\",\"type\":\"Counter32\",\"value\":4294967295"),
		WITH("\"oid\":\"1.3\",\"type\":\"Gauge32\",\"value\":0"),
		WITH("\"oid\":\"1.3\",\"type\":\"TimeTicks\",\"value\":1"),
		WITH("\"oid\":\"1.3\",\"type\":\"Opaque\",\"value\":\"9f78\","
		     "\"encoding\":\"hex\""),
		WITH("\"oid\":\"1.3\",\"type\":\"Counter64\",\"value\":"
		     "18446744073709551615"),
		WITH("\"oid\":\"1.3\",\"type\":\"noSuchObject\",\"value\":null"),
		WITH("\"oid\":\"1.3\",\"type\":\"endOfMibView\",\"value\":null"),
	};
	tl_outgoing out;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!reads(good[i], &out))
			fail_msg("%s: %s", good[i], reader.problem);
}

static void
test_refuses_events_that_cannot_be_sent(void **state)
{
	static const char *const bad[] = { "", "[]", "{}", "x", "{\"kind\":\"trap\"}",
		"{\"kind\":1}", "{\"schema\":2,\"kind\":\"lost\"}",
		"{\"kind\":\"trap\",\"trap_oid\":\"x\"}",
		"{\"kind\":\"trap\",\"trap_oid\":\"1.3\",\"uptime\":4294967296}",
		"{\"kind\":\"trap\",\"trap_oid\":\"1.3\",\"uptime\":-1}",
		"{\"kind\":\"trap\",\"trap_oid\":\"1.3\",\"agent_address\":\"::1\"}",
		"{\"kind\":\"trap\",\"trap_oid\":\"1.3\"}x",
		"{\"kind\":\"trap\",\"trap_oid\":\"1.3\",\"v1\":{\"generic\":\"6\"}}",
		WITH(""), WITH("\"oid\":\"1.3\",\"type\":\"INTEGER\""),
		WITH("\"oid\":\"1.3\",\"value\":1"),
		WITH("\"type\":\"INTEGER\",\"value\":1"),
		WITH("\"oid\":\"1.3\",\"type\":\"INTEGER\",\"value\":1.5"),
		WITH("\"oid\":\"1.3\",\"type\":\"INTEGER\",\"value\":\"1\""),
		WITH(
		    "\"oid\":\"1.3\",\"type\":\"INTEGER\",\"value\":9223372036854775808"),
		WITH("\"oid\":\"1.3\",\"type\":\"Gauge32\",\"value\":-1"),
		WITH("\"oid\":\"1.3\",\"type\":\"Float\",\"value\":1"),
		WITH("\"oid\":\"1.3\",\"type\":\"OCTET STRING\",\"value\":1"),
		WITH("\"oid\":\"1.3\",\"type\":\"OCTET "
		     "STRING\",\"value\":\"0\",\"encoding\":"
		     "\"hex\""),
		WITH("\"oid\":\"1.3\",\"type\":\"OCTET "
		     "STRING\",\"value\":\"0\",\"encoding\":"
		     "\"base64\""),
		WITH("\"oid\":\"1.3\",\"type\":\"IpAddress\",\"value\":\"1.2.3\""),
		WITH("\"oid\":\"1.3\",\"type\":\"OBJECT IDENTIFIER\",\"value\":\"1\"") };
	tl_outgoing out;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (reads(bad[i], &out))
			fail_msg("%s is read", bad[i]);
		assert_non_null(reader.problem);
	}
}

static void
test_passes_over_other_events(void **state)
{
	tl_outgoing out;

	(void)state;
	assert_false(
	    reads("{\"schema\":1,\"kind\":\"refused\",\"reason\":\"ber-tag\"}", &out));
	assert_true(reader.is_other && reader.problem == NULL);
}

static void
test_refuses_more_varbinds_than_2048(void **state)
{
	static const char one[] = "{\"oid\":\"1.3\",\"type\":\"NULL\",\"value\":null},";
	static const char head[] =
	    "{\"kind\":\"trap\",\"trap_oid\":\"1.3\",\"varbinds\":[";
	size_t len = sizeof head - 1, each = sizeof one - 1;
	char *text = malloc(len + 2049 * each + 3);
	tl_outgoing out;

	(void)state;
	assert_non_null(text);
	memcpy(text, head, len);
	for (size_t count = 1; count <= 2049; count++, len += each) {
		memcpy(text + len, one, each);
		if (count < 2048)
			continue;
		memcpy(text + len + each - 1, "]}", 3);
		assert_true(reads(text, &out) == (count == 2048));
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_an_event_whatever_its_order),
		cmocka_unit_test(test_reads_what_v1_says),
		cmocka_unit_test(test_reads_every_type),
		cmocka_unit_test(test_refuses_events_that_cannot_be_sent),
		cmocka_unit_test(test_passes_over_other_events),
		cmocka_unit_test(test_refuses_more_varbinds_than_2048),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
