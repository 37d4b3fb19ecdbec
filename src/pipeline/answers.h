/* pipeline/answers.h: answers of somebody who is slow (a name server, a database),
 * remembered by key. Who looks one up never waits: what is not known yet is asked for by
 * another thread, and known later. Bounded; the least recently used goes first. */
#ifndef PIPELINE_ANSWERS_H
#define PIPELINE_ANSWERS_H

#include "base/arena.h"

enum { ANSWERS_KEY_MAX = 1024 }; /* bytes */

typedef struct answers answers;

typedef struct answers_options {
	uint32_t entries; /* remembered at most */
	size_t bytes;     /* of keys and answers, at most */
	uint32_t waiting; /* questions at once; those beyond are asked later */
	int64_t ttl_ns, failed_ttl_ns;
	uint64_t seed; /* random: peers choose keys */
} answers_options;

typedef struct answers_counters {
	uint64_t found, none, unknown; /* look-ups */
	uint64_t passed_over;          /* questions that found no room to wait */
	uint32_t entries;
	uint32_t asking; /* questions that wait for an answer */
	size_t bytes;
} answers_counters;

/* One holder. NULL without memory. */
answers *answers_new(const answers_options *opt);

/* One more holder, and one less: the last frees it. Any thread. */
answers *answers_hold(answers *a);
void answers_drop(answers *a);

/* Looks up |key| and copies the answer into |arena|: empty if there is none, it is not
 * known yet, or the arena is used up. Asks for what is not known, or is older than it may
 * be: till then the old answer counts. Any thread. */
tl_span answers_find(answers *a, tl_span key, int64_t now_ns, tl_arena *arena);

/* For those who find answers: waits for a question and copies its key; false when it is
 * closed. Each must be put or failed. Any number of threads. */
bool answers_next(answers *a, uint8_t key[ANSWERS_KEY_MAX], size_t *len);

/* The answer: empty if there is none. */
void answers_put(answers *a, tl_span key, tl_span answer, int64_t now_ns);

/* It could not be asked: what was known counts, and is asked for again later. */
void answers_fail(answers *a, tl_span key, int64_t now_ns);

/* Ends all waits, for good. */
void answers_close(answers *a);

answers_counters answers_count(answers *a);

#endif
