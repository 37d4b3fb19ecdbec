/* sys/state.c: the state folder of an engine; opened and fed by whoever owns both a
 * receiver and an engine. */
#include "sys/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "sys/clock_log.h"
#include "sys/engine_id.h"
#include "sys/fs.h"

enum {
	CHUNK_RECORDS = 256,
	CHUNK_BYTES = CHUNK_RECORDS * TL_CLOCK_RECORD,
	/* The log may grow by this and once more by what it held. */
	GROWTH_RECORDS = 65536,
	ENGINE_FILE_MAX = 4096, /* bytes */
	NONE = -1,              /* no descriptor */
};

static const char engine_name[] = "engine", clocks_name[] = "clocks",
		  lock_name[] = "lock";
static const uint32_t boots_max = INT32_MAX; /* RFC 3414 section 2.2.2 */

struct tl_state {
	int dirfd, lock, log;
	uint8_t engine_id[TL_ENGINE_ID_MAX];
	size_t engine_id_len;
	uint32_t boots;
	tl_state_now opened;
	int64_t latest_ns; /* realtime of the open and of the clocks put */
	uint64_t damaged;
	size_t kept;     /* records after the last compaction */
	off_t log_len;   /* bytes of whole records in the file */
	off_t log_read;  /* where tl_state_next_clock() reads on */
	bool writing;    /* chunk is for the file, not from it */
	size_t used, at; /* bytes of chunk: filled; read of it */
	uint8_t chunk[CHUNK_BYTES];
};

/* Takes "NAME VALUE\n" off |text|. */
static tl_err
take_line(tl_span *text, const char *name, tl_span *value)
{
	size_t len = strlen(name);
	const uint8_t *end;

	if (text->len < len + 2 || memcmp(text->ptr, name, len) != 0 ||
	    text->ptr[len] != ' ')
		return TL_EFORMAT;
	end = memchr(text->ptr, '\n', text->len);
	if (end == NULL)
		return TL_EFORMAT;
	value->ptr = text->ptr + len + 1;
	value->len = (size_t)(end - value->ptr);
	text->len -= (size_t)(end + 1 - text->ptr);
	text->ptr = end + 1;
	return TL_OK;
}

static tl_err
parse_boots(tl_span digits, uint32_t *boots)
{
	uint64_t value = 0;

	if (digits.len == 0 || digits.len > 10)
		return TL_EFORMAT;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
			return TL_EFORMAT;
		value = value * 10 + (uint64_t)(digits.ptr[i] - '0');
	}
	if (value == 0 || value > boots_max)
		return TL_EFORMAT;
	*boots = (uint32_t)value;
	return TL_OK;
}

static tl_err
parse_engine(tl_state *s, tl_span text)
{
	tl_span version, id, boots;
	tl_err err = take_line(&text, "trapline-engine", &version);

	if (err == TL_OK && (version.len != 1 || *version.ptr != '1'))
		err = TL_EFORMAT;
	if (err == TL_OK)
		err = take_line(&text, "id", &id);
	if (err == TL_OK)
		err = take_line(&text, "boots", &boots);
	if (err == TL_OK)
		err = tl_engine_id_from_hex(id, s->engine_id, &s->engine_id_len);
	return err != TL_OK ? err : parse_boots(boots, &s->boots);
}

/* Leaves ID and boots empty where there is no file. */
static tl_err
read_engine(tl_state *s)
{
	uint8_t *text;
	size_t len;
	tl_err err = tl_file_read(s->dirfd, engine_name, ENGINE_FILE_MAX, &text, &len);

	if (err == TL_ENOTFOUND)
		return TL_OK;
	if (err == TL_ELIMIT)
		return TL_EFORMAT;
	if (err != TL_OK)
		return err;
	err = parse_engine(s, (tl_span){ text, len });
	free(text);
	return err;
}

