/* pipeline/value_test.h: tests of the values of an object, for match.c. */
#ifndef PIPELINE_VALUE_TEST_H
#define PIPELINE_VALUE_TEST_H

#include "pipeline/field.h"

typedef struct value_test value_test;

/* The tests of one object. */
typedef struct value_tests {
	field object;
	uint64_t hash; /* of it */
	value_test *at;
	size_t count;
} value_tests;

/* Prepares |conf|, which is borrowed. False without memory; then, too, it is to be freed.
 */
bool value_tests_init(value_tests *t, const tl_conf_varbind *conf, const tl_mib *mib);
void value_tests_fini(value_tests *t);

/* What tests have found out of an event's varbinds, for those that follow. */
enum { VALUE_TEXT_MAX = 4096, VALUE_PLACES = 8 };
typedef struct value_place {
	uint64_t hash; /* of an object; configurations write them, so nobody plans that
			  two are equal */
	const tl_varbind *first; /* that is of it; NULL: nothing is known */
	const tl_varbind *end;   /* behind the last; |first|: there is none */
} value_place;
typedef struct value_memo {
	value_place objects[VALUE_PLACES];
	const tl_varbind *vb; /* whose text it is, or NULL */
	tl_span text;         /* what a person reads */
	uint8_t room[VALUE_TEXT_MAX];
} value_memo;

/* Forgets all, before the first test of an event. */
void value_memo_begin(value_memo *m);

/* Two that are equal have a hash in common. So many at most has each; the |i|th test's
 * are those of its operand, none if it does not ask for an equal value. */
enum { VALUE_HASHES_MAX = 4 };
size_t value_test_hashes(
    const value_tests *t, size_t i, uint64_t out[static VALUE_HASHES_MAX]);

/* Whether all tests are for numbers or labels: of numbers it takes no more than |plain|
 * to find those that are equal, and no text is made. */
bool value_tests_are_plain(const value_tests *t);
size_t value_hashes(const event *ev, const tl_varbind *vb, bool plain, value_memo *memo,
    uint64_t out[static VALUE_HASHES_MAX]);

/* Whether one of the tests holds for one of the object's instances. */
bool value_tests_fit(const value_tests *t, const event *ev, value_memo *memo);

#endif
