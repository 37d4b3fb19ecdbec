/* pipeline/rules.h: what the configuration makes of notifications: a list of rules, in
 * the order of the file. Used by one thread at a time. */
#ifndef PIPELINE_RULES_H
#define PIPELINE_RULES_H

#include "pipeline/match.h"

enum { RULE_TEXT_MAX = 4096 }; /* bytes of a text that a rule makes */

typedef struct rules rules;

/* Prepares the rules of |conf|; borrows both. Events that are judged must have |mib| as
 * their dictionary. NULL without memory. */
rules *rules_new(const tl_conf *conf, const tl_mib *mib);

/* Sets the device of |ev| as a rule wants it: the first address in |order| that is told.
 */
typedef void rules_choose(const void *context, const tl_conf_ints *order, event *ev);

/* Who does that, before the first event; else the order is only kept with the event. */
void rules_set_choose(rules *r, rules_choose *choose, const void *context);

/* Applies the rules that |ev| fits, one after another, each seeing what those before it
 * have done, up to one that says stop or drop. What they make is in the event's arena,
 * or borrowed from the configuration. */
void rules_judge(const rules *r, event *ev);

typedef enum rule_verdict {
	RULE_APPLIES,
	RULE_FAILS,    /* its match does not fit */
	RULE_EXCEPTED, /* its unless fits */
} rule_verdict;

/* Is told of every rule, from 0, that is looked at; |m| is what did not fit, or did. */
typedef struct rules_tracer {
	void (*looked)(
	    void *context, uint32_t rule, rule_verdict verdict, const match *m);
	void (*applied)(void *context, uint32_t rule); /* behind what it has changed */
	void *context;
} rules_tracer;

/* The same, looking at every rule, and telling of it. */
void rules_trace(const rules *r, event *ev, const rules_tracer *tracer);

void rules_free(rules *r); /* NULL is fine */

#endif
