/* daemon/server_state.c: what the pipeline remembers outlasts a restart: a file for each
 * of its states in the state folder, replaced whole, now and then and at the end. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/server.h"
#include "pipeline/saved.h"
#include "sys/clock.h"
#include "sys/fs.h"

enum { NAME_ROOM = 64, STATE_MAX = 1 << 30 };

static int64_t
epoch_ns(void)
{
	return tl_now_realtime_ns() - tl_now_monotonic_ns();
}

static bool
name_file(size_t i, char path[NAME_ROOM])
{
	const char *name = pipeline_state_name(i);

	if (name != NULL)
		snprintf(path, NAME_ROOM, "%s.state", name);
	return name != NULL;
}

static void
complain(server *s, const char *path, const char *what, tl_err err)
{
	if (err != TL_OK && err != TL_ENOTFOUND)
		log_line(s->log, TL_LOG_WARNING, ABOUT_STATE, "%s/%s %s: %s",
		    s->state_path, path, what,
		    err == TL_EIO ? strerror(errno) : tl_err_text(err));
}

/* What is damaged is kept for those who want to know why. */
static void
set_aside(const char *path)
{
	char aside[NAME_ROOM + 16];

	snprintf(aside, sizeof aside, "%s.damaged", path);
	(void)rename(path, aside);
}

void
server_restore(server *s)
{
	char path[NAME_ROOM];

	for (size_t i = 0; name_file(i, path); i++) {
		uint8_t *bytes;
		size_t len;
		tl_err err = tl_file_read(AT_FDCWD, path, STATE_MAX, &bytes, &len);
		if (err == TL_OK) {
			err = pipeline_load(s->judging.snapshot->pipeline, i, epoch_ns(),
			    (tl_span){ bytes, len });
			free(bytes);
		}
		complain(s, path, "cannot be used, and begins empty", err);
		if (err == TL_EFORMAT)
			set_aside(path);
	}
}

void
server_save(server *s)
{
	char path[NAME_ROOM];

	for (size_t i = 0; name_file(i, path); i++) {
		tl_vec bytes = { 0 };
		pthread_mutex_lock(&s->judging.lock);
		tl_err err =
		    pipeline_save(s->judging.snapshot->pipeline, i, epoch_ns(), &bytes);
		pthread_mutex_unlock(&s->judging.lock);
		if (err == TL_OK)
			saved_seal(&bytes);
		if (err == TL_OK)
			err = tl_file_replace(
			    AT_FDCWD, path, (tl_span){ bytes.ptr, bytes.count });
		complain(s, path, "cannot be written", err);
		tl_vec_free(&bytes);
	}
}
