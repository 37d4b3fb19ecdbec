/* tests/mib/test_builder.c: dictionaries of definitions in any order and number. */
#include <stdio.h>

#include "help.h"

static tl_mib_builder *
builder(void)
{
	tl_mib_builder *b;

	assert_int_equal(TL_OK, tl_mib_builder_new(&b));
	return b;
}

static tl_mib *
build(tl_mib_builder *b, tl_mib_build_report *report)
{
	tl_mib *mib;

	assert_int_equal(TL_OK, tl_mib_builder_build(b, &mib, report));
	tl_mib_builder_free(b);
	return mib;
}

/* A definition of |module|::|name| at |arc| below |parent|. */
static tl_mib_def
def_of(const char *module, const char *name, const char *parent, const uint32_t *arc)
{
	return (tl_mib_def){ .kind = TL_MIB_OBJECT,
		.module = span_of(module),
		.name = span_of(name),
		.parent = span_of(parent),
		.arcs = arc,
		.arc_count = 1,
		.syntax = TL_MIB_NONE };
}

static void
add(tl_mib_builder *b, tl_mib_def def)
{
	assert_int_equal(TL_OK, tl_mib_builder_add(b, &def));
}

static const uint32_t one = 1, two = 2, enterprises[] = { 1, 3, 6, 1, 4, 1 };

static void
add_root(tl_mib_builder *b)
{
	add(b, (tl_mib_def){ .kind = TL_MIB_IDENTITY,
		   .module = span_of("SMI"),
		   .name = span_of("enterprises"),
		   .arcs = enterprises,
		   .arc_count = 6,
		   .syntax = TL_MIB_NONE });
}

static void
test_builds_an_empty_dictionary(void **state)
{
	(void)state;
	tl_mib_build_report report;
	tl_mib *mib = build(builder(), &report);

	assert_int_equal(0, report.nodes);
	assert_null(tl_mib_find(mib, OID("1.3.6.1.2.1")).node);
	assert_null(tl_mib_find_notification(mib, OID("1.3.6.1.2.1.0.1")));
	assert_null(tl_mib_find_name(mib, "x", 1));
	tl_mib_free(mib);
	tl_mib_free(NULL);
	tl_mib_builder_free(NULL);
}

static void
test_takes_definitions_before_what_they_hang_on(void **state)
{
	(void)state;
	tl_mib_builder *b = builder();

	add(b, def_of("A", "leaf", "twig", &two));
	add(b, def_of("A", "twig", "SMI::enterprises", &one));
	add_root(b);
	tl_mib *mib = build(b, NULL);
	assert_span("A::leaf",
	    tl_mib_node_name(mib, tl_mib_find(mib, OID("1.3.6.1.4.1.1.2")).node));
	tl_mib_free(mib);
}

static void
test_prefers_the_parent_in_the_own_module(void **state)
{
	(void)state;
	tl_mib_builder *b = builder();

	add_root(b);
	add(b, def_of("A", "twig", "enterprises", &one));
	add(b, def_of("B", "twig", "enterprises", &two));
	add(b, def_of("B", "leaf", "twig", &two));
	add(b, def_of("C", "leaf", "twig", &one));
	tl_mib *mib = build(b, NULL);
	assert_true(tl_oid_equal(
	    OID("1.3.6.1.4.1.2.2"), tl_mib_node_oid(mib, node_of(mib, "B::leaf"))));
	assert_true(tl_oid_equal(
	    OID("1.3.6.1.4.1.1.1"), tl_mib_node_oid(mib, node_of(mib, "C::leaf"))));
	tl_mib_free(mib);
}

static void
test_leaves_out_what_hangs_on_nothing_or_on_itself(void **state)
{
	(void)state;
	tl_mib_build_report report;
	tl_mib_builder *b = builder();

	add_root(b);
	add(b, def_of("A", "lost", "nowhere", &one));
	add(b, def_of("A", "below", "lost", &one));
	add(b, def_of("A", "self", "self", &one));
	add(b, def_of("A", "ring", "gnir", &one));
	add(b, def_of("A", "gnir", "ring", &one));
	tl_mib *mib = build(b, &report);
	assert_int_equal(1, report.nodes);
	assert_int_equal(5, report.parentless);
	assert_null(tl_mib_find_name(mib, "below", 5));
	assert_non_null(node_of(mib, "enterprises"));
	tl_mib_free(mib);
}

