/* tests/mib/test_find.c: from OIDs and names to definitions. */
#include "help.h"

static void
assert_found(const tl_mib *mib, const char *oid, const char *name, const char *rest)
{
	oid_room room;
	tl_mib_match match = tl_mib_find(mib, oid_of(oid, &room));
	uint8_t text[256];
	tl_buf b = { .ptr = text, .cap = sizeof text };

	if (match.node == NULL)
		fail_msg("%s is not found", oid);
	assert_name(name, mib, match.node);
	tl_buf_oid_rest(&b, match.rest);
	assert_span(rest, tl_buf_written(&b));
}

static void
assert_notification(const tl_mib *mib, const char *oid, const char *name)
{
	oid_room room;
	const tl_mib_node *node = tl_mib_find_notification(mib, oid_of(oid, &room));

	if (node == NULL && name != NULL)
		fail_msg("%s is not found", oid);
	if (name == NULL)
		assert_null(node);
	else
		assert_name(name, mib, node);
}

static void
test_finds_columns_scalars_and_identities(void **state)
{
	assert_found(*state, "1.3.6.1.2.1.2.2.1.8.12", "IF-MIB::ifOperStatus", ".12");
	assert_found(*state, "1.3.6.1.2.1.1.3.0", "SNMPv2-MIB::sysUpTime", ".0");
	assert_non_null(node_of(*state, "DISMAN-EVENT-MIB::sysUpTimeInstance"));
	assert_found(*state, "1.3.6.1.2.1.2.2", "IF-MIB::ifTable", "");
	assert_found(*state, "1.3.6.1.2.1.999.1", "SNMPv2-SMI::mib-2", ".999.1");
	assert_found(*state, "1.3.6.1", "SNMPv2-SMI::internet", "");
	assert_found(*state, "1.3.6.1.7", "SNMPv2-SMI::internet", ".7");
}

static void
test_finds_nothing_for_an_empty_oid(void **state)
{
	const tl_oid empty = { NULL, 0 };

	assert_null(tl_mib_find(*state, empty).node);
	assert_null(tl_mib_find_notification(*state, empty));
}

static void
test_finds_by_whole_sub_identifiers(void **state)
{
	/* The last byte of 200 is 0x48, that of 72; 129 begins with the byte of 1.128. */
	assert_found(*state, "1.3.6.1.2.1.2.2.1.200", "IF-MIB::ifEntry", ".200");
	assert_found(
	    *state, "1.3.6.1.4.1.8072.4.0.1", "NET-SNMP-AGENT-MIB::nsNotifyStart", "");
	assert_found(*state, "1.3.6.1.4.1.8073", "SNMPv2-SMI::enterprises", ".8073");
	assert_found(
	    *state, "1.3.6.1.4.1.8072.99999.1", "NET-SNMP-MIB::netSnmp", ".99999.1");
}

static void
test_finds_the_vendor_of_what_is_not_known(void **state)
{
	assert_found(*state, "1.3.6.1.4.1.9.1.516", "CISCO-SMI::ciscoProducts", ".516");
	assert_found(*state, "1.3.6.1.4.1.11.2.3", "HP-BASE-MIB::hp", ".2.3");
	assert_found(*state, "1.3.6.1.4.1.4000000000.1", "SNMPv2-SMI::enterprises",
	    ".4000000000.1");
}

static void
test_finds_outside_the_internet_what_is_defined_there(void **state)
{
	assert_found(*state, "1.0.8802.1.1.2.0.0.1", "LLDP-MIB::lldpRemTablesChange", "");
	assert_notification(
	    *state, "1.0.8802.1.1.2.0.0.1", "LLDP-MIB::lldpRemTablesChange");
	assert_null(tl_mib_find(*state, OID("1.0.8802")).node);
	assert_null(tl_mib_find(*state, OID("2.999.1")).node);
}

