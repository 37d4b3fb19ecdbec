/* daemon/tally.c: see tally.h. For the end, SIGUSR1, `trapline status` and /metrics. */
#include "daemon/tally.h"

#include <stdlib.h>

#include "base/buf.h"

enum { ROOM = UNRESOLVED_ROOM + 65536 };

static void
add_engine(tl_counters *sum, const tl_counters *c)
{
	sum->received += c->received;
	sum->notifications += c->notifications;
	sum->traps += c->traps;
	sum->informs += c->informs;
	for (size_t i = 0; i < sizeof c->by_version / sizeof c->by_version[0]; i++)
		sum->by_version[i] += c->by_version[i];
	sum->duplicates += c->duplicates;
	for (int i = 0; i < TL_ERR_COUNT; i++)
		sum->refused[i] += c->refused[i];
	sum->reports += c->reports;
	sum->acknowledged += c->acknowledged;
	/* each thread learns of those that the others hear */
	sum->engines = c->engines > sum->engines ? c->engines : sum->engines;
}

tally
tally_take(intake *at, unsigned count)
{
	tally t = { 0 };

	for (unsigned i = 0; i < count; i++) {
		intake_counters c = intake_count(&at[i]);
		add_engine(&t.engine, &c.engine);
		for (int why = 0; why < SUPPRESSION_COUNT; why++) {
			t.suppressed[why] += c.suppressed[why];
			t.all_suppressed += c.suppressed[why];
		}
		t.lost += c.lost;
		t.unsent += c.unsent;
	}
	t.delivered = t.engine.notifications - t.all_suppressed;
	return t;
}

static void
put_number(tl_buf *b, const char *key, uint64_t value)
{
	tl_buf_puts(b, key);
	tl_buf_u64(b, value);
}

static void
put_suppressed(tl_buf *b, const tally *t)
{
	const char *before = "";

	tl_buf_lit(b, ",\"suppressed_by\":{");
	for (int why = 1; why < SUPPRESSION_COUNT; why++) {
		tl_buf_puts(b, before);
		tl_buf_putc(b, '"');
		tl_buf_puts(b, suppression_word((suppression)why));
		put_number(b, "\":", t->suppressed[why]);
		before = ",";
	}
	tl_buf_lit(b, "}");
}

static void
put_output(tl_buf *b, const char *before, const outlet *o)
{
	feeder_counters c;

	feeder_count(o->feeder, &c);
	tl_buf_puts(b, before);
	tl_buf_putc(b, '"');
	tl_buf_puts(b, o->conf->name);
	put_number(b, "\":{\"offered\":", c.offered);
	put_number(b, ",\"delivered\":", c.delivered);
	put_number(b, ",\"dropped\":", c.dropped);
	put_number(b, ",\"rejected\":", c.rejected);
	put_number(b, ",\"given_up\":", c.given_up);
	put_number(b, ",\"retries\":", c.retries);
	put_number(b, ",\"waiting\":", c.waiting);
	tl_buf_lit(b, "}");
}

static void
put_outputs(tl_buf *b, const snapshot *s)
{
	const char *before = "";

	tl_buf_lit(b, ",\"outputs\":{");
	for (size_t i = 0; i < s->outlet_count; i++)
		if (s->outlets[i] != NULL) {
			put_output(b, before, s->outlets[i]);
			before = ",";
		}
	tl_buf_lit(b, "}");
}

char *
tally_json(const tally *t, judging *j, size_t *len)
{
	tl_buf b = { .ptr = malloc(ROOM), .cap = ROOM - 1 };
	snapshot *s;

	if (b.ptr == NULL)
		return NULL;
	if (tl_render_counters(&t->engine, t->all_suppressed, t->lost, &b) != TL_OK) {
		free(b.ptr);
		return NULL;
	}
	b.len -= sizeof "}\n" - 1;
	put_suppressed(&b, t);
	s = judging_snapshot(j);
	put_outputs(&b, s);
	snapshot_drop(s);
	pthread_mutex_lock(&j->lock);
	put_number(&b, ",\"own_events\":", j->own_events);
	put_number(&b, ",\"lost_for_memory\":", j->lost_for_memory);
	tl_buf_lit(&b, ",");
	tl_err err = unresolved_put(j->unresolved, &b);
	pthread_mutex_unlock(&j->lock);
	if (err != TL_OK)
		b.len--;
	tl_buf_lit(&b, "}");
	b.ptr[b.len] = '\0';
	*len = b.len;
	return (char *)b.ptr;
}
