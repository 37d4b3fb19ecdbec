/* cli/blast_damage.h: messages made malformed, the same ones with the same seed. */
#ifndef CLI_BLAST_DAMAGE_H
#define CLI_BLAST_DAMAGE_H

#include "trapline/base.h"

/* A generator of numbers that a run can repeat (xorshift64*); zero is no state. */
typedef struct blast_random {
	uint64_t state;
} blast_random;

/* Any |seed|, 0 included. */
blast_random blast_random_of(uint64_t seed);
uint64_t blast_random_next(blast_random *r);

/* Below |n|, which is 1 or more. */
uint64_t blast_random_below(blast_random *r, uint64_t n);

/* Damages the SNMP message |bytes| of |len| so that no receiver may accept it: cuts its
 * end off, flips bits of a tag, or says a wrong length. Returns the new length, 1 or
 * more. */
size_t blast_damage(blast_random *r, uint8_t *bytes, size_t len);

#endif
