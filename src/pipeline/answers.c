/* pipeline/answers.c: see answers.h. names.c and the tables in databases have one each.
 */
#include "pipeline/answers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* Rings through a head of their own. An entry is in one of two: asked for, or remembered
 * by use; while it is being asked it is in none. */
typedef struct link {
	struct link *next, *before;
} link;

typedef struct entry {
	link link; /* first: a link is its entry */
	struct entry *chain;
	uint64_t hash;
	int64_t expires_ns;
	uint8_t *answer; /* NULL: none */
	uint32_t answer_len;
	uint16_t key_len;
	bool asked; /* for, or being asked */
	uint8_t key[];
} entry;

struct answers {
	_Atomic uint32_t holders;
	answers_options opt;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t question;
	entry **buckets;
	size_t mask;
	link used;  /* the most recently used first */
	link asked; /* the oldest question first */
	uint32_t asking;
	bool closed;
	answers_counters counters;
};

static void
unlink_entry(entry *e)
{
	e->link.next->before = e->link.before;
	e->link.before->next = e->link.next;
}

static void
put_behind(link *at, entry *e)
{
	e->link = (link){ at->next, at };
	at->next->before = &e->link;
	at->next = &e->link;
}

static size_t
entry_bytes(const entry *e)
{
	return sizeof *e + e->key_len + e->answer_len;
}

static entry **
find_place(const answers *a, tl_span key, uint64_t hash)
{
	entry **at = &a->buckets[hash & a->mask];

	while (*at != NULL && !((*at)->hash == hash && (*at)->key_len == key.len &&
				  memcmp((*at)->key, key.ptr, key.len) == 0))
		at = &(*at)->chain;
	return at;
}

static void
forget(answers *a, entry *e)
{
	*find_place(a, (tl_span){ e->key, e->key_len }, e->hash) = e->chain;
	unlink_entry(e);
	a->counters.entries--;
	a->counters.bytes -= entry_bytes(e);
	free(e->answer);
	free(e);
}

/* Forgets the least recently used until |bytes| more, of |entries| more, fit. False if
 * they cannot. */
static bool
make_room(answers *a, uint32_t entries, size_t bytes)
{
	while (a->counters.entries + entries > a->opt.entries ||
	       a->counters.bytes + bytes > a->opt.bytes) {
		if (a->used.before == &a->used)
			return false;
		forget(a, (entry *)a->used.before);
	}
	return true;
}

static bool
ask(answers *a, entry *e)
{
	if (a->asking == a->opt.waiting) {
		a->counters.passed_over++;
		return false;
	}
	a->asking++;
	e->asked = true;
	put_behind(a->asked.before, e);
	pthread_cond_signal(&a->question);
	return true;
}

/* Asks for a key that is not known. */
static void
ask_new(answers *a, entry **place, tl_span key, uint64_t hash)
{
	entry *e = NULL;
	bool fits = a->asking < a->opt.waiting && make_room(a, 1, sizeof *e + key.len);

	if (fits)
		e = calloc(1, sizeof *e + key.len);
	if (e == NULL) {
		a->counters.passed_over++;
		return;
	}
	place = find_place(a, key, hash); /* what was forgotten may have been before it */
	e->hash = hash;
	e->key_len = (uint16_t)key.len;
	memcpy(e->key, key.ptr, key.len);
	*place = e;
	a->counters.entries++;
	a->counters.bytes += entry_bytes(e);
	(void)ask(a, e);
}

/* |e| is looked up. */
static void
use(answers *a, entry *e, int64_t now_ns)
{
	if (e->asked)
		return;
	unlink_entry(e);
	if (e->expires_ns > now_ns || !ask(a, e))
		put_behind(&a->used, e);
}

tl_span
answers_find(answers *a, tl_span key, int64_t now_ns, tl_arena *arena)
{
	tl_span answer = { NULL, 0 };
	uint64_t hash = tl_hash(key.ptr, key.len, a->opt.seed);

	if (key.len == 0 || key.len > ANSWERS_KEY_MAX)
		return answer;
	pthread_mutex_lock(&a->lock);
	entry **place = find_place(a, key, hash), *e = *place;
	if (e == NULL) {
		a->counters.unknown++;
		ask_new(a, place, key, hash);
	} else {
		use(a, e, now_ns);
		answer = tl_arena_copy(arena, (tl_span){ e->answer, e->answer_len });
		a->counters.found += e->answer_len > 0;
		a->counters.none += e->answer_len == 0;
	}
	pthread_mutex_unlock(&a->lock);
	return answer.ptr != NULL ? answer : (tl_span){ NULL, 0 };
}

