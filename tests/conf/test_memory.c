/* Every allocation fails once while a configuration is read: it gives none, and leaks
 * nothing. */
#include "conf/folder.h"

#include "fault/failmalloc.h"

static char *yaml;

static tl_err
run(void *arg)
{
	tl_conf_errors errors = { 0 };
	tl_conf_change changes[TL_CONF_KEYS_MAX];
	tl_conf *c, *other = NULL;

	(void)arg;
	tl_err err = tl_conf_load_text(span_of(yaml), "t.yaml", &c, &errors);
	assert_int_equal(err == TL_OK, c != NULL);
	if (err == TL_OK)
		err = tl_conf_load(NULL, &other, &errors);
	if (err == TL_OK && tl_conf_diff(c, other, changes) == SIZE_MAX)
		err = TL_ENOMEM;
	tl_conf_free(c);
	tl_conf_free(other);
	tl_conf_errors_free(&errors);
	return err;
}

/* With rules enough to fill several blocks of a pool. */
static void
test_every_allocation_may_fail(void **state)
{
	size_t len;
	FILE *to = open_memstream(&yaml, &len);

	(void)state;
	write_file("nets", "10.0.0.0/8\n");
	fputs("users: ['a,auth=SHA-256:passphrase']\nlists: {core: '@nets'}\n"
	      "mibs: none\nrules:\n",
	    to);
	for (unsigned i = 0; i < 40; i++)
		fprintf(to,
		    "- match: {trap: 1.3.6.%u, varbinds: {a: /x/}}\n"
		    "  set: {message: '{a|upper} {b}'}\n",
		    i);
	fclose(to);
	assert_true(fail_each(run, NULL) > 10);
	free(yaml);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_allocation_may_fail),
	};

	fail_init();
	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
