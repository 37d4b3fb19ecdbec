/* conf/read_files.c: files, folders and programs that a configuration names; see read.h.
 * They are looked at, not changed. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/read.h"
#include "sys/walk.h"

const char *
tl_conf_absolute(tl_conf_reader *r, const char *path)
{
	size_t dir = strlen(r->dir), len = strlen(path);
	char *text;

	if (path[0] == '/')
		return tl_conf_keep(r, path);
	text = tl_pool_take(r->pool, dir + 1 + len + 1);
	if (text == NULL)
		return NULL;
	memcpy(text, r->dir, dir);
	text[dir] = '/';
	memcpy(text + dir + 1, path, len + 1);
	return text;
}

static bool
keep_absolute(tl_conf_reader *r, const tl_node *n, const char **out)
{
	*out = tl_conf_absolute(r, n->text);
	return *out != NULL;
}

/* What cannot be looked at in full may have some. */
static bool
is_without_files(const char *path)
{
	tl_walk w = { 0 };
	tl_err err = tl_walk_add(&w, path);
	bool none = err == TL_OK && w.files.count + w.too_large + w.unreadable == 0;

	tl_walk_fini(&w);
	return none;
}

bool
tl_read_folder(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	const char *path;
	struct stat st;

	if (!keep_absolute(r, n, &path))
		return false;
	if (stat(path, &st) != 0)
		tl_conf_complain(r->errors, TL_CONF_WARNING, n->mark, "%s: %s: %s",
		    row->key, path, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		return tl_conf_wrong(r, n, row, "%s is not a folder", path);
	else if (access(path, R_OK | X_OK) != 0)
		return tl_conf_wrong(r, n, row, "%s: %s", path, strerror(errno));
	else if (is_without_files(path))
		tl_conf_complain(r->errors, TL_CONF_WARNING, n->mark,
		    "%s: there is no file in %s", row->key, path);
	memcpy(out, &path, sizeof path);
	return true;
}

bool
tl_read_file(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	const char *path;
	struct stat st;

	if (!keep_absolute(r, n, &path))
		return false;
	if (stat(path, &st) != 0 || access(path, R_OK) != 0)
		return tl_conf_wrong(r, n, row, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return tl_conf_wrong(r, n, row, "%s is a folder", path);
	memcpy(out, &path, sizeof path);
	return true;
}

/* The folder of |path|, which is absolute, in a copy. */
static char *
folder_of(tl_conf_reader *r, const char *path)
{
	const char *slash = strrchr(path, '/');

	return tl_pool_text(r->pool, path, slash == path ? 1 : (size_t)(slash - path));
}

/* A relative one is in the state folder, which is made when it is needed. */
bool
tl_read_new_file(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	const char *path = tl_conf_keep(r, n->text), *folder;
	struct stat st;

	if (path == NULL)
		return false;
	memcpy(out, &path, sizeof path);
	if (path[0] != '/')
		return true;
	folder = folder_of(r, path);
	if (folder == NULL)
		return false;
	if (stat(folder, &st) != 0)
		return tl_conf_wrong(r, n, row, "%s: %s", folder, strerror(errno));
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return tl_conf_wrong(r, n, row, "%s is a folder", path);
		folder = path;
	}
	if (access(folder, W_OK) != 0)
		return tl_conf_wrong(
		    r, n, row, "cannot write to %s: %s", folder, strerror(errno));
	return true;
}

static bool
check_program(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row)
{
	struct stat st;

	if (n->text[0] != '/')
		return tl_conf_wrong(
		    r, n, row, "'%s' needs its whole path, from / on", n->text);
	if (stat(n->text, &st) != 0 || access(n->text, X_OK) != 0)
		return tl_conf_wrong(r, n, row, "%s: %s", n->text, strerror(errno));
	return !S_ISDIR(st.st_mode) ||
	       tl_conf_wrong(r, n, row, "%s is a folder", n->text);
}

bool
tl_read_program(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	bool one = n->kind == TL_NODE_TEXT;
	size_t count = one ? 1 : n->count;
	const char **at = tl_pool_take(r->pool, (count + 1) * sizeof *at);
	tl_conf_texts texts = { at, count };

	if (count == 0)
		return tl_conf_wrong(r, n, row, "needs a program");
	for (size_t i = 0; at != NULL && i < count; i++) {
		const tl_node *item = one ? n : n->items[i];
		if (item->kind != TL_NODE_TEXT)
			return tl_conf_wrong(r, item, row, "an argument is a text");
		at[i] = tl_conf_keep(r, item->text);
	}
	memcpy(out, &texts, sizeof texts);
	return check_program(r, one ? n : n->items[0], row);
}
