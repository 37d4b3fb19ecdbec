/* pipeline/match.h: conditions on events, prepared for speed. For rules, thresholds and
 * the filters of outputs. Immutable: any thread. */
#ifndef PIPELINE_MATCH_H
#define PIPELINE_MATCH_H

#include "pipeline/field.h"

typedef struct match match;

/* Prepares |conf|, whose lists are in |all|; borrows both, and |mib|. NULL without
 * memory.
 */
match *match_new(const tl_conf_match *conf, const tl_conf *all, const tl_mib *mib);

/* Whether |ev| fits all conditions. No conditions fit everything. */
bool match_fits(const match *m, const event *ev);

void match_free(match *m); /* NULL is fine */

#endif
