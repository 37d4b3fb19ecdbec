/* mib/resolve.c: from names to OIDs. */
#include "resolving_test.h"

#define SMI                                                                              \
	"SNMPv2-SMI DEFINITIONS ::= BEGIN\n"                                             \
	"org OBJECT IDENTIFIER ::= { iso 3 }\n"                                          \
	"dod OBJECT IDENTIFIER ::= { org 6 }\n"                                          \
	"internet OBJECT IDENTIFIER ::= { dod 1 }\n"                                     \
	"mgmt OBJECT IDENTIFIER ::= { internet 2 }\n"                                    \
	"mib-2 OBJECT IDENTIFIER ::= { mgmt 1 }\n"                                       \
	"private OBJECT IDENTIFIER ::= { internet 4 }\n"                                 \
	"enterprises OBJECT IDENTIFIER ::= { private 1 }\n"                              \
	"END\n"

/* A module that imports enterprises, or also |imports|, and has |body|. */
#define MODULE_WITH(name, imports, body)                                                 \
	name " DEFINITIONS ::= BEGIN\nIMPORTS enterprises FROM SNMPv2-SMI " imports      \
	     ";\n" body "END\n"
#define MODULE(name, body) MODULE_WITH(name, "", body)
#define OID(name, value) name " OBJECT IDENTIFIER ::= { " value " }\n"
#define TRAP(name, enterprise, number)                                                   \
	name " TRAP-TYPE ENTERPRISE " enterprise " ::= " number "\n"
#define NOTE(name, value)                                                                \
	name " NOTIFICATION-TYPE STATUS current DESCRIPTION \"\" ::= { " value " }\n"
#define OBJECT(name, value)                                                              \
	name " OBJECT-TYPE SYNTAX INTEGER MAX-ACCESS read-only STATUS current "          \
	     "DESCRIPTION \"\" ::= { " value " }\n"
#define DATED(date)                                                                      \
	"identity MODULE-IDENTITY LAST-UPDATED \"" date "\" ORGANIZATION \"\" "          \
	"CONTACT-INFO \"\" DESCRIPTION \"\" ::= { enterprises 99 }\n"

static resolving r;

static int
finish(void **state)
{
	(void)state;
	resolving_fini(&r);
	return 0;
}

static void
test_resolves_nothing(void **state)
{
	(void)state;
	READ(&r, "");
	assert_int_equal(0, r.set.defs.count);
	assert_int_equal(0, r.set.modules.count);
}

static void
test_takes_definitions_before_what_they_hang_on(void **state)
{
	(void)state;
	READ(&r,
	    MODULE("A", OID("leaf", "twig 2") OID("twig", "branch 1")
			    OID("branch", "enterprises 7")),
	    SMI);
	assert_def(&r, "A", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.7.1.2");
	assert_def(&r, "SNMPv2-SMI", "org", TL_MIB_IDENTITY, "1.3");
	assert_no_problem(&r);
}

static void
test_prefers_the_own_definition_to_an_imported_one(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE("A", OID("twig", "enterprises 1")),
	    MODULE_WITH(
		"B", "twig FROM A", OID("twig", "enterprises 2") OID("leaf", "twig 5")),
	    MODULE_WITH("C", "twig FROM A", OID("leaf", "twig 5")));
	assert_def(&r, "B", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.2.5");
	assert_def(&r, "C", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.1.5");
	assert_no_problem(&r);
}

static void
test_hangs_a_definition_on_the_imported_one_of_its_name(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE("A", OID("twig", "enterprises 1")),
	    MODULE_WITH("B", "twig FROM A", OID("twig", "twig 2")));
	assert_def(&r, "B", "twig", TL_MIB_IDENTITY, "1.3.6.1.4.1.1.2");
}

static void
test_follows_what_a_module_imports_itself(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE("A", OID("twig", "enterprises 1")),
	    MODULE_WITH("B", "twig FROM A", OID("other", "twig 1")),
	    MODULE_WITH("C", "twig FROM B", OID("leaf", "twig 3")));
	assert_def(&r, "C", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.1.3");
	assert_no_problem(&r);
}

static void
test_ends_where_modules_import_from_each_other(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE_WITH("A", "twig FROM B", OID("x", "enterprises 1")),
	    MODULE_WITH("B", "twig FROM A", OID("leaf", "twig 3")));
	assert_false(is_there(&r, "B", "leaf"));
	assert_problem(&r, "B:3 not-exported leaf|A|twig|0");
}

