/* outputs/output_forward.c: notifications to other receivers of notifications, each of
 * them by itself: what one has is not sent to it again because another one failed. */
#include <assert.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "outputs/forward.h"
#include "outputs/types.h"
#include "receiver/address.h"
#include "sys/clock.h"

/* How long a receiver that does not answer is left in peace while others have all. */
#define DOWN_NS (10 * (int64_t)TL_NS_PER_S)

enum { FIRST_LOOK_UP_MS = 2000 };

static_assert((int)FORWARD_TARGETS_MAX <= (int)OUTPUT_PEERS_MAX, "each has its counters");

void
forward_complain(forward *f, const char *format, ...)
{
	va_list args;

	if (f->problem[0] != '\0')
		return;
	va_start(args, format);
	(void)vsnprintf(f->problem, sizeof f->problem, format, args);
	va_end(args);
}

static void
close_target(target *t)
{
	lane_close_all(t);
	raw_close(t);
}

static void
close_forward(void *self)
{
	forward *f = self;

	for (size_t i = 0; i < f->target_count; i++)
		close_target(&f->targets[i]);
	forward_names_free(f->names);
	progress_clear(&f->progress);
	free(f->memory);
	free(f->targets);
	free(f);
}

/* Whether the user's secrets will do, which else shows with the first event only. */
static tl_err
try_user(const tl_conf_forward *c)
{
	static const tl_clock engine = {
		.engine_id = { 0x80, 0, 0, 0, 5 }, .engine_id_len = 5, .boots = 1
	};
	tl_sender *sender = NULL;

	if (c->user.count == 0)
		return TL_OK;
	tl_user user = tl_conf_user_get(&c->user.at[0]);
	const tl_sender_options opt = { .version = 3,
		.user = &user,
		.level = c->user.at[0].min_level,
		.engine = engine };
	tl_err err = tl_sender_new(&opt, &sender);
	tl_sender_free(sender);
	return err;
}

static tl_err
check(const tl_conf_forward *c, char problem[OUTPUT_PROBLEM_MAX])
{
	tl_err err = try_user(c);

	if (err != TL_OK)
		(void)snprintf(problem, OUTPUT_PROBLEM_MAX, "user: %s", tl_err_text(err));
	if (err == TL_OK && c->to.count > FORWARD_TARGETS_MAX) {
		(void)snprintf(problem, OUTPUT_PROBLEM_MAX,
		    "more than %d receivers: use several outputs", FORWARD_TARGETS_MAX);
		err = TL_ELIMIT;
	}
	return err;
}

static void
make_targets(forward *f)
{
	for (size_t i = 0; i < f->target_count; i++) {
		f->targets[i] = (target){ .conf = &f->forward->to.at[i],
			.index = i,
			.bit = UINT64_C(1) << i,
			.fd = -1,
			.told = { .name = f->forward->to.at[i].text, .up = true } };
		f->progress.all |= f->targets[i].bit;
	}
}

static tl_err
open_forward(const tl_conf_output *conf, const output_place *place, void **self,
    char problem[OUTPUT_PROBLEM_MAX])
{
	tl_err err = check(&conf->forward, problem);
	forward *f;

	if (err != TL_OK)
		return err;
	(void)snprintf(problem, OUTPUT_PROBLEM_MAX, "out of memory");
	f = calloc(1, sizeof *f);
	if (f == NULL)
		return TL_ENOMEM;
	f->conf = conf;
	f->forward = &conf->forward;
	f->state = place->state;
	f->own = place->own;
	f->targets = calloc(conf->forward.to.count, sizeof *f->targets);
	f->names = forward_names_new(&conf->forward.to);
	if (f->targets == NULL || f->names == NULL) {
		close_forward(f);
		return TL_ENOMEM;
	}
	f->target_count = conf->forward.to.count;
	make_targets(f);
	*self = f;
	return TL_OK;
}

static void
take_address(forward *f, target *t, const tl_endpoint *to)
{
	close_target(t);
	t->has_address = true;
	t->down = false;
	t->to = *to;
	if (!forward_loop_address(f, t)) {
		forward_complain(f, "%s", tl_err_text(TL_ENOMEM));
		t->failed = true;
		t->has_address = false;
	}
}

/* Gets |t| ready for a delivery: its address, which may have changed, and whether it is
 * worth trying. */
static void
begin(forward *f, target *t, int64_t now_ns)
{
	tl_endpoint to;
	const char *why;

	t->next = 0;
	t->failed = false;
	if (!forward_names_get(f->names, t->index, FIRST_LOOK_UP_MS, &to, &why)) {
		forward_complain(f, "%s: %s", t->conf->text,
		    why[0] != '\0' ? why : "its address is being looked up");
		t->failed = true;
		return;
	}
	if (!t->has_address || memcmp(&to, &t->to, sizeof to) != 0)
		take_address(f, t, &to);
	t->is_us = forward_is_to_us(f, t);
	if (t->down && f->target_count > 1 && now_ns < t->down_until_ns) {
		forward_complain(f, "%s: does not answer", t->conf->text);
		t->failed = true;
	}
}

static handed
hand_over(forward *f, target *t, size_t place)
{
	const parcel *p = f->progress.at[place].p;
	int64_t now_ns = tl_now_monotonic_ns();

	if (p->n == NULL) /* the feeder keeps them away */
		return HANDED_NEVER;
	if (t->is_us || forward_is_loop(f, t, p, now_ns)) {
		t->told.loops++;
		forward_complain(f, "%s: %s: %llu so far", t->conf->text,
		    t->is_us ? "not sent to ourselves: we listen there"
			     : "not sent back to where it came from",
		    (unsigned long long)t->told.loops);
		return HANDED_NEVER;
	}
	handed what = f->forward->encoding == TL_ENCODE_RAW ? raw_send(f, t, p)
							    : lane_send(f, t, place);
	if (what == HANDED_OVER || what == HANDED_WAITS)
		forward_loop_note(f, t, p, now_ns);
	return what;
}

