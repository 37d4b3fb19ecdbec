/* pipeline/parcel.c: copies of events that outlive their batch. Made once an event by the
 * worker, freed by whichever output is done with it last. */
#include "pipeline/parcel.h"

#include <stdlib.h>
#include <string.h>

/* A copy is one block: the parcel, its arrays, then bytes, then the notification. What
 * the arrays and bytes take, *_bytes() says; put*() copies to |*at|, which goes on
 * behind the copy. */

static size_t
fields_bytes(const tl_field *fields, size_t count)
{
	size_t sum = count * sizeof *fields;

	for (size_t i = 0; i < count; i++)
		sum += fields[i].name.len + fields[i].text.len;
	return sum;
}

static size_t
tags_bytes(const tl_span *tags, size_t count)
{
	size_t sum = count * sizeof *tags;

	for (size_t i = 0; i < count; i++)
		sum += tags[i].len;
	return sum;
}

static size_t
judgement_bytes(const tl_judgement *j)
{
	return fields_bytes(j->fields, j->field_count) +
	       tags_bytes(j->tags, j->tag_count) +
	       (j->device != NULL ? sizeof *j->device : 0) + j->message.len +
	       j->device_name.len + j->alarm_key.len + j->rule.len;
}

static size_t
refusal_bytes(const tl_refusal *r)
{
	return sizeof *r + r->community.len + r->user.len + r->engine_id.len;
}

static size_t
own_bytes(const tl_own_event *own)
{
	return (own->datagram != NULL ? sizeof *own->datagram : 0) +
	       (own->refusal != NULL ? refusal_bytes(own->refusal) : 0) +
	       (own->loss != NULL ? sizeof *own->loss : 0) +
	       (own->source != NULL ? sizeof *own->source : 0) +
	       fields_bytes(own->fields, own->field_count) +
	       own->number_count * sizeof *own->numbers + own->trap_oid.len +
	       own->message.len + own->alarm_key.len + own->hint.len;
}

/* One that need not be there; aligned, like arrays. */
static void *
put_one(uint8_t **at, const void *ptr, size_t size)
{
	void *copy = *at;

	if (ptr == NULL)
		return NULL;
	*at += size;
	return memcpy(copy, ptr, size);
}

/* memcpy() of names and values, which are short: these by pieces that overlap. */
static inline void
copy(uint8_t *to, const uint8_t *from, size_t len)
{
	if (len < 4) {
		to[0] = from[0];
		to[len / 2] = from[len / 2];
		to[len - 1] = from[len - 1];
	} else if (len < 8) {
		memcpy(to, from, 4);
		memcpy(to + len - 4, from + len - 4, 4);
	} else if (len <= 16) {
		memcpy(to, from, 8);
		memcpy(to + len - 8, from + len - 8, 8);
	} else if (len <= 32) {
		memcpy(to, from, 16);
		memcpy(to + len - 16, from + len - 16, 16);
	} else {
		memcpy(to, from, len);
	}
}

static inline tl_span
put(uint8_t **at, tl_span s)
{
	tl_span to = { *at, s.len };

	if (s.len > 0)
		copy(*at, s.ptr, s.len);
	*at += s.len;
	return to;
}

/* To |to|, and what they say to |*at|. */
static inline const tl_field *
put_fields(uint8_t **at, tl_field *to, const tl_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		to[i].name = put(at, fields[i].name);
		to[i].text = put(at, fields[i].text);
	}
	return to;
}

static inline const tl_span *
put_tags(uint8_t **at, tl_span *to, const tl_span *tags, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[i] = put(at, tags[i]);
	return to;
}

static void
put_judgement(uint8_t *room, const tl_judgement *j, tl_judgement *to)
{
	tl_field *fields = (void *)room;
	tl_span *tags = (void *)(fields + j->field_count);
	uint8_t *at = (void *)(tags + j->tag_count);

	*to = *j;
	to->device = put_one(&at, j->device, sizeof *j->device);
	to->fields = put_fields(&at, fields, j->fields, j->field_count);
	to->tags = put_tags(&at, tags, j->tags, j->tag_count);
	to->message = put(&at, j->message);
	to->device_name = put(&at, j->device_name);
	to->alarm_key = put(&at, j->alarm_key);
	to->rule = put(&at, j->rule);
}

