/* pipeline/thresholds.c: more than so many of one trap of one device in a window. Called
 * by the pipeline after the rules. */
#include "pipeline/thresholds.h"

#include <stdlib.h>

#include "pipeline/key.h"
#include "pipeline/match.h"
#include "pipeline/say.h"
#include "pipeline/ledger.h"
#include "pipeline/window.h"

enum { OID_KEPT = 60 }; /* bytes of a trap OID that summaries name; longer ones are not */

/* One threshold, of one trap of one device. BUSY: it acts, or its end is to be told. */
typedef struct counted {
	ledger_entry entry;
	window window;
	uint32_t which; /* of the configuration */
	bool acts, told;
	uint8_t oid_len;
	uint8_t oid[OID_KEPT];
	tl_endpoint device;
	uint64_t suppressed;
	int64_t since_ns, until_ns;
} counted;

typedef struct threshold {
	const tl_conf_threshold *conf;
	match *match;
	uint64_t id; /* a hash of its name */
} threshold;

struct thresholds {
	threshold *at;
	size_t count;
	const tl_mib *mib;
	ledger *counts;
	uint64_t seed;
	uint64_t lost,
	    lost_ends; /* suppressed by those that went before they were told */
};

thresholds *
thresholds_new(const tl_conf *conf, const tl_mib *mib, uint64_t seed)
{
	const tl_conf_thresholds *all = &conf->limits.thresholds;
	thresholds *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	t->mib = mib;
	t->seed = seed;
	t->at = calloc(all->count + 1, sizeof *t->at);
	t->counts =
	    ledger_new(sizeof(counted), all->count > 0 ? conf->limits.sources : 1);
	bool made = t->at != NULL && t->counts != NULL;
	while (made && t->count < all->count) {
		threshold *one = &t->at[t->count++];
		one->conf = &all->at[t->count - 1];
		const char *name = one->conf->name;
		one->id = tl_hash((const uint8_t *)name, strlen(name), 0);
		one->match = match_new(&one->conf->match, conf, mib);
		made = one->match != NULL;
	}
	if (made)
		return t;
	thresholds_free(t);
	return NULL;
}

void
thresholds_free(thresholds *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->count; i++)
		match_free(t->at[i].match);
	free(t->at);
	ledger_free(t->counts);
	free(t);
}

static void
forget(thresholds *t, counted *c)
{
	if (c->suppressed > 0) {
		t->lost += c->suppressed;
		t->lost_ends++;
	}
	ledger_remove(t->counts, c);
}

/* The number of the threshold called |name|; |count| if there is none. */
static uint32_t
find_name(const thresholds *t, const char *name)
{
	uint32_t i = 0;

	while (i < t->count && strcmp(t->at[i].conf->name, name) != 0)
		i++;
	return i;
}

void
thresholds_take(thresholds *t, thresholds *from)
{
	counted *c;

	for (uint32_t i = 0; (c = ledger_at(from->counts, i)) != NULL; i++) {
		if (c->entry.lane == LEDGER_FREE)
			continue;
		c->which = find_name(t, from->at[c->which].conf->name);
		if (c->which == t->count)
			forget(from, c);
	}
	while (ledger_count(from->counts) > ledger_capacity(t->counts))
		forget(from, ledger_victim(from->counts));
	ledger_take(t->counts, from->counts);
	t->seed = from->seed;
	t->lost = from->lost;
	t->lost_ends = from->lost_ends;
}

static ledger_key
key_of(const thresholds *t, const threshold *one, const event *ev)
{
	const uint8_t *addr = ev->device.addr;
	ledger_hash h = ledger_hash_begin(t->seed);

	ledger_hash_put(&h, tl_load64(addr), tl_load64(addr + 8));
	ledger_hash_put(&h, ev->device.scope, one->id);
	key_put_bytes(&h, (tl_span){ ev->n->trap_oid.ber, ev->n->trap_oid.len });
	return ledger_hash_end(&h);
}

static counted *
counted_of(thresholds *t, uint32_t which, const event *ev)
{
	ledger_key key = key_of(t, &t->at[which], ev);
	counted *c = ledger_find(t->counts, key);
	tl_oid oid = ev->n->trap_oid;

	if (c != NULL) {
		ledger_touch(t->counts, c, c->entry.lane);
		return c;
	}
	if (ledger_count(t->counts) == ledger_capacity(t->counts))
		forget(t, ledger_victim(t->counts));
	c = ledger_add(t->counts, key, LEDGER_QUIET);
	memset((uint8_t *)c + sizeof c->entry, 0, sizeof *c - sizeof c->entry);
	c->which = which;
	c->device = ev->device;
	if (oid.len <= OID_KEPT) {
		c->oid_len = (uint8_t)oid.len;
		if (oid.len > 0)
			memcpy(c->oid, oid.ber, oid.len);
	}
	return c;
}

