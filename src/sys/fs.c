/* sys/fs.c: reading and atomically replacing files; for the state folder and whoever
 * keeps something on disk. */
#include "sys/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WRITE_CHUNK = 65536, READ_CHUNK = 65536, PEEK = 4096 };
enum { TRIES_MAX = 100 }; /* names for a temporary file */

struct tl_file_writer {
	int dirfd, fd;
	int error;   /* errno of the first failure, 0: none */
	size_t used; /* bytes of chunk */
	char path[PATH_MAX], temp[PATH_MAX];
	uint8_t chunk[WRITE_CHUNK];
};

/* Closes without disturbing errno. */
static void
close_quietly(int fd)
{
	int saved = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = saved;
}

/* Reads until the end or |cap| bytes. */
static ssize_t
read_up_to(int fd, uint8_t *to, size_t cap)
{
	size_t have = 0;

	while (have < cap) {
		ssize_t n = read(fd, to + have, cap - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* Reads the rest of |fd|; a size that stat() tells is only a first guess. */
static tl_err
read_all(int fd, size_t max_bytes, uint8_t **out, size_t *len)
{
	struct stat st;
	size_t cap = READ_CHUNK, have = 0;
	uint8_t *bytes = NULL;

	if (fstat(fd, &st) == 0 && st.st_size >= 0 && (uint64_t)st.st_size < max_bytes)
		cap = (size_t)st.st_size + 1;
	for (;;) {
		cap = cap > max_bytes ? max_bytes + 1 : cap;
		uint8_t *grown = realloc(bytes, cap + 1);
		if (grown == NULL) {
			free(bytes);
			return TL_ENOMEM;
		}
		bytes = grown;
		ssize_t n = read_up_to(fd, bytes + have, cap - have);
		if (n >= 0 && (have += (size_t)n) < cap) {
			bytes[have] = '\0';
			*out = bytes;
			*len = have;
			return TL_OK;
		}
		if (n < 0 || cap > max_bytes) {
			free(bytes);
			return n < 0 ? TL_EIO : TL_ELIMIT;
		}
		cap *= 2;
	}
}

static tl_err
open_to_read(int dirfd, const char *path, int *fd)
{
	*fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	if (*fd >= 0)
		return TL_OK;
	return errno == ENOENT ? TL_ENOTFOUND : TL_EIO;
}

tl_err
tl_file_read(int dirfd, const char *path, size_t max_bytes, uint8_t **out, size_t *len)
{
	int fd;
	tl_err err = open_to_read(dirfd, path, &fd);

	if (err != TL_OK)
		return err;
	err = max_bytes > SSIZE_MAX / 2 ? TL_ELIMIT : read_all(fd, max_bytes, out, len);
	close_quietly(fd);
	return err;
}

tl_err
tl_file_read_end(
    int dirfd, const char *path, size_t max_bytes, uint8_t **out, size_t *len)
{
	int fd;
	tl_err err = open_to_read(dirfd, path, &fd);

	if (err != TL_OK)
		return err;
	off_t end = lseek(fd, 0, SEEK_END);
	off_t from = end > (off_t)max_bytes ? end - (off_t)max_bytes : 0;
	if (end < 0 || lseek(fd, from, SEEK_SET) < 0)
		err = TL_EIO;
	else
		err = read_all(fd, max_bytes, out, len);
	close_quietly(fd);
	return err;
}

static bool
is_control(uint8_t c)
{
	return (c < ' ' && !(c >= '\t' && c <= '\r') && c != 0x1a) || c == 0x7f;
}

/* Whether a file that begins with |text| looks like one: stray control characters do no
 * harm, nor do NULs at the end; a compressed file has one in ten bytes. */
static bool
is_text(const uint8_t *text, size_t len)
{
	enum { TEXT_PART = 16 }; /* one control character in so many bytes is too much */
	size_t controls = 0;

	while (len > 0 && text[len - 1] == 0)
		len--;
	for (size_t i = 0; i < len; i++)
		controls += is_control(text[i]);
	return len > 0 && controls * TEXT_PART <= len;
}

/* Reads |fd| to its end, PEEK bytes at first. */
static tl_err
read_text(int fd, size_t max_bytes, tl_vec *to)
{
	size_t want = PEEK;

	to->count = 0;
	for (;;) {
		uint32_t had = to->count;
		uint8_t *at = tl_vec_grow(to, 1, want);
		if (at == NULL)
			return TL_ENOMEM;
		ssize_t n = read_up_to(fd, at, want);
		to->count = had + (uint32_t)(n > 0 ? n : 0);
		if (n < 0)
			return TL_EIO;
		if (had == 0 && n > 0 && !is_text(at, (size_t)n))
			return TL_EFORMAT;
		if (to->count > max_bytes)
			return TL_ELIMIT;
		if ((size_t)n < want)
			return TL_OK;
		want = READ_CHUNK;
	}
}

tl_err
tl_file_read_text(const char *path, size_t max_bytes, tl_vec *to)
{
	/* O_NONBLOCK: a pipe of that name must not hold us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	tl_err err = TL_EFORMAT;

	if (fd < 0)
		return errno == ENOENT ? TL_ENOTFOUND : TL_EIO;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		err = read_text(fd, max_bytes, to);
	close_quietly(fd);
	return err;
}

/* Opens "PATH" and |suffix|. */
static bool
open_temporary(tl_file_writer *w, const char *suffix, int flags, mode_t mode)
{
	int n = snprintf(w->temp, sizeof w->temp, "%s%s", w->path, suffix);

	if (n < 0 || (size_t)n >= sizeof w->temp) {
		errno = ENAMETOOLONG;
		return false;
	}
	flags |= O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
	w->fd = openat(w->dirfd, w->temp, flags, mode);
	return w->fd >= 0;
}

/* A name that no other writer has. */
static bool
open_own_temporary(tl_file_writer *w)
{
	char suffix[64];

	for (unsigned i = 0; i < TRIES_MAX; i++) {
		snprintf(suffix, sizeof suffix, ".%ld-%u.tmp", (long)getpid(), i);
		if (open_temporary(w, suffix, O_EXCL, 0644))
			return true;
		if (errno != EEXIST)
			return false;
	}
	return false;
}

static tl_err
begin(int dirfd, const char *path, bool shared, tl_file_writer **out)
{
	size_t len = strlen(path);

	if (len >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return TL_EIO;
	}
	tl_file_writer *w = malloc(sizeof *w);
	if (w == NULL)
		return TL_ENOMEM;
	memcpy(w->path, path, len + 1);
	w->dirfd = dirfd;
	w->error = 0;
	w->used = 0;
	if (!(shared ? open_own_temporary(w)
		     : open_temporary(w, ".tmp", O_TRUNC, 0600))) {
		free(w);
		return TL_EIO;
	}
	*out = w;
	return TL_OK;
}

tl_err
tl_file_begin(int dirfd, const char *path, tl_file_writer **out)
{
	return begin(dirfd, path, false, out);
}

tl_err
tl_file_begin_shared(int dirfd, const char *path, tl_file_writer **out)
{
	return begin(dirfd, path, true, out);
}

static void
write_chunk(tl_file_writer *w)
{
	size_t done = 0;

	while (w->error == 0 && done < w->used) {
		ssize_t n = write(w->fd, w->chunk + done, w->used - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			w->error = errno;
	}
	w->used = 0;
}

void
tl_file_put(tl_file_writer *w, const void *ptr, size_t len)
{
	const uint8_t *from = ptr;

	while (len > 0) {
		size_t room = WRITE_CHUNK - w->used, n = len < room ? len : room;
		memcpy(w->chunk + w->used, from, n);
		w->used += n;
		from += n;
		len -= n;
		if (w->used == WRITE_CHUNK)
			write_chunk(w);
	}
}

/* Makes a rename in the folder of |path| durable. */
static tl_err
sync_folder_of(int dirfd, const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path) + 1;

	memcpy(folder, len > 0 ? path : ".", len > 0 ? len : 1);
	folder[len > 0 ? len : 1] = '\0';
	int fd = openat(dirfd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return TL_EIO;
	tl_err err = fsync(fd) == 0 ? TL_OK : TL_EIO;
	close_quietly(fd);
	return err;
}

tl_err
tl_file_commit(tl_file_writer *w)
{
	tl_err err = TL_EIO;

	write_chunk(w);
	if (w->error == 0 && fsync(w->fd) != 0)
		w->error = errno;
	if (close(w->fd) != 0 && w->error == 0)
		w->error = errno;
	w->fd = -1;
	if (w->error != 0) {
		errno = w->error;
	} else if (renameat(w->dirfd, w->temp, w->dirfd, w->path) == 0) {
		err = sync_folder_of(w->dirfd, w->path);
		free(w);
		return err;
	}
	tl_file_abandon(w);
	return err;
}

void
tl_file_abandon(tl_file_writer *w)
{
	if (w == NULL)
		return;
	int saved = errno;
	close_quietly(w->fd);
	(void)unlinkat(w->dirfd, w->temp, 0);
	free(w);
	errno = saved;
}

tl_err
tl_file_replace(int dirfd, const char *path, tl_span bytes)
{
	tl_file_writer *w;
	tl_err err = tl_file_begin(dirfd, path, &w);

	if (err != TL_OK)
		return err;
	tl_file_put(w, bytes.ptr, bytes.len);
	return tl_file_commit(w);
}

tl_err
tl_dir_make(const char *path)
{
	char part[PATH_MAX];
	size_t len = strlen(path);
	struct stat st;

	if (len == 0 || len >= sizeof part) {
		errno = len == 0 ? ENOENT : ENAMETOOLONG;
		return TL_EIO;
	}
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		/* A folder that stands but may not be written is fine on the way. */
		if (mkdir(part, 0700) != 0 && stat(part, &st) != 0)
			return TL_EIO;
	}
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return TL_OK;
	errno = ENOTDIR;
	return TL_EIO;
}

tl_err
tl_lock_take(int dirfd, const char *path, int *out)
{
	int fd = openat(dirfd, path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return TL_EIO;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK)
			errno = EBUSY;
		close_quietly(fd);
		return TL_EIO;
	}
	*out = fd;
	return TL_OK;
}
