/* cli/explain_tables.c: tables and names for `trapline explain`. The daemon lets no event
 * wait for a database or the DNS, and knows what they say a moment later; here is shown
 * what it will know then, so they are waited for, for a while. For explain_trace.c. */
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "cli/explain.h"
#include "pipeline/enrich.h"
#include "pipeline/names.h"
#include "sys/clock.h"

enum { WAIT_MS = 2, SEED = 1 };
#define PATIENCE_NS ((int64_t)5 * TL_NS_PER_S)

struct explain_tables {
	enrich_notices notices;
	enrich *tables;
	enrich_view *view;
	names *names; /* NULL: not to be asked */
};

static void
tell(void *context, tl_conf_log_level level, const char *table, const char *text)
{
	(void)context;
	if (level <= TL_LOG_WARNING)
		cli_error("explain", "enrichment %s: %s", table, text);
}

explain_tables *
explain_tables_new(const tl_conf *conf, const tl_mib *mib)
{
	explain_tables *t = calloc(1, sizeof *t);
	bool good = t != NULL;

	if (!good)
		return NULL;
	t->notices.tell = tell;
	t->tables = enrich_new(conf, NULL, &t->notices);
	if (t->tables != NULL)
		t->view = enrich_view_new(t->tables, mib);
	good = t->view != NULL && enrich_start(t->tables);
	if (good && conf->reverse_dns.enabled) {
		t->names = names_new(&conf->reverse_dns, SEED, NULL);
		good = t->names != NULL;
	}
	if (good)
		return t;
	explain_tables_free(t);
	return NULL;
}

void
explain_tables_free(explain_tables *t)
{
	if (t == NULL)
		return;
	names_free(t->names);
	enrich_view_free(t->view);
	enrich_free(t->tables);
	free(t);
}

static uint32_t
questions(const explain_tables *t)
{
	uint32_t asking = t->names != NULL ? names_count(t->names).asking : 0;
	enrich_counters c;

	for (size_t i = 0; i < enrich_tables(t->tables); i++) {
		enrich_count(t->tables, i, &c);
		asking += c.asked.asking;
	}
	return asking;
}

static void
wait_for_answers(const explain_tables *t)
{
	int64_t end_ns = tl_now_monotonic_ns() + PATIENCE_NS;

	while (questions(t) > 0 && tl_now_monotonic_ns() < end_ns)
		nanosleep(&(struct timespec){ .tv_nsec = WAIT_MS * 1000000L }, NULL);
}

/* Asks with |ask|, and once more when the answers are there. Answers grow old by the
 * clock of now, whenever the event was. */
static void
ask_twice(explain_tables *t, event *ev, void (*ask)(explain_tables *, event *))
{
	int64_t then_ns = ev->now_ns;

	ev->now_ns = tl_now_monotonic_ns();
	ask(t, ev);
	wait_for_answers(t);
	ask(t, ev);
	ev->now_ns = then_ns;
}

static void
look_up(explain_tables *t, event *ev)
{
	enrich_judge(t->view, ev);
}

static void
look_up_again(explain_tables *t, event *ev)
{
	enrich_judge_again(t->view, ev);
}

static void
ask_name(explain_tables *t, event *ev)
{
	names_judge(t->names, ev);
}

static void
judge_tables(void *self, event *ev)
{
	explain_tables *t = self;

	enrich_view_sync(t->view);
	ask_twice(t, ev, look_up);
}

static void
judge_tables_again(void *self, event *ev)
{
	ask_twice(self, ev, look_up_again);
}

static void
judge_names(void *self, event *ev)
{
	ask_twice(self, ev, ask_name);
}

void
explain_tables_stages(explain_tables *t, stage *of_tables, stage *of_names)
{
	*of_tables = (stage){ .name = "enrichment",
		.judge = judge_tables,
		.again = judge_tables_again,
		.self = t };
	*of_names = (stage){
		.name = "names", .judge = t->names != NULL ? judge_names : NULL, .self = t
	};
}
