/* tests/render/test_swap.c: a renderer that gets another dictionary. */
#include "sample.h"

static const tl_mib other = { .empty = true };

/* The line that |r| writes for a linkDown with ifOperStatus.3. */
static const char *
line_of(tl_renderer *r)
{
	static uint8_t line[1 << 16];
	tl_buf out = { .ptr = line, .cap = sizeof line - 1 };
	tl_varbind vb = sample_integer("1.3.6.1.2.1.2.2.1.8.3", 2);
	tl_notification n = sample_v2c();

	n.vb = &vb;
	n.vb_count = 1;
	assert_int_equal(TL_OK, tl_render_notification(r, &n, &out));
	line[out.len] = '\0';
	return (const char *)line;
}

static void
assert_names(tl_format format, bool known, tl_renderer *r)
{
	for (int again = 0; again < 2; again++) { /* the second from what is kept */
		const char *line = line_of(r);
		assert_int_equal(known, strstr(line, "IF-MIB::linkDown") != NULL);
		assert_int_equal(known, strstr(line, "IF-MIB::ifOperStatus.3") != NULL);
		assert_int_equal(known, strstr(line, "down") != NULL);
		if (format != TL_FORMAT_TEXT)
			assert_int_equal(known, strstr(line, "unresolved") == NULL);
	}
}

static void
test_takes_names_from_the_dictionary_that_was_set_last(void **state)
{
	(void)state;
	static const tl_format formats[] = { TL_FORMAT_JSON, TL_FORMAT_KV,
		TL_FORMAT_TEXT };

	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		tl_renderer_options opt = { .format = formats[i], .mib = &fake_mib };
		tl_renderer *r;
		assert_int_equal(TL_OK, tl_renderer_new(&opt, &r));
		assert_names(formats[i], true, r);
		tl_renderer_set_mib(r, &other);
		assert_names(formats[i], false, r);
		tl_renderer_set_mib(r, &fake_mib);
		assert_names(formats[i], true, r);
		tl_renderer_free(r);
	}
}

static void
test_does_without_a_dictionary_from_then_on(void **state)
{
	(void)state;
	tl_renderer_options opt = { .format = TL_FORMAT_JSON, .mib = &fake_mib };
	tl_renderer *r;

	assert_int_equal(TL_OK, tl_renderer_new(&opt, &r));
	(void)line_of(r);
	tl_renderer_set_mib(r, NULL);
	const char *line = line_of(r);
	assert_null(strstr(line, "IF-MIB"));
	assert_null(strstr(line, "unresolved"));
	tl_renderer_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes_names_from_the_dictionary_that_was_set_last),
		cmocka_unit_test(test_does_without_a_dictionary_from_then_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
