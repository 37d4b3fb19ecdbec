/* io/manager.c: trapline/io.h's manager, which puts a sender, a socket and an engine of
 * our own together for a program that wants to send notifications and no more. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "io/link.h"
#include "io/origin.h"
#include "sys/clock.h"

enum { NS_PER_MS = 1000000, RECEIVE_MAX = 256 };

struct tl_manager {
	tl_sender *sender;
	tl_link link;
	tl_watch *watch;
	void *watch_data;
	tl_endpoint answerer; /* where the last answer came from; the peer before */
	uint8_t out[TL_SENDER_BUFFER_BYTES];
	uint8_t in[TL_DATAGRAM_MAX + 1];
};

static tl_err
make_sender(tl_manager *m, const tl_manager_options *o)
{
	tl_sender_options opt = o->sender;
	tl_err err = TL_OK;

	if (opt.start_ns == 0)
		opt.start_ns = tl_now_monotonic_ns();
	if (!opt.has_agent_address && tl_endpoint_is_v4(&m->link.local)) {
		opt.has_agent_address = true;
		memcpy(opt.agent_address, m->link.local.addr + 12, 4);
	}
	if (opt.version == 3 && opt.engine.engine_id_len == 0)
		err = tl_origin_open(o->state_dir, &opt.engine);
	else if (opt.engine.engine_id_len > 0 && opt.engine.boots == 0)
		tl_origin_clock(&opt.engine);
	return err == TL_OK ? tl_sender_new(&opt, &m->sender) : err;
}

tl_err
tl_manager_open(
    const char *host, uint16_t port, const tl_manager_options *opt, tl_manager **out)
{
	static const tl_manager_options defaults;
	const tl_manager_options *o = opt != NULL ? opt : &defaults;
	tl_manager *m = calloc(1, sizeof *m);

	if (m == NULL)
		return TL_ENOMEM;
	m->link.fd = -1;
	tl_err err = tl_link_open(&m->link, host, port, o);
	if (err == TL_OK)
		err = make_sender(m, o);
	if (err != TL_OK) {
		tl_manager_close(m);
		return err;
	}
	m->answerer = m->link.peer;
	m->watch = o->watch;
	m->watch_data = o->watch_data;
	*out = m;
	return TL_OK;
}

void
tl_manager_close(tl_manager *m)
{
	if (m == NULL)
		return;
	tl_link_close(&m->link);
	tl_sender_free(m->sender);
	free(m);
}

static tl_err
send_message(tl_manager *m, tl_span message)
{
	if (m->watch != NULL)
		m->watch(m->watch_data, true, message, &m->link.peer);
	return tl_link_send(&m->link, message);
}

static tl_err
flush(tl_manager *m)
{
	tl_buf room = { .ptr = m->out, .cap = sizeof m->out };
	tl_span message;
	tl_err err = TL_OK;

	while (err == TL_OK && tl_sender_next_output(m->sender, tl_now_monotonic_ns(),
				   &room, &message) == TL_OK)
		err = send_message(m, message);
	return err;
}

static uint64_t
answers(const tl_manager *m)
{
	const tl_send_counters *c = tl_sender_counters(m->sender);

	return c->answers + c->reports;
}

static tl_err
take_in(tl_manager *m, tl_span bytes, const tl_endpoint *from)
{
	uint64_t before = answers(m);

	if (m->watch != NULL)
		m->watch(m->watch_data, false, bytes, from);
	tl_err err = tl_sender_input(m->sender, bytes, tl_now_monotonic_ns());

	if (answers(m) > before) {
		m->link.nobody = false;
		m->answerer = *from;
	}
	return err;
}

/* Takes in what has come, from whomever; of a flood not more than leaves time for the
 * rest. */
static tl_err
receive(tl_manager *m)
{
	tl_buf room = { .ptr = m->in, .cap = sizeof m->in };
	tl_endpoint from;
	tl_span bytes;
	tl_err err = TL_OK;

	for (int i = 0; i < RECEIVE_MAX && err == TL_OK; i++) {
		err = tl_link_receive(&m->link, &room, &bytes, &from);
		if (err == TL_OK)
			err = take_in(m, bytes, &from);
	}
	return err == TL_ENOTFOUND ? TL_OK : err;
}

static tl_err
work(tl_manager *m)
{
	tl_err err = flush(m);

	if (err == TL_OK)
		err = receive(m);
	return err == TL_OK ? flush(m) : err;
}

