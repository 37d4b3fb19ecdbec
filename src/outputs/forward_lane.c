/* outputs/forward_lane.c: notifications encoded anew (RFC 3584 section 3), as traps or as
 * informs, through the library's managers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "outputs/forward.h"
#include "receiver/address.h"
#include "trapline/render.h"

/* Which manager an event needs. */
typedef struct wanted {
	uint8_t version;
	tl_kind kind;
	tl_span name; /* the community */
} wanted;

static uint8_t
version_of(const forward *f, const tl_notification *n)
{
	static const uint8_t versions[] = {
		[TL_ENCODE_V1] = 1, [TL_ENCODE_V2C] = 2, [TL_ENCODE_V3] = 3
	};

	if (f->forward->encoding == TL_ENCODE_SAME)
		return n->version;
	return versions[f->forward->encoding];
}

static tl_kind
kind_of(const forward *f, const tl_notification *n, uint8_t version)
{
	if (version == 1)
		return TL_TRAP;
	if (f->forward->send_as == TL_SEND_SAME)
		return n->kind;
	return f->forward->send_as == TL_SEND_INFORM ? TL_INFORM : TL_TRAP;
}

static tl_span
name_of(const forward *f, const tl_notification *n, uint8_t version)
{
	static const char fallback[] = "public";

	if (version == 3)
		return (tl_span){ 0 };
	if (f->forward->community.bytes.ptr != NULL)
		return f->forward->community.bytes;
	if (n->version != 3)
		return n->community;
	return (tl_span){ (const uint8_t *)fallback, sizeof fallback - 1 };
}

static void
close_lane(target *t, size_t i)
{
	lane *l = t->lanes[i];

	t->outstanding -= l->wait_count;
	tl_manager_close(l->m);
	free(l);
	t->lanes[i] = t->lanes[--t->lane_count];
}

void
lane_close_all(target *t)
{
	while (t->lane_count > 0)
		close_lane(t, t->lane_count - 1);
}

/* Makes room for one more; false if all wait for answers. */
static bool
make_room(target *t)
{
	size_t best = FORWARD_LANES_MAX;

	if (t->lane_count < FORWARD_LANES_MAX)
		return true;
	for (size_t i = 0; i < t->lane_count; i++)
		if (t->lanes[i]->wait_count == 0 &&
		    (best == FORWARD_LANES_MAX ||
			t->lanes[i]->used < t->lanes[best]->used))
			best = i;
	if (best < FORWARD_LANES_MAX)
		close_lane(t, best);
	return best < FORWARD_LANES_MAX;
}

static tl_err
open_manager(forward *f, const target *t, lane *l)
{
	const tl_conf_forward *c = f->forward;
	tl_user user = { 0 };
	tl_manager_options opt = { .state_dir = f->state,
		.sender = { .version = l->version,
		    .timeout_ms = (uint32_t)(c->timeout_ns / 1000000),
		    .tries = (uint32_t)c->retries + 1,
		    .drop_counter64 = true,
		    .has_agent_address = true, /* 0.0.0.0: the event is not ours */
		    .engine = f->self } };
	char host[TL_ADDRESS_TEXT_MAX];

	(void)tl_address_text(&t->to, host);
	if (l->version == 3) {
		user = tl_conf_user_get(&c->user.at[0]);
		opt.sender.user = &user;
		opt.sender.level = c->user.at[0].min_level;
	} else {
		opt.sender.community = (tl_span){ l->name, l->name_len };
	}
	return tl_manager_open(host, t->to.port, &opt, &l->m);
}

static lane *
find_lane(target *t, const wanted *w)
{
	for (size_t i = 0; i < t->lane_count; i++) {
		lane *l = t->lanes[i];
		if (l->version == w->version && l->name_len == w->name.len &&
		    (w->name.len == 0 || memcmp(l->name, w->name.ptr, w->name.len) == 0))
			return l;
	}
	return NULL;
}

/* The lane for |w|, opened if there is none. NULL: |*why| says why not. */
static lane *
get_lane(forward *f, target *t, const wanted *w, handed *why)
{
	lane *l = find_lane(t, w);

	*why = HANDED_LATER;
	if (l != NULL || !make_room(t))
		return l;
	*why = HANDED_FAILED;
	l = calloc(1, sizeof *l);
	if (l == NULL) {
		forward_complain(f, "%s: %s", t->conf->text, tl_err_text(TL_ENOMEM));
		return NULL;
	}
	l->version = w->version;
	l->name_len = (uint8_t)w->name.len;
	if (w->name.len > 0)
		memcpy(l->name, w->name.ptr, w->name.len);
	tl_err err = open_manager(f, t, l);
	if (err != TL_OK) {
		forward_complain(f, "%s: %s", t->conf->text,
		    err == TL_EIO ? strerror(errno) : tl_err_text(err));
		free(l);
		return NULL;
	}
	if (w->version == 3)
		(void)tl_sender_engine(tl_manager_sender(l->m), &f->self);
	t->lanes[t->lane_count++] = l;
	return l;
}

