/* Dictionaries from files and in files: folders, dictionaries, the cache. */
#include "../sys/folder.h"

#include <dirent.h>
#include <errno.h>
#include <sys/time.h>

#include "trapline/io.h"

static const char acme[] = "ACME-MIB DEFINITIONS ::= BEGIN\n"
			   "IMPORTS enterprises FROM RFC1155-SMI;\n"
			   "acme OBJECT IDENTIFIER ::= { enterprises 99999 }\n"
			   "acmeFan TRAP-TYPE ENTERPRISE acme ::= 7\n"
			   "END\n";
static const char other[] = "OTHER-MIB DEFINITIONS ::= BEGIN\n"
			    "IMPORTS acme FROM ACME-MIB;\n"
			    "otherTree OBJECT IDENTIFIER ::= { acme 2 }\n"
			    "END\n";

/* Loads the folder "m" through the cache in "c". */
static tl_err
load(folder *f, tl_mib **mib, tl_mib_loaded *loaded)
{
	const char *const paths[] = { at(f, "m"), NULL };
	tl_mib_load_options opt = { .paths = paths, .cache_dir = at(f, "c") };

	return tl_mib_load(&opt, mib, loaded);
}

static bool
knows(const tl_mib *mib, const char *name)
{
	return tl_mib_find_name(mib, name, strlen(name)) != NULL;
}

/* Loads, and expects it from the cache or not, with acmeFan in it. */
static tl_mib_loaded
load_expecting(folder *f, bool from_cache)
{
	tl_mib_loaded loaded;
	tl_mib *mib;

	assert_int_equal(load(f, &mib, &loaded), TL_OK);
	assert_int_equal(loaded.from_cache, from_cache);
	assert_true(knows(mib, "ACME-MIB::acmeFan"));
	tl_mib_free(mib);
	return loaded;
}

