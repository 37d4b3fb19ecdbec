/* pipeline/shortlist.c: see shortlist.h. Peers choose what is seen first: so there are
 * bounds, and what has been made stays. */
#include "pipeline/shortlist.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "pipeline/rule_index.h"

enum { PLACES_FIRST = 64 };

bool
shortlists_init(shortlists *s, const shortlist_rules *rules)
{
	*s = (shortlists){ .rules = *rules, .mask = PLACES_FIRST - 1 };
	s->at = calloc(PLACES_FIRST, sizeof *s->at);
	return s->at != NULL;
}

void
shortlists_fini(shortlists *s)
{
	free(s->at);
	tl_vec_free(&s->numbers);
}

static inline bool
has_bit(const uint32_t *bits, uint32_t i)
{
	return (bits[i / 32] >> i % 32 & 1) != 0;
}

/* Sets the bits of the rules that |subject| fits; returns by which values more than a few
 * of them are found. */
static uint32_t
fill_bits(const shortlist_rules *r, pattern_subject *subject, uint32_t *bits)
{
	uint32_t asked = 0, count = 0;

	for (uint32_t i = 0; i < r->traps.count; i++) {
		const patterns *p = &r->traps.at[i];
		if (p->count > 0 && !patterns_fit(p, subject))
			continue;
		bits[i / 32] |= 1u << i % 32;
		asked |= r->asks[i];
		count += r->asks[i] != 0;
	}
	return count > SHORTLIST_FEW ? asked : 0;
}

/* Appends the bits and the list of those that |subject| fits. False without room. */
static bool
fill(shortlists *s, pattern_subject *subject, shortlist *made)
{
	const shortlist_rules *r = &s->rules;
	uint32_t words = r->traps.count / 32 + 1, most = words + r->traps.count + 1;

	if (most > SHORTLIST_NUMBERS_MAX - s->numbers.count)
		return false;
	made->fits = s->numbers.count;
	made->list = made->fits + words;
	uint32_t *bits = tl_vec_grow(&s->numbers, sizeof *bits, most);
	if (bits == NULL)
		return false;
	uint32_t *list = bits + words;
	memset(bits, 0, words * sizeof *bits);
	made->asked = fill_bits(r, subject, bits);
	for (uint32_t i = 0; i < r->traps.count; i++)
		if (has_bit(bits, i) && !r->by_source[i] &&
		    (r->asks[i] == 0 || made->asked == 0))
			*list++ = i;
	*list++ = RULE_NONE;
	s->numbers.count = made->fits + (uint32_t)(list - bits);
	return true;
}

/* That of a definition sent with |len| bytes, or the free place where it would be. */
static inline shortlist *
place_of(const shortlists *s, const tl_mib_node *node, uint32_t len)
{
	uint64_t at = tl_hash_mix((uintptr_t)node, 0x9e3779b97f4a7c15u);

	while (s->at[at & s->mask].node != NULL &&
	       (s->at[at & s->mask].node != node || s->at[at & s->mask].oid_len != len))
		at++;
	return &s->at[at & s->mask];
}

/* Twice as many places. False without memory. */
static bool
grow(shortlists *s)
{
	shortlists wide = *s;

	wide.mask = 2 * s->mask + 1;
	wide.at = calloc(wide.mask + 1, sizeof *wide.at);
	if (wide.at == NULL)
		return false;
	for (uint32_t i = 0; i <= s->mask; i++)
		if (s->at[i].node != NULL)
			*place_of(&wide, s->at[i].node, s->at[i].oid_len) = s->at[i];
	free(s->at);
	*s = wide;
	return true;
}

/* Kept out of the way of those that there are. */
static __attribute__((noinline)) const shortlist *
make(shortlists *s, const event *ev)
{
	shortlist made = { .node = ev->trap, .oid_len = ev->n->trap_oid.len };
	pattern_subject subject;

	pattern_subject_of(ev, &subject);
	if ((2 * s->count > s->mask && !grow(s)) || !fill(s, &subject, &made))
		return NULL;
	s->count++;
	shortlist *place = place_of(s, made.node, made.oid_len);
	*place = made;
	return place;
}

const shortlist *
shortlists_get(shortlists *s, const event *ev)
{
	if (ev->trap == NULL)
		return NULL;
	const shortlist *found = place_of(s, ev->trap, ev->n->trap_oid.len);
	return found->node != NULL ? found : make(s, ev);
}
