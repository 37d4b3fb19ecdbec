/* Notifications without a name, counted by enterprise, in a table that peers may fill. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/unresolved.h"

typedef struct fixture {
	tl_mib *mib;
	unresolved *u;
	uint8_t room[UNRESOLVED_ROOM];
} fixture;

static int
setup(void **state)
{
	fixture *f = calloc(1, sizeof *f);

	*state = f;
	if (f == NULL || tl_mib_builtin(&f->mib) != TL_OK)
		return -1;
	f->u = unresolved_new(f->mib);
	return f->u != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	fixture *f = *state;

	unresolved_free(f->u);
	tl_mib_free(f->mib);
	free(f);
	return 0;
}

static void
count(fixture *f, const char *trap_oid)
{
	uint8_t room[TL_OID_BER_MAX];
	tl_notification n = { 0 };

	assert_int_equal(
	    tl_oid_from_text(trap_oid, strlen(trap_oid), room, &n.trap_oid), TL_OK);
	unresolved_count(f->u, &n);
}

static const char *
text(fixture *f)
{
	tl_buf b = { .ptr = f->room, .cap = sizeof f->room - 1 };

	assert_int_equal(unresolved_put(f->u, &b), TL_OK);
	f->room[b.len] = '\0';
	return (const char *)f->room;
}

static void
counts_by_enterprise_the_most_frequent_first(void **state)
{
	fixture *f = *state;

	count(f, "1.3.6.1.4.1.99998.0.1");
	count(f, "1.3.6.1.4.1.99999.1.0.3");
	count(f, "1.3.6.1.4.1.99999.2.7");
	count(f, "1.3.6.1.2.1.99999.2.7");
	count(f, "1.3.6.1.4.1.99999");
	count(f, "1.3.6.1.4");
	assert_string_equal(text(f),
	    "\"unresolved_by_enterprise\":{\"1.3.6.1.4.1.99999\":3,\"1.3.6.1.2.1.99999\":"
	    "1,"
	    "\"1.3.6.1.4\":1,\"1.3.6.1.4.1.99998\":1},\"unresolved_examples\":{"
	    "\"1.3.6.1.4.1.99999\":\"1.3.6.1.4.1.99999.1.0.3\","
	    "\"1.3.6.1.2.1.99999\":\"1.3.6.1.2.1.99999.2.7\",\"1.3.6.1.4\":\"1.3.6.1.4\","
	    "\"1.3.6.1.4.1.99998\":\"1.3.6.1.4.1.99998.0.1\"},\"unresolved_others\":0");
}

static void
what_has_a_name_or_no_oid_is_not_counted(void **state)
{
	fixture *f = *state;
	tl_notification without = { 0 };

	count(f, "1.3.6.1.6.3.1.1.5.3");
	unresolved_count(f->u, &without);
	assert_string_equal(text(f),
	    "\"unresolved_by_enterprise\":{},"
	    "\"unresolved_examples\":{},\"unresolved_others\":0");
}

static void
test_a_full_table_counts_the_others_together(void **state)
{
	fixture *f = *state;
	char oid[64], wanted[64];

	for (int i = 0; i < UNRESOLVED_ENTERPRISES_MAX + 5; i++) {
		(void)snprintf(oid, sizeof oid, "1.3.6.1.4.1.%d.0.1", 4000000 + i);
		count(f, oid);
	}
	count(f, "1.3.6.1.4.1.4000000.0.2");
	assert_non_null(strstr(text(f), "\"unresolved_others\":5"));
	assert_non_null(strstr((char *)f->room, "{\"1.3.6.1.4.1.4000000\":2,"));
	(void)snprintf(wanted, sizeof wanted, "\"1.3.6.1.4.1.%d\":1",
	    4000000 + UNRESOLVED_ENTERPRISES_MAX - 1);
	assert_non_null(strstr((char *)f->room, wanted));
	assert_null(strstr((char *)f->room, "1.3.6.1.4.1.4001024"));
}

/* The longest that there is: all of 640 bytes, which has no room as an example. */
static void
the_longest_oids_fit_and_too_little_room_is_told(void **state)
{
	fixture *f = *state;
	char oid[2048] = "1.3.6.1.4.1";
	uint8_t small[64];
	tl_buf b = { .ptr = small, .cap = sizeof small };

	for (int i = 0; i < 122; i++)
		strncat(oid, ".4294967295", sizeof oid - strlen(oid) - 1);
	count(f, oid);
	assert_string_equal(text(f),
	    "\"unresolved_by_enterprise\":{"
	    "\"1.3.6.1.4.1.4294967295\":1},"
	    "\"unresolved_examples\":{},\"unresolved_others\":0");
	assert_int_equal(unresolved_put(f->u, &b), TL_ENOSPC);
	assert_int_equal(b.len, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(counts_by_enterprise_the_most_frequent_first),
		TEST(what_has_a_name_or_no_oid_is_not_counted),
		TEST(test_a_full_table_counts_the_others_together),
		TEST(the_longest_oids_fit_and_too_little_room_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