static void
test_leaves_out_what_is_more_than_128_deep(void **state)
{
	(void)state;
	tl_mib_build_report report;
	tl_mib_builder *b = builder();
	char name[32], parent[32] = "enterprises";

	add_root(b);
	for (int i = 7; i < 140; i++) {
		(void)snprintf(name, sizeof name, "depth%d", i);
		add(b, def_of("A", name, parent, &one));
		memcpy(parent, name, sizeof parent);
	}
	tl_mib *mib = build(b, &report);
	assert_int_equal(128 - 6 + 1, report.nodes);
	tl_oid deepest = tl_mib_node_oid(mib, node_of(mib, "depth128"));
	assert_span("A::depth128", tl_mib_node_name(mib, tl_mib_find(mib, deepest).node));
	assert_null(tl_mib_find_name(mib, "depth129", 8));
	tl_mib_free(mib);
}

static void
test_lets_an_object_or_notification_win_over_an_identity(void **state)
{
	(void)state;
	tl_mib_builder *b = builder();
	tl_mib_def def = def_of("A", "identity", "enterprises", &one);

	add_root(b);
	def.kind = TL_MIB_IDENTITY;
	add(b, def);
	def = def_of("B", "trap", "enterprises", &one);
	def.kind = TL_MIB_NOTIFICATION;
	def.severity = TL_SEVERITY_MINOR;
	add(b, def);
	tl_mib *mib = build(b, NULL);
	assert_span("B::trap",
	    tl_mib_node_name(mib, tl_mib_find(mib, OID("1.3.6.1.4.1.1")).node));
	assert_int_equal(TL_SEVERITY_MINOR, tl_mib_node_severity(node_of(mib, "trap")));
	assert_non_null(node_of(mib, "A::identity"));
	tl_mib_free(mib);
}

static void
test_finds_a_notification_beside_an_object_of_its_oid(void **state)
{
	(void)state;
	tl_mib_builder *b = builder();
	tl_mib_def def = def_of("A", "same", "enterprises", &one);

	add_root(b);
	def.kind = TL_MIB_NOTIFICATION;
	add(b, def);
	def.kind = TL_MIB_OBJECT;
	add(b, def);
	tl_mib *mib = build(b, NULL);
	tl_oid oid = OID("1.3.6.1.4.1.1");
	assert_int_equal(TL_MIB_OBJECT, tl_mib_node_kind(tl_mib_find(mib, oid).node));
	assert_int_equal(
	    TL_MIB_NOTIFICATION, tl_mib_node_kind(tl_mib_find_notification(mib, oid)));
	assert_int_equal(TL_MIB_NOTIFICATION, tl_mib_node_kind(node_of(mib, "same")));
	tl_mib_free(mib);
}

static void
add_trap(tl_mib_builder *b, const char *name, const uint32_t *arcs, size_t count)
{
	tl_mib_def def = def_of("A", name, "enterprises", arcs);

	def.kind = TL_MIB_NOTIFICATION;
	def.arc_count = count;
	add(b, def);
}

static void
assert_trap(const tl_mib *mib, const char *oid, const char *name)
{
	oid_room room;
	const tl_mib_node *node = tl_mib_find_notification(mib, oid_of(oid, &room));

	if (name == NULL)
		assert_null(node);
	else
		assert_span(name, tl_mib_node_name(mib, node));
}

static void
test_prefers_the_notification_of_just_this_oid(void **state)
{
	(void)state;
	tl_mib_builder *b = builder();

	add_root(b);
	add_trap(b, "plain", (uint32_t[]){ 7, 1 }, 2);
	add_trap(b, "zeroed", (uint32_t[]){ 7, 0, 1 }, 3);
	tl_mib *mib = build(b, NULL);
	assert_trap(mib, "1.3.6.1.4.1.7.1", "A::plain");
	assert_trap(mib, "1.3.6.1.4.1.7.0.1", "A::zeroed");
	tl_mib_free(mib);
}

