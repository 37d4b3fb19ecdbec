/* smi/names.c: each text once, names that are alike, and its bounds. */
#include "../base/unit.h"

#include "smi/names.h"

static tl_smi_names *
names_new(void)
{
	tl_smi_names *names;

	assert_int_equal(tl_smi_names_new(&names), TL_OK);
	return names;
}

static void
test_keeps_each_text_once(void **state)
{
	tl_smi_names *names = names_new();
	(void)state;

	assert_int_equal(tl_smi_names_put(names, LIT("ifIndex")), 1);
	assert_int_equal(tl_smi_names_put(names, LIT("ifDescr")), 2);
	assert_int_equal(tl_smi_names_put(names, LIT("ifIndex")), 1);
	assert_int_equal(tl_smi_names_count(names), 2);
	assert_bytes(tl_smi_names_text(names, 1), LIT("ifIndex"));
	assert_bytes(tl_smi_names_text(names, 2), LIT("ifDescr"));
	tl_smi_names_free(names);
}

static void
test_finds_only_what_was_put(void **state)
{
	tl_smi_names *names = names_new();
	(void)state;

	assert_int_equal(tl_smi_names_find(names, LIT("ifIndex")), 0);
	assert_int_equal(tl_smi_names_put(names, LIT("ifIndex")), 1);
	assert_int_equal(tl_smi_names_find(names, LIT("ifIndex")), 1);
	assert_int_equal(tl_smi_names_find(names, LIT("IfIndex")), 0);
	assert_int_equal(tl_smi_names_find(names, LIT("ifInde")), 0);
	tl_smi_names_free(names);
}

static void
test_an_empty_text_is_no_name(void **state)
{
	tl_smi_names *names = names_new();
	(void)state;

	assert_int_equal(tl_smi_names_put(names, LIT("")), 0);
	assert_int_equal(tl_smi_names_find(names, LIT("")), 0);
	assert_int_equal(tl_smi_names_text(names, 0).len, 0);
	assert_int_equal(tl_smi_names_count(names), 0);
	assert_false(tl_smi_names_full(names));
	tl_smi_names_free(names);
}

static void
test_folds_case_and_underscores(void **state)
{
	tl_smi_names *names = names_new();
	(void)state;

	tl_smi_name first = tl_smi_names_put(names, LIT("Cisco-SMI"));
	tl_smi_name other = tl_smi_names_put(names, LIT("OTHER"));
	tl_smi_name second = tl_smi_names_put(names, LIT("CISCO_SMI"));
	tl_smi_name third = tl_smi_names_put(names, LIT("cisco-smi"));
	uint64_t folded = tl_smi_names_folded(names, first);
	assert_true(tl_smi_names_folded(names, second) == folded);
	assert_true(tl_smi_names_folded(names, third) == folded);
	assert_true(tl_smi_names_folded(names, other) != folded);
	tl_smi_names_free(names);
}

static void
test_cuts_what_is_longer_than_the_limit(void **state)
{
	tl_smi_names *names = names_new();
	uint8_t text[TL_SMI_NAME_MAX + 1];
	(void)state;

	memset(text, 'a', sizeof text);
	tl_smi_name longest = tl_smi_names_put(names, (tl_span){ text, TL_SMI_NAME_MAX });
	assert_int_equal(
	    tl_smi_names_put(names, (tl_span){ text, sizeof text }), longest);
	assert_int_equal(tl_smi_names_text(names, longest).len, TL_SMI_NAME_MAX);
	tl_smi_names_free(names);
}

static void
test_keeps_a_hundred_thousand_apart(void **state)
{
	tl_smi_names *names = names_new();
	char text[16];
	(void)state;

	for (uint32_t i = 1; i <= 100000; i++) {
		snprintf(text, sizeof text, "n%uX", i);
		assert_int_equal(tl_smi_names_put(names, span_of(text)), i);
	}
	for (uint32_t i = 1; i <= 100000; i++) {
		snprintf(text, sizeof text, "n%uX", i);
		assert_int_equal(tl_smi_names_find(names, span_of(text)), i);
		assert_bytes(tl_smi_names_text(names, i), span_of(text));
	}
	tl_smi_names_seal(names);
	assert_bytes(tl_smi_names_text(names, 77), LIT("n77X"));
	tl_smi_names_free(names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_each_text_once),
		cmocka_unit_test(test_finds_only_what_was_put),
		cmocka_unit_test(test_an_empty_text_is_no_name),
		cmocka_unit_test(test_folds_case_and_underscores),
		cmocka_unit_test(test_cuts_what_is_longer_than_the_limit),
		cmocka_unit_test(test_keeps_a_hundred_thousand_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
