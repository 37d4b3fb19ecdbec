/* outputs/helper.h: a process of its own that starts programs for others: forked early,
 * before there are threads, so that the daemon never forks when it has them. It has no
 * files of ours, ends programs that take too long with all that they started, and ends
 * them all when we are gone. */
#ifndef OUTPUTS_HELPER_H
#define OUTPUTS_HELPER_H

#include "outputs/output.h"

enum { HELPER_SAID_MAX = 160, HELPER_COMMAND_MAX = 65536 };

typedef struct helper helper;

/* Forks it. After privileges are dropped, before the first thread. Errors: TL_EIO. */
TL_CHECK tl_err helper_start(helper **out);

/* Ends it and what it runs; waits for it. NULL is fine. */
void helper_stop(helper *h);

/* One user of the helper: who waits for its own programs only. One thread. */
typedef struct helper_client helper_client;

/* A client that runs |command|, each for |timeout_ns| at most: then its process group
 * gets SIGTERM, and SIGKILL two seconds later. One thread at a time. Errors: TL_ELIMIT:
 * the command is longer than HELPER_COMMAND_MAX; TL_EIO, TL_ENOMEM. */
TL_CHECK tl_err helper_connect(
    helper *h, const tl_conf_texts *command, int64_t timeout_ns, helper_client **out);

/* Forgets the client; what it still runs gets SIGTERM, and SIGKILL. NULL is fine. */
void helper_leave(helper_client *c);

/* Starts the program for |ticket|, with what the descriptor |input| has as its standard
 * input. False: errno says why; EPIPE: the helper is gone. */
bool helper_run(helper_client *c, uint32_t ticket, int input);

typedef struct helper_result {
	uint32_t ticket;
	int32_t status;             /* as of waitpid() */
	int32_t error;              /* errno if it could not be started, else 0 */
	bool late;                  /* it was ended for taking too long */
	char said[HELPER_SAID_MAX]; /* the last line of its standard error */
} helper_result;

/* Waits up to |wait_ms| for a program to end. 1: |out| has what became of it, 0: none
 * did, -1: the helper is gone. */
int helper_wait(helper_client *c, int wait_ms, helper_result *out);

#endif
