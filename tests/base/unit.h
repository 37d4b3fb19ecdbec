/* tests/base/unit.h: cmocka and what goes with it, and spans of literals. */
#ifndef TESTS_BASE_UNIT_H
#define TESTS_BASE_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trapline/base.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A string literal, NULs inside it and all, as bytes. */
#define LIT(s) ((tl_span){ (const uint8_t *)("" s), sizeof(s) - 1 })

static inline tl_span
span_of(const char *text)
{
	return (tl_span){ (const uint8_t *)text, strlen(text) };
}

/* The same bytes in a block of just their size, so that the sanitizer sees who reads past
 * their end; free() its ptr. */
static inline tl_span
exact_copy(tl_span bytes)
{
	uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);

	assert_non_null(copy);
	if (bytes.len > 0)
		memcpy(copy, bytes.ptr, bytes.len);
	return (tl_span){ copy, bytes.len };
}

static inline void
assert_bytes(tl_span got, tl_span wanted)
{
	assert_int_equal(got.len, wanted.len);
	if (wanted.len > 0)
		assert_memory_equal(got.ptr, wanted.ptr, wanted.len);
}

#endif
