/* pipeline/ledger.c and window.h: bounded tables and windows. */
#include "pipeline/heard.h"

#include "pipeline/ledger.h"
#include "pipeline/window.h"

typedef struct item {
	ledger_entry entry;
	uint32_t value;
} item;

static ledger_key
key(uint64_t n)
{
	return (ledger_key){ n, ~n };
}

static item *
add(ledger *l, uint32_t n)
{
	item *it = ledger_add(l, key(n), LEDGER_QUIET);

	if (it != NULL)
		it->value = n;
	return it;
}

static void
test_holds_what_it_was_made_for_and_no_more(void **state)
{
	ledger *l = ledger_new(sizeof(item), 3);

	(void)state;
	assert_non_null(add(l, 1));
	assert_non_null(add(l, 2));
	assert_non_null(add(l, 3));
	assert_null(add(l, 4));
	ledger_remove(l, ledger_find(l, key(2)));
	assert_null(ledger_find(l, key(2)));
	assert_non_null(add(l, 4));
	assert_null(add(l, 5));
	assert_int_equal(ledger_count(l), 3);
	ledger_free(l);
}

static void
test_lines_run_from_the_oldest_to_the_newest(void **state)
{
	ledger *l = ledger_new(sizeof(item), 4);

	(void)state;
	for (uint32_t i = 1; i <= 4; i++)
		add(l, i);
	ledger_touch(l, ledger_find(l, key(1)), LEDGER_QUIET);
	ledger_touch(l, ledger_find(l, key(3)), LEDGER_BUSY);
	const uint32_t wanted[] = { 2, 4, 1 };
	const item *it = ledger_oldest(l, LEDGER_QUIET);
	for (size_t i = 0; i < COUNT(wanted); i++, it = ledger_newer(l, it))
		assert_int_equal(it->value, wanted[i]);
	assert_null(it);
	assert_ptr_equal(ledger_victim(l), ledger_find(l, key(2)));
	ledger_remove(l, ledger_find(l, key(2)));
	ledger_remove(l, ledger_find(l, key(1)));
	ledger_remove(l, ledger_find(l, key(4)));
	assert_ptr_equal(ledger_victim(l), ledger_find(l, key(3)));
	ledger_free(l);
}

static void
test_the_newest_of_a_key_is_found(void **state)
{
	ledger *l = ledger_new(sizeof(item), 4);
	const item *old = add(l, 7), *new = add(l, 7);

	(void)state;
	assert_ptr_equal(ledger_find(l, key(7)), new);
	ledger_remove(l, ledger_find(l, key(7)));
	assert_ptr_equal(ledger_find(l, key(7)), old);
	ledger_free(l);
}

static void
take_into(int64_t capacity)
{
	ledger *from = ledger_new(sizeof(item), 4),
	       *to = ledger_new(sizeof(item), capacity);

	for (uint32_t i = 1; i <= 4; i++)
		add(from, i);
	ledger_touch(from, ledger_find(from, key(2)), LEDGER_BUSY);
	ledger_take(to, from);
	assert_int_equal(ledger_count(to), 4);
	assert_int_equal(ledger_count(from), 0);
	for (uint32_t i = 1; i <= 4; i++)
		assert_int_equal(((item *)ledger_find(to, key(i)))->value, i);
	assert_int_equal(((item *)ledger_oldest(to, LEDGER_QUIET))->value, 1);
	assert_int_equal(((item *)ledger_oldest(to, LEDGER_BUSY))->value, 2);
	ledger_free(from);
	ledger_free(to);
}

static void
test_all_is_taken_over_in_order(void **state)
{
	(void)state;
	take_into(4);
	take_into(5);
	take_into(1000);
}

/* Against an array of values in the order of their use. */
static void
test_random_use_is_as_of_a_plain_list(void **state)
{
	enum { ROOM = 50, KEYS = 80 };
	ledger *l = ledger_new(sizeof(item), ROOM);
	uint32_t list[ROOM];
	uint64_t seed = 1;
	size_t count = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint32_t n = random_next(&seed) % KEYS;
		item *it = ledger_find(l, key(n));
		size_t at = 0;
		while (at < count && list[at] != n)
			at++;
		assert_int_equal(it != NULL, at < count);
		if (it != NULL && random_next(&seed) % 4 == 0) {
			ledger_remove(l, it);
			memmove(list + at, list + at + 1, (--count - at) * sizeof *list);
			continue;
		}
		if (it == NULL && count == ROOM) {
			assert_int_equal(((item *)ledger_victim(l))->value, list[0]);
			ledger_remove(l, ledger_victim(l));
			at = 0;
		}
		if (it != NULL || count == ROOM) {
			memmove(list + at, list + at + 1, (--count - at) * sizeof *list);
		}
		if (it != NULL)
			ledger_touch(l, it, LEDGER_QUIET);
		else
			assert_non_null(add(l, n));
		list[count++] = n;
	}
	ledger_free(l);
}

static void
test_a_window_forgets_by_eighths(void **state)
{
	const int64_t eighth = 1000, length = 8 * eighth;
	window w = { 0 };

	(void)state;
	assert_int_equal(window_move(&w, 100 * eighth, length), 0);
	window_add(&w);
	window_add(&w);
	assert_int_equal(window_move(&w, 103 * eighth, length), 2);
	window_add(&w);
	assert_int_equal(window_move(&w, 108 * eighth - 1, length), 3);
	assert_int_equal(window_move(&w, 108 * eighth, length), 1);
	assert_int_equal(window_move(&w, 111 * eighth - 1, length), 1);
	assert_int_equal(window_move(&w, 111 * eighth, length), 0);
	window_add(&w);
	assert_int_equal(window_move(&w, 1000 * eighth, length), 0);
	window_add(&w);
	assert_int_equal(window_move(&w, 999 * eighth, length), 1); /* it came late */
	assert_int_equal(window_move(&w, 900 * eighth, length), 0); /* another length */
}

static void
test_a_window_of_the_past_is_read_across_zero(void **state)
{
	window w = { .slot = -3, .sum = 5 };

	(void)state;
	*window_count(&w, -3) = 5;
	assert_int_equal(window_move(&w, 4000, 8000), 5);
	assert_int_equal(window_move(&w, 5000, 8000), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_holds_what_it_was_made_for_and_no_more),
		cmocka_unit_test(test_lines_run_from_the_oldest_to_the_newest),
		cmocka_unit_test(test_the_newest_of_a_key_is_found),
		cmocka_unit_test(test_all_is_taken_over_in_order),
		cmocka_unit_test(test_random_use_is_as_of_a_plain_list),
		cmocka_unit_test(test_a_window_forgets_by_eighths),
		cmocka_unit_test(test_a_window_of_the_past_is_read_across_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
