/* Listen addresses: what is accepted, what is refused, what comes out of the resolver. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "receiver/address.h"

static void
takes_each_form_apart(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		bool numeric, v4, v6;
	} good[] = {
		{ "udp:0.0.0.0:1162", "0.0.0.0", 1162, true, true, false },
		{ "udp:[::]:1162", "::", 1162, true, false, true },
		{ "udp6:[::1]:0", "::1", 0, true, false, true },
		{ "udp4:127.0.0.1:162", "127.0.0.1", 162, true, true, false },
		{ "udp:localhost:65535", "localhost", 65535, false, true, true },
		{ "udp4:localhost:1", "localhost", 1, false, true, false },
		{ "udp6:localhost:1", "localhost", 1, false, false, true },
		{ "nms-1.example_net.org:162", "nms-1.example_net.org", 162, false, true,
		    true },
		{ "127.0.0.1:0", "127.0.0.1", 0, true, true, false },
		{ "udp:1162", "", 1162, false, true, true },
		{ "udp4:1162", "", 1162, false, true, false },
		{ "udp6:1162", "", 1162, false, false, true },
		{ ":1162", "", 1162, false, true, true },
		{ "udp::1162", "", 1162, false, true, true },
		{ "*:1162", "", 1162, false, true, true },
		{ "1162", "", 1162, false, true, true },
		{ "00162", "", 162, false, true, true },
		{ "[::1%lo]:1162", "::1%lo", 1162, true, false, true },
		{ "[fe80::1%eth0.5]:1162", "fe80::1%eth0.5", 1162, true, false, true },
	};
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		tl_listen_spec s;
		if (tl_listen_parse(good[i].text, &s) != TL_OK)
			fail_msg("refused: %s", good[i].text);
		assert_string_equal(s.host, good[i].host);
		assert_int_equal(s.port, good[i].port);
		assert_int_equal(s.numeric, good[i].numeric);
		assert_int_equal(s.v4, good[i].v4);
		assert_int_equal(s.v6, good[i].v6);
	}
}

static void
refuses_what_is_no_address(void **state)
{
	static const char *const bad[] = { "", ":", "udp:", "udp::", "udp", "tcp:[::1]:1",
		"host", "host:", "host:65536", "host:99999", "host:000162", "host:+1",
		"host:-1", "host: 1", "host:1 ", "host:0x10", "65536", "-1", "::1:1162",
		"::1", "[::1]", "[::1]1162", "[::1:1162", "::1]:1162", "[]:1162",
		"[::g]:1162", "[::1%]:1162", "[%lo]:1162", "[::ffff:127.0.0.1]:1162",
		"[127.0.0.1]:1162", "[::1]]:1162", "udp4:[::1]:1162",
		"udp6:127.0.0.1:1162", "127.1:1162", "2130706433:1162", "256.0.0.1:1162",
		"1.2.3.4.5:1162", "ho st:1162", "ho/st:1162", "-host:1162", "h\n:1162",
		"h%lo:1162", "udp:udp:1.2.3.4:1", "\xff:1162" };
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		tl_listen_spec s;
		if (tl_listen_parse(bad[i], &s) != TL_EFORMAT)
			fail_msg("accepted: %s", bad[i]);
	}
}

static void
refuses_a_host_longer_than_a_name_may_be(void **state)
{
	char text[TL_HOST_MAX + 16];
	tl_listen_spec s;
	(void)state;

	for (size_t len = TL_HOST_MAX; len <= TL_HOST_MAX + 1; len++) {
		memset(text, 'a', len);
		memcpy(text + len, ":162", 5);
		assert_int_equal(
		    tl_listen_parse(text, &s), len <= TL_HOST_MAX ? TL_OK : TL_EFORMAT);
	}
	memset(text, ':', sizeof text);
	text[0] = '[';
	memcpy(text + sizeof text - 4, "]:1", 4);
	assert_int_equal(tl_listen_parse(text, &s), TL_EFORMAT);
}

static tl_err
resolve(const char *text, tl_sockaddr **list, size_t *count)
{
	tl_listen_spec s;

	*list = NULL;
	assert_int_equal(tl_listen_parse(text, &s), TL_OK);
	return tl_listen_resolve(&s, list, count);
}

static void
a_port_alone_means_any_address_of_both_families(void **state)
{
	tl_sockaddr *list;
	size_t count;
	bool v4 = false, v6 = false;
	(void)state;

	assert_int_equal(resolve("udp:1162", &list, &count), TL_OK);
	assert_int_equal(count, 2);
	for (size_t i = 0; i < count; i++) {
		if (list[i].any.sa_family == AF_INET) {
			v4 = true;
			assert_int_equal(list[i].v4.sin_addr.s_addr, INADDR_ANY);
			assert_int_equal(list[i].v4.sin_port, htons(1162));
		} else {
			v6 = true;
			assert_true(IN6_IS_ADDR_UNSPECIFIED(&list[i].v6.sin6_addr));
			assert_int_equal(list[i].v6.sin6_port, htons(1162));
		}
	}
	assert_true(v4 && v6);
	free(list);
}

static void
an_address_is_itself_once(void **state)
{
	static const char *const texts[] = { "udp:127.0.0.2:5", "[::1]:5",
		"[fe80::1%lo]:5" };
	tl_sockaddr *list;
	size_t count;
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(resolve(texts[i], &list, &count), TL_OK);
		assert_int_equal(count, 1);
		tl_endpoint ep = tl_endpoint_of(list);
		assert_int_equal(ep.port, 5);
		assert_int_equal(tl_endpoint_is_v4(&ep), i == 0);
		assert_int_equal(ep.addr[15], i == 0 ? 2 : 1);
		assert_int_equal(
		    ep.scope, i == 2 ? 1 : 0); /* lo is the first interface */
		free(list);
	}
}

