/* mib/oids.c: finds the OID of every definition: goes up, from name to name, to one that
 * has its OID, and down again. What waits for another is noted in that one, so that no
 * depth needs a stack. Called by resolve.c and guess.c. */
#include "mib/resolve.h"

#include <string.h>

/* The sub-identifiers of an OID that is being put together. */
typedef struct path {
	uint32_t arcs[TL_OID_MAX];
	size_t count;
	bool full;
} path;

static void
push(path *p, uint32_t arc)
{
	if (p->count < TL_OID_MAX)
		p->arcs[p->count++] = arc;
	else
		p->full = true;
}

tl_oid
tl_mib_oid_of(const tl_mib_resolver *r, uint32_t def)
{
	const tl_mib_spot *spot = &r->spots[def];

	return (tl_oid){ TL_VEC_AT(&r->set->oids, const uint8_t, spot->oid), spot->len };
}

static void
push_spot(const tl_mib_resolver *r, uint32_t def, path *p)
{
	if (r->spots[def].state == TL_MIB_SHORT)
		push(p, r->spots[def].oid);
	else
		p->count = tl_oid_arcs(tl_mib_oid_of(r, def), p->arcs);
}

static bool
is_placed(const tl_mib_resolver *r, uint32_t def)
{
	return r->spots[def].state == TL_MIB_DONE || r->spots[def].state == TL_MIB_SHORT;
}

/* |def| has no OID: by its own fault, or by |culprit|'s. */
static void
lose(tl_mib_resolver *r, uint32_t def, uint32_t culprit, tl_mib_fault fault)
{
	r->spots[def] = (tl_mib_spot){
		.oid = culprit, .state = TL_MIB_LOST, .fault = (uint8_t)fault
	};
}

/* Loses |def| because of what |needed| is: not there, still waiting for it, or lost. */
static void
lose_by(tl_mib_resolver *r, uint32_t def, uint32_t needed, tl_mib_fault missing)
{
	if (needed == TL_MIB_NONE)
		lose(r, def, def, missing);
	else if (r->spots[needed].state == TL_MIB_BUSY)
		lose(r, def, def, TL_MIB_FAULT_CIRCLE);
	else
		lose(r, def, r->spots[needed].oid, TL_MIB_FAULTLESS);
}

static tl_err
look_up_arc(tl_mib_resolver *r, uint32_t def, const tl_smi_arc *arc, uint32_t *found)
{
	if (def - r->ranks[r->here].module->def >= r->ranks[r->here].module->def_count)
		r->here = tl_mib_module_of(r, def);
	tl_mib_seen seen = { .module = r->here,
		.name = tl_mib_arc_name(arc),
		.self = def,
		.class = TL_MIB_CLASS_PLACE };

	return tl_mib_look_up(r, &seen, tl_mib_tree_def(r, def)->place, found);
}

/* Finds what the first part of |def|'s OID is. */
static tl_err
find_above(tl_mib_resolver *r, uint32_t def)
{
	const tl_smi_arc *arc = tl_mib_arcs_of(r, tl_mib_tree_def(r, def));
	uint32_t *above = &r->above[def];
	tl_err err;

	*above = TL_MIB_NONE;
	if (tl_mib_arc_name(arc) != 0) {
		err = look_up_arc(r, def, arc, above);
		if (err != TL_OK || *above != TL_MIB_NONE || tl_mib_is_bare(arc))
			return err;
	}
	*above = tl_mib_root_numbered(r, arc->number);
	return TL_OK;
}

/* How many of the parts make the OID that a trap's number is put behind, or the whole
 * OID of another definition. */
static uint32_t
part_count(const tl_smi_def *def)
{
	return def->kind == TL_SMI_TRAP ? def->arc_count - 1u : def->arc_count;
}

static bool
has_inner_names(const tl_mib_resolver *r, const tl_smi_def *def)
{
	const tl_smi_arc *arcs = tl_mib_arcs_of(r, def);

	for (uint32_t i = 1; i < part_count(def); i++)
		if (tl_mib_is_bare(&arcs[i]))
			return true;
	return false;
}

static bool
is_open(const tl_mib_resolver *r, uint32_t def)
{
	return def != TL_MIB_NONE && r->spots[def].state == TL_MIB_OPEN;
}

static bool
can_be_read(const tl_smi_def *def)
{
	return (def->flags & TL_SMI_UNREADABLE) == 0 &&
	       def->arc_count > (def->kind == TL_SMI_TRAP);
}

