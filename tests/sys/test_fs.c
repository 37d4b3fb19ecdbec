/* Files replaced whole or not at all, bounded reading, folders, locks. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/fs.h"

static char folder[64];
static int folder_fd = -1;

static int
make_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof folder, "/tmp/trapline-fs-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY);
	return folder_fd < 0 ? -1 : 0;
}

static int
remove_folder(void **state)
{
	char command[192];

	(void)state;
	(void)close(folder_fd);
	(void)snprintf(
	    command, sizeof command, "chmod -R u+rwx %s; rm -r %s", folder, folder);
	return system(command);
}

static tl_span
text(const char *s)
{
	return (tl_span){ (const uint8_t *)s, strlen(s) };
}

static void
assert_content(const char *name, const char *content)
{
	uint8_t *bytes;
	size_t len;

	assert_int_equal(tl_file_read(folder_fd, name, 1 << 20, &bytes, &len), TL_OK);
	assert_string_equal((char *)bytes, content);
	assert_int_equal(len, strlen(content));
	free(bytes);
}

static void
replaces_a_file_readable_by_the_owner_alone(void **state)
{
	struct stat st;
	(void)state;

	assert_int_equal(tl_file_replace(folder_fd, "f", text("one")), TL_OK);
	assert_content("f", "one");
	assert_int_equal(tl_file_replace(folder_fd, "f", text("second")), TL_OK);
	assert_content("f", "second");
	assert_int_equal(fstatat(folder_fd, "f", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(faccessat(folder_fd, "f.tmp", F_OK, 0), -1);
}

static void
replaces_by_path_from_anywhere(void **state)
{
	char path[128];
	(void)state;

	(void)snprintf(path, sizeof path, "%s/by-path", folder);
	assert_int_equal(tl_file_replace(AT_FDCWD, path, text("x")), TL_OK);
	assert_content("by-path", "x");
}

static void
an_abandoned_write_leaves_the_old_file(void **state)
{
	tl_file_writer *w;
	(void)state;

	assert_int_equal(tl_file_replace(folder_fd, "a", text("old")), TL_OK);
	assert_int_equal(tl_file_begin(folder_fd, "a", &w), TL_OK);
	tl_file_put(w, "new", 3);
	tl_file_abandon(w);
	assert_content("a", "old");
	assert_int_equal(faccessat(folder_fd, "a.tmp", F_OK, 0), -1);
}

/* What a killed process leaves behind does not disturb the next one. */
static void
a_left_over_temporary_file_is_overwritten(void **state)
{
	tl_file_writer *w;
	(void)state;

	assert_int_equal(tl_file_begin(folder_fd, "l.tmp", &w), TL_OK);
	tl_file_put(w, "a long left-over", 16);
	assert_int_equal(tl_file_commit(w), TL_OK);
	assert_int_equal(tl_file_replace(folder_fd, "l", text("short")), TL_OK);
	assert_content("l", "short");
}

static void
writes_more_than_a_chunk(void **state)
{
	enum { LINES = 30000 };
	tl_file_writer *w;
	uint8_t *bytes;
	size_t len;
	(void)state;

	assert_int_equal(tl_file_begin(folder_fd, "long", &w), TL_OK);
	for (int i = 0; i < LINES; i++) {
		char line[16];
		int n = snprintf(line, sizeof line, "%07d\n", i);
		tl_file_put(w, line, (size_t)n);
	}
	assert_int_equal(tl_file_commit(w), TL_OK);
	assert_int_equal(tl_file_read(folder_fd, "long", LINES * 8, &bytes, &len), TL_OK);
	assert_int_equal(len, LINES * 8);
	for (int i = 0; i < LINES; i++)
		assert_int_equal(atol((char *)bytes + 8 * i), i);
	free(bytes);
	assert_int_equal(
	    tl_file_read(folder_fd, "long", LINES * 8 - 1, &bytes, &len), TL_ELIMIT);
}

/* /dev/full takes nothing: the error is told and the file stays. */
static void
a_full_disk_leaves_the_old_file(void **state)
{
	tl_file_writer *w;
	(void)state;

	if (symlinkat("/dev/full", folder_fd, "full") != 0)
		fail();
	assert_int_equal(tl_file_replace(folder_fd, "d", text("old")), TL_OK);
	assert_int_equal(tl_file_begin(folder_fd, "d", &w), TL_OK);
	/* The writer's descriptor is the newest: put /dev/full in its place. */
	int full = open("/dev/full", O_WRONLY);
	assert_true(full > 0);
	assert_int_equal(dup2(full, full - 1), full - 1);
	(void)close(full);
	tl_file_put(w, "new", 3);
	errno = 0;
	assert_int_equal(tl_file_commit(w), TL_EIO);
	assert_int_equal(errno, ENOSPC);
	assert_content("d", "old");
}

static void
reads_with_a_bound(void **state)
{
	uint8_t *bytes;
	size_t len;
	(void)state;

	assert_int_equal(
	    tl_file_read(folder_fd, "missing", 10, &bytes, &len), TL_ENOTFOUND);
	assert_int_equal(tl_file_read(folder_fd, ".", 10, &bytes, &len), TL_EIO);
	assert_int_equal(
	    tl_file_read(AT_FDCWD, "/dev/zero", 1000, &bytes, &len), TL_ELIMIT);
	assert_int_equal(tl_file_read(AT_FDCWD, "/dev/null", 0, &bytes, &len), TL_OK);
	assert_int_equal(len, 0);
	assert_int_equal(bytes[0], 0);
	free(bytes);
}

static void
makes_folders_private(void **state)
{
	char path[128];
	struct stat st;
	(void)state;

	(void)snprintf(path, sizeof path, "%s/x//y/z/", folder);
	assert_int_equal(tl_dir_make(path), TL_OK);
	assert_int_equal(tl_dir_make(path), TL_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	(void)snprintf(path, sizeof path, "%s/plain", folder);
	assert_int_equal(tl_file_replace(AT_FDCWD, path, text("")), TL_OK);
	errno = 0;
	assert_int_equal(tl_dir_make(path), TL_EIO);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(tl_dir_make(""), TL_EIO);
}

static void
a_second_lock_is_refused_as_busy(void **state)
{
	int first, second;
	(void)state;

	assert_int_equal(tl_lock_take(folder_fd, "lock", &first), TL_OK);
	errno = 0;
	assert_int_equal(tl_lock_take(folder_fd, "lock", &second), TL_EIO);
	assert_int_equal(errno, EBUSY);
	(void)close(first);
	assert_int_equal(tl_lock_take(folder_fd, "lock", &second), TL_OK);
	(void)close(second);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replaces_a_file_readable_by_the_owner_alone),
		cmocka_unit_test(replaces_by_path_from_anywhere),
		cmocka_unit_test(an_abandoned_write_leaves_the_old_file),
		cmocka_unit_test(a_left_over_temporary_file_is_overwritten),
		cmocka_unit_test(writes_more_than_a_chunk),
		cmocka_unit_test(a_full_disk_leaves_the_old_file),
		cmocka_unit_test(reads_with_a_bound),
		cmocka_unit_test(makes_folders_private),
		cmocka_unit_test(a_second_lock_is_refused_as_busy),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
