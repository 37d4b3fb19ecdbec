/* mib/syntaxes.c: keeps each syntax, and each list of labels, once; called by types.c. */
#include "mib/types.h"

#include <stdlib.h>
#include <string.h>

/* A list of labels that is kept, found by the hash of its content. */
typedef struct kept_labels {
	uint32_t label, count;
} kept_labels;

static int
by_value(const void *left, const void *right)
{
	const tl_mib_def_label *a = left, *b = right;

	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return (a->text > b->text) - (a->text < b->text);
}

/* Puts the labels behind the others, sorted. */
static const tl_mib_def_label *
append_labels(tl_mib_resolver *r, const tl_smi_syntax *from)
{
	const uint32_t *words = TL_VEC_AT(&r->tree->words, const uint32_t, from->labels);
	tl_mib_def_label *labels =
	    tl_vec_grow(&r->set->labels, sizeof *labels, from->label_count);
	bool sorted = true;

	for (uint32_t i = 0; labels != NULL && i < from->label_count; i++) {
		labels[i] = (tl_mib_def_label){ (int32_t)words[2 * i + 1], words[2 * i] };
		sorted = sorted && (i == 0 || by_value(&labels[i - 1], &labels[i]) < 0);
	}
	if (labels != NULL && !sorted)
		qsort(labels, from->label_count, sizeof *labels, by_value);
	return labels;
}

/* A key for the maps of what is kept; never 0. |tries| tells things apart that hash
 * alike. */
static uint64_t
key_of(const void *bytes, size_t len, uint64_t tries)
{
	return tl_hash(bytes, len, tries) | 1;
}

static bool
same_labels(const tl_mib_resolver *r, const kept_labels *a, const kept_labels *b)
{
	const tl_mib_def_label *all = r->set->labels.ptr;

	return a->count == b->count &&
	       memcmp(all + a->label, all + b->label, a->count * sizeof *all) == 0;
}

tl_err
tl_mib_keep_labels(tl_mib_resolver *r, const tl_smi_syntax *from, tl_mib_def_syntax *to)
{
	const tl_mib_def_label *labels = append_labels(r, from);
	kept_labels added = { r->set->labels.count - from->label_count,
		from->label_count };

	if (labels == NULL)
		return TL_ENOMEM;
	for (uint64_t tries = 0;; tries++) {
		uint32_t *slot = tl_mib_map_put(
		    &r->made_labels, key_of(labels, added.count * sizeof *labels, tries));
		if (slot == NULL)
			return TL_ENOMEM;
		if (*slot == TL_MIB_NONE) {
			kept_labels *kept = tl_vec_grow(&r->label_lists, sizeof *kept, 1);
			if (kept == NULL)
				return TL_ENOMEM;
			*kept = added;
			*slot = r->label_lists.count - 1;
			break;
		}
		kept_labels *kept = TL_VEC_AT(&r->label_lists, kept_labels, *slot);
		if (same_labels(r, kept, &added)) {
			r->set->labels.count = added.label;
			added = *kept;
			break;
		}
	}
	to->label = added.label;
	to->label_count = added.count;
	return TL_OK;
}

static bool
same_syntax(const tl_mib_def_syntax *a, const tl_mib_def_syntax *b)
{
	return a->type == b->type && a->special == b->special && a->hint == b->hint &&
	       a->size_min == b->size_min && a->size_max == b->size_max &&
	       a->label == b->label && a->label_count == b->label_count;
}

tl_err
tl_mib_keep_syntax(tl_mib_resolver *r, const tl_mib_def_syntax *syntax, uint32_t *number)
{
	const uint32_t words[] = { (uint32_t)syntax->type << 8 | syntax->special,
		(uint32_t)syntax->size_min << 16 | syntax->size_max, syntax->hint,
		syntax->label, syntax->label_count };

	for (uint64_t tries = 0;; tries++) {
		uint32_t *slot =
		    tl_mib_map_put(&r->made_syntaxes, key_of(words, sizeof words, tries));
		if (slot == NULL)
			return TL_ENOMEM;
		if (*slot == TL_MIB_NONE) {
			tl_mib_def_syntax *to =
			    tl_vec_grow(&r->set->syntaxes, sizeof *to, 1);
			if (to == NULL)
				return TL_ENOMEM;
			*to = *syntax;
			*slot = r->set->syntaxes.count - 1;
		} else if (!same_syntax(syntax,
			       TL_VEC_AT(&r->set->syntaxes, tl_mib_def_syntax, *slot))) {
			continue;
		}
		*number = *slot;
		return TL_OK;
	}
}
