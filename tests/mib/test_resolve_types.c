/* mib/types.c: what syntaxes come down to, and which definitions have a value. */
#include "resolving_test.h"

#define HEAD(name, imports)                                                              \
	name " DEFINITIONS ::= BEGIN\nIMPORTS enterprises FROM SNMPv2-SMI " imports ";"  \
	     "\n"
#define OBJECT(name, arc, syntax)                                                        \
	name " OBJECT-TYPE SYNTAX " syntax " MAX-ACCESS read-only STATUS current "       \
	     "DESCRIPTION \"\" ::= { enterprises " arc " }\n"
#define TC(name, hint, syntax)                                                           \
	name " ::= TEXTUAL-CONVENTION " hint " STATUS current DESCRIPTION \"\" "         \
	     "SYNTAX " syntax "\n"
#define HINT(text) "DISPLAY-HINT \"" text "\""

static resolving r;

static int
finish(void **state)
{
	(void)state;
	resolving_fini(&r);
	return 0;
}

/* The syntax of A::|name|. */
static const tl_mib_def_syntax *
syntax_of(const char *name)
{
	const tl_mib_def *def = nth_def(&r, "A", name, 0);

	assert_int_equal(TL_MIB_OBJECT, def->kind);
	assert_int_not_equal(TL_MIB_NONE, def->syntax);
	return TL_VEC_AT(&r.set.syntaxes, const tl_mib_def_syntax, def->syntax);
}

static void
assert_hint(const char *want, const tl_mib_def_syntax *syntax)
{
	tl_span have = name_text(&r, syntax->hint);

	assert_int_equal(strlen(want), have.len);
	assert_memory_equal(want, have.ptr, have.len);
}

/* "up(1) down(2)". */
static void
assert_labels(const char *want, const tl_mib_def_syntax *syntax)
{
	char text[256] = "";
	size_t len = 0;
	const tl_mib_def_label *label =
	    TL_VEC_AT(&r.set.labels, const tl_mib_def_label, syntax->label);

	for (uint32_t i = 0; i < syntax->label_count; i++) {
		tl_span name = name_text(&r, label[i].text);
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%.*s(%d)",
		    i > 0 ? " " : "", (int)name.len, (const char *)name.ptr,
		    label[i].value);
	}
	assert_string_equal(want, text);
}

static void
test_knows_the_base_types(void **state)
{
	static const struct {
		const char *name, *syntax;
		int type;
	} rows[] = {
		{ "a", "INTEGER", TL_T_INTEGER },
		{ "b", "Integer32", TL_T_INTEGER },
		{ "c", "OCTET STRING", TL_T_OCTETS },
		{ "d", "OBJECT IDENTIFIER", TL_T_OID },
		{ "e", "BITS { one(1) }", TL_T_OCTETS },
		{ "f", "IpAddress", TL_T_IPADDRESS },
		{ "g", "NetworkAddress", TL_T_IPADDRESS },
		{ "h", "Counter", TL_T_COUNTER32 },
		{ "i", "Counter32", TL_T_COUNTER32 },
		{ "j", "Gauge", TL_T_GAUGE32 },
		{ "k", "Gauge32", TL_T_GAUGE32 },
		{ "l", "Unsigned32", TL_T_GAUGE32 },
		{ "m", "UInteger32", TL_T_GAUGE32 },
		{ "n", "TimeTicks", TL_T_TIMETICKS },
		{ "o", "Opaque", TL_T_OPAQUE },
		{ "p", "Counter64", TL_T_COUNTER64 },
	};
	char text[4096];
	size_t len = (size_t)snprintf(text, sizeof text, "%s", HEAD("A", ""));
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		len += (size_t)snprintf(text + len, sizeof text - len,
		    OBJECT("%s", "9", "%s"), rows[i].name, rows[i].syntax);
	(void)snprintf(text + len, sizeof text - len, "END\n");
	READ(&r, text);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(rows[i].type, syntax_of(rows[i].name)->type);
	assert_int_equal(TL_MIB_BITS, syntax_of("e")->special);
	assert_int_equal(TL_MIB_NETWORK, syntax_of("g")->special);
	assert_int_equal(0, count_problems(&r, "A:2 no-type"));
}

