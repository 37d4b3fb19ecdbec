/* trapline/io.h's receiver, on sockets of the loopback. */
#include "../usm/sender.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trapline/io.h"

enum { BATCH = 64 }; /* datagrams that are taken at once */

typedef struct fixture {
	tl_receiver *receiver;
	int fd; /* sends to it */
	tl_event ev;
} fixture;

/* Opens a receiver of the options on a free port, and a socket that sends to it. */
static void
open_both(fixture *f, tl_receiver_options *o)
{
	static const char *const any[] = { "udp:127.0.0.1:0", NULL };
	struct sockaddr_in to = { .sin_family = AF_INET };
	tl_endpoint local;

	o->listen = any;
	assert_int_equal(tl_receiver_open(o, &f->receiver), TL_OK);
	assert_int_equal(tl_receiver_local(f->receiver, 0, &local), TL_OK);
	to.sin_port = htons(local.port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	f->fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(connect(f->fd, (struct sockaddr *)&to, sizeof to), 0);
}

static void
close_both(fixture *f)
{
	tl_receiver_close(f->receiver);
	close(f->fd);
}

static void
send_span(const fixture *f, tl_span bytes)
{
	assert_int_equal(send(f->fd, bytes.ptr, bytes.len, 0), bytes.len);
}

/* A v2c notification without varbinds, of community "". */
static void
send_pdu(const fixture *f, uint8_t tag, uint8_t request_id)
{
	const uint8_t message[] = { 0x30, 18, 2, 1, 1, 4, 0, tag, 11, 2, 1, request_id, 2,
		1, 0, 2, 1, 0, 0x30, 0 };

	send_span(f, (tl_span){ message, sizeof message });
}

static void
test_a_flood_of_refusals_does_not_outlast_the_timeout(void **state)
{
	tl_receiver_options o = { 0 };
	fixture f;
	int calls = 0;
	tl_err err;

	(void)state;
	open_both(&f, &o);
	for (int i = 0; i < 3 * BATCH; i++)
		send_span(&f, SPAN("nonsense"));
	send_pdu(&f, 0xa7, 1);
	do
		err = tl_receiver_next(f.receiver, 0, &f.ev);
	while (++calls < 100 && err == TL_ETIMEOUT);
	assert_int_equal(err, TL_OK);
	assert_in_range(calls, 3, 4);
	assert_int_equal(tl_receiver_next(f.receiver, 0, &f.ev), TL_ETIMEOUT);
	close_both(&f);
}

static void
test_clones_are_acknowledged_without_end(void **state)
{
	tl_receiver_options o = { .manual_ack = true };
	tl_notification *kept;
	uint8_t reply[64];
	fixture f;

	(void)state;
	open_both(&f, &o);
	send_pdu(&f, 0xa6, 1);
	assert_int_equal(tl_receiver_next(f.receiver, 10000, &f.ev), TL_OK);
	assert_int_equal(tl_notification_clone(f.ev.n, &kept), TL_OK);
	for (int i = 0; i < 500000; i++) {
		assert_int_equal(tl_receiver_ack(f.receiver, kept), TL_OK);
		assert_int_equal(recv(f.fd, reply, sizeof reply, 0), 20);
	}
	tl_notification_free(kept);
	close_both(&f);
}

static void
test_a_clock_is_kept_before_its_event_is_given(void **state)
{
	char dir[] = "/tmp/trapline-test-XXXXXX", path[64];
	static const char *const files[] = { "engine", "clocks", "lock" };
	tl_user noc = user_of(TL_AUTH_MD5, TL_PRIV_NONE);
	tl_receiver_options o = { .users = &noc, .user_count = 1 };
	sender s = sender_of(TL_AUTH_MD5, TL_PRIV_NONE);
	struct stat st;
	fixture f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	o.state_dir = dir;
	open_both(&f, &o);
	send_span(&f, send_message(&s));
	assert_int_equal(tl_receiver_next(f.receiver, 10000, &f.ev), TL_OK);
	snprintf(path, sizeof path, "%s/clocks", dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 64);
	close_both(&f);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, files[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(dir), 0);
}

static void
test_an_inform_is_acknowledged_when_the_caller_comes_back(void **state)
{
	tl_receiver_options o = { 0 };
	uint8_t reply[64];
	fixture f;

	(void)state;
	open_both(&f, &o);
	send_pdu(&f, 0xa6, 1);
	assert_int_equal(tl_receiver_next(f.receiver, 10000, &f.ev), TL_OK);
	assert_int_equal(recv(f.fd, reply, sizeof reply, MSG_DONTWAIT), -1);
	assert_int_equal(tl_receiver_next(f.receiver, 0, &f.ev), TL_ETIMEOUT);
	assert_int_equal(recv(f.fd, reply, sizeof reply, 0), 20);
	assert_int_equal(reply[7], 0xa2);
	close_both(&f);
}

/* From now on the receiver's socket sends nothing. */
static void
gag(const fixture *f)
{
	struct sockaddr_in at;
	tl_endpoint local;

	assert_int_equal(tl_receiver_local(f->receiver, 0, &local), TL_OK);
	for (int fd = 0; fd < 1024; fd++) {
		socklen_t len = sizeof at;
		if (getsockname(fd, (struct sockaddr *)&at, &len) == 0 &&
		    at.sin_family == AF_INET && at.sin_port == htons(local.port))
			(void)shutdown(fd, SHUT_WR); /* says ENOTCONN, and does it */
	}
}

static void
test_an_inform_whose_answer_is_not_sent_is_given_once(void **state)
{
	tl_receiver_options o = { 0 };
	fixture f;

	(void)state;
	open_both(&f, &o);
	gag(&f);
	send_pdu(&f, 0xa6, 1);
	assert_int_equal(tl_receiver_next(f.receiver, 10000, &f.ev), TL_OK);
	assert_int_equal(tl_receiver_next(f.receiver, 0, &f.ev), TL_ETIMEOUT);
	send_pdu(&f, 0xa6, 1);
	assert_int_equal(tl_receiver_next(f.receiver, 100, &f.ev), TL_ETIMEOUT);
	assert_int_equal(
	    tl_engine_counters(tl_receiver_engine(f.receiver))->duplicates, 1);
	close_both(&f);
}

static void
test_a_port_in_use_is_told_by_errno(void **state)
{
	tl_receiver_options o = { 0 };
	tl_receiver *second;
	tl_endpoint local;
	char address[64];
	fixture f;

	(void)state;
	open_both(&f, &o);
	assert_int_equal(tl_receiver_local(f.receiver, 0, &local), TL_OK);
	snprintf(address, sizeof address, "udp:127.0.0.1:%u", local.port);
	const char *const listen[] = { address, NULL };
	o.listen = listen;
	assert_int_equal(tl_receiver_open(&o, &second), TL_EIO);
	assert_int_equal(errno, EADDRINUSE);
	close_both(&f);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_flood_of_refusals_does_not_outlast_the_timeout),
		cmocka_unit_test(test_clones_are_acknowledged_without_end),
		cmocka_unit_test(test_a_clock_is_kept_before_its_event_is_given),
		cmocka_unit_test(
		    test_an_inform_is_acknowledged_when_the_caller_comes_back),
		cmocka_unit_test(test_an_inform_whose_answer_is_not_sent_is_given_once),
		cmocka_unit_test(test_a_port_in_use_is_told_by_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
