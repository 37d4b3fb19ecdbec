/* tests/smi/show.h: what the front-end read, as text: for the tests and for dump_smi. */
#ifndef TESTS_SMI_SHOW_H
#define TESTS_SMI_SHOW_H

#include "base/buf.h"
#include "smi/parse.h"

static inline void
show_name(tl_buf *b, const tl_smi_tree *tree, tl_smi_name name)
{
	tl_buf_span(b, tl_smi_names_text(tree->names, name & ~TL_SMI_NUMBERED));
}

/* " { a org(3) 1 }" */
static inline void
show_arcs(tl_buf *b, const tl_smi_tree *tree, const tl_smi_def *def)
{
	const tl_smi_arc *arc = TL_VEC_AT(&tree->arcs, tl_smi_arc, def->arc);

	tl_buf_puts(b, " {");
	for (int i = 0; i < def->arc_count; i++) {
		tl_buf_putc(b, ' ');
		show_name(b, tree, arc[i].name);
		bool both = (arc[i].name & TL_SMI_NUMBERED) != 0;
		if (both)
			tl_buf_putc(b, '(');
		if (arc[i].name == 0 || both)
			tl_buf_u64(b, arc[i].number);
		if (both)
			tl_buf_putc(b, ')');
	}
	tl_buf_puts(b, " }");
}

/* " INTEGER \"hint\" up(1) 0..255" */
static inline void
show_syntax(tl_buf *b, const tl_smi_tree *tree, uint32_t i)
{
	const tl_smi_syntax *s = TL_VEC_AT(&tree->syntaxes, tl_smi_syntax, i);
	const uint32_t *label = TL_VEC_AT(&tree->words, uint32_t, s->labels);

	tl_buf_putc(b, ' ');
	show_name(b, tree, s->type);
	if (s->hint != 0) {
		tl_buf_puts(b, " \"");
		show_name(b, tree, s->hint);
		tl_buf_putc(b, '"');
	}
	for (uint32_t n = 0; n < s->label_count; n++) {
		tl_buf_putc(b, ' ');
		show_name(b, tree, label[2 * n]);
		tl_buf_putc(b, '(');
		tl_buf_i64(b, (int32_t)label[2 * n + 1]);
		tl_buf_putc(b, ')');
	}
	if (s->size_min != 0 || s->size_max != UINT32_MAX) {
		tl_buf_putc(b, ' ');
		tl_buf_u64(b, s->size_min);
		tl_buf_puts(b, "..");
		tl_buf_u64(b, s->size_max);
	}
}

static inline void
show_number(tl_buf *b, const char *what, uint64_t number)
{
	if (number != 0) {
		tl_buf_puts(b, what);
		tl_buf_u64(b, number);
	}
}

/* "object a { b 1 } INTEGER of c, d" */
static inline void
show_def(tl_buf *b, const tl_smi_tree *tree, const tl_smi_def *def)
{
	static const char *const kinds[] = { "?", "value", "module-identity", "object",
		"notification", "trap", "type" };

	tl_buf_puts(b, kinds[def->kind]);
	tl_buf_putc(b, ' ');
	show_name(b, tree, def->name);
	if (def->kind != TL_SMI_TYPE)
		show_arcs(b, tree, def);
	if (def->syntax != TL_SMI_NONE)
		show_syntax(b, tree, def->syntax);
	for (uint32_t i = 0; i < def->ref_count; i++) {
		tl_buf_puts(b, i == 0 ? " of " : ", ");
		show_name(b, tree, *TL_VEC_AT(&tree->words, uint32_t, def->refs + i));
	}
	if (def->augments != 0) {
		tl_buf_puts(b, " augments ");
		show_name(b, tree, def->augments);
	}
	show_number(b, " severity ", def->severity);
	show_number(b, " flags ", def->flags);
	show_number(b, " status ", def->status);
}

#endif
