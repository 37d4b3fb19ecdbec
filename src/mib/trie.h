/* mib/trie.h: definitions sorted by their OIDs, and the trie over them. */
#ifndef TL_MIB_TRIE_H
#define TL_MIB_TRIE_H

#include "mib/set.h"

typedef struct tl_mib_trie {
	tl_vec steps; /* uint32_t, as in the image */
	tl_vec forks; /* tl_mib_fork */
	tl_vec jumps; /* tl_mib_jump, as they come */
} tl_mib_trie;

/* Sorts |order|, the numbers of all definitions of |set|, by OID, as image.h has it, and
 * makes a trie over their places in it. |spare| has room for as many. What |trie| holds
 * is the caller's to free. Errors: TL_ENOMEM, TL_ELIMIT. */
TL_CHECK tl_err tl_mib_make_trie(
    const tl_mib_set *set, uint32_t *order, uint32_t *spare, tl_mib_trie *trie);

#endif
