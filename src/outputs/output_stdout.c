/* outputs/output_stdout.c: lines on standard output: for terminals, containers and
 * whatever reads a pipe. A reader that stopped reading stops nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "outputs/lines.h"
#include "outputs/types.h"

typedef struct console {
	const tl_conf_output *conf;
	lines w;
	int own_fd; /* the same once more, non-blocking; -1: there is none */
} console;

/* Non-blocking without being so for those who share it. */
static int
open_again(mode_t mode)
{
	if (!S_ISFIFO(mode) && !S_ISCHR(mode))
		return -1;
	return open(
	    "/proc/self/fd/1", O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static bool
wants_colour(void)
{
	const char *term = getenv("TERM"), *plain = getenv("NO_COLOR");

	return (plain == NULL || *plain == '\0') && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

static tl_err
console_open(const tl_conf_output *conf, const output_place *place, void **self,
    char problem[OUTPUT_PROBLEM_MAX])
{
	console *c = calloc(1, sizeof *c);
	bool terminal = isatty(STDOUT_FILENO) == 1;
	formatter_options opt = { conf->form, .template = &conf->template };
	struct stat st;

	(void)place;
	if (opt.form == TL_FORM_AUTO)
		opt.form = terminal ? TL_FORM_TEXT : TL_FORM_JSON;
	opt.colour = terminal && wants_colour();
	if (c == NULL || lines_init(&c->w, &opt) != TL_OK) {
		snprintf(problem, OUTPUT_PROBLEM_MAX, "%s", tl_err_text(TL_ENOMEM));
		free(c);
		return TL_ENOMEM;
	}
	if (fstat(STDOUT_FILENO, &st) != 0) {
		snprintf(
		    problem, OUTPUT_PROBLEM_MAX, "standard output: %s", strerror(errno));
		lines_fini(&c->w);
		free(c);
		return TL_EIO;
	}
	c->conf = conf;
	c->own_fd = open_again(st.st_mode);
	c->w.fd = c->own_fd >= 0 ? c->own_fd : STDOUT_FILENO;
	c->w.is_socket = S_ISSOCK(st.st_mode);
	c->w.may_block = c->own_fd < 0 && (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode));
	*self = c;
	return TL_OK;
}

static delivery
console_deliver(void *self, batch *b)
{
	console *c = self;
	tl_err err = TL_OK;

	if (b->cut)
		lines_keep_half(&c->w, NULL, 0);
	while (b->done < b->count) {
		size_t partial,
		    n = lines_form(&c->w, b, b->done, (size_t)c->conf->batch.bytes, &err);
		if (n == 0)
			return batch_unwritten(b, err);
		size_t done = lines_write(&c->w, n, b, &partial);
		b->done += done;
		if (partial > 0)
			lines_keep_half(&c->w, b->items[b->done], partial);
		if (done == n)
			continue;
		snprintf(b->problem, sizeof b->problem, "standard output: %s",
		    errno == EAGAIN ? "nobody reads" : strerror(errno));
		b->cut = c->w.half != NULL;
		return DELIVER_AGAIN;
	}
	return DELIVERED;
}

static void
console_close(void *self)
{
	console *c = self;

	lines_fini(&c->w);
	if (c->own_fd >= 0)
		close(c->own_fd);
	free(c);
}

const output_type output_stdout = {
	.name = "stdout",
	.open = console_open,
	.deliver = console_deliver,
	.close = console_close,
};
