/* tests/cli/test_value.c: names and values as people write them. */
#include "mib/help.h"

#include "base/arena.h"
#include "cli/value.h"

static value_maker maker;

static int
set_up(void **state)
{
	tl_mib *mib;

	(void)state;
	if (tl_mib_builtin(&mib) != TL_OK || tl_arena_new(1 << 20, &maker.arena) != TL_OK)
		return -1;
	maker.mib = mib;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	tl_mib_free((tl_mib *)maker.mib);
	tl_arena_free(maker.arena);
	return 0;
}

static int
reset(void **state)
{
	(void)state;
	tl_arena_reset(maker.arena);
	maker.as_netsnmp = maker.cut = false;
	return 0;
}

static void
assert_oid(const char *text, const char *dotted)
{
	char room[TL_OID_TEXT_MAX];
	tl_oid oid;

	if (value_oid(&maker, text, strlen(text), &oid) != VALUE_GOOD)
		fail_msg("%s is not read", text);
	tl_oid_text(oid, room);
	assert_string_equal(dotted, room);
}

static void
assert_no_oid(const char *text)
{
	tl_oid oid;

	if (value_oid(&maker, text, strlen(text), &oid) != VALUE_NAME)
		fail_msg("%s is read", text);
}

static void
test_reads_names_with_their_index(void **state)
{
	(void)state;
	assert_oid("ifIndex.3", "1.3.6.1.2.1.2.2.1.1.3");
	assert_oid("IF-MIB::ifIndex.3", "1.3.6.1.2.1.2.2.1.1.3");
	assert_oid("IF-MIB::linkDown", "1.3.6.1.6.3.1.1.5.3");
	assert_oid("enterprises.9.1", "1.3.6.1.4.1.9.1");
	assert_oid("SNMPv2-SMI::enterprises.9.\"ab\".7", "1.3.6.1.4.1.9.2.97.98.7");
	assert_oid("enterprises.'a.b'", "1.3.6.1.4.1.97.46.98");
	assert_oid(
	    ".iso.org.dod.internet.mgmt.mib-2.system.sysName.0", "1.3.6.1.2.1.1.5.0");
	assert_oid("system.sysName.0", "1.3.6.1.2.1.1.5.0");
}

static void
test_reads_dotted_numbers(void **state)
{
	(void)state;
	assert_oid("1.3.6.1.4.1.4294967295", "1.3.6.1.4.1.4294967295");
	assert_oid(".1.3", "1.3");
	assert_oid("2.999", "2.999");
}

