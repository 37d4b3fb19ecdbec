/* daemon/log.c: see log.h. Called by all threads of the daemon, seldom. Nothing here
 * waits: what stderr, syslog or the journal have no room for is counted. */
#include "daemon/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "sys/clock.h"

/* A pipe has room for a page, or is not ready: so a line of it is written at once. JSON
 * doubles a text at most. */
enum { TEXT_ROOM = 1024, SAFE_ROOM = 1800, LINE_ROOM = 4096 };

/* Lines of one kind in the second that began at |since_ns|. */
typedef struct meter {
	int64_t since_ns;
	uint64_t lines, untold;
} meter;

struct daemon_log {
	pthread_mutex_t lock;
	tl_conf_log conf;
	int fd;      /* a datagram socket for syslog and the journal; -1: none */
	bool marked; /* stderr is the journal's, which takes the level as "<3>" */
	meter meters[ABOUT_COUNT];
};

typedef struct line {
	tl_conf_log_level level;
	log_kind kind;
	const char *text; /* printable */
} line;

static const char *const kind_words[ABOUT_COUNT] = { "daemon", "refused", "output",
	"state", "tables" };
static const char *const level_words[] = { "error", "warning", "info", "debug" };
static const char *const marks[] = { "<3>", "<4>", "<6>", "<7>" };
static const int priorities[] = { LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* systemd says which device and inode its journal's stream has. */
static bool
is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat st;

	if (stream == NULL || fstat(fd, &st) != 0)
		return false;
	snprintf(own, sizeof own, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(stream, own) == 0;
}

daemon_log *
log_open(void)
{
	daemon_log *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	pthread_mutex_init(&l->lock, NULL);
	l->conf.level = TL_LOG_INFO;
	l->fd = -1;
	l->marked = is_journal(STDERR_FILENO);
	return l;
}

/* Forms of a line. */

static void
put_json_string(tl_buf *b, const char *text)
{
	tl_buf_putc(b, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			tl_buf_putc(b, '\\');
		tl_buf_putc(b, *text);
	}
	tl_buf_putc(b, '"');
}

static void
put_json(tl_buf *b, const line *what)
{
	tl_buf_lit(b, "{\"time\":\"");
	tl_buf_time(b, tl_now_realtime_ns());
	tl_buf_lit(b, "\",\"level\":");
	put_json_string(b, level_words[what->level]);
	tl_buf_lit(b, ",\"subsystem\":");
	put_json_string(b, kind_words[what->kind]);
	tl_buf_lit(b, ",\"message\":");
	put_json_string(b, what->text);
	tl_buf_putc(b, '}');
}

static void
put_text(tl_buf *b, const line *what)
{
	if (what->level <= TL_LOG_WARNING) {
		tl_buf_puts(b, level_words[what->level]);
		tl_buf_lit(b, ": ");
	}
	tl_buf_puts(b, what->text);
}

static void
put_message(const daemon_log *l, const line *what, tl_buf *b)
{
	(l->conf.format == TL_LOG_JSON ? put_json : put_text)(b, what);
}

/* As syslog(3) writes it to the socket of this host: RFC 3164 without a host. */
static void
put_syslog(const daemon_log *l, const line *what, tl_buf *b)
{
	char when[32] = "";
	time_t now = (time_t)(tl_now_realtime_ns() / TL_NS_PER_S);
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL)
		strftime(when, sizeof when, "%b %e %H:%M:%S", &tm);
	tl_buf_putc(b, '<');
	tl_buf_u64(b, (uint64_t)(LOG_DAEMON | priorities[what->level]));
	tl_buf_putc(b, '>');
	tl_buf_puts(b, when);
	tl_buf_lit(b, " trapline[");
	tl_buf_u64(b, (uint64_t)getpid());
	tl_buf_lit(b, "]: ");
	put_message(l, what, b);
}

/* The journal's own protocol: a field a line; the text has no end of a line in it. */
static void
put_journal(const line *what, tl_buf *b)
{
	tl_buf_lit(b, "PRIORITY=");
	tl_buf_u64(b, (uint64_t)priorities[what->level]);
	tl_buf_lit(b, "\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=trapline\nSYSLOG_PID=");
	tl_buf_u64(b, (uint64_t)getpid());
	tl_buf_lit(b, "\nTRAPLINE_LEVEL=");
	tl_buf_puts(b, level_words[what->level]);
	tl_buf_lit(b, "\nTRAPLINE_SUBSYSTEM=");
	tl_buf_puts(b, kind_words[what->kind]);
	tl_buf_lit(b, "\nMESSAGE=");
	tl_buf_puts(b, what->text);
	tl_buf_putc(b, '\n');
}

