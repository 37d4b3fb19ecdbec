/* pipeline/nets.c: a trie that is compressed both ways: a fork stands only where networks
 * part, and looks at as many bits at once as are well used, up to 16. A look-up goes down
 * without looking at what it skips. The network at the end, or one of those around it, is
 * the answer: whatever holds the address lies around that end, since the way down has
 * followed all of its bits. */
#include "pipeline/nets.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

/* A way down. At its end: LEAF and a network's number. A fork: how far the address is
 * shifted to the right (bits 0 to 5), which half of it (6), the mask then (16 to 31), and
 * where its ways begin (32 to 62). */
#define LEAF (UINT64_C(1) << 63)
#define NO_NET NETS_NONE
enum { HALF_SHIFT = 6, MASK_SHIFT = 16, BASE_SHIFT = 32 };

enum {
	WIDTH_MAX = 16, /* bits that a fork looks at */
	FILL = 4,       /* one of so many ways must lead somewhere */
	NETS_MAX = 1 << 25
};

typedef struct kept {
	uint64_t addr[2], mask[2]; /* in host order, high half first */
	uint32_t value;
	uint32_t wider; /* the next network around this one, or NO_NET */
} kept;

struct nets {
	tl_vec ways; /* uint64_t */
	uint64_t root;
	kept *at;
	uint32_t count;
};

/* Networks as they are sorted, and which are wanted. */
typedef struct sorted {
	const net *net;
	size_t place; /* of equals the last is the first */
} sorted;

typedef struct builder {
	nets *made;
	const sorted *from;
} builder;

static uint64_t
load(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return __builtin_bswap64(v);
}

static int
compare(const void *left, const void *right)
{
	const sorted *a = left, *b = right;
	int order = memcmp(a->net->cidr.addr, b->net->cidr.addr, 16);

	if (order == 0)
		order = (int)a->net->cidr.bits - (int)b->net->cidr.bits;
	return order != 0 ? order : a->place > b->place ? -1 : 1;
}

static bool
equal(const net *a, const net *b)
{
	return a->cidr.bits == b->cidr.bits &&
	       memcmp(a->cidr.addr, b->cidr.addr, 16) == 0;
}

static bool
holds(const kept *k, uint64_t high, uint64_t low)
{
	return (((high ^ k->addr[0]) & k->mask[0]) | ((low ^ k->addr[1]) & k->mask[1])) ==
	       0;
}

static kept
keep(const net *n)
{
	unsigned bits = n->cidr.bits, below = bits > 64 ? bits - 64 : 0;

	return (kept){
		.addr = { load(n->cidr.addr), load(n->cidr.addr + 8) },
		.mask = { bits >= 64 ? UINT64_MAX : ~(UINT64_MAX >> bits),
		    below >= 64 ? UINT64_MAX : ~(UINT64_MAX >> below) },
		.value = n->value,
		.wider = NO_NET,
	};
}

/* The networks in order, each once, and which lies in which. Sorted, those around one
 * stand before it. */
static void
fill(nets *n, sorted *order, size_t count)
{
	uint32_t around = NO_NET;

	for (size_t i = 0; i < count; i++) {
		if (i > 0 && equal(order[i].net, order[i - 1].net))
			continue;
		uint32_t number = n->count++;
		kept *k = &n->at[number];
		*k = keep(order[i].net);
		order[number] = order[i];
		while (around != NO_NET && !holds(&n->at[around], k->addr[0], k->addr[1]))
			around = n->at[around].wider;
		k->wider = around;
		around = number;
	}
}

static unsigned
bits_of(const builder *b, uint32_t i)
{
	return b->from[i].net->cidr.bits;
}

/* Some bits of an address, all in one half. */
typedef struct window {
	unsigned half, shift, width;
} window;

/* |width| bits from the bit |place| on. */
static window
window_at(unsigned place, unsigned width)
{
	return (window){ place / 64, 64 - place % 64 - width, width };
}

static uint32_t
slot_of(const builder *b, uint32_t i, window w)
{
	return (uint32_t)(b->made->at[i].addr[w.half] >> w.shift & ((1u << w.width) - 1));
}

/* The first bit in which two networks' addresses differ; 128 if in none. */
static unsigned
parting(const builder *b, uint32_t i, uint32_t j)
{
	const uint64_t *x = b->made->at[i].addr, *y = b->made->at[j].addr;

	if (x[0] != y[0])
		return (unsigned)__builtin_clzll(x[0] ^ y[0]);
	return x[1] != y[1] ? 64 + (unsigned)__builtin_clzll(x[1] ^ y[1]) : 128;
}

/* How many of the slots of |w| the networks |range| are in. */
static uint32_t
used(const builder *b, const uint32_t range[2], window w)
{
	uint32_t count = 1;

	for (uint32_t i = range[0] + 1; i < range[1]; i++)
		count += slot_of(b, i, w) != slot_of(b, i - 1, w);
	return count;
}

/* The bits from |place| on that a fork looks at: as many as are well used. */
static window
choose(const builder *b, const uint32_t range[2], unsigned place)
{
	window best = window_at(place, 1);

	for (unsigned width = 2; width <= WIDTH_MAX && place % 64 + width <= 64;
	     width++) {
		window w = window_at(place, width);
		if (used(b, range, w) * FILL < 1u << width)
			break;
		best = w;
	}
	return best;
}

