/* pipeline/flapping.c: how often an alarm's state changes. Called by the pipeline last,
 * behind alarms and deduplication. */
#include "pipeline/flapping.h"

#include <stdlib.h>

#include "pipeline/saved.h"
#include "pipeline/say.h"
#include "pipeline/ledger.h"
#include "pipeline/texts.h"
#include "pipeline/window.h"

enum { KEY_TEXT_MAX = 4096 }; /* bytes */

/* An alarm. BUSY: it flaps, or its end is to be told. */
typedef struct watched {
	ledger_entry entry;
	window window;
	bool flaps, told;
	tl_alarm_state state; /* the last */
	tl_severity severity; /* of the last that raised it */
	tl_endpoint device;
	texts key;           /* kept from when it begins to flap */
	uint64_t suppressed; /* since then */
	int64_t since_ns, until_ns;
} watched;

struct flapping {
	const tl_conf_flapping *conf;
	ledger *alarms;
	uint64_t seed;
	uint64_t lost,
	    lost_alarms; /* suppressed of those that went before they were told */
};

static const char kind[8] = "flaps  1";

flapping *
flapping_new(const tl_conf *conf, uint64_t seed)
{
	flapping *f = calloc(1, sizeof *f);

	if (f == NULL)
		return NULL;
	f->conf = &conf->flapping;
	f->seed = seed;
	f->alarms = ledger_new(sizeof(watched), conf->flapping.entries);
	if (f->alarms != NULL)
		return f;
	free(f);
	return NULL;
}

void
flapping_free(flapping *f)
{
	watched *w;

	if (f == NULL)
		return;
	for (uint32_t i = 0; (w = ledger_at(f->alarms, i)) != NULL; i++)
		texts_free(&w->key);
	ledger_free(f->alarms);
	free(f);
}

static void
forget(flapping *f, watched *w)
{
	if (w->suppressed > 0) {
		f->lost += w->suppressed;
		f->lost_alarms++;
	}
	ledger_remove(f->alarms, w);
}

/* Counts in eighths of a window of another length say nothing of this one's. */
static void
begin_anew(flapping *f)
{
	watched *w;

	for (uint32_t i = 0; (w = ledger_at(f->alarms, i)) != NULL; i++)
		w->window = (window){ 0 };
}

void
flapping_take(flapping *f, flapping *from)
{
	while (ledger_count(from->alarms) > ledger_capacity(f->alarms))
		forget(from, ledger_victim(from->alarms));
	ledger_take(f->alarms, from->alarms);
	if (f->conf->window_ns != from->conf->window_ns)
		begin_anew(f);
	f->seed = from->seed;
	f->lost = from->lost;
	f->lost_alarms = from->lost_alarms;
}

/* Room for one more, with nothing in it. */
static watched *
add(flapping *f, ledger_key key, ledger_lane lane)
{
	if (ledger_count(f->alarms) == ledger_capacity(f->alarms))
		forget(f, ledger_victim(f->alarms));
	watched *w = ledger_add(f->alarms, key, lane);
	texts kept = w->key;
	memset((uint8_t *)w + sizeof w->entry, 0, sizeof *w - sizeof w->entry);
	w->key = kept;
	texts_set(&w->key, NULL, 0);
	return w;
}

/* Ends what is over at |now_ns|; all, when a reload has switched this off. */
static void
settle(const flapping *f, watched *w, int64_t now_ns)
{
	uint32_t changes = window_move(&w->window, now_ns, f->conf->window_ns);

	if (!w->flaps || (f->conf->enabled && changes > f->conf->settled))
		return;
	w->flaps = false;
	w->until_ns = now_ns;
}

static bool
is_change(const event *ev)
{
	return ev->j.alarm == TL_ALARM_RAISED ||
	       (ev->j.alarm == TL_ALARM_CLEARED && ev->j.alarm_count > 0);
}

static void
begin(flapping *f, watched *w, const event *ev)
{
	if (w->suppressed == 0) {
		w->since_ns = ev->now_ns;
		texts_set(&w->key, &ev->j.alarm_key, ev->j.alarm_key.len <= KEY_TEXT_MAX);
	}
	w->flaps = true;
	ledger_touch(f->alarms, w, LEDGER_BUSY);
}

