/* pipeline/enrich_sqlite.h: rows from an SQLite database, read-only. One thread at a
 * time. */
#ifndef PIPELINE_ENRICH_SQLITE_H
#define PIPELINE_ENRICH_SQLITE_H

#include <stdatomic.h>

#include "pipeline/table.h"

enum { DATABASE_PROBLEM_MAX = 256, DATABASE_ROW_MAX = EVENT_FIELDS_MAX * TABLE_CELL_MAX };

typedef struct database database;

typedef struct database_options {
	const char *file, *query;
	tl_conf_pairs fields;    /* event's field, column; none: every column */
	const atomic_bool *stop; /* set: whatever is being read is broken off */
} database_options;

/* Whether |query| lists all rows: it has no ? for a key. The first column then is the
 * key. */
bool database_lists(const char *query);

/* Opens nothing yet; borrows what |opt| names. NULL without memory. */
database *database_new(const database_options *opt);
void database_free(database *d); /* NULL is fine */

/* Whether it can be asked: the file, the statement, the columns that fields come from.
 * False: database_problem() tells. */
bool database_check(database *d);

/* Asks for |key| and writes the cells of the first row, nothing if there is none. False
 * when it cannot be asked: database_problem() tells. */
bool database_ask(database *d, tl_span key, tl_buf *cells);

/* Reads all rows. False when they cannot be read. */
bool database_list(database *d, rows *to);

/* Whether the database is not what it was at the last database_list(). */
bool database_changed(database *d);

const char *database_problem(const database *d);

#endif
