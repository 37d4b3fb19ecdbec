/* tests/cli/test_hosts.c: where to send. */
#include "base/unit.h"

#include "cli/cli.h"

static void
assert_host(const char *text, const char *host, uint16_t port)
{
	char copy[64];
	cli_host out;

	snprintf(copy, sizeof copy, "%s", text);
	if (!cli_read_host(copy, &out))
		fail_msg("%s is not read", text);
	assert_string_equal(host, out.host);
	assert_int_equal(port, out.port);
}

static void
test_reads_hosts(void **state)
{
	(void)state;
	assert_host("nms", "nms", 0);
	assert_host("nms:1162", "nms", 1162);
	assert_host("192.0.2.1:65535", "192.0.2.1", 65535);
	assert_host("[2001:db8::1]", "2001:db8::1", 0);
	assert_host("[2001:db8::1]:162", "2001:db8::1", 162);
	assert_host("2001:db8::1", "2001:db8::1", 0);
	assert_host("::1", "::1", 0);
	assert_host("[fe80::1%eth0]:162", "fe80::1%eth0", 162);
}

static void
test_refuses_what_is_no_host(void **state)
{
	static const char *const bad[] = { "", ":162", "nms:", "nms:0", "nms:65536",
		"nms:-1", "nms:+1", "nms:1x", "[::1", "[]", "[::1]162",
		"[::1]:", "[::1]:x" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		char copy[64];
		cli_host out;

		snprintf(copy, sizeof copy, "%s", bad[i]);
		if (cli_read_host(copy, &out))
			fail_msg("%s is read", bad[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_hosts),
		cmocka_unit_test(test_refuses_what_is_no_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
