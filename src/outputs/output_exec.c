/* outputs/output_exec.c: a program for each event, which gets it as JSON or as snmptrapd
 * would give it. Several run at once, started in order by the helper process. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "outputs/format.h"
#include "outputs/helper.h"
#include "outputs/progress.h"
#include "outputs/traphandle.h"
#include "outputs/types.h"
#include "sys/clock.h"

/* Counters tell of a batch when all its programs have ended: that should not take long.
 */
enum { BATCH_MOST = 256 };

typedef struct runner {
	const tl_conf_output *conf;
	struct helper *helper;
	helper_client *client; /* NULL: the one that was there is gone */
	formatter *format;
	tl_buf buf;
	progress progress;     /* what has ended is not run again for another's sake */
	uint32_t first;        /* the ticket of the batch's first item */
	bool runs[BATCH_MOST]; /* a program for each of its items */
	size_t running;
	bool failed; /* one could not be started: no other one is */
} runner;

static void
runner_close(void *self)
{
	runner *r = self;

	progress_clear(&r->progress);
	helper_leave(r->client);
	formatter_free(r->format);
	free(r->buf.ptr);
	free(r);
}

static tl_err
connect_helper(runner *r)
{
	const tl_conf_exec *c = &r->conf->exec;

	if (r->helper == NULL)
		return TL_EINVAL;
	return helper_connect(r->helper, &c->command, c->timeout_ns, &r->client);
}

static tl_err
runner_open(const tl_conf_output *conf, const output_place *place, void **self,
    char problem[OUTPUT_PROBLEM_MAX])
{
	runner *r = calloc(1, sizeof *r);
	formatter_options opt = { conf->form, .template = &conf->template };
	tl_err err = TL_ENOMEM;

	if (r != NULL)
		r->format = formatter_new(&opt);
	if (r != NULL && r->format != NULL) {
		r->conf = conf;
		r->progress.all = 1;
		r->helper = place->helper;
		err = connect_helper(r);
	}
	if (err == TL_OK) {
		*self = r;
		return TL_OK;
	}
	snprintf(problem, OUTPUT_PROBLEM_MAX, "%s: %s", conf->exec.command.at[0],
	    err == TL_EINVAL   ? "there is no helper process"
	    : err == TL_EIO    ? strerror(errno)
	    : err == TL_ELIMIT ? "the command is too long"
			       : tl_err_text(err));
	if (r != NULL)
		runner_close(r);
	return err;
}

/* What the program reads. An event of our own has no form that snmptrapd would give it:
 * the feeder keeps it away. */
static tl_err
write_input(runner *r, const parcel *p)
{
	size_t room = FORMAT_EVENT_MAX / 16;

	r->buf.len = 0;
	if (r->conf->exec.input != TL_INPUT_TRAPHANDLE)
		return formatter_write(r->format, p, &r->buf);
	for (; room <= FORMAT_EVENT_MAX; room *= 4) {
		if (buf_reserve(&r->buf, room) != TL_OK)
			return TL_ENOMEM;
		traphandle_write(p, &r->buf);
		if (!r->buf.full)
			return TL_OK;
		r->buf.full = false;
		r->buf.len = 0;
	}
	return TL_ELIMIT;
}

