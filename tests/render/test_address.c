/* Addresses as RFC 5952 writes them, and identities. */
#include <arpa/inet.h>

#include "sample.h"

static void
assert_address(const char *from, uint32_t scope, const char *want)
{
	tl_endpoint ep = { .scope = scope };
	char text[TL_ADDRESS_TEXT_MAX];

	assert_int_equal(inet_pton(AF_INET6, from, ep.addr), 1);
	assert_int_equal(tl_address_text(&ep, text), strlen(want));
	assert_string_equal(text, want);
}

static void
test_ipv4_is_dotted(void **state)
{
	(void)state;
	assert_address("::ffff:0.0.0.0", 0, "0.0.0.0");
	assert_address("::ffff:192.0.2.7", 0, "192.0.2.7");
	assert_address("::ffff:255.100.99.10", 0, "255.100.99.10");
}

static void
test_ipv6_follows_rfc_5952(void **state)
{
	(void)state;
	assert_address("::", 0, "::");
	assert_address("::1", 0, "::1");
	assert_address("1::", 0, "1::");
	assert_address("2001:0DB8:0000:0000:0000:0000:0002:0001", 0, "2001:db8::2:1");
	assert_address("2001:db8:0:1:1:1:1:1", 0, "2001:db8:0:1:1:1:1:1");
	assert_address("2001:0:0:1:0:0:0:1", 0, "2001:0:0:1::1");
	assert_address("2001:db8:0:0:1:0:0:1", 0, "2001:db8::1:0:0:1");
	assert_address("0:0:1:2:3:4:5:6", 0, "::1:2:3:4:5:6");
	assert_address("1:2:3:4:5:6:0:0", 0, "1:2:3:4:5:6::");
	assert_address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", UINT32_MAX,
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295");
	assert_address("fe80::a00:27ff:fe4e:66a1", 2, "fe80::a00:27ff:fe4e:66a1%2");
	assert_address("::192.0.2.7", 0, "::c000:207");
}

/* Whatever is written is read back as the same address. */
static void
test_every_pattern_of_zeros_reads_back(void **state)
{
	(void)state;
	for (unsigned zeros = 0; zeros < 256; zeros++) {
		tl_endpoint ep = { .scope = 0 };
		char text[TL_ADDRESS_TEXT_MAX];
		uint8_t back[16];
		for (unsigned i = 0; i < 8; i++)
			if ((zeros >> i & 1) == 0)
				ep.addr[2 * i + 1] = (uint8_t)(0x11 * (i + 1));
		tl_address_text(&ep, text);
		assert_int_equal(inet_pton(AF_INET6, text, back), 1);
		assert_memory_equal(back, ep.addr, 16);
	}
}

static void
test_identity_is_time_then_hash(void **state)
{
	char id[TL_ID_LEN];

	(void)state;
	tl_event_id(SAMPLE_NS, 0x0123456789abcdef, id);
	assert_memory_equal(id, "18e9bf0f94aa4d150123456789abcdef", TL_ID_LEN);
	tl_event_id(-1, UINT64_MAX, id);
	assert_memory_equal(id, "ffffffffffffffffffffffffffffffff", TL_ID_LEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4_is_dotted),
		cmocka_unit_test(test_ipv6_follows_rfc_5952),
		cmocka_unit_test(test_every_pattern_of_zeros_reads_back),
		cmocka_unit_test(test_identity_is_time_then_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
