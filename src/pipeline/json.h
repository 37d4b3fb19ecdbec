/* pipeline/json.h: reading JSON (RFC 8259) piece by piece, in order, without building
 * anything. Strict; whatever is wrong sets |problem|, and from then on every function
 * returns false. */
#ifndef PIPELINE_JSON_H
#define PIPELINE_JSON_H

#include "trapline/base.h"

typedef struct json {
	const char *start, *at, *end;
	tl_arena *arena;     /* what strings with escapes become is taken from it */
	const char *problem; /* static; NULL while all is well. It is at |at| */
} json;

typedef enum json_kind { JSON_OTHER = 0, JSON_STRING, JSON_INTEGER, JSON_NULL } json_kind;

/* A value without parts. */
typedef struct json_value {
	json_kind kind;
	tl_span text;  /* JSON_STRING: UTF-8; borrows from the input or the arena. Else as
			  it stands there; empty of what has parts */
	bool negative; /* JSON_INTEGER */
	uint64_t magnitude;
} json_value;

/* Begins with |text|, which stays borrowed. */
void json_start(json *j, tl_span text, tl_arena *arena);

/* Enters an object or an array. */
bool json_enter(json *j, char bracket);

/* The next member of an object: its |key|; or item of an array, with |key| NULL. |first|
 * is true before the first one and changed. False at the closing bracket, which is read.
 */
bool json_next(json *j, bool *first, tl_span *key);

/* A value. One that has parts is passed over and is JSON_OTHER, as one with a fraction or
 * an exponent, true and false are. */
bool json_read(json *j, json_value *out);

/* Passes over a value. */
bool json_skip(json *j);

/* Whether nothing but blanks follows. */
bool json_finish(json *j);

/* Sets the problem, unless there is one. Returns false. */
bool json_fail(json *j, const char *problem);

#endif
