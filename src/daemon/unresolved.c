/* daemon/unresolved.c: see unresolved.h. The table is as large as it will ever be, and
 * what a peer can do to it is fill it. */
#include "daemon/unresolved.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"

enum { SLOTS = 2 * UNRESOLVED_ENTERPRISES_MAX, PREFIX_ARCS = 7, EXAMPLE_ROOM = 64 };

typedef struct slot {
	uint64_t count;                  /* 0: empty */
	uint8_t prefix_len, example_len; /* of oid; 0: too long to be kept */
	uint8_t oid[EXAMPLE_ROOM];       /* the first trap OID; begins with the prefix */
} slot;

struct unresolved {
	const tl_mib *mib;
	uint32_t used;
	uint64_t others; /* of those for whom there was no room */
	slot slots[SLOTS];
};

unresolved *
unresolved_new(const tl_mib *mib)
{
	unresolved *u = calloc(1, sizeof *u);

	if (u != NULL)
		u->mib = mib;
	return u;
}

void
unresolved_free(unresolved *u)
{
	free(u);
}

/* The bytes of the first 7 sub-identifiers; the first byte holds two of them. */
static uint8_t
prefix_len(tl_oid oid)
{
	uint32_t i = 0, arcs = 1;

	while (i < oid.len && arcs < PREFIX_ARCS)
		arcs += (oid.ber[i++] & 0x80) == 0;
	return (uint8_t)i;
}

static slot *
slot_of(unresolved *u, tl_oid oid, uint8_t len)
{
	uint32_t at = (uint32_t)tl_hash(oid.ber, len, 0) % SLOTS;

	while (u->slots[at].count > 0 && (u->slots[at].prefix_len != len ||
					     memcmp(u->slots[at].oid, oid.ber, len) != 0))
		at = (at + 1) % SLOTS;
	return &u->slots[at];
}

void
unresolved_count(unresolved *u, const tl_notification *n)
{
	tl_oid oid = n->trap_oid;

	if (oid.len == 0 || tl_mib_find_notification(u->mib, oid) != NULL)
		return;
	uint8_t len = prefix_len(oid);
	slot *s = slot_of(u, oid, len);
	if (s->count == 0) {
		if (u->used == UNRESOLVED_ENTERPRISES_MAX) {
			u->others++;
			return;
		}
		u->used++;
		s->prefix_len = len;
		s->example_len = oid.len <= EXAMPLE_ROOM ? (uint8_t)oid.len : 0;
		if (len > 0)
			memcpy(
			    s->oid, oid.ber, s->example_len > 0 ? s->example_len : len);
	}
	s->count++;
}

static int
most_first(const void *a, const void *b)
{
	const slot *x = *(const slot *const *)a, *y = *(const slot *const *)b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return memcmp(x->oid, y->oid, sizeof x->oid);
}

static void
put_key(tl_buf *b, const char *before, const slot *s)
{
	tl_buf_puts(b, before);
	tl_buf_putc(b, '"');
	tl_buf_oid(b, (tl_oid){ s->oid, s->prefix_len });
	tl_buf_lit(b, "\":");
}

static void
put_all(const unresolved *u, const slot *const *sorted, tl_buf *b)
{
	const char *before = "";

	tl_buf_lit(b, "\"unresolved_by_enterprise\":{");
	for (uint32_t i = 0; i < u->used; i++) {
		put_key(b, i > 0 ? "," : "", sorted[i]);
		tl_buf_u64(b, sorted[i]->count);
	}
	tl_buf_lit(b, "},\"unresolved_examples\":{");
	for (uint32_t i = 0; i < u->used; i++) {
		if (sorted[i]->example_len == 0)
			continue;
		put_key(b, before, sorted[i]);
		tl_buf_putc(b, '"');
		tl_buf_oid(b, (tl_oid){ sorted[i]->oid, sorted[i]->example_len });
		tl_buf_putc(b, '"');
		before = ",";
	}
	tl_buf_lit(b, "},\"unresolved_others\":");
	tl_buf_u64(b, u->others);
}

tl_err
unresolved_put(const unresolved *u, tl_buf *out)
{
	const slot *sorted[UNRESOLVED_ENTERPRISES_MAX];
	tl_buf b = { .ptr = out->ptr + out->len, .cap = out->cap - out->len };
	uint32_t count = 0;

	for (uint32_t i = 0; i < SLOTS; i++)
		if (u->slots[i].count > 0)
			sorted[count++] = &u->slots[i];
	if (count > 0)
		qsort(sorted, count, sizeof *sorted, most_first);
	put_all(u, sorted, &b);
	if (b.full)
		return TL_ENOSPC;
	out->len += b.len;
	return TL_OK;
}
