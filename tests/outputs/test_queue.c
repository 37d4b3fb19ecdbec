/* Tests of outputs/queue.c. */
#include <pthread.h>

#include "outputs/parcels.h"
#include "outputs/queue.h"

#define MS INT64_C(1000000)
enum { ALL = 1000, OTHER = 1000000 };

static bool
put(queue *q, uint32_t number, tl_severity severity)
{
	parcel *p = numbered(number, severity);
	bool kept = queue_put(q, &p, 1) == 1;

	queue_tell(q);
	return kept;
}

/* What is taken, as numbers with a space behind each. */
static const char *
taken(queue *q, size_t max, uint64_t max_bytes)
{
	static char text[4096];
	parcel *items[ALL];
	size_t n = queue_take(q, items, max, max_bytes, 0), len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		len += (size_t)snprintf(
		    text + len, sizeof text - len, "%u ", number_of(items[i]));
		parcel_drop(items[i]);
	}
	return text;
}

static queue *
queue_of(uint32_t max_events, uint64_t max_bytes, queue_policy policy)
{
	queue *q = queue_new(&(queue_options){ max_events, max_bytes, policy });

	assert_non_null(q);
	return q;
}

static void
test_gives_in_the_order_of_arrival_whatever_the_severity(void **state)
{
	queue *q = queue_of(100, 1 << 20, QUEUE_DROP_LEAST);

	(void)state;
	for (uint32_t i = 0; i < 12; i++)
		assert_true(put(q, i, (tl_severity)(i * 5 % QUEUE_SEVERITIES)));
	assert_int_equal(queue_count(q).events, 12);
	assert_string_equal(taken(q, 5, UINT64_MAX), "0 1 2 3 4 ");
	assert_true(put(q, 12, TL_SEVERITY_CRITICAL));
	assert_string_equal(taken(q, ALL, UINT64_MAX), "5 6 7 8 9 10 11 12 ");
	assert_string_equal(taken(q, ALL, UINT64_MAX), "");
	assert_true(queue_is_empty(q));
	assert_int_equal(queue_count(q).bytes, 0);
	queue_free(q);
}

static void
test_takes_no_more_once_it_has_the_bytes_asked_for(void **state)
{
	queue *q = queue_of(100, 1 << 20, QUEUE_DROP_LEAST);

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		put(q, i, TL_SEVERITY_INFO);
	uint64_t each = queue_count(q).bytes / 4;
	assert_string_equal(taken(q, ALL, 1), "0 ");
	assert_string_equal(taken(q, ALL, each), "1 ");
	assert_string_equal(taken(q, ALL, each + 1), "2 3 ");
	queue_free(q);
}

static void
test_drops_the_newest_of_the_lowest_severity_first(void **state)
{
	queue *q = queue_of(4, 1 << 20, QUEUE_DROP_LEAST);

	(void)state;
	put(q, 0, TL_SEVERITY_INFO);
	put(q, 1, TL_SEVERITY_MAJOR);
	put(q, 2, TL_SEVERITY_INFO);
	put(q, 3, TL_SEVERITY_WARNING);
	assert_false(put(q, 4, TL_SEVERITY_INFO));
	assert_true(put(q, 5, TL_SEVERITY_MINOR));    /* for 2 */
	assert_true(put(q, 6, TL_SEVERITY_CRITICAL)); /* for 0 */
	assert_true(put(q, 7, TL_SEVERITY_CRITICAL)); /* for 3 */
	assert_false(put(q, 8, TL_SEVERITY_MINOR));
	assert_string_equal(taken(q, ALL, UINT64_MAX), "1 5 6 7 ");
	queue_counters c = queue_count(q);
	assert_int_equal(c.put, 9);
	assert_int_equal(c.dropped[TL_SEVERITY_INFO], 3);
	assert_int_equal(c.dropped[TL_SEVERITY_WARNING], 1);
	assert_int_equal(c.dropped[TL_SEVERITY_MINOR], 1);
	queue_free(q);
}

