/* outputs/syslog_message.h: events as messages of RFC 5424, with the structured data of
 * RFC 5675. */
#ifndef OUTPUTS_SYSLOG_MESSAGE_H
#define OUTPUTS_SYSLOG_MESSAGE_H

#include "outputs/format.h"

typedef struct syslog_writer {
	const tl_conf_syslog *conf;
	tl_conf_form form;    /* of MSG; AUTO and TEXT: one line for people */
	formatter *formatter; /* for the other forms; borrowed */
	size_t max_bytes;     /* of a message, at least SYSLOG_LEAST */
	long pid;
	tl_buf text; /* where MSG is made; the caller frees its memory */
} syslog_writer;

/* What every receiver must take, RFC 5424 section 6.1. */
enum { SYSLOG_LEAST = 480 };

/* Appends the message of |p|; grows |out|. What is more than max_bytes is left out: first
 * what structured data has for people, then its last objects, then the end of MSG.
 * Errors: TL_ENOMEM; |out| is as it was. */
TL_CHECK tl_err syslog_write(syslog_writer *w, const parcel *p, tl_buf *out);

/* The severity of RFC 5424 section 6.2.1, as RFC 5674 section 2 maps alarms' to it. */
int syslog_severity(tl_severity severity);

#endif
