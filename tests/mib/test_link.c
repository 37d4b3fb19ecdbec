/* tests/mib/test_link.c: dictionaries of definitions in any order and number. */
#include "help.h"
#include "make.h"

#define ROOT "identity|SMI::enterprises|1.3.6.1.4.1\n"

static void
test_links_an_empty_dictionary(void **state)
{
	(void)state;
	tl_mib *mib = mib_of("");

	assert_int_equal(0, tl_mib_count(mib));
	assert_null(tl_mib_at(mib, 0));
	assert_null(tl_mib_find(mib, OID("1.3.6.1.2.1")).node);
	assert_null(tl_mib_find_notification(mib, OID("1.3.6.1.2.1.0.1")));
	assert_null(tl_mib_find_name(mib, "x", 1));
	tl_mib_free(mib);
	tl_mib_free(NULL);
}

static void
test_links_a_single_definition(void **state)
{
	(void)state;
	tl_mib *mib = mib_of("object|A::leaf|1.3.6.1.4.1.7.1\n");

	assert_name("A::leaf", mib, tl_mib_find(mib, OID("1.3.6.1.4.1.7.1.0")).node);
	assert_null(tl_mib_find(mib, OID("1.3.6.1.4.1.7.2")).node);
	tl_mib_free(mib);
}

static void
test_finds_the_deepest_of_128_sub_identifiers(void **state)
{
	(void)state;
	char text[4096] = ROOT, oid[TL_OID_TEXT_MAX] = "1.3.6.1.4.1";

	for (int i = 7; i <= 128; i++)
		strcat(oid, ".1");
	snprintf(text, sizeof text, ROOT "object|A::deepest|%s\n", oid);
	tl_mib *mib = mib_of(text);
	assert_name("A::deepest", mib, tl_mib_find(mib, OID(oid)).node);
	assert_true(
	    tl_oid_equal(OID(oid), tl_mib_node_oid(mib, node_of(mib, "deepest"))));
	oid[strlen(oid) - 2] = '\0';
	assert_name("SMI::enterprises", mib, tl_mib_find(mib, OID(oid)).node);
	tl_mib_free(mib);
}

static void
test_lets_an_object_or_notification_win_over_an_identity(void **state)
{
	(void)state;
	tl_mib *mib = mib_of(ROOT "identity|A::identity|1.3.6.1.4.1.1\n"
				  "notification/minor|B::trap|1.3.6.1.4.1.1\n");

	assert_name("B::trap", mib, tl_mib_find(mib, OID("1.3.6.1.4.1.1")).node);
	assert_int_equal(TL_SEVERITY_MINOR, tl_mib_node_severity(node_of(mib, "trap")));
	assert_non_null(node_of(mib, "A::identity"));
	tl_mib_free(mib);
}

static void
test_finds_a_notification_beside_an_object_of_its_oid(void **state)
{
	(void)state;
	tl_mib *mib = mib_of("notification|A::same|1.3.6.1.4.1.1\n"
			     "object|A::same|1.3.6.1.4.1.1\n");
	tl_oid oid = OID("1.3.6.1.4.1.1");

	assert_int_equal(TL_MIB_OBJECT, tl_mib_node_kind(tl_mib_find(mib, oid).node));
	assert_int_equal(
	    TL_MIB_NOTIFICATION, tl_mib_node_kind(tl_mib_find_notification(mib, oid)));
	assert_int_equal(TL_MIB_NOTIFICATION, tl_mib_node_kind(node_of(mib, "same")));
	tl_mib_free(mib);
}

static void
test_takes_the_first_of_a_name_and_of_an_oid(void **state)
{
	(void)state;
	tl_mib *mib = mib_of("object|B::twice|1.3.6.1.4.1.2\n"
			     "object|A::twice|1.3.6.1.4.1.1\n"
			     "object|C::other|1.3.6.1.4.1.2\n");

	assert_name("B::twice", mib, node_of(mib, "twice"));
	assert_name("A::twice", mib, node_of(mib, "A::twice"));
	assert_name("B::twice", mib, tl_mib_find(mib, OID("1.3.6.1.4.1.2")).node);
	assert_non_null(node_of(mib, "C::other"));
	tl_mib_free(mib);
}

static void
test_names_no_instance_in_place_of_its_object(void **state)
{
	(void)state;
	tl_mib *mib = mib_of("identity|A::upInstance|1.3.6.1.2.1.1.3.0\n"
			     "object|A::up|1.3.6.1.2.1.1.3\n");

	assert_name("A::up", mib, tl_mib_find(mib, OID("1.3.6.1.2.1.1.3.0")).node);
	tl_mib_free(mib);
}

