/* tests/dissect/test_agreement.c: the walker and the engine find the same fault at the
 * same place, whatever is sent: the samples cut and changed at every byte, and the
 * vectors of a folder that TRAPLINE_SHARED names, if it is there. */
#include "samples.h"

#include <dirent.h>
#include <unistd.h>

#include "trapline/engine.h"

enum { ARENA_BYTES = 1 << 20 };

typedef struct bench {
	tl_engine *engine;
	tl_arena *arena;
	size_t compared;
} bench;

/* Whether |err| is about what a message says or asks for, not about how it is built. */
static bool
is_about_contents(tl_err err)
{
	return err == TL_EPDU_TYPE || err == TL_ELIMIT_VARBINDS || err == TL_ERATE ||
	       (err > TL_EUSM_MALFORMED && err <= TL_EUSM_DECRYPT);
}

static void
compare(bench *b, tl_span bytes)
{
	tl_datagram in = { .bytes = bytes };
	tl_event ev;

	tl_arena_reset(b->arena);
	assert_int_equal(tl_engine_input(b->engine, &in, b->arena, &ev), TL_OK);
	tl_diag want = ev.refusal.diag, got = walk(TL_DISSECT_MESSAGE, bytes, NULL);
	b->compared++;
	if (is_about_contents(want.err)) {
		/* the engine looked no further: what comes before must be sound */
		if (got.err != TL_OK)
			assert_true(got.offset >= want.offset);
		return;
	}
	if (want.err != got.err || want.offset != got.offset)
		print_error("engine %s at %u (%s), walker %s at %u (%s)\n",
		    tl_err_word(want.err), want.offset,
		    want.where != NULL ? want.where : "", tl_err_word(got.err),
		    got.offset, got.where != NULL ? got.where : "");
	assert_int_equal(got.err, want.err);
	assert_int_equal(got.offset, want.offset);
}

static void
compare_changed(bench *b, tl_span bytes, size_t at)
{
	uint8_t *p = (uint8_t *)(uintptr_t)bytes.ptr + at, was = *p;

	for (unsigned bit = 0; bit < 8; bit++) {
		*p = (uint8_t)(was ^ 1u << bit);
		compare(b, bytes);
	}
	static const uint8_t values[] = { 0x00, 0x02, 0x04, 0x06, 0x30, 0x80, 0x82,
		0xff };
	for (size_t i = 0; i < sizeof values; i++) {
		*p = values[i];
		compare(b, bytes);
	}
	*p = was;
}

static int
set_up(void **state)
{
	static bench b;
	tl_engine_options opt = { .max_duplicates = 1, .max_engines = 16 };
	static const uint8_t name[] = "noc";
	tl_user user = { .name = { name, 3 } };

	b = (bench){ 0 };
	assert_int_equal(tl_engine_new(&opt, &b.engine), TL_OK);
	assert_int_equal(tl_engine_add_user(b.engine, &user), TL_OK);
	assert_int_equal(tl_arena_new(ARENA_BYTES, &b.arena), TL_OK);
	*state = &b;
	return 0;
}

static int
tear_down(void **state)
{
	bench *b = *state;

	tl_engine_free(b->engine);
	tl_arena_free(b->arena);
	return 0;
}

static void
test_agrees_on_whole_messages(void **state)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		tl_span bytes = unhex(samples[i]);
		compare(*state, bytes);
		drop(bytes);
	}
}

static void
test_agrees_on_messages_cut_at_every_byte(void **state)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		tl_span bytes = unhex(samples[i]);
		for (size_t len = 0; len < bytes.len; len++)
			compare(*state, (tl_span){ bytes.ptr, len });
		drop(bytes);
	}
}

static void
test_agrees_on_messages_changed_at_every_byte(void **state)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		tl_span bytes = unhex(samples[i]);
		for (size_t at = 0; at < bytes.len; at++)
			compare_changed(*state, bytes, at);
		drop(bytes);
	}
}

/* The folder of further vectors, or NULL. */
static const char *
vectors(void)
{
	const char *dir = getenv("TRAPLINE_SHARED");

	if (dir == NULL || dir[0] == '\0')
		dir = getenv("TRAPLINE_BESIDE");
	return dir != NULL && access(dir, R_OK) == 0 ? dir : NULL;
}

static tl_span
read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = malloc(BYTES_MAX);

	assert_non_null(f);
	size_t len = fread(bytes, 1, BYTES_MAX, f);
	fclose(f);
	return (tl_span){ bytes, len };
}

static void
test_agrees_on_malformed_vectors(void **state)
{
	const char *shared = vectors();
	char folder[4096], path[8192];
	struct dirent *entry;

	snprintf(folder, sizeof folder, "%s/vectors/malformed", shared);
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		tl_span bytes = read_file(path);
		compare(*state, bytes);
		drop(bytes);
	}
	closedir(dir);
}

static void
test_agrees_on_message_vectors(void **state)
{
	const char *shared = vectors(), *mark = "\"hex\": \"";
	char path[4096], *hex = NULL;
	static char text[1 << 20];

	snprintf(path, sizeof path, "%s/vectors/messages.json", shared);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	for (hex = strstr(text, mark); hex != NULL; hex = strstr(hex, mark)) {
		hex += strlen(mark);
		char *end = strchr(hex, '"');
		*end = '\0';
		tl_span bytes = unhex(hex);
		compare(*state, bytes);
		for (size_t at = 0; at < bytes.len; at++)
			compare_changed(*state, bytes, at);
		drop(bytes);
		hex = end + 1;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agrees_on_whole_messages),
		cmocka_unit_test(test_agrees_on_messages_cut_at_every_byte),
		cmocka_unit_test(test_agrees_on_messages_changed_at_every_byte),
		cmocka_unit_test(test_agrees_on_malformed_vectors),
		cmocka_unit_test(test_agrees_on_message_vectors),
	};

	size_t count = sizeof tests / sizeof tests[0];

	if (vectors() == NULL) {
		print_message("# no vectors in TRAPLINE_SHARED: two tests left out\n");
		count -= 2;
	}
	return _cmocka_run_group_tests("tests", tests, count, set_up, tear_down);
}
