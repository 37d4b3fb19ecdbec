/* The manager on real sockets of the loopback, against the library's receiver. */
#include "../base/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "trapline/io.h"

static const uint8_t cold_start_ber[] = { 0x2b, 6, 1, 6, 3, 1, 1, 5, 1 };
static const tl_outgoing cold_start = { .kind = TL_INFORM,
	.trap_oid = { cold_start_ber, sizeof cold_start_ber } };

static tl_user
noc(void)
{
	return (tl_user){ .name = LIT("noc"),
		.auth = TL_AUTH_SHA256,
		.auth_secret = { TL_SECRET_PASSPHRASE, LIT("maplesyrup") },
		.priv = TL_PRIV_AES128,
		.priv_secret = { TL_SECRET_PASSPHRASE, LIT("pancakes12") } };
}

static tl_receiver *
open_receiver(const char *listen, uint16_t *port)
{
	const char *const listens[] = { listen, NULL };
	const tl_user user = noc();
	const tl_receiver_options opt = {
		.listen = listens, .users = &user, .user_count = 1
	};
	tl_endpoint at;
	tl_receiver *r;

	if (tl_receiver_open(&opt, &r) != TL_OK)
		return NULL;
	assert_int_equal(tl_receiver_local(r, 0, &at), TL_OK);
	*port = at.port;
	return r;
}

static tl_manager *
open_manager(uint16_t port, const tl_manager_options *opt)
{
	tl_manager *m;

	assert_int_equal(tl_manager_open("127.0.0.1", port, opt, &m), TL_OK);
	return m;
}

static tl_event
next_event(tl_receiver *r)
{
	tl_event ev;

	assert_int_equal(tl_receiver_next(r, 10000, &ev), TL_OK);
	return ev;
}

/* Polls the manager and the receiver in turns until there is a result. */
static tl_send_result
result_of(tl_manager *m, tl_receiver *r)
{
	tl_send_result result;
	tl_event ev;

	for (int i = 0; i < 10000; i++) {
		if (tl_manager_poll(m, 1, &result) == TL_OK)
			return result;
		tl_err err = tl_receiver_next(r, 0, &ev);
		assert_true(err == TL_OK || err == TL_ETIMEOUT);
	}
	fail_msg("no result");
	return result;
}

static void
test_a_trap_arrives_and_v1_says_our_address(void **state)
{
	uint16_t port;
	tl_receiver *r = open_receiver("udp:127.0.0.1:0", &port);
	tl_manager *m = open_manager(port, NULL);
	(void)state;

	assert_int_equal(tl_manager_peer(m).port, port);
	assert_int_equal(tl_manager_send_trap(m, &cold_start), TL_OK);
	tl_event ev = next_event(r);
	assert_int_equal(ev.n->kind, TL_TRAP);
	assert_int_equal(ev.n->version, 2);
	assert_true(ev.n->uptime_cs < 6000);
	assert_int_equal(ev.n->from.port, tl_manager_local(m).port);
	tl_manager_close(m);
	m = open_manager(port, &(tl_manager_options){ .sender.version = 1 });
	assert_int_equal(tl_manager_send_trap(m, &cold_start), TL_OK);
	ev = next_event(r);
	assert_memory_equal(ev.n->agent_address, "\x7f\0\0\1", 4);
	tl_manager_close(m);
	tl_receiver_close(r);
}

static void *
receive_one(void *arg)
{
	tl_event ev;
	tl_receiver *r = arg;
	tl_err err = tl_receiver_next(r, 10000, &ev);

	if (err == TL_OK) /* coming back acknowledges it */
		err = tl_receiver_next(r, 0, &ev);
	assert_int_equal(err, TL_ETIMEOUT);
	return NULL;
}

