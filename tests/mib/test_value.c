/* tests/mib/test_value.c: values as people read them, and hostile ones. */
#include "help.h"

#include "make.h"
#include "mib/text.h"

typedef struct result {
	uint8_t bytes[4096];
	tl_buf out;
	bool mismatch;
} result;

static void
render(const tl_mib *mib, const char *name, tl_varbind vb, result *r)
{
	const tl_mib_node *node = name != NULL ? node_of(mib, name) : NULL;

	r->out = (tl_buf){ .ptr = r->bytes, .cap = sizeof r->bytes };
	tl_mib_value_text(mib, node, &vb, &r->out, &r->mismatch);
}

static void
assert_value(const tl_mib *mib, const char *name, tl_varbind vb, const char *want)
{
	result r;

	render(mib, name, vb, &r);
	assert_false(r.mismatch);
	assert_span(want, tl_buf_written(&r.out));
}

static void
assert_misfit(const tl_mib *mib, const char *name, tl_varbind vb)
{
	result r;

	render(mib, name, vb, &r);
	assert_true(r.mismatch);
	assert_int_equal(0, r.out.len);
}

/* What does not fit, and has a text all the same. */
static void
assert_flagged(const tl_mib *mib, const char *name, tl_varbind vb, const char *want)
{
	result r;

	render(mib, name, vb, &r);
	assert_true(r.mismatch);
	assert_span(want, tl_buf_written(&r.out));
}

static tl_varbind
integer(int64_t value)
{
	return (tl_varbind){ .type = TL_T_INTEGER, .v.i64 = value };
}

static tl_varbind
number(tl_type type, uint64_t value)
{
	return (tl_varbind){ .type = type, .v.u64 = value };
}

static tl_varbind
bytes(tl_type type, const void *ptr, size_t len)
{
	return (tl_varbind){ .type = type, .v.octets = { ptr, len } };
}

/* A string of octets from a literal. */
#define OCTETS(literal) bytes(TL_T_OCTETS, "" literal, sizeof(literal) - 1)
#define OPAQUE(literal) bytes(TL_T_OPAQUE, "" literal, sizeof(literal) - 1)

/* Formats a value by a hint alone; "-" for one that cannot be. */
static void
assert_hint(const char *hint, tl_span value, const char *want)
{
	uint8_t room[512];
	tl_buf out = { .ptr = room, .cap = sizeof room };
	tl_span copy = exactly(value.ptr, value.len);
	bool made = tl_mib_hint_octets(span_of(hint), copy, &out);

	assert_span(want, made ? tl_buf_written(&out) : span_of("-"));
	free((void *)copy.ptr);
}

#define BYTES(literal) ((tl_span){ (const uint8_t *)"" literal, sizeof(literal) - 1 })

static void
assert_number_hint(const char *hint, int64_t value, const char *want)
{
	uint8_t room[128];
	tl_buf out = { .ptr = room, .cap = sizeof room };
	bool made = tl_mib_hint_number(span_of(hint), (uint64_t)value, true, &out);

	assert_span(want, made ? tl_buf_written(&out) : span_of("-"));
}

static void
test_gives_labels_of_enumerations(void **state)
{
	assert_value(*state, "ifOperStatus", integer(2), "down");
	assert_value(*state, "ifType", integer(6), "ethernetCsmacd");
	assert_value(*state, "snmpEnableAuthenTraps", integer(1), "enabled");
	assert_value(*state, "ospfLsdbType", integer(10), "areaOpaqueLink");
	assert_value(*state, "prtAlertCode", integer(1104), "markerTonerAlmostEmpty");
}

static void
test_flags_a_number_that_an_enumeration_lacks(void **state)
{
	assert_misfit(*state, "ifOperStatus", integer(0));
	assert_misfit(*state, "ifOperStatus", integer(8));
	assert_misfit(*state, "ifOperStatus", integer(INT64_MIN));
	assert_misfit(*state, "ifOperStatus", integer(INT64_MAX));
	assert_misfit(*state, "ospfLsdbType", integer(9));
}

