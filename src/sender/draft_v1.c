/* sender/draft_v1.c: the parameters of a v1 Trap-PDU, as given or by RFC 3584 section
 * 3.2. draft.c calls it. */
#include <string.h>

#include "sender/draft.h"

enum { GENERIC_COUNT = 6, GENERIC_ENTERPRISE = 6 };

/* 1.3.6.1.6.3.1.1.5: snmpTraps, before the number of a standard trap. */
static const uint8_t snmp_traps[] = { 0x2b, 6, 1, 6, 3, 1, 1, 5 };

/* The generic-trap of snmpTraps.1 to .6; GENERIC_ENTERPRISE for any other. */
static int32_t
generic_of(tl_oid trap_oid)
{
	size_t len = sizeof snmp_traps;

	if (trap_oid.len != len + 1 || memcmp(trap_oid.ber, snmp_traps, len) != 0 ||
	    trap_oid.ber[len] < 1 || trap_oid.ber[len] > GENERIC_COUNT)
		return GENERIC_ENTERPRISE;
	return trap_oid.ber[len] - 1;
}

/* Where the sub-identifier begins that ends before |end|. */
static uint32_t
arc_start(tl_oid oid, uint32_t end)
{
	uint32_t start = end - 1;

	while (start > 0 && (oid.ber[start - 1] & 0x80) != 0)
		start--;
	return start;
}

/* Section 3.2 (1) and (4) of a trap that is no standard one. The first byte of an OID
 * holds two sub-identifiers and has to stay. */
static tl_err
split_trap_oid(tl_draft *d, tl_send_problem *problem)
{
	tl_oid oid = d->trap_oid;
	uint32_t last = oid.len > 0 ? arc_start(oid, oid.len) : 0;
	uint32_t before = last > 0 ? arc_start(oid, last) : 0;
	uint64_t specific = 0;

	for (uint32_t i = last; i < oid.len; i++)
		specific = specific << 7 | (oid.ber[i] & 0x7f);
	if (last == 0)
		return tl_say_problem(
		    problem, TL_EINVAL, "no trap OID, or too short a one");
	if (specific > INT32_MAX)
		return tl_say_problem(problem, TL_EINVAL,
		    "the trap OID ends in more than specific-trap holds");
	d->specific = (int32_t)specific;
	d->enterprise = (tl_oid){ oid.ber, last };
	if (before > 0 && oid.ber[before] == 0)
		d->enterprise.len = before;
	return TL_OK;
}

/* Section 3.2 (1), (3) and (4). */
static tl_err
convert(tl_draft *d, tl_send_problem *problem)
{
	d->generic = generic_of(d->trap_oid);
	if (d->generic == GENERIC_ENTERPRISE)
		return split_trap_oid(d, problem);
	const tl_varbind *enterprise =
	    tl_draft_find(d, tl_oid_snmp_trap_enterprise, TL_T_OID);
	d->enterprise = enterprise != NULL ? enterprise->v.oid
					   : (tl_oid){ snmp_traps, sizeof snmp_traps };
	return TL_OK;
}

/* Section 3.2 (2): what the caller says, else what the varbinds say, else our own. */
static void
find_agent_address(const tl_draft_rules *rules, const tl_outgoing *out, tl_draft *d)
{
	const tl_varbind *vb = tl_draft_find(d, tl_oid_snmp_trap_address, TL_T_IPADDRESS);
	const uint8_t *address = rules->agent_address;

	if (out->has_agent_address)
		address = out->agent_address;
	else if (vb != NULL)
		address = vb->v.octets.ptr;
	memcpy(d->agent_address, address, sizeof d->agent_address);
}

tl_err
tl_draft_make_v1(const tl_draft_rules *rules, const tl_outgoing *out, tl_draft *d,
    tl_send_problem *problem)
{
	find_agent_address(rules, out, d);
	if (!out->v1.present)
		return convert(d, problem);
	tl_err err = TL_OK;
	if (out->v1.enterprise.len == 0)
		err = convert(d, problem);
	else
		d->enterprise = out->v1.enterprise;
	d->generic = out->v1.generic;
	d->specific = out->v1.specific;
	return err;
}
