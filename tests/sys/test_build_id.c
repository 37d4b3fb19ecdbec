/* The build ID, against what readelf says of the program. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/build_id.h"

static void
is_that_of_the_program(void **state)
{
	char path[4096], command[4200], line[256], hex[129] = "";
	ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
	tl_span id = tl_build_id();
	(void)state;

	if (len <= 0 || system("command -v readelf >/dev/null") != 0) {
		print_message("# needs readelf and /proc\n");
		skip();
	}
	path[len] = '\0';
	(void)snprintf(command, sizeof command,
	    "readelf -n '%s' 2>/dev/null | grep 'Build ID:'", path);
	FILE *from = popen(command, "r");
	assert_non_null(from);
	bool has = fgets(line, sizeof line, from) != NULL;
	(void)pclose(from);
	for (size_t i = 0; i < id.len && i < 64; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", id.ptr[i]);
	assert_int_equal(has, id.len > 0);
	if (has)
		assert_non_null(strstr(line, hex));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_that_of_the_program),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
