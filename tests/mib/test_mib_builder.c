/* tests/mib/test_mib_builder.c: sources in, a dictionary out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trapline/mib_builder.h"

#define HEAD                                                                             \
	"ACME-MIB DEFINITIONS ::= BEGIN\n"                                               \
	"IMPORTS OBJECT-TYPE, NOTIFICATION-TYPE, MODULE-IDENTITY, enterprises\n"         \
	"    FROM SNMPv2-SMI ifIndex FROM IF-MIB;\n"
#define IDENTITY(date)                                                                   \
	"acme MODULE-IDENTITY LAST-UPDATED \"" date "\" ORGANIZATION \"\"\n"             \
	"    CONTACT-INFO \"\" DESCRIPTION \"\" ::= { enterprises 99999 }\n"
#define STATE(labels)                                                                    \
	"acmeState OBJECT-TYPE SYNTAX INTEGER { " labels " }\n"                          \
	"    MAX-ACCESS read-only STATUS current DESCRIPTION \"\" ::= { acme 1 }\n"
#define TRAP                                                                             \
	"acmeTrap NOTIFICATION-TYPE --#SEVERITY CRITICAL\n"                              \
	"    OBJECTS { ifIndex, acmeState } STATUS current DESCRIPTION \"\"\n"           \
	"    ::= { acme 0 7 }\n"
#define ACME HEAD IDENTITY("202001010000Z") STATE("good(1), bad(2)") TRAP "END\n"

static tl_span
span_of(const char *s)
{
	return (tl_span){ (const uint8_t *)s, strlen(s) };
}

static void
assert_span(const char *want, tl_span have)
{
	if (have.len != strlen(want) || memcmp(want, have.ptr, have.len) != 0)
		fail_msg("not \"%s\" but \"%.*s\"", want, (int)have.len,
		    (const char *)have.ptr);
}

/* Adds a source that lies in a block of just its size, and is gone afterwards. */
static void
add(tl_mib_builder *b, const char *name, tl_span text)
{
	uint8_t *copy = malloc(text.len > 0 ? text.len : 1);

	assert_non_null(copy);
	memcpy(copy, text.ptr, text.len);
	assert_int_equal(TL_OK,
	    tl_mib_builder_add_source(b, span_of(name), (tl_span){ copy, text.len }));
	free(copy);
}

/* The dictionary of sources, given as names and texts up to a NULL. */
static tl_mib *
build(const tl_mib_builder_options *opt, const char *const *sources, tl_mib_summary *sum)
{
	tl_mib_builder *b;
	tl_mib *mib;

	assert_int_equal(TL_OK, tl_mib_builder_new(opt, &b));
	for (; *sources != NULL; sources += 2)
		add(b, sources[0], span_of(sources[1]));
	assert_int_equal(TL_OK, tl_mib_builder_build(b, &mib, sum));
	tl_mib_builder_free(b);
	return mib;
}

#define BUILD(opt, sum, ...) build(opt, (const char *const[]){ __VA_ARGS__, NULL }, sum)

static const tl_mib_node *
node_of(const tl_mib *mib, const char *name)
{
	const tl_mib_node *node = tl_mib_find_name(mib, name, strlen(name));

	if (node == NULL)
		fail_msg("there is no %s", name);
	return node;
}

static void
assert_oid(const tl_mib *mib, const char *name, const char *want)
{
	char text[TL_OID_TEXT_MAX];

	tl_oid_text(tl_mib_node_oid(mib, node_of(mib, name)), text);
	assert_string_equal(want, text);
}

static void
assert_source(const char *want, const tl_mib *mib, const char *name)
{
	uint32_t line;

	assert_span(want, tl_mib_node_source(mib, node_of(mib, name), &line));
	assert_int_equal(want[0] != '\0', line != 0);
}

