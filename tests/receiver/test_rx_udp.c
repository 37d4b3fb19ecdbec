/* Receiving and answering on real sockets of the loopback interface. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "receiver/address.h"
#include "receiver/rx.h"
#include "sys/clock.h"

enum { WAIT_MS = 5000 }; /* longer than any test waits when all is well */

static tl_rx *
open_rx(const char *one, const char *two, size_t rcvbuf_bytes)
{
	const char *const listen[] = { one, two, NULL };
	tl_rx *rx = NULL;
	size_t bad;

	assert_int_equal(tl_rx_open(listen, rcvbuf_bytes, &rx, &bad), TL_OK);
	return rx;
}

/* Whether this host has an IPv6 loopback; says so where not. */
static bool
has_v6(void)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	bool ok = fd >= 0 && bind(fd, (struct sockaddr *)&sa, sizeof sa) == 0;

	if (fd >= 0)
		(void)close(fd);
	if (!ok)
		print_message("# no IPv6 here: skipped\n");
	return ok;
}

/* A socket that sends to |text| at the port of socket |i|, and takes answers from there
 * only. */
static int
connect_to(const char *text, tl_rx *rx, unsigned i)
{
	tl_endpoint ep = tl_rx_local(rx, i);
	bool v6 = strchr(text, ':') != NULL;
	tl_sockaddr sa;
	socklen_t len;

	if (v6)
		assert_int_equal(inet_pton(AF_INET6, text, ep.addr), 1);
	else
		assert_int_equal(inet_pton(AF_INET, text, ep.addr + 12), 1);
	len = tl_endpoint_sockaddr(&ep, v6 ? AF_INET6 : AF_INET, &sa);
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, &sa.any, len), 0);
	return fd;
}

static void
send_bytes(int fd, const void *bytes, size_t len)
{
	assert_int_equal(send(fd, bytes, len, 0), (ssize_t)len);
}

static tl_batch *
recv_batch(tl_rx *rx, int timeout_ms)
{
	static tl_batch b;

	memset(&b, 0xa5, sizeof b);
	assert_int_equal(tl_rx_recv(rx, timeout_ms, &b), TL_OK);
	return &b;
}

static uint16_t
port_of(int fd)
{
	tl_sockaddr sa;
	socklen_t len = sizeof sa;

	assert_int_equal(getsockname(fd, &sa.any, &len), 0);
	return tl_endpoint_of(&sa).port;
}

