/* io/origin.h: who we are when we send SNMPv3 traps: an engine ID, engineBoots and
 * engineTime that any number of processes share at once. */
#ifndef TL_IO_ORIGIN_H
#define TL_IO_ORIGIN_H

#include "trapline/engine.h"

/* Fills |engine|'s clock: engineTime is the seconds since 2020 of the time of day, so
 * that all who share an ID agree on it without asking each other; boots stay if they are
 * set, else they are 1. */
void tl_origin_clock(tl_clock *engine);

/* Fills |engine| from the file "sender" in |dir|, which is made if missing, with a new
 * random ID; |dir| NULL: a new one that is not kept. engineBoots count up when the time
 * of day is behind when the file was last used. While another process makes or changes
 * the file, nobody waits: what cannot be written is not kept. Errors: TL_EIO (errno),
 * TL_EFORMAT (the file is damaged), TL_ENOMEM. */
TL_CHECK tl_err tl_origin_open(const char *dir, tl_clock *engine);

#endif