static void
test_makes_a_dictionary_of_a_source(void **state)
{
	(void)state;
	tl_mib *mib = BUILD(NULL, NULL, "acme.mib", ACME);
	const tl_mib_node *trap = node_of(mib, "ACME-MIB::acmeTrap");
	uint32_t line;

	assert_oid(mib, "acmeTrap", "1.3.6.1.4.1.99999.0.7");
	assert_int_equal(TL_MIB_NOTIFICATION, tl_mib_node_kind(trap));
	assert_int_equal(TL_SEVERITY_CRITICAL, tl_mib_node_severity(trap));
	assert_ptr_equal(
	    node_of(mib, "IF-MIB::ifIndex"), tl_mib_node_object(mib, trap, 0));
	assert_ptr_equal(node_of(mib, "acmeState"), tl_mib_node_object(mib, trap, 1));
	assert_null(tl_mib_node_object(mib, trap, 2));
	assert_span("acme.mib", tl_mib_node_source(mib, trap, &line));
	assert_int_equal(8, line);
	tl_mib_free(mib);
}

static void
test_reads_sources_in_any_order(void **state)
{
	static const char leaf[] = "LEAF-MIB DEFINITIONS ::= BEGIN\n"
				   "IMPORTS acme FROM ACME-MIB;\n"
				   "leaf OBJECT IDENTIFIER ::= { acme 5 } END";
	(void)state;
	tl_mib *mib = BUILD(NULL, NULL, "leaf", leaf, "acme", ACME);

	assert_oid(mib, "leaf", "1.3.6.1.4.1.99999.5");
	tl_mib_free(mib);
	mib = BUILD(NULL, NULL, "acme", ACME, "leaf", leaf);
	assert_oid(mib, "leaf", "1.3.6.1.4.1.99999.5");
	tl_mib_free(mib);
}

static void
assert_label(const tl_mib *mib, const char *name, size_t i, const char *want)
{
	tl_span label;
	int32_t number;

	assert_true(tl_mib_node_label_at(mib, node_of(mib, name), i, &label, &number));
	assert_span(want, label);
}

static void
test_of_two_modules_of_a_name_the_newer_counts(void **state)
{
	static const char older[] = HEAD IDENTITY("201901010000Z")
	    STATE("old(1)") "acmeGone OBJECT IDENTIFIER ::= { acme 9 }\nEND\n";
	(void)state;
	tl_mib_summary sum;
	tl_mib *mib = BUILD(NULL, &sum, "older", older, "newer", ACME);

	assert_int_equal(1, sum.duplicates);
	assert_label(mib, "acmeState", 0, "good");
	assert_source("newer", mib, "acmeState");
	/* What only the older one defines is kept. */
	assert_source("older", mib, "acmeGone");
	tl_mib_free(mib);
	mib = BUILD(NULL, NULL, "newer", ACME, "older", older);
	assert_label(mib, "acmeState", 0, "good");
	tl_mib_free(mib);
}

typedef struct told {
	unsigned count[TL_MIB_PROBLEM_COUNT];
	bool elsewhere; /* one was not in "lost.mib" */
} told;

static void
note(void *context, const tl_mib_problem *problem)
{
	told *t = context;

	t->count[problem->kind]++;
	if (problem->file.len != 8 || memcmp(problem->file.ptr, "lost.mib", 8) != 0)
		t->elsewhere = true;
}

#define IF_MIB                                                                           \
	"IF-MIB DEFINITIONS ::= BEGIN\n"                                                 \
	"IMPORTS OBJECT-TYPE, NOTIFICATION-TYPE, mib-2 FROM SNMPv2-SMI\n"                \
	"    snmpTraps FROM SNMPv2-MIB;\n"                                               \
	"interfaces OBJECT IDENTIFIER ::= { mib-2 2 }\n"                                 \
	"ifNumber OBJECT-TYPE SYNTAX INTEGER { few(1), many(2) }\n"                      \
	"    MAX-ACCESS read-only STATUS current DESCRIPTION \"\"\n"                     \
	"    ::= { interfaces 1 }\n"                                                     \
	"linkDown NOTIFICATION-TYPE OBJECTS { ifNumber } STATUS current\n"               \
	"    DESCRIPTION \"\" ::= { snmpTraps 3 }\n"                                     \
	"END\n"

