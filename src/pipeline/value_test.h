/* pipeline/value_test.h: tests of the values of an object, for match.c. */
#ifndef PIPELINE_VALUE_TEST_H
#define PIPELINE_VALUE_TEST_H

#include "pipeline/field.h"

typedef struct value_test value_test;

/* The tests of one object. */
typedef struct value_tests {
	field object;
	value_test *at;
	size_t count;
} value_tests;

/* Prepares |conf|, which is borrowed. False without memory; then, too, it is to be freed.
 */
bool value_tests_init(value_tests *t, const tl_conf_varbind *conf, const tl_mib *mib);
void value_tests_fini(value_tests *t);

/* What a person reads of a varbind, while many tests ask for it: those of one event, by
 * one caller. Set vb to NULL first. */
enum { VALUE_TEXT_MAX = 4096 };
typedef struct value_text {
	const tl_varbind *vb; /* whose text it is */
	tl_span text;
	uint8_t room[VALUE_TEXT_MAX];
} value_text;

/* Whether one of the tests holds for one of the object's instances. */
bool value_tests_fit(const value_tests *t, const event *ev, value_text *text);

#endif
