/* tests/mib/test_index.c: indexes taken apart, of all kinds that RFC 2578 section 7.7
 * knows, and such that do not fit. */
#include "help.h"

/* What tl_mib_index_next() makes of the OID: "name=value" with blanks between, text in
 * quotes, and what is left at the end as ".3.4". */
static void
assert_index(const tl_mib *mib, const char *dotted, const char *want)
{
	uint8_t room[2048], text[512];
	oid_room oid;
	tl_buf all = { .ptr = room, .cap = sizeof room };
	tl_oid given = oid_of(dotted, &oid);
	tl_span copy = exactly(given.ber, given.len);
	tl_mib_match match = tl_mib_find(mib, (tl_oid){ copy.ptr, given.len });
	tl_mib_index item = { .text = { .ptr = text, .cap = sizeof text } };
	size_t at = 0;

	item.last = false;
	while (tl_mib_index_next(mib, match.node, &at, &match.rest, &item)) {
		tl_mib_index_object behind;
		assert_int_equal(
		    !tl_mib_node_index(mib, match.node, at, &behind), item.last);
		if (at > 1)
			tl_buf_putc(&all, ' ');
		tl_buf_span(&all, item.name);
		tl_buf_putc(&all, '=');
		if (item.is_number)
			tl_buf_u64(&all, item.value);
		if (!item.is_number || item.text.len > 0) {
			tl_buf_putc(&all, '"');
			tl_buf_span(&all, tl_buf_written(&item.text));
			tl_buf_putc(&all, '"');
		}
		assert_true(tl_is_text(tl_buf_written(&item.text)));
	}
	if (match.rest.len > 0)
		tl_buf_oid_rest(&all, match.rest);
	assert_span(want, tl_buf_written(&all));
	free((void *)copy.ptr);
}

#define IF_ENTRY "1.3.6.1.2.1.2.2.1"

static void
test_reads_numbers(void **state)
{
	assert_index(*state, IF_ENTRY ".8.12", "ifIndex=12");
	assert_index(*state, IF_ENTRY ".8.4294967295", "ifIndex=4294967295");
	/* ifXTable augments ifTable. */
	assert_index(*state, "1.3.6.1.2.1.31.1.1.1.18.7", "ifIndex=7");
}

static void
test_reads_labels_with_their_numbers(void **state)
{
	/* ospfLsdbEntry: area, type, link state ID, router. */
	assert_index(*state, "1.3.6.1.2.1.14.4.1.5.0.0.0.0.2.192.0.2.1.192.0.2.9",
	    "ospfLsdbAreaId=\"0.0.0.0\" ospfLsdbType=2\"networkLink(2)\" "
	    "ospfLsdbLsid=\"192.0.2.1\" ospfLsdbRouterId=\"192.0.2.9\"");
	assert_index(*state, "1.3.6.1.2.1.14.4.1.5.0.0.0.0.99",
	    "ospfLsdbAreaId=\"0.0.0.0\" ospfLsdbType=99");
}

static void
test_reads_addresses(void **state)
{
	assert_index(
	    *state, "1.3.6.1.2.1.15.3.1.2.192.0.2.7", "bgpPeerRemoteAddr=\"192.0.2.7\"");
	assert_index(*state, "1.3.6.1.2.1.15.3.1.2.192.0.256.7", ".192.0.256.7");
	assert_index(*state, "1.3.6.1.2.1.15.3.1.2.192.0.2", ".192.0.2");
	assert_index(*state, "1.3.6.1.2.1.15.3.1.2.192.0.2.7.1",
	    "bgpPeerRemoteAddr=\"192.0.2.7\".1");
}

#define IP_ADDRESS "1.3.6.1.2.1.4.34.1.3" /* ipAddressIfIndex */

