/* io/mib_cache.c: see mib_cache.h. A file is a head and then the dictionary, which is
 * trusted no further than tl_mib_open() has looked at it. */
#include "io/mib_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "sys/build_id.h"
#include "sys/fs.h"
#include "sys/map.h"

#define PREFIX "mibs-"
#define SUFFIX ".cache"
static const char magic[8] = "TLcache1";

enum { LEFT_OVER_S = 3600 }; /* a temporary file this old has no writer any more */

typedef struct cache_head {
	char magic[8];
	uint64_t key[2];
	tl_mib_summary summary;
	tl_mib_files files;
} cache_head;

/* Where the dictionary begins: it wants a multiple of 8, the mapping less than a page. */
enum { HEAD_BYTES = (sizeof(cache_head) + 7) / 8 * 8 };
_Static_assert(HEAD_BYTES < 4096, "a page holds the head");

static uint64_t
hash_text(const char *text, uint64_t seed)
{
	return tl_hash((const uint8_t *)text, strlen(text), seed);
}

tl_mib_cache_key
tl_mib_cache_key_of(const char *const *paths, const tl_walk *walk)
{
	static const uint64_t seeds[2] = { 0x7472617021u, 0x6c696e6521u };
	tl_mib_cache_key key = { .set = seeds[0] };
	tl_span build = tl_build_id();

	for (; *paths != NULL; paths++)
		key.set = hash_text(*paths, key.set);
	for (int i = 0; i < 2; i++) {
		uint64_t h = hash_text(TL_VERSION, seeds[i] + TL_MIB_PROBLEM_COUNT);
		h = tl_hash(build.ptr, build.len, h);
		h = tl_hash(walk->text.ptr, walk->text.count, h);
		key.files[i] =
		    tl_hash(walk->files.ptr, walk->files.count * sizeof(tl_walk_file), h);
	}
	return key;
}

static bool
path_of(char path[PATH_MAX], const char *dir, const tl_mib_cache_key *key)
{
	int n = snprintf(path, PATH_MAX, "%s/" PREFIX "%016llx" SUFFIX, dir,
	    (unsigned long long)key->set);

	return n > 0 && n < PATH_MAX;
}

static tl_err
open_mapped(tl_span all, const tl_mib_cache_key *key, tl_mib **out, tl_mib_loaded *loaded)
{
	cache_head head;

	if (all.len <= HEAD_BYTES)
		return TL_ENOTFOUND;
	memcpy(&head, all.ptr, sizeof head);
	if (memcmp(head.magic, magic, sizeof magic) != 0 ||
	    memcmp(head.key, key->files, sizeof head.key) != 0)
		return TL_ENOTFOUND;
	tl_span bytes = { all.ptr + HEAD_BYTES, all.len - HEAD_BYTES };
	tl_err err = tl_mib_open(bytes, tl_map_release, out);
	if (err != TL_OK)
		return err == TL_ENOMEM ? err : TL_ENOTFOUND;
	loaded->summary = head.summary;
	loaded->files = head.files;
	return TL_OK;
}

tl_err
tl_mib_cache_open(
    const char *dir, const tl_mib_cache_key *key, tl_mib **out, tl_mib_loaded *loaded)
{
	char path[PATH_MAX];
	tl_span all;

	if (!path_of(path, dir, key) || tl_map_file(path, true, &all) != TL_OK)
		return TL_ENOTFOUND;
	tl_err err = open_mapped(all, key, out, loaded);
	if (err != TL_OK)
		tl_map_release(all);
	return err;
}

typedef struct kept_file {
	char name[64];
	int64_t mtime_s;
	bool temporary;
} kept_file;

static int
newest_first(const void *a, const void *b)
{
	const kept_file *x = a, *y = b;

	if (x->mtime_s != y->mtime_s)
		return x->mtime_s > y->mtime_s ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Whether |name| is one of ours; then |f| is what it is. */
static bool
is_ours(int dirfd, const char *name, kept_file *f)
{
	size_t len = strlen(name), suffix = sizeof SUFFIX - 1;
	const char *end = strstr(name, SUFFIX);
	struct stat st;

	if (strncmp(name, PREFIX, sizeof PREFIX - 1) != 0 || end == NULL ||
	    len >= sizeof f->name ||
	    fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
		return false;
	memcpy(f->name, name, len + 1);
	f->mtime_s = st.st_mtim.tv_sec;
	f->temporary = end[suffix] != '\0';
	return true;
}

/* Removes what nobody will use: too many, and what killed writers left behind. */
static void
prune(const char *dir)
{
	enum { LOOK_AT = 256 };
	DIR *d = opendir(dir);
	kept_file *files = malloc(LOOK_AT * sizeof *files);
	size_t count = 0, kept = 0;
	struct dirent *entry;

	while (
	    d != NULL && files != NULL && count < LOOK_AT && (entry = readdir(d)) != NULL)
		count += is_ours(dirfd(d), entry->d_name, &files[count]);
	if (count > 0)
		qsort(files, count, sizeof *files, newest_first);
	int64_t old_s = count > 0 ? files[0].mtime_s - LEFT_OVER_S : 0;
	for (size_t i = 0; i < count; i++) {
		kept += !files[i].temporary;
		if (files[i].temporary ? files[i].mtime_s < old_s
				       : kept > TL_MIB_CACHE_FILES)
			(void)unlinkat(dirfd(d), files[i].name, 0);
	}
	free(files);
	if (d != NULL)
		closedir(d);
}

tl_err
tl_mib_cache_keep(const char *dir, const tl_mib_cache_key *key, const tl_mib *mib,
    const tl_mib_loaded *loaded)
{
	uint8_t room[HEAD_BYTES] = { 0 };
	cache_head head = { .summary = loaded->summary, .files = loaded->files };
	tl_span bytes = tl_mib_contents(mib);
	char path[PATH_MAX];
	tl_file_writer *w;

	memcpy(head.magic, magic, sizeof magic);
	memcpy(head.key, key->files, sizeof head.key);
	memcpy(room, &head, sizeof head);
	if (!path_of(path, dir, key) || tl_dir_make(dir) != TL_OK)
		return TL_EIO;
	tl_err err = tl_file_begin_shared(AT_FDCWD, path, &w);
	if (err != TL_OK)
		return err;
	tl_file_put(w, room, sizeof room);
	tl_file_put(w, bytes.ptr, bytes.len);
	err = tl_file_commit(w);
	if (err == TL_OK)
		prune(dir);
	return err;
}
