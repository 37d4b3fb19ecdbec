/* Tests of pipeline/parcel.c: copies, and where their memory goes. */
#include "outputs/parcels.h"

enum { MANY = PARCEL_SPARES + 20 };

static size_t
class_of(const parcel *p)
{
	return p->bytes / PARCEL_STEP;
}

static void
test_what_is_given_back_is_used_again(void **state)
{
	parcel *p = numbered(1, TL_SEVERITY_INFO);
	const struct parcel_list *spare = &the_dictionary->spare[class_of(p)];
	uint32_t before = spare->count;

	(void)state;
	parcel_hold(p);
	parcel_drop(p);
	assert_int_equal(spare->count, before); /* somebody holds it */
	parcel_drop(p);
	assert_int_equal(spare->count, before + 1);
	assert_ptr_equal(numbered(2, TL_SEVERITY_INFO), p);
	assert_int_equal(spare->count, before);
	assert_int_equal(number_of(p), 2);
	assert_int_equal(p->holders, 1);
	parcel_drop(p);
}

static void
test_what_is_kept_for_use_is_bounded(void **state)
{
	parcel *items[MANY];

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		items[i] = numbered(i, TL_SEVERITY_INFO);
	size_t class = class_of(items[0]);
	parcels_drop(items, MANY);
	assert_int_equal(the_dictionary->spare[class].count, PARCEL_SPARES);
	assert_int_equal(the_dictionary->holders, 1);
}

static void
test_each_goes_back_to_its_own_dictionary(void **state)
{
	dictionary *other = dictionary_new(NULL);
	parcel *items[4];

	(void)state;
	assert_non_null(other);
	for (uint32_t i = 0; i < 4; i++) {
		sample *s = sample_link_down();
		items[i] = parcel_of_event(&s->ev, i % 2 == 0 ? the_dictionary : other);
		assert_non_null(items[i]);
		sample_free(s);
	}
	parcel_hold(items[3]);
	parcels_drop(items, 4);
	assert_int_equal(the_dictionary->holders, 1);
	assert_int_equal(other->holders, 2);
	assert_int_equal(other->spare[class_of(items[3])].count, 1);
	dictionary_drop(other); /* the parcel holds it */
	parcel_drop(items[3]);
}

/* Texts that nobody would guess, up to what is too large to be kept. */
static void
test_a_parcel_has_room_for_whatever_was_found_out(void **state)
{
	static uint8_t text[PARCEL_CLASSES * PARCEL_STEP];

	(void)state;
	memset(text, 'x', sizeof text);
	for (size_t len = 0; len <= sizeof text; len += 7) {
		sample *s = sample_link_down();
		event_set_field(&s->ev, LIT("site"), (tl_span){ text, len });
		event_add_tag(&s->ev, LIT("tag"));
		s->ev.j.rule = LIT("rule");
		parcel *p = parcel_of_sample(s, TL_SEVERITY_INFO);
		assert_true(p->bytes > sizeof *p + sizeof *p->n + len);
		assert_int_equal(p->j.fields[0].text.len, len);
		assert_memory_equal(p->j.fields[0].text.ptr, text, len);
		assert_memory_equal(p->j.fields[0].name.ptr, "site", 4);
		assert_memory_equal(p->j.tags[0].ptr, "tag", 3);
		assert_memory_equal(p->j.rule.ptr, "rule", 4);
		assert_memory_equal(p->n->community.ptr, "public", 6);
		parcel_drop(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_given_back_is_used_again),
		cmocka_unit_test(test_what_is_kept_for_use_is_bounded),
		cmocka_unit_test(test_each_goes_back_to_its_own_dictionary),
		cmocka_unit_test(test_a_parcel_has_room_for_whatever_was_found_out),
	};

	return cmocka_run_group_tests(tests, load_dictionary, drop_dictionary);
}
