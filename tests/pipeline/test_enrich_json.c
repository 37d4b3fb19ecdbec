/* Tests of pipeline/enrich_json.c. */
#include "pipeline/enrich_help.h"

static void
assert_json(
    const char *text, const char *what_told, const char *address, const char *wanted)
{
	tables t;

	write_file("devices.json", text);
	tables_open(&t, "enrichment:\n"
			"  devices: {type: json, file: devices.json, column: address}\n");
	assert_told(&t, what_told);
	assert_known(&t, address, wanted);
	tables_close(&t);
}

static void
test_takes_a_list_of_objects(void **state)
{
	(void)state;
	assert_json("[{\"address\": \"10.0.0.1\", \"site\": \"Berlin\"},\n"
		    " {\"rack\": 7, \"address\": \"10.0.0.2\"}]",
	    "info devices: 2 rows read\n", "10.0.0.2", "rack=7");
	assert_json("[]", "info devices: 0 rows read\n", "10.0.0.2", "");
}

static void
test_takes_an_object_of_objects_by_their_names(void **state)
{
	(void)state;
	assert_json(" {\"10.0.0.1\": {\"site\": \"Berlin\"},\n"
		    "\"b\": {\"site\": \"Rome\", \"address\": \"10.0.0.2\"}}\n",
	    "info devices: 2 rows read\n", "10.0.0.1", "site=Berlin");
	assert_json("{\"a\": {\"site\": \"Rome\", \"address\": \"10.0.0.2\"}}",
	    "info devices: 1 rows read\n", "10.0.0.2", "site=Rome");
}

static void
test_values_become_texts(void **state)
{
	(void)state;
	assert_json("[{\"address\": \"10.0.0.1\", \"a\": -7, \"b\": 1.50, \"c\": true, "
		    "\"d\": null, \"e\": [1, {}], \"f\": \"x\\u00fc\\ny\", \"g\": "
		    "99999999999999999999, \"h\": \"\"}]",
	    "info devices: 1 rows read\n", "10.0.0.1",
	    "a=-7 b=1.50 c=true f=xü y g=99999999999999999999");
}

static void
test_skips_the_byte_order_mark(void **state)
{
	(void)state;
	assert_json("\xef\xbb\xbf[{\"address\": \"10.0.0.1\", \"site\": \"Berlin\"}]",
	    "info devices: 1 rows read\n", "10.0.0.1", "site=Berlin");
}

static void
test_tells_rows_without_a_key(void **state)
{
	(void)state;
	assert_json("[{\"site\": \"Berlin\"},\n{\"address\": \"10.0.0.1\", \"x\": 1},\n"
		    "{\"address\": [1]}]",
	    "info devices: 1 rows read\nwarning devices: 2 rows without a usable key, "
	    "left out (first: 1)\n",
	    "10.0.0.1", "x=1");
}

static void
test_refuses_what_is_no_table(void **state)
{
	(void)state;
	assert_json("", "error devices: devices.json:1 an array is wanted\n", "::1", "");
	assert_json("[{\"address\": \"10.0.0.1\"},\n 7]",
	    "error devices: devices.json:2 an object is wanted\n", "::1", "");
	assert_json("[{\"address\": \"10.0.0.1\"}",
	    "error devices: devices.json:1 a comma or a closing bracket is wanted\n",
	    "10.0.0.1", "");
	assert_json("[{\"address\": \"10.0.0.1\", \"site\": \"half",
	    "error devices: devices.json:1 a string without an end\n", "10.0.0.1", "");
	assert_json(
	    "[]\n[]", "error devices: devices.json:2 something follows\n", "::1", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes_a_list_of_objects),
		cmocka_unit_test(test_takes_an_object_of_objects_by_their_names),
		cmocka_unit_test(test_values_become_texts),
		cmocka_unit_test(test_skips_the_byte_order_mark),
		cmocka_unit_test(test_tells_rows_without_a_key),
		cmocka_unit_test(test_refuses_what_is_no_table),
	};

	return enter_folder(NULL) != 0
		   ? 1
		   : cmocka_run_group_tests(tests, load_mib, leave_folder);
}
