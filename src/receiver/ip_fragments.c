/* receiver/ip_fragments.c: reassembly (RFC 791, RFC 8200 section 4.5) for frames of
 * captures. */
#include "receiver/ip_fragments.h"

#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"

enum {
	SLOTS = 16,         /* packets put together at a time */
	PACKET_MAX = 65535, /* bytes */
	BLOCK = 8,          /* fragments begin at multiples of it */
	BLOCKS = (PACKET_MAX + BLOCK - 1) / BLOCK,
	PATIENCE_S = 60, /* RFC 8200 section 4.5 */
};

typedef struct slot {
	bool used;
	tl_endpoint from, to;
	uint32_t id;
	int64_t time_ns;  /* of the first fragment */
	uint64_t turn;    /* when it was begun, in packets */
	size_t total;     /* bytes; 0: not known yet */
	unsigned missing; /* blocks, of total or of BLOCKS */
	bool have[BLOCKS];
	uint8_t bytes[BLOCKS * BLOCK];
} slot;

struct tl_fragments {
	uint64_t turns, given_up;
	slot *slots; /* SLOTS, made when the first fragment comes */
};

tl_err
tl_fragments_new(tl_fragments **out)
{
	*out = calloc(1, sizeof **out);
	return *out == NULL ? TL_ENOMEM : TL_OK;
}

void
tl_fragments_free(tl_fragments *f)
{
	if (f != NULL)
		free(f->slots);
	free(f);
}

static bool
is_of(const slot *s, const tl_fragment *part)
{
	return s->used && s->id == part->id &&
	       memcmp(s->from.addr, part->from.addr, sizeof s->from.addr) == 0 &&
	       memcmp(s->to.addr, part->to.addr, sizeof s->to.addr) == 0;
}

static void
give_up(tl_fragments *f, slot *s)
{
	if (s->used)
		f->given_up++;
	s->used = false;
}

static bool
is_stale(const slot *s, int64_t time_ns)
{
	int64_t age_ns;

	if (__builtin_sub_overflow(time_ns, s->time_ns, &age_ns))
		return true;
	return age_ns > (int64_t)PATIENCE_S * TL_NS_PER_S;
}

/* The slot of |part|; else a free one, or that of the oldest packet. */
static slot *
slot_for(tl_fragments *f, const tl_fragment *part)
{
	slot *best = &f->slots[0];

	for (slot *s = f->slots; s < f->slots + SLOTS; s++) {
		if (is_of(s, part)) {
			if (!is_stale(s, part->time_ns))
				return s;
			best = s;
			break;
		}
		if (best->used && (!s->used || s->turn < best->turn))
			best = s;
	}
	give_up(f, best);
	best->used = true;
	best->from = part->from;
	best->to = part->to;
	best->id = part->id;
	best->time_ns = part->time_ns;
	best->turn = f->turns++;
	best->total = 0;
	best->missing = BLOCKS;
	memset(best->have, 0, sizeof best->have);
	return best;
}

/* Takes the end of the packet in; false: it contradicts what is there. */
static bool
set_total(slot *s, size_t total)
{
	if (s->total != 0)
		return s->total == total;
	for (size_t i = (total + BLOCK - 1) / BLOCK; i < BLOCKS; i++) {
		if (s->have[i])
			return false;
		s->missing--;
	}
	s->total = total;
	return true;
}

bool
tl_fragments_add(tl_fragments *f, const tl_fragment *part, tl_span *whole)
{
	size_t len = part->bytes.len, end = part->offset + len;

	if (len == 0 || end > PACKET_MAX || (part->more && len % BLOCK != 0))
		return false;
	if (f->slots == NULL)
		f->slots = calloc(SLOTS, sizeof *f->slots);
	if (f->slots == NULL)
		return false;
	slot *s = slot_for(f, part);
	if ((!part->more && !set_total(s, end)) || (s->total != 0 && end > s->total)) {
		give_up(f, s);
		return false;
	}
	memcpy(s->bytes + part->offset, part->bytes.ptr, len);
	for (size_t i = part->offset / BLOCK; i < (end + BLOCK - 1) / BLOCK; i++) {
		s->missing -= !s->have[i];
		s->have[i] = true;
	}
	if (s->total == 0 || s->missing > 0)
		return false;
	s->used = false;
	*whole = (tl_span){ s->bytes, s->total };
	return true;
}

uint64_t
tl_fragments_incomplete(const tl_fragments *f)
{
	uint64_t waiting = 0;

	for (size_t i = 0; f->slots != NULL && i < SLOTS; i++)
		waiting += f->slots[i].used;
	return f->given_up + waiting;
}