static void
test_the_builtin_modules_give_way(void **state)
{
	(void)state;
	tl_mib_summary sum;
	tl_mib *mib = BUILD(NULL, &sum, "if.mib", IF_MIB);
	const tl_mib_node *down = node_of(mib, "IF-MIB::linkDown");

	assert_label(mib, "ifNumber", 0, "few");
	assert_source("if.mib", mib, "IF-MIB::linkDown");
	assert_ptr_equal(node_of(mib, "ifNumber"), tl_mib_node_object(mib, down, 0));
	assert_null(tl_mib_node_object(mib, down, 1));
	/* What it lacks remains. */
	assert_source("", mib, "IF-MIB::ifAdminStatus");
	tl_mib_free(mib);
}

/* They are parts only, so that the module is to be got. */
static void
test_a_builtin_module_does_not_count_as_read(void **state)
{
	told t = { 0 };
	const tl_mib_builder_options opt = { .problem = note, .context = &t };
	(void)state;
	tl_mib_summary sum;
	tl_mib *mib = BUILD(&opt, &sum, "lost.mib",
	    "LOST-MIB DEFINITIONS ::= BEGIN IMPORTS ifIndex FROM RFC1213-MIB\n"
	    "    TRAP-TYPE FROM RFC-1215 ifExtra FROM IF-MIB;\n"
	    "lost OBJECT IDENTIFIER ::= { ifExtra 1 }\n"
	    "lostTrap TRAP-TYPE ENTERPRISE snmp VARIABLES { ifIndex } ::= 9\n"
	    "END");

	assert_int_equal(0, t.count[TL_MIB_P_NOT_EXPORTED]);
	assert_int_equal(1, t.count[TL_MIB_P_NEEDS_MODULE]);
	assert_int_equal(0, t.count[TL_MIB_P_MISIMPORTED]);
	assert_int_equal(1, t.count[TL_MIB_P_ELSEWHERE]);
	assert_int_equal(1, sum.modules);
	tl_mib_free(mib);
}

static void
test_a_builtin_severity_stays(void **state)
{
	(void)state;
	tl_mib *mib = BUILD(NULL, NULL, "if.mib", IF_MIB);

	assert_int_equal(
	    TL_SEVERITY_MAJOR, tl_mib_node_severity(node_of(mib, "IF-MIB::linkDown")));
	tl_mib_free(mib);
}

static void
test_nothing_is_named_twice(void **state)
{
	(void)state;
	tl_mib *mib = BUILD(NULL, NULL, "if.mib", IF_MIB);

	for (uint32_t i = 1; i < tl_mib_count(mib); i++) {
		tl_span a = tl_mib_node_name(mib, tl_mib_at(mib, i - 1));
		tl_span b = tl_mib_node_name(mib, tl_mib_at(mib, i));
		tl_span c = tl_mib_node_module(mib, tl_mib_at(mib, i - 1));
		tl_span d = tl_mib_node_module(mib, tl_mib_at(mib, i));
		if (a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0 &&
		    c.len == d.len && memcmp(c.ptr, d.ptr, c.len) == 0)
			fail_msg("%.*s stands there twice", (int)a.len, a.ptr);
	}
	tl_mib_free(mib);
}

static void
test_a_bare_dictionary_has_no_builtin_modules(void **state)
{
	static const tl_mib_builder_options bare = { .bare = true };
	(void)state;
	tl_mib *mib = BUILD(&bare, NULL, "acme", ACME);

	assert_null(tl_mib_find_name(mib, "coldStart", 9));
	assert_oid(mib, "acmeTrap", "1.3.6.1.4.1.99999.0.7"); /* a root that all know */
	tl_mib_free(mib);
}

