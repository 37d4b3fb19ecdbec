/* outputs/output_file.c: lines appended to a file, each once and whole: what a full disk
 * let in by half is taken back. A file that was moved or deleted is begun anew. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "outputs/lines.h"
#include "outputs/types.h"

typedef struct file {
	const tl_conf_output *conf;
	char *path;
	lines w;
	bool is_regular;
	dev_t device;
	ino_t inode;
	uint64_t size;
} file;

/* |name| as it is, or below the folder |dir|; NULL without memory. */
static char *
path_in(const char *dir, const char *name)
{
	bool whole = name[0] == '/' || dir == NULL;
	size_t len = strlen(name) + (whole ? 0 : strlen(dir) + 1) + 1;
	char *path = malloc(len);

	if (path != NULL)
		snprintf(path, len, "%s%s%s", whole ? "" : dir, whole ? "" : "/", name);
	return path;
}

/* Opens the file, or makes it with the permissions asked for, whatever the umask. A pipe
 * without a reader is an error, and does not wait for one. */
static int
open_file(const file *f)
{
	enum { FLAGS = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };
	int fd = open(f->path, FLAGS);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	fd = open(f->path, FLAGS | O_CREAT | O_EXCL, 0600);
	if (fd >= 0 && fchmod(fd, (mode_t)f->conf->file.mode) != 0)
		fd = (close(fd), -1);
	if (fd < 0 && errno == EEXIST)
		fd = open(f->path, FLAGS);
	return fd;
}

/* False: errno says why, and what was open stays. */
static bool
begin(file *f)
{
	struct stat st;
	int fd = open_file(f);

	if (fd < 0 || fstat(fd, &st) != 0) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (f->w.fd >= 0)
		close(f->w.fd);
	f->w.fd = fd;
	f->device = st.st_dev;
	f->inode = st.st_ino;
	f->is_regular = S_ISREG(st.st_mode);
	f->size = f->is_regular ? (uint64_t)st.st_size : 0;
	return true;
}

static tl_err
file_open(const tl_conf_output *conf, const output_place *place, void **self,
    char problem[OUTPUT_PROBLEM_MAX])
{
	file *f = calloc(1, sizeof *f);
	formatter_options opt = { conf->form, .template = &conf->template };
	tl_err err = TL_ENOMEM;

	if (f == NULL)
		goto out;
	f->conf = conf;
	f->path = path_in(place->state, conf->file.path);
	err = lines_init(&f->w, &opt);
	if (f->path == NULL)
		err = TL_ENOMEM;
	if (err == TL_OK && !begin(f))
		err = TL_EIO;
out:
	if (err == TL_OK) {
		*self = f;
		return TL_OK;
	}
	snprintf(problem, OUTPUT_PROBLEM_MAX, "%s: %s", conf->file.path,
	    err == TL_EIO ? strerror(errno) : tl_err_text(err));
	if (f != NULL) {
		lines_fini(&f->w);
		free(f->path);
	}
	free(f);
	return err;
}

static delivery
failed(const file *f, batch *b, int error)
{
	snprintf(b->problem, sizeof b->problem, "%s: %s", f->path,
	    error == EAGAIN ? "nobody reads" : strerror(error));
	return DELIVER_AGAIN;
}

/* Looks at the file as it is now: somebody may have emptied or deleted it. */
static bool
look(file *f)
{
	struct stat st;

	if (f->w.fd < 0)
		return begin(f);
	if (!f->is_regular)
		return true;
	if (fstat(f->w.fd, &st) != 0)
		return false;
	f->size = (uint64_t)st.st_size;
	return st.st_nlink > 0 || begin(f);
}

/* Takes back the |partial| bytes at the end of the file; false if that cannot be done. */
static bool
take_back(file *f, size_t partial)
{
	struct stat st;

	return f->is_regular && fstat(f->w.fd, &st) == 0 &&
	       st.st_size >= (off_t)partial &&
	       ftruncate(f->w.fd, st.st_size - (off_t)partial) == 0;
}

/* Writes |count| of the lines formed; false: errno says why. */
static bool
write_lines(file *f, batch *b, size_t count)
{
	size_t partial, before = f->w.skip;
	size_t done = lines_write(&f->w, count, b, &partial);
	int error = errno;

	b->done += done;
	if (partial > 0 && !take_back(f, partial))
		lines_keep_half(&f->w, b->items[b->done], partial);
	f->size += f->w.skip - before;
	errno = error;
	return done == count;
}

static delivery
file_deliver(void *self, batch *b)
{
	file *f = self;
	tl_err err = TL_OK;

	if (!look(f))
		return failed(f, b, errno);
	while (b->done < b->count) {
		size_t n =
		    lines_form(&f->w, b, b->done, (size_t)f->conf->batch.bytes, &err);
		if (n == 0) {
			snprintf(b->problem, sizeof b->problem, "an event: %s",
			    tl_err_text(err));
			return DELIVER_NEVER;
		}
		if (!write_lines(f, b, n))
			return failed(f, b, errno);
	}
	return DELIVERED;
}

/* SIGHUP: whatever has become of the old one, what follows goes to |path|. */
static void
file_reopen(void *self)
{
	file *f = self;

	if (!begin(f) && f->w.fd >= 0) {
		close(f->w.fd);
		f->w.fd = -1;
	}
}

/* Somebody moved the file away, or put another in its place. */
static void
file_idle(void *self, int64_t now_ns)
{
	file *f = self;
	struct stat st;

	(void)now_ns;
	if (f->w.fd < 0 || !f->is_regular)
		return;
	if (stat(f->path, &st) == 0 ? st.st_dev != f->device || st.st_ino != f->inode
				    : errno == ENOENT)
		begin(f);
}

static void
file_close(void *self)
{
	file *f = self;

	if (f->w.fd >= 0)
		close(f->w.fd);
	lines_fini(&f->w);
	free(f->path);
	free(f);
}

const output_type output_file = {
	.name = "file",
	.open = file_open,
	.deliver = file_deliver,
	.reopen = file_reopen,
	.idle = file_idle,
	.close = file_close,
};
