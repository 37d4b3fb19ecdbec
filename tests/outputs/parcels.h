/* tests/outputs/parcels.h: parcels made by hand, each known by its request-id. */
#ifndef TESTS_OUTPUTS_PARCELS_H
#define TESTS_OUTPUTS_PARCELS_H

#include "pipeline/parcel.h"
#include "pipeline/samples.h"

static dictionary *the_dictionary;

static inline int
load_dictionary(void **state)
{
	tl_mib *mib;

	(void)state;
	if (tl_mib_builtin(&mib) != TL_OK)
		return -1;
	the_mib = mib;
	the_dictionary = dictionary_new(mib);
	return the_dictionary != NULL ? 0 : -1;
}

static inline int
drop_dictionary(void **state)
{
	(void)state;
	assert_int_equal(the_dictionary->holders, 1);
	dictionary_drop(the_dictionary);
	return 0;
}

/* A parcel of |s|, which it frees; drop it. Any thread: one at a time makes them. */
static inline parcel *
parcel_of_sample(sample *s, tl_severity severity)
{
	static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

	s->ev.now_ns = 1;
	pthread_mutex_lock(&making);
	parcel *p = parcel_of_event(&s->ev, the_dictionary);
	pthread_mutex_unlock(&making);
	assert_non_null(p);
	p->j.severity = severity; /* NONE as well, whatever the dictionary says */
	sample_free(s);
	return p;
}

/* linkDown of interface 3, with the request-id |number|. */
static inline parcel *
numbered(uint32_t number, tl_severity severity)
{
	sample *s = sample_link_down();

	s->n.request_id = number;
	return parcel_of_sample(s, severity);
}

static inline uint32_t
number_of(const parcel *p)
{
	return p->n->request_id;
}

#endif
