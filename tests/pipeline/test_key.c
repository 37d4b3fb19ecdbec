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

static bool
same_key(ledger_key a, ledger_key b)
{
	return a.a == b.a && a.b == b.b;
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

/* The key of the fields |names|, with spaces between. */
static ledger_key
key_of_sample(const char *names, const sample *s)
{
	const char *at[8] = { NULL };
	char words[128], *rest = words;
	tl_conf_texts fields = { .at = at };
	key_def k = { 0 };

	snprintf(words, sizeof words, "%s", names);
	while (fields.count < COUNT(at) && rest != NULL)
		at[fields.count++] = strsep(&rest, " ");
	assert_true(key_of_fields(&k, &fields, the_mib));
	ledger_hash h = ledger_hash_begin(42);
	ledger_key key = key_hash(&k, &s->ev, &h);
	key_fini(&k);
	return key;
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

/* Saved states have them so. */
static void
test_keys_are_their_parts_in_order(void **state)
{
	static const char *const orders[] = { "source trap_oid uptime ifDescr",
		"uptime trap_oid source ifDescr", "ifDescr uptime source trap_oid",
		"source source uptime" };
	sample *s = sample_link_down();

	(void)state;
	for (size_t i = 0; i < COUNT(orders); i++) {
		ledger_hash h = ledger_hash_begin(42);
		for (const char *at = orders[i]; *at != 0; at += strcspn(at, " ")) {
			at += strspn(at, " ");
			if (*at == 's')
				key_put_bytes(&h, (tl_span){ s->n.from.addr, 16 });
			else if (*at == 't')
				key_put_bytes(&h,
				    (tl_span){ s->n.trap_oid.ber, s->n.trap_oid.len });
			else if (*at == 'u')
				ledger_hash_put(&h, UINT64_MAX - 1, s->n.uptime_cs);
			else
				key_put_bytes(&h, span_of("GigabitEthernet0/3"));
		}
		assert_true(same_key(key_of_sample(orders[i], s), ledger_hash_end(&h)));
	}
	sample_free(s);
}

/* The context engine ID, else the device. */
static void
test_the_origin_is_the_engine_else_the_device(void **state)
{
	const uint8_t engine[] = { 0x80, 0, 0x1f, 0x88, 4, 'c', 'o', 'r', 'e' };
	sample *s = sample_link_down();
	ledger_hash by_device = ledger_hash_begin(42), by_engine = by_device;

	(void)state;
	s->ev.device.addr[15] = 9;
	key_put_bytes(&by_device, (tl_span){ s->ev.device.addr, 16 });
	assert_true(same_key(key_of_sample("origin", s), ledger_hash_end(&by_device)));
	s->n.v3.context_engine_id = (tl_span){ engine, sizeof engine };
	key_put_bytes(&by_engine, s->n.v3.context_engine_id);
	assert_true(same_key(key_of_sample("origin", s), ledger_hash_end(&by_engine)));
	sample_free(s);
}

static void
test_without_uptime_it_counts_as_missing(void **state)
{
	sample *s = sample_link_down();
	ledger_hash h = ledger_hash_begin(42);

	(void)state;
	s->n.flags |= TL_FLAG_NO_UPTIME;
	ledger_hash_put(&h, UINT64_MAX, 0);
	assert_true(same_key(key_of_sample("uptime", s), ledger_hash_end(&h)));
	sample_free(s);
}

/* The index of a varbind stands in for the value of an object that is not sent. */
static void
test_what_stands_in_is_put_once(void **state)
{
	sample *both = sample_new("IF-MIB::linkDown");
	sample *by_index = sample_new("IF-MIB::linkDown");
	ledger_hash h = ledger_hash_begin(42);

	(void)state;
	sample_int(both, "ifIndex.3", 3);
	sample_text(both, "ifDescr.3", "a");
	sample_text(by_index, "ifDescr.3", "a");
	ledger_hash_put(&h, UINT64_MAX - 1, 3);
	key_put_bytes(&h, span_of("a"));
	ledger_key wanted = ledger_hash_end(&h);
	assert_true(same_key(key_of_sample("ifIndex ifDescr", both), wanted));
	assert_true(same_key(key_of_sample("ifIndex ifDescr", by_index), wanted));
	sample_free(both);
	sample_free(by_index);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_byte_of_each_length_counts),
		cmocka_unit_test(test_zeros_of_each_length_differ),
		cmocka_unit_test(test_where_a_value_ends_counts),
		cmocka_unit_test(test_a_number_a_text_and_nothing_differ),
		cmocka_unit_test(test_keys_are_their_parts_in_order),
		cmocka_unit_test(test_the_origin_is_the_engine_else_the_device),
		cmocka_unit_test(test_without_uptime_it_counts_as_missing),
		cmocka_unit_test(test_what_stands_in_is_put_once),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
