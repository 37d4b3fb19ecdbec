/* pipeline/parcel.c: copies of events that outlive their batch. Made once an event by the
 * worker, freed by whichever output is done with it last. */
#include "pipeline/parcel.h"

#include <stdlib.h>
#include <string.h>

/* A copy is one block: the parcel, its arrays, then bytes, then the notification. Where
 * there is no space for all of it the walk only adds up. */
typedef struct walk {
	uint8_t *to;
	size_t used, space; /* bytes: asked for, and there */
} walk;

static inline bool
fits(const walk *w)
{
	return w->used <= w->space;
}

static inline const void *
put(walk *w, const void *ptr, size_t len)
{
	uint8_t *at = w->to + w->used;

	if (len == 0)
		return ptr;
	w->used += len;
	return fits(w) ? memcpy(at, ptr, len) : ptr;
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
		if (fits(w))
			fields[i] = copy;
	}
}

static void
put_tags(walk *w, tl_span *tags, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		tl_span copy = tags[i];
		put_span(w, &copy);
		if (fits(w))
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
	if (!fits(w))
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
	if (in != NULL && fits(w))
		in->bytes.ptr = NULL;
	own->datagram = in;
}

struct dictionary_charset {
	struct dictionary_charset *next;
	tl_charset *charset;
	char name[];
};

static void
free_chain(parcel *first)
{
	for (parcel *p = first, *next; p != NULL; p = next) {
		next = p->next;
		free(p);
	}
}

/* |count| holders less. */
static void
let_go(dictionary *d, uint32_t count)
{
	if (atomic_fetch_sub_explicit(&d->holders, count, memory_order_acq_rel) != count)
		return;
	for (struct dictionary_charset *c = d->charsets, *next; c != NULL; c = next) {
		next = c->next;
		tl_charset_free(c->charset);
		free(c);
	}
	for (size_t i = 0; i < PARCEL_CLASSES; i++)
		free_chain(d->spare[i].first);
	pthread_mutex_destroy(&d->lock);
	tl_mib_free(d->mib);
	free(d);
}

/* One that was given back, or NULL. */
static parcel *
take_spare(dictionary *d, size_t class)
{
	pthread_mutex_lock(&d->lock);
	struct parcel_list *l = &d->spare[class];
	parcel *p = l->first;
	if (p != NULL) {
		l->first = p->next;
		l->count--;
	}
	pthread_mutex_unlock(&d->lock);
	return p;
}

/* A parcel with at least |len| bytes behind it. */
static parcel *
new_parcel(dictionary *d, size_t len)
{
	const size_t of_malloc = sizeof(size_t); /* which it keeps beside each block */
	size_t class = (sizeof(parcel) + len + of_malloc + PARCEL_STEP - 1) / PARCEL_STEP;
	parcel *p = class < PARCEL_CLASSES ? take_spare(d, class) : NULL;

	if (p == NULL)
		p = malloc(class * PARCEL_STEP - of_malloc);
	if (p == NULL)
		return NULL;
	p->holders = 1;
	p->bytes = (uint32_t)(class * PARCEL_STEP);
	p->dictionary = dictionary_hold(d);
	p->n = NULL;
	p->own = NULL;
	return p;
}

/* Gives back |count| parcels of |d| that nobody holds, chained. */
static void
give_back(dictionary *d, parcel *first, uint32_t count)
{
	parcel *over = NULL;

	if (count == 0)
		return;
	pthread_mutex_lock(&d->lock);
	for (parcel *p = first, *next; p != NULL; p = next) {
		size_t class = p->bytes / PARCEL_STEP;
		struct parcel_list *l = class < PARCEL_CLASSES ? &d->spare[class] : NULL;
		bool keep = l != NULL && l->count < PARCEL_SPARES;
		parcel **to = keep ? &l->first : &over;
		next = p->next;
		p->next = *to;
		*to = p;
		if (keep)
			l->count++;
	}
	pthread_mutex_unlock(&d->lock);
	free_chain(over);
	let_go(d, count);
}

static size_t
aligned(size_t len)
{
	const size_t unit = _Alignof(tl_notification);

	return (len + unit - 1) / unit * unit;
}

/* Fills |p|; how many bytes that takes behind it: if more than the |space| that is there,
 * it is of no use. */
static size_t
copy_event(parcel *p, const event *ev, size_t space)
{
	walk w = { .to = (uint8_t *)(p + 1), .space = space };

	p->j = ev->j;
	put_judgement(&w, &p->j);
	size_t at = aligned(w.used), left = at < space ? space - at : 0;
	tl_notification *n = left > 0 ? (void *)(w.to + at) : NULL;
	p->n = n;
	return at + tl_notification_clone_to(ev->n, n, left);
}

/* What a copy of |ev| takes, as far as one sees it at once. */
static size_t
guess(const event *ev)
{
	enum { TEXT = 24 }; /* bytes of a name or a short text */

	return sizeof *ev->n + ev->n->all_count * sizeof *ev->n->all + ev->n->wire.len +
	       ev->j.message.len + ev->j.alarm_key.len +
	       ev->j.field_count * (sizeof *ev->j.fields + TEXT) +
	       ev->j.tag_count * (sizeof *ev->j.tags + TEXT);
}

parcel *
parcel_of_event(const event *ev, dictionary *d)
{
	parcel *p = NULL;

	for (size_t need = guess(ev), space = 0; need > space;) {
		if (p != NULL)
			parcel_drop(p);
		p = new_parcel(d, need);
		if (p == NULL)
			return NULL;
		space = p->bytes - sizeof(size_t) - sizeof *p;
		need = copy_event(p, ev, space);
	}
	p->j.severity = event_severity(ev);
	p->j.charset = ev->charset != NULL ? dictionary_charset(d, ev->charset) : NULL;
	p->device = ev->device;
	p->made_ns = ev->now_ns;
	return p;
}

parcel *
parcel_of_own(const tl_own_event *own, dictionary *d)
{
	tl_own_event copy = *own;
	walk sum = { .to = (uint8_t *)&copy };

	put_own(&sum, &copy);
	parcel *p = new_parcel(d, sizeof *own + sum.used);
	if (p == NULL)
		return NULL;
	tl_own_event *kept = (void *)(p + 1);
	walk w = { .to = (uint8_t *)(kept + 1), .space = sum.used };
	*kept = *own;
	put_own(&w, kept);
	p->own = kept;
	p->j = (tl_judgement){ .severity = own->severity };
	p->device = (tl_endpoint){ 0 };
	p->made_ns = 0;
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
	parcels_drop(&p, 1);
}

void
parcels_drop(parcel *const *items, size_t count)
{
	dictionary *d = NULL;
	parcel *first = NULL;
	uint32_t n = 0;

	for (size_t i = 0; i < count; i++) {
		parcel *p = items[i];
		if (atomic_fetch_sub_explicit(&p->holders, 1, memory_order_acq_rel) != 1)
			continue;
		if (p->dictionary != d) {
			give_back(d, first, n);
			d = p->dictionary;
			first = NULL;
			n = 0;
		}
		p->next = first;
		first = p;
		n++;
	}
	give_back(d, first, n);
}

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
	let_go(d, 1);
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
