/* io/receiver.c: trapline/io.h's receiver, which puts the engine, the sockets and the
 * state folder together for a program that wants notifications and no more. */
#include "trapline/io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "receiver/rx.h"
#include "sys/clock.h"
#include "sys/state.h"

/* A batch at its largest fits; memory is touched as it is used. */
enum { ARENA_BYTES = 32 * 1024 * 1024 };

struct tl_receiver {
	tl_rx *rx;
	tl_state *state;
	tl_engine *engine;
	tl_arena *arena;
	bool manual_ack, refusals;
	unsigned next;                 /* datagram of the batch */
	const tl_notification *unsafe; /* given, an inform, not yet acknowledged */
	tl_batch batch;
};

static tl_err
add_credentials(tl_receiver *r, const tl_receiver_options *o)
{
	tl_err err = TL_OK;

	for (size_t i = 0; err == TL_OK && i < o->user_count; i++)
		err = tl_engine_add_user(r->engine, &o->users[i]);
	if (o->communities == NULL)
		return err;
	for (size_t i = 0; err == TL_OK && o->communities[i] != NULL; i++) {
		const char *name = o->communities[i];
		tl_span span = { (const uint8_t *)name, strlen(name) };
		err = tl_engine_add_community(r->engine, span);
	}
	return err;
}

static tl_err
make_engine(tl_receiver *r)
{
	tl_clock clock;
	tl_engine_options opt = {
		.engine_id = tl_state_engine_id(r->state),
		.boots = tl_state_boots(r->state),
		.start_ns = tl_now_monotonic_ns(),
	};
	tl_err err = tl_engine_new(&opt, &r->engine);

	while (err == TL_OK && tl_state_next_clock(r->state, &clock))
		err = tl_engine_set_clock(r->engine, &clock);
	return err;
}

static tl_err
open_parts(tl_receiver *r, const tl_receiver_options *o)
{
	static const char *const both[] = { "udp:0.0.0.0:1162", "udp:[::]:1162", NULL };
	size_t bad;
	tl_state_now now = { tl_now_realtime_ns(), tl_now_monotonic_ns() };
	tl_err err = tl_arena_new(ARENA_BYTES, &r->arena);

	if (err == TL_OK)
		err = tl_state_open(o->state_dir, o->engine_id, now, &r->state);
	if (err == TL_OK)
		err = make_engine(r);
	if (err == TL_OK)
		err = add_credentials(r, o);
	if (err == TL_OK)
		err = tl_rx_open(o->listen != NULL ? o->listen : both, 0, &r->rx, &bad);
	return err;
}

tl_err
tl_receiver_open(const tl_receiver_options *opt, tl_receiver **out)
{
	static const tl_receiver_options defaults;
	const tl_receiver_options *o = opt != NULL ? opt : &defaults;
	tl_receiver *r = calloc(1, sizeof *r);

	if (r == NULL)
		return TL_ENOMEM;
	r->manual_ack = o->manual_ack;
	r->refusals = o->refusals;
	tl_err err = open_parts(r, o);
	if (err != TL_OK) {
		int saved = errno;
		tl_receiver_close(r);
		errno = saved;
		return err;
	}
	*out = r;
	return TL_OK;
}

/* The socket that has the address |to|. */
static unsigned
socket_of(const tl_receiver *r, const tl_endpoint *to)
{
	static const uint8_t any[16], any_v4[16] = { [10] = 0xff, [11] = 0xff };
	bool v4 = memcmp(to->addr, any_v4, 12) == 0;

	for (unsigned i = 0; i < tl_rx_count(r->rx); i++) {
		tl_endpoint local = tl_rx_local(r->rx, i);
		if (local.port == to->port &&
		    (memcmp(local.addr, to->addr, 16) == 0 ||
			memcmp(local.addr, v4 ? any_v4 : any, 16) == 0))
			return i;
	}
	return 0;
}

static tl_err
reply_to(tl_receiver *r, const tl_endpoint *from, const tl_endpoint *to, tl_span reply)
{
	tl_datagram asked = { .from = *from, .to = *to };

	return tl_rx_send_one(r->rx, socket_of(r, to), &asked, reply);
}

tl_err
tl_receiver_ack(tl_receiver *r, const tl_notification *inform)
{
	size_t mark = tl_arena_mark(r->arena);
	tl_span reply;
	tl_err err =
	    tl_engine_ack(r->engine, inform, tl_now_monotonic_ns(), r->arena, &reply);

	if (inform == r->unsafe)
		r->unsafe = NULL;
	if (err == TL_OK)
		err = reply_to(r, &inform->from, &inform->to, reply);
	tl_arena_rewind(r->arena, mark); /* there may be many before the next batch */
	return err;
}

