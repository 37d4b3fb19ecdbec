/* The harness itself: that failures arrive, in the library and in OpenSSL, and end. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <openssl/evp.h>
#include <stdlib.h>

#include "fault/failmalloc.h"

static tl_err
make_two_arenas(void *arg)
{
	tl_arena *a = NULL, *b = NULL;
	tl_err err = tl_arena_new(4096, &a);
	(void)arg;

	if (err == TL_OK)
		err = tl_arena_new(8192, &b);
	tl_arena_free(b);
	tl_arena_free(a);
	return err;
}

static void
test_each_allocation_of_the_library_fails_once_in_each_mode(void **state)
{
	(void)state;
	assert_int_equal(fail_each(make_two_arenas, NULL), 2 * 2);
}

static tl_err
make_digest_context(void *arg)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	(void)arg;

	EVP_MD_CTX_free(c);
	return c != NULL ? TL_OK : TL_ECRYPTO;
}

static void
test_allocations_of_openssl_fail(void **state)
{
	(void)state;
	assert_true(fail_each(make_digest_context, NULL) >= 2);
}

static void
test_only_the_chosen_allocation_fails(void **state)
{
	tl_arena *a = NULL;
	(void)state;

	fail_at(2, FAIL_ONE);
	assert_int_equal(tl_arena_new(4096, &a), TL_OK);
	tl_arena_free(a);
	assert_false(fail_happened());
	assert_int_equal(tl_arena_new(4096, &a), TL_ENOMEM);
	assert_true(fail_happened());
	assert_int_equal(tl_arena_new(4096, &a), TL_OK);
	tl_arena_free(a);
	fail_at(0, FAIL_ONE);
}

static void
test_all_fail_from_the_chosen_one_on(void **state)
{
	tl_arena *a = NULL;
	(void)state;

	fail_at(1, FAIL_FROM);
	assert_int_equal(tl_arena_new(4096, &a), TL_ENOMEM);
	assert_int_equal(tl_arena_new(4096, &a), TL_ENOMEM);
	fail_at(0, FAIL_ONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_each_allocation_of_the_library_fails_once_in_each_mode),
		cmocka_unit_test(test_allocations_of_openssl_fail),
		cmocka_unit_test(test_only_the_chosen_allocation_fails),
		cmocka_unit_test(test_all_fail_from_the_chosen_one_on),
	};

	fail_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