static void
test_says_nothing_above_the_internet(void **state)
{
	assert_null(tl_mib_find(*state, OID("1.3")).node);
	assert_null(tl_mib_find(*state, OID("1.3.6")).node);
	assert_null(tl_mib_find(*state, OID("1.3.6.2.1")).node);
	assert_null(tl_mib_find(*state, (tl_oid){ NULL, 0 }).node);
	assert_non_null(node_of(*state, "SNMPv2-SMI::dod"));
}

static void
test_finds_below_a_leaf_to_the_longest_oid(void **state)
{
	uint32_t arcs[TL_OID_MAX] = { 1, 3, 6, 1, 2, 1, 2, 2, 1, 8 };
	uint8_t room[TL_OID_BER_MAX];
	tl_oid oid;

	for (size_t i = 10; i < TL_OID_MAX; i++)
		arcs[i] = UINT32_MAX;
	assert_int_equal(TL_OK, tl_oid_from_arcs(arcs, TL_OID_MAX, room, &oid));
	tl_span copy = exactly(oid.ber, oid.len);
	tl_mib_match match = tl_mib_find(*state, (tl_oid){ copy.ptr, oid.len });
	assert_name("IF-MIB::ifOperStatus", *state, match.node);
	assert_int_equal(118 * 5, match.rest.len);
	assert_null(tl_mib_find_notification(*state, (tl_oid){ copy.ptr, oid.len }));
	free((void *)copy.ptr);
}

static void
test_finds_a_notification_only_exactly(void **state)
{
	assert_notification(*state, "1.3.6.1.6.3.1.1.5.3", "IF-MIB::linkDown");
	assert_notification(*state, "1.3.6.1.6.3.1.1.5.3.1", NULL);
	assert_notification(*state, "1.3.6.1.6.3.1.1.5", NULL);
	assert_notification(*state, "1.3.6.1.2.1.2.2.1.8", NULL);
	assert_notification(*state, "1.3.6.1.6.3.1.1.5.128", NULL);
	assert_notification(*state, "1.3", NULL);
	assert_notification(*state, "1.3.6", NULL);
	assert_notification(*state, "1.3.6.1", NULL);
	assert_null(tl_mib_find_notification(*state, (tl_oid){ NULL, 0 }));
}

static void
test_finds_a_notification_with_and_without_zero(void **state)
{
	assert_notification(*state, "1.3.6.1.6.3.1.1.5.0.3", "IF-MIB::linkDown");
	assert_notification(*state, "1.3.6.1.2.1.17.0.1", "BRIDGE-MIB::newRoot");
	assert_notification(*state, "1.3.6.1.2.1.17.2", "BRIDGE-MIB::topologyChange");
	assert_notification(*state, "1.3.6.1.2.1.17.0.0.2", "BRIDGE-MIB::topologyChange");
	assert_notification(*state, "1.3.6.1.2.1.17.0.0.0.2", NULL);
	assert_notification(*state, "1.3.6.1.2.1.33.2.0.1", "UPS-MIB::upsTrapOnBattery");
	/* 128 ends with a byte of zero, which is no sub-identifier. */
	assert_notification(*state, "1.3.6.1.6.3.1.1.5.128.3", NULL);
}

static void
test_finds_names_with_and_without_module(void **state)
{
	assert_name("IF-MIB::ifIndex", *state, node_of(*state, "IF-MIB::ifIndex"));
	assert_name("IF-MIB::ifIndex", *state, node_of(*state, "ifIndex"));
	assert_null(tl_mib_find_name(*state, "ifindex", 7));
	assert_null(tl_mib_find_name(*state, "ifIndexx", 8));
	assert_null(tl_mib_find_name(*state, "OTHER-MIB::ifIndex", 18));
	assert_null(tl_mib_find_name(*state, "IF-MIB::", 8));
	assert_null(tl_mib_find_name(*state, "::ifIndex", 9));
	assert_null(tl_mib_find_name(*state, "", 0));
	assert_null(tl_mib_find_name(*state, NULL, 0));
	/* Two modules have it; the newer one is the first. */
	assert_name(
	    "PIM-STD-MIB::pimNeighborLoss", *state, node_of(*state, "pimNeighborLoss"));
	assert_non_null(node_of(*state, "PIM-MIB::pimNeighborLoss"));
}

