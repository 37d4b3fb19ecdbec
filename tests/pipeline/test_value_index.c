/* Values: what is equal to what a rule asks for is found by it. */
#include "pipeline/samples.h"
#include "pipeline/value_index.h"

/* Objects, what rules ask of them, and what devices send. */
static const char *const objects[] = { "ifIndex", "ifOperStatus", "ifDescr",
	"ifPhysAddress", "snmpTrapEnterprise", "1.3.6.1.4.1.99999.1", "sysUpTime",
	"ifLastChange" };
static const char *const operands[] = { "3", "'3'", "-1", "up", "UP", "down", "Gi0/1",
	"\"caf\\u00e9\"", "'00:11:22:33:44:55'", "'001122334455'", "linkDown",
	"IF-MIB::linkDown", "1.3.6.1.6.3.1.1.5.3", "192.0.2.1", "'0x616200'", "616200",
	"'12345'", "''", "\"a\\u0001\"", "'0:02:03.45'", "18446744073709551615" };

static tl_varbind
value_of(unsigned i)
{
	static const uint8_t oid[] = { 0x2b, 6, 1, 6, 3, 1, 1, 5, 3 };
	static const uint8_t mac[] = { 0, 0x11, 0x22, 0x33, 0x44, 0x55 };
	static const uint8_t address[] = { 192, 0, 2, 1 };
	static const char *const texts[] = { "3", "-1", "up", "Gi0/1", "caf\xe9",
		"caf\xc3\xa9", "", "00:11:22:33:44:55", "linkDown", "12345", "a\x01" };
	static const int64_t numbers[] = { 1, 2, 3, -1, 12345 };

	if (i < COUNT(texts))
		return (tl_varbind){ .type = TL_T_OCTETS, .v.octets = span_of(texts[i]) };
	i -= (unsigned)COUNT(texts);
	if (i < COUNT(numbers))
		return (tl_varbind){ .type = TL_T_INTEGER, .v.i64 = numbers[i] };
	i -= (unsigned)COUNT(numbers);
	switch (i) {
	case 0:
		return (
		    tl_varbind){ .type = TL_T_OCTETS, .v.octets = { mac, sizeof mac } };
	case 1:
		return (tl_varbind){ .type = TL_T_OCTETS,
			.v.octets = { (const uint8_t *)"ab", 3 } };
	case 2:
		return (tl_varbind){ .type = TL_T_OID, .v.oid = { oid, sizeof oid } };
	case 3:
		return (tl_varbind){ .type = TL_T_IPADDRESS, .v.octets = { address, 4 } };
	case 4:
		return (tl_varbind){ .type = TL_T_TIMETICKS, .v.u64 = 12345 };
	case 5:
		return (tl_varbind){ .type = TL_T_COUNTER64, .v.u64 = UINT64_MAX };
	case 6:
		return (tl_varbind){ .type = TL_T_GAUGE32, .v.u64 = 1 };
	case 7:
		return (tl_varbind){ .type = TL_T_NULL };
	default:
		return (tl_varbind){ .type = 0 };
	}
}

static bool
share_hash(const value_tests *t, const sample *s, value_memo *memo)
{
	uint64_t asked[VALUE_HASHES_MAX], said[VALUE_HASHES_MAX];
	size_t asked_count = value_test_hashes(t, 0, asked);
	value_object o = { t->object, value_tests_are_plain(t) };
	size_t count = value_hashes(&o, &s->ev, &s->n.vb[0], memo, said);

	assert_in_range(asked_count, 1, VALUE_HASHES_MAX);
	assert_in_range(count, 1, VALUE_HASHES_MAX);
	for (size_t i = 0; i < asked_count; i++)
		for (size_t k = 0; k < count; k++)
			if (asked[i] == said[k])
				return true;
	return false;
}

/* Returns how many values fit. */
static unsigned
compare(const char *object, const char *operand, tl_charset *charset)
{
	char yaml[256];
	unsigned fitting = 0;
	tl_varbind vb;

	(void)snprintf(yaml, sizeof yaml,
	    "rules:\n- {match: {varbinds: {%s: %s}}, set: {tags: a}}\n", object, operand);
	tl_conf *conf = good(yaml);
	value_tests t;
	assert_true(
	    value_tests_init(&t, &conf->rules.at[0].match.varbinds.at[0], the_mib));
	for (unsigned i = 0; (vb = value_of(i)).type != 0; i++) {
		sample *s = sample_new("IF-MIB::linkDown");
		value_memo memo;
		tl_oid name = sample_add(s, object, vb.type)->name;
		vb.name = name;
		s->vb[0] = vb;
		s->ev.j.charset = charset;
		value_memo_begin(&memo);
		bool fits = value_tests_fit(&t, &s->ev, &memo);
		if (fits && !share_hash(&t, s, &memo))
			fail_msg("%s: %s has no hash of value %u", object, operand, i);
		fitting += fits;
		sample_free(s);
	}
	value_tests_fini(&t);
	tl_conf_free(conf);
	return fitting;
}

static void
test_equal_values_have_a_hash_in_common(void **state)
{
	tl_charset *latin;
	unsigned fitting = 0;

	(void)state;
	assert_int_equal(tl_charset_new("ISO-8859-1", &latin), TL_OK);
	for (size_t i = 0; i < COUNT(objects); i++)
		for (size_t k = 0; k < COUNT(operands); k++)
			fitting += compare(objects[i], operands[k], NULL) +
				   compare(objects[i], operands[k], latin);
	tl_charset_free(latin);
	assert_in_range(fitting, 200, 2000);
}

static void
test_of_other_tests_there_are_no_hashes(void **state)
{
	tl_conf *conf =
	    good("rules:\n- {match: {varbinds: {ifIndex: ['> 3', '!= 3', 3]}},"
		 " set: {tags: a}}\n");
	uint64_t hashes[VALUE_HASHES_MAX];
	value_tests t;

	(void)state;
	assert_true(
	    value_tests_init(&t, &conf->rules.at[0].match.varbinds.at[0], the_mib));
	assert_int_equal(value_test_hashes(&t, 0, hashes), 0);
	assert_int_equal(value_test_hashes(&t, 1, hashes), 0);
	assert_int_equal(value_test_hashes(&t, 2, hashes), 2);
	value_tests_fini(&t);
	tl_conf_free(conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_values_have_a_hash_in_common),
		cmocka_unit_test(test_of_other_tests_there_are_no_hashes),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
