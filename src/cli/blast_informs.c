/* cli/blast_informs.c: the closed loop of `trapline blast`: so many informs wait for
 * their acknowledgements at a time. Each source address has its own tl_sender of each
 * version, so that what is sent again comes from where it came from at first. */
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "cli/blast.h"
#include "cli/blast_parts.h"
#include "sys/clock.h"

enum { ANSWER_ROOM = 65536, READY_MAX = 64, SPARE = 256 };

typedef struct lane {
	tl_sender *s;
	uint32_t source;
	unsigned version;
	bool touched; /* it may have something to send, or a result */
} lane;

typedef struct informs {
	blast *b;
	lane *lanes; /* of source s and version number v: [s * versions + v] */
	unsigned lane_count, versions;
	unsigned lane_of[4]; /* of each version, within those of a source */
	uint32_t next_source;
	uint64_t left;
	uint64_t outstanding;
	int ear; /* readable when a socket is */
	bool owns_ear;
	uint8_t *out; /* rooms of a batch */
	size_t out_bytes;
	uint8_t *in; /* rooms of ANSWER_ROOM */
	struct mmsghdr msg[BLAST_BATCH];
	struct iovec iov[BLAST_BATCH];
} informs;

static tl_err
add_lanes(informs *r, uint32_t source)
{
	static const tl_clock nobody;
	const blast_messages *m = &r->b->messages;

	for (unsigned v = 2; v <= 3; v++) {
		if (m->weights[v] == 0)
			continue;
		lane *l = &r->lanes[r->lane_count];
		tl_err err = tl_sender_clone(m->senders[v], &nobody, &l->s);
		if (err != TL_OK)
			return err;
		l->source = source;
		l->version = v;
		r->lane_count++;
	}
	return TL_OK;
}

/* One socket is its own ear; of several epoll tells which are ready. */
static tl_err
open_ear(informs *r)
{
	const blast_target *t = &r->b->target;

	r->ear = t->fd[0];
	if (t->sources == 1)
		return TL_OK;
	r->ear = epoll_create1(EPOLL_CLOEXEC);
	r->owns_ear = r->ear >= 0;
	for (uint32_t i = 0; i < t->sources && r->owns_ear; i++) {
		struct epoll_event e = { .events = EPOLLIN, .data.u32 = i };
		if (epoll_ctl(r->ear, EPOLL_CTL_ADD, t->fd[i], &e) != 0)
			return TL_EIO;
	}
	return r->owns_ear ? TL_OK : TL_EIO;
}

static tl_err
open_rooms(informs *r)
{
	r->out_bytes = r->b->messages.room_bytes + SPARE;
	r->out = malloc(r->out_bytes * BLAST_BATCH);
	r->in = malloc((size_t)ANSWER_ROOM * BLAST_BATCH);
	if (r->out == NULL || r->in == NULL)
		return TL_ENOMEM;
	for (size_t i = 0; i < BLAST_BATCH; i++) {
		r->iov[i] = (struct iovec){ r->in + i * ANSWER_ROOM, ANSWER_ROOM };
		r->msg[i].msg_hdr =
		    (struct msghdr){ .msg_iov = &r->iov[i], .msg_iovlen = 1 };
	}
	return TL_OK;
}

static tl_err
informs_open(informs *r)
{
	const blast *b = r->b;

	r->left = b->o.count;
	for (unsigned v = 2; v <= 3; v++)
		if (b->messages.weights[v] > 0)
			r->lane_of[v] = r->versions++;
	r->lanes = calloc((size_t)b->target.sources * r->versions, sizeof(lane));
	tl_err err = r->lanes != NULL ? TL_OK : TL_ENOMEM;
	for (uint32_t i = 0; i < b->target.sources && err == TL_OK; i++)
		err = add_lanes(r, i);
	if (err == TL_OK)
		err = open_ear(r);
	return err == TL_OK ? open_rooms(r) : err;
}

static void
informs_close(informs *r)
{
	blast_tally *t = &r->b->tally;

	for (unsigned i = 0; i < r->lane_count; i++) {
		const tl_send_counters *c = tl_sender_counters(r->lanes[i].s);
		t->repeats += c->repeats;
		t->probes += c->probes;
		tl_sender_free(r->lanes[i].s);
	}
	t->open = r->outstanding;
	if (r->owns_ear)
		close(r->ear);
	free(r->lanes);
	free(r->out);
	free(r->in);
}

