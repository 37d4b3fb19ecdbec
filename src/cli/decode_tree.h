/* cli/decode_tree.h: a datagram as an annotated tree, for people. */
#ifndef CLI_DECODE_TREE_H
#define CLI_DECODE_TREE_H

#include <stdio.h>

#include "trapline/dissect.h"
#include "trapline/engine.h"
#include "trapline/render.h"

typedef struct tree {
	FILE *to;
	const tl_mib *mib;
	tl_charset *charset; /* or NULL */
	tl_dissector *dissector;
	uint8_t *room; /* for the texts of one line */
} tree;

/* Prepares |t| to print to |to| with the names and the charset of |opt|.
 * Errors: TL_EINVAL (the charset), TL_ENOMEM. */
TL_CHECK tl_err tree_init(tree *t, FILE *to, const tl_renderer_options *opt);
void tree_fini(tree *t);

/* A datagram and what became of it. */
typedef struct tree_case {
	const tl_datagram *in;
	const tl_event *ev;
	tl_span hint;
	uint64_t number; /* of the frame in the capture, or of the datagram, from 1 */
	bool captured;   /* at a known time */
} tree_case;

/* Prints where it comes from, every field, and the verdict. */
void tree_print(tree *t, const tree_case *c);

/* Prints in one line that it is no notification. */
void tree_print_line(tree *t, const tree_case *c);

#endif