static void
gives_bytes_addresses_and_times(void **state)
{
	tl_rx *rx = open_rx("udp:0.0.0.0:0", NULL, 0);
	int fd = connect_to("127.0.0.3", rx, 0);
	int64_t before = tl_now_realtime_ns(), mono = tl_now_monotonic_ns();
	tl_batch *b;
	(void)state;

	assert_int_equal(tl_rx_count(rx), 1);
	assert_true(tl_rx_local(rx, 0).port != 0);
	assert_true(tl_rx_rcvbuf_bytes(rx, 0) > 0);
	send_bytes(fd, "trap", 4);
	b = recv_batch(rx, WAIT_MS);
	assert_int_equal(b->n, 1);
	assert_int_equal(b->socket, 0);
	assert_false(b->more);
	assert_int_equal(b->in[0].bytes.len, 4);
	assert_memory_equal(b->in[0].bytes.ptr, "trap", 4);
	assert_int_equal(b->reply[0].len, 0);
	assert_true(tl_endpoint_is_v4(&b->in[0].from));
	assert_int_equal(b->in[0].from.port, port_of(fd));
	assert_int_equal(b->in[0].from.scope, 0);
	assert_memory_equal(
	    b->in[0].to.addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\3", 16);
	assert_int_equal(b->in[0].to.port, tl_rx_local(rx, 0).port);
	assert_in_range(b->in[0].realtime_ns, before, tl_now_realtime_ns());
	assert_in_range(b->in[0].monotonic_ns, mono, tl_now_monotonic_ns());
	(void)close(fd);
	tl_rx_close(rx);
}

/* The kernel's time is that of arrival, not of reading. */
static void
gives_the_time_of_arrival(void **state)
{
	tl_rx *rx = open_rx("udp:127.0.0.1:0", NULL, 0);
	int fd = connect_to("127.0.0.1", rx, 0);
	struct pollfd p = { .fd = tl_rx_fd(rx), .events = POLLIN };
	int64_t arrived, told = INT64_MAX;
	(void)state;

	/* The kernel begins to stamp a while after it was asked for the first time. */
	for (int tries = 0; tries < 100; tries++) {
		send_bytes(fd, "1", 1);
		assert_int_equal(poll(&p, 1, WAIT_MS), 1);
		arrived = tl_now_realtime_ns();
		told = recv_batch(rx, 0)->in[0].realtime_ns;
		if (told <= arrived)
			break;
	}
	assert_true(told <= arrived);
	(void)close(fd);
	tl_rx_close(rx);
}

static void
answers_from_the_address_that_was_asked(const char *listen, const char *asked)
{
	tl_rx *rx = open_rx(listen, NULL, 0);
	int fd = connect_to(asked, rx, 0); /* takes datagrams from |asked| only */
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char got[16];
	tl_batch *b;

	send_bytes(fd, "one", 3);
	b = recv_batch(rx, WAIT_MS);
	assert_int_equal(b->n, 1);
	b->reply[0] = (tl_span){ (const uint8_t *)"reply", 5 };
	tl_rx_send(rx, b);
	assert_int_equal(tl_rx_unsent(rx), 0);
	assert_int_equal(poll(&p, 1, WAIT_MS), 1);
	assert_int_equal(recv(fd, got, sizeof got, 0), 5);
	assert_memory_equal(got, "reply", 5);
	assert_int_equal(
	    tl_rx_send_one(rx, 0, &b->in[0], (tl_span){ (const uint8_t *)"later", 5 }),
	    TL_OK);
	assert_int_equal(poll(&p, 1, WAIT_MS), 1);
	assert_int_equal(recv(fd, got, sizeof got, 0), 5);
	assert_memory_equal(got, "later", 5);
	(void)close(fd);
	tl_rx_close(rx);
}

static void
answers_v4_from_the_address_that_was_asked(void **state)
{
	(void)state;
	answers_from_the_address_that_was_asked("udp:0.0.0.0:0", "127.0.0.2");
	answers_from_the_address_that_was_asked("udp:0.0.0.0:0", "127.9.8.7");
	answers_from_the_address_that_was_asked("udp:127.0.0.4:0", "127.0.0.4");
}

static void
answers_v6_from_the_address_that_was_asked(void **state)
{
	(void)state;
	if (!has_v6())
		return;
	answers_from_the_address_that_was_asked("udp:[::]:0", "::1");
	answers_from_the_address_that_was_asked("udp6:[::1]:0", "::1");
}

static void
sends_only_the_replies_that_are_set(void **state)
{
	tl_rx *rx = open_rx("udp:127.0.0.1:0", NULL, 0);
	int fd = connect_to("127.0.0.1", rx, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint8_t digit, got[4];
	unsigned have = 0;
	tl_batch *b;
	(void)state;

	for (digit = '0'; digit <= '9'; digit++)
		send_bytes(fd, &digit, 1);
	while (have < 10) {
		b = recv_batch(rx, WAIT_MS);
		assert_true(b->n > 0);
		have += b->n;
		for (unsigned i = 0; i < b->n; i++)
			if ((*b->in[i].bytes.ptr & 1) != 0)
				b->reply[i] = b->in[i].bytes;
		tl_rx_send(rx, b);
	}
	for (digit = '1'; digit <= '9'; digit += 2) {
		assert_int_equal(poll(&p, 1, WAIT_MS), 1);
		assert_int_equal(recv(fd, got, sizeof got, 0), 1);
		assert_int_equal(got[0], digit);
	}
	assert_int_equal(recv(fd, got, sizeof got, MSG_DONTWAIT), -1);
	(void)close(fd);
	tl_rx_close(rx);
}

static void
counts_what_the_socket_does_not_take(void **state)
{
	static uint8_t big[70000];
	tl_rx *rx = open_rx("udp:127.0.0.1:0", NULL, 0);
	int fd = connect_to("127.0.0.1", rx, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char got[4];
	tl_batch *b;
	(void)state;

	send_bytes(fd, "a", 1);
	b = recv_batch(rx, WAIT_MS);
	b->n = 3;
	b->in[1] = b->in[2] = b->in[0];
	b->reply[0] = (tl_span){ big, sizeof big }; /* EMSGSIZE */
	b->reply[1] = (tl_span){ (const uint8_t *)"ok", 2 };
	b->reply[2] = (tl_span){ big, sizeof big };
	tl_rx_send(rx, b);
	assert_int_equal(tl_rx_unsent(rx), 2);
	assert_int_equal(poll(&p, 1, WAIT_MS), 1);
	assert_int_equal(recv(fd, got, sizeof got, 0), 2);
	errno = 0;
	assert_int_equal(tl_rx_send_one(rx, 0, &b->in[0], b->reply[0]), TL_EIO);
	assert_int_equal(errno, EMSGSIZE);
	(void)close(fd);
	tl_rx_close(rx);
}

/* Many small ones: batches are filled, say so, and keep the order. */
static void
fills_batches_in_order(void **state)
{
	enum { COUNT = 3 * TL_RX_BATCH + 5 };
	tl_rx *rx = open_rx("udp:127.0.0.1:0", NULL, 0);
	int fd = connect_to("127.0.0.1", rx, 0);
	uint32_t next = 0;
	(void)state;

	for (uint32_t i = 0; i < COUNT; i++)
		send_bytes(fd, &i, sizeof i);
	while (next < COUNT) {
		tl_batch *b = recv_batch(rx, WAIT_MS);
		assert_true(b->n > 0);
		assert_int_equal(b->more, b->n == TL_RX_BATCH);
		for (unsigned i = 0; i < b->n; i++, next++) {
			assert_int_equal(b->in[i].bytes.len, sizeof next);
			assert_memory_equal(b->in[i].bytes.ptr, &next, sizeof next);
		}
	}
	(void)close(fd);
	tl_rx_close(rx);
}

static void
takes_datagrams_of_every_size(void **state)
{
	static uint8_t bytes[65527];
	static const size_t sizes[] = { 0, 1, 1472, 1473, 65507 };
	tl_rx *rx = open_rx("udp:127.0.0.1:0", NULL, 0);
	int fd = connect_to("127.0.0.1", rx, 0);
	(void)state;

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 31 >> 3);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		send_bytes(fd, bytes, sizes[i]);
		tl_batch *b = recv_batch(rx, WAIT_MS);
		assert_int_equal(b->n, 1);
		assert_int_equal(b->in[0].bytes.len, sizes[i]);
		assert_memory_equal(b->in[0].bytes.ptr, bytes, sizes[i]);
	}
	(void)close(fd);
	tl_rx_close(rx);
}

/* IPv6 carries 20 bytes more than IPv4: they come whole, for the engine to refuse. */
static void
shows_the_length_of_what_is_longer_than_allowed(void **state)
{
	static uint8_t bytes[65527];
	(void)state;

	if (!has_v6())
		return;
	tl_rx *rx = open_rx("udp:[::1]:0", NULL, 0);
	int fd = connect_to("::1", rx, 0);
	send_bytes(fd, bytes, sizeof bytes);
	tl_batch *b = recv_batch(rx, WAIT_MS);
	assert_int_equal(b->n, 1);
	assert_int_equal(b->in[0].bytes.len, sizeof bytes);
	assert_true(b->in[0].bytes.len > TL_DATAGRAM_MAX);
	(void)close(fd);
	tl_rx_close(rx);
}

/* A busy socket leaves the other one its turn. */
static void
sockets_take_turns(void **state)
{
	tl_rx *rx = open_rx("udp:127.0.0.1:0", "udp:127.0.0.1:0", 0);
	int busy = connect_to("127.0.0.1", rx, 0), quiet = connect_to("127.0.0.1", rx, 1);
	bool seen = false;
	(void)state;

	assert_int_equal(tl_rx_count(rx), 2);
	for (unsigned i = 0; i < 3 * TL_RX_BATCH; i++)
		send_bytes(busy, "b", 1);
	send_bytes(quiet, "q", 1);
	for (int turn = 0; turn < 2; turn++) {
		tl_batch *b = recv_batch(rx, WAIT_MS);
		assert_true(b->n > 0);
		seen |= b->socket == 1 && *b->in[0].bytes.ptr == 'q';
	}
	assert_true(seen);
	(void)close(busy);
	(void)close(quiet);
	tl_rx_close(rx);
}

static void
both_families_listen_side_by_side(void **state)
{
	(void)state;
	if (!has_v6())
		return;
	tl_rx *rx = open_rx("udp:127.0.0.1:0", "udp:[::1]:0", 0);
	int v4 = connect_to("127.0.0.1", rx, 0), v6 = connect_to("::1", rx, 1);
	unsigned seen = 0;

	send_bytes(v4, "4", 1);
	send_bytes(v6, "6", 1);
	for (int i = 0; i < 2; i++) {
		tl_batch *b = recv_batch(rx, WAIT_MS);
		assert_int_equal(b->n, 1);
		assert_int_equal(*b->in[0].bytes.ptr, b->socket == 0 ? '4' : '6');
		assert_int_equal(tl_endpoint_is_v4(&b->in[0].from), b->socket == 0);
		assert_int_equal(tl_endpoint_is_v4(&b->in[0].to), b->socket == 0);
		assert_int_equal(b->in[0].from.port, port_of(b->socket == 0 ? v4 : v6));
		seen |= 1u << b->socket;
	}
	assert_int_equal(seen, 3);
	(void)close(v4);
	(void)close(v6);
	tl_rx_close(rx);
}

static void
a_timeout_gives_nothing(void **state)
{
	tl_rx *rx = open_rx("udp:127.0.0.1:0", NULL, 0);
	(void)state;

	assert_int_equal(recv_batch(rx, 0)->n, 0);
	assert_int_equal(recv_batch(rx, 1)->n, 0);
	tl_rx_close(rx);
}

static void
on_alarm(int signal)
{
	(void)signal;
}

static void
a_signal_ends_the_wait(void **state)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerspec soon = { .it_value.tv_nsec = 10000000 };
	tl_rx *rx = open_rx("udp:127.0.0.1:0", NULL, 0);
	timer_t timer;
	(void)state;

	assert_int_equal(sigaction(SIGALRM, &sa, NULL), 0);
	assert_int_equal(timer_create(CLOCK_MONOTONIC, NULL, &timer), 0);
	soon.it_interval = soon.it_value;
	assert_int_equal(timer_settime(timer, 0, &soon, NULL), 0);
	assert_int_equal(recv_batch(rx, -1)->n, 0);
	assert_int_equal(timer_delete(timer), 0);
	tl_rx_close(rx);
}

