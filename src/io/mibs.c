/* io/mibs.c: dictionaries from files and in files; see trapline/io.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "io/mib_cache.h"
#include "sys/fs.h"
#include "sys/map.h"

tl_err
tl_mib_open_file(const char *path, tl_mib **out)
{
	tl_span bytes;
	tl_err err = tl_map_file(path, false, &bytes);

	if (err != TL_OK)
		return err;
	err = tl_mib_open(bytes, tl_map_release, out);
	if (err != TL_OK)
		tl_map_release(bytes);
	return err;
}

tl_err
tl_mib_save(const tl_mib *mib, const char *path)
{
	tl_span bytes = tl_mib_contents(mib);
	tl_file_writer *w;
	tl_err err = tl_file_begin_shared(AT_FDCWD, path, &w);

	if (err != TL_OK)
		return err;
	tl_file_put(w, bytes.ptr, bytes.len);
	return tl_file_commit(w);
}

typedef struct reading {
	tl_mib_builder *builder;
	const tl_mib_load_options *opt; /* NULL: nobody wants to see the progress */
	tl_mib_files *found;
	tl_mib_progress progress;
	tl_vec text;
} reading;

/* Counts a file that is left out; what concerns all files remains an error. */
static tl_err
leave_out(tl_mib_files *found, tl_err err)
{
	uint32_t *count = err == TL_ENOTFOUND ? &found->vanished
			  : err == TL_EFORMAT ? &found->binary
			  : err == TL_ELIMIT  ? &found->too_large
			  : err == TL_EIO     ? &found->unreadable
					      : NULL;

	if (count == NULL)
		return err;
	++*count;
	return TL_OK;
}

static tl_err
read_file(reading *r, const char *path)
{
	tl_span name = { (const uint8_t *)path, strlen(path) };
	tl_err err = tl_file_read_text(path, TL_WALK_FILE_MAX, &r->text);

	if (err != TL_OK)
		return leave_out(r->found, err);
	r->found->files++;
	r->found->bytes += r->text.count;
	return tl_mib_builder_add_source(
	    r->builder, name, (tl_span){ r->text.ptr, r->text.count });
}

static void
tell(const reading *r)
{
	if (r->opt != NULL && r->opt->progress != NULL)
		r->opt->progress(r->opt->context, &r->progress);
}

/* Reads all files of |walk|. */
static tl_err
read_files(reading *r, const tl_walk *walk)
{
	tl_err err = TL_OK;

	r->progress.all_files = walk->files.count;
	for (uint32_t i = 0; i < walk->files.count; i++)
		r->progress.all_bytes += TL_VEC_AT(&walk->files, tl_walk_file, i)->size;
	for (uint32_t i = 0; i < walk->files.count && err == TL_OK; i++) {
		const tl_walk_file *f = TL_VEC_AT(&walk->files, tl_walk_file, i);
		tell(r);
		err = read_file(r, tl_walk_path(walk, f));
		r->progress.files++;
		r->progress.bytes += f->size;
	}
	r->found->too_large += walk->too_large;
	r->found->unreadable += walk->unreadable;
	tell(r);
	tl_vec_free(&r->text);
	return err;
}

tl_err
tl_mib_builder_add_folder(tl_mib_builder *b, const char *path, tl_mib_files *found)
{
	tl_mib_files nobody = { 0 };
	reading r = { .builder = b, .found = found != NULL ? found : &nobody };
	tl_walk walk = { 0 };
	tl_err err = tl_walk_add(&walk, path);

	if (err == TL_OK)
		err = read_files(&r, &walk);
	tl_walk_fini(&walk);
	return err;
}

/* The one path may be a dictionary; beside others it may not. Errors: TL_ENOTFOUND:
 * there is none. */
