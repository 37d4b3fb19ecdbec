/* conf/load.c: a file into a snapshot, or into the list of what is wrong; see conf.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/finish.h"
#include "conf/read.h"
#include "sys/fs.h"

/* The folder of |path|, absolute. */
static const char *
folder_of(tl_pool *pool, const char *path)
{
	char here[PATH_MAX];
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;
	size_t len = slash != NULL ? (size_t)(slash - path) : 0;

	if (slash == path && slash != NULL)
		return tl_pool_text(pool, "/", 1);
	if (slash != NULL && path[0] == '/')
		return tl_pool_text(pool, path, len);
	if (getcwd(here, sizeof here) == NULL)
		return tl_pool_text(pool, ".", 1);
	size_t before = strlen(here);
	if (slash == NULL || before + 1 + len >= sizeof here)
		return tl_pool_text(pool, here, before);
	here[before] = '/';
	memcpy(here + before + 1, path, len);
	return tl_pool_text(pool, here, before + 1 + len);
}

static const char *
copy(tl_pool *pool, const char *path)
{
	return tl_pool_text(pool, path, strlen(path));
}

/* The tree into |c|; false: see the errors, or memory was short. */
static bool
read_tree(tl_conf *c, const tl_node *root, const char *path, tl_conf_errors *errors)
{
	tl_conf_reader r = {
		.pool = &c->pool,
		.errors = errors,
		.dir = folder_of(&c->pool, path),
		.path = path != NULL ? copy(&c->pool, path) : "default",
		.root = c,
	};

	if (r.dir == NULL || r.path == NULL)
		return false;
	if (tl_node_is_empty(root))
		root = NULL;
	bool whole = tl_conf_read_section(&r, root, &tl_conf_root, c);
	if (c->state != NULL) /* where the daemon works, so it must not be relative */
		c->state = tl_conf_absolute(&r, c->state);
	if (root != NULL && root->kind == TL_NODE_MAP)
		tl_conf_check_references(&r, root, c);
	c->path = path != NULL ? r.path : NULL;
	c->used = (tl_conf_names){ r.used.at, r.used.count };
	tl_engine_free(r.engine);
	return whole && !c->pool.failed;
}

static tl_err
outcome(const tl_conf *c, const tl_pool *tree, const tl_conf_errors *errors, bool whole)
{
	if (c->pool.failed || tree->failed || errors->pool.failed)
		return TL_ENOMEM;
	return whole && errors->errors == 0 ? TL_OK : TL_EFORMAT;
}

/* |rough|: what is right in a text with errors is given. */
static tl_err
load_text(
    tl_span text, const char *path, bool rough, tl_conf **out, tl_conf_errors *errors)
{
	tl_conf *c = calloc(1, sizeof *c);
	tl_pool tree = { 0 };
	const tl_node *root;
	bool whole = false;

	*out = NULL;
	if (c == NULL)
		return TL_ENOMEM;
	root = tl_tree_read(text, path != NULL ? path : "default", &tree, errors);
	if (root != NULL)
		whole = read_tree(c, root, path, errors);
	tl_err err = outcome(c, &tree, errors, whole);
	tl_pool_free(&tree);
	if (err == TL_ENOMEM) /* what was found then is a mistake of ours */
		tl_conf_errors_free(errors);
	tl_conf_errors_sort(errors);
	if (err == TL_OK || (rough && err == TL_EFORMAT))
		*out = c;
	else
		tl_conf_free(c);
	return err;
}

tl_err
tl_conf_load_text(tl_span text, const char *path, tl_conf **out, tl_conf_errors *errors)
{
	return load_text(text, path, false, out, errors);
}

static tl_err
load(const char *path, bool rough, tl_conf **out, tl_conf_errors *errors)
{
	uint8_t *bytes;
	size_t len;

	*out = NULL;
	if (path == NULL)
		return load_text(
		    (tl_span){ (const uint8_t *)"", 0 }, NULL, rough, out, errors);
	tl_err err = tl_file_read(AT_FDCWD, path, TL_TREE_BYTES_MAX, &bytes, &len);
	if (err == TL_ENOMEM)
		return err;
	if (err != TL_OK) {
		tl_conf_mark mark = { path, 0, 0 };
		tl_conf_complain(errors, TL_CONF_ERROR, mark, "%s",
		    err == TL_EIO      ? strerror(errno)
		    : err == TL_ELIMIT ? "larger than 16 MiB"
				       : "there is no such file");
		return TL_EFORMAT;
	}
	err = load_text((tl_span){ bytes, len }, path, rough, out, errors);
	explicit_bzero(bytes, len);
	free(bytes);
	return err;
}

tl_err
tl_conf_load(const char *path, tl_conf **out, tl_conf_errors *errors)
{
	return load(path, false, out, errors);
}

tl_err
tl_conf_load_rough(const char *path, tl_conf **out, tl_conf_errors *errors)
{
	return load(path, true, out, errors);
}

void
tl_conf_free(tl_conf *c)
{
	if (c == NULL)
		return;
	tl_pool_free(&c->pool);
	free(c);
}
