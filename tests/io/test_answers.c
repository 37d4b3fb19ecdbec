/* The manager against a receiver that loses, delays, repeats and changes its answers, or
 * sends them from another address; v2c and v3, in one thread. */
#include "../base/unit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "trapline/io.h"

enum { TIMEOUT_MS = 40 };

static const uint8_t cold_start_ber[] = { 0x2b, 6, 1, 6, 3, 1, 1, 5, 1 };
static const tl_outgoing cold_start = { .kind = TL_INFORM,
	.trap_oid = { cold_start_ber, sizeof cold_start_ber } };

typedef struct peer peer;

/* What the peer does with its |answer| to datagram number |number|, from 1. */
typedef void script(peer *p, int number, tl_span answer);

struct peer {
	int front, elsewhere; /* what is sent to, and another address */
	struct sockaddr_in at, asker;
	tl_engine *e;
	tl_arena *arena;
	script *run;
	int count;
	uint64_t informs, duplicates;
	uint8_t held[2048];
	size_t held_len;
};

static int
open_socket(uint32_t address, struct sockaddr_in *at)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t len = sizeof *at;

	*at = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(address) };
	assert_int_equal(bind(fd, (struct sockaddr *)at, sizeof *at), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)at, &len), 0);
	return fd;
}

static tl_user
noc(void)
{
	return (tl_user){ .name = LIT("noc"),
		.auth = TL_AUTH_SHA256,
		.auth_secret = { TL_SECRET_PASSPHRASE, LIT("maplesyrup") },
		.priv = TL_PRIV_AES128,
		.priv_secret = { TL_SECRET_PASSPHRASE, LIT("pancakes12") } };
}

static void
peer_open(peer *p, script *run)
{
	const tl_engine_options opt = {
		.engine_id = LIT("\x80\0\0\0\1peer"), .boots = 7, .start_ns = -1000000000
	};
	const tl_user user = noc();
	struct sockaddr_in ignored;

	*p = (peer){ .run = run };
	p->front = open_socket(INADDR_LOOPBACK + 1, &p->at);
	p->elsewhere = open_socket(INADDR_LOOPBACK + 2, &ignored);
	assert_int_equal(tl_engine_new(&opt, &p->e), TL_OK);
	assert_int_equal(tl_engine_add_user(p->e, &user), TL_OK);
	assert_int_equal(tl_arena_new(1 << 20, &p->arena), TL_OK);
}

static void
peer_close(peer *p)
{
	(void)close(p->front);
	(void)close(p->elsewhere);
	tl_engine_free(p->e);
	tl_arena_free(p->arena);
}

static void
answer(peer *p, int fd, tl_span bytes)
{
	if (bytes.len > 0)
		assert_int_equal(sendto(fd, bytes.ptr, bytes.len, 0,
				     (struct sockaddr *)&p->asker, sizeof p->asker),
		    bytes.len);
}

/* Takes what has come, and lets the script answer. */
static void
peer_work(peer *p)
{
	uint8_t in[2048];
	socklen_t len = sizeof p->asker;
	ssize_t n;

	while ((n = recvfrom(p->front, in, sizeof in, 0, (struct sockaddr *)&p->asker,
		    &len)) > 0) {
		const tl_datagram d = { .bytes = { in, (size_t)n } };
		tl_event ev;
		tl_arena_reset(p->arena);
		assert_int_equal(tl_engine_input(p->e, &d, p->arena, &ev), TL_OK);
		tl_span reply = ev.reply;
		if (ev.kind == TL_EV_NOTIFICATION)
			assert_int_equal(
			    tl_engine_ack(p->e, ev.n, 0, p->arena, &reply), TL_OK);
		p->run(p, ++p->count, reply);
	}
	p->informs = tl_engine_counters(p->e)->informs;
	p->duplicates = tl_engine_counters(p->e)->duplicates;
}

static void
honest(peer *p, int number, tl_span reply)
{
	(void)number;
	answer(p, p->front, reply);
}

static void
loses_two(peer *p, int number, tl_span reply)
{
	if (number > 2)
		answer(p, p->front, reply);
}

static void
late(peer *p, int number, tl_span reply)
{
	(void)number;
	answer(p, p->front, (tl_span){ p->held, p->held_len });
	memcpy(p->held, reply.ptr, reply.len);
	p->held_len = reply.len;
}

static void
twice(peer *p, int number, tl_span reply)
{
	(void)number;
	answer(p, p->front, reply);
	answer(p, p->front, reply);
}

static void
from_elsewhere(peer *p, int number, tl_span reply)
{
	(void)number;
	answer(p, p->elsewhere, reply);
}

/* The answer with each of its bytes damaged in turn; then as it is. */
static void
damaged_first(peer *p, int number, tl_span reply)
{
	(void)number;
	assert_true(reply.len < sizeof p->held);
	for (size_t i = 0; i < reply.len; i++) {
		memcpy(p->held, reply.ptr, reply.len);
		p->held[i] ^= 0x20;
		answer(p, p->elsewhere, (tl_span){ p->held, reply.len });
	}
	answer(p, p->front, reply);
}

static void
never(peer *p, int number, tl_span reply)
{
	(void)p;
	(void)number;
	(void)reply;
}

