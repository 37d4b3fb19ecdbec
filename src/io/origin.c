/* io/origin.c: see origin.h. The manager calls it when it is opened.
 *
 * A receiver's state counts engineBoots up at each start and belongs to one process. That
 * would not do here: of two programs that send side by side, the one that was started
 * first would be behind the other, and refused as a replay (RFC 3414 section 3.2 step 7).
 * So engineTime goes on when nobody runs. The file's time of change tells when it was
 * last used. */
#include "io/origin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "sys/clock.h"
#include "sys/engine_id.h"
#include "sys/fs.h"

enum {
	EPOCH_S = 1577836800, /* 2020-01-01: engineTime lasts until 2088 */
	FILE_MAX = 256,       /* bytes */
	SET_BACK_S = 100      /* less is within the time window of receivers */
};

static const char name[] = "sender", lock_name[] = "sender.lock";
static const uint32_t boots_max = INT32_MAX;

void
tl_origin_clock(tl_clock *engine)
{
	int64_t s = tl_now_realtime_ns() / TL_NS_PER_S - EPOCH_S;

	if (engine->boots == 0)
		engine->boots = 1;
	engine->time_s = s > 0 ? (uint32_t)(s & INT32_MAX) : 0;
	engine->at_ns = tl_now_monotonic_ns();
}

static tl_err
new_id(tl_clock *engine)
{
	engine->engine_id_len = TL_NEW_ENGINE_ID_LEN;
	engine->boots = 1;
	return tl_engine_id_new(engine->engine_id);
}

/* Reads "HEX BOOTS\n". */
static tl_err
parse(tl_span text, tl_clock *engine)
{
	const uint8_t *end = text.ptr + text.len;
	const uint8_t *space = text.len > 0 ? memchr(text.ptr, ' ', text.len) : NULL;
	uint64_t boots = 0;
	size_t len;

	if (space == NULL || end[-1] != '\n' || end - space > 12)
		return TL_EFORMAT;
	tl_span hex = { text.ptr, (size_t)(space - text.ptr) };
	tl_err err = tl_engine_id_from_hex(hex, engine->engine_id, &len);
	if (err != TL_OK)
		return err;
	for (const uint8_t *p = space + 1; p < end - 1; p++) {
		if (*p < '0' || *p > '9')
			return TL_EFORMAT;
		boots = boots * 10 + (uint64_t)(*p - '0');
	}
	engine->engine_id_len = (uint8_t)len;
	engine->boots = (uint32_t)boots;
	return boots >= 1 && boots <= boots_max ? TL_OK : TL_EFORMAT;
}

/* Reads the file; |*stale| tells whether the clock has been set back since it was used.
 * TL_ENOTFOUND if there is none. */
static tl_err
load(int dirfd, tl_clock *engine, bool *stale)
{
	struct stat st;
	uint8_t *text;
	size_t len;
	tl_err err = tl_file_read(dirfd, name, FILE_MAX, &text, &len);

	if (err == TL_ELIMIT)
		return TL_EFORMAT;
	if (err != TL_OK)
		return err;
	err = parse((tl_span){ text, len }, engine);
	free(text);
	if (err == TL_OK && fstatat(dirfd, name, &st, 0) != 0)
		return TL_EIO;
	*stale = err == TL_OK &&
		 tl_now_realtime_ns() / TL_NS_PER_S < (int64_t)st.st_mtime - SET_BACK_S;
	return err;
}

static tl_err
save(int dirfd, const tl_clock *engine)
{
	uint8_t room[FILE_MAX];
	tl_buf b = { .ptr = room, .cap = sizeof room };

	tl_buf_hex(&b, (tl_span){ engine->engine_id, engine->engine_id_len });
	tl_buf_lit(&b, " ");
	tl_buf_u64(&b, engine->boots);
	tl_buf_lit(&b, "\n");
	return tl_file_replace(dirfd, name, tl_buf_written(&b));
}

/* From what the file says to what it has to say. */
static tl_err
renew(tl_clock *engine, tl_err loaded)
{
	if (loaded == TL_ENOTFOUND || engine->boots == boots_max)
		return new_id(engine);
	engine->boots++;
	return TL_OK;
}

/* Makes the file, or counts boots up in it; under the lock it is looked at again, since
 * another process may have done so. */
static tl_err
change(int dirfd, tl_clock *engine)
{
	bool stale = false;
	int lock = -1;
	tl_err locked = tl_lock_take(dirfd, lock_name, &lock);

	if (locked != TL_OK && errno != EBUSY)
		return locked;
	tl_err err = load(dirfd, engine, &stale);
	if (err == TL_ENOTFOUND || stale)
		err = renew(engine, err);
	else
		locked = TL_EIO; /* nothing to write */
	if (err == TL_OK && locked == TL_OK)
		err = save(dirfd, engine);
	if (lock >= 0)
		(void)close(lock);
	return err;
}

static tl_err
open_in(int dirfd, tl_clock *engine)
{
	bool stale = false;
	tl_err err = load(dirfd, engine, &stale);

	if (err == TL_ENOTFOUND || stale)
		return change(dirfd, engine);
	/* It is in use now; who may only read it can send, too. */
	if (err == TL_OK)
		(void)utimensat(dirfd, name, NULL, 0);
	return err;
}

tl_err
tl_origin_open(const char *dir, tl_clock *engine)
{
	*engine = (tl_clock){ 0 };
	tl_err err = dir == NULL ? new_id(engine) : tl_dir_make(dir);

	if (err == TL_OK && dir != NULL) {
		int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dirfd < 0)
			return TL_EIO;
		err = open_in(dirfd, engine);
		(void)close(dirfd);
	}
	tl_origin_clock(engine);
	return err;
}
