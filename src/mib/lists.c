/* mib/lists.c: what definitions refer to: the objects of notifications, the indexes of
 * rows, of those that augment others, and of columns. Called by resolve.c. */
#include "mib/resolve.h"

enum { AUGMENTS_MAX = 16 }; /* rows that augment each other */

static tl_mib_def *
emitted(const tl_mib_resolver *r, uint32_t d)
{
	return r->number[d] != TL_MIB_NONE
		   ? TL_VEC_AT(&r->set->defs, tl_mib_def, r->number[d])
		   : NULL;
}

/* Tells, once in a module, that a name is not known. */
static tl_err
tell_unknown(tl_mib_resolver *r, const tl_mib_seen *seen, const tl_smi_def *def)
{
	uint32_t *told = tl_mib_map_put(
	    &r->guesses, tl_mib_key(seen->module, seen->name, TL_MIB_CLASS_TRAP));

	if (told == NULL)
		return TL_ENOMEM;
	if (*told == TL_MIB_NONE)
		tl_mib_tell(r, seen->module, def->place,
		    &(tl_mib_problem){ .kind = TL_MIB_P_NO_OBJECT,
			.name = tl_mib_text_of(r, def->name),
			.found = tl_mib_text_of(r, seen->name) });
	*told = 0;
	return TL_OK;
}

/* The number in the set of what |name| means for the definition |d|; TL_MIB_NONE. */
static tl_err
find_ref(
    tl_mib_resolver *r, uint32_t module, uint32_t d, tl_smi_name name, uint32_t *number)
{
	const tl_smi_def *def = tl_mib_tree_def(r, d);
	const tl_mib_seen seen = {
		.module = module, .name = name, .self = d, .class = TL_MIB_CLASS_PLACE
	};
	uint32_t found;

	*number = TL_MIB_NONE;
	if (name == 0 || tl_mib_is_base_type(r, name))
		return TL_OK;
	tl_err err = tl_mib_look_everywhere(r, &seen, def->place, &found);
	if (err != TL_OK)
		return err;
	if (found == TL_MIB_NONE)
		return tell_unknown(r, &seen, def);
	if (!tl_mib_is_root(r, found))
		*number = r->number[found];
	return TL_OK;
}

/* Makes the list of |d|. An index keeps the place of what is not known, a notification
 * leaves it out. */
static tl_err
make_list(tl_mib_resolver *r, uint32_t module, uint32_t d)
{
	const tl_smi_def *def = tl_mib_tree_def(r, d);
	const tl_smi_name *refs = TL_VEC_AT(&r->tree->words, const uint32_t, def->refs);
	tl_mib_def *to = emitted(r, d);
	uint32_t at = r->set->lists.count, count = 0;
	uint32_t *list =
	    tl_vec_grow(&r->set->lists, sizeof *list, (size_t)def->ref_count + 1);

	if (list == NULL)
		return TL_ENOMEM;
	for (uint32_t i = 0; i < def->ref_count; i++) {
		uint32_t number;
		tl_err err = find_ref(r, module, d, refs[i], &number);
		if (err != TL_OK)
			return err;
		if (number != TL_MIB_NONE || to->kind != TL_MIB_NOTIFICATION)
			list[++count] = number;
	}
	if ((def->flags & TL_SMI_IMPLIED) != 0 && count > 0 &&
	    to->kind != TL_MIB_NOTIFICATION)
		list[count] |= TL_MIB_IMPLIED;
	list[0] = count;
	r->set->lists.count = at + count + 1;
	to->list = at;
	return TL_OK;
}

/* Whether |d| is in the set itself, and not another one that says the same. */
static bool
is_itself(const tl_mib_resolver *r, uint32_t module, uint32_t d)
{
	const tl_mib_def *def = emitted(r, d);

	return def != NULL && def->module == r->ranks[module].number &&
	       def->place == tl_mib_tree_def(r, d)->place;
}

/* The row that |d| augments, or TL_MIB_NONE. */
static tl_err
find_augmented(tl_mib_resolver *r, uint32_t module, uint32_t d, uint32_t *row)
{
	const tl_smi_def *def = tl_mib_tree_def(r, d);
	const tl_mib_seen seen = { .module = module,
		.name = def->augments,
		.self = d,
		.class = TL_MIB_CLASS_PLACE };
	tl_err err = tl_mib_look_everywhere(r, &seen, def->place, row);

	if (err == TL_OK && *row == TL_MIB_NONE)
		return tell_unknown(r, &seen, def);
	if (*row != TL_MIB_NONE && tl_mib_is_root(r, *row))
		*row = TL_MIB_NONE;
	return err;
}

/* Gives |d|, a row that augments another, the index of that one. */
static tl_err
borrow_index(tl_mib_resolver *r, uint32_t module, uint32_t d)
{
	tl_mib_def *to = emitted(r, d);
	uint32_t row = d;

	for (int hop = 0; hop < AUGMENTS_MAX && to->list == TL_MIB_NONE; hop++) {
		tl_err err = find_augmented(r, module, row, &row);
		if (err != TL_OK || row == TL_MIB_NONE)
			return err;
		const tl_mib_def *other = emitted(r, row);
		if (other != NULL)
			to->list = other->list;
		if (tl_mib_tree_def(r, row)->augments == 0)
			break;
		module = tl_mib_module_of(r, row);
	}
	return TL_OK;
}

/* Gives a column the index of its row. */
static tl_err
take_index(tl_mib_resolver *r, uint32_t module, uint32_t d)
{
	uint32_t above = r->above[d];

	(void)module;
	if (above == TL_MIB_NONE || tl_mib_is_root(r, above))
		return TL_OK;
	const tl_mib_def *row = emitted(r, above);
	if (row != NULL && row->kind == TL_MIB_IDENTITY)
		emitted(r, d)->list = row->list;
	return TL_OK;
}

/* Has |make| called for the definitions of the set that |is_one| is true of. */
static tl_err
for_each(tl_mib_resolver *r, bool (*is_one)(const tl_smi_def *def),
    tl_err (*make)(tl_mib_resolver *r, uint32_t module, uint32_t d))
{
	for (uint32_t m = 0; m < r->modules; m++) {
		const tl_smi_module *module = r->ranks[m].module;
		for (uint32_t i = 0; i < module->def_count; i++) {
			uint32_t d = module->def + i;
			const tl_smi_def *def = tl_mib_tree_def(r, d);
			if (def->kind == TL_SMI_TYPE || !is_one(def) ||
			    !is_itself(r, m, d))
				continue;
			tl_err err = make(r, m, d);
			if (err != TL_OK)
				return err;
		}
	}
	return TL_OK;
}

static bool
has_refs(const tl_smi_def *def)
{
	return def->ref_count > 0;
}

static bool
augments(const tl_smi_def *def)
{
	return def->ref_count == 0 && def->augments != 0;
}

static bool
may_be_column(const tl_smi_def *def)
{
	return def->kind == TL_SMI_OBJECT && def->ref_count == 0 && def->augments == 0;
}

tl_err
tl_mib_make_lists(tl_mib_resolver *r)
{
	tl_err err = for_each(r, has_refs, make_list);

	if (err == TL_OK)
		err = for_each(r, augments, borrow_index);
	if (err == TL_OK)
		err = for_each(r, may_be_column, take_index);
	return err;
}
