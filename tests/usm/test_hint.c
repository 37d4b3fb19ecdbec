/* The hints: for each refusal of a user's, what is to be done about it. */
#include <stdio.h>

#include "usm/sender.h"

enum { TEXT_MAX = 1024 };

static int
setup(void **state)
{
	receiver *r = malloc(sizeof *r);

	open_receiver(r, NULL);
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	close_receiver(*state);
	free(*state);
	return 0;
}

/* Whether the hint for the message taken last has |part|; no hint has a secret. */
static void
assert_hint(receiver *r, const char *part)
{
	char text[TEXT_MAX];

	(void)hint_of(r, text, sizeof text);
	if (strstr(text, part) == NULL)
		fail_msg("hint '%s' lacks '%s'", text, part);
	assert_null(strstr(text, "maplesyrup"));
	assert_null(strstr(text, "pancakes"));
	for (const char *p = text; *p != '\0'; p++)
		assert_true(*p >= ' ' && *p != 0x7f);
}

static void
assert_refused(receiver *r, sender *s, tl_err err)
{
	assert_int_equal(take_from(r, s, 0), err);
}

static void
test_unknown_user_names_the_known_ones_once(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	tl_user user = user_of(TL_AUTH_SHA1, TL_PRIV_AES128);

	s.user = SPAN("stranger");
	assert_refused(r, &s, TL_EUSM_USER);
	assert_hint(r, "no users are configured");
	assert_hint(r, "stranger,auth=PROTOCOL:SECRET,priv=PROTOCOL:SECRET");
	add_user(r, user);
	add_user(r, user);
	user.name = SPAN("evil\x1b[2J\n");
	add_user(r, user);
	assert_refused(r, &s, TL_EUSM_USER);
	assert_hint(r, "known names are 'noc', 'evil\\x1b[2J\\x0a': ");
}

static void
test_unknown_user_names_eight_at_most(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_NONE, TL_PRIV_NONE);

	for (int i = 0; i < 12; i++) {
		uint8_t name[] = { 'n', (uint8_t)('a' + i) };
		tl_user user = user_of(TL_AUTH_NONE, TL_PRIV_NONE);
		user.name = (tl_span){ name, 2 };
		add_user(r, user);
	}
	assert_refused(r, &s, TL_EUSM_USER);
	assert_hint(r, "'ng', 'nh' and more");
}

static void
test_user_name_in_another_case(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	s.user = SPAN("NOC");
	assert_refused(r, &s, TL_EUSM_USER);
	assert_hint(r, "names are case-sensitive: the known name is 'noc'");
}

static void
test_user_of_another_engine(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	tl_user user = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);

	user.engine_id = ENGINE_B;
	add_user(r, user);
	assert_refused(r, &s, TL_EUSM_USER);
	assert_hint(
	    r, "for engine 80001f880442 only, and this message names 80001f880441");
}

static void
test_level_below_the_least(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	s.level = TL_AUTH_NOPRIV;
	assert_refused(r, &s, TL_EUSM_LEVEL);
	assert_hint(r, "sent as authNoPriv, and user 'noc' needs at least authPriv");
	assert_hint(r, "add level=authNoPriv to the user");
}

static void
test_level_without_a_secret(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	tl_user user = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);

	add_user(r, user);
	assert_refused(r, &s, TL_EUSM_LEVEL);
	assert_hint(r, "has secrets for authNoPriv only: add priv=PROTOCOL:SECRET");
	user = user_of(TL_AUTH_NONE, TL_PRIV_NONE);
	user.name = s.user = SPAN("public");
	add_user(r, user);
	assert_refused(r, &s, TL_EUSM_LEVEL);
	assert_hint(r, "add auth=PROTOCOL:SECRET and priv=PROTOCOL:SECRET to the user");
	s.level = TL_AUTH_NOPRIV;
	assert_refused(r, &s, TL_EUSM_LEVEL);
	assert_hint(r, "add auth=PROTOCOL:SECRET to the user");
}

/* Every protocol of the sender against every other of the user. */
static void
test_right_passphrase_with_another_protocol(void **state)
{
	char part[128];
	(void)state;

	for (unsigned ours = TL_AUTH_MD5; ours < TL_AUTH_COUNT; ours++) {
		receiver r;
		open_receiver(&r, NULL);
		add_user(&r, user_of((tl_auth)ours, TL_PRIV_NONE));
		for (unsigned theirs = TL_AUTH_MD5; theirs < TL_AUTH_COUNT; theirs++) {
			sender s = sender_of((tl_auth)theirs, TL_PRIV_NONE);
			if (theirs == ours)
				continue;
			assert_refused(&r, &s, TL_EUSM_DIGEST);
			const char *name = tl_auth_name((tl_auth)theirs);
			(void)snprintf(part, sizeof part,
			    "the passphrase is right, but the sender uses %s and not %s: "
			    "write auth=%s:",
			    name, tl_auth_name((tl_auth)ours), name);
			assert_hint(&r, part);
		}
		close_receiver(&r);
	}
}