static void
test_what_is_unknown_or_clears_is_worth_more_than_info(void **state)
{
	queue *q = queue_of(1, 1 << 20, QUEUE_DROP_LEAST);

	(void)state;
	assert_true(put(q, 0, TL_SEVERITY_INFO));
	assert_true(put(q, 1, TL_SEVERITY_NONE));
	assert_false(put(q, 2, TL_SEVERITY_INFO));
	assert_true(put(q, 3, TL_SEVERITY_CLEARED));
	assert_true(put(q, 4, TL_SEVERITY_WARNING));
	assert_false(put(q, 5, TL_SEVERITY_CLEARED));
	assert_string_equal(taken(q, ALL, UINT64_MAX), "4 ");
	queue_free(q);
}

static void
test_drops_the_newest_if_told_so(void **state)
{
	queue *q = queue_of(2, 1 << 20, QUEUE_DROP_NEWEST);

	(void)state;
	put(q, 0, TL_SEVERITY_INFO);
	put(q, 1, TL_SEVERITY_INFO);
	assert_false(put(q, 2, TL_SEVERITY_CRITICAL));
	assert_int_equal(queue_count(q).dropped[TL_SEVERITY_CRITICAL], 1);
	assert_string_equal(taken(q, ALL, UINT64_MAX), "0 1 ");
	queue_free(q);
}

static void
test_drops_the_oldest_if_told_so(void **state)
{
	queue *q = queue_of(2, 1 << 20, QUEUE_DROP_OLDEST);

	(void)state;
	put(q, 0, TL_SEVERITY_CRITICAL);
	put(q, 1, TL_SEVERITY_INFO);
	assert_true(put(q, 2, TL_SEVERITY_INFO));
	assert_int_equal(queue_count(q).dropped[TL_SEVERITY_CRITICAL], 1);
	assert_string_equal(taken(q, ALL, UINT64_MAX), "1 2 ");
	queue_free(q);
}

/* A parcel of |bytes|, as it says. */
static parcel *
heavy(uint32_t number, tl_severity severity, uint32_t bytes)
{
	parcel *p = numbered(number, severity);

	p->bytes = bytes;
	return p;
}

static bool
put_heavy(queue *q, uint32_t number, tl_severity severity, uint32_t bytes)
{
	parcel *p = heavy(number, severity, bytes);
	bool kept = queue_put(q, &p, 1) == 1;

	queue_tell(q);
	return kept;
}

static void
test_holds_no_more_bytes_than_allowed(void **state)
{
	queue *q = queue_of(100, 1000, QUEUE_DROP_LEAST);

	(void)state;
	assert_true(put_heavy(q, 0, TL_SEVERITY_INFO, 600));
	assert_true(put_heavy(q, 1, TL_SEVERITY_INFO, 400));
	assert_false(put_heavy(q, 2, TL_SEVERITY_INFO, 1));
	assert_int_equal(queue_count(q).bytes, 1000);
	assert_true(put_heavy(q, 3, TL_SEVERITY_MAJOR, 1)); /* for 1 */
	assert_int_equal(queue_count(q).bytes, 601);
	assert_true(put_heavy(q, 4, TL_SEVERITY_MAJOR, 999)); /* for 0 */
	assert_string_equal(taken(q, ALL, UINT64_MAX), "3 4 ");
	queue_free(q);
}

static void
test_nothing_is_dropped_for_what_does_not_fit_even_so(void **state)
{
	static const queue_policy policies[] = { QUEUE_DROP_LEAST, QUEUE_DROP_NEWEST,
		QUEUE_DROP_OLDEST };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		queue *q = queue_of(100, 1000, policies[i]);
		put_heavy(q, 0, TL_SEVERITY_INFO, 100);
		put_heavy(q, 1, TL_SEVERITY_INFO, 100);
		assert_false(put_heavy(q, 2, TL_SEVERITY_CRITICAL, 1001));
		assert_string_equal(taken(q, ALL, UINT64_MAX), "0 1 ");
		queue_free(q);
	}
	queue *q = queue_of(100, 1000, QUEUE_DROP_LEAST);
	put_heavy(q, 0, TL_SEVERITY_INFO, 100);
	put_heavy(q, 1, TL_SEVERITY_CRITICAL, 500);
	assert_false(put_heavy(q, 2, TL_SEVERITY_MAJOR, 501));
	assert_string_equal(taken(q, ALL, UINT64_MAX), "0 1 ");
	queue_free(q);
}

