/* smi/lines.h: what can only be told by looking at whole lines: page breaks left in, and
 * strings that swallow what follows because their end is missing. */
#ifndef TL_SMI_LINES_H
#define TL_SMI_LINES_H

#include "smi/keyword.h"

/* The first page break in a text: the line that ends in "[Page 12]" and the heading of
 * the next page. Empty, and at |end|, if there is none. */
tl_span tl_smi_find_page(const uint8_t *from, const uint8_t *end);

/* Whether a string whose inside begins at |from| has lost its own end and runs up to the
 * beginning of another at |quote|, or (NULL) to the |end| of the text: then the line of
 * its inside, from the second on, that is no prose but part of a definition; else NULL.
 */
const uint8_t *tl_smi_runaway(const tl_smi_keywords *k, const uint8_t *from,
    const uint8_t *quote, const uint8_t *end);

#endif
