/* pipeline/pairs.c: what a notification means for alarms. Called by alarms.c for each
 * event; what a trap OID means is found out once and remembered. */
#include "pipeline/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "pipeline/ledger.h"
#include "pipeline/patterns.h"

enum { OIDS_MAX = 4, OID_BYTES_MAX = 32, MEANINGS_MAX = 8192 };

typedef struct oids {
	uint8_t ber[OIDS_MAX][OID_BYTES_MAX];
	uint8_t len[OIDS_MAX];
	size_t count;
} oids;

/* A pair with what it is found by: one or the other. */
typedef struct findable {
	alarm_pair pair;
	oids raise, clear;
	patterns raise_patterns, clear_patterns;
} findable;

/* A pair that a trap OID may belong to, and what it does to its alarm then. */
typedef struct role {
	const findable *of; /* NULL: to none */
	tl_conf_alarm_state state;
	bool depends; /* on the varbinds, and so may the pair */
} role;

/* What a trap OID means: the first such pair. */
typedef struct meaning {
	ledger_entry entry;
	role first;
} meaning;

struct pairs {
	findable *at;
	uint32_t count;
	const tl_mib *mib;
	ledger *meanings;
	uint64_t seed;
};

/* Making. */

static tl_span
span_of(const char *text)
{
	return (tl_span){ (const uint8_t *)text, strlen(text) };
}

static void
add_oids(oids *o, const char *text)
{
	uint8_t ber[TL_OID_BER_MAX];
	tl_oid oid;

	while (*text != 0) {
		size_t len = strcspn(text, " ");
		if (tl_oid_from_text(text, len, ber, &oid) == TL_OK &&
		    oid.len <= OID_BYTES_MAX && o->count < OIDS_MAX) {
			memcpy(o->ber[o->count], oid.ber, oid.len);
			o->len[o->count++] = (uint8_t)oid.len;
		}
		text += len + (text[len] != 0);
	}
}

static void
set_object(key_part *part, const char *text)
{
	part->kind = KEY_VALUE;
	if (text != NULL)
		part->field.oid_len = field_oid(text, NULL, part->field.oid);
}

static bool
make_standard(findable *f, const pair_row *row)
{
	f->pair.name = span_of(row->name);
	f->pair.row = row;
	add_oids(&f->raise, row->raise);
	add_oids(&f->clear, row->clear);
	set_object(&f->pair.state, row->state);
	set_object(&f->pair.if_object, row->if_object);
	return key_of_text(&f->pair.key, row->key);
}

static bool
make_own(findable *f, const tl_conf_alarm_pair *conf, const tl_mib *mib)
{
	f->pair.name = span_of(conf->name);
	return key_of_fields(&f->pair.key, &conf->key, mib) &&
	       patterns_init(&f->raise_patterns, &conf->raise, false, mib) &&
	       patterns_init(&f->clear_patterns, &conf->clear, false, mib);
}

static uint32_t
standard_count(const tl_conf_alarms *conf)
{
	uint32_t count = 0;

	while (conf->standard_pairs && pairs_standard[count].name != NULL)
		count++;
	return count;
}

pairs *
pairs_new(const tl_conf_alarms *conf, const tl_mib *mib, uint64_t seed)
{
	uint32_t own = (uint32_t)conf->pairs.count, all = own + standard_count(conf);
	pairs *p = calloc(1, sizeof *p);

	if (p == NULL)
		return NULL;
	p->seed = seed;
	p->mib = mib;
	p->at = calloc((size_t)all + 1, sizeof *p->at);
	p->meanings = ledger_new(sizeof(meaning), MEANINGS_MAX);
	bool made = p->at != NULL && p->meanings != NULL;
	while (made && p->count < all) {
		uint32_t i = p->count++;
		findable *f = &p->at[i];
		made = i < own ? make_own(f, &conf->pairs.at[i], mib)
			       : make_standard(f, &pairs_standard[i - own]);
		f->pair.id = tl_hash(f->pair.name.ptr, f->pair.name.len, 0);
	}
	if (made)
		return p;
	pairs_free(p);
	return NULL;
}

void
pairs_free(pairs *p)
{
	if (p == NULL)
		return;
	for (uint32_t i = 0; i < p->count; i++) {
		key_fini(&p->at[i].pair.key);
		patterns_fini(&p->at[i].raise_patterns);
		patterns_fini(&p->at[i].clear_patterns);
	}
	free(p->at);
	ledger_free(p->meanings);
	free(p);
}

/* Finding. */

/* An OID as its last sub-identifier and what stands before it, without a 0 in between. */
typedef struct split {
	tl_span front, last;
} split;

static split
split_of(const uint8_t *ber, size_t len)
{
	size_t front = len - 1;

	if (len == 0)
		return (split){ 0 };
	while (front > 0 && (ber[front - 1] & 0x80) != 0)
		front--;
	split s = { { ber, front }, { ber + front, len - front } };
	if (front > 1 && ber[front - 1] == 0 && (ber[front - 2] & 0x80) == 0)
		s.front.len--;
	return s;
}