static void
test_an_inform_waits_for_its_acknowledgement(void **state)
{
	const tl_user user = noc();
	const tl_manager_options opts[] = { { .sender.version = 2 },
		{ .sender = { .version = 3, .user = &user } } };
	uint16_t port;
	tl_receiver *r = open_receiver("udp:127.0.0.1:0", &port);
	(void)state;

	for (size_t i = 0; i < COUNT(opts); i++) {
		tl_manager *m = open_manager(port, &opts[i]);
		tl_send_result result;
		pthread_t thread;
		assert_int_equal(pthread_create(&thread, NULL, receive_one, r), 0);
		assert_int_equal(
		    tl_manager_send_inform(m, &cold_start, 10000, &result), TL_OK);
		assert_int_equal(result.err, TL_OK);
		assert_true(result.tries >= 1 && result.latency_ns > 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
		tl_manager_close(m);
	}
	tl_receiver_close(r);
}

static void
test_submitted_informs_of_two_managers_go_on_side_by_side(void **state)
{
	enum { INFORMS = 50 };
	const tl_user user = noc();
	const tl_manager_options opt = { .sender = { .version = 3, .user = &user } };
	uint16_t ports[2];
	tl_receiver *r[2];
	tl_manager *m[2];
	uint64_t ticket;
	tl_send_result result;
	(void)state;

	for (int i = 0; i < 2; i++) {
		r[i] = open_receiver("udp:127.0.0.1:0", &ports[i]);
		m[i] = open_manager(ports[i], &opt);
		assert_int_equal(tl_manager_timeout_ms(m[i]), -1);
		assert_int_equal(tl_manager_poll(m[i], -1, &result), TL_ENOTFOUND);
		for (int k = 0; k < INFORMS; k++)
			assert_int_equal(
			    tl_manager_submit(m[i], &cold_start, &ticket), TL_OK);
		assert_in_range(tl_manager_timeout_ms(m[i]), 0, 1000);
		assert_int_equal(tl_manager_poll(m[i], 0, &result), TL_ETIMEOUT);
	}
	for (int k = 0; k < INFORMS; k++)
		for (int i = 0; i < 2; i++)
			assert_int_equal(result_of(m[i], r[i]).err, TL_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    tl_engine_counters(tl_receiver_engine(r[i]))->informs, INFORMS);
		assert_int_equal(tl_manager_poll(m[i], 0, &result), TL_ENOTFOUND);
		tl_manager_close(m[i]);
		tl_receiver_close(r[i]);
	}
}

static void
test_the_descriptor_is_readable_when_an_answer_has_come(void **state)
{
	uint16_t port;
	tl_receiver *r = open_receiver("udp:127.0.0.1:0", &port);
	tl_manager *m = open_manager(port, NULL);
	struct pollfd p = { .fd = tl_manager_fd(m), .events = POLLIN };
	tl_send_result result;
	tl_event ev;
	uint64_t ticket;
	(void)state;

	assert_int_equal(tl_manager_submit(m, &cold_start, &ticket), TL_OK);
	assert_int_equal(poll(&p, 1, 0), 0);
	(void)next_event(r);
	assert_int_equal(tl_receiver_next(r, 0, &ev), TL_ETIMEOUT);
	assert_int_equal(poll(&p, 1, 10000), 1);
	assert_int_equal(tl_manager_poll(m, 0, &result), TL_OK);
	assert_true(result.ticket == ticket);
	/* A trap has its result at once. */
	tl_outgoing trap = cold_start;
	trap.kind = TL_TRAP;
	assert_int_equal(tl_manager_submit(m, &trap, &ticket), TL_OK);
	assert_int_equal(tl_manager_timeout_ms(m), 0);
	assert_int_equal(tl_manager_poll(m, 0, &result), TL_OK);
	tl_manager_close(m);
	tl_receiver_close(r);
}

/* A port that is not listened on, or a socket that nobody reads. */
static int
open_deaf(uint16_t *port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof sa;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	*port = ntohs(sa.sin_port);
	return fd;
}

static void
test_nobody_there_is_a_timeout_that_says_so(void **state)
{
	const tl_manager_options opt = { .sender = { .timeout_ms = 20, .tries = 3 } };
	uint16_t port;
	int fd = open_deaf(&port);
	tl_manager *m = open_manager(port, &opt);
	tl_send_result result;
	(void)state;

	assert_int_equal(
	    tl_manager_send_inform(m, &cold_start, -1, &result), TL_ETIMEOUT);
	assert_int_equal(result.tries, 3);
	assert_null(strstr(result.why, "nothing listens"));
	(void)close(fd);
	assert_int_equal(
	    tl_manager_send_inform(m, &cold_start, -1, &result), TL_ETIMEOUT);
	assert_int_equal(result.tries, 3);
	assert_non_null(strstr(result.why, "nothing listens"));
	assert_int_equal(tl_manager_send_trap(m, &cold_start), TL_OK);
	tl_manager_close(m);
}

