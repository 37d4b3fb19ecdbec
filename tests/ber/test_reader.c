/* ber/reader.c: what is accepted as which value, and each refusal at its offset. */
#include "assemble.h"

#include "ber/reader.h"

/* The readers start at this place of an imagined datagram. */
enum { START = 1000 };

typedef struct open {
	assembly a;
	tl_diag diag;
	tl_reader r;
	uint16_t flags;
} open;

static void
begin(open *o, const char *text)
{
	*o = (open){ .a = assemble(text) };
	o->r = tl_reader_of(assembled(&o->a), START, &o->diag);
}

/* Expects the error, or TL_OK, |at| bytes into the text, and forgets it all. */
static void
expect(open *o, tl_err err, uint32_t at)
{
	if (o->diag.err != err || (err != TL_OK && o->diag.offset != START + at))
		fail_msg("%s at %u, not %s at %u", tl_err_word(o->diag.err),
		    o->diag.offset - START, tl_err_word(err), at);
	if (err != TL_OK)
		assert_string_equal(o->diag.where, "here");
	free(o->a.ptr);
}

static void
test_reads_every_form_of_length(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} rows[] = { { "04 00", 0 }, { "04 01 61", 1 }, { "04 7f [61]127", 127 },
		{ "04 81 00", 0 }, { "04 81 01 61", 1 }, { "04 81 80 [61]128", 128 },
		{ "04 81 ff [61]255", 255 }, { "04 82 0001 61", 1 },
		{ "04 82 0100 [61]256", 256 }, { "04 83 000001 61", 1 },
		{ "04 83 010000 [61]65536", 65536 }, { "04 84 00000000", 0 },
		{ "04 84 00000002 6161", 2 } };
	open o;
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&o, rows[i].text);
		tl_tlv v = tl_read_tlv(&o.r, "here");
		assert_int_equal(v.tag, 4);
		assert_int_equal(v.len, rows[i].len);
		assert_false(tl_reader_more(&o.r));
		expect(&o, TL_OK, 0);
	}
}

static void
test_refuses_lengths_at_their_offset(void **state)
{
	static const struct {
		const char *text;
		tl_err err;
		uint32_t at;
	} rows[] = {
		{ "", TL_EBER_TRUNCATED, 0 },
		{ "04", TL_EBER_TRUNCATED, 0 },
		{ "04 01", TL_EBER_TRUNCATED, 1 },
		{ "04 03 6161", TL_EBER_TRUNCATED, 1 },
		{ "04 7f", TL_EBER_TRUNCATED, 1 },
		{ "04 80 00 00", TL_EBER_INDEFINITE, 1 },
		{ "30 80 020101 0000", TL_EBER_INDEFINITE, 1 },
		{ "04 81", TL_EBER_TRUNCATED, 1 },
		{ "04 82 01", TL_EBER_TRUNCATED, 1 },
		{ "04 84 000000", TL_EBER_TRUNCATED, 1 },
		{ "04 81 01", TL_EBER_TRUNCATED, 1 },
		{ "04 82 0100 [61]255", TL_EBER_TRUNCATED, 1 },
		{ "04 84 7fffffff 61", TL_EBER_TRUNCATED, 1 },
		{ "04 84 80000000 61", TL_EBER_TRUNCATED, 1 },
		{ "04 84 ffffffff 61", TL_EBER_TRUNCATED, 1 },
		{ "04 85 0000000001 61", TL_EBER_LENGTH, 1 },
		{ "04 88 7fffffffffffffff", TL_EBER_LENGTH, 1 },
		{ "04 88 ffffffffffffffff", TL_EBER_LENGTH, 1 },
		{ "04 fe 00", TL_EBER_LENGTH, 1 },
		{ "04 ff 00", TL_EBER_LENGTH, 1 },
	};
	open o;
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&o, rows[i].text);
		tl_tlv v = tl_read_tlv(&o.r, "here");
		assert_int_equal(v.len, 0);
		assert_int_equal(v.tag, 0);
		assert_false(tl_reader_more(&o.r));
		expect(&o, rows[i].err, rows[i].at);
	}
}

static void
test_refuses_another_tag_at_the_tag(void **state)
{
	open o;
	(void)state;

	begin(&o, "0500 0401 61");
	tl_read_tlv(&o.r, "here");
	tl_tlv v = tl_read_tagged(&o.r, TL_T_INTEGER, "here");
	assert_int_equal(v.len, 0);
	expect(&o, TL_EBER_TAG, 2);
	begin(&o, "31(020101)");
	tl_reader in = tl_read_into(&o.r, TL_BER_SEQUENCE, "here");
	assert_false(tl_reader_more(&in));
	expect(&o, TL_EBER_TAG, 0);
}