/* An SMI module defines Counter32 and the like, with tags that the tree does not have. */
static void
test_takes_an_smi_module_at_its_tags(void **state)
{
	(void)state;
	READ(&r,
	    "SNMPv2-SMI DEFINITIONS ::= BEGIN\n"
	    "Counter32 ::= [APPLICATION 1] IMPLICIT INTEGER (0..4294967295)\n"
	    "IpAddress ::= [APPLICATION 0] IMPLICIT OCTET STRING (SIZE (4))\n"
	    "NetworkAddress ::= CHOICE { internet IpAddress }\n"
	    "END\n",
	    HEAD("A", "Counter32, IpAddress, NetworkAddress FROM SNMPv2-SMI")
		OBJECT("a", "1", "Counter32") OBJECT("b", "2", "IpAddress")
		    OBJECT("c", "3", "NetworkAddress") "END\n");
	assert_int_equal(TL_T_COUNTER32, syntax_of("a")->type);
	assert_int_equal(TL_T_IPADDRESS, syntax_of("b")->type);
	assert_int_equal(TL_T_IPADDRESS, syntax_of("c")->type);
	assert_int_equal(TL_MIB_NETWORK, syntax_of("c")->special);
}

static void
test_takes_a_base_type_as_a_module_defines_it(void **state)
{
	(void)state;
	READ(&r, HEAD("A", "") TC("Counter64", "", "OCTET STRING (SIZE (8))")
		     OBJECT("a", "1", "Counter64") "END\n");
	assert_int_equal(TL_T_OCTETS, syntax_of("a")->type);
	assert_int_equal(8, syntax_of("a")->size_min);
}

static void
test_narrows_step_by_step_in_the_scope_of_each_module(void **state)
{
	(void)state;
	READ(&r,
	    HEAD("A", "Middle FROM B") TC("Base", HINT("9a"), "INTEGER") OBJECT(
		"plain", "1", "Middle") OBJECT("sized", "2", "Middle (SIZE (6))") "END\n",
	    HEAD("B", "Base FROM C")
		TC("Middle", HINT("1x:"), "Base (SIZE (4..8))") "END\n",
	    HEAD("C", "")
		TC("Base", HINT("2d"), "OCTET STRING (SIZE (0..70000))") "END\n");
	assert_int_equal(TL_T_OCTETS, syntax_of("plain")->type);
	assert_hint("1x:", syntax_of("plain"));
	assert_int_equal(4, syntax_of("plain")->size_min);
	assert_int_equal(8, syntax_of("plain")->size_max);
	assert_int_equal(6, syntax_of("sized")->size_min);
	assert_int_equal(6, syntax_of("sized")->size_max);
	assert_hint("1x:", syntax_of("sized"));
}

static void
test_bounds_sizes_to_sixteen_bits(void **state)
{
	(void)state;
	READ(&r, HEAD("A", "") OBJECT("a", "1", "OCTET STRING (SIZE (5..70000))")
		     OBJECT("b", "2", "OCTET STRING (SIZE (70000))")
			 OBJECT("c", "3", "INTEGER (5..10)") "END\n");
	assert_int_equal(5, syntax_of("a")->size_min);
	assert_int_equal(UINT16_MAX, syntax_of("a")->size_max);
	assert_int_equal(UINT16_MAX, syntax_of("b")->size_min);
	assert_int_equal(0, syntax_of("c")->size_min);
	assert_int_equal(UINT16_MAX, syntax_of("c")->size_max);
}

static void
test_takes_the_nearest_labels_in_the_order_of_their_values(void **state)
{
	(void)state;
	READ(&r, HEAD("A", "") TC("State", "", "INTEGER { up(1), down(2), unknown(-1) }")
		     OBJECT("a", "1", "State") OBJECT("b", "2", "State { down(2) }")
			 OBJECT("c", "3", "BITS { second(9), first(0) }") OBJECT("d", "4",
			     "INTEGER { x(2147483647), y(-2147483648) }") "END\n");
	assert_labels("unknown(-1) up(1) down(2)", syntax_of("a"));
	assert_labels("down(2)", syntax_of("b"));
	assert_labels("first(0) second(9)", syntax_of("c"));
	assert_labels("y(-2147483648) x(2147483647)", syntax_of("d"));
}

