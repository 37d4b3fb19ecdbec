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

/* Whether one of the tests holds for one of the object's instances. |memo| is of |ev|. */
bool value_tests_fit(const value_tests *t, const event *ev, value_memo *memo);

#endif
