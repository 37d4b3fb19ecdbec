/* cli/explain.h: the parts of `trapline explain`. */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include "cli/cli.h"
#include "pipeline/pipeline.h"

/* Something that a rule has changed; texts are borrowed. */
typedef struct explain_change {
	const char *what; /* "severity", "tag", "field", "message", ... */
	tl_span name;     /* of a field */
	tl_span from, to; /* from: empty if there was nothing */
} explain_change;

enum { EXPLAIN_CHANGES_MAX = EVENT_TAGS_MAX + EVENT_FIELDS_MAX + 16 };

/* A rule that was looked at. */
typedef struct explain_rule {
	bool first; /* of those that are told */
	tl_span name;
	tl_conf_mark mark;
	rule_verdict verdict;
	tl_span why; /* it does not apply */
	explain_change changes[EXPLAIN_CHANGES_MAX];
	size_t count;
	bool stops;
} explain_rule;

/* An output, and why the event does not go there; empty: it does. */
typedef struct explain_output {
	const char *name;
	tl_span why;
} explain_output;

/* What has become of an event. */
typedef struct explain_result {
	const event *ev;
	const char *threshold; /* that suppressed it, or NULL */
	size_t told;           /* rules that were told */
	size_t unseen;         /* rules behind the last that was looked at */
	const explain_output *outputs;
	size_t output_count;
} explain_result;

/* How it is written, to stdout. */
typedef struct explain_writer {
	void (*begin)(const event *ev, tl_conf_address device_by);
	void (*fields)(const event *ev); /* of tables and the DNS */
	void (*severity)(const event *ev, const severity_reason *reason);
	void (*rule)(const explain_rule *r);
	void (*end)(const explain_result *r);
	void (*refused)(const tl_datagram *in, const tl_refusal *refusal);
	void (*own)(const tl_own_event *own); /* an event of ours that comes of them */
	void (*other)(tl_span kind);          /* an event that no rule sees */
} explain_writer;

extern const explain_writer explain_text, explain_json;

/* A configuration that is ready to judge. */
typedef struct explainer explainer;

typedef struct explain_options {
	const tl_conf *conf;
	const tl_mib *mib;
	const explain_writer *to;
	bool matched;    /* only the rules that apply */
	cli_list fields; /* NAME=TEXT, set before the rules */
} explain_options;

/* Borrows |opt| and what it names. NULL without memory. */
explainer *explainer_new(const explain_options *opt);
void explainer_free(explainer *x); /* NULL is fine */

/* Judges |n|, which came at |now_ns|, and writes what became of it. Times do not go back.
 */
void explainer_show(explainer *x, const tl_notification *n, int64_t now_ns);

/* The words of tl_conf_address, as configurations have them. */
const char *explain_address_word(tl_conf_address by);

/* Tables and the DNS, which are asked here and waited for. */
typedef struct explain_tables explain_tables;

/* Borrows both; what is wrong with a table is told on stderr. NULL without memory. */
explain_tables *explain_tables_new(const tl_conf *conf, const tl_mib *mib);
void explain_tables_free(explain_tables *t); /* NULL is fine */

/* As steps of a pipeline; |of_names| has no function if the DNS is not to be asked. */
void explain_tables_stages(explain_tables *t, stage *of_tables, stage *of_names);

/* An event that `trapline listen -f json` printed. */
typedef struct explain_line {
	tl_arena *arena; /* what is read borrows from it */
	tl_notification n;
	bool is_other; /* it is none: a refusal, a loss; kind says what */
	tl_span kind;
	const char *problem; /* why it cannot be read; static */
	size_t column;       /* where, from 1 */
} explain_line;

/* Reads one; false if it is no notification. */
bool explain_line_read(explain_line *l, tl_span line);

#endif