/* Counts the varbinds that had to be left out. */
static void
count_cut(target *t, lane *l)
{
	uint64_t sum = tl_sender_counters(tl_manager_sender(l->m))->dropped_varbinds;

	t->told.cut += sum - l->cut;
	l->cut = sum;
}

/* snmpTrapAddress.0, or agent-addr: what came, else whose event it is. */
static void
add_address(const forward *f, const parcel *p, tl_outgoing *out)
{
	static const uint8_t none[4];
	bool there = out->has_agent_address && memcmp(out->agent_address, none, 4) != 0;

	if (there || !f->forward->add_address || !tl_endpoint_is_v4(&p->device))
		return;
	out->has_agent_address = true;
	memcpy(out->agent_address, p->device.addr + 12, 4);
}

static handed
after_error(forward *f, const target *t, const lane *l, tl_err err)
{
	const tl_send_problem *problem = tl_sender_problem(tl_manager_sender(l->m));

	if (err == TL_ELIMIT)
		return HANDED_LATER;
	if (err == TL_EIO) {
		forward_complain(f, "%s: %s", t->conf->text, strerror(errno));
		return HANDED_FAILED;
	}
	forward_complain(f, "%s: cannot be sent: %s", t->conf->text,
	    problem->why[0] != '\0' ? problem->why : tl_err_text(err));
	return err == TL_ENOMEM || err == TL_ECRYPTO ? HANDED_FAILED : HANDED_NEVER;
}

static handed
send_inform(forward *f, target *t, lane *l, const tl_outgoing *out, size_t place)
{
	uint64_t ticket;
	tl_err err;

	if (l->wait_count == FORWARD_WINDOW)
		return HANDED_LATER;
	err = tl_manager_submit(l->m, out, &ticket);
	if (err != TL_OK && err != TL_EIO)
		return after_error(f, t, l, err);
	/* What could not be sent is sent again, as what was lost. */
	l->waits[l->wait_count].ticket = ticket;
	l->waits[l->wait_count++].place = place;
	t->outstanding++;
	return HANDED_WAITS;
}

handed
lane_send(forward *f, target *t, size_t place)
{
	const parcel *p = f->progress.at[place].p;
	wanted w = { .version = version_of(f, p->n) };
	tl_outgoing out;
	handed why;

	w.kind = kind_of(f, p->n, w.version);
	w.name = name_of(f, p->n, w.version);
	if (w.version == 3 && f->forward->user.count == 0) {
		forward_complain(f, "version 3 needs a user to send it as");
		return HANDED_NEVER;
	}
	lane *l = get_lane(f, t, &w, &why);
	if (l == NULL)
		return why;
	l->used = ++f->uses;
	tl_outgoing_of(p->n, &out);
	out.kind = w.kind;
	add_address(f, p, &out);
	if (out.kind == TL_INFORM)
		return send_inform(f, t, l, &out, place);
	tl_err err = tl_manager_send_trap(l->m, &out);
	count_cut(t, l);
	return err == TL_OK ? HANDED_OVER : after_error(f, t, l, err);
}

/* What a result says of the event in |place|. */
static void
settle(forward *f, target *t, const tl_send_result *r, size_t place)
{
	progress_item *item = &f->progress.at[place];

	if (r->err == TL_OK) {
		item->has |= t->bit;
		t->down = false;
		t->told.delivered++;
		return;
	}
	if (r->err == TL_EREPLY)
		forward_complain(f, "%s: refused it: %s", t->conf->text,
		    tl_error_status_name(r->error_status));
	else
		forward_complain(f, "%s: %s", t->conf->text,
		    r->why[0] != '\0' ? r->why : tl_err_text(r->err));
	if (r->err == TL_EREPLY || r->err == TL_ELIMIT_SIZE) {
		item->never |= t->bit;
		t->told.rejected++;
		return;
	}
	t->failed = t->down = true;
}

static void
take_result(forward *f, target *t, lane *l, const tl_send_result *r)
{
	for (size_t i = 0; i < l->wait_count; i++) {
		if (l->waits[i].ticket != r->ticket)
			continue;
		size_t place = l->waits[i].place;
		l->waits[i] = l->waits[--l->wait_count];
		t->outstanding--;
		settle(f, t, r, place);
		return;
	}
}

void
lane_answers(forward *f, target *t)
{
	tl_send_result result;

	for (size_t i = 0; i < t->lane_count; i++) {
		lane *l = t->lanes[i];
		while (l->wait_count > 0 && tl_manager_poll(l->m, 0, &result) == TL_OK)
			take_result(f, t, l, &result);
	}
}
