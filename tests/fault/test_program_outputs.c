/* fault/test_program_outputs.c: outputs, and the thread around them, while one allocation
 * after another fails: an output is there or says why not, and an event that could not be
 * delivered for want of memory is delivered later, once, and in order. */
#include <arpa/inet.h>
#include <sys/socket.h>

#include "fault/failmalloc.h"
#include "outputs/feeder.h"
#include "outputs/helper.h"
#include "outputs/outputs.h"

enum { EVENTS = 6, TRIES_MAX = 40 };

/* An output of |yaml|, and what its peer has got. */
typedef struct trial {
	const output_type *type;
	const char *yaml;
	tl_conf *conf;
	output_place place;
	parcel *items[EVENTS];
	/* Whether what arrived is every event once and in order; forgets it. NULL: not
	 * looked at. */
	void (*check)(struct trial *t);
	int socket;
} trial;

static void
trial_begin(trial *t)
{
	char text[4096];

	snprintf(text, sizeof text, "outputs: {out: %s}\n", t->yaml);
	t->conf = good(text);
	for (uint32_t i = 0; i < EVENTS; i++)
		t->items[i] = numbered(i + 1, TL_SEVERITY_MAJOR);
}

static void
trial_end(trial *t)
{
	for (uint32_t i = 0; i < EVENTS; i++)
		parcel_drop(t->items[i]);
	tl_conf_free(t->conf);
}

static tl_err
try_open(trial *t, void **self)
{
	char problem[OUTPUT_PROBLEM_MAX] = "";
	tl_err err = t->type->open(&t->conf->outputs.at[0], &t->place, self, problem);

	assert_true(err == TL_OK || problem[0] != '\0');
	if (err == TL_OK)
		return TL_OK;
	if (!fail_happened())
		print_message("# %s\n", problem);
	return fail_happened() ? TL_ENOMEM : err;
}

static tl_err
open_and_close(void *arg)
{
	trial *t = arg;
	void *self = NULL;
	tl_err err = try_open(t, &self);

	if (err == TL_OK)
		t->type->close(self);
	return err;
}

/* As the feeder does it, but without pauses. Nothing is refused for want of memory. */
static tl_err
deliver(void *arg)
{
	trial *t = arg;
	_Atomic int64_t end_ns = INT64_MAX;
	size_t done = 0, tries = 0;
	void *self = NULL;

	fail_pause(true);
	assert_int_equal(try_open(t, &self), TL_OK);
	fail_pause(false);
	while (done < EVENTS) {
		batch b = { .items = t->items + done,
			.count = EVENTS - done,
			.end_ns = &end_ns };
		delivery what = t->type->deliver(self, &b);
		if (what == DELIVERED)
			b.done = b.count;
		assert_int_not_equal(what, DELIVER_NEVER);
		assert_int_equal(b.refused, 0);
		assert_true(what == DELIVERED || b.problem[0] != '\0');
		done += b.done;
		if (++tries == TRIES_MAX / 2)
			fail_at(0, FAIL_ONE); /* there is memory again */
		assert_true(tries < TRIES_MAX);
	}
	fail_pause(true);
	t->type->close(self);
	if (t->check != NULL)
		t->check(t);
	fail_pause(false);
	return TL_OK;
}

/* FAIL_FROM is for one allocation to fail for long: fail_at(0) ends that in deliver(), so
 * failures are asked for one by one here. */
static size_t
deliver_each(trial *t)
{
	size_t n = 0;
	bool happened;

	fail_at(0, FAIL_ONE);
	assert_int_equal(deliver(t), TL_OK);
	do {
		fail_at(++n, FAIL_ONE);
		assert_int_equal(deliver(t), TL_OK);
		happened = fail_happened();
		fail_at(n, FAIL_FROM);
		assert_int_equal(deliver(t), TL_OK);
		fail_at(0, FAIL_ONE);
	} while (happened);
	return n - 1;
}

static void
check_file(trial *t)
{
	(void)t;
	assert_numbers("out", "1 2 3 4 5 6 ");
	assert_int_equal(unlink(in_folder("out")), 0);
}

static void
test_file(void **state)
{
	static const char *const forms[] = { "json", "text", "kv" };

	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		char yaml[256];
		trial t = { .type = &output_file,
			.yaml = yaml,
			.check = i == 0 ? check_file : NULL };
		snprintf(yaml, sizeof yaml, "{type: file, path: %s, format: %s}",
		    in_folder(i == 0 ? "out" : "other"), forms[i]);
		trial_begin(&t);
		assert_true(fail_each(open_and_close, &t) > 2);
		if (i == 0)
			assert_int_equal(unlink(in_folder("out")), 0);
		assert_true(deliver_each(&t) > 2);
		trial_end(&t);
	}
}