static void
test_wrong_passphrase_of_the_right_length(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	s.auth_pass = SPAN("wrong passphrase");
	assert_refused(r, &s, TL_EUSM_DIGEST);
	assert_hint(r, "a wrong passphrase: the digest's length is that of MD5 or SHA-1");
}

static void
test_wrong_passphrase_and_another_protocol(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA384, TL_PRIV_NONE);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	s.auth_pass = SPAN("wrong passphrase");
	assert_refused(r, &s, TL_EUSM_DIGEST);
	assert_hint(r,
	    "a digest of 32 bytes is that of SHA-384, and another passphrase; the "
	    "user is configured with SHA-1");
}

static void
test_digest_of_no_protocol(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	s.digest_len = 1;
	assert_refused(r, &s, TL_EUSM_DIGEST);
	assert_hint(
	    r, "a digest of 1 bytes is that of no protocol: the message is forged");
	s.digest_len = -1;
	assert_refused(r, &s, TL_EUSM_DIGEST);
	assert_hint(r, "a digest of 0 bytes is that of no protocol");
}

static void
test_privacy_passphrase_used_to_authenticate(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA256, TL_PRIV_AES128);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	s.auth_pass = PRIV_PASS;
	assert_refused(r, &s, TL_EUSM_DIGEST);
	assert_hint(
	    r, "the sender uses the privacy passphrase to authenticate, with SHA-256");
}

static void
test_second_credential_of_a_name_with_another_protocol(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA512, TL_PRIV_NONE);
	tl_user user = user_of(TL_AUTH_MD5, TL_PRIV_NONE);

	user.auth_secret.bytes = SPAN("another passphrase");
	add_user(r, user);
	add_user(r, user_of(TL_AUTH_SHA256, TL_PRIV_NONE));
	assert_refused(r, &s, TL_EUSM_DIGEST);
	assert_hint(r, "the sender uses SHA-512 and not SHA-256");
}

static void
test_wrong_localized_key(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	tl_user user = user_of(TL_AUTH_SHA1, TL_PRIV_NONE);

	user.engine_id = ENGINE_A;
	user.auth_secret = (tl_secret){ TL_SECRET_KEY, SPAN("twenty bytes of key.") };
	add_user(r, user);
	assert_refused(r, &s, TL_EUSM_DIGEST);
	assert_hint(r, "a wrong localized key");
}

/* Every protocol of the sender against every other of the user. */
static void
test_right_privacy_passphrase_with_another_protocol(void **state)
{
	char part[128];
	(void)state;

	for (unsigned ours = TL_PRIV_DES; ours < TL_PRIV_COUNT; ours++) {
		receiver r;
		open_receiver(&r, NULL);
		add_user(&r, user_of(TL_AUTH_SHA1, (tl_priv)ours));
		for (unsigned theirs = TL_PRIV_DES; theirs < TL_PRIV_COUNT; theirs++) {
			sender s = sender_of(TL_AUTH_SHA1, (tl_priv)theirs);
			if (theirs == ours || take_from(&r, &s, 0) == TL_OK)
				continue;
			assert_int_equal(r.diag.err, TL_EUSM_DECRYPT);
			const char *name = tl_priv_name((tl_priv)theirs);
			(void)snprintf(part, sizeof part,
			    "the privacy passphrase is right, but the sender uses %s and "
			    "not %s: write priv=%s:",
			    name, tl_priv_name((tl_priv)ours), name);
			assert_hint(&r, part);
		}
		close_receiver(&r);
	}
}

static void
test_wrong_privacy_passphrase(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	s.priv_pass = SPAN("wrong passphrase");
	assert_refused(r, &s, TL_EUSM_DECRYPT);
	assert_hint(
	    r, "the authentication is right, and the privacy passphrase is wrong");
	/* What was found out for one message is not believed of the next. */
	s.priv = TL_PRIV_AES256C;
	s.priv_pass = PRIV_PASS;
	assert_refused(r, &s, TL_EUSM_DECRYPT);
	assert_hint(r, "the sender uses AES-256-C");
	s.engine_id = ENGINE_B;
	assert_refused(r, &s, TL_EUSM_DECRYPT);
	assert_hint(r, "the sender uses AES-256-C");
}

static void
test_authentication_passphrase_used_for_privacy(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	s.priv_pass = AUTH_PASS;
	assert_refused(r, &s, TL_EUSM_DECRYPT);
	assert_hint(
	    r, "the sender uses the authentication passphrase for privacy, with AES-128");
}

static void
test_salt_of_another_length(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	s.salt_len = 4;
	assert_refused(r, &s, TL_EUSM_DECRYPT);
	assert_hint(r, "a salt has 8 bytes and not 4");
}

