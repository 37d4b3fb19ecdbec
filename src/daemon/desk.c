/* daemon/desk.c: judging a batch and handing it on; see desk.h. The worker calls it
 * through its sink. */
#include "daemon/desk.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "sys/clock.h"

static tl_span
span_of(const char *text)
{
	return (tl_span){ (const uint8_t *)text, strlen(text) };
}

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
judging_replace(judging *j, snapshot *new)
{
	pthread_mutex_lock(&j->lock);
	snapshot *old = j->snapshot;
	j->snapshot = snapshot_hold(new);
	unresolved_use(j->unresolved, new->dictionary->mib);
	pthread_mutex_unlock(&j->lock);
	return old;
}

snapshot *
judging_snapshot(judging *j)
{
	pthread_mutex_lock(&j->lock);
	snapshot *s = snapshot_hold(j->snapshot);
	pthread_mutex_unlock(&j->lock);
	return s;
}

/* With the lock held. */
static void
tell(judging *j, const tl_own_event *own)
{
	parcel *p = parcel_of_own(own, j->snapshot->dictionary);

	j->own_events++;
	if (p == NULL) {
		j->lost_for_memory++;
		return;
	}
	p->made_ns = tl_now_monotonic_ns();
	snapshot_put(j->snapshot, p, UINT64_MAX);
	parcel_drop(p);
}

void
judging_tell(judging *j, const tl_own_event *own)
{
	pthread_mutex_lock(&j->lock);
	tell(j, own);
	pthread_mutex_unlock(&j->lock);
}

static void
tell_refusal(judging *j, const sink_event *e)
{
	const tl_refusal *r = e->refusal;
	char message[512];
	tl_number numbers[] = { { "offset", r->diag.offset },
		{ "size", e->in->bytes.len } };
	tl_field fields[] = {
		{ span_of("reason"), span_of(tl_err_word(r->diag.err)) },
		{ span_of("where"), span_of(r->diag.where) },
		{ span_of("hint"), e->hint },
	};
	tl_own_event own = { .kind = "refused",
		.realtime_ns = e->in->realtime_ns,
		.severity = TL_SEVERITY_WARNING,
		.source = &e->in->from,
		.numbers = numbers,
		.number_count = 2,
		.fields = fields,
		.field_count = e->hint.len > 0 ? 3 : 2 };

	int len = snprintf(message, sizeof message, "refused: %s at %s",
	    tl_err_text(r->diag.err), r->diag.where);
	own.message = (tl_span){ (const uint8_t *)message, (size_t)len };
	judging_tell(j, &own);
}

static void
tell_loss(judging *j, const tl_loss *loss)
{
	char message[160], address[TL_ADDRESS_TEXT_MAX];
	tl_number number = { "count", loss->count };
	tl_field local = { span_of("local"), { 0 } };
	tl_own_event own = { .kind = "lost",
		.realtime_ns = loss->realtime_ns,
		.severity = TL_SEVERITY_MAJOR,
		.numbers = &number,
		.number_count = 1,
		.fields = &local,
		.field_count = 1 };

	tl_address_text(&loss->local, address);
	local.text = span_of(address);
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

/* Finds out all about one notification, and packs it. With the lock held: what the stages
 * have added may borrow from them. */
static void
judge(desk *d, desk_item *item, const snapshot *s)
{
	judging *j = d->judging;
	event ev;

	event_init(&ev, item->n, s->dictionary->mib, d->arena);
	ev.now_ns = item->received_ns;
	if (ev.trap == NULL)
		unresolved_count(j->unresolved, item->n);
	item->safe = true;
	if (ev.suppressed != SUPPRESSED_NOT) {
		d->suppressed[ev.suppressed]++;
		return;
	}
	item->routes = ev.routes;
	item->parcel = parcel_of_event(&ev, s->dictionary);
	if (item->parcel == NULL)
		j->lost_for_memory++;
	item->safe = item->parcel != NULL;
}

static void
hand_on(desk_item *item, const snapshot *s)
{
	if (item->parcel == NULL)
		return;
	item->safe = snapshot_put(s, item->parcel, item->routes);
	parcel_drop(item->parcel);
	item->parcel = NULL;
}

/* Judges the batch and gives it to the outputs' queues; nothing here waits for them. */
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
	snapshot *s = snapshot_hold(j->snapshot);
	for (unsigned i = 0; i < d->count; i++)
		judge(d, &d->items[i], s);
	pthread_mutex_unlock(&j->lock);
	for (unsigned i = 0; i < d->count; i++)
		hand_on(&d->items[i], s);
	snapshot_drop(s);
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
