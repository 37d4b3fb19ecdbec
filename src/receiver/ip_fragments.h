/* receiver/ip_fragments.h: IP packets put together from their fragments, in a fixed
 * amount of memory: a few packets at a time, the oldest gives way. */
#ifndef TL_RECEIVER_IP_FRAGMENTS_H
#define TL_RECEIVER_IP_FRAGMENTS_H

#include "trapline/notification.h"

typedef struct tl_fragments tl_fragments;

/* A fragment of what a UDP datagram was sent in. */
typedef struct tl_fragment {
	tl_endpoint from, to; /* without ports */
	uint32_t id;
	uint32_t offset; /* bytes, a multiple of 8 */
	bool more;       /* others follow */
	tl_span bytes;
	int64_t time_ns;
} tl_fragment;

/* Errors: TL_ENOMEM. Free with tl_fragments_free(). */
TL_CHECK tl_err tl_fragments_new(tl_fragments **out);

/* Adds |part|; true when it completes a packet: |whole| is that until the next call. */
bool tl_fragments_add(tl_fragments *f, const tl_fragment *part, tl_span *whole);

/* Packets given up, and those still waited for. */
uint64_t tl_fragments_incomplete(const tl_fragments *f);

/* NULL is fine. */
void tl_fragments_free(tl_fragments *f);

#endif
