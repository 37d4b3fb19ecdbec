/* base/arena.c: taking, giving back, and running out. */
#include "unit.h"

#include <stdalign.h>

#include "base/arena.h"

static tl_arena *
arena_of(size_t cap)
{
	tl_arena *a = NULL;

	assert_int_equal(tl_arena_new(cap, &a), TL_OK);
	return a;
}

static void
test_refuses_a_size_below_4096_or_beyond_all_memory(void **state)
{
	tl_arena *a = NULL;
	(void)state;

	assert_int_equal(tl_arena_new(0, &a), TL_EINVAL);
	assert_int_equal(tl_arena_new(4095, &a), TL_EINVAL);
	assert_int_equal(tl_arena_new(SIZE_MAX, &a), TL_EINVAL);
	assert_null(a);
	tl_arena_free(NULL);
}

static void
test_gives_the_whole_block_and_not_a_byte_more(void **state)
{
	tl_arena *a = arena_of(4096);
	uint8_t *all;
	(void)state;

	assert_null(tl_arena_take(a, 4097));
	assert_null(tl_arena_take(a, SIZE_MAX));
	all = tl_arena_take(a, 4096);
	assert_non_null(all);
	memset(all, 1, 4096);
	assert_null(tl_arena_take(a, 1));
	assert_non_null(tl_arena_take(a, 0));
	tl_arena_free(a);
}

static void
test_every_piece_is_aligned_for_any_type(void **state)
{
	tl_arena *a = arena_of(4096);
	(void)state;

	for (size_t size = 1; size < 40; size++)
		assert_int_equal(
		    (uintptr_t)tl_arena_take(a, size) % alignof(max_align_t), 0);
	tl_arena_free(a);
}

static void
test_is_used_up_after_a_last_odd_piece(void **state)
{
	tl_arena *a = arena_of(4097);
	(void)state;

	assert_non_null(tl_arena_take(a, 4097));
	assert_null(tl_arena_take(a, 1));
	assert_null(tl_arena_take(a, 0));
	tl_arena_free(a);
}

static void
test_reset_and_rewind_give_memory_back(void **state)
{
	tl_arena *a = arena_of(4096);
	uint8_t *first = tl_arena_take(a, 100);
	size_t mark = tl_arena_mark(a);
	uint8_t *second = tl_arena_take(a, 4000 - 16);
	(void)state;

	assert_null(tl_arena_take(a, 100));
	tl_arena_rewind(a, mark);
	assert_ptr_equal(tl_arena_take(a, 10), second);
	tl_arena_reset(a);
	assert_ptr_equal(tl_arena_take(a, 4096), first);
	tl_arena_free(a);
}

static void
test_trim_gives_back_the_tail_of_the_last_piece(void **state)
{
	tl_arena *a = arena_of(4096);
	uint8_t *p = tl_arena_take(a, 4096), *q;
	(void)state;

	tl_arena_trim(a, p, 17);
	q = tl_arena_take(a, 4064);
	assert_ptr_equal(q, p + 32);
	tl_arena_trim(a, q, 0);
	assert_ptr_equal(tl_arena_take(a, 1), q);
	tl_arena_free(a);
}

static void
test_copies_spans_and_says_when_there_is_no_room(void **state)
{
	tl_arena *a = arena_of(4096);
	tl_span big = { (const uint8_t *)"", 5000 };
	(void)state;

	assert_bytes(tl_arena_copy(a, LIT("a\0b")), LIT("a\0b"));
	assert_int_equal(tl_arena_copy(a, (tl_span){ 0 }).len, 0);
	big = tl_arena_copy(a, big);
	assert_null(big.ptr);
	assert_int_equal(big.len, 5000);
	tl_arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refuses_a_size_below_4096_or_beyond_all_memory),
		cmocka_unit_test(test_gives_the_whole_block_and_not_a_byte_more),
		cmocka_unit_test(test_every_piece_is_aligned_for_any_type),
		cmocka_unit_test(test_is_used_up_after_a_last_odd_piece),
		cmocka_unit_test(test_reset_and_rewind_give_memory_back),
		cmocka_unit_test(test_trim_gives_back_the_tail_of_the_last_piece),
		cmocka_unit_test(test_copies_spans_and_says_when_there_is_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
