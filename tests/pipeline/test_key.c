/* What keys put: different things for different values, whatever their length. */
#include "pipeline/key.h"
#include "pipeline/samples.h"

enum { LONGEST = 70 };

static ledger_key
key_of(const uint8_t *bytes, size_t len)
{
	ledger_hash h = ledger_hash_begin(42);

	key_put_bytes(&h, (tl_span){ bytes, len });
	return ledger_hash_end(&h);
}

static bool
same(ledger_key a, ledger_key b)
{
	return a.a == b.a || a.b == b.b;
}

/* Memory of just |len| bytes, so that a look beyond them is seen. */
static uint8_t *
zeros(size_t len)
{
	uint8_t *bytes = calloc(len > 0 ? len : 1, 1);

	assert_non_null(bytes);
	return bytes;
}

static void
test_each_byte_of_each_length_counts(void **state)
{
	(void)state;
	for (size_t len = 1; len <= LONGEST; len++) {
		uint8_t *bytes = zeros(len);
		ledger_key before = key_of(bytes, len);
		for (size_t i = 0; i < len; i++) {
			bytes[i] = 1;
			assert_false(same(key_of(bytes, len), before));
			bytes[i] = 0;
		}
		assert_true(same(key_of(bytes, len), before));
		free(bytes);
	}
}

static void
test_zeros_of_each_length_differ(void **state)
{
	ledger_key keys[LONGEST + 1];

	(void)state;
	for (size_t len = 0; len <= LONGEST; len++) {
		uint8_t *bytes = zeros(len);
		keys[len] = key_of(bytes, len);
		free(bytes);
		for (size_t i = 0; i < len; i++)
			assert_false(same(keys[i], keys[len]));
	}
}

static void
test_where_a_value_ends_counts(void **state)
{
	const uint8_t bytes[] = "abcdefghijklmnopqrstuvwxyz";
	ledger_key keys[24];

	(void)state;
	for (size_t cut = 0; cut < COUNT(keys); cut++) {
		ledger_hash h = ledger_hash_begin(42);
		key_put_bytes(&h, (tl_span){ bytes, cut });
		key_put_bytes(&h, (tl_span){ bytes + cut, COUNT(keys) - cut });
		keys[cut] = ledger_hash_end(&h);
		for (size_t i = 0; i < cut; i++)
			assert_false(same(keys[i], keys[cut]));
	}
}

/* The key of the field |name| alone. */
static ledger_key
key_of_sample(const char *name, const sample *s)
{
	const char *names[] = { name };
	const tl_conf_texts fields = { .at = names, .count = 1 };
	key_def k = { 0 };

	assert_true(key_of_fields(&k, &fields, the_mib));
	ledger_hash h = ledger_hash_begin(42);
	key_put(&k, &s->ev, &h);
	key_fini(&k);
	return ledger_hash_end(&h);
}

static void
test_a_number_a_text_and_nothing_differ(void **state)
{
	sample *number = sample_new("IF-MIB::linkDown");
	sample *text = sample_new("IF-MIB::linkDown");
	sample *none = sample_new("IF-MIB::linkDown");

	(void)state;
	sample_int(number, "ifDescr.3", 0x6161616161616161);
	sample_text(text, "ifDescr.3", "aaaaaaaa");
	assert_false(
	    same(key_of_sample("ifDescr", number), key_of_sample("ifDescr", text)));
	assert_false(
	    same(key_of_sample("ifDescr", number), key_of_sample("ifDescr", none)));
	assert_false(
	    same(key_of_sample("ifDescr", text), key_of_sample("ifDescr", none)));
	sample_free(number);
	sample_free(text);
	sample_free(none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_byte_of_each_length_counts),
		cmocka_unit_test(test_zeros_of_each_length_differ),
		cmocka_unit_test(test_where_a_value_ends_counts),
		cmocka_unit_test(test_a_number_a_text_and_nothing_differ),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
