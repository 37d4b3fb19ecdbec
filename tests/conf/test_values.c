/* Plain values: what each type takes, its bounds, and what is said when it is wrong. */
#include "conf/help.h"
#include "conf/units.h"

static void
test_reads_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = { { "0", 0 }, { "1ns", 1 }, { "2us", 2000 }, { "250ms", 250000000 },
		{ "10s", 10000000000 }, { "5m", 300000000000 },
		{ "1h30m", 5400000000000 }, { "1d", 86400000000000 },
		{ "1w", 604800000000000 }, { "1m1ms", 60001000000 },
		{ "10 s", 10000000000 } };
	static const char *const bad[] = { "", "10", "s", "1.5s", "-1s", "1x", "1s ",
		"99999999999d", "1s2", "10sec" };
	int64_t ns;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(tl_quantity_read(cases[i].text, tl_units_time, &ns));
		assert_int_equal(ns, cases[i].ns);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(tl_quantity_read(bad[i], tl_units_time, &ns));
}

static void
test_reads_sizes(void **state)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} cases[] = { { "0", 0 }, { "512", 512 }, { "1B", 1 }, { "4KiB", 4096 },
		{ "64MiB", 64 << 20 }, { "1GB", 1000000000 }, { "2kB", 2000 } };
	int64_t bytes;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(tl_quantity_read(cases[i].text, tl_units_bytes, &bytes));
		assert_int_equal(bytes, cases[i].bytes);
	}
	assert_false(tl_quantity_read("64M", tl_units_bytes, &bytes));
	assert_false(tl_quantity_read("8388608TiB", tl_units_bytes, &bytes));
}

static void
test_writes_quantities_as_they_are_read(void **state)
{
	static const char *const times[] = { "0", "1ns", "250ms", "90s", "2m", "7d",
		"1h" };
	static const char *const sizes[] = { "0", "1B", "64MiB", "1000B", "5GiB" };
	char text[TL_QUANTITY_MAX];
	int64_t value;

	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		assert_true(tl_quantity_read(times[i], tl_units_time, &value));
		tl_quantity_write(value, tl_units_time, text);
		assert_string_equal(text, times[i]);
	}
	for (size_t i = 0; i < COUNT(sizes); i++) {
		assert_true(tl_quantity_read(sizes[i], tl_units_bytes, &value));
		tl_quantity_write(value, tl_units_bytes, text);
		assert_string_equal(text, sizes[i]);
	}
}

static void
test_empty_file_gives_the_defaults(void **state)
{
	tl_conf *c = good("");

	(void)state;
	assert_int_equal(c->listen.count, 2);
	assert_string_equal(c->listen.at[1], "udp:[::]:1162");
	assert_int_equal(c->queue.events, 10000);
	assert_int_equal(c->queue.bytes, 64 << 20);
	assert_int_equal(c->queue.when_full, TL_FULL_DROP_LOWEST);
	assert_int_equal(c->dedup.window_ns, 10000000000);
	assert_int_equal(c->limits.rate, 1000);
	assert_int_equal(c->limits.burst, 5000);
	assert_int_equal(c->outputs.count, 2);
	assert_string_equal(c->outputs.at[0].name, "terminal");
	assert_int_equal(c->outputs.at[1].type, TL_OUTPUT_FILE);
	assert_int_equal(c->outputs.at[1].file.rotate.size_bytes, 100 << 20);
	assert_int_equal(c->outputs.at[1].file.mode, 0640);
	assert_string_equal(c->metrics.listen.host, "127.0.0.1");
	assert_int_equal(c->metrics.listen.port, 9162);
	assert_int_equal(c->source_address.at[3], TL_ADDRESS_PEER);
	assert_null(c->state);
	tl_conf_free(c);
}

static void
test_what_stands_empty_has_its_default(void **state)
{
	tl_conf *c = good("queue:\nthreads: ~\nlog:\n  level:\n");

	(void)state;
	assert_int_equal(c->queue.events, 10000);
	assert_int_equal(c->threads, 1);
	assert_int_equal(c->log.level, TL_LOG_INFO);
	tl_conf_free(c);
	tl_conf_free(good("---\n"));
	tl_conf_free(good("rules:\nusers: []\nlists: {}\n"));
}