static void
test_is_silent_on_numbers_without_labels(void **state)
{
	assert_value(*state, "ifIndex", integer(3), "");
	assert_value(*state, "ifMtu", integer(1500), "");
}

static void
test_finds_labels_between_gaps(void **state)
{
	(void)state;
	tl_mib *mib =
	    mib_of("object|A::x|1.3.6.1.4.1.1|INTEGER||||one(1) three(3) four(4)");

	assert_value(mib, "x", integer(1), "one");
	assert_misfit(mib, "x", integer(2));
	assert_value(mib, "x", integer(3), "three");
	assert_value(mib, "x", integer(4), "four");
	assert_misfit(mib, "x", integer(5));
	tl_mib_free(mib);
}

static void
test_gives_labels_of_bits(void **state)
{
	assert_value(*state, "mteTriggerTest", OCTETS("\xa0"), "existence,threshold");
	assert_value(*state, "mteTriggerTest", OCTETS("\x40\x00\x00"), "boolean");
	assert_value(*state, "mteTriggerTest", OCTETS("\x00"), "");
	assert_value(*state, "mteTriggerTest", OCTETS(""), "");
}

static void
test_gives_numbers_of_bits_without_a_label_and_flags_them(void **state)
{
	assert_flagged(*state, "mteTriggerTest", OCTETS("\xb0"), "existence,threshold,3");
	assert_flagged(*state, "mteTriggerTest", OCTETS("\x80\x00\x01"), "existence,23");
	assert_flagged(*state, "mteTriggerTest", OCTETS("g"), "boolean,threshold,5,6,7");
}

static void
test_gives_no_text_of_more_bits_than_there_is_room_for(void **state)
{
	uint8_t set[4000];

	memset(set, 0xff, sizeof set);
	assert_misfit(*state, "mteTriggerTest", bytes(TL_T_OCTETS, set, sizeof set));
}

static void
test_gives_dates_as_rfc3339(void **state)
{
	const char *name = "hrSystemDate";

	assert_value(*state, name, OCTETS("\x07\xea\x0b\x14\x0c\x00\x00\x05+\x01\x00"),
	    "2026-11-20T12:00:00.5+01:00");
	assert_value(*state, name, OCTETS("\x07\xea\x0b\x14\x0c\x00\x3c\x00-\x0a\x1e"),
	    "2026-11-20T12:00:60.0-10:30");
	assert_value(*state, name, OCTETS("\x07\xe8\x02\x1d\x17\x3b\x3b\x09"),
	    "2024-02-29T23:59:59.9");
	assert_value(*state, name, OCTETS("\0\0\0\0\0\0\0\0"), "");
}

static void
test_flags_what_is_no_date(void **state)
{
	const char *name = "hrSystemDate";

	assert_misfit(*state, name, OCTETS(""));
	assert_misfit(*state, name, OCTETS("\x07\xea\x0b\x14\x0c\x00\x00"));
	assert_misfit(*state, name, OCTETS("\x07\xea\x0b\x14\x0c\x00\x00\x05+"));
	assert_misfit(*state, name, OCTETS("\x07\xea\x0d\x14\x0c\x00\x00\x05"));
	assert_misfit(*state, name, OCTETS("\x07\xea\x00\x14\x0c\x00\x00\x05"));
	assert_misfit(*state, name, OCTETS("\x07\xea\x02\x1d\x0c\x00\x00\x05"));
	assert_misfit(*state, name, OCTETS("\x07\xea\x0b\x00\x0c\x00\x00\x05"));
	assert_misfit(*state, name, OCTETS("\x07\xea\x0b\x14\x18\x00\x00\x05"));
	assert_misfit(*state, name, OCTETS("\x07\xea\x0b\x14\x0c\x3c\x00\x05"));
	assert_misfit(*state, name, OCTETS("\x07\xea\x0b\x14\x0c\x00\x3d\x05"));
	assert_misfit(*state, name, OCTETS("\x07\xea\x0b\x14\x0c\x00\x00\x0a"));
	assert_misfit(*state, name, OCTETS("\x07\xea\x0b\x14\x0c\x00\x00\x05*\x01\x00"));
	assert_misfit(*state, name, OCTETS("\x07\xea\x0b\x14\x0c\x00\x00\x05+\x0f\x00"));
	assert_misfit(*state, name, OCTETS("\xff\xff\x0b\x14\x0c\x00\x00\x05"));
}