static void
test_a_value_is_bounded_by_what_contains_it(void **state)
{
	open o;
	(void)state;

	begin(&o, "30(0202 01) 04(6161)");
	tl_reader in = tl_read_into(&o.r, TL_BER_SEQUENCE, "here");
	assert_int_equal(tl_read_integer(&in, 0, 9, "here"), 0);
	expect(&o, TL_EBER_TRUNCATED, 3);
}

static void
test_the_first_error_stays_and_stops_all_readers(void **state)
{
	open o;
	(void)state;

	begin(&o, "30(0400 020105) 020107");
	tl_reader in = tl_read_into(&o.r, TL_BER_SEQUENCE, "here");
	assert_int_equal(tl_read_integer(&in, 0, 9, "here"), 0);
	assert_int_equal(tl_read_integer(&in, 0, 9, "inner"), 0);
	assert_int_equal(tl_read_integer(&o.r, 0, 9, "outer"), 0);
	assert_int_equal(tl_read_octets(&o.r, 9, "outer").len, 0);
	assert_int_equal(tl_read_oid(&o.r, &o.flags, "outer").len, 0);
	assert_int_equal(tl_read_unsigned(&o.r, TL_T_GAUGE32, &o.flags, "outer"), 0);
	tl_read_end(&o.r, TL_EPDU_MALFORMED, "outer");
	expect(&o, TL_EBER_TAG, 2);
}

static void
test_reads_integers(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
	} rows[] = { { "0201 00", 0 }, { "0201 7f", 127 }, { "0201 80", -128 },
		{ "0201 ff", -1 }, { "0202 0080", 128 }, { "0202 ff7f", -129 },
		{ "0204 7fffffff", INT32_MAX }, { "0204 80000000", INT32_MIN },
		{ "0205 0080000000", INT64_C(1) << 31 },
		{ "0205 00ffffffff", UINT32_MAX },
		{ "0205 ff7fffffff", -(INT64_C(1) << 31) - 1 },
		{ "0205 0100000000", INT64_C(1) << 32 },
		{ "0208 7fffffffffffffff", INT64_MAX },
		{ "0208 8000000000000000", INT64_MIN },
		{ "0209 007fffffffffffffff", INT64_MAX },
		{ "0209 ff8000000000000000", INT64_MIN }, { "0209 [00]8 05", 5 },
		{ "0214 [ff]20", -1 }, { "02(00000000000000000000 05)", 5 } };
	open o;
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&o, rows[i].text);
		int64_t n = tl_read_integer(&o.r, INT64_MIN, INT64_MAX, "here");
		if (n != rows[i].value)
			fail_msg("%s: %lld", rows[i].text, (long long)n);
		expect(&o, TL_OK, 0);
	}
}

static void
test_refuses_integers_that_do_not_fit(void **state)
{
	static const struct {
		const char *text;
		int64_t lo, hi;
		tl_err err;
		uint32_t at;
	} rows[] = {
		{ "0200", INT64_MIN, INT64_MAX, TL_EBER_INTEGER, 2 },
		{ "0209 008000000000000000", INT64_MIN, INT64_MAX, TL_EBER_INTEGER, 2 },
		{ "0209 ff7fffffffffffffff", INT64_MIN, INT64_MAX, TL_EBER_INTEGER, 2 },
		{ "0209 018000000000000000", INT64_MIN, INT64_MAX, TL_EBER_INTEGER, 2 },
		{ "0209 [7f]9", INT64_MIN, INT64_MAX, TL_EBER_INTEGER, 2 },
		{ "0205 0080000000", INT32_MIN, INT32_MAX, TL_EBER_INTEGER, 2 },
		{ "0205 ff7fffffff", INT32_MIN, INT32_MAX, TL_EBER_INTEGER, 2 },
		{ "0201 ff", 0, INT32_MAX, TL_EBER_INTEGER, 2 },
		{ "0201 0a", 0, 9, TL_EBER_INTEGER, 2 },
		{ "0281 01 0a", 0, 9, TL_EBER_INTEGER, 3 },
		{ "4101 00", 0, 9, TL_EBER_TAG, 0 },
		{ "0202 00", 0, 9, TL_EBER_TRUNCATED, 1 },
	};
	open o;
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&o, rows[i].text);
		assert_int_equal(
		    tl_read_integer(&o.r, rows[i].lo, rows[i].hi, "here"), 0);
		expect(&o, rows[i].err, rows[i].at);
	}
}

