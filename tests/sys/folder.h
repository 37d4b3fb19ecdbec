/* tests/sys/folder.h: a folder of a test's own, and files in it. */
#ifndef TESTS_SYS_FOLDER_H
#define TESTS_SYS_FOLDER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { JOINED = 256 };

typedef struct folder {
	char path[64];
	char *joined; /* what at() gives, in turns */
	unsigned turn;
} folder;

/* The path of |name| in the folder; valid for the next three calls. */
static inline const char *
at(folder *f, const char *name)
{
	char *path = f->joined + JOINED * (f->turn++ % 4);

	int n = snprintf(path, JOINED, "%s/%s", f->path, name);
	assert_in_range(n, 1, JOINED - 1);
	return path;
}

static inline void
put_bytes(folder *f, const char *name, const void *bytes, size_t len)
{
	FILE *to = fopen(at(f, name), "w");

	assert_non_null(to);
	assert_int_equal(fwrite(bytes, 1, len, to), len);
	assert_int_equal(fclose(to), 0);
}

static inline void
put_file(folder *f, const char *name, const char *text)
{
	put_bytes(f, name, text, strlen(text));
}

static inline void
put_folder(folder *f, const char *name)
{
	assert_int_equal(mkdir(at(f, name), 0755), 0);
}

static inline int
folder_setup(void **state)
{
	folder *f = calloc(1, sizeof *f);

	*state = f;
	if (f == NULL || (f->joined = malloc(4 * JOINED)) == NULL)
		return -1;
	(void)snprintf(f->path, sizeof f->path, "/tmp/trapline-test-XXXXXX");
	return mkdtemp(f->path) != NULL ? 0 : -1;
}

static inline int
folder_teardown(void **state)
{
	folder *f = *state;
	char command[192];

	(void)snprintf(
	    command, sizeof command, "chmod -R u+rwx %s; rm -r %s", f->path, f->path);
	int status = system(command);
	free(f->joined);
	free(f);
	return status;
}

#endif
