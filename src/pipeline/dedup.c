/* pipeline/dedup.c: repeats within a window. Called by the pipeline behind the alarms,
 * which see every notification. */
#include "pipeline/dedup.h"

#include <stdlib.h>

#include "pipeline/key.h"
#include "pipeline/saved.h"
#include "pipeline/say.h"
#include "pipeline/ledger.h"

enum { OID_KEPT = 60 }; /* bytes of a trap OID that summaries name; longer ones are not */

/* A window, by the key of its first notification: in line as they began, so that the
 * oldest ends first. A new one of the same key hides it. BUSY is not used. */
typedef struct seen {
	ledger_entry entry;
	int64_t begun_ns;
	uint64_t repeats;
	int64_t received_ns; /* with id_hash: the first one's id */
	uint64_t id_hash;
	tl_endpoint device;
	uint8_t severity; /* the first one's */
	uint8_t oid_len;
	uint8_t oid[OID_KEPT];
} seen;

struct dedup {
	const tl_conf_dedup *conf;
	const tl_mib *mib;
	key_def key;
	ledger *seen;
	uint64_t seed;
	ledger_hash begun;        /* a key to which nothing was put */
	uint64_t lost, lost_keys; /* repeats of those that went before they were told */
};

static const char kind[8] = "dedup  3";

/* The names of the key's fields go into the seed: what was remembered by another key is
 * not found any more. */
static void
set_seed(dedup *d, uint64_t seed)
{
	d->seed = seed;
	for (size_t i = 0; i < d->conf->key.count; i++) {
		const char *name = d->conf->key.at[i];
		seed = tl_hash((const uint8_t *)name, strlen(name), seed);
	}
	d->begun = ledger_hash_begin(seed);
}

dedup *
dedup_new(const tl_conf *conf, const tl_mib *mib, uint64_t seed)
{
	dedup *d = calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	d->conf = &conf->dedup;
	d->mib = mib;
	set_seed(d, seed);
	d->seen = ledger_new(sizeof(seen), conf->dedup.entries);
	if (key_of_fields(&d->key, &conf->dedup.key, mib) && d->seen != NULL)
		return d;
	dedup_free(d);
	return NULL;
}

void
dedup_free(dedup *d)
{
	if (d == NULL)
		return;
	key_fini(&d->key);
	ledger_free(d->seen);
	free(d);
}

static void
forget(dedup *d, seen *s)
{
	if (s->repeats > 0) {
		d->lost += s->repeats;
		d->lost_keys++;
	}
	ledger_remove(d->seen, s);
}

void
dedup_take(dedup *d, dedup *from)
{
	while (ledger_count(from->seen) > ledger_capacity(d->seen))
		forget(from, ledger_victim(from->seen));
	ledger_take(d->seen, from->seen);
	set_seed(d, from->seed);
	d->lost = from->lost;
	d->lost_keys = from->lost_keys;
}

static ledger_key
key_of(const dedup *d, const event *ev)
{
	return key_hash(&d->key, ev, &d->begun);
}

/* A place for one more; if need be, another goes. */
static seen *
add(dedup *d, ledger_key key)
{
	seen *s = ledger_add(d->seen, key, LEDGER_QUIET);

	if (s != NULL)
		return s;
	forget(d, ledger_victim(d->seen));
	return ledger_add(d->seen, key, LEDGER_QUIET);
}

static void
remember(dedup *d, ledger_key key, const event *ev)
{
	tl_oid oid = ev->n->trap_oid;
	seen *s = add(d, key);

	s->begun_ns = ev->now_ns;
	s->repeats = 0;
	s->received_ns = ev->n->received_ns;
	s->id_hash = ev->n->id_hash;
	s->device = ev->device;
	s->severity = (uint8_t)event_severity(ev);
	s->oid_len = oid.len <= OID_KEPT ? (uint8_t)oid.len : 0;
	if (s->oid_len > 0)
		memcpy(s->oid, oid.ber, s->oid_len);
}

/* Whether it says what was not known of an alarm. */
static bool
has_changed_alarm(const event *ev)
{
	return ev->j.alarm == TL_ALARM_RAISED || ev->j.alarm == TL_ALARM_CHANGED ||
	       (ev->j.alarm == TL_ALARM_CLEARED && ev->j.alarm_count > 0);
}

/* One that is worse than the first is news, whatever the key says. */
static bool
is_repeat(const dedup *d, const seen *s, const event *ev)
{
	return s != NULL && ev->now_ns - s->begun_ns < d->conf->window_ns &&
	       (unsigned)event_severity(ev) <= s->severity;
}

void
dedup_judge(dedup *d, event *ev)
{
	ledger_key key = key_of(d, ev);
	seen *s = has_changed_alarm(ev) ? NULL : ledger_find(d->seen, key);

	if (!is_repeat(d, s, ev)) {
		remember(d, key, ev);
		return;
	}
	s->repeats++;
	ev->suppressed = SUPPRESSED_REPEATED;
}

void
dedup_forget(dedup *d, const event *ev)
{
	seen *s = ledger_find(d->seen, key_of(d, ev));

	if (s == NULL)
		return;
	if (s->repeats == 0)
		ledger_remove(d->seen, s);
	else
		s->begun_ns = ev->now_ns - d->conf->window_ns;
}

