/* pipeline/parcel.c: copies of events that outlive their batch. Made once an event by the
 * worker, freed by whichever output is done with it last. */
#include "pipeline/parcel.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* A copy is one block: the parcel, its arrays, then bytes, then the notification. The
 * walk is made twice: without memory it only adds up. */
typedef struct walk {
	uint8_t *to; /* NULL: adding up */
	size_t len;
} walk;

static inline const void *
put(walk *w, const void *ptr, size_t len)
{
	uint8_t *at = w->to;

	w->len += len;
	if (at == NULL || len == 0)
		return ptr;
	memcpy(at, ptr, len);
	w->to += len;
	return at;
}

/* The same for what must be aligned: arrays come before bytes. */
static inline void *
put_array(walk *w, const void *ptr, size_t size, size_t count)
{
	return (void *)(uintptr_t)put(w, ptr, size * count);
}

static inline void
put_span(walk *w, tl_span *s)
{
	s->ptr = put(w, s->ptr, s->len);
}

static void
put_fields(walk *w, tl_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		tl_field copy = fields[i];
		put_span(w, &copy.name);
		put_span(w, &copy.text);
		if (w->to != NULL)
			fields[i] = copy;
	}
}

static void
put_tags(walk *w, tl_span *tags, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		tl_span copy = tags[i];
		put_span(w, &copy);
		if (w->to != NULL)
			tags[i] = copy;
	}
}

static void
put_judgement(walk *w, tl_judgement *j)
{
	tl_field *fields = put_array(w, j->fields, sizeof *fields, j->field_count);
	tl_span *tags = put_array(w, j->tags, sizeof *tags, j->tag_count);

	j->device = put_array(w, j->device, sizeof *j->device, j->device != NULL);
	put_fields(w, fields, j->field_count);
	put_tags(w, tags, j->tag_count);
	j->fields = fields;
	j->tags = tags;
	put_span(w, &j->message);
	put_span(w, &j->device_name);
	put_span(w, &j->alarm_key);
	put_span(w, &j->rule);
}

/* A refusal but for the datagram's bytes, of which their number is left. */
static void
put_refusal(walk *w, tl_own_event *own, tl_refusal *r)
{
	tl_refusal copy = *own->refusal;

	put_span(w, &copy.community);
	put_span(w, &copy.user);
	put_span(w, &copy.engine_id);
	put_span(w, &own->hint);
	if (w->to == NULL)
		return;
	*r = copy;
	own->refusal = r;
}

static void
put_own(walk *w, tl_own_event *own)
{
	tl_datagram *in = put_array(w, own->datagram, sizeof *in, own->datagram != NULL);
	tl_refusal *refusal =
	    put_array(w, own->refusal, sizeof *refusal, own->refusal != NULL);
	own->loss = put_array(w, own->loss, sizeof *own->loss, own->loss != NULL);
	tl_field *fields = put_array(w, own->fields, sizeof *fields, own->field_count);
	tl_number *numbers =
	    put_array(w, own->numbers, sizeof *numbers, own->number_count);

	own->source = put_array(w, own->source, sizeof *own->source, own->source != NULL);
	put_fields(w, fields, own->field_count);
	own->fields = fields;
	own->numbers = numbers;
	own->trap_oid.ber = put(w, own->trap_oid.ber, own->trap_oid.len);
	put_span(w, &own->message);
	put_span(w, &own->alarm_key);
	if (own->refusal != NULL)
		put_refusal(w, own, refusal);
	if (in != NULL && w->to != NULL)
		in->bytes.ptr = NULL;
	own->datagram = in;
}

/* The memory that |ptr| takes, with what the allocator needs beside it. */
static uint32_t
memory_of(const void *ptr)
{
	return (uint32_t)(malloc_usable_size((void *)(uintptr_t)ptr) + sizeof(size_t));
}

/* A parcel with |len| bytes behind it. */
static parcel *
new_parcel(dictionary *d, size_t len)
{
	parcel *p = malloc(sizeof *p + len);

	if (p != NULL)
		*p = (parcel){ .holders = 1,
			.bytes = memory_of(p),
			.dictionary = dictionary_hold(d) };
	return p;
}

static size_t
aligned(size_t len)
{
	const size_t unit = _Alignof(tl_notification);

	return (len + unit - 1) / unit * unit;
}

