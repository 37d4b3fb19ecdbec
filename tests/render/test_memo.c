/* What is kept of one key never shows for another that takes its place. */
#include "sample.h"

#include "render/memo.h"

static tl_memo_key
key_of(const char *bytes, uint32_t use)
{
	return (tl_memo_key){ (const uint8_t *)bytes, (uint32_t)strlen(bytes), use };
}

static void
test_every_byte_of_a_key_counts(void **state)
{
	tl_memo m = { 0 };
	char bytes[TL_MEMO_KEY_MAX + 1] = { 0 };

	(void)state;
	for (uint32_t len = TL_MEMO_KEY_MIN; len <= TL_MEMO_KEY_MAX; len++) {
		memset(bytes, 'k', len);
		assert_true(tl_memo_keep(&m, key_of(bytes, 3), NULL, SPAN("text")));
		assert_true(tl_memo_holds(&m, key_of(bytes, 3)));
		assert_false(tl_memo_holds(&m, key_of(bytes, 4)));
		for (uint32_t i = 0; i < len; i++) {
			bytes[i] ^= 1;
			assert_false(tl_memo_holds(&m, key_of(bytes, 3)));
			bytes[i] ^= 1;
		}
	}
}

static void
test_a_free_place_holds_nothing(void **state)
{
	tl_memo m = { 0 };

	(void)state;
	assert_false(tl_memo_holds(&m, key_of("\1\1\1\1\1\1\1\1", 0)));
}

static void
test_keys_of_other_sizes_are_not_kept(void **state)
{
	tl_memo table[4];

	(void)state;
	assert_null(tl_memo_place(table, 4, key_of("1234567", 0)));
	assert_non_null(tl_memo_place(table, 4, key_of("12345678", 0)));
	assert_non_null(
	    tl_memo_place(table, 4, key_of("12345678901234567890123456789012", 0)));
	assert_null(
	    tl_memo_place(table, 4, key_of("123456789012345678901234567890123", 0)));
}

static void
test_a_new_key_forgets_the_old_ones_value(void **state)
{
	tl_memo m = { 0 };

	(void)state;
	assert_true(tl_memo_keep(&m, key_of("key-one-", 2), NULL, SPAN("head:")));
	tl_memo_keep_value(&m, 7, SPAN("head:7"));
	assert_int_equal(m.all_len, 6);
	assert_memory_equal(m.text, "head:7", 6);
	assert_true(tl_memo_keep(&m, key_of("key-two-", 2), NULL, SPAN("tail:")));
	assert_int_equal(m.all_len, 0);
}

static void
test_what_is_too_long_is_not_kept(void **state)
{
	tl_memo m = { 0 };
	uint8_t text[TL_MEMO_TEXT_MAX + 1] = { 0 };

	(void)state;
	assert_true(tl_memo_keep(
	    &m, key_of("key-one-", 2), NULL, (tl_span){ text, TL_MEMO_TEXT_MAX }));
	tl_memo_keep_value(&m, 7, (tl_span){ text, TL_MEMO_TEXT_MAX + 1 });
	assert_int_equal(m.all_len, 0);
	assert_false(tl_memo_keep(
	    &m, key_of("key-two-", 2), NULL, (tl_span){ text, TL_MEMO_TEXT_MAX + 1 }));
	assert_true(tl_memo_holds(&m, key_of("key-one-", 2)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte_of_a_key_counts),
		cmocka_unit_test(test_a_free_place_holds_nothing),
		cmocka_unit_test(test_keys_of_other_sizes_are_not_kept),
		cmocka_unit_test(test_a_new_key_forgets_the_old_ones_value),
		cmocka_unit_test(test_what_is_too_long_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
