/* pipeline/source.c: see source.h. enrich.c has one for every table. */
#include "pipeline/source.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/hash.h"
#include "pipeline/enrich_read.h"
#include "pipeline/enrich_sqlite.h"
#include "sys/clock.h"
#include "sys/cond.h"
#include "sys/fs.h"

enum { TEXT_MAX = 1024 };
#define SETTLE_NS ((int64_t)TL_NS_PER_S) /* a file that changes is left alone so long */

/* What tells a file from what it was. */
typedef struct stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec written, changed;
} stamp;

struct source {
	_Atomic uint32_t holders;
	tl_conf_enrichment conf; /* a copy */
	table_form form;
	enrich_notices to;
	database *db;
	answers *answers;

	/* Of whoever looks. */
	stamp read, seen;
	bool was_read;
	int64_t due_ns;
	char told[TEXT_MAX]; /* the last failure; empty: none since it went well */

	pthread_t thread;
	bool runs;
	atomic_bool stop;
	_Atomic uint64_t version;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t wake;
	table *now;
	enrich_counters counters;
};

/* Telling. */

static void
tell(const source *s, tl_conf_log_level level, tl_buf *text)
{
	char room[TEXT_MAX];
	size_t len = text->len < sizeof room ? text->len : sizeof room - 1;

	memcpy(room, text->ptr, len);
	room[len] = '\0';
	s->to.tell(s->to.context, level, s->conf.name, room);
}

/* Counts a failure, and tells it if it is another than the last. */
static void
fail(source *s, const char *problem, uint32_t line)
{
	char room[TEXT_MAX];
	tl_buf b = { .ptr = (uint8_t *)room, .cap = sizeof room - 1 };

	tl_buf_puts(&b, s->conf.file);
	if (line != 0) {
		tl_buf_putc(&b, ':');
		tl_buf_u64(&b, line);
	}
	tl_buf_putc(&b, ' ');
	tl_buf_puts(&b, problem);
	room[b.len] = '\0';
	pthread_mutex_lock(&s->lock);
	s->counters.failures++;
	s->counters.failing = true;
	pthread_mutex_unlock(&s->lock);
	if (strcmp(room, s->told) == 0)
		return;
	memcpy(s->told, room, b.len + 1);
	tell(s, TL_LOG_ERROR, &b);
}

static void
succeed(source *s)
{
	pthread_mutex_lock(&s->lock);
	s->counters.reads++;
	s->counters.failing = false;
	pthread_mutex_unlock(&s->lock);
	s->told[0] = '\0';
}

/* Tables. */

/* Puts |t| in the place of the table that there is. */
static void
replace(source *s, table *t)
{
	pthread_mutex_lock(&s->lock);
	table *old = s->now;
	s->now = t;
	s->counters.rows = table_rows(t);
	s->counters.bytes = table_bytes(t);
	atomic_fetch_add_explicit(&s->version, 1, memory_order_release);
	pthread_mutex_unlock(&s->lock);
	table_drop(old);
}

static void
tell_read(source *s, const rows *r, uint32_t count)
{
	uint8_t room[TEXT_MAX];
	tl_buf b = { .ptr = room, .cap = sizeof room };

	tl_buf_u64(&b, count);
	tl_buf_lit(&b, " rows read");
	tell(s, TL_LOG_INFO, &b);
	b.len = 0;
	rows_tell(r, &b);
	if (b.len > 0)
		tell(s, TL_LOG_WARNING, &b);
}

/* Makes |r| the table. */
static void
take(source *s, rows *r)
{
	table *t = rows_finish(r);

	if (t == NULL) {
		fail(s, "is too large, or memory is short", 0);
		return;
	}
	uint32_t count = table_rows(t);
	replace(s, t);
	succeed(s);
	tell_read(s, r, count);
}

/* Files. */