/* The bytes that put_judgement() puts. */
static size_t
judgement_bytes(const tl_judgement *j)
{
	size_t sum = j->field_count * sizeof(tl_field) + j->tag_count * sizeof(tl_span) +
		     j->message.len + j->device_name.len + j->alarm_key.len + j->rule.len;

	for (size_t i = 0; i < j->field_count; i++)
		sum += j->fields[i].name.len + j->fields[i].text.len;
	for (size_t i = 0; i < j->tag_count; i++)
		sum += j->tags[i].len;
	return j->device != NULL ? sum + sizeof *j->device : sum;
}

parcel *
parcel_of_event(const event *ev, dictionary *d)
{
	size_t len = aligned(judgement_bytes(&ev->j));
	parcel *p = new_parcel(d, len + tl_notification_clone_bytes(ev->n));
	if (p == NULL)
		return NULL;
	walk w = { .to = (uint8_t *)(p + 1) };
	p->j = ev->j;
	put_judgement(&w, &p->j);
	p->j.severity = event_severity(ev);
	p->j.charset = dictionary_charset(d, ev->charset);
	p->n = tl_notification_clone_to(ev->n, (uint8_t *)(p + 1) + len);
	p->device = ev->device;
	p->made_ns = ev->now_ns;
	return p;
}

parcel *
parcel_of_own(const tl_own_event *own, dictionary *d)
{
	tl_own_event copy = *own;
	walk sum = { 0 };

	put_own(&sum, &copy);
	parcel *p = new_parcel(d, sizeof *own + sum.len);
	if (p == NULL)
		return NULL;
	tl_own_event *kept = (void *)(p + 1);
	walk w = { .to = (uint8_t *)(kept + 1) };
	*kept = *own;
	put_own(&w, kept);
	p->own = kept;
	p->j.severity = own->severity;
	return p;
}

void
parcel_view(const parcel *p, event *ev)
{
	static const tl_notification none;
	const tl_mib *mib = p->dictionary->mib;

	event_init(ev, p->n != NULL ? p->n : &none, mib, NULL);
	ev->n = p->n;
	ev->own = p->own;
	ev->j = p->j;
	ev->device = p->device;
	ev->now_ns = p->made_ns;
	for (size_t i = 0; i < p->j.tag_count; i++)
		ev->tags[i] = p->j.tags[i];
	for (size_t i = 0; i < p->j.field_count; i++)
		ev->fields[i] = p->j.fields[i];
	ev->j.tags = ev->tags;
	ev->j.fields = ev->fields;
}

void
parcel_hold(parcel *p)
{
	atomic_fetch_add_explicit(&p->holders, 1, memory_order_relaxed);
}

void
parcel_drop(parcel *p)
{
	if (atomic_fetch_sub_explicit(&p->holders, 1, memory_order_acq_rel) != 1)
		return;
	dictionary_drop(p->dictionary);
	free(p);
}

struct dictionary_charset {
	struct dictionary_charset *next;
	tl_charset *charset;
	char name[];
};

dictionary *
dictionary_new(tl_mib *mib)
{
	dictionary *d = malloc(sizeof *d);

	if (d == NULL)
		return NULL;
	*d = (dictionary){ .mib = mib, .holders = 1 };
	pthread_mutex_init(&d->lock, NULL);
	return d;
}

dictionary *
dictionary_hold(dictionary *d)
{
	atomic_fetch_add_explicit(&d->holders, 1, memory_order_relaxed);
	return d;
}

void
dictionary_drop(dictionary *d)
{
	if (atomic_fetch_sub_explicit(&d->holders, 1, memory_order_acq_rel) != 1)
		return;
	for (struct dictionary_charset *c = d->charsets, *next; c != NULL; c = next) {
		next = c->next;
		tl_charset_free(c->charset);
		free(c);
	}
	pthread_mutex_destroy(&d->lock);
	tl_mib_free(d->mib);
	free(d);
}

/* The one of |name|, opened if need be; with the lock held. */
static tl_charset *
find_charset(dictionary *d, const char *name)
{
	struct dictionary_charset *c = d->charsets;
	size_t len = strlen(name) + 1;

	while (c != NULL && strcmp(c->name, name) != 0)
		c = c->next;
	if (c != NULL)
		return c->charset;
	c = calloc(1, sizeof *c + len);
	if (c == NULL || tl_charset_new(name, &c->charset) != TL_OK) {
		free(c);
		return NULL;
	}
	memcpy(c->name, name, len);
	c->next = d->charsets;
	d->charsets = c;
	return c->charset;
}

tl_charset *
dictionary_charset(dictionary *d, const char *name)
{
	if (name == NULL)
		return NULL;
	pthread_mutex_lock(&d->lock);
	tl_charset *found = find_charset(d, name);
	pthread_mutex_unlock(&d->lock);
	return found;
}