bool
answers_next(answers *a, uint8_t key[ANSWERS_KEY_MAX], size_t *len)
{
	pthread_mutex_lock(&a->lock);
	while (!a->closed && a->asked.next == &a->asked)
		pthread_cond_wait(&a->question, &a->lock);
	bool open = !a->closed;
	if (open) {
		entry *e = (entry *)a->asked.next;
		unlink_entry(e);
		*len = e->key_len;
		memcpy(key, e->key, e->key_len);
	}
	pthread_mutex_unlock(&a->lock);
	return open;
}

/* The question that was answered, remembered again until |expires_ns|. */
static entry *
end_question(answers *a, tl_span key, int64_t expires_ns)
{
	entry *e = *find_place(a, key, tl_hash(key.ptr, key.len, a->opt.seed));

	e->asked = false;
	e->expires_ns = expires_ns;
	put_behind(&a->used, e);
	a->asking--;
	return e;
}

void
answers_put(answers *a, tl_span key, tl_span answer, int64_t now_ns)
{
	uint8_t *copy = answer.len > 0 ? malloc(answer.len) : NULL;

	if (copy == NULL && answer.len > 0) {
		answers_fail(a, key, now_ns);
		return;
	}
	if (copy != NULL)
		memcpy(copy, answer.ptr, answer.len);
	pthread_mutex_lock(&a->lock);
	entry *e = end_question(
	    a, key, now_ns + (copy != NULL ? a->opt.ttl_ns : a->opt.failed_ttl_ns));
	a->counters.bytes -= e->answer_len;
	free(e->answer);
	e->answer = copy;
	e->answer_len = copy != NULL ? (uint32_t)answer.len : 0;
	a->counters.bytes += e->answer_len;
	(void)make_room(a, 0, 0);
	pthread_mutex_unlock(&a->lock);
}

void
answers_fail(answers *a, tl_span key, int64_t now_ns)
{
	pthread_mutex_lock(&a->lock);
	(void)end_question(a, key, now_ns + a->opt.failed_ttl_ns);
	pthread_mutex_unlock(&a->lock);
}

void
answers_close(answers *a)
{
	pthread_mutex_lock(&a->lock);
	a->closed = true;
	pthread_cond_broadcast(&a->question);
	pthread_mutex_unlock(&a->lock);
}

answers_counters
answers_count(answers *a)
{
	pthread_mutex_lock(&a->lock);
	answers_counters counters = a->counters;
	counters.asking = a->asking;
	pthread_mutex_unlock(&a->lock);
	return counters;
}

answers *
answers_new(const answers_options *opt)
{
	answers *a = calloc(1, sizeof *a);
	size_t buckets = 16;

	if (a == NULL)
		return NULL;
	while (buckets < opt->entries)
		buckets *= 2;
	a->buckets = calloc(buckets, sizeof(entry *));
	if (a->buckets == NULL) {
		free(a);
		return NULL;
	}
	a->holders = 1;
	a->mask = buckets - 1;
	a->opt = *opt;
	a->used = (link){ &a->used, &a->used };
	a->asked = (link){ &a->asked, &a->asked };
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->question, NULL);
	return a;
}

answers *
answers_hold(answers *a)
{
	atomic_fetch_add_explicit(&a->holders, 1, memory_order_relaxed);
	return a;
}

void
answers_drop(answers *a)
{
	if (atomic_fetch_sub_explicit(&a->holders, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i <= a->mask; i++) {
		for (entry *e = a->buckets[i], *next; e != NULL; e = next) {
			next = e->chain;
			free(e->answer);
			free(e);
		}
	}
	pthread_cond_destroy(&a->question);
	pthread_mutex_destroy(&a->lock);
	free(a->buckets);
	free(a);
}