static void
test_texts_are_texts_whatever_they_look_like(void **state)
{
	tl_conf *c = good("communities: [no, 0x10, 1e3, null, '', 2026-01-01]");
	static const char *const wanted[] = { "no", "0x10", "1e3", "null", "",
		"2026-01-01" };

	(void)state;
	assert_int_equal(c->communities.count, COUNT(wanted));
	for (size_t i = 0; i < COUNT(wanted); i++)
		assert_bytes(c->communities.at[i].bytes, span_of(wanted[i]));
	tl_conf_free(c);
}

static void
test_one_value_is_a_list_of_one(void **state)
{
	tl_conf *c = good("listen: udp:127.0.0.1:0\nsource_address: peer\n"
			  "rules: {match: {version: 2c, source: 10.0.0.0/8}}\n");

	(void)state;
	assert_int_equal(c->listen.count, 1);
	assert_int_equal(c->source_address.count, 1);
	assert_int_equal(c->rules.at[0].match.versions, 1 << 2);
	assert_int_equal(c->rules.at[0].match.source.count, 1);
	tl_conf_free(c);
}

static void
test_switches_take_the_words_of_yaml(void **state)
{
	tl_conf *c =
	    good("refused: yes\ndedup: {enabled: Off}\nalarms: {enabled: FALSE}");

	(void)state;
	assert_true(c->refused);
	assert_false(c->dedup.enabled);
	assert_false(c->alarms.enabled);
	tl_conf_free(c);
}

static void
test_severities_may_be_a_range(void **state)
{
	tl_conf *c = good("rules: [{match: {severity: '>= minor'}}, "
			  "{match: {severity: [<=info, critical]}}]");

	(void)state;
	assert_int_equal(c->rules.at[0].match.severities,
	    1 << TL_SEVERITY_MINOR | 1 << TL_SEVERITY_MAJOR | 1 << TL_SEVERITY_CRITICAL);
	assert_int_equal(c->rules.at[1].match.severities,
	    1 << TL_SEVERITY_CLEARED | 1 << TL_SEVERITY_INFO | 1 << TL_SEVERITY_CRITICAL);
	tl_conf_free(c);
}

static void
test_refuses_values_of_wrong_form(void **state)
{
	static const wrong_case cases[] = {
		{ "refused: maybe", "1:10 refused: 'maybe' is neither true nor false\n" },
		{ "threads: two", "1:10 threads: 'two' is not a whole number\n" },
		{ "threads: 1.5", "1:10 threads: '1.5' is not a whole number\n" },
		{ "threads: 99999999999999999999",
		    "1:10 threads: '99999999999999999999' is not a whole number\n" },
		{ "threads: 65", "1:10 threads: 65 is out of range: 0 to 64\n" },
		{ "threads: -1", "1:10 threads: -1 is out of range: 0 to 64\n" },
		{ "threads: [1]", "1:10 threads: needs a whole number, not a list\n" },
		{ "threads: {a: 1}",
		    "1:10 threads: needs a whole number, not a mapping\n" },
		{ "dedup: {window: 10}", "1:17 window: '10' is not a duration: a number "
					 "and ns, us, ms, s, m, h, d "
					 "or w, as 10s\n" },
		{ "dedup: {window: 2d}", "1:17 window: 2d is out of range: 1ms to 1d\n" },
		{ "queue: {bytes: 64M}", "1:16 bytes: '64M' is not a size: a number and "
					 "B, KiB, MiB, GiB, TiB, kB, "
					 "MB, GB or TB, as 64MiB\n" },
		{ "queue: {bytes: 1}", "1:16 bytes: 1 is out of range: 64KiB to 1TiB\n" },
		{ "outputs: {f: {type: file, path: f, mode: 0999}}",
		    "1:42 mode: '0999' is not permissions: 0 to 0777, octal\n" },
		{ "run_as: ''", "1:9 run_as: must not be empty\n" },
		{ "log: {level: inf}", "1:14 there is no level 'inf'; did you mean "
				       "'info'? There are: error, "
				       "warning, info, debug\n" },
		{ "source_address: [peer, peer]",
		    "1:24 source_address: 'peer' stands there already\n" },
		{ "source_address: [[peer]]", "1:18 source_address: needs a word\n" },
		{ "source_address: []", "1:17 source_address: needs one at least\n" },
		{ "rules: [{match: {version: []}}]",
		    "1:27 version: needs one at least\n" },
		{ "rules: [{match: {severity: '> minor'}}]",
		    "1:28 there is no severity '> minor'; did you mean 'minor'? There "
		    "are: "
		    "cleared, info, warning, minor, major, critical\n" },
		{ "charset: EBCDIC-XX", "1:10 charset: no charset 'EBCDIC-XX' is known: "
					"see 'iconv --list', as "
					"ISO-8859-1, GB18030\n" },
		{ "dedup: {key: [a b]}", "1:15 key: 'a b' is not a field's name: "
					 "letters, digits and _ - . :\n" },
		{ "engine_id: 8000",
		    "1:12 engine_id: needs 5 to 32 bytes in hexadecimal, not '8000'\n" },
		{ "listen: []", "1:9 listen: needs 1 at least\n" },
		{ "listen: [udp:0.0.0.0:1162, ~]",
		    "1:28 listen: nothing stands here: needs udp:HOST:PORT\n" },
		{ "rules: [~]",
		    "1:9 nothing stands here: needs a mapping: KEY: VALUE\n" },
		{ "queue: 5", "1:8 needs a mapping: KEY: VALUE, not a text\n" },
		{ "outputs: [a]", "1:10 outputs: needs a mapping: NAME: VALUE\n" },
		{ "- a", "1:1 needs a mapping: KEY: VALUE, not a list\n" },
	};

	(void)state;
	assert_all_found(cases, COUNT(cases));
}

