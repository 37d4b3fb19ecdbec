/* Templates: texts made of events. */
#include "pipeline/samples.h"
#include "pipeline/template.h"
#include "pipeline/value_memo.h"

/* The same text comes of what is remembered. */
static void
assert_same_by_memo(const template *t, const event *ev, const tl_buf *out)
{
	static uint8_t room[4096];
	tl_buf other = { .ptr = room, .cap = out->cap };
	event copy = *ev;
	value_memo memo;

	value_memo_begin(&memo);
	copy.memo = &memo;
	for (int again = 0; again < 2; again++) {
		other.len = 0;
		template_write(t, &copy, &other);
		assert_int_equal(other.full, out->full);
		assert_int_equal(other.len, out->len);
		assert_memory_equal(room, out->ptr, out->len);
	}
}

/* What the template |text| makes of |ev| in |cap| bytes; NULL if it does not fit. */
static const char *
write_in(const char *text, const event *ev, size_t cap)
{
	static char room[4096];
	char yaml[512];
	tl_buf out = { .ptr = (uint8_t *)room, .cap = cap };

	(void)snprintf(yaml, sizeof yaml, "rules: [{set: {message: '%s'}}]", text);
	tl_conf *c = good(yaml);
	template *t = template_new(&c->rules.at[0].set.message, ev->mib);
	assert_non_null(t);
	template_write(t, ev, &out);
	assert_true(out.len <= cap);
	assert_same_by_memo(t, ev, &out);
	room[out.len] = '\0';
	template_free(t);
	tl_conf_free(c);
	return out.full ? NULL : room;
}

static void
test_writes_fields_through_filters(void **state)
{
	static const struct {
		const char *template, *text;
	} cases[] = {
		{ "", "" },
		{ "{ifDescr} on {site} is {ifOperStatus}",
		    "GigabitEthernet0/3 on Berlin \"Mitte\" is down" },
		{ "{ifDescr|lower}", "gigabitethernet0/3" },
		{ "{ifDescr|upper}", "GIGABITETHERNET0/3" },
		{ "{ifOperStatus|raw}", "2" },
		{ "{ifOperStatus|oid}", "1.3.6.1.2.1.2.2.1.8.3" },
		{ "{ifOperStatus|name|lower}", "if-mib::ifoperstatus.3" },
		{ "{site|json}", "\"Berlin \\\"Mitte\\\"\"" },
		{ "{site|url}", "Berlin%20%22Mitte%22" },
		{ "{site|upper|url}", "BERLIN%20%22MITTE%22" },
		{ "{ifIndex|json} {ifOperStatus|json} {ifOperStatus|raw|json}",
		    "3 \"down\" 2" },
		{ "{uptime|json} {number|json}", "123456 \"0123\"" },
		{ "{nothing}", "" },
		{ "{nothing|json}", "\"\"" },
		{ "{nothing|default:-}", "-" },
		{ "{nothing|default:a \"b\"|json}", "\"a \\\"b\\\"\"" },
		{ "{nothing|json|default:x}", "\"x\"" },
		{ "{site|default:none}", "Berlin \"Mitte\"" },
		{ "{{site} {\"text\": {message|json}}",
		    "{site} {\"text\": \"1\\t2\\r\\n\"}" },
	};
	sample *s = sample_link_down();

	(void)state;
	event_set_field(&s->ev, LIT("site"), LIT("Berlin \"Mitte\""));
	event_set_field(&s->ev, LIT("number"), LIT("0123"));
	s->ev.j.message = LIT("1\t2\r\n");
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
		    write_in(cases[i].template, &s->ev, 1024), cases[i].text);
	sample_free(s);
}

static void
test_json_escapes_whatever_is_in_a_text(void **state)
{
	sample *s = sample_new("IF-MIB::linkDown");

	(void)state;
	sample_text(s, "ifDescr.1", "a\\b\"c\td\ne/\xc3\xa4");
	assert_string_equal(
	    write_in("{ifDescr|json}", &s->ev, 1024), "\"a\\\\b\\\"c\\td\\ne/\xc3\xa4\"");
	assert_string_equal(
	    write_in("{ifDescr|url}", &s->ev, 1024), "a%5Cb%22c%09d%0Ae%2F%C3%A4");
	sample_text(s, "ifAlias.1", "\x01\x1b");
	assert_string_equal(write_in("{ifAlias|json}", &s->ev, 1024), "\"011b\"");
	sample_free(s);
}

static void
test_says_when_it_does_not_fit(void **state)
{
	static const char *const templates[] = { "{ifDescr} is {ifOperStatus}",
		"{site|json}", "{site|url}", "{nothing|json}", "x{site|url}",
		"{ifDescr|upper}!" };
	sample *s = sample_link_down();

	(void)state;
	event_set_field(&s->ev, LIT("site"), LIT("\"\"\"\""));
	for (size_t i = 0; i < COUNT(templates); i++) {
		size_t need = strlen(write_in(templates[i], &s->ev, 1024));
		for (size_t cap = 0; cap < need; cap++)
			assert_null(write_in(templates[i], &s->ev, cap));
		assert_non_null(write_in(templates[i], &s->ev, need));
	}
	sample_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writes_fields_through_filters),
		cmocka_unit_test(test_json_escapes_whatever_is_in_a_text),
		cmocka_unit_test(test_says_when_it_does_not_fit),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
