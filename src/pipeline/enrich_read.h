/* pipeline/enrich_read.h: files as rows of a table. */
#ifndef PIPELINE_ENRICH_READ_H
#define PIPELINE_ENRICH_READ_H

#include "pipeline/table.h"

/* Where and why a file cannot be read. */
typedef struct read_problem {
	const char *text; /* static; NULL: nothing is wrong */
	uint32_t line;    /* 0: not in a line */
} read_problem;

/* A file's bytes, and how to read them. */
typedef struct read_input {
	uint8_t *bytes; /* changed: quotes are taken away where they stand */
	size_t len;
	char separator;              /* CSV */
	const char *column;          /* that has the key */
	const tl_conf_pairs *fields; /* and those that are taken; NULL: all */
} read_input;

/* Lines of columns: RFC 4180, and more: any separator, line ends as on any system, blanks
 * around columns. The first line has their names. */
bool csv_read(const read_input *in, rows *to, read_problem *problem);

/* An array of objects, or an object of objects, whose names then are the keys, unless the
 * objects have the key's member. */
bool json_read_rows(const read_input *in, rows *to, read_problem *problem);

/* The length of the byte order mark of UTF-8 that the bytes begin with, 0: none. False,
 * and |problem| is set, if it is that of another encoding. */
bool read_mark(const read_input *in, size_t *len, read_problem *problem);

#endif
