/* Reading UsmSecurityParameters. */
#include "usm/sender.h"

/* msgSecurityParameters with |contents|, which are those of the SEQUENCE. */
static tl_err
read_params(tl_span contents, tl_usm_params *p, tl_diag *diag)
{
	static uint8_t memory[256];
	tl_writer w = tl_writer_of(memory, sizeof memory);

	tl_write_octets(&w, TL_BER_SEQUENCE, contents);
	tl_write_header(&w, TL_T_OCTETS, w.end);
	tl_reader r = tl_reader_of(tl_writer_span(&w), 100, diag);
	*diag = (tl_diag){ 0 };
	tl_usm_read_params(&r, p);
	assert_false(tl_reader_more(&r));
	return diag->err;
}

static void
test_reads_every_field_in_place(void **state)
{
	tl_usm_params p;
	tl_diag diag;
	(void)state;

	assert_int_equal(read_params(SPAN("\x04\x05"
					  "ENGID"
					  "\x02\x01\x03\x02\x02\x03\xe8\x04\x03"
					  "noc"
					  "\x04\x02"
					  "dd"
					  "\x04\x01"
					  "s"),
			     &p, &diag),
	    TL_OK);
	assert_int_equal(p.boots, 3);
	assert_int_equal(p.time_s, 1000);
	assert_memory_equal(p.engine_id.ptr, "ENGID", 5);
	assert_int_equal(p.user.len, 3);
	assert_memory_equal(p.auth_params.ptr, "dd", 2);
	assert_memory_equal(p.priv_params.ptr, "s", 1);
}

typedef struct bad {
	tl_span contents;
	tl_err err;
	uint32_t offset;
	const char *where;
} bad;

static void
test_refuses_what_is_not_as_rfc_3414_says(void **state)
{
	const bad rows[] = {
		/* A value of another type. */
		{ SPAN("\x04\0\x04\0"), TL_EUSM_MALFORMED, 106,
		    "msgAuthoritativeEngineBoots" },
		/* Boots of -1 and 2^31. */
		{ SPAN("\x04\0\x02\x01\xff"), TL_EUSM_MALFORMED, 106,
		    "msgAuthoritativeEngineBoots" },
		{ SPAN("\x04\0\x02\x05\0\x80\0\0\0"), TL_EUSM_MALFORMED, 106,
		    "msgAuthoritativeEngineBoots" },
		{ SPAN("\x04\0\x02\x01\0\x02\x05\0\x80\0\0\0"), TL_EUSM_MALFORMED, 109,
		    "msgAuthoritativeEngineTime" },
		/* A name of 33 bytes. */
		{ SPAN("\x04\0\x02\x01\0\x02\x01\0\x04\x21"
		       "123456789012345678901234567890123"),
		    TL_EUSM_MALFORMED, 114, "msgUserName" },
		/* Bytes after the last field. */
		{ SPAN("\x04\0\x02\x01\0\x02\x01\0\x04\0\x04\0\x04\0\x05\0"),
		    TL_EUSM_MALFORMED, 118, "msgSecurityParameters" },
		/* Not BER at all. */
		{ SPAN("\x04\x7f"), TL_EBER_TRUNCATED, 105, "msgAuthoritativeEngineID" },
		{ SPAN("\x04\0\x02\0"), TL_EBER_INTEGER, 108,
		    "msgAuthoritativeEngineBoots" },
		{ SPAN("\x04\0"), TL_EBER_TRUNCATED, 106, "msgAuthoritativeEngineBoots" },
	};
	tl_usm_params p;
	tl_diag diag;
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(read_params(rows[i].contents, &p, &diag), rows[i].err);
		assert_int_equal(diag.offset, rows[i].offset);
		assert_string_equal(diag.where, rows[i].where);
	}
}

static void
test_takes_user_name_of_32_bytes(void **state)
{
	tl_usm_params p;
	tl_diag diag;
	(void)state;

	assert_int_equal(
	    read_params(SPAN("\x04\0\x02\x04\x7f\xff\xff\xff\x02\x04\x7f\xff\xff"
			     "\xff\x04\x20"
			     "12345678901234567890123456789012"
			     "\x04\0\x04\0"),
		&p, &diag),
	    TL_OK);
	assert_int_equal(p.boots, 2147483647);
	assert_int_equal(p.time_s, 2147483647);
	assert_int_equal(p.user.len, 32);
}

static void
test_another_type_than_octet_string_around_it_is_a_ber_error(void **state)
{
	tl_diag diag = { 0 };
	tl_usm_params p;
	tl_reader r = tl_reader_of(SPAN("\x30\x02\x30\x00"), 0, &diag);
	(void)state;

	tl_usm_read_params(&r, &p);
	assert_int_equal(diag.err, TL_EBER_TAG);
}

static void
test_bytes_after_the_sequence_are_malformed(void **state)
{
	tl_diag diag = { 0 };
	tl_usm_params p;
	tl_reader r =
	    tl_reader_of(SPAN("\x04\x12\x30\x0e\x04\0\x02\x01\0\x02\x01\0\x04\0\x04"
			      "\0\x04\0\x05\0"),
		0, &diag);
	(void)state;

	tl_usm_read_params(&r, &p);
	assert_int_equal(diag.err, TL_EUSM_MALFORMED);
	assert_int_equal(diag.offset, 18);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_every_field_in_place),
		cmocka_unit_test(test_refuses_what_is_not_as_rfc_3414_says),
		cmocka_unit_test(test_takes_user_name_of_32_bytes),
		cmocka_unit_test(
		    test_another_type_than_octet_string_around_it_is_a_ber_error),
		cmocka_unit_test(test_bytes_after_the_sequence_are_malformed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
