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
	{ SPAN("raw"), SPAN("\xff\x01") } };

static tl_judgement
judgement(const tl_endpoint *device)
{
	return (tl_judgement){ .severity = TL_SEVERITY_CRITICAL,
		.message = SPAN("eth0 is \"down\""),
		.tags = tags,
		.tag_count = 2,
		.fields = fields,
		.field_count = 3,
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
		cmocka_unit_test(test_text_has_message_and_findings_below_the_head),
		cmocka_unit_test(test_an_empty_judgement_shows_nothing),
		cmocka_unit_test(test_an_event_of_our_own),
		cmocka_unit_test(test_states_have_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