static void
a_watched_descriptor_ends_the_wait(void **state)
{
	tl_rx *rx = open_rx("udp:127.0.0.1:0", NULL, 0);
	int ends[2], fd = connect_to("127.0.0.1", rx, 0);
	(void)state;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(tl_rx_watch(rx, ends[0]), TL_OK);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(recv_batch(rx, -1)->n, 0);
	send_bytes(fd, "a", 1); /* readable still, it hides no datagram */
	assert_int_equal(recv_batch(rx, -1)->n, 1);
	assert_int_equal(tl_rx_watch(rx, ends[0]), TL_EIO); /* already */
	(void)close(ends[0]);
	(void)close(ends[1]);
	(void)close(fd);
	tl_rx_close(rx);
}

/* An answer to a port that nobody has any more brings an ICMP error, not an end. */
static void
an_icmp_error_passes(void **state)
{
	tl_rx *rx = open_rx("udp:127.0.0.1:0", NULL, 0);
	int gone = connect_to("127.0.0.1", rx, 0), fd = connect_to("127.0.0.1", rx, 0);
	tl_batch *b;
	(void)state;

	send_bytes(gone, "a", 1);
	b = recv_batch(rx, WAIT_MS);
	(void)close(gone);
	b->reply[0] = (tl_span){ (const uint8_t *)"x", 1 };
	tl_rx_send(rx, b);
	send_bytes(fd, "b", 1);
	do
		b = recv_batch(rx, WAIT_MS);
	while (b->n == 0);
	assert_int_equal(*b->in[0].bytes.ptr, 'b');
	(void)close(fd);
	tl_rx_close(rx);
}

