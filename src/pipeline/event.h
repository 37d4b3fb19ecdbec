/* pipeline/event.h: a notification between the engine and the outputs, with what the
 * stages have found out. It lives for one batch; parcel.h is what lives longer. */
#ifndef PIPELINE_EVENT_H
#define PIPELINE_EVENT_H

#include <string.h>

#include "base/arena.h"
#include "conf/conf.h"

enum {
	EVENT_TAGS_MAX = 16,
	EVENT_FIELDS_MAX = 32,
	EVENT_ROUTES_MAX = TL_CONF_OUTPUTS_MAX
};

/* Why an event goes to no output. One table makes the enum, the words of the counters and
 * docs/metrics.md. */
#define SUPPRESSIONS(X)                                                                  \
	X(BLOCKED, "blocked", "the source is on a block list")                           \
	X(RATE, "rate", "the source is over its limit")                                  \
	X(THRESHOLD, "threshold", "over the threshold of its OID and source")            \
	X(RULE, "rule", "a rule dropped it")                                             \
	X(REPEATED, "repeated", "the same as one before, within the window")             \
	X(FLAPPING, "flapping", "its alarm changes too often")

typedef enum suppression {
	SUPPRESSED_NOT = 0,
#define TL_X(name, word, text) SUPPRESSED_##name,
	SUPPRESSIONS(TL_X)
#undef TL_X
	    SUPPRESSION_COUNT
} suppression;

/* The word of a suppression; "" for none. */
const char *suppression_word(suppression why);

typedef struct event {
	const tl_notification *n; /* borrows from the batch; NULL: an event of our own */
	const tl_own_event *own;  /* that, or NULL */
	int64_t now_ns;           /* monotonic */
	const tl_mib *mib;
	const tl_mib_node *trap; /* its definition, or NULL */
	tl_arena *arena;         /* of the batch: for what the stages add */
	tl_judgement j;          /* what is shown beside the notification */
	tl_span tags[EVENT_TAGS_MAX];
	tl_field fields[EVENT_FIELDS_MAX];
	tl_endpoint device; /* whose notification it is; the port is 0 */
	uint64_t routes;    /* one bit an output: where it goes; all at first */
	suppression suppressed;
	uint32_t rule;             /* the last rule that did something, from 1; 0: none */
	tl_conf_alarm_state alarm; /* as rules say; j.alarm_key is set if they say that */
	const tl_conf_ints *source_order; /* tl_conf_address, as rules say; NULL */
	const char *charset;     /* of j.charset, which rules may have set; NULL: none */
	struct value_memo *memo; /* of the varbinds, begun, while rules judge; or NULL */
} event;

/* Prepares |ev| for |n|: nothing found out yet, device the peer, all routes. */
void event_init(event *ev, const tl_notification *n, const tl_mib *mib, tl_arena *arena);

static inline bool
spans_equal(tl_span a, tl_span b)
{
	return a.len == b.len &&
	       (a.len == 0 || (a.ptr[0] == b.ptr[0] && memcmp(a.ptr, b.ptr, a.len) == 0));
}

/* Adds a tag, once, or a field, which replaces one of its name. The spans must live as
 * long as the batch. False when there is no room for more. */
static inline bool
event_add_tag(event *ev, tl_span tag)
{
	for (size_t i = 0; i < ev->j.tag_count; i++)
		if (spans_equal(ev->tags[i], tag))
			return true;
	if (ev->j.tag_count == EVENT_TAGS_MAX)
		return false;
	ev->tags[ev->j.tag_count++] = tag;
	return true;
}

/* The place of a field; the number of all if there is none. */
static inline size_t
event_field_at(const event *ev, tl_span name)
{
	size_t i = 0;

	while (i < ev->j.field_count && !spans_equal(ev->fields[i].name, name))
		i++;
	return i;
}

static inline bool
event_set_field(event *ev, tl_span name, tl_span text)
{
	size_t i = event_field_at(ev, name);

	if (i == EVENT_FIELDS_MAX)
		return false;
	ev->fields[i] = (tl_field){ name, text };
	ev->j.field_count += i == ev->j.field_count;
	return true;
}

/* The text of a field; empty if there is none. */
tl_span event_field(const event *ev, tl_span name);

/* The same of all events, ours as well; NULL if there is none. */
const tl_span *event_find_field(const event *ev, tl_span name);

/* What it is: its OID, empty if none is said, and its definition, or NULL. */
tl_oid event_trap_oid(const event *ev);
const tl_mib_node *event_trap(const event *ev);

/* Whose it is; NULL: an event of our own that is about none. */
static inline const tl_endpoint *
event_device(const event *ev)
{
	return ev->own != NULL ? ev->own->source : &ev->device;
}

/* The enterprise of a v1 trap, or of one that a proxy has made v2c (RFC 3584 section
 * 3.1); empty if none is said. */
tl_oid event_enterprise(const event *ev);

/* What is shown as its severity: the judgement's, else its definition's. */
static inline tl_severity
event_severity(const event *ev)
{
	if (ev->own != NULL)
		return ev->own->severity;
	if (ev->j.severity != TL_SEVERITY_NONE || ev->trap == NULL)
		return ev->j.severity;
	return tl_mib_node_severity(ev->trap);
}

/* The value of the varbind of object |object| (the first that is it or lies below it);
 * NULL if there is none. */
const tl_varbind *event_varbind(const event *ev, tl_oid object);

#endif