static void
test_the_deadline_of_an_inform_comes_before_its_tries(void **state)
{
	uint16_t port;
	int fd = open_deaf(&port);
	tl_manager *m = open_manager(port, NULL);
	tl_send_result result;
	(void)state;

	assert_int_equal(
	    tl_manager_send_inform(m, &cold_start, 30, &result), TL_ETIMEOUT);
	assert_int_equal(result.err, TL_ETIMEOUT);
	assert_int_equal(result.tries, 1);
	assert_in_range(result.latency_ns, 30000000, 900000000);
	assert_int_equal(tl_sender_outstanding(tl_manager_sender(m)), 0);
	tl_manager_close(m);
	(void)close(fd);
}

static void
test_sends_from_the_source_that_was_chosen(void **state)
{
	uint16_t port, source;
	tl_receiver *r = open_receiver("udp:127.0.0.1:0", &port);
	int fd = open_deaf(&source);
	tl_manager_options opt = { .source = "127.0.0.2", .source_port = source };
	tl_manager *m = open_manager(port, &opt);
	(void)state;

	assert_int_equal(tl_manager_send_trap(m, &cold_start), TL_OK);
	tl_event ev = next_event(r);
	assert_memory_equal(ev.n->from.addr + 12, "\x7f\0\0\2", 4);
	assert_int_equal(ev.n->from.port, source);
	tl_manager_close(m);
	opt.source = "127.0.0.1"; /* taken */
	assert_int_equal(tl_manager_open("127.0.0.1", port, &opt, &m), TL_EIO);
	assert_int_equal(errno, EADDRINUSE);
	(void)close(fd);
	tl_receiver_close(r);
}

static void
test_finds_names_and_both_families(void **state)
{
	tl_manager_options opt = { .family = 6 };
	uint16_t port;
	tl_manager *m;
	(void)state;

	tl_receiver *r = open_receiver("udp:127.0.0.1:0", &port);
	assert_int_equal(tl_manager_open("127.0.0.1", port, &opt, &m), TL_EIO);
	opt.family = 5;
	assert_int_equal(tl_manager_open("127.0.0.1", port, &opt, &m), TL_EINVAL);
	assert_int_equal(tl_manager_open("localhost", port, NULL, &m), TL_OK);
	assert_int_equal(tl_manager_send_trap(m, &cold_start), TL_OK);
	(void)next_event(r);
	tl_manager_close(m);
	tl_receiver_close(r);
	r = open_receiver("udp:[::1]:0", &port);
	if (r == NULL)
		skip();
	assert_int_equal(tl_manager_open("::1", port, NULL, &m), TL_OK);
	assert_int_equal(tl_manager_send_trap(m, &cold_start), TL_OK);
	(void)next_event(r);
	tl_manager_close(m);
	tl_receiver_close(r);
}

static char *
make_folder(void)
{
	static char path[64];

	(void)snprintf(path, sizeof path, "/tmp/trapline-manager-XXXXXX");
	assert_non_null(mkdtemp(path));
	return path;
}

static void
remove_folder(const char *path)
{
	static const char *const names[] = { "sender", "sender.lock", "sender.tmp" };
	int dir = open(path, O_RDONLY | O_DIRECTORY);

	for (size_t i = 0; i < COUNT(names); i++)
		(void)unlinkat(dir, names[i], 0);
	(void)close(dir);
	assert_int_equal(rmdir(path), 0);
}

/* What a receiver sees of our engine. */
typedef struct origin {
	uint8_t id[TL_ENGINE_ID_MAX];
	size_t id_len;
	uint32_t boots, time_s;
} origin;

static origin
origin_of(tl_manager *m, tl_receiver *r)
{
	origin o = { .id_len = 0 };

	assert_int_equal(tl_manager_send_trap(m, &cold_start), TL_OK);
	tl_event ev = next_event(r);
	o.id_len = ev.n->v3.engine_id.len;
	memcpy(o.id, ev.n->v3.engine_id.ptr, o.id_len);
	o.boots = ev.n->v3.boots;
	o.time_s = ev.n->v3.time_s;
	return o;
}