static void
assert_trap(const tl_mib *mib, const char *oid, const char *name)
{
	oid_room room;
	const tl_mib_node *node = tl_mib_find_notification(mib, oid_of(oid, &room));

	if (name == NULL)
		assert_null(node);
	else
		assert_name(name, mib, node);
}

static void
test_prefers_the_notification_of_just_this_oid(void **state)
{
	(void)state;
	tl_mib *mib = mib_of(ROOT "notification|A::plain|1.3.6.1.4.1.7.1\n"
				  "notification|A::zeroed|1.3.6.1.4.1.7.0.1\n");

	assert_trap(mib, "1.3.6.1.4.1.7.1", "A::plain");
	assert_trap(mib, "1.3.6.1.4.1.7.0.1", "A::zeroed");
	tl_mib_free(mib);
}

static void
test_takes_no_way_to_deeper_names_for_a_notification(void **state)
{
	(void)state;
	tl_mib *mib = mib_of(ROOT "notification|A::trap|1.3.6.1.4.1.7.1\n"
				  "notification|A::deeper|1.3.6.1.4.1.7.1.9.9\n");

	assert_trap(mib, "1.3.6.1.4.1.7.1.9", NULL);
	assert_trap(mib, "1.3.6.1.4.1.7.1", "A::trap");
	tl_mib_free(mib);
}

/* 128 is 81 00, 131 is 81 03: the zero byte is no sub-identifier to be left out. */
static void
test_takes_no_part_of_a_sub_identifier_for_a_zero(void **state)
{
	(void)state;
	tl_mib *mib = mib_of(ROOT "notification|A::large|1.3.6.1.4.1.7.131\n");

	assert_trap(mib, "1.3.6.1.4.1.7.131", "A::large");
	assert_trap(mib, "1.3.6.1.4.1.7.128.3", NULL);
	tl_mib_free(mib);
}

static void
test_leaves_objects_out_that_are_not_defined(void **state)
{
	(void)state;
	tl_mib *mib = mib_of("notification|A::trap|1.3.6.1.4.1.1||||||- A::leaf -\n"
			     "object|A::leaf|1.3.6.1.4.1.2\n");
	const tl_mib_node *node = node_of(mib, "trap");

	assert_name("A::leaf", mib, tl_mib_node_object(mib, node, 0));
	assert_null(tl_mib_node_object(mib, node, 1));
	assert_null(tl_mib_node_object(mib, node_of(mib, "leaf"), 0));
	tl_mib_free(mib);
}

static void
test_tells_the_index_of_rows_and_columns(void **state)
{
	(void)state;
	tl_mib *mib =
	    mib_of("identity|A::row|1.3.6.1.4.1.2.1||||||A::i - IMPLIED A::name\n"
		   "object|A::i|1.3.6.1.4.1.2.1.1|INTEGER|||||A::i - IMPLIED A::name\n"
		   "object|A::name|1.3.6.1.4.1.2.1.2|OCTETS\n"
		   "notification|A::trap|1.3.6.1.4.1.3||||||A::i\n");
	static const char *const names[] = { "row", "i" };
	tl_mib_index_object item;

	for (size_t i = 0; i < 2; i++) {
		const tl_mib_node *node = node_of(mib, names[i]);
		assert_true(tl_mib_node_index(mib, node, 0, &item));
		assert_name("A::i", mib, item.node);
		assert_false(item.implied);
		assert_true(tl_mib_node_index(mib, node, 1, &item));
		assert_null(item.node);
		assert_false(item.implied);
		assert_true(tl_mib_node_index(mib, node, 2, &item));
		assert_name("A::name", mib, item.node);
		assert_true(item.implied);
		assert_false(tl_mib_node_index(mib, node, 3, &item));
	}
	assert_false(tl_mib_node_index(mib, node_of(mib, "name"), 0, &item));
	assert_false(tl_mib_node_index(mib, node_of(mib, "trap"), 0, &item));
	tl_mib_free(mib);
}

static void
test_tells_the_parts_of_a_syntax(void **state)
{
	(void)state;
	tl_mib *mib = mib_of("object|A::e|1.3.6.1.4.1.1|INTEGER||||up(1) down(-2)\n"
			     "object|A::o|1.3.6.1.4.1.2|OCTETS||1x:|0..6\n"
			     "object|A::i|1.3.6.1.4.1.3|INTEGER||d-2\n"
			     "object|A::none|1.3.6.1.4.1.4\n");
	tl_span label;
	int32_t number;
	uint16_t min, max;

	assert_true(tl_mib_node_label_at(mib, node_of(mib, "e"), 1, &label, &number));
	assert_span("down", label);
	assert_int_equal(-2, number);
	assert_false(tl_mib_node_label_at(mib, node_of(mib, "e"), 2, &label, &number));
	assert_false(tl_mib_node_label_at(mib, node_of(mib, "none"), 0, &label, &number));
	assert_span("1x:", tl_mib_node_hint(mib, node_of(mib, "o")));
	assert_span("d-2", tl_mib_node_hint(mib, node_of(mib, "i")));
	assert_span("", tl_mib_node_hint(mib, node_of(mib, "e")));
	assert_span("", tl_mib_node_hint(mib, node_of(mib, "none")));
	tl_mib_node_size(mib, node_of(mib, "o"), &min, &max);
	assert_int_equal(0, min);
	assert_int_equal(6, max);
	tl_mib_node_size(mib, node_of(mib, "none"), &min, &max);
	assert_int_equal(UINT16_MAX, max);
	tl_mib_free(mib);
}