static unsigned
drain(tl_rx *rx)
{
	unsigned got = 0, n;

	while ((n = recv_batch(rx, 0)->n) > 0)
		got += n;
	return got;
}

/* Nothing vanishes: what does not fit the receive buffer is counted. */
static void
received_and_lost_make_what_was_sent(void **state)
{
	enum { COUNT = 1000 };
	tl_rx *rx = open_rx("udp:127.0.0.1:0", NULL, 4096);
	int fd = connect_to("127.0.0.1", rx, 0);
	uint64_t received, told, lost;
	(void)state;

	for (int i = 0; i < COUNT; i++)
		send_bytes(fd, "0123456789", 10);
	received = drain(rx);
	assert_in_range(received, 1, COUNT - 1);
	lost = tl_rx_lost(rx, 0); /* the last losses, which no datagram has told */
	assert_int_equal(received + lost, COUNT);

	/* The next datagram tells the same number: it is counted once. */
	send_bytes(fd, "x", 1);
	received = drain(rx);
	assert_int_equal(received, 1);
	assert_int_equal(tl_rx_lost(rx, 0), lost);
	told = tl_rx_new_losses(rx, 0);
	assert_int_equal(told, lost);
	assert_int_equal(tl_rx_new_losses(rx, 0), 0);
	(void)close(fd);
	tl_rx_close(rx);
}

