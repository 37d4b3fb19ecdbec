/* tests/mib/test_builtin.c: the built-in modules are whole and in order. */
#include "help.h"

#include "trapline/mib_builder.h"

static void
test_every_definition_is_read_and_resolved(void **state)
{
	tl_mib_builder *b;
	tl_mib_summary sum;
	tl_mib *mib;
	(void)state;

	assert_int_equal(TL_OK, tl_mib_builder_new(NULL, &b));
	assert_int_equal(TL_OK, tl_mib_builder_build(b, &mib, &sum));
	tl_mib_builder_free(b);
	assert_true(sum.nodes > 2500);
	assert_int_equal(sum.nodes, tl_mib_count(mib));
	assert_int_equal(0, sum.unresolved);
	for (unsigned i = 0; i < TL_MIB_PROBLEM_COUNT; i++)
		if (sum.problems[i] != 0)
			fail_msg("%s", tl_mib_problem_word((tl_mib_problem_kind)i));
	tl_mib_free(mib);
}

static void
test_every_notification_has_a_severity(void **state)
{
	const tl_mib *mib = *state;

	for (uint32_t i = 0; i < tl_mib_count(mib); i++) {
		const tl_mib_node *node = tl_mib_at(mib, i);
		bool trap = tl_mib_node_kind(node) == TL_MIB_NOTIFICATION;
		assert_int_equal(trap, tl_mib_node_severity(node) != TL_SEVERITY_NONE);
	}
}

static void
test_every_object_has_a_type_and_every_column_an_index(void **state)
{
	const tl_mib *mib = *state;
	tl_mib_index_object item;

	for (uint32_t i = 0; i < tl_mib_count(mib); i++) {
		const tl_mib_node *node = tl_mib_at(mib, i);
		if (tl_mib_node_kind(node) != TL_MIB_OBJECT)
			continue;
		assert_int_not_equal(0, tl_mib_node_type(mib, node));
		for (size_t k = 0; tl_mib_node_index(mib, node, k, &item); k++)
			assert_non_null(item.node);
	}
}

static void
test_every_definition_is_found_by_its_oid_and_name(void **state)
{
	const tl_mib *mib = *state;
	uint8_t room[600];

	for (uint32_t i = 0; i < tl_mib_count(mib); i++) {
		const tl_mib_node *node = tl_mib_at(mib, i);
		tl_buf name = { .ptr = room, .cap = sizeof room };
		tl_mib_node_write_name(mib, node, &name);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_definition_is_read_and_resolved),
		cmocka_unit_test(test_every_notification_has_a_severity),
		cmocka_unit_test(test_every_object_has_a_type_and_every_column_an_index),
		cmocka_unit_test(test_every_definition_is_found_by_its_oid_and_name),
	};
	return cmocka_run_group_tests(tests, open_builtin, close_builtin);
}
