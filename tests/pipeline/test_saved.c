/* pipeline/saved.c: what is put is read back, and nothing else is. */
#include "pipeline/saves.h"

enum { MANY = 30000, LONGEST = 300 };

static const char kind[8] = "tests  1";

static tl_span
whole(const tl_vec *saved)
{
	return (tl_span){ saved->ptr, saved->count };
}

/* Numbers of all sizes and texts of all lengths, more than are given room at once. */
static void
save(tl_vec *out)
{
	static const uint8_t bytes[LONGEST];
	saved_writer w = saved_begin(out, kind);

	for (uint64_t i = 0; i < MANY; i++) {
		saved_put_u64(&w, i << i % 64);
		saved_put_span(&w, (tl_span){ bytes, i % LONGEST });
	}
	assert_int_equal(saved_end(&w), TL_OK);
}

static void
test_all_that_was_put_is_read_back(void **state)
{
	tl_vec saved = { 0 };
	saved_reader r;

	(void)state;
	for (int again = 0; again < 2; again++) {
		save(&saved);
		saved_seal(&saved);
		assert_true(saved_open(&r, kind, whole(&saved)));
		for (uint64_t i = 0; i < MANY; i++) {
			assert_int_equal(saved_get_u64(&r), i << i % 64);
			assert_int_equal(saved_get_span(&r, LONGEST).len, i % LONGEST);
		}
		assert_true(saved_close(&r));
	}
	tl_vec_free(&saved);
}

static void
test_what_was_not_sealed_is_refused(void **state)
{
	tl_vec saved = { 0 };
	saved_reader r;

	(void)state;
	save(&saved);
	assert_false(saved_open(&r, kind, whole(&saved)));
	saved_seal(&saved);
	assert_true(saved_open(&r, kind, whole(&saved)));
	tl_vec_free(&saved);
}

/* As files of all versions have it. */
static void
test_numbers_are_little_endian_and_texts_have_two_bytes_of_length(void **state)
{
	static const uint8_t wanted[] =
	    "tests  1\x08\x07\x06\x05\x04\x03\x02\x01\x03\x00up!"
	    "0123456789abcdef\x09\0\0\0\0\0\0";
	tl_endpoint device = { .addr = "0123456789abcde", .scope = 9, .port = 162 };
	tl_vec saved = { 0 };
	saved_writer w = saved_begin(&saved, kind);

	(void)state;
	device.addr[15] = 'f';
	saved_put_u64(&w, 0x0102030405060708);
	saved_put_span(&w, (tl_span){ (const uint8_t *)"up!", 3 });
	saved_put_device(&w, &device);
	assert_int_equal(saved_end(&w), TL_OK);
	assert_int_equal(saved.count, sizeof wanted + 8);
	assert_memory_equal(saved.ptr, wanted, sizeof wanted);
	tl_vec_free(&saved);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_that_was_put_is_read_back),
		cmocka_unit_test(test_what_was_not_sealed_is_refused),
		cmocka_unit_test(
		    test_numbers_are_little_endian_and_texts_have_two_bytes_of_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