/* Without asking the kernel, the next datagram tells of the losses before it, and all
 * else that one without losses tells. */
static void
a_datagram_tells_of_losses(const char *listen, const char *to)
{
	enum { COUNT = 1000 };
	tl_rx *rx = open_rx(listen, NULL, 4096);
	int fd = connect_to(to, rx, 0);
	int64_t before = tl_now_realtime_ns();
	tl_endpoint local = tl_rx_local(rx, 0);
	uint64_t received;
	tl_batch *b;

	for (int i = 0; i < COUNT; i++)
		send_bytes(fd, "0123456789", 10);
	received = drain(rx);
	send_bytes(fd, "x", 1);
	b = recv_batch(rx, WAIT_MS);
	assert_int_equal(b->n, 1);
	assert_in_range(b->in[0].realtime_ns, before, tl_now_realtime_ns());
	assert_int_equal(b->in[0].from.port, port_of(fd));
	assert_memory_equal(b->in[0].to.addr, local.addr, sizeof local.addr);
	assert_int_equal(b->in[0].to.scope, 0);
	assert_int_equal(b->in[0].to.port, local.port);
	assert_int_equal(received + tl_rx_new_losses(rx, 0), COUNT);
	assert_int_equal(tl_rx_new_losses(rx, 0), 0);
	(void)close(fd);
	tl_rx_close(rx);
}

static void
a_datagram_tells_of_losses_of_both_families(void **state)
{
	(void)state;
	a_datagram_tells_of_losses("udp:127.0.0.1:0", "127.0.0.1");
	if (has_v6())
		a_datagram_tells_of_losses("udp:[::1]:0", "::1");
}

