/* sys/walk.h: the files below folders, in the order of their names, whatever order the
 * file system has them in. */
#ifndef TL_SYS_WALK_H
#define TL_SYS_WALK_H

#include "base/vec.h"

#define TL_WALK_DEPTH_MAX 32u      /* folders below one another */
#define TL_WALK_FILES_MAX 200000u  /* files in one walk */
#define TL_WALK_FILE_MAX 67108864u /* bytes of a file: 64 MiB */

typedef struct tl_walk_file { /* without padding: it may be hashed as it is */
	uint64_t path;        /* in text, with a NUL behind */
	uint64_t size, inode, device;
	int64_t mtime_ns, ctime_ns;
} tl_walk_file;

/* Zero-initialise; ended by tl_walk_fini(). */
typedef struct tl_walk {
	tl_vec files;        /* tl_walk_file */
	tl_vec text;         /* char */
	uint32_t too_large;  /* files over TL_WALK_FILE_MAX, left out */
	uint32_t unreadable; /* folders and files that could not be looked at, and folders
				below TL_WALK_DEPTH_MAX */
	tl_vec seen;         /* what was there already: a table of device and inode */
	uint32_t seen_count;
} tl_walk;

/* Adds the file |path|, or all regular files of the folder |path| and those below it. A
 * file or folder that was there already is not added again, so that symbolic links do no
 * harm. Names that begin with a dot are left out, unless they are |path| itself; so are
 * empty files. Errors: TL_EIO (errno: |path| itself cannot be read), TL_EINVAL (it is
 * neither a file nor a folder), TL_ELIMIT, TL_ENOMEM. */
TL_CHECK tl_err tl_walk_add(tl_walk *w, const char *path);

/* The path of a file; valid until the next one is added. */
const char *tl_walk_path(const tl_walk *w, const tl_walk_file *file);

void tl_walk_fini(tl_walk *w);

#endif
