/* mib/scope.c: what a name means in a module: its own definition, or that of the module
 * it is imported from, or one that stands in for it. Called by all of the resolver. */
#include "mib/resolve.h"

#include <string.h>

enum {
	HOPS_MAX = 4,     /* from a module to the one it imports a name from itself */
	VERSIONS_MAX = 16 /* of a module, that are looked at for a name */
};

/* Whether a definition whose name has another one in its module cannot be what the name
 * means: its OID was not read, or it hangs on its own name, on that other one. */
static bool
is_secondary(const tl_mib_resolver *r, const tl_smi_def *def)
{
	if (def->kind == TL_SMI_TYPE)
		return false;
	return def->arc_count == 0 || (def->flags & TL_SMI_UNREADABLE) != 0 ||
	       tl_mib_arc_name(tl_mib_arcs_of(r, def)) == def->name;
}

/* Lets |d|, the last one of its name so far, be what the name means. */
static tl_err
note_def(tl_mib_resolver *r, uint32_t m, uint32_t d)
{
	const tl_smi_def *def = tl_mib_tree_def(r, d);
	uint64_t key = tl_mib_key(m, def->name, tl_mib_class_of(def));
	uint32_t *slot = tl_mib_map_put(&r->scope, key);

	if (slot == NULL)
		return TL_ENOMEM;
	if (*slot != TL_MIB_NONE) {
		r->ranks[m].twice = true;
		if (is_secondary(r, def))
			return TL_OK;
		uint32_t *earlier = tl_mib_map_put(&r->earlier, key);
		if (earlier == NULL)
			return TL_ENOMEM;
		*earlier = *slot;
	}
	*slot = d;
	return TL_OK;
}

static tl_err
note_defs(tl_mib_resolver *r, uint32_t m)
{
	const tl_smi_module *module = r->ranks[m].module;
	tl_err err = TL_OK;

	for (uint32_t i = 0; i < module->def_count && err == TL_OK; i++)
		if (tl_mib_tree_def(r, module->def + i)->name != 0)
			err = note_def(r, m, module->def + i);
	return err;
}

static const tl_smi_import *
import_at(const tl_mib_resolver *r, uint32_t i)
{
	return TL_VEC_AT(&r->tree->imports, const tl_smi_import, i);
}

/* Of two imports of one name the first, unless only the second one's module was read. */
static tl_err
note_imports(tl_mib_resolver *r, uint32_t m)
{
	const tl_smi_module *module = r->ranks[m].module;

	for (uint32_t i = 0; i < module->import_count; i++) {
		const tl_smi_import *import = import_at(r, module->import + i);
		if (import->name == 0 || import->from == 0)
			continue;
		uint32_t *slot = tl_mib_map_put(
		    &r->scope, tl_mib_key(m, import->name, TL_MIB_CLASS_IMPORT));
		if (slot == NULL)
			return TL_ENOMEM;
		if (*slot == TL_MIB_NONE ||
		    tl_mib_module_named(r, import_at(r, *slot)->from) == TL_MIB_NONE)
			*slot = module->import + i;
	}
	return TL_OK;
}

tl_err
tl_mib_fill_scope(tl_mib_resolver *r)
{
	tl_err err = TL_OK;

	for (uint32_t m = 0; m < r->modules && err == TL_OK; m++) {
		err = note_defs(r, m);
		if (err == TL_OK)
			err = note_imports(r, m);
	}
	return err;
}

tl_smi_name
tl_mib_imported_from(const tl_mib_resolver *r, uint32_t module, tl_smi_name name)
{
	uint32_t i =
	    tl_mib_map_find(&r->scope, tl_mib_key(module, name, TL_MIB_CLASS_IMPORT));

	return i != TL_MIB_NONE ? import_at(r, i)->from : 0;
}

/* What |module| itself defines. */
static uint32_t
own(const tl_mib_resolver *r, uint32_t module, const tl_mib_seen *seen)
{
	uint32_t def =
	    tl_mib_map_find(&r->scope, tl_mib_key(module, seen->name, seen->class));

	if (def == TL_MIB_NONE && seen->class == TL_MIB_CLASS_PLACE)
		def = tl_mib_map_find(
		    &r->scope, tl_mib_key(module, seen->name, TL_MIB_CLASS_TRAP));
	return def != seen->self ? def : TL_MIB_NONE;
}

/* What the modules named |name| define, the best one first; or else, in |next|, where
 * one of them has it from. */
static uint32_t
in_versions(const tl_mib_resolver *r, tl_smi_name name, const tl_mib_seen *seen,
    tl_smi_name *next)
{
	uint32_t module = tl_mib_module_named(r, name);

	*next = 0;
	for (int i = 0; i < VERSIONS_MAX && module != TL_MIB_NONE; i++) {
		uint32_t def = own(r, module, seen);
		if (def != TL_MIB_NONE)
			return def;
		if (*next == 0)
			*next = tl_mib_imported_from(r, module, seen->name);
		module = r->ranks[module].next;
	}
	return TL_MIB_NONE;
}

/* What is to be had from the modules named |from|, also if they import it themselves. */
static uint32_t
exported(const tl_mib_resolver *r, tl_smi_name from, const tl_mib_seen *seen)
{
	for (int hop = 0; hop < HOPS_MAX && from != 0; hop++) {
		tl_smi_name next;
		uint32_t def = in_versions(r, from, seen, &next);
		if (def != TL_MIB_NONE)
			return def;
		from = next;
	}
	return TL_MIB_NONE;
}

/* What another module than the one that |seen| is imported from has in its place, or a
 * root. */
