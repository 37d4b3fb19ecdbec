/* outputs/traphandle.h: an event as snmptrapd gives it to its traphandle programs. */
#ifndef OUTPUTS_TRAPHANDLE_H
#define OUTPUTS_TRAPHANDLE_H

#include "pipeline/parcel.h"

/* Appends host, addresses and a line for each varbind, with the names of the parcel's
 * dictionary; out->full tells that it did not fit. |p| must be a notification. */
void traphandle_write(const parcel *p, tl_buf *out);

#endif