static void
test_finds_a_module_of_another_case_or_underscore(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE("A-Root-MIB", OID("twig", "enterprises 1")),
	    MODULE("C", OID("twig", "enterprises 8")),
	    MODULE_WITH("B", "twig FROM A_ROOT-MIB", OID("leaf", "twig 3")));
	assert_def(&r, "B", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.1.3");
	assert_problem(&r, "B:2 renamed-module B||A_ROOT-MIB|A-Root-MIB");
}

static void
test_knows_what_old_modules_became(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE("RMON-MIB", OID("statistics", "enterprises 1")),
	    MODULE("C", OID("statistics", "enterprises 8")),
	    MODULE_WITH("B", "statistics FROM RFC1271-MIB", OID("leaf", "statistics 3")));
	assert_def(&r, "B", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.1.3");
	assert_problem(&r, "B:2 renamed-module B||RFC1271-MIB|RMON-MIB");
	assert_int_equal(1, r.kept);
}

static void
test_knows_the_roots(void **state)
{
	(void)state;
	READ(&r, "A DEFINITIONS ::= BEGIN\n" OID("a", "enterprises 1") OID("b", "iso 2")
		     OID("c", "snmp 7") OID("d", "mib-2 5") OID("e", "MIB_2 6") "END\n");
	assert_def(&r, "A", "a", TL_MIB_IDENTITY, "1.3.6.1.4.1.1");
	assert_def(&r, "A", "b", TL_MIB_IDENTITY, "1.2");
	assert_def(&r, "A", "c", TL_MIB_IDENTITY, "1.3.6.1.2.1.11.7");
	assert_def(&r, "A", "e", TL_MIB_IDENTITY, "1.3.6.1.2.1.6");
	assert_problem(&r, "A:2 guessed A||enterprises|1.3.6.1.4.1");
	assert_problem(&r, "A:4 guessed A||snmp|1.3.6.1.2.1.11");
	assert_int_equal(4, count_problems(&r, "A:")); /* iso is everybody's */
}

static void
test_guesses_a_name_that_has_one_oid_everywhere(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE("A", OID("twig", "enterprises 1")),
	    MODULE("B", OID("twig", "enterprises 1")),
	    MODULE("C", OID("leaf", "twig 3") OID("second", "twig 4")),
	    MODULE_WITH("D", "twig FROM SNMPv2-SMI", OID("leaf", "twig 5")),
	    MODULE_WITH("E", "twig FROM GONE", OID("leaf", "twig 6")));
	assert_def(&r, "C", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.1.3");
	assert_def(&r, "C", "second", TL_MIB_IDENTITY, "1.3.6.1.4.1.1.4");
	assert_def(&r, "D", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.1.5");
	assert_def(&r, "E", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.1.6");
	assert_problem(&r, "C:3 guessed C||twig|A");
	assert_problem(&r, "D:3 misimported D|SNMPv2-SMI|twig|A");
	assert_problem(&r, "E:3 elsewhere E|GONE|twig|A");
}

static void
test_guesses_what_hangs_on_a_guess(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE("C", OID("leaf", "bough 3")),
	    MODULE("B", OID("bough", "twig 2")),
	    MODULE("A", OID("twig", "enterprises 1")));
	assert_def(&r, "C", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.1.2.3");
}

static void
test_does_not_guess_between_two_oids(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE("A", OID("twig", "enterprises 1")),
	    MODULE("B", OID("twig", "enterprises 2")),
	    MODULE("C",
		OID("leaf", "twig 3") OID("below", "leaf 1") OID("second", "twig 4")));
	assert_false(is_there(&r, "C", "leaf"));
	assert_problem(&r, "C:3 unresolved leaf||twig|2");
	assert_int_equal(1, r.kept);
	assert_int_equal(3, r.summary.unresolved);
}

static void
test_does_not_guess_a_name_of_the_own_module(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE("A", OID("twig", "enterprises 1")),
	    MODULE("B", OID("twig", "nowhere 1") OID("leaf", "twig 3")
			    OID("self", "self 2") OID("snmp", "snmp 1")),
	    MODULE("C", OID("self", "enterprises 5")));
	assert_false(is_there(&r, "B", "leaf"));
	assert_false(is_there(&r, "B", "self"));
	assert_problem(&r, "B:3 unresolved twig||nowhere|1");
	assert_problem(&r, "B:5 circle self|");
	assert_problem(&r, "B:6 circle snmp|");
}