static void
test_gives_types_of_smiv1_the_hints_of_smiv2(void **state)
{
	(void)state;
	READ(&r,
	    "RFC1213-MIB DEFINITIONS ::= BEGIN\n"
	    "DisplayString ::= OCTET STRING\nPhysAddress ::= OCTET STRING\nEND\n",
	    HEAD("A", "DisplayString, PhysAddress FROM RFC1213-MIB") OBJECT("a", "1",
		"DisplayString (SIZE (0..64))") OBJECT("b", "2", "PhysAddress") "END\n",
	    HEAD("B", "") TC("DisplayString", HINT("100t"), "OCTET STRING")
		OBJECT("c", "3", "DisplayString") "END\n");
	assert_hint("255a", syntax_of("a"));
	assert_int_equal(64, syntax_of("a")->size_max);
	assert_hint("1x:", syntax_of("b"));
	const tl_mib_def *c = nth_def(&r, "B", "c", 0);
	assert_hint(
	    "100t", TL_VEC_AT(&r.set.syntaxes, const tl_mib_def_syntax, c->syntax));
}

static void
test_marks_what_a_hint_cannot_say(void **state)
{
	(void)state;
	READ(&r,
	    HEAD("A", "")
		TC("DateAndTime", HINT("2d-1d-1d"), "OCTET STRING (SIZE (8|11))")
		    TC("InetAddressType", "", "INTEGER { ipv4(1) }")
			TC("InetAddress", "", "OCTET STRING (SIZE (0..255))") TC(
			    "InetAddressIPv6", HINT("2x:"), "OCTET STRING (SIZE (16))")
			    TC("My", "", "InetAddress") OBJECT("a", "1", "DateAndTime")
				OBJECT("b", "2", "InetAddressType")
				    OBJECT("c", "3", "My (SIZE (4))")
					OBJECT("d", "4", "InetAddressIPv6") "END\n",
	    HEAD("B", "") TC("InetAddress", "", "IpAddress")
		OBJECT("e", "5", "InetAddress") "END\n");
	assert_int_equal(TL_MIB_DATE, syntax_of("a")->special);
	assert_int_equal(TL_MIB_INET_TYPE, syntax_of("b")->special);
	assert_int_equal(TL_MIB_INET, syntax_of("c")->special);
	assert_int_equal(TL_MIB_INET, syntax_of("d")->special);
	const tl_mib_def *e = nth_def(&r, "B", "e", 0);
	assert_int_equal(TL_MIB_PLAIN,
	    TL_VEC_AT(&r.set.syntaxes, const tl_mib_def_syntax, e->syntax)->special);
}

static void
test_keeps_each_syntax_once(void **state)
{
	(void)state;
	READ(&r, HEAD("A", "") TC("State", "", "INTEGER { up(1), down(2) }")
		     OBJECT("a", "1", "State") OBJECT("b", "2", "State")
			 OBJECT("c", "3", "INTEGER { down(2), up(1) }") OBJECT("d", "4",
			     "INTEGER { up(1), down(3) }") OBJECT("e", "5", "INTEGER")
			     OBJECT("f", "6", "Integer32") "END\n");
	assert_ptr_equal(syntax_of("a"), syntax_of("b"));
	assert_ptr_equal(syntax_of("a"), syntax_of("c"));
	assert_ptr_not_equal(syntax_of("a"), syntax_of("d"));
	assert_ptr_equal(syntax_of("e"), syntax_of("f"));
	assert_int_equal(3, r.set.syntaxes.count);
	assert_int_equal(4, r.set.labels.count);
}

static void
test_ends_where_types_go_in_circles(void **state)
{
	(void)state;
	READ(&r, HEAD("A", "") TC("Ring", "", "Gnir") TC("Gnir", "", "Ring") TC(
		     "Self", "", "Self") OBJECT("a", "1", "Ring") OBJECT("b", "2", "Self")
		     OBJECT("c", "3", "Nowhere") OBJECT("d", "4", "Nowhere") "END\n");
	assert_int_equal(TL_MIB_NONE, nth_def(&r, "A", "a", 0)->syntax);
	assert_int_equal(TL_MIB_NONE, nth_def(&r, "A", "b", 0)->syntax);
	assert_int_equal(TL_MIB_OBJECT, nth_def(&r, "A", "c", 0)->kind);
	assert_int_equal(TL_MIB_NONE, nth_def(&r, "A", "c", 0)->syntax);
	assert_problem(&r, "A:8 no-type c||Nowhere|");
	assert_int_equal(0, count_problems(&r, "A:9 no-type"));
}

