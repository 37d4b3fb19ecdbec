/* What comes to this host, and to which of its sockets. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>

#include "receiver/address.h"
#include "receiver/here.h"

static tl_endpoint
endpoint(const char *text, uint16_t port)
{
	tl_endpoint ep = { .port = port };
	uint8_t v4[4];

	if (inet_pton(AF_INET, text, v4) == 1)
		tl_endpoint_set_v4(&ep, v4);
	else
		assert_int_equal(inet_pton(AF_INET6, text, ep.addr), 1);
	return ep;
}

static void
knows_the_addresses_of_this_host(void **state)
{
	static const struct {
		const char *text;
		bool here;
	} rows[] = {
		{ "127.0.0.1", true },
		{ "127.9.9.9", true },
		{ "0.0.0.0", true },
		{ "::1", true },
		{ "::", true },
		{ "192.0.2.1", false },
		{ "2001:db8::1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		tl_endpoint ep = endpoint(rows[i].text, 162);
		assert_int_equal(tl_endpoint_is_here(&ep), rows[i].here);
	}
}

static void
knows_which_socket_receives(void **state)
{
	static const struct {
		const char *at;
		bool both;
		const char *to;
		bool receives;
	} rows[] = {
		{ "127.0.0.1", false, "127.0.0.1", true },
		{ "127.0.0.1", false, "127.0.0.2", false },
		{ "127.0.0.1", false, "0.0.0.0", true },
		{ "127.0.0.1", false, "::", false },
		{ "192.0.2.1", false, "0.0.0.0", false },
		{ "0.0.0.0", false, "192.0.2.1", true },
		{ "0.0.0.0", false, "::1", false },
		{ "0.0.0.0", true, "::1", false },
		{ "::", false, "::1", true },
		{ "::", false, "127.0.0.1", false },
		{ "::", true, "127.0.0.1", true },
		{ "::1", false, "::", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		tl_endpoint at = endpoint(rows[i].at, 162),
			    to = endpoint(rows[i].to, 162);
		assert_int_equal(
		    tl_endpoint_receives(&at, rows[i].both, &to), rows[i].receives);
		to.port = 163;
		assert_false(tl_endpoint_receives(&at, rows[i].both, &to));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_addresses_of_this_host),
		cmocka_unit_test(knows_which_socket_receives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
