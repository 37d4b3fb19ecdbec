/* pipeline/pipeline.h: the stages that judge a notification, in their order, and what
 * they remember. One for all threads that receive: whoever calls holds the lock. */
#ifndef PIPELINE_PIPELINE_H
#define PIPELINE_PIPELINE_H

#include "pipeline/alarms.h"
#include "pipeline/rules.h"
#include "pipeline/severity.h"

typedef struct pipeline pipeline;

typedef struct pipeline_options {
	const tl_conf *conf; /* borrowed, as are all that follow */
	const tl_mib *mib;   /* NULL: no names */
	uint64_t seed;       /* random and secret */
	stage enrich, names; /* tables and the DNS, which have threads of their own;
				judge NULL: without */
} pipeline_options;

/* NULL without memory. */
pipeline *pipeline_new(const pipeline_options *opt);
void pipeline_free(pipeline *p); /* NULL is fine */

/* A new configuration: makes what |from| remembers |p|'s, which was made for it and has
 * judged nothing yet. What stages that are off now had held back is told by the next
 * pipeline_tick(). Cannot fail; |from| is left empty, to be freed, and what it borrows
 * must still be there. Making |p| needs no lock, this does, and is short: with as many
 * entries as before nothing is copied. */
void pipeline_take(pipeline *p, pipeline *from);

/* Judges a notification: ev->suppressed says whether it goes on. Counts it. What |ev| is
 * given may borrow from |p|: it is good until the next call. */
void pipeline_judge(pipeline *p, event *ev);

/* Who wants to know how: is told of each step when it has been taken. */
typedef struct pipeline_tracer {
	void (*device)(void *context, event *ev, tl_conf_address by);
	void (*fields)(void *context, event *ev); /* tables and names; may set more */
	void (*severity)(void *context, event *ev, const severity_reason *reason);
	rules_tracer rules;
	void *context;
} pipeline_tracer;

/* pipeline_judge(), telling |t|. */
void pipeline_trace(pipeline *p, event *ev, const pipeline_tracer *t);

/* |ev| passed, and could not be made safe: what was remembered of it is forgotten, so
 * that its sender's next try counts as the first. Its counts are taken back. */
void pipeline_forget(pipeline *p, const event *ev);

/* Ends windows that are over; about once a second. */
void pipeline_tick(pipeline *p, int64_t now_ns, const emitter *to);

/* Tells what was held back and does not outlast the process: before pipeline_save(), at
 * the end. */
void pipeline_end(pipeline *p, int64_t now_ns, const emitter *to);

typedef struct pipeline_counters {
	uint64_t judged; /* = passed + the sum of suppressed */
	uint64_t passed;
	uint64_t suppressed[SUPPRESSION_COUNT];
} pipeline_counters;

pipeline_counters pipeline_count(const pipeline *p);

/* The table of alarms; NULL if the configuration does without. */
alarms *pipeline_alarms(pipeline *p);

/* What outlasts a restart: the |i|th state, from 0, with a name for its file; NULL behind
 * the last. */
const char *pipeline_state_name(size_t i);

/* The |i|th state, also of a stage that is off, as bytes in |out|, a vector of bytes that
 * the caller seals (saved_seal()) and frees, and back, before anything is judged.
 * |epoch_ns| is the realtime at which the monotonic clock is 0. What one that is off is
 * given is told by the next pipeline_tick(). Errors: TL_ENOMEM; TL_EFORMAT: damaged, or
 * of another version: it begins empty. */
TL_CHECK tl_err pipeline_save(const pipeline *p, size_t i, int64_t epoch_ns, tl_vec *out);
TL_CHECK tl_err pipeline_load(pipeline *p, size_t i, int64_t epoch_ns, tl_span bytes);

#endif
