/* pipeline/say.h: making events of our own. */
#ifndef PIPELINE_SAY_H
#define PIPELINE_SAY_H

#include "base/buf.h"
#include "pipeline/stage.h"

enum { SAY_TEXT_MAX = 1024, SAY_ITEMS_MAX = 4 };

/* An event in the making. It refers to itself: not to be copied. */
typedef struct saying {
	tl_own_event own;
	tl_buf text; /* the message: write it with what follows, and tl_buf_...() */
	tl_number numbers[SAY_ITEMS_MAX];
	tl_field fields[SAY_ITEMS_MAX];
	uint8_t bytes[SAY_TEXT_MAX];
} saying;

void say_begin(saying *s, const char *kind, tl_severity severity);

/* |name| and |text| must last until say_end(). At most SAY_ITEMS_MAX of each. */
void say_number(saying *s, const char *name, uint64_t value);
void say_field(saying *s, const char *name, tl_span text);

/* Into the message: a number with commas; an address; a notification's name, or its OID
 * if |mib| does not know it, or "notifications" for an empty one. */
void say_count(tl_buf *text, uint64_t count);
void say_address(tl_buf *text, const tl_endpoint *who);
void say_trap(tl_buf *text, tl_oid oid, const tl_mib *mib);

/* Whole seconds of |ns|, rounded, at least 1. */
uint64_t say_seconds(int64_t ns);

/* Hands the event on. */
void say_end(saying *s, const emitter *to);

#endif