static void
test_tells_what_a_definition_is(void **state)
{
	const tl_mib_node *trap = node_of(*state, "IF-MIB::linkDown");
	const tl_mib_node *column = node_of(*state, "IF-MIB::ifSpeed");
	const tl_mib_node *row = node_of(*state, "IF-MIB::ifEntry");

	assert_int_equal(TL_MIB_NOTIFICATION, tl_mib_node_kind(trap));
	assert_int_equal(TL_MIB_OBJECT, tl_mib_node_kind(column));
	assert_int_equal(TL_MIB_IDENTITY, tl_mib_node_kind(row));
	assert_int_equal(TL_T_GAUGE32, tl_mib_node_type(*state, column));
	assert_int_equal(0, tl_mib_node_type(*state, trap));
	assert_int_equal(0, tl_mib_node_type(*state, row));
	assert_true(
	    tl_oid_equal(OID("1.3.6.1.6.3.1.1.5.3"), tl_mib_node_oid(*state, trap)));
	assert_int_equal(TL_SEVERITY_MAJOR, tl_mib_node_severity(trap));
	assert_int_equal(
	    TL_SEVERITY_CLEARED, tl_mib_node_severity(node_of(*state, "IF-MIB::linkUp")));
	assert_int_equal(TL_SEVERITY_NONE, tl_mib_node_severity(column));
}

static void
test_lists_the_objects_of_a_notification(void **state)
{
	static const char *const names[] = { "IF-MIB::ifIndex", "IF-MIB::ifAdminStatus",
		"IF-MIB::ifOperStatus" };
	const tl_mib_node *trap = node_of(*state, "linkDown");

	for (size_t i = 0; i < 3; i++)
		assert_name(names[i], *state, tl_mib_node_object(*state, trap, i));
	assert_null(tl_mib_node_object(*state, trap, 3));
	assert_null(tl_mib_node_object(*state, trap, SIZE_MAX));
	assert_null(tl_mib_node_object(*state, node_of(*state, "coldStart"), 0));
	assert_null(tl_mib_node_object(*state, node_of(*state, "ifIndex"), 0));
}

static void
test_names_severities(void **state)
{
	(void)state;
	assert_string_equal("", tl_severity_name(TL_SEVERITY_NONE));
	assert_string_equal("cleared", tl_severity_name(TL_SEVERITY_CLEARED));
	assert_string_equal("info", tl_severity_name(TL_SEVERITY_INFO));
	assert_string_equal("warning", tl_severity_name(TL_SEVERITY_WARNING));
	assert_string_equal("minor", tl_severity_name(TL_SEVERITY_MINOR));
	assert_string_equal("major", tl_severity_name(TL_SEVERITY_MAJOR));
	assert_string_equal("critical", tl_severity_name(TL_SEVERITY_CRITICAL));
	assert_string_equal("", tl_severity_name((tl_severity)99));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_columns_scalars_and_identities),
		cmocka_unit_test(test_finds_nothing_for_an_empty_oid),
		cmocka_unit_test(test_finds_by_whole_sub_identifiers),
		cmocka_unit_test(test_finds_the_vendor_of_what_is_not_known),
		cmocka_unit_test(test_finds_outside_the_internet_what_is_defined_there),
		cmocka_unit_test(test_says_nothing_above_the_internet),
		cmocka_unit_test(test_finds_below_a_leaf_to_the_longest_oid),
		cmocka_unit_test(test_finds_a_notification_only_exactly),
		cmocka_unit_test(test_finds_a_notification_with_and_without_zero),
		cmocka_unit_test(test_finds_names_with_and_without_module),
		cmocka_unit_test(test_tells_what_a_definition_is),
		cmocka_unit_test(test_lists_the_objects_of_a_notification),
		cmocka_unit_test(test_names_severities),
	};
	return cmocka_run_group_tests(tests, open_builtin, close_builtin);
}