static void
test_tells_the_file_and_line(void **state)
{
	(void)state;
	tl_mib *mib = mib_of("object|A::x|1.3.6.1.4.1.2\nobject|B::y|1.3.6.1.4.1.1\n");
	uint32_t line;

	assert_span("mibs/test.mib", tl_mib_node_source(mib, node_of(mib, "y"), &line));
	assert_int_equal(2, line);
	assert_span("mibs/test.mib", tl_mib_node_source(mib, node_of(mib, "x"), &line));
	assert_int_equal(1, line);
	tl_mib_free(mib);
}

static void
test_tells_no_file_of_what_is_built_in(void **state)
{
	(void)state;
	maker m;
	tl_mib *mib;
	uint32_t line = 7;

	maker_init(&m, "object|A::x|1.3.6.1.4.1.2\n");
	TL_VEC_AT(&m.set.modules, tl_mib_def_module, 0)->source = 0;
	assert_int_equal(TL_OK, tl_mib_link(&m.set, &mib));
	maker_fini(&m);
	assert_span("", tl_mib_node_source(mib, node_of(mib, "x"), &line));
	assert_int_equal(0, line);
	tl_mib_free(mib);
}

static void
test_lists_all_in_the_order_of_their_oids(void **state)
{
	(void)state;
	static const char *const names[] = { "A::a", "A::b", "A::c", "A::d" };
	tl_mib *mib = mib_of("object|A::d|1.3.6.1.4.1.200\nobject|A::b|1.3.6.1.4.1.1\n"
			     "identity|A::a|1.3.6.1.4\nobject|A::c|1.3.6.1.4.1.1.1\n");

	assert_int_equal(4, tl_mib_count(mib));
	for (uint32_t i = 0; i < 4; i++)
		assert_name(names[i], mib, tl_mib_at(mib, i));
	assert_null(tl_mib_at(mib, 4));
	tl_mib_free(mib);
}

/* What would end a JSON string, a line, or do something to a terminal. */
static void
test_puts_underscores_for_what_names_must_not_hold(void **state)
{
	(void)state;
	tl_mib *mib = mib_of("object|A\033\"::x\\ \xff_1|1.3.6.1.4.1.2|INTEGER||||"
			     "u\tp(1)\n");
	tl_span label;
	int32_t number;

	assert_name("A__::x____1", mib, tl_mib_at(mib, 0));
	assert_true(tl_mib_node_label_at(mib, tl_mib_at(mib, 0), 0, &label, &number));
	assert_span("u_p", label);
	tl_mib_free(mib);
}

static void
test_keeps_255_bytes_of_a_name_and_all_of_a_hint(void **state)
{
	(void)state;
	char text[2048], name[301], hint[301];

	memset(name, 'n', 300);
	name[300] = '\0';
	memset(hint, '1', 300);
	hint[300] = '\0';
	snprintf(
	    text, sizeof text, "object|A::%s|1.3.6.1.4.1.2|OCTETS||%s\n", name, hint);
	tl_mib *mib = mib_of(text);
	assert_int_equal(255, tl_mib_node_name(mib, tl_mib_at(mib, 0)).len);
	assert_non_null(tl_mib_find_name(mib, name, 255));
	assert_non_null(tl_mib_find_name(mib, name, 300));
	assert_span(hint, tl_mib_node_hint(mib, tl_mib_at(mib, 0)));
	tl_mib_free(mib);
}

static void
test_leaves_out_a_hint_that_is_no_text(void **state)
{
	(void)state;
	tl_mib *mib = mib_of("object|A::x|1.3.6.1.4.1.2|OCTETS||1x\033\n");

	assert_span("", tl_mib_node_hint(mib, tl_mib_at(mib, 0)));
	tl_mib_free(mib);
}

static void
test_refuses_more_modules_than_it_can_number(void **state)
{
	(void)state;
	maker m;
	tl_mib *mib;

	maker_init(&m, "");
	tl_mib_def_module *modules = maker_grow(&m.set.modules, sizeof *modules, 65537);
	memset(modules, 0, 65537 * sizeof *modules);
	assert_int_equal(TL_ELIMIT, tl_mib_link(&m.set, &mib));
	m.set.modules.count--;
	assert_int_equal(TL_OK, tl_mib_link(&m.set, &mib));
	tl_mib_free(mib);
	maker_fini(&m);
}

