/* base/error.c: the one table of errors. */
#include "unit.h"

typedef struct row {
	tl_err err;
	const char *word;
} row;

static const row rows[] = {
#define TL_X(name, value, word, counter, text) { TL_##name, word },
	TL_ERRORS(TL_X)
#undef TL_X
};

static void
test_every_error_has_a_word_of_its_own_and_a_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_in_range(rows[i].err, 0, TL_ERR_COUNT - 1);
		assert_string_equal(tl_err_word(rows[i].err), rows[i].word);
		assert_true(tl_err_text(rows[i].err)[0] != '\0');
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(rows[i].word, rows[j].word);
			assert_int_not_equal(rows[i].err, rows[j].err);
		}
	}
}

static void
test_words_are_lower_case_with_dashes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(strspn(rows[i].word, "abcdefghijklmnopqrstuvwxyz3-"),
		    strlen(rows[i].word));
}

static void
test_a_value_that_is_no_error_is_unknown_not_a_crash(void **state)
{
	static const int values[] = { -1, 14, 31, 57, 63, 64, 1 << 20, INT32_MIN,
		INT32_MAX };
	(void)state;

	for (size_t i = 0; i < COUNT(values); i++) {
		assert_string_equal(tl_err_word((tl_err)values[i]), "unknown");
		assert_non_null(tl_err_text((tl_err)values[i]));
		assert_int_equal(tl_err_rfc_counter((tl_err)values[i]), TL_RFC_NONE);
	}
}

static void
test_every_refusal_counts_under_an_rfc_name_and_no_other_error_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(tl_err_rfc_counter(rows[i].err) != TL_RFC_NONE,
		    rows[i].err >= TL_REFUSAL_FIRST);
	assert_int_equal(tl_err_rfc_counter(TL_EUSM_DIGEST), TL_RFC_USM_WRONG_DIGESTS);
	assert_int_equal(tl_err_rfc_counter(TL_EV3_FLAGS), TL_RFC_INVALID_MSGS);
}

static void
test_counters_have_the_names_of_the_rfcs(void **state)
{
	(void)state;
	assert_string_equal(tl_rfc_counter_name(TL_RFC_NONE), "");
	assert_string_equal(
	    tl_rfc_counter_name(TL_RFC_ASN_PARSE_ERRS), "snmpInASNParseErrs");
	assert_string_equal(tl_rfc_counter_name(TL_RFC_USM_DECRYPTION_ERRORS),
	    "usmStatsDecryptionErrors");
	assert_string_equal(tl_rfc_counter_name(TL_RFC_COUNTER_COUNT), "");
	assert_string_equal(tl_rfc_counter_name((tl_rfc_counter)-1), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_error_has_a_word_of_its_own_and_a_text),
		cmocka_unit_test(test_words_are_lower_case_with_dashes),
		cmocka_unit_test(test_a_value_that_is_no_error_is_unknown_not_a_crash),
		cmocka_unit_test(
		    test_every_refusal_counts_under_an_rfc_name_and_no_other_error_does),
		cmocka_unit_test(test_counters_have_the_names_of_the_rfcs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