static bool
offer(queue *q, uint32_t number, tl_severity severity, bool beside)
{
	parcel *p = numbered(number, severity);
	bool kept = queue_offer(q, p, beside);

	parcel_drop(p);
	return kept;
}

static void
test_what_is_offered_pushes_nothing_out_and_is_not_counted(void **state)
{
	static const queue_policy policies[] = { QUEUE_DROP_LEAST, QUEUE_DROP_NEWEST,
		QUEUE_DROP_OLDEST };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		queue *q = queue_of(2, 1 << 20, policies[i]);
		put(q, 0, TL_SEVERITY_INFO);
		assert_true(offer(q, 1, TL_SEVERITY_INFO, false));
		assert_false(offer(q, 2, TL_SEVERITY_CRITICAL, false));
		assert_int_equal(queue_count(q).put, 2);
		assert_int_equal(queue_count(q).dropped[TL_SEVERITY_CRITICAL], 0);
		assert_string_equal(taken(q, ALL, UINT64_MAX), "0 1 ");
		queue_free(q);
	}
}

static void
test_some_stand_beside_the_limits(void **state)
{
	queue *q = queue_of(2, 1 << 20, QUEUE_DROP_LEAST);

	(void)state;
	put(q, 0, TL_SEVERITY_CRITICAL);
	put(q, 1, TL_SEVERITY_CRITICAL);
	for (uint32_t i = 0; i < QUEUE_BESIDE; i++)
		assert_true(offer(q, 2 + i, TL_SEVERITY_MAJOR, true));
	assert_false(offer(q, 99, TL_SEVERITY_MAJOR, true));
	assert_false(put(q, 99, TL_SEVERITY_CRITICAL)); /* their going makes no room */
	assert_int_equal(queue_count(q).events, 2 + QUEUE_BESIDE);
	assert_string_equal(taken(q, 3, UINT64_MAX), "0 1 2 ");
	assert_true(put(q, 100, TL_SEVERITY_INFO)); /* they take up none either */
	assert_true(offer(q, 101, TL_SEVERITY_INFO, true));
	assert_true(offer(q, 102, TL_SEVERITY_INFO, true));
	assert_false(offer(q, 103, TL_SEVERITY_INFO, true));
	assert_true(
	    put(q, 104, TL_SEVERITY_MAJOR)); /* for 102, which is beside, and 101 */
	assert_int_equal(queue_count(q).dropped[TL_SEVERITY_INFO], 2);
	assert_int_equal(queue_count(q).events, QUEUE_BESIDE - 1 + 2);
	queue_free(q);
}

/* The places are few: gaps of what was given up go when they are used up. */
static void
test_order_and_worth_hold_however_many_come_and_go(void **state)
{
	queue *q = queue_of(10, 1 << 20, QUEUE_DROP_LEAST);
	uint32_t number = 0, next = 0;

	(void)state;
	for (; number < 6; number++)
		put(q, number, TL_SEVERITY_CRITICAL);
	for (int i = 0; i < 1000; i++) {
		assert_true(put(q, number++, TL_SEVERITY_CRITICAL));
		assert_true(put(q, OTHER, TL_SEVERITY_INFO));
		assert_true(put(q, OTHER, TL_SEVERITY_WARNING));
		assert_true(put(q, OTHER, TL_SEVERITY_INFO));
		for (int k = 0; k < 3; k++) /* for these */
			assert_true(put(q, number++, TL_SEVERITY_CRITICAL));
		assert_false(put(q, OTHER, TL_SEVERITY_CRITICAL));
		for (int k = 0; k < 4; k++) {
			parcel *p;
			assert_int_equal(queue_take(q, &p, 1, UINT64_MAX, 0), 1);
			assert_int_equal(number_of(p), next++);
			parcel_drop(p);
		}
	}
	assert_int_equal(queue_count(q).events, 6);
	queue_free(q);
}