static void
test_leaves_placeholders_unresolved(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE("X", OID("xx", "enterprises 5")),
	    MODULE_WITH("A", "mib-2 FROM SNMPv2-SMI",
		OID("mib", "mib-2 xx") OID("leaf", "mib 1")));
	assert_false(is_there(&r, "A", "mib"));
	assert_false(is_there(&r, "A", "leaf"));
	assert_problem(&r, "A:3 unresolved mib||xx|1");
}

static void
test_reads_oids_of_several_parts(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE("A",
		OID("a", "iso org(3) dod(6) 1 4 1 7") OID("b", "1 3 6 5") OID("c",
		    "iso(1) member-body(2) us(840)") OID("d", "iso org dod internet 4")
		    OID("e", "enterprises branch 6") OID("branch", "enterprises 44")
			OID("f", "branch leaf(3) 1 2") OID("same", "branch")));
	assert_def(&r, "A", "a", TL_MIB_IDENTITY, "1.3.6.1.4.1.7");
	assert_def(&r, "A", "b", TL_MIB_IDENTITY, "1.3.6.5");
	assert_def(&r, "A", "c", TL_MIB_IDENTITY, "1.2.840");
	assert_def(&r, "A", "d", TL_MIB_IDENTITY, "1.3.6.1.4");
	assert_def(&r, "A", "e", TL_MIB_IDENTITY, "1.3.6.1.4.1.44.6");
	assert_def(&r, "A", "f", TL_MIB_IDENTITY, "1.3.6.1.4.1.44.3.1.2");
	assert_def(&r, "A", "same", TL_MIB_IDENTITY, "1.3.6.1.4.1.44");
}

static void
test_wants_a_later_name_to_be_a_child_of_what_comes_before(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE("A", OID("branch", "enterprises 44") OID("twig", "branch 3")
			    OID("far", "enterprises twig 6")));
	assert_false(is_there(&r, "A", "far"));
	assert_problem(&r, "A:5 unresolved far||twig|0");
}

static void
test_keeps_the_bounds_of_oids(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE("A", OID("most", "enterprises 4294967295") OID("third", "3 1")
			    OID("forty", "iso 40") OID("high", "2 999 1") OID("root", "1")
				OID("below", "root 3 6")));
	assert_def(&r, "A", "most", TL_MIB_IDENTITY, "1.3.6.1.4.1.4294967295");
	assert_def(&r, "A", "high", TL_MIB_IDENTITY, "2.999.1");
	assert_def(&r, "A", "below", TL_MIB_IDENTITY, "1.3.6");
	assert_problem(&r, "A:4 no-oid third|");
	assert_problem(&r, "A:5 no-oid forty|");
	assert_false(is_there(&r, "A", "root"));
	assert_int_equal(2, r.summary.unresolved);
}

/* Appends a definition to |text|. */
static size_t
put(char *text, size_t len, const char *name, int i, const char *value)
{
	return len + (size_t)sprintf(text + len, "%s%d OBJECT IDENTIFIER ::= { %s }\n",
			 name, i, value);
}

static void
test_leaves_out_what_is_more_than_128_deep(void **state)
{
	(void)state;
	static char text[64 * 1024];
	char above[32] = "enterprises 1", name[32];
	size_t len = (size_t)sprintf(text, "A DEFINITIONS ::= BEGIN\n");

	for (int i = 7; i < 140; i++) {
		len = put(text, len, "depth", i, above);
		(void)snprintf(above, sizeof above, "depth%d 1", i);
	}
	(void)sprintf(text + len, "END\n");
	READ(&r, text, SMI);
	(void)snprintf(name, sizeof name, "depth%d", TL_OID_MAX);
	assert_true(is_there(&r, "A", name));
	assert_false(is_there(&r, "A", "depth129"));
	assert_problem(&r, "A:124 no-oid depth129|||10");
	assert_int_equal(11, r.summary.unresolved);
}

