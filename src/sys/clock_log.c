/* sys/clock_log.c: records of learned clocks and the compaction of their log; for
 * state.c. */
#include "sys/clock_log.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/hash.h"
#include "sys/clock.h"
#include "sys/fs.h"

/* A record: 0 mark, 1 length of the ID, 2 zero, 4 boots, 8 time, 12 zero, 16 realtime, 24
 * ID padded with zeros, 56 checksum of what is before. Little-endian. */
enum {
	MARK = 0xc1,
	AT_ID_LEN = 1,
	AT_BOOTS = 4,
	AT_TIME = 8,
	AT_REALTIME = 16,
	AT_ID = 24,
	AT_SUM = 56,
};

enum {
	/* What is read of a file that has grown beyond any that we write: its end. */
	LOG_MAX_BYTES = 256 << 20,
	SLOT_EMPTY = 0, /* slots hold offset + 1 */
};

static const uint32_t time_max_s = INT32_MAX; /* snmpEngineTime, RFC 3414 section 5 */

/* A host that thinks that it is before 2020 has not been told the time yet. */
static const int64_t unset_before_ns = INT64_C(1577836800) * TL_NS_PER_S;

static void
put_le(uint8_t *p, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t
get_le(const uint8_t *p, unsigned bytes)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < bytes; i++)
		value |= (uint64_t)p[i] << 8 * i;
	return value;
}

/* The same on every machine. */
static uint64_t
checksum(const uint8_t record[TL_CLOCK_RECORD])
{
	uint64_t h = 0x7472617020636c6b; /* any number but 0 */

	for (unsigned at = 0; at < AT_SUM; at += 8)
		h = tl_hash_mix(h ^ get_le(record + at, 8), 0x9e3779b97f4a7c15) + at;
	return h;
}

void
tl_clock_record_write(const tl_kept_clock *c, uint8_t record[TL_CLOCK_RECORD])
{
	memset(record, 0, TL_CLOCK_RECORD);
	record[0] = MARK;
	record[AT_ID_LEN] = c->engine_id_len;
	put_le(record + AT_BOOTS, c->boots, 4);
	put_le(record + AT_TIME, c->time_s, 4);
	put_le(record + AT_REALTIME, (uint64_t)c->realtime_ns, 8);
	memcpy(record + AT_ID, c->engine_id, c->engine_id_len);
	put_le(record + AT_SUM, checksum(record), 8);
}

bool
tl_clock_record_read(const uint8_t record[TL_CLOCK_RECORD], tl_kept_clock *c)
{
	if (record[0] != MARK || record[AT_ID_LEN] < TL_ENGINE_ID_MIN ||
	    record[AT_ID_LEN] > TL_ENGINE_ID_MAX ||
	    get_le(record + AT_SUM, 8) != checksum(record))
		return false;
	c->engine_id_len = record[AT_ID_LEN];
	memcpy(c->engine_id, record + AT_ID, TL_ENGINE_ID_MAX);
	c->boots = (uint32_t)get_le(record + AT_BOOTS, 4);
	c->time_s = (uint32_t)get_le(record + AT_TIME, 4);
	c->realtime_ns = (int64_t)get_le(record + AT_REALTIME, 8);
	return c->boots <= time_max_s && c->time_s <= time_max_s;
}

uint32_t
tl_kept_clock_time_s(const tl_kept_clock *c, int64_t realtime_ns)
{
	int64_t passed_s;

	if (c->realtime_ns < unset_before_ns || realtime_ns <= c->realtime_ns)
		return c->time_s;
	passed_s = (realtime_ns - c->realtime_ns) / TL_NS_PER_S;
	return passed_s > time_max_s - c->time_s ? time_max_s
						 : c->time_s + (uint32_t)passed_s;
}

/* An old log in memory, and for each engine in it where the record is that holds. */
typedef struct log_index {
	const uint8_t *log;
	int64_t realtime_ns;
	uint64_t seed;
	size_t max, count;
	uint32_t *slots; /* of the hash table, a power of two; offset + 1 in log */
	size_t mask;
} log_index;

static uint32_t *
find_slot(const log_index *x, const uint8_t *record)
{
	size_t id_len = record[AT_ID_LEN];
	uint64_t h = tl_hash(record + AT_ID, id_len, x->seed);

	for (;; h++) {
		uint32_t *slot = &x->slots[h & x->mask];
		if (*slot == SLOT_EMPTY)
			return slot;
		const uint8_t *other = x->log + *slot - 1;
		if (other[AT_ID_LEN] == id_len &&
		    memcmp(other + AT_ID, record + AT_ID, id_len) == 0)
			return slot;
	}
}

