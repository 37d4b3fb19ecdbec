/* What the APIs of the output http share, and how they read answers. */
#include <zlib.h>

#include "base/buf.h"
#include "outputs/http.h"
#include "outputs/outputs.h"

static void
test_a_status_says_taken_again_or_refused(void **state)
{
	static const long of_4xx[] = { 401, 402, 403, 404, 405, 407, 408, 410, 421, 423,
		425, 429 };

	(void)state;
	for (long s = 0; s < 700; s++) {
		bool later = s < 200 || (s >= 300 && s < 400) || s >= 500;
		for (size_t i = 0; i < sizeof of_4xx / sizeof of_4xx[0]; i++)
			later = later || s == of_4xx[i];
		assert_int_equal(http_meaning_of(s), s >= 200 && s < 300 ? HTTP_TAKEN
						     : later             ? HTTP_AGAIN
									 : HTTP_REFUSED);
	}
}

static void
test_complaints_are_one_line_and_the_first_stays(void **state)
{
	static http h;

	(void)state;
	http_complain_of(&h, 400, span_of("\r\nbad \x1b[31m\xff\"x\"\nsecond"));
	assert_string_equal(h.problem, "status 400: bad \\x1b[31m\\xff\"x\"");
	http_complain(&h, "another");
	assert_memory_equal(h.problem, "status 400", 10);
	h.problem[0] = '\0';
	http_complain_of(&h, 302, span_of(""));
	assert_string_equal(h.problem, "status 302 (redirects are not followed)");
	h.problem[0] = '\0';
	http_complain(&h, "%0300d\x01\x01", 7);
	assert_int_equal(strlen(h.problem), OUTPUT_PROBLEM_MAX - 1);
	h.problem[0] = '\0';
}

static void
test_complaints_have_no_secrets(void **state)
{
	static char authorization[] = "Authorization: Basic bm9jOng=";
	static const tl_conf_http conf = {
		.token.bytes = { (const uint8_t *)"to/ken", 6 },
		.password.bytes = { (const uint8_t *)"x", 1 },
	};
	static http h = { .http = &conf, .authorization = authorization };
	char answer[400];

	(void)state;
	http_complain_of(&h, 400, span_of("to/kento/ken bm9jOng=x to/ke"));
	assert_string_equal(h.problem, "status 400: ****** **** to/ke");
	h.problem[0] = '\0';
	memset(answer, '.', sizeof answer);
	memcpy(answer + 157, "to/ken", 6); /* where what is shown ends */
	http_complain_of(&h, 400, (tl_span){ (uint8_t *)answer, sizeof answer });
	assert_null(strstr(h.problem, "to/"));
	h.problem[0] = '\0';
	http_complain(&h, "%s", "of to/ken");
	assert_string_equal(h.problem, "of ***");
}

static void
test_strings_are_json(void **state)
{
	tl_buf out = { 0 };

	(void)state;
	assert_int_equal(http_put_string(&out, span_of("a\"b\\c\n\x01\xc3\xa4")), TL_OK);
	assert_int_equal(out.len, strlen("\"a\\\"b\\\\c\\u000a\\u0001\xc3\xa4\""));
	assert_memory_equal(out.ptr, "\"a\\\"b\\\\c\\u000a\\u0001\xc3\xa4\"", out.len);
	free(out.ptr);
}

static void
test_gzip_gives_back_what_went_in(void **state)
{
	static const size_t lengths[] = { 0, 1, 1000, 3000000 };
	tl_buf packed = { 0 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		size_t len = lengths[i];
		uint8_t *in = malloc(len + 1), *back = malloc(len + 1);
		z_stream z = { .next_out = back, .avail_out = (uInt)len + 1 };
		for (size_t k = 0; k < len; k++)
			in[k] = (uint8_t)(k * k >> 7);
		assert_int_equal(http_gzip((tl_span){ in, len }, &packed), TL_OK);
		z.next_in = packed.ptr;
		z.avail_in = (uInt)packed.len;
		assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
		assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
		assert_int_equal(z.total_out, len);
		assert_memory_equal(back, in, len);
		inflateEnd(&z);
		free(in);
		free(back);
	}
	free(packed.ptr);
}

/* The index that |template| makes of linkDown of 192.0.2.1. */
static const char *
index_of(const char *template)
{
	static char text[HTTP_INDEX_MAX + 1];
	tl_buf out = { .ptr = (uint8_t *)text, .cap = HTTP_INDEX_MAX };
	char yaml[1024];

	(void)snprintf(yaml, sizeof yaml,
	    "outputs: {o: {type: http, url: 'http://h', api: elasticsearch, index: "
	    "'%s'}}",
	    template);
	tl_conf *c = good(yaml);
	http_text *t = http_text_new(&c->outputs.at[0].http);
	parcel *p = numbered(1, TL_SEVERITY_MAJOR);
	assert_int_equal(http_text_index(t, p, &out), TL_OK);
	text[out.len] = '\0';
	parcel_drop(p);
	http_text_free(t);
	tl_conf_free(c);
	return text;
}

