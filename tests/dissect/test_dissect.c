/* tests/dissect/test_dissect.c: the walker, over whole and broken messages. */
#include "samples.h"

/* Expects the walk over |hex| to give exactly |lines|, and nothing wrong. */
static void
expect(tl_dissect_what what, const char *hex, const char *lines)
{
	char room[8192] = "";
	tl_buf text = { .ptr = (uint8_t *)room, .cap = sizeof room };
	tl_span bytes = unhex(hex);
	tl_diag diag = walk(what, bytes, &text);

	assert_string_equal(room, lines);
	assert_int_equal(diag.err, TL_OK);
	drop(bytes);
}

static void
test_names_every_field_of_a_v1_trap(void **state)
{
	(void)state;
	expect(TL_DISSECT_MESSAGE, V1_TRAP,
	    "0 message [SEQUENCE] \n"
	    "1 msgVersion [INTEGER] 0 (SNMPv1)\n"
	    "1 community [OCTET STRING] \"public\"\n"
	    "1 pdu [Trap-PDU] \n"
	    "2 enterprise [OBJECT IDENTIFIER] 1.3.6.1.4.1.9.1.1\n"
	    "2 agent-addr [IpAddress] 192.0.2.9\n"
	    "2 generic-trap [INTEGER] 6 (enterpriseSpecific)\n"
	    "2 specific-trap [INTEGER] 17\n"
	    "2 time-stamp [TimeTicks] 360000 (1:00:00.00)\n"
	    "2 variable-bindings [SEQUENCE] \n"
	    "3 varbind [SEQUENCE] \n"
	    "4 name [OBJECT IDENTIFIER] 1.3.6.1.2.1.1.5.0\n"
	    "4 value [OCTET STRING] \"core-1\"\n");
}

static void
test_names_every_field_of_a_v2c_trap(void **state)
{
	(void)state;
	expect(TL_DISSECT_MESSAGE, V2C_TRAP,
	    "0 message [SEQUENCE] \n"
	    "1 msgVersion [INTEGER] 1 (SNMPv2c)\n"
	    "1 community [OCTET STRING] \"public\"\n"
	    "1 pdu [SNMPv2-Trap-PDU] \n"
	    "2 request-id [INTEGER] 7\n"
	    "2 error-status [INTEGER] 0 (noError)\n"
	    "2 error-index [INTEGER] 0\n"
	    "2 variable-bindings [SEQUENCE] \n"
	    "3 varbind [SEQUENCE] \n"
	    "4 name [OBJECT IDENTIFIER] 1.3.6.1.2.1.1.3.0\n"
	    "4 value [TimeTicks] 12345678 (1 day 10:17:36.78)\n"
	    "3 varbind [SEQUENCE] \n"
	    "4 name [OBJECT IDENTIFIER] 1.3.6.1.6.3.1.1.4.1.0\n"
	    "4 value [OBJECT IDENTIFIER] 1.3.6.1.6.3.1.1.5.3\n"
	    "3 varbind [SEQUENCE] \n"
	    "4 name [OBJECT IDENTIFIER] 1.3.6.1.2.1.2.2.1.1.3\n"
	    "4 value [INTEGER] 3\n"
	    "3 varbind [SEQUENCE] \n"
	    "4 name [OBJECT IDENTIFIER] 1.3.6.1.2.1.2.2.1.6.3\n"
	    "4 value [OCTET STRING] 001122aabbcc\n"
	    "3 varbind [SEQUENCE] \n"
	    "4 name [OBJECT IDENTIFIER] 1.3.6.1.2.1.2.2.1.10.3\n"
	    "4 value [Counter64] 9223372036854775808\n"
	    "3 varbind [SEQUENCE] \n"
	    "4 name [OBJECT IDENTIFIER] 1.3.6.1.4.1.9.9.1\n"
	    "4 value [NULL] \n");
}

static void
test_names_the_fields_of_a_getbulk_after_its_own(void **state)
{
	(void)state;
	expect(TL_DISSECT_MESSAGE, GETBULK,
	    "0 message [SEQUENCE] \n"
	    "1 msgVersion [INTEGER] 1 (SNMPv2c)\n"
	    "1 community [OCTET STRING] \"public\"\n"
	    "1 pdu [GetBulkRequest-PDU] \n"
	    "2 request-id [INTEGER] 99\n"
	    "2 non-repeaters [INTEGER] 0\n"
	    "2 max-repetitions [INTEGER] 10\n"
	    "2 variable-bindings [SEQUENCE] \n"
	    "3 varbind [SEQUENCE] \n"
	    "4 name [OBJECT IDENTIFIER] 1.3.6.1.2.1.2.2\n"
	    "4 value [NULL] \n");
}