static void
submit(informs *r, int64_t now_ns)
{
	blast *b = r->b;
	uint64_t room = b->o.outstanding - r->outstanding;
	uint64_t most = room < r->left ? room : r->left;
	unsigned n = blast_pace(b, (unsigned)most, now_ns);

	b->messages.what.kind = TL_INFORM;
	b->messages.what.uptime_cs = blast_uptime_cs(&b->messages, now_ns);
	for (unsigned i = 0; i < n && b->err == TL_OK; i++) {
		unsigned version = blast_messages_version(&b->messages);
		lane *l = &r->lanes[r->next_source * r->versions + r->lane_of[version]];
		uint64_t ticket;
		b->err = tl_sender_notify(l->s, &b->messages.what, now_ns, &ticket);
		if (b->err != TL_OK)
			return;
		l->touched = true;
		r->next_source =
		    r->next_source + 1 < b->target.sources ? r->next_source + 1 : 0;
		r->left--;
		r->outstanding++;
		b->tally.notifications++;
	}
}

/* Sends what |l| has to send now. */
static void
send_lane(informs *r, lane *l, int64_t now_ns)
{
	blast *b = r->b;
	tl_span message;

	for (;;) {
		if (b->batch.n == BLAST_BATCH)
			blast_flush(b);
		unsigned place = b->batch.n;
		tl_buf room = { .ptr = r->out + place * r->out_bytes,
			.cap = r->out_bytes };
		tl_err err = tl_sender_next_output(l->s, now_ns, &room, &message);
		if (err != TL_OK) {
			b->err = err == TL_ENOTFOUND ? b->err : err;
			break;
		}
		blast_add(b, l->source, message);
		b->batch.version[place] = (uint8_t)l->version;
	}
	if (b->batch.n > 0)
		blast_flush(b);
}

static void
take_results(informs *r, lane *l)
{
	blast_tally *t = &r->b->tally;
	tl_send_result result;

	while (tl_sender_next_result(l->s, &result)) {
		r->outstanding--;
		if (result.err == TL_OK) {
			t->acknowledged++;
			blast_hist_add(&t->latencies, result.latency_ns);
		} else if (result.err == TL_ETIMEOUT)
			t->lost++;
		else
			t->failed[result.err]++;
	}
}

/* Serves the lanes that need it; the time at which the next one will. */
static int64_t
serve(informs *r, int64_t now_ns)
{
	int64_t next_ns = INT64_MAX;

	for (unsigned i = 0; i < r->lane_count; i++) {
		lane *l = &r->lanes[i];
		int64_t due_ns = tl_sender_next_timeout_ns(l->s);
		if (l->touched || due_ns <= now_ns) {
			l->touched = false;
			send_lane(r, l, now_ns);
			take_results(r, l);
			due_ns = tl_sender_next_timeout_ns(l->s);
		}
		next_ns = due_ns < next_ns ? due_ns : next_ns;
	}
	return next_ns;
}

/* Gives what came to |source| to its senders: of two versions the other one has no use
 * for it. The socket is connected: it came from the target. */
static void
hear(informs *r, uint32_t source)
{
	blast *b = r->b;
	int n = recvmmsg(b->target.fd[source], r->msg, BLAST_BATCH, MSG_DONTWAIT, NULL);
	int64_t now_ns = tl_now_monotonic_ns();

	for (unsigned v = 0; v < r->versions && n > 0; v++) {
		lane *l = &r->lanes[source * r->versions + v];
		l->touched = true;
		for (int i = 0; i < n && b->err == TL_OK; i++)
			b->err = tl_sender_input(l->s,
			    (tl_span){ r->iov[i].iov_base, r->msg[i].msg_len }, now_ns);
		take_results(r, l);
	}
}

static void
hear_all(informs *r)
{
	struct epoll_event ready[READY_MAX];

	if (!r->owns_ear) {
		hear(r, 0);
		return;
	}
	int n = epoll_wait(r->ear, ready, READY_MAX, 0);
	for (int i = 0; i < n; i++)
		hear(r, ready[i].data.u32);
}

/* What waits when no more are to be sent is waited for: as long as the senders do. */
static void
work(informs *r)
{
	blast *b = r->b;
	int64_t now_ns = b->start_ns;

	while (b->err == TL_OK && (r->left > 0 || r->outstanding > 0)) {
		if (blast_over(b, now_ns)) {
			if (b->signals.stop || b->err != TL_OK)
				return;
			r->left = 0;
			b->end_ns = INT64_MAX;
			continue;
		}
		submit(r, now_ns);
		int64_t next_ns = serve(r, now_ns);
		bool more = r->left > 0 && r->outstanding < b->o.outstanding;
		if (more && blast_pace_next_ns(b) < next_ns)
			next_ns = blast_pace_next_ns(b);
		if (r->left > 0 || r->outstanding > 0)
			blast_sleep(b, next_ns, r->ear);
		hear_all(r);
		now_ns = tl_now_monotonic_ns();
	}
}

void
blast_informs(blast *b)
{
	informs *r = calloc(1, sizeof *r);

	if (r == NULL) {
		b->err = TL_ENOMEM;
		return;
	}
	r->b = b;
	b->err = informs_open(r);
	if (b->err == TL_OK)
		work(r);
	informs_close(r);
	free(r);
}