/* Each is the next one's other name: no depth of the tree bounds it. */
static void
test_resolves_a_chain_of_any_length(void **state)
{
	(void)state;
	enum { LINKS = 50000 };
	char *text = malloc((size_t)LINKS * 64), next[32];
	size_t len = (size_t)sprintf(text, "A DEFINITIONS ::= BEGIN\n");

	for (int i = 0; i < LINKS; i++) {
		(void)snprintf(next, sizeof next, "link%d", i + 1);
		len = put(text, len, "link", i, next);
	}
	len = put(text, len, "link", LINKS, "1 3 6");
	(void)sprintf(text + len, "END\n");
	READ(&r, text);
	free(text);
	assert_def(&r, "A", "link0", TL_MIB_IDENTITY, "1.3.6");
	assert_int_equal(LINKS + 1, r.set.defs.count);
}

static void
test_ends_in_circles_and_tells_of_them(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE("A", OID("self", "self 1") OID("ring", "gnir 1") OID("gnir", "ring 1")
			    OID("below", "ring 2") OID("good", "enterprises 1")));
	assert_def(&r, "A", "good", TL_MIB_IDENTITY, "1.3.6.1.4.1.1");
	assert_problem(&r, "A:3 circle self|||0");
	assert_problem(&r, "A:5 circle gnir|||2");
	assert_int_equal(2, r.kept);
	assert_int_equal(4, r.summary.unresolved);
}

/* A subtree and a scalar or column below it, of one name. */
static void
test_leaves_circles_by_an_earlier_definition(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE("A", OID("mode", "enterprises 1") OBJECT("mode", "mode 1") OID("other",
			    "mode 2") OID("port", "enterprises 5") OID("table", "port 1")
			    OID("entry", "table 1") OBJECT("port", "entry 7")));
	assert_nth_def(&r, "A", "mode", 0, TL_MIB_IDENTITY, "1.3.6.1.4.1.1");
	assert_nth_def(&r, "A", "mode", 1, TL_MIB_OBJECT, "1.3.6.1.4.1.1.1");
	assert_def(&r, "A", "other", TL_MIB_IDENTITY, "1.3.6.1.4.1.1.2");
	assert_def(&r, "A", "entry", TL_MIB_IDENTITY, "1.3.6.1.4.1.5.1.1");
	assert_nth_def(&r, "A", "port", 0, TL_MIB_OBJECT, "1.3.6.1.4.1.5.1.1.7");
	assert_nth_def(&r, "A", "port", 1, TL_MIB_IDENTITY, "1.3.6.1.4.1.5");
	assert_no_problem(&r);
}

static void
test_puts_a_zero_before_the_number_of_a_trap(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE("A", OID("acme", "enterprises 7")),
	    MODULE_WITH("B", "acme FROM A",
		TRAP("one", "acme", "1") TRAP("two", "{ acme 5 }", "2147483647")
		    TRAP("six", "{ iso org(3) dod(6) 1 }", "0")));
	assert_def(&r, "B", "one", TL_MIB_NOTIFICATION, "1.3.6.1.4.1.7.0.1");
	assert_def(&r, "B", "two", TL_MIB_NOTIFICATION, "1.3.6.1.4.1.7.5.0.2147483647");
	assert_def(&r, "B", "six", TL_MIB_NOTIFICATION, "1.3.6.1.0.0");
	assert_int_equal(3, r.summary.notifications);
}

static void
test_knows_the_generic_traps(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE_WITH("A", "snmp FROM RFC1213-MIB",
		TRAP("cold", "snmp", "0") TRAP("egp", "snmp", "5")
		    TRAP("specific", "snmp", "6") TRAP("up", "{ 1 3 6 1 6 3 1 1 5 }", "3")
			TRAP("more", "{ 1 3 6 1 6 3 1 1 5 }", "6")));
	assert_def(&r, "A", "cold", TL_MIB_NOTIFICATION, "1.3.6.1.6.3.1.1.5.1");
	assert_def(&r, "A", "egp", TL_MIB_NOTIFICATION, "1.3.6.1.6.3.1.1.5.6");
	assert_def(&r, "A", "specific", TL_MIB_NOTIFICATION, "1.3.6.1.2.1.11.0.6");
	assert_def(&r, "A", "up", TL_MIB_NOTIFICATION, "1.3.6.1.6.3.1.1.5.4");
	assert_def(&r, "A", "more", TL_MIB_NOTIFICATION, "1.3.6.1.6.3.1.1.5.0.6");
}

