/* mib/map.c: numbers by keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mib/map.h"

static void
test_finds_what_was_put_and_nothing_else(void **state)
{
	(void)state;
	tl_mib_map map = { 0 };

	assert_int_equal(TL_MIB_NONE, tl_mib_map_find(&map, 1));
	uint32_t *value = tl_mib_map_put(&map, 1);
	assert_non_null(value);
	assert_int_equal(TL_MIB_NONE, *value);
	*value = 7;
	assert_int_equal(7, *tl_mib_map_put(&map, 1));
	assert_int_equal(7, tl_mib_map_find(&map, 1));
	assert_int_equal(TL_MIB_NONE, tl_mib_map_find(&map, (uint64_t)1 << 32));
	tl_mib_map_free(&map);
	assert_int_equal(TL_MIB_NONE, tl_mib_map_find(&map, 1));
}

/* Keys that differ in high bits only, and in low bits only. */
static uint64_t
key_of(uint32_t i)
{
	return i % 2 != 0 ? (uint64_t)i << 34 | 3 : (uint64_t)i << 3 | 1;
}

static void
test_keeps_all_while_it_grows(void **state)
{
	enum { MANY = 100000 };
	(void)state;
	tl_mib_map map = { 0 };

	for (uint32_t i = 1; i <= MANY; i++) {
		uint32_t *value = tl_mib_map_put(&map, key_of(i));
		assert_non_null(value);
		assert_int_equal(TL_MIB_NONE, *value);
		*value = i;
	}
	assert_int_equal(MANY, map.used);
	for (uint32_t i = 1; i <= MANY; i++)
		assert_int_equal(i, tl_mib_map_find(&map, key_of(i)));
	assert_int_equal(TL_MIB_NONE, tl_mib_map_find(&map, key_of(MANY + 1)));
	tl_mib_map_free(&map);
}

static void
test_does_not_grow_where_room_was_reserved(void **state)
{
	enum { MANY = 1000 };
	(void)state;
	tl_mib_map map = { 0 };

	assert_int_equal(TL_OK, tl_mib_map_reserve(&map, MANY));
	const tl_mib_map_slot *slots = map.slots;
	for (uint32_t i = 1; i <= MANY; i++)
		assert_non_null(tl_mib_map_put(&map, key_of(i)));
	assert_ptr_equal(slots, map.slots);
	assert_int_equal(TL_ELIMIT, tl_mib_map_reserve(&map, UINT32_MAX));
	tl_mib_map_free(&map);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_what_was_put_and_nothing_else),
		cmocka_unit_test(test_keeps_all_while_it_grows),
		cmocka_unit_test(test_does_not_grow_where_room_was_reserved),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