static void
test_names_errors_and_exceptions_of_a_response(void **state)
{
	(void)state;
	expect(TL_DISSECT_MESSAGE, RESPONSE,
	    "0 message [SEQUENCE] \n"
	    "1 msgVersion [INTEGER] 1 (SNMPv2c)\n"
	    "1 community [OCTET STRING] \"\"\n"
	    "1 pdu [Response-PDU] \n"
	    "2 request-id [INTEGER] 1\n"
	    "2 error-status [INTEGER] 18 (inconsistentName)\n"
	    "2 error-index [INTEGER] 1\n"
	    "2 variable-bindings [SEQUENCE] \n"
	    "3 varbind [SEQUENCE] \n"
	    "4 name [OBJECT IDENTIFIER] 1.3.6.1.2.1.1.5.0\n"
	    "4 value [noSuchObject] \n");
}

#define V3_HEAD(flags, security)                                                         \
	"0 message [SEQUENCE] \n"                                                        \
	"1 msgVersion [INTEGER] 3 (SNMPv3)\n"                                            \
	"1 msgGlobalData [SEQUENCE] \n"                                                  \
	"2 msgID [INTEGER] 1000\n"                                                       \
	"2 msgMaxSize [INTEGER] 65507\n"                                                 \
	"2 msgFlags [OCTET STRING] " flags "\n"                                          \
	"2 msgSecurityModel [INTEGER] 3 (USM)\n"                                         \
	"1 msgSecurityParameters [OCTET STRING] \n"                                      \
	"2 UsmSecurityParameters [SEQUENCE] \n"                                          \
	"3 msgAuthoritativeEngineID [OCTET STRING] 80001f880472747231 "                  \
	"(enterprise 8072 net-snmp, text \"rtr1\")\n" security

static void
test_goes_into_the_security_parameters_of_v3(void **state)
{
	(void)state;
	expect(TL_DISSECT_MESSAGE, V3_ENCRYPTED,
	    V3_HEAD("03 (authPriv)",
		"3 msgAuthoritativeEngineBoots [INTEGER] 3\n"
		"3 msgAuthoritativeEngineTime [INTEGER] 4711\n"
		"3 msgUserName [OCTET STRING] \"noc\"\n"
		"3 msgAuthenticationParameters [OCTET STRING] "
		"000102030405060708090a0b0c0d0e0f1011121314151617 "
		"(24 octets: SHA-256)\n"
		"3 msgPrivacyParameters [OCTET STRING] 0000000000000000\n"
		"1 encryptedPDU [OCTET STRING] "
		"404142434445464748494a4b4c4d4e4f50515253"
		"5455565758595a5b5c5d5e5f6061626364656667\n"));
}

#define SCOPED_LINES(a, b, c, d, e)                                                      \
	a " scopedPDU [SEQUENCE] \n" b                                                   \
	  " contextEngineID [OCTET STRING] 80001f880472747231 "                          \
	  "(enterprise 8072 net-snmp, text \"rtr1\")\n" b                                \
	  " contextName [OCTET STRING] \"\"\n" b " pdu [SNMPv2-Trap-PDU] \n" c           \
	  " request-id [INTEGER] 5\n" c " error-status [INTEGER] 0 (noError)\n" c        \
	  " error-index [INTEGER] 0\n" c " variable-bindings [SEQUENCE] \n" d            \
	  " varbind [SEQUENCE] \n" e " name [OBJECT IDENTIFIER] 1.3.6.1.2.1.1.3.0\n" e   \
	  " value [TimeTicks] 12345678 (1 day 10:17:36.78)\n" d                          \
	  " varbind [SEQUENCE] \n" e                                                     \
	  " name [OBJECT IDENTIFIER] 1.3.6.1.6.3.1.1.4.1.0\n" e                          \
	  " value [OBJECT IDENTIFIER] 1.3.6.1.6.3.1.1.5.3\n"

static void
test_goes_into_a_plaintext_scoped_pdu(void **state)
{
	(void)state;
	expect(TL_DISSECT_MESSAGE, V3_PLAIN,
	    V3_HEAD("00 (noAuthNoPriv)",
		"3 msgAuthoritativeEngineBoots [INTEGER] 0\n"
		"3 msgAuthoritativeEngineTime [INTEGER] 0\n"
		"3 msgUserName [OCTET STRING] \"noc\"\n"
		"3 msgAuthenticationParameters [OCTET STRING] \n"
		"3 msgPrivacyParameters [OCTET STRING] \n" SCOPED_LINES(
		    "1", "2", "3", "4", "5")));
}

static void
test_takes_padding_behind_a_decrypted_scoped_pdu(void **state)
{
	(void)state;
	expect(TL_DISSECT_SCOPED_PDU, SCOPED "000000",
	    SCOPED_LINES("0", "1", "2", "3", "4") "0 padding [] 000000\n");
}

