/* fault/failmalloc.c: see failmalloc.h. The linker sends malloc() and its like, and
 * pthread_create(), of everything that is linked in statically to the __wrap_
 * functions. */
#include "fault/failmalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>

enum { FAILURES_MAX = 100000 };

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
int __real_pthread_create(
    pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *arg);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);
int __wrap_pthread_create(
    pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *arg);

static _Thread_local struct {
	size_t at, seen; /* allocations; at 0: none fails */
	fail_mode mode;
	bool happened, pauses;
} fail;

bool
fail_now(void)
{
	bool now =
	    fail.at != 0 && !fail.pauses &&
	    (++fail.seen == fail.at || (fail.mode == FAIL_FROM && fail.seen > fail.at));

	fail.happened |= now;
	if (now)
		errno = ENOMEM;
	return now;
}

void *
__wrap_malloc(size_t size)
{
	return fail_now() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return fail_now() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
	return fail_now() ? NULL : __real_realloc(old, size);
}

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return fail_now() ? NULL : __real_aligned_alloc(alignment, size);
}

char *
__wrap_strdup(const char *text)
{
	return fail_now() ? NULL : __real_strdup(text);
}

char *
__wrap_strndup(const char *text, size_t len)
{
	return fail_now() ? NULL : __real_strndup(text, len);
}

int
__wrap_pthread_create(
    pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *arg)
{
	return fail_now() ? EAGAIN : __real_pthread_create(thread, how, run, arg);
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
	/* refused where a library has used OpenSSL before main(), as libcurl of some
	 * releases does: then what OpenSSL allocates does not fail */
	(void)CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free);
}

void
fail_at(size_t n, fail_mode mode)
{
	fail.at = n;
	fail.seen = 0;
	fail.mode = mode;
	fail.happened = fail.pauses = false;
}

void
fail_pause(bool pause)
{
	fail.pauses = pause;
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
