/* mib/resolve.c: makes a set of resolved definitions of what the parser has read: the
 * steps, one file each, and the memory that they share. Called by builder.c. */
#include "mib/resolve.h"

#include <stdlib.h>
#include <string.h>

enum { PATIENCE = 1000 };

void
tl_mib_set_fini(tl_mib_set *set)
{
	tl_vec_free(&set->modules);
	tl_vec_free(&set->defs);
	tl_vec_free(&set->syntaxes);
	tl_vec_free(&set->labels);
	tl_vec_free(&set->lists);
	tl_vec_free(&set->oids);
}

void
tl_mib_tell(const tl_mib_resolver *r, uint32_t module, tl_smi_place place,
    const tl_mib_problem *texts)
{
	const tl_mib_rank *rank = &r->ranks[module];
	tl_mib_problem problem = *texts;

	problem.module = tl_mib_text_of(r, rank->module->name);
	if (problem.name.len == 0)
		problem.name = problem.module;
	if (!rank->builtin)
		problem.file = tl_mib_text_of(r, r->what->sources[rank->module->source]);
	problem.line = place >> 8;
	problem.column = place & 0xff;
	tl_smi_report(r->what->reports, &problem);
}

static uint32_t *
fresh_numbers(uint32_t count, uint32_t value)
{
	uint32_t *numbers = malloc(((size_t)count + 1) * sizeof *numbers);

	for (uint32_t i = 0; numbers != NULL && i < count; i++)
		numbers[i] = value;
	return numbers;
}

static tl_err
init(tl_mib_resolver *r)
{
	size_t spots = (size_t)r->defs + tl_mib_root_count;

	r->ranks = calloc((size_t)r->modules + 1, sizeof *r->ranks);
	r->order = calloc((size_t)r->modules + 1, sizeof(tl_mib_rank *));
	r->spots = calloc(spots, sizeof *r->spots);
	r->above = fresh_numbers(r->defs, TL_MIB_UNKNOWN);
	r->number = fresh_numbers(r->defs, 0);
	if (r->ranks == NULL || r->order == NULL || r->spots == NULL ||
	    r->above == NULL || r->number == NULL)
		return TL_ENOMEM;
	return tl_mib_map_reserve(&r->scope,
	    (uint64_t)r->defs + r->tree->imports.count + 2 * (uint64_t)r->modules);
}

static void
fini(tl_mib_resolver *r)
{
	free(r->ranks);
	free(r->order);
	free(r->spots);
	free(r->above);
	free(r->number);
	free(r->first_of);
	free(r->next_of);
	tl_vec_free(&r->types);
	tl_vec_free(&r->label_lists);
	tl_mib_map_free(&r->scope);
	tl_mib_map_free(&r->guesses);
	tl_mib_map_free(&r->earlier);
	tl_mib_map_free(&r->made_syntaxes);
	tl_mib_map_free(&r->made_labels);
}

/* Notes all names. */
static tl_err
fill(tl_mib_resolver *r)
{
	tl_err err = tl_mib_add_base_types(r);

	if (err == TL_OK)
		err = tl_mib_add_roots(r);
	if (err == TL_OK)
		err = tl_mib_rank_modules(r);
	if (err == TL_OK)
		err = tl_mib_fill_scope(r);
	return err == TL_OK ? tl_mib_tell_absent(r) : err;
}

static tl_err
place_all(tl_mib_resolver *r)
{
	tl_err err = tl_mib_find_oids(r);

	if (err != TL_OK)
		return err;
	r->first_of = fresh_numbers(tl_smi_names_count(r->tree->names) + 1, TL_MIB_NONE);
	r->next_of = fresh_numbers(r->defs, TL_MIB_NONE);
	if (r->first_of == NULL || r->next_of == NULL)
		return TL_ENOMEM;
	err = tl_mib_guess_oids(r);
	if (err == TL_OK)
		err = tl_mib_tell_lost(r);
	tl_vec_free(&r->what->tree->arcs);
	return err;
}

static tl_err
make_set(tl_mib_resolver *r)
{
	memset(r->number, 0xff, r->defs * sizeof *r->number);
	tl_vec_trim(&r->set->oids, 1);
	tl_err err = tl_mib_emit(r);
	if (err == TL_OK)
		err = tl_mib_make_lists(r);
	tl_vec_trim(&r->set->defs, sizeof(tl_mib_def));
	return err;
}

tl_err
tl_mib_resolve(const tl_mib_resolving *what, tl_mib_set *set)
{
	tl_mib_resolver r = { .tree = what->tree,
		.what = what,
		.set = set,
		.defs = what->tree->defs.count,
		.modules = what->tree->modules.count,
		.patience = PATIENCE + 8 * (uint64_t)what->tree->defs.count };

	*set = (tl_mib_set){ .names = what->tree->names };
	if (r.modules > TL_MIB_MODULES_MAX || r.defs > TL_MIB_IMPLIED - 1024)
		return TL_ELIMIT;
	tl_err err = init(&r);
	if (err == TL_OK)
		err = fill(&r);
	if (err == TL_OK)
		err = place_all(&r);
	if (err == TL_OK)
		err = make_set(&r);
	fini(&r);
	if (err != TL_OK)
		tl_mib_set_fini(set);
	return err;
}
