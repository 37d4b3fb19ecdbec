/* cli/cmd_blast.c: `trapline blast`, the load generator. It puts the parts together: the
 * runs are blast_traps.c, blast_informs.c and blast_replay.c. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/blast.h"
#include "cli/blast_report.h"
#include "sys/clock.h"

enum { COUNTERS_WAIT_S = 10 }; /* for the receiver to tell its counters */

static void
begin(blast *b)
{
	double end_s = b->o.duration_s;

	b->start_ns = b->pace_ns = tl_now_monotonic_ns();
	b->end_ns = isinf(end_s) ? INT64_MAX : b->start_ns + (int64_t)(end_s * 1e9);
	b->progress_ns = INT64_MAX;
	if (b->o.progress_s > 0 && isatty(STDERR_FILENO) == 1)
		b->progress_ns = b->start_ns + (int64_t)(b->o.progress_s * 1e9);
}

static void
work(blast *b)
{
	begin(b);
	if (b->o.replay != NULL)
		blast_replay(b);
	else if (b->o.inform)
		blast_informs(b);
	else
		blast_traps(b);
	b->finished_ns = tl_now_monotonic_ns();
}

/* Reports, with the receiver's counters if they are to be had. */
static bool
report(blast *b, blast_account *account)
{
	blast_counters counters;
	bool known = false;

	if (account != NULL) {
		int64_t until_ns =
		    tl_now_monotonic_ns() + INT64_C(1) * COUNTERS_WAIT_S * TL_NS_PER_S;
		known = blast_account_read(
		    account, b->tally.sent, b->signals.fd, until_ns, &counters);
	}
	blast_report(b, known ? &counters : NULL);
	if (account != NULL && !known)
		cli_error("blast",
		    "no counters in %s: 'trapline listen' writes them to stderr at its "
		    "end and on SIGUSR1",
		    b->o.counters);
	return account == NULL || known;
}

static bool
stdout_is_written(void)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return true;
	cli_error("blast", "stdout: %s", strerror(errno));
	return false;
}

/* Whether all went out, and each inform that was waited for came back. */
static bool
went_well(const blast *b)
{
	const blast_tally *t = &b->tally;

	if (b->err != TL_OK && b->o.replay == NULL)
		cli_error("blast", "%s", tl_err_text(b->err));
	if (t->unsent > 0)
		cli_error("blast", "%" PRIu64 " datagrams were not sent: %s", t->unsent,
		    strerror(t->unsent_errno));
	return b->err == TL_OK && t->unsent == 0 &&
	       t->acknowledged + t->open == t->notifications;
}

/* Opened before the run: what a file tells until then was before it. */
static int
run_with_counters(blast *b)
{
	blast_account *account = NULL;
	bool good;

	if (b->o.counters != NULL) {
		account = malloc(sizeof *account);
		if (account == NULL ||
		    blast_account_open(account, b->o.counters) != TL_OK) {
			cli_error("blast", "%s: %s", b->o.counters, strerror(errno));
			free(account);
			return EXIT_FAILED;
		}
	}
	work(b);
	good = report(b, account);
	good = stdout_is_written() && good;
	good = went_well(b) && good;
	if (account != NULL)
		blast_account_close(account);
	free(account);
	return good ? EXIT_DONE : EXIT_FAILED;
}

static int
run(blast *b)
{
	int status = blast_target_open(&b->o.to, b->o.sources, &b->target);

	if (status < 0 && b->o.replay == NULL)
		status = blast_messages_init(&b->messages, &b->o, tl_now_monotonic_ns());
	if (status >= 0)
		return status;
	if (signals_open(&b->signals) != TL_OK) {
		cli_error("blast", "signals: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return run_with_counters(b);
}

int
cmd_blast(int argc, char **argv)
{
	blast *b = calloc(1, sizeof *b);

	if (b == NULL) {
		cli_error("blast", "%s", tl_err_text(TL_ENOMEM));
		return EXIT_FAILED;
	}
	b->signals.fd = -1;
	int status = blast_options_read(argc, argv, &b->o);
	if (status < 0) {
		status = run(b);
		blast_messages_fini(&b->messages);
		blast_target_close(&b->target);
		signals_close(&b->signals);
	}
	free(b);
	return status;
}
