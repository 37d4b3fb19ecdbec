/* outputs/forward_loop.c: finds what has come back, so that two who forward to each other
 * do not do so for ever. Told by the address that it comes from; on this host, where many
 * programs share an address, also by what it says. output_forward.c asks. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "outputs/forward.h"
#include "receiver/here.h"
#include "sys/clock.h"

/* How long something may be under way, and how much of it is remembered. Two programs of
 * this host that say the same within this time are taken for a loop, and by default for
 * repeats anyway. */
#define MEMORY_NS (10 * (int64_t)TL_NS_PER_S)

enum { MARKS = 4096 }; /* a power of two */

/* Something that was sent. */
typedef struct mark {
	uint64_t hash;
	uint64_t targets; /* their bits */
	tl_endpoint from; /* where it had come from */
	int64_t at_ns;
} mark;

struct loop_memory {
	mark at[MARKS];
};

static bool
is_same_address(const tl_endpoint *a, const tl_endpoint *b)
{
	return memcmp(a->addr, b->addr, sizeof a->addr) == 0;
}

static bool
is_same(const tl_endpoint *a, const tl_endpoint *b)
{
	return is_same_address(a, b) && a->port == b->port;
}

bool
forward_loop_address(forward *f, target *t)
{
	t->is_here = tl_endpoint_is_here(&t->to);
	if (t->is_here && f->memory == NULL)
		f->memory = calloc(1, sizeof *f->memory);
	return !t->is_here || f->memory != NULL;
}

static uint64_t
hash_span(tl_span bytes, uint64_t seed)
{
	return tl_hash(bytes.ptr, bytes.len, seed);
}

/* Whether encoding anew may have added or taken it away: RFC 3584 section 3. */
static bool
is_of_the_form(const tl_varbind *vb)
{
	static const uint8_t address[] = { 0x2b, 6, 1, 6, 3, 18, 1 },
			     enterprise[] = { 0x2b, 6, 1, 6, 3, 1, 1, 4, 3, 0 };
	tl_oid name = vb->name;

	return vb->type == TL_T_COUNTER64 ||
	       (name.len == sizeof address + 2 &&
		   memcmp(name.ber, address, sizeof address) == 0) ||
	       (name.len == sizeof enterprise &&
		   memcmp(name.ber, enterprise, sizeof enterprise) == 0);
}

static uint64_t
hash_varbind(const tl_varbind *vb, uint64_t h)
{
	h = tl_hash(vb->name.ber, vb->name.len, h + (uint64_t)vb->type);
	switch (vb->type) {
	case TL_T_OCTETS:
	case TL_T_OPAQUE:
	case TL_T_IPADDRESS:
		return hash_span(vb->v.octets, h);
	case TL_T_OID:
		return tl_hash(vb->v.oid.ber, vb->v.oid.len, h);
	case TL_T_INTEGER:
		return tl_hash_mix(h, (uint64_t)vb->v.i64 | 1);
	case TL_T_COUNTER32:
	case TL_T_GAUGE32:
	case TL_T_TIMETICKS:
	case TL_T_COUNTER64:
		return tl_hash_mix(h, vb->v.u64 | 1);
	case TL_T_NULL:
	case TL_T_NOSUCHOBJECT:
	case TL_T_NOSUCHINSTANCE:
	case TL_T_ENDOFMIBVIEW:
		break;
	}
	return h;
}

bool
forward_is_to_us(const forward *f, const target *t)
{
	return t->is_here && f->own != NULL && own_sockets_receive(f->own, &t->to);
}

/* What stays the same all the way round. */
static uint64_t
identity(const forward *f, const tl_notification *n)
{
	uint64_t h;

	if (f->forward->encoding == TL_ENCODE_RAW)
		return hash_span(n->wire, 0);
	h = tl_hash(n->trap_oid.ber, n->trap_oid.len, n->uptime_cs);
	for (size_t i = 0; i < n->vb_count; i++)
		if (!is_of_the_form(&n->vb[i]))
			h = hash_varbind(&n->vb[i], h);
	return h;
}

/* Whether |t| was sent the same, which had come from somewhere else then: what a device
 * says twice comes from one place. */
static bool
has_come_back(const forward *f, const target *t, const tl_notification *n, int64_t now_ns)
{
	uint64_t hash = identity(f, n);
	const mark *m = &f->memory->at[hash % MARKS];

	return m->hash == hash && (m->targets & t->bit) != 0 &&
	       now_ns - m->at_ns < MEMORY_NS && !is_same(&m->from, &n->from);
}

void
forward_loop_note(forward *f, const target *t, const parcel *p, int64_t now_ns)
{
	if (!t->is_here)
		return;
	uint64_t hash = identity(f, p->n);
	mark *m = &f->memory->at[hash % MARKS];
	if (m->hash != hash || now_ns - m->at_ns >= MEMORY_NS)
		*m = (mark){ .hash = hash, .from = p->n->from };
	m->targets |= t->bit;
	m->at_ns = now_ns;
}

/* Whether it was sent by one of our own sockets. */
static bool
is_ours(const forward *f, const tl_endpoint *from)
{
	for (size_t i = 0; i < f->target_count; i++) {
		const target *t = &f->targets[i];
		if (t->fd >= 0 && is_same(&t->local, from))
			return true;
		for (size_t k = 0; k < t->lane_count; k++) {
			tl_endpoint local = tl_manager_local(t->lanes[k]->m);
			if (is_same(&local, from))
				return true;
		}
	}
	return false;
}

static bool
is_our_engine(const forward *f, tl_span id)
{
	return id.len > 0 && id.len == f->self.engine_id_len &&
	       memcmp(id.ptr, f->self.engine_id, id.len) == 0;
}

/* Forwarders keep the context's engine. */
static bool
is_of_our_engine(const forward *f, const tl_notification *n)
{
	return n->version == 3 &&
	       (is_our_engine(f, n->v3.context_engine_id) ||
		   (n->kind == TL_TRAP && is_our_engine(f, n->v3.engine_id)));
}

bool
forward_is_loop(const forward *f, const target *t, const parcel *p, int64_t now_ns)
{
	const tl_notification *n = p->n;

	if (t->is_here ? is_same(&n->from, &t->to) : is_same_address(&n->from, &t->to))
		return true;
	if (is_of_our_engine(f, n) || is_ours(f, &n->from))
		return true;
	return t->is_here && is_same_address(&n->from, &t->to) &&
	       has_come_back(f, t, n, now_ns);
}