static void
test_an_empty_builder_makes_an_empty_dictionary(void **state)
{
	static const tl_mib_builder_options bare = { .bare = true };
	static const uint8_t internet[] = { 0x2b, 6, 1, 4, 1 };
	(void)state;
	tl_mib *mib = BUILD(&bare, NULL, NULL);

	assert_int_equal(0, tl_mib_count(mib));
	assert_null(tl_mib_find(mib, (tl_oid){ internet, sizeof internet }).node);
	tl_mib_free(mib);
}

static void
test_the_summary_counts(void **state)
{
	static const tl_mib_builder_options bare = { .bare = true };
	(void)state;
	tl_mib_summary sum;
	tl_mib *mib = BUILD(&bare, &sum, "acme", ACME, "lost",
	    "LOST-MIB DEFINITIONS ::= BEGIN IMPORTS NOTIFICATION-TYPE FROM SNMPv2-SMI;\n"
	    "lost OBJECT IDENTIFIER ::= { nowhere 1 }\n"
	    "lostTrap NOTIFICATION-TYPE STATUS current DESCRIPTION \"\" ::= { lost 1 }\n"
	    "END",
	    "none", "no MIB at all");

	assert_int_equal(3, sum.sources);
	assert_int_equal(2, sum.modules);
	assert_int_equal(0, sum.duplicates);
	assert_int_equal(5, sum.definitions);
	assert_int_equal(3, sum.nodes);
	assert_int_equal(3, tl_mib_count(mib));
	assert_int_equal(1, sum.notifications);
	assert_int_equal(2, sum.unresolved);
	assert_int_equal(1, sum.unresolved_notifications);
	assert_int_equal(1, sum.problems[TL_MIB_P_NO_MODULE]);
	assert_true(sum.problems[TL_MIB_P_UNRESOLVED] >= 1);
	tl_mib_free(mib);
}

static void
test_tells_the_problems_of_sources_and_none_of_the_builtin_modules(void **state)
{
	told t = { 0 };
	const tl_mib_builder_options opt = { .problem = note, .context = &t };
	(void)state;
	tl_mib_summary sum;
	tl_mib *mib = BUILD(&opt, &sum, "lost.mib",
	    "LOST-MIB DEFINITIONS ::= BEGIN\n"
	    "lost OBJECT IDENTIFIER ::= { nowhere 1 } END");

	assert_int_equal(1, t.count[TL_MIB_P_UNRESOLVED]);
	assert_false(t.elsewhere);
	for (unsigned i = 0; i < TL_MIB_PROBLEM_COUNT; i++)
		assert_int_equal(t.count[i], sum.problems[i]);
	tl_mib_free(mib);
}

static void
test_the_builtin_modules_have_no_problem(void **state)
{
	told t = { 0 };
	const tl_mib_builder_options opt = { .problem = note, .context = &t };
	(void)state;
	tl_mib_summary sum;
	tl_mib *mib = BUILD(&opt, &sum, NULL);

	for (unsigned i = 0; i < TL_MIB_PROBLEM_COUNT; i++)
		if (sum.problems[i] != 0)
			fail_msg("%s", tl_mib_problem_word((tl_mib_problem_kind)i));
	assert_int_equal(0, sum.sources);
	assert_int_equal(0, sum.unresolved);
	tl_mib_free(mib);
}

static void
test_takes_a_source_of_64_mib_refuses_more(void **state)
{
	static const tl_mib_builder_options bare = { .bare = true };
	enum { MOST = 64 << 20 };
	(void)state;
	tl_mib_builder *b;
	tl_mib *mib;
	uint8_t *text = malloc(MOST);

	assert_non_null(text);
	memset(text, ' ', MOST);
	memcpy(text + MOST - (sizeof ACME - 1), ACME, sizeof ACME - 1);
	assert_int_equal(TL_OK, tl_mib_builder_new(&bare, &b));
	assert_int_equal(TL_ELIMIT,
	    tl_mib_builder_add_source(b, span_of("huge"), (tl_span){ text, MOST + 1 }));
	assert_int_equal(TL_OK,
	    tl_mib_builder_add_source(b, span_of("large"), (tl_span){ text, MOST }));
	free(text);
	assert_int_equal(TL_OK, tl_mib_builder_build(b, &mib, NULL));
	assert_source("large", mib, "acmeTrap");
	tl_mib_builder_free(b);
	tl_mib_free(mib);
}

