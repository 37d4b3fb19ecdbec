/* usm/engines.h: the engines that have authenticated: found by their ID, their clocks,
 * their keys, who was heard last, and whose clock is to be kept on disk. */
#ifndef TL_USM_ENGINES_H
#define TL_USM_ENGINES_H

#include "trapline/engine.h"
#include "usm/slab.h"

#define TL_BOOTS_MAX 2147483647u /* latched: RFC 3414 section 2.2 */
#define TL_TIME_WINDOW_S 150     /* RFC 3414 section 2.2.3 */
#define TL_NS_PER_S 1000000000

enum { TL_LIST_HEARD, TL_LIST_CLOCKS, TL_LIST_COUNT };

typedef struct tl_link {
	uint32_t prev, next; /* engines; 0: none */
} tl_link;

/* The keys of one credential for one engine. */
typedef struct tl_usm_key {
	uint32_t next; /* of the same engine; 0: none */
	uint32_t cred : 31;
	uint32_t has_priv : 1;
	uint8_t bytes[]; /* HMAC states, inner and outer; then the privacy key */
} tl_usm_key;

#define TL_INLINE_KEY_BYTES 96 /* holds those of SHA-256 and AES-128 */

/* One cache line for the checks, one or two for the keys, and the lists: all together,
 * since the memory of many engines is always cold. */
typedef struct tl_remote {
	uint32_t hash;
	uint32_t next;   /* in its bucket; 0: none */
	uint32_t keys;   /* the first of its keys; 0: none */
	uint32_t boots;  /* if has_clock, and so the next: as last received */
	uint32_t time_s; /* RFC 3414 section 2.3 latestReceivedEngineTime */
	uint8_t id_len;
	bool has_clock, taken, listed;
	int64_t zero_ns; /* the monotonic time at which its engineTime was 0 */
	uint8_t id[TL_ENGINE_ID_MAX];
	uint32_t inline_key[TL_INLINE_KEY_BYTES / 4]; /* its first keys, if they fit */
	tl_link links[TL_LIST_COUNT];
	uint32_t taken_boots; /* if taken: as last taken by tl_engines_next_clock() */
	int64_t taken_zero_ns;
} tl_remote;

#define TL_KEY_CLASSES 8
#define TL_KEY_CLASS_BYTES 32 /* slots of class n are n + 1 times as long */

typedef struct tl_engines {
	tl_slab slots;   /* tl_remote; number 0 is ourselves, in no table and no list */
	tl_slab buckets; /* uint32_t: the first engine. Linear hashing: the table grows by
			    one bucket for every engine, and never rests to rehash */
	tl_slab keys[TL_KEY_CLASSES]; /* that are not inline */
	uint32_t bucket_count;        /* numbers 0 to this less one */
	uint32_t mask;                /* the least 2^n - 1 that has all of them */
	uint32_t count, max;          /* engines in the table */
	uint64_t seed;
	tl_link ends[TL_LIST_COUNT]; /* next: the first, prev: the last */
} tl_engines;

/* |e| is zeroed. Errors: TL_ENOMEM, TL_ECRYPTO. Fini wipes everything. */
TL_CHECK tl_err tl_engines_init(tl_engines *e, tl_span own_id, uint32_t max);
void tl_engines_fini(tl_engines *e);

/* The engine of |id|, 5 to 32 bytes; 0 if it is not known. Our own is not found here. */
uint32_t tl_engines_find(const tl_engines *e, tl_span id);

/* Adds an engine that is not known, as the one heard last; the least recently heard makes
 * room. 0 when memory is short. */
uint32_t tl_engines_add(tl_engines *e, tl_span id);

static inline tl_remote *
tl_engines_at(const tl_engines *e, uint32_t engine)
{
	return tl_slab_at(&e->slots, engine);
}

/* The engine was heard: it is the last to go. Not for our own. */
void tl_engines_touch(tl_engines *e, uint32_t engine);

/* Asks the CPU for what a message of |engine| will need. */
void tl_engines_prefetch(const tl_engines *e, uint32_t engine);

/* Sets a clock, and puts the engine in line for tl_engines_next_clock() if that is news
 * enough. */
void tl_engines_set_clock(tl_engines *e, uint32_t engine, const tl_clock *clock);

/* The engine's clock is as it was taken last. */
void tl_engines_clock_taken(tl_engines *e, uint32_t engine);

/* See tl_usm_next_clock(). */
bool tl_engines_next_clock(tl_engines *e, tl_clock *out);

/* The engineTime, in seconds, of a clock that was 0 at |zero_ns|. */
static inline int64_t
tl_time_s(int64_t zero_ns, int64_t now_ns)
{
	return (now_ns - zero_ns) / TL_NS_PER_S;
}

/* The engine's keys for credential number |cred|; NULL if there are none. */
tl_usm_key *tl_engines_find_key(const tl_engines *e, uint32_t engine, uint32_t cred);

/* Wipes the keys of all engines. */
void tl_engines_drop_keys(tl_engines *e);

/* Adds keys, zeroed, of |bytes| after the head; NULL when memory is short. */
tl_usm_key *tl_engines_add_key(
    tl_engines *e, uint32_t engine, uint32_t cred, size_t bytes);

#endif
