/* fault/test_program_conf.c: reading configurations as people have them, while one
 * allocation after another fails: there is none, and nothing leaks. */
#include "conf/folder.h"
#include "fault/failmalloc.h"
#include "sys/fs.h"

#include <fcntl.h>

typedef struct given {
	const char *path;
	tl_span text;
} given;

/* What cannot be read for want of memory is nobody's mistake: no error is told then. */
static tl_err
load(void *arg)
{
	const given *g = arg;
	tl_conf_errors errors = { 0 };
	tl_conf *c = NULL;
	tl_err err = tl_conf_load_text(g->text, g->path, &c, &errors);

	for (size_t i = 0; i < errors.count; i++)
		print_message("# %u:%u %s\n", errors.at[i].mark.line,
		    errors.at[i].mark.column, errors.at[i].text);
	assert_int_equal(errors.errors, 0);
	assert_int_equal(err == TL_OK, c != NULL);
	tl_conf_free(c);
	tl_conf_errors_free(&errors);
	return err;
}

/* The default configuration with all its examples, their files beside it. */
static char *
examples(void)
{
	uint8_t *text;
	size_t len, kept = 0;

	assert_int_equal(
	    tl_file_read(AT_FDCWD, TRAPLINE_YAML, 1 << 20, &text, &len), TL_OK);
	for (size_t i = 0; i < len; i++) {
		bool line = i == 0 || text[i - 1] == '\n';
		if (!(line && text[i] == '#' && text[i + 1] != ' ') ||
		    (text[i + 1] == ' ' && text[i + 2] == ' '))
			text[kept++] = text[i];
	}
	text[kept] = '\0';
	return (char *)text;
}

static void
test_the_default_configuration(void **state)
{
	char *text = examples();

	(void)state;
	given g = { "t.yaml", span_of(text) };
	assert_int_equal(setenv("COMMUNITY", "public", 1), 0);
	assert_int_equal(setenv("NOC_AUTH", "authpass123", 1), 0);
	assert_int_equal(setenv("NOC_PRIV", "privpass123", 1), 0);
	assert_int_equal(setenv("TICKETS_TOKEN", "token", 1), 0);
	write_file("devices.csv", "address,site,rack\n10.0.0.1,Berlin,7\n");
	assert_true(fail_each(load, &g) > 4);
	free(text);
}

/* Of every kind of list so many that each block, pool and index grows. */
static void
test_a_large_configuration(void **state)
{
	char *text;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	fputs("lists:\n", to);
	for (unsigned i = 0; i < 60; i++)
		fprintf(to, "  l%u: [10.%u.0.0/16, 'fd00:%x::/32']\n", i, i, i);
	fputs("limits:\n  thresholds:\n", to);
	for (unsigned i = 0; i < 60; i++)
		fprintf(to, "    t%u: {match: {source: l%u}, count: %u}\n", i, i, i + 1);
	fputs("alarms:\n  pairs:\n", to);
	for (unsigned i = 0; i < 60; i++)
		fprintf(to,
		    "    p%u: {raise: 1.3.6.1.4.1.99999.%u.1, clear: "
		    "1.3.6.1.4.1.99999.%u.2}\n",
		    i, i, i);
	fputs("rules:\n", to);
	for (unsigned i = 0; i < 200; i++)
		fprintf(to,
		    "- name: r%u\n  match: {source: l%u, varbinds: {ifDescr: '/^a%u/i',"
		    " ifIndex: '1..%u'}}\n  set: {tags: [t%u], fields: {f%u: "
		    "'{ifDescr}'}}\n",
		    i, i % 60, i, i + 1, i, i);
	fputs("outputs:\n", to);
	for (unsigned i = 0; i < 60; i++)
		fprintf(to, "  o%u: {type: file, path: f%u, filter: {tags: [t%u]}}\n", i,
		    i, i);
	fclose(to);
	given g = { "t.yaml", { (uint8_t *)text, len } };
	assert_true(fail_each(load, &g) > 20);
	free(text);
}

/* What is wrong is told, or nothing is. */
static tl_err
find_errors(void *arg)
{
	const given *g = arg;
	tl_conf_errors errors = { 0 };
	tl_conf *c = NULL;
	tl_err err = tl_conf_load_text(g->text, g->path, &c, &errors);

	assert_null(c);
	assert_int_equal(errors.errors > 0, err == TL_EFORMAT);
	tl_conf_errors_free(&errors);
	return err == TL_EFORMAT ? TL_OK : err;
}

static void
test_a_wrong_configuration(void **state)
{
	static const char text[] = "lisen: 7\nrules: [{match: {varbinds: {a: '/(/'}}}]\n"
				   "outputs: {x: {type: nothing}, y: {type: file}}\n"
				   "users: ['a,auth=SHA-256:short']\nlists: {a: [x]}\n";
	given g = { "t.yaml", span_of(text) };

	(void)state;
	assert_true(fail_each(find_errors, &g) > 5);
}

static tl_err
write_all(void *arg)
{
	const tl_conf *c = arg;
	char *text = NULL;
	size_t len;
	tl_err err = tl_conf_write(c, &text, &len);

	assert_int_equal(err == TL_OK, text != NULL);
	free(text);
	return err;
}

static void
test_writing_what_is_effective(void **state)
{
	tl_conf *c = good("");

	(void)state;
	(void)fail_each(write_all, c);
	tl_conf_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_default_configuration),
		cmocka_unit_test(test_a_large_configuration),
		cmocka_unit_test(test_a_wrong_configuration),
		cmocka_unit_test(test_writing_what_is_effective),
	};

	fail_init();
	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
