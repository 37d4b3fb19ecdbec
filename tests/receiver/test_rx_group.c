/* Sockets that share an address: one sender's datagrams all come to one receiver, and
 * sockets move between receivers while they are open. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "receiver/address.h"
#include "receiver/rx_group.h"

enum { RECEIVERS = 3, SENDERS = 12 };

static const char *const one[] = { "udp:127.0.0.1:0", NULL };
static const unsigned tag = 7;

static void
open_group(tl_rx **rx, bool *steered)
{
	tl_rx_group g = {
		.listen = one, .tags = &tag, .count = RECEIVERS, .alone = true
	};
	size_t bad;

	assert_int_equal(tl_rx_open_group(&g, rx, &bad), TL_OK);
	*steered = g.steered;
}

static void
send_from(unsigned last, const tl_endpoint *to)
{
	struct sockaddr_in from = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(0x7f000000u + last) };
	tl_sockaddr at;
	socklen_t len = tl_endpoint_sockaddr(to, AF_INET, &at);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (const struct sockaddr *)&from, sizeof from), 0);
	assert_int_equal(sendto(fd, "x", 1, 0, &at.any, len), 1);
	close(fd);
}

static void
close_all(tl_rx **rx)
{
	for (int i = 0; i < RECEIVERS; i++)
		tl_rx_close(rx[i]);
}

/* Which receiver has something; it is taken. -1: none. */
static int
who_got_it(tl_rx **rx, tl_batch *b)
{
	for (int i = 0; i < RECEIVERS; i++) {
		assert_int_equal(tl_rx_recv(rx[i], 0, b), TL_OK);
		if (b->n > 0)
			return i;
	}
	return -1;
}

static void
test_one_sender_stays_with_one_receiver(void **state)
{
	tl_rx *rx[RECEIVERS];
	tl_batch *b = test_malloc(sizeof *b);
	bool steered, used[RECEIVERS] = { false };

	(void)state;
	open_group(rx, &steered);
	tl_endpoint at = tl_rx_local(rx[0], 0);
	assert_int_equal(tl_rx_local(rx[2], 0).port, at.port);
	for (unsigned sender = 2; steered && sender < 2 + SENDERS; sender++) {
		send_from(sender, &at);
		int first = who_got_it(rx, b);
		assert_true(first >= 0);
		used[first] = true;
		for (int again = 0; again < 4; again++) {
			send_from(sender, &at);
			assert_int_equal(who_got_it(rx, b), first);
		}
	}
	if (steered)
		assert_true(used[0] + used[1] + used[2] >= 2);
	close_all(rx);
	test_free(b);
}

static void
test_an_address_of_another_is_refused_unless_shared(void **state)
{
	tl_rx *rx[RECEIVERS], *other;
	char text[64];
	bool steered;
	size_t bad;

	(void)state;
	open_group(rx, &steered);
	snprintf(text, sizeof text, "udp:127.0.0.1:%u", tl_rx_local(rx[0], 0).port);
	const char *const taken[] = { text, NULL };
	tl_rx_group g = { .listen = taken, .tags = &tag, .count = 1, .alone = true };
	assert_int_equal(tl_rx_open_group(&g, &other, &bad), TL_EIO);
	g.alone = false;
	assert_int_equal(tl_rx_open_group(&g, &other, &bad), TL_OK);
	tl_rx_close(other);
	close_all(rx);
}

/* The kernel gives a port to several that would all share it. */
static void
test_a_port_that_the_kernel_chooses_is_nobody_elses(void **state)
{
	enum { ADDRESSES = 800 };
	const char *listen[ADDRESSES + 1] = { NULL };
	unsigned tags[ADDRESSES] = { 0 };
	static bool used[65536];
	tl_rx *rx;
	size_t bad;

	(void)state;
	for (size_t i = 0; i < ADDRESSES; i++)
		listen[i] = one[0];
	for (int alone = 0; alone <= 1; alone++) {
		tl_rx_group g = {
			.listen = listen, .tags = tags, .count = 1, .alone = alone
		};
		memset(used, 0, sizeof used);
		assert_int_equal(tl_rx_open_group(&g, &rx, &bad), TL_OK);
		for (unsigned i = 0; i < ADDRESSES; i++) {
			uint16_t port = tl_rx_local(rx, i).port;
			assert_false(used[port]);
			used[port] = true;
		}
		tl_rx_close(rx);
	}
}

static void
test_sockets_move_with_what_lies_in_them(void **state)
{
	tl_rx *rx[RECEIVERS], *gone;
	tl_batch *b = test_malloc(sizeof *b);
	bool steered;
	unsigned another = 8;

	(void)state;
	open_group(rx, &steered);
	tl_endpoint at = tl_rx_local(rx[0], 0);
	assert_int_equal(tl_rx_split(rx[0], &tag, 1, &gone), TL_OK);
	assert_null(gone);
	for (unsigned sender = 2; sender < 2 + SENDERS; sender++)
		send_from(sender, &at);
	assert_int_equal(tl_rx_split(rx[0], &another, 1, &gone), TL_OK);
	assert_int_equal(tl_rx_count(rx[0]), 0);
	assert_int_equal(tl_rx_join(rx[1], gone), TL_OK);
	assert_int_equal(tl_rx_count(rx[1]), 2);
	unsigned sum = 0;
	while (who_got_it(rx, b) >= 0)
		sum += b->n;
	assert_int_equal(sum, SENDERS);
	close_all(rx);
	test_free(b);
}

static void
test_a_shut_socket_gives_what_it_has_and_takes_no_more(void **state)
{
	tl_rx *rx;
	tl_batch *b = test_malloc(sizeof *b);
	size_t bad;

	(void)state;
	assert_int_equal(tl_rx_open(one, 0, &rx, &bad), TL_OK);
	tl_endpoint at = tl_rx_local(rx, 0);
	send_from(1, &at);
	send_from(2, &at);
	tl_rx_shut(rx);
	send_from(3, &at);
	assert_int_equal(tl_rx_recv(rx, 0, b), TL_OK);
	assert_int_equal(b->n, 2);
	assert_int_equal(tl_rx_recv(rx, 0, b), TL_OK);
	assert_int_equal(b->n, 0);
	assert_int_equal(tl_rx_lost(rx, 0), 0);
	tl_rx_close(rx);
	test_free(b);
}

static void
test_a_socket_that_is_adopted_keeps_a_larger_buffer(void **state)
{
	static const char *const none[] = { NULL };
	tl_rx_group g = { .listen = none, .count = 1 };
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), bytes = 65536;
	socklen_t len = sizeof bytes;
	size_t bad;
	tl_rx *rx;

	(void)state;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, len), 0);
	assert_int_equal(tl_rx_open_group(&g, &rx, &bad), TL_OK);
	assert_int_equal(tl_rx_adopt(rx, fd, 8192, 0), TL_OK);
	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len), 0);
	assert_int_equal(bytes, 131072);
	assert_int_equal(tl_rx_rcvbuf_bytes(rx, 0), 131072);
	tl_rx_close(rx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_sender_stays_with_one_receiver),
		cmocka_unit_test(test_an_address_of_another_is_refused_unless_shared),
		cmocka_unit_test(test_a_port_that_the_kernel_chooses_is_nobody_elses),
		cmocka_unit_test(test_sockets_move_with_what_lies_in_them),
		cmocka_unit_test(test_a_shut_socket_gives_what_it_has_and_takes_no_more),
		cmocka_unit_test(test_a_socket_that_is_adopted_keeps_a_larger_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
