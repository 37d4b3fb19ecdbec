/* base/oid.c, and the dotted text of base/text.c. */
#include "unit.h"

#include "base/buf.h"

static tl_oid
oid_of(tl_span ber)
{
	return (tl_oid){ ber.ptr, (uint32_t)ber.len };
}

/* Text to BER and back, by both ways of writing text. */
static void
expect(const char *text, tl_span ber)
{
	uint8_t buf[TL_OID_BER_MAX], room[TL_OID_TEXT_MAX];
	char back[TL_OID_TEXT_MAX];
	tl_buf b = { .ptr = room, .cap = sizeof room };
	tl_oid oid;

	assert_int_equal(tl_oid_from_text(text, strlen(text), buf, &oid), TL_OK);
	assert_bytes((tl_span){ oid.ber, oid.len }, ber);
	assert_int_equal(tl_oid_text(oid_of(ber), back), strlen(text));
	assert_string_equal(back, text);
	tl_buf_oid(&b, oid_of(ber));
	assert_bytes(tl_buf_written(&b), span_of(text));
}

static void
test_converts_edges_of_sub_identifiers(void **state)
{
	(void)state;
	expect("0.0", LIT("\x00"));
	expect("0.39", LIT("\x27"));
	expect("1.0", LIT("\x28"));
	expect("1.39", LIT("\x4f"));
	expect("2.0", LIT("\x50"));
	expect("2.40", LIT("\x78"));
	expect("2.47", LIT("\x7f"));
	expect("2.48", LIT("\x81\x00"));
	expect("2.999.3", LIT("\x88\x37\x03"));
	expect("2.4294967295", LIT("\x90\x80\x80\x80\x4f"));
	expect("1.3.6.1", LIT("\x2b\x06\x01"));
	expect("1.3.127.128.16383.16384", LIT("\x2b\x7f\x81\x00\xff\x7f\x81\x80\x00"));
	expect("1.3.2097151.2097152.268435455.268435456",
	    LIT("\x2b\xff\xff\x7f\x81\x80\x80\x00\xff\xff\xff\x7f\x81\x80\x80\x80\x00"));
	expect("1.3.4294967295.0", LIT("\x2b\x8f\xff\xff\xff\x7f\x00"));
}

static void
test_takes_a_leading_dot(void **state)
{
	uint8_t buf[TL_OID_BER_MAX];
	tl_oid oid;
	(void)state;

	assert_int_equal(tl_oid_from_text(".1.3.6", 6, buf, &oid), TL_OK);
	assert_bytes((tl_span){ oid.ber, oid.len }, LIT("\x2b\x06"));
}

static void
test_refuses_text_that_is_no_oid(void **state)
{
	static const char *const rows[] = { "", ".", "1", ".1", "1.", "1..3", "..1.3",
		"1.3.", "1.3.x", "x", "1.3 ", " 1.3", "1.3.-1", "1.3.+1", "3.1", "0.40",
		"1.40", "1.3.4294967296", "1.3.99999999999999999999999", "4294967296.1",
		"2.4294967296" };
	uint8_t buf[TL_OID_BER_MAX];
	tl_oid oid;
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++)
		if (tl_oid_from_text(rows[i], strlen(rows[i]), buf, &oid) != TL_EFORMAT)
			fail_msg("'%s'", rows[i]);
	assert_int_equal(tl_oid_from_text("1.3\0.1", 6, buf, &oid), TL_EFORMAT);
}

static void
test_makes_at_most_128_sub_identifiers(void **state)
{
	uint32_t arcs[TL_OID_MAX + 1], back[TL_OID_MAX];
	uint8_t buf[TL_OID_BER_MAX];
	char text[TL_OID_TEXT_MAX];
	tl_oid oid;
	(void)state;

	for (size_t i = 0; i < COUNT(arcs); i++)
		arcs[i] = UINT32_MAX;
	arcs[0] = 2;
	assert_int_equal(tl_oid_from_arcs(arcs, TL_OID_MAX, buf, &oid), TL_OK);
	assert_int_equal(oid.len, 127 * 5);
	assert_int_equal(tl_oid_arcs(oid, back), TL_OID_MAX);
	assert_memory_equal(arcs, back, sizeof back);
	assert_int_equal(tl_oid_text(oid, text), 1 + 127 * 11);
	assert_int_equal(tl_oid_from_text(text, strlen(text), buf, &oid), TL_OK);
	assert_int_equal(oid.len, 127 * 5);
	assert_int_equal(tl_oid_from_arcs(arcs, TL_OID_MAX + 1, buf, &oid), TL_EINVAL);
	text[1 + 127 * 11 - 11] = '\0';
	size_t len = strlen(text);
	memcpy(text + len, ".1.1", 5);
	assert_int_equal(tl_oid_from_text(text, strlen(text), buf, &oid), TL_EFORMAT);
}

