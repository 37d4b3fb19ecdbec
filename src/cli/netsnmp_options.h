/* cli/netsnmp_options.h: net-snmp's command line, as its snmptrap and snmpinform take it.
 */
#ifndef CLI_NETSNMP_OPTIONS_H
#define CLI_NETSNMP_OPTIONS_H

#include "cli/mibs.h"

typedef struct netsnmp_options {
	const char *program; /* "snmptrap" or "snmpinform" */
	bool inform, dump;
	uint8_t version;     /* 1, 2 or 3 */
	char *community;     /* NULL: not said; wiped once it is used */
	uint32_t timeout_ms; /* 0: the default, as below */
	uint32_t tries;
	tl_user_spec user; /* min_level is the level to use */
	bool has_user;
	const char *context;
	uint8_t engine_id[TL_ENGINE_ID_MAX], context_engine_id[TL_ENGINE_ID_MAX];
	size_t engine_id_len, context_engine_id_len;
	uint32_t boots, time_s;             /* boots 0: not said */
	const char *mib_dirs, *mib_modules; /* -M and -m; NULL: not said */
	cli_mibs mibs;                      /* what they come to */
	char *mib_text;                     /* what mibs borrows from */
	char **arguments;                   /* AGENT and what follows */
	int argument_count;
} netsnmp_options;

/* Reads the command line; |o| has program and inform set. Returns -1 to go on, or the
 * exit status. |o| has secrets, which the caller wipes in any case. */
int netsnmp_options_read(int argc, char **argv, netsnmp_options *o);
void netsnmp_options_free(netsnmp_options *o);

/* Prints how it is used to stderr, as net-snmp does after an error; returns EXIT_FAILED.
 */
int netsnmp_usage(const netsnmp_options *o);

#endif