/* The files in the cache; |name| becomes the last one's. */
static unsigned
count_cache(folder *f, char name[256])
{
	DIR *d = opendir(at(f, "c"));
	struct dirent *entry;
	unsigned count = 0;

	assert_non_null(d);
	while ((entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (name != NULL)
			(void)snprintf(name, 256, "c/%.200s", entry->d_name);
		count++;
	}
	closedir(d);
	return count;
}

static void
put_acme(folder *f)
{
	put_folder(f, "m");
	put_file(f, "m/acme", acme);
}

static void
the_second_load_comes_from_the_cache_and_tells_the_same(void **state)
{
	folder *f = *state;

	put_acme(f);
	put_file(f, "m/binary", "");
	put_bytes(f, "m/binary", "\0MIB", 4);
	tl_mib_loaded first = load_expecting(f, false), second = load_expecting(f, true);
	assert_int_equal(first.files.files, 1);
	assert_int_equal(first.files.binary, 1);
	assert_int_equal(first.files.bytes, sizeof acme - 1);
	assert_memory_equal(&first.files, &second.files, sizeof first.files);
	assert_memory_equal(&first.summary, &second.summary, sizeof first.summary);
	assert_int_equal(count_cache(f, NULL), 1);
}

static void
a_changed_a_new_and_a_vanished_file_compile_anew(void **state)
{
	folder *f = *state;
	tl_mib *mib;
	tl_mib_loaded loaded;

	put_acme(f);
	load_expecting(f, false);
	put_file(f, "m/other", other);
	load_expecting(f, false);
	load_expecting(f, true);
	/* the same size at the same inode */
	struct timeval times[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
	assert_int_equal(utimes(at(f, "m/other"), times), 0);
	load_expecting(f, false);
	assert_int_equal(unlink(at(f, "m/other")), 0);
	assert_int_equal(load(f, &mib, &loaded), TL_OK);
	assert_false(loaded.from_cache);
	assert_false(knows(mib, "otherTree"));
	tl_mib_free(mib);
	assert_int_equal(count_cache(f, NULL), 1);
}

/* Each byte of the head and some of the dictionary, one after the other. */
static void
a_damaged_cache_is_compiled_anew(void **state)
{
	folder *f = *state;
	char name[256];

	put_acme(f);
	load_expecting(f, false);
	for (long at_byte = 0; at_byte < 64; at_byte++) {
		assert_int_equal(count_cache(f, name), 1);
		FILE *file = fopen(at(f, name), "r+");
		assert_non_null(file);
		assert_int_equal(fseek(file, at_byte, SEEK_SET), 0);
		int was = fgetc(file);
		assert_int_equal(fseek(file, at_byte, SEEK_SET), 0);
		(void)fputc(was ^ 0x55, file);
		assert_int_equal(fclose(file), 0);
		load_expecting(f, at_byte >= 24);
	}
}

static void
a_cache_cut_short_is_compiled_anew(void **state)
{
	static const off_t sizes[] = { 0, 1, 100, 4000, 20000 };
	folder *f = *state;
	char name[256];

	put_acme(f);
	load_expecting(f, false);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		assert_int_equal(count_cache(f, name), 1);
		assert_int_equal(truncate(at(f, name), sizes[i]), 0);
		load_expecting(f, false);
		load_expecting(f, true);
	}
}

static void
a_cache_that_cannot_be_written_is_done_without(void **state)
{
	folder *f = *state;

	put_acme(f);
	put_file(f, "c", "not a folder");
	load_expecting(f, false);
	load_expecting(f, false);
}

static void
the_cache_keeps_a_bounded_number_and_no_left_overs(void **state)
{
	folder *f = *state;
	tl_mib_loaded loaded;
	tl_mib *mib;
	char name[32];

	put_folder(f, "c");
	put_file(f, "c/mibs-0000000000000000.cache.1-0.tmp", "left over");
	struct timeval times[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
	assert_int_equal(
	    utimes(at(f, "c/mibs-0000000000000000.cache.1-0.tmp"), times), 0);
	put_file(f, "c/other", "not ours");
	for (int i = 0; i < 12; i++) {
		(void)snprintf(name, sizeof name, "m%d", i);
		put_file(f, name, acme);
		const char *const paths[] = { at(f, name), NULL };
		tl_mib_load_options opt = { .paths = paths, .cache_dir = at(f, "c") };
		assert_int_equal(tl_mib_load(&opt, &mib, &loaded), TL_OK);
		tl_mib_free(mib);
	}
	assert_int_equal(count_cache(f, NULL), 8 + 1);
	assert_int_equal(access(at(f, "c/other"), F_OK), 0);
}

static void
a_saved_dictionary_is_opened_as_it_was(void **state)
{
	folder *f = *state;
	tl_mib_loaded loaded;
	tl_mib *mib;
	struct stat st;

	put_acme(f);
	assert_int_equal(load(f, &mib, &loaded), TL_OK);
	mode_t mask = umask(022);
	assert_int_equal(tl_mib_save(mib, at(f, "d")), TL_OK);
	umask(mask);
	tl_mib_free(mib);
	assert_int_equal(stat(at(f, "d"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(tl_mib_open_file(at(f, "d"), &mib), TL_OK);
	assert_true(knows(mib, "acmeFan"));
	/* replaced while it is open */
	assert_int_equal(tl_mib_save(mib, at(f, "d")), TL_OK);
	assert_true(knows(mib, "acmeFan"));
	tl_mib_free(mib);
}

static void
a_dictionary_is_loaded_alone(void **state)
{
	folder *f = *state;
	tl_mib_loaded loaded;
	tl_mib *mib;

	put_acme(f);
	assert_int_equal(load(f, &mib, &loaded), TL_OK);
	assert_int_equal(tl_mib_save(mib, at(f, "d")), TL_OK);
	tl_mib_free(mib);
	const char *const alone[] = { at(f, "d"), NULL };
	tl_mib_load_options opt = { .paths = alone };
	assert_int_equal(tl_mib_load(&opt, &mib, &loaded), TL_OK);
	assert_true(loaded.from_dictionary);
	assert_true(loaded.summary.notifications > 1);
	assert_true(knows(mib, "acmeFan"));
	tl_mib_free(mib);
	const char *const both[] = { at(f, "m"), at(f, "d"), NULL };
	opt.paths = both;
	assert_int_equal(tl_mib_load(&opt, &mib, &loaded), TL_EINVAL);
	assert_ptr_equal(loaded.bad_path, both[1]);
}

static void
what_cannot_be_read_is_told_by_its_path(void **state)
{
	folder *f = *state;
	tl_mib_loaded loaded;
	tl_mib *mib;

	const char *const nothing[] = { f->path, at(f, "nothing"), NULL };
	tl_mib_load_options opt = { .paths = nothing };
	assert_int_equal(tl_mib_load(&opt, &mib, &loaded), TL_ENOTFOUND);
	assert_ptr_equal(loaded.bad_path, nothing[1]);
	put_bytes(f, "binary", "\0\0\0", 3);
	const char *const binary[] = { at(f, "binary"), NULL };
	opt.paths = binary;
	assert_int_equal(tl_mib_load(&opt, &mib, &loaded), TL_EFORMAT);
	assert_ptr_equal(loaded.bad_path, binary[0]);
	assert_int_equal(tl_mib_open_file(at(f, "nothing"), &mib), TL_ENOTFOUND);
	assert_int_equal(tl_mib_open_file(f->path, &mib), TL_EFORMAT);
	assert_int_equal(tl_mib_open_file(binary[0], &mib), TL_EFORMAT);
}

static void
a_folder_is_added_to_a_builder_with_what_was_left_out(void **state)
{
	folder *f = *state;
	tl_mib_files found = { 0 };
	tl_mib_summary summary;
	tl_mib_builder *b;
	tl_mib *mib;

	put_acme(f);
	put_folder(f, "m/deeper");
	put_file(f, "m/deeper/other.my", other);
	put_bytes(f, "m/binary", "MIB\0", 4);
	put_file(f, "m/large", "1");
	assert_int_equal(truncate(at(f, "m/large"), (64 << 20) + 1), 0);
	assert_int_equal(tl_mib_builder_new(NULL, &b), TL_OK);
	assert_int_equal(tl_mib_builder_add_folder(b, at(f, "m"), &found), TL_OK);
	assert_int_equal(tl_mib_builder_add_folder(b, at(f, "x"), NULL), TL_EIO);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(found.files, 2);
	assert_int_equal(found.binary, 1);
	assert_int_equal(found.too_large, 1);
	assert_int_equal(tl_mib_builder_build(b, &mib, &summary), TL_OK);
	assert_int_equal(summary.modules, 2);
	assert_true(knows(mib, "OTHER-MIB::otherTree"));
	tl_mib_free(mib);
	tl_mib_builder_free(b);
}

static void
count_progress(void *context, const tl_mib_progress *progress)
{
	tl_mib_progress *last = context;

	assert_true(progress->files >= last->files && progress->bytes >= last->bytes);
	*last = *progress;
}

static void
progress_is_told_up_to_the_end(void **state)
{
	folder *f = *state;
	tl_mib_progress last = { 0 };
	tl_mib_loaded loaded;
	tl_mib *mib;

	put_acme(f);
	put_file(f, "m/other", other);
	const char *const paths[] = { at(f, "m"), NULL };
	tl_mib_load_options opt = {
		.paths = paths, .progress = count_progress, .context = &last
	};
	assert_int_equal(tl_mib_load(&opt, &mib, &loaded), TL_OK);
	tl_mib_free(mib);
	assert_int_equal(last.files, 2);
	assert_int_equal(last.all_files, 2);
	assert_int_equal(last.bytes, sizeof acme + sizeof other - 2);
	assert_int_equal(last.all_bytes, last.bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_second_load_comes_from_the_cache_and_tells_the_same),
		TEST(a_changed_a_new_and_a_vanished_file_compile_anew),
		TEST(a_damaged_cache_is_compiled_anew),
		TEST(a_cache_cut_short_is_compiled_anew),
		TEST(a_cache_that_cannot_be_written_is_done_without),
		TEST(the_cache_keeps_a_bounded_number_and_no_left_overs),
		TEST(a_saved_dictionary_is_opened_as_it_was),
		TEST(a_dictionary_is_loaded_alone),
		TEST(what_cannot_be_read_is_told_by_its_path),
		TEST(a_folder_is_added_to_a_builder_with_what_was_left_out),
		TEST(progress_is_told_up_to_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
