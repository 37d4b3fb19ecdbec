/* tests/dissect/test_errors.c: what is wrong with a message, and at which byte. */
#include "samples.h"

typedef struct row {
	const char *hex;
	tl_err err;
	uint32_t offset;
	const char *where;
} row;

static void
expect(const row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		tl_span bytes = unhex(rows[i].hex);
		tl_diag diag = walk(TL_DISSECT_MESSAGE, bytes, NULL);
		drop(bytes);
		if (diag.err != rows[i].err || diag.offset != rows[i].offset)
			print_error(
			    "row %zu: %s at %u\n", i, tl_err_word(diag.err), diag.offset);
		assert_int_equal(diag.err, rows[i].err);
		assert_int_equal(diag.offset, rows[i].offset);
		if (rows[i].where != NULL)
			assert_string_equal(diag.where, rows[i].where);
	}
}

#define EXPECT(rows) expect(rows, sizeof(rows) / sizeof((rows)[0]))

static void
test_an_empty_datagram_is_a_message_of_no_size(void **state)
{
	tl_diag diag = walk(TL_DISSECT_MESSAGE, (tl_span){ NULL, 0 }, NULL);

	(void)state;
	assert_int_equal(diag.err, TL_EMSG_SIZE);
	assert_string_equal(diag.where, "message");
}

static void
test_finds_what_is_wrong_with_a_length(void **state)
{
	static const row rows[] = {
		{ "30", TL_EBER_TRUNCATED, 0, "message" },
		{ "3003020101", TL_EBER_TRUNCATED, 5, "community" },
		{ "3050020101", TL_EBER_TRUNCATED, 1, "message" },
		{ "3080020101", TL_EBER_INDEFINITE, 1, "message" },
		{ "30850000000003020101", TL_EBER_LENGTH, 1, "message" },
		{ "308201", TL_EBER_TRUNCATED, 1, "message" },
		{ "3003020501", TL_EBER_TRUNCATED, 3, "msgVersion" },
	};

	(void)state;
	EXPECT(rows);
}

static void
test_finds_what_is_wrong_with_the_head(void **state)
{
	static const row rows[] = {
		{ "3103020101", TL_EBER_TAG, 0, "message" },
		{ "3003020102", TL_EMSG_VERSION, 2, "msgVersion" },
		{ "30030201ff", TL_EMSG_VERSION, 2, "msgVersion" },
		{ "30020200", TL_EBER_INTEGER, 4, "msgVersion" },
		{ "3006020101020101", TL_EBER_TAG, 5, "community" },
		{ "3007020101040163ab00", TL_EBER_TRUNCATED, 8, "pdu" },
		{ "3008020101040163ab00", TL_EBER_TAG, 8, "pdu" },
	};

	(void)state;
	EXPECT(rows);
}

static void
test_finds_what_is_wrong_with_a_pdu(void **state)
{
	static const row rows[] = {
		/* request-id of five bytes */
		{ "3017020101040163a70f020501000000000201000201003000", TL_EBER_INTEGER,
		    12, "request-id" },
		/* no variable-bindings */
		{ "3011020101040163a709020101020100020100", TL_EBER_TRUNCATED, 19,
		    "variable-bindings" },
		/* padded subid */
		{ "301c020101040163a7140201010201000201003009300706032b80010500",
		    TL_EBER_OID, 25, "name" },
		/* cut subid */
		{ "301b020101040163a7130201010201000201003008300606022b810500",
		    TL_EBER_OID, 25, "name" },
		/* IA5String */
		{ "301d020101040163a715020101020100020100300a300806032b0601160161",
		    TL_EBER_TAG, 28, "value" },
		/* IpAddress of 2 */
		{ "301e020101040163a716020101020100020100300b300906032b060140026162",
		    TL_EBER_LENGTH, 30, "value" },
		/* two values */
		{ "301e020101040163a716020101020100020100300b300906032b060105000500",
		    TL_EPDU_MALFORMED, 30, "varbind" },
		/* null with contents */
		{ "301d020101040163a715020101020100020100300a300806032b0601050161",
		    TL_EBER_LENGTH, 30, "value" },
		/* bytes behind vbl */
		{ "301e020101040163a7160201010201000201003009300706032b060105000500",
		    TL_EPDU_MALFORMED, 30, "pdu" },
		/* bytes behind pdu */
		{ "301e020101040163a7140201010201000201003009300706032b060105000500",
		    TL_EPDU_MALFORMED, 30, "message" },
		/* varbind not seq */
		{ "3015020101040163a70d02010102010002010030020500", TL_EBER_TAG, 21,
		    "varbind" },
		/* v1 agent-addr of 3 */
		{ "301d020100040163a41506032b060140036162630201060201014301003000",
		    TL_EBER_LENGTH, 17, "agent-addr" },
		/* v1 generic */
		{ "3023020100040163a41b06032b06014004616263640206010000000000020101430100"
		  "3000",
		    TL_EBER_INTEGER, 23, "generic-trap" },
	};

	(void)state;
	EXPECT(rows);
}

#define V3_WITH(id, size, flags, model)                                                  \
	"301b020103300f" id size flags model "040530030401"                              \
	"61"

static void
test_finds_what_is_wrong_with_a_v3_header(void **state)
{
	static const row rows[] = {
		{ V3_WITH("0204ffffffff", "020201e4", "0400", "020103"), TL_EBER_INTEGER,
		    9, "msgID" },
		{ V3_WITH("020400000001", "020201e3", "0400", "020103"), TL_EV3_MAX_SIZE,
		    13, "msgMaxSize" },
		{ V3_WITH("020400000001", "020201e4", "0400", "020103"), TL_EV3_FLAGS, 19,
		    "msgFlags" },
		{ V3_WITH("0203000001", "020201e4", "040102", "020103"), TL_EV3_FLAGS, 18,
		    "msgFlags" },
		{ V3_WITH("0203000001", "020201e4", "040101", "020102"),
		    TL_EV3_SECURITY_MODEL, 19, "msgSecurityModel" },
		{ V3_WITH("0203000001", "020201e4", "040101", "020103"),
		    TL_EBER_TRUNCATED, 29, "msgAuthoritativeEngineBoots" },
	};

	(void)state;
	EXPECT(rows);
}

static void
test_bytes_behind_the_message_are_not_wrong(void **state)
{
	char room[8192] = "";
	tl_buf text = { .ptr = (uint8_t *)room, .cap = sizeof room };
	tl_span bytes = unhex(V1_TRAP "0a0b");
	tl_diag diag = walk(TL_DISSECT_MESSAGE, bytes, &text);

	(void)state;
	assert_int_equal(diag.err, TL_OK);
	assert_non_null(strstr(room, "0 trailing-bytes [] 0a0b\n"));
	drop(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_empty_datagram_is_a_message_of_no_size),
		cmocka_unit_test(test_finds_what_is_wrong_with_a_length),
		cmocka_unit_test(test_finds_what_is_wrong_with_the_head),
		cmocka_unit_test(test_finds_what_is_wrong_with_a_pdu),
		cmocka_unit_test(test_finds_what_is_wrong_with_a_v3_header),
		cmocka_unit_test(test_bytes_behind_the_message_are_not_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
