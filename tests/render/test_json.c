/* The event as JSON: docs/event.md, line by line. */
#include "sample.h"

static const tl_renderer_options json = { .format = TL_FORMAT_JSON, .mib = &fake_mib };
static const tl_renderer_options json_bare = { .format = TL_FORMAT_JSON };

static void
test_v2c_trap_with_names(void **state)
{
	tl_notification n = sample_v2c();
	tl_varbind vb[] = { sample_integer("1.3.6.1.2.1.2.2.1.1.12", 12),
		sample_integer("1.3.6.1.2.1.2.2.1.8.12", 2) };

	(void)state;
	n.vb = vb;
	n.vb_count = 2;
	n.has_agent_address = true;
	memcpy(n.agent_address, "\xac\x11\xf6\x09", 4);
	assert_string_equal(sample_render(&json, &n),
	    "{\"schema\":1,\"id\":\"18e9bf0f94aa4d150123456789abcdef\","
	    "\"time\":\"2026-11-20T12:00:00.123456789Z\",\"kind\":\"trap\","
	    "\"version\":\"2c\",\"source\":{\"address\":\"192.0.2.7\",\"port\":50123,"
	    "\"transport\":\"udp\"},\"local\":{\"address\":\"192.0.2.1\",\"port\":1162},"
	    "\"agent_address\":\"172.17.246.9\",\"community\":\"public\","
	    "\"request_id\":7,\"uptime\":123456,\"trap_oid\":\"1.3.6.1.6.3.1.1.5.3\","
	    "\"trap_name\":\"IF-MIB::linkDown\",\"severity\":\"major\",\"varbinds\":["
	    "{\"oid\":\"1.3.6.1.2.1.2.2.1.1.12\",\"name\":\"IF-MIB::ifIndex.12\","
	    "\"index\":{\"ifIndex\":12},\"type\":\"INTEGER\",\"value\":12},"
	    "{\"oid\":\"1.3.6.1.2.1.2.2.1.8.12\",\"name\":\"IF-MIB::ifOperStatus.12\","
	    "\"index\":{\"ifIndex\":12},\"type\":\"INTEGER\",\"value\":2,"
	    "\"text\":\"down\"}],\"flags\":[]}\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v2c_trap_with_names),
	};

	(void)json_bare;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