/* |count| modules "A0", "A1" and so on, of a definition each. */
static char *
many_modules(unsigned count)
{
	enum { MODULE_MAX = 100 };
	char *text = malloc((size_t)count * MODULE_MAX + 1);
	size_t len = 0;

	assert_non_null(text);
	for (unsigned i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, MODULE_MAX,
		    "A%u DEFINITIONS ::= BEGIN\n"
		    "a%u OBJECT IDENTIFIER ::= { enterprises %u }\nEND\n",
		    i, i, i);
	return text;
}

#define HANGS(module, parent, from)                                                      \
	module " DEFINITIONS ::= BEGIN IMPORTS " parent " FROM " from ";\n"              \
	       "leaf OBJECT IDENTIFIER ::= { " parent " 7 } END\n"

static void
test_knows_vendors_whose_base_module_was_not_read(void **state)
{
	tl_mib_summary sum;

	(void)state;
	tl_mib *mib = BUILD(NULL, &sum, "a", HANGS("A", "riverdelta", "RDN-MIB"), "b",
	    HANGS("B", "riverdelta", "X"), "c", HANGS("C", "ciscoMgmt", "X"), "d",
	    HANGS("D", "juniMibs", "Juniper-MIBs"), "e",
	    "E DEFINITIONS ::= BEGIN IMPORTS xylan FROM XYLAN-BASE-MIB;\n"
	    "leaf OBJECT IDENTIFIER ::= { xylanSwitchDevice 7 }\n"
	    "other OBJECT IDENTIFIER ::= { ciscoMgmt 7 } END\n");
	assert_oid(mib, "A::leaf", "1.3.6.1.4.1.4981.7");
	assert_oid(mib, "B::leaf", "1.3.6.1.4.1.4981.7");
	assert_oid(mib, "D::leaf", "1.3.6.1.4.1.4874.2.2.7");
	assert_int_equal(1, sum.problems[TL_MIB_P_ELSEWHERE]);
	assert_oid(mib, "E::leaf", "1.3.6.1.4.1.800.3.1.1.7");
	assert_int_equal(1, sum.problems[TL_MIB_P_GUESSED]);
	/* What is below a vendor's root may be a copy under another one. */
	assert_null(tl_mib_find_name(mib, "C::leaf", 7));
	assert_null(tl_mib_find_name(mib, "E::other", 8));
	tl_mib_free(mib);
}

static void
test_a_vendor_that_was_read_counts(void **state)
{
	tl_mib_summary sum;

	(void)state;
	tl_mib *mib = BUILD(NULL, &sum, "a", HANGS("A", "riverdelta", "RDN-MIB"), "b",
	    "RDN-MIB DEFINITIONS ::= BEGIN IMPORTS enterprises FROM SNMPv2-SMI;\n"
	    "riverdelta OBJECT IDENTIFIER ::= { enterprises 5 } END\n");
	assert_oid(mib, "A::leaf", "1.3.6.1.4.1.5.7");
	tl_mib_free(mib);
}

static void
test_leaves_out_modules_past_65536_and_tells(void **state)
{
	tl_mib_summary sum;

	(void)state;
	char *text = many_modules(65600);
	tl_mib *mib = BUILD(NULL, &sum, "many.mib", text);
	assert_int_equal(65600, sum.modules);
	assert_int_equal(1, sum.problems[TL_MIB_P_LIMIT]);
	(void)node_of(mib, "A0::a0");
	(void)node_of(mib, "A65000::a65000");
	(void)node_of(mib, "IF-MIB::ifIndex");
	assert_null(tl_mib_find_name(mib, "A65599::a65599", 14));
	tl_mib_free(mib);
	free(text);
}

