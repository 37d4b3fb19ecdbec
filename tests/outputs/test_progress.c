/* What is known of each event of a batch between its tries. */
#include "outputs/parcels.h"
#include "outputs/progress.h"

enum { COUNT_MAX = 8 };

typedef struct work {
	progress p;
	parcel *items[COUNT_MAX];
	batch b;
} work;

static void
begin(work *w, size_t count, uint64_t all)
{
	*w = (work){ .p.all = all };
	for (size_t i = 0; i < count; i++)
		w->items[i] = numbered((uint32_t)i, TL_SEVERITY_INFO);
	w->b = (batch){ .items = w->items, .count = count };
	assert_int_equal(progress_start(&w->p, &w->b), TL_OK);
	assert_int_equal(w->p.count, count);
}

/* What the feeder does next: goes on behind what is done. */
static void
go_on(work *w, delivery what)
{
	size_t past = w->b.done + (what == DELIVER_NEVER);

	w->b = (batch){ .items = w->b.items + past, .count = w->b.count - past };
	assert_int_equal(progress_start(&w->p, &w->b), TL_OK);
	assert_int_equal(w->p.count, w->b.count);
}

static void
end(work *w, size_t count)
{
	progress_clear(&w->p);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(w->items[i]->holders, 1);
		parcel_drop(w->items[i]);
	}
}

static void
test_tells_what_is_done_in_order(void **state)
{
	work w;

	(void)state;
	begin(&w, 5, 1);
	w.p.at[0].has = w.p.at[1].has = w.p.at[4].has = 1;
	w.p.at[2].never = 1;
	assert_int_equal(progress_finish(&w.p, &w.b), DELIVER_NEVER);
	assert_int_equal(w.b.done, 2);
	go_on(&w, DELIVER_NEVER);
	assert_int_equal(progress_finish(&w.p, &w.b), DELIVER_AGAIN);
	assert_int_equal(w.b.done, 0);
	go_on(&w, DELIVER_AGAIN);
	assert_int_equal(w.p.at[1].has, 1);
	w.p.at[0].has = 1;
	assert_int_equal(progress_finish(&w.p, &w.b), DELIVERED);
	assert_int_equal(w.b.done, 2);
	end(&w, 5);
}

static void
test_an_event_is_delivered_when_one_has_it_and_all_are_settled(void **state)
{
	work w;

	(void)state;
	begin(&w, 1, 7);
	w.p.at[0].has = 2;
	w.p.at[0].never = 1;
	assert_int_equal(progress_finish(&w.p, &w.b), DELIVER_AGAIN);
	w.p.at[0].never |= 4;
	assert_int_equal(progress_finish(&w.p, &w.b), DELIVERED);
	end(&w, 1);
	begin(&w, 1, 7);
	w.p.at[0].never = 7;
	assert_int_equal(progress_finish(&w.p, &w.b), DELIVER_NEVER);
	end(&w, 1);
}

static void
test_another_batch_is_begun_anew(void **state)
{
	work w;

	(void)state;
	begin(&w, 4, 1);
	w.p.at[3].has = 1;
	assert_int_equal(progress_finish(&w.p, &w.b), DELIVER_AGAIN);
	/* of the same length as the rest, but another one */
	parcel *others[2] = { w.items[2], w.items[1] };
	w.b = (batch){ .items = others, .count = 2 };
	assert_int_equal(progress_start(&w.p, &w.b), TL_OK);
	assert_int_equal(w.p.at[0].has | w.p.at[1].has, 0);
	end(&w, 4);
}

static void
test_holds_what_it_remembers(void **state)
{
	work w;

	(void)state;
	begin(&w, 2, 1);
	assert_int_equal(w.items[0]->holders, 2);
	w.p.at[0].has = 1;
	assert_int_equal(progress_finish(&w.p, &w.b), DELIVER_AGAIN);
	go_on(&w, DELIVER_AGAIN);
	assert_int_equal(w.items[0]->holders, 1);
	assert_int_equal(w.items[1]->holders, 2);
	end(&w, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tells_what_is_done_in_order),
		cmocka_unit_test(
		    test_an_event_is_delivered_when_one_has_it_and_all_are_settled),
		cmocka_unit_test(test_another_batch_is_begun_anew),
		cmocka_unit_test(test_holds_what_it_remembers),
	};
	return cmocka_run_group_tests(tests, load_dictionary, drop_dictionary);
}