void
flapping_judge(flapping *f, event *ev)
{
	tl_span key_text = ev->j.alarm_key;

	/* Without room for its key it cannot be told from others. */
	if (ev->j.alarm == TL_ALARM_NOT || key_text.len == 0)
		return;
	ledger_key key = { tl_hash(key_text.ptr, key_text.len, f->seed),
		tl_hash(key_text.ptr, key_text.len, ~f->seed) };
	watched *w = ledger_find(f->alarms, key);
	if (w == NULL && !is_change(ev))
		return;
	if (w == NULL)
		w = add(f, key, LEDGER_QUIET);
	settle(f, w, ev->now_ns);
	if (is_change(ev)) {
		ledger_touch(f->alarms, w, w->entry.lane);
		window_add(&w->window);
		w->state = ev->j.alarm;
		w->device = ev->device;
	}
	if (ev->j.alarm != TL_ALARM_CLEARED)
		w->severity = event_severity(ev);
	if (!w->flaps && w->window.sum >= f->conf->changes)
		begin(f, w, ev);
	if (!w->flaps)
		return;
	w->suppressed++;
	ev->suppressed = SUPPRESSED_FLAPPING;
}

static void
open_event(saying *s, const watched *w, const char *state)
{
	bool cleared = w->state == TL_ALARM_CLEARED;

	say_begin(s, "flapping", cleared ? TL_SEVERITY_CLEARED : w->severity);
	s->own.source = &w->device;
	s->own.alarm_key = texts_get(&w->key, 0);
	s->own.alarm = w->state;
	say_field(s, "state", (tl_span){ (const uint8_t *)state, strlen(state) });
	tl_buf_printable(&s->text, s->own.alarm_key);
}

static void
tell_begin(const flapping *f, const watched *w, const emitter *to)
{
	uint64_t seconds = say_seconds(f->conf->window_ns);
	saying s;

	open_event(&s, w, "begin");
	tl_buf_lit(&s.text, " flaps: ");
	say_count(&s.text, (uint64_t)f->conf->changes);
	tl_buf_lit(&s.text, " changes in ");
	say_count(&s.text, seconds);
	tl_buf_lit(&s.text, " s, now ");
	tl_buf_puts(&s.text, tl_alarm_state_name(w->state));
	say_number(&s, "changes", (uint64_t)f->conf->changes);
	say_number(&s, "seconds", seconds);
	say_end(&s, to);
}

static void
tell_end(const watched *w, const emitter *to)
{
	uint64_t seconds = say_seconds(w->until_ns - w->since_ns);
	saying s;

	open_event(&s, w, "end");
	tl_buf_lit(&s.text, " has settled: ");
	tl_buf_puts(&s.text, tl_alarm_state_name(w->state));
	tl_buf_lit(&s.text, "; ");
	say_count(&s.text, w->suppressed);
	tl_buf_lit(&s.text, " suppressed in ");
	say_count(&s.text, seconds);
	tl_buf_lit(&s.text, " s");
	say_number(&s, "count", w->suppressed);
	say_number(&s, "seconds", seconds);
	say_end(&s, to);
}

static void
tell_lost(flapping *f, const emitter *to)
{
	saying s;

	say_begin(&s, "flapping", TL_SEVERITY_WARNING);
	say_count(&s.text, f->lost);
	tl_buf_lit(&s.text, " suppressed of ");
	say_count(&s.text, f->lost_alarms);
	tl_buf_lit(&s.text, " other alarms, which there was no room to watch");
	say_number(&s, "count", f->lost);
	say_number(&s, "alarms", f->lost_alarms);
	say_end(&s, to);
	f->lost = f->lost_alarms = 0;
}

/* Returns how many events it was worth. */
static unsigned
tell(flapping *f, watched *w, const emitter *to)
{
	unsigned told = 0;

	if (!w->told) {
		tell_begin(f, w, to);
		w->told = true;
		told++;
	}
	if (w->flaps)
		return told;
	tell_end(w, to);
	w->told = false;
	w->suppressed = 0;
	ledger_touch(f->alarms, w, LEDGER_QUIET);
	return told + 1;
}

void
flapping_tick(flapping *f, int64_t now_ns, const emitter *to)
{
	unsigned told = 0;
	watched *next;

	for (watched *w = ledger_oldest(f->alarms, LEDGER_BUSY);
	     w != NULL && told < FLAPPING_TOLD; w = next) {
		next = ledger_newer(f->alarms, w);
		settle(f, w, now_ns);
		told += tell(f, w, to);
	}
	if (f->lost_alarms > 0)
		tell_lost(f, to);
}