/* Ways out. Each says whether it is written. */

static bool
write_stderr(const daemon_log *l, const line *what)
{
	uint8_t room[LINE_ROOM];
	tl_buf b = { .ptr = room, .cap = sizeof room - 1 };
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (l->marked)
		tl_buf_puts(&b, marks[what->level]);
	put_message(l, what, &b);
	b.cap++;
	tl_buf_putc(&b, '\n');
	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0 &&
	       write(STDERR_FILENO, b.ptr, b.len) == (ssize_t)b.len;
}

typedef enum sending { SENT, FULL, NOBODY } sending;

/* By name each time: who listens there may have been started anew. */
static sending
send_local(daemon_log *l, const char *path, const tl_buf *b)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	if (l->fd < 0)
		l->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0)
		return NOBODY;
	if (sendto(l->fd, b->ptr, b->len, MSG_DONTWAIT | MSG_NOSIGNAL,
		(const struct sockaddr *)&to, sizeof to) >= 0)
		return SENT;
	return errno == EAGAIN || errno == ENOBUFS ? FULL : NOBODY;
}

/* Where nobody listens it goes to stderr, for somebody may look there. */
static bool
write_line(daemon_log *l, const line *what)
{
	uint8_t room[LINE_ROOM];
	tl_buf b = { .ptr = room, .cap = sizeof room };
	sending done = NOBODY;

	if (l->conf.target == TL_LOG_SYSLOG) {
		put_syslog(l, what, &b);
		done = send_local(l, "/dev/log", &b);
	} else if (l->conf.target == TL_LOG_JOURNALD) {
		put_journal(what, &b);
		done = send_local(l, "/run/systemd/journal/socket", &b);
	}
	return done == NOBODY ? write_stderr(l, what) : done == SENT;
}

/* Limits. */

/* Begins a new second of |kind| if the last is over, and tells what that left out. */
static void
turn(daemon_log *l, log_kind kind, int64_t now_ns)
{
	meter *m = &l->meters[kind];
	char text[TEXT_ROOM];
	line what = { TL_LOG_WARNING, kind, text };

	if (now_ns - m->since_ns < TL_NS_PER_S)
		return;
	m->since_ns = now_ns;
	m->lines = 0;
	if (m->untold == 0 || l->conf.level < TL_LOG_WARNING)
		return;
	snprintf(text, sizeof text, "%llu more line%s of this kind (%s) left out",
	    (unsigned long long)m->untold, m->untold == 1 ? "" : "s", kind_words[kind]);
	if (write_line(l, &what))
		m->untold = 0;
}

static bool
may_write(daemon_log *l, log_kind kind)
{
	meter *m = &l->meters[kind];

	turn(l, kind, tl_now_monotonic_ns());
	return l->conf.rate == 0 || kind == ABOUT_US ||
	       m->lines++ < (uint64_t)l->conf.rate;
}

void
log_line(daemon_log *l, tl_conf_log_level level, log_kind kind, const char *format, ...)
{
	char raw[TEXT_ROOM];
	uint8_t safe[SAFE_ROOM];
	tl_buf b = { .ptr = safe, .cap = sizeof safe - 1 };
	va_list args;

	va_start(args, format);
	int len = vsnprintf(raw, sizeof raw, format, args);
	va_end(args);
	if (len < 0)
		return;
	size_t kept = (size_t)len < sizeof raw ? (size_t)len : sizeof raw - 1;
	tl_buf_printable(&b, (tl_span){ (const uint8_t *)raw, kept });
	safe[b.len] = '\0';
	line what = { level, kind, (const char *)safe };
	pthread_mutex_lock(&l->lock);
	if (level <= l->conf.level && !(may_write(l, kind) && write_line(l, &what)))
		l->meters[kind].untold++;
	pthread_mutex_unlock(&l->lock);
}

void
log_tick(daemon_log *l)
{
	pthread_mutex_lock(&l->lock);
	for (int kind = 0; kind < ABOUT_COUNT; kind++)
		if (l->meters[kind].untold > 0)
			turn(l, (log_kind)kind, tl_now_monotonic_ns());
	pthread_mutex_unlock(&l->lock);
}

void
log_configure(daemon_log *l, const tl_conf_log *conf)
{
	pthread_mutex_lock(&l->lock);
	l->conf = *conf;
	pthread_mutex_unlock(&l->lock);
}

void
log_close(daemon_log *l)
{
	if (l == NULL)
		return;
	for (int kind = 0; kind < ABOUT_COUNT; kind++)
		turn(l, (log_kind)kind, INT64_MAX);
	if (l->fd >= 0)
		close(l->fd);
	pthread_mutex_destroy(&l->lock);
	free(l);
}
