/* pipeline/severity.h: how severe a notification is, before rules say otherwise: by a
 * severity among its varbinds, by its MIB, by the table of standard notifications.
 * Immutable: any thread. */
#ifndef PIPELINE_SEVERITY_H
#define PIPELINE_SEVERITY_H

#include "pipeline/event.h"

typedef struct severities severities;

/* Prepares what |conf| says; borrows both. Events that are judged must have |mib| (may be
 * NULL) as their dictionary. NULL without memory. */
severities *severities_new(const tl_conf *conf, const tl_mib *mib);

/* Sets the severity of |ev|; one of our own stays as it is. */
void severities_judge(const severities *s, event *ev);

/* The severity, who told it ("varbinds", "mib", "built-in", "default"), and by which
 * varbind, or NULL. */
typedef struct severity_reason {
	tl_severity severity;
	const char *by;
	const tl_varbind *vb;
} severity_reason;
severity_reason severities_find(const severities *s, const event *ev);

void severities_free(severities *s); /* NULL is fine */

/* The severity that |word| names, or is near to: "critical", "crit", "informational",
 * "alarmMajor", "non-critical"; TL_SEVERITY_NONE if none. Any thread. */
tl_severity severity_of_word(tl_span word);

#endif
