/* pipeline/saved.h: states as bytes, to outlast a restart: a kind and a version at the
 * front, a checksum at the end. Numbers are little-endian, times since 1970. */
#ifndef PIPELINE_SAVED_H
#define PIPELINE_SAVED_H

#include "base/vec.h"
#include "trapline/notification.h"

/* Appends to |out|, a vector of bytes that the caller frees. */
typedef struct saved_writer {
	tl_vec *out;
	bool failed; /* memory was short */
} saved_writer;

/* |kind| is of 8 letters, its version among them. */
saved_writer saved_begin(tl_vec *out, const char kind[static 8]);
void saved_put(saved_writer *w, const void *ptr, size_t len);
void saved_put_u64(saved_writer *w, uint64_t value);
void saved_put_span(saved_writer *w, tl_span bytes); /* at most 65,535 */
void saved_put_device(saved_writer *w, const tl_endpoint *device);
TL_CHECK tl_err saved_end(saved_writer *w); /* TL_ENOMEM, or TL_OK */

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
