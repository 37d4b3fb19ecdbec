/* daemon/desk.c: judging a batch and handing it on; see desk.h. The worker calls it
 * through its sink. */
#include "daemon/desk.h"

#include <stdio.h>

#include "base/arena.h"
#include "sys/clock.h"

tl_err
judging_init(judging *j, snapshot *first)
{
	*j = (judging){ .snapshot = snapshot_hold(first) };
	pthread_mutex_init(&j->lock, NULL);
	j->unresolved = unresolved_new(first->dictionary->mib);
	return j->unresolved != NULL ? TL_OK : TL_ENOMEM;
}

void
judging_fini(judging *j)
{
	unresolved_free(j->unresolved);
	snapshot_drop(j->snapshot);
	pthread_mutex_destroy(&j->lock);
}

snapshot *
judging_snapshot(judging *j)
{
	pthread_mutex_lock(&j->lock);
	snapshot *s = snapshot_hold(j->snapshot);
	pthread_mutex_unlock(&j->lock);
	return s;
}

/* Ends what may have put events into the outputs' queues. */
static void
end_turn(judging *j)
{
	snapshot_hand_on(j->snapshot);
	pthread_mutex_unlock(&j->lock);
}

/* An event of our own, seen through |ev|; NULL without memory. With the lock held. */
static parcel *
make_own(judging *j, const tl_own_event *own, event *ev)
{
	parcel *p = parcel_of_own(own, j->snapshot->dictionary);

	if (p == NULL) {
		j->lost_for_memory++;
		return NULL;
	}
	p->made_ns = tl_now_monotonic_ns();
	parcel_view(p, ev);
	return p;
}

/* With the lock held. */
static void
tell(void *context, const tl_own_event *own)
{
	judging *j = context;
	event ev;
	parcel *p = make_own(j, own, &ev);

	j->own_events++;
	if (p == NULL)
		return;
	uint64_t outputs = snapshot_outputs(j->snapshot, &ev);
	if (outputs != 0)
		snapshot_put(j->snapshot, p, outputs);
	else
		parcel_drop(p);
}

bool
judging_offer(judging *j, const tl_own_event *own, const outlet *o, bool to_itself)
{
	bool taken = false;
	event ev;

	pthread_mutex_lock(&j->lock);
	parcel *p = make_own(j, own, &ev);
	if (p != NULL) {
		taken = snapshot_offer(j->snapshot, &ev, p, o, to_itself);
		parcel_drop(p);
	}
	j->own_events += taken;
	pthread_mutex_unlock(&j->lock);
	return taken;
}

static emitter
teller(judging *j)
{
	return (
	    emitter){ .emit = tell, .context = j, .realtime_ns = tl_now_realtime_ns() };
}

snapshot *
judging_replace(judging *j, snapshot *new)
{
	emitter to = teller(j);

	pthread_mutex_lock(&j->lock);
	snapshot *old = j->snapshot;
	pipeline_take(new->pipeline, old->pipeline);
	j->snapshot = snapshot_hold(new);
	unresolved_use(j->unresolved, new->dictionary->mib);
	/* What is no longer watched is told before anything passes unwatched. */
	pipeline_tick(new->pipeline, tl_now_monotonic_ns(), &to);
	end_turn(j);
	return old;
}

void
judging_tell(judging *j, const tl_own_event *own)
{
	pthread_mutex_lock(&j->lock);
	tell(j, own);
	end_turn(j);
}

void
judging_tick(judging *j)
{
	emitter to = teller(j);

	pthread_mutex_lock(&j->lock);
	pipeline_tick(j->snapshot->pipeline, tl_now_monotonic_ns(), &to);
	end_turn(j);
}

void
judging_end(judging *j)
{
	emitter to = teller(j);

	pthread_mutex_lock(&j->lock);
	pipeline_end(j->snapshot->pipeline, tl_now_monotonic_ns(), &to);
	end_turn(j);
}

bool
judging_clear_alarm(judging *j, tl_span key)
{
	emitter to = teller(j);

	pthread_mutex_lock(&j->lock);
	alarms *a = pipeline_alarms(j->snapshot->pipeline);
	bool cleared = a != NULL && alarms_clear(a, key, &to);
	end_turn(j);
	return cleared;
}

