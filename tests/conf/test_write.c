/* What is written is what was read, but for secrets; what a reload changes; names that no
 * dictionary has. */
#include "conf/folder.h"

static const char whole[] =
    "listen: ['udp:[::1]:1162']\n"
    "communities: [public, '@secret']\n"
    "users: [{name: a, auth: SHA-512, auth_secret: tellnobody, level: authNoPriv,\n"
    "  engine_id: 8000000001}]\n"
    "lists: {core: [10.0.0.0/8, 'fd00::/8']}\n"
    "trusted_relays: core\n"
    "engine_addresses: {8000000001: 10.0.0.1}\n"
    "rules:\n"
    "- match: {trap: ['*Down', 1.3.6.1.*], version: [1, 3], severity: '>= major',\n"
    "    varbinds: {ifIndex: [1..3, '> 7'], x: '!/a\\b/i'}}\n"
    "  unless: {tags: [\"a\\\"b\\\\c\\n\"]}\n"
    "  set: {fields: {a-b: '{x|upper}', c: ' y '}, source: [peer], alarm: clear}\n"
    "  route: [f, web]\n"
    "severity: {objects: {object: s, as: values, values: {'1': critical, zz: major}}}\n"
    "enrichment: {t: {type: csv, file: secret, column: a, separator: ';'}}\n"
    "outputs:\n"
    "  f: {type: file, path: x, mode: '600', rotate: {every: 90s, compress: zstd}}\n"
    "  web: {type: http, url: 'https://x/', headers: {X-A: '{a}'}, token: '@secret',\n"
    "    body: '{\"a\": {b|json}}'}\n"
    "  e: {type: exec, command: [/bin/sh, -c, '']}\n"
    "  w: {type: forward, to: ['h:1', 'udp:[::1]:2'], version: 3, user: 'b'}\n";

static char *
written(const tl_conf *c)
{
	char *text;
	size_t len;

	assert_int_equal(tl_conf_write(c, &text, &len), TL_OK);
	assert_int_equal(strlen(text), len);
	return text;
}

/* Of secrets that are hidden there are warnings. */
static tl_conf *
good_but_for_hidden(const char *yaml)
{
	tl_conf_errors errors = { 0 };
	tl_conf *c;

	assert_int_equal(tl_conf_load_text(span_of(yaml), "t.yaml", &c, &errors), TL_OK);
	for (size_t i = 0; i < errors.count; i++)
		assert_non_null(strstr(errors.at[i].text, "(hidden)"));
	tl_conf_errors_free(&errors);
	return c;
}

static void
test_writes_what_reads_back_the_same(void **state)
{
	tl_conf *a = good(whole);
	char *first = written(a);
	tl_conf *b = good_but_for_hidden(first);
	char *second = written(b);

	(void)state;
	assert_string_equal(first, second);
	assert_non_null(
	    strstr(first, "    unless:\n      tags: [\"a\\\"b\\\\c\\x0a\"]\n"));
	assert_non_null(strstr(first, "        ifIndex: [1..3, \"> 7\"]\n"));
	assert_non_null(strstr(first, "    mode: 0600\n"));
	free(first);
	free(second);
	tl_conf_free(a);
	tl_conf_free(b);
}

static void
test_writes_no_secret(void **state)
{
	tl_conf *c = good(
	    "communities: [tellnobody, '@secret']\n"
	    "users: ['a,auth=SHA:tellnobody', 'b,auth=SHA:@secret']\n"
	    "rules: [{match: {community: tellnobody}}]\n"
	    "outputs:\n"
	    "  w: {type: http, url: 'https://x/?a=1&token=tellnobody&apikey=tellnobody',"
	    " token: tellnobody, headers: {X-A: '{a}', Authorization: tellnobody,"
	    " X-Api-Key: tellnobody}}\n"
	    "  b: {type: http, url: 'https://x/', username: me, password: tellnobody}\n"
	    "  f: {type: forward, to: 'h:1', community: tellnobody,"
	    " user: 'u,auth=MD5:tellnobody'}\n");
	char *text = written(c);

	(void)state;
	assert_null(strstr(text, "tellnobody"));
	assert_null(strstr(text, "secretsecret"));
	assert_non_null(strstr(text, "communities: [\"(hidden)\", \"@secret\"]\n"));
	assert_non_null(strstr(text, "auth_secret: \"@secret\"\n"));
	assert_non_null(
	    strstr(text, "url: \"https://x/?a=1&token=(hidden)&apikey=(hidden)\"\n"));
	assert_non_null(strstr(text, "X-A: \"{a}\"\n"));
	free(text);
	tl_conf_free(c);
}

static void
test_defaults_leave_no_section_out(void **state)
{
	tl_conf_errors errors = { 0 };
	tl_conf *c;

	(void)state;
	assert_int_equal(tl_conf_load(NULL, &c, &errors), TL_OK);
	assert_null(c->path);
	char *text = written(c);
	static const char *const sections[] = { "queue:\n", "dedup:\n", "limits:\n",
		"alarms:\n", "outputs:\n", "metrics:\n", "log:\n", "rotate:\n" };
	for (size_t i = 0; i < COUNT(sections); i++)
		assert_non_null(strstr(text, sections[i]));
	free(text);
	tl_conf_free(c);
	tl_conf_errors_free(&errors);
}

