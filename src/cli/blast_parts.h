/* cli/blast_parts.h: how a blast_messages is put together; for blast_messages.c and those
 * that measure or send what it holds. */
#ifndef CLI_BLAST_PARTS_H
#define CLI_BLAST_PARTS_H

#include "cli/blast_messages.h"

/* blast_content.c: the notification, its varbinds and, not yet filled, the one that
 * --size fills. Returns -1, or the exit status, as all of these. */
int blast_content_make(blast_messages *m, const blast_options *o);

/* Fills the messages up to --size, by making some, and says how much room one needs. */
int blast_content_fill(blast_messages *m, const blast_options *o);

/* sysUpTime.0 at |now_ns|: always four bytes long as BER. */
uint32_t blast_uptime_cs(const blast_messages *m, int64_t now_ns);

/* blast_senders.c: a sender for each version of the mix, and for each v3 engine. */
int blast_senders_make(blast_messages *m, const blast_options *o);
void blast_senders_free(blast_messages *m);

#endif
