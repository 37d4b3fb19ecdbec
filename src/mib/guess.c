/* mib/guess.c: names that a module neither defines nor imports in a way that works, but
 * that mean the same wherever they are defined. Called by the resolver when nothing else
 * is left to look at. */
#include "mib/resolve.h"

#include <string.h>

enum { ROUNDS_MAX = 8 }; /* a guess may need the OID that another guess gave */

/* Chains the definitions of each name, those of the modules that come first in the set
 * first. */
static void
chain_names(tl_mib_resolver *r)
{
	for (uint32_t i = r->modules; i-- > 0;) {
		const tl_smi_module *module = r->order[i]->module;
		for (uint32_t d = module->def + module->def_count; d-- > module->def;) {
			uint32_t *first = &r->first_of[tl_mib_tree_def(r, d)->name];
			r->next_of[d] = *first;
			*first = d;
		}
	}
}

static bool
is_builtin(const tl_mib_resolver *r, uint32_t def)
{
	return r->ranks[tl_mib_module_of(r, def)].builtin;
}

/* The definition of |name| with an OID, not a trap if there is another; TL_MIB_NONE if
 * they differ. */
static uint32_t
one_place(const tl_mib_resolver *r, tl_smi_name name)
{
	uint32_t best = TL_MIB_NONE;
	tl_mib_class best_class = TL_MIB_CLASS_TRAP;
	bool differ = false;

	for (uint32_t d = r->first_of[name]; d != TL_MIB_NONE; d = r->next_of[d]) {
		tl_mib_class class = tl_mib_class_of(tl_mib_tree_def(r, d));
		if (class == TL_MIB_CLASS_TYPE || r->spots[d].state != TL_MIB_DONE)
			continue;
		if (best == TL_MIB_NONE || class < best_class) {
			best = d;
			best_class = class;
			differ = false;
		} else if (class == best_class) {
			differ = differ || !tl_oid_equal(tl_mib_oid_of(r, best),
					       tl_mib_oid_of(r, d));
			if (is_builtin(r, best))
				best = d;
		}
	}
	return differ ? TL_MIB_NONE : best;
}

/* The type of |name| if only modules of one name define it, or one that others import
 * from far more often: then those are copies. */
static uint32_t
one_type(const tl_mib_resolver *r, tl_smi_name name)
{
	enum { FAR = 8 };
	uint32_t best = TL_MIB_NONE;
	const tl_mib_rank *rank = NULL;

	for (uint32_t d = r->first_of[name]; d != TL_MIB_NONE; d = r->next_of[d]) {
		if (tl_mib_tree_def(r, d)->kind != TL_SMI_TYPE)
			continue;
		const tl_mib_rank *other = &r->ranks[tl_mib_module_of(r, d)];
		if (best == TL_MIB_NONE) {
			best = d;
			rank = other;
		} else if (other->module->name != rank->module->name &&
			   FAR * ((uint64_t)other->imported + 1) > rank->imported) {
			return TL_MIB_NONE;
		}
	}
	return best;
}

/* Whether module |m| imports anything from one that is built in; remembered, since many
 * names may ask. */
static tl_err
imports_from(tl_mib_resolver *r, uint32_t m, tl_smi_name from, bool *yes)
{
	const tl_smi_module *module = r->ranks[m].module;
	const tl_smi_import *imports =
	    TL_VEC_AT(&r->tree->imports, const tl_smi_import, module->import);
	uint32_t *known =
	    tl_mib_map_put(&r->guesses, tl_mib_key(m, from, TL_MIB_CLASS_MODULE));

	if (known == NULL)
		return TL_ENOMEM;
	if (*known == TL_MIB_NONE) {
		*known = 0;
		for (uint32_t i = 0; i < module->import_count && *known == 0; i++)
			*known = imports[i].from == from;
	}
	*yes = *known == 1;
	return TL_OK;
}

static bool
is_below_a_vendors_root(tl_oid oid)
{
	static const uint8_t enterprises[] = { 0x2b, 6, 1, 4, 1 };
	size_t root = sizeof enterprises;

	if (oid.len <= root || memcmp(oid.ber, enterprises, sizeof enterprises) != 0)
		return false;
	while (oid.ber[root] >= 0x80)
		root++;
	return oid.len > root + 1;
}

/* Whether |def| is a vendor's that is built in, below the vendor's root, while |seen| is
 * imported from another module, or by one that has nothing to do with that vendor: those
 * who sell each other's devices move such subtrees to their own roots. */
static tl_err
may_have_moved(tl_mib_resolver *r, const tl_mib_seen *seen, uint32_t def, bool *moved)
{
	uint32_t module = tl_mib_module_of(r, def);
	bool related = false;

	*moved = false;
	if (!r->ranks[module].builtin || !is_below_a_vendors_root(tl_mib_oid_of(r, def)))
		return TL_OK;
	tl_err err = TL_OK;
	if (tl_mib_imported_from(r, seen->module, seen->name) == 0)
		err = imports_from(
		    r, seen->module, r->ranks[module].module->name, &related);
	*moved = !related;
	return err;
}

