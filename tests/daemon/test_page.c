/* Texts that grow, and the sources that send most. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/page.h"
#include "daemon/top.h"

static tl_span
span_of(const char *s)
{
	return (tl_span){ (const uint8_t *)s, strlen(s) };
}

static void
test_json_strings_are_valid_whatever_the_bytes(void **state)
{
	page t = { 0 };

	(void)state;
	page_json(&t, span_of("a\"\\\n\x7f\xc3\xa4\xff\xed\xa0\x80\xf4\x90\x80\x80"));
	assert_string_equal(t.ptr,
	    "\"a\\\"\\\\\\u000a\\u007f\xc3\xa4\\ufffd\\ufffd\\ufffd\\ufffd"
	    "\\ufffd\\ufffd\\ufffd\\ufffd\"");
	page_free(&t);
	page_label(&t, span_of("a\"b\\c\nd\xff"));
	assert_string_equal(t.ptr, "a\\\"b\\\\c\\nd\xef\xbf\xbd");
	page_free(&t);
}

static void
test_pages_grow(void **state)
{
	page t = { 0 };

	(void)state;
	for (int i = 0; i < 10000; i++)
		page_put(&t, "%04d,", i);
	assert_int_equal(t.len, 50000);
	assert_memory_equal(t.ptr + 49995, "9999,", 6);
	page_free(&t);
}

static tl_endpoint
source(uint32_t n)
{
	tl_endpoint ep = { .port = (uint16_t)n };

	memcpy(ep.addr + 12, &n, sizeof n);
	return ep;
}

static void
test_those_who_send_most_are_found_among_many(void **state)
{
	top *t = calloc(1, sizeof *t);
	top_entry out[3];

	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		tl_endpoint few = source(1 + i % 3), many = source(100 + i);
		if (i % 3 < 2 || i % 9 == 2)
			top_count(t, &few);
		top_count(t, &many);
	}
	assert_int_equal(top_merge(t, out, 0, 3), 3);
	assert_true(out[0].count >= out[1].count && out[1].count >= out[2].count);
	assert_true(out[2].addr[12] <= 3 && out[0].addr[12] <= 3 && out[1].addr[12] <= 3);
	assert_in_range(out[2].count, 200000 / 9, 200000 / 4);
	assert_int_equal(top_merge(t, out, 0, 0), 0);
	free(t);
}

/* However many there are, nobody is said to have sent more than he has. */
static void
test_newcomers_are_not_counted_for_those_before_them(void **state)
{
	enum { LISTED = TOP_ROWS * TOP_WAYS };
	top *t = calloc(1, sizeof *t);
	top_entry *out = calloc(LISTED, sizeof *out);

	(void)state;
	for (uint32_t i = 0; i < 8 * LISTED * 3; i++) {
		tl_endpoint from = source(i / 3);
		top_count(t, &from);
	}
	assert_int_equal(top_merge(t, out, 0, LISTED), LISTED);
	for (size_t i = 0; i < LISTED; i++)
		assert_int_equal(out[i].count - out[i].inherited, 3);
	free(out);
	free(t);
}

/* What is empty looks like it. */
static void
test_the_address_of_all_zeros_counts_like_others(void **state)
{
	const tl_endpoint zeros = source(0), other = source(1);
	top *t = calloc(1, sizeof *t);
	top_entry out[3];

	(void)state;
	assert_int_equal(top_merge(t, out, 0, 3), 0);
	for (int i = 0; i < 3; i++)
		top_count(t, &zeros);
	top_count(t, &other);
	assert_int_equal(top_merge(t, out, 0, 3), 2);
	assert_int_equal(out[0].count, 3);
	assert_int_equal(out[0].inherited, 0);
	assert_memory_equal(out[0].addr, zeros.addr, sizeof zeros.addr);
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_strings_are_valid_whatever_the_bytes),
		cmocka_unit_test(test_pages_grow),
		cmocka_unit_test(test_those_who_send_most_are_found_among_many),
		cmocka_unit_test(test_newcomers_are_not_counted_for_those_before_them),
		cmocka_unit_test(test_the_address_of_all_zeros_counts_like_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
