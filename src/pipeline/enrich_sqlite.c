/* pipeline/enrich_sqlite.c: see enrich_sqlite.h. For the threads of source.c. */
#include "pipeline/enrich_sqlite.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "pipeline/foreign.h"
#include "sys/clock.h"

enum {
	BUSY_MS = 1000,            /* how long to wait for who writes */
	QUERY_S = 10,              /* how long one query may take */
	STEPS_BETWEEN_LOOKS = 4096 /* of the virtual machine, about 0.1 ms */
};

struct database {
	database_options opt;
	sqlite3 *db;
	sqlite3_stmt *query, *version;
	dev_t dev; /* what is open */
	ino_t ino;
	int64_t end_ns; /* of the query that runs */
	bool listed;
	sqlite3_int64 listed_version;
	char problem[DATABASE_PROBLEM_MAX];
};

bool
database_lists(const char *query)
{
	char quote = '\0';

	for (; *query != '\0'; query++) {
		if (quote != '\0')
			quote = *query == quote ? '\0' : quote;
		else if (*query == '\'' || *query == '"' || *query == '`')
			quote = *query;
		else if (*query == '?')
			return false;
	}
	return true;
}

static void
close_database(database *d)
{
	sqlite3_finalize(d->query);
	sqlite3_finalize(d->version);
	sqlite3_close(d->db);
	d->query = d->version = NULL;
	d->db = NULL;
	d->listed = false;
}

/* Keeps what SQLite says, or |text|. Returns false. */
static bool
fail(database *d, const char *text)
{
	(void)snprintf(d->problem, sizeof d->problem, "%s",
	    text != NULL    ? text
	    : d->db != NULL ? sqlite3_errmsg(d->db)
			    : "cannot be opened");
	return false;
}

static int
look_at_clock(void *arg)
{
	const database *d = arg;

	return atomic_load(d->opt.stop) || tl_now_monotonic_ns() > d->end_ns;
}

static bool
prepare(database *d, const char *text, sqlite3_stmt **out)
{
	return sqlite3_prepare_v3(
		   d->db, text, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) == SQLITE_OK ||
	       fail(d, NULL);
}

static bool
prepare_all(database *d)
{
	int parameters = database_lists(d->opt.query) ? 0 : 1;

	if (!prepare(d, d->opt.query, &d->query) ||
	    !prepare(d, "PRAGMA data_version", &d->version))
		return false;
	if (d->query == NULL || sqlite3_column_count(d->query) == 0 ||
	    !sqlite3_stmt_readonly(d->query))
		return fail(d, "`query` is not one that reads");
	if (sqlite3_bind_parameter_count(d->query) != parameters)
		return fail(d, "`query` has more than one ?");
	return true;
}

