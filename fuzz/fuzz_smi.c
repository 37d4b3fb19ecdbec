/* fuzz/fuzz_smi.c: any bytes as the source of MIB modules. What the tree refers to must
 * be there, and every definition must be found again or not, inside of the text. */
#include <stdlib.h>

#include "base/buf.h"
#include "smi/parse.h"

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* Whether |n| items from |first| on are in |v|. */
static bool
has(const tl_vec *v, uint32_t first, uint64_t n)
{
	return n == 0 || first + n <= v->count;
}

static void
check_syntax(const tl_smi_tree *t, const tl_smi_syntax *s)
{
	require(s->type != 0 && s->type <= tl_smi_names_count(t->names));
	require(s->hint <= tl_smi_names_count(t->names));
	require(has(&t->words, s->labels, 2 * (uint64_t)s->label_count));
	require(s->size_min <= s->size_max);
}

static void
check_found_again(const tl_smi_tree *t, const tl_smi_def *def, tl_span text)
{
	tl_span whole, description;

	if (tl_mib_source_definition(text, def->place >> 8,
		tl_smi_names_text(t->names, def->name), &whole, &description) != TL_OK)
		return;
	require(whole.ptr >= text.ptr && whole.len > 0 &&
		whole.len <= (size_t)(text.ptr + text.len - whole.ptr));
	require(description.ptr == NULL ||
		(description.ptr >= whole.ptr &&
		    description.ptr + description.len <= text.ptr + text.len));
}

static void
check_def(const tl_smi_tree *t, const tl_smi_def *def)
{
	require(def->kind >= TL_SMI_VALUE && def->kind <= TL_SMI_TYPE);
	require(def->name != 0 && def->name <= tl_smi_names_count(t->names));
	require(def->augments <= tl_smi_names_count(t->names));
	require(has(&t->arcs, def->arc, def->arc_count));
	require(has(&t->words, def->refs, def->ref_count));
	require(def->syntax == TL_SMI_NONE || def->syntax < t->syntaxes.count);
	require(def->kind == TL_SMI_TYPE || def->arc_count > 0 ||
		(def->flags & TL_SMI_UNREADABLE) != 0);
	for (uint32_t i = 0; i < def->ref_count; i++) {
		uint32_t name = *TL_VEC_AT(&t->words, uint32_t, def->refs + i);
		require(name != 0 && name <= tl_smi_names_count(t->names));
	}
}

static void
check_module(const tl_smi_tree *t, const tl_smi_module *m, tl_span text)
{
	require(m->name != 0 && has(&t->imports, m->import, m->import_count) &&
		has(&t->defs, m->def, m->def_count));
	for (uint32_t i = 0; i < m->def_count; i++) {
		const tl_smi_def *def = TL_VEC_AT(&t->defs, tl_smi_def, m->def + i);
		check_def(t, def);
		if (i < 16)
			check_found_again(t, def, text);
	}
}

/* Every problem can be told. */
static void
report(void *context, const tl_mib_problem *problem)
{
	uint8_t text[512];
	tl_buf out = { .ptr = text, .cap = sizeof text };

	(void)context;
	require(problem->line > 0 && problem->column > 0 && problem->column < 256);
	tl_mib_problem_text(problem, &out);
	require(out.len > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t counts[TL_MIB_PROBLEM_COUNT] = { 0 };
	tl_smi_reports reports = { report, NULL, counts };
	tl_smi_source source = { 7, { (const uint8_t *)"f", 1 }, { data, size } };
	tl_smi_tree tree;

	require(tl_smi_tree_init(&tree) == TL_OK);
	require(tl_smi_parse(&tree, &source, &reports) == TL_OK);
	for (uint32_t i = 0; i < tree.modules.count; i++)
		check_module(
		    &tree, TL_VEC_AT(&tree.modules, tl_smi_module, i), source.text);
	for (uint32_t i = 0; i < tree.syntaxes.count; i++)
		check_syntax(&tree, TL_VEC_AT(&tree.syntaxes, tl_smi_syntax, i));
	tl_smi_tree_fini(&tree);
	return 0;
}
