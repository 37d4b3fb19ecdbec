/* fuzz/fuzz_state.c: any bytes as a state that outlasted a restart. The first says which;
 * its kind and its checksum are put around the others, else none would get in. What is
 * taken can be used, and saved; what is saved can be taken. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "fuzz_events.h"
#include "pipeline/alarms.h"
#include "pipeline/dedup.h"
#include "pipeline/flapping.h"
#include "pipeline/saved.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { KIND = 8, SUM = 8, STATES = 3 };
static const uint64_t sum_seed = 0x7374617465;
static const int64_t epoch_ns = INT64_C(1795176000) * 1000000000;

/* A stage that has a state. */
typedef struct stateful {
	const char *kind;
	void *(*make)(const tl_conf *conf);
	void (*free)(void *self);
	tl_err (*save)(const void *self, int64_t epoch_ns, tl_vec *out);
	tl_err (*load)(void *self, int64_t epoch_ns, tl_span bytes);
	void (*judge)(void *self, event *ev);
	void (*tick)(void *self, int64_t now_ns, const emitter *to);
} stateful;

static void *
make_alarms(const tl_conf *conf)
{
	return alarms_new(conf, fuzz_mib(), 1);
}

static void *
make_dedup(const tl_conf *conf)
{
	return dedup_new(conf, fuzz_mib(), 1);
}

static void *
make_flapping(const tl_conf *conf)
{
	return flapping_new(conf, 1);
}

#define STAGE(name)                                                                      \
	static void free_##name(void *self)                                              \
	{                                                                                \
		name##_free(self);                                                       \
	}                                                                                \
	static tl_err save_##name(const void *self, int64_t epoch, tl_vec *out)          \
	{                                                                                \
		tl_err err = name##_save(self, epoch, out);                              \
		if (err == TL_OK)                                                        \
			saved_seal(out);                                                 \
		return err;                                                              \
	}                                                                                \
	static tl_err load_##name(void *self, int64_t epoch, tl_span bytes)              \
	{                                                                                \
		return name##_load(self, epoch, bytes);                                  \
	}                                                                                \
	static void judge_##name(void *self, event *ev)                                  \
	{                                                                                \
		name##_judge(self, ev);                                                  \
	}                                                                                \
	static void tick_##name(void *self, int64_t now_ns, const emitter *to)           \
	{                                                                                \
		name##_tick(self, now_ns, to);                                           \
	}
STAGE(alarms)
STAGE(dedup)
STAGE(flapping)

#define ROW(kind, name)                                                                  \
	{                                                                                \
		kind, make_##name, free_##name, save_##name, load_##name, judge_##name,  \
		    tick_##name                                                          \
	}
static const stateful stages[STATES] = { ROW("alarms 2", alarms), ROW("dedup  2", dedup),
	ROW("flaps  1", flapping) };

static void *
new_stage(const stateful *s)
{
	static const char text[] = "flapping: {enabled: true, changes: 2, settled: 0}";
	static tl_conf *conf;
	tl_conf_errors errors = { 0 };

	if (conf == NULL &&
	    tl_conf_load_text((tl_span){ (const uint8_t *)text, sizeof text - 1 }, "x",
		&conf, &errors) != TL_OK)
		abort();
	fuzz_make_small(conf);
	void *self = s->make(conf);
	if (self == NULL)
		abort();
	return self;
}

static void
use(const stateful *s, void *self)
{
	for (int i = 0; i < 4; i++) {
		fuzz_event e;
		fuzz_event_make(&e, i % FUZZ_EVENTS, (tl_span){ NULL, 0 }, fuzz_mib());
		e.ev.now_ns = (int64_t)i * 1000000000;
		e.ev.j.alarm = i % 2 == 0 ? TL_ALARM_RAISED : TL_ALARM_CLEARED;
		e.ev.j.alarm_key =
		    (tl_span){ (const uint8_t *)"192.0.2.7/linkDown/3", 20 };
		s->judge(self, &e.ev);
	}
	s->tick(self, INT64_C(10000000000), &fuzz_nobody);
}

static void
check_again(const stateful *s, const void *self)
{
	tl_vec saved = { 0 };
	void *again = new_stage(s);

	if (s->save(self, epoch_ns, &saved) != TL_OK ||
	    s->load(again, epoch_ns, (tl_span){ saved.ptr, saved.count }) != TL_OK)
		abort();
	tl_vec_free(&saved);
	s->free(again);
}

static void
load(const stateful *s, tl_span bytes)
{
	size_t len = KIND + bytes.len + SUM;
	uint8_t *all = malloc(len);
	void *self = new_stage(s);

	if (all == NULL)
		abort();
	memcpy(all, s->kind, KIND);
	if (bytes.len > 0)
		memcpy(all + KIND, bytes.ptr, bytes.len);
	uint64_t sum = tl_hash(all, len - SUM, sum_seed);
	for (size_t i = 0; i < SUM; i++)
		all[len - SUM + i] = (uint8_t)(sum >> 8 * i);
	tl_err err = s->load(self, epoch_ns, (tl_span){ all, len });
	if (err != TL_OK && err != TL_EFORMAT)
		abort();
	free(all);
	if (err == TL_OK)
		check_again(s, self);
	use(s, self);
	check_again(s, self);
	s->free(self);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len > 0)
		load(&stages[data[0] % STATES], (tl_span){ data + 1, len - 1 });
	return 0;
}
