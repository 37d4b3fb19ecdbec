/* pdu/normal.c: the one place where a v1 trap becomes the v2 form (RFC 3584 section
 * 3.1), and where the two standard varbinds of the v2 form are found. */
#include "base/arena.h"
#include "pdu/pdu.h"

#include <string.h>

enum { GENERIC_MAX = 5, GENERIC_ENTERPRISE = 6, ARC_BYTES_MAX = 5 };

/* 1.3.6.1.6.3.1.1.5: snmpTraps, before the sub-identifier of a generic trap. */
static const uint8_t snmp_traps[] = { 0x2b, 6, 1, 6, 3, 1, 1, 5 };

/* 1.3.6.1.2.1.1.3.0, 1.3.6.1.6.3.1.1.4.1.0 and 1.3.6.1.6.3.18.1.3.0. */
static const uint8_t sys_uptime[] = { 0x2b, 6, 1, 2, 1, 1, 3, 0 };
static const uint8_t snmp_trap_oid[] = { 0x2b, 6, 1, 6, 3, 1, 1, 4, 1, 0 };
static const uint8_t snmp_trap_address[] = { 0x2b, 6, 1, 6, 3, 18, 1, 3, 0 };

/* |head| and |arcs| behind it, in the arena. */
static tl_err
join(tl_arena *arena, tl_oid head, const uint32_t *arcs, size_t count, tl_oid *out)
{
	uint8_t *ber = tl_arena_take(arena, head.len + count * ARC_BYTES_MAX);
	size_t len = head.len;

	if (ber == NULL)
		return TL_ENOMEM;
	if (head.len > 0)
		memcpy(ber, head.ber, head.len);
	for (size_t i = 0; i < count; i++) {
		unsigned shift = 0;
		while (shift < 28 && arcs[i] >> (shift + 7) != 0)
			shift += 7;
		for (; shift > 0; shift -= 7)
			ber[len++] = (uint8_t)(0x80 | (arcs[i] >> shift & 0x7f));
		ber[len++] = (uint8_t)(arcs[i] & 0x7f);
	}
	*out = (tl_oid){ ber, (uint32_t)len };
	return TL_OK;
}

tl_err
tl_pdu_v1_normalise(tl_notification *n, tl_arena *arena)
{
	int32_t generic = n->v1.generic;
	uint32_t arcs[TL_OID_MAX];

	if (generic >= 0 && generic <= GENERIC_MAX) {
		uint32_t number = (uint32_t)generic + 1;
		tl_oid traps = { snmp_traps, sizeof snmp_traps };
		return join(arena, traps, &number, 1, &n->trap_oid);
	}
	/* A generic-trap that RFC 1157 does not know has no OID of its own; the
	 * enterprise's is the nearest. */
	if (generic != GENERIC_ENTERPRISE || n->v1.specific < 0)
		n->flags |= TL_FLAG_ENCODING;
	size_t count = tl_oid_arcs(n->v1.enterprise, arcs);
	if (count == 0 || count > TL_OID_MAX - 2) {
		n->flags |= TL_FLAG_NO_TRAP_OID;
		return TL_OK;
	}
	const uint32_t behind[2] = { 0, (uint32_t)n->v1.specific };
	return join(arena, n->v1.enterprise, behind, 2, &n->trap_oid);
}

static bool
is_at(const tl_varbind *vb, const uint8_t *oid, size_t len, tl_type type)
{
	return vb->name.len == len && vb->type == type &&
	       memcmp(vb->name.ber, oid, len) == 0;
}

static bool
is_uptime(const tl_varbind *vb)
{
	return is_at(vb, sys_uptime, sizeof sys_uptime, TL_T_TIMETICKS);
}

static bool
is_trap_oid(const tl_varbind *vb)
{
	return is_at(vb, snmp_trap_oid, sizeof snmp_trap_oid, TL_T_OID);
}

/* The first that |matches|; |count| if there is none. */
static size_t
find(const tl_notification *n, bool (*matches)(const tl_varbind *))
{
	size_t i = 0;

	while (i < n->all_count && !matches(&n->all[i]))
		i++;
	return i;
}

/* |n|->all without |uptime| and |trap_oid|, where they are not the first ones. */
static tl_err
leave_out(tl_notification *n, size_t uptime, size_t trap_oid, tl_arena *arena)
{
	tl_varbind *rest = tl_arena_take(arena, n->all_count * sizeof *rest);
	size_t count = 0;

	if (rest == NULL)
		return TL_ENOMEM;
	for (size_t i = 0; i < n->all_count; i++)
		if (i != uptime && i != trap_oid)
			rest[count++] = n->all[i];
	n->vb = rest;
	n->vb_count = count;
	return TL_OK;
}

static void
find_agent_address(tl_notification *n)
{
	for (size_t i = 0; i < n->vb_count; i++) {
		const tl_varbind *vb = &n->vb[i];
		if (!is_at(
			vb, snmp_trap_address, sizeof snmp_trap_address, TL_T_IPADDRESS))
			continue;
		n->has_agent_address = true;
		memcpy(n->agent_address, vb->v.octets.ptr, sizeof n->agent_address);
		return;
	}
}

tl_err
tl_pdu_v2_normalise(tl_notification *n, tl_arena *arena)
{
	tl_err err = TL_OK;
	size_t uptime = find(n, is_uptime), trap_oid = find(n, is_trap_oid);
	bool has_uptime = uptime < n->all_count, has_trap_oid = trap_oid < n->all_count;

	if (has_uptime)
		n->uptime_cs = (uint32_t)n->all[uptime].v.u64;
	else
		n->flags |= TL_FLAG_NO_UPTIME;
	if (has_trap_oid)
		n->trap_oid = n->all[trap_oid].v.oid;
	if (n->trap_oid.len == 0)
		n->flags |= TL_FLAG_NO_TRAP_OID;
	if ((has_uptime && uptime != 0) ||
	    (has_trap_oid && trap_oid != (size_t)has_uptime))
		n->flags |= TL_FLAG_MISPLACED;
	if ((n->flags & TL_FLAG_MISPLACED) != 0) {
		err = leave_out(n, uptime, trap_oid, arena);
	} else {
		size_t standard = (size_t)has_uptime + (size_t)has_trap_oid;
		n->vb = n->all + standard;
		n->vb_count = n->all_count - standard;
	}
	find_agent_address(n);
	return err;
}
