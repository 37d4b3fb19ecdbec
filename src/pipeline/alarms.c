/* pipeline/alarms.c: raises and clears. Called by the pipeline for each notification that
 * the rules let through. */
#include "pipeline/alarms_parts.h"

#include <stddef.h>
#include <stdlib.h>

#include "pipeline/pairs.h"
#include "pipeline/say.h"

alarms *
alarms_new(const tl_conf *conf, const tl_mib *mib, uint64_t seed)
{
	alarms *a = calloc(1, sizeof *a);

	if (a == NULL)
		return NULL;
	a->conf = &conf->alarms;
	a->mib = mib;
	a->seed = seed;
	a->capacity = (uint32_t)conf->alarms.entries;
	a->pairs = pairs_new(&conf->alarms, mib, seed);
	a->active = ledger_new(sizeof(alarm), conf->alarms.entries + ALARMS_UNTOLD);
	if (a->pairs != NULL && a->active != NULL)
		return a;
	alarms_free(a);
	return NULL;
}

void
alarms_free(alarms *a)
{
	alarm *al;

	if (a == NULL)
		return;
	for (uint32_t i = 0; a->active != NULL && (al = ledger_at(a->active, i)); i++)
		texts_free(&al->texts);
	texts_free(&a->before.texts);
	ledger_free(a->active);
	pairs_free(a->pairs);
	free(a);
}

void
alarms_push_out(alarms *a, alarm *al)
{
	a->counters.expired++;
	a->counters.pushed_out++;
	if (a->untold < ALARMS_UNTOLD) {
		a->untold++;
		ledger_touch(a->active, al, LEDGER_BUSY);
		return;
	}
	a->lost++;
	ledger_remove(a->active, al);
}

static uint32_t
active_count(const alarms *a)
{
	return ledger_count(a->active) - a->untold;
}

alarm *
alarms_add(alarms *a, ledger_key key)
{
	if (active_count(a) >= a->capacity)
		alarms_push_out(a, ledger_oldest(a->active, LEDGER_QUIET));
	alarm *al = ledger_add(a->active, key, LEDGER_QUIET);
	memset((uint8_t *)al + sizeof al->entry, 0,
	    offsetof(alarm, texts) - sizeof al->entry);
	return al;
}

void
alarms_take(alarms *a, alarms *from)
{
	while (active_count(from) > a->capacity)
		alarms_push_out(from, ledger_oldest(from->active, LEDGER_QUIET));
	ledger_take(a->active, from->active);
	a->seed = from->seed;
	a->untold = from->untold;
	a->lost = from->lost;
	a->counters = from->counters;
	from->untold = 0;
}

/* What |ev| is about. */
typedef struct about {
	const alarm_pair *pair; /* NULL: rules give the key, or it is the trap */
	tl_conf_alarm_state state;
	tl_severity severity;
	tl_span said; /* the key that rules give; empty: none */
	ledger_key key;
} about;

/* False if it is not about an alarm. */
static bool
find_out(alarms *a, const event *ev, about *it)
{
	tl_conf_alarm_state by_pair = TL_ALARM_UNSAID;

	it->state = ev->alarm;
	it->said = ev->j.alarm_key;
	it->pair = NULL;
	if (ev->alarm == TL_ALARM_NONE)
		return false;
	if (it->said.len == 0 || ev->alarm == TL_ALARM_UNSAID)
		it->pair = pairs_find(a->pairs, ev, &by_pair);
	if (it->state == TL_ALARM_UNSAID)
		it->state = by_pair;
	if (it->state == TL_ALARM_UNSAID)
		return false;
	it->severity = event_severity(ev);
	if (it->state == TL_ALARM_RAISE && it->severity == TL_SEVERITY_CLEARED)
		it->state = TL_ALARM_CLEAR;
	return true;
}

/* A key given by rules counts as it is, a pair's by its name, else it is the trap. */
static void
hash_key(const alarms *a, const event *ev, about *it)
{
	const tl_span trap = { ev->n->trap_oid.ber, ev->n->trap_oid.len };
	uint64_t seed = a->seed ^ (uint64_t)ev->device.scope << 32;
	const uint8_t *addr = ev->device.addr;

	if (it->said.len == 0)
		seed = it->pair != NULL ? seed ^ it->pair->id : ~seed;
	ledger_hash h = ledger_hash_begin(seed);
	ledger_hash_put(&h, tl_load64(addr), tl_load64(addr + 8));
	if (it->said.len == 0 && it->pair != NULL) {
		it->key = key_hash(&it->pair->key, ev, &h);
		return;
	}
	key_put_bytes(&h, it->said.len > 0 ? it->said : trap);
	it->key = ledger_hash_end(&h);
}

