/* pipeline/nets.c: a trie of half-bytes in which a fork stands only where networks part.
 * A look-up goes down without looking at what it skips. The network at the end, or one of
 * those around it, is the answer: whatever holds the address lies around that end, since
 * the way down has followed all of its bits. */
#include "pipeline/nets.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

/* A way down: a network's number, or a fork and the half-byte that it looks at. */
#define LEAF 0x80000000u
#define NO_NET (LEAF | 0x7fffffffu)
enum { WAYS = 16, PLACE_BITS = 5, NETS_MAX = 1 << 25 };

typedef struct fork {
	uint32_t way[WAYS];
} fork;

typedef struct kept {
	uint64_t addr[2], mask[2]; /* in host order, high half first */
	uint32_t value;
	uint32_t wider; /* a way: the next network around this one, or NO_NET */
} kept;

struct nets {
	tl_vec forks;
	kept *at;
	uint32_t count;
	uint32_t root; /* a way */
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
		while (around != NO_NET &&
		       !holds(&n->at[around & ~LEAF], k->addr[0], k->addr[1]))
			around = n->at[around & ~LEAF].wider;
		k->wider = around;
		around = LEAF | number;
	}
}

static unsigned
bits_of(const builder *b, uint32_t i)
{
	return b->from[i].net->cidr.bits;
}

static unsigned
half_byte(const builder *b, uint32_t i, unsigned place)
{
	return b->from[i].net->cidr.addr[place / 2] >> (place % 2 == 0 ? 4 : 0) & 15;
}

/* The first half-byte in which two networks differ; 32 if in none. */
static unsigned
parting(const builder *b, uint32_t i, uint32_t j)
{
	unsigned place = 0;

	while (place < 32 && half_byte(b, i, place) == half_byte(b, j, place))
		place++;
	return place;
}

/* What a way leads to at first: the longest network that ends in the half-byte |place|
 * and has it, else what is around all of them. */
static void
cover(const builder *b, uint32_t range[2], unsigned place, uint32_t ways[WAYS])
{
	for (uint32_t i = range[0]; i < range[1]; i++) {
		unsigned bits = bits_of(b, i);
		if (bits > 4 * place + 4)
			continue;
		unsigned first = half_byte(b, i, place);
		unsigned many = 1u << (4 * place + 4 - bits);
		for (unsigned way = first; way < first + many; way++)
			ways[way] = LEAF | i;
	}
}

/* The way to the networks |range|, all in the one that |around| leads to. False without
 * memory. The depth is that of half-bytes: 32 at most. */
static bool
build(builder *b, const uint32_t range[2], uint32_t around, uint32_t *way)
{
	uint32_t r[2] = { range[0], range[1] }, ways[WAYS];
	unsigned place = 0;

	for (; r[1] - r[0] > 1; around = LEAF | r[0]++) {
		place = parting(b, r[0], r[1] - 1);
		if (bits_of(b, r[0]) > 4 * place)
			break;
	}
	*way = r[0] == r[1] ? around : LEAF | r[0];
	if (r[1] - r[0] < 2)
		return true;
	uint32_t number = b->made->forks.count;
	if (tl_vec_grow(&b->made->forks, sizeof(fork), 1) == NULL)
		return false;
	for (unsigned i = 0; i < WAYS; i++)
		ways[i] = around;
	cover(b, r, place, ways);
	for (uint32_t from = r[0], to; from < r[1]; from = to) {
		unsigned half = half_byte(b, from, place);
		for (to = from; to < r[1] && half_byte(b, to, place) == half; to++)
			;
		if (!build(b, (uint32_t[2]){ from, to }, ways[half], &ways[half]))
			return false;
	}
	memcpy(TL_VEC_AT(&b->made->forks, fork, number)->way, ways, sizeof ways);
	*way = number << PLACE_BITS | place;
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
		made = build(&b, (uint32_t[2]){ 0, n->count }, NO_NET, &n->root);
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
	n->root = NO_NET;
	n->at = calloc(count + 1, sizeof *n->at);
	if (n->at == NULL || (count > 0 && !make(n, at, count))) {
		nets_free(n);
		return NULL;
	}
	return n;
}

/* The number of the longest network that holds an address, as a way. */
static inline uint32_t
find(const nets *n, const uint8_t addr[16], uint64_t half[2])
{
	const fork *forks = n->forks.ptr;
	uint32_t way = n->root;

	while ((way & LEAF) == 0) {
		unsigned two = addr[(way & 31) >> 1], shift = ~way << 2 & 4;
		way = forks[way >> PLACE_BITS].way[two >> shift & 15];
	}
	half[0] = load(addr);
	half[1] = load(addr + 8);
	while (way != NO_NET && !holds(&n->at[way & ~LEAF], half[0], half[1]))
		way = n->at[way & ~LEAF].wider;
	return way;
}

uint32_t
nets_find(const nets *n, const uint8_t addr[16])
{
	uint64_t half[2];
	uint32_t way = find(n, addr, half);

	return way != NO_NET ? n->at[way & ~LEAF].value : NETS_NONE;
}

size_t
nets_find_all(const nets *n, const uint8_t addr[16], uint32_t values[static NETS_DEPTH])
{
	uint64_t half[2];
	size_t count = 0;

	for (uint32_t way = find(n, addr, half); way != NO_NET;
	     way = n->at[way & ~LEAF].wider)
		values[count++] = n->at[way & ~LEAF].value;
	return count;
}

void
nets_free(nets *n)
{
	if (n == NULL)
		return;
	tl_vec_free(&n->forks);
	free(n->at);
	free(n);
}
