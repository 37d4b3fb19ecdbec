/* cli/blast_target.h: the sockets of `trapline blast`: one for each source address,
 * connected to the target. */
#ifndef CLI_BLAST_TARGET_H
#define CLI_BLAST_TARGET_H

#include "cli/cli.h"

typedef struct blast_target {
	int *fd; /* of each source */
	uint32_t sources;
	tl_endpoint peer;
} blast_target;

/* Resolves |to| and opens |sources| sockets, with addresses of 127.0.0.0/8 if there are
 * several. On an error it is told on stderr and the exit status is returned, else -1. */
int blast_target_open(const cli_host *to, uint32_t sources, blast_target *t);
void blast_target_close(blast_target *t);

#endif
