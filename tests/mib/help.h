/* tests/mib/help.h: what the tests of the dictionary share. */
#ifndef TESTS_MIB_HELP_H
#define TESTS_MIB_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "mib/image.h"

typedef struct oid_room {
	uint8_t bytes[TL_OID_BER_MAX];
} oid_room;

/* The OID of dotted text; borrows from |room|. */
static inline tl_oid
oid_of(const char *text, oid_room *room)
{
	tl_oid oid;

	assert_int_equal(TL_OK, tl_oid_from_text(text, strlen(text), room->bytes, &oid));
	return oid;
}

#define OID(text) oid_of((text), &(oid_room){ { 0 } })

static inline tl_span
span_of(const char *s)
{
	return (tl_span){ (const uint8_t *)s, strlen(s) };
}

static inline void
assert_span(const char *want, tl_span have)
{
	bool same = have.len == strlen(want);

	if (!same || (have.len > 0 && memcmp(want, have.ptr, have.len) != 0))
		fail_msg("not \"%s\" but \"%.*s\"", want, (int)have.len,
		    (const char *)have.ptr);
}

/* The whole name of a definition, "IF-MIB::ifIndex". */
static inline void
assert_name(const char *want, const tl_mib *mib, const tl_mib_node *node)
{
	uint8_t room[600];
	tl_buf name = { .ptr = room, .cap = sizeof room };

	assert_non_null(node);
	tl_mib_node_write_name(mib, node, &name);
	assert_span(want, tl_buf_written(&name));
}

static inline const tl_mib_node *
node_of(const tl_mib *mib, const char *name)
{
	const tl_mib_node *node = tl_mib_find_name(mib, name, strlen(name));

	if (node == NULL)
		fail_msg("there is no %s", name);
	return node;
}

/* The built-in dictionary as a group's state. */
static inline int
open_builtin(void **state)
{
	return tl_mib_builtin((tl_mib **)state) == TL_OK ? 0 : -1;
}

static inline int
close_builtin(void **state)
{
	tl_mib_free(*state);
	return 0;
}

/* A block of just |len| bytes, so that reading past it shows. */
static inline tl_span
exactly(const void *bytes, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	return (tl_span){ copy, len };
}

#endif