static void
test_file_that_rotates(void **state)
{
	char yaml[256];
	trial t = { .type = &output_file, .yaml = yaml };

	(void)state;
	snprintf(yaml, sizeof yaml,
	    "{type: file, path: %s, format: template, template: '{ifDescr} {uptime}',"
	    " rotate: {size: 1KiB, keep: 2, compress: zstd}}",
	    in_folder("rotated"));
	trial_begin(&t);
	assert_true(fail_each(open_and_close, &t) > 4);
	assert_true(deliver_each(&t) > 2);
	trial_end(&t);
}

static void
test_stdout(void **state)
{
	int kept = dup(STDOUT_FILENO);
	int fd = open("/dev/null", O_WRONLY);
	trial t = { .type = &output_stdout, .yaml = "{type: stdout, format: kv}" };

	(void)state;
	trial_begin(&t);
	fflush(stdout);
	assert_true(kept >= 0 && fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0);
	size_t opened = fail_each(open_and_close, &t);
	size_t delivered = deliver_each(&t);
	fflush(stdout);
	assert_true(dup2(kept, STDOUT_FILENO) >= 0);
	close(fd);
	close(kept);
	assert_true(opened > 1 && delivered > 2);
	trial_end(&t);
}

/* A socket that nobody reads takes what is sent to it. */
static uint16_t
udp_peer(trial *t)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;

	t->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(t->socket >= 0);
	assert_int_equal(bind(t->socket, (struct sockaddr *)&at, len), 0);
	assert_int_equal(getsockname(t->socket, (struct sockaddr *)&at, &len), 0);
	return ntohs(at.sin_port);
}

/* As many datagrams as events. */
static void
check_datagrams(trial *t)
{
	char room[16384];
	int n = 0;

	while (recv(t->socket, room, sizeof room, MSG_DONTWAIT) > 0)
		n++;
	assert_int_equal(n, EVENTS);
}

static void
test_syslog(void **state)
{
	char yaml[256];
	trial t = { .type = &output_syslog, .yaml = yaml, .check = check_datagrams };

	(void)state;
	snprintf(yaml, sizeof yaml, "{type: syslog, address: 'udp:127.0.0.1:%u'}",
	    udp_peer(&t));
	trial_begin(&t);
	assert_true(fail_each(open_and_close, &t) > 2);
	assert_true(deliver_each(&t) > 0);
	trial_end(&t);
	close(t.socket);
}

/* One's own, to be trusted: the system's are many. */
static const char certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBfzCCASWgAwIBAgIULNd38oS93jhJl27bfdKwht/hksswCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA5MTY1OFoYDzIxMjYxMDI4\n"
    "MDkxNjU4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAAR2dpnldF3Af1vzPRq89tZhvJx2ACGN+nuD++QA9YfDgc4p7YcnMvhN\n"
    "mkzjSfPHxiOORi1ygvIm1qAdmkuNuf6zo1MwUTAdBgNVHQ4EFgQUyIl8qln4JXqy\n"
    "OnNIxj8fUm5UZnUwHwYDVR0jBBgwFoAUyIl8qln4JXqyOnNIxj8fUm5UZnUwDwYD\n"
    "VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBcxPmrmX5LdKtaxFhIO4f1\n"
    "/lFLqTR+BXeejFd6teXBTQIhAOFE1gqRnjcoUWA3NtRbwRpAcw0+yySNfgJf9GJ4\n"
    "z2gu\n"
    "-----END CERTIFICATE-----\n";

static void
test_syslog_over_tls_is_opened(void **state)
{
	char yaml[256];
	trial t = { .type = &output_syslog, .yaml = yaml };
	FILE *f = fopen(in_folder("ca.pem"), "w");

	(void)state;
	assert_non_null(f);
	fputs(certificate, f);
	assert_int_equal(fclose(f), 0);
	snprintf(yaml, sizeof yaml,
	    "{type: syslog, address: 'tls:localhost:6514', tls: {ca: %s}}",
	    in_folder("ca.pem"));
	trial_begin(&t);
	assert_true(fail_each(open_and_close, &t) > 1);
	trial_end(&t);
}

