/* daemon/log.h: what the daemon has to say for itself: lines to stderr, syslog or
 * journald, as text or JSON, of one kind so many a second and no more. Any thread. */
#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

#include "conf/conf.h"

/* What a line is about: each kind has a limit of its own. */
typedef enum log_kind {
	ABOUT_US = 0,  /* start, reload, stop */
	ABOUT_REFUSED, /* datagrams that peers sent */
	ABOUT_OUTPUTS,
	ABOUT_STATE,
	ABOUT_TABLES,
	ABOUT_COUNT
} log_kind;

typedef struct daemon_log daemon_log;

/* |conf| may be changed later; until then lines go to stderr as text. NULL without
 * memory. */
daemon_log *log_open(void);
void log_configure(daemon_log *l, const tl_conf_log *conf);
void log_close(daemon_log *l); /* NULL is fine */

/* Tells how many lines were left out, a second later; called several times a second. */
void log_tick(daemon_log *l);

/* Writes a line, without its end, or counts it. What is no printable text in it becomes
 * \xNN; what is longer than 1,023 bytes is cut. Never waits. */
void log_line(daemon_log *l, tl_conf_log_level level, log_kind kind, const char *format,
    ...) __attribute__((format(printf, 4, 5)));

#endif
