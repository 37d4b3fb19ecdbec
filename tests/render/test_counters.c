/* The counters as one line of JSON. */
#include "sample.h"

static void
test_every_sum_and_the_rfc_names(void **state)
{
	tl_counters c = { .received = 100,
		.notifications = 80,
		.traps = 70,
		.informs = 10,
		.by_version = { 0, 1, 2, 77 },
		.duplicates = 9,
		.reports = 4,
		.acknowledged = 19,
		.engines = 3 };
	uint8_t line[2000];
	tl_buf out = { .ptr = line, .cap = sizeof line };

	(void)state;
	c.refused[TL_EBER_TAG] = 6;
	c.refused[TL_EUSM_DIGEST] = 5;
	assert_int_equal(tl_render_counters(&c, 7, 8, &out), TL_OK);
	line[out.len] = '\0';
	assert_string_equal((char *)line,
	    "{\"received\":100,\"delivered\":73,\"duplicate\":9,\"suppressed\":7,"
	    "\"refused\":11,\"lost\":8,\"reasons\":{\"ber-tag\":6,\"usm-wrong-digest\":5}"
	    ","
	    "\"traps\":70,\"informs\":10,\"versions\":{\"1\":1,\"2c\":2,\"3\":77},"
	    "\"acknowledged\":19,\"reports\":4,\"engines\":3,\"rfc\":{"
	    "\"snmpInASNParseErrs\":6,\"snmpInBadVersions\":0,"
	    "\"snmpInBadCommunityNames\":0,\"snmpUnknownSecurityModels\":0,"
	    "\"snmpInvalidMsgs\":0,\"snmpUnknownPDUHandlers\":0,\"snmpSilentDrops\":0,"
	    "\"usmStatsUnsupportedSecLevels\":0,\"usmStatsNotInTimeWindows\":0,"
	    "\"usmStatsUnknownUserNames\":0,\"usmStatsUnknownEngineIDs\":0,"
	    "\"usmStatsWrongDigests\":5,\"usmStatsDecryptionErrors\":0}}\n");
}

static void
test_whole_or_not_at_all(void **state)
{
	tl_counters c = { .received = 1 };
	uint8_t line[2000];
	tl_buf all = { .ptr = line, .cap = sizeof line };

	(void)state;
	assert_int_equal(tl_render_counters(&c, 0, 0, &all), TL_OK);
	for (size_t room = 0; room <= all.len; room++) {
		tl_buf out = { .ptr = line, .len = 5, .cap = 5 + room };
		assert_int_equal(tl_render_counters(&c, 0, 0, &out),
		    room < all.len ? TL_ENOSPC : TL_OK);
		assert_int_equal(out.len, 5 + (room < all.len ? 0 : all.len));
		assert_false(out.full);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_sum_and_the_rfc_names),
		cmocka_unit_test(test_whole_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
