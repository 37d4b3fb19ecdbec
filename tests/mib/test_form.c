/* tests/mib/test_form.c: how a person writes values. */
#include "help.h"

static void
assert_form(const tl_mib *mib, const char *name, tl_mib_form form)
{
	assert_int_equal(form, tl_mib_node_form(mib, node_of(mib, name)));
}

static void
test_tells_forms(void **state)
{
	assert_form(*state, "ifIndex", TL_MIB_FORM_PLAIN);
	assert_form(*state, "ifAdminStatus", TL_MIB_FORM_LABELS);
	assert_form(*state, "ifDescr", TL_MIB_FORM_PLAIN);
	assert_form(*state, "ifPhysAddress", TL_MIB_FORM_HEX);
	assert_form(*state, "hrSystemDate", TL_MIB_FORM_DATE);
	assert_form(*state, "IF-MIB::linkDown", TL_MIB_FORM_PLAIN);
	assert_int_equal(TL_MIB_FORM_PLAIN, tl_mib_node_form(*state, NULL));
}

static void
test_finds_the_number_of_a_label(void **state)
{
	const tl_mib_node *node = node_of(*state, "ifAdminStatus");
	int32_t number = 0;

	assert_int_equal(TL_OK, tl_mib_node_label(*state, node, "testing", 7, &number));
	assert_int_equal(3, number);
	assert_int_equal(TL_ENOTFOUND, tl_mib_node_label(*state, node, "Up", 2, &number));
	assert_int_equal(TL_ENOTFOUND, tl_mib_node_label(*state, node, "u", 1, &number));
	assert_int_equal(TL_ENOTFOUND, tl_mib_node_label(*state, node, "", 0, &number));
	node = node_of(*state, "ifIndex");
	assert_int_equal(TL_ENOTFOUND, tl_mib_node_label(*state, node, "up", 2, &number));
	assert_int_equal(TL_ENOTFOUND, tl_mib_node_label(*state, NULL, "up", 2, &number));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tells_forms),
		cmocka_unit_test(test_finds_the_number_of_a_label),
	};

	return cmocka_run_group_tests(tests, open_builtin, close_builtin);
}