/* Whether |later|, learned after |earlier|, holds: it did not go back. A clock that is
 * slow falls behind by a little each time. */
static bool
is_sound(const tl_kept_clock *later, const tl_kept_clock *earlier, int64_t realtime_ns)
{
	const int64_t window_s = 150; /* RFC 3414 section 2.2.3 */

	if (later->boots != earlier->boots)
		return later->boots > earlier->boots;
	return tl_kept_clock_time_s(later, realtime_ns) + window_s >=
	       tl_kept_clock_time_s(earlier, realtime_ns);
}

/* Enters the engine of the record at |at|, if there is room for it, with this record.
 * Called from the log's end to its beginning: each gets its first one. */
static void
index_engine(log_index *x, size_t at)
{
	uint32_t *slot = find_slot(x, x->log + at);

	if (*slot == SLOT_EMPTY && x->count == x->max)
		return;
	x->count += *slot == SLOT_EMPTY;
	*slot = (uint32_t)at + 1;
}

/* Goes on from what is known of its engine to the record at |at|. Called from the log's
 * beginning to its end. */
static void
follow_record(log_index *x, size_t at)
{
	uint32_t *slot = find_slot(x, x->log + at);
	tl_kept_clock known, found;

	if (*slot != SLOT_EMPTY && tl_clock_record_read(x->log + *slot - 1, &known) &&
	    tl_clock_record_read(x->log + at, &found) &&
	    is_sound(&found, &known, x->realtime_ns))
		*slot = (uint32_t)at + 1;
}

/* Finds the next record that is whole at or behind |at|; |len| when there is none. */
static size_t
next_whole(const uint8_t *log, size_t at, size_t len)
{
	tl_kept_clock c;

	for (; at + TL_CLOCK_RECORD <= len; at++)
		if (tl_clock_record_read(log + at, &c))
			return at;
	return len;
}

/* Moves the whole records to the front and returns how many; counts what is between. */
static size_t
gather(uint8_t *log, size_t len, uint64_t *damaged)
{
	size_t count = 0, at = 0, found;

	while (at < len) {
		found = next_whole(log, at, len);
		if (found > at)
			++*damaged;
		if (found == len)
			break;
		memmove(log + count++ * TL_CLOCK_RECORD, log + found, TL_CLOCK_RECORD);
		at = found + TL_CLOCK_RECORD;
	}
	return count;
}

/* Writes what the index points to in the order of the log, and lets go of |w|. */
static tl_err
write_kept(const log_index *x, size_t records, tl_file_writer *w)
{
	for (size_t i = 0; i < records; i++) {
		size_t at = i * TL_CLOCK_RECORD;
		if (*find_slot(x, x->log + at) == at + 1)
			tl_file_put(w, x->log + at, TL_CLOCK_RECORD);
	}
	return tl_file_commit(w);
}

/* Rewrites |log|, |records| whole ones, as the file that |c| names. */
static tl_err
compact_records(int dirfd, tl_compaction *c, const uint8_t *log, size_t records)
{
	log_index x = { .log = log, .realtime_ns = c->realtime_ns, .max = c->max };
	size_t slots = 64, most = records < c->max ? records : c->max;
	tl_file_writer *w;
	tl_err err;

	while (slots < 2 * most)
		slots *= 2;
	x.mask = slots - 1;
	x.slots = calloc(slots, sizeof *x.slots);
	if (x.slots == NULL)
		return TL_ENOMEM;
	if (getrandom(&x.seed, sizeof x.seed, 0) != (ssize_t)sizeof x.seed)
		x.seed = (uint64_t)c->realtime_ns; /* only spreads the slots */
	for (size_t i = records; i-- > 0;)
		index_engine(&x, i * TL_CLOCK_RECORD);
	for (size_t i = 0; i < records; i++)
		follow_record(&x, i * TL_CLOCK_RECORD);
	err = tl_file_begin(dirfd, c->name, &w);
	if (err == TL_OK)
		err = write_kept(&x, records, w);
	c->kept = x.count;
	free(x.slots);
	return err;
}

tl_err
tl_clock_log_compact(int dirfd, tl_compaction *c)
{
	uint8_t *log = NULL;
	size_t len = 0;
	tl_err err = tl_file_read_end(dirfd, c->name, LOG_MAX_BYTES, &log, &len);

	if (err != TL_OK && err != TL_ENOTFOUND)
		return err;
	c->damaged = 0;
	err = compact_records(dirfd, c, log, gather(log, len, &c->damaged));
	free(log);
	return err;
}
