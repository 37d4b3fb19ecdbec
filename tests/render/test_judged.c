/* What was found out about a notification, and events of our own. */
#include "sample.h"

static const tl_renderer_options json = { .format = TL_FORMAT_JSON, .mib = &fake_mib };
static const tl_renderer_options kv = { .format = TL_FORMAT_KV, .mib = &fake_mib };
static const tl_renderer_options text = {
	.format = TL_FORMAT_TEXT, .mib = &fake_mib, .utc = true
};

static const tl_span tags[] = { SPAN("core"), SPAN("night shift") };
static const tl_field fields[] = { { SPAN("site"), SPAN("Köln") },
	{ SPAN("no good"), SPAN("has a blank in its name") },
	{ SPAN(""), SPAN("has no name") }, { SPAN("raw"), SPAN("\xff\x01") } };

static tl_judgement
judgement(const tl_endpoint *device)
{
	return (tl_judgement){ .severity = TL_SEVERITY_CRITICAL,
		.message = SPAN("eth0 is \"down\""),
		.tags = tags,
		.tag_count = 2,
		.fields = fields,
		.field_count = 4,
		.device = device,
		.device_name = SPAN("core1"),
		.alarm_key = SPAN("link:3"),
		.alarm = TL_ALARM_REPEATED,
		.alarm_count = 4,
		.rule = SPAN("links") };
}

static const char *
render_judged(const tl_renderer_options *opt, const tl_judgement *j)
{
	static char line[8192];
	tl_buf b = { .ptr = (uint8_t *)line, .cap = sizeof line - 1 };
	tl_notification n = sample_v2c();
	tl_renderer *r;

	assert_int_equal(tl_renderer_new(opt, &r), TL_OK);
	assert_int_equal(tl_render_judged(r, &n, j, &b), TL_OK);
	tl_renderer_free(r);
	line[b.len] = '\0';
	return line;
}

/* What |r| makes of |fields| alone. */
static const char *
render_fields(tl_renderer *r, const tl_field *some, size_t count)
{
	static char line[8192];
	tl_buf b = { .ptr = (uint8_t *)line, .cap = sizeof line - 1 };
	tl_notification n = sample_v2c();
	tl_judgement j = { .fields = some, .field_count = count };

	assert_int_equal(tl_render_judged(r, &n, &j, &b), TL_OK);
	line[b.len] = '\0';
	return line;
}

static const char *
render_own(const tl_renderer_options *opt, const tl_own_event *own)
{
	static char line[8192];
	tl_buf b = { .ptr = (uint8_t *)line, .cap = sizeof line - 1 };
	tl_renderer *r;

	assert_int_equal(tl_renderer_new(opt, &r), TL_OK);
	assert_int_equal(tl_render_own(r, own, &b), TL_OK);
	tl_renderer_free(r);
	line[b.len] = '\0';
	return line;
}

static void
assert_has(const char *line, const char *want)
{
	if (strstr(line, want) == NULL)
		assert_string_equal(line, want);
}

static void
test_json_has_all_that_was_found_out(void **state)
{
	tl_endpoint device = sample_ipv4(10, 0, 0, 1, 0);
	tl_judgement j = judgement(&device);
	(void)state;

	assert_has(render_judged(&json, &j),
	    ",\"severity\":\"critical\",\"message\":\"eth0 is \\\"down\\\"\","
	    "\"tags\":[\"core\",\"night shift\"],"
	    "\"fields\":{\"site\":\"Köln\",\"raw\":\"0xff01\"},"
	    "\"device\":{\"address\":\"10.0.0.1\",\"name\":\"core1\"},"
	    "\"alarm\":{\"key\":\"link:3\",\"state\":\"repeated\",\"count\":4},"
	    "\"rule\":\"links\",\"varbinds\":[],");
}

static void
test_key_value_lines_have_it_flat(void **state)
{
	tl_endpoint device = sample_ipv4(10, 0, 0, 1, 0);
	tl_judgement j = judgement(&device);
	(void)state;

	assert_has(render_judged(&kv, &j),
	    " severity=critical message=\"eth0 is \\\"down\\\"\" "
	    "tags=core,\"night shift\" fields.site=\"Köln\" fields.raw=0xff01 "
	    "device.address=10.0.0.1 device.name=core1 alarm.key=link:3 "
	    "alarm.state=repeated alarm.count=4 rule=links");
}

/* A renderer remembers how fields began: names of one length that differ in any byte, of
 * none, not bare, at other places, and more of them than it keeps. */
