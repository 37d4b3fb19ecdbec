/* Rules: names, patterns, tests of values, templates, and what refers to what. */
#include "conf/help.h"
#include "conf/template.h"

/* The varbinds of a rule with one test of x. */
static tl_conf_test
test_of(const char *written, tl_conf **c)
{
	char yaml[256];

	(void)snprintf(
	    yaml, sizeof yaml, "rules: [{match: {varbinds: {x: %s}}}]", written);
	*c = good(yaml);
	assert_int_equal((*c)->rules.at[0].match.varbinds.at[0].tests.count, 1);
	return (*c)->rules.at[0].match.varbinds.at[0].tests.at[0];
}

static void
test_warns_of_tests_that_are_compared_as_texts(void **state)
{
#define RANGE                                                                            \
	"a range is LOW..HIGH, as 1..5, of numbers that fit 64 bits with their sign\n"
#define SIGNS "the signs are = != < <= > >=\n"
#define AS_TEXT "' is compared as a text: "
	static const wrong_case cases[] = {
		{ "rules: [{match: {varbinds: {x: '5..'}}}]",
		    "~1:32 varbinds: '5.." AS_TEXT RANGE },
		{ "rules: [{match: {varbinds: {x: '..5'}}}]",
		    "~1:32 varbinds: '..5" AS_TEXT RANGE },
		{ "rules: [{match: {varbinds: {x: '1 .. 5'}}}]",
		    "~1:32 varbinds: '1 .. 5" AS_TEXT RANGE },
		{ "rules: [{match: {varbinds: {x: ['1..18446744073709551615']}}}]",
		    "~1:33 varbinds: '1..18446744073709551615" AS_TEXT RANGE },
		{ "rules: [{match: {varbinds: {x: '=> 5'}}}]",
		    "~1:32 varbinds: '> 5" AS_TEXT SIGNS },
		{ "rules: [{match: {varbinds: {x: '!< 5'}}}]",
		    "~1:32 varbinds: '!< 5" AS_TEXT SIGNS },
		{ "rules: [{match: {varbinds: {x: ['!= ..', '../a', 1.2.3, '', a=b]}}}]",
		    "" },
	};

	(void)state;
	assert_all_found(cases, COUNT(cases));
}

/* The same node is read for each of its aliases. */
static void
test_tells_once_what_aliases_say_again(void **state)
{
	static const wrong_case cases[] = {
		{ "rules:\n  - match: &m {trap: '?x?/'}\n  - match: *m\n  - match: *m\n",
		    "2:22 trap: '?x?/' is neither a name, as IF-MIB::linkDown, nor an "
		    "OID, "
		    "nor one of them with .* behind it, nor a glob\n" },
		{ "rules:\n  - match: &m {varbinds: {x: '5..'}}\n  - match: *m\n",
		    "~2:30 varbinds: '5.." AS_TEXT RANGE },
	};

	(void)state;
	assert_all_found(cases, COUNT(cases));
}

static void
test_warns_where_no_output_is_enabled(void **state)
{
	static const wrong_case cases[] = {
		{ "outputs: {a: {type: stdout, enabled: false}}",
		    "~1:10 no output is enabled: what is received goes nowhere\n" },
		{ "outputs: {a: {type: stdout, enabled: false}, b: {type: file, path: "
		  "x}}",
		    "" },
	};

	(void)state;
	assert_all_found(cases, COUNT(cases));
}