static void
test_reads_unsigned_numbers_as_they_were_meant(void **state)
{
	static const struct {
		const char *text;
		uint32_t value;
		bool odd;
	} rows[] = { { "4301 00", 0, false }, { "4301 7f", 127, false },
		{ "4302 0080", 128, false }, { "4304 7fffffff", INT32_MAX, false },
		{ "4305 00ffffffff", UINT32_MAX, false },
		{ "4304 ffffffff", UINT32_MAX, true },
		{ "4304 80000000", 0x80000000u, true }, { "4301 ff", UINT32_MAX, true },
		{ "4302 8000", 0xffff8000u, true }, { "4300", 0, true },
		{ "430a [00]9 07", 7, false } };
	open o;
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&o, rows[i].text);
		uint32_t n = tl_read_unsigned(&o.r, TL_T_TIMETICKS, &o.flags, "here");
		if (n != rows[i].value || (o.flags == TL_FLAG_ENCODING) != rows[i].odd)
			fail_msg("%s: %u, flags %x", rows[i].text, n, o.flags);
		expect(&o, TL_OK, 0);
	}
}

static void
test_refuses_unsigned_numbers_beyond_32_bits(void **state)
{
	static const char *const rows[] = { "4305 0100000000", "4305 ffffffffff",
		"4309 010000000000000000", "4309 [ff]9", "4308 8000000000000000" };
	open o;
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&o, rows[i]);
		assert_int_equal(
		    tl_read_unsigned(&o.r, TL_T_TIMETICKS, &o.flags, "here"), 0);
		expect(&o, TL_EBER_INTEGER, 2);
	}
}

static void
test_reads_octets_up_to_the_limit(void **state)
{
	open o;
	(void)state;

	begin(&o, "04(616263)");
	assert_bytes(tl_read_octets(&o.r, 3, "here"), LIT("abc"));
	expect(&o, TL_OK, 0);
	begin(&o, "04(616263)");
	tl_span cut = tl_read_octets(&o.r, 2, "here");
	assert_int_equal(cut.len, 0);
	assert_non_null(cut.ptr);
	expect(&o, TL_EBER_LENGTH, 2);
}

static void
test_reads_oids_at_their_edges(void **state)
{
	static const struct {
		const char *text;
		tl_err err;
		bool odd;
	} rows[] = {
		{ "06(2b 06 01)", TL_OK, false },
		{ "06(00)", TL_OK, false },
		{ "06()", TL_OK, true },
		{ "06(2b [01]126)", TL_OK, false },
		{ "06(2b [01]127)", TL_EBER_OID, false },
		{ "06(2b [8fffffff7f]126)", TL_OK, false },
		{ "06([01]640)", TL_EBER_OID, false },
		{ "06(2b 8fffffff7f)", TL_OK, false },
		{ "06(2b 9080808000)", TL_EBER_OID, false },
		{ "06(2b 8180808080 00)", TL_EBER_OID, false },
		{ "06(2b [ff]9000 7f)", TL_EBER_OID, false },
		{ "06(8fffffff7f)", TL_OK, false },
		{ "06(908080804f)", TL_OK, false }, /* 2.4294967295 */
		{ "06(9080808050)", TL_EBER_OID, false },
		{ "06(80)", TL_EBER_OID, false },
		{ "06(2b 8001)", TL_EBER_OID, false },
		{ "06(2b 80)", TL_EBER_OID, false },
		{ "06(2b 81)", TL_EBER_OID, false },
		{ "06(2b 06 ff)", TL_EBER_OID, false },
		{ "06(2b 8180)", TL_EBER_OID, false },
	};
	open o;
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&o, rows[i].text);
		uint32_t at = (uint32_t)o.a.len >= 130 ? 3 : 2;
		tl_oid oid = tl_read_oid(&o.r, &o.flags, "here");
		if (o.a.len >= 258)
			at = 4;
		if (rows[i].err != TL_OK)
			assert_int_equal(oid.len, 0);
		assert_int_equal(o.flags == TL_FLAG_ENCODING, rows[i].odd);
		expect(&o, rows[i].err, at);
	}
}