/* A definition whose OID must be known before |d|'s; TL_MIB_NONE if there is none (any
 * more). */
static tl_err
next_needed(tl_mib_resolver *r, uint32_t d, uint32_t *needed)
{
	const tl_smi_def *def = tl_mib_tree_def(r, d);
	const tl_smi_arc *arcs = tl_mib_arcs_of(r, def);
	tl_err err = TL_OK;

	*needed = TL_MIB_NONE;
	if (!can_be_read(def)) {
		r->above[d] = TL_MIB_NONE;
		return TL_OK;
	}
	if (r->above[d] == TL_MIB_UNKNOWN)
		err = find_above(r, d);
	if (is_open(r, r->above[d]))
		*needed = r->above[d];
	if (*needed != TL_MIB_NONE || !has_inner_names(r, def))
		return err;
	for (uint32_t i = 1; i < part_count(def) && err == TL_OK; i++) {
		if (!tl_mib_is_bare(&arcs[i]))
			continue;
		err = look_up_arc(r, d, &arcs[i], needed);
		if (is_open(r, *needed))
			return err;
		*needed = TL_MIB_NONE;
	}
	return err;
}

static tl_err
keep_oid(tl_mib_resolver *r, uint32_t d, tl_oid oid)
{
	uint8_t *to = tl_vec_grow(&r->set->oids, 1, oid.len);

	if (to == NULL)
		return TL_ENOMEM;
	memcpy(to, oid.ber, oid.len);
	r->spots[d] = (tl_mib_spot){ .oid = r->set->oids.count - oid.len,
		.len = (uint16_t)oid.len,
		.state = TL_MIB_DONE };
	return TL_OK;
}

static tl_err
keep_path(tl_mib_resolver *r, uint32_t d, const path *p)
{
	uint8_t room[TL_OID_BER_MAX];
	tl_oid oid;

	if (p->count == 1 && p->arcs[0] <= 2) {
		r->spots[d] = (tl_mib_spot){ .oid = p->arcs[0], .state = TL_MIB_SHORT };
		return TL_OK;
	}
	if (p->full || tl_oid_from_arcs(p->arcs, p->count, room, &oid) != TL_OK) {
		lose(r, d, d, TL_MIB_FAULT_NUMBERS);
		return TL_OK;
	}
	return keep_oid(r, d, oid);
}

/* A name that must be a child of what |p| is: pushes its number. False if |d| is lost by
 * it. */
static bool
push_inner(tl_mib_resolver *r, uint32_t d, uint32_t inner, path *p)
{
	path child = { .count = 0 };

	if (inner == TL_MIB_NONE || !is_placed(r, inner)) {
		lose_by(r, d, inner, TL_MIB_FAULT_INNER);
		return false;
	}
	push_spot(r, inner, &child);
	if (child.count != p->count + 1 ||
	    memcmp(child.arcs, p->arcs, p->count * sizeof p->arcs[0]) != 0) {
		lose(r, d, d, TL_MIB_FAULT_INNER);
		return false;
	}
	push(p, child.arcs[p->count]);
	return true;
}

/* Puts a TRAP-TYPE's number behind its ENTERPRISE: enterprise.0.number (RFC 3584 section
 * 3.1), unless it is one of the generic traps, as RFC 1215 has them with ENTERPRISE snmp
 * and converted modules with snmpTraps. */
static void
push_trap(path *p, uint32_t number)
{
	static const uint32_t snmp[] = { 1, 3, 6, 1, 2, 1, 11 },
			      traps[] = { 1, 3, 6, 1, 6, 3, 1, 1, 5 };
	enum { SNMP = 7, TRAPS = 9, GENERIC_MAX = 5 };
	bool generic = (p->count == SNMP && memcmp(p->arcs, snmp, sizeof snmp) == 0) ||
		       (p->count == TRAPS && memcmp(p->arcs, traps, sizeof traps) == 0);

	if (generic && number <= GENERIC_MAX) {
		memcpy(p->arcs, traps, sizeof traps);
		p->count = TRAPS;
		push(p, number + 1);
		return;
	}
	push(p, 0);
	push(p, number);
}

