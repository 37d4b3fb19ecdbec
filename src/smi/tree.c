/* smi/tree.c: the life of a tree. */
#include "smi/tree.h"

tl_err
tl_smi_tree_init(tl_smi_tree *tree)
{
	*tree = (tl_smi_tree){ 0 };
	return tl_smi_names_new(&tree->names);
}

void
tl_smi_tree_fini(tl_smi_tree *tree)
{
	tl_vec_free(&tree->modules);
	tl_vec_free(&tree->imports);
	tl_vec_free(&tree->defs);
	tl_vec_free(&tree->arcs);
	tl_vec_free(&tree->syntaxes);
	tl_vec_free(&tree->words);
	tl_smi_names_free(tree->names);
	*tree = (tl_smi_tree){ 0 };
}