/* Reads a value and expects its type and flags. */
static void
value_of(open *o, const char *text, tl_varbind *vb, bool odd)
{
	begin(o, text);
	tl_read_value(&o->r, vb, &o->flags);
	if (o->diag.err != TL_OK || (o->flags == TL_FLAG_ENCODING) != odd)
		fail_msg("%s: %s, flags %x", text, tl_err_word(o->diag.err), o->flags);
	assert_int_equal(vb->type, o->a.ptr[0]);
	free(o->a.ptr);
}

static void
test_reads_signed_values_beyond_32_bits_with_a_flag(void **state)
{
	tl_varbind vb;
	open o;
	(void)state;

	value_of(&o, "0204 80000000", &vb, false);
	assert_true(vb.v.i64 == INT32_MIN);
	value_of(&o, "0205 0080000000", &vb, true);
	assert_true(vb.v.i64 == INT64_C(1) << 31);
	value_of(&o, "0205 ff7fffffff", &vb, true);
	value_of(&o, "0208 8000000000000000", &vb, true);
	assert_true(vb.v.i64 == INT64_MIN);
	value_of(&o, "0200", &vb, true);
	assert_true(vb.v.i64 == 0);
}

static void
test_reads_unsigned_values_of_all_widths(void **state)
{
	static const uint8_t narrow[] = { TL_T_COUNTER32, TL_T_GAUGE32, TL_T_TIMETICKS };
	char text[64];
	tl_varbind vb;
	open o;
	(void)state;

	for (size_t i = 0; i < COUNT(narrow); i++) {
		snprintf(text, sizeof text, "%02x05 00ffffffff", narrow[i]);
		value_of(&o, text, &vb, false);
		assert_true(vb.v.u64 == UINT32_MAX);
		snprintf(text, sizeof text, "%02x04 ffffffff", narrow[i]);
		value_of(&o, text, &vb, true);
		assert_true(vb.v.u64 == UINT32_MAX);
		snprintf(text, sizeof text, "%02x01 ff", narrow[i]);
		value_of(&o, text, &vb, true);
		assert_true(vb.v.u64 == UINT32_MAX);
		snprintf(text, sizeof text, "%02x05 0100000000", narrow[i]);
		value_of(&o, text, &vb, true);
		assert_true(vb.v.u64 == UINT64_C(1) << 32);
		snprintf(text, sizeof text, "%02x00", narrow[i]);
		value_of(&o, text, &vb, true);
		assert_true(vb.v.u64 == 0);
	}
	value_of(&o, "4609 00ffffffffffffffff", &vb, false);
	assert_true(vb.v.u64 == UINT64_MAX);
	value_of(&o, "4608 ffffffffffffffff", &vb, true);
	assert_true(vb.v.u64 == UINT64_MAX);
	value_of(&o, "4608 7fffffffffffffff", &vb, false);
	assert_true(vb.v.u64 == INT64_MAX);
	value_of(&o, "4609 008000000000000000", &vb, false);
	assert_true(vb.v.u64 == UINT64_C(1) << 63);
	value_of(&o, "4604 80000000", &vb, true);
	assert_true(vb.v.u64 == 0xffffffff80000000u);
}

static void
test_reads_values_without_numbers(void **state)
{
	static const char *const empty[] = { "0500", "8000", "8100", "8200", "0581 00" };
	tl_varbind vb;
	open o;
	(void)state;

	value_of(&o, "0400", &vb, false);
	assert_int_equal(vb.v.octets.len, 0);
	value_of(&o, "44(9f780442f60000)", &vb, false);
	assert_int_equal(vb.v.octets.len, 7);
	value_of(&o, "40 04 7f000001", &vb, false);
	assert_int_equal(vb.v.octets.len, 4);
	value_of(&o, "06(2b06)", &vb, false);
	assert_int_equal(vb.v.oid.len, 2);
	value_of(&o, "0600", &vb, true);
	assert_int_equal(vb.v.oid.len, 0);
	for (size_t i = 0; i < COUNT(empty); i++)
		value_of(&o, empty[i], &vb, false);
}

