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
	parcel *p = numbered(1, TL_SEVERITY_INFO), *other = numbered(2, TL_SEVERITY_INFO);
	const struct parcel_list *spare = &the_dictionary->spare[class_of(p)];

	(void)state;
	parcel_hold(p);
	parcel_drop(p);
	assert_int_equal(spare->count, 0); /* somebody holds it */
	parcel_drop(p);
	parcel_drop(other);
	assert_int_equal(spare->count, 2);
	assert_ptr_equal(numbered(3, TL_SEVERITY_INFO), other);
	assert_int_equal(spare->count, 0); /* all are taken at once */
	assert_ptr_equal(numbered(4, TL_SEVERITY_INFO), p);
	assert_int_equal(number_of(p), 4);
	assert_int_equal(p->holders, 1);
	parcel_drop(other);
	assert_int_equal(spare->count, 1);
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

static void
assert_span(tl_span is, tl_span should_be)
{
	assert_int_equal(is.len, should_be.len);
	assert_ptr_not_equal(is.ptr, should_be.ptr);
	assert_memory_equal(is.ptr, should_be.ptr, is.len);
}

static uint8_t text[PARCEL_CLASSES * PARCEL_STEP];

/* No two bytes near each other are the same. */
static void
fill_text(void)
{
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)(i * 7);
}

/* Each length of what is short. */
static size_t
longer(size_t len)
{
	return len + (len < 64 ? 1 : 7);
}

/* Whatever size they have, up to what is too large to be kept. */
static void
test_a_parcel_has_all_that_was_found_out(void **state)
{
	tl_endpoint device = endpoint_of("192.0.2.99");

	(void)state;
	fill_text();
	for (size_t len = 0; len <= sizeof text; len = longer(len)) {
		sample *s = sample_link_down();
		event_set_field(&s->ev, LIT("site"), (tl_span){ text, len });
		event_set_field(&s->ev, LIT("rack"), LIT("R1"));
		event_add_tag(&s->ev, LIT("tag"));
		event_add_tag(&s->ev, LIT("another"));
		s->ev.j.message = LIT("a message");
		s->ev.j.device = &device;
		s->ev.j.device_name = LIT("sw1");
		s->ev.j.alarm_key = LIT("a key that is long");
		s->ev.j.rule = LIT("rule");
		parcel *p = parcel_of_sample(s, TL_SEVERITY_INFO);
		const tl_judgement *j = &p->j;
		assert_true(p->bytes > sizeof *p + sizeof *p->n + len);
		assert_int_equal(j->field_count, 2);
		assert_span(j->fields[0].name, LIT("site"));
		assert_span(j->fields[0].text, (tl_span){ text, len });
		assert_span(j->fields[1].name, LIT("rack"));
		assert_span(j->fields[1].text, LIT("R1"));
		assert_int_equal(j->tag_count, 2);
		assert_span(j->tags[0], LIT("tag"));
		assert_span(j->tags[1], LIT("another"));
		assert_span(j->message, LIT("a message"));
		assert_memory_equal(j->device, &device, sizeof device);
		assert_span(j->device_name, LIT("sw1"));
		assert_span(j->alarm_key, LIT("a key that is long"));
		assert_span(j->rule, LIT("rule"));
		assert_int_equal(p->n->kind, TL_TRAP);
		assert_int_equal(p->n->pdu_type, 0xa7);
		assert_span(p->n->community, LIT("public"));
		parcel_drop(p);
	}
}

static void
test_an_event_of_our_own_is_kept_with_all_its_parts(void **state)
{
	const tl_endpoint source = endpoint_of("192.0.2.99");
	const tl_datagram in = { .bytes = { text, 100 }, .from = source };
	const tl_loss loss = { .count = 7 };
	const tl_refusal refusal = { .community = LIT("secret"),
		.user = LIT("user"),
		.engine_id = LIT("engine") };
	const tl_field fields[] = { { LIT("site"), LIT("x") } };
	const tl_number numbers[] = { { "count", 3 }, { "seconds", 4 } };
	static const uint8_t oid[] = { 0x2b, 6, 1 };

	(void)state;
	fill_text();
	for (size_t len = 0; len <= sizeof text; len = longer(len)) {
		const tl_own_event own = { .kind = "refused",
			.message = { text, len },
			.source = &source,
			.trap_oid = { oid, sizeof oid },
			.numbers = numbers,
			.number_count = 2,
			.fields = fields,
			.field_count = 1,
			.alarm_key = LIT("key"),
			.datagram = &in,
			.refusal = &refusal,
			.hint = LIT("a hint"),
			.loss = &loss };
		parcel *p = parcel_of_own(&own, the_dictionary);
		assert_non_null(p);
		const tl_own_event *o = p->own;
		assert_span(o->message, own.message);
		assert_memory_equal(o->source, &source, sizeof source);
		assert_memory_equal(o->trap_oid.ber, oid, sizeof oid);
		assert_memory_equal(o->numbers, numbers, sizeof numbers);
		assert_span(o->fields[0].name, LIT("site"));
		assert_span(o->alarm_key, LIT("key"));
		assert_int_equal(o->datagram->bytes.len, 100);
		assert_null(o->datagram->bytes.ptr);
		assert_span(o->refusal->community, LIT("secret"));
		assert_span(o->refusal->user, LIT("user"));
		assert_span(o->refusal->engine_id, LIT("engine"));
		assert_span(o->hint, LIT("a hint"));
		assert_int_equal(o->loss->count, 7);
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
		cmocka_unit_test(test_a_parcel_has_all_that_was_found_out),
		cmocka_unit_test(test_an_event_of_our_own_is_kept_with_all_its_parts),
	};

	return cmocka_run_group_tests(tests, load_dictionary, drop_dictionary);
}
