/* smi/names.h: identifiers and short texts as numbers, each kept once. */
#ifndef TL_SMI_NAMES_H
#define TL_SMI_NAMES_H

#include "trapline/base.h"

typedef struct tl_smi_names tl_smi_names;

/* A name's number, from 1, below 2^31; 0 is no name. */
typedef uint32_t tl_smi_name;

#define TL_SMI_NAME_MAX 4096u /* bytes; what is longer is cut there */

/* Errors: TL_ENOMEM. Free with tl_smi_names_free(). */
TL_CHECK tl_err tl_smi_names_new(tl_smi_names **out);
void tl_smi_names_free(tl_smi_names *names);

/* The number of |text|, which is copied when it is new; 0 without memory (or past 2^31
 * names, or 4 GiB of them): see tl_smi_names_full(). An empty text is 0 as well. */
tl_smi_name tl_smi_names_put(tl_smi_names *names, tl_span text);

/* The number of |text|; 0 if it was never put. */
tl_smi_name tl_smi_names_find(const tl_smi_names *names, tl_span text);

/* Whether a name could not be kept. */
bool tl_smi_names_full(const tl_smi_names *names);

/* The text of a name; empty for 0. Valid until the next put. */
tl_span tl_smi_names_text(const tl_smi_names *names, tl_smi_name name);

/* A hash that is the same for names which differ at most in the case of letters and in
 * underscores for hyphens. For guesses. */
uint64_t tl_smi_names_folded(const tl_smi_names *names, tl_smi_name name);

/* Gives back what only putting and finding need: neither may be done any more. */
void tl_smi_names_seal(tl_smi_names *names);

/* How many there are: all numbers from 1 to this. */
uint32_t tl_smi_names_count(const tl_smi_names *names);

#endif