/* The key as text: device, name, and what tells it from others of that name. */
static void
write_key(const event *ev, const about *it, tl_buf *out)
{
	say_address(out, &ev->device);
	tl_buf_putc(out, '/');
	if (it->said.len > 0) {
		tl_buf_printable(out, it->said);
	} else if (it->pair != NULL) {
		tl_buf_span(out, it->pair->name);
		key_write(&it->pair->key, ev, out);
	} else {
		say_trap(out, ev->n->trap_oid, ev->mib);
	}
}

/* Into |text|, with room for ALARM_KEY_MAX bytes and more. */
static tl_span
key_text(const event *ev, const about *it, uint8_t *text, size_t room)
{
	enum { HASH_LEN = 17 };
	tl_buf b = { .ptr = text, .cap = room };

	write_key(ev, it, &b);
	if (b.len <= ALARM_KEY_MAX && !b.full)
		return tl_buf_written(&b);
	b.len = b.len < ALARM_KEY_MAX - HASH_LEN ? b.len : ALARM_KEY_MAX - HASH_LEN;
	while (b.len > 0 && (text[b.len] & 0xc0) == 0x80) /* no half character */
		b.len--;
	tl_buf_putc(&b, '~');
	tl_buf_hex(&b, (tl_span){ (const uint8_t *)&it->key.a, sizeof it->key.a });
	return tl_buf_written(&b);
}

/* The first bytes of a text, whole characters. */
static tl_span
shorten(tl_span text, size_t most)
{
	if (text.len <= most)
		return text;
	text.len = most;
	while (text.len > 0 && (text.ptr[text.len] & 0xc0) == 0x80)
		text.len--;
	return text;
}

/* Written in place, unless it is long. */
static void
keep_key(texts *t, const event *ev, const about *it)
{
	tl_buf room = texts_room(t);
	uint8_t text[2048];

	write_key(ev, it, &room);
	if (room.full)
		texts_add(t, TEXT_KEY, key_text(ev, it, text, sizeof text));
	else
		texts_wrote(t, TEXT_KEY, room.len);
}

static void
keep_name(texts *t, const event *ev, const about *it)
{
	uint8_t text[ALARM_NAME_MAX];
	tl_buf name = { .ptr = text, .cap = sizeof text };

	if (it->pair == NULL)
		say_trap(&name, ev->n->trap_oid, ev->mib);
	texts_add(
	    t, TEXT_NAME, it->pair != NULL ? it->pair->name : tl_buf_written(&name));
}

static alarm *
raise_new(alarms *a, const event *ev, const about *it)
{
	const tl_oid oid = ev->n->trap_oid;
	alarm *al = alarms_add(a, it->key);

	texts_begin(&al->texts);
	keep_key(&al->texts, ev, it);
	keep_name(&al->texts, ev, it);
	texts_add(&al->texts, TEXT_MESSAGE, shorten(ev->j.message, ALARM_MESSAGE_MAX));
	texts_add(&al->texts, TEXT_OID, (tl_span){ oid.ber, oid.len });
	al->first_ns = ev->n->received_ns;
	al->device = ev->device;
	al->severity = it->severity;
	al->state = TL_ALARM_RAISED;
	a->counters.raised++;
	return al;
}

static void
change_message(alarm *al, tl_span message)
{
	uint8_t bytes[ALARM_KEY_MAX + ALARM_NAME_MAX + TL_OID_BER_MAX];
	tl_buf b = { .ptr = bytes, .cap = sizeof bytes };
	tl_span all[TEXT_COUNT];

	for (size_t i = 0; i < TEXT_COUNT; i++) {
		all[i] = texts_get(&al->texts, i);
		if (i == TEXT_MESSAGE)
			continue;
		size_t at = b.len;
		tl_buf_span(&b, all[i]);
		all[i].ptr = bytes + at;
	}
	all[TEXT_MESSAGE] = message;
	texts_set(&al->texts, all, TEXT_COUNT);
}

