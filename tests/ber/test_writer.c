/* ber/writer.c: the shortest forms, what does not fit, and back through the reader. */
#include "assemble.h"

#include "ber/reader.h"
#include "ber/writer.h"

static uint8_t room[70000];

static void
expect(const tl_writer *w, const char *text)
{
	assembly a = assemble(text);

	assert_false(w->full);
	assert_bytes(tl_writer_span(w), assembled(&a));
	free(a.ptr);
}

static void
test_writes_integers_in_their_shortest_form(void **state)
{
	static const struct {
		int64_t value;
		const char *text;
	} rows[] = { { 0, "0201 00" }, { 1, "0201 01" }, { 127, "0201 7f" },
		{ 128, "0202 0080" }, { 255, "0202 00ff" }, { 256, "0202 0100" },
		{ -1, "0201 ff" }, { -128, "0201 80" }, { -129, "0202 ff7f" },
		{ 32767, "0202 7fff" }, { 32768, "0203 008000" }, { -32768, "0202 8000" },
		{ INT32_MAX, "0204 7fffffff" }, { INT32_MIN, "0204 80000000" },
		{ INT64_C(1) << 31, "0205 0080000000" },
		{ INT64_C(1) << 32, "0205 0100000000" },
		{ INT64_MAX, "0208 7fffffffffffffff" },
		{ INT64_MIN, "0208 8000000000000000" } };
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		tl_writer w = tl_writer_of(room, 10);
		tl_write_integer(&w, rows[i].value);
		expect(&w, rows[i].text);
	}
}

static void
test_writes_unsigned_numbers_with_a_zero_where_a_sign_would_be(void **state)
{
	static const struct {
		uint64_t value;
		const char *text;
	} rows[] = { { 0, "4101 00" }, { 127, "4101 7f" }, { 128, "4102 0080" },
		{ INT32_MAX, "4104 7fffffff" }, { UINT64_C(1) << 31, "4105 0080000000" },
		{ UINT32_MAX, "4105 00ffffffff" },
		{ UINT64_C(1) << 32, "4105 0100000000" },
		{ INT64_MAX, "4108 7fffffffffffffff" },
		{ UINT64_C(1) << 63, "4109 008000000000000000" },
		{ UINT64_MAX, "4109 00ffffffffffffffff" } };
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		tl_writer w = tl_writer_of(room, 11);
		tl_write_unsigned(&w, TL_T_COUNTER32, rows[i].value);
		expect(&w, rows[i].text);
	}
}

static void
test_writes_every_form_of_length(void **state)
{
	static const struct {
		size_t len;
		const char *text;
	} rows[] = { { 0, "0400" }, { 127, "047f [61]127" }, { 128, "0481 80 [61]128" },
		{ 255, "0481 ff [61]255" }, { 256, "0482 0100 [61]256" },
		{ 65535, "0482 ffff [61]65535" }, { 65536, "0483 010000 [61]65536" } };
	static uint8_t bytes[65536];
	(void)state;

	memset(bytes, 'a', sizeof bytes);
	for (size_t i = 0; i < COUNT(rows); i++) {
		tl_writer w = tl_writer_of(room, sizeof room);
		tl_write_octets(&w, TL_T_OCTETS, (tl_span){ bytes, rows[i].len });
		expect(&w, rows[i].text);
	}
}

static void
write_sample(tl_writer *w)
{
	tl_varbind vb = { .name = { (const uint8_t *)"\x2b\x06\x01", 3 },
		.type = TL_T_COUNTER64,
		.v.u64 = UINT64_MAX };
	const uint8_t *end = w->p;

	tl_write_raw(w, LIT("raw"));
	tl_write_varbind(w, &vb);
	tl_write_integer(w, INT32_MIN);
	tl_write_octets(w, TL_T_OPAQUE, LIT("opaque"));
	tl_write_header(w, TL_BER_SEQUENCE, end);
}