static void
tell_refusal(judging *j, const sink_event *e)
{
	const tl_diag *diag = &e->refusal->diag;
	char message[512];
	tl_own_event own = { .kind = "refused",
		.realtime_ns = e->in->realtime_ns,
		.severity = TL_SEVERITY_WARNING,
		.source = &e->in->from,
		.datagram = e->in,
		.refusal = e->refusal,
		.hint = e->hint };

	int len = snprintf(message, sizeof message, "refused: %s at %s",
	    tl_err_text(diag->err), diag->where);
	own.message = (tl_span){ (const uint8_t *)message, (size_t)len };
	judging_tell(j, &own);
}

static void
tell_loss(judging *j, const tl_loss *loss)
{
	char message[160], address[TL_ADDRESS_TEXT_MAX];
	tl_own_event own = { .kind = "lost",
		.realtime_ns = loss->realtime_ns,
		.severity = TL_SEVERITY_MAJOR,
		.loss = loss };

	tl_address_text(&loss->local, address);
	int len = snprintf(message, sizeof message,
	    "the kernel dropped %llu datagrams for %s port %u: the receive buffer was "
	    "full",
	    (unsigned long long)loss->count, address, loss->local.port);
	own.message = (tl_span){ (const uint8_t *)message, (size_t)len };
	judging_tell(j, &own);
}

static tl_err
put(void *self, const sink_event *e)
{
	desk *d = self;

	if (e->refusal != NULL)
		tell_refusal(d->judging, e);
	if (e->loss != NULL)
		tell_loss(d->judging, e->loss);
	if (e->n == NULL)
		return TL_OK;
	if (d->judged)
		d->count = 0;
	d->judged = false;
	d->items[d->count++] =
	    (desk_item){ .n = e->n, .received_ns = e->in->monotonic_ns };
	return TL_OK;
}

/* Hands what passed to the outputs' queues; nothing here waits for them. A trap goes with
 * its batch, an inform at once: one that none of them has taken comes again, and then it
 * counts as the first. What only some have not taken is theirs: that is what their policy
 * is for. */
static bool
hand_on(judging *j, const event *ev)
{
	snapshot *s = j->snapshot;
	uint64_t outputs = snapshot_outputs(s, ev);
	bool is_inform = ev->n->kind == TL_INFORM, safe = false;

	if (outputs == 0)
		return true;
	parcel *p = parcel_of_event(ev, s->dictionary);
	if (p == NULL)
		j->lost_for_memory++;
	else if (is_inform)
		safe = snapshot_put_now(s, p, outputs);
	else
		snapshot_put(s, p, outputs);
	if (is_inform && !safe)
		pipeline_forget(s->pipeline, ev);
	return safe;
}

/* Finds out all about one notification. With the lock held: what the stages have added
 * may borrow from them. */
static void
judge(desk *d, desk_item *item)
{
	judging *j = d->judging;
	event ev;

	event_init(&ev, item->n, j->snapshot->dictionary->mib, d->arena);
	ev.now_ns = item->received_ns;
	if (ev.trap == NULL)
		unresolved_count(j->unresolved, item->n);
	*(ev.trap == NULL ? &j->unnamed : &j->named) += 1;
	pipeline_judge(j->snapshot->pipeline, &ev);
	if (ev.suppressed != SUPPRESSED_NOT)
		d->suppressed[ev.suppressed]++;
	item->safe = ev.suppressed != SUPPRESSED_NOT || hand_on(j, &ev);
}

/* Brings a batch to its end. */
static tl_err
flush(void *self)
{
	desk *d = self;
	judging *j = d->judging;

	d->count = d->judged ? 0 : d->count;
	d->judged = true;
	if (d->count == 0)
		return TL_OK;
	pthread_mutex_lock(&j->lock);
	enrich_view_sync(j->snapshot->view);
	for (unsigned i = 0; i < d->count; i++)
		judge(d, &d->items[i]);
	end_turn(j);
	return TL_OK;
}

static bool
is_safe(const void *self, const tl_notification *inform)
{
	const desk *d = self;

	for (unsigned i = 0; i < d->count; i++)
		if (d->items[i].n == inform)
			return d->items[i].safe;
	return false;
}

sink
desk_sink(desk *d)
{
	return (sink){ .self = d, .put = put, .flush = flush, .is_safe = is_safe };
}
