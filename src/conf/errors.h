/* conf/errors.h: what is wrong with a configuration, all of it, each with its place. */
#ifndef TL_CONF_ERRORS_H
#define TL_CONF_ERRORS_H

#include "conf/pool.h"

typedef struct tl_conf_mark { /* a place in a text */
	const char *file;
	uint32_t line, column; /* from 1, columns in characters; 0: none */
} tl_conf_mark;

/* Whether |a| stands in front of |b| in their file. */
bool tl_conf_is_before(const tl_conf_mark *a, const tl_conf_mark *b);

typedef enum tl_conf_grade { TL_CONF_WARNING = 1, TL_CONF_ERROR } tl_conf_grade;

typedef struct tl_conf_error {
	tl_conf_mark mark;
	tl_conf_grade grade;
	const char *text; /* one line of UTF-8 without control characters */
} tl_conf_error;

enum { TL_CONF_ERRORS_MAX = 200 }; /* kept; more are counted */

typedef struct tl_conf_errors { /* zero-initialise; end with tl_conf_errors_free() */
	tl_conf_error *at;      /* by place */
	size_t count;
	size_t errors, warnings; /* found, those that are not kept too */
	tl_pool_list list;       /* what |at| is made of */
	tl_pool pool;
} tl_conf_errors;

/* Notes one, as printf does; once, where the same is said again of a place, as of what
 * aliases repeat. Bytes that are no printable text become \xNN. */
void tl_conf_complain(tl_conf_errors *e, tl_conf_grade grade, tl_conf_mark mark,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Sorts by place; those of one place stay in the order they were found. */
void tl_conf_errors_sort(tl_conf_errors *e);

/* Frees the errors; |e| is empty then. */
void tl_conf_errors_free(tl_conf_errors *e);

/* Whether |name| is nearer to |word| than |*best| letters, which becomes its distance;
 * begin with tl_conf_far(). */
bool tl_conf_is_nearer(const char *word, tl_span name, size_t *best);

/* From how many letters on another word is too far from |word|. */
size_t tl_conf_far(const char *word);

/* The one of |count| words that |word| may have been meant to be: by the least number of
 * letters to change, insert, remove or swap, a third of them at most; NULL if none. */
const char *tl_conf_nearest(const char *word, const char *const *words, size_t count);

#endif