static void
test_gives_time_ticks_with_or_without_a_name(void **state)
{
	assert_value(*state, NULL, number(TL_T_TIMETICKS, 0), "00:00:00.00");
	assert_value(
	    *state, "sysUpTime", number(TL_T_TIMETICKS, 9372304), "1d 02:02:03.04");
	assert_value(
	    *state, NULL, number(TL_T_TIMETICKS, UINT32_MAX), "497d 02:27:52.95");
	assert_value(*state, "ifLastChange", number(TL_T_TIMETICKS, 100), "00:00:01.00");
}

static void
test_gives_the_names_of_oids(void **state)
{
	oid_room room;
	tl_varbind vb = { .type = TL_T_OID };

	vb.v.oid = oid_of("1.3.6.1.6.3.1.1.5.3", &room);
	assert_value(*state, NULL, vb, "IF-MIB::linkDown");
	assert_value(*state, "snmpTrapOID", vb, "IF-MIB::linkDown");
	vb.v.oid = oid_of("1.3.6.1.2.1.2.2.1.8.12", &room);
	assert_value(*state, "mteHotOID", vb, "IF-MIB::ifOperStatus.12");
	vb.v.oid = oid_of("1.3.6.1.4.1.99999.1", &room);
	assert_value(*state, NULL, vb, "SNMPv2-SMI::enterprises.99999.1");
	vb.v.oid = oid_of("0.0", &room);
	assert_value(*state, NULL, vb, "");
	vb.v.oid = (tl_oid){ NULL, 0 };
	assert_value(*state, NULL, vb, "");
}

static void
test_gives_the_floats_of_net_snmp(void **state)
{
	assert_value(*state, NULL, OPAQUE("\x9f\x78\x04\x3d\xcc\xcc\xcd"), "0.1");
	assert_value(*state, NULL, OPAQUE("\x9f\x78\x04\xc2\xf6\xe9\x79"), "-123.456");
	assert_value(
	    *state, NULL, OPAQUE("\x9f\x78\x04\x7f\x7f\xff\xff"), "3.4028235e38");
	assert_value(*state, NULL, OPAQUE("\x9f\x78\x04\x00\x00\x00\x01"), "1e-45");
	assert_value(*state, NULL, OPAQUE("\x9f\x78\x04\x00\x00\x00\x00"), "0");
	assert_value(*state, NULL, OPAQUE("\x9f\x78\x04\x80\x00\x00\x00"), "-0");
	assert_value(*state, NULL, OPAQUE("\x9f\x78\x04\x7f\x80\x00\x00"), "inf");
	assert_value(*state, NULL, OPAQUE("\x9f\x78\x04\xff\x80\x00\x00"), "-inf");
	assert_value(*state, NULL, OPAQUE("\x9f\x78\x04\x7f\xc0\x00\x00"), "nan");
	assert_value(
	    *state, NULL, OPAQUE("\x9f\x79\x08\x3f\xb9\x99\x99\x99\x99\x99\x9a"), "0.1");
	assert_value(*state, NULL, OPAQUE("\x9f\x79\x08\x7f\xef\xff\xff\xff\xff\xff\xff"),
	    "1.7976931348623157e308");
	assert_value(*state, NULL, OPAQUE("\x9f\x79\x08\x00\x00\x00\x00\x00\x00\x00\x01"),
	    "5e-324");
	assert_value(*state, NULL, OPAQUE("\x9f\x79\x08\x40\xc3\x88\x00\x00\x00\x00\x00"),
	    "10000");
}

