/* Texts that entries keep: short ones in themselves, long ones beside. */
#include "base/buf.h"
#include "pipeline/samples.h"
#include "pipeline/texts.h"

/* Sets a text of |len| bytes |fill| behind "key". */
static void
set(texts *t, size_t len, char fill)
{
	uint8_t bytes[200];
	const tl_span all[] = { span_of("key"), { bytes, len } };

	memset(bytes, fill, sizeof bytes);
	texts_set(t, all, COUNT(all));
}

static void
expect(const texts *t, size_t len, char fill)
{
	tl_span second = texts_get(t, 1);

	assert_bytes(texts_get(t, 0), span_of("key"));
	assert_int_equal(second.len, len);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(second.ptr[i], fill);
	assert_int_equal(texts_get(t, 2).len, 0);
}

static void
test_nothing_is_kept_at_first(void **state)
{
	texts t = { 0 };

	(void)state;
	assert_int_equal(texts_get(&t, 0).len, 0);
	texts_free(&t);
}

static void
test_72_bytes_need_no_memory_73_do(void **state)
{
	texts t = { 0 };

	(void)state;
	set(&t, TEXTS_SHORT - 3, 'a');
	assert_null(t.ptr);
	expect(&t, TEXTS_SHORT - 3, 'a');
	set(&t, TEXTS_SHORT - 2, 'b');
	assert_non_null(t.ptr);
	expect(&t, TEXTS_SHORT - 2, 'b');
	set(&t, 1, 'c');
	expect(&t, 1, 'c');
	set(&t, 190, 'd');
	expect(&t, 190, 'd');
	texts_free(&t);
}

/* "key" in place, then more behind it, wherever that lies. */
static void
test_what_is_written_in_place_is_kept_with_what_is_added(void **state)
{
	texts t = { 0 };

	(void)state;
	for (size_t len = 0; len <= 150; len++) {
		uint8_t bytes[150];
		memset(bytes, 'a', sizeof bytes);
		texts_begin(&t);
		tl_buf room = texts_room(&t);
		assert_int_equal(room.cap, TEXTS_SHORT);
		tl_buf_lit(&room, "key");
		texts_wrote(&t, 0, room.len);
		texts_add(&t, 1, (tl_span){ bytes, len });
		size_t left = 3 + len > TEXTS_SHORT ? 0 : TEXTS_SHORT - 3 - len;
		room = texts_room(&t);
		assert_int_equal(room.cap, left);
		texts_add(&t, 3, span_of("1.3"));
		expect(&t, len, 'a');
		assert_bytes(texts_get(&t, 3), span_of("1.3"));
		assert_true(texts_equal(&t, 3, span_of("1.3")));
		assert_false(texts_equal(&t, 3, span_of("1.4")));
		assert_false(texts_equal(&t, 3, span_of("1.")));
	}
	texts_free(&t);
}

static void
test_an_entry_that_moves_takes_them_along(void **state)
{
	texts brief = { 0 }, lengthy = { 0 };

	(void)state;
	set(&brief, 10, 'a');
	set(&lengthy, 100, 'b');
	texts moved[] = { brief, lengthy };
	memset(&brief, 0, sizeof brief);
	memset(&lengthy, 0, sizeof lengthy);
	expect(&moved[0], 10, 'a');
	expect(&moved[1], 100, 'b');
	texts_free(&moved[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_kept_at_first),
		cmocka_unit_test(test_72_bytes_need_no_memory_73_do),
		cmocka_unit_test(
		    test_what_is_written_in_place_is_kept_with_what_is_added),
		cmocka_unit_test(test_an_entry_that_moves_takes_them_along),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