static void
test_reads_internet_addresses_by_their_type(void **state)
{
	assert_index(*state, IP_ADDRESS ".1.4.192.0.2.7",
	    "ipAddressAddrType=1\"ipv4(1)\" ipAddressAddr=\"192.0.2.7\"");
	assert_index(*state, IP_ADDRESS ".2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1",
	    "ipAddressAddrType=2\"ipv6(2)\" ipAddressAddr=\"2001:db8::1\"");
	assert_index(*state,
	    IP_ADDRESS ".4.20.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.2",
	    "ipAddressAddrType=4\"ipv6z(4)\" ipAddressAddr=\"fe80::1%2\"");
	assert_index(*state, IP_ADDRESS ".16.4.104.111.115.116",
	    "ipAddressAddrType=16\"dns(16)\" ipAddressAddr=\"host\"");
	assert_index(*state, IP_ADDRESS ".0.0",
	    "ipAddressAddrType=0\"unknown(0)\" ipAddressAddr=\"\"");
	assert_index(*state, IP_ADDRESS ".1.3.255.0.2",
	    "ipAddressAddrType=1\"ipv4(1)\" ipAddressAddr=\"ff0002\"");
}

static void
test_reads_strings_with_their_length(void **state)
{
	/* pingCtlEntry: owner, test name. */
	assert_index(*state, "1.3.6.1.2.1.80.1.2.1.4.3.98.111.98.1.49",
	    "pingCtlOwnerIndex=\"bob\" pingCtlTestName=\"1\"");
	assert_index(*state, "1.3.6.1.2.1.80.1.2.1.4.0.0",
	    "pingCtlOwnerIndex=\"\" pingCtlTestName=\"\"");
	assert_index(*state, "1.3.6.1.2.1.80.1.2.1.4.3.98.111.98.5.49",
	    "pingCtlOwnerIndex=\"bob\".5.49");
	assert_index(*state, "1.3.6.1.2.1.80.1.2.1.4.4294967295.98", ".4294967295.98");
	assert_index(*state, "1.3.6.1.2.1.80.1.2.1.4.1.300", ".1.300");
}

static void
test_reads_the_implied_string_to_the_end(void **state)
{
	/* mteTriggerEntry: owner, IMPLIED name. */
	assert_index(*state, "1.3.6.1.2.1.88.1.2.2.1.3.3.98.111.98.99.112.117",
	    "mteOwner=\"bob\" mteTriggerName=\"cpu\"");
	assert_index(*state, "1.3.6.1.2.1.88.1.2.2.1.3.3.98.111.98",
	    "mteOwner=\"bob\" mteTriggerName=\"\"");
	assert_index(*state, "1.3.6.1.2.1.63.1.2.1.3.1.97.1.98",
	    "schedOwner=\"a\" schedName=\"b\"");
}

static void
test_reads_fixed_strings_without_a_length(void **state)
{
	/* dot1dTpFdbEntry: a MacAddress. */
	assert_index(*state, "1.3.6.1.2.1.17.4.3.1.2.0.17.34.51.68.255",
	    "dot1dTpFdbAddress=\"00:11:22:33:44:ff\"");
	assert_index(*state, "1.3.6.1.2.1.17.4.3.1.2.0.17.34", ".0.17.34");
}

static void
test_shows_strings_that_are_no_text_in_hexadecimal(void **state)
{
	assert_index(*state, "1.3.6.1.2.1.80.1.2.1.4.2.27.91.1.255",
	    "pingCtlOwnerIndex=\"1b5b\" pingCtlTestName=\"ff\"");
	/* usmUserEntry: engine ID, user. */
	assert_index(*state, "1.3.6.1.6.3.15.1.2.2.1.3.5.128.0.31.136.4.3.110.111.99",
	    "usmUserEngineID=\"80001f8804\" usmUserName=\"noc\"");
}

static void
test_reads_oids(void **state)
{
	/* nlmLogVariableEntry has none; mplsXC has strings; snmpNotifyFilterEntry: name,
	 * IMPLIED subtree. */
	assert_index(*state, "1.3.6.1.6.3.13.1.3.1.3.1.97.1.3.6.1.4294967295",
	    "snmpNotifyFilterProfileName=\"a\" "
	    "snmpNotifyFilterSubtree=\"1.3.6.1.4294967295\"");
}

