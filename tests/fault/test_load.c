/* Loading a folder of MIBs, through the cache and without, while allocations fail: what
 * comes out is whole, or nothing. */
#include "../sys/folder.h"

#include "fault/failmalloc.h"
#include "trapline/io.h"

static const char acme[] = "ACME-MIB DEFINITIONS ::= BEGIN\n"
			   "IMPORTS enterprises FROM RFC1155-SMI;\n"
			   "acme OBJECT IDENTIFIER ::= { enterprises 99999 }\n"
			   "END\n";

typedef struct paths {
	const char *in[2], *cache, *saved;
} paths;

static tl_err
load(void *arg)
{
	const paths *p = arg;
	tl_mib_load_options opt = { .paths = p->in, .cache_dir = p->cache };
	tl_mib_loaded loaded;
	tl_mib *mib;
	tl_err err = tl_mib_load(&opt, &mib, &loaded);

	if (err != TL_OK)
		return err;
	assert_non_null(tl_mib_find_name(mib, "ACME-MIB::acme", 14));
	if (p->saved != NULL)
		err = tl_mib_save(mib, p->saved);
	tl_mib_free(mib);
	return err;
}

static void
put_acme(folder *f)
{
	put_folder(f, "m");
	put_file(f, "m/acme", acme);
}

static void
test_a_folder_without_a_cache(void **state)
{
	folder *f = *state;
	paths p = { .in = { at(f, "m") }, .saved = at(f, "d") };

	put_acme(f);
	assert_true(fail_each(load, &p) > 20);
}

static void
test_a_folder_with_a_cache(void **state)
{
	folder *f = *state;
	paths p = { .in = { at(f, "m") }, .cache = at(f, "c") };

	put_acme(f);
	assert_true(fail_each(load, &p) > 2);
}

static void
test_a_dictionary(void **state)
{
	folder *f = *state;
	paths p = { .in = { at(f, "m") }, .saved = at(f, "d") };
	paths of_file = { .in = { p.saved } };

	put_acme(f);
	assert_int_equal(load(&p), TL_OK);
	assert_true(fail_each(load, &of_file) > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_folder_without_a_cache),
		TEST(test_a_folder_with_a_cache),
		TEST(test_a_dictionary),
	};
	fail_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
