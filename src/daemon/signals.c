/* daemon/signals.c: see signals.h. */
#include "daemon/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

tl_err
signals_open(signals *s)
{
	sigset_t set;

	*s = (signals){ .fd = -1 };
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	/* A limit to the size of files is told by write(), as a full disk is. */
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGXFSZ, SIG_IGN) == SIG_ERR ||
	    sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return TL_EIO;
	s->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->fd < 0 ? TL_EIO : TL_OK;
}

void
signals_close(signals *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

void
signals_take(signals *s)
{
	struct signalfd_siginfo info;

	while (read(s->fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGUSR1)
			s->report = true;
		else if (info.ssi_signo == SIGHUP && s->hangup_reloads)
			s->hangup = true;
		else
			s->stop = true;
	}
}