static tl_err
write_engine(const tl_state *s)
{
	uint8_t text[256];
	tl_buf b = { .ptr = text, .cap = sizeof text };

	tl_buf_lit(&b, "trapline-engine 1\nid ");
	tl_buf_hex(&b, tl_state_engine_id(s));
	tl_buf_lit(&b, "\nboots ");
	tl_buf_u64(&b, s->boots);
	tl_buf_lit(&b, "\n");
	return tl_file_replace(s->dirfd, engine_name, tl_buf_written(&b));
}

/* From what was kept to what holds now: the ID, and boots counted up. Boots that are used
 * up need another ID: RFC 3414 section 2.2.2. */
static tl_err
begin_engine(tl_state *s, tl_span wanted)
{
	tl_span kept = tl_state_engine_id(s);
	bool used_up = s->boots == boots_max;

	if (wanted.len == 0 && (kept.len == 0 || used_up)) {
		s->boots = 1;
		s->engine_id_len = TL_NEW_ENGINE_ID_LEN;
		return tl_engine_id_new(s->engine_id);
	}
	if (wanted.len > 0) {
		if (used_up && wanted.len == kept.len &&
		    memcmp(wanted.ptr, kept.ptr, kept.len) == 0)
			return TL_ELIMIT;
		memcpy(s->engine_id, wanted.ptr, wanted.len);
		s->engine_id_len = wanted.len;
	}
	s->boots = used_up ? 1 : s->boots + 1;
	return TL_OK;
}

static tl_err
open_log(tl_state *s)
{
	s->log = openat(
	    s->dirfd, clocks_name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s->log < 0)
		return TL_EIO;
	s->log_len = lseek(s->log, 0, SEEK_END);
	if (s->log_len < 0)
		return TL_EIO;
	s->log_len -= s->log_len % TL_CLOCK_RECORD;
	return TL_OK;
}

static void
close_fd(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = NONE;
	errno = saved;
}

/* Rewrites the log and opens the new one. When that fails the old one is gone on with. */
static tl_err
compact(tl_state *s, int64_t realtime_ns, uint64_t *damaged)
{
	tl_compaction c = { .name = clocks_name,
		.max = TL_STATE_CLOCKS_MAX,
		.realtime_ns = realtime_ns };
	tl_err err = tl_clock_log_compact(s->dirfd, &c);

	if (err != TL_OK)
		return err;
	s->kept = c.kept;
	*damaged = c.damaged;
	close_fd(&s->log);
	return open_log(s);
}

static tl_err
open_folder(tl_state *s, const char *dir)
{
	tl_err err = tl_dir_make(dir);

	if (err != TL_OK)
		return err;
	s->dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dirfd < 0)
		return TL_EIO;
	return tl_lock_take(s->dirfd, lock_name, &s->lock);
}

static tl_err
open_state(tl_state *s, const char *dir, tl_span wanted)
{
	tl_err err = TL_OK;

	if (dir == NULL)
		return begin_engine(s, wanted);
	err = open_folder(s, dir);
	if (err == TL_OK)
		err = read_engine(s);
	if (err == TL_OK)
		err = begin_engine(s, wanted);
	if (err == TL_OK)
		err = compact(s, s->opened.realtime_ns, &s->damaged);
	/* Last, so that an open that fails uses up no boots. */
	return err != TL_OK ? err : write_engine(s);
}

static void
free_state(tl_state *s)
{
	close_fd(&s->log);
	close_fd(&s->lock);
	close_fd(&s->dirfd);
	free(s);
}

tl_err
tl_state_open(const char *dir, tl_span wanted_id, tl_state_now now, tl_state **out)
{
	if (wanted_id.len > 0 && !tl_engine_id_valid(wanted_id))
		return TL_EINVAL;
	tl_state *s = calloc(1, sizeof *s);
	if (s == NULL)
		return TL_ENOMEM;
	s->dirfd = s->lock = s->log = NONE;
	s->opened = now;
	s->latest_ns = now.realtime_ns;
	tl_err err = open_state(s, dir, wanted_id);
	if (err != TL_OK) {
		free_state(s);
		return err;
	}
	*out = s;
	return TL_OK;
}

tl_span
tl_state_engine_id(const tl_state *s)
{
	return (tl_span){ s->engine_id, s->engine_id_len };
}