/* As if each had been put by itself: some are dropped for what comes behind them. */
static void
test_many_are_put_in_their_order(void **state)
{
	queue *q = queue_of(3, 1 << 20, QUEUE_DROP_LEAST);
	parcel *items[5];

	(void)state;
	for (uint32_t i = 0; i < 5; i++)
		items[i] = numbered(i, i % 2 == 0 ? TL_SEVERITY_INFO : TL_SEVERITY_MAJOR);
	assert_int_equal(queue_put(q, items, 5), 4);
	assert_string_equal(taken(q, ALL, UINT64_MAX), "0 1 3 ");
	queue_counters c = queue_count(q);
	assert_int_equal(c.put, 5);
	assert_int_equal(c.dropped[TL_SEVERITY_INFO], 2);
	queue_free(q);
}

/* With what the allocator keeps, so that a queue's bytes are a bound of memory. */
static void
test_bytes_are_those_that_an_event_takes(void **state)
{
	parcel *p = numbered(1, TL_SEVERITY_INFO);

	(void)state;
	size_t least = sizeof *p + sizeof *p->n + p->n->all_count * sizeof(tl_varbind) +
		       p->n->wire.len;
	assert_true(p->bytes > least);
	assert_true(p->bytes < 2 * least);
	parcel_drop(p);
}

static void
test_holds_what_waits_and_frees_it_with_itself(void **state)
{
	queue *q = queue_of(2, 1 << 20, QUEUE_DROP_LEAST);
	parcel *p = numbered(1, TL_SEVERITY_INFO);

	(void)state;
	for (int i = 0; i < 3; i++)
		parcel_hold(p);
	assert_int_equal(queue_put(q, &p, 1), 1);
	assert_int_equal(p->holders, 4);
	assert_int_equal(queue_put(q, (parcel *[]){ p, p }, 2), 1);
	assert_int_equal(p->holders, 3);
	queue_free(q);
	assert_int_equal(p->holders, 1);
	parcel_drop(p);
	queue_free(NULL);
}

static void *
put_one(void *q)
{
	put(q, 7, TL_SEVERITY_INFO);
	return NULL;
}

static void *
wake(void *q)
{
	queue_wake(q);
	return NULL;
}

static void
test_waits_for_the_first_until_it_comes_or_is_woken(void **state)
{
	queue *q = queue_of(2, 1 << 20, QUEUE_DROP_LEAST);
	pthread_t thread;
	parcel *p;

	(void)state;
	assert_int_equal(queue_take(q, &p, 1, UINT64_MAX, MS), 0);
	put(q, 6, TL_SEVERITY_INFO); /* nobody waits */
	assert_int_equal(queue_take(q, &p, 1, UINT64_MAX, 0), 1);
	parcel_drop(p);
	pthread_create(&thread, NULL, put_one, q);
	assert_int_equal(queue_take(q, &p, 1, UINT64_MAX, 100000 * MS), 1);
	assert_int_equal(number_of(p), 7);
	parcel_drop(p);
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, wake, q);
	assert_int_equal(queue_take(q, &p, 1, UINT64_MAX, 100000 * MS), 0);
	pthread_join(thread, NULL);
	queue_wake(q); /* before the wait: it ends at once */
	assert_int_equal(queue_take(q, &p, 1, UINT64_MAX, 100000 * MS), 0);
	queue_free(q);
}

enum { PUTTERS = 4, EACH = 2000, AT_ONCE = 8 };

typedef struct putter {
	queue *q;
	uint32_t number;
} putter;

static void *
put_many(void *context)
{
	putter *w = context;
	parcel *items[AT_ONCE];

	for (uint32_t i = 0; i < EACH; i += AT_ONCE) {
		for (uint32_t k = 0; k < AT_ONCE; k++)
			items[k] = numbered(w->number * EACH + i + k,
			    (tl_severity)((i + k) % QUEUE_SEVERITIES));
		(void)queue_put(w->q, items, AT_ONCE);
		queue_tell(w->q);
	}
	return NULL;
}

