/* daemon/unresolved.h: notifications that no MIB names, counted by enterprise, so that a
 * person can tell whose MIBs are lacking. */
#ifndef DAEMON_UNRESOLVED_H
#define DAEMON_UNRESOLVED_H

#include "trapline/mib.h"

enum { UNRESOLVED_ENTERPRISES_MAX = 1024 };

typedef struct unresolved unresolved;

/* NULL when memory is short. |mib| is borrowed. */
unresolved *unresolved_new(const tl_mib *mib);
void unresolved_free(unresolved *u);

/* Counts |n| if its trap OID has no name: by the first 7 sub-identifiers of it, which are
 * 1.3.6.1.4.1 and the enterprise's number; those for whom there is no room together.
 * Never allocates. */
void unresolved_count(unresolved *u, const tl_notification *n);

/* Puts `"unresolved_by_enterprise":{...},"unresolved_examples":{...}`, the most frequent
 * first. Errors: TL_ENOSPC: |out| is as it was. */
enum { UNRESOLVED_ROOM = UNRESOLVED_ENTERPRISES_MAX * 512 }; /* bytes, enough */
TL_CHECK tl_err unresolved_put(const unresolved *u, tl_buf *out);

#endif
