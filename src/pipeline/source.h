/* pipeline/source.h: where one enrichment table comes from: a file or a database, looked
 * at again and again by a thread of its own. Outlives the configuration that it was made
 * of, so that the next one can go on with it. */
#ifndef PIPELINE_SOURCE_H
#define PIPELINE_SOURCE_H

#include "pipeline/answers.h"
#include "pipeline/enrich.h"
#include "pipeline/table.h"

enum {
	SOURCE_BYTES_MAX = 256 << 20, /* of a file */
	SOURCE_ANSWERS_MAX = 100000,  /* keys remembered, of a query with a ? */
	SOURCE_ANSWER_BYTES_MAX = 64 << 20,
	SOURCE_WAITING_MAX = 4096, /* keys asked for at once */
};

typedef struct source source;

/* Copies |conf|; |to| must last as long as the source. One holder. NULL without memory.
 */
source *source_new(const tl_conf_enrichment *conf, const enrich_notices *to);

/* One more holder, and one less: the last ends the thread and frees it. */
source *source_hold(source *s);
void source_drop(source *s); /* NULL is fine */

/* Whether it was made of a configuration like |conf|. */
bool source_is(const source *s, const tl_conf_enrichment *conf);

/* Looks at the file, if it is time, and reads it if it has changed; returns when to look
 * again. The thread does it, once it is started; not for queries with a ?. */
int64_t source_look(source *s, int64_t now_ns);

/* Starts the thread, unless it runs. False if it cannot. */
bool source_start(source *s);

/* Changes with every table. Any thread. */
uint64_t source_version(const source *s);

/* The table as it is now, held for the caller; NULL: there is none yet. Any thread. */
table *source_table(source *s);

/* Of a query with a ?; NULL: it has a table. */
answers *source_answers(const source *s);

void source_count(source *s, enrich_counters *out);

#endif