/* Milliseconds from now to |at_ns|, rounded up; -1 for INT64_MAX. */
static int
ms_until(int64_t at_ns)
{
	int64_t now_ns = tl_now_monotonic_ns();

	if (at_ns == INT64_MAX)
		return -1;
	if (at_ns <= now_ns)
		return 0;
	int64_t ms = (at_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS;
	return ms < INT32_MAX ? (int)ms : INT32_MAX;
}

static int64_t
deadline_of(int timeout_ms)
{
	if (timeout_ms < 0)
		return INT64_MAX;
	return tl_now_monotonic_ns() + (int64_t)timeout_ms * NS_PER_MS;
}

/* Waits for an answer, or until something is due. TL_ETIMEOUT at the deadline, and after
 * a signal. */
static tl_err
wait_for_answer(tl_manager *m, int64_t deadline_ns)
{
	struct pollfd readable = { .fd = m->link.fd, .events = POLLIN };
	int64_t due_ns = tl_sender_next_timeout_ns(m->sender);

	if (tl_now_monotonic_ns() >= deadline_ns)
		return TL_ETIMEOUT;
	int rc =
	    poll(&readable, 1, ms_until(due_ns < deadline_ns ? due_ns : deadline_ns));
	if (rc < 0)
		return errno == EINTR ? TL_ETIMEOUT : TL_EIO;
	return TL_OK;
}

/* Says more about a result than the sender can know. */
static void
explain(const tl_manager *m, tl_err err, tl_send_result *result)
{
	if (err != TL_OK && err != TL_ETIMEOUT) { /* it is not that nobody answered */
		result->err = err;
		result->why = "";
	}
	if (result->err == TL_ETIMEOUT && m->link.nobody)
		result->why = "no answer: nothing listens on that port";
}

tl_err
tl_manager_send_trap(tl_manager *m, const tl_outgoing *trap)
{
	tl_buf room = { .ptr = m->out, .cap = sizeof m->out };
	tl_outgoing out = *trap;
	tl_span message;

	out.kind = TL_TRAP;
	tl_err err = tl_sender_encode_trap(
	    m->sender, &out, tl_now_monotonic_ns(), &room, &message);
	return err == TL_OK ? send_message(m, message) : err;
}

tl_err
tl_manager_submit(tl_manager *m, const tl_outgoing *out, uint64_t *ticket)
{
	tl_err err = tl_sender_notify(m->sender, out, tl_now_monotonic_ns(), ticket);

	return err == TL_OK ? flush(m) : err;
}

tl_err
tl_manager_send_inform(
    tl_manager *m, const tl_outgoing *inform, int timeout_ms, tl_send_result *result)
{
	int64_t deadline_ns = deadline_of(timeout_ms);
	tl_outgoing out = *inform;
	tl_send_result own;
	uint64_t ticket;

	out.kind = TL_INFORM;
	tl_err err = tl_sender_notify(m->sender, &out, tl_now_monotonic_ns(), &ticket);
	if (err != TL_OK)
		return err;
	err = work(m);
	while (err == TL_OK && !tl_sender_take_result(m->sender, ticket, &own)) {
		err = wait_for_answer(m, deadline_ns);
		if (err == TL_OK)
			err = work(m);
	}
	if (err != TL_OK)
		(void)tl_sender_cancel(m->sender, ticket, tl_now_monotonic_ns(), &own);
	explain(m, err, &own);
	if (result != NULL)
		*result = own;
	return err != TL_OK ? err : own.err;
}

tl_err
tl_manager_poll(tl_manager *m, int timeout_ms, tl_send_result *result)
{
	int64_t deadline_ns = deadline_of(timeout_ms);
	tl_err err = work(m);

	while (err == TL_OK && !tl_sender_next_result(m->sender, result)) {
		if (tl_sender_outstanding(m->sender) == 0)
			return TL_ENOTFOUND;
		err = wait_for_answer(m, deadline_ns);
		if (err == TL_OK)
			err = work(m);
	}
	if (err == TL_OK)
		explain(m, err, result);
	return err;
}

int
tl_manager_fd(const tl_manager *m)
{
	return m->link.fd;
}

int
tl_manager_timeout_ms(const tl_manager *m)
{
	if (tl_sender_next_result(m->sender, NULL))
		return 0;
	return ms_until(tl_sender_next_timeout_ns(m->sender));
}

tl_endpoint
tl_manager_peer(const tl_manager *m)
{
	return m->link.peer;
}

tl_endpoint
tl_manager_answerer(const tl_manager *m)
{
	return m->answerer;
}

tl_endpoint
tl_manager_local(const tl_manager *m)
{
	return m->link.local;
}

tl_sender *
tl_manager_sender(tl_manager *m)
{
	return m->sender;
}
