/* pipeline/parcel.h: an event that has left its batch: immutable, counted by those who
 * hold it, handed to any number of outputs. */
#ifndef PIPELINE_PARCEL_H
#define PIPELINE_PARCEL_H

#include "pipeline/event.h"

typedef struct parcel parcel;

struct parcel {
	uint32_t holders;         /* atomic */
	uint32_t bytes;           /* of memory, all in one block */
	uint64_t sequence;        /* in the order of making */
	int64_t made_ns;          /* monotonic: for latency */
	const tl_notification *n; /* a copy; NULL: an event of our own */
	const tl_own_event *own;
	tl_judgement j;
	tl_endpoint device;
	const struct dictionary *dictionary; /* held: names for rendering */
};

/* Copies |ev|, or an event of our own; one holder. NULL without memory. Any thread. */
parcel *parcel_of_event(const event *ev, struct dictionary *dictionary);
parcel *parcel_of_own(const tl_own_event *own, struct dictionary *dictionary);

/* One more holder; one less, and the last frees it. Any thread. */
void parcel_hold(const parcel *p);
void parcel_drop(const parcel *p);

/* A dictionary that is shared and may be replaced while parcels still name it. Any
 * thread. */
typedef struct dictionary dictionary;
struct dictionary {
	tl_mib *mib;
	uint32_t holders; /* atomic */
};
dictionary *dictionary_new(tl_mib *mib); /* takes |mib| over; NULL without memory */
dictionary *dictionary_hold(dictionary *d);
void dictionary_drop(dictionary *d);

#endif