static void
raise_again(alarms *a, alarm *al, const event *ev, tl_severity severity)
{
	tl_span message = shorten(ev->j.message, ALARM_MESSAGE_MAX);

	ledger_touch(a->active, al, LEDGER_QUIET);
	al->state = TL_ALARM_REPEATED;
	if (severity != al->severity) {
		al->severity = severity;
		al->severity_changes++;
		al->state = TL_ALARM_CHANGED;
	}
	if (!texts_equal(&al->texts, TEXT_MESSAGE, message))
		change_message(al, message);
}

static tl_span
make_key(const event *ev, const about *it)
{
	uint8_t text[2048];
	tl_span key = tl_arena_copy(ev->arena, key_text(ev, it, text, sizeof text));

	return key.ptr != NULL ? key : (tl_span){ NULL, 0 };
}

/* Shows |al| in the event; NULL: it is not active. */
static void
show(event *ev, const about *it, const alarm *al)
{
	tl_span key = { NULL, 0 };

	if (al != NULL)
		key = texts_get(&al->texts, TEXT_KEY);
	if (key.len == 0) /* not active, or there was no memory to keep it */
		key = make_key(ev, it);
	ev->j.alarm_key = key;
	ev->j.alarm = it->state == TL_ALARM_CLEAR ? TL_ALARM_CLEARED : al->state;
	ev->j.alarm_count = al != NULL ? al->count : 0;
}

/* What is known of an alarm, without what belongs to its place. */
static void
copy(alarm *to, const alarm *from)
{
	ledger_entry entry = to->entry;
	texts kept = to->texts;

	*to = *from;
	to->entry = entry;
	to->texts = kept;
}

static void
swap_texts(alarm *a, alarm *b)
{
	texts t = a->texts;

	a->texts = b->texts;
	b->texts = t;
}

/* Ends |al|, which is NULL if none is active; returns where what it was is to be seen
 * until the next event is judged. */
static const alarm *
end(alarms *a, alarm *al, bool by_inform)
{
	if (al == NULL)
		return NULL;
	if (by_inform)
		swap_texts(&a->before, al);
	ledger_remove(a->active, al);
	a->counters.cleared++;
	return by_inform ? &a->before : al;
}

void
alarms_judge(alarms *a, event *ev)
{
	about it;

	if (!find_out(a, ev, &it))
		return;
	hash_key(a, ev, &it);
	alarm *al = ledger_find(a->active, it.key);
	bool by_inform = ev->n->kind == TL_INFORM;
	if (al != NULL && al->entry.lane == LEDGER_BUSY)
		al = NULL;
	a->last = it.key;
	if (al != NULL && by_inform)
		copy(&a->before, al);
	if (it.state == TL_ALARM_CLEAR) {
		show(ev, &it, end(a, al, by_inform));
		return;
	}
	if (al == NULL)
		al = raise_new(a, ev, &it);
	else
		raise_again(a, al, ev, it.severity);
	if (al->count < UINT32_MAX)
		al->count++;
	al->last_ns = ev->n->received_ns;
	al->heard_ns = ev->now_ns;
	show(ev, &it, al);
}

/* By its text: rare, so it looks at all of them. */
static alarm *
find_text(const alarms *a, tl_span key)
{
	alarm *al;

	for (uint32_t i = 0; (al = ledger_at(a->active, i)) != NULL; i++) {
		tl_span text = texts_get(&al->texts, TEXT_KEY);
		if (al->entry.lane == LEDGER_QUIET && text.len == key.len &&
		    (key.len == 0 || memcmp(text.ptr, key.ptr, key.len) == 0))
			return al;
	}
	return NULL;
}

void
alarms_forget(alarms *a, const event *ev)
{
	bool cleared = ev->j.alarm == TL_ALARM_CLEARED;
	alarm *al;

	if (ev->j.alarm == TL_ALARM_NOT || (cleared && ev->j.alarm_count == 0))
		return;
	al = cleared ? alarms_add(a, a->last) : ledger_find(a->active, a->last);
	if (ev->j.alarm == TL_ALARM_RAISED) {
		ledger_remove(a->active, al);
		a->counters.raised--;
		return;
	}
	copy(al, &a->before);
	if (cleared) {
		swap_texts(al, &a->before);
		a->counters.cleared--;
	}
}

