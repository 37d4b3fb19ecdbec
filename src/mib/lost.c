/* mib/lost.c: tells why definitions have no OID: once a name that is missing in a module,
 * with the number of definitions that hang on it. Called by resolve.c. */
#include "mib/resolve.h"

#include "base/buf.h"

/* Whose fault it is that |d| is lost; shortens the way there. */
static uint32_t
culprit_of(tl_mib_resolver *r, uint32_t d)
{
	while (r->spots[d].oid != d) {
		r->spots[d].oid = r->spots[r->spots[d].oid].oid;
		d = r->spots[d].oid;
	}
	return d;
}

/* The name that |d| lacks. */
static tl_smi_name
missing_name(const tl_mib_resolver *r, uint32_t d)
{
	const tl_smi_def *def = tl_mib_tree_def(r, d);
	const tl_smi_arc *arcs = tl_mib_arcs_of(r, def);

	for (uint32_t i = 1; i < def->arc_count; i++)
		if (r->spots[d].fault == TL_MIB_FAULT_INNER && tl_mib_is_bare(&arcs[i]))
			return arcs[i].name;
	return tl_mib_arc_name(arcs);
}

static bool
lacks_a_name(const tl_mib_resolver *r, uint32_t d)
{
	return r->spots[d].fault == TL_MIB_FAULT_MISSING ||
	       r->spots[d].fault == TL_MIB_FAULT_INNER;
}

static bool
is_lost(const tl_mib_resolver *r, uint32_t d)
{
	return r->spots[d].state == TL_MIB_LOST;
}

/* Lets the first definition of |module| that lacks a name stand for all that do. */
static tl_err
join_culprits(tl_mib_resolver *r, uint32_t m)
{
	const tl_smi_module *module = r->ranks[m].module;

	for (uint32_t d = module->def; d < module->def + module->def_count; d++) {
		if (!is_lost(r, d) || !lacks_a_name(r, d))
			continue;
		uint32_t *first = tl_mib_map_put(
		    &r->guesses, tl_mib_key(m, missing_name(r, d), TL_MIB_CLASS_IMPORT));
		if (first == NULL)
			return TL_ENOMEM;
		if (*first == TL_MIB_NONE)
			*first = d;
		r->spots[d].oid = *first;
	}
	return TL_OK;
}

static bool
is_told(const tl_mib_resolver *r, uint32_t m)
{
	return !(r->ranks[m].builtin && r->ranks[m].loser);
}

/* Counts the lost ones of |module|, and for each whose fault it is. */
static void
count_lost(tl_mib_resolver *r, uint32_t m)
{
	const tl_smi_module *module = r->ranks[m].module;
	tl_mib_summary *summary = r->what->summary;

	for (uint32_t d = module->def; d < module->def + module->def_count; d++) {
		if (!is_lost(r, d))
			continue;
		uint32_t culprit = culprit_of(r, d);
		r->number[culprit] += culprit != d;
		summary->unresolved++;
		summary->unresolved_notifications +=
		    tl_mib_class_of(tl_mib_tree_def(r, d)) == TL_MIB_CLASS_TRAP;
	}
}

/* The kind of problem that a missing name is, and the module that would have it. */
static void
describe_missing(
    const tl_mib_resolver *r, uint32_t m, tl_smi_name name, tl_mib_problem *problem)
{
	tl_smi_name from = tl_mib_imported_from(r, m, name);

	problem->found = tl_mib_text_of(r, name);
	problem->expected = tl_mib_text_of(r, from);
	problem->kind = from == 0                  ? TL_MIB_P_UNRESOLVED
			: tl_mib_was_read(r, from) ? TL_MIB_P_NOT_EXPORTED
						   : TL_MIB_P_NEEDS_MODULE;
}

static void
tell(const tl_mib_resolver *r, uint32_t m, uint32_t d)
{
	const tl_smi_def *def = tl_mib_tree_def(r, d);
	uint8_t digits[16];
	tl_buf count = { .ptr = digits, .cap = sizeof digits };
	tl_mib_problem problem = { .name = tl_mib_text_of(r, def->name) };
	tl_smi_name missing = missing_name(r, d);

	tl_buf_u64(&count, r->number[d]);
	problem.other = tl_buf_written(&count);
	switch ((tl_mib_fault)r->spots[d].fault) {
	case TL_MIB_FAULTLESS:
	case TL_MIB_FAULT_TOLD:
		return;
	case TL_MIB_FAULT_MISSING:
	case TL_MIB_FAULT_INNER:
		if (missing != def->name || tl_mib_imported_from(r, m, missing) != 0) {
			describe_missing(r, m, missing, &problem);
			break;
		}
		problem.kind = TL_MIB_P_CIRCLE;
		break;
	case TL_MIB_FAULT_CIRCLE:
		problem.kind = TL_MIB_P_CIRCLE;
		break;
	case TL_MIB_FAULT_NUMBERS:
		problem.kind = TL_MIB_P_NO_OID;
		break;
	}
	tl_mib_tell(r, m, def->place, &problem);
}

tl_err
tl_mib_tell_lost(tl_mib_resolver *r)
{
	for (uint32_t m = 0; m < r->modules; m++) {
		tl_err err = join_culprits(r, m);
		if (err != TL_OK)
			return err;
	}
	for (uint32_t m = 0; m < r->modules; m++)
		if (is_told(r, m))
			count_lost(r, m);
	for (uint32_t m = 0; m < r->modules; m++) {
		const tl_smi_module *module = r->ranks[m].module;
		for (uint32_t d = module->def; d < module->def + module->def_count; d++)
			if (is_told(r, m) && is_lost(r, d) && r->spots[d].oid == d)
				tell(r, m, d);
	}
	return TL_OK;
}