static void
test_any_number_of_managers_share_an_engine(void **state)
{
	const tl_user user = noc();
	char *dir = make_folder();
	const tl_manager_options opt = { .sender = { .version = 3, .user = &user },
		.state_dir = dir };
	uint16_t port;
	tl_receiver *r = open_receiver("udp:127.0.0.1:0", &port);
	tl_manager *a = open_manager(port, &opt), *b = open_manager(port, &opt);
	(void)state;

	/* In turns: none is behind the other. */
	origin first = origin_of(a, r), second = origin_of(b, r);
	for (int i = 0; i < 3; i++) {
		assert_memory_equal(first.id, second.id, sizeof first.id);
		assert_int_equal(first.boots, second.boots);
		assert_in_range(second.time_s, first.time_s, first.time_s + 5);
		first = origin_of(a, r);
	}
	tl_manager_close(a);
	a = open_manager(port, &opt);
	first = origin_of(a, r);
	assert_memory_equal(first.id, second.id, sizeof first.id);
	assert_int_equal(first.boots, second.boots);
	tl_manager_close(a);
	tl_manager_close(b);
	tl_receiver_close(r);
	remove_folder(dir);
}

static void
test_boots_count_up_when_the_clock_was_set_back(void **state)
{
	const tl_user user = noc();
	char *dir = make_folder();
	const tl_manager_options opt = { .sender = { .version = 3, .user = &user },
		.state_dir = dir };
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		{ .tv_sec = time(NULL) + 3600 } };
	uint16_t port;
	tl_receiver *r = open_receiver("udp:127.0.0.1:0", &port);
	char path[96];
	(void)state;

	(void)snprintf(path, sizeof path, "%s/sender", dir);
	for (uint32_t boots = 1; boots <= 3; boots++) {
		tl_manager *m = open_manager(port, &opt);
		assert_int_equal(origin_of(m, r).boots, boots);
		tl_manager_close(m);
		/* As if it had been used in an hour. */
		assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	}
	tl_receiver_close(r);
	remove_folder(dir);
}

static void
test_a_damaged_or_unreachable_state_is_an_error(void **state)
{
	static const char *const texts[] = { "", "\n", "8000000005616263", " 1\n",
		"80 1\n", "8000000005616263 0\n", "8000000005616263 2147483648\n",
		"8000000005616263 x\n", "8000000005616263 1",
		"8000000005616263 12345678901234\n" };
	const tl_user user = noc();
	char *dir = make_folder();
	tl_manager_options opt = { .sender = { .version = 3, .user = &user },
		.state_dir = dir };
	char path[96];
	tl_manager *m;
	(void)state;

	(void)snprintf(path, sizeof path, "%s/sender", dir);
	for (size_t i = 0; i < COUNT(texts); i++) {
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		(void)fputs(texts[i], f);
		(void)fclose(f);
		assert_int_equal(tl_manager_open("127.0.0.1", 9, &opt, &m), TL_EFORMAT);
	}
	opt.state_dir = path; /* a file */
	assert_int_equal(tl_manager_open("127.0.0.1", 9, &opt, &m), TL_EIO);
	remove_folder(dir);
}

static void
test_an_engine_id_that_is_given_has_the_time_of_day(void **state)
{
	const tl_user user = noc();
	tl_manager_options opt = { .sender = { .version = 3, .user = &user } };
	uint16_t port;
	tl_receiver *r = open_receiver("udp:127.0.0.1:0", &port);
	(void)state;

	opt.sender.engine.engine_id_len = 8;
	memcpy(opt.sender.engine.engine_id, "\x80\0\0\0\x01own", 8);
	tl_manager *m = open_manager(port, &opt);
	origin o = origin_of(m, r);
	assert_memory_equal(o.id, "\x80\0\0\0\x01own", 8);
	assert_int_equal(o.boots, 1);
	assert_in_range(o.time_s, 6 * 365 * 86400, INT32_MAX);
	tl_manager_close(m);
	tl_receiver_close(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_trap_arrives_and_v1_says_our_address),
		cmocka_unit_test(test_an_inform_waits_for_its_acknowledgement),
		cmocka_unit_test(
		    test_submitted_informs_of_two_managers_go_on_side_by_side),
		cmocka_unit_test(test_the_descriptor_is_readable_when_an_answer_has_come),
		cmocka_unit_test(test_nobody_there_is_a_timeout_that_says_so),
		cmocka_unit_test(test_the_deadline_of_an_inform_comes_before_its_tries),
		cmocka_unit_test(test_sends_from_the_source_that_was_chosen),
		cmocka_unit_test(test_finds_names_and_both_families),
		cmocka_unit_test(test_any_number_of_managers_share_an_engine),
		cmocka_unit_test(test_boots_count_up_when_the_clock_was_set_back),
		cmocka_unit_test(test_a_damaged_or_unreachable_state_is_an_error),
		cmocka_unit_test(test_an_engine_id_that_is_given_has_the_time_of_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
