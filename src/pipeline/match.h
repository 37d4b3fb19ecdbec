/* pipeline/match.h: conditions on events, prepared for speed. For rules, thresholds and
 * the filters of outputs. Immutable, but for what regular expressions need for a while:
 * used by one thread at a time. */
#ifndef PIPELINE_MATCH_H
#define PIPELINE_MATCH_H

#include "pipeline/field.h"
#include "pipeline/patterns.h"
#include "pipeline/value_memo.h"

typedef struct match match;

/* Prepares |conf|, whose lists are in |all|; borrows both, and |mib|. NULL without
 * memory.
 */
match *match_new(const tl_conf_match *conf, const tl_conf *all, const tl_mib *mib);

/* Whether |ev| fits all conditions. No conditions fit everything. */
bool match_fits(const match *m, const event *ev);

void match_free(match *m); /* NULL is fine */

/* The conditions, in the order in which they are looked at. */
#define MATCH_CONDITIONS(X)                                                              \
	X(KIND, kind)                                                                    \
	X(VERSION, version)                                                              \
	X(SEVERITY, severity)                                                            \
	X(TRAP, trap)                                                                    \
	X(SOURCE, source)                                                                \
	X(USER, user)                                                                    \
	X(CONTEXT, context)                                                              \
	X(COMMUNITY, community)                                                          \
	X(ENTERPRISE, enterprise)                                                        \
	X(TAGS, tags)                                                                    \
	X(FIELDS, fields)                                                                \
	X(VARBINDS, varbinds)

typedef enum match_condition {
#define TL_X(name, word) MATCH_##name,
	MATCH_CONDITIONS(TL_X)
#undef TL_X
	    MATCH_ALL_FIT /* none of them has failed */
} match_condition;

/* An event that many matches look at; match_view_begin() makes one. What is found out of
 * it is kept, until its device or definition changes. */
typedef struct match_view {
	const event *ev;
	value_memo *memo; /* the caller's memory */
	bool named;       /* trap holds */
	pattern_subject trap;
} match_view;

static inline void
match_view_begin(match_view *v, const event *ev, value_memo *memo)
{
	v->ev = ev;
	v->memo = memo;
	v->named = false;
	value_memo_begin(memo);
}

/* The first condition that the event does not fit, but for those in |skip| (a bit each, 1
 * << match_condition), and which of several of its kind. */
match_condition match_fails(const match *m, match_view *v, uint32_t skip, size_t *which);

/* Writes in a line why |ev| does not fit, "ifOperStatus is up(1), not down"; nothing if
 * it does. */
void match_explain(const match *m, const event *ev, tl_buf *out);

/* The conditions that it has, 1 << match_condition of each. */
uint32_t match_given(const match *m);

/* What it was made of. */
const tl_conf_match *match_conf(const match *m);

/* The word of a condition, as configurations have it. */
const char *match_condition_word(match_condition c);

/* The named lists of networks, made once for many conditions. */
typedef struct match_lists match_lists;
match_lists *match_lists_new(const tl_conf *all);
void match_lists_free(match_lists *lists);

/* match_new() with lists that are borrowed. */
match *match_new_sharing(
    const tl_conf_match *conf, const match_lists *lists, const tl_mib *mib);

#endif
