/* smi/parse.h: from the text of a source to modules and definitions. */
#ifndef TL_SMI_PARSE_H
#define TL_SMI_PARSE_H

#include "smi/tree.h"
#include "trapline/mib_builder.h"

/* Where problems go. */
typedef struct tl_smi_reports {
	void (*report)(void *context, const tl_mib_problem *problem); /* or NULL */
	void *context;
	uint32_t *counts; /* TL_MIB_PROBLEM_COUNT of them, counted up */
} tl_smi_reports;

/* Counts and passes on a problem. */
void tl_smi_report(const tl_smi_reports *to, const tl_mib_problem *problem);

/* A source: its number, for tl_smi_module, and the name for problems. */
typedef struct tl_smi_source {
	uint32_t number;
	tl_span name, text;
} tl_smi_source;

/* Adds all modules of |source| to |tree|. Any bytes will do: what is no MIB adds nothing,
 * what is damaged adds what could be read. The text is not needed afterwards. The work is
 * bounded by the length of the text. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_smi_parse(
    tl_smi_tree *tree, const tl_smi_source *source, const tl_smi_reports *reports);

#endif