static void
test_refuses_values_at_their_offset(void **state)
{
	static const struct {
		const char *text;
		tl_err err;
		uint32_t at;
	} rows[] = {
		{ "0500 0501 00", TL_EBER_LENGTH, 4 },
		{ "0500 8001 00", TL_EBER_LENGTH, 4 },
		{ "0500 8101 00", TL_EBER_LENGTH, 4 },
		{ "0500 8201 00", TL_EBER_LENGTH, 4 },
		{ "0500 4003 7f0000", TL_EBER_LENGTH, 4 },
		{ "0500 4005 7f00000100", TL_EBER_LENGTH, 4 },
		{ "0500 4000", TL_EBER_LENGTH, 4 },
		{ "0500 0209 010000000000000000", TL_EBER_INTEGER, 4 },
		{ "0500 4609 010000000000000000", TL_EBER_INTEGER, 4 },
		{ "0500 4609 ff0000000000000000", TL_EBER_INTEGER, 4 },
		{ "0500 4109 010000000000000000", TL_EBER_INTEGER, 4 },
		{ "0500 06(80)", TL_EBER_OID, 4 },
		{ "0500 0100", TL_EBER_TAG, 2 },
		{ "0500 3000", TL_EBER_TAG, 2 },
		{ "0500 4500", TL_EBER_TAG, 2 },
		{ "0500 4700", TL_EBER_TAG, 2 },
		{ "0500 8300", TL_EBER_TAG, 2 },
		{ "0500 0000", TL_EBER_TAG, 2 },
		{ "0500 ff00", TL_EBER_TAG, 2 },
		{ "0500 2400", TL_EBER_TAG, 2 },
		{ "0500 0482 0001", TL_EBER_TRUNCATED, 3 },
		{ "0500 0480", TL_EBER_INDEFINITE, 3 },
		{ "0500 04", TL_EBER_TRUNCATED, 2 },
		{ "0500", TL_EBER_TRUNCATED, 2 },
	};
	open o;
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		tl_varbind vb;
		begin(&o, rows[i].text);
		tl_read_value(&o.r, &vb, &o.flags);
		assert_int_equal(o.diag.err, TL_OK);
		tl_read_value(&o.r, &vb, &o.flags);
		if (o.diag.err == rows[i].err)
			assert_string_equal(o.diag.where, "value");
		o.diag.where = "here";
		expect(&o, rows[i].err, rows[i].at);
	}
}

static void
test_says_what_is_left_where_nothing_may_be(void **state)
{
	open o;
	(void)state;

	begin(&o, "0500");
	tl_read_tlv(&o.r, "here");
	tl_read_end(&o.r, TL_EPDU_MALFORMED, "here");
	expect(&o, TL_OK, 0);
	begin(&o, "0500 00");
	tl_read_tlv(&o.r, "here");
	tl_read_end(&o.r, TL_EPDU_MALFORMED, "here");
	expect(&o, TL_EPDU_MALFORMED, 2);
}

static void
test_reads_nothing_from_nothing(void **state)
{
	tl_diag diag = { 0 };
	tl_reader r = tl_reader_of((tl_span){ 0 }, 0, &diag);
	(void)state;

	assert_false(tl_reader_more(&r));
	tl_read_end(&r, TL_EPDU_MALFORMED, "here");
	assert_int_equal(diag.err, TL_OK);
	assert_int_equal(tl_read_tlv(&r, "here").len, 0);
	assert_int_equal(diag.err, TL_EBER_TRUNCATED);
	assert_int_equal(diag.offset, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_every_form_of_length),
		cmocka_unit_test(test_refuses_lengths_at_their_offset),
		cmocka_unit_test(test_refuses_another_tag_at_the_tag),
		cmocka_unit_test(test_a_value_is_bounded_by_what_contains_it),
		cmocka_unit_test(test_the_first_error_stays_and_stops_all_readers),
		cmocka_unit_test(test_reads_integers),
		cmocka_unit_test(test_refuses_integers_that_do_not_fit),
		cmocka_unit_test(test_reads_unsigned_numbers_as_they_were_meant),
		cmocka_unit_test(test_refuses_unsigned_numbers_beyond_32_bits),
		cmocka_unit_test(test_reads_octets_up_to_the_limit),
		cmocka_unit_test(test_reads_oids_at_their_edges),
		cmocka_unit_test(test_reads_signed_values_beyond_32_bits_with_a_flag),
		cmocka_unit_test(test_reads_unsigned_values_of_all_widths),
		cmocka_unit_test(test_reads_values_without_numbers),
		cmocka_unit_test(test_refuses_values_at_their_offset),
		cmocka_unit_test(test_says_what_is_left_where_nothing_may_be),
		cmocka_unit_test(test_reads_nothing_from_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
