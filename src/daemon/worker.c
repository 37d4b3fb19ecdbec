/* daemon/worker.c: the whole way of a packet. docs/packet-path.md tells it in words. */
#include "daemon/worker.h"

#include "base/buf.h"
#include "sys/clock.h"

enum { HINT_ROOM = 1024, COMMENT_ROOM = 256 };

/* Something of ours failed, and going on would lose events without a word. */
static void
give_up(worker *w, tl_err err)
{
	w->stop = true;
	if (w->err == TL_OK)
		w->err = err;
}

static void
check(worker *w, tl_err err)
{
	if (err != TL_OK)
		give_up(w, err);
}

/* Something beside the events failed: they go on, and it is said once. */
static void
tolerate(worker *w, tl_err err, bool *said, const char *what)
{
	if (err != TL_OK && !*said)
		notes_trouble(w->notes, err, what);
	*said = *said || err != TL_OK;
}

static void
put(worker *w, const sink_event *event)
{
	w->keeps = true;
	check(w, w->out.put(w->out.self, event));
}

static void
worker_refusal(worker *w, const tl_datagram *in, const tl_event *ev)
{
	uint8_t room[HINT_ROOM];
	tl_buf hint = { .ptr = room, .cap = sizeof room };
	const tl_refusal *r = &ev->refusal;

	if (!w->print_refusals && !notes_wants(w->notes, r, in->monotonic_ns))
		return;
	/* a hint that cannot be made leaves the refusal itself as it is */
	if (tl_engine_hint(w->engine, in, r, &hint) != TL_OK)
		hint.len = 0;
	if (w->print_refusals)
		put(w,
		    &(sink_event){ .in = in, .refusal = r, .hint = { room, hint.len } });
	else
		notes_refusal(w->notes, in, r, (tl_span){ room, hint.len });
}

/* A capture shows beside a refused datagram why it was refused. */
static void
worker_capture(worker *w, const tl_datagram *in, const tl_event *ev)
{
	uint8_t room[COMMENT_ROOM];
	tl_buf comment = { .ptr = room, .cap = sizeof room };
	const tl_diag *diag = &ev->refusal.diag;

	if (w->capture == NULL)
		return;
	if (ev->kind == TL_EV_REFUSED) {
		tl_buf_lit(&comment, "refused: ");
		tl_buf_puts(&comment, tl_err_word(diag->err));
		tl_buf_lit(&comment, " at offset ");
		tl_buf_u64(&comment, diag->offset);
		tl_buf_lit(&comment, " (");
		tl_buf_puts(&comment, diag->where);
		tl_buf_lit(&comment, ")");
	}
	tolerate(w, tl_pcap_write(w->capture, in, tl_buf_written(&comment)),
	    &w->capture_failed, "the capture is cut off here");
}

/* Writes what is kept; false if it could not be written and so is not safe. */
static bool
worker_flush(worker *w)
{
	tl_err err = w->out.flush(w->out.self);

	w->keeps = false;
	check(w, err);
	if (w->capture != NULL)
		tolerate(w, tl_pcap_flush(w->capture), &w->capture_failed,
		    "the capture is cut off here");
	return err == TL_OK;
}

/* Reads datagram |i| and hands on what it was. */
static void
worker_datagram(worker *w, unsigned i)
{
	const tl_datagram *in = &w->batch.in[i];
	tl_event ev;

	w->inform[i] = NULL;
	tl_err err = tl_engine_input(w->engine, in, w->arena, &ev);
	if (err != TL_OK) {
		w->lost++;
		tolerate(w, err, &w->memory_failed, "datagrams are lost");
		return;
	}
	w->batch.reply[i] = ev.reply;
	worker_capture(w, in, &ev);
	if (ev.kind == TL_EV_REFUSED) {
		worker_refusal(w, in, &ev);
	} else if (ev.kind == TL_EV_NOTIFICATION) {
		put(w, &(sink_event){ .n = ev.n, .in = in });
		if (w->unresolved != NULL)
			unresolved_count(w->unresolved, ev.n);
		w->inform[i] = ev.n->kind == TL_INFORM ? ev.n : NULL;
		w->left--;
	}
}

/* Acknowledges the inform at |i| if it is safe; forgets it if not, so that it may come
 * again. */
static void
worker_acknowledge(worker *w, unsigned i, bool safe)
{
	const tl_notification *inform = w->inform[i];

	if (inform == NULL)
		return;
	if (safe && w->out.is_safe != NULL)
		safe = w->out.is_safe(w->out.self, inform);
	if (!safe || tl_engine_ack(w->engine, inform, tl_now_monotonic_ns(), w->arena,
			 &w->batch.reply[i]) != TL_OK)
		tl_engine_forget(w->engine, inform);
}

/* Whether to write now: somebody waits for an answer, or there is nothing more to read,
 * or enough is kept. */
static bool
worker_must_flush(const worker *w, unsigned count)
{
	if (!w->batch.more || w->left == 0 || w->out.is_full == NULL)
		return true;
	for (unsigned i = 0; i < count; i++)
		if (w->inform[i] != NULL)
			return true;
	return w->out.is_full(w->out.self);
}

/* The kernel's losses at a socket become events of our own. */
static void
worker_losses(worker *w, unsigned socket)
{
	uint64_t count = tl_rx_new_losses(w->rx, socket);

	if (count == 0)
		return;
	tl_loss loss = { tl_rx_local(w->rx, socket), count, tl_now_realtime_ns() };
	w->lost += count;
	put(w, &(sink_event){ .loss = &loss });
}

static void
worker_clocks(worker *w)
{
	tolerate(w, clocks_keep(w->clocks, w->engine, w->thread), &w->state_failed,
	    "the state cannot be written: after a restart old "
	    "captures could be replayed");
}

/* The spine: receive, read each, hand it on, make it safe, acknowledge, answer. Clocks
 * are kept before anybody sees the events: a kill in between forgets none. */
void
worker_step(worker *w, int timeout_ms)
{
	unsigned count = 0;
	bool safe = true;

	/* what is kept is written before there is a wait */
	if (w->keeps)
		timeout_ms = 0;
	check(w, tl_rx_recv(w->rx, timeout_ms, &w->batch));
	if (w->batch.n > 0) /* else it names no socket, and datagrams tell of losses */
		worker_losses(w, w->batch.socket);
	clocks_learn(w->clocks, w->engine, w->thread);
	while (count < w->batch.n && w->left > 0 && !w->stop)
		worker_datagram(w, count++);
	worker_clocks(w);
	if (worker_must_flush(w, count))
		safe = worker_flush(w);
	for (unsigned i = 0; i < count; i++)
		worker_acknowledge(w, i, safe);
	tl_rx_send(w->rx, &w->batch);
	tl_arena_reset(w->arena);
}

void
worker_finish(worker *w)
{
	/* asking for the sum makes the last losses new ones */
	for (unsigned i = 0; i < tl_rx_count(w->rx); i++) {
		tl_rx_lost(w->rx, i);
		worker_losses(w, i);
	}
	worker_flush(w);
}
