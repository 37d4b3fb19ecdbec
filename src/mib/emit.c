/* mib/emit.c: picks the definitions that go into the set, of those that say the same
 * again the better one only. Called by resolve.c. */
#include "mib/resolve.h"

#include <string.h>

typedef struct emitter {
	tl_mib_resolver *r;
	tl_mib_map same; /* set's defs by the hash of name, kind and OID, where several
			    might be the same */
	uint32_t module; /* in the tree */
} emitter;

static tl_mib_def *
def_at(const tl_mib_resolver *r, uint32_t number)
{
	return TL_VEC_AT(&r->set->defs, tl_mib_def, number);
}

static tl_err
put_module(emitter *e)
{
	tl_mib_resolver *r = e->r;
	tl_mib_rank *rank = &r->ranks[e->module];
	tl_mib_def_module *to = tl_vec_grow(&r->set->modules, sizeof *to, 1);

	if (to == NULL)
		return TL_ENOMEM;
	*to = (tl_mib_def_module){ rank->module->name,
		rank->builtin ? 0 : r->what->sources[rank->module->source] };
	rank->number = r->set->modules.count - 1;
	return TL_OK;
}

/* A notification, an object, or what has names below it only: a table, a row. */
static tl_err
describe(emitter *e, uint32_t d, tl_mib_def *to)
{
	const tl_smi_def *def = tl_mib_tree_def(e->r, d);
	tl_err err = TL_OK;
	bool row = def->ref_count > 0 || def->augments != 0;

	to->kind = TL_MIB_IDENTITY;
	if (tl_mib_class_of(def) == TL_MIB_CLASS_TRAP) {
		to->kind = TL_MIB_NOTIFICATION;
	} else if (def->kind == TL_SMI_OBJECT && !row) {
		err = tl_mib_find_syntax(e->r, e->module, d, &to->syntax, &row);
		if (!row)
			to->kind = TL_MIB_OBJECT;
	}
	return err;
}

static bool
is_same(const tl_mib_resolver *r, const tl_mib_def *a, const tl_mib_def *b)
{
	const tl_mib_def_module *modules = r->set->modules.ptr;
	const uint8_t *oids = r->set->oids.ptr;

	return a->name == b->name && a->kind == b->kind && a->oid_len == b->oid_len &&
	       modules[a->module].name == modules[b->module].name &&
	       memcmp(oids + a->oid, oids + b->oid, a->oid_len) == 0;
}

/* The number of a definition that says the same as |def|, or the next one if there is
 * none yet. */
static tl_err
find_same(emitter *e, const tl_mib_def *def, uint32_t *number)
{
	const tl_mib_resolver *r = e->r;
	const uint8_t *oid = TL_VEC_AT(&r->set->oids, const uint8_t, def->oid);
	uint64_t seed = tl_mib_key(
	    r->ranks[e->module].module->name, def->name, (tl_mib_class)def->kind);

	for (;; seed += (uint64_t)1 << 63) {
		uint32_t *slot =
		    tl_mib_map_put(&e->same, tl_hash(oid, def->oid_len, seed) | 1);
		if (slot == NULL)
			return TL_ENOMEM;
		if (*slot == TL_MIB_NONE)
			*slot = r->set->defs.count;
		else if (!is_same(r, def_at(r, *slot), def))
			continue;
		*number = *slot;
		return TL_OK;
	}
}

static tl_err
put_def(emitter *e, uint32_t d)
{
	tl_mib_resolver *r = e->r;
	const tl_mib_rank *rank = &r->ranks[e->module];
	const tl_smi_def *from = tl_mib_tree_def(r, d);
	tl_mib_def def = { .name = from->name,
		.module = rank->number,
		.place = from->place,
		.oid = r->spots[d].oid,
		.syntax = TL_MIB_NONE,
		.list = TL_MIB_NONE,
		.oid_len = r->spots[d].len,
		.severity = from->severity };
	uint32_t number = r->set->defs.count;
	tl_err err = describe(e, d, &def);

	if (err == TL_OK && (rank->twice || rank->loser || rank->next != TL_MIB_NONE))
		err = find_same(e, &def, &number);
	if (err != TL_OK)
		return err;
	r->number[d] = number;
	if (number < r->set->defs.count)
		return TL_OK;
	tl_mib_def *to = tl_vec_grow(&r->set->defs, sizeof *to, 1);
	if (to == NULL)
		return TL_ENOMEM;
	*to = def;
	r->what->summary->notifications += def.kind == TL_MIB_NOTIFICATION;
	return TL_OK;
}