static void
test_keeps_a_name_as_notification_and_as_object(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE("A", NOTE("both", "enterprises 1") OBJECT("both", "enterprises 2")
			    NOTE("both2", "enterprises 4") OID("leaf", "both 3")
				OID("below", "both2 1")));
	assert_nth_def(&r, "A", "both", 0, TL_MIB_NOTIFICATION, "1.3.6.1.4.1.1");
	assert_nth_def(&r, "A", "both", 1, TL_MIB_OBJECT, "1.3.6.1.4.1.2");
	assert_def(&r, "A", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.2.3");
	assert_def(&r, "A", "below", TL_MIB_IDENTITY, "1.3.6.1.4.1.4.1");
	assert_no_problem(&r);
}

static void
test_keeps_a_notification_and_a_trap_of_one_name(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE("A", OID("acme", "enterprises 7") NOTE("both", "acme 1")
			    TRAP("both", "acme", "1")));
	assert_nth_def(&r, "A", "both", 0, TL_MIB_NOTIFICATION, "1.3.6.1.4.1.7.0.1");
	assert_nth_def(&r, "A", "both", 1, TL_MIB_NOTIFICATION, "1.3.6.1.4.1.7.1");
	assert_int_equal(2, r.summary.notifications);
}

static void
test_lets_the_last_definition_of_a_name_win(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE("A", OID("twice", "enterprises 1") OID("leaf", "twice 5")
			    OID("twice", "enterprises 2") OID("again", "enterprises 3")
				OID("again", "enterprises 3")));
	assert_nth_def(&r, "A", "twice", 0, TL_MIB_IDENTITY, "1.3.6.1.4.1.2");
	assert_nth_def(&r, "A", "twice", 1, TL_MIB_IDENTITY, "1.3.6.1.4.1.1");
	assert_def(&r, "A", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.2.5");
	assert_def(&r, "A", "again", TL_MIB_IDENTITY, "1.3.6.1.4.1.3");
	assert_int_equal(UINT32_MAX,
	    def_named(&r, "A", "again", 0, def_named(&r, "A", "again", 0, 0) + 1));
}

static void
test_prefers_the_newest_of_several_modules(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE("A", DATED("9801010000Z") OID("twig", "enterprises 1")
			    OID("old", "enterprises 10") OID("kept", "enterprises 20")),
	    MODULE("A", DATED("200101010000Z") OID("twig", "enterprises 2")
			    OID("new", "enterprises 11") OID("kept", "enterprises 20")),
	    MODULE("A", DATED("199901010000Z") OID("twig", "enterprises 3")),
	    MODULE_WITH(
		"B", "twig, old FROM A", OID("leaf", "twig 5") OID("b", "old 1")));
	assert_nth_def(&r, "A", "twig", 0, TL_MIB_IDENTITY, "1.3.6.1.4.1.2");
	assert_nth_def(&r, "A", "twig", 1, TL_MIB_IDENTITY, "1.3.6.1.4.1.3");
	assert_nth_def(&r, "A", "twig", 2, TL_MIB_IDENTITY, "1.3.6.1.4.1.1");
	assert_def(&r, "B", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.2.5");
	assert_def(&r, "B", "b", TL_MIB_IDENTITY, "1.3.6.1.4.1.10.1");
	assert_int_equal(UINT32_MAX,
	    def_named(&r, "A", "kept", 0, def_named(&r, "A", "kept", 0, 0) + 1));
	assert_int_equal(2, r.summary.duplicates);
	assert_int_equal(5, r.summary.modules);
	assert_no_problem(&r);
}

static void
test_prefers_fewer_errors_and_then_more_definitions(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE("A", OID("twig", "enterprises 1") OID("x", "enterprises 8")
			    OID("y", "enterprises 9 \"") "\n"),
	    MODULE("A", OID("twig", "enterprises 2")),
	    MODULE("A", OID("twig", "enterprises 3") OID("z", "enterprises 7")),
	    MODULE("B", OID("twig", "enterprises 4")),
	    MODULE("B", OID("twig", "enterprises 5")));
	assert_def(&r, "A", "twig", TL_MIB_IDENTITY, "1.3.6.1.4.1.3");
	assert_def(&r, "B", "twig", TL_MIB_IDENTITY, "1.3.6.1.4.1.4");
}

static void
test_resolves_a_losing_module_in_its_own_scope(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE("A",
		DATED("9801010000Z") OID("twig", "enterprises 1") OID("leaf", "twig 5")),
	    MODULE("A", DATED("200101010000Z") OID("twig", "enterprises 2")));
	assert_def(&r, "A", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.1.5");
}

