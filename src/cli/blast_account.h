/* cli/blast_account.h: where each datagram went, by the counters of `trapline listen`. */
#ifndef CLI_BLAST_ACCOUNT_H
#define CLI_BLAST_ACCOUNT_H

#include "trapline/base.h"

enum { BLAST_REASONS_MAX = 64, BLAST_WORD_MAX = 48, BLAST_LINE_MAX = 16384 };

typedef struct blast_reason {
	char word[BLAST_WORD_MAX];
	uint64_t count;
} blast_reason;

/* What a line of counters says, or the difference of two. */
typedef struct blast_counters {
	uint64_t received, delivered, duplicate, suppressed, refused, lost;
	blast_reason reasons[BLAST_REASONS_MAX];
	size_t reason_count;
} blast_counters;

/* Reads a line; false if it is none of counters. */
bool blast_counters_read(const char *line, blast_counters *out);

/* The file with the receiver's counters, while it is read. */
typedef struct blast_account {
	int fd;
	bool grows; /* a file: its end is not the end */
	char line[BLAST_LINE_MAX];
	size_t len;
	bool skip; /* the rest of a line that is too long */
	bool found;
	blast_counters before, after; /* the last line before the run, and of all */
} blast_account;

/* Opens |path|, "-" for stdin, and takes what a file tells already as what was before.
 * Errors: TL_EIO. */
TL_CHECK tl_err blast_account_open(blast_account *a, const char *path);

/* Reads on until the counters of |sent| datagrams are there, the writer has closed, |fd|
 * is readable (a signal), or |until_ns| (monotonic). False: no counters were found. Else
 * |out| is what the run added. */
bool blast_account_read(
    blast_account *a, uint64_t sent, int fd, int64_t until_ns, blast_counters *out);

void blast_account_close(blast_account *a);

#endif
