/* Networks: the longest that holds an address. */
#include <arpa/inet.h>

#include "base/unit.h"
#include "pipeline/nets.h"

static net
net_of(const char *text, uint32_t value)
{
	net n = { .value = value };
	char host[64];
	const char *slash = strchr(text, '/');

	assert_non_null(slash);
	(void)snprintf(host, sizeof host, "%.*s", (int)(slash - text), text);
	bool six = strchr(host, ':') != NULL;
	n.cidr.bits = (uint8_t)(atol(slash + 1) + (six ? 0 : 96));
	if (!six)
		n.cidr.addr[10] = n.cidr.addr[11] = 0xff;
	assert_int_equal(
	    inet_pton(six ? AF_INET6 : AF_INET, host, n.cidr.addr + (six ? 0 : 12)), 1);
	return n;
}

static uint32_t
find(const nets *n, const char *address)
{
	char text[80];

	(void)snprintf(text, sizeof text, "%s/0", address);
	return nets_find(n, net_of(text, 0).cidr.addr);
}

static void
test_finds_the_longest(void **state)
{
	const net at[] = { net_of("10.0.0.0/8", 1), net_of("10.1.0.0/16", 2),
		net_of("10.1.2.0/24", 3), net_of("10.1.2.128/25", 4),
		net_of("10.1.2.200/32", 5), net_of("2001:db8::/32", 6),
		net_of("2001:db8:0:1::/64", 7), net_of("172.16.0.0/12", 8) };
	static const struct {
		const char *address;
		uint32_t value;
	} cases[] = { { "10.255.255.255", 1 }, { "10.1.255.0", 2 }, { "10.1.2.127", 3 },
		{ "10.1.2.199", 4 }, { "10.1.2.200", 5 }, { "10.1.2.201", 4 },
		{ "11.0.0.0", NETS_NONE }, { "9.255.255.255", NETS_NONE },
		{ "172.31.255.255", 8 }, { "172.32.0.0", NETS_NONE },
		{ "2001:db8:0:1::1", 7 }, { "2001:db8:0:2::1", 6 },
		{ "2001:db9::", NETS_NONE }, { "::1", NETS_NONE } };
	nets *n = nets_new(at, COUNT(at));

	(void)state;
	assert_non_null(n);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(find(n, cases[i].address), cases[i].value);
	nets_free(n);
}

static void
test_an_empty_set_and_one_of_all(void **state)
{
	const net all = net_of("::/0", 9);
	nets *none = nets_new(NULL, 0), *every = nets_new(&all, 1);

	(void)state;
	assert_int_equal(find(none, "10.0.0.1"), NETS_NONE);
	assert_int_equal(find(every, "10.0.0.1"), 9);
	assert_int_equal(find(every, "ffff::"), 9);
	nets_free(none);
	nets_free(every);
	nets_free(NULL);
}

static void
test_of_equal_networks_the_last_counts(void **state)
{
	const net at[] = { net_of("10.0.0.0/8", 1), net_of("10.0.0.0/8", 2),
		net_of("10.0.0.0/9", 7), net_of("10.0.0.0/8", 3) };
	nets *n = nets_new(at, COUNT(at));

	(void)state;
	assert_int_equal(find(n, "10.200.0.1"), 3);
	assert_int_equal(find(n, "10.1.0.1"), 7);
	nets_free(n);
}

static void
test_finds_all_around_an_address(void **state)
{
	const net at[] = { net_of("0.0.0.0/0", 1), net_of("10.0.0.0/8", 2),
		net_of("10.1.0.0/16", 3), net_of("10.2.0.0/16", 4) };
	nets *n = nets_new(at, COUNT(at));
	uint32_t values[NETS_DEPTH];

	(void)state;
	assert_int_equal(nets_find_all(n, net_of("10.1.1.1/0", 0).cidr.addr, values), 3);
	assert_int_equal(values[0], 3);
	assert_int_equal(values[1], 2);
	assert_int_equal(values[2], 1);
	assert_int_equal(nets_find_all(n, net_of("fe80::1/0", 0).cidr.addr, values), 0);
	nets_free(n);
}