/* The window's eighths are kept as the time at which the newest began. */
static void
save_lane(const flapping *f, ledger_lane lane, int64_t epoch_ns, saved_writer *to)
{
	int64_t slot_ns = f->conf->window_ns / WINDOW_SLOTS;

	for (watched *w = ledger_oldest(f->alarms, lane); w != NULL;
	     w = ledger_newer(f->alarms, w)) {
		saved_put(to, &w->entry.key, sizeof w->entry.key);
		saved_put_u64(to, (uint64_t)(w->window.slot * slot_ns + epoch_ns));
		for (int i = 1; i <= WINDOW_SLOTS; i++)
			saved_put_u64(to, *window_count(&w->window, w->window.slot + i));
		saved_put_u64(to, w->flaps);
		saved_put_u64(to, w->told);
		saved_put_u64(to, w->state);
		saved_put_u64(to, w->severity);
		saved_put_device(to, &w->device);
		saved_put_span(to, texts_get(&w->key, 0));
		saved_put_u64(to, w->suppressed);
		saved_put_u64(to, (uint64_t)(w->since_ns + epoch_ns));
		saved_put_u64(to, (uint64_t)(w->until_ns + epoch_ns));
	}
}

tl_err
flapping_save(const flapping *f, int64_t epoch_ns, tl_vec *out)
{
	saved_writer w = saved_begin(out, kind);

	saved_put_u64(&w, f->seed);
	saved_put_u64(&w, (uint64_t)f->conf->window_ns);
	saved_put_u64(&w, f->lost);
	saved_put_u64(&w, f->lost_alarms);
	saved_put_u64(&w, ledger_count(f->alarms));
	save_lane(f, LEDGER_QUIET, epoch_ns, &w);
	save_lane(f, LEDGER_BUSY, epoch_ns, &w);
	return saved_end(&w);
}

static void
load_window(window *w, int64_t slot_ns, int64_t epoch_ns, saved_reader *r)
{
	int64_t at_ns = saved_get_time(r, epoch_ns);

	/* To the nearest eighth: the clocks are read at different moments. */
	w->slot =
	    at_ns < 0 ? (at_ns - slot_ns / 2) / slot_ns : (at_ns + slot_ns / 2) / slot_ns;
	for (int i = 1; i <= WINDOW_SLOTS; i++) {
		uint32_t count = (uint32_t)saved_get_most(r, UINT32_MAX / WINDOW_SLOTS);
		*window_count(w, w->slot + i) = count;
		w->sum += count;
	}
}

static void
load_one(flapping *f, int64_t slot_ns, int64_t epoch_ns, saved_reader *r)
{
	watched one = { 0 };

	saved_get(r, &one.entry.key, sizeof one.entry.key);
	load_window(&one.window, slot_ns, epoch_ns, r);
	one.flaps = saved_get_most(r, 1) != 0;
	one.told = saved_get_most(r, 1) != 0;
	one.state = (tl_alarm_state)saved_get_most(r, TL_ALARM_EXPIRED);
	one.severity = (tl_severity)saved_get_most(r, TL_SEVERITY_CRITICAL);
	one.device = saved_get_device(r);
	tl_span key = saved_get_span(r, KEY_TEXT_MAX);
	one.suppressed = saved_get_u64(r);
	one.since_ns = saved_get_time(r, epoch_ns);
	one.until_ns = saved_get_time(r, epoch_ns);
	if (r->bad)
		return;
	ledger_lane lane = one.suppressed > 0 ? LEDGER_BUSY : LEDGER_QUIET;
	watched *w = add(f, one.entry.key, lane);
	one.entry = w->entry;
	one.key = w->key;
	*w = one;
	texts_set(&w->key, &key, 1);
}

tl_err
flapping_load(flapping *f, int64_t epoch_ns, tl_span bytes)
{
	uint64_t seed = f->seed;
	saved_reader r;
	watched *w;

	if (!saved_open(&r, kind, bytes))
		return TL_EFORMAT;
	f->seed = saved_get_u64(&r);
	int64_t slot_ns = (int64_t)saved_get_most(&r, INT64_MAX / 2) / WINDOW_SLOTS;
	f->lost = saved_get_u64(&r);
	f->lost_alarms = saved_get_u64(&r);
	for (uint64_t n = saved_get_u64(&r); n > 0 && !r.bad && slot_ns > 0; n--)
		load_one(f, slot_ns, epoch_ns, &r);
	if (slot_ns != f->conf->window_ns / WINDOW_SLOTS)
		begin_anew(f);
	if (slot_ns > 0 && saved_close(&r))
		return TL_OK;
	while ((w = ledger_victim(f->alarms)) != NULL)
		ledger_remove(f->alarms, w);
	f->seed = seed;
	f->lost = f->lost_alarms = 0;
	return TL_EFORMAT;
}
