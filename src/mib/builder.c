/* mib/builder.c: from sources to a dictionary: parses each as it comes, and in the end
 * the built-in modules, resolves all, and links. Called by programs. */
#include <stdlib.h>

#include "mib/builtin.h"
#include "mib/set.h"
#include "trapline/mib_builder.h"

#define SOURCE_MAX_BYTES (64u << 20)

struct tl_mib_builder {
	tl_smi_tree tree;
	tl_vec sources; /* tl_smi_name: what they are called, 0 for the built-in ones */
	tl_mib_builder_options opt;
	tl_mib_summary summary;
	tl_err err; /* what failed first; nothing can be done after it */
};

tl_err
tl_mib_builder_new(const tl_mib_builder_options *opt, tl_mib_builder **out)
{
	tl_mib_builder *b = calloc(1, sizeof *b);

	if (b == NULL)
		return TL_ENOMEM;
	if (opt != NULL)
		b->opt = *opt;
	tl_err err = tl_smi_tree_init(&b->tree);
	if (err != TL_OK) {
		free(b);
		return err;
	}
	*out = b;
	return TL_OK;
}

void
tl_mib_builder_free(tl_mib_builder *b)
{
	if (b == NULL)
		return;
	tl_smi_tree_fini(&b->tree);
	tl_vec_free(&b->sources);
	free(b);
}

static tl_smi_reports
reports_of(tl_mib_builder *b)
{
	return (tl_smi_reports){ .report = b->opt.problem,
		.context = b->opt.context,
		.counts = b->summary.problems };
}

static tl_err
parse(tl_mib_builder *b, tl_span name, tl_span text)
{
	const tl_smi_reports reports = reports_of(b);
	const tl_smi_source source = { b->sources.count, name, text };
	tl_smi_name *kept = tl_vec_grow(&b->sources, sizeof *kept, 1);

	if (kept == NULL)
		return TL_ENOMEM;
	*kept = tl_smi_names_put(b->tree.names, name);
	tl_err err = tl_smi_parse(&b->tree, &source, &reports);
	return err == TL_OK && tl_smi_names_full(b->tree.names) ? TL_ENOMEM : err;
}

tl_err
tl_mib_builder_add_source(tl_mib_builder *b, tl_span name, tl_span text)
{
	if (text.len > SOURCE_MAX_BYTES)
		return TL_ELIMIT;
	if (b->err == TL_OK)
		b->err = parse(b, name, text);
	b->summary.sources += b->err == TL_OK;
	return b->err;
}

static tl_err
parse_builtin(tl_mib_builder *b)
{
	tl_err err = TL_OK;

	for (uint32_t i = 0; err == TL_OK && i < tl_mib_builtin_text_count; i++)
		err = parse(b, (tl_span){ 0 }, tl_mib_builtin_texts[i]);
	return err;
}

static tl_err
resolve(tl_mib_builder *b, tl_mib_set *set)
{
	const tl_smi_reports reports = reports_of(b);
	const tl_mib_resolving what = { .tree = &b->tree,
		.sources = b->sources.ptr,
		.builtin = b->summary.sources,
		.reports = &reports,
		.summary = &b->summary };

	return tl_mib_resolve(&what, set);
}

/* Links what |set| has, which borrows the names; all else that the builder holds is given
 * back before, since a dictionary takes as much again. */
static tl_err
link_set(tl_mib_builder *b, const tl_mib_set *set, tl_mib **out)
{
	tl_smi_names *names = b->tree.names;

	b->tree.names = NULL;
	tl_smi_tree_fini(&b->tree);
	tl_vec_free(&b->sources);
	tl_smi_names_seal(names);
	tl_err err = tl_mib_link(set, out);
	tl_smi_names_free(names);
	return err;
}

tl_err
tl_mib_builder_build(tl_mib_builder *b, tl_mib **out, tl_mib_summary *summary)
{
	tl_mib_set set = { 0 };

	if (b->err == TL_OK && !b->opt.bare)
		b->err = parse_builtin(b);
	if (b->err != TL_OK)
		return b->err;
	b->err = resolve(b, &set);
	if (b->err == TL_OK)
		b->err = link_set(b, &set, out);
	tl_mib_set_fini(&set);
	if (b->err != TL_OK)
		return b->err;
	b->err = TL_EINVAL; /* it is used up */
	if (summary != NULL)
		*summary = b->summary;
	return TL_OK;
}

tl_err
tl_mib_builtin(tl_mib **out)
{
	tl_mib_builder *b;
	tl_err err = tl_mib_builder_new(NULL, &b);

	if (err != TL_OK)
		return err;
	err = tl_mib_builder_build(b, out, NULL);
	tl_mib_builder_free(b);
	return err;
}
