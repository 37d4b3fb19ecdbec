/* cli/progress.c: a bar for what takes longer than a moment; see mibs.h. */
#include <stdio.h>
#include <unistd.h>

#include "cli/mibs.h"
#include "sys/clock.h"

#define MOMENT_NS (INT64_C(3) * TL_NS_PER_S / 10)
#define BETWEEN_NS (TL_NS_PER_S / 20)

enum { WIDTH = 30 };

void
cli_progress_start(cli_progress *p, const char *doing, bool announce)
{
	*p = (cli_progress){
		.doing = doing,
		.terminal = isatty(STDERR_FILENO) == 1,
		.announce = announce,
		.start_ns = tl_now_monotonic_ns(),
	};
}

static void
draw(const cli_progress *p, const tl_mib_progress *at)
{
	static const char full[] = "##############################";
	uint64_t all = at->all_bytes > 0 ? at->all_bytes : 1;
	int done = (int)(at->bytes * WIDTH / all);

	fprintf(stderr, "\r%s [%.*s%*s] %s of %s files ", p->doing, done, full,
	    WIDTH - done, "", cli_with_commas(at->files).text,
	    cli_with_commas(at->all_files).text);
	if (at->files == at->all_files)
		fprintf(stderr, "read; finding out what the names mean ");
}

void
cli_progress_tell(void *context, const tl_mib_progress *progress)
{
	cli_progress *p = context;
	int64_t now_ns = tl_now_monotonic_ns();
	bool last = progress->files == progress->all_files;

	if (now_ns - p->start_ns < MOMENT_NS ||
	    (p->shown && !last && now_ns - p->shown_ns < BETWEEN_NS))
		return;
	if (p->terminal)
		draw(p, progress);
	else if (p->announce && !p->shown)
		fprintf(stderr, "%s: %s files ...\n", p->doing,
		    cli_with_commas(progress->all_files).text);
	p->shown = true;
	p->shown_ns = now_ns;
}

/* Leaves nothing of the bar. */
void
cli_progress_end(cli_progress *p)
{
	if (p->terminal && p->shown)
		fprintf(stderr, "\r\033[K");
}