static void
test_leaves_what_does_not_fit(void **state)
{
	assert_index(*state, IF_ENTRY ".8", "");
	assert_index(*state, IF_ENTRY ".8.1.2", "ifIndex=1.2");
	assert_index(*state, IF_ENTRY, "");
	assert_index(*state, IF_ENTRY ".99.1", ".99.1");
	assert_index(*state, "1.3.6.1.2.1.1.3.0", ".0");
	assert_index(*state, "1.3.6.1.6.3.1.1.5.3.7", ".7");
	assert_index(*state, "1.3.6.1.4.1.99999.7", ".99999.7");
}

static void
test_leaves_an_unknown_definition_alone(void **state)
{
	tl_mib_index item = { 0 };
	tl_oid rest = OID("1.3.6");
	size_t at = 0;

	assert_false(tl_mib_index_next(*state, NULL, &at, &rest, &item));
	at = SIZE_MAX;
	assert_false(
	    tl_mib_index_next(*state, node_of(*state, "ifDescr"), &at, &rest, &item));
}

static void
test_says_when_the_text_does_not_fit(void **state)
{
	uint8_t text[4];
	tl_mib_index item = { .text = { .ptr = text, .cap = sizeof text } };
	tl_mib_match match = tl_mib_find(*state, OID("1.3.6.1.2.1.15.3.1.2.192.0.2.7"));
	size_t at = 0;

	assert_true(tl_mib_index_next(*state, match.node, &at, &match.rest, &item));
	assert_true(item.text.full);
	assert_int_equal(0, match.rest.len);
}

/* Random sub-identifiers behind every column, and the longest OIDs. */
static void
test_bears_any_sub_identifiers(void **state)
{
	const tl_mib *mib = *state;
	uint32_t arcs[TL_OID_MAX];
	uint8_t room[TL_OID_BER_MAX], text[300];
	tl_mib_index item = { .text = { .ptr = text, .cap = sizeof text } };
	uint64_t random = 7;
	tl_oid oid;

	for (uint32_t n = 0; n < 4 * mib->nodes_count; n++) {
		const tl_mib_node *node = &mib->nodes[n / 4];
		size_t from = tl_oid_arcs(tl_mib_node_oid(mib, node), arcs);
		size_t count = n % 4 == 0 ? TL_OID_MAX : from + random % 30;
		for (size_t i = from; i < count; i++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			arcs[i] = (uint32_t)(random >> 33) >> (random >> 40 & 31);
		}
		assert_int_equal(TL_OK, tl_oid_from_arcs(arcs, count, room, &oid));
		tl_span copy = exactly(oid.ber, oid.len);
		tl_oid rest = { copy.ptr + tl_mib_oid_len(node),
			oid.len - tl_mib_oid_len(node) };
		size_t at = 0, last = 0;
		while (tl_mib_index_next(mib, node, &at, &rest, &item)) {
			assert_int_equal(last + 1, at);
			last = at;
			assert_true(tl_is_text(tl_buf_written(&item.text)));
		}
		free((void *)copy.ptr);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_numbers),
		cmocka_unit_test(test_reads_labels_with_their_numbers),
		cmocka_unit_test(test_reads_addresses),
		cmocka_unit_test(test_reads_internet_addresses_by_their_type),
		cmocka_unit_test(test_reads_strings_with_their_length),
		cmocka_unit_test(test_reads_the_implied_string_to_the_end),
		cmocka_unit_test(test_reads_fixed_strings_without_a_length),
		cmocka_unit_test(test_shows_strings_that_are_no_text_in_hexadecimal),
		cmocka_unit_test(test_reads_oids),
		cmocka_unit_test(test_leaves_what_does_not_fit),
		cmocka_unit_test(test_leaves_an_unknown_definition_alone),
		cmocka_unit_test(test_says_when_the_text_does_not_fit),
		cmocka_unit_test(test_bears_any_sub_identifiers),
	};
	return cmocka_run_group_tests(tests, open_builtin, close_builtin);
}