static void
test_tells_all_errors_at_once_in_the_order_of_the_file(void **state)
{
	(void)state;
	assert_found("outputs: {a: {type: file}}\n"
		     "thread: 5\n"
		     "queue: {evnts: 5,\n"
		     "  bytes: x}\n",
	    "1:14 needs 'path', as in 'path: /var/log/trapline/events.json'\n"
	    "2:1 there is no key 'thread'; did you mean 'threads'? There are: listen, "
	    "receive_buffer, communities, users, engine_id, state, run_as, mibs, "
	    "charset, "
	    "threads, max_engines, refused, queue, lists, source_address, "
	    "trusted_relays, "
	    "engine_addresses, rules, severity, dedup, flapping, alarms, limits, "
	    "enrichment, reverse_dns, outputs, metrics, log, control\n"
	    "3:9 there is no key 'evnts'; did you mean 'events'? There are: events, "
	    "bytes, "
	    "when_full\n"
	    "4:10 bytes: 'x' is not a size: a number and B, KiB, MiB, GiB, TiB, kB, MB, "
	    "GB "
	    "or TB, as 64MiB\n");
}

static void
test_errors_of_one_place_stay_in_their_order(void **state)
{
	(void)state;
	assert_found("severity: {objects: [{objct: x}]}",
	    "1:22 needs 'object', as in 'object: clogHistSeverity'\n"
	    "1:23 there is no key 'objct'; did you mean 'object'? There are: object, as, "
	    "values\n");
	assert_found("users:\n- nam: x\n",
	    "2:3 there is no key 'nam'; did you mean 'name'? There are: name, auth, "
	    "auth_secret, priv, priv_secret, engine_id, level, window\n"
	    "2:3 needs 'name', as in 'name: noc'\n");
}

static void
test_counts_errors_that_it_does_not_keep(void **state)
{
	tl_conf_errors errors = { 0 };
	char *text = NULL;
	size_t len;
	tl_conf *c;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	for (unsigned i = 0; i < TL_CONF_ERRORS_MAX + 50; i++)
		fprintf(to, "x%u: 1\n", i);
	fclose(to);
	assert_int_equal(
	    tl_conf_load_text(span_of(text), "t.yaml", &c, &errors), TL_EFORMAT);
	assert_int_equal(errors.count, TL_CONF_ERRORS_MAX);
	assert_int_equal(errors.errors, TL_CONF_ERRORS_MAX + 50);
	tl_conf_errors_free(&errors);
	free(text);
}