/* Ends what is over at |now_ns|. */
static void
settle(const thresholds *t, counted *c, int64_t now_ns)
{
	const tl_conf_threshold *conf = t->at[c->which].conf;

	if (window_move(&c->window, now_ns, conf->window_ns) > conf->rearm || !c->acts)
		return;
	c->acts = false;
	c->until_ns = now_ns;
}

/* Counts |ev|; whether it is one too many. */
static bool
count(thresholds *t, uint32_t which, const event *ev)
{
	counted *c = counted_of(t, which, ev);

	settle(t, c, ev->now_ns);
	window_add(&c->window);
	if (!c->acts && c->window.sum <= t->at[which].conf->count)
		return false;
	if (!c->acts && c->suppressed == 0)
		c->since_ns = ev->now_ns;
	c->acts = true;
	c->suppressed++;
	ledger_touch(t->counts, c, LEDGER_BUSY);
	return true;
}

void
thresholds_judge(thresholds *t, event *ev)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (match_fits(t->at[i].match, ev) && count(t, i, ev))
			ev->suppressed = SUPPRESSED_THRESHOLD;
}

static void
begin(const thresholds *t, saying *s, const counted *c, const char *state)
{
	const char *name = t->at[c->which].conf->name;
	tl_oid oid = { c->oid, c->oid_len };

	say_begin(s, "suppressed", TL_SEVERITY_WARNING);
	s->own.source = &c->device;
	s->own.trap_oid = oid;
	say_field(s, "reason", (tl_span){ (const uint8_t *)"threshold", 9 });
	say_field(s, "threshold", (tl_span){ (const uint8_t *)name, strlen(name) });
	say_field(s, "state", (tl_span){ (const uint8_t *)state, strlen(state) });
}

static void
tell_begin(const thresholds *t, const counted *c, const emitter *to)
{
	const tl_conf_threshold *conf = t->at[c->which].conf;
	saying s;

	begin(t, &s, c, "begin");
	say_trap(&s.text, s.own.trap_oid, t->mib);
	tl_buf_lit(&s.text, " from ");
	say_address(&s.text, &c->device);
	tl_buf_lit(&s.text, " suppressed: more than ");
	say_count(&s.text, (uint64_t)conf->count);
	tl_buf_lit(&s.text, " in ");
	say_count(&s.text, say_seconds(conf->window_ns));
	tl_buf_lit(&s.text, " s");
	say_end(&s, to);
}

static void
tell_end(const thresholds *t, const counted *c, const emitter *to)
{
	uint64_t seconds = say_seconds(c->until_ns - c->since_ns);
	saying s;

	begin(t, &s, c, "end");
	say_count(&s.text, c->suppressed);
	tl_buf_lit(&s.text, " suppressed in ");
	say_count(&s.text, seconds);
	tl_buf_lit(&s.text, " s from ");
	say_address(&s.text, &c->device);
	tl_buf_lit(&s.text, ": ");
	say_trap(&s.text, s.own.trap_oid, t->mib);
	say_number(&s, "count", c->suppressed);
	say_number(&s, "seconds", seconds);
	say_end(&s, to);
}

static void
tell_lost(thresholds *t, const emitter *to)
{
	saying s;

	say_begin(&s, "suppressed", TL_SEVERITY_WARNING);
	say_count(&s.text, t->lost);
	tl_buf_lit(&s.text, " suppressed by thresholds from ");
	say_count(&s.text, t->lost_ends);
	tl_buf_lit(&s.text, " others");
	say_number(&s, "count", t->lost);
	say_number(&s, "sources", t->lost_ends);
	say_field(&s, "reason", (tl_span){ (const uint8_t *)"threshold", 9 });
	say_end(&s, to);
	t->lost = t->lost_ends = 0;
}

/* Returns how many events it was worth. */
static unsigned
tell(thresholds *t, counted *c, const emitter *to)
{
	unsigned told = 0;

	if (!c->told) {
		tell_begin(t, c, to);
		c->told = true;
		told++;
	}
	if (c->acts)
		return told;
	tell_end(t, c, to);
	c->told = false;
	c->suppressed = 0;
	ledger_touch(t->counts, c, LEDGER_QUIET);
	return told + 1;
}

void
thresholds_tick(thresholds *t, int64_t now_ns, const emitter *to)
{
	counted *next;
	unsigned told = 0;

	for (counted *c = ledger_oldest(t->counts, LEDGER_BUSY);
	     c != NULL && told < THRESHOLDS_TOLD; c = next) {
		next = ledger_newer(t->counts, c);
		settle(t, c, now_ns);
		told += tell(t, c, to);
	}
	if (t->lost_ends > 0)
		tell_lost(t, to);
}

void
thresholds_end(thresholds *t, int64_t now_ns, const emitter *to)
{
	counted *c;

	while ((c = ledger_oldest(t->counts, LEDGER_BUSY)) != NULL) {
		if (c->acts)
			c->until_ns = now_ns;
		c->acts = false;
		(void)tell(t, c, to);
	}
	if (t->lost_ends > 0)
		tell_lost(t, to);
}
