/* pipeline/shortlist.h: of each notification that a dictionary defines the rules whose
 * traps it fits, found out when it is first seen: later ones of it need neither merge
 * lists nor compare names. For rule_index.c; used by one thread at a time. */
#ifndef PIPELINE_SHORTLIST_H
#define PIPELINE_SHORTLIST_H

#include "base/vec.h"
#include "pipeline/patterns.h"

/* All shortlists take so many numbers, 4 bytes each; what is seen later has none. */
enum { SHORTLIST_NUMBERS_MAX = 1 << 22 };

/* What the rules say. */
typedef struct rule_traps {
	const patterns *at; /* of each rule; empty: any notification fits */
	uint32_t count;
} rule_traps;

/* A definition's OID may be sent in two forms, which have different lengths. */
typedef struct shortlist {
	const tl_mib_node *node; /* NULL: the place is free */
	uint32_t oid_len;        /* bytes, as it is sent */
	uint32_t list;           /* in numbers: the rules, closed by RULE_NONE */
	uint32_t fits; /* in numbers: a bit for each rule that has no traps or fits */
} shortlist;

typedef struct shortlists {
	rule_traps rules;
	const bool *elsewhere; /* the rules that stand in no list */
	shortlist *at;         /* a hash table, at most half full */
	uint32_t count, mask;  /* mask: places less one, a power of two */
	tl_vec numbers;
} shortlists;

/* Prepares |s|; borrows |elsewhere| and what |rules| points to. False without memory. */
bool shortlists_init(shortlists *s, const rule_traps *rules, const bool *elsewhere);
void shortlists_fini(shortlists *s);

/* That of |ev|'s notification, made if there is none; NULL: nobody has defined it, or
 * there is no room. Good until the next call. */
const shortlist *shortlists_get(shortlists *s, const event *ev);

#endif
