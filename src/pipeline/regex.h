/* pipeline/regex.h: regular expressions on what peers send: PCRE2, compiled to machine
 * code where the system lets us, with bounded work. Used by one thread at a time. */
#ifndef PIPELINE_REGEX_H
#define PIPELINE_REGEX_H

#include "trapline/base.h"

enum {
	REGEX_SUBJECT_MAX = 4096, /* bytes of a text that are looked at */
	REGEX_WORK = 1 << 20,     /* steps for a text, about */
	REGEX_WORK_LEAST = 1000   /* from each of its characters */
};

typedef struct regex regex;

/* Compiles |pattern|; NULL without memory, or if it is none. */
regex *regex_new(const char *pattern, bool caseless);

/* Whether it fits anywhere in |text|, which may be any bytes: those that are not UTF-8
 * fit nothing. A text that takes too much work does not fit. */
bool regex_fits(const regex *r, tl_span text);

void regex_free(regex *r); /* NULL is fine */

#endif
