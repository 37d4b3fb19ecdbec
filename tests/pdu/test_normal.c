/* pdu/normal.c: v1 into the v2 form by RFC 3584, and the standard varbinds of v2. */
#include "reading.h"

static void
expect_v1(const char *text, tl_span trap_oid, uint16_t flags)
{
	reading x;

	read_pdu(&x, text, 1, 2048);
	expect_form(&x, trap_oid, flags, 1);
	assert_int_equal(x.n.kind, TL_TRAP);
	assert_int_equal(x.n.pdu_type, 0xa4);
	assert_int_equal(x.n.request_id, 0);
	assert_int_equal(x.n.uptime_cs, 0x64);
	assert_true(x.n.v1.present && x.n.has_agent_address);
	assert_memory_equal(x.n.agent_address, "\xc0\x00\x02\x09", 4);
	forget_pdu(&x);
}

static void
test_each_generic_trap_has_its_snmp_trap_oid(void **state)
{
	uint8_t oid[] = "\x2b\x06\x01\x06\x03\x01\x01\x05";
	char text[256];
	(void)state;

	for (unsigned generic = 0; generic <= 5; generic++) {
		snprintf(text, sizeof text, V1("2b060104010901", "%02x", "63"), generic);
		oid[8] = (uint8_t)(generic + 1);
		expect_v1(text, (tl_span){ oid, 9 }, 0);
	}
}

static void
test_an_enterprise_trap_is_enterprise_0_specific(void **state)
{
	(void)state;
	expect_v1(V1("2b060104010901", "06", "11"),
	    LIT("\x2b\x06\x01\x04\x01\x09\x01\x00\x11"), 0);
	expect_v1(V1("2b06010401b16f", "06", "00"),
	    LIT("\x2b\x06\x01\x04\x01\xb1\x6f\x00\x00"), 0);
	expect_v1(V1("2b06", "06", "0080"), LIT("\x2b\x06\x00\x81\x00"), 0);
	expect_v1(
	    V1("2b06", "06", "7fffffff"), LIT("\x2b\x06\x00\x87\xff\xff\xff\x7f"), 0);
	expect_v1(
	    V1("2b06", "06", "10000000"), LIT("\x2b\x06\x00\x81\x80\x80\x80\x00"), 0);
	expect_v1(V1("2b06", "06", "0fffffff"), LIT("\x2b\x06\x00\xff\xff\xff\x7f"), 0);
}

static void
test_a_negative_specific_trap_keeps_its_bits_and_is_flagged(void **state)
{
	(void)state;
	expect_v1(V1("2b06", "06", "ff"), LIT("\x2b\x06\x00\x8f\xff\xff\xff\x7f"),
	    TL_FLAG_ENCODING);
	expect_v1(V1("2b06", "06", "80000000"), LIT("\x2b\x06\x00\x88\x80\x80\x80\x00"),
	    TL_FLAG_ENCODING);
}

static void
test_a_generic_trap_that_does_not_exist_is_named_by_its_enterprise(void **state)
{
	static const char *const rows[] = { V1("2b06", "07", "05"),
		V1("2b06", "ff", "05"), V1("2b06", "7fffffff", "05"),
		V1("2b06", "80000000", "05") };
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++)
		expect_v1(rows[i], LIT("\x2b\x06\x00\x05"), TL_FLAG_ENCODING);
}

static void
test_an_enterprise_of_126_sub_identifiers_is_the_longest_that_fits(void **state)
{
	uint8_t oid[127] = "\x2b";
	(void)state;

	memset(oid + 1, 1, 124);
	memcpy(oid + 125, "\x00\x05", 2);
	expect_v1(V1("2b[01]124", "06", "05"), (tl_span){ oid, 127 }, 0);
	expect_v1(V1("2b[01]125", "06", "05"), LIT(""), TL_FLAG_NO_TRAP_OID);
	expect_v1(V1("2b[01]126", "06", "05"), LIT(""), TL_FLAG_NO_TRAP_OID);
	expect_v1(V1("2b[01]126", "02", "05"), LINK_DOWN, 0);
}

static void
test_an_empty_enterprise_names_no_trap(void **state)
{
	(void)state;
	expect_v1(V1("", "06", "05"), LIT(""), TL_FLAG_ENCODING | TL_FLAG_NO_TRAP_OID);
	expect_v1(V1("", "02", "05"), LINK_DOWN, TL_FLAG_ENCODING);
}