/* Puts the OID of |d| together, part by part. */
static tl_err
place_slowly(tl_mib_resolver *r, uint32_t d)
{
	const tl_smi_def *def = tl_mib_tree_def(r, d);
	const tl_smi_arc *arcs = tl_mib_arcs_of(r, def);
	path p = { .count = 0 };

	push_spot(r, r->above[d], &p);
	for (uint32_t i = 1; i < part_count(def); i++) {
		uint32_t inner = TL_MIB_NONE;
		if (!tl_mib_is_bare(&arcs[i])) {
			push(&p, arcs[i].number);
			continue;
		}
		tl_err err = look_up_arc(r, d, &arcs[i], &inner);
		if (err != TL_OK)
			return err;
		if (!push_inner(r, d, inner, &p))
			return TL_OK;
	}
	if (def->kind == TL_SMI_TRAP)
		push_trap(&p, arcs[def->arc_count - 1].number);
	return keep_path(r, d, &p);
}

static uint32_t
put_arc(uint8_t *to, uint32_t arc)
{
	uint32_t len = 0;

	for (unsigned shift = 28; shift > 0; shift -= 7)
		if (arc >> shift != 0)
			to[len++] = (uint8_t)(0x80 | (arc >> shift & 0x7f));
	to[len++] = (uint8_t)(arc & 0x7f);
	return len;
}

static uint32_t
count_arcs(const uint8_t *ber, uint32_t len)
{
	uint32_t count = 1;

	for (uint32_t i = 0; i < len; i++)
		count += ber[i] < 0x80;
	return count;
}

/* The common case: some numbers below a definition that has its OID. */
static tl_err
place_below(tl_mib_resolver *r, uint32_t d)
{
	const tl_smi_def *def = tl_mib_tree_def(r, d);
	const tl_smi_arc *arcs = tl_mib_arcs_of(r, def);
	tl_oid above = tl_mib_oid_of(r, r->above[d]);
	uint8_t room[2 * TL_OID_BER_MAX];
	tl_oid oid = { room, above.len };

	memcpy(room, above.ber, above.len);
	for (uint32_t i = 1; i < def->arc_count && oid.len < TL_OID_BER_MAX; i++)
		oid.len += put_arc(room + oid.len, arcs[i].number);
	if (count_arcs(room, oid.len) > TL_OID_MAX) {
		lose(r, d, d, TL_MIB_FAULT_NUMBERS);
		return TL_OK;
	}
	return keep_oid(r, d, oid);
}

/* Gives |d| its OID, now that all it needs is known. */
static tl_err
place(tl_mib_resolver *r, uint32_t d)
{
	const tl_smi_def *def = tl_mib_tree_def(r, d);
	uint32_t above = r->above[d];

	if (!can_be_read(def)) {
		lose(r, d, d, TL_MIB_FAULT_TOLD);
		return TL_OK;
	}
	if (above == TL_MIB_NONE && tl_mib_arc_name(tl_mib_arcs_of(r, def)) == 0) {
		lose(r, d, d, TL_MIB_FAULT_NUMBERS);
		return TL_OK;
	}
	if (above == TL_MIB_NONE || !is_placed(r, above)) {
		lose_by(r, d, above, TL_MIB_FAULT_MISSING);
		return TL_OK;
	}
	return r->spots[above].state == TL_MIB_SHORT || def->kind == TL_SMI_TRAP ||
		       has_inner_names(r, def)
		   ? place_slowly(r, d)
		   : place_below(r, d);
}

/* Finds |d|'s OID, and those of all that it needs. */
static tl_err
settle(tl_mib_resolver *r, uint32_t d)
{
	r->spots[d] = (tl_mib_spot){ .oid = TL_MIB_NONE, .state = TL_MIB_BUSY };
	while (d != TL_MIB_NONE) {
		uint32_t needed;
		tl_err err = next_needed(r, d, &needed);
		if (err != TL_OK)
			return err;
		if (needed != TL_MIB_NONE) {
			r->spots[needed] =
			    (tl_mib_spot){ .oid = d, .state = TL_MIB_BUSY };
			d = needed;
			continue;
		}
		uint32_t again = tl_mib_leave_circle(r, d);
		if (again != TL_MIB_NONE) {
			d = again;
			continue;
		}
		uint32_t waiting = r->spots[d].oid;
		err = place(r, d);
		if (err != TL_OK)
			return err;
		d = waiting;
	}
	return TL_OK;
}

tl_err
tl_mib_find_oids(tl_mib_resolver *r)
{
	tl_err err = TL_OK;

	for (uint32_t d = 0; d < r->defs && err == TL_OK; d++)
		if (r->spots[d].state == TL_MIB_OPEN &&
		    tl_mib_tree_def(r, d)->kind != TL_SMI_TYPE)
			err = settle(r, d);
	return err;
}