/* Whether |d| is what its name means in its module. */
static bool
is_meant(const emitter *e, uint32_t d)
{
	const tl_smi_def *def = tl_mib_tree_def(e->r, d);

	return !e->r->ranks[e->module].twice ||
	       tl_mib_map_find(&e->r->scope,
		   tl_mib_key(e->module, def->name, tl_mib_class_of(def))) == d;
}

/* Puts those definitions that are meant by their names, or the others. */
static tl_err
put_defs(emitter *e, bool meant)
{
	const tl_smi_module *module = e->r->ranks[e->module].module;
	tl_err err = TL_OK;

	for (uint32_t i = 0; i < module->def_count && err == TL_OK; i++) {
		uint32_t d = module->def + i;
		if (e->r->spots[d].state == TL_MIB_DONE && is_meant(e, d) == meant)
			err = put_def(e, d);
	}
	return err;
}

static void
count_defs(const emitter *e)
{
	const tl_mib_rank *rank = &e->r->ranks[e->module];
	const tl_smi_module *module = rank->module;

	if (rank->builtin && rank->loser)
		return;
	for (uint32_t i = 0; i < module->def_count; i++)
		e->r->what->summary->definitions +=
		    tl_mib_tree_def(e->r, module->def + i)->kind != TL_SMI_TYPE;
}

static tl_err
put_module_defs(emitter *e)
{
	tl_err err = put_module(e);

	count_defs(e);
	if (err == TL_OK)
		err = put_defs(e, true);
	if (err == TL_OK && e->r->ranks[e->module].twice)
		err = put_defs(e, false);
	return err;
}

/* Gives the severity that the built-in definition |d| has to those of the same name and
 * OID in the modules from |module| on. */
static void
lend_severity(tl_mib_resolver *r, uint32_t d, uint32_t module)
{
	const tl_smi_def *def = tl_mib_tree_def(r, d);

	for (; module != TL_MIB_NONE; module = r->ranks[module].next) {
		uint32_t other = tl_mib_map_find(
		    &r->scope, tl_mib_key(module, def->name, TL_MIB_CLASS_TRAP));
		if (other == TL_MIB_NONE || r->number[other] == TL_MIB_NONE ||
		    !tl_oid_equal(tl_mib_oid_of(r, d), tl_mib_oid_of(r, other)))
			continue;
		tl_mib_def *to = def_at(r, r->number[other]);
		if (to->severity == TL_SEVERITY_NONE)
			to->severity = def->severity;
	}
}

/* A built-in module that another one replaces still tells severities. */
static void
lend_severities(tl_mib_resolver *r, const tl_mib_rank *rank)
{
	const tl_smi_module *module = rank->module;
	uint32_t winner = tl_mib_module_named(r, module->name);

	for (uint32_t d = module->def; d < module->def + module->def_count; d++)
		if (tl_mib_tree_def(r, d)->severity != TL_SEVERITY_NONE &&
		    r->spots[d].state == TL_MIB_DONE)
			lend_severity(r, d, winner);
}

/* Takes room for all definitions at once: growing would take half as much again. */
static tl_err
reserve(tl_mib_resolver *r)
{
	uint32_t count = 0;

	for (uint32_t d = 0; d < r->defs; d++)
		count += r->spots[d].state == TL_MIB_DONE;
	if (tl_vec_grow(&r->set->defs, sizeof(tl_mib_def), count + 1u) == NULL)
		return TL_ENOMEM;
	r->set->defs.count = 0;
	return TL_OK;
}

tl_err
tl_mib_emit(tl_mib_resolver *r)
{
	emitter e = { .r = r };
	tl_err err = reserve(r);

	for (uint32_t i = 0; i < r->modules && err == TL_OK; i++) {
		e.module = (uint32_t)(r->order[i] - r->ranks);
		err = put_module_defs(&e);
	}
	for (uint32_t i = 0; i < r->modules && err == TL_OK; i++)
		if (r->order[i]->builtin && r->order[i]->loser)
			lend_severities(r, r->order[i]);
	r->what->summary->nodes = r->set->defs.count;
	tl_mib_map_free(&e.same);
	return err;
}
