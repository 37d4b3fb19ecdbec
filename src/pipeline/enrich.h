/* pipeline/enrich.h: what tables know of a device becomes fields of its events. The files
 * are read, and read again, by threads of their own; the workers look rows up in tables
 * that do not change, and never wait. docs/enrichment.md. */
#ifndef PIPELINE_ENRICH_H
#define PIPELINE_ENRICH_H

#include "conf/conf.h"
#include "pipeline/answers.h"
#include "pipeline/event.h"

/* What is told of a table: |level| is TL_LOG_ERROR, when it cannot be read: then the old
 * one counts; TL_LOG_WARNING, when something is odd in it; TL_LOG_INFO, when it was read.
 * From any thread. */
typedef struct enrich_notices {
	void (*tell)(
	    void *context, tl_conf_log_level level, const char *table, const char *text);
	void *context;
} enrich_notices;

typedef struct enrich enrich;

/* Reads all tables of |conf|, which must last as long as it. A table that |old| (may be
 * NULL) has from a like configuration goes on as it is. What is wrong with one is told to
 * |to|, which must last as long as any that goes on; it has no rows then until it can be
 * read. NULL without memory. */
enrich *enrich_new(const tl_conf *conf, const enrich *old, const enrich_notices *to);

/* Waits for the threads of tables that nobody else has. NULL is fine. */
void enrich_free(enrich *e);

/* Starts the threads that look for changes and ask databases. False if one cannot be
 * started: its table stays as it is. */
bool enrich_start(enrich *e);

/* Looks for changes of files, where it is time; for those who have no threads. Returns
 * when to look again, monotonic. */
int64_t enrich_look(enrich *e, int64_t now_ns);

typedef struct enrich_counters {
	uint32_t rows;
	size_t bytes;             /* of memory, about */
	uint64_t reads, failures; /* of the file, or of the database */
	bool failing;             /* the last did */
	answers_counters asked;   /* of a query with a ? */
} enrich_counters;

size_t enrich_tables(const enrich *e);
const char *enrich_name(const enrich *e, size_t i);
void enrich_count(enrich *e, size_t i, enrich_counters *out); /* any thread */

/* How one worker sees the tables. */
typedef struct enrich_view enrich_view;

/* |e| and |mib|, by which keys that are objects are known, must last as long. NULL
 * without memory. */
enrich_view *enrich_view_new(const enrich *e, const tl_mib *mib);
void enrich_view_free(enrich_view *v); /* NULL is fine */

/* Goes on with the tables as they are now. Between batches: it ends what events have
 * borrowed from the old ones. */
void enrich_view_sync(enrich_view *v);

/* Adds the fields of the rows that fit |ev|; of those that several tables have the last
 * counts. */
void enrich_judge(enrich_view *v, event *ev);

#endif
