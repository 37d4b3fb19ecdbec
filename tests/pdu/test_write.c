/* pdu/write.c: Responses and Reports, byte by byte. */
#include "reading.h"

/* Expects |answer| to the inform |text|. */
static void
expect_response(const char *text, bool too_big, const char *answer)
{
	assembly inform = assemble(text), wanted = assemble(answer);
	uint8_t *room = malloc(wanted.len);

	assert_non_null(room);
	/* just enough room, and one byte too little */
	tl_writer w = tl_writer_of(room, wanted.len);
	tl_pdu_write_response(&w, assembled(&inform), too_big);
	assert_bytes(tl_writer_span(&w), assembled(&wanted));
	w = tl_writer_of(room, wanted.len - 1);
	tl_pdu_write_response(&w, assembled(&inform), too_big);
	assert_true(w.full);
	free(room);
	free(wanted.ptr);
	free(inform.ptr);
}

static void
test_a_response_has_the_request_id_no_error_and_the_varbinds_as_they_came(void **state)
{
	(void)state;
	expect_response("a6(020107 020105 020106 30(" UPTIME TRAP_OID IF_INDEX "))",
	    false, "a2(020107 020100 020100 30(" UPTIME TRAP_OID IF_INDEX "))");
	expect_response("a6(0204 80000000 020100 020100 30())", false,
	    "a2(0204 80000000 020100 020100 30())");
	expect_response(
	    "a6(0201 ff 020100 020100 30())", false, "a2(0201 ff 020100 020100 30())");
}

static void
test_a_response_repeats_odd_encodings_of_varbinds(void **state)
{
	(void)state;
	expect_response(
	    "a683 000019 0206 000000000007 020100 020100 3082 0007 3081 04 0600 0500",
	    false, "a2(020107 020100 020100 3082 0007 3081 04 0600 0500)");
}

static void
test_a_response_that_is_too_big_has_no_varbinds(void **state)
{
	(void)state;
	expect_response("a6(020107 020100 020100 30([" IF_INDEX "]30))", true,
	    "a2(020107 020101 020100 30())");
}

static void
test_a_report_has_one_counter(void **state)
{
	static const uint8_t counter[] = { 0x2b, 6, 1, 6, 3, 15, 1, 1, 4, 0 };
	assembly wanted = assemble("a8(0204 7fffffff 020100 020100 30(30(06(2b06010603 "
				   "0f01010400) 41(00ffffffff))))");
	uint8_t room[64];
	tl_writer w = tl_writer_of(room, sizeof room);
	(void)state;

	tl_pdu_write_report(
	    &w, INT32_MAX, (tl_oid){ counter, sizeof counter }, UINT32_MAX);
	assert_bytes(tl_writer_span(&w), assembled(&wanted));
	free(wanted.ptr);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_response_has_the_request_id_no_error_and_the_varbinds_as_they_came),
		cmocka_unit_test(test_a_response_repeats_odd_encodings_of_varbinds),
		cmocka_unit_test(test_a_response_that_is_too_big_has_no_varbinds),
		cmocka_unit_test(test_a_report_has_one_counter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
