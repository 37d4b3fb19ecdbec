/* Tests of pipeline/enrich_sqlite.c, and of answers.c behind it. */
#include <sqlite3.h>
#include <stdatomic.h>

#include "pipeline/enrich_help.h"
#include "pipeline/enrich_sqlite.h"
#include "sys/clock.h"

#define ASK "SELECT site, rack FROM devices WHERE address = ?"
#define LIST "SELECT address, site, rack FROM devices"
#define TABLE(query)                                                                     \
	"enrichment:\n"                                                                  \
	"  devices: {type: sqlite, file: d.db, refresh: 10s, query: \"" query "\"}\n"

static atomic_bool go_on;

static void
run_sql(const char *file, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void
make_database(const char *file)
{
	(void)remove(file);
	run_sql(file, "CREATE TABLE devices (address TEXT, site TEXT, rack INTEGER);"
		      "INSERT INTO devices VALUES ('10.0.0.1', 'Berlin', 7);"
		      "INSERT INTO devices VALUES ('10.0.0.2', 'Rome', NULL);");
}

/* The fields that |d| answers for |key|, or "(none)", or the problem. */
static void
assert_asked(database *d, const char *key, const char *wanted)
{
	static uint8_t room[DATABASE_ROW_MAX];
	sample *s = sample_new("IF-MIB::linkDown");
	tl_buf b = { .ptr = room, .cap = sizeof room };

	if (!database_ask(d, span_of(key), &b)) {
		assert_string_equal(database_problem(d), wanted);
	} else {
		cells_put(tl_buf_written(&b), &s->ev);
		assert_fields(s, wanted);
	}
	sample_free(s);
}

static database *
open_asking(const char *query)
{
	database *d = database_new(
	    &(database_options){ .file = "d.db", .query = query, .stop = &go_on });

	assert_non_null(d);
	return d;
}

static void
test_asks_for_one_key(void **state)
{
	(void)state;
	make_database("d.db");
	database *d = open_asking(ASK);
	assert_asked(d, "10.0.0.1", "site=Berlin rack=7");
	assert_asked(d, "10.0.0.2", "site=Rome");
	assert_asked(d, "10.0.0.3", "");
	assert_asked(d, "'; DROP TABLE devices; --", "");
	assert_asked(d, "10.0.0.1", "site=Berlin rack=7");
	database_free(d);
}

static void
test_texts_are_made_fit(void **state)
{
	(void)state;
	make_database("d.db");
	run_sql("d.db", "INSERT INTO devices VALUES ('x', x'5afc0a72', 1.5)");
	database *d = open_asking(ASK);
	assert_asked(d, "x", "site=Zü r rack=1.5");
	database_free(d);
}

static void
test_sees_changes_and_another_file_in_its_place(void **state)
{
	(void)state;
	make_database("d.db");
	database *d = open_asking(ASK);
	assert_asked(d, "10.0.0.2", "site=Rome");
	run_sql("d.db", "UPDATE devices SET rack = 9");
	assert_asked(d, "10.0.0.2", "site=Rome rack=9");
	make_database("e.db");
	run_sql("e.db", "UPDATE devices SET site = 'Oslo'");
	assert_int_equal(rename("e.db", "d.db"), 0);
	assert_asked(d, "10.0.0.2", "site=Oslo");
	database_free(d);
}

static void
test_tells_what_is_wrong(void **state)
{
	(void)state;
	(void)remove("d.db");
	database *d = open_asking(ASK);
	assert_asked(d, "a", "is not there, or cannot be reached");
	write_file("d.db", "this is no database, but long enough to be looked at as one, "
			   "which takes a hundred bytes at the least, so here are more");
	assert_asked(d, "a", "file is not a database");
	make_database("d.db");
	assert_asked(d, "10.0.0.2", "site=Rome");
	run_sql("d.db", "DROP TABLE devices");
	assert_asked(d, "10.0.0.2", "no such table: devices");
	database_free(d);
}

static void
test_never_writes(void **state)
{
	(void)state;
	make_database("d.db");
	database *d = open_asking("DELETE FROM devices WHERE address = ?");
	assert_asked(d, "10.0.0.1", "`query` is not one that reads");
	database_free(d);
	d = open_asking("DELETE FROM devices WHERE address = ? RETURNING site");
	assert_asked(d, "10.0.0.1", "`query` is not one that reads");
	database_free(d);
	d = open_asking("SELECT site FROM devices WHERE address = ? OR site = ?");
	assert_asked(d, "10.0.0.1", "`query` has more than one ?");
	database_free(d);
	d = open_asking(ASK);
	assert_asked(d, "10.0.0.1", "site=Berlin rack=7");
	database_free(d);
}

static void
test_breaks_off_when_it_is_to_stop(void **state)
{
	(void)state;
	make_database("d.db");
	database *d =
	    open_asking("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
			"FROM n) SELECT count(*) FROM n WHERE i != ?");
	atomic_store(&go_on, true);
	assert_asked(d, "0", "interrupted");
	atomic_store(&go_on, false);
	database_free(d);
}

static void
test_a_question_mark_asks_and_none_lists(void **state)
{
	(void)state;
	assert_false(database_lists(ASK));
	assert_true(database_lists(LIST));
	assert_true(database_lists("SELECT '?', \"a?\" FROM `x?`"));
	assert_false(database_lists("SELECT '''' || ?"));
}

static void
test_lists_all_rows_by_their_first_column(void **state)
{
	tables t;

	(void)state;
	make_database("d.db");
	tables_open(&t, TABLE(LIST));
	assert_told(&t, "info devices: 2 rows read\n");
	assert_known(&t, "10.0.0.1", "site=Berlin rack=7");
	enrich_look(t.e, 10 * (int64_t)S);
	assert_told(&t, "");
	run_sql("d.db", "UPDATE devices SET site = 'Oslo'");
	enrich_look(t.e, 20 * (int64_t)S);
	assert_told(&t, "info devices: 2 rows read\n");
	assert_known(&t, "10.0.0.2", "site=Oslo");
	run_sql("d.db", "DROP TABLE devices");
	enrich_look(t.e, 30 * (int64_t)S);
	enrich_look(t.e, 40 * (int64_t)S);
	assert_told(&t, "error devices: d.db no such table: devices\n");
	assert_known(&t, "10.0.0.2", "site=Oslo");
	make_database("d.db");
	enrich_look(t.e, 50 * (int64_t)S);
	assert_known(&t, "10.0.0.2", "site=Rome");
	tables_close(&t);
}

/* Judges events of 10.0.0.1 at |now_ns| until its site is |wanted|, for 30 s at most. */
static void
await(tables *t, int64_t now_ns, const char *wanted)
{
	int64_t end_ns = tl_now_monotonic_ns() + 30 * (int64_t)S;
	sample *s = sample_new("IF-MIB::linkDown");
	tl_span site;

	s->n.from = endpoint_of("10.0.0.1");
	do {
		tl_arena_reset(s->arena);
		event_init(&s->ev, &s->n, the_mib, s->arena);
		s->ev.now_ns = now_ns;
		enrich_judge(t->v, &s->ev);
		site = event_field(&s->ev, LIT("site"));
	} while (
	    tl_now_monotonic_ns() < end_ns &&
	    !(site.len == strlen(wanted) && memcmp(site.ptr, wanted, site.len) == 0));
	assert_bytes(site, span_of(wanted));
	sample_free(s);
}

static void
test_later_events_have_the_answer(void **state)
{
	enrich_counters c;
	tables t;

	(void)state;
	make_database("d.db");
	tables_open(&t, TABLE(ASK));
	assert_known(&t, "10.0.0.1", "");
	assert_true(enrich_start(t.e));
	await(&t, 0, "Berlin");
	run_sql("d.db", "UPDATE devices SET site = 'Oslo'");
	await(&t, 0, "Berlin");
	await(&t, INT64_MAX, "Oslo");
	enrich_count(t.e, 0, &c);
	assert_int_equal(c.asked.entries, 1);
	assert_true(c.asked.unknown == 1 && c.asked.found >= 3);
	tables_close(&t);
}

static void
test_what_was_known_counts_when_the_database_fails(void **state)
{
	tables t;

	(void)state;
	make_database("d.db");
	tables_open(&t, TABLE(ASK));
	assert_known(&t, "10.0.0.1", "");
	assert_true(enrich_start(t.e));
	await(&t, 0, "Berlin");
	(void)remove("d.db");
	int64_t end_ns = tl_now_monotonic_ns() + 30 * (int64_t)S;
	enrich_counters c;
	do {
		await(&t, INT64_MAX, "Berlin");
		enrich_count(t.e, 0, &c);
	} while (c.failures == 0 && tl_now_monotonic_ns() < end_ns);
	assert_true(c.failing);
	tables_close(&t);
	assert_told(&t, "error devices: d.db is not there, or cannot be reached\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asks_for_one_key),
		cmocka_unit_test(test_texts_are_made_fit),
		cmocka_unit_test(test_sees_changes_and_another_file_in_its_place),
		cmocka_unit_test(test_tells_what_is_wrong),
		cmocka_unit_test(test_never_writes),
		cmocka_unit_test(test_breaks_off_when_it_is_to_stop),
		cmocka_unit_test(test_a_question_mark_asks_and_none_lists),
		cmocka_unit_test(test_lists_all_rows_by_their_first_column),
		cmocka_unit_test(test_later_events_have_the_answer),
		cmocka_unit_test(test_what_was_known_counts_when_the_database_fails),
	};

	return enter_folder(NULL) != 0
		   ? 1
		   : cmocka_run_group_tests(tests, load_mib, leave_folder);
}