/* A file in memory that has what was written: a pipe could stop us. -1: errno. */
static int
make_input(const runner *r)
{
	int fd = memfd_create("event", MFD_CLOEXEC);
	size_t done = 0;

	while (fd >= 0 && done < r->buf.len) {
		ssize_t n = write(fd, r->buf.ptr + done, r->buf.len - done);
		if (n < 0 && errno != EINTR) {
			int error = errno;
			close(fd);
			errno = error;
			return -1;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	return fd;
}

static void
complain(const runner *r, batch *b, const char *why)
{
	snprintf(b->problem, sizeof b->problem, "%.80s: %.160s",
	    r->conf->exec.command.at[0], why);
}

/* Another one may take its place: see helper_process.c. What it ran has ended with it. */
static void
lose_helper(runner *r, batch *b)
{
	complain(r, b, "the helper process is gone");
	helper_leave(r->client);
	r->client = NULL;
}

/* Starts the program for item |i|. */
static void
begin(runner *r, batch *b, size_t i)
{
	tl_err err = write_input(r, b->items[i]);

	if (err != TL_OK) {
		complain(r, b, tl_err_text(err));
		r->failed = err == TL_ENOMEM;
		r->progress.at[i].never = !r->failed;
		return;
	}
	int fd = make_input(r);
	r->runs[i] = fd >= 0 && helper_run(r->client, r->first + (uint32_t)i, fd);
	int error = errno;
	if (fd >= 0)
		close(fd);
	r->running += r->runs[i];
	r->failed = !r->runs[i];
	if (r->failed && (error == EPIPE || error == ECONNRESET))
		lose_helper(r, b);
	else if (r->failed)
		complain(r, b, strerror(error));
}

/* What |result| of a program that was started is to its event; |b|'s problem says what
 * went wrong. */
static bool
has_ended_well(const runner *r, batch *b, const helper_result *result)
{
	char why[64] = "";

	if (result->late)
		snprintf(why, sizeof why, "ended after %.1f s",
		    (double)r->conf->exec.timeout_ns / TL_NS_PER_S);
	else if (WIFSIGNALED(result->status))
		snprintf(why, sizeof why, "signal %d", WTERMSIG(result->status));
	else if (WEXITSTATUS(result->status) != 0)
		snprintf(why, sizeof why, "status %d", WEXITSTATUS(result->status));
	if (why[0] == '\0')
		return true;
	if (result->said[0] == '\0') {
		complain(r, b, why);
	} else {
		char line[sizeof why + HELPER_SAID_MAX + 4];
		snprintf(line, sizeof line, "%s: %s", why, result->said);
		complain(r, b, line);
	}
	return false;
}

static void
judge(runner *r, batch *b, size_t i, const helper_result *result)
{
	progress_item *item = &r->progress.at[i];

	r->runs[i] = false;
	r->running--;
	if (result->error != 0) {
		complain(r, b, strerror(result->error));
		r->failed = true;
	} else {
		*(has_ended_well(r, b, result) ? &item->has : &item->never) |= 1;
	}
}

/* Waits for a program to end. False: it is time to stop, or the helper is gone. */
static bool
wait_for_one(runner *r, batch *b)
{
	helper_result result;

	if (r->client == NULL || batch_time_left_ns(b, tl_now_monotonic_ns()) == 0)
		return false;
	int got = helper_wait(r->client, BATCH_LOOK_MS, &result);
	if (got < 0)
		lose_helper(r, b);
	if (got <= 0)
		return got == 0;
	size_t i = result.ticket - r->first;
	if (i < b->count && r->runs[i]) /* else of a batch given up */
		judge(r, b, i, &result);
	return true;
}

/* Whether a program may be begun now, for the item at |*next|, of which nothing is known.
 */
static bool
may_begin(runner *r, batch *b, size_t *next)
{
	if (r->failed || r->running >= (size_t)r->conf->exec.parallel)
		return false;
	while (
	    *next < b->count && progress_is_settled(&r->progress, &r->progress.at[*next]))
		++*next;
	return *next < b->count || progress_more(&r->progress, b, BATCH_MOST) > 0;
}

/* Runs a program for each item, and for what comes meanwhile, so that one that takes its
 * time holds up few others; stops beginning when one could not be started. */
static void
run_all(runner *r, batch *b)
{
	size_t next = 0;
	bool goes_on = true;

	while (goes_on) {
		if (may_begin(r, b, &next))
			begin(r, b, next++);
		else
			goes_on = r->running > 0 && wait_for_one(r, b);
	}
}

static delivery
runner_deliver(void *self, batch *b)
{
	runner *r = self;

	tl_err err = progress_start(&r->progress, b);

	if (err != TL_OK)
		return batch_unwritten(b, err);
	memset(r->runs, 0, sizeof r->runs);
	r->failed = false;
	if (r->client == NULL && connect_helper(r) != TL_OK) {
		complain(r, b, "the helper process is gone");
		return DELIVER_AGAIN;
	}
	r->running = 0;
	run_all(r, b);
	r->first += (uint32_t)b->count;
	for (; b->done < b->count; b->done++) {
		const progress_item *item = &r->progress.at[b->done];
		if (!progress_is_settled(&r->progress, item))
			return DELIVER_AGAIN;
		b->refused += item->never != 0;
	}
	progress_clear(&r->progress);
	return DELIVERED;
}

static delivery
runner_known(const void *self, size_t left, const parcel *p)
{
	return progress_known(&((const runner *)self)->progress, left, p);
}

const output_type output_exec = {
	.name = "exec",
	.batch_max = BATCH_MOST,
	.open = runner_open,
	.deliver = runner_deliver,
	.known = runner_known,
	.close = runner_close,
};

const output_type output_exec_traphandle = {
	.name = "exec",
	.batch_max = BATCH_MOST,
	.notifications_only = true,
	.open = runner_open,
	.deliver = runner_deliver,
	.known = runner_known,
	.close = runner_close,
};