static void
test_an_index_is_a_name_that_may_be(void **state)
{
	char long_one[400];

	(void)state;
	assert_string_equal(index_of("traps"), "traps");
	assert_string_equal(index_of("Traps {kind}"), "traps-trap");
	assert_string_equal(
	    index_of("a/b\\\\c*d?e\"f<g>h|i,j#k:l"), "a-b--c-d-e-f-g-h-i-j-k-l");
	assert_string_equal(index_of("_x"), "xx");
	assert_string_equal(index_of("-{kind}"), "xtrap");
	assert_string_equal(index_of("..{nothing}"), "x.");
	memset(long_one, 'a', sizeof long_one - 1);
	long_one[sizeof long_one - 1] = '\0';
	assert_true(strlen(index_of(long_one)) <= HTTP_INDEX_MAX);
}

/* An output as after a request with two events. */
typedef struct asked {
	http h;
	progress_item items[2];
	size_t places[2];
} asked;

static bool
judged(asked *a, const char *answer)
{
	http_reply reply = { .status = 200, .body = span_of(answer) };
	tl_arena *arena = a->h.arena;

	*a = (asked){ .places = { 0, 1 } };
	a->h = (http){ .arena = arena,
		.asked = a->places,
		.asked_count = 2,
		.progress = { .all = 1, .at = a->items, .count = 2 } };
	return http_elasticsearch.judge(&a->h, &reply);
}

static void
test_reads_what_bulk_says_of_each(void **state)
{
	static asked a;

	(void)state;
	assert_int_equal(tl_arena_new(4096, &a.h.arena), TL_OK);
	assert_true(judged(&a,
	    "{\"took\":3,\"errors\":false,\"items\":[{\"create\":{\"status\":201}},"
	    "{\"create\":{\"_id\":\"x\",\"status\":409,\"error\":{\"type\":\"v\"}}}]}"));
	assert_true(a.items[0].has == 1 && a.items[1].has == 1);
	assert_string_equal(a.h.problem, "");
	assert_false(judged(&a,
	    "{\"items\":[{\"create\":{\"status\":429,\"error\":{\"type\":\"busy\","
	    "\"reason\":\"later\",\"caused_by\":{\"x\":[1]}}}},{\"create\":{\"error\":"
	    "{\"reason\":\"a\\nb\",\"type\":\"mapper\"},\"status\":400}}],\"took\":1}"));
	assert_true(a.items[0].has == 0 && a.items[0].never == 0);
	assert_true(a.items[1].never == 1);
	assert_string_equal(a.h.problem, "status 429 of an event: busy: later");
	tl_arena_free(a.h.arena);
}

static void
test_an_answer_that_is_not_whole_settles_what_it_tells(void **state)
{
	static const char *const answers[] = { "", "null", "[]", "{}", "{\"items\":7}",
		"{\"items\":[]}", "{\"items\":[{}", "{\"items\":[{\"create\":7}]}",
		"{\"items\":[{\"create\":{\"status\":\"201\"}},{}]}",
		"{\"items\":[{\"create\":{\"status\":18446744073709551615}}]}",
		"{\"errors\":false}", "<html>" };
	static asked a;

	(void)state;
	assert_int_equal(tl_arena_new(4096, &a.h.arena), TL_OK);
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		assert_false(judged(&a, answers[i]));
		assert_true((a.items[0].has | a.items[0].never) == 0);
		assert_true((a.items[1].has | a.items[1].never) == 0);
		assert_string_not_equal(a.h.problem, "");
	}
	assert_false(judged(&a, "{\"items\":[{\"create\":{\"status\":201}},{\"cre"));
	assert_true(a.items[0].has == 1 && a.items[1].has == 0);
	tl_arena_free(a.h.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_status_says_taken_again_or_refused),
		cmocka_unit_test(test_complaints_are_one_line_and_the_first_stays),
		cmocka_unit_test(test_complaints_have_no_secrets),
		cmocka_unit_test(test_strings_are_json),
		cmocka_unit_test(test_gzip_gives_back_what_went_in),
		cmocka_unit_test(test_an_index_is_a_name_that_may_be),
		cmocka_unit_test(test_reads_what_bulk_says_of_each),
		cmocka_unit_test(test_an_answer_that_is_not_whole_settles_what_it_tells),
	};
	return cmocka_run_group_tests(tests, load_dictionary, drop_dictionary);
}