static void
test_too_little_room_of_any_size_writes_nothing_past_it(void **state)
{
	tl_writer w = tl_writer_of(room, 64);
	(void)state;

	write_sample(&w);
	size_t needed = tl_writer_span(&w).len;
	expect(&w, "30(44('opaque') 0204 80000000 30(06(2b0601) 4609 00ffffffffffffffff)"
		   "'raw')");
	for (size_t cap = 0; cap < needed; cap++) {
		memset(room, 0xa5, sizeof room);
		w = tl_writer_of(room + 64 - cap, cap);
		write_sample(&w);
		assert_true(w.full);
		assert_int_equal(tl_writer_span(&w).len, 0);
		for (size_t i = 0; i < 64 - cap; i++)
			assert_int_equal(room[i], 0xa5);
		assert_int_equal(room[64], 0xa5);
	}
	w = tl_writer_of(room, needed);
	write_sample(&w);
	assert_false(w.full);
}

static void
test_full_stays_though_less_would_fit(void **state)
{
	tl_writer w = tl_writer_of(room, 4);
	(void)state;

	tl_write_raw(&w, LIT("12345"));
	tl_write_raw(&w, LIT("1"));
	assert_true(w.full);
	assert_ptr_equal(w.p, w.end);
}

static void
test_values_of_every_type_come_back_as_they_were(void **state)
{
	static const tl_varbind rows[] = {
		{ .type = TL_T_INTEGER, .v.i64 = INT32_MIN },
		{ .type = TL_T_OCTETS, .v.octets = { (const uint8_t *)"ab", 2 } },
		{ .type = TL_T_OCTETS, .v.octets = { (const uint8_t *)"", 0 } },
		{ .type = TL_T_NULL },
		{ .type = TL_T_OID,
		    .v.oid = { (const uint8_t *)"\x2b\x8f\xff\xff\xff\x7f", 6 } },
		{ .type = TL_T_IPADDRESS,
		    .v.octets = { (const uint8_t *)"\x7f\0\0\1", 4 } },
		{ .type = TL_T_COUNTER32, .v.u64 = UINT32_MAX },
		{ .type = TL_T_GAUGE32, .v.u64 = 0 },
		{ .type = TL_T_TIMETICKS, .v.u64 = 128 },
		{ .type = TL_T_OPAQUE, .v.octets = { (const uint8_t *)"\x9f\x78", 2 } },
		{ .type = TL_T_COUNTER64, .v.u64 = UINT64_MAX },
		{ .type = TL_T_NOSUCHOBJECT },
		{ .type = TL_T_NOSUCHINSTANCE },
		{ .type = TL_T_ENDOFMIBVIEW },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		tl_writer w = tl_writer_of(room, 64);
		tl_diag diag = { 0 };
		tl_varbind back;
		uint16_t flags = 0;
		tl_write_value(&w, &rows[i]);
		tl_reader r = tl_reader_of(tl_writer_span(&w), 0, &diag);
		tl_read_value(&r, &back, &flags);
		tl_read_end(&r, TL_EPDU_MALFORMED, "value");
		assert_int_equal(diag.err, TL_OK);
		assert_int_equal(flags, 0);
		assert_int_equal(back.type, rows[i].type);
		tl_writer again = tl_writer_of(room + 64, 64);
		tl_write_value(&again, &back);
		assert_bytes(tl_writer_span(&again), tl_writer_span(&w));
	}
}

static void
test_numbers_come_back_as_they_were(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++)
		for (int64_t d = -2; d <= 2; d++) {
			uint64_t n = (UINT64_C(1) << bit) + (uint64_t)d;
			tl_writer w = tl_writer_of(room, 64);
			tl_diag diag = { 0 };
			uint16_t flags = 0;
			tl_varbind u, i;
			tl_write_integer(&w, (int64_t)n);
			tl_write_unsigned(&w, TL_T_COUNTER64, n);
			tl_reader r = tl_reader_of(tl_writer_span(&w), 0, &diag);
			tl_read_value(&r, &u, &flags);
			assert_int_equal(flags, 0);
			tl_read_value(&r, &i, &flags);
			assert_int_equal(diag.err, TL_OK);
			assert_true(u.v.u64 == n && i.v.i64 == (int64_t)n);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writes_integers_in_their_shortest_form),
		cmocka_unit_test(
		    test_writes_unsigned_numbers_with_a_zero_where_a_sign_would_be),
		cmocka_unit_test(test_writes_every_form_of_length),
		cmocka_unit_test(test_too_little_room_of_any_size_writes_nothing_past_it),
		cmocka_unit_test(test_full_stays_though_less_would_fit),
		cmocka_unit_test(test_values_of_every_type_come_back_as_they_were),
		cmocka_unit_test(test_numbers_come_back_as_they_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