static bool
same_span(tl_span a, tl_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static bool
is_one_of(const oids *o, tl_oid oid)
{
	split wanted = split_of(oid.ber, oid.len);

	for (size_t i = 0; i < o->count; i++) {
		split s = split_of(o->ber[i], o->len[i]);
		if (same_span(s.front, wanted.front) && same_span(s.last, wanted.last))
			return true;
	}
	return false;
}

static bool
raises(const findable *f, const event *ev, pattern_subject *subject)
{
	return f->pair.row != NULL ? is_one_of(&f->raise, ev->n->trap_oid)
				   : patterns_fit(&f->raise_patterns, subject);
}

static bool
clears(const findable *f, const event *ev, pattern_subject *subject)
{
	return f->pair.row != NULL ? is_one_of(&f->clear, ev->n->trap_oid)
				   : patterns_fit(&f->clear_patterns, subject);
}

/* The first pair from |f| on that |ev| may belong to. */
static role
search(const pairs *p, const event *ev, const findable *f)
{
	pattern_subject subject;

	pattern_subject_of(ev, &subject);
	for (; f < p->at + p->count; f++) {
		const pair_row *row = f->pair.row;
		bool clear = clears(f, ev, &subject);
		if (!clear && !raises(f, ev, &subject))
			continue;
		return (role){ f, clear ? TL_ALARM_CLEAR : TL_ALARM_RAISE,
			row != NULL &&
			    (row->state != NULL || (clear && row->if_object != NULL)) };
	}
	return (role){ NULL, TL_ALARM_UNSAID, false };
}

/* A definition and the length of what was sent make a trap OID; else its bytes do. */
static ledger_key
key_of_trap(const pairs *p, const event *ev)
{
	const uint64_t spread = 0x9e3779b97f4a7c15u;
	tl_oid oid = ev->n->trap_oid;

	if (ev->trap == NULL)
		return (ledger_key){ tl_hash(oid.ber, oid.len, p->seed), 0 };
	uint64_t a = (uint64_t)(uintptr_t)ev->trap * spread;
	return (ledger_key){ a ^ a >> 32, oid.len };
}

static const meaning *
learn(pairs *p, const event *ev, ledger_key key)
{
	if (ledger_count(p->meanings) == ledger_capacity(p->meanings))
		ledger_remove(p->meanings, ledger_victim(p->meanings));
	meaning *m = ledger_add(p->meanings, key, LEDGER_QUIET);

	m->first = search(p, ev, p->at);
	return m;
}

static tl_conf_alarm_state
by_state(const alarm_pair *pair, const event *ev)
{
	const tl_oid object = { pair->state.field.oid, pair->state.field.oid_len };
	const tl_varbind *vb = event_varbind(ev, object);
	int64_t value;

	if (vb == NULL || !field_varbind_number(vb, &value))
		return TL_ALARM_UNSAID;
	uint32_t bit = 1u << (value < 0 || value > 31 ? 31 : value);
	if ((pair->row->cleared & bit) != 0)
		return TL_ALARM_CLEAR;
	bool any = pair->row->raised == 0;
	return any || (pair->row->raised & bit) != 0 ? TL_ALARM_RAISE : TL_ALARM_UNSAID;
}

/* Whether the object that a pair clears on has the value it wants. */
static bool
may_clear(const alarm_pair *pair, const event *ev)
{
	const tl_oid object = { pair->if_object.field.oid,
		pair->if_object.field.oid_len };
	uint8_t ber[TL_OID_BER_MAX];
	tl_oid wanted;

	const tl_varbind *vb = event_varbind(ev, object);
	const char *text = pair->row->if_oid;
	return vb != NULL && vb->type == TL_T_OID &&
	       tl_oid_from_text(text, strlen(text), ber, &wanted) == TL_OK &&
	       tl_oid_equal(vb->v.oid, wanted);
}

/* What |ev| does to an alarm of |as|, by its varbinds: false if it does not belong to it
 * after all. */
static bool
decide(const role *as, const event *ev, tl_conf_alarm_state *state)
{
	const alarm_pair *pair = &as->of->pair;

	if (pair->row->state == NULL)
		return may_clear(pair, ev);
	*state = by_state(pair, ev);
	return true;
}

/* The first pair from |as| on that |ev| belongs to by its varbinds, too. Kept out of the
 * way of those that need no look at them. */
static __attribute__((noinline)) const alarm_pair *
find_depending(const pairs *p, role as, const event *ev, tl_conf_alarm_state *state)
{
	*state = as.state;
	while (as.depends && !decide(&as, ev, state)) {
		as = search(p, ev, as.of + 1);
		*state = as.state;
	}
	return as.of != NULL ? &as.of->pair : NULL;
}

const alarm_pair *
pairs_find(pairs *p, const event *ev, tl_conf_alarm_state *state)
{
	ledger_key key = key_of_trap(p, ev);
	const meaning *m = ledger_find(p->meanings, key);

	if (m == NULL)
		m = learn(p, ev, key);
	if (m->first.depends)
		return find_depending(p, m->first, ev, state);
	*state = m->first.state;
	return m->first.of != NULL ? &m->first.of->pair : NULL;
}