static bool
look_at_file(const source *s, stamp *out)
{
	struct stat st;

	memset(out, 0, sizeof *out);
	if (stat(s->conf.file, &st) != 0)
		return false;
	out->dev = st.st_dev;
	out->ino = st.st_ino;
	out->size = st.st_size;
	out->written = st.st_mtim;
	out->changed = st.st_ctim;
	return true;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool
same_stamp(const stamp *a, const stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       same_time(a->written, b->written) && same_time(a->changed, b->changed);
}

static void
read_rows(source *s, uint8_t *bytes, size_t len)
{
	const read_input in = { bytes, len, s->conf.separator, s->conf.column,
		&s->conf.fields };
	read_problem problem = { NULL, 0 };
	rows *r = rows_new(&s->form);
	bool read = false;

	if (r == NULL)
		problem.text = "is not read: memory is short";
	else if (s->conf.type == TL_TABLE_CSV)
		read = csv_read(&in, r, &problem);
	else
		read = json_read_rows(&in, r, &problem);
	if (read)
		take(s, r);
	else
		fail(s, problem.text, problem.line);
	rows_free(r);
}

/* Reads the file, which was |before|; false if it has changed meanwhile. */
static bool
read_file(source *s, const stamp *before)
{
	uint8_t *bytes;
	size_t len;
	stamp after;
	tl_err err = tl_file_read(AT_FDCWD, s->conf.file, SOURCE_BYTES_MAX, &bytes, &len);

	if (err != TL_OK) {
		fail(s, err == TL_EIO ? strerror(errno) : tl_err_text(err), 0);
		return true;
	}
	bool same = look_at_file(s, &after) && same_stamp(before, &after);
	if (same)
		read_rows(s, bytes, len);
	free(bytes);
	return same;
}

/* A file that has changed is read when it has stood still for a while, but at first at
 * once; what cannot be read is read again when it changes. */
static int64_t
look_file(source *s, int64_t now_ns)
{
	int64_t later_ns = now_ns + s->conf.refresh_ns;
	stamp found;

	if (!look_at_file(s, &found)) {
		fail(s, strerror(errno), 0);
		s->was_read = false;
		s->seen = found;
		return later_ns;
	}
	if (s->was_read && same_stamp(&found, &s->read))
		return later_ns;
	bool first = s->due_ns == 0;
	bool still = same_stamp(&found, &s->seen);
	s->seen = found;
	if ((first || still) && read_file(s, &found)) {
		s->read = found;
		s->was_read = true;
		return later_ns;
	}
	return now_ns + SETTLE_NS;
}

/* Databases. */

static int64_t
look_database(source *s, int64_t now_ns)
{
	rows *r = database_changed(s->db) ? rows_new(&s->form) : NULL;

	if (r != NULL && database_list(s->db, r))
		take(s, r);
	else if (r != NULL)
		fail(s, database_problem(s->db), 0);
	rows_free(r);
	return now_ns + s->conf.refresh_ns;
}

static void
ask_database(source *s, tl_span key, tl_buf *cells)
{
	cells->len = 0;
	if (database_ask(s->db, key, cells)) {
		succeed(s);
		answers_put(
		    s->answers, key, tl_buf_written(cells), tl_now_monotonic_ns());
	} else {
		fail(s, database_problem(s->db), 0);
		answers_fail(s->answers, key, tl_now_monotonic_ns());
	}
}

static void *
answer(void *arg)
{
	source *s = arg;
	uint8_t key[ANSWERS_KEY_MAX];
	size_t len;
	tl_buf cells = { .ptr = malloc(DATABASE_ROW_MAX), .cap = DATABASE_ROW_MAX };

	if (cells.ptr == NULL)
		fail(s, "is not asked: memory is short", 0);
	while (cells.ptr != NULL && answers_next(s->answers, key, &len))
		ask_database(s, (tl_span){ key, len }, &cells);
	free(cells.ptr);
	return NULL;
}

/* Looking again and again. */

int64_t
source_look(source *s, int64_t now_ns)
{
	if (s->answers != NULL)
		return INT64_MAX;
	if (now_ns >= s->due_ns || s->due_ns == 0)
		s->due_ns =
		    s->db != NULL ? look_database(s, now_ns) : look_file(s, now_ns);
	return s->due_ns;
}

static void *
watch(void *arg)
{
	source *s = arg;

	while (!atomic_load(&s->stop)) {
		int64_t due_ns = source_look(s, tl_now_monotonic_ns());
		struct timespec until = { .tv_sec = due_ns / TL_NS_PER_S,
			.tv_nsec = due_ns % TL_NS_PER_S };
		pthread_mutex_lock(&s->lock);
		if (!atomic_load(&s->stop))
			pthread_cond_timedwait(&s->wake, &s->lock, &until);
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

bool
source_start(source *s)
{
	if (!s->runs)
		s->runs = pthread_create(&s->thread, NULL,
			      s->answers != NULL ? answer : watch, s) == 0;
	return s->runs;
}

static void
end_thread(source *s)
{
	pthread_mutex_lock(&s->lock);
	atomic_store(&s->stop, true);
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
	if (s->answers != NULL)
		answers_close(s->answers);
	if (s->runs)
		pthread_join(s->thread, NULL);
}

/* Copies of the configuration. */

/* A copy of |text|; what is not given stays so. */
static const char *
copy_text(const char *text, bool *done)
{
	char *copy = text != NULL ? strdup(text) : NULL;

	*done &= text == NULL || copy != NULL;
	return copy;
}

/* Of the texts in |c| copies; what could not be copied is NULL, and false is returned. */
static bool
copy_texts(tl_conf_enrichment *c)
{
	const tl_conf_pairs from = c->fields;
	tl_conf_pair *to = calloc(from.count + 1, sizeof *to);
	bool done = to != NULL;

	c->name = copy_text(c->name, &done);
	c->key = copy_text(c->key, &done);
	c->file = copy_text(c->file, &done);
	c->column = copy_text(c->column, &done);
	c->query = copy_text(c->query, &done);
	c->fields = (tl_conf_pairs){ to, to != NULL ? from.count : 0 };
	for (size_t i = 0; i < c->fields.count; i++)
		to[i] = (tl_conf_pair){ copy_text(from.at[i].name, &done),
			copy_text(from.at[i].value, &done) };
	return done;
}

static void
free_texts(tl_conf_enrichment *c)
{
	const char *const texts[] = { c->name, c->key, c->file, c->column, c->query };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		free((void *)(uintptr_t)texts[i]);
	for (size_t i = 0; i < c->fields.count; i++) {
		free((void *)(uintptr_t)c->fields.at[i].name);
		free((void *)(uintptr_t)c->fields.at[i].value);
	}
	free((void *)(uintptr_t)c->fields.at);
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool
source_is(const source *s, const tl_conf_enrichment *conf)
{
	const tl_conf_enrichment *c = &s->conf;
	bool same =
	    c->type == conf->type && c->match == conf->match &&
	    c->separator == conf->separator && c->refresh_ns == conf->refresh_ns &&
	    same_text(c->name, conf->name) && same_text(c->key, conf->key) &&
	    same_text(c->file, conf->file) && same_text(c->column, conf->column) &&
	    same_text(c->query, conf->query) && c->fields.count == conf->fields.count;

	for (size_t i = 0; same && i < c->fields.count; i++)
		same = same_text(c->fields.at[i].name, conf->fields.at[i].name) &&
		       same_text(c->fields.at[i].value, conf->fields.at[i].value);
	return same;
}

/* How the event's field |key| compares. */
static table_keys
keys_of(const tl_conf_enrichment *c)
{
	static const struct {
		const char *key;
		table_keys keys;
	} known[] = {
		{ "device", TABLE_ADDRESS },
		{ "source", TABLE_ADDRESS },
		{ "agent_address", TABLE_ADDRESS },
		{ "engine_id", TABLE_HEX },
		{ "context_engine_id", TABLE_HEX },
		{ "origin", TABLE_ORIGIN },
	};

	if (c->type != TL_TABLE_SQLITE && c->match == TL_LOOKUP_CIDR)
		return TABLE_NET;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].key, c->key) == 0)
			return known[i].keys;
	return TABLE_TEXT;
}

/* The database, and where its answers are kept. */
static bool
prepare_database(source *s)
{
	answers_options opt = { .entries = SOURCE_ANSWERS_MAX,
		.bytes = SOURCE_ANSWER_BYTES_MAX,
		.waiting = SOURCE_WAITING_MAX,
		.ttl_ns = s->conf.refresh_ns,
		.failed_ttl_ns = s->conf.refresh_ns };

	if (s->conf.type != TL_TABLE_SQLITE)
		return true;
	s->db = database_new(
	    &(database_options){ s->conf.file, s->conf.query, s->conf.fields, &s->stop });
	if (s->db == NULL || database_lists(s->conf.query))
		return s->db != NULL;
	if (getrandom(&opt.seed, sizeof opt.seed, 0) != sizeof opt.seed)
		return false;
	s->answers = answers_new(&opt);
	return s->answers != NULL;
}

source *
source_new(const tl_conf_enrichment *conf, const enrich_notices *to)
{
	source *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->holders = 1;
	s->conf = *conf;
	s->to = *to;
	pthread_mutex_init(&s->lock, NULL);
	tl_cond_init(&s->wake);
	bool made = copy_texts(&s->conf);
	s->form = (table_form){ made ? keys_of(&s->conf) : TABLE_TEXT,
		s->conf.column != NULL ? s->conf.column : "", s->conf.fields };
	if (made && prepare_database(s))
		return s;
	source_drop(s);
	return NULL;
}

source *
source_hold(source *s)
{
	atomic_fetch_add_explicit(&s->holders, 1, memory_order_relaxed);
	return s;
}

void
source_drop(source *s)
{
	if (s == NULL ||
	    atomic_fetch_sub_explicit(&s->holders, 1, memory_order_acq_rel) != 1)
		return;
	end_thread(s);
	table_drop(s->now);
	database_free(s->db);
	if (s->answers != NULL)
		answers_drop(s->answers);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free_texts(&s->conf);
	free(s);
}

uint64_t
source_version(const source *s)
{
	return atomic_load_explicit(&s->version, memory_order_acquire);
}

table *
source_table(source *s)
{
	pthread_mutex_lock(&s->lock);
	table *t = s->now != NULL ? table_hold(s->now) : NULL;
	pthread_mutex_unlock(&s->lock);
	return t;
}

answers *
source_answers(const source *s)
{
	return s->answers;
}

void
source_count(source *s, enrich_counters *out)
{
	pthread_mutex_lock(&s->lock);
	*out = s->counters;
	pthread_mutex_unlock(&s->lock);
	if (s->answers != NULL)
		out->asked = answers_count(s->answers);
}
