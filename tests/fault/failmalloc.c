/* fault/failmalloc.c: see failmalloc.h. The linker sends malloc(), calloc(), realloc()
 * and aligned_alloc() of everything that is linked in statically to the __wrap_
 * functions. */
#include "fault/failmalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <openssl/crypto.h>
#include <stdlib.h>

enum { FAILURES_MAX = 100000 };

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

static struct {
	size_t at, seen; /* allocations; at 0: none fails */
	fail_mode mode;
	bool happened;
} fail;

static bool
fails_now(void)
{
	bool now = fail.at != 0 && (++fail.seen == fail.at ||
				       (fail.mode == FAIL_FROM && fail.seen > fail.at));

	fail.happened |= now;
	return now;
}

void *
__wrap_malloc(size_t size)
{
	return fails_now() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return fails_now() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
	return fails_now() ? NULL : __real_realloc(old, size);
}

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return fails_now() ? NULL : __real_aligned_alloc(alignment, size);
}

static void *
crypto_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return __wrap_malloc(size);
}

static void *
crypto_realloc(void *old, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return __wrap_realloc(old, size);
}

static void
crypto_free(void *ptr, const char *file, int line)
{
	(void)file;
	(void)line;
	free(ptr);
}

void
fail_init(void)
{
	assert_int_equal(
	    CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free), 1);
}

void
fail_at(size_t n, fail_mode mode)
{
	fail.at = n;
	fail.seen = 0;
	fail.mode = mode;
	fail.happened = false;
}

bool
fail_happened(void)
{
	return fail.happened;
}

static size_t
fail_each_in_mode(tl_err (*scenario)(void *arg), void *arg, fail_mode mode)
{
	for (size_t n = 1; n < FAILURES_MAX; n++) {
		fail_at(n, mode);
		tl_err err = scenario(arg);
		bool happened = fail_happened();
		fail_at(0, mode);
		if (err != TL_OK && err != TL_ENOMEM && err != TL_ECRYPTO)
			fail_msg("allocation %zu fails: %s", n, tl_err_text(err));
		if (!happened) {
			assert_int_equal(err, TL_OK);
			return n - 1;
		}
	}
	fail_msg("still allocating after %d failures", FAILURES_MAX);
	return 0;
}

size_t
fail_each(tl_err (*scenario)(void *arg), void *arg)
{
	fail_at(0, FAIL_ONE);
	assert_int_equal(
	    scenario(arg), TL_OK); /* OpenSSL's own once-only work is done here */
	return fail_each_in_mode(scenario, arg, FAIL_ONE) +
	       fail_each_in_mode(scenario, arg, FAIL_FROM);
}
