/* pipeline/saved.h: states as bytes, to outlast a restart: a kind and a version at the
 * front, a checksum at the end. Numbers are little-endian, times since 1970. */
#ifndef PIPELINE_SAVED_H
#define PIPELINE_SAVED_H

#include <string.h>

#include "base/vec.h"
#include "trapline/notification.h"

/* Appends to |out|, a vector of bytes that the caller frees. */
typedef struct saved_writer {
	tl_vec *out;
	uint8_t *at; /* where the next byte goes */
	size_t room; /* bytes there, counted in and not written yet */
	bool failed; /* memory was short */
} saved_writer;

/* |kind| is of 8 letters, its version among them. */
saved_writer saved_begin(tl_vec *out, const char kind[static 8]);
TL_CHECK tl_err saved_end(saved_writer *w); /* TL_ENOMEM, or TL_OK */

/* Sets the checksum of all that was saved: what every state needs before it is opened.
 * Apart, for whoever holds a lock while it saves. */
void saved_seal(tl_vec *saved);

/* Room for |len| bytes and some more; false without memory. */
bool saved_make_room(saved_writer *w, size_t len);

static inline void
saved_put(saved_writer *w, const void *ptr, size_t len)
{
	if (len == 0 || (len > w->room && !saved_make_room(w, len)))
		return;
	memcpy(w->at, ptr, len);
	w->at += len;
	w->room -= len;
}

static inline void
saved_put_u64(saved_writer *w, uint64_t value)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	saved_put(w, bytes, sizeof bytes);
}

/* At most 65,535 bytes. */
static inline void
saved_put_span(saved_writer *w, tl_span bytes)
{
	uint8_t len[2] = { (uint8_t)bytes.len, (uint8_t)(bytes.len >> 8) };

	saved_put(w, len, sizeof len);
	saved_put(w, bytes.ptr, bytes.len);
}

static inline void
saved_put_device(saved_writer *w, const tl_endpoint *device)
{
	saved_put(w, device->addr, sizeof device->addr);
	saved_put_u64(w, device->scope);
}

typedef struct saved_reader {
	const uint8_t *at, *end;
	bool bad; /* it is not what it should be: look once, at the end */
} saved_reader;

/* False, and |r| is bad, if |bytes| are not all that was saved as |kind|. */
bool saved_open(saved_reader *r, const char kind[static 8], tl_span bytes);
void saved_get(saved_reader *r, void *ptr, size_t len);
uint64_t saved_get_u64(saved_reader *r);
/* A number of at most |most|; above, |r| is bad and it is 0. */
uint64_t saved_get_most(saved_reader *r, uint64_t most);
/* A time since 1970 as one of the monotonic clock, which was 0 at |epoch_ns|. */
int64_t saved_get_time(saved_reader *r, int64_t epoch_ns);
tl_endpoint saved_get_device(saved_reader *r);
/* Borrows. At most |most| bytes; else |r| is bad and it is empty. */
tl_span saved_get_span(saved_reader *r, size_t most);
/* Whether all was read, and was good. */
bool saved_close(const saved_reader *r);

#endif
