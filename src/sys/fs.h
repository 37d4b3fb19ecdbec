/* sys/fs.h: small files read whole, files replaced whole or not at all, folders, locks.
 * Paths are relative to |dirfd|, an open folder or AT_FDCWD. After TL_EIO errno tells. */
#ifndef TL_SYS_FS_H
#define TL_SYS_FS_H

#include "base/vec.h"

/* Reads the file, |max_bytes| at most, into memory that the caller frees; a NUL, not
 * counted, follows. Errors: TL_ENOTFOUND, TL_ELIMIT (it is longer), TL_EIO, TL_ENOMEM. */
TL_CHECK tl_err tl_file_read(
    int dirfd, const char *path, size_t max_bytes, uint8_t **out, size_t *len);

/* Reads the last |max_bytes| of the file, or all of it if it is shorter; as above. */
TL_CHECK tl_err tl_file_read_end(
    int dirfd, const char *path, size_t max_bytes, uint8_t **out, size_t *len);

/* Reads a text into |to|, whose bytes it replaces. Errors: TL_ENOTFOUND, TL_ELIMIT (it
 * has more than |max_bytes|), TL_EFORMAT (no regular file, or so many control characters
 * in the first 4 KiB that it is no text; then nothing is read behind them), TL_EIO,
 * TL_ENOMEM. */
TL_CHECK tl_err tl_file_read_text(const char *path, size_t max_bytes, tl_vec *to);

/* A file being written beside the one that it will replace: "NAME.tmp". One writer at a
 * time. What is written is collected in 64 KiB. */
typedef struct tl_file_writer tl_file_writer;

/* Begins to write what will be |path|, readable by its owner alone.
 * Errors: TL_EIO, TL_ENOMEM. End it with commit or abandon. */
TL_CHECK tl_err tl_file_begin(int dirfd, const char *path, tl_file_writer **out);

/* The same, readable by all as the umask allows, and by any number of writers at a time:
 * the last one to commit wins. */
TL_CHECK tl_err tl_file_begin_shared(int dirfd, const char *path, tl_file_writer **out);

/* Appends. An error is kept and told by tl_file_commit(). */
void tl_file_put(tl_file_writer *w, const void *ptr, size_t len);

/* Makes what was written |path|, at once and on the disk: fsync, rename, fsync of the
 * folder. Whatever it returns, |w| is gone; on an error |path| is what it was.
 * Errors: TL_EIO. */
TL_CHECK tl_err tl_file_commit(tl_file_writer *w);

/* Gives up; |path| is as it was. NULL is fine. */
void tl_file_abandon(tl_file_writer *w);

/* Begin, put and commit in one. Errors: TL_EIO, TL_ENOMEM. */
TL_CHECK tl_err tl_file_replace(int dirfd, const char *path, tl_span bytes);

/* Makes the folder and those above it, each that is missing with mode 0700.
 * Errors: TL_EIO. */
TL_CHECK tl_err tl_dir_make(const char *path);

/* Takes the lock file |path|, which is made if missing, until |*fd| is closed or the
 * process ends. Errors: TL_EIO; errno EBUSY: somebody else holds it. */
TL_CHECK tl_err tl_lock_take(int dirfd, const char *path, int *fd);

#endif