static void
test_addresses_of_one_network_have_its_number(void **state)
{
	const net at[] = { net_of("10.0.0.0/8", 1), net_of("10.1.0.0/16", 1) };
	nets *n = nets_new(at, COUNT(at));
	const uint32_t number = nets_number(n, net_of("10.1.1.1/0", 0).cidr.addr);

	(void)state;
	assert_int_equal(nets_number(n, net_of("10.1.2.2/0", 0).cidr.addr), number);
	assert_int_not_equal(nets_number(n, net_of("10.2.0.1/0", 0).cidr.addr), number);
	assert_int_equal(nets_number(n, net_of("192.0.2.1/0", 0).cidr.addr), NETS_NONE);
	nets_free(n);
}

static void
test_every_length_around_one_address(void **state)
{
	net at[129];
	uint32_t values[NETS_DEPTH];

	(void)state;
	for (unsigned bits = 0; bits <= 128; bits++) {
		at[bits] = (net){ .cidr.bits = (uint8_t)bits, .value = bits };
		memset(at[bits].cidr.addr, 0xff, bits / 8);
		if (bits % 8 != 0)
			at[bits].cidr.addr[bits / 8] = (uint8_t)(0xff00 >> bits % 8);
	}
	nets *n = nets_new(at, 129);
	uint8_t addr[16];
	for (unsigned same = 0; same <= 128; same++) {
		memset(addr, 0xff, sizeof addr);
		if (same < 128)
			addr[same / 8] ^= (uint8_t)(0x80 >> same % 8);
		assert_int_equal(nets_find(n, addr), same);
		assert_int_equal(nets_find_all(n, addr, values), same + 1);
	}
	nets_free(n);
}

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static bool
holds(const net *n, const uint8_t addr[16])
{
	for (unsigned bit = 0; bit < n->cidr.bits; bit++)
		if (((n->cidr.addr[bit / 8] ^ addr[bit / 8]) & 0x80 >> bit % 8) != 0)
			return false;
	return true;
}

/* Addresses that are near each other. */
static void
make_address(uint32_t *seed, uint8_t addr[16])
{
	for (unsigned i = 0; i < 16; i++)
		addr[i] =
		    next(seed) % 3 == 0 ? (uint8_t)next(seed) : (uint8_t)(next(seed) & 3);
}

static void
cut(net *n)
{
	for (unsigned bit = n->cidr.bits; bit < 128; bit++)
		n->cidr.addr[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
}

static void
test_agrees_with_looking_at_each(void **state)
{
	enum { NETS = 400, LOOKS = 400 };
	uint32_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 30; round++) {
		net at[NETS];
		for (uint32_t i = 0; i < NETS; i++) {
			make_address(&seed, at[i].cidr.addr);
			at[i].cidr.bits = (uint8_t)(next(&seed) % 129);
			at[i].value = i;
			cut(&at[i]);
		}
		nets *n = nets_new(at, NETS);
		for (unsigned look = 0; look < LOOKS; look++) {
			uint8_t addr[16];
			uint32_t best = NETS_NONE;
			make_address(&seed, addr);
			for (uint32_t i = 0; i < NETS; i++)
				if (holds(&at[i], addr) &&
				    (best == NETS_NONE ||
					at[i].cidr.bits >= at[best].cidr.bits))
					best = i;
			assert_int_equal(nets_find(n, addr), best);
		}
		nets_free(n);
	}
}

static void
test_a_hundred_thousand_hosts(void **state)
{
	enum { HOSTS = 100000 };
	net *at = calloc(HOSTS, sizeof *at);

	(void)state;
	for (uint32_t i = 0; i < HOSTS; i++) {
		char text[32];
		(void)snprintf(
		    text, sizeof text, "10.%u.%u.%u/32", i >> 16, i >> 8 & 255, i & 255);
		at[i] = net_of(text, i);
	}
	nets *n = nets_new(at, HOSTS);
	assert_non_null(n);
	for (uint32_t i = 0; i < HOSTS; i++)
		assert_int_equal(nets_find(n, at[i].cidr.addr), i);
	assert_int_equal(find(n, "10.1.134.160"), NETS_NONE);
	nets_free(n);
	free(at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_the_longest),
		cmocka_unit_test(test_an_empty_set_and_one_of_all),
		cmocka_unit_test(test_of_equal_networks_the_last_counts),
		cmocka_unit_test(test_finds_all_around_an_address),
		cmocka_unit_test(test_addresses_of_one_network_have_its_number),
		cmocka_unit_test(test_every_length_around_one_address),
		cmocka_unit_test(test_agrees_with_looking_at_each),
		cmocka_unit_test(test_a_hundred_thousand_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
