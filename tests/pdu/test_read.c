/* pdu/read.c: PDUs as they are read, limits, and what is refused where. */
#include "reading.h"

static void
test_reads_every_field_of_an_inform(void **state)
{
	reading x;
	(void)state;

	read_pdu(&x, "a6(0204 80000001 020105 020106 30(" UPTIME TRAP_OID IF_INDEX "))",
	    2, 2048);
	expect_form(&x, LINK_DOWN, 0, 1);
	assert_int_equal(x.n.kind, TL_INFORM);
	assert_int_equal(x.n.pdu_type, 0xa6);
	assert_int_equal(x.n.request_id, 0x80000001u);
	assert_bytes(x.n.pdu, assembled(&x.a));
	assert_int_equal(x.n.all[0].type, TL_T_TIMETICKS);
	assert_int_equal(x.n.all[1].type, TL_T_OID);
	assert_int_equal(x.n.vb[0].name.len, 10);
	forget_pdu(&x);
}

static void
test_flags_a_pdu_of_another_version(void **state)
{
	reading x;
	(void)state;

	for (uint8_t version = 1; version <= 3; version++) {
		read_pdu(&x, V1("2b06", "02", "00"), version, 2048);
		expect_form(&x, LINK_DOWN, version == 1 ? 0 : TL_FLAG_PDU_VERSION, 1);
		forget_pdu(&x);
		read_pdu(&x, V2(UPTIME TRAP_OID), version, 2048);
		expect_form(&x, LINK_DOWN, version == 1 ? TL_FLAG_PDU_VERSION : 0, 0);
		forget_pdu(&x);
	}
}

static void
test_a_pdu_that_is_no_notification_is_told_by_its_type(void **state)
{
	static const uint8_t others[] = { 0xa0, 0xa1, 0xa2, 0xa3, 0xa5, 0xa8 };
	char text[64];
	(void)state;

	for (size_t i = 0; i < COUNT(others); i++) {
		reading x;
		snprintf(text, sizeof text, "%02x(020107 020100 020100 3000)", others[i]);
		read_pdu(&x, text, 2, 2048);
		assert_int_equal(x.err, TL_OK);
		assert_int_equal(x.diag.err, TL_EPDU_TYPE);
		assert_int_equal(x.diag.offset, 0);
		assert_int_equal(x.n.pdu_type, others[i]);
		forget_pdu(&x);
	}
	expect_refusal("30(020107)", TL_EBER_TAG, 0, "pdu");
	expect_refusal("a9(020107)", TL_EBER_TAG, 0, "pdu");
	expect_refusal("a4", TL_EBER_TRUNCATED, 0, "pdu");
	expect_refusal("", TL_EBER_TRUNCATED, 0, "pdu");
	expect_refusal("a480 0000", TL_EBER_INDEFINITE, 1, "pdu");
}

static void
test_takes_as_many_varbinds_as_the_limit_says(void **state)
{
	reading x;
	(void)state;

	read_pdu(&x, "a7(020107 020100 020100 30([30(06(2b) 0500)]2048))", 2, 2048);
	assert_int_equal(x.diag.err, TL_OK);
	assert_int_equal(x.n.all_count, 2048);
	forget_pdu(&x);
	read_pdu(&x, "a7(020107 020100 020100 30([30(06(2b) 0500)]2049))", 2, 2048);
	assert_int_equal(x.err, TL_OK);
	assert_int_equal(x.diag.err, TL_ELIMIT_VARBINDS);
	assert_int_equal(x.diag.offset, 4 + 9 + 4 + 7 * 2048);
	forget_pdu(&x);
	read_pdu(&x, V2("30(0600 0500)"), 2, 1);
	assert_int_equal(x.diag.err, TL_OK);
	assert_int_equal(x.n.all_count, 1);
	forget_pdu(&x);
	read_pdu(&x, V2("30(0600 0500) 30(0600 0500)"), 2, 1);
	assert_int_equal(x.diag.err, TL_ELIMIT_VARBINDS);
	forget_pdu(&x);
}

static void
test_the_shortest_varbinds_of_a_whole_datagram_fit(void **state)
{
	reading x;
	(void)state;

	read_pdu(&x, V2("[30(0600 0500)]10900"), 2, UINT32_MAX);
	assert_int_equal(x.err, TL_OK);
	assert_int_equal(x.diag.err, TL_OK);
	assert_int_equal(x.n.all_count, 10900);
	forget_pdu(&x);
}

static void
test_refuses_bytes_that_are_left_anywhere(void **state)
{
	(void)state;
	expect_refusal(
	    "a7(020107 020100 020100 30() 0500)", TL_EPDU_MALFORMED, 13, "pdu");
	expect_refusal(
	    "a7(020107 020100 020100 30()) 00", TL_EPDU_MALFORMED, 13, "message");
	expect_refusal("a7(020107 020100 020100 30(30(06(2b) 0500 00)))",
	    TL_EPDU_MALFORMED, 20, "varbind");
	expect_refusal("a7(020107 020100 020100 30(30(06(2b) 0500) 00))", TL_EBER_TAG, 20,
	    "varbind");
	expect_refusal("a4(06(2b06) 40(c0000209) 020102 020100 43(64) 30() 0500)",
	    TL_EPDU_MALFORMED, 23, "pdu");
}

