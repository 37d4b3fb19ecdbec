/* outputs/output_file.c: lines appended to a file, each once and whole: what a full disk
 * let in by half is taken back. A file that was moved or deleted is begun anew; one that
 * is full, or old, goes to the archive. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "outputs/archive.h"
#include "outputs/lines.h"
#include "outputs/types.h"
#include "sys/clock.h"

typedef struct file {
	const tl_conf_output *conf;
	char *path;
	lines w;
	bool is_regular;
	dev_t device;
	ino_t inode;
	uint64_t size;
	int64_t period;     /* of rotate.every, that its lines are from */
	uint64_t safe_size; /* what of it has been synced */
	size_t safe_done;   /* and of the batch */
	archive *archive;   /* NULL: it grows for ever */
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
		return open(f->path, FLAGS);
	if (fd >= 0 && f->conf->file.sync && !archive_sync_folder(f->path))
		fd = (close(fd), -1);
	return fd;
}

/* The number of the period that |realtime_ns| is in; they begin when the local clock
 * shows a multiple of rotate.every, a day at midnight. */
static int64_t
period_of(const file *f, int64_t realtime_ns)
{
	time_t second = (time_t)(realtime_ns / TL_NS_PER_S);
	struct tm tm = { 0 };

	if (f->conf->file.rotate.every_ns == 0 || localtime_r(&second, &tm) == NULL)
		return 0;
	return (realtime_ns + tm.tm_gmtoff * (int64_t)TL_NS_PER_S) /
	       f->conf->file.rotate.every_ns;
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
	f->period = period_of(
	    f, f->size == 0 ? tl_now_realtime_ns()
			    : st.st_mtim.tv_sec * TL_NS_PER_S + st.st_mtim.tv_nsec);
	return true;
}

/* A kill may have left a line by half: it ends before another begins. */
static bool
end_last_line(file *f)
{
	int fd = f->size > 0 ? open(f->path, O_RDONLY | O_CLOEXEC) : -1;
	char last = '\n';

	if (fd >= 0 && pread(fd, &last, 1, (off_t)f->size - 1) < 0)
		last = '\n';
	if (fd >= 0)
		close(fd);
	if (last == '\n')
		return true;
	f->size++;
	return write(f->w.fd, "\n", 1) == 1;
}

static bool
wants_archive(const file *f)
{
	const tl_conf_rotate *r = &f->conf->file.rotate;

	return f->is_regular && (r->size_bytes > 0 || r->every_ns > 0);
}

static void
dispose(file *f)
{
	archive_free(f->archive);
	if (f->w.fd >= 0)
		close(f->w.fd);
	lines_fini(&f->w);
	free(f->path);
	free(f);
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
	f->w.fd = -1;
	f->path = path_in(place->state, conf->file.path);
	err = lines_init(&f->w, &opt);
	if (f->path == NULL)
		err = TL_ENOMEM;
	if (err == TL_OK && (!begin(f) || !end_last_line(f)))
		err = TL_EIO;
	if (err == TL_OK && wants_archive(f)) {
		f->archive = archive_new(f->path, &conf->file.rotate);
		err = f->archive != NULL ? TL_OK : TL_EIO;
	}
out:
	if (err == TL_OK) {
		*self = f;
		return TL_OK;
	}
	snprintf(problem, OUTPUT_PROBLEM_MAX, "%s: %s", conf->file.path,
	    err == TL_EIO ? strerror(errno) : tl_err_text(err));
	if (f != NULL)
		dispose(f);
	return err;
}

