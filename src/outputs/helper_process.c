/* outputs/helper_process.c: the process that helper.c forks. It only watches over one of
 * its own, which does the work: one thread that starts programs, reads their standard
 * error, ends those that take too long, and tells what became of each. If that is killed
 * there is soon another one. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/vec.h"
#include "outputs/helper_link.h"
#include "sys/clock.h"

#define KILL_AFTER_NS (2 * (int64_t)TL_NS_PER_S)

enum { NOBODY = -1, ENVIRONMENT_MAX = 16 };

/* Who may ask for programs. */
typedef struct client {
	int socket; /* -1: it has left */
	int64_t timeout_ns;
	char **argv;
	char *words; /* what argv points into */
} client;

/* A program that runs. */
typedef struct job {
	pid_t pid;      /* and process group */
	int32_t client; /* NOBODY: nobody wants to know */
	uint32_t ticket;
	int errors;     /* reads its standard error; -1: closed */
	int64_t end_ns; /* when it gets the next signal */
	bool late, term_sent;
	char said[HELPER_SAID_MAX];
	size_t said_len;
	bool new_line; /* what comes next begins a line */
} job;

typedef struct process {
	int control, signals;
	tl_vec clients; /* client */
	tl_vec jobs;    /* job */
	tl_vec fds;     /* struct pollfd: control, signals, clients, jobs */
	bool ends;      /* our starter is gone */
} process;

static client *
client_at(process *h, size_t i)
{
	return TL_VEC_AT(&h->clients, client, i);
}

static job *
job_at(process *h, size_t i)
{
	return TL_VEC_AT(&h->jobs, job, i);
}

/* In the child: everything as a program expects it, and nothing of ours. */
static void
become(const client *c, int input, int errors)
{
	static const char *const kept[] = { "HOME", "LANG", "LC_ALL", "LOGNAME", "TZ",
		"USER" };
	char room[sizeof kept / sizeof kept[0]][512];
	char *environment[ENVIRONMENT_MAX] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	};
	size_t n = 1;
	sigset_t none;

	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
		const char *value = getenv(kept[i]);
		if (value != NULL && strlen(value) < 480) {
			snprintf(room[i], sizeof room[i], "%s=%s", kept[i], value);
			environment[n++] = room[i];
		}
	}
	for (int signal_number = 1; signal_number < NSIG; signal_number++)
		signal(signal_number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	dup2(errors, STDERR_FILENO);
	dup2(input, STDIN_FILENO);
	lseek(STDIN_FILENO, 0, SEEK_SET);
	execve(c->argv[0], c->argv, environment);
}

/* Tells |c| what became of a program. */
static void
tell(process *h, int32_t to, const helper_result *r)
{
	if (to == NOBODY || client_at(h, (size_t)to)->socket < 0)
		return;
	ssize_t n = send(client_at(h, (size_t)to)->socket, r, sizeof *r, MSG_NOSIGNAL);
	(void)n; /* it has left: it wants to know nothing */
}

/* Starts a program; 0, or errno. */
static int
start(process *h, int32_t of, uint32_t ticket, int input)
{
	const client *c = client_at(h, (size_t)of);
	job *j = tl_vec_grow(&h->jobs, sizeof *j, 1);
	int errors[2], failed[2], error = 0;

	if (j == NULL)
		return ENOMEM;
	h->jobs.count--;
	if (pipe2(errors, O_CLOEXEC) != 0)
		return errno;
	if (pipe2(failed, O_CLOEXEC) != 0) {
		error = errno;
		close(errors[0]);
		close(errors[1]);
		return error;
	}
	pid_t pid = fork();
	if (pid == 0) {
		become(c, input, errors[1]);
		error = errno;
		_exit(write(failed[1], &error, sizeof error) > 0 ? 127 : 126);
	}
	error = pid < 0 ? errno : 0;
	close(errors[1]);
	close(failed[1]);
	/* Closed by exec, or says why there was none. */
	if (pid > 0 && read(failed[0], &error, sizeof error) == sizeof error)
		waitpid(pid, NULL, 0);
	close(failed[0]);
	if (error != 0) {
		close(errors[0]);
		return error;
	}
	setpgid(pid, pid);
	fcntl(errors[0], F_SETFL, O_NONBLOCK);
	*j = (job){ .pid = pid,
		.client = of,
		.ticket = ticket,
		.errors = errors[0],
		.end_ns = tl_now_monotonic_ns() + c->timeout_ns };
	h->jobs.count++;
	return 0;
}

