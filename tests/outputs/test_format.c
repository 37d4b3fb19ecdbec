/* Tests of outputs/format.c. */
#include "base/buf.h"
#include "outputs/format.h"
#include "outputs/parcels.h"

static tl_conf *the_conf;

static formatter *
new_formatter(tl_conf_form form, const char *template)
{
	formatter_options opt = { .form = form };
	char yaml[512];

	if (template != NULL) {
		snprintf(yaml, sizeof yaml,
		    "outputs: {a: {type: stdout, format: template, template: '%s'}}\n",
		    template);
		the_conf = good(yaml);
		opt.template = &the_conf->outputs.at[0].template;
	}
	formatter *f = formatter_new(&opt);
	assert_non_null(f);
	return f;
}

/* What |f| writes of |p|, both of which it frees; free() it. */
static char *
written(formatter *f, parcel *p)
{
	tl_buf out = { 0 };

	assert_int_equal(formatter_write(f, p, &out), TL_OK);
	assert_int_equal(buf_reserve(&out, 1), TL_OK);
	out.ptr[out.len] = '\0';
	formatter_free(f);
	parcel_drop(p);
	tl_conf_free(the_conf);
	the_conf = NULL;
	return (char *)out.ptr;
}

static void
test_writes_each_form(void **state)
{
	static const struct {
		tl_conf_form form;
		const char *template, *begins, *has;
	} rows[] = {
		{ TL_FORM_AUTO, NULL, "{\"schema\":1,", "\"severity\":\"major\"" },
		{ TL_FORM_JSON, NULL, "{\"schema\":1,", "\"request_id\":5," },
		{ TL_FORM_KV, NULL, "schema=1 ", " severity=major " },
		{ TL_FORM_TEXT, NULL, "2026-11-20 ", "MAJOR     IF-MIB::linkDown" },
		{ TL_FORM_TEMPLATE, "{source} {ifDescr}", "192.0.2.7 Gigabit",
		    "Ethernet0/3\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *text = written(new_formatter(rows[i].form, rows[i].template),
		    numbered(5, TL_SEVERITY_MAJOR));
		assert_int_equal(
		    strncmp(text, rows[i].begins, strlen(rows[i].begins)), 0);
		assert_non_null(strstr(text, rows[i].has));
		assert_int_equal(text[strlen(text) - 1], '\n');
		free(text);
	}
}

static void
test_writes_events_of_our_own(void **state)
{
	tl_own_event own = { .kind = "suppressed",
		.severity = TL_SEVERITY_WARNING,
		.message = LIT("4,213 suppressed") };

	(void)state;
	char *text = written(
	    new_formatter(TL_FORM_JSON, NULL), parcel_of_own(&own, the_dictionary));
	assert_non_null(strstr(text, "\"kind\":\"suppressed\""));
	assert_non_null(strstr(text, "\"message\":\"4,213 suppressed\""));
	free(text);
	text = written(new_formatter(TL_FORM_TEMPLATE, "{kind}: {message} {ifDescr}"),
	    parcel_of_own(&own, the_dictionary));
	assert_string_equal(text, "suppressed: 4,213 suppressed \n");
	free(text);
}

static void
test_a_value_with_a_newline_forges_no_line_of_a_template(void **state)
{
	sample *s = sample_new("IF-MIB::linkDown");

	(void)state;
	sample_text(s, "ifDescr.3", "a\r\nb\tc");
	char *text = written(new_formatter(TL_FORM_TEMPLATE, "<{ifDescr}>"),
	    parcel_of_sample(s, TL_SEVERITY_INFO));
	assert_string_equal(text, "<a\\r\\nb\tc>\n");
	free(text);
}

static void
test_a_large_event_finds_room(void **state)
{
	enum { LONG = 300000 };
	sample *s = sample_new("IF-MIB::linkDown");
	uint8_t *octets = calloc(1, LONG);

	(void)state;
	memset(octets, 'x', LONG);
	sample_add(s, "ifDescr.3", TL_T_OCTETS)->v.octets = (tl_span){ octets, LONG };
	parcel *p = parcel_of_sample(s, TL_SEVERITY_INFO);
	free(octets);
	parcel_hold(p);
	char *text = written(new_formatter(TL_FORM_JSON, NULL), p);
	assert_true(strlen(text) > LONG);
	free(text);
	text = written(new_formatter(TL_FORM_TEMPLATE, "{ifDescr}"), p);
	assert_int_equal(strlen(text), LONG + 1);
	free(text);
}

/* It would have a device make a line look like another. */
static void
test_what_turns_or_hides_text_is_written_out_in_a_template(void **state)
{
	tl_own_event own = { .kind = "x",
		.message = span_of("a\xe2\x80\xae\xc3\xa4\n\xe2\x80\x8b") };
	parcel *p = parcel_of_own(&own, the_dictionary);
	formatter *f = new_formatter(TL_FORM_TEMPLATE, "{message}");
	tl_buf out = { 0 };

	(void)state;
	assert_int_equal(formatter_write(f, p, &out), TL_OK);
	assert_bytes(tl_buf_written(&out), span_of("a\\u202e\xc3\xa4\\n\\u200b\n"));
	formatter_free(f);
	parcel_drop(p);
	free(out.ptr);
}

/* After a reload a parcel names another dictionary: then that one names its objects. */
static void
test_names_with_the_dictionary_of_the_parcel(void **state)
{
	dictionary *none = dictionary_new(NULL);
	formatter *f = new_formatter(TL_FORM_KV, NULL);
	tl_buf out = { 0 };
	size_t names = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		parcel *p = numbered(1, TL_SEVERITY_INFO);
		if (i == 1) {
			dictionary_drop(p->dictionary);
			p->dictionary = dictionary_hold(none);
		}
		out.len = 0;
		assert_int_equal(formatter_write(f, p, &out), TL_OK);
		names += memmem(out.ptr, out.len, "trap_name=", 10) != NULL;
		parcel_drop(p);
	}
	assert_int_equal(names, 2);
	assert_int_equal(none->holders, 1);
	dictionary_drop(none);
	formatter_free(f);
	formatter_free(NULL);
	free(out.ptr);
}

/* What needs more room is refused, and leaves nothing behind. */
static void
test_an_event_of_more_than_16_mib_is_refused(void **state)
{
	uint8_t *text = malloc(17 << 20);
	tl_buf out = { 0 };

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 17 << 20);
	for (size_t mib = 1; mib <= 17; mib += 16) {
		tl_own_event own = { .kind = "x", .message = { text, mib << 20 } };
		parcel *p = parcel_of_own(&own, the_dictionary);
		formatter *f = new_formatter(TL_FORM_JSON, NULL);
		assert_int_equal(
		    formatter_write(f, p, &out), mib == 1 ? TL_OK : TL_ELIMIT);
		assert_int_equal(out.len > 1 << 20, mib == 1);
		out.len = 0;
		formatter_free(f);
		parcel_drop(p);
	}
	free(out.ptr);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writes_each_form),
		cmocka_unit_test(test_writes_events_of_our_own),
		cmocka_unit_test(
		    test_a_value_with_a_newline_forges_no_line_of_a_template),
		cmocka_unit_test(
		    test_what_turns_or_hides_text_is_written_out_in_a_template),
		cmocka_unit_test(test_a_large_event_finds_room),
		cmocka_unit_test(test_names_with_the_dictionary_of_the_parcel),
		cmocka_unit_test(test_an_event_of_more_than_16_mib_is_refused),
	};

	return cmocka_run_group_tests(tests, load_dictionary, drop_dictionary);
}