static void
says_ENXIO_for_a_zone_that_is_not_there(void **state)
{
	tl_sockaddr *list;
	size_t count;
	(void)state;

	errno = 0;
	assert_int_equal(resolve("[fe80::1%nosuch0]:5", &list, &count), TL_EIO);
	assert_int_equal(errno, ENXIO);
}

static void
endpoints_survive_the_way_there_and_back(void **state)
{
	static const struct {
		int family;
		tl_endpoint ep;
	} cases[] = {
		{ AF_INET, { { [10] = 255, 255, 192, 0, 2, 7 }, 0, 162 } },
		{ AF_INET6, { { 0x20, 1, 0xd, 0xb8, [15] = 9 }, 0, 65535 } },
		{ AF_INET6, { { 0xfe, 0x80, [15] = 9 }, 7, 1 } },
		{ AF_INET6, { { 0xff, 2, [15] = 1 }, 3, 1 } },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		tl_sockaddr sa;
		socklen_t len = tl_endpoint_sockaddr(&cases[i].ep, cases[i].family, &sa);
		tl_endpoint back = tl_endpoint_of(&sa);
		assert_int_equal(sa.any.sa_family, cases[i].family);
		assert_int_equal(
		    len, cases[i].family == AF_INET ? sizeof sa.v4 : sizeof sa.v6);
		assert_memory_equal(back.addr, cases[i].ep.addr, 16);
		assert_int_equal(back.scope, cases[i].ep.scope);
		assert_int_equal(back.port, cases[i].ep.port);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_each_form_apart),
		cmocka_unit_test(refuses_what_is_no_address),
		cmocka_unit_test(refuses_a_host_longer_than_a_name_may_be),
		cmocka_unit_test(a_port_alone_means_any_address_of_both_families),
		cmocka_unit_test(an_address_is_itself_once),
		cmocka_unit_test(says_ENXIO_for_a_zone_that_is_not_there),
		cmocka_unit_test(endpoints_survive_the_way_there_and_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