static void
test_finds_types_that_are_not_imported(void **state)
{
	(void)state;
	READ(&r, HEAD("SNMPv2-TC", "") TC("RowStatus", HINT("1"), "INTEGER") "END\n",
	    HEAD("X", "") TC("RowStatus", HINT("2"), "INTEGER")
		TC("Rare", HINT("3"), "INTEGER") "END\n",
	    HEAD("A", "") OBJECT("a", "1", "RowStatus") OBJECT("b", "2", "Rare") "END\n");
	assert_hint("1", syntax_of("a"));
	assert_hint("3", syntax_of("b"));
	assert_problem(&r, "A:3 guessed A||RowStatus|SNMPv2-TC");
	assert_problem(&r, "A:4 guessed A||Rare|X");
}

/* Of several modules that have a type, the one that others import from far more often. */
static void
test_takes_a_type_that_others_have_copied_from_the_first(void **state)
{
	(void)state;
	READ(&r,
	    HEAD("COPY", "") TC("Copied", HINT("1"), "INTEGER")
		TC("Unclear", HINT("2"), "INTEGER") "END\n",
	    HEAD("FIRST", "") TC("Copied", HINT("3"), "INTEGER") "END\n",
	    HEAD("OTHER", "") TC("Unclear", HINT("4"), "INTEGER") "END\n",
	    HEAD("USER", "a, b, c, d, e, f, g, h FROM FIRST") "END\n",
	    HEAD("A", "") OBJECT("a", "1", "Copied") OBJECT("b", "2", "Unclear") "END\n");
	assert_hint("3", syntax_of("a"));
	assert_int_equal(TL_MIB_NONE, nth_def(&r, "A", "b", 0)->syntax);
	assert_problem(&r, "A:4 no-type b||Unclear|");
}

static void
test_takes_tables_and_rows_for_identities(void **state)
{
	(void)state;
	READ(&r, HEAD("A", "") OBJECT("table", "1", "SEQUENCE OF Entry")
		     OBJECT("bare", "2", "Entry") OBJECT("scalar", "3",
			 "INTEGER") "row OBJECT-TYPE SYNTAX Unknown MAX-ACCESS "
				    "not-accessible STATUS "
				    "current DESCRIPTION \"\" INDEX { scalar } ::= { "
				    "enterprises 4 }\n"
				    "Entry ::= SEQUENCE { scalar INTEGER }\nEND\n");
	assert_def(&r, "A", "table", TL_MIB_IDENTITY, "1.3.6.1.4.1.1");
	assert_def(&r, "A", "bare", TL_MIB_IDENTITY, "1.3.6.1.4.1.2");
	assert_def(&r, "A", "scalar", TL_MIB_OBJECT, "1.3.6.1.4.1.3");
	assert_def(&r, "A", "row", TL_MIB_IDENTITY, "1.3.6.1.4.1.4");
	assert_int_equal(TL_MIB_NONE, nth_def(&r, "A", "table", 0)->syntax);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_knows_the_base_types),
		TEST(test_takes_an_smi_module_at_its_tags),
		TEST(test_takes_a_base_type_as_a_module_defines_it),
		TEST(test_narrows_step_by_step_in_the_scope_of_each_module),
		TEST(test_bounds_sizes_to_sixteen_bits),
		TEST(test_takes_the_nearest_labels_in_the_order_of_their_values),
		TEST(test_gives_types_of_smiv1_the_hints_of_smiv2),
		TEST(test_marks_what_a_hint_cannot_say),
		TEST(test_keeps_each_syntax_once),
		TEST(test_ends_where_types_go_in_circles),
		TEST(test_finds_types_that_are_not_imported),
		TEST(test_takes_a_type_that_others_have_copied_from_the_first),
		TEST(test_takes_tables_and_rows_for_identities),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
