/* The state folder: engine ID, engineBoots and clocks over restarts, crashes and damage.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/clock.h"
#include "sys/clock_log.h"
#include "sys/fs.h"
#include "sys/state.h"

#define S(x) ((int64_t)(x)*TL_NS_PER_S)

static const tl_span none = { 0 };
static const int64_t day0 = S(1800000000); /* in 2027 */
static char dir[64];

static int
make_folder(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof dir, "/tmp/trapline-state-XXXXXX");
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
remove_folder(void **state)
{
	char command[96];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -r %s", dir);
	return system(command);
}

static tl_state *
open_at(int64_t realtime_ns, tl_span wanted)
{
	tl_state *s = NULL;

	assert_int_equal(
	    tl_state_open(dir, wanted, (tl_state_now){ realtime_ns, S(7) }, &s), TL_OK);
	return s;
}

static void
close_well(tl_state *s)
{
	assert_int_equal(tl_state_close(s), TL_OK);
}

static const char *
path_of(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static void
write_file(const char *name, const char *text)
{
	tl_span bytes = { (const uint8_t *)text, strlen(text) };

	assert_int_equal(tl_file_replace(AT_FDCWD, path_of(name), bytes), TL_OK);
}

static tl_clock
clock_of(uint32_t engine, uint32_t boots, uint32_t time_s)
{
	tl_clock c = { .engine_id_len = 11, .boots = boots, .time_s = time_s };

	(void)snprintf((char *)c.engine_id, sizeof c.engine_id, "eng%08x", engine);
	return c;
}

static void
put(tl_state *s, tl_clock c, int64_t realtime_ns)
{
	assert_int_equal(tl_state_put_clock(s, &c, realtime_ns), TL_OK);
}

static unsigned
count_clocks(tl_state *s)
{
	tl_clock c;
	unsigned n = 0;

	while (tl_state_next_clock(s, &c))
		n++;
	return n;
}

static void
a_new_engine_id_is_as_rfc_3411_says_and_stays(void **state)
{
	tl_state *s = open_at(day0, none);
	uint8_t id[TL_ENGINE_ID_MAX];
	tl_span got = tl_state_engine_id(s);
	(void)state;

	assert_int_equal(got.len, 17);
	assert_memory_equal(got.ptr, "\x80\0\0\0\5", 5);
	memcpy(id, got.ptr, got.len);
	assert_int_equal(tl_state_boots(s), 1);
	close_well(s);
	for (uint32_t boots = 2; boots < 5; boots++) {
		s = open_at(day0, none);
		assert_int_equal(tl_state_engine_id(s).len, 17);
		assert_memory_equal(tl_state_engine_id(s).ptr, id, 17);
		assert_int_equal(tl_state_boots(s), boots);
		close_well(s);
	}
}

static void
files_are_private(void **state)
{
	static const char *const names[] = { "engine", "clocks", "lock" };
	struct stat st;
	(void)state;

	close_well(open_at(day0, none));
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(stat(path_of(names[i]), &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
}

static void
without_a_folder_nothing_is_kept(void **state)
{
	tl_state *a, *b;
	tl_clock c = clock_of(1, 1, 1);
	(void)state;

	assert_int_equal(tl_state_open(NULL, none, (tl_state_now){ 0 }, &a), TL_OK);
	assert_int_equal(tl_state_open(NULL, none, (tl_state_now){ 0 }, &b), TL_OK);
	assert_int_equal(tl_state_boots(a), 1);
	assert_memory_not_equal(tl_state_engine_id(a).ptr, tl_state_engine_id(b).ptr,
	    tl_state_engine_id(a).len);
	assert_int_equal(tl_state_put_clock(a, &c, day0), TL_OK);
	assert_int_equal(tl_state_flush(a), TL_OK);
	assert_int_equal(count_clocks(a), 0);
	close_well(a);
	close_well(b);
	close_well(NULL);
}

static void
a_wanted_engine_id_is_taken_and_boots_go_on(void **state)
{
	tl_span wanted = { (const uint8_t *)"\x80\0\0\1\4wanted", 11 };
	tl_state *s = open_at(day0, none);
	(void)state;

	assert_int_equal(tl_state_boots(s), 1);
	close_well(s);
	for (uint32_t boots = 2; boots < 4; boots++) {
		s = open_at(day0, wanted);
		assert_int_equal(tl_state_engine_id(s).len, 11);
		assert_memory_equal(tl_state_engine_id(s).ptr, wanted.ptr, 11);
		assert_int_equal(tl_state_boots(s), boots);
		close_well(s);
	}
	s = open_at(day0, none); /* it is the kept one now */
	assert_memory_equal(tl_state_engine_id(s).ptr, wanted.ptr, 11);
	assert_int_equal(tl_state_boots(s), 4);
	close_well(s);
}

static void
refuses_an_engine_id_that_is_none(void **state)
{
	static const uint8_t zeros[32], some[33] = { 0x80 };
	uint8_t ones[5];
	const tl_span bad[] = { { some, 4 }, { some, 33 }, { zeros, 32 }, { ones, 5 } };
	tl_state *s;
	(void)state;

	memset(ones, 0xff, sizeof ones);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(
		    tl_state_open(dir, bad[i], (tl_state_now){ 0 }, &s), TL_EINVAL);
	close_well(open_at(day0, (tl_span){ some, 5 }));
	close_well(open_at(day0, (tl_span){ some, 32 }));
}

static void
boots_that_are_used_up_need_another_engine_id(void **state)
{
	tl_span used = { (const uint8_t *)"\x80\0\0\0\5used-up", 12 };
	tl_state *s;
	(void)state;

	write_file("engine",
	    "trapline-engine 1\nid 8000000005757365642d7570\nboots 2147483646\n");
	s = open_at(day0, used);
	assert_int_equal(tl_state_boots(s), INT32_MAX);
	close_well(s);
	assert_int_equal(tl_state_open(dir, used, (tl_state_now){ 0 }, &s), TL_ELIMIT);
	s = open_at(day0, none);
	assert_int_equal(tl_state_boots(s), 1);
	assert_int_equal(tl_state_engine_id(s).len, 17);
	close_well(s);
}

static void
a_damaged_engine_file_is_an_error_and_stays(void **state)
{
	static const char *const bad[] = { "", "trapline-engine 1\n",
		"trapline-engine 2\nid 8000000001\nboots 1\n",
		"trapline-engine 1\nid 80000000\nboots 1\n",
		"trapline-engine 1\nid 800000000\nboots 1\n",
		"trapline-engine 1\nid 80000000zz\nboots 1\n",
		"trapline-engine 1\nid 8000000001\nboots 0\n",
		"trapline-engine 1\nid 8000000001\nboots 2147483648\n",
		"trapline-engine 1\nid 8000000001\nboots 99999999999\n",
		"trapline-engine 1\nid 8000000001\nboots -1\n",
		"trapline-engine 1\nid 8000000001\nboots \n",
		"trapline-engine 1\nid 8000000001\nboots 1", "id 8000000001\nboots 1\n" };
	tl_state *s;
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		uint8_t *text;
		size_t len;
		write_file("engine", bad[i]);
		if (tl_state_open(dir, none, (tl_state_now){ 0 }, &s) != TL_EFORMAT)
			fail_msg("accepted: %s", bad[i]);
		assert_int_equal(
		    tl_file_read(AT_FDCWD, path_of("engine"), 4096, &text, &len), TL_OK);
		assert_string_equal((char *)text, bad[i]);
		free(text);
	}
	assert_int_equal(unlink(path_of("engine")), 0);
}

static void
a_second_user_of_the_folder_is_refused_as_busy(void **state)
{
	tl_state *first = open_at(day0, none), *second;
	uint32_t boots = tl_state_boots(first);
	(void)state;

	errno = 0;
	assert_int_equal(tl_state_open(dir, none, (tl_state_now){ 0 }, &second), TL_EIO);
	assert_int_equal(errno, EBUSY);
	close_well(first);
	second = open_at(day0, none);
	assert_int_equal(
	    tl_state_boots(second), boots + 1); /* the failed one used none */
	close_well(second);
}

static void
clocks_come_back_moved_on(void **state)
{
	static const struct {
		int64_t put_ns, opened_ns;
		uint32_t time_s, expected_s;
	} cases[] = {
		{ 0, S(1000), 500, 1500 }, { 0, S(1) / 2, 500, 500 }, /* whole seconds */
		{ S(10), 0, 500, 500 },                /* the host's clock went back */
		{ 0, S(1), INT32_MAX - 1, INT32_MAX }, /* up to the end */
		{ 0, S(2), INT32_MAX - 1, INT32_MAX }, /* and no further */
		{ 0, S(3000000000), 0, INT32_MAX },
		{ S(1000) - S(1800000000), 0, 500,
		    500 }, /* put before the host had the time */
		{ INT64_MIN + S(1800000000), 0, 500, 500 }, /* nonsense */
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		tl_state *s = open_at(day0, none);
		tl_clock c;
		(void)count_clocks(s);
		put(s, clock_of((uint32_t)i, 3, cases[i].time_s), day0 + cases[i].put_ns);
		close_well(s);
		s = open_at(day0 + cases[i].opened_ns, none);
		assert_true(tl_state_next_clock(s, &c));
		assert_int_equal(c.engine_id_len, 11);
		assert_memory_equal(
		    c.engine_id, clock_of((uint32_t)i, 0, 0).engine_id, 32);
		assert_int_equal(c.boots, 3);
		assert_int_equal(c.time_s, cases[i].expected_s);
		assert_int_equal(c.at_ns, S(7));
		assert_false(tl_state_next_clock(s, &c));
		close_well(s);
		assert_int_equal(unlink(path_of("clocks")), 0);
	}
}

static void
of_an_engine_the_latest_clock_is_kept_unless_it_went_back(void **state)
{
	tl_state *s = open_at(day0, none);
	tl_clock c;
	(void)state;

	put(s, clock_of(1, 2, 1000), day0);
	put(s, clock_of(1, 1, 9000), day0);
	put(s, clock_of(2, 1, 1000), day0);
	put(s, clock_of(1, 2, 949), day0 + S(100)); /* behind the first one by 151 s */
	put(s, clock_of(2, 1, 950), day0 + S(100)); /* by 150 s */
	close_well(s);
	s = open_at(day0 + S(100), none);
	assert_true(tl_state_next_clock(s, &c));
	assert_memory_equal(c.engine_id, "eng00000001", 11);
	assert_int_equal(c.boots, 2);
	assert_int_equal(c.time_s, 1100);
	assert_true(tl_state_next_clock(s, &c));
	assert_int_equal(c.time_s, 950);
	assert_false(tl_state_next_clock(s, &c));
	close_well(s);
}

/* A device whose clock is slow falls behind what was kept of it at first without end. */
static void
a_slow_clock_is_followed(void **state)
{
	tl_state *s = open_at(day0, none);
	tl_clock c;
	(void)state;

	for (uint32_t i = 0; i < 10; i++)
		put(s, clock_of(1, 1, 900 * i), day0 + S(1000) * i);
	close_well(s);
	s = open_at(day0 + S(9000), none);
	assert_true(tl_state_next_clock(s, &c));
	assert_int_equal(c.time_s, 8100);
	assert_false(tl_state_next_clock(s, &c));
	close_well(s);
}

/* What was flushed is there after kill -9; a temporary file left over does no harm. */
static void
flushed_clocks_survive_a_kill(void **state)
{
	int status;
	pid_t child = fork();
	tl_state *s;
	(void)state;

	assert_true(child >= 0);
	if (child == 0) {
		s = NULL;
		if (tl_state_open(dir, none, (tl_state_now){ day0, 0 }, &s) != TL_OK)
			_exit(1);
		for (uint32_t i = 0; i < 1000; i++) {
			tl_clock c = clock_of(i, 1, i);
			if (tl_state_put_clock(s, &c, day0) != TL_OK)
				_exit(2);
		}
		if (tl_state_flush(s) != TL_OK)
			_exit(3);
		(void)raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	write_file("clocks.tmp", "left over");
	write_file("engine.tmp", "left over");
	s = open_at(day0, none);
	assert_int_equal(tl_state_damaged(s), 0);
	assert_int_equal(count_clocks(s), 1000);
	close_well(s);
}

/* Truncated at every length of its last two records, the log gives the whole ones. */
static void
a_torn_tail_is_skipped(void **state)
{
	tl_state *s = open_at(day0, none);
	uint8_t *log;
	size_t len;
	(void)state;

	for (uint32_t i = 0; i < 10; i++)
		put(s, clock_of(i, 1, i), day0);
	close_well(s);
	assert_int_equal(
	    tl_file_read(AT_FDCWD, path_of("clocks"), 4096, &log, &len), TL_OK);
	assert_int_equal(len, 10 * TL_CLOCK_RECORD);
	for (size_t cut = len - 2 * TL_CLOCK_RECORD; cut <= len; cut++) {
		assert_int_equal(
		    tl_file_replace(AT_FDCWD, path_of("clocks"), (tl_span){ log, cut }),
		    TL_OK);
		s = open_at(day0, none);
		assert_int_equal(tl_state_damaged(s), cut % TL_CLOCK_RECORD != 0);
		assert_int_equal(count_clocks(s), cut / TL_CLOCK_RECORD);
		close_well(s);
	}
	free(log);
}

/* Any byte of a record changed: that record is skipped and counted, no other. */
static void
a_damaged_record_is_skipped_and_counted(void **state)
{
	tl_state *s = open_at(day0, none);
	uint8_t *log;
	size_t len;
	(void)state;

	for (uint32_t i = 0; i < 3; i++)
		put(s, clock_of(i, 1, i), day0);
	close_well(s);
	assert_int_equal(
	    tl_file_read(AT_FDCWD, path_of("clocks"), 4096, &log, &len), TL_OK);
	for (size_t at = TL_CLOCK_RECORD; at < 2 * TL_CLOCK_RECORD; at++) {
		log[at] ^= 0x10;
		assert_int_equal(
		    tl_file_replace(AT_FDCWD, path_of("clocks"), (tl_span){ log, len }),
		    TL_OK);
		log[at] ^= 0x10;
		s = open_at(day0, none);
		assert_int_equal(tl_state_damaged(s), 1);
		assert_int_equal(count_clocks(s), 2);
		close_well(s);
	}
	free(log);
}

static void
finds_the_records_after_bytes_lost_or_added(void **state)
{
	static const uint8_t garbage[100] = { 0xc1, 11, 0xc1, 32 };
	tl_state *s = open_at(day0, none);
	uint8_t *log, mixed[1000];
	size_t len;
	(void)state;

	for (uint32_t i = 0; i < 4; i++)
		put(s, clock_of(i, 1, i), day0);
	close_well(s);
	assert_int_equal(
	    tl_file_read(AT_FDCWD, path_of("clocks"), 4096, &log, &len), TL_OK);
	memcpy(mixed, log, 64);
	memcpy(mixed + 64, garbage, sizeof garbage);
	memcpy(mixed + 164, log + 64, 63); /* one byte short */
	memcpy(mixed + 227, log + 128, 128);
	free(log);
	assert_int_equal(
	    tl_file_replace(AT_FDCWD, path_of("clocks"), (tl_span){ mixed, 355 }), TL_OK);
	s = open_at(day0, none);
	assert_int_equal(tl_state_damaged(s), 1);
	assert_int_equal(count_clocks(s), 3);
	close_well(s);
}

/* One engine whose clock runs ahead for ever does not fill the disk. */
static void
the_log_does_not_grow_without_end(void **state)
{
	tl_state *s = open_at(day0, none);
	struct stat st;
	tl_clock c;
	(void)state;

	for (uint32_t i = 0; i < 200000; i++)
		put(s, clock_of(i % 2, 1, i), day0);
	assert_int_equal(tl_state_flush(s), TL_OK);
	assert_int_equal(stat(path_of("clocks"), &st), 0);
	assert_true(st.st_size < 70000 * TL_CLOCK_RECORD);
	close_well(s);
	s = open_at(day0, none);
	assert_true(tl_state_next_clock(s, &c));
	assert_int_equal(c.time_s, 199998);
	assert_true(tl_state_next_clock(s, &c));
	assert_int_equal(c.time_s, 199999);
	assert_false(tl_state_next_clock(s, &c));
	close_well(s);
}

static void
more_clocks_than_a_chunk_come_back_in_order(void **state)
{
	enum { COUNT = 5000 };
	tl_state *s = open_at(day0, none);
	struct stat st;
	tl_clock c;
	(void)state;

	for (uint32_t i = 0; i < COUNT; i++)
		put(s, clock_of(i, 1, i), day0);
	close_well(s);
	s = open_at(day0, none);
	for (uint32_t i = 0; i < COUNT; i++) {
		assert_true(tl_state_next_clock(s, &c));
		assert_int_equal(c.time_s, i);
		if (i == COUNT / 2)
			break;
	}
	/* What is put while not all is read loses nothing. */
	put(s, clock_of(COUNT, 1, COUNT), day0);
	assert_false(tl_state_next_clock(s, &c));
	assert_int_equal(tl_state_flush(s), TL_OK);
	assert_int_equal(stat(path_of("clocks"), &st), 0);
	assert_int_equal(st.st_size, (COUNT + 1) * TL_CLOCK_RECORD);
	close_well(s);
	s = open_at(day0, none);
	assert_int_equal(count_clocks(s), COUNT + 1);
	close_well(s);
}

/* Of more engines than are kept those that were learned last stay. */
static void
keeps_the_last_when_there_are_too_many(void **state)
{
	tl_compaction c = { .name = "clocks", .max = 3, .realtime_ns = day0 };
	tl_state *s = open_at(day0, none);
	tl_clock clock;
	int fd;
	(void)state;

	for (uint32_t i = 0; i < 5; i++)
		put(s, clock_of(i, 1, i), day0);
	put(s, clock_of(0, 1, 50), day0);
	close_well(s);
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	assert_int_equal(tl_clock_log_compact(fd, &c), TL_OK);
	assert_int_equal(c.kept, 3);
	(void)close(fd);
	s = open_at(day0, none);
	assert_true(tl_state_next_clock(s, &clock));
	assert_int_equal(clock.time_s, 3);
	assert_true(tl_state_next_clock(s, &clock));
	assert_int_equal(clock.time_s, 4);
	assert_true(tl_state_next_clock(s, &clock));
	assert_int_equal(clock.time_s, 50);
	assert_false(tl_state_next_clock(s, &clock));
	close_well(s);
}

static void
says_so_when_the_folder_cannot_be_made(void **state)
{
	tl_state *s;
	(void)state;

	errno = 0;
	assert_int_equal(
	    tl_state_open("/dev/null/x", none, (tl_state_now){ 0 }, &s), TL_EIO);
	assert_int_equal(errno, ENOTDIR);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)
	const struct CMUnitTest tests[] = {
		T(a_new_engine_id_is_as_rfc_3411_says_and_stays),
		T(files_are_private),
		T(without_a_folder_nothing_is_kept),
		T(a_wanted_engine_id_is_taken_and_boots_go_on),
		T(refuses_an_engine_id_that_is_none),
		T(boots_that_are_used_up_need_another_engine_id),
		T(a_damaged_engine_file_is_an_error_and_stays),
		T(a_second_user_of_the_folder_is_refused_as_busy),
		T(clocks_come_back_moved_on),
		T(of_an_engine_the_latest_clock_is_kept_unless_it_went_back),
		T(a_slow_clock_is_followed),
		T(flushed_clocks_survive_a_kill),
		T(a_torn_tail_is_skipped),
		T(a_damaged_record_is_skipped_and_counted),
		T(finds_the_records_after_bytes_lost_or_added),
		T(the_log_does_not_grow_without_end),
		T(more_clocks_than_a_chunk_come_back_in_order),
		T(keeps_the_last_when_there_are_too_many),
		T(says_so_when_the_folder_cannot_be_made),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
