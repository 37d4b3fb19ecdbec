/* base/vec.c: growing, giving back, and the end of counting. */
#include "unit.h"

#include "base/vec.h"

static void
test_keeps_the_items_as_it_grows(void **state)
{
	tl_vec v = { 0 };
	(void)state;

	for (uint32_t i = 0; i < 1000; i++) {
		uint32_t *item = tl_vec_grow(&v, sizeof *item, 1);
		assert_non_null(item);
		*item = i * 3;
	}
	assert_int_equal(v.count, 1000);
	assert_true(v.cap >= 1000);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(*TL_VEC_AT(&v, uint32_t, i), i * 3);
	tl_vec_free(&v);
	assert_int_equal(v.count, 0);
	assert_null(v.ptr);
}

static void
test_gives_room_for_many_at_once(void **state)
{
	tl_vec v = { 0 };
	(void)state;

	assert_non_null(tl_vec_grow(&v, 8, 3));
	memset(tl_vec_grow(&v, 8, 5000), 1, 5000 * 8);
	assert_int_equal(v.count, 5003);
	tl_vec_free(&v);
}

static void
test_trims_to_the_items_there_are(void **state)
{
	tl_vec v = { 0 };
	(void)state;

	memcpy(tl_vec_grow(&v, 1, 3), "abc", 3);
	tl_vec_trim(&v, 1);
	assert_int_equal(v.cap, 3);
	assert_memory_equal(v.ptr, "abc", 3);
	v.count = 0;
	tl_vec_trim(&v, 1);
	assert_null(v.ptr);
	assert_int_equal(v.cap, 0);
}

static void
test_refuses_more_items_than_can_be_counted(void **state)
{
	tl_vec v = { 0 };
	(void)state;

	assert_null(tl_vec_grow(&v, 1, (size_t)UINT32_MAX + 1));
	assert_null(tl_vec_grow(&v, SIZE_MAX / 8, 16));
	assert_non_null(tl_vec_grow(&v, 1, 1));
	assert_null(tl_vec_grow(&v, 1, UINT32_MAX));
	assert_null(tl_vec_grow(&v, 1, SIZE_MAX));
	assert_int_equal(v.count, 1);
	tl_vec_free(&v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_the_items_as_it_grows),
		cmocka_unit_test(test_gives_room_for_many_at_once),
		cmocka_unit_test(test_trims_to_the_items_there_are),
		cmocka_unit_test(test_refuses_more_items_than_can_be_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
