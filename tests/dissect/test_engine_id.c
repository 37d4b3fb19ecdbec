/* tests/dissect/test_engine_id.c: engine IDs in words. */
#include "samples.h"

static void
expect(const char *hex, const char *text)
{
	uint8_t room[256];
	tl_buf out = { .ptr = room, .cap = sizeof room - 1 };
	tl_span id = unhex(hex);

	tl_engine_id_text(id, &out);
	room[out.len] = '\0';
	assert_string_equal((char *)room, text);
	drop(id);
}

static void
test_says_enterprise_and_format(void **state)
{
	(void)state;
	expect("800000090300112233aabb", "enterprise 9 Cisco, MAC 00:11:22:33:aa:bb");
	expect("80001f8801c0000201", "enterprise 8072 net-snmp, IPv4 192.0.2.1");
	expect("80000a4c0220010db8000000000000000000000001",
	    "enterprise 2636 Juniper, IPv6 2001:0db8:0000:0000:0000:0000:0000:0001");
	expect("8000000004726f757465722d31", "enterprise 0, text \"router-1\"");
	expect("80001f888059dc486145a26322",
	    "enterprise 8072 net-snmp, own format 59dc486145a26322");
	expect("80001f8805010203", "enterprise 8072 net-snmp, octets 010203");
}

static void
test_takes_an_address_of_another_length_as_octets(void **state)
{
	(void)state;
	expect("800000090300112233", "enterprise 9 Cisco, octets 00112233");
	expect("8000000901c00002", "enterprise 9 Cisco, octets c00002");
}

static void
test_takes_the_form_of_before_rfc_3411(void **state)
{
	(void)state;
	expect("00000009020000d0bb7a2c00", "enterprise 9 Cisco, octets 020000d0bb7a2c00");
}

static void
test_escapes_what_is_no_text(void **state)
{
	(void)state;
	expect("8000000904610a1b", "enterprise 9 Cisco, text \"a\\x0a\\x1b\"");
}

static void
test_says_nothing_of_an_illegal_length(void **state)
{
	(void)state;
	expect("80000009", "");
	expect("800000090400112233445566778899aabbccddeeff00112233445566778899aabb", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says_enterprise_and_format),
		cmocka_unit_test(test_takes_an_address_of_another_length_as_octets),
		cmocka_unit_test(test_takes_the_form_of_before_rfc_3411),
		cmocka_unit_test(test_escapes_what_is_no_text),
		cmocka_unit_test(test_says_nothing_of_an_illegal_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
