/* cli/blast_report.h: what `trapline blast` tells about a run. */
#ifndef CLI_BLAST_REPORT_H
#define CLI_BLAST_REPORT_H

#include "cli/blast.h"
#include "cli/blast_account.h"

/* Writes the progress line to stderr over the last one, and says when the next is due. */
void blast_progress(blast *b, int64_t now_ns);

/* Prints the summary to stdout, as text or with --json as a line of JSON; |counters| is
 * what the receiver counted, NULL: not known. */
void blast_report(const blast *b, const blast_counters *counters);

#endif
