/* pipeline/limits.c: block lists and rates. The pipeline asks as soon as it is known
 * whose notification it is. */
#include "pipeline/limits.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/nets.h"
#include "pipeline/patterns.h"
#include "pipeline/say.h"
#include "pipeline/ledger.h"

static const int64_t unit = 1000000000; /* a notification's price: tokens are ns * rate */

/* Why something is suppressed here. Of each there are summaries of its own. */
typedef enum why { BY_RATE, BY_BLOCK, WHYS } why;

typedef struct reason {
	const char *word, *behind; /* |behind|: of the message */
	tl_severity severity;
	suppression is;
} reason;

static const reason reasons[WHYS] = {
	[BY_RATE] = { "rate", "", TL_SEVERITY_WARNING, SUPPRESSED_RATE },
	[BY_BLOCK] = { "blocked", ": blocked", TL_SEVERITY_INFO, SUPPRESSED_BLOCKED },
};

/* A device. BUSY: something was suppressed since the last summary. */
typedef struct source {
	ledger_entry entry;
	int64_t tokens;
	int64_t at_ns;    /* when they were counted */
	int64_t lined_ns; /* when it was put in line */
	uint64_t suppressed[WHYS];
	tl_endpoint device;
} source;

/* Suppressed of devices that are named by no summary. */
typedef struct others {
	uint64_t suppressed, sources;
} others;

struct limits {
	const tl_conf_limits *conf;
	nets *block; /* NULL: none */
	patterns block_traps;
	ledger *sources;
	uint64_t secrets[2]; /* for key_of() */
	int64_t full;        /* tokens of a burst */
	int64_t fill_ns;     /* in which an empty bucket fills */
	int64_t since_ns;    /* of what is not told yet; 0: there is nothing */
	others lost[WHYS];   /* of devices that were forgotten */
};

static nets *
block_of(const tl_conf *conf)
{
	const tl_conf_sources *block = &conf->limits.block;
	size_t count = 0, n = 0;

	for (size_t i = 0; i < block->count; i++)
		count += block->at[i].list < 0
			     ? 1
			     : conf->lists.at[block->at[i].list].nets.count;
	net *all = calloc(count + 1, sizeof *all);
	if (all == NULL)
		return NULL;
	for (size_t i = 0; i < block->count; i++) {
		const tl_conf_source *s = &block->at[i];
		if (s->list < 0) {
			all[n++].cidr = s->net;
			continue;
		}
		const tl_conf_cidrs *list = &conf->lists.at[s->list].nets;
		for (size_t j = 0; j < list->count; j++)
			all[n++].cidr = list->at[j];
	}
	nets *made = nets_new(all, n);
	free(all);
	return made;
}

limits *
limits_new(const tl_conf *conf, const tl_mib *mib, uint64_t seed)
{
	limits *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	l->conf = &conf->limits;
	l->secrets[0] = tl_hash((const uint8_t *)"limits 0", 8, seed);
	l->secrets[1] = tl_hash((const uint8_t *)"limits 1", 8, seed);
	l->full = conf->limits.burst * unit;
	if (conf->limits.rate > 0)
		l->fill_ns = l->full / conf->limits.rate + 1;
	l->sources = ledger_new(sizeof(source), conf->limits.sources);
	bool blocks = conf->limits.block.count > 0;
	if (blocks)
		l->block = block_of(conf);
	if (patterns_init(&l->block_traps, &conf->limits.block_traps, false, mib) &&
	    l->sources != NULL && (!blocks || l->block != NULL))
		return l;
	limits_free(l);
	return NULL;
}

void
limits_free(limits *l)
{
	if (l == NULL)
		return;
	nets_free(l->block);
	patterns_fini(&l->block_traps);
	ledger_free(l->sources);
	free(l);
}

/* The one that was not heard longest goes. */
static void
forget_one(limits *l)
{
	source *s = ledger_victim(l->sources);

	for (why w = 0; w < WHYS; w++) {
		l->lost[w].suppressed += s->suppressed[w];
		l->lost[w].sources += s->suppressed[w] > 0;
	}
	ledger_remove(l->sources, s);
}

void
limits_take(limits *l, limits *from)
{
	while (ledger_count(from->sources) > ledger_capacity(l->sources))
		forget_one(from);
	ledger_take(l->sources, from->sources);
	memcpy(l->secrets, from->secrets, sizeof l->secrets);
	l->since_ns = from->since_ns;
	memcpy(l->lost, from->lost, sizeof l->lost);
}

static ledger_key
key_of(const limits *l, const tl_endpoint *device)
{
	uint64_t first = tl_load64(device->addr), last = tl_load64(device->addr + 8);
	uint64_t other = l->secrets[1] ^ device->scope;

	return (ledger_key){ tl_hash_mix(first ^ l->secrets[0], last ^ other), last };
}

static void
put_in_line(limits *l, source *s, int64_t now_ns)
{
	ledger_touch(l->sources, s, s->entry.lane);
	s->lined_ns = now_ns;
}

/* Kept out of the way of those that there are. */
static __attribute__((noinline)) source *
add_source(limits *l, const event *ev, ledger_key key)
{
	if (ledger_count(l->sources) == ledger_capacity(l->sources))
		forget_one(l);
	source *s = ledger_add(l->sources, key, LEDGER_QUIET);
	s->tokens = l->full;
	s->at_ns = s->lined_ns = ev->now_ns;
	memset(s->suppressed, 0, sizeof s->suppressed);
	s->device = ev->device;
	return s;
}