static void
test_clock_of_a_sender_in_words(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	s.boots = 3;
	s.time_s = 200000;
	assert_int_equal(take_from(r, &s, 0), TL_OK);
	s.time_s = 100000;
	assert_refused(r, &s, TL_EUSM_TIME);
	assert_hint(r,
	    "says boots 3 time 100000, and the device's clock should be at boots 3 "
	    "time 200000 (1 days 3 h behind)");
	assert_hint(r, "window=off");
	s.boots = 1;
	assert_refused(r, &s, TL_EUSM_TIME);
	assert_hint(r, "(2 restarts behind)");
	s.boots = s.time_s = 0;
	assert_refused(r, &s, TL_EUSM_TIME);
	assert_hint(r, "the device seems to have no clock; window=off");
	s.boots = 2147483647;
	assert_refused(r, &s, TL_EUSM_TIME);
	assert_hint(r, "give it a new engine ID");
}

static void
test_clock_of_ours(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);

	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	s.engine_id = OWN_ENGINE;
	s.reportable = true;
	s.boots = s.time_s = 0;
	assert_refused(r, &s, TL_EUSM_TIME);
	assert_hint(r, "the second step of discovery, a normal part");
	s.boots = 7;
	assert_int_equal(take_from(r, &s, 200 * SECOND), TL_EUSM_TIME);
	assert_hint(r, "takes our clock for boots 7 time 0, and it is boots 7 time 200 "
		       "(3 min 20 s behind)");
	s.boots = 8;
	assert_refused(r, &s, TL_EUSM_TIME);
	assert_hint(r, "(1 restart ahead)");
}

static void
test_discovery_is_normal(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_NONE, TL_PRIV_NONE);

	s.engine_id.len = 0;
	s.reportable = true;
	assert_refused(r, &s, TL_EUSM_ENGINE);
	assert_hint(r, "the first step of discovery, a normal part of an inform's start");
	s.engine_id = SPAN("four");
	assert_refused(r, &s, TL_EUSM_ENGINE);
	assert_hint(r, "an engine ID has 5 to 32 bytes and this one has 4");
}

static void
test_inform_for_another_engine_says_both_and_what_a_trap_would_lack(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA256, TL_PRIV_AES128);

	s.reportable = true;
	assert_refused(r, &s, TL_EUSM_ENGINE);
	assert_hint(
	    r, "our engine ID 80000000016f757273, and this message is to 80001f880441");
	assert_hint(r, "; if it is a trap: no users are configured");
	add_user(r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	assert_refused(r, &s, TL_EUSM_ENGINE);
	assert_hint(r, "; if it is a trap: the message is sent as authPriv");
	s.level = TL_AUTH_NOPRIV;
	assert_refused(r, &s, TL_EUSM_ENGINE);
	assert_hint(
	    r, "; if it is a trap: the passphrase is right, but the sender uses SHA-256");
}

static void
test_hint_without_room_says_so_and_no_more(void **state)
{
	receiver *r = *state;
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	uint8_t text[10];
	tl_buf out = { .ptr = text, .cap = sizeof text };

	assert_refused(r, &s, TL_EUSM_USER);
	tl_refusal refusal = { .diag = r->diag };
	assert_int_equal(tl_usm_hint(r->usm, &r->in, &refusal, &out), TL_OK);
	assert_true(out.full);
}

static void
test_input_that_is_no_message_gets_no_hint(void **state)
{
	receiver *r = *state;
	char text[TEXT_MAX];

	r->in = (tl_usm_in){ 0 };
	for (int err = TL_EUSM_ENGINE; err <= TL_EUSM_DECRYPT; err++) {
		r->diag.err = (tl_err)err;
		assert_string_equal(hint_of(r, text, sizeof text), "");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_unknown_user_names_the_known_ones_once),
		TEST(test_unknown_user_names_eight_at_most),
		TEST(test_user_name_in_another_case),
		TEST(test_user_of_another_engine),
		TEST(test_level_below_the_least),
		TEST(test_level_without_a_secret),
		TEST(test_right_passphrase_with_another_protocol),
		TEST(test_wrong_passphrase_of_the_right_length),
		TEST(test_wrong_passphrase_and_another_protocol),
		TEST(test_digest_of_no_protocol),
		TEST(test_privacy_passphrase_used_to_authenticate),
		TEST(test_second_credential_of_a_name_with_another_protocol),
		TEST(test_wrong_localized_key),
		TEST(test_right_privacy_passphrase_with_another_protocol),
		TEST(test_wrong_privacy_passphrase),
		TEST(test_authentication_passphrase_used_for_privacy),
		TEST(test_salt_of_another_length),
		TEST(test_clock_of_a_sender_in_words),
		TEST(test_clock_of_ours),
		TEST(test_discovery_is_normal),
		TEST(test_inform_for_another_engine_says_both_and_what_a_trap_would_lack),
		TEST(test_hint_without_room_says_so_and_no_more),
		TEST(test_input_that_is_no_message_gets_no_hint),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
