/* Growing arrays of slots. */
#include "usm/sender.h"
#include "usm/slab.h"

static void
test_slots_are_numbered_from_1_and_zeroed(void **state)
{
	tl_slab s = { .slot_bytes = 24 };
	static const uint8_t zeros[24];
	(void)state;

	for (uint32_t i = 1; i <= 3 * TL_SLAB_CHUNK; i++) {
		assert_int_equal(tl_slab_take(&s), i);
		assert_memory_equal(tl_slab_at(&s, i), zeros, sizeof zeros);
		memset(tl_slab_at(&s, i), (int)(i & 0xff), 24);
	}
	for (uint32_t i = 1; i <= 3 * TL_SLAB_CHUNK; i++)
		assert_int_equal(*(uint8_t *)tl_slab_at(&s, i), i & 0xff);
	tl_slab_fini(&s);
}

static void
test_what_is_given_back_is_wiped_and_given_out_first(void **state)
{
	tl_slab s = { .slot_bytes = 24 };
	static const uint8_t zeros[24];
	(void)state;

	for (int i = 0; i < 10; i++)
		memset(tl_slab_at(&s, tl_slab_take(&s)), 0xaa, 24);
	tl_slab_give(&s, 4);
	tl_slab_give(&s, 7);
	assert_memory_equal((uint8_t *)tl_slab_at(&s, 7) + 4, zeros, 20);
	assert_int_equal(tl_slab_take(&s), 7);
	assert_memory_equal(tl_slab_at(&s, 7), zeros, 24);
	assert_int_equal(tl_slab_take(&s), 4);
	assert_memory_equal(tl_slab_at(&s, 4), zeros, 24);
	assert_int_equal(tl_slab_take(&s), 11);
	tl_slab_fini(&s);
}

static void
test_slots_do_not_move_and_begin_at_cache_lines(void **state)
{
	tl_slab s = { .slot_bytes = 64 };
	(void)state;

	void *first = tl_slab_at(&s, tl_slab_take(&s));
	for (int i = 0; i < 5 * TL_SLAB_CHUNK; i++)
		(void)tl_slab_take(&s);
	assert_ptr_equal(tl_slab_at(&s, 1), first);
	assert_int_equal((uintptr_t)first % TL_CACHE_LINE, 0);
	tl_slab_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots_are_numbered_from_1_and_zeroed),
		cmocka_unit_test(test_what_is_given_back_is_wiped_and_given_out_first),
		cmocka_unit_test(test_slots_do_not_move_and_begin_at_cache_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