/* Asks a program to end, then makes it. */
static void
signal_job(job *j, int64_t now_ns)
{
	kill(-j->pid, j->term_sent ? SIGKILL : SIGTERM);
	j->term_sent = true;
	j->end_ns = now_ns + KILL_AFTER_NS;
}

static void
drop_client(process *h, int32_t i)
{
	client *c = client_at(h, (size_t)i);
	int64_t now_ns = tl_now_monotonic_ns();

	if (c->socket < 0)
		return;
	close(c->socket);
	c->socket = -1;
	free(c->argv);
	free(c->words);
	c->argv = NULL;
	c->words = NULL;
	for (uint32_t k = 0; k < h->jobs.count; k++) {
		job *j = job_at(h, k);
		if (j->client != i)
			continue;
		j->client = NOBODY;
		if (!j->term_sent)
			signal_job(j, now_ns);
	}
}

/* The words behind |open| as argv. */
static char **
make_argv(const helper_open *open, char *words)
{
	char **argv = calloc(open->words + 1, sizeof *argv);

	for (uint32_t i = 0; argv != NULL && i < open->words; i++) {
		argv[i] = words;
		words += strlen(words) + 1;
	}
	return argv;
}

/* The place of one who has left, or a new one; NULL without memory. */
static client *
new_client(process *h)
{
	for (uint32_t i = 0; i < h->clients.count; i++)
		if (client_at(h, i)->socket < 0)
			return client_at(h, i);
	return tl_vec_grow(&h->clients, sizeof(client), 1);
}

static void
take_client(process *h)
{
	enum { MOST = sizeof(helper_open) + HELPER_COMMAND_MAX };
	helper_open *open = malloc(MOST);
	int socket;

	if (open == NULL)
		return;
	ssize_t n = link_receive(h->control, open, MOST, &socket);
	if (n <= 0)
		h->ends = true;
	char *words = n > 0 ? malloc(open->bytes) : NULL;
	char **argv = words != NULL ? calloc(open->words + 1, sizeof *argv) : NULL;
	client *c = argv != NULL ? new_client(h) : NULL;
	free(argv);
	if (c == NULL) {
		if (socket >= 0)
			close(socket);
		free(words);
	} else {
		memcpy(words, open + 1, open->bytes);
		*c = (client){ .socket = socket,
			.timeout_ns = open->timeout_ns,
			.words = words,
			.argv = make_argv(open, words) };
	}
	free(open);
}

static void
take_job(process *h, int32_t i)
{
	helper_job request;
	int input;
	ssize_t n = link_receive(
	    client_at(h, (size_t)i)->socket, &request, sizeof request, &input);

	if (n != (ssize_t)sizeof request || input < 0) {
		drop_client(h, i);
	} else {
		int error = start(h, i, request.ticket, input);
		if (error != 0)
			tell(h, i,
			    &(helper_result){ .ticket = request.ticket, .error = error });
	}
	if (input >= 0)
		close(input);
}

/* Keeps the last line that is not empty. */
static void
hear(job *j, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n' || text[i] == '\r') {
			j->new_line = j->said_len > 0;
			continue;
		}
		if (j->new_line)
			j->said_len = 0;
		j->new_line = false;
		if (j->said_len < sizeof j->said - 1)
			j->said[j->said_len++] =
			    text[i] >= ' ' && text[i] < 0x7f ? text[i] : '?';
	}
}

static void
read_errors(job *j)
{
	char room[4096];
	ssize_t n;

	if (j->errors < 0)
		return;
	n = read(j->errors, room, sizeof room);
	if (n > 0) {
		hear(j, room, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		close(j->errors);
		j->errors = -1;
	}
}

/* Program |k| has ended. */
static void
finish(process *h, uint32_t k, int status)
{
	job *j = job_at(h, k);
	helper_result r = { .ticket = j->ticket, .status = status, .late = j->late };

	read_errors(j);
	if (j->term_sent) /* what it started goes with it */
		kill(-j->pid, SIGKILL);
	memcpy(r.said, j->said, j->said_len);
	tell(h, j->client, &r);
	if (j->errors >= 0)
		close(j->errors);
	*j = *job_at(h, h->jobs.count - 1);
	h->jobs.count--;
}

static void
reap(process *h)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	while (read(h->signals, &info, sizeof info) > 0)
		continue;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (uint32_t k = 0; k < h->jobs.count; k++)
			if (job_at(h, k)->pid == pid) {
				finish(h, k, status);
				break;
			}
}

