/* Walking folders: order, links, what is left out, and where it ends. */
#include "folder.h"

#include "sys/walk.h"

static void
assert_walk(folder *f, const tl_walk *w, const char *const *names)
{
	uint32_t i = 0;

	for (; names[i] != NULL; i++) {
		assert_true(i < w->files.count);
		assert_string_equal(
		    tl_walk_path(w, TL_VEC_AT(&w->files, tl_walk_file, i)),
		    at(f, names[i]));
	}
	assert_int_equal(w->files.count, i);
}

static void
goes_by_name_whatever_order_the_files_were_made_in(void **state)
{
	folder *f = *state;
	tl_walk w = { 0 };

	put_folder(f, "m");
	put_file(f, "z", "1");
	put_file(f, "m/b.txt", "1");
	put_file(f, "a", "1");
	put_file(f, "m/a", "1");
	assert_int_equal(tl_walk_add(&w, f->path), TL_OK);
	assert_walk(f, &w, (const char *const[]){ "a", "m/a", "m/b.txt", "z", NULL });
	tl_walk_fini(&w);
}

static void
tells_size_and_identity(void **state)
{
	folder *f = *state;
	tl_walk w = { 0 };
	struct stat st;

	put_file(f, "a", "four");
	assert_int_equal(stat(at(f, "a"), &st), 0);
	assert_int_equal(tl_walk_add(&w, at(f, "a")), TL_OK);
	assert_walk(f, &w, (const char *const[]){ "a", NULL });
	const tl_walk_file *file = w.files.ptr;
	assert_int_equal(file->size, 4);
	assert_int_equal(file->inode, st.st_ino);
	assert_int_equal(file->device, st.st_dev);
	assert_int_equal(
	    file->mtime_ns, st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec);
	assert_int_equal(
	    file->ctime_ns, st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec);
	tl_walk_fini(&w);
}

static void
links_in_a_circle_end_and_bring_each_file_once(void **state)
{
	folder *f = *state;
	tl_walk w = { 0 };

	put_folder(f, "d");
	put_file(f, "d/x", "1");
	assert_int_equal(symlink("..", at(f, "d/up")), 0);
	assert_int_equal(symlink(".", at(f, "d/self")), 0);
	assert_int_equal(symlink("d/x", at(f, "same")), 0);
	assert_int_equal(symlink("nowhere", at(f, "gone")), 0);
	assert_int_equal(tl_walk_add(&w, f->path), TL_OK);
	assert_int_equal(tl_walk_add(&w, at(f, "d")), TL_OK);
	assert_walk(f, &w, (const char *const[]){ "d/x", NULL });
	assert_int_equal(w.unreadable, 1);
	tl_walk_fini(&w);
}

static void
leaves_out_hidden_empty_odd_and_large_files(void **state)
{
	folder *f = *state;
	tl_walk w = { 0 };

	put_file(f, ".hidden", "1");
	put_file(f, "empty", "");
	assert_int_equal(mkfifo(at(f, "pipe"), 0600), 0);
	put_file(f, "large", "1");
	assert_int_equal(truncate(at(f, "large"), TL_WALK_FILE_MAX + 1), 0);
	put_file(f, "limit", "1");
	assert_int_equal(truncate(at(f, "limit"), TL_WALK_FILE_MAX), 0);
	assert_int_equal(tl_walk_add(&w, f->path), TL_OK);
	assert_walk(f, &w, (const char *const[]){ "limit", NULL });
	assert_int_equal(w.too_large, 1);
	assert_int_equal(tl_walk_add(&w, at(f, ".hidden")), TL_OK);
	assert_walk(f, &w, (const char *const[]){ "limit", ".hidden", NULL });
	tl_walk_fini(&w);
}

static void
tells_what_is_not_there_or_no_file(void **state)
{
	folder *f = *state;
	tl_walk w = { 0 };

	assert_int_equal(tl_walk_add(&w, at(f, "nothing")), TL_EIO);
	assert_int_equal(mkfifo(at(f, "pipe"), 0600), 0);
	assert_int_equal(tl_walk_add(&w, at(f, "pipe")), TL_EINVAL);
	assert_int_equal(w.files.count, 0);
	tl_walk_fini(&w);
}

static void
test_walk_depth_ends_at_the_limit(void **state)
{
	folder *f = *state;
	tl_walk w = { 0 };
	char path[256] = "d";

	for (unsigned depth = 1; depth <= TL_WALK_DEPTH_MAX; depth++) {
		put_folder(f, path);
		strncat(path, "/f", sizeof path - strlen(path) - 1);
		put_file(f, path, "1");
		path[strlen(path) - 1] = 'd';
	}
	assert_int_equal(tl_walk_add(&w, f->path), TL_OK);
	assert_int_equal(w.files.count, TL_WALK_DEPTH_MAX - 1);
	assert_int_equal(w.unreadable, 1);
	tl_walk_fini(&w);
}

static void
many_files_are_told_apart(void **state)
{
	enum { MANY = 3000 };
	folder *f = *state;
	tl_walk w = { 0 };
	char name[16];

	for (int i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof name, "%05d", i);
		put_file(f, name, "1");
	}
	assert_int_equal(tl_walk_add(&w, f->path), TL_OK);
	assert_int_equal(tl_walk_add(&w, at(f, "00007")), TL_OK);
	assert_int_equal(w.files.count, MANY);
	assert_string_equal(tl_walk_path(&w, TL_VEC_AT(&w.files, tl_walk_file, MANY - 1)),
	    at(f, "02999"));
	tl_walk_fini(&w);
}

/* The limit is set by hand: 200,000 files would take a while. */
static void
test_walk_files_end_at_the_limit(void **state)
{
	folder *f = *state;
	tl_walk w = { 0 };

	put_file(f, "a", "1");
	put_file(f, "b", "1");
	assert_non_null(
	    tl_vec_grow(&w.files, sizeof(tl_walk_file), TL_WALK_FILES_MAX - 1));
	assert_int_equal(tl_walk_add(&w, at(f, "a")), TL_OK);
	assert_int_equal(tl_walk_add(&w, f->path), TL_ELIMIT);
	tl_walk_fini(&w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(goes_by_name_whatever_order_the_files_were_made_in),
		TEST(tells_size_and_identity),
		TEST(links_in_a_circle_end_and_bring_each_file_once),
		TEST(leaves_out_hidden_empty_odd_and_large_files),
		TEST(tells_what_is_not_there_or_no_file),
		TEST(test_walk_depth_ends_at_the_limit),
		TEST(many_files_are_told_apart),
		TEST(test_walk_files_end_at_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
