/* tests/mib/test_builtin.c: the built-in tables are whole and in order. */
#include "help.h"

static void
test_every_row_is_read_and_resolved(void **state)
{
	(void)state;
	tl_mib_build_report report;
	tl_mib *mib;

	assert_int_equal(TL_OK, tl_mib_builtin_report(&mib, &report));
	assert_true(report.nodes > 2500);
	assert_int_equal(0, report.parentless);
	assert_int_equal(0, report.objectless);
	tl_mib_free(mib);
}

static void
test_types_stand_in_order(void **state)
{
	(void)state;
	for (unsigned i = 1; i < tl_mib_type_count; i++)
		assert_true(strcmp(tl_mib_types[i - 1].name, tl_mib_types[i].name) < 0);
	for (unsigned i = 1; i < tl_mib_printer_type_count; i++)
		assert_true(strcmp(tl_mib_printer_types[i - 1].name,
				tl_mib_printer_types[i].name) < 0);
}

static void
test_every_notification_has_a_severity(void **state)
{
	const tl_mib *mib = *state;

	for (uint32_t i = 0; i < mib->image->nodes.count; i++) {
		const tl_mib_node *node = &mib->nodes[i];
		bool trap = tl_mib_node_kind(node) == TL_MIB_NOTIFICATION;
		assert_int_equal(trap, tl_mib_node_severity(node) != TL_SEVERITY_NONE);
	}
}

static void
test_every_object_has_a_type_and_every_column_an_index(void **state)
{
	const tl_mib *mib = *state;

	for (uint32_t i = 0; i < mib->image->nodes.count; i++) {
		const tl_mib_node *node = &mib->nodes[i];
		if (tl_mib_node_kind(node) != TL_MIB_OBJECT)
			continue;
		assert_int_not_equal(0, tl_mib_node_type(mib, node));
		for (uint32_t k = 1;
		     node->list != TL_MIB_NONE && k <= mib->lists[node->list]; k++)
			assert_int_not_equal(TL_MIB_NONE, mib->lists[node->list + k]);
	}
}

static void
test_every_definition_is_found_by_its_oid_and_name(void **state)
{
	const tl_mib *mib = *state;

	for (uint32_t i = 0; i < mib->image->nodes.count; i++) {
		const tl_mib_node *node = &mib->nodes[i];
		tl_span name = tl_mib_node_name(mib, node);
		assert_ptr_equal(
		    node, tl_mib_find_name(mib, (const char *)name.ptr, name.len));
		if (tl_mib_node_kind(node) == TL_MIB_NOTIFICATION)
			assert_ptr_equal(node,
			    tl_mib_find_notification(mib, tl_mib_node_oid(mib, node)));
		if (tl_mib_node_kind(node) == TL_MIB_OBJECT)
			assert_ptr_equal(
			    node, tl_mib_find(mib, tl_mib_node_oid(mib, node)).node);
	}
}

/* The image holds no pointers: moved elsewhere it says the same. */
static void
test_the_image_can_be_moved(void **state)
{
	const tl_mib *mib = *state;
	tl_mib *moved;
	void *copy = malloc(mib->image->size);

	memcpy(copy, mib->image, mib->image->size);
	assert_int_equal(TL_OK, tl_mib_open_image(copy, copy, &moved));
	const tl_mib_node *node = node_of(moved, "linkDown");
	assert_span("IF-MIB::ifIndex",
	    tl_mib_node_name(moved, tl_mib_node_object(moved, node, 0)));
	tl_mib_free(moved);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_is_read_and_resolved),
		cmocka_unit_test(test_types_stand_in_order),
		cmocka_unit_test(test_every_notification_has_a_severity),
		cmocka_unit_test(test_every_object_has_a_type_and_every_column_an_index),
		cmocka_unit_test(test_every_definition_is_found_by_its_oid_and_name),
		cmocka_unit_test(test_the_image_can_be_moved),
	};
	return cmocka_run_group_tests(tests, open_builtin, close_builtin);
}
