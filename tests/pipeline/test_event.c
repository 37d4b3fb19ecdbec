/* pipeline/event.c: how much an event has room for. */
#include "pipeline/samples.h"

#include "pipeline/event.h"

static tl_span
word(char room[8], unsigned i)
{
	return (tl_span){ (uint8_t *)room, (size_t)snprintf(room, 8, "w%u", i) };
}

static void
test_has_room_for_16_tags(void **state)
{
	sample *s = sample_link_down();
	char names[EVENT_TAGS_MAX + 1][8];

	(void)state;
	for (unsigned i = 0; i < EVENT_TAGS_MAX; i++)
		assert_true(event_add_tag(&s->ev, word(names[i], i)));
	assert_int_equal(s->ev.j.tag_count, 16);
	assert_false(event_add_tag(&s->ev, word(names[EVENT_TAGS_MAX], EVENT_TAGS_MAX)));
	assert_true(event_add_tag(&s->ev, LIT("w3"))); /* it has that */
	assert_int_equal(s->ev.j.tag_count, 16);
	sample_free(s);
}

static void
test_has_room_for_32_fields(void **state)
{
	sample *s = sample_link_down();
	char names[EVENT_FIELDS_MAX + 1][8];

	(void)state;
	for (unsigned i = 0; i < EVENT_FIELDS_MAX; i++)
		assert_true(event_set_field(&s->ev, word(names[i], i), LIT("x")));
	assert_int_equal(s->ev.j.field_count, 32);
	assert_false(event_set_field(
	    &s->ev, word(names[EVENT_FIELDS_MAX], EVENT_FIELDS_MAX), LIT("x")));
	assert_true(event_set_field(&s->ev, LIT("w31"), LIT("other")));
	assert_bytes(event_field(&s->ev, LIT("w31")), LIT("other"));
	assert_int_equal(s->ev.j.field_count, 32);
	sample_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_has_room_for_16_tags),
		cmocka_unit_test(test_has_room_for_32_fields),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
