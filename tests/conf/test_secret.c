/* Secrets, where they are kept, and users; nothing repeats a secret. */
#include "conf/folder.h"
#include "conf/user.h"

static tl_conf_secret
community(const char *written, tl_conf **c)
{
	char yaml[256];

	(void)snprintf(yaml, sizeof yaml, "communities: [%s]", written);
	*c = good(yaml);
	return (*c)->communities.at[0];
}

static void
assert_secret(const char *written, const char *bytes, const char *where)
{
	tl_conf *c;
	tl_conf_secret s = community(written, &c);

	assert_bytes(s.bytes, span_of(bytes));
	if (where == NULL)
		assert_null(s.where);
	else
		assert_string_equal(s.where, where);
	tl_conf_free(c);
}

static void
test_secrets_may_be_kept_elsewhere(void **state)
{
	(void)state;
	write_file("one", "first line\r\nsecond\n");
	write_file("two", "no newline");
	assert_int_equal(setenv("TRAPLINE_TEST", "from the environment", 1), 0);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
	assert_secret("public", "public", NULL);
	assert_secret("\"@one\"", "first line", "@one");
	assert_secret("file:two", "no newline", "file:two");
	assert_secret("env:TRAPLINE_TEST", "from the environment", "env:TRAPLINE_TEST");
	assert_secret("credential:one", "first line", "credential:one");
	assert_secret("key:61:62", "ab", NULL);
	unsetenv("TRAPLINE_TEST");
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void
test_files_are_beside_the_configuration(void **state)
{
	tl_conf_errors errors = { 0 };
	char path[128];
	tl_conf *c;

	(void)state;
	write_file("secret", "x");
	write_file("t.yaml", "communities: '@secret'\n");
	(void)snprintf(path, sizeof path, "%s/t.yaml", folder);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(tl_conf_load(path, &c, &errors), TL_OK);
	assert_int_equal(c->communities.at[0].bytes.len, 1);
	tl_conf_free(c);
	assert_int_equal(chdir(folder), 0);
}

static void
test_refuses_secrets_that_are_not_there(void **state)
{
	static const wrong_case cases[] = {
		{ "communities: ['@none']", "1:15 communities: cannot open the secret's "
					    "file $DIR/none: No such file or "
					    "directory\n" },
		{ "communities: ['@$DIR']",
		    "1:15 communities: cannot read the secret's file $DIR: Is a "
		    "directory\n" },
		{ "communities: [env:TRAPLINE_NONE]",
		    "1:15 communities: the environment has no variable TRAPLINE_NONE for "
		    "the "
		    "secret\n" },
		{ "communities: [credential:c]",
		    "1:15 communities: there are no credentials: CREDENTIALS_DIRECTORY "
		    "is not "
		    "set, as systemd does with LoadCredential=c:\n" },
		{ "communities: [key:x]",
		    "1:15 communities: the key is not hexadecimal\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_found_in_folder(cases[i].yaml, cases[i].found);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
	assert_found("communities: [credential:../x]",
	    "1:15 communities: credential: needs the name of a credential\n");
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void
test_takes_communities_of_255_bytes_only(void **state)
{
	char yaml[300] = "communities: [";
	size_t at = strlen(yaml);

	(void)state;
	memset(yaml + at, 'c', TL_COMMUNITY_MAX);
	yaml[at + TL_COMMUNITY_MAX] = ']';
	tl_conf_free(good(yaml));
	yaml[at + TL_COMMUNITY_MAX] = 'c';
	yaml[at + TL_COMMUNITY_MAX + 1] = ']';
	assert_found(yaml, "1:15 communities: 256 bytes; up to 255 are allowed\n");
}

static void
assert_user(const tl_conf_user *u, const char *name, const char *secret)
{
	assert_string_equal(u->name, name);
	assert_int_equal(u->auth, TL_AUTH_SHA256);
	assert_bytes(u->auth_secret.bytes, span_of(secret));
	assert_int_equal(u->priv, TL_PRIV_AES128);
	assert_int_equal(u->min_level, TL_AUTH_PRIV);
	assert_false(u->window);
	assert_int_equal(u->engine_id.len, 5);
}

static void
test_a_user_is_a_text_or_a_mapping(void **state)
{
	tl_conf *c;

	(void)state;
	write_file("secret", "from the file\n");
	c = good(
	    "users:\n"
	    "- a,auth=SHA-256:passphrase,priv=AES:priv,phrase,engine=8000000001,"
	    "level=authPriv,window=off\n"
	    "- {name: b, auth: sha256, auth_secret: '@secret', priv: AES-128,\n"
	    "   priv_secret: passphrase, engine_id: '80:00:00:00:01', level: AuthPriv,\n"
	    "   window: false}\n"
	    "- a,auth=SHA-256:@secret\n"
	    "- c\n");
	assert_int_equal(c->users.count, 4);
	assert_user(&c->users.at[0], "a", "passphrase");
	assert_bytes(c->users.at[0].priv_secret.bytes, LIT("priv,phrase"));
	assert_user(&c->users.at[1], "b", "from the file");
	assert_bytes(c->users.at[2].auth_secret.bytes, LIT("from the file"));
	assert_true(c->users.at[2].window);
	assert_int_equal(c->users.at[3].auth, TL_AUTH_NONE);
	tl_user u = tl_conf_user_get(&c->users.at[1]);
	assert_bytes(u.name, LIT("b"));
	assert_int_equal(u.auth_secret.kind, TL_SECRET_PASSPHRASE);
	assert_true(u.window_off);
	tl_conf_free(c);
}

static void
test_refuses_users_that_no_engine_takes(void **state)
{
	static const wrong_case cases[] = {
		{ "users: ['a,auth=SHA:short']", "1:9 user 'a': a passphrase needs 8 "
						 "bytes or more, a key the protocol's "
						 "length\n" },
		{ "users: ['a,auth=SHA-3:tellnobody']",
		    "1:9 user: auth= needs one of MD5, SHA-1, SHA-224, SHA-256, SHA-384, "
		    "SHA-512, then a colon and the secret\n" },
		{ "users: [{name: a, priv: AES, priv_secret: tellnobody}]",
		    "1:9 user 'a': privacy needs authentication\n" },
		{ "users: [{name: a, auth: SHA-3}]",
		    "1:25 auth: there is no protocol 'SHA-3': MD5, SHA-1, SHA-224, "
		    "SHA-256, "
		    "SHA-384, SHA-512\n" },
		{ "users: [{name: a, auth: MD5, auth_secret: tellnobody, priv: "
		  "AES-128-C}]",
		    "1:61 priv: there is no protocol 'AES-128-C': DES, 3DES, AES-128, "
		    "AES-192, "
		    "AES-256, AES-192-C, AES-256-C\n" },
		{ "users: [{name: a, auth: MD5}]", "1:9 auth needs auth_secret\n" },
		{ "users: [{name: a, auth_secret: tellnobody}]",
		    "1:9 auth_secret needs auth\n" },
		{ "users: [{name: a, auth: MD5, auth_secret: tellnobody, priv: DES}]",
		    "1:9 priv needs priv_secret\n" },
		{ "users: [{name: a, priv_secret: tellnobody}]",
		    "1:9 priv_secret needs priv\n" },
		{ "users: [{name: a, level: authPriv}]",
		    "1:9 user 'a': its secrets do not allow that level\n" },
		{ "users: [{name: a, level: auth}]",
		    "1:26 level: there is no level 'auth': noAuthNoPriv, authNoPriv, "
		    "authPriv\n" },
		{ "users: [{name: a, auth: MD5, auth_secret: 'key:00', engine_id: "
		  "8000000001}]",
		    "1:9 user 'a': a passphrase needs 8 bytes or more, a key the "
		    "protocol's "
		    "length\n" },
		{ "users: [{name: a, auth: MD5, auth_secret: "
		  "'key:00112233445566778899aabbccddeeff'}]",
		    "1:9 user 'a': a localized key needs engine=\n" },
		{ "users: [{name: abcdefghijklmnopqrstuvwxyz0123456}]",
		    "1:16 name: 33 bytes; up to 32 are allowed\n" },
		{ "users: [{}, ]", "1:9 needs 'name', as in 'name: noc'\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *found = findings(cases[i].yaml);
		assert_null(strstr(found, "tellnobody"));
		assert_string_equal(found, cases[i].found);
		free(found);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets_may_be_kept_elsewhere),
		cmocka_unit_test(test_files_are_beside_the_configuration),
		cmocka_unit_test(test_refuses_secrets_that_are_not_there),
		cmocka_unit_test(test_takes_communities_of_255_bytes_only),
		cmocka_unit_test(test_a_user_is_a_text_or_a_mapping),
		cmocka_unit_test(test_refuses_users_that_no_engine_takes),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
