/* cli/mib_show.h: the parts of `trapline mib show`. */
#ifndef CLI_MIB_SHOW_H
#define CLI_MIB_SHOW_H

#include "cli/mib.h"

enum { NAME_ROOM = 8192 };

typedef struct shower {
	mib_job job;
	mib_sources sources;
	tl_arena *arena;
	bool definition; /* its text is wanted, too */
	bool failed;
	mib_definition text; /* of what is shown */
} shower;

/* What is shown: a definition, and the sub-identifiers behind it. */
typedef struct subject {
	const tl_mib_node *node;
	tl_oid rest;
} subject;

/* Of a definition's text, the value of a clause ("STATUS"): a word, or what stands
 * between quotes or braces; empty if there is none. */
tl_span show_clause(tl_span whole, const char *clause);

/* Who may read or write it: MAX-ACCESS, or ACCESS in SMIv1. */
tl_span show_access(tl_span whole);

/* How many definitions stand directly below |node|. */
uint32_t show_children(const tl_mib *mib, const tl_mib_node *node);

/* Prints it as an object on a line. */
void show_json(const shower *s, const subject *what);

#endif
