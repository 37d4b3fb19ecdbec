/* base/hash.h: that lengths and seeds count, and that nobody plans collisions. */
#include "unit.h"

#include "base/hash.h"

static void
test_same_bytes_and_seed_give_the_same_hash(void **state)
{
	uint8_t a[40], b[41];
	(void)state;

	for (size_t i = 0; i < sizeof a; i++)
		a[i] = b[i + 1] = (uint8_t)i;
	for (size_t len = 0; len <= sizeof a; len++)
		assert_true(tl_hash(a, len, 7) == tl_hash(b + 1, len, 7));
	assert_true(tl_hash(NULL, 0, 7) == tl_hash(a, 0, 7));
}

static void
test_every_bit_the_length_and_the_seed_change_the_hash(void **state)
{
	uint8_t bytes[50] = { 0 };
	(void)state;

	for (size_t len = 1; len <= sizeof bytes; len++) {
		uint64_t h = tl_hash(bytes, len, 1);
		assert_true(h != tl_hash(bytes, len - 1, 1));
		assert_true(h != tl_hash(bytes, len, 2));
		for (size_t bit = 0; bit < 8 * len; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_true(h != tl_hash(bytes, len, 1));
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* A block that makes a product zero, whatever came before it, would let a peer fill one
 * bucket: what the hash multiplies by must not be known to him. */
static void
test_no_block_wipes_out_what_came_before_it(void **state)
{
	static const uint64_t constants[] = { 0x9e3779b97f4a7c15u, 0xd6e8feb86659fd93u };
	uint8_t one[32], other[32];
	(void)state;

	for (size_t c = 0; c < COUNT(constants); c++)
		for (int half = 0; half < 2; half++) {
			memset(one, 'a', sizeof one);
			memset(other, 'b', sizeof other);
			memset(one + 16, 0, 16);
			memcpy(one + 16 + 8 * half, &constants[c], 8);
			memcpy(other + 16, one + 16, 16);
			assert_true(tl_hash(one, 32, 12345) != tl_hash(other, 32, 12345));
			assert_true(tl_hash(one, 32, 12345) != tl_hash(one, 32, 54321));
		}
}

static void
test_spreads_counting_keys_over_buckets(void **state)
{
	unsigned buckets[256] = { 0 };
	(void)state;

	for (uint32_t i = 0; i < 256 * 64; i++)
		buckets[tl_hash((const uint8_t *)&i, sizeof i, 99) & 255]++;
	for (size_t i = 0; i < COUNT(buckets); i++)
		assert_in_range(buckets[i], 20, 130);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bytes_and_seed_give_the_same_hash),
		cmocka_unit_test(test_every_bit_the_length_and_the_seed_change_the_hash),
		cmocka_unit_test(test_no_block_wipes_out_what_came_before_it),
		cmocka_unit_test(test_spreads_counting_keys_over_buckets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