/* What each way leads to at first: the longest network that ends within the window and
 * has it, else what is around all of them. */
static void
cover(const builder *b, const uint32_t range[2], unsigned place, window w, uint64_t *ways)
{
	for (uint32_t i = range[0]; i < range[1]; i++) {
		unsigned bits = bits_of(b, i);
		if (bits > place + w.width)
			continue;
		uint32_t first = slot_of(b, i, w), many = 1u << (place + w.width - bits);
		for (uint32_t slot = first; slot < first + many; slot++)
			ways[slot] = LEAF | i;
	}
}

static bool build(builder *b, const uint32_t range[2], uint64_t around, uint64_t *way);

/* A fork for the networks |range|, which part at the bit |place|. */
static bool
build_fork(
    builder *b, const uint32_t range[2], unsigned place, uint64_t around, uint64_t *way)
{
	window w = choose(b, range, place);
	uint32_t base = b->made->ways.count, size = 1u << w.width;
	uint64_t *ways = tl_vec_grow(&b->made->ways, sizeof *ways, size);

	if (ways == NULL || base > INT32_MAX)
		return false;
	for (uint32_t i = 0; i < size; i++)
		ways[i] = around;
	cover(b, range, place, w, ways);
	for (uint32_t from = range[0], to; from < range[1]; from = to) {
		uint32_t slot = slot_of(b, from, w);
		uint64_t one = *TL_VEC_AT(&b->made->ways, uint64_t, base + slot);
		for (to = from; to < range[1] && slot_of(b, to, w) == slot; to++)
			;
		if (!build(b, (uint32_t[2]){ from, to }, one, &one))
			return false;
		*TL_VEC_AT(&b->made->ways, uint64_t, base + slot) = one;
	}
	*way = (uint64_t)base << BASE_SHIFT | (uint64_t)(size - 1) << MASK_SHIFT |
	       w.half << HALF_SHIFT | w.shift;
	return true;
}

/* The way to the networks |range|, all in the one that |around| leads to. False without
 * memory. Each fork looks at one bit or more, so that it goes 128 deep at most. */
static bool
build(builder *b, const uint32_t range[2], uint64_t around, uint64_t *way)
{
	uint32_t r[2] = { range[0], range[1] };

	for (; r[1] - r[0] > 1; around = LEAF | r[0]++) {
		unsigned place = parting(b, r[0], r[1] - 1);
		if (bits_of(b, r[0]) > place)
			return build_fork(b, r, place, around, way);
	}
	*way = r[0] == r[1] ? around : LEAF | r[0];
	return true;
}

static bool
make(nets *n, const net *at, size_t count)
{
	sorted *order = calloc(count, sizeof *order);
	bool made = order != NULL;

	for (size_t i = 0; made && i < count; i++)
		order[i] = (sorted){ &at[i], i };
	if (made) {
		qsort(order, count, sizeof *order, compare);
		fill(n, order, count);
		builder b = { .made = n, .from = order };
		made = build(&b, (uint32_t[2]){ 0, n->count }, LEAF | NO_NET, &n->root);
	}
	free(order);
	return made;
}

nets *
nets_new(const net *at, size_t count)
{
	nets *n = count <= NETS_MAX ? calloc(1, sizeof *n) : NULL;

	if (n == NULL)
		return NULL;
	n->root = LEAF | NO_NET;
	n->at = calloc(count + 1, sizeof *n->at);
	if (n->at == NULL || (count > 0 && !make(n, at, count))) {
		nets_free(n);
		return NULL;
	}
	return n;
}

/* The number of the longest network that holds an address. */
static inline uint32_t
find(const nets *n, const uint8_t addr[16])
{
	const uint64_t half[2] = { load(addr), load(addr + 8) };
	const uint64_t *ways = n->ways.ptr;
	uint64_t way = n->root;

	while ((way & LEAF) == 0)
		way = ways[(way >> BASE_SHIFT) +
			   (half[way >> HALF_SHIFT & 1] >> (way & 63) &
			       (way >> MASK_SHIFT & 0xffff))];
	uint32_t number = (uint32_t)way;
	while (number != NO_NET && !holds(&n->at[number], half[0], half[1]))
		number = n->at[number].wider;
	return number;
}

uint32_t
nets_find(const nets *n, const uint8_t addr[16])
{
	uint32_t number = find(n, addr);

	return number != NO_NET ? n->at[number].value : NETS_NONE;
}

uint32_t
nets_number(const nets *n, const uint8_t addr[16])
{
	return find(n, addr);
}

size_t
nets_find_all(const nets *n, const uint8_t addr[16], uint32_t values[static NETS_DEPTH])
{
	size_t count = 0;

	for (uint32_t i = find(n, addr); i != NO_NET; i = n->at[i].wider)
		values[count++] = n->at[i].value;
	return count;
}

void
nets_free(nets *n)
{
	if (n == NULL)
		return;
	tl_vec_free(&n->ways);
	free(n->at);
	free(n);
}