static void
test_refuses_each_field_of_a_v1_trap_at_its_offset(void **state)
{
	(void)state;
	expect_refusal("a4(04(2b06))", TL_EBER_TAG, 2, "enterprise");
	expect_refusal("a4(06(80))", TL_EBER_OID, 4, "enterprise");
	expect_refusal("a4(06(2b06))", TL_EBER_TRUNCATED, 6, "agent-addr");
	expect_refusal("a4(06(2b06) 04(c0000209))", TL_EBER_TAG, 6, "agent-addr");
	expect_refusal("a4(06(2b06) 40(c00002))", TL_EBER_LENGTH, 8, "agent-addr");
	expect_refusal("a4(06(2b06) 40([00]16))", TL_EBER_LENGTH, 8, "agent-addr");
	expect_refusal("a4(06(2b06) 40())", TL_EBER_LENGTH, 8, "agent-addr");
	expect_refusal(
	    "a4(06(2b06) 40(c0000209) 0200)", TL_EBER_INTEGER, 14, "generic-trap");
	expect_refusal("a4(06(2b06) 40(c0000209) 02(0080000000))", TL_EBER_INTEGER, 14,
	    "generic-trap");
	expect_refusal(
	    "a4(06(2b06) 40(c0000209) 020106 0400)", TL_EBER_TAG, 15, "specific-trap");
	expect_refusal("a4(06(2b06) 40(c0000209) 020106 02(0080000000))", TL_EBER_INTEGER,
	    17, "specific-trap");
	expect_refusal("a4(06(2b06) 40(c0000209) 020106 020101 020101)", TL_EBER_TAG, 18,
	    "time-stamp");
	expect_refusal("a4(06(2b06) 40(c0000209) 020106 020101 43(0100000000))",
	    TL_EBER_INTEGER, 20, "time-stamp");
	expect_refusal("a4(06(2b06) 40(c0000209) 020106 020101 430101)",
	    TL_EBER_TRUNCATED, 21, "variable-bindings");
	expect_refusal("a4(06(2b06) 40(c0000209) 020106 020101 430101 3100)", TL_EBER_TAG,
	    21, "variable-bindings");
}

static void
test_refuses_each_field_of_a_v2_pdu_at_its_offset(void **state)
{
	(void)state;
	expect_refusal("a7(0401 07)", TL_EBER_TAG, 2, "request-id");
	expect_refusal("a7(02(0080000000))", TL_EBER_INTEGER, 4, "request-id");
	expect_refusal("a7(0200)", TL_EBER_INTEGER, 4, "request-id");
	expect_refusal("a7(020107 0400)", TL_EBER_TAG, 5, "error-status");
	expect_refusal("a7(020107 020100 0400)", TL_EBER_TAG, 8, "error-index");
	expect_refusal(
	    "a7(020107 020100 020100)", TL_EBER_TRUNCATED, 11, "variable-bindings");
	expect_refusal("a7(020107 020100 020100 30(0500))", TL_EBER_TAG, 13, "varbind");
	expect_refusal(
	    "a7(020107 020100 020100 30(30()))", TL_EBER_TRUNCATED, 15, "name");
	expect_refusal("a7(020107 020100 020100 30(30(0500)))", TL_EBER_TAG, 15, "name");
	expect_refusal(
	    "a7(020107 020100 020100 30(30(06(80) 0500)))", TL_EBER_OID, 17, "name");
	expect_refusal(
	    "a7(020107 020100 020100 30(30(06(2b))))", TL_EBER_TRUNCATED, 18, "value");
	expect_refusal(
	    "a7(020107 020100 020100 30(30(06(2b) 3000)))", TL_EBER_TAG, 18, "value");
	expect_refusal("a7(020107 020100 020100 30(30(06(2b) 0402 61)))",
	    TL_EBER_TRUNCATED, 19, "value");
}

static void
test_peeks_at_the_request_id_of_whatever_is_there(void **state)
{
	static const struct {
		const char *text;
		int32_t id;
	} rows[] = { { "a6(0204 7fffffff 05)", INT32_MAX }, { "a0(0201 ff)", -1 },
		{ "a8(020107)", 7 }, { "", 0 }, { "a6()", 0 }, { "a6(0400)", 0 },
		{ "a6", 0 }, { "a6(02(0080000000))", 0 }, { "a4(06(2b06))", 0 },
		{ "30(020107)", 0 }, { "a680", 0 } };
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		assembly a = assemble(rows[i].text);
		tl_diag diag = { 0 };
		tl_reader r = tl_reader_of(assembled(&a), 0, &diag);
		assert_int_equal(tl_pdu_peek_request_id(r), rows[i].id);
		assert_int_equal(diag.err, TL_OK);
		free(a.ptr);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_every_field_of_an_inform),
		cmocka_unit_test(test_flags_a_pdu_of_another_version),
		cmocka_unit_test(test_a_pdu_that_is_no_notification_is_told_by_its_type),
		cmocka_unit_test(test_takes_as_many_varbinds_as_the_limit_says),
		cmocka_unit_test(test_the_shortest_varbinds_of_a_whole_datagram_fit),
		cmocka_unit_test(test_refuses_bytes_that_are_left_anywhere),
		cmocka_unit_test(test_refuses_each_field_of_a_v1_trap_at_its_offset),
		cmocka_unit_test(test_refuses_each_field_of_a_v2_pdu_at_its_offset),
		cmocka_unit_test(test_peeks_at_the_request_id_of_whatever_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