static void
test_takes_an_older_module_where_the_newest_is_broken(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE("A", DATED("9801010000Z") OID("twig", "enterprises 1")),
	    MODULE("A", DATED("200101010000Z") OID("twig", "nowhere 2")),
	    MODULE("B", OID("leaf", "twig 1") OID("twig", "enterprises 4")
			    OID("twig", "enterprises \"?\"")),
	    MODULE_WITH("C", "twig FROM A", OID("leaf", "twig 5") OID("more", "leaf 1")));
	assert_def(&r, "C", "more", TL_MIB_IDENTITY, "1.3.6.1.4.1.1.5.1");
	assert_def(&r, "B", "leaf", TL_MIB_IDENTITY, "1.3.6.1.4.1.4.1");
	assert_problem(&r, "A:4 unresolved twig||nowhere|0");
}

#define BUILTIN_IF                                                                       \
	"IF-MIB DEFINITIONS ::= BEGIN\n" DATED("202501010000Z") OID("ifMIB",             \
	    "1 3 6 1 2 1 31") "linkDown NOTIFICATION-TYPE --#SEVERITY MAJOR\nSTATUS "    \
			      "current "                                                 \
			      "DESCRIPTION \"\" ::= { 1 3 6 1 6 3 1 1 5 3 }\n"           \
			      "linkUp NOTIFICATION-TYPE --#SEVERITY CLEARED\nSTATUS "    \
			      "current "                                                 \
			      "DESCRIPTION \"\" ::= { 1 3 6 1 6 3 1 1 5 4 }\nEND\n"

static void
test_lets_a_built_in_module_lose_and_lend_its_severities(void **state)
{
	(void)state;
	read_sources(&r,
	    (const char *const[]){
		"IF-MIB DEFINITIONS ::= BEGIN\n" NOTE("linkDown", "1 3 6 1 6 3 1 1 5 3")
		    NOTE("linkUp", "1 3 6 1 6 3 1 1 5 40") "END\n",
		BUILTIN_IF, SMI, NULL },
	    1);
	const tl_mib_def *down = nth_def(&r, "IF-MIB", "linkDown", 0);
	assert_int_equal(TL_SEVERITY_MAJOR, down->severity);
	assert_int_not_equal(
	    0, TL_VEC_AT(&r.set.modules, const tl_mib_def_module, down->module)->source);
	assert_int_equal(TL_SEVERITY_NONE, nth_def(&r, "IF-MIB", "linkUp", 0)->severity);
	assert_true(is_there(&r, "IF-MIB", "ifMIB"));
	assert_nth_def(
	    &r, "IF-MIB", "linkUp", 1, TL_MIB_NOTIFICATION, "1.3.6.1.6.3.1.1.5.4");
	assert_int_equal(UINT32_MAX, def_named(&r, "IF-MIB", "linkDown", 0,
					 (uint32_t)(down - set_def(&r, 0)) + 1));
	assert_int_equal(0, r.summary.duplicates);
	assert_int_equal(1, r.summary.modules);
}

static void
test_keeps_a_built_in_module_that_nothing_replaces(void **state)
{
	(void)state;
	read_sources(&r, (const char *const[]){ "nothing", BUILTIN_IF, SMI, NULL }, 1);
	const tl_mib_def *down = nth_def(&r, "IF-MIB", "linkDown", 0);
	assert_int_equal(TL_SEVERITY_MAJOR, down->severity);
	assert_int_equal(
	    0, TL_VEC_AT(&r.set.modules, const tl_mib_def_module, down->module)->source);
}

static void
test_names_the_module_that_would_have_what_is_missing(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE_WITH("A", "twig FROM GONE-MIB other FROM SNMPv2-SMI",
		OID("leaf", "twig 1") OID("below", "leaf 1") OID("more", "below 1") OID(
		    "second", "twig 2") TRAP("trap", "twig", "1") OID("x", "other 1")));
	assert_problem(&r, "A:2 absent-module A||GONE-MIB|");
	assert_problem(&r, "A:3 needs-module leaf|GONE-MIB|twig|4");
	assert_problem(&r, "A:8 not-exported x|SNMPv2-SMI|other|0");
	assert_int_equal(3, r.kept);
	assert_int_equal(6, r.summary.unresolved);
	assert_int_equal(1, r.summary.unresolved_notifications);
	assert_int_equal(r.summary.definitions, r.summary.nodes + 6);
}