static void
test_errors_repeat_no_terminal_escape(void **state)
{
	(void)state;
	assert_found("threads: \"\\e[31m\\n2:1 x\"\n",
	    "1:10 threads: '\\x1b[31m\\x0a2:1 x' is not a whole number\n");
}

static void
test_errors_of_long_values_are_cut(void **state)
{
	char yaml[3000] = "threads: ";
	tl_conf_errors errors = { 0 };
	tl_conf *c;

	(void)state;
	memset(yaml + strlen(yaml), 'x', 2500);
	assert_int_equal(
	    tl_conf_load_text(span_of(yaml), "t.yaml", &c, &errors), TL_EFORMAT);
	assert_int_equal(strlen(errors.at[0].text), 1023);
	tl_conf_errors_free(&errors);
}

static void
test_nearest_word_is_a_few_letters_away(void **state)
{
	static const char *const words[] = { "listen", "lists", "limits", "log" };

	(void)state;
	assert_string_equal(tl_conf_nearest("lisen", words, COUNT(words)), "listen");
	assert_string_equal(tl_conf_nearest("lsits", words, COUNT(words)), "lists");
	assert_string_equal(tl_conf_nearest("limit", words, COUNT(words)), "limits");
	assert_string_equal(tl_conf_nearest("lst", words, COUNT(words)), "lists");
	assert_null(tl_conf_nearest("metrics", words, COUNT(words)));
	assert_null(tl_conf_nearest("", words, COUNT(words)));
	assert_null(
	    tl_conf_nearest("listenlistenlistenlistenlistenlistenlistenlistenlisten",
		words, COUNT(words)));
}

static void
test_outputs_take_over_what_they_do_not_say_of_their_queues(void **state)
{
	tl_conf *c =
	    good("outputs:\n"
		 "  all: {type: stdout}\n"
		 "  some: {type: file, path: a, queue: {events: 7}}\n"
		 "  empty: {type: file, path: b, queue: {events: , bytes: 1MiB}}\n"
		 "queue: {events: 3, when_full: drop-oldest}\n");
	const tl_conf_output *o = c->outputs.at;

	(void)state;
	assert_int_equal(o[0].queue.events, 3);
	assert_int_equal(o[0].queue.bytes, 64 << 20);
	assert_int_equal(o[0].queue.when_full, TL_FULL_DROP_OLDEST);
	assert_int_equal(o[1].queue.events, 7);
	assert_int_equal(o[1].queue.when_full, TL_FULL_DROP_OLDEST);
	assert_int_equal(o[2].queue.events, 3);
	assert_int_equal(o[2].queue.bytes, 1 << 20);
	tl_conf_free(c);
	c = good("queue: {events: 5}");
	assert_int_equal(c->outputs.count, 2);
	assert_int_equal(c->outputs.at[1].queue.events, 5);
	assert_int_equal(c->outputs.at[1].batch.events, 1000);
	tl_conf_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_durations),
		cmocka_unit_test(test_reads_sizes),
		cmocka_unit_test(test_writes_quantities_as_they_are_read),
		cmocka_unit_test(test_empty_file_gives_the_defaults),
		cmocka_unit_test(test_what_stands_empty_has_its_default),
		cmocka_unit_test(
		    test_outputs_take_over_what_they_do_not_say_of_their_queues),
		cmocka_unit_test(test_texts_are_texts_whatever_they_look_like),
		cmocka_unit_test(test_one_value_is_a_list_of_one),
		cmocka_unit_test(test_switches_take_the_words_of_yaml),
		cmocka_unit_test(test_severities_may_be_a_range),
		cmocka_unit_test(test_refuses_values_of_wrong_form),
		cmocka_unit_test(test_tells_all_errors_at_once_in_the_order_of_the_file),
		cmocka_unit_test(test_errors_of_one_place_stay_in_their_order),
		cmocka_unit_test(test_counts_errors_that_it_does_not_keep),
		cmocka_unit_test(test_errors_repeat_no_terminal_escape),
		cmocka_unit_test(test_errors_of_long_values_are_cut),
		cmocka_unit_test(test_nearest_word_is_a_few_letters_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
