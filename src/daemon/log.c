/* daemon/log.c: see log.h. Called by all threads of the daemon, seldom. */
#include "daemon/log.h"

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

enum { LINE_ROOM = 2048, JSON_ROOM = 6 * LINE_ROOM + 256 };

/* Lines of one kind in the second that began at |since_ns|. */
typedef struct meter {
	int64_t since_ns;
	uint64_t lines, untold;
} meter;

struct daemon_log {
	pthread_mutex_t lock;
	tl_conf_log conf;
	int journal; /* a datagram socket; -1: none */
	bool marked; /* stderr is the journal, which takes the level as "<3>" */
	meter meters[ABOUT_COUNT];
};

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
	l->journal = -1;
	l->marked = is_journal(STDERR_FILENO);
	return l;
}

static int
open_journal(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX,
		.sun_path = "/run/systemd/journal/socket" };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

void
log_configure(daemon_log *l, const tl_conf_log *conf)
{
	pthread_mutex_lock(&l->lock);
	l->conf = *conf;
	if (conf->target == TL_LOG_SYSLOG)
		openlog("trapline", LOG_PID | LOG_NDELAY, 3 << 3); /* daemon */
	if (conf->target == TL_LOG_JOURNALD && l->journal < 0)
		l->journal = open_journal();
	pthread_mutex_unlock(&l->lock);
}

void
log_close(daemon_log *l)
{
	if (l == NULL)
		return;
	if (l->journal >= 0)
		close(l->journal);
	closelog();
	pthread_mutex_destroy(&l->lock);
	free(l);
}

/* Whether a line of |kind| may be written now; |*untold| says how many were not. */
static bool
may_write(daemon_log *l, log_kind kind, uint64_t *untold)
{
	meter *m = &l->meters[kind];
	int64_t now_ns = tl_now_monotonic_ns();

	*untold = 0;
	if (now_ns - m->since_ns >= TL_NS_PER_S) {
		*untold = m->untold;
		*m = (meter){ .since_ns = now_ns };
	}
	if (l->conf.rate == 0 || kind == ABOUT_US || m->lines++ < (uint64_t)l->conf.rate)
		return true;
	m->untold++;
	return false;
}

static void
put_json(tl_buf *b, const char *text)
{
	tl_buf_putc(b, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			tl_buf_putc(b, '\\');
		tl_buf_putc(b, *text);
	}
	tl_buf_putc(b, '"');
}

static const char *
mark_of(const daemon_log *l, tl_conf_log_level level)
{
	return l->marked ? marks[level] : "";
}

static void
write_json(const daemon_log *l, tl_conf_log_level level, log_kind kind, const char *text)
{
	uint8_t room[JSON_ROOM];
	tl_buf b = { .ptr = room, .cap = sizeof room };
	struct timespec now;
	struct tm tm;
	char when[64];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	size_t len = strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(when + len, sizeof when - len, ".%03ldZ", now.tv_nsec / 1000000);
	for (const char *c = mark_of(l, level); *c != '\0'; c++)
		tl_buf_putc(&b, *c);
	tl_buf_lit(&b, "{\"time\":");
	put_json(&b, when);
	tl_buf_lit(&b, ",\"level\":");
	put_json(&b, level_words[level]);
	tl_buf_lit(&b, ",\"subsystem\":");
	put_json(&b, kind_words[kind]);
	tl_buf_lit(&b, ",\"message\":");
	put_json(&b, text);
	tl_buf_lit(&b, "}\n");
	(void)!write(STDERR_FILENO, b.ptr, b.len);
}

static void
write_line(daemon_log *l, tl_conf_log_level level, log_kind kind, const char *text)
{
	if (l->conf.target == TL_LOG_SYSLOG)
		syslog(priorities[level], "%s", text);
	else if (l->conf.target == TL_LOG_JOURNALD && l->journal >= 0)
		dprintf(l->journal,
		    "PRIORITY=%d\nSYSLOG_IDENTIFIER=trapline\nTRAPLINE_SUBSYSTEM=%s\n"
		    "MESSAGE=%s\n",
		    priorities[level], kind_words[kind], text);
	else if (l->conf.format == TL_LOG_JSON)
		write_json(l, level, kind, text);
	else
		dprintf(STDERR_FILENO, "%s%s%s\n", mark_of(l, level),
		    level == TL_LOG_ERROR     ? "error: "
		    : level == TL_LOG_WARNING ? "warning: "
					      : "",
		    text);
}

static void
clean(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

void
log_line(daemon_log *l, tl_conf_log_level level, log_kind kind, const char *format, ...)
{
	char text[LINE_ROOM];
	uint64_t untold;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	clean(text);
	pthread_mutex_lock(&l->lock);
	if (level <= l->conf.level && may_write(l, kind, &untold)) {
		write_line(l, level, kind, text);
		if (untold > 0) {
			snprintf(text, sizeof text,
			    "%llu more lines of this kind were "
			    "not written",
			    (unsigned long long)untold);
			write_line(l, level, kind, text);
		}
	}
	pthread_mutex_unlock(&l->lock);
}