bool
alarms_next(const alarms *a, uint32_t *at, alarm_view *out)
{
	alarm *al;

	while ((al = ledger_at(a->active, *at)) != NULL) {
		++*at;
		if (al->entry.lane != LEDGER_QUIET)
			continue;
		tl_span oid = texts_get(&al->texts, TEXT_OID);
		*out = (alarm_view){ .key = texts_get(&al->texts, TEXT_KEY),
			.name = texts_get(&al->texts, TEXT_NAME),
			.message = texts_get(&al->texts, TEXT_MESSAGE),
			.trap_oid = { oid.ptr, (uint32_t)oid.len },
			.device = al->device,
			.severity = al->severity,
			.state = al->state,
			.count = al->count,
			.severity_changes = al->severity_changes,
			.first_ns = al->first_ns,
			.last_ns = al->last_ns };
		return true;
	}
	return false;
}

alarms_counters
alarms_count(const alarms *a)
{
	alarms_counters c = a->counters;

	c.active = active_count(a);
	return c;
}

/* Telling. */

static void
tell(const alarm *al, tl_alarm_state state, const char *reason, const emitter *to)
{
	tl_span oid = texts_get(&al->texts, TEXT_OID);
	saying s;

	say_begin(&s, "alarm", TL_SEVERITY_CLEARED);
	s.own.source = &al->device;
	s.own.trap_oid = (tl_oid){ oid.ptr, (uint32_t)oid.len };
	s.own.alarm_key = texts_get(&al->texts, TEXT_KEY);
	s.own.alarm = state;
	if (s.own.alarm_key.len > 0) {
		tl_buf_printable(&s.text, s.own.alarm_key);
	} else { /* there was no memory to keep it */
		tl_buf_puts(&s.text, "an alarm of ");
		say_address(&s.text, &al->device);
	}
	tl_buf_putc(&s.text, ' ');
	tl_buf_puts(&s.text, tl_alarm_state_name(state));
	tl_buf_lit(&s.text, ": ");
	tl_buf_puts(&s.text, reason);
	say_number(&s, "count", al->count);
	say_end(&s, to);
}

static void
tell_lost(alarms *a, const emitter *to)
{
	saying s;

	say_begin(&s, "alarm", TL_SEVERITY_WARNING);
	say_count(&s.text, a->lost);
	tl_buf_lit(&s.text, " other alarms expired: there was no room for them");
	say_number(&s, "count", a->lost);
	say_end(&s, to);
	a->lost = 0;
}

/* Alarms heard of later than now were saved before the clock was set back: they age from
 * now on, and do not stand before others. */
static void
begin_again(alarms *a, int64_t now_ns)
{
	alarm *al;

	while ((al = ledger_oldest(a->active, LEDGER_QUIET)) != NULL &&
	       al->heard_ns > now_ns) {
		al->heard_ns = now_ns;
		ledger_touch(a->active, al, LEDGER_QUIET);
	}
}

/* When they are switched off, all are. */
static bool
is_over(const alarms *a, const alarm *al, int64_t now_ns)
{
	int64_t age_ns = a->conf->age_out_ns;

	return !a->conf->enabled || (age_ns > 0 && now_ns - al->heard_ns >= age_ns);
}

void
alarms_tick(alarms *a, int64_t now_ns, const emitter *to)
{
	const char *why =
	    a->conf->enabled ? "not heard of for too long" : "alarms are switched off";
	unsigned told = 0;
	alarm *al;

	while ((al = ledger_oldest(a->active, LEDGER_BUSY)) != NULL &&
	       told++ < ALARMS_TOLD) {
		tell(al, TL_ALARM_EXPIRED, "there was no room for it", to);
		ledger_remove(a->active, al);
		a->untold--;
	}
	if (a->lost > 0)
		tell_lost(a, to);
	begin_again(a, now_ns);
	while ((al = ledger_oldest(a->active, LEDGER_QUIET)) != NULL &&
	       is_over(a, al, now_ns) && told++ < ALARMS_TOLD) {
		tell(al, TL_ALARM_EXPIRED, why, to);
		ledger_remove(a->active, al);
		a->counters.expired++;
	}
}

bool
alarms_clear(alarms *a, tl_span key, const emitter *to)
{
	alarm *al = find_text(a, key);

	if (al == NULL)
		return false;
	tell(al, TL_ALARM_CLEARED, "by hand", to);
	ledger_remove(a->active, al);
	a->counters.cleared++;
	return true;
}