static void
test_floats_come_back_from_their_text(void **state)
{
	uint64_t random = 3;
	result r;

	for (int i = 0; i < 20000; i++) {
		uint8_t value[7] = { 0x9f, 0x78, 4 };
		float want;
		random = random * 6364136223846793005u + 1442695040888963407u;
		uint32_t pattern = (uint32_t)(random >> 32);
		for (int k = 0; k < 4; k++)
			value[3 + k] = (uint8_t)(pattern >> (24 - 8 * k));
		memcpy(&want, &pattern, sizeof want);
		render(*state, NULL, bytes(TL_T_OPAQUE, value, sizeof value), &r);
		tl_buf_putc(&r.out, '\0');
		float have = strtof((const char *)r.bytes, NULL);
		if (want == want)
			assert_memory_equal(&want, &have, sizeof want);
		assert_true(r.out.len <= 20);
	}
}

static void
test_leaves_other_opaques_alone(void **state)
{
	assert_value(*state, NULL, OPAQUE(""), "");
	assert_value(*state, NULL, OPAQUE("\x9f\x78"), "");
	assert_value(*state, NULL, OPAQUE("\x9f\x78\x04\x00\x00\x00"), "");
	assert_value(*state, NULL, OPAQUE("\x9f\x78\x04\x00\x00\x00\x00\x00"), "");
	assert_value(*state, NULL, OPAQUE("\x9f\x79\x04\x00\x00\x00\x00"), "");
}

static void
test_gives_strings_only_when_they_say_more(void **state)
{
	assert_value(*state, "ifDescr", OCTETS("eth0"), "");
	assert_value(*state, "ifDescr", OCTETS(""), "");
	assert_value(*state, "ifAlias", OCTETS("\xc3\xa9tage"), "");
	assert_value(
	    *state, "snmpTargetAddrTagList", OCTETS("\xc3\xa9ta\xc3"), "\xc3\xa9ta");
	assert_value(*state, "ifPhysAddress", OCTETS("\x00\x11\x22\x33\x44\x05"),
	    "00:11:22:33:44:05");
	assert_value(*state, "ifPhysAddress", OCTETS("abc"), "61:62:63");
	assert_value(*state, NULL, OCTETS("\x00\x11\x22\x33\x44\x05"), "");
}

static void
test_gives_strings_without_the_nuls_that_close_them(void **state)
{
	assert_value(*state, "ifDescr", OCTETS("Gi0/1\0"), "Gi0/1");
	assert_value(*state, "ifDescr", OCTETS("1\0\0\0"), "1");
	assert_value(*state, "ifDescr", OCTETS("\0"), "");
	assert_value(*state, "ifDescr", OCTETS("Gi\0000\0"), "");
	assert_value(*state, "ifDescr", OCTETS("\x1b[31m\0"), "");
	assert_value(*state, "ifPhysAddress", OCTETS("abc\0"), "61:62:63:00");
	assert_value(*state, NULL, OCTETS("fan 1\0"), "fan 1");
	assert_value(*state, NULL, OCTETS("AB\0"), "");
}

