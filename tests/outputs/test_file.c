/* Tests of outputs/output_file.c, archive.c and squeeze.c. */
#include <dirent.h>
#include <sys/resource.h>
#include <zstd.h>

#include "outputs/outputs.h"

static void
open_events(sample_output *o, const char *more)
{
	char yaml[512];

	snprintf(yaml, sizeof yaml, "{type: file, path: events.json, %s}", more);
	o->place.state = the_folder;
	output_open(o, &output_file, yaml);
}

static void
test_appends_json_lines_below_the_state_folder(void **state)
{
	sample_output o = { 0 };
	struct stat st;

	(void)state;
	umask(0077);
	open_events(&o, "mode: 0644");
	output_numbers(&o, 1, 3);
	output_close(&o);
	open_events(&o, "mode: 0600");
	output_numbers(&o, 4, 4);
	output_close(&o);
	assert_numbers("events.json", "1 2 3 4 ");
	assert_int_equal(stat(in_folder("events.json"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644); /* of a new file only */
}

static void
test_says_why_it_cannot_be_opened(void **state)
{
	sample_output o = { 0 };

	(void)state;
	o.place.state = the_folder;
	assert_int_equal(
	    output_try(&o, &output_file, "{type: file, path: no/such}"), TL_EIO);
	assert_string_equal(o.problem, "no/such: No such file or directory");
	output_close(&o);
	o.place.state = the_folder;
	assert_int_equal(output_try(&o, &output_file, "{type: file, path: .}"), TL_EIO);
	assert_string_equal(o.problem, ".: Is a directory");
	output_close(&o);
}

/* The disk is full in the middle of a line: what is there stays whole lines, and what
 * follows once there is room again has each event once. */
static void
test_a_line_cut_by_a_full_disk_is_taken_back(void **state)
{
	struct rlimit old, full;
	sample_output o = { 0 };

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	open_events(&o, "batch: {bytes: 1KiB}");
	size_t n = output_fill(&o, 1, 20);
	full = (struct rlimit){ 2500, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &full);
	assert_int_equal(output_deliver(&o, o.items, n), DELIVER_AGAIN);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_non_null(strstr(o.problem, "events.json: File too large"));
	assert_in_range(o.b.done, 1, 10);
	char *text = read_text("events.json");
	assert_int_equal(strlen(text) % (strlen(text) / o.b.done), 0);
	numbers_in(text); /* whole lines */
	free(text);
	size_t done = o.b.done;
	assert_int_equal(output_deliver(&o, o.items + done, n - done), DELIVERED);
	output_empty(&o, n);
	output_close(&o);
	assert_numbers(
	    "events.json", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 ");
}

static void
test_a_full_device_is_tried_again(void **state)
{
	sample_output o = { 0 };

	(void)state;
	output_open(&o, &output_file, "{type: file, path: /dev/full}");
	size_t n = output_fill(&o, 1, 2);
	assert_int_equal(output_deliver(&o, o.items, n), DELIVER_AGAIN);
	assert_int_equal(o.b.done, 0);
	assert_string_equal(o.problem, "/dev/full: No space left on device");
	output_empty(&o, n);
	output_close(&o);
}

/* A pipe keeps what was written: the rest of the line follows when there is room. */
static void
test_a_line_that_a_pipe_took_by_half_is_completed(void **state)
{
	enum { ROOM = 4096 };
	sample_output o = { 0 };
	char *text = calloc(1, 1 << 20);
	size_t len = 0, done = 0;

	(void)state;
	assert_int_equal(mkfifo(in_folder("events.json"), 0600), 0);
	int fd = open(in_folder("events.json"), O_RDONLY | O_NONBLOCK);
	fcntl(fd, F_SETPIPE_SZ, ROOM);
	open_events(&o, "batch: {bytes: 1MiB}");
	size_t n = output_fill(&o, 1, 100);
	atomic_store(&o.end_ns, 1); /* it must not wait */
	for (int tries = 0; done < n; tries++) {
		assert_true(tries < 1000);
		delivery what = output_deliver(&o, o.items + done, n - done);
		assert_true(what == DELIVERED || strstr(o.problem, "nobody reads"));
		done += o.b.done;
		ssize_t got = read(fd, text + len, 1777);
		len += got > 0 ? (size_t)got : 0;
	}
	for (ssize_t got; (got = read(fd, text + len, ROOM)) > 0;)
		len += (size_t)got;
	close(fd);
	output_empty(&o, n);
	output_close(&o);
	const char *list = numbers_in(text);
	for (unsigned i = 1; i <= 100; i++) {
		char *end;
		assert_int_equal(strtoul(list, &end, 10), i);
		list = end;
	}
	assert_string_equal(list, " ");
	free(text);
}

static void
test_a_line_begun_of_an_event_that_was_given_up_is_ended(void **state)
{
	sample_output o = { 0 };
	char *text = calloc(1, 1 << 20);
	size_t len = 0;

	(void)state;
	assert_int_equal(mkfifo(in_folder("events.json"), 0600), 0);
	int fd = open(in_folder("events.json"), O_RDONLY | O_NONBLOCK);
	fcntl(fd, F_SETPIPE_SZ, 4096);
	open_events(&o, "batch: {bytes: 1MiB}");
	size_t n = output_fill(&o, 1, 100);
	atomic_store(&o.end_ns, 1);
	assert_int_equal(output_deliver(&o, o.items, n), DELIVER_AGAIN);
	for (ssize_t got; (got = read(fd, text + len, 4096)) > 0;)
		len += (size_t)got;
	assert_int_not_equal(text[len - 1], '\n');
	assert_int_equal(output_deliver(&o, o.items + n - 1, 1), DELIVERED);
	for (ssize_t got; (got = read(fd, text + len, 4096)) > 0;)
		len += (size_t)got;
	char *last = memrchr(text, '\n', len - 1);
	assert_string_equal(numbers_in(last + 1), "100 ");
	close(fd);
	output_empty(&o, n);
	output_close(&o);
	free(text);
}

static void
test_begins_anew_after_it_was_moved_or_deleted(void **state)
{
	sample_output o = { 0 };

	(void)state;
	open_events(&o, "mode: 0600");
	output_numbers(&o, 1, 1);
	rename(in_folder("events.json"), in_folder("old"));
	output_numbers(&o, 2, 2); /* the one who moves it says when */
	output_file.reopen(o.self);
	output_numbers(&o, 3, 3);
	assert_numbers("old", "1 2 ");
	assert_numbers("events.json", "3 ");
	rename(in_folder("events.json"), in_folder("old"));
	output_file.idle(o.self, 1); /* or it is noticed */
	output_numbers(&o, 4, 4);
	assert_numbers("events.json", "4 ");
	unlink(in_folder("events.json"));
	output_numbers(&o, 5, 5);
	assert_numbers("events.json", "5 ");
	output_close(&o);
}

static void
test_goes_on_when_it_can_be_opened_again(void **state)
{
	sample_output o = { 0 };

	(void)state;
	open_events(&o, "mode: 0600");
	rename(in_folder("events.json"), in_folder("old"));
	assert_int_equal(mkdir(in_folder("events.json"), 0700), 0);
	output_file.reopen(o.self);
	size_t n = output_fill(&o, 1, 2);
	assert_int_equal(output_deliver(&o, o.items, n), DELIVER_AGAIN);
	assert_non_null(strstr(o.problem, "events.json: Is a directory"));
	rmdir(in_folder("events.json"));
	assert_int_equal(output_deliver(&o, o.items, n), DELIVERED);
	output_empty(&o, n);
	output_close(&o);
	assert_numbers("events.json", "1 2 ");
	assert_numbers("old", "");
}

static void
test_syncs_what_it_wrote(void **state)
{
	sample_output o = { 0 };

	(void)state;
	open_events(&o, "sync: true, rotate: {size: 1000, keep: 100}");
	output_numbers(&o, 1, 10);
	output_close(&o);
}

static int
is_old(const struct dirent *e)
{
	return strncmp(e->d_name, "events.json.", 12) == 0;
}

/* The names of old files, oldest first; free them. */
static int
old_files(struct dirent ***names)
{
	return scandir(the_folder, names, is_old, alphasort);
}

static void
free_names(struct dirent **names, int count)
{
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

/* Waits until |count| old files are there whose names end in |suffix|, and no others. */
static void
wait_for_old(int count, const char *suffix)
{
	for (int tries = 0;; tries++) {
		struct dirent **names;
		int n = old_files(&names), fit = 0;
		for (int i = 0; i < n; i++)
			fit += strcmp(names[i]->d_name + 12 + 20, suffix) == 0;
		free_names(names, n);
		if (n == count && fit == n)
			return;
		assert_true(tries < 20000);
		nanosleep(&(struct timespec){ 0, MS }, NULL);
	}
}

/* All lines of the old files and the one of now, in order; free() it. */
static char *
all_lines(void)
{
	char *text = calloc(1, 1 << 20);
	struct dirent **names;
	int n = old_files(&names);

	for (int i = 0; i <= n; i++) {
		char *one = read_text(i < n ? names[i]->d_name : "events.json");
		memcpy(text + strlen(text), one, strlen(one));
		free(one);
	}
	free_names(names, n);
	return text;
}

static void
test_rotates_by_size(void **state)
{
	sample_output o = { 0 };
	struct dirent **names;
	struct stat st;

	(void)state;
	open_events(&o, "rotate: {size: 2500, keep: 100}");
	output_numbers(&o, 1, 3);
	output_numbers(&o, 4, 20);
	output_close(&o);
	char *text = all_lines();
	assert_string_equal(
	    numbers_in(text), "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 ");
	size_t line = (size_t)(strchr(text, '\n') - text) + 1;
	free(text);
	int n = old_files(&names);
	assert_true(n >= 3);
	for (int i = 0; i < n; i++) {
		assert_int_equal(stat(in_folder(names[i]->d_name), &st), 0);
		assert_in_range(st.st_size, 2500 - line - 2, 2500);
	}
	free_names(names, n);
}

static void
test_a_line_longer_than_a_file_has_one_of_its_own(void **state)
{
	sample_output o = { 0 };

	(void)state;
	open_events(&o, "rotate: {size: 100, keep: 100}");
	output_numbers(&o, 1, 3);
	output_close(&o);
	struct dirent **names;
	int n = old_files(&names);
	free_names(names, n);
	assert_int_equal(n, 2);
	assert_numbers("events.json", "3 ");
}

static void
test_keeps_so_many_old_files(void **state)
{
	sample_output o = { 0 };

	(void)state;
	open_events(&o, "rotate: {size: 100, keep: 2}");
	output_numbers(&o, 1, 20);
	wait_for_old(2, "");
	output_close(&o);
	char *text = all_lines();
	assert_string_equal(numbers_in(text), "18 19 20 ");
	free(text);
}

static void
test_rotates_by_time(void **state)
{
	sample_output o = { 0 };
	struct timespec yesterday[2] = { { .tv_sec = time(NULL) - 86400 },
		{ .tv_sec = time(NULL) - 86400 } };

	(void)state;
	open_events(&o, "rotate: {size: 0, every: 1d}");
	output_file.idle(o.self, 1); /* an empty one stays */
	output_numbers(&o, 1, 1);
	output_close(&o);
	utimensat(AT_FDCWD, in_folder("events.json"), yesterday, 0);
	open_events(&o, "rotate: {size: 0, every: 1d}");
	output_file.idle(o.self, 1); /* of yesterday, also after a restart */
	assert_numbers("events.json", "");
	output_numbers(&o, 2, 2);
	output_numbers(&o, 3, 3);
	assert_numbers("events.json", "2 3 ");
	output_close(&o);
	utimensat(AT_FDCWD, in_folder("events.json"), yesterday, 0);
	open_events(&o, "rotate: {size: 0, every: 1d}");
	output_numbers(&o, 4, 4);
	assert_numbers("events.json", "4 ");
	output_close(&o);
	wait_for_old(2, "");
}

/* The lines of a compressed file. */
static char *
unpacked(const char *name)
{
	char *packed = read_text(name), *text = calloc(1, 1 << 20);
	struct stat st;

	assert_int_equal(stat(in_folder(name), &st), 0);
	size_t n = ZSTD_decompress(text, (1 << 20) - 1, packed, (size_t)st.st_size);
	assert_false(ZSTD_isError(n));
	free(packed);
	return text;
}

static void
test_compresses_old_files(void **state)
{
	sample_output o = { 0 };
	struct dirent **names;
	struct stat st;

	(void)state;
	open_events(&o, "rotate: {size: 700, keep: 3, compress: zstd}, mode: 0640");
	output_numbers(&o, 1, 20);
	wait_for_old(3, ".zst");
	output_close(&o);
	int n = old_files(&names);
	char *text = unpacked(names[n - 1]->d_name);
	const char *list = numbers_in(text);
	assert_int_equal(strtol(list, NULL, 10), 19);
	assert_int_equal(stat(in_folder(names[0]->d_name), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	free_names(names, n);
	free(text);
}

static void
test_ends_what_an_earlier_run_left(void **state)
{
	static const char *const left[] = { "events.json.20260101T000000.000Z",
		"events.json.20260101T000000.001Z",
		"events.json.20260101T000000.002Z.zst.tmp",
		"events.json.20260101T000000.002Z" };
	static const char *const others[] = { "events.json2", "events.jso",
		"events.json.old", "events.json.20260101T000000.000Z.gz" };
	sample_output o = { 0 };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(tl_file_replace(AT_FDCWD, in_folder(left[i]),
				     (tl_span){ (const uint8_t *)"x\n", 2 }),
		    TL_OK);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(tl_file_replace(AT_FDCWD, in_folder(others[i]),
				     (tl_span){ (const uint8_t *)"x\n", 2 }),
		    TL_OK);
	open_events(&o, "rotate: {keep: 2, compress: zstd}");
	wait_for_old(2, ".zst");
	output_close(&o);
	char *text = unpacked("events.json.20260101T000000.002Z.zst");
	assert_string_equal(text, "x\n");
	free(text);
	assert_int_equal(access(in_folder(others[0]), F_OK), 0);
	assert_int_equal(access(in_folder(others[1]), F_OK), 0);
}

enum { NOBODY = 65534 };

static void
test_grows_when_no_other_can_be_begun(void **state)
{
	sample_output o = { 0 };
	struct stat st;

	(void)state;
	if (geteuid() == 0) { /* who may write everywhere */
		assert_int_equal(chown(the_folder, NOBODY, (gid_t)-1), 0);
		assert_int_equal(seteuid(NOBODY), 0);
	}
	open_events(&o, "rotate: {size: 700}");
	chmod(the_folder, 0500);
	output_numbers(&o, 1, 10);
	assert_non_null(strstr(o.problem, "events.json: "));
	chmod(the_folder, 0700);
	assert_int_equal(stat(in_folder("events.json"), &st), 0);
	assert_true(st.st_size > 700);
	output_close(&o);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_appends_json_lines_below_the_state_folder),
		IN_FOLDER(test_says_why_it_cannot_be_opened),
		IN_FOLDER(test_a_line_cut_by_a_full_disk_is_taken_back),
		IN_FOLDER(test_a_full_device_is_tried_again),
		IN_FOLDER(test_a_line_that_a_pipe_took_by_half_is_completed),
		IN_FOLDER(test_a_line_begun_of_an_event_that_was_given_up_is_ended),
		IN_FOLDER(test_begins_anew_after_it_was_moved_or_deleted),
		IN_FOLDER(test_goes_on_when_it_can_be_opened_again),
		IN_FOLDER(test_syncs_what_it_wrote),
		IN_FOLDER(test_rotates_by_size),
		IN_FOLDER(test_a_line_longer_than_a_file_has_one_of_its_own),
		IN_FOLDER(test_keeps_so_many_old_files),
		IN_FOLDER(test_rotates_by_time),
		IN_FOLDER(test_compresses_old_files),
		IN_FOLDER(test_ends_what_an_earlier_run_left),
		IN_FOLDER(test_grows_when_no_other_can_be_begun),
	};

	return cmocka_run_group_tests(tests, load_dictionary, drop_dictionary);
}