static void
complain(const file *f, batch *b, int error)
{
	snprintf(b->problem, sizeof b->problem, "%s: %s", f->path,
	    error == EAGAIN ? "nobody reads" : strerror(error));
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

/* Makes what was written safe; if that fails it is taken back, since nobody can know what
 * of it is there. */
static bool
sync_lines(file *f, batch *b)
{
	if (!f->conf->file.sync || !f->is_regular || f->w.fd < 0)
		return true;
	if (fdatasync(f->w.fd) == 0) {
		f->safe_size = f->size;
		f->safe_done = b->done;
		return true;
	}
	int error = errno;
	if (ftruncate(f->w.fd, (off_t)f->safe_size) == 0) {
		f->size = f->safe_size;
		b->done = f->safe_done;
	}
	errno = error;
	return false;
}

/* Whether |path| still names what we write to. */
static bool
is_ours(const file *f)
{
	struct stat st;

	return stat(f->path, &st) == 0 && st.st_dev == f->device && st.st_ino == f->inode;
}

/* Begins a new file; false: errno says why. */
static bool
rotate(file *f, batch *b)
{
	if (!sync_lines(f, b))
		return false;
	if (is_ours(f) && !archive_take(f->archive, tl_now_realtime_ns()))
		return false;
	if (!begin(f))
		return false;
	f->safe_size = f->size;
	f->safe_done = b->done;
	return true;
}

/* Whether the file's time is over. An empty one stays. */
static bool
is_old(file *f)
{
	if (f->archive == NULL || f->w.half != NULL || f->conf->file.rotate.every_ns == 0)
		return false;
	int64_t period = period_of(f, tl_now_realtime_ns());
	if (f->size == 0)
		f->period = period;
	return f->period != period;
}

/* How many of the |n| lines formed go into this file, which is another if none does. The
 * lines are more than its size: if no new one can be begun it grows. */
static size_t
make_room(file *f, batch *b, size_t n)
{
	uint64_t limit = (uint64_t)f->conf->file.rotate.size_bytes;

	if (f->archive == NULL || limit == 0 || f->w.half != NULL)
		return n;
	size_t fit = lines_that_fit(&f->w, limit > f->size ? limit - f->size : 0);
	if (fit == 0 && f->size > 0) {
		if (!rotate(f, b)) {
			complain(f, b, errno);
			return f->w.fd >= 0 ? n : 0;
		}
		fit = lines_that_fit(&f->w, limit);
	}
	return fit > 0 ? fit : 1;
}

static delivery
write_batch(file *f, batch *b)
{
	tl_err err = TL_OK;

	while (b->done < b->count) {
		size_t n =
		    lines_form(&f->w, b, b->done, (size_t)f->conf->batch.bytes, &err);
		if (n == 0)
			return batch_unwritten(b, err);
		n = make_room(f, b, n);
		if (!write_lines(f, b, n)) {
			complain(f, b, errno);
			return DELIVER_AGAIN;
		}
	}
	return DELIVERED;
}

static delivery
file_deliver(void *self, batch *b)
{
	file *f = self;

	if (b->cut)
		lines_keep_half(&f->w, NULL, 0);
	if (!look(f)) {
		complain(f, b, errno);
		return DELIVER_AGAIN;
	}
	f->safe_size = f->size;
	f->safe_done = 0;
	if (f->archive != NULL)
		archive_problem(f->archive, b->problem);
	if (is_old(f) && !rotate(f, b))
		complain(f, b, errno);
	delivery what = write_batch(f, b);
	b->cut = f->w.half != NULL;
	if (!sync_lines(f, b)) {
		complain(f, b, errno);
		return DELIVER_AGAIN;
	}
	return what;
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

/* Somebody moved the file away, or put another in its place; or its time is over, and no
 * event comes to begin another. */
static void
file_idle(void *self, int64_t now_ns)
{
	file *f = self;
	batch none = { 0 };

	(void)now_ns;
	if (f->w.fd < 0 || !f->is_regular || f->w.half != NULL)
		return;
	if (!is_ours(f))
		begin(f);
	else if (is_old(f))
		rotate(f, &none);
}

static void
file_close(void *self)
{
	dispose(self);
}

const output_type output_file = {
	.name = "file",
	.open = file_open,
	.deliver = file_deliver,
	.reopen = file_reopen,
	.idle = file_idle,
	.close = file_close,
};