/* Opens the database, also when another file has taken its place. */
static bool
open_database(database *d)
{
	struct stat st;

	d->end_ns = tl_now_monotonic_ns() + (int64_t)QUERY_S * TL_NS_PER_S;
	if (stat(d->opt.file, &st) != 0) {
		close_database(d);
		return fail(d, "is not there, or cannot be reached");
	}
	if (d->db != NULL && d->dev == st.st_dev && d->ino == st.st_ino)
		return true;
	close_database(d);
	d->dev = st.st_dev;
	d->ino = st.st_ino;
	if (sqlite3_open_v2(d->opt.file, &d->db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return fail(d, NULL);
	sqlite3_busy_timeout(d->db, BUSY_MS);
	sqlite3_progress_handler(d->db, STEPS_BETWEEN_LOOKS, look_at_clock, d);
	return prepare_all(d);
}

/* After a failure all is opened anew the next time. */
static bool
open_or_close(database *d)
{
	if (open_database(d))
		return true;
	close_database(d);
	return false;
}

static tl_span
column_text(database *d, int column)
{
	const unsigned char *text = sqlite3_column_text(d->query, column);

	return (tl_span){ text,
		text != NULL ? (size_t)sqlite3_column_bytes(d->query, column) : 0 };
}

static tl_span
column_name(database *d, int column)
{
	const char *name = sqlite3_column_name(d->query, column);

	return (tl_span){ (const uint8_t *)name, name != NULL ? strlen(name) : 0 };
}

static void
put_cell(tl_buf *cells, tl_span name, tl_span text)
{
	uint8_t name_room[FOREIGN_ROOM(TABLE_NAME_MAX)];
	uint8_t text_room[FOREIGN_ROOM(TABLE_TEXT_MAX)];
	tl_buf n = { .ptr = name_room, .cap = sizeof name_room };
	tl_buf t = { .ptr = text_room, .cap = sizeof text_room };

	(void)foreign_text(name, TABLE_NAME_MAX, &n);
	(void)foreign_text(text, TABLE_TEXT_MAX, &t);
	if (n.len > 0 && t.len > 0)
		cell_write(cells, tl_buf_written(&n), tl_buf_written(&t));
}

static void
put_row(database *d, tl_buf *cells)
{
	const tl_conf_pairs *fields = &d->opt.fields;

	for (int i = 0; i < sqlite3_column_count(d->query); i++) {
		tl_span name = column_name(d, i), text = column_text(d, i);
		for (size_t j = 0; j < fields->count; j++) {
			const char *field = fields->at[j].name;
			const char *column = fields->at[j].value;
			if (name.len == strlen(column) &&
			    memcmp(name.ptr, column, name.len) == 0)
				put_cell(cells,
				    (tl_span){ (const uint8_t *)field, strlen(field) },
				    text);
		}
		if (fields->count == 0)
			put_cell(cells, name, text);
	}
}

static bool
has_column(database *d, const char *column)
{
	for (int i = 0; i < sqlite3_column_count(d->query); i++)
		if (strcmp(sqlite3_column_name(d->query, i), column) == 0)
			return true;
	return false;
}

bool
database_check(database *d)
{
	char text[DATABASE_PROBLEM_MAX];

	if (!open_or_close(d))
		return false;
	if (sqlite3_exec(d->db, "SELECT 1 FROM sqlite_master", NULL, NULL, NULL) !=
	    SQLITE_OK) /* a statement without tables has not looked at the file */
		return fail(d, NULL);
	for (size_t i = 0; i < d->opt.fields.count; i++) {
		const char *column = d->opt.fields.at[i].value;
		if (has_column(d, column))
			continue;
		snprintf(text, sizeof text, "`query` gives no column '%.100s'", column);
		return fail(d, text);
	}
	return true;
}

bool
database_ask(database *d, tl_span key, tl_buf *cells)
{
	if (!open_or_close(d))
		return false;
	sqlite3_bind_text(
	    d->query, 1, (const char *)key.ptr, (int)key.len, SQLITE_STATIC);
	int got = sqlite3_step(d->query);
	if (got == SQLITE_ROW)
		put_row(d, cells);
	bool done = got == SQLITE_ROW || got == SQLITE_DONE || fail(d, NULL);
	sqlite3_reset(d->query);
	sqlite3_clear_bindings(d->query);
	if (!done)
		close_database(d);
	return done;
}

/* A number that changes when somebody else has written. */
static sqlite3_int64
data_version(database *d)
{
	sqlite3_int64 version = sqlite3_step(d->version) == SQLITE_ROW
				    ? sqlite3_column_int64(d->version, 0)
				    : -1;

	sqlite3_reset(d->version);
	return version;
}

bool
database_changed(database *d)
{
	return !open_or_close(d) || !d->listed || data_version(d) != d->listed_version;
}

bool
database_list(database *d, rows *to)
{
	uint32_t number = 0;
	int got;

	if (!open_or_close(d))
		return false;
	sqlite3_int64 version = data_version(d);
	while ((got = sqlite3_step(d->query)) == SQLITE_ROW) {
		rows_begin(to, ++number);
		for (int i = 1; i < sqlite3_column_count(d->query); i++)
			rows_cell(to, column_name(d, i), column_text(d, i));
		rows_end(to, column_text(d, 0));
	}
	bool done = got == SQLITE_DONE || fail(d, NULL);
	sqlite3_reset(d->query);
	d->listed = done;
	d->listed_version = version;
	if (!done)
		close_database(d);
	return done;
}

const char *
database_problem(const database *d)
{
	return d->problem;
}

database *
database_new(const database_options *opt)
{
	database *d = calloc(1, sizeof *d);

	if (d != NULL)
		d->opt = *opt;
	return d;
}

void
database_free(database *d)
{
	if (d != NULL)
		close_database(d);
	free(d);
}
