/* base/buf.h and base/text.c: what is written, and that nothing is written past the end.
 */
#include "unit.h"

#include "base/buf.h"

/* A buffer over |room|; the bytes behind |cap| must stay as they are. */
typedef struct guarded {
	uint8_t room[256];
	tl_buf b;
} guarded;

static void
begin(guarded *g, size_t cap)
{
	memset(g->room, 0xa5, sizeof g->room);
	g->b = (tl_buf){ .ptr = g->room, .cap = cap };
}

static void
expect(const guarded *g, const char *text)
{
	assert_bytes(tl_buf_written(&g->b), span_of(text));
	for (size_t i = g->b.cap; i < sizeof g->room; i++)
		assert_int_equal(g->room[i], 0xa5);
}

static void
test_keeps_what_fits_and_leaves_out_what_does_not(void **state)
{
	guarded g;
	(void)state;

	begin(&g, 4);
	tl_buf_puts(&g.b, "abc");
	assert_false(g.b.full);
	tl_buf_puts(&g.b, "de");
	assert_true(g.b.full);
	expect(&g, "abc");
	tl_buf_putc(&g.b, 'f');
	expect(&g, "abcf");
	tl_buf_putc(&g.b, 'g');
	expect(&g, "abcf");
	assert_true(g.b.full);
}

static void
test_a_buffer_without_memory_is_full_at_the_first_byte(void **state)
{
	tl_buf b = { 0 };
	(void)state;

	tl_buf_put(&b, NULL, 0);
	tl_buf_span(&b, (tl_span){ 0 });
	assert_false(b.full);
	tl_buf_hex(&b, (tl_span){ 0 });
	assert_false(b.full);
	tl_buf_lit(&b, "x");
	assert_true(b.full);
	assert_int_equal(b.len, 0);
}

static void
test_writes_unsigned_numbers_at_their_edges(void **state)
{
	static const struct {
		uint64_t value;
		const char *text;
	} rows[] = { { 0, "0" }, { 9, "9" }, { 10, "10" }, { 99, "99" }, { 100, "100" },
		{ 101, "101" }, { 4294967295, "4294967295" },
		{ 4294967296, "4294967296" }, { 9999999999, "9999999999" },
		{ UINT64_C(1) << 63, "9223372036854775808" },
		{ UINT64_MAX, "18446744073709551615" } };
	guarded g;
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&g, strlen(rows[i].text));
		tl_buf_u64(&g.b, rows[i].value);
		expect(&g, rows[i].text);
		assert_false(g.b.full);
		begin(&g, strlen(rows[i].text) - 1);
		tl_buf_u64(&g.b, rows[i].value);
		expect(&g, "");
		assert_true(g.b.full);
	}
}

static void
test_writes_every_number_of_up_to_five_digits(void **state)
{
	char wanted[16];
	guarded g;
	(void)state;

	for (unsigned n = 0; n < 100000; n++) {
		begin(&g, 16);
		tl_buf_u64(&g.b, n);
		int len = snprintf(wanted, sizeof wanted, "%u", n);
		if (g.b.len != (size_t)len || memcmp(g.room, wanted, g.b.len) != 0)
			fail_msg("%u", n);
	}
}

static void
test_writes_signed_numbers_at_their_edges(void **state)
{
	static const struct {
		int64_t value;
		const char *text;
	} rows[] = { { 0, "0" }, { -1, "-1" }, { -10, "-10" },
		{ INT32_MIN, "-2147483648" }, { INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" } };
	guarded g;
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&g, 20);
		tl_buf_i64(&g.b, rows[i].value);
		expect(&g, rows[i].text);
	}
}

static void
test_pads_numbers_with_zeros(void **state)
{
	guarded g;
	(void)state;

	begin(&g, 64);
	tl_buf_u64_pad(&g.b, 7, 2);
	tl_buf_u64_pad(&g.b, 123, 2);
	tl_buf_u64_pad(&g.b, 0, 0);
	tl_buf_u64_pad(&g.b, 1, 20);
	expect(&g, "07123000000000000000000001");
	begin(&g, 64);
	tl_buf_u64_pad(&g.b, UINT64_MAX, 20);
	expect(&g, "18446744073709551615");
}

static void
test_writes_hexadecimal_whole_or_not_at_all(void **state)
{
	guarded g;
	(void)state;

	begin(&g, 7);
	tl_buf_hex(&g.b, LIT("\x00\x9f\xff"));
	expect(&g, "009fff");
	assert_false(g.b.full);
	begin(&g, 5);
	tl_buf_hex(&g.b, LIT("\x00\x9f\xff"));
	expect(&g, "");
	assert_true(g.b.full);
}

static void
test_writes_times_in_utc_with_nanoseconds(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00.000000000Z" },
		{ -1, "1969-12-31T23:59:59.999999999Z" },
		{ INT64_C(-86400000000000), "1969-12-31T00:00:00.000000000Z" },
		{ INT64_C(951782400000000000), "2000-02-29T00:00:00.000000000Z" },
		{ INT64_C(951868800000000000), "2000-03-01T00:00:00.000000000Z" },
		{ INT64_C(1740787199123456789), "2025-02-28T23:59:59.123456789Z" },
		{ INT64_C(1740787200000000000), "2025-03-01T00:00:00.000000000Z" },
		{ INT64_C(1798761599999999999), "2026-12-31T23:59:59.999999999Z" },
		{ INT64_C(4107542400000000000), "2100-03-01T00:00:00.000000000Z" },
		{ INT64_MAX, "2262-04-11T23:47:16.854775807Z" },
		{ INT64_MIN, "1677-09-21T00:12:43.145224192Z" },
	};
	guarded g;
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&g, 30);
		tl_buf_time(&g.b, rows[i].ns);
		expect(&g, rows[i].text);
		assert_false(g.b.full);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_what_fits_and_leaves_out_what_does_not),
		cmocka_unit_test(test_a_buffer_without_memory_is_full_at_the_first_byte),
		cmocka_unit_test(test_writes_unsigned_numbers_at_their_edges),
		cmocka_unit_test(test_writes_every_number_of_up_to_five_digits),
		cmocka_unit_test(test_writes_signed_numbers_at_their_edges),
		cmocka_unit_test(test_pads_numbers_with_zeros),
		cmocka_unit_test(test_writes_hexadecimal_whole_or_not_at_all),
		cmocka_unit_test(test_writes_times_in_utc_with_nanoseconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