/* The result of one inform. */
static tl_send_result
outcome(peer *p, tl_manager *m)
{
	struct pollfd fds[] = { { .fd = p->front, .events = POLLIN },
		{ .fd = tl_manager_fd(m), .events = POLLIN } };
	tl_send_result result;
	uint64_t ticket;

	assert_int_equal(tl_manager_submit(m, &cold_start, &ticket), TL_OK);
	for (int i = 0; i < 100000; i++) {
		tl_err err = tl_manager_poll(m, 0, &result);
		if (err == TL_OK)
			return result;
		assert_int_equal(err, TL_ETIMEOUT);
		poll(fds, 2, tl_manager_timeout_ms(m));
		peer_work(p);
	}
	fail_msg("no result");
	return result;
}

static void
open_both(peer *p, script *run, uint8_t version, tl_manager **m)
{
	const tl_user user = noc();
	const tl_manager_options opt = { .sender = { .version = version,
					     .user = version == 3 ? &user : NULL,
					     .timeout_ms = TIMEOUT_MS } };

	peer_open(p, run);
	assert_int_equal(
	    tl_manager_open("127.0.0.2", ntohs(p->at.sin_port), &opt, m), TL_OK);
}

static void
close_both(peer *p, tl_manager *m)
{
	tl_manager_close(m);
	peer_close(p);
}

static void
assert_acknowledged(const peer *p, const tl_send_result *r)
{
	assert_int_equal(r->err, TL_OK);
	assert_string_equal(r->why, "");
	assert_int_equal(p->informs, 1);
}

static void
test_once_or_twice_it_is_one_try(void **state)
{
	static script *const scripts[] = { honest, twice, from_elsewhere };
	(void)state;

	for (size_t i = 0; i < COUNT(scripts); i++)
		for (uint8_t version = 2; version <= 3; version++) {
			tl_manager *m;
			peer p;
			open_both(&p, scripts[i], version, &m);
			tl_send_result r = outcome(&p, m);
			assert_acknowledged(&p, &r);
			assert_int_equal(r.tries, 1 + p.duplicates);
			r = outcome(&p, m); /* what came twice is no answer to the next */
			assert_int_equal(r.err, TL_OK);
			assert_int_equal(p.informs, 2);
			close_both(&p, m);
		}
}

static void
test_the_first_two_lost_it_is_asked_again(void **state)
{
	(void)state;
	for (uint8_t version = 2; version <= 3; version++) {
		tl_manager *m;
		peer p;
		open_both(&p, loses_two, version, &m);
		tl_send_result r = outcome(&p, m);
		assert_acknowledged(&p, &r);
		if (version == 2)
			assert_true(r.tries >= 3);
		close_both(&p, m);
	}
}

static void
test_later_than_the_timeout_it_counts_and_the_event_came_once(void **state)
{
	(void)state;
	for (uint8_t version = 2; version <= 3; version++) {
		tl_manager *m;
		peer p;
		open_both(&p, late, version, &m);
		tl_send_result r = outcome(&p, m);
		assert_acknowledged(&p, &r);
		assert_true(r.tries >= 2);
		assert_true(p.duplicates > 0);
		close_both(&p, m);
	}
}

static void
test_from_another_address_it_counts_and_the_address_is_told(void **state)
{
	(void)state;
	for (uint8_t version = 2; version <= 3; version++) {
		tl_manager *m;
		peer p;
		open_both(&p, from_elsewhere, version, &m);
		tl_endpoint at = tl_manager_answerer(m), to = tl_manager_peer(m);
		assert_memory_equal(at.addr, to.addr, sizeof at.addr);
		tl_send_result r = outcome(&p, m);
		assert_acknowledged(&p, &r);
		at = tl_manager_answerer(m);
		assert_memory_equal(at.addr + 12, "\x7f\0\0\3", 4);
		to = tl_manager_peer(m);
		assert_memory_equal(to.addr + 12, "\x7f\0\0\2", 4);
		close_both(&p, m);
	}
}

static void
test_damaged_it_does_not_count(void **state)
{
	tl_manager *m;
	peer p;
	(void)state;

	open_both(&p, damaged_first, 3, &m);
	tl_send_result r = outcome(&p, m);
	assert_acknowledged(&p, &r);
	tl_endpoint at = tl_manager_answerer(m);
	assert_memory_equal(at.addr + 12, "\x7f\0\0\2", 4);
	close_both(&p, m);
}

static void
test_never_it_is_a_timeout_after_all_tries(void **state)
{
	(void)state;
	for (uint8_t version = 2; version <= 3; version++) {
		tl_manager *m;
		peer p;
		open_both(&p, never, version, &m);
		tl_send_result r = outcome(&p, m);
		assert_int_equal(r.err, TL_ETIMEOUT);
		assert_int_equal(r.tries, version == 2 ? 6 : 0);
		assert_int_equal(p.informs, version == 2 ? 1 : 0);
		assert_int_equal(tl_sender_outstanding(tl_manager_sender(m)), 0);
		close_both(&p, m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once_or_twice_it_is_one_try),
		cmocka_unit_test(test_the_first_two_lost_it_is_asked_again),
		cmocka_unit_test(
		    test_later_than_the_timeout_it_counts_and_the_event_came_once),
		cmocka_unit_test(
		    test_from_another_address_it_counts_and_the_address_is_told),
		cmocka_unit_test(test_damaged_it_does_not_count),
		cmocka_unit_test(test_never_it_is_a_timeout_after_all_tries),
	};

	return cmocka_run_group_tests_name("an answer", tests, NULL, NULL);
}