/* The caller is back: what it was given is safe. An answer that cannot be sent is asked
 * for again by the sender, and is there then; one that cannot be made is forgotten. */
static void
settle(tl_receiver *r)
{
	const tl_notification *safe = r->unsafe;
	tl_err err = TL_OK;

	if (safe != NULL && !r->manual_ack)
		err = tl_receiver_ack(r, safe);
	if (err != TL_OK && err != TL_EIO)
		tl_engine_forget(r->engine, safe);
	r->unsafe = NULL;
}

static void
keep_clocks(tl_receiver *r)
{
	tl_clock clock;

	while (tl_engine_next_clock(r->engine, &clock))
		if (tl_state_put_clock(r->state, &clock, tl_now_realtime_ns()) != TL_OK)
			return;
	/* what could not be written now is tried again with the next */
	if (tl_state_flush(r->state) != TL_OK)
		return;
}

/* Reads the next datagram of the batch; |*given| tells whether |ev| is for the caller.
 * The sender's clock is kept before: a kill in between forgets none. */
static tl_err
read_one(tl_receiver *r, tl_event *ev, bool *given)
{
	const tl_datagram *in = &r->batch.in[r->next++];
	tl_err err = tl_engine_input(r->engine, in, r->arena, ev);

	*given = false;
	if (err != TL_OK)
		return err;
	keep_clocks(r);
	/* what cannot be sent is asked for again; no peer can end the caller's loop so */
	if (ev->reply.len > 0 && reply_to(r, &in->from, &in->to, ev->reply) != TL_OK)
		ev->reply.len = 0;
	if (ev->kind == TL_EV_NOTIFICATION && ev->n->kind == TL_INFORM)
		r->unsafe = ev->n;
	*given =
	    ev->kind == TL_EV_NOTIFICATION || (ev->kind == TL_EV_REFUSED && r->refusals);
	return TL_OK;
}

static tl_err
receive(tl_receiver *r, int64_t deadline_ns)
{
	int64_t left_ns = deadline_ns - tl_now_monotonic_ns(), ms = left_ns / 1000000;

	if (deadline_ns == INT64_MAX)
		ms = -1;
	else if (ms < 0)
		ms = 0;
	tl_arena_reset(r->arena);
	r->next = 0;
	tl_err err = tl_rx_recv(r->rx, (int)ms, &r->batch);
	return err == TL_OK && r->batch.n == 0 ? TL_ETIMEOUT : err;
}

tl_err
tl_receiver_next(tl_receiver *r, int timeout_ms, tl_event *ev)
{
	int64_t deadline_ns = timeout_ms < 0
				  ? INT64_MAX
				  : tl_now_monotonic_ns() + (int64_t)timeout_ms * 1000000;
	bool given = false, looked = false;
	tl_err err = TL_OK;

	settle(r);
	while (err == TL_OK && !given) {
		if (r->next < r->batch.n) {
			err = read_one(r, ev, &given);
		} else if (looked && tl_now_monotonic_ns() >= deadline_ns) {
			err = TL_ETIMEOUT; /* though there may be more of what is not
					      given */
		} else {
			err = receive(r, deadline_ns);
			looked = true;
		}
	}
	return err;
}

int
tl_receiver_fd(const tl_receiver *r)
{
	return tl_rx_fd(r->rx);
}

tl_err
tl_receiver_local(const tl_receiver *r, size_t i, tl_endpoint *out)
{
	if (i >= tl_rx_count(r->rx))
		return TL_ENOTFOUND;
	*out = tl_rx_local(r->rx, (unsigned)i);
	return TL_OK;
}

tl_engine *
tl_receiver_engine(tl_receiver *r)
{
	return r->engine;
}

tl_err
tl_receiver_hint(tl_receiver *r, const tl_event *ev, tl_buf *out)
{
	if (ev->kind != TL_EV_REFUSED || r->next == 0)
		return TL_EINVAL;
	return tl_engine_hint(r->engine, &r->batch.in[r->next - 1], &ev->refusal, out);
}

uint64_t
tl_receiver_lost(const tl_receiver *r)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < tl_rx_count(r->rx); i++)
		sum += tl_rx_lost(r->rx, i);
	return sum;
}

void
tl_receiver_close(tl_receiver *r)
{
	if (r == NULL)
		return;
	if (r->engine != NULL && r->rx != NULL)
		settle(r);
	if (r->engine != NULL && r->state != NULL)
		keep_clocks(r);
	tl_rx_close(r->rx);
	(void)tl_state_close(r->state);
	tl_engine_free(r->engine);
	tl_arena_free(r->arena);
	free(r);
}
