/* mib/modules.c: which of several modules of one name counts, and in which order modules
 * stand in a dictionary; called by resolve.c. */
#include "mib/resolve.h"

#include <stdlib.h>

static uint64_t
key_of(tl_smi_name module)
{
	return tl_mib_key(TL_MIB_ALL_MODULES, module, TL_MIB_CLASS_MODULE);
}

/* How often each name is imported from. */
static tl_err
count_imports(tl_mib_resolver *r)
{
	const tl_smi_import *imports = r->tree->imports.ptr;
	tl_mib_map counts = { 0 };
	tl_err err = TL_OK;

	for (uint32_t i = 0; i < r->tree->imports.count; i++) {
		uint32_t *count = tl_mib_map_put(&counts, key_of(imports[i].from));
		if (count == NULL) {
			err = TL_ENOMEM;
			break;
		}
		*count = *count == TL_MIB_NONE ? 1 : *count + 1;
	}
	for (uint32_t i = 0; i < r->modules; i++) {
		uint32_t count =
		    tl_mib_map_find(&counts, key_of(r->ranks[i].module->name));
		r->ranks[i].imported = count == TL_MIB_NONE ? 0 : count;
	}
	tl_mib_map_free(&counts);
	return err;
}

static int
order_of(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Of two modules of one name the better one first. */
static int
by_merit(const void *left, const void *right)
{
	const tl_mib_rank *a = *(tl_mib_rank *const *)left;
	const tl_mib_rank *b = *(tl_mib_rank *const *)right;
	int order = order_of(a->module->name, b->module->name);

	if (order == 0)
		order = order_of(a->builtin, b->builtin);
	if (order == 0)
		order = order_of(b->module->updated, a->module->updated);
	if (order == 0)
		order = order_of(a->module->errors, b->module->errors);
	if (order == 0)
		order = order_of(b->module->def_count, a->module->def_count);
	return order != 0 ? order : (a > b) - (a < b);
}

/* In the dictionary first those whose word counts more where several modules define the
 * same: losers last; modules of SMIv2, which have a date, before those of SMIv1, which
 * they replaced; then what more others build upon; then the newer. */
static int
by_authority(const void *left, const void *right)
{
	const tl_mib_rank *a = *(tl_mib_rank *const *)left;
	const tl_mib_rank *b = *(tl_mib_rank *const *)right;
	int order = order_of(a->loser, b->loser);

	if (order == 0)
		order = order_of(a->module->updated == 0, b->module->updated == 0);
	if (order == 0)
		order = order_of(b->imported, a->imported);
	if (order == 0)
		order = order_of(b->module->updated, a->module->updated);
	return order != 0 ? order : (a > b) - (a < b);
}

uint64_t
tl_mib_alike_key(const tl_mib_resolver *r, tl_smi_name module)
{
	return tl_smi_names_folded(r->tree->names, module) << 3 | TL_MIB_CLASS_ALIKE;
}

/* Notes a module that is the best of its name. */
static tl_err
put_winner(tl_mib_resolver *r, uint32_t module)
{
	tl_smi_name name = tl_mib_tree_module(r, module)->name;
	uint32_t *named = tl_mib_map_put(&r->scope, key_of(name));

	if (named == NULL)
		return TL_ENOMEM;
	*named = module;
	uint32_t *same = tl_mib_map_put(&r->scope, tl_mib_alike_key(r, name));
	if (same == NULL)
		return TL_ENOMEM;
	if (*same == TL_MIB_NONE)
		*same = module;
	return TL_OK;
}

/* Chains the modules of one name, which stand one after the other. */
static tl_err
chain(tl_mib_resolver *r)
{
	tl_mib_rank *before = NULL;
	tl_err err = TL_OK;

	for (uint32_t i = 0; i < r->modules && err == TL_OK; i++) {
		tl_mib_rank *rank = r->order[i];
		rank->loser =
		    before != NULL && before->module->name == rank->module->name;
		if (rank->loser) {
			before->next = (uint32_t)(rank - r->ranks);
			r->what->summary->duplicates += !rank->builtin;
		} else {
			err = put_winner(r, (uint32_t)(rank - r->ranks));
		}
		before = rank;
	}
	return err;
}

tl_err
tl_mib_rank_modules(tl_mib_resolver *r)
{
	tl_err err;

	for (uint32_t i = 0; i < r->modules; i++) {
		tl_mib_rank *rank = r->order[i] = &r->ranks[i];
		rank->module = tl_mib_tree_module(r, i);
		rank->next = TL_MIB_NONE;
		rank->number = TL_MIB_NONE;
		rank->builtin = rank->module->source >= r->what->builtin;
		r->what->summary->modules += !rank->builtin;
	}
	err = count_imports(r);
	if (err != TL_OK)
		return err;
	qsort(r->order, r->modules, sizeof *r->order, by_merit);
	err = chain(r);
	qsort(r->order, r->modules, sizeof *r->order, by_authority);
	return err;
}

uint32_t
tl_mib_module_named(const tl_mib_resolver *r, tl_smi_name name)
{
	return tl_mib_map_find(&r->scope, key_of(name));
}

bool
tl_mib_was_read(const tl_mib_resolver *r, tl_smi_name name)
{
	uint32_t module = name != 0 ? tl_mib_module_named(r, name) : TL_MIB_NONE;

	return module != TL_MIB_NONE && !r->ranks[module].builtin;
}

uint32_t
tl_mib_module_of(const tl_mib_resolver *r, uint32_t def)
{
	uint32_t low = 0, high = r->modules;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (tl_mib_tree_module(r, middle)->def <= def)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Tells that |import|'s module was not read, or which one stands in for it. */
static void
tell_absent(tl_mib_resolver *r, uint32_t module, const tl_smi_import *import)
{
	tl_mib_problem problem = { .kind = TL_MIB_P_ABSENT,
		.found = tl_mib_text_of(r, import->from) };
	tl_smi_name other = tl_mib_stand_in(r, import->from);

	if (other != 0) {
		problem.kind = TL_MIB_P_RENAMED;
		problem.other = tl_mib_text_of(r, other);
	}
	tl_mib_tell(r, module, import->place, &problem);
}

tl_err
tl_mib_tell_absent(tl_mib_resolver *r)
{
	for (uint32_t m = 0; m < r->modules; m++) {
		const tl_smi_module *module = tl_mib_tree_module(r, m);
		const tl_smi_import *import =
		    TL_VEC_AT(&r->tree->imports, const tl_smi_import, module->import);
		for (uint32_t i = 0; i < module->import_count; i++, import++) {
			if (import->from == 0 ||
			    tl_mib_module_named(r, import->from) != TL_MIB_NONE ||
			    tl_mib_dispensable(r, import->from))
				continue;
			uint32_t *told = tl_mib_map_put(&r->guesses,
			    tl_mib_key(m, import->from, TL_MIB_CLASS_MODULE));
			if (told == NULL)
				return TL_ENOMEM;
			if (*told == TL_MIB_NONE)
				tell_absent(r, m, import);
			*told = 0;
		}
	}
	return TL_OK;
}
