/* pipeline/pairs.h: which notifications raise and clear which alarms, and what tells one
 * such alarm of a device from another: the standard ones, and the configuration's. */
#ifndef PIPELINE_PAIRS_H
#define PIPELINE_PAIRS_H

#include "pipeline/key.h"

/* A standard pair. OIDs are dotted, with spaces between; a 0 before the last
 * sub-identifier may be missing in what comes, or be there. */
typedef struct pair_row {
	const char *name;
	const char *raise, *clear; /* the same: |state| decides */
	const char *key;           /* as key_of_text() reads it */
	const char *state;         /* an object, or NULL */
	uint32_t raised, cleared;  /* bits 1 << its value, 31: all above; raised 0: any
				      that  does not clear; neither: it changes nothing */
	const char *if_object, *if_oid; /* NULL, or: clears only if this object's value is
					   this OID */
} pair_row;

/* Closed by a name of NULL. */
extern const pair_row pairs_standard[];

typedef struct alarm_pair {
	tl_span name;
	uint64_t id; /* a hash of the name */
	key_def key;
	const pair_row *row; /* NULL: of the configuration */
	key_part state, if_object;
} alarm_pair;

typedef struct pairs pairs;

/* Borrows |conf| and |mib|. |seed| is random and secret. NULL without memory. */
pairs *pairs_new(const tl_conf_alarms *conf, const tl_mib *mib, uint64_t seed);
void pairs_free(pairs *p); /* NULL is fine */

/* The pair that |ev| belongs to, the configuration's first, or NULL; and whether it
 * raises or clears, TL_ALARM_UNSAID if neither. Remembers what trap OIDs mean, a bounded
 * number of them. */
const alarm_pair *pairs_find(pairs *p, const event *ev, tl_conf_alarm_state *state);

#endif
