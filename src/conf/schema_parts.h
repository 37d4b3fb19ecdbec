/* conf/schema_parts.h: what the tables of schema*.c share. */
#ifndef TL_CONF_SCHEMA_PARTS_H
#define TL_CONF_SCHEMA_PARTS_H

#include "conf/schema.h"
#include "sys/clock.h"

#define TL_CONF_DAY_NS (INT64_C(86400) * TL_NS_PER_S)

/* Words of tl_severity and of tl_conf_address; NULL at their end. */
extern const char *const tl_words_severity[];
extern const char *const tl_words_address[];

#endif
