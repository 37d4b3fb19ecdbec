/* pipeline/shortlist.h: of each notification that a dictionary defines the rules whose
 * traps it fits, found out when it is first seen: later ones of it need neither merge
 * lists nor compare names. For rule_index.c; used by one thread at a time. */
#ifndef PIPELINE_SHORTLIST_H
#define PIPELINE_SHORTLIST_H

#include "base/vec.h"
#include "pipeline/patterns.h"

enum {
	SHORTLIST_NUMBERS_MAX = 1 << 22, /* of all, 4 bytes each; what is seen later has
					    none */
	SHORTLIST_FEW = 8 /* rules by value that are looked at without a look-up */
};

/* What the rules ask for. */
typedef struct rule_traps {
	const patterns *at; /* of each rule; empty: any notification fits */
	uint32_t count;
} rule_traps;
typedef struct shortlist_rules {
	rule_traps traps;
	const bool *by_source; /* stand in no list */
	const uint32_t *asks;  /* by which values rules are found, a bit for each; 0: by
				  none, else they stand in no list unless they are few */
} shortlist_rules;

/* A definition's OID may be sent in two forms, which have different lengths. */
typedef struct shortlist {
	const tl_mib_node *node; /* NULL: the place is free */
	uint32_t oid_len;        /* bytes, as it is sent */
	uint32_t list;           /* in numbers: the rules, closed by RULE_NONE */
	uint32_t fits;  /* in numbers: a bit for each rule that has no traps or fits */
	uint32_t asked; /* by which values there are more to be found */
} shortlist;

typedef struct shortlists {
	shortlist_rules rules;
	shortlist *at;        /* a hash table, at most half full */
	uint32_t count, mask; /* mask: places less one, a power of two */
	tl_vec numbers;
} shortlists;

/* Prepares |s|; borrows what |rules| points to. False without memory. */
bool shortlists_init(shortlists *s, const shortlist_rules *rules);
void shortlists_fini(shortlists *s);

/* That of |ev|'s notification, made if there is none; NULL: nobody has defined it, or
 * there is no room. Good until the next call. */
const shortlist *shortlists_get(shortlists *s, const event *ev);

#endif
