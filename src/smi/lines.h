/* smi/lines.h: what can only be told by looking at whole lines: page breaks left in, and
 * strings that swallow what follows because their end is missing. */
#ifndef TL_SMI_LINES_H
#define TL_SMI_LINES_H

#include "smi/keyword.h"

/* The first page break in a text: the line that ends in "[Page 12]" and the heading of
 * the next page. Empty, and at |end|, if there is none. */
tl_span tl_smi_find_page(const uint8_t *from, const uint8_t *end);

/* Whether the quote at |quote| looks like the beginning of a string: it stands behind a
 * word such as DESCRIPTION. |from| is where the text before begins. */
bool tl_smi_opens_string(
    const tl_smi_keywords *k, const uint8_t *from, const uint8_t *quote);

/* The first line of a string's inside, from the second one on, that is no prose but part
 * of a definition; NULL if there is none. |to|: where a quote or the text's end is. */
const uint8_t *tl_smi_find_code(
    const tl_smi_keywords *k, const uint8_t *from, const uint8_t *to);

#endif