/* A datagram that waited tells an older number than the kernel did when it was asked. */
static void
an_older_number_of_losses_changes_nothing(void **state)
{
	enum { COUNT = 500 };
	tl_rx *rx = open_rx("udp:127.0.0.1:0", NULL, 4096);
	int fd = connect_to("127.0.0.1", rx, 0);
	uint64_t received = 0;
	(void)state;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < COUNT; i++)
			send_bytes(fd, "0123456789", 10);
		if (round == 1)
			(void)tl_rx_lost(rx, 0);
		received += drain(rx);
	}
	assert_int_equal(received + tl_rx_lost(rx, 0), 2 * COUNT);
	(void)close(fd);
	tl_rx_close(rx);
}

static void
says_which_address_failed_and_why(void **state)
{
	const char *const bad_format[] = { "udp:127.0.0.1:0", "nonsense", NULL };
	const char *const not_ours[] = { "udp:192.0.2.1:0", NULL };
	char taken[32];
	const char *const twice[] = { "udp:127.0.0.1:0", "udp:127.0.0.1:0", taken, NULL };
	tl_rx *rx, *other = open_rx("udp:127.0.0.1:0", NULL, 0);
	size_t bad = 99;
	(void)state;

	assert_int_equal(tl_rx_open(bad_format, 0, &rx, &bad), TL_EFORMAT);
	assert_int_equal(bad, 1);
	errno = 0;
	assert_int_equal(tl_rx_open(not_ours, 0, &rx, &bad), TL_EIO);
	assert_int_equal(errno, EADDRNOTAVAIL);
	assert_int_equal(bad, 0);
	(void)snprintf(taken, sizeof taken, "127.0.0.1:%u", tl_rx_local(other, 0).port);
	assert_int_equal(tl_rx_open(twice, 0, &rx, &bad), TL_EIO);
	assert_int_equal(errno, EADDRINUSE);
	assert_int_equal(bad, 2);
	tl_rx_close(other);
	tl_rx_close(NULL);
}

/* A receive buffer of the size asked for, or as near as is allowed. */
static void
tells_the_receive_buffer_granted(void **state)
{
	tl_rx *small = open_rx("udp:127.0.0.1:0", NULL, 8192);
	tl_rx *large = open_rx("udp:127.0.0.1:0", NULL, SIZE_MAX);
	(void)state;

	assert_int_equal(tl_rx_rcvbuf_bytes(small, 0), 2 * 8192);
	assert_true(tl_rx_rcvbuf_bytes(large, 0) > 65536);
	tl_rx_close(small);
	tl_rx_close(large);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_bytes_addresses_and_times),
		cmocka_unit_test(gives_the_time_of_arrival),
		cmocka_unit_test(answers_v4_from_the_address_that_was_asked),
		cmocka_unit_test(answers_v6_from_the_address_that_was_asked),
		cmocka_unit_test(sends_only_the_replies_that_are_set),
		cmocka_unit_test(counts_what_the_socket_does_not_take),
		cmocka_unit_test(fills_batches_in_order),
		cmocka_unit_test(takes_datagrams_of_every_size),
		cmocka_unit_test(shows_the_length_of_what_is_longer_than_allowed),
		cmocka_unit_test(sockets_take_turns),
		cmocka_unit_test(both_families_listen_side_by_side),
		cmocka_unit_test(a_timeout_gives_nothing),
		cmocka_unit_test(a_signal_ends_the_wait),
		cmocka_unit_test(a_watched_descriptor_ends_the_wait),
		cmocka_unit_test(an_icmp_error_passes),
		cmocka_unit_test(received_and_lost_make_what_was_sent),
		cmocka_unit_test(a_datagram_tells_of_losses_of_both_families),
		cmocka_unit_test(an_older_number_of_losses_changes_nothing),
		cmocka_unit_test(says_which_address_failed_and_why),
		cmocka_unit_test(tells_the_receive_buffer_granted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