static void
test_fields_seen_before_do_not_show_in_others(void **state)
{
	static const tl_span names[] = { SPAN("site"), SPAN("sitf"), SPAN("rack"),
		SPAN("racks"), SPAN("rackz"), SPAN("rite"), SPAN(""), SPAN("a b"),
		SPAN("x"), SPAN("y"), SPAN("row"), SPAN("raw"), SPAN("rot"),
		SPAN("building"), SPAN("buildinG"), SPAN("Building"),
		SPAN("fifteen_letters"), SPAN("fifteen_Letters"),
		SPAN("sixteen__letters"), SPAN("seventeen_letters"), SPAN("\""),
		SPAN("much_longer_than_what_is_remembered") };
	static const tl_renderer_options *const all[] = { &json, &kv };
	enum { MANY = 12, EVENTS = 600 };
	uint64_t dice = 7;
	(void)state;

	for (size_t format = 0; format < 2; format++) {
		tl_renderer *r, *fresh;
		assert_int_equal(tl_renderer_new(all[format], &r), TL_OK);
		for (size_t event = 0; event < EVENTS; event++) {
			tl_field some[MANY];
			for (size_t i = 0; i < MANY; i++) {
				dice = dice * 6364136223846793005u + 1442695040888963407u;
				some[i] =
				    (tl_field){ names[(dice >> 33) % (event % 22 + 1)],
					    SPAN("t") };
			}
			char used[8192];
			const char *line = render_fields(r, some, event % (MANY + 1));
			memcpy(used, line, strlen(line) + 1);
			assert_int_equal(tl_renderer_new(all[format], &fresh), TL_OK);
			assert_string_equal(
			    used, render_fields(fresh, some, event % (MANY + 1)));
			tl_renderer_free(fresh);
		}
		tl_renderer_free(r);
	}
}

static void
test_text_has_message_and_findings_below_the_head(void **state)
{
	tl_judgement j = judgement(NULL);
	const char *line = render_judged(&text, &j);
	(void)state;

	assert_has(line, "CRITICAL");
	assert_has(line, "\n    eth0 is \"down\"\n    site=");
	assert_has(line, "  #core  #night shift  alarm repeated\n");
}

/* The same line as without: no key is there for nothing. */
static void
test_an_empty_judgement_shows_nothing(void **state)
{
	static const tl_judgement none;
	const tl_renderer_options *const all[] = { &json, &kv, &text };
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		tl_notification n = sample_v2c();
		char plain[8192];
		const char *line = sample_render(all[i], &n);
		assert_true(strlen(line) < sizeof plain);
		memcpy(plain, line, strlen(line) + 1);
		assert_string_equal(plain, render_judged(all[i], &none));
		assert_string_equal(plain, render_judged(all[i], NULL));
	}
}

static void
test_an_event_of_our_own(void **state)
{
	static const tl_number numbers[] = { { "count", 4213 }, { "seconds", 10 } };
	tl_endpoint source = sample_ipv4(192, 0, 2, 7, 0);
	tl_own_event own = { .kind = "suppressed",
		.realtime_ns = SAMPLE_NS,
		.severity = TL_SEVERITY_WARNING,
		.message = SPAN("4,213 suppressed in 10 s from 192.0.2.7"),
		.source = &source,
		.numbers = numbers,
		.number_count = 2 };
	(void)state;

	assert_has(render_own(&json, &own),
	    "\"kind\":\"suppressed\",\"source\":{\"address\":\"192.0.2.7\"},"
	    "\"severity\":\"warning\",\"message\":\"4,213 suppressed in 10 s from "
	    "192.0.2.7\",\"count\":4213,\"seconds\":10}\n");
	assert_has(render_own(&kv, &own), " count=4213 seconds=10\n");
	assert_has(render_own(&text, &own),
	    "192.0.2.7        WARNING   suppressed  4,213 suppressed in 10 s from");
}

static void
test_states_have_words(void **state)
{
	(void)state;
	assert_string_equal(tl_alarm_state_name(TL_ALARM_NOT), "");
	assert_string_equal(tl_alarm_state_name(TL_ALARM_CLEARED), "cleared");
	assert_string_equal(tl_alarm_state_name((tl_alarm_state)99), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_has_all_that_was_found_out),
		cmocka_unit_test(test_key_value_lines_have_it_flat),
		cmocka_unit_test(test_fields_seen_before_do_not_show_in_others),
		cmocka_unit_test(test_text_has_message_and_findings_below_the_head),
		cmocka_unit_test(test_an_empty_judgement_shows_nothing),
		cmocka_unit_test(test_an_event_of_our_own),
		cmocka_unit_test(test_states_have_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
