/* pipeline/patterns.h: lists of notifications or enterprises: OIDs, names, trees, globs.
 * Immutable: any thread. */
#ifndef PIPELINE_PATTERNS_H
#define PIPELINE_PATTERNS_H

#include "conf/conf.h"
#include "pipeline/event.h"

typedef enum pattern_kind {
	PATTERN_NOTHING = 0, /* a name that the dictionary does not have */
	PATTERN_OID,         /* just this */
	PATTERN_TREE,        /* all below it */
	PATTERN_LABEL,       /* a notification's name without a module, "linkDown" */
	PATTERN_GLOB         /* of a notification's name */
} pattern_kind;

typedef struct pattern {
	pattern_kind kind;
	tl_oid oid;           /* of OID and TREE; of LABEL one of those that it may be */
	tl_span module, text; /* of LABEL and GLOB; module is empty if none is given */
	bool module_is_glob;  /* it has * or ? */
	uint8_t *kept;        /* memory of |oid| */
} pattern;

typedef struct patterns {
	pattern *at;
	size_t count;
} patterns;

/* Prepares |conf|, which is borrowed, for notifications or (|objects|) for what else has
 * an OID. False without memory; then, too, it is to be freed. */
bool patterns_init(
    patterns *p, const tl_conf_patterns *conf, bool objects, const tl_mib *mib);
void patterns_fini(patterns *p);

/* What patterns are compared with. */
typedef struct pattern_subject {
	tl_oid oid;              /* as it was sent */
	const tl_mib *mib;       /* of node */
	const tl_mib_node *node; /* a notification's definition; NULL: there is none */
	tl_oid defined;          /* the node's OID once a pattern has asked for it */
	tl_span module, text;    /* its name; empty if it has none */
} pattern_subject;

/* The notification that |ev| is. */
void pattern_subject_of(const event *ev, pattern_subject *out);

/* Whether |p| fits, and whether one of |p| does. */
bool pattern_fits(const pattern *p, pattern_subject *s);
bool patterns_fit(const patterns *p, pattern_subject *s);

/* Whether |text| is what |glob| says: * for any characters, ? for one. */
bool glob_fits(tl_span glob, tl_span text);

#endif
