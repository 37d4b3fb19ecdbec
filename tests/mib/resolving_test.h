/* tests/mib/resolving_test.h: assertions on what sources resolve to. */
#ifndef TESTS_MIB_RESOLVING_TEST_H
#define TESTS_MIB_RESOLVING_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "resolving.h"

/* Reads |sources| up to NULL, of which those from |builtin| on are built in, and resolves
 * them. */
static inline void
read_sources(resolving *r, const char *const *sources, uint32_t builtin)
{
	char name[16];

	assert_true(resolving_init(r));
	r->builtin = builtin;
	for (uint32_t i = 0; sources[i] != NULL; i++) {
		(void)snprintf(name, sizeof name, "file%u", i);
		assert_true(add_source(r, name, text_span(sources[i])));
	}
	assert_int_equal(TL_OK, resolve_all(r));
}

/* Reads and resolves the sources that follow. */
#define READ(r, ...)                                                                     \
	read_sources((r), (const char *const[]){ __VA_ARGS__, NULL }, UINT32_MAX)

/* The |nth| (from 0) definition module::name, which must be there. */
static inline const tl_mib_def *
nth_def(resolving *r, const char *module, const char *name, uint32_t nth)
{
	uint32_t i = def_named(r, module, name, 0, 0);

	for (; nth > 0 && i != UINT32_MAX; nth--)
		i = def_named(r, module, name, 0, i + 1);
	if (i == UINT32_MAX) {
		for (uint32_t p = 0; p < r->kept; p++)
			print_message("# %s\n", r->problems[p]);
		fail_msg("there is no %s::%s", module, name);
	}
	return set_def(r, i);
}

static inline bool
is_there(resolving *r, const char *module, const char *name)
{
	return def_named(r, module, name, 0, 0) != UINT32_MAX;
}

#define assert_def(r, module, name, kind_, oid)                                          \
	assert_nth_def((r), (module), (name), 0, (kind_), (oid))

#define assert_nth_def(r, module, name, nth, kind_, oid)                                 \
	do {                                                                             \
		char text_[TL_OID_TEXT_MAX];                                             \
		const tl_mib_def *def_ = nth_def((r), (module), (name), (nth));          \
		assert_string_equal((oid), oid_text((r), def_, text_));                  \
		assert_int_equal((kind_), def_->kind);                                   \
	} while (0)

static inline uint32_t
count_problems(const resolving *r, const char *start)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < r->kept; i++)
		count += strncmp(r->problems[i], start, strlen(start)) == 0;
	return count;
}

/* Exactly one problem begins with |start|: "A:3 guessed name|expected|found|other". */
static inline void
assert_problem(const resolving *r, const char *start)
{
	if (count_problems(r, start) == 1)
		return;
	for (uint32_t i = 0; i < r->kept; i++)
		print_message("# %s\n", r->problems[i]);
	fail_msg("%u problems begin with \"%s\"", count_problems(r, start), start);
}

static inline void
assert_no_problem(const resolving *r)
{
	for (uint32_t i = 0; i < r->kept; i++)
		print_message("# %s\n", r->problems[i]);
	assert_int_equal(0, r->kept);
}

/* "A::x B::y"; "?" for what is not known, "IMPLIED " before what is so. */
static inline void
assert_list(resolving *r, const char *module, const char *name, const char *want)
{
	const tl_mib_def *def = nth_def(r, module, name, 0);
	char text[1024];
	size_t len = 0;

	text[0] = '\0';
	if (def->list == TL_MIB_NONE) {
		assert_null(want);
		return;
	}
	assert_non_null(want);
	const uint32_t *list = TL_VEC_AT(&r->set.lists, const uint32_t, def->list);
	for (uint32_t i = 1; i <= list[0]; i++) {
		const tl_mib_def *to =
		    list[i] != TL_MIB_NONE ? set_def(r, list[i] & ~TL_MIB_IMPLIED) : NULL;
		tl_span of = to != NULL ? module_text(r, to) : text_span("?");
		tl_span label = to != NULL ? name_text(r, to->name) : text_span("?");
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s%.*s::%.*s",
		    i > 1 ? " " : "",
		    to != NULL && (list[i] & TL_MIB_IMPLIED) != 0 ? "IMPLIED " : "",
		    (int)of.len, (const char *)of.ptr, (int)label.len,
		    (const char *)label.ptr);
	}
	assert_string_equal(want, text);
}

#endif