/* What became of an event that was handed to |t|. */
static void
note_handed(target *t, progress_item *item, handed what)
{
	if (what == HANDED_OVER) {
		item->has |= t->bit;
		t->down = false;
		t->told.delivered++;
	}
	if (what == HANDED_NEVER) {
		item->never |= t->bit;
		t->told.rejected++;
	}
	if (what == HANDED_FAILED)
		t->failed = t->down = true;
}

/* Hands events to |t| until all are with it, or answers have to come first. */
static void
feed(forward *f, target *t)
{
	for (; !t->failed && t->next < f->progress.count; t->next++) {
		progress_item *item = &f->progress.at[t->next];
		if (((item->has | item->never) & t->bit) != 0)
			continue;
		if (t->down && t->outstanding > 0)
			return;
		handed what = hand_over(f, t, t->next);
		note_handed(t, item, what);
		if (what == HANDED_LATER)
			return;
	}
}

/* Whether answers are waited for, or events are still to be handed over. */
static bool
is_busy(const forward *f)
{
	for (size_t i = 0; i < f->target_count; i++) {
		const target *t = &f->targets[i];
		if (t->outstanding > 0 || (!t->failed && t->next < f->progress.count))
			return true;
	}
	return false;
}

/* Waits until there is an answer, a repeat is due, or it is time to look at the clock. */
static void
wait_for_answers(forward *f)
{
	struct pollfd fds[FORWARD_TARGETS_MAX * FORWARD_LANES_MAX];
	int wait_ms = BATCH_LOOK_MS;
	nfds_t n = 0;

	for (size_t i = 0; i < f->target_count; i++) {
		target *t = &f->targets[i];
		for (size_t k = 0; k < t->lane_count; k++) {
			lane *l = t->lanes[k];
			if (l->wait_count == 0)
				continue;
			int ms = tl_manager_timeout_ms(l->m);
			wait_ms = ms >= 0 && ms < wait_ms ? ms : wait_ms;
			fds[n++] = (struct pollfd){ .fd = tl_manager_fd(l->m),
				.events = POLLIN };
		}
	}
	(void)poll(fds, n, wait_ms);
}

/* A receiver that failed goes without what another one has: that one would else wait for
 * it. What nobody has is kept. */
static void
give_up(forward *f, target *t, int64_t now_ns)
{
	if (t->failed && t->down) {
		t->down_until_ns = now_ns + DOWN_NS;
		forward_names_again(f->names);
	}
	t->told.up = !t->failed;
	for (size_t i = 0; i < f->progress.count && t->failed; i++) {
		progress_item *item = &f->progress.at[i];
		if (((item->has | item->never) & t->bit) != 0 || item->has == 0)
			continue;
		item->never |= t->bit;
		t->told.given_up++;
	}
}

/* Adds to the problem what it has cost so far. */
static void
tell_losses(forward *f)
{
	uint64_t sum = 0;
	size_t len = strlen(f->problem);

	for (size_t i = 0; i < f->target_count; i++)
		sum += f->targets[i].failed ? f->targets[i].told.given_up : 0;
	if (sum > 0)
		(void)snprintf(f->problem + len, sizeof f->problem - len,
		    "; only others have %llu events", (unsigned long long)sum);
}

static void
run(forward *f, const batch *b)
{
	int64_t now_ns;

	do {
		for (size_t i = 0; i < f->target_count; i++)
			feed(f, &f->targets[i]);
		if (is_busy(f))
			wait_for_answers(f);
		for (size_t i = 0; i < f->target_count; i++)
			lane_answers(f, &f->targets[i]);
		now_ns = tl_now_monotonic_ns();
	} while (is_busy(f) && batch_time_left_ns(b, now_ns) > 0);
}

static delivery
deliver_forward(void *self, batch *b)
{
	forward *f = self;
	int64_t now_ns = tl_now_monotonic_ns();

	f->problem[0] = '\0';
	b->done = 0;
	b->wait_ns = 0;
	tl_err err = progress_start(&f->progress, b);
	if (err != TL_OK)
		return batch_unwritten(b, err);
	for (size_t i = 0; i < f->target_count; i++)
		begin(f, &f->targets[i], now_ns);
	run(f, b);
	now_ns = tl_now_monotonic_ns();
	for (size_t i = 0; i < f->target_count; i++) {
		if (f->targets[i].outstanding > 0) /* it is the end */
			lane_close_all(&f->targets[i]);
		give_up(f, &f->targets[i], now_ns);
	}
	tell_losses(f);
	delivery what = progress_finish(&f->progress, b);
	memcpy(b->problem, f->problem, sizeof b->problem);
	return what;
}

static size_t
count_peers(const void *self, output_peer *out)
{
	const forward *f = self;

	for (size_t i = 0; i < f->target_count; i++)
		out[i] = f->targets[i].told;
	return f->target_count;
}

static delivery
known_forward(const void *self, size_t left, const parcel *p)
{
	return progress_known(&((const forward *)self)->progress, left, p);
}

const output_type output_forward = {
	.name = "forward",
	.notifications_only = true,
	.peers = count_peers,
	.open = open_forward,
	.deliver = deliver_forward,
	.known = known_forward,
	.close = close_forward,
};
