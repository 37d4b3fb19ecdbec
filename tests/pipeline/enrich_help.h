/* tests/pipeline/enrich_help.h: tables in a folder of their own, and what is told of
 * them. */
#ifndef TESTS_PIPELINE_ENRICH_HELP_H
#define TESTS_PIPELINE_ENRICH_HELP_H

#include <pthread.h>

#include "base/buf.h"
#include "conf/folder.h"
#include "pipeline/enrich.h"
#include "pipeline/samples.h"

enum { S = 1000000000 };

/* What was told, a line each: "error devices: ...". */
typedef struct told {
	pthread_mutex_t lock;
	char text[65536];
} told;

static inline void
keep_told(void *context, tl_conf_log_level level, const char *table, const char *text)
{
	static const char *const words[] = { "error", "warning", "info", "debug" };
	told *t = context;

	pthread_mutex_lock(&t->lock);
	size_t len = strlen(t->text);
	(void)snprintf(t->text + len, sizeof t->text - len, "%s %s: %s\n", words[level],
	    table, text);
	pthread_mutex_unlock(&t->lock);
}

/* Tables, and one worker's view of them. */
typedef struct tables {
	tl_conf *conf;
	enrich *e;
	enrich_view *v;
	told told;
} tables;

static inline void
tables_open(tables *t, const char *yaml)
{
	memset(t, 0, sizeof *t);
	pthread_mutex_init(&t->told.lock, NULL);
	t->conf = good(yaml);
	t->e = enrich_new(t->conf, NULL, &(enrich_notices){ keep_told, &t->told });
	assert_non_null(t->e);
	t->v = enrich_view_new(t->e, the_mib);
	assert_non_null(t->v);
}

static inline void
tables_close(tables *t)
{
	enrich_view_free(t->v);
	enrich_free(t->e);
	tl_conf_free(t->conf);
	pthread_mutex_destroy(&t->told.lock);
}

/* What was told since the last time, with the folder taken away. */
static inline void
assert_told(tables *t, const char *wanted)
{
	char text[sizeof t->told.text];
	const char *from = t->told.text;
	size_t len = 0, cut = strlen(folder) + 1;

	while (*from != '\0') {
		if (strncmp(from, folder, cut - 1) == 0)
			from += cut;
		else
			text[len++] = *from++;
	}
	text[len] = '\0';
	assert_string_equal(text, wanted);
	t->told.text[0] = '\0';
}

/* The fields that |s| has, "site=Berlin rack=7", in order. */
static inline void
assert_fields(const sample *s, const char *wanted)
{
	char text[8192] = "";
	size_t len = 0;

	for (size_t i = 0; i < s->ev.j.field_count; i++) {
		const tl_field *f = &s->ev.fields[i];
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%.*s=%.*s",
		    i > 0 ? " " : "", (int)f->name.len, (const char *)f->name.ptr,
		    (int)f->text.len, (const char *)f->text.ptr);
	}
	assert_string_equal(text, wanted);
}

/* The fields of an event of the device |address|. */
static inline void
assert_known(tables *t, const char *address, const char *wanted)
{
	sample *s = sample_new("1.3.6.1.6.3.1.1.5.3");

	s->n.from = s->ev.device = endpoint_of(address);
	enrich_view_sync(t->v);
	enrich_judge(t->v, &s->ev);
	assert_fields(s, wanted);
	sample_free(s);
}

#endif
