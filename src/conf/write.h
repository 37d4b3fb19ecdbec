/* conf/write.h: snapshots as YAML, by the tables of schema.h. */
#ifndef TL_CONF_WRITE_H
#define TL_CONF_WRITE_H

#include <stdio.h>

#include "conf/schema.h"

typedef struct tl_conf_writer {
	FILE *to;
	unsigned indent;
	bool dash;    /* the next line begins an element of a list */
	bool secrets; /* all of them are written, for comparing only */
} tl_conf_writer;

/* What stands where a secret does. */
#define TL_CONF_HIDDEN "(hidden)"

/* Whether the value of |row| at |value| is as good as not given. */
bool tl_conf_is_absent(const tl_conf_row *row, const void *value);

/* Whether all of a section's own rows are. */
bool tl_conf_is_section_absent(const tl_conf_section *s, const void *section);

/* Writes "KEY: VALUE" of a row of |section|; nothing if it is absent. */
void tl_conf_write_row(tl_conf_writer *w, const tl_conf_row *row, const void *section);

/* Writes all rows of a section's struct. */
void tl_conf_write_section(
    tl_conf_writer *w, const tl_conf_section *s, const void *section);

/* Writes |text| as YAML reads it back: in quotes if it must be. */
void tl_conf_write_text(FILE *to, const char *text);

#endif