static tl_err
try_dictionary(const char *const *paths, tl_mib **out, tl_mib_loaded *loaded)
{
	for (const char *const *path = paths; *path != NULL; path++) {
		tl_err err = tl_mib_open_file(*path, out);
		if (err == TL_ENOMEM)
			return err;
		if (err != TL_OK)
			continue;
		if (path == paths && path[1] == NULL) {
			loaded->from_dictionary = true;
			return TL_OK;
		}
		tl_mib_free(*out);
		*out = NULL;
		loaded->bad_path = *path;
		return TL_EINVAL;
	}
	return TL_ENOTFOUND;
}

static void
count_nodes(const tl_mib *mib, tl_mib_summary *summary)
{
	summary->nodes = tl_mib_count(mib);
	for (uint32_t i = 0; i < summary->nodes; i++)
		summary->notifications +=
		    tl_mib_node_kind(tl_mib_at(mib, i)) == TL_MIB_NOTIFICATION;
}

static tl_err
walk_paths(const char *const *paths, tl_walk *walk, tl_mib_loaded *loaded)
{
	for (; *paths != NULL; paths++) {
		tl_err err = tl_walk_add(walk, *paths);
		if (err == TL_OK)
			continue;
		loaded->bad_path = *paths;
		return err == TL_EIO && errno == ENOENT ? TL_ENOTFOUND : err;
	}
	return TL_OK;
}

/* The one path is a file, and no text. */
static bool
is_damaged_dictionary(
    const char *const *paths, const tl_walk *walk, tl_mib_loaded *loaded)
{
	if (loaded->files.binary != 1 || walk->files.count != 1 || paths[1] != NULL ||
	    strcmp(tl_walk_path(walk, walk->files.ptr), paths[0]) != 0)
		return false;
	loaded->bad_path = paths[0];
	return true;
}

static tl_err
compile(const tl_mib_load_options *opt, const tl_walk *walk, tl_mib **out,
    tl_mib_loaded *loaded)
{
	reading r = { .opt = opt, .found = &loaded->files };
	tl_err err = tl_mib_builder_new(&opt->builder, &r.builder);

	if (err == TL_OK)
		err = read_files(&r, walk);
	if (err == TL_OK && is_damaged_dictionary(opt->paths, walk, loaded))
		err = TL_EFORMAT;
	if (err == TL_OK)
		err = tl_mib_builder_build(r.builder, out, &loaded->summary);
	tl_mib_builder_free(r.builder);
	return err;
}

/* Keeps |*mib| and goes on with the mapped file: its pages can be shared, and be given
 * back when memory is short. */
static void
keep(const char *dir, const tl_mib_cache_key *key, tl_mib **mib, tl_mib_loaded *loaded)
{
	tl_mib *mapped;

	if (tl_mib_cache_keep(dir, key, *mib, loaded) != TL_OK ||
	    tl_mib_cache_open(dir, key, &mapped, loaded) != TL_OK)
		return;
	tl_mib_free(*mib);
	*mib = mapped;
}

tl_err
tl_mib_load(const tl_mib_load_options *opt, tl_mib **out, tl_mib_loaded *loaded)
{
	tl_walk walk = { 0 };

	*loaded = (tl_mib_loaded){ 0 };
	tl_err err = try_dictionary(opt->paths, out, loaded);
	if (err == TL_OK)
		count_nodes(*out, &loaded->summary);
	if (err != TL_ENOTFOUND)
		return err;
	err = walk_paths(opt->paths, &walk, loaded);
	/* A dictionary without the built-in modules is nobody's second one. */
	bool cached = opt->cache_dir != NULL && !opt->builder.bare;
	tl_mib_cache_key key = tl_mib_cache_key_of(opt->paths, &walk);
	if (err == TL_OK && cached)
		loaded->from_cache =
		    tl_mib_cache_open(opt->cache_dir, &key, out, loaded) == TL_OK;
	if (err == TL_OK && !loaded->from_cache) {
		err = compile(opt, &walk, out, loaded);
		if (err == TL_OK && cached)
			keep(opt->cache_dir, &key, out, loaded);
	}
	tl_walk_fini(&walk);
	return err;
}