uint32_t
tl_state_boots(const tl_state *s)
{
	return s->boots;
}

uint64_t
tl_state_damaged(const tl_state *s)
{
	return s->damaged;
}

/* Reads the next part of the log into the chunk; false at its end. */
static bool
read_chunk(tl_state *s)
{
	off_t left = s->log_len - s->log_read;
	size_t want = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
	ssize_t n;

	s->used = s->at = 0;
	if (s->log < 0 || want == 0)
		return false;
	do
		n = pread(s->log, s->chunk, want, s->log_read);
	while (n < 0 && errno == EINTR);
	if (n < TL_CLOCK_RECORD)
		return false;
	s->used = (size_t)n - (size_t)n % TL_CLOCK_RECORD;
	s->log_read += (off_t)s->used;
	return true;
}

bool
tl_state_next_clock(tl_state *s, tl_clock *out)
{
	tl_kept_clock c;

	do {
		if (s->writing || (s->at == s->used && !read_chunk(s)))
			return false;
		s->at += TL_CLOCK_RECORD;
	} while (!tl_clock_record_read(s->chunk + s->at - TL_CLOCK_RECORD, &c));
	*out = (tl_clock){
		.engine_id_len = c.engine_id_len,
		.boots = c.boots,
		.time_s = tl_kept_clock_time_s(&c, s->opened.realtime_ns),
		.at_ns = s->opened.monotonic_ns,
	};
	memcpy(out->engine_id, c.engine_id, sizeof out->engine_id);
	return true;
}

/* From reading to writing: what is in the chunk came from the file. */
static void
begin_writing(tl_state *s)
{
	if (!s->writing)
		s->used = 0;
	s->writing = true;
}

tl_err
tl_state_put_clock(tl_state *s, const tl_clock *clock, int64_t realtime_ns)
{
	tl_kept_clock c = { .engine_id_len = clock->engine_id_len,
		.boots = clock->boots,
		.time_s = clock->time_s,
		.realtime_ns = realtime_ns };

	if (s->dirfd < 0)
		return TL_OK;
	begin_writing(s);
	if (s->used == CHUNK_BYTES) {
		tl_err err = tl_state_flush(s);
		if (err != TL_OK)
			return err;
	}
	memcpy(c.engine_id, clock->engine_id, sizeof c.engine_id);
	tl_clock_record_write(&c, s->chunk + s->used);
	s->used += TL_CLOCK_RECORD;
	if (s->latest_ns < realtime_ns)
		s->latest_ns = realtime_ns;
	return TL_OK;
}

/* Writes behind the last whole record: what a failed write left there is overwritten. */
static tl_err
write_chunk(tl_state *s)
{
	size_t done = 0;

	if (s->log < 0 && open_log(s) != TL_OK)
		return TL_EIO;
	while (done < s->used) {
		ssize_t n = pwrite(
		    s->log, s->chunk + done, s->used - done, s->log_len + (off_t)done);
		if (n < 0 && errno != EINTR)
			return TL_EIO;
		done += n > 0 ? (size_t)n : 0;
	}
	s->log_len += (off_t)s->used;
	s->used = 0;
	return TL_OK;
}

tl_err
tl_state_flush(tl_state *s)
{
	uint64_t damaged;
	tl_err err;

	if (!s->writing || s->used == 0)
		return TL_OK;
	err = write_chunk(s);
	if (err != TL_OK)
		return err;
	if ((size_t)s->log_len / TL_CLOCK_RECORD > 2 * s->kept + GROWTH_RECORDS &&
	    compact(s, s->latest_ns, &damaged) != TL_OK)
		s->kept += GROWTH_RECORDS; /* all is safe as it is; try again later */
	return TL_OK;
}

tl_err
tl_state_close(tl_state *s)
{
	uint64_t damaged;
	tl_err err;

	if (s == NULL)
		return TL_OK;
	err = tl_state_flush(s);
	if (err == TL_OK && s->dirfd >= 0)
		err = compact(s, s->latest_ns, &damaged);
	free_state(s);
	return err;
}
