/* pipeline/enrich.c: the tables of a configuration, and how workers see them; see
 * enrich.h. */
#include "pipeline/enrich.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "pipeline/field.h"
#include "pipeline/source.h"

struct enrich {
	const tl_conf_enrichments *conf;
	size_t count;
	source *at[];
};

/* Keys that an event has as an address, of tables that are held. */
typedef enum address_key { ADDRESS_NOT = 0, ADDRESS_DEVICE, ADDRESS_PEER } address_key;

/* A table as a worker sees it. */
typedef struct look {
	source *from;
	uint64_t version;
	table *held; /* NULL: there is none */
	answers *answers;
	tl_span answer; /* that the last event got */
	address_key address;
	field key;
} look;

struct enrich_view {
	size_t count;
	look at[];
};

/* The source of |conf| in |e|; NULL: it has none. */
static source *
find_like(const enrich *e, const tl_conf_enrichment *conf)
{
	for (size_t i = 0; e != NULL && i < e->count; i++)
		if (source_is(e->at[i], conf))
			return e->at[i];
	return NULL;
}

enrich *
enrich_new(const tl_conf *conf, const enrich *old, const enrich_notices *to)
{
	const tl_conf_enrichments *tables = &conf->enrichment;
	enrich *e = calloc(1, sizeof *e + tables->count * sizeof(source *));

	if (e == NULL)
		return NULL;
	e->conf = tables;
	for (size_t i = 0; i < tables->count; i++) {
		source *like = find_like(old, &tables->at[i]);
		e->at[i] =
		    like != NULL ? source_hold(like) : source_new(&tables->at[i], to);
		if (e->at[i] == NULL) {
			enrich_free(e);
			return NULL;
		}
		e->count++;
		if (like == NULL)
			(void)source_look(e->at[i], 0);
	}
	return e;
}

void
enrich_free(enrich *e)
{
	for (size_t i = 0; e != NULL && i < e->count; i++)
		source_drop(e->at[i]);
	free(e);
}

bool
enrich_start(enrich *e)
{
	bool all = true;

	for (size_t i = 0; i < e->count; i++)
		all &= source_start(e->at[i]);
	return all;
}

int64_t
enrich_look(enrich *e, int64_t now_ns)
{
	int64_t due_ns = INT64_MAX;

	for (size_t i = 0; i < e->count; i++) {
		int64_t at_ns = source_look(e->at[i], now_ns);
		due_ns = at_ns < due_ns ? at_ns : due_ns;
	}
	return due_ns;
}

size_t
enrich_tables(const enrich *e)
{
	return e->count;
}

const char *
enrich_name(const enrich *e, size_t i)
{
	return e->conf->at[i].name;
}

void
enrich_count(enrich *e, size_t i, enrich_counters *out)
{
	source_count(e->at[i], out);
}

/* Looking up. */

static address_key
address_of(const char *key)
{
	if (strcmp(key, "device") == 0)
		return ADDRESS_DEVICE;
	return strcmp(key, "source") == 0 ? ADDRESS_PEER : ADDRESS_NOT;
}

enrich_view *
enrich_view_new(const enrich *e, const tl_mib *mib)
{
	enrich_view *v = calloc(1, sizeof *v + e->count * sizeof(look));

	if (v == NULL)
		return NULL;
	v->count = e->count;
	for (size_t i = 0; i < v->count; i++) {
		const char *key = e->conf->at[i].key;
		v->at[i] = (look){ .from = source_hold(e->at[i]),
			.answers = source_answers(e->at[i]) };
		if (v->at[i].answers == NULL)
			v->at[i].address = address_of(key);
		field_resolve(key, mib, &v->at[i].key);
	}
	enrich_view_sync(v);
	return v;
}

void
enrich_view_free(enrich_view *v)
{
	for (size_t i = 0; v != NULL && i < v->count; i++) {
		table_drop(v->at[i].held);
		source_drop(v->at[i].from);
	}
	free(v);
}

void
enrich_view_sync(enrich_view *v)
{
	for (size_t i = 0; i < v->count; i++) {
		look *l = &v->at[i];
		uint64_t version = source_version(l->from);
		if (version == l->version)
			continue;
		table *old = l->held;
		l->held = source_table(l->from);
		l->version = version;
		table_drop(old);
	}
}

static void
judge(look *l, event *ev)
{
	uint8_t room[TABLE_TEXT_MAX];
	tl_buf text = { .ptr = room, .cap = sizeof room };
	const uint8_t *row;

	if (!field_write(&l->key, ev, FIELD_TEXT, &text) || text.full)
		return;
	if (l->answers != NULL) {
		l->answer = answers_find(
		    l->answers, tl_buf_written(&text), ev->now_ns, ev->arena);
		cells_put(l->answer, ev);
	} else if (l->held != NULL) {
		row = table_find(l->held, tl_buf_written(&text));
		if (row != NULL)
			table_put(l->held, row, ev);
	}
}

void
enrich_judge(enrich_view *v, event *ev)
{
	if (ev->n == NULL)
		return;
	for (size_t i = 0; i < v->count; i++) {
		look *l = &v->at[i];
		if (l->address == ADDRESS_NOT) {
			l->answer = (tl_span){ NULL, 0 };
			judge(l, ev);
			continue;
		}
		const tl_endpoint *ep =
		    l->address == ADDRESS_DEVICE ? &ev->device : &ev->n->from;
		const uint8_t *row =
		    l->held != NULL ? table_find_address(l->held, ep->addr) : NULL;
		if (row != NULL)
			table_put(l->held, row, ev);
	}
}

/* Takes away the fields whose texts lie in |texts|. */
static void
take_back(event *ev, tl_span texts)
{
	uintptr_t from = (uintptr_t)texts.ptr;
	size_t kept = 0;

	for (size_t i = 0; i < ev->j.field_count; i++)
		if ((uintptr_t)ev->fields[i].text.ptr - from >= texts.len)
			ev->fields[kept++] = ev->fields[i];
	ev->j.field_count = kept;
}

void
enrich_judge_again(enrich_view *v, event *ev)
{
	for (size_t i = 0; ev->n != NULL && i < v->count; i++) {
		const look *l = &v->at[i];
		take_back(ev, l->answer);
		if (l->held != NULL)
			take_back(ev, table_texts(l->held));
	}
	enrich_judge(v, ev);
}
