/* cli/send_options.h: the command lines of `trapline send` and `trapline inform`. */
#ifndef CLI_SEND_OPTIONS_H
#define CLI_SEND_OPTIONS_H

#include "cli/mibs.h"

typedef struct send_options {
	const char *command; /* "send" or "inform" */
	tl_kind kind;
	uint8_t version;       /* 1, 2 or 3 */
	char *community;       /* NULL: not said; wiped once it is used */
	char *user;            /* SPEC, wiped when it is read; NULL: none */
	uint32_t timeout_ms;   /* of one try; 0: the default */
	uint32_t tries;        /* 0: the default */
	char *v1;              /* ENTERPRISE,GENERIC,SPECIFIC; NULL: none */
	const char *agent;     /* an IPv4 address; NULL: not said */
	const char *engine_id; /* hexadecimal; NULL: not said */
	uint32_t boots;        /* 0: not said */
	bool has_uptime;
	uint32_t uptime_cs;
	const char *from;    /* our address; NULL: the system's choice */
	const char *context; /* NULL: the empty one */
	const char *state;   /* NULL: the default */
	cli_mibs mibs;
	bool strict, drop_counter64, quiet;
	char *hosts;              /* with commas between them */
	const char *notification; /* "-": events from stdin; NULL with v1 */
	char **objects;           /* OBJECT=VALUE, up to a NULL */
	size_t object_count;
} send_options;

/* Reads the command line of `send`, or of `inform`. Returns -1 to go on, or the exit
 * status. */
int send_options_read(int argc, char **argv, bool inform, send_options *o);
void send_options_free(send_options *o);

#endif