tl_err
tl_mib_guess(
    tl_mib_resolver *r, const tl_mib_seen *seen, tl_smi_place place, uint32_t *def)
{
	/* What a name means everywhere is the same all through a round. */
	tl_smi_name name = tl_mib_plain_name(r, seen->name);
	uint32_t *known = tl_mib_map_put(
	    &r->guesses, tl_mib_key(TL_MIB_ALL_MODULES - r->round, name, seen->class));

	if (known == NULL)
		return TL_ENOMEM;
	if (*known == TL_MIB_NONE) {
		*known = seen->class == TL_MIB_CLASS_TYPE ? one_type(r, name)
							  : one_place(r, name);
		if (*known == TL_MIB_NONE)
			*known = TL_MIB_UNKNOWN;
	}
	uint32_t meant = *known == TL_MIB_UNKNOWN ? TL_MIB_NONE : *known;
	bool moved = false;
	tl_err err = TL_OK;
	if (meant != TL_MIB_NONE && seen->class != TL_MIB_CLASS_TYPE)
		err = may_have_moved(r, seen, meant, &moved);
	*def = moved ? TL_MIB_NONE : meant;
	return err == TL_OK && *def != TL_MIB_NONE
		   ? tl_mib_note_guess(r, seen, place, *def)
		   : err;
}

/* Guesses what |d| hangs on. */
static tl_err
guess_above(tl_mib_resolver *r, uint32_t d)
{
	const tl_smi_def *def = tl_mib_tree_def(r, d);
	tl_mib_seen seen = { .module = tl_mib_module_of(r, d),
		.name = tl_mib_arc_name(tl_mib_arcs_of(r, def)),
		.self = d,
		.class = TL_MIB_CLASS_PLACE };

	if (tl_mib_is_own(r, &seen) &&
	    tl_mib_imported_from(r, seen.module, seen.name) == 0)
		return TL_OK;
	return tl_mib_guess(r, &seen, def->place, &r->above[d]);
}

/* What |lost|, which has no OID, is in another module of the same name. */
static uint32_t
in_other_version(const tl_mib_resolver *r, uint32_t lost)
{
	enum { VERSIONS_MAX = 16 };
	const tl_mib_rank *rank = &r->ranks[tl_mib_module_of(r, lost)];
	uint32_t module = rank->loser || rank->next != TL_MIB_NONE
			      ? tl_mib_module_named(r, rank->module->name)
			      : TL_MIB_NONE;

	for (int i = 0; i < VERSIONS_MAX && module != TL_MIB_NONE; i++) {
		uint32_t def = tl_mib_map_find(
		    &r->scope, tl_mib_key(module, tl_mib_tree_def(r, lost)->name,
				   TL_MIB_CLASS_PLACE));
		if (def != TL_MIB_NONE && r->spots[def].state == TL_MIB_DONE)
			return def;
		module = r->ranks[module].next;
	}
	return TL_MIB_NONE;
}

/* Where |d| hangs on a definition of another module that is lost, lets it hang on the one
 * of another version of that module. */
static void
change_version(tl_mib_resolver *r, uint32_t d)
{
	uint32_t above = r->above[d];

	if (above == TL_MIB_NONE || tl_mib_is_root(r, above) ||
	    r->spots[above].state != TL_MIB_LOST ||
	    tl_mib_module_of(r, above) == tl_mib_module_of(r, d))
		return;
	uint32_t other = in_other_version(r, above);
	if (other != TL_MIB_NONE)
		r->above[d] = other;
}

/* Guesses for |d|, which is lost. */
static tl_err
guess_one(tl_mib_resolver *r, uint32_t d, bool *found)
{
	uint32_t above = r->above[d];
	tl_err err = TL_OK;

	if (r->spots[d].fault == TL_MIB_FAULT_MISSING)
		err = guess_above(r, d);
	else if (r->spots[d].fault == TL_MIB_FAULTLESS)
		change_version(r, d);
	*found = *found || r->above[d] != above;
	return err;
}

static tl_err
guess_all(tl_mib_resolver *r, bool *found)
{
	tl_err err = TL_OK;

	*found = false;
	for (uint32_t d = 0; d < r->defs && err == TL_OK; d++)
		if (r->spots[d].state == TL_MIB_LOST)
			err = guess_one(r, d, found);
	return err;
}

/* Opens what may have an OID now. */
static void
reopen(tl_mib_resolver *r)
{
	for (uint32_t d = 0; d < r->defs; d++)
		if (r->spots[d].state == TL_MIB_LOST &&
		    (r->spots[d].fault == TL_MIB_FAULTLESS || r->above[d] != TL_MIB_NONE))
			r->spots[d] = (tl_mib_spot){ .state = TL_MIB_OPEN };
}

tl_err
tl_mib_guess_oids(tl_mib_resolver *r)
{
	tl_err err = TL_OK;
	bool found = true;

	chain_names(r);
	while (r->round < ROUNDS_MAX && found && err == TL_OK) {
		r->round++;
		err = guess_all(r, &found);
		if (err != TL_OK || !found)
			break;
		reopen(r);
		err = tl_mib_find_oids(r);
	}
	return err;
}
