/* sys/walk.c: walking folders, for whoever loads what lies in them. Nothing here follows
 * a link round a circle or goes on for ever; what cannot be read is counted. */
#include "sys/walk.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"

enum { SEEN_FIRST = 1024 };

typedef struct identity {
	uint64_t device, inode; /* both 0: an empty place */
} identity;

static tl_err walk_any(tl_walk *w, const char *path, unsigned depth);

static identity *
place_of(const tl_vec *table, identity id)
{
	uint32_t mask = table->count - 1;
	uint32_t at = (uint32_t)tl_hash((const uint8_t *)&id, sizeof id, 0) & mask;
	identity *i = TL_VEC_AT(table, identity, at);

	while ((i->device != 0 || i->inode != 0) &&
	       (i->device != id.device || i->inode != id.inode)) {
		at = (at + 1) & mask;
		i = TL_VEC_AT(table, identity, at);
	}
	return i;
}

/* Keeps the table at most half full. */
static tl_err
grow_seen(tl_walk *w)
{
	uint32_t count = w->seen.count == 0 ? SEEN_FIRST : 2 * w->seen.count;
	tl_vec table = { 0 };

	if (2 * w->seen_count < w->seen.count)
		return TL_OK;
	identity *all = tl_vec_grow(&table, sizeof *all, count);
	if (all == NULL)
		return TL_ENOMEM;
	memset(all, 0, count * sizeof *all);
	for (uint32_t i = 0; i < w->seen.count; i++) {
		const identity *old = TL_VEC_AT(&w->seen, identity, i);
		if (old->device != 0 || old->inode != 0)
			*place_of(&table, *old) = *old;
	}
	tl_vec_free(&w->seen);
	w->seen = table;
	return TL_OK;
}

/* Whether this is the first time; TL_ENOTFOUND if not. */
static tl_err
first_time(tl_walk *w, const struct stat *st)
{
	identity id = { st->st_dev, st->st_ino };

	if (grow_seen(w) != TL_OK)
		return TL_ENOMEM;
	identity *place = place_of(&w->seen, id);
	if (place->device != 0 || place->inode != 0)
		return TL_ENOTFOUND;
	*place = id;
	w->seen_count++;
	return TL_OK;
}

static int64_t
as_ns(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static tl_err
add_file(tl_walk *w, const char *path, const struct stat *st)
{
	size_t len = strlen(path) + 1;

	if (st->st_size == 0)
		return TL_OK;
	if ((uint64_t)st->st_size > TL_WALK_FILE_MAX) {
		w->too_large++;
		return TL_OK;
	}
	if (w->files.count >= TL_WALK_FILES_MAX)
		return TL_ELIMIT;
	char *text = tl_vec_grow(&w->text, 1, len);
	tl_walk_file *f = tl_vec_grow(&w->files, sizeof *f, 1);
	if (text == NULL || f == NULL)
		return TL_ENOMEM;
	memcpy(text, path, len);
	*f = (tl_walk_file){
		.path = w->text.count - (uint32_t)len,
		.size = (uint64_t)st->st_size,
		.inode = st->st_ino,
		.device = st->st_dev,
		.mtime_ns = as_ns(st->st_mtim),
		.ctime_ns = as_ns(st->st_ctim),
	};
	return TL_OK;
}

static int
is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* "FOLDER/NAME"; false if that is too long. */
static bool
join(char path[PATH_MAX], const char *folder, const char *name)
{
	size_t len = strlen(folder);
	const char *slash = len > 0 && folder[len - 1] == '/' ? "" : "/";
	int n = snprintf(path, PATH_MAX, "%s%s%s", folder, slash, name);

	return n > 0 && n < PATH_MAX;
}

/* The entries of a folder, in the order of their names. */
static tl_err
walk_folder(tl_walk *w, const char *path, unsigned depth)
{
	struct dirent **entries;
	char *below = malloc(PATH_MAX);
	tl_err err = TL_OK;

	if (below == NULL)
		return TL_ENOMEM;
	int n = scandir(path, &entries, is_shown, by_name);
	if (n < 0) {
		int saved = errno;
		free(below);
		errno = saved;
		return saved == ENOMEM ? TL_ENOMEM : TL_EIO;
	}
	for (int i = 0; i < n; i++) {
		if (err == TL_OK) {
			err = join(below, path, entries[i]->d_name)
				  ? walk_any(w, below, depth + 1)
				  : TL_EIO;
			w->unreadable += err == TL_EIO;
			err = err == TL_EIO || err == TL_EINVAL ? TL_OK : err;
		}
		free(entries[i]);
	}
	free(entries);
	free(below);
	return err;
}

static tl_err
walk_any(tl_walk *w, const char *path, unsigned depth)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return TL_EIO;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return TL_EINVAL;
	tl_err err = first_time(w, &st);
	if (err != TL_OK)
		return err == TL_ENOTFOUND ? TL_OK : err;
	if (S_ISREG(st.st_mode))
		return add_file(w, path, &st);
	errno = ELOOP;
	return depth < TL_WALK_DEPTH_MAX ? walk_folder(w, path, depth) : TL_EIO;
}

tl_err
tl_walk_add(tl_walk *w, const char *path)
{
	return walk_any(w, path, 0);
}

const char *
tl_walk_path(const tl_walk *w, const tl_walk_file *file)
{
	return TL_VEC_AT(&w->text, char, file->path);
}

void
tl_walk_fini(tl_walk *w)
{
	tl_vec_free(&w->files);
	tl_vec_free(&w->text);
	tl_vec_free(&w->seen);
}