/* Of each of four threads what was kept comes in order, and the sums add up. */
static void
test_many_threads_put_while_one_takes(void **state)
{
	queue *q = queue_of(64, 1 << 20, QUEUE_DROP_LEAST);
	putter w[PUTTERS];
	pthread_t threads[PUTTERS];
	int64_t last[PUTTERS] = { -1, -1, -1, -1 };
	uint64_t taken_events = 0, dropped = 0;
	queue_counters c;

	(void)state;
	for (uint32_t i = 0; i < PUTTERS; i++) {
		w[i] = (putter){ q, i };
		pthread_create(&threads[i], NULL, put_many, &w[i]);
	}
	do {
		parcel *items[16];
		size_t n = queue_take(q, items, 16, UINT64_MAX, MS);
		for (size_t i = 0; i < n; i++) {
			uint32_t number = number_of(items[i]);
			assert_true(last[number / EACH] < number % EACH);
			last[number / EACH] = number % EACH;
			parcel_drop(items[i]);
		}
		taken_events += n;
		c = queue_count(q);
	} while (c.put < PUTTERS * EACH || c.events > 0);
	for (size_t i = 0; i < PUTTERS; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < QUEUE_SEVERITIES; i++)
		dropped += c.dropped[i];
	assert_int_equal(taken_events + dropped, PUTTERS * EACH);
	queue_free(q);
}

static void
test_other_limits_take_what_waits_as_if_it_came_once_more(void **state)
{
	queue *q = queue_of(100, 1 << 20, QUEUE_DROP_LEAST);
	queue *small = queue_of(3, 1 << 20, QUEUE_DROP_OLDEST);
	queue *large = queue_of(200, 1 << 20, QUEUE_DROP_LEAST);

	(void)state;
	for (uint32_t i = 0; i < 6; i++)
		put(q, i, TL_SEVERITY_INFO);
	assert_string_equal(taken(q, 1, UINT64_MAX), "0 ");
	queue_change(q, large);
	assert_int_equal(queue_count(q).events, 5);
	assert_int_equal(queue_count(q).dropped[TL_SEVERITY_INFO], 0);
	queue_change(q, small);
	put(q, 6, TL_SEVERITY_INFO);
	queue_counters c = queue_count(q);
	assert_int_equal(c.put, 7);
	assert_int_equal(c.dropped[TL_SEVERITY_INFO], 3);
	assert_string_equal(taken(q, ALL, UINT64_MAX), "4 5 6 ");
	assert_int_equal(queue_count(q).bytes, 0);
	queue_free(q);
	queue_free(small);
	queue_free(large);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_gives_in_the_order_of_arrival_whatever_the_severity),
		cmocka_unit_test(test_takes_no_more_once_it_has_the_bytes_asked_for),
		cmocka_unit_test(test_drops_the_newest_of_the_lowest_severity_first),
		cmocka_unit_test(test_what_is_unknown_or_clears_is_worth_more_than_info),
		cmocka_unit_test(test_drops_the_newest_if_told_so),
		cmocka_unit_test(test_drops_the_oldest_if_told_so),
		cmocka_unit_test(test_holds_no_more_bytes_than_allowed),
		cmocka_unit_test(test_nothing_is_dropped_for_what_does_not_fit_even_so),
		cmocka_unit_test(
		    test_what_is_offered_pushes_nothing_out_and_is_not_counted),
		cmocka_unit_test(test_some_stand_beside_the_limits),
		cmocka_unit_test(test_order_and_worth_hold_however_many_come_and_go),
		cmocka_unit_test(test_many_are_put_in_their_order),
		cmocka_unit_test(test_bytes_are_those_that_an_event_takes),
		cmocka_unit_test(test_holds_what_waits_and_frees_it_with_itself),
		cmocka_unit_test(test_waits_for_the_first_until_it_comes_or_is_woken),
		cmocka_unit_test(test_many_threads_put_while_one_takes),
		cmocka_unit_test(
		    test_other_limits_take_what_waits_as_if_it_came_once_more),
	};

	return cmocka_run_group_tests(tests, load_dictionary, drop_dictionary);
}