static source *
source_of(limits *l, const event *ev)
{
	ledger_key key = key_of(l, &ev->device);
	source *s = ledger_find(l->sources, key);

	if (s == NULL)
		return add_source(l, ev, key);
	if (ev->now_ns - s->lined_ns >= LIMITS_LINE_NS)
		put_in_line(l, s, ev->now_ns);
	return s;
}

/* Takes the price of one notification out of the bucket; false if it is not in it. */
static bool
pay(const limits *l, source *s, int64_t now_ns)
{
	int64_t waited = now_ns - s->at_ns;

	if (waited >= l->fill_ns)
		s->tokens = l->full;
	else if (waited > 0)
		s->tokens += waited * l->conf->rate;
	if (s->tokens > l->full)
		s->tokens = l->full;
	if (waited > 0)
		s->at_ns = now_ns;
	if (s->tokens < unit)
		return false;
	s->tokens -= unit;
	return true;
}

static bool
is_blocked(const limits *l, const event *ev)
{
	pattern_subject subject;

	if (l->block != NULL && (nets_find(l->block, ev->n->from.addr) != NETS_NONE ||
				    nets_find(l->block, ev->device.addr) != NETS_NONE))
		return true;
	if (l->block_traps.count == 0)
		return false;
	pattern_subject_of(ev, &subject);
	return patterns_fit(&l->block_traps, &subject);
}

static void
suppress(limits *l, source *s, why w, event *ev)
{
	ev->suppressed = reasons[w].is;
	s->suppressed[w]++;
	if (s->entry.lane != LEDGER_BUSY)
		ledger_touch(l->sources, s, LEDGER_BUSY);
	if (l->since_ns == 0)
		l->since_ns = ev->now_ns;
}

void
limits_judge(limits *l, event *ev)
{
	if (is_blocked(l, ev)) {
		suppress(l, source_of(l, ev), BY_BLOCK, ev);
		return;
	}
	if (l->conf->rate == 0)
		return;
	source *s = source_of(l, ev);
	if (!pay(l, s, ev->now_ns))
		suppress(l, s, BY_RATE, ev);
}

/* What a summary tells. */
typedef struct summary {
	why why;
	size_t count;
	struct {
		uint64_t suppressed;
		tl_endpoint device;
	} top[LIMITS_TOLD]; /* most first */
	others others;
	uint64_t seconds;
} summary;

/* Puts |s| in its place among the most; who falls out is one of the others. */
static void
rank(summary *sum, const source *s)
{
	uint64_t suppressed = s->suppressed[sum->why];
	size_t at = sum->count;

	if (suppressed == 0)
		return;
	if (at == LIMITS_TOLD) {
		bool out = sum->top[--at].suppressed >= suppressed;
		sum->others.suppressed += out ? suppressed : sum->top[at].suppressed;
		sum->others.sources++;
		if (out)
			return;
	} else {
		sum->count++;
	}
	while (at > 0 && sum->top[at - 1].suppressed < suppressed) {
		sum->top[at] = sum->top[at - 1];
		at--;
	}
	sum->top[at].suppressed = suppressed;
	sum->top[at].device = s->device;
}

static void
tell(const summary *sum, uint64_t count, const tl_endpoint *device, const emitter *to)
{
	const reason *r = &reasons[sum->why];
	saying s;

	say_begin(&s, "suppressed", r->severity);
	say_count(&s.text, count);
	tl_buf_lit(&s.text, " suppressed in ");
	say_count(&s.text, sum->seconds);
	tl_buf_lit(&s.text, " s from ");
	if (device != NULL) {
		say_address(&s.text, device);
	} else {
		say_count(&s.text, sum->others.sources);
		tl_buf_lit(&s.text, " other sources");
	}
	tl_buf_puts(&s.text, r->behind);
	s.own.source = device;
	say_number(&s, "count", count);
	say_number(&s, "seconds", sum->seconds);
	if (device == NULL)
		say_number(&s, "sources", sum->others.sources);
	say_field(&s, "reason", (tl_span){ (const uint8_t *)r->word, strlen(r->word) });
	say_end(&s, to);
}

static void
tell_all(const summary *sum, const emitter *to)
{
	for (size_t i = 0; i < sum->count; i++)
		tell(sum, sum->top[i].suppressed, &sum->top[i].device, to);
	if (sum->others.sources > 0)
		tell(sum, sum->others.suppressed, NULL, to);
}

void
limits_tick(limits *l, int64_t now_ns, const emitter *to)
{
	if (now_ns - l->since_ns >= l->conf->summary_ns)
		limits_end(l, now_ns, to);
}

void
limits_end(limits *l, int64_t now_ns, const emitter *to)
{
	summary sums[WHYS];
	source *s;

	if (l->since_ns == 0)
		return;
	for (why w = 0; w < WHYS; w++)
		sums[w] = (summary){ .why = w,
			.others = l->lost[w],
			.seconds = say_seconds(now_ns - l->since_ns) };
	while ((s = ledger_oldest(l->sources, LEDGER_BUSY)) != NULL) {
		for (why w = 0; w < WHYS; w++)
			rank(&sums[w], s);
		memset(s->suppressed, 0, sizeof s->suppressed);
		ledger_touch(l->sources, s, LEDGER_QUIET);
	}
	for (why w = 0; w < WHYS; w++)
		tell_all(&sums[w], to);
	l->since_ns = 0;
	memset(l->lost, 0, sizeof l->lost);
}