static void
test_finds_sys_uptime_and_trap_oid_in_their_places(void **state)
{
	reading x;
	(void)state;

	read_pdu(&x, V2(UPTIME TRAP_OID IF_INDEX), 2, 2048);
	expect_form(&x, LINK_DOWN, 0, 1);
	assert_int_equal(x.n.uptime_cs, 12345678);
	assert_int_equal(x.n.all_count, 3);
	assert_ptr_equal(x.n.vb, x.n.all + 2);
	assert_int_equal(x.n.vb[0].v.i64, 3);
	assert_int_equal(x.n.request_id, 7);
	assert_false(x.n.v1.present);
	assert_false(x.n.has_agent_address);
	forget_pdu(&x);
}

static void
test_tells_which_of_the_two_is_missing_misplaced_or_of_a_wrong_type(void **state)
{
	static const struct {
		const char *text;
		bool named;
		uint32_t uptime_cs;
		uint16_t flags;
		size_t vb_count;
	} rows[] = {
		{ V2(""), false, 0, TL_FLAG_NO_UPTIME | TL_FLAG_NO_TRAP_OID, 0 },
		{ V2(IF_INDEX), false, 0, TL_FLAG_NO_UPTIME | TL_FLAG_NO_TRAP_OID, 1 },
		{ V2(UPTIME), false, 12345678, TL_FLAG_NO_TRAP_OID, 0 },
		{ V2(TRAP_OID), true, 0, TL_FLAG_NO_UPTIME, 0 },
		{ V2(UPTIME IF_INDEX), false, 12345678, TL_FLAG_NO_TRAP_OID, 1 },
		{ V2(TRAP_OID IF_INDEX), true, 0, TL_FLAG_NO_UPTIME, 1 },
		{ V2(TRAP_OID UPTIME IF_INDEX), true, 12345678, TL_FLAG_MISPLACED, 1 },
		{ V2(UPTIME IF_INDEX TRAP_OID), true, 12345678, TL_FLAG_MISPLACED, 1 },
		{ V2(IF_INDEX UPTIME TRAP_OID), true, 12345678, TL_FLAG_MISPLACED, 1 },
		{ V2(IF_INDEX TRAP_OID), true, 0, TL_FLAG_MISPLACED | TL_FLAG_NO_UPTIME,
		    1 },
		{ V2(IF_INDEX UPTIME), false, 12345678,
		    TL_FLAG_MISPLACED | TL_FLAG_NO_TRAP_OID, 1 },
		/* twice: the first counts, the second stays */
		{ V2(UPTIME UPTIME TRAP_OID), true, 12345678, TL_FLAG_MISPLACED, 1 },
		{ V2(UPTIME TRAP_OID TRAP_OID), true, 12345678, 0, 1 },
		/* sysUpTime.0 as Gauge32, INTEGER, NULL */
		{ V2("30(06(2b06010201010300) 4201 05)" TRAP_OID), true, 0,
		    TL_FLAG_MISPLACED | TL_FLAG_NO_UPTIME, 1 },
		{ V2("30(06(2b06010201010300) 0201 05)" TRAP_OID), true, 0,
		    TL_FLAG_MISPLACED | TL_FLAG_NO_UPTIME, 1 },
		{ V2("30(06(2b06010201010300) 0500)" TRAP_OID), true, 0,
		    TL_FLAG_MISPLACED | TL_FLAG_NO_UPTIME, 1 },
		/* snmpTrapOID.0 as INTEGER, NULL, OCTET STRING; empty; right the second
		   time */
		{ V2(UPTIME "30(06(2b060106030101040100) 0201 05)"), false, 12345678,
		    TL_FLAG_NO_TRAP_OID, 1 },
		{ V2(UPTIME "30(06(2b060106030101040100) 0500)"), false, 12345678,
		    TL_FLAG_NO_TRAP_OID, 1 },
		{ V2(UPTIME "30(06(2b060106030101040100) 04(2b06))"), false, 12345678,
		    TL_FLAG_NO_TRAP_OID, 1 },
		{ V2(UPTIME "30(06(2b060106030101040100) 0600)"), false, 12345678,
		    TL_FLAG_NO_TRAP_OID | TL_FLAG_ENCODING, 0 },
		{ V2(UPTIME "30(06(2b060106030101040100) 0500)" TRAP_OID), true, 12345678,
		    TL_FLAG_MISPLACED, 1 },
		/* sysUpTime and snmpTrapOID without their .0 are other objects */
		{ V2("30(06(2b060102010103) 4301 05)" TRAP_OID), true, 0,
		    TL_FLAG_MISPLACED | TL_FLAG_NO_UPTIME, 1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		reading x;
		read_pdu(&x, rows[i].text, 2, 2048);
		if (x.n.flags != rows[i].flags || x.n.vb_count != rows[i].vb_count)
			fail_msg("row %zu: flags %x, %zu", i, x.n.flags, x.n.vb_count);
		expect_form(&x, rows[i].named ? LINK_DOWN : LIT(""), rows[i].flags,
		    rows[i].vb_count);
		assert_int_equal(x.n.uptime_cs, rows[i].uptime_cs);
		forget_pdu(&x);
	}
}

static void
test_keeps_the_order_of_what_is_left(void **state)
{
	reading x;
	(void)state;

	read_pdu(&x,
	    V2("30(06(2b01) 0201 01)" TRAP_OID "30(06(2b02) 0201 02)" UPTIME
	       "30(06(2b03) 0201 03)"),
	    2, 2048);
	expect_form(&x, LINK_DOWN, TL_FLAG_MISPLACED, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(x.n.vb[i].v.i64, i + 1);
	assert_int_equal(x.n.all_count, 5);
	forget_pdu(&x);
}

static void
test_takes_the_agent_address_from_snmp_trap_address(void **state)
{
	reading x;
	(void)state;

	read_pdu(
	    &x, V2(UPTIME TRAP_OID "30(06(2b0601060312010300) 4004 0a000001)"), 2, 2048);
	expect_form(&x, LINK_DOWN, 0, 1);
	assert_true(x.n.has_agent_address);
	assert_memory_equal(x.n.agent_address, "\x0a\x00\x00\x01", 4);
	forget_pdu(&x);
	read_pdu(
	    &x, V2(UPTIME TRAP_OID "30(06(2b0601060312010300) 04(0a000001))"), 2, 2048);
	assert_false(x.n.has_agent_address);
	forget_pdu(&x);
}

static void
test_an_uptime_with_the_sign_bit_is_a_large_one(void **state)
{
	reading x;
	(void)state;

	read_pdu(&x, V2("30(06(2b06010201010300) 4304 f0000000)" TRAP_OID), 2, 2048);
	expect_form(&x, LINK_DOWN, TL_FLAG_ENCODING, 0);
	assert_int_equal(x.n.uptime_cs, 0xf0000000u);
	forget_pdu(&x);
}

static void
test_an_arena_without_room_is_no_memory_and_not_a_crash(void **state)
{
	static const char *const rows[] = { V1("2b06", "06", "05"),
		V1("2b06", "02", "05"), V2(IF_INDEX UPTIME TRAP_OID) };
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t left = 0; left < 400; left += 8) {
			reading x;
			read_pdu(&x, rows[i], i < 2 ? 1 : 2, 2048);
			tl_arena_reset(x.arena);
			assert_non_null(tl_arena_take(x.arena, (1 << 20) - left));
			tl_diag diag = { 0 };
			tl_reader r = tl_reader_of(assembled(&x.a), 0, &diag);
			tl_notification n = { .version = i < 2 ? 1 : 2 };
			tl_err err = tl_pdu_read(&r, 2048, x.arena, &n);
			assert_true(err == TL_ENOMEM || err == TL_OK);
			assert_true(err == TL_ENOMEM || left > 0);
			forget_pdu(&x);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_generic_trap_has_its_snmp_trap_oid),
		cmocka_unit_test(test_an_enterprise_trap_is_enterprise_0_specific),
		cmocka_unit_test(
		    test_a_negative_specific_trap_keeps_its_bits_and_is_flagged),
		cmocka_unit_test(
		    test_a_generic_trap_that_does_not_exist_is_named_by_its_enterprise),
		cmocka_unit_test(
		    test_an_enterprise_of_126_sub_identifiers_is_the_longest_that_fits),
		cmocka_unit_test(test_an_empty_enterprise_names_no_trap),
		cmocka_unit_test(test_finds_sys_uptime_and_trap_oid_in_their_places),
		cmocka_unit_test(
		    test_tells_which_of_the_two_is_missing_misplaced_or_of_a_wrong_type),
		cmocka_unit_test(test_keeps_the_order_of_what_is_left),
		cmocka_unit_test(test_takes_the_agent_address_from_snmp_trap_address),
		cmocka_unit_test(test_an_uptime_with_the_sign_bit_is_a_large_one),
		cmocka_unit_test(test_an_arena_without_room_is_no_memory_and_not_a_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