static uint32_t
stand_in(const tl_mib_resolver *r, tl_smi_name from, const tl_mib_seen *seen)
{
	tl_smi_name alike = from != 0 ? tl_mib_alike(r, from) : 0, heir;
	uint32_t def = exported(r, alike, seen);

	if (from == 0 && seen->class == TL_MIB_CLASS_TYPE)
		def = exported(r, tl_mib_common_types(r), seen);
	for (unsigned i = 0; def == TL_MIB_NONE && from != 0; i++) {
		heir = tl_mib_heir(r, from, i);
		if (heir == 0)
			break;
		def = exported(r, heir, seen);
	}
	if (def == TL_MIB_NONE)
		def = exported(r, r->ranks[seen->module].module->name, seen);
	if (def == TL_MIB_NONE && seen->class == TL_MIB_CLASS_PLACE)
		def = tl_mib_root_named(r, seen->name);
	return def;
}

/* Whether it is told that |def| stands in for what is imported |from|, or needs not be:
 * the module is told of, or everybody knows the name. */
static bool
is_expected(const tl_mib_resolver *r, tl_smi_name from, uint32_t def, tl_smi_name module)
{
	if (tl_mib_is_root(r, def) && r->spots[def].state == TL_MIB_SHORT)
		return true;
	if (from == 0 || tl_mib_module_named(r, from) != TL_MIB_NONE)
		return false;
	return tl_mib_is_root(r, def) || tl_mib_stands_in(r, from, module);
}

/* Tells that |seen| means |def|, if that is not what the module says. */
static void
tell_guess(
    const tl_mib_resolver *r, const tl_mib_seen *seen, tl_smi_place place, uint32_t def)
{
	tl_smi_name from = tl_mib_imported_from(r, seen->module, seen->name);
	bool is_root = tl_mib_is_root(r, def);
	tl_smi_name module =
	    is_root ? 0 : r->ranks[tl_mib_module_of(r, def)].module->name;
	const char *oid = is_root ? tl_mib_root_text(r, def) : "";
	tl_mib_problem problem = { .kind = TL_MIB_P_GUESSED,
		.expected = tl_mib_text_of(r, from),
		.found = tl_mib_text_of(r, seen->name),
		.other = is_root ? (tl_span){ (const uint8_t *)oid, strlen(oid) }
				 : tl_mib_text_of(r, module) };

	if (is_expected(r, from, def, module))
		return;
	if (from != 0)
		problem.kind =
		    tl_mib_was_read(r, from) ? TL_MIB_P_MISIMPORTED : TL_MIB_P_ELSEWHERE;
	tl_mib_tell(r, seen->module, place, &problem);
}

static uint64_t
guess_key(const tl_mib_seen *seen)
{
	return tl_mib_key(seen->module, seen->name, seen->class);
}

tl_err
tl_mib_note_guess(
    tl_mib_resolver *r, const tl_mib_seen *seen, tl_smi_place place, uint32_t def)
{
	uint32_t *slot = tl_mib_map_put(&r->guesses, guess_key(seen));

	if (slot == NULL)
		return TL_ENOMEM;
	*slot = def;
	if (def != TL_MIB_UNKNOWN)
		tell_guess(r, seen, place, def);
	return TL_OK;
}

uint32_t
tl_mib_in_scope(const tl_mib_resolver *r, const tl_mib_seen *seen)
{
	uint32_t def = own(r, seen->module, seen);

	return def != TL_MIB_NONE
		   ? def
		   : exported(r, tl_mib_imported_from(r, seen->module, seen->name), seen);
}

/* What stands in for |seen|, which is not in scope: remembered, or found and told. */
static tl_err
find_stand_in(
    tl_mib_resolver *r, const tl_mib_seen *seen, tl_smi_place place, uint32_t *def)
{
	uint32_t known = tl_mib_map_find(&r->guesses, guess_key(seen));
	tl_smi_name from = tl_mib_imported_from(r, seen->module, seen->name);

	*def = TL_MIB_NONE;
	if (known == TL_MIB_UNKNOWN || (from == 0 && tl_mib_is_own(r, seen)))
		return TL_OK;
	if (known != TL_MIB_NONE) {
		*def = known;
		return TL_OK;
	}
	*def = stand_in(r, from, seen);
	return tl_mib_note_guess(
	    r, seen, place, *def != TL_MIB_NONE ? *def : TL_MIB_UNKNOWN);
}

tl_err
tl_mib_look_up(
    tl_mib_resolver *r, const tl_mib_seen *seen, tl_smi_place place, uint32_t *def)
{
	uint64_t key = guess_key(seen);

	if (key == r->last_key && r->last_def != seen->self) {
		*def = r->last_def;
		return TL_OK;
	}
	*def = tl_mib_in_scope(r, seen);
	if (*def == TL_MIB_NONE)
		return find_stand_in(r, seen, place, def);
	r->last_key = key;
	r->last_def = *def;
	return TL_OK;
}

tl_err
tl_mib_look_everywhere(
    tl_mib_resolver *r, const tl_mib_seen *seen, tl_smi_place place, uint32_t *def)
{
	tl_err err = tl_mib_look_up(r, seen, place, def);

	return err != TL_OK || *def != TL_MIB_NONE ? err
						   : tl_mib_guess(r, seen, place, def);
}

bool
tl_mib_is_own(const tl_mib_resolver *r, const tl_mib_seen *seen)
{
	return seen->self != TL_MIB_NONE &&
	       tl_mib_tree_def(r, seen->self)->name == seen->name;
}
