/* pipeline/saved.c: the bytes of states that outlast a restart. Called by the stages that
 * have one. */
#include "pipeline/saved.h"

#include "base/hash.h"

enum { KIND_LEN = 8, SUM_LEN = 8, STEP = 1 << 16 };

static const uint64_t sum_seed = 0x7374617465; /* finds damage, not forgery */

bool
saved_make_room(saved_writer *w, size_t len)
{
	if (w->failed)
		return false;
	w->out->count -= (uint32_t)w->room;
	w->at = tl_vec_grow(w->out, 1, len + STEP);
	w->failed = w->at == NULL;
	w->room = w->failed ? 0 : len + STEP;
	return !w->failed;
}

saved_writer
saved_begin(tl_vec *out, const char kind[static 8])
{
	saved_writer w = { .out = out };

	out->count = 0;
	saved_put(&w, kind, KIND_LEN);
	return w;
}

tl_err
saved_end(saved_writer *w)
{
	saved_put_u64(w, 0); /* the checksum */
	w->out->count -= (uint32_t)w->room;
	w->room = 0;
	return w->failed ? TL_ENOMEM : TL_OK;
}

void
saved_seal(tl_vec *saved)
{
	uint8_t *bytes = saved->ptr;
	size_t len = saved->count - SUM_LEN;
	saved_writer w = { .out = saved, .at = bytes + len, .room = SUM_LEN };

	saved_put_u64(&w, tl_hash(bytes, len, sum_seed));
}

bool
saved_open(saved_reader *r, const char kind[static 8], tl_span bytes)
{
	*r = (saved_reader){ bytes.ptr, bytes.ptr, true };
	if (bytes.len < KIND_LEN + SUM_LEN || memcmp(bytes.ptr, kind, KIND_LEN) != 0)
		return false;
	const uint8_t *sum_at = bytes.ptr + bytes.len - SUM_LEN;
	saved_reader sum = { sum_at, sum_at + SUM_LEN, false };
	if (saved_get_u64(&sum) != tl_hash(bytes.ptr, bytes.len - SUM_LEN, sum_seed))
		return false;
	*r = (saved_reader){ bytes.ptr + KIND_LEN, sum_at, false };
	return true;
}

void
saved_get(saved_reader *r, void *ptr, size_t len)
{
	if (r->bad || len > (size_t)(r->end - r->at)) {
		r->bad = true;
		memset(ptr, 0, len);
		return;
	}
	memcpy(ptr, r->at, len);
	r->at += len;
}

uint64_t
saved_get_u64(saved_reader *r)
{
	uint64_t value = 0;
	uint8_t bytes[8];

	saved_get(r, bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		value |= (uint64_t)bytes[i] << 8 * i;
	return value;
}

uint64_t
saved_get_most(saved_reader *r, uint64_t most)
{
	uint64_t value = saved_get_u64(r);

	if (value <= most)
		return value;
	r->bad = true;
	return 0;
}

int64_t
saved_get_time(saved_reader *r, int64_t epoch_ns)
{
	const int64_t far = INT64_MAX / 2; /* differences of such times do not overflow */
	int64_t time = (int64_t)saved_get_u64(r);

	if (time < 0 || time > far) {
		r->bad = true;
		return 0;
	}
	return time - epoch_ns;
}

tl_endpoint
saved_get_device(saved_reader *r)
{
	tl_endpoint device = { 0 };

	saved_get(r, device.addr, sizeof device.addr);
	device.scope = (uint32_t)saved_get_most(r, UINT32_MAX);
	return device;
}

tl_span
saved_get_span(saved_reader *r, size_t most)
{
	uint8_t bytes[2];

	saved_get(r, bytes, sizeof bytes);
	size_t len = bytes[0] | (size_t)bytes[1] << 8;
	if (r->bad || len > most || len > (size_t)(r->end - r->at)) {
		r->bad = true;
		return (tl_span){ r->at, 0 };
	}
	r->at += len;
	return (tl_span){ r->at - len, len };
}

bool
saved_close(const saved_reader *r)
{
	return !r->bad && r->at == r->end;
}