/* What is built in of a module is not all of it. */
static void
test_asks_for_modules_of_which_only_a_part_is_built_in(void **state)
{
	(void)state;
	read_sources(&r,
	    (const char *const[]){ MODULE_WITH("A", "ifMIB, ifMore FROM IF-MIB",
				       OID("a", "ifMIB 9") OID("b", "ifMore 1")),
		BUILTIN_IF, SMI, NULL },
	    1);
	assert_def(&r, "A", "a", TL_MIB_IDENTITY, "1.3.6.1.2.1.31.9");
	assert_problem(&r, "A:4 needs-module b|IF-MIB|ifMore|0");
	assert_int_equal(1, count_problems(&r, "A:"));
}

static void
test_asks_for_no_module_that_has_macros_only(void **state)
{
	(void)state;
	READ(&r, SMI,
	    MODULE_WITH("A",
		"Trap FROM RFC-1215 OBJECT-TYPE, Object FROM RFC-1212 "
		"internet, Gauge FROM RFC1155-SMI",
		OID("leaf", "enterprises 1") OID("other", "internet 6")));
	assert_no_problem(&r);
}

/* Of one OID, first what SMIv2 has and others import. */
static void
test_puts_the_modules_that_count_first(void **state)
{
	(void)state;
	READ(&r, SMI, MODULE("OLD", OID("a", "enterprises 1")),
	    MODULE("COPY", DATED("202001010000Z") OID("a", "enterprises 1")),
	    MODULE("BASE", DATED("199901010000Z") OID("a", "enterprises 1")),
	    MODULE_WITH("USER", "a FROM BASE c, d, e FROM OLD", OID("b", "a 1")));
	assert_true(def_named(&r, "BASE", "a", 0, 0) < def_named(&r, "COPY", "a", 0, 0));
	assert_true(def_named(&r, "COPY", "a", 0, 0) < def_named(&r, "OLD", "a", 0, 0));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, finish)
	const struct CMUnitTest tests[] = {
		TEST(test_resolves_nothing),
		TEST(test_takes_definitions_before_what_they_hang_on),
		TEST(test_prefers_the_own_definition_to_an_imported_one),
		TEST(test_hangs_a_definition_on_the_imported_one_of_its_name),
		TEST(test_follows_what_a_module_imports_itself),
		TEST(test_ends_where_modules_import_from_each_other),
		TEST(test_finds_a_module_of_another_case_or_underscore),
		TEST(test_knows_what_old_modules_became),
		TEST(test_knows_the_roots),
		TEST(test_guesses_a_name_that_has_one_oid_everywhere),
		TEST(test_guesses_what_hangs_on_a_guess),
		TEST(test_does_not_guess_between_two_oids),
		TEST(test_does_not_guess_a_name_of_the_own_module),
		TEST(test_leaves_placeholders_unresolved),
		TEST(test_reads_oids_of_several_parts),
		TEST(test_wants_a_later_name_to_be_a_child_of_what_comes_before),
		TEST(test_keeps_the_bounds_of_oids),
		TEST(test_leaves_out_what_is_more_than_128_deep),
		TEST(test_resolves_a_chain_of_any_length),
		TEST(test_ends_in_circles_and_tells_of_them),
		TEST(test_leaves_circles_by_an_earlier_definition),
		TEST(test_puts_a_zero_before_the_number_of_a_trap),
		TEST(test_knows_the_generic_traps),
		TEST(test_keeps_a_name_as_notification_and_as_object),
		TEST(test_keeps_a_notification_and_a_trap_of_one_name),
		TEST(test_lets_the_last_definition_of_a_name_win),
		TEST(test_prefers_the_newest_of_several_modules),
		TEST(test_prefers_fewer_errors_and_then_more_definitions),
		TEST(test_resolves_a_losing_module_in_its_own_scope),
		TEST(test_takes_an_older_module_where_the_newest_is_broken),
		TEST(test_lets_a_built_in_module_lose_and_lend_its_severities),
		TEST(test_keeps_a_built_in_module_that_nothing_replaces),
		TEST(test_names_the_module_that_would_have_what_is_missing),
		TEST(test_asks_for_modules_of_which_only_a_part_is_built_in),
		TEST(test_asks_for_no_module_that_has_macros_only),
		TEST(test_puts_the_modules_that_count_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