enum { MANY = 200000 };

static uint32_t
scramble(uint32_t i)
{
	return (uint32_t)((uint64_t)i * 2654435761u % 4294967291u);
}

/* The |i|th of many: vendor, table and column, some numbers large. */
static tl_oid
place_of(uint32_t i, oid_room *room)
{
	const uint32_t arcs[11] = { 1, 3, 6, 1, 4, 1,
		i / 500 % 2 ? i / 500 * 97 : i / 500, i / 100 % 5, i % 2 ? 0 : 1, i % 100,
		scramble(i) };
	tl_oid oid;

	assert_int_equal(TL_OK, tl_oid_from_arcs(arcs, 11, room->bytes, &oid));
	return oid;
}

static void
add_many(maker *m)
{
	char name[32];
	oid_room room;

	maker_grow(&m->set.modules, sizeof(tl_mib_def_module), 3 * MANY / 1000);
	for (uint32_t n = 0; n < MANY; n++) {
		uint32_t i = (uint32_t)((uint64_t)n * 7919 % MANY);
		uint32_t module = i % 3 + i / 1000 * 3;
		tl_oid oid = place_of(i, &room);
		int len = snprintf(name, sizeof name, "M%u", module);
		*TL_VEC_AT(&m->set.modules, tl_mib_def_module, module) =
		    (tl_mib_def_module){ maker_name(m, name, (size_t)len), 0 };
		len = snprintf(name, sizeof name, "object%u", i / 3);
		tl_mib_def *def = maker_grow(&m->set.defs, sizeof *def, 1);
		*def = (tl_mib_def){ .name = maker_name(m, name, (size_t)len),
			.module = module,
			.oid = m->set.oids.count,
			.oid_len = (uint16_t)oid.len,
			.syntax = TL_MIB_NONE,
			.list = TL_MIB_NONE,
			.kind = i % 7 == 0 ? TL_MIB_NOTIFICATION : TL_MIB_OBJECT };
		memcpy(maker_grow(&m->set.oids, 1, oid.len), oid.ber, oid.len);
	}
}

static void
test_finds_each_of_200000_definitions_again(void **state)
{
	(void)state;
	maker m;
	tl_mib *mib;
	oid_room room;
	char name[64];

	maker_init(&m, "");
	add_many(&m);
	assert_int_equal(TL_OK, tl_mib_link(&m.set, &mib));
	maker_fini(&m);
	assert_int_equal(MANY, tl_mib_count(mib));
	for (uint32_t i = 0; i < MANY; i++) {
		tl_oid oid = place_of(i, &room);
		int len = snprintf(
		    name, sizeof name, "M%u::object%u", i % 3 + i / 1000 * 3, i / 3);
		tl_mib_match match = tl_mib_find(mib, oid);
		assert_name(name, mib, match.node);
		assert_int_equal(0, match.rest.len);
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
		cmocka_unit_test(test_links_an_empty_dictionary),
		cmocka_unit_test(test_links_a_single_definition),
		cmocka_unit_test(test_finds_the_deepest_of_128_sub_identifiers),
		cmocka_unit_test(
		    test_lets_an_object_or_notification_win_over_an_identity),
		cmocka_unit_test(test_finds_a_notification_beside_an_object_of_its_oid),
		cmocka_unit_test(test_takes_the_first_of_a_name_and_of_an_oid),
		cmocka_unit_test(test_names_no_instance_in_place_of_its_object),
		cmocka_unit_test(test_prefers_the_notification_of_just_this_oid),
		cmocka_unit_test(test_takes_no_way_to_deeper_names_for_a_notification),
		cmocka_unit_test(test_takes_no_part_of_a_sub_identifier_for_a_zero),
		cmocka_unit_test(test_leaves_objects_out_that_are_not_defined),
		cmocka_unit_test(test_tells_the_index_of_rows_and_columns),
		cmocka_unit_test(test_tells_the_parts_of_a_syntax),
		cmocka_unit_test(test_tells_the_file_and_line),
		cmocka_unit_test(test_tells_no_file_of_what_is_built_in),
		cmocka_unit_test(test_lists_all_in_the_order_of_their_oids),
		cmocka_unit_test(test_puts_underscores_for_what_names_must_not_hold),
		cmocka_unit_test(test_keeps_255_bytes_of_a_name_and_all_of_a_hint),
		cmocka_unit_test(test_leaves_out_a_hint_that_is_no_text),
		cmocka_unit_test(test_refuses_more_modules_than_it_can_number),
		cmocka_unit_test(test_finds_each_of_200000_definitions_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