static void
tell(const dedup *d, const seen *s, int64_t now_ns, const emitter *to)
{
	tl_oid oid = { s->oid, s->oid_len };
	int64_t ran_ns = now_ns - s->begun_ns;
	char id[TL_ID_LEN];
	saying say;

	if (ran_ns > d->conf->window_ns)
		ran_ns = d->conf->window_ns;
	tl_event_id(s->received_ns, s->id_hash, id);
	say_begin(&say, "repeated", TL_SEVERITY_INFO);
	say.own.source = &s->device;
	say.own.trap_oid = oid;
	say_trap(&say.text, oid, d->mib);
	tl_buf_lit(&say.text, " from ");
	say_address(&say.text, &s->device);
	tl_buf_lit(&say.text, " repeated ");
	say_count(&say.text, s->repeats);
	tl_buf_puts(&say.text, s->repeats == 1 ? " time in " : " times in ");
	say_count(&say.text, say_seconds(ran_ns));
	tl_buf_lit(&say.text, " s");
	say_number(&say, "count", s->repeats);
	say_number(&say, "seconds", say_seconds(ran_ns));
	say_field(&say, "first", (tl_span){ (const uint8_t *)id, sizeof id });
	say_end(&say, to);
}

static void
tell_lost(dedup *d, const emitter *to)
{
	saying say;

	say_begin(&say, "repeated", TL_SEVERITY_INFO);
	say_count(&say.text, d->lost);
	tl_buf_lit(&say.text, " repeats of ");
	say_count(&say.text, d->lost_keys);
	tl_buf_lit(&say.text, " others, which there was no room to remember");
	say_number(&say, "count", d->lost);
	say_number(&say, "keys", d->lost_keys);
	say_end(&say, to);
	d->lost = d->lost_keys = 0;
}

/* One that begins later than now was saved before the clock was set back. When a reload
 * has switched deduplication off, all are over. */
static bool
is_over(const dedup *d, const seen *s, int64_t now_ns)
{
	return !d->conf->enabled || now_ns - s->begun_ns >= d->conf->window_ns ||
	       s->begun_ns > now_ns;
}

void
dedup_tick(dedup *d, int64_t now_ns, const emitter *to)
{
	unsigned told = 0;
	seen *s;

	while ((s = ledger_oldest(d->seen, LEDGER_QUIET)) != NULL && told < DEDUP_TOLD &&
	       is_over(d, s, now_ns)) {
		if (s->repeats > 0) {
			tell(d, s, now_ns, to);
			told++;
		}
		ledger_remove(d->seen, s);
	}
	if (d->lost_keys > 0)
		tell_lost(d, to);
}

tl_err
dedup_save(const dedup *d, int64_t epoch_ns, tl_vec *out)
{
	saved_writer w = saved_begin(out, kind);

	saved_put_u64(&w, d->seed);
	saved_put_u64(&w, d->lost);
	saved_put_u64(&w, d->lost_keys);
	saved_put_u64(&w, ledger_count(d->seen));
	for (const seen *s = ledger_oldest(d->seen, LEDGER_QUIET); s != NULL;
	     s = ledger_newer(d->seen, s)) {
		saved_put(&w, &s->entry.key, sizeof s->entry.key);
		saved_put_u64(&w, (uint64_t)(s->begun_ns + epoch_ns));
		saved_put_u64(&w, s->repeats);
		saved_put_u64(&w, (uint64_t)s->received_ns);
		saved_put_u64(&w, s->id_hash);
		saved_put_device(&w, &s->device);
		saved_put_u64(&w, s->severity);
		saved_put_span(&w, (tl_span){ s->oid, s->oid_len });
	}
	return saved_end(&w);
}

static void
load_one(dedup *d, int64_t epoch_ns, saved_reader *r)
{
	seen one = { 0 };

	saved_get(r, &one.entry.key, sizeof one.entry.key);
	one.begun_ns = saved_get_time(r, epoch_ns);
	one.repeats = saved_get_u64(r);
	one.received_ns = (int64_t)saved_get_u64(r);
	one.id_hash = saved_get_u64(r);
	one.device = saved_get_device(r);
	one.severity = (uint8_t)saved_get_u64(r);
	tl_span oid = saved_get_span(r, OID_KEPT);
	one.oid_len = (uint8_t)oid.len;
	memcpy(one.oid, oid.ptr, oid.len);
	if (r->bad)
		return;
	seen *s = add(d, one.entry.key);
	one.entry = s->entry;
	*s = one;
}

tl_err
dedup_load(dedup *d, int64_t epoch_ns, tl_span bytes)
{
	uint64_t seed = d->seed;
	saved_reader r;
	seen *s;

	if (!saved_open(&r, kind, bytes))
		return TL_EFORMAT;
	set_seed(d, saved_get_u64(&r));
	d->lost = saved_get_u64(&r);
	d->lost_keys = saved_get_u64(&r);
	for (uint64_t left = saved_get_u64(&r); left > 0 && !r.bad; left--)
		load_one(d, epoch_ns, &r);
	if (saved_close(&r))
		return TL_OK;
	while ((s = ledger_oldest(d->seen, LEDGER_QUIET)) != NULL)
		ledger_remove(d->seen, s);
	set_seed(d, seed);
	d->lost = d->lost_keys = 0;
	return TL_EFORMAT;
}