static void
test_counts_offsets_from_where_it_is_told(void **state)
{
	tl_span bytes = unhex(SCOPED);
	tl_dissect_item item;
	tl_dissector *d;

	(void)state;
	assert_int_equal(tl_dissector_new(&d), TL_OK);
	tl_dissector_start(d, TL_DISSECT_SCOPED_PDU, bytes, 100);
	assert_true(tl_dissector_next(d, &item, NULL));
	assert_int_equal(item.offset, 100);
	assert_true(tl_dissector_next(d, &item, NULL));
	assert_int_equal(item.offset, 102);
	tl_dissector_free(d);
	drop(bytes);
}

static void
test_covers_every_byte_of_every_cut_message_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		tl_span whole = unhex(samples[i]);
		for (size_t len = 0; len < whole.len; len++) {
			uint8_t *cut = malloc(len + (len == 0));
			memcpy(cut, whole.ptr, len);
			tl_diag diag =
			    walk(TL_DISSECT_MESSAGE, (tl_span){ cut, len }, NULL);
			assert_int_not_equal(diag.err, TL_OK);
			free(cut);
		}
		drop(whole);
	}
}

static void
test_covers_every_byte_of_every_changed_message_once(void **state)
{
	static const uint8_t values[] = { 0x00, 0x02, 0x04, 0x05, 0x30, 0x7f, 0x80, 0x81,
		0x84, 0xa4, 0xa5, 0xff };

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		tl_span whole = unhex(samples[i]);
		uint8_t *bytes = (uint8_t *)(uintptr_t)whole.ptr;
		for (size_t at = 0; at < whole.len; at++) {
			uint8_t was = bytes[at];
			for (size_t k = 0; k < sizeof values; k++) {
				bytes[at] = values[k];
				walk(TL_DISSECT_MESSAGE, whole, NULL);
				walk(TL_DISSECT_SCOPED_PDU, whole, NULL);
				walk(TL_DISSECT_PDU, whole, NULL);
			}
			bytes[at] = was;
		}
		drop(whole);
	}
}

static void
test_shows_values_deeper_than_eight_as_bytes(void **state)
{
	char room[8192] = "";
	tl_buf text = { .ptr = (uint8_t *)room, .cap = sizeof room };
	uint8_t nest[120];

	(void)state;
	for (size_t i = 0; i < sizeof nest; i += 2) {
		nest[i] = 0x30;
		nest[i + 1] = (uint8_t)(sizeof nest - i - 2);
	}
	tl_diag diag = walk(TL_DISSECT_MESSAGE, (tl_span){ nest, sizeof nest }, &text);
	assert_int_equal(diag.err, TL_EBER_TAG);
	assert_non_null(strstr(room, "7 value [SEQUENCE] \n8 value [SEQUENCE] 3064"));
}

static void
test_a_full_buffer_only_sets_full(void **state)
{
	tl_span bytes = unhex(V2C_TRAP);
	tl_dissect_item item;
	tl_dissector *d;
	uint8_t room[4];
	tl_buf small = { .ptr = room, .cap = sizeof room };
	size_t pieces = 0;

	(void)state;
	assert_int_equal(tl_dissector_new(&d), TL_OK);
	tl_dissector_start(d, TL_DISSECT_MESSAGE, bytes, 0);
	while (tl_dissector_next(d, &item, &small))
		pieces++;
	assert_int_equal(pieces, 26);
	assert_true(small.full);
	tl_dissector_free(d);
	drop(bytes);
}

static void
test_goes_on_behind_a_field_of_another_type(void **state)
{
	char room[8192] = "";
	tl_buf text = { .ptr = (uint8_t *)room, .cap = sizeof room };
	tl_span bytes = unhex("3012020101040163a70a02010705000201003000");

	(void)state;
	tl_diag diag = walk(TL_DISSECT_MESSAGE, bytes, &text);
	assert_int_equal(diag.err, TL_EBER_TAG);
	assert_int_equal(diag.offset, 13);
	assert_string_equal(diag.where, "error-status");
	assert_non_null(strstr(room, "2 error-status [NULL] \n"
				     "2 error-index [INTEGER] 0\n"
				     "2 variable-bindings [SEQUENCE] \n"));
	drop(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_every_field_of_a_v1_trap),
		cmocka_unit_test(test_names_every_field_of_a_v2c_trap),
		cmocka_unit_test(test_names_the_fields_of_a_getbulk_after_its_own),
		cmocka_unit_test(test_names_errors_and_exceptions_of_a_response),
		cmocka_unit_test(test_goes_into_the_security_parameters_of_v3),
		cmocka_unit_test(test_goes_into_a_plaintext_scoped_pdu),
		cmocka_unit_test(test_takes_padding_behind_a_decrypted_scoped_pdu),
		cmocka_unit_test(test_counts_offsets_from_where_it_is_told),
		cmocka_unit_test(test_covers_every_byte_of_every_cut_message_once),
		cmocka_unit_test(test_covers_every_byte_of_every_changed_message_once),
		cmocka_unit_test(test_shows_values_deeper_than_eight_as_bytes),
		cmocka_unit_test(test_a_full_buffer_only_sets_full),
		cmocka_unit_test(test_goes_on_behind_a_field_of_another_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
