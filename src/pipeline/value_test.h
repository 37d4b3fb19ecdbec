/* pipeline/value_test.h: tests of the values of an object, for match.c. */
#ifndef PIPELINE_VALUE_TEST_H
#define PIPELINE_VALUE_TEST_H

#include "pipeline/value_memo.h"

typedef struct value_test value_test;

/* The tests of one object. */
typedef struct value_tests {
	field object;
	bool wants_none; /* one of them holds if there is no instance */
	value_test *at;
	size_t count;
} value_tests;

/* Prepares |conf|, which is borrowed, as |mib| is; events must have that as their
 * dictionary. False without memory; then, too, it is to be freed. */
bool value_tests_init(value_tests *t, const tl_conf_varbind *conf, const tl_mib *mib);
void value_tests_fini(value_tests *t);

/* Two that are equal have a hash in common. So many at most has each; the |i|th test's
 * are those of its operand, none if it does not ask for an equal value. */
enum { VALUE_HASHES_MAX = 4 };
size_t value_test_hashes(
    const value_tests *t, size_t i, uint64_t out[static VALUE_HASHES_MAX]);

/* Whether all tests are for numbers or labels: of numbers it takes no more than a plain
 * object's to find those that are equal, and no text is made. */
bool value_tests_are_plain(const value_tests *t);

/* An object that rules ask for. */
typedef struct value_object {
	field field;
	bool plain; /* all want numbers or labels of it */
} value_object;
size_t value_hashes(const value_object *o, const event *ev, const tl_varbind *vb,
    value_memo *memo, uint64_t out[static VALUE_HASHES_MAX]);

/* Whether one of the tests holds for one of the object's instances. |memo| is of |ev|. */
bool value_tests_fit(const value_tests *t, const event *ev, value_memo *memo);

#endif
