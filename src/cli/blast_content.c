/* cli/blast_content.c: what the notifications of `trapline blast` say: linkDown with as
 * many objects as are asked for, and a filler up to a size. */
#include <stdlib.h>
#include <string.h>

#include "cli/blast_parts.h"
#include "sys/clock.h"

enum {
	NAME_ARCS = 11,
	NAME_ROOM = 16, /* bytes of a name's BER */
	SLACK = 64, /* bytes by which messages of a kind differ: v3's times, padding */
	LATE_S = 10000000, /* an engineTime of four bytes */
	FITS = 16,         /* attempts to hit a size */
	CS_PER_S = 100
};

/* One after the other, and again: a column of ifTable, of instance 1, 2, ... */
typedef struct column {
	uint32_t arc;
	tl_type type;
	uint32_t value;
} column;

static const column link_down[] = { { 1, TL_T_INTEGER, 3 }, { 7, TL_T_INTEGER, 1 },
	{ 8, TL_T_INTEGER, 2 } }; /* ifIndex ifAdminStatus ifOperStatus */
static const column others[] = { { 2, TL_T_OCTETS, 0 },
	{ 10, TL_T_COUNTER32, 1234567890 }, { 5, TL_T_GAUGE32, 1000000000 },
	{ 9, TL_T_TIMETICKS, 5150000 } };
/* ifDescr ifInOctets ifSpeed ifLastChange */

enum {
	LINK_DOWN = sizeof link_down / sizeof link_down[0],
	OTHERS = sizeof others / sizeof others[0]
};

static const uint8_t if_descr[] = "GigabitEthernet1/0/3";
static const uint8_t link_down_oid[] = { 0x2b, 6, 1, 6, 3, 1, 1, 5, 3 };
static const uint8_t sys_descr_0[] = { 0x2b, 6, 1, 2, 1, 1, 1, 0 };

static tl_err
set_varbind(tl_varbind *vb, uint8_t *name, const column *c, uint32_t instance)
{
	const uint32_t arcs[NAME_ARCS] = { 1, 3, 6, 1, 2, 1, 2, 2, 1, c->arc, instance };
	uint8_t room[TL_OID_BER_MAX];
	tl_oid oid;

	tl_err err = tl_oid_from_arcs(arcs, NAME_ARCS, room, &oid);
	if (err != TL_OK || oid.len > NAME_ROOM)
		return err != TL_OK ? err : TL_ENOSPC;
	memcpy(name, oid.ber, oid.len);
	*vb = (tl_varbind){ .name = { name, oid.len }, .type = c->type };
	if (c->type == TL_T_OCTETS)
		vb->v.octets = (tl_span){ if_descr, sizeof if_descr - 1 };
	else if (c->type == TL_T_INTEGER)
		vb->v.i64 = c->value;
	else
		vb->v.u64 = c->value;
	return TL_OK;
}

static tl_err
set_varbinds(blast_messages *m, uint32_t count)
{
	tl_err err = TL_OK;

	for (uint32_t i = 0; i < count && err == TL_OK; i++) {
		const column *c =
		    i < LINK_DOWN ? &link_down[i] : &others[(i - LINK_DOWN) % OTHERS];
		uint32_t instance = i < LINK_DOWN ? 3 : 3 + (i - LINK_DOWN) / OTHERS;
		err =
		    set_varbind(&m->vb[i], m->names + (size_t)i * NAME_ROOM, c, instance);
	}
	return err;
}

static int
failed(tl_err err)
{
	cli_error("blast", "%s", tl_err_text(err));
	return EXIT_FAILED;
}

int
blast_content_make(blast_messages *m, const blast_options *o)
{
	m->vb = calloc((size_t)o->varbinds + 1, sizeof *m->vb);
	m->names = calloc((size_t)o->varbinds + 1, NAME_ROOM);
	m->filler = malloc(TL_DATAGRAM_MAX);
	if (m->vb == NULL || m->names == NULL || m->filler == NULL)
		return failed(TL_ENOMEM);
	memset(m->filler, 'x', TL_DATAGRAM_MAX);
	tl_err err = set_varbinds(m, o->varbinds);
	if (err != TL_OK)
		return failed(err);
	m->what = (tl_outgoing){ .kind = TL_TRAP,
		.trap_oid = { link_down_oid, sizeof link_down_oid },
		.has_uptime = true,
		.uptime_cs = blast_uptime_cs(m, m->start_ns),
		.vb = m->vb,
		.vb_count = o->varbinds };
	if (o->size_bytes > 0)
		m->vb[m->what.vb_count++] =
		    (tl_varbind){ .name = { sys_descr_0, sizeof sys_descr_0 },
			    .type = TL_T_OCTETS,
			    .v.octets = { m->filler, 0 } };
	return -1;
}

uint32_t
blast_uptime_cs(const blast_messages *m, int64_t now_ns)
{
	/* begins at 46 hours and ends after 200 days */
	const uint32_t least = 0x01000000, span = 0x60000000;

	return least + (uint32_t)((uint64_t)(now_ns - m->start_ns) /
				  (TL_NS_PER_S / CS_PER_S) % span);
}

/* The size of the largest message of the mix, as large as it gets: of v3, engineTime
 * grows. */
static tl_err
measure(blast_messages *m, tl_buf *room, size_t *out)
{
	const int64_t late_ns = m->start_ns + (int64_t)LATE_S * TL_NS_PER_S;

	*out = 0;
	for (unsigned v = 1; v <= 3; v++) {
		tl_span made;
		if (m->senders[v] == NULL)
			continue;
		tl_err err =
		    tl_sender_encode_trap(m->senders[v], &m->what, late_ns, room, &made);
		if (err == TL_ELIMIT_SIZE)
			made.len = tl_sender_problem(m->senders[v])->size_bytes;
		else if (err != TL_OK)
			return err;
		if (made.len > *out)
			*out = made.len;
	}
	return TL_OK;
}

/* The filler makes lengths longer, too, so that the size is come at by and by. */
static tl_err
fill(blast_messages *m, tl_buf *room, size_t wanted, size_t *size)
{
	size_t *filler_len = &m->vb[m->what.vb_count - 1].v.octets.len;
	tl_err err = TL_OK;

	for (int i = 0; i < FITS && err == TL_OK && *size != wanted; i++) {
		if (*size < wanted && i + 1 < FITS)
			*filler_len += wanted - *size;
		else
			*filler_len -=
			    *size - wanted < *filler_len ? *size - wanted : *filler_len;
		err = measure(m, room, size);
	}
	return err;
}

int
blast_content_fill(blast_messages *m, const blast_options *o)
{
	tl_buf room = { .ptr = malloc(TL_SENDER_BUFFER_BYTES),
		.cap = TL_SENDER_BUFFER_BYTES };
	size_t size = 0;

	tl_err err = room.ptr != NULL ? measure(m, &room, &size) : TL_ENOMEM;
	size_t least = size;
	if (err == TL_OK && o->size_bytes > 0)
		err = fill(m, &room, o->size_bytes, &size);
	free(room.ptr);
	if (err != TL_OK)
		return failed(err);
	size_t most = o->size_bytes > 0 ? o->size_bytes : TL_DATAGRAM_MAX;
	if (size > most)
		return cli_usage_error("blast",
		    "a message with these objects has %zu bytes at least, not %zu", least,
		    most);
	m->room_bytes = (size + SLACK + TL_SENDER_SPARE_BYTES + 63) / 64 * 64;
	return -1;
}
