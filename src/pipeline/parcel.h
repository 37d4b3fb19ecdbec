/* pipeline/parcel.h: an event that has left its batch: immutable, counted by those who
 * hold it, handed to any number of outputs. */
#ifndef PIPELINE_PARCEL_H
#define PIPELINE_PARCEL_H

#include <pthread.h>
#include <stdatomic.h>

#include "pipeline/event.h"

/* Parcels are made by one thread and dropped by others, which is what malloc is worst at:
 * their memory, in steps of PARCEL_STEP bytes, goes back to where it was taken from. What
 * has PARCEL_CLASSES steps or more is malloc's, and so is what there are PARCEL_SPARES
 * of, beside as many at most that wait to be taken. */
enum { PARCEL_STEP = 256, PARCEL_CLASSES = 9, PARCEL_SPARES = 256 };

struct parcel_list {
	struct parcel *first;
	uint32_t count;
};

/* A dictionary that is shared, and may be replaced while parcels still name it. */
typedef struct dictionary {
	tl_mib *mib;
	_Atomic uint32_t holders;
	struct parcel *ready[PARCEL_CLASSES];     /* for whoever makes parcels */
	pthread_mutex_t lock;                     /* of what follows */
	struct parcel_list spare[PARCEL_CLASSES]; /* given back; by steps */
	struct dictionary_charset *charsets;      /* that texts are read in */
} dictionary;

/* Takes |mib| over; one holder. NULL without memory: |mib| is still the caller's. */
dictionary *dictionary_new(tl_mib *mib);

/* One more holder, and one less: the last frees it. Any thread. */
dictionary *dictionary_hold(dictionary *d);
void dictionary_drop(dictionary *d);

/* The charset |name|, which lives as long as |d|; NULL if there is none, no name, or no
 * memory. Any thread. */
tl_charset *dictionary_charset(dictionary *d, const char *name);

typedef struct parcel {
	_Atomic uint32_t holders;
	uint32_t bytes;           /* of memory that it takes */
	int64_t made_ns;          /* monotonic: when it was received, for latency */
	const tl_notification *n; /* a copy; NULL: an event of our own */
	const tl_own_event *own;  /* a copy, or NULL */
	tl_judgement j;           /* severity is set, if it is known at all */
	tl_endpoint device;
	dictionary *dictionary; /* held: the names for rendering */
	struct parcel *next;    /* once nobody holds it */
} parcel;

/* Copies |ev|, or an event of our own; one holder. NULL without memory. One thread at a
 * time makes those of a dictionary. */
parcel *parcel_of_event(const event *ev, dictionary *d);
parcel *parcel_of_own(const tl_own_event *own, dictionary *d);

/* |ev| as a view of |p|, for templates and filters: it borrows, and has no arena. */
void parcel_view(const parcel *p, event *ev);

/* One more holder; one less, and the last frees it. Any thread. */
void parcel_hold(parcel *p);
void parcel_drop(parcel *p);

/* The same of |count|. */
void parcels_drop(parcel *const *items, size_t count);

#endif
