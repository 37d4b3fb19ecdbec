/* outputs/archive.c: see archive.h. Renaming is done by the output, at once; its thread
 * does what takes long: it looks at the folder and brings it into the state wanted, so
 * that it does not matter when an earlier run was ended. */
#include "outputs/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/vec.h"
#include "outputs/squeeze.h"
#include "sys/clock.h"

enum { STAMP_LEN = 20 }; /* "20261120T120000.123Z" */

struct archive {
	const char *path;
	const char *name; /* the last part of |path| */
	const tl_conf_rotate *conf;
	int folder;      /* open */
	int64_t last_ms; /* of the last name given: names are in order, also when the
			    clock is not */
	pthread_t thread;
	atomic_bool stop;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t wanted;
	bool again; /* look once more */
	char problem[OUTPUT_PROBLEM_MAX];
};

static int
open_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
	char *folder = len > 0 ? strndup(path, len) : strdup(".");
	int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	free(folder);
	return fd;
}

bool
archive_sync_folder(const char *path)
{
	int fd = open_folder(path);
	bool done = fd >= 0 && fsync(fd) == 0;
	int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
	return done;
}

static void
tell(archive *a, const char *name, const char *why)
{
	pthread_mutex_lock(&a->lock);
	snprintf(a->problem, sizeof a->problem, "%.120s: %.100s", name, why);
	pthread_mutex_unlock(&a->lock);
}

void
archive_problem(archive *a, char problem[OUTPUT_PROBLEM_MAX])
{
	pthread_mutex_lock(&a->lock);
	memcpy(problem, a->problem, OUTPUT_PROBLEM_MAX);
	a->problem[0] = '\0';
	pthread_mutex_unlock(&a->lock);
}

static bool
is_stamp(const char *s)
{
	static const char form[] = "00000000T000000.000Z";

	for (int i = 0; i < STAMP_LEN; i++) {
		bool digit = s[i] >= '0' && s[i] <= '9';
		if (form[i] == '0' ? !digit : s[i] != form[i])
			return false;
	}
	return true;
}

/* What follows the stamp in the name of one of our old files: "", ".zst", ".zst.tmp";
 * NULL: it is none. */
static const char *
old_suffix(const archive *a, const char *name)
{
	size_t len = strlen(a->name);

	if (strncmp(name, a->name, len) != 0 || name[len] != '.' ||
	    strlen(name + len + 1) < STAMP_LEN || !is_stamp(name + len + 1))
		return NULL;
	return name + len + 1 + STAMP_LEN;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of old files, oldest first, whether compressed or not; half-written ones are
 * removed. False: errno says why. */
static bool
list_old(const archive *a, tl_vec *names)
{
	int fd = openat(a->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while ((e = readdir(dir)) != NULL) {
		const char *suffix = old_suffix(a, e->d_name);
		if (suffix != NULL && strcmp(suffix, ".zst.tmp") == 0)
			unlinkat(a->folder, e->d_name, 0);
		if (suffix == NULL || (*suffix != '\0' && strcmp(suffix, ".zst") != 0))
			continue;
		char **name = tl_vec_grow(names, sizeof *name, 1);
		if (name != NULL && (*name = strdup(e->d_name)) == NULL)
			names->count--;
	}
	closedir(dir);
	if (names->count > 0)
		qsort(names->ptr, names->count, sizeof(char *), by_name);
	return true;
}

static void
free_names(tl_vec *names)
{
	for (uint32_t i = 0; i < names->count; i++)
		free(*TL_VEC_AT(names, char *, i));
	tl_vec_free(names);
}

/* How many of the oldest are too many. */
static uint32_t
too_many(const archive *a, const tl_vec *names)
{
	return names->count > a->conf->keep ? names->count - (uint32_t)a->conf->keep : 0;
}

static void
compress_one(archive *a, const char *name)
{
	if (*old_suffix(a, name) != '\0')
		return;
	if (!squeeze(a->folder, name, &a->stop) && errno != EINTR)
		tell(a, name, strerror(errno));
}

static void
look(archive *a)
{
	tl_vec names = { 0 };

	if (!list_old(a, &names))
		tell(a, a->path, strerror(errno));
	uint32_t gone = too_many(a, &names);
	for (uint32_t i = 0; i < names.count && !atomic_load(&a->stop); i++) {
		const char *name = *TL_VEC_AT(&names, char *, i);
		if (i < gone && unlinkat(a->folder, name, 0) != 0 && errno != ENOENT)
			tell(a, name, strerror(errno));
		else if (i >= gone && a->conf->compress == TL_COMPRESS_ZSTD)
			compress_one(a, name);
	}
	free_names(&names);
}

static void *
run(void *context)
{
	archive *a = context;

	pthread_mutex_lock(&a->lock);
	while (!atomic_load(&a->stop)) {
		bool again = a->again;
		a->again = false;
		if (again) {
			pthread_mutex_unlock(&a->lock);
			look(a);
			pthread_mutex_lock(&a->lock);
		} else {
			pthread_cond_wait(&a->wanted, &a->lock);
		}
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

static int
start_thread(archive *a)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int error = pthread_create(&a->thread, NULL, run, a);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return error;
}

static void
destroy(archive *a)
{
	if (a->folder >= 0)
		close(a->folder);
	pthread_cond_destroy(&a->wanted);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

archive *
archive_new(const char *path, const tl_conf_rotate *conf)
{
	archive *a = calloc(1, sizeof *a);
	const char *slash = strrchr(path, '/');

	if (a == NULL)
		return NULL;
	a->path = path;
	a->name = slash != NULL ? slash + 1 : path;
	a->conf = conf;
	a->folder = open_folder(path);
	a->again = true;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->wanted, NULL);
	if (a->folder < 0 || start_thread(a) != 0) {
		destroy(a);
		return NULL;
	}
	return a;
}

void
archive_free(archive *a)
{
	if (a == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	atomic_store(&a->stop, true);
	pthread_cond_signal(&a->wanted);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	destroy(a);
}

/* Not all file systems know how not to replace. */
static bool
rename_to(const archive *a, const char *name)
{
	struct stat st;

	if (renameat2(a->folder, a->name, a->folder, name, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL)
		return false;
	errno = EEXIST;
	return fstatat(a->folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 &&
	       renameat(a->folder, a->name, a->folder, name) == 0;
}

/* Gives the file the name of that moment, unless another has it: EEXIST. */
static bool
move(archive *a, int64_t realtime_ms)
{
	char name[NAME_MAX + 1];
	time_t second = (time_t)(realtime_ms / 1000);
	struct tm tm;
	char text[16];

	if (gmtime_r(&second, &tm) == NULL ||
	    strftime(text, sizeof text, "%Y%m%dT%H%M%S", &tm) == 0) {
		errno = EOVERFLOW;
		return false;
	}
	int len = snprintf(
	    name, sizeof name, "%s.%s.%03dZ", a->name, text, (int)(realtime_ms % 1000));
	if (len < 0 || (size_t)len + sizeof ".zst.tmp" > sizeof name) {
		errno = ENAMETOOLONG;
		return false;
	}
	return rename_to(a, name);
}

bool
archive_take(archive *a, int64_t realtime_ns)
{
	int64_t ms = realtime_ns / 1000000;

	ms = ms > a->last_ms ? ms : a->last_ms + 1;
	while (!move(a, ms)) {
		if (errno != EEXIST)
			return false;
		ms++;
	}
	a->last_ms = ms;
	pthread_mutex_lock(&a->lock);
	a->again = true;
	pthread_cond_signal(&a->wanted);
	pthread_mutex_unlock(&a->lock);
	return true;
}
