/* pipeline/alarms.h: which alarms are active, by what raises and clears them. */
#ifndef PIPELINE_ALARMS_H
#define PIPELINE_ALARMS_H

#include "base/vec.h"
#include "pipeline/stage.h"

typedef struct alarms alarms;

enum {
	ALARM_KEY_MAX = 255,      /* bytes; a longer one ends in a hash of all */
	ALARM_MESSAGE_MAX = 1024, /* bytes that are kept of a message */
	ALARM_NAME_MAX = 255,
	ALARMS_UNTOLD = 1024, /* kept to be told of when there was no room for them */
	ALARMS_TOLD = 1000    /* in one tick */
};

/* Borrows |conf| and |mib|. |seed| is random and secret. NULL without memory. */
alarms *alarms_new(const tl_conf *conf, const tl_mib *mib, uint64_t seed);
void alarms_free(alarms *a); /* NULL is fine */

/* Takes over the alarms of |from|, a stage made of an older configuration, which is left
 * empty. Cannot fail. */
void alarms_take(alarms *a, alarms *from);

/* Sets ev->j.alarm, alarm_key ("192.0.2.7/linkDown/3") and alarm_count if |ev| raises or
 * clears an alarm: as rules say (ev->alarm, with their key in ev->j.alarm_key), else as
 * pairs do. What would raise clears if its severity is CLEARED. An alarm that is cleared
 * without being active has the state CLEARED and the count 0. ev->j.alarm_key borrows: it
 * is good until the next call of another function. */
void alarms_judge(alarms *a, event *ev);

/* |ev|, the inform that was judged last, could not be made safe: what it did to its alarm
 * is taken back, so that its sender's next try does it. */
void alarms_forget(alarms *a, const event *ev);

/* Tells which alarms have expired: were not heard of for |alarms.age_out|, or had to make
 * room for others, or are switched off. At most ALARMS_TOLD, the others next time. */
void alarms_tick(alarms *a, int64_t now_ns, const emitter *to);

/* An active alarm. */
typedef struct alarm_view {
	tl_span key, name, message;
	tl_oid trap_oid; /* of what raised it first */
	tl_endpoint device;
	tl_severity severity;
	tl_alarm_state state; /* RAISED, CHANGED or REPEATED */
	uint32_t count, severity_changes;
	int64_t first_ns, last_ns; /* since 1970 */
} alarm_view;

/* The active alarms, in no order. |*at| is 0 at first; false behind the last. What |out|
 * borrows is good until the next call of another function; the walk may go on after
 * that: then it may miss what came meanwhile. */
bool alarms_next(const alarms *a, uint32_t *at, alarm_view *out);

/* Clears the alarm of this key by hand, and tells so. False if none is active. */
bool alarms_clear(alarms *a, tl_span key, const emitter *to);

typedef struct alarms_counters {
	uint64_t raised, cleared, expired;
	uint64_t pushed_out; /* for want of room; among the expired */
	uint32_t active;
} alarms_counters;

alarms_counters alarms_count(const alarms *a);

/* As dedup_save() and dedup_load(). */
TL_CHECK tl_err alarms_save(const alarms *a, int64_t epoch_ns, tl_vec *out);
TL_CHECK tl_err alarms_load(alarms *a, int64_t epoch_ns, tl_span bytes);

#endif