static void
test_exec(void **state)
{
	char yaml[256];
	trial t = { .type = &output_exec, .yaml = yaml, .check = check_file };

	(void)state;
	snprintf(yaml, sizeof yaml,
	    "{type: exec, command: [/bin/sh, -c, 'cat >>%s'], parallel: 1}",
	    in_folder("out"));
	assert_int_equal(helper_start(&t.place.helper), TL_OK);
	trial_begin(&t);
	assert_true(fail_each(open_and_close, &t) > 2);
	assert_true(deliver_each(&t) > 2);
	trial_end(&t);
	helper_stop(t.place.helper);
}

static void
test_http_is_opened(void **state)
{
	static const char *const yaml[] = {
		"{type: http, url: 'http://127.0.0.1:1/x', token: abc, headers: {X: "
		"'{uptime}'},"
		" body: '{message|json}'}",
		"{type: http, url: 'https://127.0.0.1:1', api: elasticsearch, index: "
		"'a-{site}',"
		" tls: {server_name: es.example.net}}",
		"{type: http, url: 'http://127.0.0.1:1', api: splunk, token: abc}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(yaml); i++) {
		trial t = { .type = &output_http, .yaml = yaml[i] };
		trial_begin(&t);
		assert_true(fail_each(open_and_close, &t) > 6);
		trial_end(&t);
	}
}

static void
test_forward(void **state)
{
	static const char *const as[] = { "raw", "1", "2c" };

	(void)state;
	for (size_t i = 0; i < COUNT(as); i++) {
		char yaml[256];
		trial t = {
			.type = &output_forward, .yaml = yaml, .check = check_datagrams
		};
		snprintf(yaml, sizeof yaml,
		    "{type: forward, to: 'udp:127.0.0.1:%u', version: '%s'}",
		    udp_peer(&t), as[i]);
		trial_begin(&t);
		for (uint32_t k = 0; k < EVENTS; k++)
			((tl_notification *)(uintptr_t)t.items[k]->n)->wire =
			    LIT("0123456789");
		assert_true(fail_each(open_and_close, &t) > 2);
		assert_true(deliver_each(&t) > 0);
		trial_end(&t);
		close(t.socket);
	}
}

/* The feeder. */

static tl_err
accept_open(const tl_conf_output *conf, const output_place *place, void **self,
    char problem[OUTPUT_PROBLEM_MAX])
{
	(void)conf, (void)place, (void)self, (void)problem;
	return TL_OK;
}

static delivery
accept_all(void *self, batch *b)
{
	(void)self, (void)b;
	return DELIVERED;
}

static void
close_nothing(void *self)
{
	(void)self;
}

static const output_type accepting = {
	.name = "accepting",
	.open = accept_open,
	.deliver = accept_all,
	.close = close_nothing,
};

static tl_err
feed(void *arg)
{
	parcel *p = arg;
	feeder_options opt = { .name = "x",
		.type = &accepting,
		.queue = { .max_events = 4, .max_bytes = 1 << 20 },
		.batch = 2,
		.batch_bytes = 1 << 20,
		.retry_min_ns = 1,
		.retry_max_ns = 1 };
	feeder_counters c;
	feeder *f = feeder_start(&opt);

	if (f == NULL)
		return TL_ENOMEM;
	parcel_hold(p);
	assert_int_equal(feeder_put(f, &p, 1), 1);
	feeder_stop(f, INT64_MAX - 1);
	while (!feeder_has_ended(f))
		(void)nanosleep(&(struct timespec){ .tv_nsec = 100000 }, NULL);
	feeder_count(f, &c);
	assert_int_equal(c.delivered, 1);
	feeder_free(f);
	return TL_OK;
}

static void
test_a_feeder_starts_or_leaves_all_to_the_caller(void **state)
{
	parcel *p = numbered(1, TL_SEVERITY_INFO);

	(void)state;
	/* itself, its batch, its depot, the queue, its places, the thread */
	assert_int_equal(fail_each(feed, p), 2 * 6);
	assert_int_equal(p->holders, 1);
	parcel_drop(p);
}

static int
set_up(void **state)
{
	return load_dictionary(state) != 0 || make_folder(state) != 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)drop_dictionary(state);
	return remove_folder(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_file_that_rotates),
		cmocka_unit_test(test_stdout),
		cmocka_unit_test(test_syslog),
		cmocka_unit_test(test_syslog_over_tls_is_opened),
		cmocka_unit_test(test_exec),
		cmocka_unit_test(test_http_is_opened),
		cmocka_unit_test(test_forward),
		cmocka_unit_test(test_a_feeder_starts_or_leaves_all_to_the_caller),
	};

	fail_init();
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