/* Signals those whose time is over; the milliseconds until the next. */
static int
look_at_clock(process *h)
{
	int64_t now_ns = tl_now_monotonic_ns(), next_ns = INT64_MAX;

	for (uint32_t k = 0; k < h->jobs.count; k++) {
		job *j = job_at(h, k);
		if (now_ns >= j->end_ns) {
			j->late = true;
			signal_job(j, now_ns);
		}
		next_ns = j->end_ns < next_ns ? j->end_ns : next_ns;
	}
	return next_ns == INT64_MAX ? -1
				    : (int)((next_ns - now_ns) / 1000000 % 60000 + 1);
}

static bool
list_fds(process *h)
{
	uint32_t n = 2 + h->clients.count + h->jobs.count;

	h->fds.count = 0;
	struct pollfd *at = tl_vec_grow(&h->fds, sizeof *at, n);
	if (at == NULL)
		return false;
	at[0] = (struct pollfd){ .fd = h->control, .events = POLLIN };
	at[1] = (struct pollfd){ .fd = h->signals, .events = POLLIN };
	at += 2;
	for (uint32_t i = 0; i < h->clients.count; i++)
		*at++ =
		    (struct pollfd){ .fd = client_at(h, i)->socket, .events = POLLIN };
	for (uint32_t k = 0; k < h->jobs.count; k++)
		*at++ = (struct pollfd){ .fd = job_at(h, k)->errors, .events = POLLIN };
	return true;
}

static bool
is_ready(const process *h, size_t i)
{
	return TL_VEC_AT(&h->fds, struct pollfd, i)->revents != 0;
}

static void
step(process *h)
{
	uint32_t clients = h->clients.count, jobs = h->jobs.count;
	int wait_ms = look_at_clock(h);

	if (!list_fds(h))
		h->ends = true;
	if (poll(h->fds.ptr, h->fds.count, wait_ms) <= 0)
		return;
	for (uint32_t k = 0; k < jobs; k++)
		if (is_ready(h, 2 + clients + k))
			read_errors(job_at(h, k));
	for (uint32_t i = 0; i < clients; i++)
		if (is_ready(h, 2 + i))
			take_job(h, (int32_t)i);
	if (is_ready(h, 0))
		take_client(h);
	if (is_ready(h, 1))
		reap(h);
}

/* Nothing of the daemon's is left open: sockets, files, secrets. */
static int
close_others(int control)
{
	enum { CONTROL = 3 };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	if (control != CONTROL)
		dup2(control, CONTROL);
	fcntl(CONTROL, F_SETFD, FD_CLOEXEC);
	syscall(SYS_close_range, CONTROL + 1, ~0u, 0);
	return CONTROL;
}

/* SIGTERM and SIGINT may be meant for the daemon and reach us, too: the end is when it
 * says so. */
static int
take_signals(void)
{
	sigset_t child;

	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_SETMASK, &child, NULL);
	return signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* Until our starter is gone, and all programs are. */
static void
work(int control)
{
	process h = { .control = control, .signals = take_signals() };

	while (!h.ends)
		step(&h);
	for (uint32_t i = 0; i < h.clients.count; i++)
		drop_client(&h, (int32_t)i);
	close(h.control);
	h.control = -1;
	while (h.jobs.count > 0)
		step(&h);
	tl_vec_free(&h.clients);
	tl_vec_free(&h.jobs);
	tl_vec_free(&h.fds);
}

/* Waits for the end of |pid|, and of what it has left behind; whether that was none that
 * it chose. */
static bool
has_failed(pid_t pid)
{
	int status = 0;
	pid_t ended;

	do
		ended = waitpid(-1, &status, 0);
	while (ended != pid && (ended > 0 || errno == EINTR));
	return ended == pid && status != 0;
}

void
helper_live(int control)
{
	const struct timespec pause = { .tv_nsec = 100000000 };
	pid_t pid = -1;

	control = close_others(control);
	prctl(PR_SET_NAME, "trapline-exec");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (chdir("/") != 0)
		return;
	(void)close(take_signals());
	do {
		if (pid > 0)
			nanosleep(&pause, NULL);
		pid = fork();
		if (pid == 0)
			work(control);
	} while (pid > 0 && has_failed(pid));
}