static void
test_takes_no_way_to_deeper_names_for_a_notification(void **state)
{
	(void)state;
	tl_mib_builder *b = builder();

	add_root(b);
	add_trap(b, "trap", (uint32_t[]){ 7, 1 }, 2);
	add_trap(b, "deeper", (uint32_t[]){ 7, 1, 9, 9 }, 4);
	tl_mib *mib = build(b, NULL);
	assert_trap(mib, "1.3.6.1.4.1.7.1.9", NULL);
	assert_trap(mib, "1.3.6.1.4.1.7.1", "A::trap");
	tl_mib_free(mib);
}

/* 128 is 81 00, 131 is 81 03: the zero byte is no sub-identifier to be left out. */
static void
test_takes_no_part_of_a_sub_identifier_for_a_zero(void **state)
{
	(void)state;
	tl_mib_builder *b = builder();

	add_root(b);
	add_trap(b, "large", (uint32_t[]){ 7, 131 }, 2);
	tl_mib *mib = build(b, NULL);
	assert_trap(mib, "1.3.6.1.4.1.7.131", "A::large");
	assert_trap(mib, "1.3.6.1.4.1.7.128.3", NULL);
	tl_mib_free(mib);
}

static void
test_lets_the_last_definition_of_a_name_win(void **state)
{
	(void)state;
	tl_mib_build_report report;
	tl_mib_builder *b = builder();

	add_root(b);
	add(b, def_of("A", "twice", "enterprises", &one));
	add(b, def_of("A", "twice", "enterprises", &two));
	tl_mib *mib = build(b, &report);
	assert_int_equal(2, report.nodes);
	assert_true(tl_oid_equal(
	    OID("1.3.6.1.4.1.2"), tl_mib_node_oid(mib, node_of(mib, "twice"))));
	tl_mib_free(mib);
}

static void
test_refuses_what_cannot_be(void **state)
{
	(void)state;
	static const uint32_t bad[] = { 3, 1, 1 };
	tl_mib_builder *b = builder();
	tl_mib_def good = def_of("A", "x", "enterprises", &one), def = good;
	uint32_t id;

	def.name = span_of("");
	assert_int_equal(TL_EINVAL, tl_mib_builder_add(b, &def));
	def.name = span_of("a\033[2J");
	assert_int_equal(TL_EINVAL, tl_mib_builder_add(b, &def));
	def = good;
	def.module = span_of("A B");
	assert_int_equal(TL_EINVAL, tl_mib_builder_add(b, &def));
	def = good;
	def.syntax = 0;
	assert_int_equal(TL_EINVAL, tl_mib_builder_add(b, &def));
	def = good;
	def.arc_count = 0;
	assert_int_equal(TL_EINVAL, tl_mib_builder_add(b, &def));
	def = good;
	def.parent = span_of("");
	def.arcs = bad;
	def.arc_count = 3;
	assert_int_equal(TL_EINVAL, tl_mib_builder_add(b, &def));
	assert_int_equal(
	    TL_EINVAL, tl_mib_builder_syntax(
			   b, &(tl_mib_syntax_def){ .hint = span_of("1x\033") }, &id));
	assert_int_equal(TL_EINVAL,
	    tl_mib_builder_syntax(b,
		&(tl_mib_syntax_def){ .labels = &(tl_mib_label_def){ 1, span_of("a\nb") },
		    .label_count = 1 },
		&id));
	tl_mib_builder_free(b);
}

static void
test_counts_objects_that_are_not_defined(void **state)
{
	(void)state;
	tl_mib_build_report report;
	tl_mib_builder *b = builder();
	const tl_span refs[] = { span_of("gone"), span_of("leaf"), span_of("B::gone") };
	tl_mib_def trap = def_of("A", "trap", "enterprises", &one);

	add_root(b);
	trap.kind = TL_MIB_NOTIFICATION;
	trap.refs = refs;
	trap.ref_count = 3;
	add(b, trap);
	add(b, def_of("A", "leaf", "enterprises", &two));
	tl_mib *mib = build(b, &report);
	assert_int_equal(2, report.objectless);
	const tl_mib_node *node = node_of(mib, "trap");
	assert_span("A::leaf", tl_mib_node_name(mib, tl_mib_node_object(mib, node, 0)));
	assert_null(tl_mib_node_object(mib, node, 1));
	tl_mib_free(mib);
}

