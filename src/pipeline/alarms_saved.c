/* pipeline/alarms_saved.c: active alarms as bytes, to outlast a restart. Called by the
 * daemon now and then, and at its start and end. */
#include "pipeline/alarms_parts.h"

#include "pipeline/saved.h"

static const char kind[8] = "alarms 2";

static const uint16_t most[TEXT_COUNT] = {
	[TEXT_KEY] = ALARM_KEY_MAX,
	[TEXT_NAME] = ALARM_NAME_MAX,
	[TEXT_MESSAGE] = ALARM_MESSAGE_MAX,
	[TEXT_OID] = TL_OID_BER_MAX,
};

static void
save_lane(const alarms *a, ledger_lane lane, int64_t epoch_ns, saved_writer *w)
{
	for (const alarm *al = ledger_oldest(a->active, lane); al != NULL;
	     al = ledger_newer(a->active, al)) {
		saved_put(w, &al->entry.key, sizeof al->entry.key);
		saved_put_u64(w, al->severity);
		saved_put_u64(w, al->state);
		saved_put_u64(w, al->count);
		saved_put_u64(w, al->severity_changes);
		saved_put_u64(w, (uint64_t)al->first_ns);
		saved_put_u64(w, (uint64_t)al->last_ns);
		saved_put_u64(w, (uint64_t)(al->heard_ns + epoch_ns));
		saved_put_device(w, &al->device);
		for (size_t i = 0; i < TEXT_COUNT; i++)
			saved_put_span(w, texts_get(&al->texts, i));
	}
}

tl_err
alarms_save(const alarms *a, int64_t epoch_ns, tl_vec *out)
{
	saved_writer w = saved_begin(out, kind);

	saved_put_u64(&w, a->seed);
	saved_put_u64(&w, a->lost);
	saved_put_u64(&w, a->untold);
	saved_put_u64(&w, ledger_count(a->active));
	save_lane(a, LEDGER_BUSY, epoch_ns, &w);
	save_lane(a, LEDGER_QUIET, epoch_ns, &w);
	return saved_end(&w);
}

/* A severity, or a state, that an active alarm can have. */
static void
load_state(alarm *al, saved_reader *r)
{
	al->severity = (tl_severity)saved_get_most(r, TL_SEVERITY_CRITICAL);
	al->state = (tl_alarm_state)saved_get_most(r, TL_ALARM_REPEATED);
	if (al->state == TL_ALARM_NOT)
		r->bad = true;
	al->count = (uint32_t)saved_get_most(r, UINT32_MAX);
	al->severity_changes = (uint32_t)saved_get_most(r, UINT32_MAX);
}

static alarm *
load_one(alarms *a, int64_t epoch_ns, saved_reader *r)
{
	tl_span all[TEXT_COUNT];
	alarm one = { 0 };

	saved_get(r, &one.entry.key, sizeof one.entry.key);
	load_state(&one, r);
	one.first_ns = saved_get_time(r, 0);
	one.last_ns = saved_get_time(r, 0);
	one.heard_ns = saved_get_time(r, epoch_ns);
	one.device = saved_get_device(r);
	for (size_t i = 0; i < TEXT_COUNT; i++)
		all[i] = saved_get_span(r, most[i]);
	if (r->bad)
		return NULL;
	alarm *al = alarms_add(a, one.entry.key);
	one.entry = al->entry;
	one.texts = al->texts;
	*al = one;
	texts_set(&al->texts, all, TEXT_COUNT);
	return al;
}

static void
load_all(alarms *a, int64_t epoch_ns, saved_reader *r)
{
	uint64_t untold = saved_get_most(r, ALARMS_UNTOLD);

	for (uint64_t n = saved_get_u64(r); n > 0 && !r->bad; n--) {
		alarm *al = load_one(a, epoch_ns, r);
		if (al == NULL || untold == 0)
			continue;
		untold--;
		if (a->untold == ALARMS_UNTOLD)
			continue;
		a->untold++;
		ledger_touch(a->active, al, LEDGER_BUSY);
	}
}

tl_err
alarms_load(alarms *a, int64_t epoch_ns, tl_span bytes)
{
	const alarms_counters counters = a->counters;
	uint64_t seed = a->seed;
	saved_reader r;
	alarm *al;

	if (!saved_open(&r, kind, bytes))
		return TL_EFORMAT;
	a->seed = saved_get_u64(&r);
	a->lost = saved_get_u64(&r);
	load_all(a, epoch_ns, &r);
	if (saved_close(&r))
		return TL_OK;
	while ((al = ledger_victim(a->active)) != NULL)
		ledger_remove(a->active, al);
	a->seed = seed;
	a->lost = 0;
	a->untold = 0;
	a->counters = counters;
	return TL_EFORMAT;
}