static void
test_reads_tests_of_values(void **state)
{
	static const struct {
		const char *written;
		tl_conf_op op;
		bool number;
		int64_t low, high;
		const char *text;
	} cases[] = {
		{ "down", TL_OP_EQUAL, false, 0, 0, "down" },
		{ "2", TL_OP_EQUAL, true, 2, 0, "2" },
		{ "'= 2'", TL_OP_EQUAL, true, 2, 0, "2" },
		{ "'== up'", TL_OP_EQUAL, false, 0, 0, "up" },
		{ "\"!= up\"", TL_OP_UNEQUAL, false, 0, 0, "up" },
		{ "'< 5'", TL_OP_LESS, true, 5, 0, "5" },
		{ "'<=-5'", TL_OP_AT_MOST, true, -5, 0, "-5" },
		{ "'> 5'", TL_OP_GREATER, true, 5, 0, "5" },
		{ "'>= -9223372036854775808'", TL_OP_AT_LEAST, true, INT64_MIN, 0,
		    "-9223372036854775808" },
		{ "1..24", TL_OP_RANGE, true, 1, 24, NULL },
		{ "-3..-1", TL_OP_RANGE, true, -3, -1, NULL },
		{ "5..5", TL_OP_RANGE, true, 5, 5, NULL },
		{ "/^Gi/", TL_OP_REGEX, false, 0, 0, "^Gi" },
		{ "/a\\/b/i", TL_OP_REGEX, false, 0, 0, "a\\/b" },
		{ "'!/^Gi/'", TL_OP_NO_REGEX, false, 0, 0, "^Gi" },
		{ "'*'", TL_OP_THERE, false, 0, 0, NULL },
		{ "'!*'", TL_OP_MISSING, false, 0, 0, NULL },
		{ "10.1.2.3", TL_OP_EQUAL, false, 0, 0, "10.1.2.3" },
		{ "a..b", TL_OP_EQUAL, false, 0, 0, "a..b" },
		{ "''", TL_OP_EQUAL, false, 0, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		tl_conf *c;
		tl_conf_test t = test_of(cases[i].written, &c);
		assert_int_equal(t.op, cases[i].op);
		assert_int_equal(t.is_number, cases[i].number);
		assert_int_equal(t.low, cases[i].low);
		assert_int_equal(t.high, cases[i].high);
		if (cases[i].text == NULL)
			assert_null(t.text);
		else
			assert_string_equal(t.text, cases[i].text);
		tl_conf_free(c);
	}
}

static void
test_reads_patterns_of_traps(void **state)
{
	static const struct {
		const char *written, *text;
		tl_conf_pattern_kind kind;
	} cases[] = {
		{ "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.3", TL_PATTERN_OID },
		{ ".1.3.6.1.4.1.9.*", ".1.3.6.1.4.1.9", TL_PATTERN_OID_TREE },
		{ "IF-MIB::linkDown", "IF-MIB::linkDown", TL_PATTERN_NAME },
		{ "enterprises.*", "enterprises", TL_PATTERN_NAME_TREE },
		{ "*Down", "*Down", TL_PATTERN_GLOB },
		{ "link*", "link*", TL_PATTERN_GLOB },
		{ "CISCO-*::cie?Config.*", "CISCO-*::cie?Config.*", TL_PATTERN_GLOB },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char yaml[128];
		(void)snprintf(yaml, sizeof yaml, "rules: [{match: {trap: '%s'}}]",
		    cases[i].written);
		tl_conf *c = good(yaml);
		const tl_conf_pattern *p = c->rules.at[0].match.trap.at;
		assert_int_equal(p->kind, cases[i].kind);
		assert_string_equal(p->text, cases[i].text);
		assert_int_equal(p->oid.len > 0,
		    p->kind == TL_PATTERN_OID || p->kind == TL_PATTERN_OID_TREE);
		tl_conf_free(c);
	}
}

static void
test_a_rule_has_all_that_it_says(void **state)
{
	tl_conf *c =
	    good("lists: {core: [10.0.0.0/24, 'fd00::/8']}\n"
		 "outputs: {a: {type: stdout}, b: {type: file, path: x}}\n"
		 "rules:\n"
		 "- name: r\n"
		 "  match: {source: [core, 192.0.2.1], version: [1, 3], user: noc,\n"
		 "    fields: {site: Berlin}, varbinds: {1.3.6.1.2.1.2.2.1.8: 2}}\n"
		 "  unless: {tags: [test]}\n"
		 "  set: {severity: Major, tags: [t], fields: {team: core},\n"
		 "    message: '{ifDescr}', source: [peer], alarm: raise}\n"
		 "  route: b\n"
		 "  stop: true\n");
	const tl_conf_rule *r = &c->rules.at[0];

	(void)state;
	assert_int_equal(r->match.source.at[0].list, 0);
	assert_int_equal(r->match.source.at[1].list, -1);
	assert_int_equal(r->match.source.at[1].net.bits, 128);
	assert_int_equal(r->match.versions, 1 << 1 | 1 << 3);
	assert_string_equal(r->match.fields.at[0].value, "Berlin");
	assert_int_equal(r->match.varbinds.at[0].object.oid.len, 9);
	assert_true(r->has_unless);
	assert_int_equal(r->set.severity, TL_SEVERITY_MAJOR);
	assert_string_equal(r->set.fields.at[0].name, "team");
	assert_int_equal(r->set.alarm, TL_ALARM_RAISE);
	assert_int_equal(r->route.at[0].index, 1);
	assert_true(r->stop);
	assert_false(r->drop);
	assert_int_equal(r->mark.line, 4);
	tl_conf_free(c);
}

static void
test_refuses_rules_that_cannot_work(void **state)
{
	static const wrong_case cases[] = {
		{ "rules: [{match: {varbinds: {a b: 1}}}]",
		    "1:29 varbinds: 'a b' is neither a name, as IF-MIB::ifIndex, nor an "
		    "OID\n" },
		{ "rules: [{match: {varbinds: {x: [/(/, '> a', 3..1, /a]}}}]",
		    "1:33 varbinds: the regular expression /(/: missing closing "
		    "parenthesis, "
		    "at its character 2\n"
		    "1:38 varbinds: '> a' needs a number behind the sign\n"
		    "1:45 varbinds: the range '3..1' is empty\n"
		    "1:51 varbinds: '/a' is not a regular expression: /REGEX/, or "
		    "/REGEX/i for "
		    "letters of any case\n" },
		{ "rules: [{match: {varbinds: {x: []}}}]",
		    "1:32 varbinds: needs a test\n" },
		{ "rules: [{match: {trap: [1.3.6.1.99999999999, 'a b', '']}}]",
		    "1:25 trap: '1.3.6.1.99999999999' is neither a name, as "
		    "IF-MIB::linkDown, "
		    "nor an OID, nor one of them with .* behind it, nor a glob\n"
		    "1:46 trap: 'a b' is neither a name, as IF-MIB::linkDown, nor an "
		    "OID, nor "
		    "one of them with .* behind it, nor a glob\n"
		    "1:53 trap: '' is neither a name, as IF-MIB::linkDown, nor an OID, "
		    "nor one "
		    "of them with .* behind it, nor a glob\n" },
		{ "rules: [{route: fil}, {route: file, drop: on}]",
		    "1:17 there is no output 'fil'; did you mean 'file'? There are: "
		    "terminal, "
		    "file\n"
		    "1:31 a rule that drops routes nothing\n" },
		{ "rules: [{match: {source: core}}]", "1:26 there is no list 'core'\n" },
		{ "rules: [{name: a}, {name: b},\n  {name: a}]",
		    "2:10 a rule named 'a' is there already, in line 1\n" },
		{ "rules: [{unless: {}}]",
		    "1:18 unless has no condition, so the rule would never apply\n" },
		{ "rules: [{set: {message: '{a|b} {c'}}]",
		    "1:25 message: there is no filter 'b'. There are: lower, upper, raw, "
		    "oid, "
		    "name, json, url, default:TEXT\n" },
	};

	(void)state;
	assert_all_found(cases, COUNT(cases));
}

/* The parts of |text|: literals in '', fields with their filters behind |. */
static void
assert_parts(const char *text, const char *wanted)
{
	char problem[TL_TEMPLATE_PROBLEM_MAX], *shown = NULL;
	tl_conf_template t = { 0 };
	tl_pool pool = { 0 };
	size_t len;
	FILE *to = open_memstream(&shown, &len);

	assert_true(tl_template_parse(text, &pool, &t, problem));
	for (size_t i = 0; i < t.count; i++) {
		const tl_conf_part *p = &t.parts[i];
		fprintf(to, p->is_field ? "{%s" : "'%s'", (const char *)p->text.ptr);
		for (size_t k = 0; k < p->filter_count; k++)
			fprintf(to, "|%d%s", (int)p->filters[k].kind,
			    p->filters[k].text != NULL ? p->filters[k].text : "");
		fputs(p->is_field ? "}" : "", to);
	}
	fclose(to);
	assert_string_equal(shown, wanted);
	free(shown);
	tl_pool_free(&pool);
}

static void
test_takes_templates_apart(void **state)
{
	(void)state;
	assert_parts("", "");
	assert_parts("plain", "'plain'");
	assert_parts("{ifDescr} on {site}", "{ifDescr}' on '{site}");
	assert_parts("{IF-MIB::ifDescr.3}{1.3.6.1}", "{IF-MIB::ifDescr.3}{1.3.6.1}");
	assert_parts("{a|raw|upper|default:x y}", "{a|3|2|8x y}");
	assert_parts("{a|default:}", "{a|8}");
	assert_parts("{azAZ09_}{_z}{Z-a.b:c_}", "{azAZ09_}{_z}{Z-a.b:c_}");
	assert_parts("{\"t\": {m|json}, \"n\": {}}", "'{\"t\": '{m|6}', \"n\": {}}'");
	assert_parts("{{a} { } }}", "'{''a} { } }}'");
}

static void
assert_no_template(const char *text, const char *wanted)
{
	char problem[TL_TEMPLATE_PROBLEM_MAX];
	tl_conf_template t = { 0 };
	tl_pool pool = { 0 };

	assert_false(tl_template_parse(text, &pool, &t, problem));
	assert_string_equal(problem, wanted);
	tl_pool_free(&pool);
}

static void
test_refuses_templates_that_mean_nothing(void **state)
{
	(void)state;
	assert_no_template(
	    "x {a", "the field '{a' does not end with '}'; a brace for itself is '{{'");
	assert_no_template(
	    "{a b}", "the field '{a' does not end with '}'; a brace for itself is '{{'");
	assert_no_template(
	    "{a.}", "the field '{a' does not end with '}'; a brace for itself is '{{'");
	assert_no_template("{a|uper}", "there is no filter 'uper'; did you mean 'upper'? "
				       "There are: lower, upper, raw, "
				       "oid, name, json, url, default:TEXT");
	assert_no_template("{a|lower|raw}", "the filter 'raw' must be the first");
	assert_no_template("{a|lower:x}", "only the filter 'default' takes a text");
	assert_no_template(
	    "{a|default}", "the filter 'default' needs a text: default:TEXT");
}

static void
test_reads_alarms_severities_and_thresholds(void **state)
{
	tl_conf *c =
	    good("alarms: {pairs: {fan: {raise: a, clear: [b, c], key: i}}}\n"
		 "severity: {objects: [{object: s, as: values,\n"
		 "  values: {1: critical, high: Major}}]}\n"
		 "limits: {thresholds: {t: {match: {trap: x}, count: 5, rearm: 2}}}\n"
		 "engine_addresses: {'80:00:00:00:05:61': 10.0.0.1}\n");

	(void)state;
	assert_string_equal(c->alarms.pairs.at[0].name, "fan");
	assert_int_equal(c->alarms.pairs.at[0].clear.count, 2);
	assert_string_equal(c->alarms.pairs.at[0].key.at[0], "i");
	const tl_conf_severity_object *o = c->severity.objects.at;
	assert_int_equal(o->scale, TL_SCALE_VALUES);
	assert_string_equal(o->values.at[1].value, "high");
	assert_int_equal(o->values.at[1].severity, TL_SEVERITY_MAJOR);
	assert_int_equal(c->limits.thresholds.at[0].count, 5);
	assert_int_equal(c->engine_addresses.at[0].engine_id.len, 6);
	assert_int_equal(c->engine_addresses.at[0].address.addr[15], 1);
	tl_conf_free(c);
}

static void
test_refuses_what_keys_of_a_section_deny_each_other(void **state)
{
	static const wrong_case cases[] = {
		{ "severity: {objects: {object: a, as: values}}",
		    "1:21 'as: values' needs values\n" },
		{ "severity: {objects: {object: a, values: {1: major}}}",
		    "1:21 values need 'as: values'\n" },
		{ "flapping: {changes: 3, settled: 3}",
		    "1:33 settled must be less than changes, which is 3\n" },
		{ "limits: {thresholds: {a: {count: 3, rearm: 4}}}",
		    "1:44 rearm must not be more than count, which is 3\n" },
		{ "limits: {thresholds: {a: {match: {}}}}",
		    "1:26 needs 'count', as in 'count: 100'\n" },
		{ "alarms: {pairs: {a: {raise: []}}}", "1:29 raise: needs 1 at least\n" },
	};

	(void)state;
	assert_all_found(cases, COUNT(cases));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_warns_of_tests_that_are_compared_as_texts),
		cmocka_unit_test(test_tells_once_what_aliases_say_again),
		cmocka_unit_test(test_warns_where_no_output_is_enabled),
		cmocka_unit_test(test_reads_tests_of_values),
		cmocka_unit_test(test_reads_patterns_of_traps),
		cmocka_unit_test(test_a_rule_has_all_that_it_says),
		cmocka_unit_test(test_refuses_rules_that_cannot_work),
		cmocka_unit_test(test_takes_templates_apart),
		cmocka_unit_test(test_refuses_templates_that_mean_nothing),
		cmocka_unit_test(test_reads_alarms_severities_and_thresholds),
		cmocka_unit_test(test_refuses_what_keys_of_a_section_deny_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