static void
test_refuses_arcs_that_make_no_oid(void **state)
{
	static const uint32_t rows[][2] = { { 3, 0 }, { 0, 40 }, { 1, 40 },
		{ UINT32_MAX, 0 } };
	uint8_t buf[TL_OID_BER_MAX];
	tl_oid oid;
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(tl_oid_from_arcs(rows[i], 2, buf, &oid), TL_EINVAL);
	assert_int_equal(
	    tl_oid_from_arcs((const uint32_t[]){ 1, 3 }, 1, buf, &oid), TL_EINVAL);
	assert_int_equal(tl_oid_from_arcs(NULL, 0, buf, &oid), TL_EINVAL);
}

static void
test_an_empty_oid_has_no_arcs_and_no_text(void **state)
{
	uint32_t arcs[TL_OID_MAX];
	char text[TL_OID_TEXT_MAX] = "x";
	tl_oid none = { NULL, 0 };
	(void)state;

	assert_int_equal(tl_oid_arcs(none, arcs), 0);
	assert_int_equal(tl_oid_text(none, text), 0);
	assert_string_equal(text, "");
	assert_true(tl_oid_equal(none, none));
	assert_false(tl_oid_equal(none, oid_of(LIT("\x2b"))));
	assert_true(tl_oid_starts_with(oid_of(LIT("\x2b")), none));
	assert_false(tl_oid_starts_with(none, oid_of(LIT("\x2b"))));
}

static void
test_compares_and_finds_prefixes(void **state)
{
	tl_oid a = oid_of(LIT("\x2b\x06\x01")), b = oid_of(LIT("\x2b\x06\x01\x02")),
	       c = oid_of(LIT("\x2b\x06\x02"));
	(void)state;

	assert_true(tl_oid_equal(a, a));
	assert_false(tl_oid_equal(a, b));
	assert_false(tl_oid_equal(a, c));
	assert_true(tl_oid_starts_with(b, a));
	assert_true(tl_oid_starts_with(a, a));
	assert_false(tl_oid_starts_with(a, b));
	assert_false(tl_oid_starts_with(c, a));
}

static void
test_writes_the_rest_of_an_oid_with_dots_in_front(void **state)
{
	uint8_t room[64];
	tl_buf b = { .ptr = room, .cap = sizeof room };
	(void)state;

	tl_buf_oid_rest(&b, oid_of(LIT("\x01\x8f\xff\xff\xff\x7f\x0a")));
	assert_bytes(tl_buf_written(&b), LIT(".1.4294967295.10"));
	tl_buf_oid_rest(&b, (tl_oid){ NULL, 0 });
	assert_int_equal(b.len, 16);
}

static void
test_never_writes_past_the_room(void **state)
{
	uint8_t room[80];
	(void)state;

	for (size_t cap = 0; cap < 64; cap++) {
		tl_buf b = { .ptr = room, .cap = cap };
		memset(room, 0xa5, sizeof room);
		tl_buf_oid(&b, oid_of(LIT("\x2b\x8f\xff\xff\xff\x7f\x7f\x64\x0a")));
		for (size_t i = cap; i < sizeof room; i++)
			assert_int_equal(room[i], 0xa5);
		if (!b.full)
			assert_bytes(
			    tl_buf_written(&b), LIT("1.3.4294967295.127.100.10"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_converts_edges_of_sub_identifiers),
		cmocka_unit_test(test_takes_a_leading_dot),
		cmocka_unit_test(test_refuses_text_that_is_no_oid),
		cmocka_unit_test(test_makes_at_most_128_sub_identifiers),
		cmocka_unit_test(test_refuses_arcs_that_make_no_oid),
		cmocka_unit_test(test_an_empty_oid_has_no_arcs_and_no_text),
		cmocka_unit_test(test_compares_and_finds_prefixes),
		cmocka_unit_test(test_writes_the_rest_of_an_oid_with_dots_in_front),
		cmocka_unit_test(test_never_writes_past_the_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