static void
test_a_builder_is_used_up_by_building(void **state)
{
	(void)state;
	tl_mib_builder *b;
	tl_mib *mib;

	assert_int_equal(TL_OK, tl_mib_builder_new(NULL, &b));
	assert_int_equal(TL_OK, tl_mib_builder_build(b, &mib, NULL));
	tl_mib_free(mib);
	assert_int_not_equal(TL_OK, tl_mib_builder_build(b, &mib, NULL));
	assert_int_not_equal(
	    TL_OK, tl_mib_builder_add_source(b, span_of("acme"), span_of(ACME)));
	tl_mib_builder_free(b);
	tl_mib_builder_free(NULL);
}

/* Builds of |text| among others, and sees that the others are there. */
static void
survive(tl_span text)
{
	static const tl_mib_builder_options bare = { .bare = true };
	tl_mib_builder *b;
	tl_mib *mib;

	assert_int_equal(TL_OK, tl_mib_builder_new(&bare, &b));
	add(b, "text", text);
	add(b, "leaf",
	    span_of(
		"LEAF-MIB DEFINITIONS ::= BEGIN IMPORTS enterprises FROM SNMPv2-SMI;\n"
		"leaf OBJECT IDENTIFIER ::= { enterprises 77 } END"));
	assert_int_equal(TL_OK, tl_mib_builder_build(b, &mib, NULL));
	assert_oid(mib, "LEAF-MIB::leaf", "1.3.6.1.4.1.77");
	tl_mib_builder_free(b);
	tl_mib_free(mib);
}

static void
test_survives_a_source_cut_anywhere(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof ACME; len++)
		survive((tl_span){ (const uint8_t *)ACME, len });
}

static void
test_survives_any_byte_anywhere(void **state)
{
	static const char odd[] = "\"{}(),;-|:\0\n\x1a\x80\xff"
				  "9_A";
	char text[sizeof ACME];
	(void)state;

	for (size_t at = 0; at < sizeof ACME - 1; at++)
		for (size_t i = at % 4; i < sizeof odd - 1; i += 4) {
			memcpy(text, ACME, sizeof ACME);
			text[at] = odd[i];
			survive((tl_span){ (const uint8_t *)text, sizeof ACME - 1 });
		}
}

static void
test_survives_random_bytes(void **state)
{
	uint8_t text[512];
	uint32_t x = 1;
	(void)state;

	for (unsigned round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof text; i++)
			text[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
		survive((tl_span){ text, sizeof text });
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_makes_a_dictionary_of_a_source),
		cmocka_unit_test(test_reads_sources_in_any_order),
		cmocka_unit_test(test_of_two_modules_of_a_name_the_newer_counts),
		cmocka_unit_test(test_the_builtin_modules_give_way),
		cmocka_unit_test(test_a_builtin_module_does_not_count_as_read),
		cmocka_unit_test(test_a_builtin_severity_stays),
		cmocka_unit_test(test_nothing_is_named_twice),
		cmocka_unit_test(test_a_bare_dictionary_has_no_builtin_modules),
		cmocka_unit_test(test_an_empty_builder_makes_an_empty_dictionary),
		cmocka_unit_test(test_the_summary_counts),
		cmocka_unit_test(
		    test_tells_the_problems_of_sources_and_none_of_the_builtin_modules),
		cmocka_unit_test(test_the_builtin_modules_have_no_problem),
		cmocka_unit_test(test_takes_a_source_of_64_mib_refuses_more),
		cmocka_unit_test(test_knows_vendors_whose_base_module_was_not_read),
		cmocka_unit_test(test_a_vendor_that_was_read_counts),
		cmocka_unit_test(test_leaves_out_modules_past_65536_and_tells),
		cmocka_unit_test(test_a_builder_is_used_up_by_building),
		cmocka_unit_test(test_survives_a_source_cut_anywhere),
		cmocka_unit_test(test_survives_any_byte_anywhere),
		cmocka_unit_test(test_survives_random_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