/* What changes from |a| to |b|: "key", "key!" if with a restart only. */
static void
assert_changes(const char *a, const char *b, const char *wanted)
{
	tl_conf_change changes[TL_CONF_KEYS_MAX];
	tl_conf *old = good(a), *new = good(b);
	size_t count = tl_conf_diff(old, new, changes);
	char text[256] = "";

	for (size_t i = 0; i < count; i++)
		(void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s ",
		    changes[i].key, changes[i].restart ? "!" : "");
	assert_string_equal(text, wanted);
	tl_conf_free(old);
	tl_conf_free(new);
}

static void
test_tells_what_a_reload_changes(void **state)
{
	(void)state;
	assert_changes("", "", "");
	assert_changes("", "queue: {bytes: 64MiB}", "");
	assert_changes("", "queue: {bytes: 65MiB}", "queue outputs ");
	assert_changes("", "threads: 2\nrefused: on", "threads! refused ");
	assert_changes("engine_id: 8000000001", "state: /x", "engine_id! state! ");
	assert_changes("communities: [a]", "communities: [b]", "communities ");
	assert_changes("users: ['a,auth=SHA:tellnobody']",
	    "users: ['a,auth=SHA:tellsomebody']", "users ");
	assert_changes(
	    "rules: [{drop: on}]", "rules: [{match: {}}, {drop: on}]", "rules ");
}

static void
test_sees_that_the_file_of_a_secret_changed(void **state)
{
	tl_conf_change changes[TL_CONF_KEYS_MAX];
	tl_conf *old = good("communities: ['@secret']"), *new;

	(void)state;
	write_file("secret", "another\n");
	new = good("communities: ['@secret']");
	write_file("secret", "secretsecret\n");
	assert_int_equal(tl_conf_diff(old, new, changes), 1);
	assert_string_equal(changes[0].key, "communities");
	tl_conf_free(old);
	tl_conf_free(new);
}

static void
test_an_output_is_equal_if_all_of_it_is(void **state)
{
	tl_conf *a = good("outputs: {a: {type: stdout}, b: {type: file, path: x}}");
	tl_conf *b =
	    good("outputs: {b: {type: file, path: x, sync: off}, a: {type: stdout, "
		 "filter: {tags: t}}}");

	(void)state;
	assert_true(tl_conf_output_equal(&a->outputs.at[0], &a->outputs.at[0]));
	assert_true(tl_conf_output_equal(&a->outputs.at[1], &b->outputs.at[0]));
	assert_false(tl_conf_output_equal(&a->outputs.at[0], &b->outputs.at[1]));
	assert_false(tl_conf_output_equal(&a->outputs.at[0], &a->outputs.at[1]));
	tl_conf_free(a);
	tl_conf_free(b);
}

static void
test_warns_of_names_that_no_mib_has(void **state)
{
	tl_conf_errors errors = { 0 };
	tl_conf *c = good(
	    "rules: [{match: {trap: [IF-MIB::linkDown, linkDwn, '*Dwn', 1.3.6.1]}},\n"
	    "  {match: {varbinds: {ifIndex.3: 1, ifIndx: 1}}},\n"
	    "  {match: {trap: ['*Down', 'IF-*::link?p', '*::*', 'IF-MIB::Li*',\n"
	    "                  'ifInd*', 'I?-MIB::l*'], enterprise: ['ifInd*', "
	    "'xyz*']}}]\n"
	    "alarms: {pairs: {a: {raise: linkUpp}}}\n"
	    "outputs: {a: {type: stdout, filter: {trap: noTrap.*}}}\n");
	static const struct {
		unsigned line, column;
		const char *text;
	} wanted[] = { { 1, 43, "linkDwn" }, { 1, 52, "fits '*Dwn'" },
		{ 2, 37, "ifIndx" }, { 3, 52, "no notification of the MIBs" },
		{ 4, 19, "'ifInd*'" },
		{ 4, 67, "no name of the MIBs that were read fits 'xyz*'" },
		{ 5, 29, "linkUpp" }, { 6, 44, "noTrap" } };
	tl_mib *mib;

	(void)state;
	assert_int_equal(tl_mib_builtin(&mib), TL_OK);
	tl_conf_check_names(c, mib, &errors);
	tl_mib_free(mib);
	tl_conf_free(c);
	assert_int_equal(errors.warnings, COUNT(wanted));
	for (size_t i = 0; i < COUNT(wanted); i++) {
		assert_non_null(strstr(errors.at[i].text, wanted[i].text));
		assert_int_equal(errors.at[i].mark.line, wanted[i].line);
		assert_int_equal(errors.at[i].mark.column, wanted[i].column);
	}
	tl_conf_errors_free(&errors);
}

static int
enter(void **state)
{
	int status = enter_folder(state);

	write_file("secret", "secretsecret\n");
	return status;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writes_what_reads_back_the_same),
		cmocka_unit_test(test_writes_no_secret),
		cmocka_unit_test(test_defaults_leave_no_section_out),
		cmocka_unit_test(test_tells_what_a_reload_changes),
		cmocka_unit_test(test_sees_that_the_file_of_a_secret_changed),
		cmocka_unit_test(test_an_output_is_equal_if_all_of_it_is),
		cmocka_unit_test(test_warns_of_names_that_no_mib_has),
	};

	return cmocka_run_group_tests(tests, enter, leave_folder);
}
