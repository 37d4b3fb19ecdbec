/* tests/pipeline/saves.h: states as bytes, damaged in every way. */
#ifndef TESTS_PIPELINE_SAVES_H
#define TESTS_PIPELINE_SAVES_H

#include "pipeline/heard.h"

#include "base/hash.h"
#include "base/vec.h"
#include "pipeline/saved.h"

/* Loads |bytes| into a new stage, which must stay whole, and frees it. */
typedef tl_err load_new(const tl_conf *conf, tl_span bytes);

/* Every truncation, and every bit that is flipped, is refused; with a new checksum behind
 * it, it may be taken, and must do no harm. */
static inline void
assert_survives_damage(const tl_vec *saved, load_new *load, const tl_conf *conf)
{
	tl_span all = { saved->ptr, saved->count };

	for (size_t len = 0; len < all.len; len++) {
		tl_span cut = exact_copy((tl_span){ all.ptr, len });
		assert_int_equal(load(conf, cut), TL_EFORMAT);
		free((void *)(uintptr_t)cut.ptr);
	}
	for (size_t bit = 0; bit < all.len * 8; bit++) {
		tl_span bad = exact_copy(all);
		uint8_t *at = (uint8_t *)(uintptr_t)bad.ptr;
		at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(load(conf, bad), TL_EFORMAT);
		uint64_t sum = tl_hash(bad.ptr, bad.len - 8, 0x7374617465);
		for (size_t i = 0; i < 8; i++)
			at[bad.len - 8 + i] = (uint8_t)(sum >> 8 * i);
		tl_err err = load(conf, bad);
		assert_true(err == TL_OK || err == TL_EFORMAT);
		free(at);
	}
	assert_int_equal(load(conf, all), TL_OK);
}

#endif