enum { MANY = 200000 };

static uint32_t
scramble(uint32_t i)
{
	return (uint32_t)((uint64_t)i * 2654435761u % 4294967291u);
}

/* The |i|th of many: vendor, table and column, some numbers large. */
static void
place_of(uint32_t i, uint32_t arcs[static 11])
{
	const uint32_t all[11] = { 1, 3, 6, 1, 4, 1, i / 500 % 2 ? i / 500 * 97 : i / 500,
		i / 100 % 5, i % 2 ? 0 : 1, i % 100, scramble(i) };

	memcpy(arcs, all, sizeof all);
}

static void
test_finds_each_of_200000_definitions_again(void **state)
{
	(void)state;
	tl_mib_builder *b = builder();
	tl_mib_build_report report;
	uint32_t arcs[11];
	uint8_t room[TL_OID_BER_MAX];
	char name[32], module[32];
	tl_oid oid;

	for (uint32_t n = 0; n < MANY; n++) {
		uint32_t i = (uint32_t)((uint64_t)n * 7919 % MANY);
		tl_mib_def def = def_of("", "", "", arcs);
		place_of(i, arcs);
		(void)snprintf(name, sizeof name, "object%u", i / 3);
		(void)snprintf(module, sizeof module, "M%u", i % 3 + i / 1000 * 3);
		def.module = span_of(module);
		def.name = span_of(name);
		def.arc_count = 11;
		def.kind = i % 7 == 0 ? TL_MIB_NOTIFICATION : TL_MIB_OBJECT;
		add(b, def);
	}
	tl_mib *mib = build(b, &report);
	assert_int_equal(MANY, report.nodes);
	for (uint32_t i = 0; i < MANY; i++) {
		place_of(i, arcs);
		int len = snprintf(
		    name, sizeof name, "M%u::object%u", i % 3 + i / 1000 * 3, i / 3);
		assert_int_equal(TL_OK, tl_oid_from_arcs(arcs, 11, room, &oid));
		tl_mib_match match = tl_mib_find(mib, oid);
		assert_non_null(match.node);
		assert_int_equal(0, match.rest.len);
		assert_span(name, tl_mib_node_name(mib, match.node));
		assert_ptr_equal(match.node, tl_mib_find_name(mib, name, (size_t)len));
		assert_true(tl_oid_equal(oid, tl_mib_node_oid(mib, match.node)));
		if (i % 7 == 0)
			assert_ptr_equal(match.node, tl_mib_find_notification(mib, oid));
	}
	tl_mib_free(mib);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_builds_an_empty_dictionary),
		cmocka_unit_test(test_takes_definitions_before_what_they_hang_on),
		cmocka_unit_test(test_prefers_the_parent_in_the_own_module),
		cmocka_unit_test(test_leaves_out_what_hangs_on_nothing_or_on_itself),
		cmocka_unit_test(test_leaves_out_what_is_more_than_128_deep),
		cmocka_unit_test(
		    test_lets_an_object_or_notification_win_over_an_identity),
		cmocka_unit_test(test_finds_a_notification_beside_an_object_of_its_oid),
		cmocka_unit_test(test_prefers_the_notification_of_just_this_oid),
		cmocka_unit_test(test_takes_no_way_to_deeper_names_for_a_notification),
		cmocka_unit_test(test_takes_no_part_of_a_sub_identifier_for_a_zero),
		cmocka_unit_test(test_lets_the_last_definition_of_a_name_win),
		cmocka_unit_test(test_refuses_what_cannot_be),
		cmocka_unit_test(test_counts_objects_that_are_not_defined),
		cmocka_unit_test(test_finds_each_of_200000_definitions_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