static void
put_own(uint8_t *at, tl_own_event *own)
{
	tl_datagram *in = put_one(&at, own->datagram, sizeof *in);
	tl_refusal *refusal = put_one(&at, own->refusal, sizeof *refusal);
	own->loss = put_one(&at, own->loss, sizeof *own->loss);
	tl_field *fields = (void *)at;

	at = (void *)(fields + own->field_count);
	own->numbers =
	    put_one(&at, own->numbers, own->number_count * sizeof *own->numbers);
	own->source = put_one(&at, own->source, sizeof *own->source);
	own->fields = put_fields(&at, fields, own->fields, own->field_count);
	tl_span trap_oid = { own->trap_oid.ber, own->trap_oid.len };
	own->trap_oid.ber = put(&at, trap_oid).ptr;
	own->message = put(&at, own->message);
	own->alarm_key = put(&at, own->alarm_key);
	own->hint = put(&at, own->hint);
	if (in != NULL) /* of the datagram's bytes only their number is left */
		in->bytes.ptr = NULL;
	own->datagram = in;
	if (refusal != NULL) {
		refusal->community = put(&at, refusal->community);
		refusal->user = put(&at, refusal->user);
		refusal->engine_id = put(&at, refusal->engine_id);
	}
	own->refusal = refusal;
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
	for (size_t i = 0; i < PARCEL_CLASSES; i++) {
		free_chain(d->ready[i]);
		free_chain(d->spare[i].first);
	}
	pthread_mutex_destroy(&d->lock);
	tl_mib_free(d->mib);
	free(d);
}

/* All that were given back, chained. */
static parcel *
take_spares(dictionary *d, size_t class)
{
	struct parcel_list *l = &d->spare[class];

	pthread_mutex_lock(&d->lock);
	parcel *first = l->first;
	*l = (struct parcel_list){ 0 };
	pthread_mutex_unlock(&d->lock);
	return first;
}

/* One that was used before, or NULL. */
static parcel *
take_ready(dictionary *d, size_t class)
{
	if (d->ready[class] == NULL)
		d->ready[class] = take_spares(d, class);
	parcel *p = d->ready[class];
	if (p != NULL)
		d->ready[class] = p->next;
	return p;
}

/* A parcel with at least |len| bytes behind it. */
static parcel *
new_parcel(dictionary *d, size_t len)
{
	const size_t of_malloc = sizeof(size_t); /* which it keeps beside each block */
	size_t class = (sizeof(parcel) + len + of_malloc + PARCEL_STEP - 1) / PARCEL_STEP;
	parcel *p = class < PARCEL_CLASSES ? take_ready(d, class) : NULL;

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

/* What a copy of |n| takes, as far as one sees it at once. */
static size_t
guess(const tl_notification *n)
{
	return sizeof *n + n->all_count * sizeof *n->all + n->wire.len +
	       (n->v3.priv != TL_PRIV_NONE ? n->pdu.len : 0);
}

parcel *
parcel_of_event(const event *ev, dictionary *d)
{
	size_t judged = aligned(judgement_bytes(&ev->j)), space = 0;
	parcel *p = NULL;

	for (size_t need = judged + guess(ev->n); need > space;) {
		if (p != NULL)
			parcel_drop(p);
		p = new_parcel(d, need);
		if (p == NULL)
			return NULL;
		space = p->bytes - sizeof(size_t) - sizeof *p;
		p->n = (void *)((uint8_t *)(p + 1) + judged);
		need = judged +
		       tl_notification_clone_to(ev->n, (void *)p->n, space - judged);
	}
	put_judgement((uint8_t *)(p + 1), &ev->j, &p->j);
	p->j.severity = event_severity(ev);
	p->j.charset = ev->charset != NULL ? dictionary_charset(d, ev->charset) : NULL;
	p->device = ev->device;
	p->made_ns = ev->now_ns;
	return p;
}

parcel *
parcel_of_own(const tl_own_event *own, dictionary *d)
{
	parcel *p = new_parcel(d, sizeof *own + own_bytes(own));

	if (p == NULL)
		return NULL;
	tl_own_event *kept = (void *)(p + 1);
	*kept = *own;
	put_own((uint8_t *)(kept + 1), kept);
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