static void
test_gives_internet_addresses_by_their_length(void **state)
{
	const char *name = "pingCtlTargetAddress";

	assert_value(*state, name, OCTETS("\xc0\x00\x02\x07"), "192.0.2.7");
	assert_value(
	    *state, name, OCTETS("\xc0\x00\x02\x07\x00\x00\x00\x05"), "192.0.2.7%5");
	assert_value(*state, name, OCTETS("\x20\x01\x0d\xb8\0\0\0\0\0\x01\0\0\0\0\0\x01"),
	    "2001:db8::1:0:0:1");
	assert_value(*state, name, OCTETS("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "::");
	assert_value(*state, name, OCTETS("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"), "::1");
	assert_value(
	    *state, name, OCTETS("\x20\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "2001::");
	assert_value(*state, name,
	    OCTETS("\x20\x01\0\0\0\x01\0\x01\0\x01\0\x01\0\x01\0\x01"),
	    "2001:0:1:1:1:1:1:1");
	assert_value(*state, name, OCTETS("\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x07"),
	    "::ffff:192.0.2.7");
	assert_value(*state, name,
	    OCTETS("\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x02"), "fe80::1%2");
	assert_value(*state, name, OCTETS("nms.example"), "");
	assert_value(*state, name, OCTETS("\x01\x02\x03"), "");
}

static void
test_formats_octets_as_rfc2579_says(void **state)
{
	(void)state;
	assert_hint("1x:", BYTES("\x00\xd0\x0a"), "00:d0:0a");
	assert_hint(
	    "1d.1d.1d.1d/2d", BYTES("\x0a\x01\x02\xff\x00\xa2"), "10.1.2.255/162");
	assert_hint("2d-1d-1d,1d:1d:1d.1d,1a1d:1d",
	    BYTES("\x07\xc8\x05\x1a\x0d\x1e\x0f\x00"), "1992-5-26,13:30:15.0");
	assert_hint("255a", BYTES("hello"), "hello");
	assert_hint("255t", BYTES("\xc3\xa9"), "\xc3\xa9");
	assert_hint("1o ", BYTES("\x07\x08\xff"), "7 10 377");
	assert_hint("4d", BYTES("\xff\xff\xff\xff"), "4294967295");
	assert_hint(
	    "8d", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"), "18446744073709551615");
	assert_hint("9d", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff"), "-");
	assert_hint(
	    "9x", BYTES("\x01\xff\xff\xff\xff\xff\xff\xff\xff"), "01ffffffffffffffff");
	/* Less than the length is left: the lesser number is used. */
	assert_hint("4d", BYTES("\x01\x02"), "258");
	/* The last specification goes on for what is left. */
	assert_hint("1d-2x", BYTES("\x01\x02\x03\x04\x05\x06"), "1-0203040506");
	/* Specifications beyond the value are left out, and so is the last separator. */
	assert_hint("1d-1d-1d", BYTES("\x01"), "1");
	assert_hint("1d.", BYTES(""), "");
	/* Of UTF-8 only whole characters, at the end of each application. */
	assert_hint("255t", BYTES("ab\xc3"), "ab");
	assert_hint("255t", BYTES("a\xe2\x82"), "a");
	assert_hint("255t", BYTES("a\xe2\x82\xac"), "a\xe2\x82\xac");
	assert_hint("255t", BYTES("\xf0\x9f\x9a"), "");
	assert_hint("2t.1x", BYTES("a\xc3\x01"), "a.01");
	assert_hint("255a", BYTES("ab\xc3"), "ab\xc3");
	/* Zero octets: a fixed text. */
	assert_hint(
	    "0a[2x:2x]0a:2d", BYTES("\xfe\x80\x00\x01\x00\x50"), "[fe80:0001]:80");
}

static void
test_repeats_as_rfc2579_says(void **state)
{
	(void)state;
	assert_hint("*1d.", BYTES("\x03\x01\x02\x03"), "1.2.3");
	assert_hint("*1x:/1x:", BYTES("\x02\xaa\xbb\xcc\xdd"), "aa:bb/cc:dd");
	assert_hint("*1d./*1d.", BYTES("\x02\x01\x02\x01\x07"), "1.2/7");
	assert_hint("*1d.1a", BYTES("\x00zz"), "zz");
	assert_hint("*1d.", BYTES("\xff\x01\x02"), "1.2");
	assert_hint("*1d.", BYTES("\x01"), "");
	/* The repeat comes again for what is left. */
	assert_hint("*1d.;", BYTES("\x02\x01\x02\x01\x03"), "1.2;3");
	/* None at all: the terminator stands, unless it comes last. */
	assert_hint("*1d.;1x", BYTES("\x00\x07"), ";07");
	assert_hint("1d-*1x:", BYTES("\x05\x00"), "5");
	assert_hint("1d-*1x:/", BYTES("\x05\x00"), "5");
}

static void
test_refuses_hints_that_are_none(void **state)
{
	static const char *const hints[] = { "", "a", "1", "1z", "*", "*a", "-1d", "1d**",
		"1d1", "99999999999d", "0a", "1d 0x", ":1x" };

	(void)state;
	for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
		assert_hint(hints[i], BYTES("\x01\x02\x03\x04"), "-");
}

static void
test_formats_integers_as_rfc2579_says(void **state)
{
	(void)state;
	assert_number_hint("d-2", 1234, "12.34");
	assert_number_hint("d-2", -5, "-0.05");
	assert_number_hint("d-1", 0, "0.0");
	assert_number_hint("d-18", INT64_MIN, "-9.223372036854775808");
	assert_number_hint("x", 255, "ff");
	assert_number_hint("x", -1, "ffffffff");
	assert_number_hint("x", 0, "0");
	assert_number_hint("o", 8, "10");
	assert_number_hint("o", INT64_MIN, "1000000000000000000000");
	assert_number_hint("b", 10, "1010");
	assert_number_hint("b", INT64_MIN,
	    "1000000000000000000000000000000000000000000000000000000000000000");
	assert_number_hint("d", 7, "-");
	assert_number_hint("d-0", 7, "-");
	assert_number_hint("d-", 7, "-");
	assert_number_hint("d-19", 7, "-");
	assert_number_hint("d-2x", 7, "-");
	assert_number_hint("xx", 7, "-");
	assert_number_hint("255a", 7, "-");
	assert_number_hint("", 7, "-");
}

static void
test_writes_nothing_that_is_not_safe_text(void **state)
{
	assert_value(*state, "ifDescr", OCTETS("a\033[2Jb"), "");
	assert_value(*state, "ifDescr", OCTETS("\xff\xfe"), "");
	assert_value(*state, "ifDescr", OCTETS("a\0b"), "");
	assert_value(*state, "ifAlias", OCTETS("\xc2\x9b"), "");
	assert_value(*state, "sysLocation", OCTETS("\xed\xa0\x80"), "");
}

static void
test_flags_a_value_of_another_type(void **state)
{
	assert_misfit(*state, "ifMtu", (tl_varbind){ .type = TL_T_NULL });
	assert_misfit(*state, "ifMtu", (tl_varbind){ .type = TL_T_NOSUCHINSTANCE });
	assert_misfit(*state, "ifMtu", number(TL_T_GAUGE32, 1));
	assert_misfit(*state, "ifSpeed", integer(1));
	assert_misfit(*state, "sysUpTime", integer(1));
	assert_misfit(*state, "ifMtu", number(TL_T_TIMETICKS, 1));
	assert_misfit(*state, "ifDescr", OPAQUE("\x9f\x78\x04\x00\x00\x00\x00"));
	assert_misfit(*state, "pethNotificationControlEnable",
	    (tl_varbind){ .type = TL_T_OID, .v.oid = OID("1.3.6.1.2.1") });
	assert_misfit(*state, "dot1dBaseBridgeAddress", OCTETS("\x01\x02\x03"));
	assert_value(*state, "ifSpeed", number(TL_T_GAUGE32, 1), "");
	assert_value(*state, "linkDown", integer(1), "");
	assert_value(*state, "ifTable", (tl_varbind){ .type = TL_T_NULL }, "");
}

static const tl_type all_types[] = { TL_T_INTEGER, TL_T_OCTETS, TL_T_NULL, TL_T_OID,
	TL_T_IPADDRESS, TL_T_COUNTER32, TL_T_GAUGE32, TL_T_TIMETICKS, TL_T_OPAQUE,
	TL_T_COUNTER64, TL_T_NOSUCHOBJECT, TL_T_NOSUCHINSTANCE, TL_T_ENDOFMIBVIEW };

static bool
is_numeric(tl_type type)
{
	return type == TL_T_INTEGER ||
	       (type >= TL_T_COUNTER32 && type <= TL_T_TIMETICKS) ||
	       type == TL_T_COUNTER64;
}

static bool
is_bits(const tl_mib *mib, const tl_mib_node *node)
{
	const tl_mib_syntax *syntax = tl_mib_syntax_of(mib, node);

	return syntax != NULL && syntax->special == TL_MIB_BITS;
}

/* Every type on every definition, with |value| for octets; what is written is text. */
static void
try_all(const tl_mib *mib, tl_span value, uint64_t n, tl_buf out)
{
	static const uint8_t oid[] = { 0x2b, 6, 1, 2, 1, 2, 2, 1, 8, 0x8f, 0x7f };

	for (uint32_t i = 0; i < mib->nodes_count; i++)
		for (size_t t = 0; t < sizeof all_types / sizeof all_types[0]; t++) {
			const tl_mib_node *node = &mib->nodes[i];
			tl_varbind vb = { .type = all_types[t] };
			bool mismatch;
			if (vb.type == TL_T_OID)
				vb.v.oid = (tl_oid){ oid, sizeof oid };
			else if (vb.type == TL_T_IPADDRESS)
				vb.v.octets = (tl_span){ oid, 4 };
			else if (is_numeric(vb.type))
				vb.v.u64 = n;
			else
				vb.v.octets = value;
			out.len = 0;
			out.full = false;
			tl_mib_value_text(mib, node, &vb, &out, &mismatch);
			assert_true(tl_is_text(tl_buf_written(&out)));
			assert_false(mismatch && out.len > 0 && !is_bits(mib, node));
			int want = tl_mib_node_type(mib, node);
			assert_false(want != 0 && want != (int)vb.type && !mismatch);
		}
}

static void
test_every_type_against_every_syntax(void **state)
{
	uint8_t room[4096], value[40];
	uint64_t random = 1;

	for (size_t len = 0; len <= sizeof value; len += 1 + len / 6) {
		for (size_t i = 0; i < len; i++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			value[i] = (uint8_t)(random >> 56) & (len % 2 ? 0x7f : 0xff);
		}
		tl_span copy = exactly(value, len);
		try_all(
		    *state, copy, random, (tl_buf){ .ptr = room, .cap = sizeof room });
		try_all(*state, copy, len, (tl_buf){ .ptr = room, .cap = 3 });
		free((void *)copy.ptr);
	}
}

static void
test_bears_strings_of_64_kib(void **state)
{
	static const char *const names[] = { "ifDescr", "ifPhysAddress", "hrSystemDate",
		"mteTriggerTest", "pingCtlTargetAddress", "snmpTargetAddrTAddress" };
	enum { LONG = 65536, ROOM = 4 << 20 };
	uint8_t *value = malloc(LONG), *room = malloc(ROOM);
	tl_buf out = { .ptr = room, .cap = ROOM };
	bool mismatch;

	memset(value, 'A', LONG);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		tl_varbind vb = bytes(TL_T_OCTETS, value, LONG);
		tl_mib_value_text(
		    *state, node_of(*state, names[i]), &vb, &out, &mismatch);
		assert_true(tl_is_text(tl_buf_written(&out)));
		assert_false(out.full);
	}
	out.len = 0;
	tl_varbind vb = bytes(TL_T_OCTETS, value, LONG);
	tl_mib_value_text(*state, node_of(*state, "ifPhysAddress"), &vb, &out, &mismatch);
	assert_int_equal(3 * LONG - 1, out.len);
	free(value);
	free(room);
}

/* |node|'s |vb| has |len| bytes of text: they are all written, or none and that is said.
 * An OID may ask for a few bytes more than it needs. */
static void
assert_whole(const tl_mib *mib, const tl_mib_node *node, tl_varbind vb, size_t len)
{
	uint8_t room[64] = "before";
	bool mismatch;

	for (size_t cap = 6; cap <= 6 + len + 4; cap++) {
		tl_buf out = { .ptr = room, .len = 6, .cap = cap };
		tl_mib_value_text(mib, node, &vb, &out, &mismatch);
		assert_int_equal(out.full ? 6 : 6 + len, out.len);
		assert_true(out.full || cap >= 6 + len);
		assert_false(out.full && cap == 6 + len + 4);
	}
}

static void
test_writes_whole_or_not_at_all(void **state)
{
	oid_room room;
	tl_varbind oid = { .type = TL_T_OID };

	oid.v.oid = oid_of("1.3.6.1.2.1.2.2.1.8.12", &room);
	assert_whole(*state, NULL, oid, strlen("IF-MIB::ifOperStatus.12"));
	assert_whole(*state, NULL, number(TL_T_TIMETICKS, 9372304), 14);
	assert_whole(*state, node_of(*state, "ifOperStatus"), integer(2), 4);
	assert_whole(*state, node_of(*state, "ifPhysAddress"),
	    OCTETS("\x00\x11\x22\x33\x44\x05"), 17);
}

/* A repeat of nothing but its separator, 255 times an octet, must not fill the output. */
static void
test_bounds_the_work_of_a_bad_hint(void **state)
{
	enum { LONG = 65535 };
	uint8_t *value = malloc(LONG), room[64];
	tl_mib *mib = mib_of("object|A::x|1.3.6.1.4.1.1|OCTETS||*0a-");
	bool mismatch;

	(void)state;
	memset(value, 0xff, LONG);
	tl_buf out = { .ptr = room, .cap = sizeof room };
	tl_varbind vb = bytes(TL_T_OCTETS, value, LONG);
	tl_mib_value_text(mib, node_of(mib, "x"), &vb, &out, &mismatch);
	assert_int_equal(0, out.len);
	uint8_t *large = malloc(32u << 20);
	out = (tl_buf){ .ptr = large, .cap = 32u << 20 };
	tl_mib_value_text(mib, node_of(mib, "x"), &vb, &out, &mismatch);
	assert_int_equal(0, out.len);
	assert_false(out.full);
	free(large);
	free(value);
	tl_mib_free(mib);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gives_labels_of_enumerations),
		cmocka_unit_test(test_finds_labels_between_gaps),
		cmocka_unit_test(test_flags_a_number_that_an_enumeration_lacks),
		cmocka_unit_test(test_is_silent_on_numbers_without_labels),
		cmocka_unit_test(test_gives_labels_of_bits),
		cmocka_unit_test(
		    test_gives_numbers_of_bits_without_a_label_and_flags_them),
		cmocka_unit_test(test_gives_no_text_of_more_bits_than_there_is_room_for),
		cmocka_unit_test(test_gives_dates_as_rfc3339),
		cmocka_unit_test(test_flags_what_is_no_date),
		cmocka_unit_test(test_gives_time_ticks_with_or_without_a_name),
		cmocka_unit_test(test_gives_the_names_of_oids),
		cmocka_unit_test(test_gives_the_floats_of_net_snmp),
		cmocka_unit_test(test_floats_come_back_from_their_text),
		cmocka_unit_test(test_leaves_other_opaques_alone),
		cmocka_unit_test(test_gives_strings_only_when_they_say_more),
		cmocka_unit_test(test_gives_strings_without_the_nuls_that_close_them),
		cmocka_unit_test(test_gives_internet_addresses_by_their_length),
		cmocka_unit_test(test_formats_octets_as_rfc2579_says),
		cmocka_unit_test(test_repeats_as_rfc2579_says),
		cmocka_unit_test(test_refuses_hints_that_are_none),
		cmocka_unit_test(test_formats_integers_as_rfc2579_says),
		cmocka_unit_test(test_writes_nothing_that_is_not_safe_text),
		cmocka_unit_test(test_flags_a_value_of_another_type),
		cmocka_unit_test(test_every_type_against_every_syntax),
		cmocka_unit_test(test_bears_strings_of_64_kib),
		cmocka_unit_test(test_writes_whole_or_not_at_all),
		cmocka_unit_test(test_bounds_the_work_of_a_bad_hint),
	};
	return cmocka_run_group_tests(tests, open_builtin, close_builtin);
}
