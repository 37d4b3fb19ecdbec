/* base/hash.h: a fast hash of bytes, with a seed for tables that peers fill. */
#ifndef TL_BASE_HASH_H
#define TL_BASE_HASH_H

#include <string.h>

#include "trapline/base.h"

static inline uint64_t
tl_hash_mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
tl_load64(const uint8_t *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof v);
	return v;
}

static inline uint64_t
tl_load32(const uint8_t *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof v);
	return v;
}

/* Hash of |len| bytes. With an unknown random |seed| its collisions cannot be planned:
 * both factors of every product depend on it, so that no block makes one of them zero.
 * The same seed gives the same hash on every machine of the same byte order. */
static inline uint64_t
tl_hash(const uint8_t *p, size_t len, uint64_t seed)
{
	const uint64_t k0 = 0x9e3779b97f4a7c15u, k1 = 0xd6e8feb86659fd93u;
	uint64_t secret = tl_hash_mix(seed ^ k1, k0);
	uint64_t h = seed ^ tl_hash_mix(len ^ k0, k1);
	size_t left = len;

	for (; left >= 16; left -= 16, p += 16)
		h = tl_hash_mix(tl_load64(p) ^ secret, tl_load64(p + 8) ^ h);
	if (left > 0) {
		uint8_t tail[16] = { 0 };
		memcpy(tail, p, left);
		h = tl_hash_mix(tl_load64(tail) ^ secret, tl_load64(tail + 8) ^ h);
	}
	return tl_hash_mix(h ^ k0, k1);
}

#endif