static void
test_refuses_what_is_no_oid(void **state)
{
	static const char *const bad[] = { "", ".", "1", "..1", "1.3.", "1..3", "3.6.1",
		"1.40", "1.3.4294967296", "nosuch", "IF-MIB::nosuch.1",
		"NO-MIB::ifIndex.1", "1.3.x", "ifIndex.-1", "ifIndex.3x", "ifIndex.\"ab",
		"ifIndex.\"ab\"c", "ifIndex.sysName", "system.ifIndex", "ifindex.3",
		"1.3.\"\"x", "::", "ifIndex::" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_no_oid(bad[i]);
}

static void
test_refuses_more_sub_identifiers_than_128(void **state)
{
	char text[512] = "1.3";
	tl_oid oid;

	(void)state;
	for (int i = 2; i < 128; i++)
		memcpy(text + strlen(text), ".1", 3);
	assert_int_equal(VALUE_GOOD, value_oid(&maker, text, strlen(text), &oid));
	memcpy(text + strlen(text), ".1", 3);
	assert_int_equal(VALUE_NAME, value_oid(&maker, text, strlen(text), &oid));
	memcpy(text + strlen(text), ".\"abc\"", 7);
	assert_int_equal(VALUE_NAME, value_oid(&maker, text, strlen(text), &oid));
}

static tl_varbind
good(const char *text)
{
	tl_varbind vb = { 0 };
	value_problem problem = value_assignment(&maker, text, &vb);

	if (problem != VALUE_GOOD)
		fail_msg("%s: %s", text, value_problem_text(problem));
	return vb;
}

static void
assert_problem(value_problem want, const char *text)
{
	tl_varbind vb = { 0 };
	value_problem problem = value_assignment(&maker, text, &vb);

	if (problem != want)
		fail_msg("%s: %s", text, value_problem_text(problem));
}

static void
assert_number(const char *text, tl_type type, uint64_t value)
{
	tl_varbind vb = good(text);

	assert_int_equal(type, vb.type);
	assert_true(value == vb.v.u64);
}

static void
assert_octets(const char *text, tl_type type, const char *bytes, size_t len)
{
	tl_varbind vb = good(text);

	assert_int_equal(type, vb.type);
	assert_int_equal(len, vb.v.octets.len);
	if (len > 0)
		assert_memory_equal(bytes, vb.v.octets.ptr, len);
}

#define OCTETS(text, literal)                                                            \
	assert_octets((text), TL_T_OCTETS, (literal), sizeof(literal) - 1)

static void
test_takes_types_and_labels_from_the_dictionary(void **state)
{
	(void)state;
	assert_number("ifIndex.3=3", TL_T_INTEGER, 3);
	assert_number("ifAdminStatus.3=up", TL_T_INTEGER, 1);
	assert_number("ifAdminStatus.3=2", TL_T_INTEGER, 2);
	assert_number("ifSpeed.3=4294967295", TL_T_GAUGE32, UINT32_MAX);
	assert_number("ifHCInOctets.3=18446744073709551615", TL_T_COUNTER64, UINT64_MAX);
	assert_number("sysUpTime.0=100", TL_T_TIMETICKS, 100);
	OCTETS("ifDescr.3=eth0", "eth0");
	OCTETS("ifDescr.3=", "");
	OCTETS("ifPhysAddress.3=00:11:22:AA:bb:ff", "\x00\x11\x22\xaa\xbb\xff");
	assert_octets("ipAdEntAddr.1=192.0.2.1", TL_T_IPADDRESS, "\xc0\x00\x02\x01", 4);
	assert_true(tl_oid_equal(
	    OID("1.3.6.1.4.1.9"), good("sysObjectID.0=enterprises.9").v.oid));
	assert_problem(VALUE_RANGE, "ifAdminStatus.3=open");
	assert_problem(VALUE_NO_TYPE, "1.3.6.1.4.1.99999.1=5");
	assert_problem(VALUE_NO_TYPE, "ifTable.1=5");
	assert_problem(VALUE_NOTATION, "ifPhysAddress.3=0:1:2");
}

static void
test_takes_dates_and_addresses_by_their_form(void **state)
{
	(void)state;
	OCTETS("hrSystemDate.0=2026-11-20T12:34:56.7+01:30",
	    "\x07\xea\x0b\x14\x0c\x22\x38\x07+\x01\x1e");
	OCTETS("hrSystemDate.0=2026-11-20T12:34:56Z",
	    "\x07\xea\x0b\x14\x0c\x22\x38\x00+\x00\x00");
	OCTETS("hrSystemDate.0=2026-11-20 12:34:56", "\x07\xea\x0b\x14\x0c\x22\x38\x00");
	assert_problem(VALUE_NOTATION, "hrSystemDate.0=2026-13-20T12:34:56Z");
	assert_problem(VALUE_NOTATION, "hrSystemDate.0=2026-11-20T12:34:56+1:30x");
	assert_problem(VALUE_NOTATION, "hrSystemDate.0=yesterday");
	OCTETS("pingCtlTargetAddress.1=192.0.2.1", "\xc0\x00\x02\x01");
	OCTETS("pingCtlTargetAddress.1=2001:db8::1",
	    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01");
	OCTETS("pingCtlTargetAddress.1=example.net", "example.net");
}

static void
test_takes_types_by_letter(void **state)
{
	(void)state;
	assert_number("1.3.6=i:-5", TL_T_INTEGER, (uint64_t)-5);
	assert_number("1.3.6=u:5", TL_T_GAUGE32, 5);
	assert_number("1.3.6=c:5", TL_T_COUNTER32, 5);
	assert_number("1.3.6=C:5", TL_T_COUNTER64, 5);
	assert_number("1.3.6=t:5", TL_T_TIMETICKS, 5);
	assert_octets("1.3.6=a:1.2.3.4", TL_T_IPADDRESS, "\1\2\3\4", 4);
	OCTETS("1.3.6=s:a:b=c", "a:b=c");
	OCTETS("1.3.6=x:0xDE AD:be", "\xde\xad\xbe");
	OCTETS("1.3.6=d:1.2 255", "\1\2\xff");
	OCTETS("1.3.6=b:0,9", "\x80\x40");
	OCTETS("1.3.6=b:", "");
	assert_octets("1.3.6=F:1.5", TL_T_OPAQUE, "\x9f\x78\x04\x3f\xc0\0\0", 7);
	assert_octets("1.3.6=D:1.5", TL_T_OPAQUE, "\x9f\x79\x08\x3f\xf8\0\0\0\0\0\0", 11);
	assert_octets("1.3.6=I:-5", TL_T_OPAQUE, "\x9f\x7a\x01\xfb", 4);
	assert_octets("1.3.6=I:200", TL_T_OPAQUE, "\x9f\x7a\x02\x00\xc8", 5);
	assert_octets("1.3.6=U:127", TL_T_OPAQUE, "\x9f\x7b\x01\x7f", 4);
	assert_int_equal(TL_T_NULL, good("1.3.6=n:").type);
	assert_true(tl_oid_equal(OID("1.3"), good("1.3.6=o:iso.3").v.oid));
	assert_number("ifDescr.1=i:7", TL_T_INTEGER, 7);
}

static void
test_refuses_values_that_are_none(void **state)
{
	(void)state;
	assert_problem(VALUE_NAME, "ifIndex.3");
	assert_problem(VALUE_NAME, "=3");
	assert_problem(VALUE_NAME, "nosuch=3");
	assert_problem(VALUE_RANGE, "1.3.6=i:2147483648");
	assert_problem(VALUE_RANGE, "1.3.6=i:-2147483649");
	assert_problem(VALUE_RANGE, "1.3.6=i:12x");
	assert_problem(VALUE_NOTATION, "1.3.6=i:");
	assert_problem(VALUE_RANGE, "1.3.6=u:4294967296");
	assert_problem(VALUE_RANGE, "1.3.6=u:-1");
	assert_problem(VALUE_NOTATION, "1.3.6=u: 1");
	assert_problem(VALUE_NOTATION, "1.3.6=u:1x");
	assert_problem(VALUE_RANGE, "1.3.6=C:18446744073709551616");
	assert_problem(VALUE_NOTATION, "1.3.6=a:1.2");
	assert_problem(VALUE_NOTATION, "1.3.6=a:1.2.3.256");
	assert_problem(VALUE_NOTATION, "1.3.6=x:abc");
	assert_problem(VALUE_NOTATION, "1.3.6=x:xy");
	assert_problem(VALUE_NOTATION, "1.3.6=d:256");
	assert_problem(VALUE_NOTATION, "1.3.6=d:1,2");
	assert_problem(VALUE_RANGE, "1.3.6=b:65536");
	assert_problem(VALUE_RANGE, "1.3.6=b:up");
	assert_problem(VALUE_NOTATION, "1.3.6=n:x");
	assert_problem(VALUE_NOTATION, "1.3.6=F:1.5x");
	assert_problem(VALUE_NAME, "1.3.6=o:nosuch");
	assert_problem(VALUE_NO_TYPE, "1.3.6.1.4.1.99999=q:5");
}

static void
test_cuts_numbers_off_as_netsnmp_does(void **state)
{
	(void)state;
	maker.as_netsnmp = true;
	assert_number("1.3.6=i:99999999999", TL_T_INTEGER, 1215752191);
	assert_true(maker.cut);
	assert_number("1.3.6=u:-1", TL_T_GAUGE32, UINT32_MAX);
	assert_number("1.3.6=c:4294967296", TL_T_COUNTER32, 0);
	assert_octets("1.3.6=a:1.2", TL_T_IPADDRESS, "\1\0\0\2", 4);
	assert_problem(VALUE_NOTATION, "1.3.6=x:de:ad");
}

static void
test_tells_when_the_memory_is_used_up(void **state)
{
	value_maker small = { .mib = maker.mib };
	char text[8192];
	tl_varbind vb;

	(void)state;
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	memcpy(text, "1.3.6=s:", 8);
	assert_int_equal(TL_OK, tl_arena_new(4096, &small.arena));
	assert_int_equal(VALUE_ROOM, value_assignment(&small, text, &vb));
	text[6] = 'd';
	assert_int_equal(VALUE_ROOM, value_assignment(&small, text, &vb));
	text[6] = 'x';
	assert_true(tl_arena_take(small.arena, 3000) != NULL);
	assert_int_equal(VALUE_ROOM, value_assignment(&small, text, &vb));
	while (tl_arena_take(small.arena, 8) != NULL)
		;
	assert_int_equal(VALUE_ROOM, value_assignment(&small, "1.3.6=s:a", &vb));
	tl_arena_free(small.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_reads_names_with_their_index, reset),
		cmocka_unit_test_setup(test_reads_dotted_numbers, reset),
		cmocka_unit_test_setup(test_refuses_what_is_no_oid, reset),
		cmocka_unit_test_setup(test_refuses_more_sub_identifiers_than_128, reset),
		cmocka_unit_test_setup(
		    test_takes_types_and_labels_from_the_dictionary, reset),
		cmocka_unit_test_setup(
		    test_takes_dates_and_addresses_by_their_form, reset),
		cmocka_unit_test_setup(test_takes_types_by_letter, reset),
		cmocka_unit_test_setup(test_refuses_values_that_are_none, reset),
		cmocka_unit_test_setup(test_cuts_numbers_off_as_netsnmp_does, reset),
		cmocka_unit_test_setup(test_tells_when_the_memory_is_used_up, reset),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
