/* pipeline/alarms_parts.h: the table of alarms, for alarms.c, alarms_told.c and
 * alarms_saved.c. */
#ifndef PIPELINE_ALARMS_PARTS_H
#define PIPELINE_ALARMS_PARTS_H

#include "pipeline/alarms.h"
#include "pipeline/ledger.h"
#include "pipeline/texts.h"

enum { TEXT_KEY, TEXT_NAME, TEXT_MESSAGE, TEXT_OID, TEXT_COUNT };

/* QUIET: active, in the order in which they were last heard of. BUSY: pushed out, and not
 * told yet; those are not found any more. */
typedef struct alarm {
	ledger_entry entry;
	tl_severity severity;
	tl_alarm_state state;
	uint32_t count, severity_changes;
	int64_t first_ns, last_ns; /* since 1970 */
	int64_t heard_ns;          /* monotonic */
	tl_endpoint device;
	texts texts; /* the last member: see alarms_add() */
} alarm;

struct alarms {
	const tl_conf_alarms *conf;
	const tl_mib *mib;
	struct pairs *pairs;
	ledger *active;
	uint64_t seed;
	uint32_t capacity; /* active ones; the ledger has room for the untold as well */
	uint32_t untold;
	uint64_t lost; /* pushed out, and no room even to tell which */
	alarms_counters counters;
	ledger_key last; /* of the event that was judged last */
	alarm before;    /* if that was an inform: the alarm as it was; its texts are what
			    a cleared one had */
};

/* A place for one more alarm, all zero but for its texts, which are to be set; if need
 * be, another goes. */
alarm *alarms_add(alarms *a, ledger_key key);

/* Ends an active alarm that there is no room for. */
void alarms_push_out(alarms *a, alarm *al);

#endif
