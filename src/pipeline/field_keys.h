/* pipeline/field_keys.h: the keys of an event, for field.c. Keys count from 1. */
#ifndef PIPELINE_FIELD_KEYS_H
#define PIPELINE_FIELD_KEYS_H

#include "pipeline/field.h"

/* The key called |name|; 0 if there is none. */
uint8_t field_key_find(const char *name);

/* Its text; false, and nothing is written, if the event does not have it. */
bool field_key_write(uint8_t at, const event *ev, tl_buf *out);

/* Its number, if it is one that the event has. */
bool field_key_number(uint8_t at, const event *ev, int64_t *number);

#endif
